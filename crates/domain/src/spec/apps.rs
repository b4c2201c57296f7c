//! `apps`: containers that run all the time. The section is the same whichever runs them, ECS or Kubernetes.

mod delivery;
mod image;
mod values;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Mebibytes, Millicores, Reference, SecretField, decode::Value, reading::word, reference, words::words,
};

pub use delivery::{
    ApiGatewaySpec, BlueGreenSpec, DeploySpec, ExposeSpec, GatewaySpec, IngressSpec, LoadBalancerSpec,
    RollingSpec, TrafficShift,
};
pub use image::ImageSpec;

/// A container that runs all the time, in as many copies as are asked for, in private subnets.
///
/// On ECS it is started. On Kubernetes its role, registry and variables are made ready, and nothing starts it yet: no
/// workload is applied to the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AppSpec {
    /// What runs: a registry of this file and a tag, or the full name of an image that anybody may pull.
    pub image: ImageSpec,
    /// Where it runs; needed only where the file has both `kubernetes` and `ecs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<Runtime>,
    /// The TCP port on which it listens; without one nobody can reach it, as it should be with a worker.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65_535))]
    pub port: Option<u16>,
    /// The path that answers with 200 while the app is well; `/` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^/"))]
    pub health: Option<String>,
    /// How many copies run; where they scale, with how many it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub replicas: Option<u16>,
    /// What each copy gets. Fargate on ECS sells steps: the smallest that is no smaller is taken. On Kubernetes it is what
    /// is set aside on a node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<ResourcesSpec>,
    /// What the image was built for; `x86_64` if not said. `arm64` costs a fifth less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<Architecture>,
    /// Arguments in the place of those of the image. No secrets, as in `env`: what looks like one is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 50))]
    pub command: Option<Vec<String>>,
    /// Environment variables. No secrets: whoever may see the task definition can read them, so what looks like one is
    /// refused.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub env: BTreeMap<String, String>,
    /// Environment variables whose values come from Secrets Manager when a copy starts. The values are in no state, no
    /// task definition and no log. A copy keeps what it got until it is started again.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub secrets: BTreeMap<String, SecretSpec>,
    /// More copies under load and fewer without; not said, there are always `replicas`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autoscaling: Option<AutoscalingSpec>,
    /// How it is reached from outside. Without it only other apps of the environment reach it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expose: Option<ExposeSpec>,
    /// How a new version takes the place of the old one; rolling if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deploy: Option<DeploySpec>,
}

impl AppSpec {
    /// What is said of CodeDeploy, if it deploys the app.
    pub(crate) fn blue_green(&self) -> Option<&BlueGreenSpec> {
        self.deploy.as_ref()?.blue_green.as_ref()
    }
}

/// What each copy of an app gets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ResourcesSpec {
    /// In thousandths of a vCPU, for example `250m`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Millicores>,
    /// For example `512Mi` or `2Gi`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Mebibytes>,
    /// How much more a copy may take while nobody else wants it; on Kubernetes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<LimitsSpec>,
}

/// How much a copy may take at most.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct LimitsSpec {
    /// Beyond it the copy is slowed down; no limit if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Millicores>,
    /// Beyond it the copy is killed; `resources.memory` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Mebibytes>,
}

/// When an app gets more copies. Each target that is given counts; without any it is 60 % of the CPU.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AutoscalingSpec {
    /// Never fewer; `replicas` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub min: Option<u16>,
    /// Never more; four times `min` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub max: Option<u16>,
    /// Average use of the CPU that is aimed at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 10, max = 90))]
    pub cpu_percent: Option<u16>,
    /// Average use of the memory that is aimed at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 10, max = 90))]
    pub memory_percent: Option<u16>,
    /// Requests per minute and copy that are aimed at; on ECS only, with a load balancer and rolling deployments.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub requests_per_target: Option<u32>,
}

