//! What a destroy left, for people.

use terrane_domain::Remnant;

use super::{Colour, Palette, plain};
use crate::client::{InventoryItem, Word};

/// A heading for each reason to be there, and a line for each thing. Empty if nothing is left.
pub fn inventory_lines(items: &[InventoryItem], palette: Palette) -> Vec<String> {
    let mut lines = Vec::new();
    for &remnant in Remnant::ALL {
        let of_it: Vec<_> = items.iter().filter(|item| item.remnant == remnant).collect();
        if of_it.is_empty() {
            continue;
        }
        let (heading, colour) = match remnant {
            Remnant::Kept => ("Kept, for you to delete when nobody needs it any more:", Colour::Strong),
            Remnant::Pending => ("Out of use; AWS takes it away by itself:", Colour::Faint),
            Remnant::Leftover => ("Left over:", Colour::Bad),
            Remnant::Unconfirmed => ("Listed by its tag, but perhaps gone already:", Colour::Faint),
        };
        lines.push(palette.paint(colour, heading));
        lines.extend(of_it.into_iter().map(line));
    }
    lines.extend(items.iter().filter(|item| matches!(item.remnant, Word::New(_))).map(line));
    lines
}

fn line(item: &InventoryItem) -> String {
    let until = item.until.map(|until| format!("until {}", until.format("%Y-%m-%d")));
    let more: Vec<_> = [item.address.clone(), item.status.clone(), until].into_iter().flatten().collect();
    let line = if more.is_empty() { item.arn.clone() } else { format!("{} ({})", item.arn, more.join(", ")) };
    format!("  {}", plain(&line))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_thing_stands_under_its_reason_with_its_end() {
        let item = |kind: &str, remnant: &str, until: Option<&str>| {
            let arn = format!("arn:aws:{kind}:eu-west-1:123456789012:{kind}/1");
            serde_json::from_value(json!({
                "arn": arn, "address": "aws_kms_key.main", "remnant": remnant, "until": until, "status": null,
            }))
            .unwrap()
        };
        let items = [
            item("vpc", "leftover", None),
            item("snapshot", "kept", None),
            item("key", "pending", Some("2026-12-22T00:00:00Z")),
            item("moon", "pondered", None),
        ];
        insta::assert_snapshot!(inventory_lines(&items, Palette::new(false)).join("\n"), @"
        Kept, for you to delete when nobody needs it any more:
          arn:aws:snapshot:eu-west-1:123456789012:snapshot/1 (aws_kms_key.main)
        Out of use; AWS takes it away by itself:
          arn:aws:key:eu-west-1:123456789012:key/1 (aws_kms_key.main, until 2026-12-22)
        Left over:
          arn:aws:vpc:eu-west-1:123456789012:vpc/1 (aws_kms_key.main)
          arn:aws:moon:eu-west-1:123456789012:moon/1 (aws_kms_key.main)
        ");
        assert!(inventory_lines(&[], Palette::new(false)).is_empty());
    }
}
