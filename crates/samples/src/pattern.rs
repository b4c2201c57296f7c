//! Texts that match a pattern of the schema.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::dice::Dice;

/// What an open end (`*`, `+`) adds at most: enough to meet limits that the pattern doesn't state, seldom too much.
const OPEN_END: u64 = 8;

/// A text that matches; `None` if the pattern can't be read.
pub(crate) fn text(pattern: &str, dice: &mut Dice) -> Option<String> {
    let mut text = String::new();
    write(&regex_syntax::parse(pattern).ok()?, dice, &mut text);
    Some(text)
}

fn write(part: &Hir, dice: &mut Dice, text: &mut String) {
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(character(class, dice)),
        HirKind::Repetition(repetition) => {
            let least = u64::from(repetition.min);
            let most = repetition.max.map_or(least + OPEN_END, u64::from);
            // The edges of a range are where limits are wrong.
            let count = match dice.between(0, 9) {
                0 => least,
                1 => most,
                _ => dice.between(least, most.min(least + OPEN_END)),
            };
            (0..count).for_each(|_| write(&repetition.sub, dice, text));
        }
        HirKind::Capture(capture) => write(&capture.sub, dice, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, dice, text)),
        HirKind::Alternation(options) => {
            if let Some(option) = dice.pick(options) {
                write(option, dice, text);
            }
        }
    }
}

/// A character of a class, an ASCII one if it has any: `.` stands for much that is printed nowhere.
fn character(class: &Class, dice: &mut Dice) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
        }
    };
    let ascii: Vec<(char, char)> = ranges
        .iter()
        .filter(|(start, end)| *start <= '~' && *end >= '!')
        .map(|(start, end)| ((*start).max('!'), (*end).min('~')))
        .collect();
    let (start, end) = *dice.pick(if ascii.is_empty() { &ranges } else { &ascii })?;
    char::from_u32(dice.between(u64::from(u32::from(start)), u64::from(u32::from(end))) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_follows_its_pattern() {
        let mut dice = Dice::new(1);
        for _ in 0..200 {
            let name = text("^[a-z](-?[a-z0-9])*$", &mut dice).unwrap_or_default();
            assert!(terrane_domain::Key::parse(&name).is_ok(), "{name}");
            let account = text("^[0-9]{12}$", &mut dice).unwrap_or_default();
            assert!(account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()), "{account}");
            let unit = text("^[0-9]+ ?(GiB|TiB)$", &mut dice).unwrap_or_default();
            assert!(unit.ends_with("GiB") || unit.ends_with("TiB"), "{unit}");
        }
        assert_eq!(text("(", &mut dice), None);
    }
}
