//! The rule of one type, and how the form of an id is filled.

use std::fmt;

use serde_json::Value;

use super::{ImportFacts, ImportId};

/// How resources of one type are adopted.
#[derive(Debug, Clone, Copy)]
pub struct ImportRule {
    /// For example `aws_db_instance`.
    pub resource_type: &'static str,
    /// The forms of the id, the best first; none if it is never imported.
    pub ids: &'static [&'static [Piece]],
    /// Making one takes minutes: what is being made is waited for before it is adopted.
    pub slow: bool,
    /// Arguments that the provider doesn't read back: the first plan after an adoption sets them, in place, and changes
    /// nothing that anybody notices.
    pub unread: &'static [&'static str],
    /// What has to be known beside the id. Of a type that is never imported: what happens instead.
    pub remark: &'static str,
}

/// A piece of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(&'static str),
    /// An argument of the resource.
    Planned(&'static str),
    /// What comes after the last `/` in an argument: the name in an ARN.
    PlannedName(&'static str),
    /// An argument that is a URL, without the `https://`.
    PlannedHost(&'static str),
    /// The account.
    Account,
    /// The ARN.
    Arn,
    /// A part of the ARN between two of this sign, counted from the end: 0 is the last.
    ArnPart(char, usize),
    /// The id that Terraform told.
    Journal,
}

impl ImportRule {
    pub(super) const fn new(resource_type: &'static str, ids: &'static [&'static [Piece]]) -> Self {
        Self { resource_type, ids, slow: false, unread: &[], remark: "" }
    }

    pub(super) const fn never(resource_type: &'static str, remark: &'static str) -> Self {
        Self { remark, ..Self::new(resource_type, &[]) }
    }

    pub(super) const fn slow(self) -> Self {
        Self { slow: true, ..self }
    }

    pub(super) const fn unread(self, unread: &'static [&'static str]) -> Self {
        Self { unread, ..self }
    }

    pub(super) const fn remark(self, remark: &'static str) -> Self {
        Self { remark, ..self }
    }

    /// Whether it is never imported.
    #[must_use]
    pub const fn is_never(&self) -> bool {
        self.ids.is_empty()
    }

    pub(super) fn id(&self, facts: &ImportFacts<'_>) -> ImportId {
        if self.is_never() {
            return ImportId::Never(self.remark);
        }
        self.ids.iter().find_map(|form| filled(form, facts)).map_or(ImportId::NotYet, ImportId::Known)
    }
}

fn filled(form: &[Piece], facts: &ImportFacts<'_>) -> Option<String> {
    form.iter().map(|piece| piece.value(facts)).collect()
}

impl Piece {
    /// What stands in its place; `None` if that isn't known. Nothing is ever filled with an empty text: half an id could
    /// be somebody else's.
    fn value<'a>(self, facts: &ImportFacts<'a>) -> Option<&'a str> {
        let planned = |name: &str| facts.planned.get(name).and_then(Value::as_str);
        let value = match self {
            Self::Text(text) => Some(text),
            Self::Planned(name) => planned(name),
            Self::PlannedName(name) => planned(name).and_then(|value| value.rsplit('/').next()),
            Self::PlannedHost(name) => planned(name).map(|url| url.strip_prefix("https://").unwrap_or(url)),
            Self::Account => facts.account,
            Self::Arn => facts.arn,
            Self::ArnPart(sign, from_end) => facts.arn.and_then(|arn| arn.rsplit(sign).nth(from_end)),
            Self::Journal => facts.journal_id,
        };
        value.filter(|value| !value.is_empty())
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Planned(name) => write!(f, "{{{name}}}"),
            Self::PlannedName(name) => write!(f, "{{name in {name}}}"),
            Self::PlannedHost(name) => write!(f, "{{{name} without https://}}"),
            Self::Account => f.write_str("{account}"),
            Self::Arn => f.write_str("{ARN}"),
            Self::ArnPart(sign, 0) => write!(f, "{{ARN after its last {sign}}}"),
            Self::ArnPart(sign, from_end) => {
                write!(f, "{{ARN, part {} from its end by {sign}}}", from_end + 1)
            }
            Self::Journal => f.write_str("{id in the journal}"),
        }
    }
}
