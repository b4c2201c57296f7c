//! Load balancers.

use aws_sdk_elasticloadbalancingv2::Client;

use super::{
    Arn, Standing,
    answer::{Words, first, found, judged, presence},
};
use crate::{AwsError, Session};

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerState.html>
const BALANCER: Words = Words { ready: &["active", "active_impaired"], failed: &["failed"], gone: &[] };

pub(super) async fn standing(session: &Session, arn: &Arn<'_>) -> Result<Standing, AwsError> {
    let elb = Client::new(&session.config);
    Ok(match arn.kind {
        "loadbalancer" if !is_classic(arn) => {
            let call = elb.describe_load_balancers().load_balancer_arns(arn.whole);
            let balancer = first!("elasticloadbalancing:DescribeLoadBalancers", call, load_balancers);
            judged(balancer.map(|balancer| balancer.state.and_then(|state| state.code)), &BALANCER)
        }
        "targetgroup" => {
            let call = elb.describe_target_groups().target_group_arns(arn.whole);
            presence(first!("elasticloadbalancing:DescribeTargetGroups", call, target_groups))
        }
        "listener" => {
            let call = elb.describe_listeners().listener_arns(arn.whole);
            presence(first!("elasticloadbalancing:DescribeListeners", call, listeners))
        }
        "listener-rule" => {
            let call = elb.describe_rules().rule_arns(arn.whole);
            presence(first!("elasticloadbalancing:DescribeRules", call, rules))
        }
        _ => Standing::Unknown,
    })
}

/// The first generation is `loadbalancer/name` and has an API of its own; the others are `loadbalancer/app/name/id`.
fn is_classic(arn: &Arn<'_>) -> bool {
    !arn.id.contains('/')
}
