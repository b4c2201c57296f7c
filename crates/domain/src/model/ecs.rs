//! An ECS cluster on Fargate and the load balancers in front of it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Certificate;
use crate::spec::ContainerInsights;

/// An ECS cluster on Fargate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ecs {
    /// Name of the cluster.
    pub cluster: String,
    /// How copies of apps are shared out.
    pub capacity: Capacity,
    /// How much Container Insights looks at.
    pub container_insights: ContainerInsights,
    /// Log group of Container Insights, unless it looks at nothing.
    pub container_insights_group: Option<String>,
    /// Private DNS zone in which apps find each other: `api.<zone>`.
    pub service_zone: String,
    /// The load balancers that apps ask for.
    pub load_balancers: BTreeMap<LoadBalancerKind, LoadBalancer>,
    /// Bucket for the access logs of all of them, if there are any.
    pub access_logs: Option<AccessLogBucket>,
}

/// Weights of capacity providers; at least one is not 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Capacity {
    /// Of `FARGATE`.
    pub fargate: u16,
    /// Of `FARGATE_SPOT`.
    pub fargate_spot: u16,
}

/// Who reaches a load balancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadBalancerKind {
    /// Everybody.
    Public,
    /// What is in the VPC.
    Internal,
    /// API Gateway, through its link to the VPC.
    Gateway,
}

impl LoadBalancerKind {
    /// The word for it, in names and `for_each` keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Gateway => "gateway",
        }
    }
}

/// An application load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoadBalancer {
    /// Its name, up to 32 characters.
    pub name: String,
    /// Certificates of its listener on 443, the default one first; without any there is only a listener on 80.
    pub certificates: Vec<Certificate>,
    /// AWS refuses to delete it.
    pub deletion_protection: bool,
}

/// The bucket into which load balancers write whom they answered what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessLogBucket {
    /// Its name.
    pub bucket: String,
    /// Logs expire after so many days.
    pub expire_after_days: u16,
    /// Delete the logs too when the bucket is destroyed.
    pub force_destroy: bool,
}

impl Ecs {
    /// Takes off what would keep it from being destroyed.
    pub(super) fn unprotect(&mut self) {
        self.load_balancers.values_mut().for_each(|balancer| balancer.deletion_protection = false);
        self.access_logs.iter_mut().for_each(|logs| logs.force_destroy = true);
    }

    /// The same without certificates that are asked for by apps which may be gone.
    pub(super) fn without_requests(&self) -> Self {
        let mut ecs = self.clone();
        for balancer in ecs.load_balancers.values_mut() {
            balancer.certificates.retain(|certificate| matches!(certificate, Certificate::Given(_)));
        }
        ecs
    }

    /// Adds the load balancers and the logs that only `older` has.
    pub(super) fn keep(&mut self, older: &Self) {
        for (kind, balancer) in older.without_requests().load_balancers {
            self.load_balancers.entry(kind).or_insert(balancer);
        }
        self.access_logs = self.access_logs.take().or_else(|| older.access_logs.clone());
    }
}
