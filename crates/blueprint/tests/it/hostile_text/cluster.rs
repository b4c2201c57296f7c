//! Every text of a cluster and of what runs on it. Patterns name every field, so that a new one is a compile error here.

use terrane_domain::*;

/// Puts the next text wherever a cluster has one.
pub fn put_texts(cluster: &mut Kubernetes, next: &mut impl FnMut() -> String) {
    let Kubernetes {
        name,
        version,
        support: _,
        public_cidrs: _,
        logs: _,
        log_retention_days: _,
        access,
        compute,
        addons: _,
        controllers,
        roles,
    } = cluster;
    let ClusterRoles { cluster: control_plane, node, vpc_cni, ebs_csi, fargate } = roles;
    let fields = [name, version, control_plane, node, vpc_cni, ebs_csi, fargate];
    fields.into_iter().for_each(|field| *field = next());
    for Controller { kind: _, role_name } in controllers {
        *role_name = next();
    }
    for ClusterAccess { principal, policy: _, namespaces } in access.values_mut() {
        *principal = next();
        *namespaces = vec![next(), next()];
    }
    let groups = match compute {
        Compute::NodeGroups(groups) => groups,
        Compute::AutoMode => return,
        Compute::Fargate(profiles) => {
            for FargateProfile { selectors } in profiles.values_mut() {
                for FargateSelector { namespace, labels } in selectors {
                    *namespace = next();
                    *labels = [(next(), next())].into();
                }
            }
            return;
        }
    };
    for group in groups.values_mut() {
        let NodeGroup {
            launch_template,
            ami: _,
            instance_types,
            capacity: _,
            min: _,
            max: _,
            desired: _,
            disk_gib: _,
            labels,
            taints,
        } = group;
        *launch_template = next();
        *instance_types = vec![next(), next()];
        *labels = [(next(), next()), (next(), next())].into();
        let taint = Taint { value: Some(next()), effect: TaintEffect::NoExecute };
        *taints = [(next(), taint)].into();
    }
}

/// Puts the next text wherever an app on a cluster has one.
pub fn put_texts_of_app(app: &mut KubernetesApp, next: &mut impl FnMut() -> String) {
    let KubernetesApp {
        namespace,
        name,
        role,
        cpu_millicores: _,
        memory_mib: _,
        cpu_limit_millicores: _,
        memory_limit_mib: _,
        expose,
    } = app;
    [namespace, name, role].into_iter().for_each(|field| *field = next());
    match expose {
        Some(ClusterRoute::LoadBalancer { certificate_arn, internal: _ }) => *certificate_arn = Some(next()),
        Some(ClusterRoute::Ingress { host, tls: _ } | ClusterRoute::Gateway { host }) => *host = Some(next()),
        None => {}
    }
}

/// Puts the next text wherever a cluster of MongoDB Atlas has one.
pub fn put_texts_of_atlas(cluster: &mut AtlasCluster, next: &mut impl FnMut() -> String) {
    let AtlasCluster {
        name,
        project,
        version,
        instance_size,
        region,
        backup_retention_days: _,
        deletion_protection: _,
        retain_backups: _,
        database,
        users,
    } = cluster;
    [name, version, instance_size, region].into_iter().for_each(|field| *field = next());
    match project {
        AtlasProject::Existing { project_id } => *project_id = next(),
        AtlasProject::Own { org_id, name } => (*org_id, *name) = (next(), next()),
    }
    *database = next();
    for AtlasUser { principal, access: _ } in users.values_mut() {
        *principal = next();
    }
}
