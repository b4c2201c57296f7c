//! Values with their unit inside: `200 GiB`, `6h`, `90 days`.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// An amount of storage, in whole GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gibibytes(pub u32);

impl Gibibytes {
    /// Reads `20 GiB` or `2 TiB`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (amount, unit) = split_unit(text)?;
        let factor = match unit {
            "GiB" => 1,
            "TiB" => 1024,
            _ => return None,
        };
        u32::try_from(amount.checked_mul(factor)?).ok().map(Self)
    }
}

impl fmt::Display for Gibibytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} GiB", self.0)
    }
}

/// A length of time, in whole minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minutes(pub u64);

impl Minutes {
    const HOUR: u64 = 60;
    const DAY: u64 = 24 * Self::HOUR;

    /// Reads `30m`, `6h`, `90d`, or the same in words: `30 minutes`, `6 hours`, `90 days`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (amount, unit) = split_unit(text)?;
        let factor = match unit {
            "m" | "minute" | "minutes" => 1,
            "h" | "hour" | "hours" => Self::HOUR,
            "d" | "day" | "days" => Self::DAY,
            _ => return None,
        };
        amount.checked_mul(factor).map(Self)
    }

    /// The same in seconds.
    pub const fn as_seconds(self) -> u64 {
        self.0.saturating_mul(60)
    }
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            n if n >= Self::DAY && n % Self::DAY == 0 => write!(f, "{}d", n / Self::DAY),
            n if n >= Self::HOUR && n % Self::HOUR == 0 => write!(f, "{}h", n / Self::HOUR),
            n => write!(f, "{n}m"),
        }
    }
}

/// An amount of CPU, in thousandths of a vCPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millicores(pub u32);

impl Millicores {
    /// Reads `250m`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let amount = text.strip_suffix('m').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
        amount.parse().ok().map(Self)
    }
}

impl fmt::Display for Millicores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}m", self.0)
    }
}

/// An amount of memory, in whole MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mebibytes(pub u32);

impl Mebibytes {
    /// Reads `512Mi` or `2Gi`, as Kubernetes writes them.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (amount, factor) = match (text.strip_suffix("Mi"), text.strip_suffix("Gi")) {
            (Some(amount), _) => (amount, 1),
            (None, Some(amount)) => (amount, 1024),
            (None, None) => return None,
        };
        let amount: u32 =
            Some(amount).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
        amount.checked_mul(factor).map(Self)
    }
}

impl fmt::Display for Mebibytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            n if n >= 1024 && n % 1024 == 0 => write!(f, "{}Gi", n / 1024),
            n => write!(f, "{n}Mi"),
        }
    }
}

fn split_unit(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let amount = text[..end].parse().ok()?;
    let unit = text[end..].strip_prefix(' ').unwrap_or(&text[end..]);
    Some((amount, unit))
}

macro_rules! written_as_text {
    ($name:ident, $pattern:literal, $example:literal) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "examples": [$example] })
            }
        }
    };
}

written_as_text!(Gibibytes, "^[0-9]+ ?(GiB|TiB)$", "20 GiB");
written_as_text!(Minutes, "^[0-9]+ ?(m|h|d|minutes?|hours?|days?)$", "6h");

written_as_text!(Millicores, "^[0-9]+m$", "250m");
written_as_text!(Mebibytes, "^[0-9]+(Mi|Gi)$", "512Mi");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_reads_back_as_it_is_printed() {
        for (text, gib) in [("20 GiB", 20), ("20GiB", 20), ("2 TiB", 2048)] {
            assert_eq!(Gibibytes::parse(text), Some(Gibibytes(gib)), "{text}");
        }
        assert_eq!(Gibibytes::parse(&Gibibytes(2048).to_string()), Some(Gibibytes(2048)));
        for text in [
            "20",
            "20 GB",
            "20  GiB",
            "GiB",
            "-1 GiB",
            "1.5 GiB",
            "99999999999 TiB",
            "99999999999999999999 GiB",
            "",
        ] {
            assert_eq!(Gibibytes::parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_read_back_as_they_are_printed() {
        for (text, minutes, shown) in [
            ("90 days", 129_600, "90d"),
            ("6h", 360, "6h"),
            ("24 hours", 1440, "1d"),
            ("90m", 90, "90m"),
            ("1 day", 1440, "1d"),
        ] {
            assert_eq!(Minutes::parse(text), Some(Minutes(minutes)), "{text}");
            assert_eq!(Minutes(minutes).to_string(), shown);
            assert_eq!(Minutes::parse(shown), Some(Minutes(minutes)));
        }
        for text in ["6", "h", "6 weeks", "6 h ", "1h30m", "18446744073709551615 days"] {
            assert_eq!(Minutes::parse(text), None, "{text}");
        }
    }

    #[test]
    fn cpu_and_memory_read_back_as_they_are_printed() {
        for (text, millicores) in [("250m", 250), ("2000m", 2_000)] {
            assert_eq!(Millicores::parse(text), Some(Millicores(millicores)), "{text}");
            assert_eq!(Millicores(millicores).to_string(), text);
        }
        for (text, mebibytes, shown) in
            [("512Mi", 512, "512Mi"), ("2Gi", 2_048, "2Gi"), ("3072Mi", 3_072, "3Gi")]
        {
            assert_eq!(Mebibytes::parse(text), Some(Mebibytes(mebibytes)), "{text}");
            assert_eq!(Mebibytes(mebibytes).to_string(), shown);
            assert_eq!(Mebibytes::parse(shown), Some(Mebibytes(mebibytes)));
        }
        for text in ["", "m", "1", "-1m", "+1m", "1.5m", "250 m", "99999999999m"] {
            assert_eq!(Millicores::parse(text), None, "{text}");
        }
        for text in ["", "Mi", "512", "512MB", "+1Mi", "0.5Gi", "512 Mi", "4194304Gi"] {
            assert_eq!(Mebibytes::parse(text), None, "{text}");
        }
    }
}
