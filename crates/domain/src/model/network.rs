//! A VPC and its subnets.

use ipnet::Ipv4Net;
use serde::Serialize;

/// A VPC and its subnets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Network {
    /// Name tag of the VPC, if it is made, and of what watches it.
    pub name: String,
    /// Whose VPC it is.
    #[serde(flatten)]
    pub vpc: Vpc,
    /// Flow logs to CloudWatch; `None` is off.
    pub flow_logs: Option<FlowLogs>,
}

/// Whose VPC it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Vpc {
    /// The environment's own.
    Made(MadeVpc),
    /// One that was there before and stays. Nothing in it is changed.
    Existing(ExistingVpc),
}

/// A VPC that is made with the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MadeVpc {
    /// Address range of the VPC.
    pub cidr: Ipv4Net,
    /// One entry per availability zone, in order.
    pub zones: Vec<Zone>,
    /// How private subnets reach the internet.
    pub nat: Nat,
    /// Whether there are IPv6 addresses beside those of IPv4.
    pub ipv6: bool,
    /// Free gateway endpoints, for example `s3`.
    pub gateway_endpoints: Vec<String>,
    /// Interface endpoints by AWS's service suffix, for example `ecr.api`.
    pub interface_endpoints: Vec<String>,
}

/// A VPC that was there before. Each list of subnets holds at most one of a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExistingVpc {
    /// The VPC.
    pub vpc_id: String,
    /// For load balancers that the internet reaches; may be empty.
    pub public_subnet_ids: Vec<String>,
    /// For workloads.
    pub private_subnet_ids: Vec<String>,
    /// For databases and caches; empty if they stand with the workloads.
    pub isolated_subnet_ids: Vec<String>,
}

impl Network {
    /// The VPC, if it is the environment's own.
    pub const fn made(&self) -> Option<&MadeVpc> {
        match &self.vpc {
            Vpc::Made(vpc) => Some(vpc),
            Vpc::Existing(_) => None,
        }
    }

    /// The VPC, if it was there before.
    pub const fn existing(&self) -> Option<&ExistingVpc> {
        match &self.vpc {
            Vpc::Existing(vpc) => Some(vpc),
            Vpc::Made(_) => None,
        }
    }
}

/// The three subnets of one availability zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Zone {
    /// For example `eu-west-1a`; also the `for_each` key.
    pub name: String,
    /// Position of its letter in the alphabet, from 0: its addresses depend on that alone.
    pub position: u8,
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
