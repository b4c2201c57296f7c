//! Containers that run all the time.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Certificate, Key, LoadBalancerKind};
use crate::spec::{Architecture, Reference, TrafficShift};

/// A container that runs all the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct App {
    /// What runs.
    pub image: Image,
    /// What the image was built for.
    pub architecture: Architecture,
    /// Arguments in the place of the image's; empty keeps those.
    pub command: Vec<String>,
    /// The TCP port on which it listens, if it does.
    pub port: Option<u16>,
    /// The path that answers with 200 while it is well.
    pub health_path: String,
    /// How many copies run, or with how many it begins.
    pub replicas: u16,
    /// More and fewer copies by load; `None` keeps `replicas`.
    pub scaling: Option<Scaling>,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// Environment variables with values out of Secrets Manager or of other blocks; no name that `env` has. At most one is
    /// the URL of a database, and then neither here nor in `env` is there a `PGUSER` or a `PGPASSWORD`.
    pub secrets: BTreeMap<String, Secret>,
    /// What runs it.
    pub runtime: AppRuntime,
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Image {
    /// The full name of an image.
    Named(String),
    /// An image of one of the environment's registries.
    Registry {
        /// The registry; there is one of that name.
        registry: Key,
        /// The image in it.
        tag: String,
    },
}

/// How many copies run. At least one target is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Scaling {
    /// Never fewer.
    pub min: u16,
    /// Never more; at least `min`.
    pub max: u16,
    /// Average use of the CPU that is aimed at, in percent.
    pub cpu_percent: Option<u16>,
    /// Average use of the memory that is aimed at, in percent.
    pub memory_percent: Option<u16>,
    /// Requests per minute and copy that are aimed at; only with a route.
    pub requests_per_target: Option<u32>,
}

/// Where the value of a variable comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Secret {
    /// Something of another block; it is there.
    Reference(Reference),
    /// A random value of the environment; it is there, and so is its key.
    Generated {
        /// The secret.
        secret: Key,
        /// A key of its JSON object; `None` takes all of it.
        key: Option<String>,
    },
    /// An entry of Secrets Manager that somebody else made.
    Entry {
        /// Its name.
        name: String,
        /// A key of its JSON object; `None` takes all of it.
        key: Option<String>,
    },
}

/// What runs an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AppRuntime {
    /// ECS on Fargate.
    Ecs(EcsApp),
    /// The EKS cluster.
    Kubernetes(KubernetesApp),
}

impl App {
    /// The app, if it runs on ECS.
    pub fn on_ecs(&self) -> Option<&EcsApp> {
        match &self.runtime {
            AppRuntime::Ecs(app) => Some(app),
            AppRuntime::Kubernetes(_) => None,
        }
    }

    /// The app, if it runs on Kubernetes.
    pub fn on_kubernetes(&self) -> Option<&KubernetesApp> {
        match &self.runtime {
            AppRuntime::Kubernetes(app) => Some(app),
            AppRuntime::Ecs(_) => None,
        }
    }
}

/// An app on Kubernetes: what its workload is to be made of. Terraform makes its role and nothing that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KubernetesApp {
    /// Where its objects stand.
    pub namespace: String,
    /// Name of its deployment, service, autoscaler and service account: the user's own, so that another app calls it by
    /// that.
    pub name: String,
    /// Name of the role of its service account; up to 64 characters. It is made for an app that reads secrets.
    pub role: String,
    /// Thousandths of a vCPU that are set aside for each copy.
    pub cpu_millicores: u32,
    /// Memory that is set aside for each copy, in MiB.
    pub memory_mib: u32,
    /// Most that a copy takes, in thousandths of a vCPU; no less than what is set aside.
    pub cpu_limit_millicores: Option<u32>,
    /// Most that a copy takes, in MiB; no less than what is set aside.
    pub memory_limit_mib: u32,
    /// How it is reached from outside; then it has a port.
    pub expose: Option<ClusterRoute>,
}

/// How an app on Kubernetes is reached from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterRoute {
    /// A service with a network load balancer.
    LoadBalancer {
        /// A certificate of ACM for TLS.
        certificate_arn: Option<String>,
        /// Reachable from inside the VPC only.
        internal: bool,
    },
    /// An Ingress.
    Ingress {
        /// Requests for this host only; no other app has it.
        host: Option<String>,
        /// With a certificate for the host, which is given then.
        tls: bool,
    },
    /// An HTTPRoute of the Gateway API.
    Gateway {
        /// Requests for this host only; no other app has it.
        host: Option<String>,
    },
}

/// An app on ECS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EcsApp {
    /// Name of the service and family of its task definitions.
    pub name: String,
    /// CPU units, of which 1,024 are a vCPU; with `memory_mib` a size that Fargate sells.
    pub cpu_units: u32,
    /// Memory in MiB.
    pub memory_mib: u32,
    /// Name of its log group.
    pub log_group: String,
    /// Name of the role that the app itself has.
    pub task_role: String,
    /// Name of the role with which ECS starts it.
    pub execution_role: String,
    /// How it is reached through a load balancer.
    pub route: Option<Route>,
    /// Who deploys it.
    pub deploy: Deploy,
}

/// The way through a load balancer. An app with one has a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Route {
    /// Which load balancer.
    pub load_balancer: LoadBalancerKind,
    /// Requests for this host only; of an API, its only name.
    pub host: Option<String>,
    /// The zone has a record for the host.
    pub record: bool,
    /// The certificate for the host; without one there is no TLS, except for an API without a host.
    pub certificate: Option<Certificate>,
    /// Of the listener's rule, 1 to 50,000; unique on its load balancer.
    pub priority: u16,
    /// Name of the target group.
    pub target_group: String,
    /// Log group of the HTTP API in front of it, for [`LoadBalancerKind::Gateway`].
    pub api_log_group: Option<String>,
}

/// Who deploys an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Deploy {
    /// ECS: copy by copy.
    Rolling,
    /// CodeDeploy: both versions side by side. The app has a route.
    BlueGreen(BlueGreen),
}

/// Deployment by CodeDeploy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlueGreen {
    /// How traffic moves.
    pub shift: TrafficShift,
    /// Go back when an alarm of the app goes off; there are alarms then.
    pub rollback_on_alarm: bool,
    /// Name of the second target group.
    pub green_target_group: String,
    /// Name of the role of CodeDeploy.
    pub role: String,
}
