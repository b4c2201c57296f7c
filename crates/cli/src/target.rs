//! What a command is about: an environment by name or id, or an operation by its id or by its environment.

use std::{fmt, str::FromStr};

use terrane_domain::{EnvironmentId, EnvironmentName, OperationId};

/// An environment, as the API takes it in paths: the id, or the name of a living one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentRef(String);

/// An operation by its id, or the newest one of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperationRef {
    /// This one.
    Id(OperationId),
    /// The newest one of this environment.
    Of(EnvironmentRef),
}

/// A text that is neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected {0}: 2 to 24 of a-z, 0-9 and -, starting with a letter, or an id as `terrane list` shows it"
)]
pub struct NoTarget(&'static str);

impl EnvironmentRef {
    /// As the API takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EnvironmentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EnvironmentRef {
    type Err = NoTarget;

    fn from_str(text: &str) -> Result<Self, NoTarget> {
        let fits = text.parse::<EnvironmentId>().is_ok() || EnvironmentName::parse(text).is_some();
        fits.then(|| Self(text.to_owned())).ok_or(NoTarget("the name of an environment"))
    }
}

impl FromStr for OperationRef {
    type Err = NoTarget;

    fn from_str(text: &str) -> Result<Self, NoTarget> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        text.parse()
            .map(Self::Of)
            .map_err(|NoTarget(_)| NoTarget("an operation's id, or the name of an environment"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "0193a5c0dead7eef8badf00dcafe0001";

    #[test]
    fn names_and_ids_are_told_apart() {
        let operation = format!("op_{DIGITS}");
        assert!(matches!(operation.parse(), Ok(OperationRef::Id(_))));
        assert!(matches!(format!("env_{DIGITS}").parse(), Ok(OperationRef::Of(_))));
        assert!(matches!("acme-prod".parse(), Ok(OperationRef::Of(_))));
        assert!(operation.parse::<EnvironmentRef>().is_err());
    }

    #[test]
    fn what_could_be_a_path_is_not_a_name() {
        for bad in ["", "a", "..", "a/b", "A1", "a b", "a?b"] {
            assert!(bad.parse::<EnvironmentRef>().is_err(), "{bad}");
        }
    }
}
