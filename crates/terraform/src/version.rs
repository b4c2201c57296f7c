//! Versions of engines and providers, ordered as semantic versioning orders releases.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// `major.minor.patch`, with an optional pre-release (`1.12.0-beta1`), which comes before its release.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version {
    /// First number.
    pub major: u64,
    /// Second number.
    pub minor: u64,
    /// Third number.
    pub patch: u64,
    /// What stands behind the hyphen, if anything.
    pub pre_release: Option<String>,
}

impl Version {
    /// A release without a pre-release part.
    #[must_use]
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self { major, minor, patch, pre_release: None }
    }
}

/// The text is not `major.minor.patch[-pre][+build]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a version such as 1.11.4")]
pub struct InvalidVersion(String);

impl FromStr for Version {
    type Err = InvalidVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| InvalidVersion(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Version> {
    let without_build = text.split('+').next()?;
    let (numbers, pre_release) = match without_build.split_once('-') {
        Some((_, "")) => return None,
        Some((numbers, pre)) => (numbers, Some(pre.to_owned())),
        None => (without_build, None),
    };
    let mut parts = numbers.split('.').map(|part| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if digits { part.parse::<u64>().ok() } else { None }
    });
    let version =
        Version { major: parts.next()??, minor: parts.next()??, patch: parts.next()??, pre_release };
    parts.next().is_none().then_some(version)
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        match &self.pre_release {
            Some(pre) => write!(f, "-{pre}"),
            None => Ok(()),
        }
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.major, self.minor, self.patch).cmp(&(other.major, other.minor, other.patch)).then_with(
            || match (&self.pre_release, &other.pre_release) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(mine), Some(theirs)) => mine.cmp(theirs),
            },
        )
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_ordered_by_number_and_not_by_text() {
        assert!(version("1.9.0") < version("1.11.0"));
        assert!(version("1.11.0-beta1") < version("1.11.0"));
        assert!(version("5.100.0") > version("5.99.9"));
        assert_eq!(version("1.2.3+meta"), version("1.2.3"));
    }

    #[test]
    fn what_is_not_a_version_is_refused() {
        for text in ["", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", "1.2.3-", "1..3", "1.+2.3"] {
            assert!(text.parse::<Version>().is_err(), "{text:?} was taken for a version");
        }
    }

    #[test]
    fn a_version_is_shown_as_it_was_written() {
        for text in ["1.11.4", "1.12.0-rc1"] {
            assert_eq!(version(text).to_string(), text);
        }
    }
}
