//! Typed ids. Each is a UUIDv7 (time-ordered, so that indexes stay dense) shown with a readable prefix,
//! `env_0193a5…`, so that an id pasted into the wrong place is refused instead of looked up.
//!
//! This crate has no clock, so ids are made elsewhere with [`uuid::Uuid::now_v7`] and come in through `from_uuid`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// Why a text is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an id; expected {prefix}_ and 32 hexadecimal digits")]
pub struct ParseIdError {
    text: String,
    prefix: &'static str,
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a UUID that came from the database or was just made.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID, as the database stores it.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", Self::PREFIX, self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse(text, Self::PREFIX).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

fn parse(text: &str, prefix: &'static str) -> Result<Uuid, ParseIdError> {
    let error = || ParseIdError { text: text.chars().take(64).collect(), prefix };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or_else(error)?;
    // Only the form that we print: one object has one spelling.
    if digits.len() != 32 || !digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(error());
    }
    Uuid::try_parse(digits).map_err(|_| error())
}

typed_id!(
    /// A customer of this installation; everything belongs to one.
    TenantId, "ten"
);
typed_id!(
    /// One environment, from its creation until long after it was destroyed.
    EnvironmentId, "env"
);
typed_id!(
    /// One run of a create, update or destroy (and later plan, drift check, bootstrap).
    OperationId, "op"
);
typed_id!(
    /// One worker process, from its start to its end.
    WorkerId, "wrk"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_printed() {
        let id = EnvironmentId::from_uuid(Uuid::from_u128(0x0193_a5c0_dead_7eef_8bad_f00d_cafe_0001));
        assert_eq!(id.to_string(), "env_0193a5c0dead7eef8badf00dcafe0001");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn an_id_of_another_kind_or_spelling_is_refused() {
        let digits = "0193a5c0dead7eef8badf00dcafe0001";
        for text in [
            format!("op_{digits}"),
            digits.to_owned(),
            format!("env_{}", digits.to_uppercase()),
            format!("env_{digits}0"),
            "env_0193a5c0-dead-7eef-8bad-f00dcafe0001".to_owned(),
            String::new(),
        ] {
            assert!(text.parse::<EnvironmentId>().is_err(), "{text}");
        }
    }
}