/// Where the value of a secret variable comes from: `from`, or `secret`, and perhaps `key`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SecretSpec {
    /// Something of another section of the file, for example `databases.main.url`.
    ///
    /// A value is put together before anybody knows the password. So `databases.main.url` comes without user and
    /// password, as `postgresql://host:port/name?sslmode=require`, and with it come the variables `PGUSER` and
    /// `PGPASSWORD`, which every client built on libpq reads. For other clients there are `username`, `password`,
    /// `host`, `port` and `name`, each on its own. RDS changes the password once a week: an app that runs for longer
    /// takes `secret_arn` and reads it when it connects, which its role may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Reference>,
    /// Name of an entry in Secrets Manager that exists in the account and region, encrypted with AWS's key or the
    /// environment's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// The key whose value is taken, where the entry is a JSON object; without it, the whole entry. Also for
    /// `secrets.<name>.value`, where that secret has several keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

words! {
    /// What runs an app.
    Runtime {
        /// The cluster of the section `kubernetes`, in the namespace `apps`.
        Kubernetes => "kubernetes",
        /// ECS on Fargate.
        Ecs => "ecs",
    }
}

words! {
    /// What an image was built for.
    #[derive(Default)]
    Architecture {
        /// Intel and AMD.
        #[default]
        X86_64 => "x86_64",
        /// AWS Graviton.
        Arm64 => "arm64",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<AppSpec> {
    let f = value.fields()?;
    let image = f.required("image", "{ registry: api, tag: \"1.4.2\" }", image::read);
    let runtime = f.get("runtime", word);
    let port = f.get("port", |value| value.integer(1, 65_535));
    let health = f.get("health", values::health);
    let replicas = f.get("replicas", copies);
    let resources = f.get("resources", resources);
    let architecture = f.get("architecture", word);
    let command = f.get("command", values::command);
    let env = f.map("env", values::env);
    let secrets = f.map("secrets", secrets);
    let autoscaling = f.get("autoscaling", autoscaling);
    let expose = f.get("expose", delivery::expose);
    let deploy = f.get("deploy", delivery::deploy);
    f.close();
    Some(AppSpec {
        image: image?,
        runtime,
        port,
        health,
        replicas,
        resources,
        architecture,
        command,
        env,
        secrets,
        autoscaling,
        expose,
        deploy,
    })
}

fn copies(value: &Value<'_>) -> Option<u16> {
    value.integer(1, 1_000)
}

fn percent(value: &Value<'_>) -> Option<u16> {
    value.integer(10, 90)
}

fn resources(value: &Value<'_>) -> Option<ResourcesSpec> {
    let f = value.fields()?;
    let section = ResourcesSpec {
        cpu: f.get("cpu", values::cpu),
        memory: f.get("memory", values::memory),
        limits: f.get("limits", limits),
    };
    f.close();
    Some(section)
}

fn limits(value: &Value<'_>) -> Option<LimitsSpec> {
    let f = value.fields()?;
    let section = LimitsSpec { cpu: f.get("cpu", values::cpu), memory: f.get("memory", values::memory) };
    f.close();
    Some(section)
}

fn autoscaling(value: &Value<'_>) -> Option<AutoscalingSpec> {
    let f = value.fields()?;
    let section = AutoscalingSpec {
        min: f.get("min", copies),
        max: f.get("max", copies),
        cpu_percent: f.get("cpu_percent", percent),
        memory_percent: f.get("memory_percent", percent),
        requests_per_target: f.get("requests_per_target", |value| value.integer(1, 1_000_000)),
    };
    f.close();
    Some(section)
}

fn secrets(value: &Value<'_>) -> BTreeMap<String, SecretSpec> {
    values::variables(value, secret)
}

fn secret(value: &Value<'_>) -> Option<SecretSpec> {
    let f = value.fields()?;
    let section = SecretSpec {
        from: f.get("from", reference::read),
        secret: f.get("secret", values::secret_name),
        key: f.get("key", values::secret_key),
    };
    f.close();
    match (f.has("from"), f.has("secret"), f.has("key")) {
        (true, false, false) | (false, true, _) => Some(section),
        (true, false, true)
            if matches!(section.from, None | Some(Reference::Secret { field: SecretField::Value, .. })) =>
        {
            Some(section)
        }
        (true, ..) => value.reject("takes from, or secret and key; keep one"),
        (false, false, _) => value
            .reject("says nothing; give { from: databases.main.url } or { secret: acme/llm, key: api_key }"),
    }
}
