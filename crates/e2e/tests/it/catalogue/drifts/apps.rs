//! ECS, the apps on it, what leads to them, and the roles of all apps.
//!
//! What CodeDeploy and Application Auto Scaling decide is ignored (docs/POLICY.md). The rest of the same resources isn't,
//! and is changed here.

use super::{Drift, drift};

pub(super) const DRIFTS: &[Drift] = &[
    drift(
        &["ecs"],
        "aws_ecs_cluster.main",
        "aws_ecs_cluster.main",
        "
ecs = client('ecs')
cluster = first(ecs.list_clusters()['clusterArns'])
setting = first(ecs.describe_clusters(clusters=[cluster], include=['SETTINGS'])['clusters'])['settings'][0]
other = 'disabled' if setting['value'] != 'disabled' else 'enabled'
ecs.update_cluster(cluster=cluster, settings=[{'name': 'containerInsights', 'value': other}])
",
    ),
    // Of a service whose version, target group, network and number of copies are ignored.
    drift(
        &["apps"],
        "aws_ecs_service.blue_green_scaled",
        "aws_ecs_service.blue_green_scaled/*",
        "
ecs = client('ecs')
cluster = first(ecs.list_clusters()['clusterArns'])
arns = ecs.list_services(cluster=cluster)['serviceArns']
services = ecs.describe_services(cluster=cluster, services=arns, include=['TAGS'])['services']
service = first(s for s in services if is_of(s['tags'], 'aws_ecs_service.blue_green_scaled'))
ecs.update_service(cluster=cluster, service=service['serviceArn'], healthCheckGracePeriodSeconds=7)
return address(service['tags'])
",
    ),
    // Of one whose number of copies is ignored.
    drift(
        &["apps"],
        "aws_ecs_service.scaled",
        "aws_ecs_service.scaled/*",
        "
ecs = client('ecs')
cluster = first(ecs.list_clusters()['clusterArns'])
arns = ecs.list_services(cluster=cluster)['serviceArns']
services = ecs.describe_services(cluster=cluster, services=arns, include=['TAGS'])['services']
service = first(s for s in services if is_of(s['tags'], 'aws_ecs_service.scaled'))
ecs.update_service(cluster=cluster, service=service['serviceArn'], desiredCount=3,
    deploymentConfiguration={'maximumPercent': 150, 'minimumHealthyPercent': 50})
return address(service['tags'])
",
    ),
    // Of one of which nothing is ignored.
    drift(
        &["apps"],
        "aws_ecs_service.fixed",
        "aws_ecs_service.fixed/*",
        "
ecs = client('ecs')
cluster = first(ecs.list_clusters()['clusterArns'])
arns = ecs.list_services(cluster=cluster)['serviceArns']
services = ecs.describe_services(cluster=cluster, services=arns, include=['TAGS'])['services']
service = first(s for s in services if is_of(s['tags'], 'aws_ecs_service.fixed'))
ecs.update_service(cluster=cluster, service=service['serviceArn'], desiredCount=service['desiredCount'] + 1)
return address(service['tags'])
",
    ),
    drift(
        &["apps"],
        "aws_appautoscaling_target.app",
        "aws_appautoscaling_target.app/*",
        "
scaling = client('application-autoscaling')
target = first(scaling.describe_scalable_targets(ServiceNamespace='ecs')['ScalableTargets'])
scaling.register_scalable_target(MaxCapacity=99,
    **{name: target[name] for name in ('ServiceNamespace', 'ResourceId', 'ScalableDimension', 'MinCapacity')})
return address(scaling.list_tags_for_resource(ResourceARN=target['ScalableTargetARN'])['Tags'])
",
    ),
    drift(
        &["apps"],
        "aws_appautoscaling_policy.*",
        "aws_appautoscaling_policy.*",
        "
scaling = client('application-autoscaling')
policy = first(scaling.describe_scaling_policies(ServiceNamespace='ecs')['ScalingPolicies'])
tracking = {**policy['TargetTrackingScalingPolicyConfiguration'], 'TargetValue': 33.0}
scaling.put_scaling_policy(TargetTrackingScalingPolicyConfiguration=tracking,
    **{name: policy[name] for name in ('PolicyName', 'PolicyType', 'ServiceNamespace', 'ResourceId', 'ScalableDimension')})
aims = {'ECSServiceAverageCPUUtilization': 'cpu', 'ECSServiceAverageMemoryUtilization': 'memory'}
aim = aims.get(tracking['PredefinedMetricSpecification']['PredefinedMetricType'], 'requests')
ecs, (_, cluster, service) = client('ecs'), policy['ResourceId'].split('/')
services = ecs.describe_services(cluster=cluster, services=[service], include=['TAGS'])['services']
return f'aws_appautoscaling_policy.{aim}/{key(first(services)[\"tags\"])}'
",
    ),
    drift(
        &["apps"],
        "aws_codedeploy_deployment_group.app",
        "aws_codedeploy_deployment_group.app/*",
        "
deploy = client('codedeploy')
application = first(deploy.list_applications()['applications'])
group = first(deploy.list_deployment_groups(applicationName=application)['deploymentGroups'])
deploy.update_deployment_group(applicationName=application, currentDeploymentGroupName=group,
    deploymentConfigName='CodeDeployDefault.ECSAllAtOnce')
",
    ),
    drift(
        &["apps"],
        "aws_lb.main",
        "aws_lb.main/*",
        "
elb = client('elbv2')
balancer = first(elb.describe_load_balancers()['LoadBalancers'])
elb.modify_load_balancer_attributes(LoadBalancerArn=balancer['LoadBalancerArn'],
    Attributes=[{'Key': 'idle_timeout.timeout_seconds', 'Value': '77'}])
return address(elb.describe_tags(ResourceArns=[balancer['LoadBalancerArn']])['TagDescriptions'][0]['Tags'])
",
    ),
    drift(
        &["apps"],
        "aws_lb_listener.http",
        "aws_lb_listener.http/*",
        "
elb = client('elbv2')
balancer = first(elb.describe_load_balancers()['LoadBalancers'])['LoadBalancerArn']
listener = first(l for l in elb.describe_listeners(LoadBalancerArn=balancer)['Listeners'] if l['Port'] == 80)
elb.modify_listener(ListenerArn=listener['ListenerArn'], DefaultActions=[{'Type': 'fixed-response', 'FixedResponseConfig': {
    'StatusCode': '503', 'ContentType': 'text/plain', 'MessageBody': 'changed by hand'}}])
return address(elb.describe_tags(ResourceArns=[listener['ListenerArn']])['TagDescriptions'][0]['Tags'])
",
    ),
    drift(
        &["apps"],
        "aws_lb_listener.https",
        "aws_lb_listener.https/*",
        "
elb = client('elbv2')
balancer = first(elb.describe_load_balancers()['LoadBalancers'])['LoadBalancerArn']
listener = first(l for l in elb.describe_listeners(LoadBalancerArn=balancer)['Listeners'] if l['Port'] == 443)
elb.modify_listener(ListenerArn=listener['ListenerArn'], SslPolicy='ELBSecurityPolicy-2016-08')
return address(elb.describe_tags(ResourceArns=[listener['ListenerArn']])['TagDescriptions'][0]['Tags'])
",
    ),
    drift(
        &["apps"],
        "aws_lb_listener_certificate.further",
        "aws_lb_listener_certificate.further/*",
        "
elb = client('elbv2')
balancer = first(elb.describe_load_balancers()['LoadBalancers'])['LoadBalancerArn']
listener = first(l for l in elb.describe_listeners(LoadBalancerArn=balancer)['Listeners'] if l['Port'] == 443)
certificates = elb.describe_listener_certificates(ListenerArn=listener['ListenerArn'])['Certificates']
further = first(c['CertificateArn'] for c in certificates if not c.get('IsDefault'))
elb.remove_listener_certificates(ListenerArn=listener['ListenerArn'], Certificates=[{'CertificateArn': further}])
",
    ),
    // Of a rule whose action is ignored where CodeDeploy deploys: what it asks of a request isn't.
    drift(
        &["apps"],
        "aws_lb_listener_rule.*",
        "aws_lb_listener_rule.*",
        "
elb = client('elbv2')
balancer = first(elb.describe_load_balancers()['LoadBalancers'])['LoadBalancerArn']
rule = first(r for l in elb.describe_listeners(LoadBalancerArn=balancer)['Listeners']
    for r in elb.describe_rules(ListenerArn=l['ListenerArn'])['Rules'] if not r['IsDefault'])
elb.modify_rule(RuleArn=rule['RuleArn'], Conditions=[{'Field': 'path-pattern',
    'PathPatternConfig': {'Values': ['/changed-by-hand']}}])
return address(elb.describe_tags(ResourceArns=[rule['RuleArn']])['TagDescriptions'][0]['Tags'])
",
    ),
    drift(
        &["apps"],
        "aws_lb_target_group.app",
        "aws_lb_target_group.*/*",
        "
elb = client('elbv2')
group = first(elb.describe_target_groups()['TargetGroups'])
elb.modify_target_group(TargetGroupArn=group['TargetGroupArn'], HealthCheckPath='/changed-by-hand')
return address(elb.describe_tags(ResourceArns=[group['TargetGroupArn']])['TagDescriptions'][0]['Tags'])
",
    ),
    drift(
        &["apps"],
        "aws_apigatewayv2_stage.app",
        "aws_apigatewayv2_stage.app/*",
        "
gateway = client('apigatewayv2')
api = first(gateway.get_apis()['Items'])['ApiId']
gateway.update_stage(ApiId=api, StageName='$default', AutoDeploy=False)
",
    ),
    drift(
        &["apps"],
        "aws_apigatewayv2_route.app",
        "aws_apigatewayv2_route.app/*",
        "
gateway = client('apigatewayv2')
api = first(gateway.get_apis()['Items'])['ApiId']
route = first(gateway.get_routes(ApiId=api)['Items'])
gateway.update_route(ApiId=api, RouteId=route['RouteId'], RouteKey='GET /changed-by-hand')
",
    ),
    // What an app may do, wherever it runs.
    drift(
        &["apps"],
        "aws_iam_role_policy.app_*",
        "aws_iam_role_policy.app_*",
        "
iam = client('iam')
roles = (r['RoleName'] for r in iam.list_roles()['Roles'])
tags, role = first((tags, r) for r in roles for tags in [iam.list_role_tags(RoleName=r)['Tags']]
    if is_of(tags, 'aws_iam_role.app_') and iam.list_role_policies(RoleName=r)['PolicyNames'])
iam.put_role_policy(RoleName=role, PolicyName=first(iam.list_role_policies(RoleName=role)['PolicyNames']), PolicyDocument=
    '{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}')
# A role and what it may do have one name.
return address(tags).replace('aws_iam_role.', 'aws_iam_role_policy.')
",
    ),
];
