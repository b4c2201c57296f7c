//! Claiming: how an operation comes to a worker.
//!
//! # Which one
//! Only the first in an environment's line, and only if nothing of that environment is active; or one that waits for
//! its next attempt and is due. Among those, the one whose tenant has the least going on: a tenant's candidates are
//! ranked by age, the number of its running operations is added, and the lowest sum wins. A tenant that queues a
//! thousand operations delays another tenant's first by no more than the ones that already run.
//!
//! # How
//! Postgres refuses `FOR UPDATE` beside window functions, so ranking is in a subquery without locks and the query
//! around it locks, skips what others have locked, and looks at the state again. The subquery walks the index of
//! waiting operations tenant by tenant and takes a few of each, so that it costs the same with ten waiting as with ten
//! thousand. (Whether anything is ahead is asked by counting and not by `NOT EXISTS`, which Postgres would turn into a
//! join over everything that the tenant has waiting.) Operation and environment are locked together and by `SKIP LOCKED`: a claim waits for nobody.
//!
//! The claim raises the environment's **fence** and keeps its value; every write of a holder names it.

use std::time::Duration;

use diesel::{dsl::now, prelude::*, sql_types::Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use terrane_domain::{
    EnvironmentEvent, EnvironmentId, EnvironmentState, OperationEvent, OperationId, OperationKind, StepState,
    TenantId, WorkerId,
};
use uuid::Uuid;

use crate::{
    attempts,
    enums::{CancelReason, InSql as _},
    error::{Failure, StoreError, inconsistent},
    line,
    models::{EnvironmentRow, OperationRow, TenantRow},
    pool::Transaction,
    rows::{Environment, Fence, Operation, Tenant, UnsettledAttempt},
    schema::{environment_specs, environments, operations, tenants},
    sql::after,
    store::Store,
};

/// The proof that a worker holds an operation; every write for the operation carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Holder {
    /// Whose environment it is.
    pub tenant_id: TenantId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The operation.
    pub operation_id: OperationId,
    /// The worker that holds it.
    pub worker_id: WorkerId,
    /// The attempt that this claim began, from 1.
    pub attempt: u32,
    /// The environment's fence as this claim raised it.
    pub fence: Fence,
}

/// A claimed operation and all that is needed to work on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What every write has to carry.
    pub holder: Holder,
    /// The operation, running.
    pub operation: Operation,
    /// Its environment.
    pub environment: Environment,
    /// The spec of the generation that the operation applies; for a destroy, of the one that `touched_generation` names.
    pub spec: Value,
    /// The other specs since the one that was last applied in full that may have reached the cloud, newest first: what
    /// they declare may be there.
    pub earlier_specs: Vec<Value>,
    /// The newest generation that a create or an update may have brought to the cloud; `None` if none did.
    pub touched_generation: Option<i64>,
    /// Earlier attempts at this environment that are to be cleared up after, the first first.
    pub unsettled: Vec<UnsettledAttempt>,
    /// Whose it is.
    pub tenant: Tenant,
}

/// The query for the next operation, looking at so many of each tenant's. A number in the text and not a parameter:
/// Postgres plans for it.
macro_rules! pick {
    ($candidates_per_tenant:literal) => {
        concat!(
            "
WITH RECURSIVE waiting_tenants (tenant_id) AS (
    (SELECT o.tenant_id FROM operations o
     WHERE o.state IN ('queued', 'retrying') ORDER BY o.tenant_id LIMIT 1)
    UNION ALL
    (SELECT following.tenant_id FROM waiting_tenants w, LATERAL (
        SELECT o.tenant_id FROM operations o
        WHERE o.state IN ('queued', 'retrying') AND o.tenant_id > w.tenant_id ORDER BY o.tenant_id LIMIT 1
     ) AS following)
),
candidates AS (
    SELECT head.id, head.sequence,
        running.count + row_number() OVER (PARTITION BY w.tenant_id ORDER BY head.sequence) AS rank
    FROM waiting_tenants w
    CROSS JOIN LATERAL (
        SELECT count(*) AS count FROM operations o WHERE o.tenant_id = w.tenant_id AND o.state = 'running'
    ) AS running
    CROSS JOIN LATERAL (
        SELECT o.id, o.sequence FROM operations o
        WHERE o.tenant_id = w.tenant_id AND o.state IN ('queued', 'retrying')
          AND (o.state = 'queued' OR o.next_attempt_at <= now())
          AND (
              SELECT count(*) = 0 FROM operations ahead
              WHERE ahead.environment_id = o.environment_id AND ahead.id <> o.id
                AND ahead.state IN ('queued', 'running', 'awaiting_approval', 'retrying')
                AND (ahead.state <> 'queued' OR ahead.sequence < o.sequence))
        ORDER BY o.sequence LIMIT ",
            $candidates_per_tenant,
            "
    ) AS head
    ORDER BY rank, head.sequence LIMIT 64
)
SELECT o.id, o.environment_id
FROM candidates c
JOIN operations o ON o.id = c.id
JOIN environments e ON e.id = o.environment_id
WHERE o.state = 'queued' OR (o.state = 'retrying' AND o.next_attempt_at <= now())
ORDER BY c.rank, c.sequence
LIMIT 1
FOR NO KEY UPDATE OF o, e SKIP LOCKED"
        )
    };
}

