//! What the holder of an operation writes while it works.
//!
//! Every statement finds its row only if the operation still runs under this worker, with the fence of this claim, and
//! the environment's fence is still that one. If it finds none, the answer is [`Fenced`], and nothing was written. A
//! claim changes the operation's row too, so the two can't pass each other: one waits for the other's row lock and then
//! judges what it finds there.

use std::time::Duration;

use diesel::{
    dsl::{exists, now},
    prelude::*,
    sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use terrane_domain::{OperationState, StepName, StepState};

use crate::{
    attempts,
    claims::Holder,
    enums::InSql as _,
    error::{Failure, Fenced, HolderError, StoreError},
    json::AsJson,
    models::{EnvironmentRow, OperationRow, count},
    pool::Transaction,
    rows::{EnvironmentPins, Plan},
    schema::{environments, operation_plans, operations, sql_types},
    sql::after,
    store::Store,
};

/// How a renewal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Renewal {
    /// The worker holds the operation for another lease.
    Held {
        /// Whether somebody asked the operation to stop.
        cancel_requested: bool,
    },
    /// It doesn't hold it any more.
    Lost,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepEnd {
    /// Done.
    Succeeded,
    /// With an error.
    Failed,
    /// Cut short by a cancel, a drain or a lost lease.
    Interrupted,
}

impl From<StepEnd> for StepState {
    fn from(end: StepEnd) -> Self {
        match end {
            StepEnd::Succeeded => Self::Succeeded,
            StepEnd::Failed => Self::Failed,
            StepEnd::Interrupted => Self::Interrupted,
        }
    }
}

/// The operation's row, if `holder` holds it. As a macro: the type has no name that a person could write.
macro_rules! held_by {
    ($holder:expr) => {{
        let holder: &Holder = $holder;
        operations::table
            .filter(operations::id.eq(holder.operation_id.as_uuid()))
            .filter(operations::owner.eq(holder.worker_id.as_uuid()))
            .filter(operations::fence.eq(holder.fence.0))
            .filter(operations::state.eq(OperationState::Running.in_sql()))
            .filter(exists(
                environments::table
                    .filter(environments::id.eq(operations::environment_id))
                    .filter(environments::fence.eq(holder.fence.0)),
            ))
    }};
}

/// The same for statements that write to another table: locks the operation's row. Parameters 1 to 3 are the
/// operation, the worker and the fence.
macro_rules! with_held {
    ($sql:literal) => {
        concat!(
            "WITH held AS (
                SELECT o.tenant_id, o.id, o.attempt FROM operations o
                WHERE o.id = $1 AND o.owner = $2 AND o.fence = $3 AND o.state = 'running'
                  AND EXISTS (SELECT FROM environments e WHERE e.id = o.environment_id AND e.fence = $3)
                FOR NO KEY UPDATE OF o
            ) ",
            $sql
        )
    };
}

const BEGIN_STEP: &str = with_held!(
    "INSERT INTO operation_steps (tenant_id, operation_id, attempt, name) SELECT tenant_id, id, attempt, $4 FROM held
     ON CONFLICT (operation_id, attempt, name) DO UPDATE SET state = 'running', finished_at = NULL, detail = NULL"
);

const FINISH_STEP: &str = with_held!(
    "INSERT INTO operation_steps (tenant_id, operation_id, attempt, name, state, detail, finished_at)
     SELECT tenant_id, id, attempt, $4, $5, $6, clock_timestamp() FROM held
     ON CONFLICT (operation_id, attempt, name) DO UPDATE
     SET state = excluded.state, detail = excluded.detail, finished_at = excluded.finished_at"
);

/// An operation and its environment, locked for their holder.
pub(crate) struct Held {
    pub(crate) tx: Transaction,
    pub(crate) environment: EnvironmentRow,
    pub(crate) operation: OperationRow,
}

impl Held {
    pub(crate) async fn begin(store: &Store, holder: &Holder) -> Result<Self, Failure> {
        let mut tx = store.begin().await?;
        let environment = environments::table
            .find(holder.environment_id.as_uuid())
            .filter(environments::fence.eq(holder.fence.0))
            .select(EnvironmentRow::as_select())
            .for_no_key_update()
            .first(&mut *tx)
            .await
            .optional()?;
        let operation = operations::table
            .find(holder.operation_id.as_uuid())
            .filter(operations::owner.eq(holder.worker_id.as_uuid()))
            .filter(operations::fence.eq(holder.fence.0))
            .filter(operations::state.eq(OperationState::Running.in_sql()))
            .select(OperationRow::as_select())
            .for_no_key_update()
            .first(&mut *tx)
            .await
            .optional()?;
        match (environment, operation) {
            (Some(environment), Some(operation)) => Ok(Self { tx, environment, operation }),
            _ => {
                tx.roll_back().await?;
                Err(fenced(holder))
            }
        }
    }
}

pub(crate) fn fenced(holder: &Holder) -> Failure {
    Failure::Fenced(Fenced { operation: holder.operation_id })
}

/// One row is the operation held; none is a fence.
pub(crate) fn held(holder: &Holder, rows: usize) -> Result<(), Failure> {
    if rows == 0 { Err(fenced(holder)) } else { Ok(()) }
}

