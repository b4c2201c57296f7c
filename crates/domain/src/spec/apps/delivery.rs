//! How an app is reached from outside, and how a new version of it takes over.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    super::{
        decode::Value,
        reading::{flag, word},
        words::words,
    },
    values,
};

/// How an app is reached from outside: exactly one of these.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ExposeSpec {
    /// On ECS an application load balancer, which all apps of its kind share; on Kubernetes a network load balancer of
    /// the app's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer: Option<LoadBalancerSpec>,
    /// An HTTP API of its own with a public address and TLS, through a private link to an internal load balancer; on ECS
    /// only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_gateway: Option<ApiGatewaySpec>,
    /// An Ingress; on Kubernetes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress: Option<IngressSpec>,
    /// An HTTPRoute of the Gateway API; on Kubernetes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<GatewaySpec>,
}

/// A load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct LoadBalancerSpec {
    /// Requests for this host name only; on ECS only. One app of a load balancer may go without: it gets what no other
    /// asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// HTTPS on 443, and 80 only redirects; otherwise plain HTTP on 80. `true` if not said and there is a certificate or
    /// `host` is in the zone of the section `dns`, where one is asked for and proves itself. All apps of a load balancer
    /// have it, or none has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<bool>,
    /// A certificate of ACM in the same region, in place of one that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^arn:aws:acm:"))]
    pub certificate_arn: Option<String>,
    /// Reachable from inside the VPC only; `false` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal: Option<bool>,
}

/// An HTTP API of API Gateway.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ApiGatewaySpec {
    /// The only name under which it answers; without it under one that AWS makes. In the zone of the section `dns` it gets
    /// a record and a certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// A certificate of ACM in the same region for `host`, in place of one that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^arn:aws:acm:"))]
    pub certificate_arn: Option<String>,
}

/// An Ingress of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct IngressSpec {
    /// Requests for this host name only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// HTTPS with a certificate that the cluster gets by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<bool>,
}

/// A route of the Gateway API of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct GatewaySpec {
    /// Requests for this host name only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// How a new version takes the place of the old one: one of these.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DeploySpec {
    /// New copies are started before old ones are stopped; a version that doesn't become well is rolled back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rolling: Option<RollingSpec>,
    /// Both versions run side by side while CodeDeploy shifts the traffic; on ECS only, with a load balancer or API
    /// Gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blue_green: Option<BlueGreenSpec>,
}

/// Rolling deployment. It has no settings yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RollingSpec {}

/// Deployment by CodeDeploy. A change of the image makes a new task definition; which one serves is CodeDeploy's to say,
/// so a deployment is started there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BlueGreenSpec {
    /// How the traffic moves; `all_at_once` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shift: Option<TrafficShift>,
    /// Go back when an alarm of the app goes off during the deployment; it then has alarms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback_on_alarm: Option<bool>,
}

words! {
    /// How traffic moves to the new version: the configurations that CodeDeploy brings for ECS.
    /// Source: AWS CodeDeploy user guide, "Working with deployment configurations in CodeDeploy".
    #[derive(Default)]
    TrafficShift {
        /// All of it at once.
        #[default]
        AllAtOnce => "all_at_once",
        /// A tenth every minute.
        LinearEveryMinute => "linear_10_percent_per_minute",
        /// A tenth every three minutes.
        LinearEveryThreeMinutes => "linear_10_percent_per_3_minutes",
        /// A tenth, and the rest after five minutes.
        CanaryFiveMinutes => "canary_10_percent_5_minutes",
        /// A tenth, and the rest after a quarter of an hour.
        CanaryFifteenMinutes => "canary_10_percent_15_minutes",
    }
}

pub(super) fn expose(value: &Value<'_>) -> Option<ExposeSpec> {
    let f = value.fields()?;
    let section = ExposeSpec {
        load_balancer: f.get("load_balancer", load_balancer),
        api_gateway: f.get("api_gateway", api_gateway),
        ingress: f.get("ingress", ingress),
        gateway: f.get("gateway", gateway),
    };
    f.close();
    exactly_one(value, f.present(), "load_balancer, api_gateway, ingress or gateway")?;
    Some(section)
}

pub(super) fn deploy(value: &Value<'_>) -> Option<DeploySpec> {
    let f = value.fields()?;
    let section = DeploySpec {
        rolling: f.get("rolling", |value| {
            value.fields()?.close();
            Some(RollingSpec {})
        }),
        blue_green: f.get("blue_green", blue_green),
    };
    f.close();
    exactly_one(value, f.present(), "rolling or blue_green")?;
    Some(section)
}

/// `present` counts the keys of the section, broken ones too.
fn exactly_one(value: &Value<'_>, present: usize, which: &str) -> Option<()> {
    match present {
        0 => value.reject(format!("says nothing; give {which}, or leave the line out")),
        1 => Some(()),
        _ => value.reject(format!("takes one of {which}; keep one")),
    }
}

fn load_balancer(value: &Value<'_>) -> Option<LoadBalancerSpec> {
    let f = value.fields()?;
    let section = LoadBalancerSpec {
        host: f.get("host", values::host),
        tls: f.get("tls", flag),
        certificate_arn: f.get("certificate_arn", values::certificate_arn),
        internal: f.get("internal", flag),
    };
    f.close();
    Some(section)
}

fn api_gateway(value: &Value<'_>) -> Option<ApiGatewaySpec> {
    let f = value.fields()?;
    let section = ApiGatewaySpec {
        host: f.get("host", values::host),
        certificate_arn: f.get("certificate_arn", values::certificate_arn),
    };
    f.close();
    Some(section)
}

fn ingress(value: &Value<'_>) -> Option<IngressSpec> {
    let f = value.fields()?;
    let section = IngressSpec { host: f.get("host", values::host), tls: f.get("tls", flag) };
    f.close();
    Some(section)
}

fn gateway(value: &Value<'_>) -> Option<GatewaySpec> {
    let f = value.fields()?;
    let section = GatewaySpec { host: f.get("host", values::host) };
    f.close();
    Some(section)
}

fn blue_green(value: &Value<'_>) -> Option<BlueGreenSpec> {
    let f = value.fields()?;
    let section =
        BlueGreenSpec { shift: f.get("shift", word), rollback_on_alarm: f.get("rollback_on_alarm", flag) };
    f.close();
    Some(section)
}
