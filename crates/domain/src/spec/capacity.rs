//! Capacity of a serverless database, in ACUs.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::{
    decode::Value,
    node::Kind,
    problem::{clipped, quoted},
};

/// Aurora capacity units, each about 2 GiB of memory, in steps of a half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Acus {
    halves: u16,
}

/// The range in which a serverless database scales by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CapacitySpec {
    /// ACUs, each about 2 GiB of memory; 0 pauses the database while nobody is connected.
    pub min: Acus,
    /// ACUs; a paused or small database takes a while to get there.
    pub max: Acus,
}

impl Acus {
    /// Most that one database may have.
    /// Source: Aurora user guide, "Aurora Serverless v2 capacity".
    pub const MOST: Self = Self { halves: 512 };
    /// Least that `max` may be.
    const ONE: Self = Self { halves: 2 };

    /// From halves of an ACU.
    pub const fn from_halves(halves: u16) -> Self {
        Self { halves }
    }

    /// As halves of an ACU.
    pub const fn halves(self) -> u16 {
        self.halves
    }

    /// Reads `8` and `0.5`.
    fn parse(text: &str) -> Option<Self> {
        let (whole, half) = match text.split_once('.') {
            None => (text, 0),
            Some((whole, "5")) => (whole, 1),
            Some((whole, "0")) => (whole, 0),
            Some(_) => return None,
        };
        let halves = whole.parse::<u16>().ok()?.checked_mul(2)?.checked_add(half)?;
        Some(Self { halves }).filter(|acus| *acus <= Self::MOST)
    }
}

impl fmt::Display for Acus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = if !self.halves.is_multiple_of(2) { ".5" } else { "" };
        write!(f, "{}{half}", self.halves / 2)
    }
}

impl Serialize for Acus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.halves.is_multiple_of(2) {
            serializer.serialize_u16(self.halves / 2)
        } else {
            serializer.serialize_f64(f64::from(self.halves) / 2.0)
        }
    }
}

impl JsonSchema for Acus {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Acus".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "maximum": 256, "multipleOf": 0.5 })
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<CapacitySpec> {
    let f = value.fields()?;
    let min = f.required("min", "0.5", acus);
    let max = f.required("max", "8", |value| acus_from(value, Acus::ONE));
    f.close();
    let (min, max) = (min?, max?);
    if max < min {
        return value.reject(format!("max of {max} is less than min of {min}"));
    }
    Some(CapacitySpec { min, max })
}

fn acus(value: &Value<'_>) -> Option<Acus> {
    acus_from(value, Acus { halves: 0 })
}

fn acus_from(value: &Value<'_>, least: Acus) -> Option<Acus> {
    let what = format!("a number of ACUs from {least} to {} in steps of 0.5", Acus::MOST);
    match &value.node.kind {
        Kind::Number(number) => match Acus::parse(&number.text).filter(|acus| *acus >= least) {
            Some(acus) => Some(acus),
            None => value.reject(format!("expected {what}, found {}", clipped(&number.text))),
        },
        Kind::Text(text) => value.reject(format!("expected {what}, found {}", quoted(text))),
        _ => value.expected(&what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacity_reads_back_as_it_is_printed() {
        for (text, halves, shown) in
            [("0", 0, "0"), ("0.5", 1, "0.5"), ("8", 16, "8"), ("8.0", 16, "8"), ("256", 512, "256")]
        {
            let acus = Acus::parse(text).unwrap();
            assert_eq!((acus.halves(), acus.to_string().as_str()), (halves, shown));
            assert_eq!(Acus::parse(&serde_json::to_string(&acus).unwrap()), Some(acus));
        }
        for text in ["256.5", "0.25", "0.50", "-1", ".5", "1e1", "40000", ""] {
            assert_eq!(Acus::parse(text), None, "{text}");
        }
    }
}
