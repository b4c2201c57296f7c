//! Asking for a new environment, and for a change of one.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use diesel::{dsl::now, prelude::*};
use diesel_async::RunQueryDsl;
use terrane_domain::{
    EnvironmentId, EnvironmentState, OperationEvent, OperationKind, OperationState, Pins, TenantId,
};
use uuid::Uuid;

use crate::{
    enums::{CancelReason, InSql as _},
    error::{Failure, StoreError},
    json::AsJson,
    line::{self, Joining},
    models::{EnvironmentRow, count},
    outcome::{Idempotency, Outcome, Refusal},
    schema::{environment_specs, environments},
    sql::after,
    store::Store,
    write::{Begun, Write},
};

/// An environment that is to be made.
#[derive(Debug, Clone)]
pub struct NewEnvironment {
    /// Its owner.
    pub tenant_id: TenantId,
    /// Its name.
    pub name: String,
    /// The user's labels.
    pub labels: BTreeMap<String, String>,
    /// The region, for lists.
    pub region: String,
    /// The spec as given; the order of its keys is kept.
    pub spec: serde_json::Value,
    /// Whether a destroy is to be refused.
    pub deletion_protection: bool,
    /// After how long, from now, it is to be destroyed by itself.
    pub ttl: Option<Duration>,
    /// What is to make it.
    pub pins: Pins,
    /// The request that asks for it.
    pub request_id: Option<String>,
    /// Its W3C trace context.
    pub traceparent: Option<String>,
}

/// A newer spec of an environment. Name and region are the environment's for life.
#[derive(Debug, Clone)]
pub struct NewSpec {
    /// The user's labels.
    pub labels: BTreeMap<String, String>,
    /// The spec as given; the order of its keys is kept.
    pub spec: serde_json::Value,
    /// Whether a destroy is to be refused from now on.
    pub deletion_protection: bool,
    /// After how long, from now, it is to be destroyed by itself.
    pub ttl: Option<Duration>,
    /// The request that asks for it.
    pub request_id: Option<String>,
    /// Its W3C trace context.
    pub traceparent: Option<String>,
}

impl Store {
    /// Records an environment and queues its create. Refused with `NameTaken`.
    ///
    /// # Errors
    /// If the database fails; the tenant has to exist.
    pub async fn create_environment(
        &self,
        new: NewEnvironment,
        idempotency: Option<Idempotency>,
    ) -> Result<Outcome, StoreError> {
        self.run("create an environment", async {
            match Write::begin(self, new.tenant_id, idempotency).await? {
                Begun::Fresh(write) => create(*write, new).await,
                Begun::Answered(outcome) => Ok(outcome),
            }
        })
        .await
    }

    /// Records a newer spec and queues what brings the environment there, in the place of a change that is still in
    /// line. Refused with `EnvironmentState`, `OtherGeneration` or `ToBeDestroyed`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn update_environment(
        &self,
        tenant: TenantId,
        environment: EnvironmentId,
        expected_generation: Option<i64>,
        new: NewSpec,
        idempotency: Option<Idempotency>,
    ) -> Result<Outcome, StoreError> {
        self.run("change an environment", async {
            match Write::begin(self, tenant, idempotency).await? {
                Begun::Fresh(write) => update(*write, environment, expected_generation, new).await,
                Begun::Answered(outcome) => Ok(outcome),
            }
        })
        .await
    }
}

async fn create(mut write: Write, new: NewEnvironment) -> Result<Outcome, Failure> {
    // Each turn but the last means that somebody gave the name up between two statements.
    let environment = loop {
        if let Some(environment) = insert(&mut write, &new).await? {
            break environment;
        }
        if let Some(holder) = holder_of_name(&mut write, &new).await? {
            return write.refuse(Refusal::NameTaken(EnvironmentId::from_uuid(holder))).await;
        }
    };
    add_generation(&mut write, &environment, environment.generation, &new.spec).await?;
    let joining = Joining {
        kind: OperationKind::Create,
        generation: environment.generation,
        retry_of: None,
        data_on_destroy: None,
        force: false,
        request_id: new.request_id,
        traceparent: new.traceparent,
    };
    let operation = line::join(&mut write.tx, &environment, joining).await?;
    write.accept(environment.id, operation).await
}

