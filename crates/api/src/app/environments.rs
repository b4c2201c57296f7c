//! Environments: made, changed, taken down, shown.

use std::time::Duration;

use bytes::Bytes;
use terrane_domain::{EnvironmentId, EnvironmentSpec, EnvironmentState, LifecyclePolicy};
use terrane_store::{
    DataOnDestroy, DestroyRequest, Environment, EnvironmentFilter, NewEnvironment, NewSpec, Tenant,
};
use uuid::Uuid;

use super::{Answer, Inner, Page, Service, Subject, not_found, rendering, settle, show};
use crate::{
    error::{Error, Refusal},
    http::{Caller, SpecBody, Write},
    views::{EnvironmentList, EnvironmentSummary, EnvironmentView, OperationList, OutputsView},
};

impl Service {
    /// Puts a new environment in line.
    pub async fn create_environment(&self, write: Write, body: SpecBody) -> Result<Answer, Error> {
        let spec = rendering::read(&body)?;
        let policy = policy_of(&spec)?;
        self.run(|inner| async move {
            let tenant = inner.tenant(&write.caller.tenant).await?;
            let idempotency = write.idempotency(&body.bytes);
            let name = spec.name.as_str().to_owned();
            let new = NewEnvironment {
                tenant_id: tenant.id,
                name: name.clone(),
                labels: spec.labels.clone(),
                region: spec.cloud.region.clone(),
                spec: spec.to_json(),
                deletion_protection: policy.deletion_protection,
                ttl: policy.ttl_seconds.map(Duration::from_secs),
                pins: show::new_pins(),
                request_id: Some(write.correlation.request_id.to_string()),
                traceparent: write.correlation.traceparent(),
            };
            let outcome = inner.store.create_environment(new, idempotency).await?;
            let settled = settle(outcome, Subject::Environment { name: &name, expected: None })?;
            inner.answer(&tenant, settled).await
        })
        .await
    }

    /// Puts a changed file in line.
    pub async fn update_environment(
        &self,
        write: Write,
        id: String,
        body: SpecBody,
    ) -> Result<Answer, Error> {
        let spec = rendering::read(&body)?;
        let policy = policy_of(&spec)?;
        self.run(|inner| async move {
            let tenant = inner.tenant(&write.caller.tenant).await?;
            let current = inner.look_for(&tenant, &id).await?;
            if let Some(current) = &current {
                unchangeable(current, &spec)?;
            }
            let idempotency = write.idempotency(&body.bytes);
            let new = NewSpec {
                labels: spec.labels.clone(),
                spec: spec.to_json(),
                deletion_protection: policy.deletion_protection,
                ttl: policy.ttl_seconds.map(Duration::from_secs),
                request_id: Some(write.correlation.request_id.to_string()),
                traceparent: write.correlation.traceparent(),
            };
            let outcome = inner
                .store
                .update_environment(tenant.id, target(current), write.if_match, new, idempotency)
                .await?;
            let settled = settle(outcome, Subject::Environment { name: &id, expected: write.if_match })?;
            inner.answer(&tenant, settled).await
        })
        .await
    }

    /// Puts a destroy in line.
    pub async fn destroy_environment(
        &self,
        write: Write,
        id: String,
        data: Option<DataOnDestroy>,
    ) -> Result<Answer, Error> {
        self.run(|inner| async move {
            let tenant = inner.tenant(&write.caller.tenant).await?;
            let target = target(inner.look_for(&tenant, &id).await?);
            let idempotency = write.idempotency(&Bytes::new());
            let request = DestroyRequest {
                expected_generation: write.if_match,
                data,
                force: false,
                request_id: Some(write.correlation.request_id.to_string()),
                traceparent: write.correlation.traceparent(),
            };
            let outcome = inner.store.request_destroy(tenant.id, target, request, idempotency).await?;
            let settled = settle(outcome, Subject::Environment { name: &id, expected: write.if_match })?;
            inner.answer(&tenant, settled).await
        })
        .await
    }

    /// Shows one environment.
    pub async fn get_environment(&self, caller: Caller, id: String) -> Result<EnvironmentView, Error> {
        self.run(|inner| async move {
            let tenant = inner.tenant(&caller.tenant).await?;
            let row = inner.find(&tenant, &id).await?;
            let operation = inner.store.current_operations(tenant.id, &[row.id]).await?.remove(&row.id);
            inner.show(&tenant, row, operation).await
        })
        .await
    }

