//! Every text of a cluster, for [`crate::hostile_text`]. Patterns name every field, so that a new one is a compile error here.

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
    let ClusterRoles { cluster: control_plane, node, vpc_cni, ebs_csi } = roles;
    let fields = [name, version, control_plane, node, vpc_cni, ebs_csi];
    fields.into_iter().for_each(|field| *field = next());
    for Controller { kind: _, role_name } in controllers {
        *role_name = next();
    }
    for ClusterAccess { principal, policy: _, namespaces } in access.values_mut() {
        *principal = next();
        *namespaces = vec![next(), next()];
    }
    let Compute::NodeGroups(groups) = compute else { return };
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
