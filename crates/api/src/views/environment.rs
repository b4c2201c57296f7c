//! Environments.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use terrane_domain::{EnvironmentId, EnvironmentState, OperationState};
use terrane_store::{Environment, Operation};
use utoipa::ToSchema;

use super::{ErrorView, OperationView, ReasonView};
use crate::openapi::words;

/// One environment with everything about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnvironmentView {
    /// What a list shows too.
    #[serde(flatten)]
    pub summary: EnvironmentSummary,
    /// The file as it was given, for this generation.
    #[schema(value_type = Object)]
    pub spec: Value,
    /// The file with every default filled in; `null` if this release can't resolve it any more.
    #[schema(value_type = Option<Object>, required = true)]
    pub resolved: Option<Value>,
    /// Why each default is what it is.
    pub reasons: Vec<ReasonView>,
    /// Outputs of the applied generation, as Terraform gave them.
    #[schema(value_type = Option<Object>, required = true)]
    pub outputs: Option<Value>,
}

/// One environment as a list shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnvironmentSummary {
    /// `env_…`
    #[schema(value_type = String, example = "env_0193a5c0dead7eef8badf00dcafe0001")]
    pub id: EnvironmentId,
    /// Unique among the tenant's living environments; stands for the id in paths.
    #[schema(example = "acme-prod")]
    pub name: String,
    /// Whose it is.
    pub tenant: String,
    /// What may be relied on.
    #[schema(schema_with = words::environment_state)]
    pub state: EnvironmentState,
    /// What else is worth knowing, for example `awaiting_approval`.
    pub conditions: Vec<&'static str>,
    /// How often the file was put; the `ETag`.
    pub generation: i64,
    /// The generation that stands in the cloud; differs while one is under way, and after one failed.
    #[schema(required = true)]
    pub applied_generation: Option<i64>,
    /// The user's own words, to filter by.
    pub labels: BTreeMap<String, String>,
    /// Where it is.
    #[schema(example = "eu-west-1")]
    pub region: String,
    /// What made it; changes only through a plan of its own.
    pub pins: PinsView,
    /// Why it is `failed`.
    #[schema(required = true)]
    pub error: Option<ErrorView>,
    /// The operation under way, or the newest one.
    #[schema(required = true)]
    pub operation: Option<OperationView>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When anything about it last changed.
    pub updated_at: DateTime<Utc>,
    /// When nothing of it was left.
    #[schema(required = true)]
    pub destroyed_at: Option<DateTime<Utc>>,
    /// When it is destroyed by itself, as `lifecycle.ttl` says; counted anew with every change.
    #[schema(required = true)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// What made an environment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PinsView {
    /// Version of the blueprint.
    pub blueprint: u32,
    /// Exact version of hashicorp/aws.
    #[schema(example = "5.100.0")]
    pub aws_provider: String,
    /// `terraform` or `tofu`; known once a worker has begun.
    #[schema(required = true)]
    pub engine: Option<String>,
    /// Its version.
    #[schema(required = true)]
    pub engine_version: Option<String>,
}

/// One page of environments, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnvironmentList {
    /// The page.
    pub items: Vec<EnvironmentSummary>,
    /// Send it as `cursor` for the next page; `null` on the last one.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// The answer to every write.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AcceptedView {
    /// The environment as the write left it.
    pub environment: EnvironmentView,
    /// What was put in line, or decided about.
    pub operation: OperationView,
}

/// The outputs of an environment.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputsView {
    /// The generation that they belong to.
    #[schema(required = true)]
    pub applied_generation: Option<i64>,
    /// By name, as Terraform gave them; `{}` before the first apply.
    #[schema(value_type = Object)]
    pub outputs: Value,
}

impl EnvironmentSummary {
    /// A row as its tenant sees it, with the operation to look at.
    pub fn new(row: &Environment, tenant: &str, operation: Option<Operation>) -> Self {
        let awaiting = operation.as_ref().is_some_and(|it| it.state == OperationState::AwaitingApproval);
        Self {
            id: row.id,
            name: row.name.clone(),
            tenant: tenant.to_owned(),
            state: row.state,
            conditions: if awaiting { vec!["awaiting_approval"] } else { Vec::new() },
            generation: row.generation,
            applied_generation: row.applied_generation,
            labels: row.labels.clone(),
            region: row.region.clone(),
            pins: PinsView {
                blueprint: row.pins.blueprint,
                aws_provider: row.pins.aws_provider.clone(),
                engine: row.pins.engine.as_ref().map(|engine| engine.name.clone()),
                engine_version: row.pins.engine.as_ref().map(|engine| engine.version.clone()),
            },
            error: row.error.clone().map(ErrorView::from),
            operation: operation.map(OperationView::from),
            created_at: row.created_at,
            updated_at: row.updated_at,
            destroyed_at: row.destroyed_at,
            expires_at: row.expires_at,
        }
    }
}
