//! What watches the rest: logs, alarms, budgets, backups.

use super::{Drift, drift};

pub(super) const DRIFTS: &[Drift] = &[
    drift(
        &[],
        "aws_cloudwatch_log_group.*",
        "aws_cloudwatch_log_group.*",
        "
logs = client('logs')
group = first(logs.describe_log_groups()['logGroups'])['logGroupName']
logs.put_retention_policy(logGroupName=group, retentionInDays=1)
return address(logs.list_tags_log_group(logGroupName=group)['tags'])
",
    ),
    drift(
        &["observability"],
        "aws_cloudwatch_metric_alarm.*",
        "aws_cloudwatch_metric_alarm.*",
        "
watch = client('cloudwatch')
alarm = first(a for a in watch.describe_alarms()['MetricAlarms'] if not a['AlarmName'].startswith('TargetTracking-'))
kept = ('AlarmName', 'AlarmDescription', 'AlarmActions', 'OKActions', 'MetricName', 'Namespace', 'Statistic',
    'ExtendedStatistic', 'Dimensions', 'Period', 'EvaluationPeriods', 'ComparisonOperator', 'TreatMissingData')
watch.put_metric_alarm(Threshold=99.0, **{name: alarm[name] for name in kept if name in alarm})
return address(watch.list_tags_for_resource(ResourceARN=alarm['AlarmArn'])['Tags'])
",
    ),
    drift(
        &["observability"],
        "aws_cloudwatch_dashboard.main",
        "aws_cloudwatch_dashboard.main",
        "
watch = client('cloudwatch')
name = first(watch.list_dashboards()['DashboardEntries'])['DashboardName']
watch.put_dashboard(DashboardName=name, DashboardBody='{\"widgets\": []}')
",
    ),
    drift(
        &["observability"],
        "aws_sns_topic.alarms",
        "aws_sns_topic.alarms",
        "
sns = client('sns')
sns.set_topic_attributes(TopicArn=first(sns.list_topics()['Topics'])['TopicArn'],
    AttributeName='DisplayName', AttributeValue='changed by hand')
",
    ),
    drift(
        &["governance"],
        "aws_backup_vault.main",
        "aws_backup_vault.main",
        "
backup = client('backup')
vault = first(backup.list_backup_vaults()['BackupVaultList'])
backup.tag_resource(ResourceArn=vault['BackupVaultArn'], Tags={'terrane:address': 'changed-by-hand'})
",
    ),
    drift(
        &["governance"],
        "aws_backup_plan.main",
        "aws_backup_plan.main",
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
        &["governance"],
        "aws_budgets_budget.main",
        "aws_budgets_budget.main",
        "
budgets = client('budgets')
account = client('sts').get_caller_identity()['Account']
budget = first(budgets.describe_budgets(AccountId=account)['Budgets'])
budget = {k: v for k, v in budget.items() if k not in ('CalculatedSpend', 'LastUpdatedTime')}
budgets.update_budget(AccountId=account, NewBudget={**budget, 'BudgetLimit': {'Amount': '7', 'Unit': 'USD'}})
",
    ),
];