impl Store {
    /// Gives a sign of life: from now on, on Postgres's clock, the worker has another `lease`. A lease that has run
    /// out but that nobody took revives. On connections of its own, so that it never waits behind other work.
    ///
    /// # Errors
    /// If the database fails; whether the lease was renewed is then not known.
    pub async fn renew(&self, holder: &Holder, lease: Duration) -> Result<Renewal, StoreError> {
        self.run("renew a lease", async {
            let requested = diesel::update(held_by!(holder))
                .set(operations::lease_until.eq(after(lease).nullable()))
                .returning(operations::cancel_requested_at.is_not_null())
                .get_result::<bool>(&mut self.renewals().get().await?)
                .await
                .optional()?;
            Ok(match requested {
                Some(cancel_requested) => Renewal::Held { cancel_requested },
                None => Renewal::Lost,
            })
        })
        .await
    }

    /// Begins a step of the current attempt, or begins it anew.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn begin_step(&self, holder: &Holder, step: StepName) -> Result<(), HolderError> {
        self.run_held("begin a step", async {
            let rows = diesel::sql_query(BEGIN_STEP)
                .bind::<SqlUuid, _>(holder.operation_id.as_uuid())
                .bind::<SqlUuid, _>(holder.worker_id.as_uuid())
                .bind::<BigInt, _>(holder.fence.0)
                .bind::<sql_types::StepName, _>(step)
                .execute(&mut self.connections().get().await?)
                .await?;
            held(holder, rows)
        })
        .await
    }

    /// Ends a step of the current attempt. `detail` is a sentence for a person.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn finish_step(
        &self,
        holder: &Holder,
        step: StepName,
        end: StepEnd,
        detail: Option<&str>,
    ) -> Result<(), HolderError> {
        self.run_held("end a step", async {
            let rows = diesel::sql_query(FINISH_STEP)
                .bind::<SqlUuid, _>(holder.operation_id.as_uuid())
                .bind::<SqlUuid, _>(holder.worker_id.as_uuid())
                .bind::<BigInt, _>(holder.fence.0)
                .bind::<sql_types::StepName, _>(step)
                .bind::<sql_types::StepState, _>(StepState::from(end))
                // Postgres can't hold a NUL, and the sentence may quote a program.
                .bind::<Nullable<Text>, _>(detail.map(|detail| detail.replace('\0', "")))
                .execute(&mut self.connections().get().await?)
                .await?;
            held(holder, rows)
        })
        .await
    }

    /// Notes how many resources the plan changes and how many of them are done.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn record_progress(
        &self,
        holder: &Holder,
        planned: Option<u32>,
        done: u32,
    ) -> Result<(), HolderError> {
        self.run_held("record progress", async {
            let rows = diesel::update(held_by!(holder))
                .set((operations::planned.eq(planned.map(count)), operations::done.eq(count(done))))
                .execute(&mut self.connections().get().await?)
                .await?;
            held(holder, rows)
        })
        .await
    }

    /// Notes, before it happens, that from here on the operation may have changed the cloud.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails. The cloud must not
    /// be changed then.
    pub async fn mark_touched(&self, holder: &Holder) -> Result<(), HolderError> {
        self.run_held("note that the cloud may change", async {
            let mut held = Held::begin(self, holder).await?;
            diesel::update(operations::table.find(held.operation.id))
                .set(operations::touched.eq(true))
                .execute(&mut *held.tx)
                .await?;
            attempts::touch(&mut held.tx, &held.operation).await?;
            held.tx.commit().await
        })
        .await
    }

    /// Stores what the operation is about to do, in the place of an earlier plan, with the digest by which it can be
    /// approved.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn record_plan(&self, holder: &Holder, plan: &Plan, digest: &str) -> Result<(), HolderError> {
        self.run_held("store a plan", async {
            let mut held = Held::begin(self, holder).await?;
            diesel::update(operations::table.find(held.operation.id))
                .set(operations::plan_digest.eq(digest))
                .execute(&mut *held.tx)
                .await?;
            diesel::insert_into(operation_plans::table)
                .values((
                    operation_plans::operation_id.eq(held.operation.id),
                    operation_plans::tenant_id.eq(held.operation.tenant_id),
                    operation_plans::plan.eq(AsJson(plan)),
                ))
                .on_conflict(operation_plans::operation_id)
                .do_update()
                .set((operation_plans::plan.eq(AsJson(plan)), operation_plans::recorded_at.eq(now)))
                .execute(&mut *held.tx)
                .await?;
            held.tx.commit().await
        })
        .await
    }

    /// Notes what makes the environment.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn record_pins(&self, holder: &Holder, pins: &EnvironmentPins) -> Result<(), HolderError> {
        self.run_held("record what makes an environment", async {
            let mut held = Held::begin(self, holder).await?;
            diesel::update(environments::table.find(held.environment.id))
                .set((
                    environments::pin_blueprint.eq(count(pins.blueprint)),
                    environments::pin_aws_provider.eq(&pins.aws_provider),
                    environments::pin_engine.eq(pins.engine.as_ref().map(|engine| &engine.name)),
                    environments::pin_engine_version.eq(pins.engine.as_ref().map(|engine| &engine.version)),
                    environments::updated_at.eq(now),
                ))
                .execute(&mut *held.tx)
                .await?;
            held.tx.commit().await
        })
        .await
    }

    /// Stores the environment's outputs.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn store_outputs(
        &self,
        holder: &Holder,
        outputs: &serde_json::Value,
    ) -> Result<(), HolderError> {
        self.run_held("store outputs", async {
            let mut held = Held::begin(self, holder).await?;
            diesel::update(environments::table.find(held.environment.id))
                .set((environments::outputs.eq(outputs), environments::updated_at.eq(now)))
                .execute(&mut *held.tx)
                .await?;
            held.tx.commit().await
        })
        .await
    }
}
