//! Reading operations. Every query of a client names the tenant: another tenant's rows don't exist.

use std::collections::{BTreeMap, HashMap};

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use terrane_domain::{EnvironmentId, OperationId, OperationState, TenantId};
use uuid::Uuid;

use crate::{
    environments::page,
    error::StoreError,
    json::AsJson,
    models::{OperationRow, StepRow},
    rows::{Operation, Page, Plan, Step},
    schema::{operation_plans, operation_steps, operations, sql_types},
    store::Store,
};

/// For each environment the first in line that is not over, else the newest: two short walks of an index each.
const CURRENT: &str = "
SELECT current.id
FROM unnest($2) AS wanted (environment_id)
CROSS JOIN LATERAL (
    (SELECT o.id, 0 AS rank FROM operations o
     WHERE o.environment_id = wanted.environment_id AND o.tenant_id = $1
       AND o.state IN ('queued', 'running', 'awaiting_approval', 'retrying')
     ORDER BY o.sequence LIMIT 1)
    UNION ALL
    (SELECT o.id, 1 FROM operations o
     WHERE o.environment_id = wanted.environment_id AND o.tenant_id = $1
     ORDER BY o.sequence DESC LIMIT 1)
    ORDER BY rank LIMIT 1
) AS current";

/// How many operations are not over, by state.
const OPEN_COUNTS: &str = "
SELECT state, count(*) AS count FROM operations
WHERE state IN ('queued', 'running', 'awaiting_approval', 'retrying') GROUP BY state";

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = sql_types::OperationState)]
    state: OperationState,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Store {
    /// One operation.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get_operation(
        &self,
        tenant: TenantId,
        operation: OperationId,
    ) -> Result<Option<Operation>, StoreError> {
        self.run("read an operation", async {
            let row = operations::table
                .find(operation.as_uuid())
                .filter(operations::tenant_id.eq(tenant.as_uuid()))
                .select(OperationRow::as_select())
                .first(&mut self.connections().get().await?)
                .await
                .optional()?;
            Ok(row.map(Operation::from))
        })
        .await
    }

    /// A page of a tenant's operations, of one environment or of all, newest first. `after` is the last one of the
    /// page before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_operations(
        &self,
        tenant: TenantId,
        environment: Option<EnvironmentId>,
        after: Option<OperationId>,
        limit: u32,
    ) -> Result<Page<Operation, OperationId>, StoreError> {
        self.run("list operations", async {
            let mut connection = self.connections().get().await?;
            let mut query = operations::table
                .filter(operations::tenant_id.eq(tenant.as_uuid()))
                .limit(i64::from(limit) + 1)
                .select(OperationRow::as_select())
                .into_boxed();
            // Of one environment in the exact order of its line; of all in the order of their ids, which is the same
            // but for the clocks, and which an index serves.
            if let Some(environment) = environment {
                query = query
                    .filter(operations::environment_id.eq(environment.as_uuid()))
                    .order(operations::sequence.desc());
                if let Some(after) = after {
                    let last = operations::table
                        .find(after.as_uuid())
                        .filter(operations::tenant_id.eq(tenant.as_uuid()))
                        .select(operations::sequence)
                        .first::<i64>(&mut connection)
                        .await
                        .optional()?;
                    query = query.filter(operations::sequence.lt(last.unwrap_or(0)));
                }
            } else {
                query = query.order(operations::id.desc());
                if let Some(after) = after {
                    query = query.filter(operations::id.lt(after.as_uuid()));
                }
            }
            let rows = query.load(&mut connection).await?;
            Ok(page(rows.into_iter().map(Operation::from).collect(), limit, |operation| operation.id))
        })
        .await
    }

    /// What each of these environments is about: the first operation in line that is not over, else the newest one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn current_operations(
        &self,
        tenant: TenantId,
        environments: &[EnvironmentId],
    ) -> Result<HashMap<EnvironmentId, Operation>, StoreError> {
        self.run("read the current operations", async {
            let mut connection = self.connections().get().await?;
            let environments: Vec<Uuid> = environments.iter().map(|id| id.as_uuid()).collect();
            let current: Vec<IdRow> = diesel::sql_query(CURRENT)
                .bind::<SqlUuid, _>(tenant.as_uuid())
                .bind::<Array<SqlUuid>, _>(environments)
                .load(&mut connection)
                .await?;
            let rows = operations::table
                .filter(operations::id.eq_any(current.into_iter().map(|row| row.id).collect::<Vec<_>>()))
                .select(OperationRow::as_select())
                .load(&mut connection)
                .await?;
            Ok(rows.into_iter().map(Operation::from).map(|row| (row.environment_id, row)).collect())
        })
        .await
    }

    /// The steps of an operation in the order in which they began, all attempts. `None` if the tenant has no such
    /// operation.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn steps(
        &self,
        tenant: TenantId,
        operation: OperationId,
    ) -> Result<Option<Vec<Step>>, StoreError> {
        self.run("read the steps of an operation", async {
            let mut connection = self.connections().get().await?;
            let rows = operation_steps::table
                .filter(operation_steps::operation_id.eq(operation.as_uuid()))
                .filter(operation_steps::tenant_id.eq(tenant.as_uuid()))
                .order((operation_steps::attempt, operation_steps::started_at, operation_steps::name))
                .select(StepRow::as_select())
                .load(&mut connection)
                .await?;
            if rows.is_empty() {
                let known = operations::table
                    .find(operation.as_uuid())
                    .filter(operations::tenant_id.eq(tenant.as_uuid()))
                    .select(operations::id)
                    .first::<Uuid>(&mut connection)
                    .await
                    .optional()?;
                return Ok(known.map(|_| Vec::new()));
            }
            Ok(Some(rows.into_iter().map(Step::from).collect()))
        })
        .await
    }

    /// The plan that an operation recorded last. `None` if the tenant has no such operation, or it has no plan yet.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn plan(&self, tenant: TenantId, operation: OperationId) -> Result<Option<Plan>, StoreError> {
        self.run("read a plan", async {
            let plan = operation_plans::table
                .find(operation.as_uuid())
                .filter(operation_plans::tenant_id.eq(tenant.as_uuid()))
                .select(operation_plans::plan)
                .first::<AsJson<Plan>>(&mut self.connections().get().await?)
                .await
                .optional()?;
            Ok(plan.map(|plan| plan.0))
        })
        .await
    }

    /// How many operations of all tenants are not over, by state; for metrics and for scaling on the depth of the
    /// queue.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open_operations(&self) -> Result<BTreeMap<OperationState, u64>, StoreError> {
        self.run("count the open operations", async {
            let counts: Vec<CountRow> =
                diesel::sql_query(OPEN_COUNTS).load(&mut self.connections().get().await?).await?;
            let mut by_state: BTreeMap<_, _> = OperationState::OPEN.iter().map(|state| (*state, 0)).collect();
            by_state.extend(counts.into_iter().map(|row| (row.state, row.count.cast_unsigned())));
            Ok(by_state)
        })
        .await
    }
}
