//! Reads the lock information that Terraform prints when it doesn't get the lock.

use chrono::{DateTime, Utc};

use super::LockHolder;

/// The holder, from a text with a `Lock Info:` block; `None` if there is no such block.
///
/// The block is printed by Terraform's `statemgr.LockInfo`: a name, a colon and a value per line.
/// `Created` is in Go's `time.Time` format: `2026-01-02 03:04:05.678901 +0000 UTC`.
pub(super) fn holder(text: &str) -> Option<LockHolder> {
    let (_, block) = text.split_once("Lock Info:")?;
    let field = |name: &str| {
        block.lines().find_map(|line| {
            let (found, value) = line.trim().split_once(':')?;
            (found == name).then(|| value.trim().to_owned())
        })
    };
    Some(LockHolder {
        id: field("ID")?,
        who: field("Who").unwrap_or_default(),
        created: field("Created").and_then(|text| parse_go_time(&text)),
        operation: field("Operation").unwrap_or_default(),
    })
}

fn parse_go_time(text: &str) -> Option<DateTime<Utc>> {
    let mut words = text.split(' ');
    let moment = [words.next()?, words.next()?, words.next()?].join(" ");
    let parsed = DateTime::parse_from_str(&moment, "%Y-%m-%d %H:%M:%S%.f %z").ok()?;
    Some(parsed.with_timezone(&Utc))
}
