//! The words of a list's query as a filter.

use terrane_store::EnvironmentFilter;

use crate::error::{Error, Refusal};

/// Longest text to look for, in characters.
const MAX_TEXT: usize = 64;

/// Reads `ready,failed` and `team=platform,stage=production`.
pub fn parse_filter(
    states: Option<&str>,
    labels: Option<&str>,
    text: Option<String>,
) -> Result<EnvironmentFilter, Error> {
    let states = items(states)
        .map(|word| word.parse().map_err(|error| Refusal::Query(format!("state: {error}"))))
        .collect::<Result<_, _>>()?;
    let labels = items(labels)
        .map(|pair| match pair.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
            _ => Err(Refusal::Query(format!("label: {pair:?} is not of the form key=value"))),
        })
        .collect::<Result<_, _>>()?;
    let text = text.filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > MAX_TEXT) {
        return Err(Refusal::Query(format!("q: at most {MAX_TEXT} characters")).into());
    }
    Ok(EnvironmentFilter { states, labels, text })
}

fn items(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use terrane_domain::EnvironmentState;

    use super::*;

    #[test]
    fn words_and_pairs_are_read_and_empty_ones_ignored() {
        let filter = parse_filter(Some("ready, failed,"), Some("team=platform,stage="), Some(String::new()));
        let filter = filter.unwrap();
        assert_eq!(filter.states, [EnvironmentState::Ready, EnvironmentState::Failed]);
        assert_eq!(filter.labels["team"], "platform");
        assert_eq!(filter.labels["stage"], "");
        assert_eq!(filter.text, None);
    }

    #[test]
    fn a_word_that_is_no_state_is_answered_with_those_that_are() {
        let error = parse_filter(Some("redy"), None, None).unwrap_err().to_string();
        assert!(error.starts_with(
            r#"The query can't be read: state: unknown value "redy"; expected one of pending,"#
        ));
        assert!(parse_filter(None, Some("team"), None).is_err());
    }
}