/// The new row, or nothing if a living environment has the name.
async fn insert(write: &mut Write, new: &NewEnvironment) -> Result<Option<EnvironmentRow>, Failure> {
    let created = diesel::insert_into(environments::table)
        .values((
            environments::id.eq(Uuid::now_v7()),
            environments::tenant_id.eq(new.tenant_id.as_uuid()),
            environments::name.eq(&new.name),
            environments::labels.eq(AsJson(&new.labels)),
            environments::region.eq(&new.region),
            environments::pin_blueprint.eq(count(new.pins.blueprint)),
            environments::pin_aws_provider.eq(&new.pins.aws_provider),
            environments::deletion_protection.eq(new.deletion_protection),
            new.ttl.map(|ttl| environments::expires_at.eq(after(ttl).nullable())),
        ))
        .on_conflict_do_nothing()
        .returning(EnvironmentRow::as_returning())
        .get_result(&mut *write.tx)
        .await
        .optional()?;
    Ok(created)
}

async fn holder_of_name(write: &mut Write, new: &NewEnvironment) -> Result<Option<Uuid>, Failure> {
    let holder = environments::table
        .filter(environments::tenant_id.eq(new.tenant_id.as_uuid()).and(environments::name.eq(&new.name)))
        .filter(environments::state.ne(EnvironmentState::Destroyed.in_sql()))
        .select(environments::id)
        .first(&mut *write.tx)
        .await
        .optional()?;
    Ok(holder)
}

async fn update(
    mut write: Write,
    environment: EnvironmentId,
    expected_generation: Option<i64>,
    new: NewSpec,
) -> Result<Outcome, Failure> {
    let Some(mut environment) = write.lock_environment(environment).await? else {
        return write.not_found().await;
    };
    if !EnvironmentState::UPDATABLE.contains(&environment.state) {
        return write.refuse(Refusal::EnvironmentState { found: environment.state }).await;
    }
    if expected_generation.is_some_and(|expected| expected != environment.generation) {
        return write.refuse(Refusal::OtherGeneration { current: environment.generation }).await;
    }
    let waiting = line::lock_line(&mut write.tx, environment.id).await?;
    if let Some(destroy) = waiting.iter().find(|operation| operation.kind == OperationKind::Destroy) {
        return write.refuse(Refusal::ToBeDestroyed(destroy.operation_id())).await;
    }

    let generation = environment.generation + 1;
    diesel::update(environments::table.find(environment.id))
        .set((
            environments::generation.eq(generation),
            environments::labels.eq(AsJson(new.labels)),
            environments::deletion_protection.eq(new.deletion_protection),
            environments::expires_at.eq(None::<DateTime<Utc>>),
            environments::updated_at.eq(now),
        ))
        .execute(&mut *write.tx)
        .await?;
    if let Some(ttl) = new.ttl {
        diesel::update(environments::table.find(environment.id))
            .set(environments::expires_at.eq(after(ttl).nullable()))
            .execute(&mut *write.tx)
            .await?;
    }
    add_generation(&mut write, &environment, generation, &new.spec).await?;
    for queued in waiting.iter().filter(|operation| operation.state == OperationState::Queued) {
        let event = OperationEvent::Superseded;
        line::leave(&mut write.tx, &mut environment, queued, event, CancelReason::Superseded).await?;
    }
    let joining = Joining {
        // As long as nobody began to make it, there is nothing to update.
        kind: match environment.state {
            EnvironmentState::Pending => OperationKind::Create,
            _ => OperationKind::Update,
        },
        generation,
        retry_of: None,
        data_on_destroy: None,
        force: false,
        request_id: new.request_id,
        traceparent: new.traceparent,
    };
    let operation = line::join(&mut write.tx, &environment, joining).await?;
    write.accept(environment.id, operation).await
}

async fn add_generation(
    write: &mut Write,
    environment: &EnvironmentRow,
    generation: i64,
    spec: &serde_json::Value,
) -> Result<(), Failure> {
    diesel::insert_into(environment_specs::table)
        .values((
            environment_specs::tenant_id.eq(environment.tenant_id),
            environment_specs::environment_id.eq(environment.id),
            environment_specs::generation.eq(generation),
            environment_specs::spec.eq(spec),
        ))
        .execute(&mut *write.tx)
        .await?;
    Ok(())
}
