//! `ecs`: a cluster on Fargate.

use schemars::JsonSchema;
use serde::Serialize;

use super::{decode::Value, reading::word, words::words};

/// An ECS cluster without machines of its own: Fargate runs the apps.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct EcsSpec {
    /// How copies of apps are shared out; all on Fargate if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<EcsCapacitySpec>,
    /// Metrics of tasks and containers, which cost per metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_insights: Option<ContainerInsights>,
}

impl EcsSpec {
    /// Whether copies may run on spare capacity.
    pub(crate) fn asks_for_spot(&self) -> bool {
        self.capacity.as_ref().and_then(|capacity| capacity.fargate_spot).is_some_and(|share| share > 0)
    }
}

/// Shares of the two ways to pay for Fargate. The first copy of an app is on demand wherever that has a share.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct EcsCapacitySpec {
    /// Share that is on demand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1000))]
    pub fargate: Option<u16>,
    /// Share on spare capacity: about a third of the price, and AWS may take it back with two minutes' notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1000))]
    pub fargate_spot: Option<u16>,
}

words! {
    /// How much CloudWatch Container Insights looks at.
    ContainerInsights {
        /// Nothing; the metrics of whole services are free of charge.
        Disabled => "disabled",
        /// Clusters, services and task definitions.
        Enabled => "enabled",
        /// Tasks and containers too.
        Enhanced => "enhanced",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<EcsSpec> {
    let f = value.fields()?;
    let section = EcsSpec {
        capacity: f.get("capacity", capacity),
        container_insights: f.get("container_insights", word),
    };
    f.close();
    Some(section)
}

fn capacity(value: &Value<'_>) -> Option<EcsCapacitySpec> {
    let f = value.fields()?;
    let weight = |value: &Value<'_>| value.integer(0, 1_000);
    let section =
        EcsCapacitySpec { fargate: f.get("fargate", weight), fargate_spot: f.get("fargate_spot", weight) };
    f.close();
    if section.fargate.unwrap_or_default() == 0 && section.fargate_spot.unwrap_or_default() == 0 {
        return value.reject("gives nothing a share; use fargate: 1, fargate_spot: 1 or both");
    }
    Some(section)
}
