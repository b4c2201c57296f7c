//! `network`: a VPC and its subnets.

use std::fmt;

use ipnet::Ipv4Net;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Switch,
    decode::Value,
    node::Kind,
    problem::{any_of, quoted},
    reading::{flag, switch, word},
    rules,
    words::{Word, words},
};
use crate::{Nat, facts};

/// A VPC: one that is made, or with `existing` one that is there already.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NetworkSpec {
    /// A VPC and subnets that are there already. Beside it only `flow_logs` may stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing: Option<ExistingNetworkSpec>,
    /// Private address range, /16 to /22 (/21 if a zone e or f takes part); `10.0.0.0/16` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", regex(pattern = r"^[0-9.]+/[0-9]{1,2}$"))]
    pub cidr: Option<Ipv4Net>,
    /// How many zones, or which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zones: Option<ZonesSpec>,
    /// How private subnets reach the internet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nat: Option<Nat>,
    /// IPv6 beside IPv4: a range of Amazon's, and a way out that nobody can come in by; `false` if not said. It can't be
    /// turned off while something has an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<bool>,
    /// AWS services that are reached without leaving the VPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<Vec<Endpoint>>,
    /// Flow logs to CloudWatch; `{}` turns them on, `false` off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_logs: Option<Switch<FlowLogsSpec>>,
}

/// Availability zones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ZonesSpec {
    /// The first so many of the region.
    Count(#[schemars(range(min = 2, max = 6))] u8),
    /// These, for example `eu-west-1a`.
    Names(#[schemars(length(min = 2, max = 6))] Vec<String>),
}

/// VPC flow logs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FlowLogsSpec {
    /// One of the retentions that CloudWatch knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::LOG_RETENTION_DAYS))]
    pub retention_days: Option<u16>,
}

/// A VPC and subnets that are there already. Each list names at most one subnet of a zone, and at least two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ExistingNetworkSpec {
    /// The VPC, with DNS support and DNS hostnames.
    #[schemars(regex(pattern = r"^vpc-([0-9a-f]{8}|[0-9a-f]{17})$"))]
    pub vpc_id: String,
    /// Subnets for workloads. What runs there reaches the internet if their route tables say so.
    #[schemars(length(min = 2, max = 6), inner(regex(pattern = r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$")))]
    pub private_subnet_ids: Vec<String>,
    /// Subnets with a route to an internet gateway, for load balancers that the internet reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 2, max = 6), inner(regex(pattern = r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$")))]
    pub public_subnet_ids: Option<Vec<String>>,
    /// Subnets for databases and caches; those for workloads if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 2, max = 6), inner(regex(pattern = r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$")))]
    pub isolated_subnet_ids: Option<Vec<String>>,
}

words! {
    /// A VPC endpoint.
    Endpoint {
        /// S3; a gateway endpoint, free of charge.
        S3 => "s3",
        /// DynamoDB; a gateway endpoint, free of charge.
        Dynamodb => "dynamodb",
        /// ECR, both its API and its image store.
        Ecr => "ecr",
        /// Secrets Manager.
        Secretsmanager => "secretsmanager",
        /// CloudWatch Logs.
        Logs => "logs",
        /// CloudWatch metrics.
        Monitoring => "monitoring",
        /// Security Token Service.
        Sts => "sts",
        /// Key Management Service.
        Kms => "kms",
        /// Systems Manager, with Session Manager.
        Ssm => "ssm",
        /// The EC2 API.
        Ec2 => "ec2",
        /// Simple Queue Service.
        Sqs => "sqs",
        /// Simple Notification Service.
        Sns => "sns",
    }
}

impl Endpoint {
    /// Services behind the word that are reached through a gateway endpoint.
    pub(crate) const fn gateways(self) -> &'static [&'static str] {
        match self {
            Self::S3 => &["s3"],
            Self::Dynamodb => &["dynamodb"],
            _ => &[],
        }
    }

    /// Services behind the word that are reached through an interface endpoint, by AWS's suffix.
    /// Source: Amazon VPC guide, "AWS services that integrate with AWS PrivateLink".
    pub(crate) const fn interfaces(self) -> &'static [&'static str] {
        match self {
            Self::S3 | Self::Dynamodb => &[],
            Self::Ecr => &["ecr.api", "ecr.dkr"],
            Self::Secretsmanager => &["secretsmanager"],
            Self::Logs => &["logs"],
            Self::Monitoring => &["monitoring"],
            Self::Sts => &["sts"],
            Self::Kms => &["kms"],
            Self::Ssm => &["ssm", "ssmmessages", "ec2messages"],
            Self::Ec2 => &["ec2"],
            Self::Sqs => &["sqs"],
            Self::Sns => &["sns"],
        }
    }
}

impl Nat {
    /// The spelling in a file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Single => "single",
            Self::PerAz => "per_az",
        }
    }
}

impl fmt::Display for Nat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Word for Nat {
    const WORDS: &'static [(&'static str, Self)] =
        &[("none", Self::None), ("single", Self::Single), ("per_az", Self::PerAz)];
}

