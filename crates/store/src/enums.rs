//! Rust enums as Postgres enums.
//!
//! The lifecycle's own live in `terrane_domain`, which knows no database, so the mapping is written here: diesel's
//! traits take the SQL type as a parameter, and that type is ours. The spelling is the enum's own `as_str`.

use diesel::{
    deserialize::{self, FromSql, Queryable},
    internal::derives::as_expression::Bound,
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{Nullable, SqlType, is_nullable},
};
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use terrane_domain::{DataOnDestroy, EnvironmentState, OperationKind, OperationState, StepName, StepState};

use crate::schema::sql_types;

/// A value as an expression. diesel's `AsExpression`, which would make this implicit, can't be implemented for enums of
/// another crate.
pub(crate) trait InSql: Copy {
    type Sql;

    fn in_sql(self) -> Bound<Self::Sql, Self> {
        Bound::new(self)
    }

    /// The same for a column that may be NULL.
    fn or_null(self) -> Bound<Nullable<Self::Sql>, Option<Self>>
    where
        Self::Sql: SqlType<IsNull = is_nullable::NotNull>,
    {
        Bound::new(Some(self))
    }
}

macro_rules! mapped {
    ($($rust:ty => $sql:ident = $all:expr),+ $(,)?) => {$(
        impl ToSql<sql_types::$sql, Pg> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                out.write_all(self.as_str().as_bytes())?;
                Ok(IsNull::No)
            }
        }

        impl FromSql<sql_types::$sql, Pg> for $rust {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                let text = std::str::from_utf8(value.as_bytes())?;
                let found = $all.iter().copied().find(|value| value.as_str() == text);
                found.ok_or_else(|| {
                    format!("the database holds {text:?}, which this release does not know").into()
                })
            }
        }

        impl Queryable<sql_types::$sql, Pg> for $rust {
            type Row = Self;

            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }

        impl InSql for $rust {
            type Sql = sql_types::$sql;
        }
    )+};
}

mapped! {
    EnvironmentState => EnvironmentState = EnvironmentState::ALL,
    OperationKind => OperationKind = OperationKind::ALL,
    OperationState => OperationState = OperationState::ALL,
    StepName => StepName = StepName::ALL,
    StepState => StepState = StepState::ALL,
    DataOnDestroy => DataOnDestroy = [DataOnDestroy::Snapshot, DataOnDestroy::Delete],
    LogStream => LogStream = LogStream::ALL,
    CancelReason => CancelReason = CancelReason::ALL,
    AttemptEnd => AttemptEnd = AttemptEnd::ALL,
}

macro_rules! store_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The spelling used in the API, in logs and in Postgres.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

store_enum! {
    /// Where a line of an operation's log came from.
    LogStream {
        /// The event stream of Terraform (`-json`).
        Stdout => "stdout",
        /// What Terraform or a provider wrote beside it.
        Stderr => "stderr",
        /// What the engine itself had to say.
        Engine => "engine",
    }
}

store_enum! {
    /// Why an operation was cancelled, or is to be.
    CancelReason {
        /// Somebody asked.
        Requested => "requested",
        /// Somebody refused its plan.
        Discarded => "discarded",
        /// Nobody decided on its plan in time.
        ApprovalExpired => "approval_expired",
        /// A newer change took its place in the line.
        Superseded => "superseded",
        /// The environment is to be destroyed.
        DestroyRequested => "destroy_requested",
        /// When its turn came, there was nothing that it could begin in the state of the environment.
        Inapplicable => "inapplicable",
    }
}

store_enum! {
    /// How an attempt ended.
    AttemptEnd {
        /// The operation is done.
        Succeeded => "succeeded",
        /// The operation failed for good.
        Failed => "failed",
        /// Somebody asked for its end.
        Cancelled => "cancelled",
        /// The plan waits for a person.
        AwaitingApproval => "awaiting_approval",
        /// It failed, and another attempt may help.
        Retrying => "retrying",
        /// Its worker was draining.
        HandedBack => "handed_back",
        /// Its worker was lost.
        TakenOver => "taken_over",
    }
}
