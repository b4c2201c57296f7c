//! EC2: networks, addresses and machines. Words are compared in lower case: EC2 writes those of endpoints in both.

use aws_sdk_ec2::Client;

use super::{
    Arn, Standing,
    answer::{Words, first, found, judged, presence},
};
use crate::{AwsError, Session};

/// A deleted gateway is described for an hour or so.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>
const NAT_GATEWAY: Words = Words { ready: &["available"], failed: &["failed"], gone: &["deleted"] };
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html>
const ENDPOINT: Words = Words {
    ready: &["available", "pendingacceptance"],
    failed: &["failed", "rejected", "expired", "partial"],
    gone: &["deleted"],
};
/// A stopped machine keeps its disk; a terminated one is described for an hour or so.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html>
const INSTANCE: Words = Words { ready: &["running", "stopped"], failed: &[], gone: &["terminated"] };
const VOLUME: Words = Words { ready: &["available", "in-use"], failed: &["error"], gone: &["deleted"] };
const INTERFACE: Words = Words { ready: &["available", "in-use", "associated"], failed: &[], gone: &[] };

pub(super) async fn standing(session: &Session, arn: &Arn<'_>) -> Result<Standing, AwsError> {
    let (ec2, id) = (Client::new(&session.config), arn.id);
    Ok(match arn.kind {
        "vpc" => {
            let vpc = first!("ec2:DescribeVpcs", ec2.describe_vpcs().vpc_ids(id), vpcs);
            judged(vpc.map(|vpc| vpc.state), &Words::AVAILABLE)
        }
        "subnet" => {
            let subnet = first!("ec2:DescribeSubnets", ec2.describe_subnets().subnet_ids(id), subnets);
            judged(subnet.map(|subnet| subnet.state), &Words::AVAILABLE)
        }
        "natgateway" => {
            let call = ec2.describe_nat_gateways().nat_gateway_ids(id);
            let gateway = first!("ec2:DescribeNatGateways", call, nat_gateways);
            judged(gateway.map(|gateway| gateway.state), &NAT_GATEWAY)
        }
        "vpc-endpoint" => {
            let call = ec2.describe_vpc_endpoints().vpc_endpoint_ids(id);
            let endpoint = first!("ec2:DescribeVpcEndpoints", call, vpc_endpoints);
            judged(endpoint.map(|it| it.state.map(|state| state.as_str().to_lowercase())), &ENDPOINT)
        }
        "instance" => {
            let call = ec2.describe_instances().instance_ids(id);
            let reservation = first!("ec2:DescribeInstances", call, reservations);
            let instance = reservation.and_then(|it| it.instances?.into_iter().next());
            judged(instance.map(|it| it.state.and_then(|state| state.name)), &INSTANCE)
        }
        "volume" => {
            let volume = first!("ec2:DescribeVolumes", ec2.describe_volumes().volume_ids(id), volumes);
            judged(volume.map(|volume| volume.state), &VOLUME)
        }
        "network-interface" => {
            let call = ec2.describe_network_interfaces().network_interface_ids(id);
            let interface = first!("ec2:DescribeNetworkInterfaces", call, network_interfaces);
            judged(interface.map(|interface| interface.status), &INTERFACE)
        }
        _ => return plain(&ec2, arn).await,
    })
}

/// Kinds that are there or not, and nothing between.
async fn plain(ec2: &Client, arn: &Arn<'_>) -> Result<Standing, AwsError> {
    let id = arn.id;
    Ok(match arn.kind {
        "security-group" => {
            let call = ec2.describe_security_groups().group_ids(id);
            presence(first!("ec2:DescribeSecurityGroups", call, security_groups))
        }
        "security-group-rule" => {
            let call = ec2.describe_security_group_rules().security_group_rule_ids(id);
            presence(first!("ec2:DescribeSecurityGroupRules", call, security_group_rules))
        }
        "route-table" => {
            let call = ec2.describe_route_tables().route_table_ids(id);
            presence(first!("ec2:DescribeRouteTables", call, route_tables))
        }
        "internet-gateway" => {
            let call = ec2.describe_internet_gateways().internet_gateway_ids(id);
            presence(first!("ec2:DescribeInternetGateways", call, internet_gateways))
        }
        "egress-only-internet-gateway" => {
            let call = ec2.describe_egress_only_internet_gateways().egress_only_internet_gateway_ids(id);
            let gateway =
                first!("ec2:DescribeEgressOnlyInternetGateways", call, egress_only_internet_gateways);
            presence(gateway)
        }
        "elastic-ip" => {
            let call = ec2.describe_addresses().allocation_ids(id);
            presence(first!("ec2:DescribeAddresses", call, addresses))
        }
        "network-acl" => {
            let call = ec2.describe_network_acls().network_acl_ids(id);
            presence(first!("ec2:DescribeNetworkAcls", call, network_acls))
        }
        "vpc-flow-log" => {
            let call = ec2.describe_flow_logs().flow_log_ids(id);
            presence(first!("ec2:DescribeFlowLogs", call, flow_logs))
        }
        "launch-template" => {
            let call = ec2.describe_launch_templates().launch_template_ids(id);
            presence(first!("ec2:DescribeLaunchTemplates", call, launch_templates))
        }
        "dhcp-options" => {
            let call = ec2.describe_dhcp_options().dhcp_options_ids(id);
            presence(first!("ec2:DescribeDhcpOptions", call, dhcp_options))
        }
        _ => Standing::Unknown,
    })
}
