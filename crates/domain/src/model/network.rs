//! A VPC and its subnets.

use ipnet::Ipv4Net;
use serde::Serialize;

/// A VPC and its subnets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Network {
    /// Name tag of the VPC.
    pub name: String,
    /// Address range of the VPC.
    pub cidr: Ipv4Net,
    /// One entry per availability zone, in order.
    pub zones: Vec<Zone>,
    /// How private subnets reach the internet.
    pub nat: Nat,
    /// Free gateway endpoints, for example `s3`.
    pub gateway_endpoints: Vec<String>,
    /// Interface endpoints by AWS's service suffix, for example `ecr.api`.
    pub interface_endpoints: Vec<String>,
    /// Flow logs to CloudWatch; `None` is off.
    pub flow_logs: Option<FlowLogs>,
}

/// The three subnets of one availability zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Zone {
    /// For example `eu-west-1a`; also the `for_each` key.
    pub name: String,
    /// Routed to the internet gateway: load balancers and NAT.
    pub public: Ipv4Net,
    /// Routed to NAT: workloads. The largest.
    pub private: Ipv4Net,
    /// No route out: databases and caches.
    pub isolated: Ipv4Net,
}

/// How private subnets reach the internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nat {
    /// They don't.
    None,
    /// Through one gateway in the first zone: cheap, and that zone's failure cuts all of them off.
    Single,
    /// Through one gateway in each zone.
    PerAz,
}

/// VPC flow logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowLogs {
    /// Name of the CloudWatch log group.
    pub log_group: String,
    /// Name of the role that may write to it.
    pub role_name: String,
    /// One of the retentions that CloudWatch knows.
    pub retention_days: u16,
}
