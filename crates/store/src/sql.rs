//! Small pieces of SQL that several queries share.

use std::time::Duration;

use diesel::{
    dsl::sql,
    expression::{SqlLiteral, UncheckedBind},
    internal::derives::as_expression::Bound,
    sql_types::{Bool, Double, Timestamptz},
};

type After = SqlLiteral<Timestamptz, UncheckedBind<SqlLiteral<Timestamptz>, Bound<Double, f64>>>;

/// The moment `duration` from now on Postgres's clock, the only one that leases and deadlines are measured by.
pub(crate) fn after(duration: Duration) -> After {
    sql::<Timestamptz>("now() + make_interval(secs => ").bind::<Double, _>(duration.as_secs_f64()).sql(")")
}

/// `OperationState::OPEN` in the words of the partial index `operations_open`: an index is used only if Postgres can
/// see at planning time that the condition implies its own, which it can't through a parameter.
pub(crate) fn is_open() -> SqlLiteral<Bool> {
    sql::<Bool>("operations.state IN ('queued', 'running', 'awaiting_approval', 'retrying')")
}