/// Enough as long as few claim at once.
const PICK: &str = pick!(2);
/// For when all of those were locked: enough that as many claims at once each find one.
const PICK_FARTHER: &str = pick!(32);

#[derive(QueryableByName)]
struct Picked {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    environment_id: Uuid,
}

impl Store {
    /// Takes one operation for a registered worker, or nothing if none is waiting that may be begun. From here on the
    /// worker has `lease` to give a sign of life.
    ///
    /// # Errors
    /// If the database fails, or doesn't know the worker.
    pub async fn claim(&self, worker: WorkerId, lease: Duration) -> Result<Option<Claim>, StoreError> {
        self.run("claim an operation", async {
            // Each turn either ends the search or takes an operation out of the line, so this ends.
            loop {
                match self.claim_next(worker, lease).await? {
                    Turn::Claimed(claim) => return Ok(Some(*claim)),
                    Turn::NothingWaits => return Ok(None),
                    Turn::Inapplicable => {}
                }
            }
        })
        .await
    }

    async fn claim_next(&self, worker: WorkerId, lease: Duration) -> Result<Turn, Failure> {
        let mut tx = self.begin().await?;
        let picked = match pick(&mut tx, PICK).await? {
            Some(picked) => Some(picked),
            None => pick(&mut tx, PICK_FARTHER).await?,
        };
        let Some(picked) = picked else {
            tx.roll_back().await?;
            return Ok(Turn::NothingWaits);
        };
        let (operation, mut environment, tenant, spec) = operations::table
            .inner_join(environments::table.on(environments::id.eq(operations::environment_id)))
            .inner_join(tenants::table.on(tenants::id.eq(operations::tenant_id)))
            .inner_join(
                environment_specs::table.on(environment_specs::environment_id
                    .eq(operations::environment_id)
                    .and(environment_specs::generation.eq(operations::generation))),
            )
            .filter(operations::id.eq(picked.id))
            .select((
                OperationRow::as_select(),
                EnvironmentRow::as_select(),
                TenantRow::as_select(),
                environment_specs::spec,
            ))
            .first::<(OperationRow, EnvironmentRow, TenantRow, Value)>(&mut *tx)
            .await?;

        let Some(running) = operation.state.next(OperationEvent::Claimed) else {
            return Err(inconsistent(format!("a {} operation was picked", operation.state)));
        };
        let Some(state) = environment.state.next(EnvironmentEvent::Begun(operation.kind)) else {
            tracing::error!(
                event = "operation_inapplicable",
                operation_id = %operation.operation_id(),
                kind = %operation.kind,
                environment_state = %environment.state,
            );
            let (event, reason) = (OperationEvent::Cancelled, CancelReason::Inapplicable);
            line::leave(&mut tx, &mut environment, &operation, event, reason).await?;
            tx.commit().await?;
            return Ok(Turn::Inapplicable);
        };
        let found = environment.state;
        let environment = diesel::update(environments::table.find(picked.environment_id))
            .set((
                environments::state.eq(state.in_sql()),
                environments::fence.eq(environments::fence + 1),
                environments::updated_at.eq(now),
            ))
            .returning(EnvironmentRow::as_returning())
            .get_result(&mut *tx)
            .await?;
        if operation.attempt > 0 {
            line::end_steps(&mut tx, operation.id, StepState::Interrupted).await?;
        }
        let before = operation.environment_state_before.unwrap_or_else(|| resting(found));
        let operation = diesel::update(operations::table.find(operation.id))
            .set((
                operations::state.eq(running.in_sql()),
                operations::owner.eq(worker.as_uuid()),
                operations::fence.eq(environment.fence),
                operations::lease_until.eq(after(lease).nullable()),
                operations::attempt.eq(operations::attempt + 1),
                operations::next_attempt_at.eq(None::<chrono::DateTime<chrono::Utc>>),
                operations::environment_state_before.eq(before.or_null()),
                operations::started_at.eq(diesel::dsl::sql("coalesce(started_at, now())")),
            ))
            .returning(OperationRow::as_returning())
            .get_result(&mut *tx)
            .await?;
        attempts::begin(&mut tx, &operation, worker).await?;
        let touched_generation = touched_generation(&mut tx, picked.environment_id).await?;
        let spec = match touched_generation {
            // A later spec may lack what has to be taken down.
            Some(touched) if operation.kind == OperationKind::Destroy && touched != operation.generation => {
                spec_of(&mut tx, picked.environment_id, touched).await?
            }
            _ => spec,
        };
        let earlier_specs = match touched_generation {
            Some(touched) => {
                let own =
                    if operation.kind == OperationKind::Destroy { touched } else { operation.generation };
                earlier_specs(&mut tx, &environment, own).await?
            }
            None => Vec::new(),
        };
        let unsettled = attempts::unsettled(&mut tx, EnvironmentId::from_uuid(picked.environment_id)).await?;
        tx.commit().await?;

        let (operation, environment) = (Operation::from(operation), Environment::from(environment));
        Ok(Turn::Claimed(Box::new(Claim {
            holder: Holder {
                tenant_id: operation.tenant_id,
                environment_id: environment.id,
                operation_id: operation.id,
                worker_id: worker,
                attempt: operation.attempt,
                fence: environment.fence,
            },
            operation,
            environment,
            spec,
            earlier_specs,
            touched_generation,
            unsettled,
            tenant: tenant.into(),
        })))
    }
}

