//! From rows to what is shown.

use terrane_blueprint::current_pins;
use terrane_domain::{EnvironmentSpec, Pins, ResolveContext, parse_value};
use terrane_store::{Accepted, Environment, Operation, Tenant};

use super::{Inner, rendering};
use crate::{
    error::Error,
    http::chain,
    views::{AcceptedView, EnvironmentSummary, EnvironmentView},
};

impl Inner {
    /// An environment with its file, what that was resolved to, and the operation to look at.
    pub(super) async fn show(
        &self,
        tenant: &Tenant,
        row: Environment,
        operation: Option<Operation>,
    ) -> Result<EnvironmentView, Error> {
        let spec = self
            .store
            .environment_spec(tenant.id, row.id, row.generation)
            .await?
            .ok_or_else(|| Error::internal("showing an environment", "a generation has no spec"))?;
        let summary = EnvironmentSummary::new(&row, &tenant.name, operation);
        // An old file that this release refuses is still shown as it was given.
        let resolved = parse_value(&spec)
            .map_err(|problems| problems.to_string())
            .and_then(|spec| {
                rendering::resolve_in(&spec, &context(tenant, &row, &spec)).map_err(|error| chain(&error))
            })
            .inspect_err(|error| {
                tracing::warn!(event = "environment.unresolved", environment = %row.id, error, "a stored file is not understood");
            })
            .ok();
        let model = resolved.as_ref().map(rendering::model_json).transpose()?;
        Ok(EnvironmentView {
            summary,
            spec,
            resolved: model,
            reasons: resolved.map(rendering::reasons).unwrap_or_default(),
            outputs: row.outputs,
        })
    }

    /// The answer to a write. The same rows give the same answer, so a replay is equal to the first.
    pub(super) async fn show_accepted(
        &self,
        tenant: &Tenant,
        accepted: Accepted,
    ) -> Result<AcceptedView, Error> {
        let Accepted { environment, operation } = accepted;
        let environment = self.show(tenant, environment, Some(operation.clone())).await?;
        Ok(AcceptedView { environment, operation: operation.into() })
    }
}

/// In which a stored file is resolved: with what made the environment, not with what would make a new one.
fn context(tenant: &Tenant, row: &Environment, spec: &EnvironmentSpec) -> ResolveContext {
    let pins = Pins { blueprint: row.pins.blueprint, aws_provider: row.pins.aws_provider.clone() };
    ResolveContext {
        environment_id: row.id,
        tenant_id: tenant.id,
        external_id: tenant.external_id.clone(),
        ..ResolveContext::preview(spec, pins)
    }
}

/// What makes a new environment.
pub(super) fn new_pins() -> Pins {
    current_pins()
}
