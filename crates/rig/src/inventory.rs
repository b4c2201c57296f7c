//! What exists in the emulated accounts: read from the emulator's memory, not through the API under test.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// One object of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The account that owns it, 12 digits.
    pub account: String,
    /// The region, or `aws` for what is global.
    pub region: String,
    /// The service, e.g. `ec2`.
    pub service: String,
    /// The kind within the service, e.g. `nat-gateway`.
    #[serde(rename = "type")]
    pub kind: String,
    /// AWS's id or name.
    pub id: String,
    /// Its state, where the kind has one.
    #[serde(default)]
    pub state: Option<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// Which part of the inventory is wanted; the default is all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Only this account.
    pub account: Option<String>,
    /// Only this region.
    pub region: Option<String>,
}

impl Scope {
    /// One account in every region.
    pub fn account(id: impl Into<String>) -> Scope {
        Scope { account: Some(id.into()), region: None }
    }

    pub(crate) fn query(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("account", &self.account), ("region", &self.region)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

/// The items as a table for a terminal, tags last.
pub fn table(items: &[Item]) -> String {
    let header = ["ACCOUNT", "REGION", "TYPE", "ID", "STATE", "TAGS"].map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(header).chain(items.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..5).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, &width) in row.iter().zip(&widths) {
            // Writing to a String can't fail.
            let _ = write!(line, "{cell:width$}  ");
        }
        line.push_str(&row[5]);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn row(item: &Item) -> [String; 6] {
    let tags: Vec<String> = item.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    [
        item.account.clone(),
        item.region.clone(),
        format!("{}/{}", item.service, item.kind),
        item.id.clone(),
        item.state.clone().unwrap_or_else(|| "-".to_owned()),
        tags.join(" "),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lines_up_and_ends_no_line_with_blanks() {
        let item = |id: &str, state: Option<&str>, tags: &[(&str, &str)]| Item {
            account: "123456789012".into(),
            region: "eu-central-1".into(),
            service: "ec2".into(),
            kind: "vpc".into(),
            id: id.into(),
            state: state.map(Into::into),
            tags: tags.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        };
        let items =
            [item("vpc-1", Some("available"), &[("a", "1"), ("b", "2")]), item("vpc-0001", None, &[])];
        insta::assert_snapshot!(table(&items), @r"
        ACCOUNT       REGION        TYPE     ID        STATE      TAGS
        123456789012  eu-central-1  ec2/vpc  vpc-1     available  a=1 b=2
        123456789012  eu-central-1  ec2/vpc  vpc-0001  -
        ");
    }
}
