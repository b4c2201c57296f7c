//! The queue in figures, for metrics.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Double, Nullable},
};
use diesel_async::RunQueryDsl;

use crate::{error::StoreError, store::Store};

/// By the words of the partial index `operations_open`. Due is what a free worker may claim: the first of its
/// environment, and its time has come.
const QUEUE: &str = "
SELECT count(*) FILTER (WHERE due) AS due,
       count(*) FILTER (WHERE NOT due AND state = 'queued') AS behind,
       count(*) FILTER (WHERE NOT due AND state = 'retrying') AS retrying,
       count(*) FILTER (WHERE state = 'running') AS running,
       count(*) FILTER (WHERE state = 'awaiting_approval') AS awaiting_approval,
       extract(epoch FROM now() - min(since) FILTER (WHERE due))::float8 AS oldest
FROM (
    SELECT o.state, coalesce(o.next_attempt_at, o.created_at) AS since,
           o.state IN ('queued', 'retrying') AND coalesce(o.next_attempt_at <= now(), true)
           AND NOT EXISTS (
               SELECT FROM operations before
               WHERE before.environment_id = o.environment_id AND before.sequence < o.sequence
                 AND before.state IN ('queued', 'running', 'awaiting_approval', 'retrying')
           ) AS due
    FROM operations o WHERE o.state IN ('queued', 'running', 'awaiting_approval', 'retrying')
) open";

/// What waits and runs, of all tenants.
#[derive(Debug, Clone, Copy, PartialEq, Default, QueryableByName)]
pub struct QueueFigures {
    /// Operations that a free worker could claim now.
    #[diesel(sql_type = BigInt)]
    pub due: i64,
    /// Queued behind another operation of their environment.
    #[diesel(sql_type = BigInt)]
    pub behind: i64,
    /// Waiting for the time of their next attempt.
    #[diesel(sql_type = BigInt)]
    pub retrying: i64,
    /// Held by a worker.
    #[diesel(sql_type = BigInt)]
    pub running: i64,
    /// Waiting for a person.
    #[diesel(sql_type = BigInt)]
    pub awaiting_approval: i64,
    /// For how many seconds the longest of those that are due has been; `None` if none is.
    #[diesel(sql_type = Nullable<Double>)]
    pub oldest: Option<f64>,
}

impl Store {
    /// What waits and runs now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn queue_figures(&self) -> Result<QueueFigures, StoreError> {
        self.run("look at the queue", async {
            Ok(diesel::sql_query(QUEUE).get_result(&mut self.connections().get().await?).await?)
        })
        .await
    }
}
