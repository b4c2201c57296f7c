//! Changes behind Terraform's back, one for each kind of block, through the AWS API.

/// A change behind Terraform's back.
pub struct Drift {
    /// The type that an environment has if there is something to change.
    pub kind: &'static str,
    /// The type of which the next plan has to change or make something.
    pub shows: &'static str,
    /// Python with `client(service)` and `first(list)`. In the account there is nothing but the environment, and what
    /// was prepared for it.
    pub code: &'static str,
}

const fn drift(kind: &'static str, shows: &'static str, code: &'static str) -> Drift {
    Drift { kind, shows, code }
}

pub const DRIFTS: &[Drift] = &[
    drift(
        "aws_vpc",
        "aws_vpc",
        "
ec2 = client('ec2')
vpc = first(v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault'])
ec2.modify_vpc_attribute(VpcId=vpc['VpcId'], EnableDnsHostnames={'Value': False})
",
    ),
    drift(
        "aws_network_acl",
        "aws_network_acl",
        "
ec2 = client('ec2')
acl = first(a for a in ec2.describe_network_acls()['NetworkAcls'] if not a['IsDefault'])
ec2.delete_network_acl_entry(NetworkAclId=acl['NetworkAclId'], RuleNumber=100, Egress=False)
",
    ),
    drift(
        "aws_nat_gateway",
        "aws_route",
        "
ec2 = client('ec2')
tables = [t for t in ec2.describe_route_tables()['RouteTables']
    if any(r.get('NatGatewayId') for r in t['Routes'])]
ec2.delete_route(RouteTableId=first(tables)['RouteTableId'], DestinationCidrBlock='0.0.0.0/0')
",
    ),
    drift(
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_log_group",
        "
logs = client('logs')
logs.put_retention_policy(logGroupName=first(logs.describe_log_groups()['logGroups'])['logGroupName'], retentionInDays=1)
",
    ),
    drift(
        "aws_kms_key",
        "aws_kms_key",
        "
kms = client('kms')
own = (k['KeyId'] for k in kms.list_keys()['Keys']
    if kms.describe_key(KeyId=k['KeyId'])['KeyMetadata']['KeyManager'] == 'CUSTOMER')
kms.disable_key_rotation(KeyId=first(own))
",
    ),
    drift(
        "aws_s3_bucket",
        "aws_s3_bucket_public_access_block",
        "
s3 = client('s3')
bucket = first(b['Name'] for b in s3.list_buckets()['Buckets'] if not b['Name'].startswith('terrane-state-'))
s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={
    'BlockPublicAcls': False, 'IgnorePublicAcls': True, 'BlockPublicPolicy': True, 'RestrictPublicBuckets': True})
",
    ),
    drift(
        "aws_ecr_repository",
        "aws_ecr_repository",
        "
ecr = client('ecr')
repository = first(ecr.describe_repositories()['repositories'])
other = {'MUTABLE': 'IMMUTABLE', 'IMMUTABLE': 'MUTABLE'}[repository['imageTagMutability']]
ecr.put_image_tag_mutability(repositoryName=repository['repositoryName'], imageTagMutability=other)
",
    ),
    drift(
        "aws_db_instance",
        "aws_db_instance",
        "
rds = client('rds')
database = first(rds.describe_db_instances()['DBInstances'])
rds.modify_db_instance(DBInstanceIdentifier=database['DBInstanceIdentifier'], BackupRetentionPeriod=9, ApplyImmediately=True)
",
    ),
    drift(
        "aws_rds_cluster",
        "aws_rds_cluster",
        "
rds = client('rds')
cluster = first(rds.describe_db_clusters()['DBClusters'])
rds.modify_db_cluster(DBClusterIdentifier=cluster['DBClusterIdentifier'], BackupRetentionPeriod=9, ApplyImmediately=True)
",
    ),
    drift(
        "aws_elasticache_replication_group",
        "aws_elasticache_replication_group",
        "
cache = client('elasticache')
group = first(cache.describe_replication_groups()['ReplicationGroups'])
cache.modify_replication_group(ReplicationGroupId=group['ReplicationGroupId'], SnapshotRetentionLimit=9, ApplyImmediately=True)
",
    ),
    drift(
        "aws_eks_cluster",
        "aws_eks_cluster",
        "
eks = client('eks')
eks.update_cluster_config(name=first(eks.list_clusters()['clusters']),
    resourcesVpcConfig={'endpointPublicAccess': True, 'endpointPrivateAccess': True, 'publicAccessCidrs': ['198.51.100.7/32']})
",
    ),
    drift(
        "aws_eks_fargate_profile",
        "aws_eks_fargate_profile",
        "
eks = client('eks')
cluster = first(eks.list_clusters()['clusters'])
eks.delete_fargate_profile(clusterName=cluster,
    fargateProfileName=first(eks.list_fargate_profiles(clusterName=cluster)['fargateProfileNames']))
",
    ),
    drift(
        "aws_eks_pod_identity_association",
        "aws_eks_pod_identity_association",
        "
eks = client('eks')
cluster = first(eks.list_clusters()['clusters'])
# Those of addons belong to EKS.
own = (a for a in eks.list_pod_identity_associations(clusterName=cluster)['associations'] if not a.get('ownerArn'))
eks.delete_pod_identity_association(clusterName=cluster, associationId=first(own)['associationId'])
",
    ),
    drift(
        "aws_ecs_cluster",
        "aws_ecs_cluster",
        "
ecs = client('ecs')
cluster = first(ecs.list_clusters()['clusterArns'])
setting = first(ecs.describe_clusters(clusters=[cluster], include=['SETTINGS'])['clusters'])['settings'][0]
other = 'disabled' if setting['value'] != 'disabled' else 'enabled'
ecs.update_cluster(cluster=cluster, settings=[{'name': 'containerInsights', 'value': other}])
",
    ),
    drift(
        "aws_lb",
        "aws_lb",
        "
elb = client('elbv2')
balancer = first(elb.describe_load_balancers()['LoadBalancers'])
elb.modify_load_balancer_attributes(LoadBalancerArn=balancer['LoadBalancerArn'],
    Attributes=[{'Key': 'idle_timeout.timeout_seconds', 'Value': '77'}])
",
    ),
    drift(
        "aws_cloudwatch_metric_alarm",
        "aws_cloudwatch_metric_alarm",
        "
watch = client('cloudwatch')
alarm = first(watch.describe_alarms()['MetricAlarms'])
kept = ('AlarmName', 'AlarmDescription', 'AlarmActions', 'OKActions', 'MetricName', 'Namespace', 'Statistic',
    'ExtendedStatistic', 'Dimensions', 'Period', 'EvaluationPeriods', 'ComparisonOperator', 'TreatMissingData')
watch.put_metric_alarm(Threshold=99.0, **{name: alarm[name] for name in kept if name in alarm})
",
    ),
    drift(
        "aws_cloudwatch_dashboard",
        "aws_cloudwatch_dashboard",
        "
watch = client('cloudwatch')
name = first(watch.list_dashboards()['DashboardEntries'])['DashboardName']
watch.put_dashboard(DashboardName=name, DashboardBody='{\"widgets\": []}')
",
    ),
    drift(
        "aws_route53_record",
        "aws_route53_record",
        "
route53 = client('route53')
zone = first(z for z in route53.list_hosted_zones()['HostedZones'] if not z['Config']['PrivateZone'])['Id']
record = first(r for r in route53.list_resource_record_sets(HostedZoneId=zone)['ResourceRecordSets'] if r['Type'] == 'A')
record['AliasTarget']['EvaluateTargetHealth'] ^= True
route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={
    'Changes': [{'Action': 'UPSERT', 'ResourceRecordSet': record}]})
",
    ),
    drift(
        "aws_secretsmanager_secret",
        "aws_secretsmanager_secret",
        "
secrets = client('secretsmanager')
own = (s for s in secrets.list_secrets()['SecretList'] if any(t['Key'] == 'terrane:address' for t in s.get('Tags', [])))
secrets.update_secret(SecretId=first(own)['ARN'], Description='changed by hand')
",
    ),
    drift(
        "aws_backup_vault",
        "aws_backup_vault",
        "
backup = client('backup')
vault = first(backup.list_backup_vaults()['BackupVaultList'])
backup.tag_resource(ResourceArn=vault['BackupVaultArn'], Tags={'terrane:address': 'changed-by-hand'})
",
    ),
    drift(
        "aws_backup_plan",
        "aws_backup_plan",
        "
backup = client('backup')
plan = first(backup.list_backup_plans()['BackupPlansList'])
document = backup.get_backup_plan(BackupPlanId=plan['BackupPlanId'])['BackupPlan']
rules = [{k: v for k, v in rule.items() if k != 'RuleId'} for rule in document['Rules']]
rules[0]['Lifecycle']['DeleteAfterDays'] = 3000
backup.update_backup_plan(BackupPlanId=plan['BackupPlanId'],
    BackupPlan={'BackupPlanName': document['BackupPlanName'], 'Rules': rules})
",
    ),
    drift(
        "aws_budgets_budget",
        "aws_budgets_budget",
        "
budgets = client('budgets')
account = client('sts').get_caller_identity()['Account']
budget = first(budgets.describe_budgets(AccountId=account)['Budgets'])
budget = {k: v for k, v in budget.items() if k not in ('CalculatedSpend', 'LastUpdatedTime')}
budgets.update_budget(AccountId=account, NewBudget={**budget, 'BudgetLimit': {'Amount': '7', 'Unit': 'USD'}})
",
    ),
    drift(
        "aws_sns_topic",
        "aws_sns_topic",
        "
sns = client('sns')
sns.set_topic_attributes(TopicArn=first(sns.list_topics()['Topics'])['TopicArn'],
    AttributeName='DisplayName', AttributeValue='changed by hand')
",
    ),
];

/// In front of the code of each.
pub const PRELUDE: &str = "
def first(things):
    return next(iter(things))
";