pub(super) fn read(value: &Value<'_>) -> Option<NetworkSpec> {
    let f = value.fields()?;
    let section = NetworkSpec {
        existing: f.get("existing", existing),
        cidr: f.get("cidr", vpc_cidr),
        availability_zones: f.get("availability_zones", zones),
        nat: f.get("nat", word),
        ipv6: f.get("ipv6", flag),
        endpoints: f.get("endpoints", |value| value.list("a list of services, such as [s3, ecr]", word)),
        flow_logs: f.get("flow_logs", |value| switch(value, flow_logs)),
    };
    f.close();
    Some(section)
}

fn existing(value: &Value<'_>) -> Option<ExistingNetworkSpec> {
    let f = value.fields()?;
    let vpc_id = f.required("vpc_id", "vpc-0a1b2c3d4e5f60718", |value| resource_id(value, "vpc", "a VPC"));
    let private_subnet_ids =
        f.required("private_subnet_ids", "[subnet-0a1b2c3d4e5f60718, subnet-0b2c3d4e5f6071829]", subnet_ids);
    let public_subnet_ids = f.get("public_subnet_ids", subnet_ids);
    let isolated_subnet_ids = f.get("isolated_subnet_ids", subnet_ids);
    f.close();
    Some(ExistingNetworkSpec {
        vpc_id: vpc_id?,
        private_subnet_ids: private_subnet_ids?,
        public_subnet_ids,
        isolated_subnet_ids,
    })
}

/// One subnet in each of two to six zones: databases and load balancers need two, and a load balancer takes one of each
/// zone. Source: Elastic Load Balancing user guide, "Subnets for your load balancer".
fn subnet_ids(value: &Value<'_>) -> Option<Vec<String>> {
    let ids = value.list("a list of subnets by id", |value| resource_id(value, "subnet", "a subnet"))?;
    if (2..=6).contains(&ids.len()) {
        return Some(ids);
    }
    value.reject(format!("names {}; expected 2 to 6, one of each zone", ids.len()))
}

/// `<prefix>-` and 17 hexadecimal digits; 8 for what is older than 2018.
/// Source: EC2 user guide, "Longer IDs".
fn resource_id(value: &Value<'_>, prefix: &str, what: &str) -> Option<String> {
    let text = value.text(&format!("the id of {what}"))?;
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
    let is_id = matches!(digits.len(), 8 | 17)
        && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if is_id {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not the id of {what}; expected {prefix}- and 17 of 0-9 and a-f (8 for an old one)",
        quoted(text)
    ))
}

fn flow_logs(value: &Value<'_>) -> Option<FlowLogsSpec> {
    let f = value.fields()?;
    let section = FlowLogsSpec { retention_days: f.get("retention_days", rules::log_retention_days) };
    f.close();
    Some(section)
}

/// A private range of a size that a VPC may have.
/// Source: Amazon VPC user guide, "VPC CIDR blocks" (/16 to /28; RFC 1918 is recommended, RFC 6598 allowed).
fn vpc_cidr(value: &Value<'_>) -> Option<Ipv4Net> {
    const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
    let text = value.text("an address range such as 10.0.0.0/16")?;
    let Ok(net) = text.parse::<Ipv4Net>() else {
        return value
            .reject(format!("{} is not an address range; expected one such as 10.0.0.0/16", quoted(text)));
    };
    if net.addr() != net.network() {
        return value.reject(format!("{net} has bits set outside its prefix; did you mean {}?", net.trunc()));
    }
    if !(16..=28).contains(&net.prefix_len()) {
        let size = if net.prefix_len() < 16 { "large" } else { "small" };
        return value.reject(format!("{net} is too {size} for a VPC; AWS allows /16 to /28"));
    }
    let is_private = |range: &str| range.parse::<Ipv4Net>().is_ok_and(|range| range.contains(&net));
    if !PRIVATE.into_iter().any(is_private) {
        return value.reject(format!("{net} is not a private range; choose one inside {}", any_of(PRIVATE)));
    }
    Some(net)
}

fn zones(value: &Value<'_>) -> Option<ZonesSpec> {
    fn name(value: &Value<'_>) -> Option<String> {
        let text = value.text("the name of a zone")?;
        let is_plain = !text.is_empty()
            && text.len() <= 32
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if is_plain {
            return Some(text.to_owned());
        }
        value.reject(format!("{} is not the name of a zone; expected one such as eu-west-1a", quoted(text)))
    }
    const WHAT: &str = "a number of zones from 2 to 6, or a list of their names";
    match &value.node.kind {
        Kind::Number(number) if number.integer.is_some() => match number.integer {
            Some(count @ 2..=6) => u8::try_from(count).ok().map(ZonesSpec::Count),
            _ => value.expected(WHAT),
        },
        Kind::List(_) => {
            let names = value.list(WHAT, name)?;
            if (2..=6).contains(&names.len()) {
                return Some(ZonesSpec::Names(names));
            }
            value.reject(format!("names {}; expected 2 to 6, because a database needs two", names.len()))
        }
        _ => value.expected(WHAT),
    }
}
