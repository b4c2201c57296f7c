//! EKS. How many nodes a group has at the moment is ignored (docs/POLICY.md); how many it may have isn't.

use super::{Drift, drift};

pub(super) const DRIFTS: &[Drift] = &[
    drift(
        &["kubernetes"],
        "aws_eks_cluster.main",
        "aws_eks_cluster.main",
        "
eks = client('eks')
eks.update_cluster_config(name=first(eks.list_clusters()['clusters']),
    resourcesVpcConfig={'endpointPublicAccess': True, 'endpointPrivateAccess': True, 'publicAccessCidrs': ['198.51.100.7/32']})
",
    ),
    drift(
        &["kubernetes"],
        "aws_eks_node_group.main",
        "aws_eks_node_group.main/*",
        "
eks = client('eks')
cluster = first(eks.list_clusters()['clusters'])
group = first(eks.list_nodegroups(clusterName=cluster)['nodegroups'])
now = eks.describe_nodegroup(clusterName=cluster, nodegroupName=group)['nodegroup']
scaling = now['scalingConfig']
eks.update_nodegroup_config(clusterName=cluster, nodegroupName=group, labels={'addOrUpdateLabels': {'by': 'hand'}},
    scalingConfig={**scaling, 'maxSize': scaling['maxSize'] + 1})
return address(now['tags'])
",
    ),
    // A new version, which becomes the default: without asking for a session token.
    drift(
        &["kubernetes"],
        "aws_launch_template.node",
        "aws_launch_template.node/*",
        "
ec2 = client('ec2')
template = first(ec2.describe_launch_templates()['LaunchTemplates'])
made = ec2.create_launch_template_version(LaunchTemplateId=template['LaunchTemplateId'],
    SourceVersion=str(template['LatestVersionNumber']), LaunchTemplateData={'MetadataOptions': {'HttpTokens': 'optional'}})
ec2.modify_launch_template(LaunchTemplateId=template['LaunchTemplateId'],
    DefaultVersion=str(made['LaunchTemplateVersion']['VersionNumber']))
return address(template['Tags'])
",
    ),
    drift(
        &["kubernetes"],
        "aws_eks_addon.*",
        "aws_eks_addon.*",
        "
eks = client('eks')
cluster = first(eks.list_clusters()['clusters'])
addons = eks.list_addons(clusterName=cluster)['addons']
addon = first(a for a in ('coredns', 'metrics-server') if a in addons)
now = eks.describe_addon(clusterName=cluster, addonName=addon)['addon']
offered = eks.describe_addon_versions(addonName=addon)['addons'][0]['addonVersions']
version = eks.describe_cluster(name=cluster)['cluster']['version']
other = first(v['addonVersion'] for v in offered if v['addonVersion'] != now['addonVersion']
    and any(c['clusterVersion'] == version for c in v['compatibilities']))
eks.update_addon(clusterName=cluster, addonName=addon, addonVersion=other)
return address(now['tags'])
",
    ),
    drift(
        &["kubernetes"],
        "aws_eks_access_entry.main",
        "aws_eks_access_policy_association.main/*",
        "
eks = client('eks')
cluster = first(eks.list_clusters()['clusters'])
scope = {'type': 'cluster'}
for principal in eks.list_access_entries(clusterName=cluster)['accessEntries']:
    entry = eks.describe_access_entry(clusterName=cluster, principalArn=principal)['accessEntry']
    if entry.get('tags', {}).get('terrane:address', '').startswith('aws_eks_access_entry.main'):
        policies = eks.list_associated_access_policies(clusterName=cluster, principalArn=principal)
        eks.disassociate_access_policy(clusterName=cluster, principalArn=principal,
            policyArn=first(policies['associatedAccessPolicies'])['policyArn'])
",
    ),
    drift(
        &["kubernetes"],
        "aws_eks_fargate_profile.main",
        "aws_eks_fargate_profile.main/*",
        "
eks = client('eks')
cluster = first(eks.list_clusters()['clusters'])
eks.delete_fargate_profile(clusterName=cluster,
    fargateProfileName=first(eks.list_fargate_profiles(clusterName=cluster)['fargateProfileNames']))
",
    ),
    drift(
        &["kubernetes"],
        "aws_eks_pod_identity_association.controller",
        "aws_eks_pod_identity_association.*/*",
        "
eks = client('eks')
cluster = first(eks.list_clusters()['clusters'])
# Those of addons belong to EKS.
own = (a for a in eks.list_pod_identity_associations(clusterName=cluster)['associations'] if not a.get('ownerArn'))
own = {'clusterName': cluster, 'associationId': first(own)['associationId']}
tags = eks.describe_pod_identity_association(**own)['association']['tags']
eks.delete_pod_identity_association(**own)
return address(tags)
",
    ),
];
