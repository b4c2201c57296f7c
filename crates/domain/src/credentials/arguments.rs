//! What looks like a secret among the arguments of a command.
//!
//! WHY: a command stands in the task definition and the state like a variable does. There a secret has no name of its own:
//! what names it is an option in front of it (`--api-key x`, `--api-key=x`) or an assignment for a shell (`API_KEY=x`).

use super::Credential;

/// An argument that looks like a secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TypedArgument {
    /// Its place, from 0.
    pub(crate) at: usize,
    pub(crate) credential: Credential,
    /// What names it, as the name of a variable.
    pub(crate) name: Option<String>,
}

/// What options begin with that only turn something off or on.
const SWITCHES: &[&str] = &["NO_", "ALLOW_"];

impl TypedArgument {
    /// Those that look like a secret by themselves, or by what stands in front of them.
    pub(crate) fn all_in(arguments: &[String]) -> Vec<Self> {
        let mut option = None;
        let found = arguments.iter().enumerate().filter_map(|(at, argument)| {
            // A shell gets several words in one argument.
            let named = argument.split_whitespace().find_map(|word| named(word, option.replace(word)));
            let by_itself = Credential::in_text(argument);
            let credential = by_itself.or(named.as_ref().map(|_| Credential::Named))?;
            Some(Self { at, credential, name: named })
        });
        found.collect()
    }
}

/// The name of the secret that a word is.
fn named(word: &str, before: Option<&str>) -> Option<String> {
    let (name, value) = match (word.split_once('='), before) {
        (Some((name, value)), _) => (name, value),
        (None, Some(option)) if option.starts_with('-') && !word.starts_with('-') => (option, word),
        _ => return None,
    };
    let name = name.trim_start_matches('-').replace('-', "_").to_ascii_uppercase();
    let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let value = value.trim_matches(['"', '\'', ';']);
    // A key is often said by its path, and what can't be a path is refused anyway.
    let is_path = ["/", "./", "~/"].iter().any(|start| value.starts_with(start));
    let is_switch = SWITCHES.iter().any(|start| name.starts_with(start));
    let is_secret = is_name && !is_path && !is_switch && Credential::in_variable(&name, value).is_some();
    is_secret.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(arguments: &[&str]) -> Vec<(usize, Option<String>)> {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        TypedArgument::all_in(&arguments).into_iter().map(|typed| (typed.at, typed.name)).collect()
    }

    #[test]
    fn an_option_names_the_argument_behind_it() {
        let name = |name: &str| Some(name.to_owned());
        assert_eq!(found(&["serve", "--api-key", "Zz9"]), [(2, name("API_KEY"))]);
        assert_eq!(found(&["serve", "-db-password=x", "y"]), [(1, name("DB_PASSWORD"))]);
        assert_eq!(found(&["sh", "-c", "export A=1 JWT_SECRET='x'; serve"]), [(2, name("JWT_SECRET"))]);
        assert_eq!(found(&["psql", "postgres://a:b@c/d"]), [(1, None)]);
        assert_eq!(
            found(&["a", "--token-file", "x", "ghp_000000000000000000000000000000000000"]),
            [(3, None)]
        );
    }

    #[test]
    fn where_a_secret_is_may_be_said() {
        for arguments in [
            &["--private-key", "/etc/tls/key.pem"][..],
            &["--private-key=./key.pem"],
            &["--no-password", "web"],
            &["--api-key", "--verbose"],
            &["--api-key", "$API_KEY", "--password=$(PGPASSWORD)"],
            &["sh", "-c", "exec serve --api-key \"$API_KEY\""],
            &["sh", "-c", "serve --api-key=$(cat /run/key)"],
            &["--query", "a=b&password", "-h"],
        ] {
            assert_eq!(found(arguments), [], "{arguments:?}");
        }
    }
}
