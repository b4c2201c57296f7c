//! Typed values in `json` and `jsonb` columns.

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, Output, ToSql},
    sql_types::{Json, Jsonb},
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt;

/// A value that is stored as JSON. What can't be read back is an error of the query, never a default.
#[derive(Debug, Clone, FromSqlRow, AsExpression)]
#[diesel(sql_type = Json)]
#[diesel(sql_type = Jsonb)]
pub(crate) struct AsJson<T: fmt::Debug>(pub(crate) T);

macro_rules! by_way_of_value {
    ($($sql:ty),+) => {$(
        impl<T: DeserializeOwned + fmt::Debug> FromSql<$sql, Pg> for AsJson<T> {
            fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
                let value = <serde_json::Value as FromSql<$sql, Pg>>::from_sql(bytes)?;
                Ok(Self(serde_json::from_value(value)?))
            }
        }

        impl<T: Serialize + fmt::Debug> ToSql<$sql, Pg> for AsJson<T> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                let value = serde_json::to_value(&self.0)?;
                <serde_json::Value as ToSql<$sql, Pg>>::to_sql(&value, &mut out.reborrow())
            }
        }
    )+};
}

by_way_of_value!(Json, Jsonb);