async fn touched_generation(tx: &mut Transaction, environment: Uuid) -> Result<Option<i64>, Failure> {
    let newest = operations::table
        .filter(operations::environment_id.eq(environment))
        .filter(operations::touched)
        // A destroy works from what an earlier operation made.
        .filter(operations::kind.ne(OperationKind::Destroy.in_sql()))
        .order(operations::sequence.desc())
        .select(operations::generation)
        .first(&mut **tx)
        .await
        .optional()?;
    Ok(newest)
}

async fn earlier_specs(
    tx: &mut Transaction,
    environment: &EnvironmentRow,
    own: i64,
) -> Result<Vec<Value>, Failure> {
    let touched = operations::table
        .filter(operations::environment_id.eq(environment.id))
        .filter(operations::touched)
        .filter(operations::kind.ne(OperationKind::Destroy.in_sql()))
        .select(operations::generation);
    let specs = environment_specs::table
        .filter(environment_specs::environment_id.eq(environment.id))
        .filter(environment_specs::generation.eq_any(touched))
        .filter(environment_specs::generation.ge(environment.applied_generation.unwrap_or(0)))
        .filter(environment_specs::generation.ne(own))
        .order(environment_specs::generation.desc())
        .select(environment_specs::spec)
        .load(&mut **tx)
        .await?;
    Ok(specs)
}

async fn spec_of(tx: &mut Transaction, environment: Uuid, generation: i64) -> Result<Value, Failure> {
    Ok(environment_specs::table
        .find((environment, generation))
        .select(environment_specs::spec)
        .first(&mut **tx)
        .await?)
}

async fn pick(tx: &mut Transaction, query: &'static str) -> Result<Option<Picked>, Failure> {
    Ok(diesel::sql_query(query).get_result(&mut **tx).await.optional()?)
}

enum Turn {
    Claimed(Box<Claim>),
    NothingWaits,
    Inapplicable,
}

/// What to go back to if the operation ends untouched. With nothing active an environment rests; should it ever not,
/// `failed` is the state from which a person can go anywhere.
const fn resting(found: EnvironmentState) -> EnvironmentState {
    if found.is_resting() { found } else { EnvironmentState::Failed }
}