    /// Shows the outputs of the applied generation.
    pub async fn get_outputs(&self, caller: Caller, id: String) -> Result<OutputsView, Error> {
        self.run(|inner| async move {
            let tenant = inner.tenant(&caller.tenant).await?;
            let row = inner.find(&tenant, &id).await?;
            Ok(OutputsView {
                applied_generation: row.applied_generation,
                outputs: row.outputs.unwrap_or_else(|| serde_json::json!({})),
            })
        })
        .await
    }

    /// One page of the tenant's environments.
    pub async fn list_environments(
        &self,
        caller: Caller,
        filter: EnvironmentFilter,
        page: Page,
    ) -> Result<EnvironmentList, Error> {
        let cursor = page.cursor.as_deref().map(parse_cursor).transpose()?;
        self.run(|inner| async move {
            let tenant = inner.tenant(&caller.tenant).await?;
            let found = inner.store.list_environments(tenant.id, &filter, cursor, page.limit).await?;
            let ids: Vec<_> = found.items.iter().map(|row| row.id).collect();
            let mut operations = inner.store.current_operations(tenant.id, &ids).await?;
            Ok(EnvironmentList {
                items: found
                    .items
                    .iter()
                    .map(|row| EnvironmentSummary::new(row, &tenant.name, operations.remove(&row.id)))
                    .collect(),
                next_cursor: found.next.map(|cursor| cursor.to_string()),
            })
        })
        .await
    }

    /// One page of an environment's operations.
    pub async fn list_operations(
        &self,
        caller: Caller,
        id: String,
        page: Page,
    ) -> Result<OperationList, Error> {
        let cursor = page.cursor.as_deref().map(parse_cursor).transpose()?;
        self.run(|inner| async move {
            let tenant = inner.tenant(&caller.tenant).await?;
            let row = inner.find(&tenant, &id).await?;
            let found = inner.store.list_operations(tenant.id, Some(row.id), cursor, page.limit).await?;
            Ok(OperationList {
                items: found.items.into_iter().map(Into::into).collect(),
                next_cursor: found.next.map(|cursor| cursor.to_string()),
            })
        })
        .await
    }
}

impl Inner {
    /// The tenant's environment with this id, or the living one with this name. Names hold no underscore, so a text is
    /// never both.
    async fn find(&self, tenant: &Tenant, id_or_name: &str) -> Result<Environment, Error> {
        let found = self.look_for(tenant, id_or_name).await?;
        found.ok_or_else(|| not_found(id_or_name).into())
    }

    async fn look_for(&self, tenant: &Tenant, id_or_name: &str) -> Result<Option<Environment>, Error> {
        Ok(match id_or_name.parse::<EnvironmentId>() {
            Ok(id) => self.store.get_environment(tenant.id, id).await?,
            Err(_) => self.store.environment_by_name(tenant.id, id_or_name).await?,
        })
    }
}

/// What a write is about. The store looks at the idempotency key first, so a repeated request gets its answer even
/// when the name that it used has no living environment any more; without a key an id that nobody has is not found.
fn target(found: Option<Environment>) -> EnvironmentId {
    found.map_or(EnvironmentId::from_uuid(Uuid::nil()), |row| row.id)
}

fn policy_of(spec: &EnvironmentSpec) -> Result<LifecyclePolicy, Error> {
    Ok(rendering::resolve_in(spec, &rendering::preview(spec))?.policy)
}

/// What a new file may not change.
fn unchangeable(current: &Environment, spec: &EnvironmentSpec) -> Result<(), Refusal> {
    let given = spec.name.as_str();
    if current.name != given {
        return Err(Refusal::NameChanged { current: current.name.clone(), given: given.to_owned() });
    }
    let given = &spec.cloud.region;
    if current.region != *given && current.state != EnvironmentState::Destroyed {
        return Err(Refusal::RegionChanged { current: current.region.clone(), given: given.clone() });
    }
    Ok(())
}

fn parse_cursor<T: std::str::FromStr>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| {
        Refusal::Query("cursor: send 'next_cursor' of the page before, as it is".to_owned()).into()
    })
}
