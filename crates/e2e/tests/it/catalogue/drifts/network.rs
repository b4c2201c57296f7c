//! Networks, and the names and doors in them.

use super::{Drift, drift};

pub(super) const DRIFTS: &[Drift] = &[
    drift(
        &["network"],
        "aws_vpc.main",
        "aws_vpc.main",
        "
ec2 = client('ec2')
vpc = first(v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault'])
ec2.modify_vpc_attribute(VpcId=vpc['VpcId'], EnableDnsHostnames={'Value': False})
",
    ),
    drift(
        &["network"],
        "aws_network_acl.main",
        "aws_network_acl.main",
        "
ec2 = client('ec2')
acl = first(a for a in ec2.describe_network_acls()['NetworkAcls'] if not a['IsDefault'])
ec2.delete_network_acl_entry(NetworkAclId=acl['NetworkAclId'], RuleNumber=100, Egress=False)
",
    ),
    drift(
        &["network"],
        "aws_nat_gateway.main",
        "aws_route.private_nat/*",
        "
ec2 = client('ec2')
table = first(t for t in ec2.describe_route_tables()['RouteTables']
    if any(r.get('NatGatewayId') for r in t['Routes']))
ec2.delete_route(RouteTableId=table['RouteTableId'], DestinationCidrBlock='0.0.0.0/0')
return 'aws_route.private_nat/' + key(table['Tags'])
",
    ),
    // A door that somebody opened by hand, in the one group whose rules all belong to Terraform.
    drift(
        &["network"],
        "aws_default_security_group.main",
        "aws_default_security_group.main",
        "
ec2 = client('ec2')
vpc = first(v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault'])['VpcId']
groups = ec2.describe_security_groups(Filters=[{'Name': 'vpc-id', 'Values': [vpc]}])['SecurityGroups']
ec2.authorize_security_group_ingress(GroupId=first(g for g in groups if g['GroupName'] == 'default')['GroupId'],
    IpPermissions=[{'IpProtocol': 'tcp', 'FromPort': 22, 'ToPort': 22, 'IpRanges': [{'CidrIp': '0.0.0.0/0'}]}])
",
    ),
    // A door that is opened wider: to ports that nobody meant.
    drift(
        &["network"],
        "aws_vpc_security_group_ingress_rule.*",
        "aws_vpc_security_group_ingress_rule.*",
        "
ec2 = client('ec2')
rule = first(r for r in ec2.describe_security_group_rules()['SecurityGroupRules']
    if r['IpProtocol'] == 'tcp' and is_of(r.get('Tags'), 'aws_vpc_security_group_ingress_rule.'))
opened = {name: rule[name] for name in ('IpProtocol', 'ToPort', 'Description', 'CidrIpv4', 'CidrIpv6') if rule.get(name)}
if 'ReferencedGroupInfo' in rule:
    opened['ReferencedGroupId'] = rule['ReferencedGroupInfo']['GroupId']
ec2.modify_security_group_rules(GroupId=rule['GroupId'], SecurityGroupRules=[{
    'SecurityGroupRuleId': rule['SecurityGroupRuleId'], 'SecurityGroupRule': {**opened, 'FromPort': 1}}])
return address(rule['Tags'])
",
    ),
    drift(
        &["dns"],
        "aws_route53_zone.main",
        "aws_route53_zone.main",
        "
route53 = client('route53')
zones = route53.list_hosted_zones()['HostedZones']
zone = first(z['Id'] for z in zones if z['Config'].get('Comment', '').startswith('Names of the apps'))
route53.update_hosted_zone_comment(Id=zone, Comment='changed by hand')
",
    ),
    drift(
        &["dns"],
        "aws_route53_record.a*",
        "aws_route53_record.a*",
        "
route53 = client('route53')
zones = [z['Id'] for z in route53.list_hosted_zones()['HostedZones'] if not z['Config']['PrivateZone']]
zone, record = first((z, r) for z in zones
    for r in route53.list_resource_record_sets(HostedZoneId=z)['ResourceRecordSets'] if r['Type'] == 'A')
record['AliasTarget']['EvaluateTargetHealth'] ^= True
route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={
    'Changes': [{'Action': 'UPSERT', 'ResourceRecordSet': record}]})
",
    ),
];
