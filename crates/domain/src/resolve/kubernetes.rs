//! An EKS cluster: its version, its doors, what it computes on.

mod fargate;
mod node_groups;

use std::collections::BTreeMap;

use super::{Conflict, DEFAULT, Resolver};
use crate::{
    ClusterAccess, ClusterRoles, Compute, Controller, Key, Kubernetes,
    spec::{
        AccessSpec, ClusterAddon, ClusterController, ClusterLog, ClusterLogsSpec, KubernetesSpec, Path,
        SupportType,
    },
};

const DEFAULT_VERSION: &str = "1.35";

impl Resolver<'_> {
    pub(super) fn kubernetes(&mut self) -> Option<Kubernetes> {
        let spec = self.spec.kubernetes.as_ref()?;
        let path = Path::root().key("kubernetes");
        let version = self.or_default(&path.key("version"), spec.version.clone(), DEFAULT_VERSION.to_owned());
        let support = self.or_default(&path.key("support"), spec.support, SupportType::Standard);
        let endpoint = spec.endpoint.clone().unwrap_or_default();
        let endpoint_path = path.key("endpoint");
        let _: bool = self.or_default(&endpoint_path.key("private"), endpoint.private, true);
        let public_cidrs = endpoint.public_cidrs.unwrap_or_else(|| {
            self.explain(&endpoint_path.key("public_cidrs"), &"[]", "because the file names nobody outside");
            Vec::new()
        });
        // In every profile: a key costs a dollar a month, a cluster 73, and a cluster can't change its key later.
        self.wants_key = true;
        let (logs, log_retention_days) = self.cluster_logs(spec.logs.as_ref(), &path.key("logs"));
        let access = self.cluster_access(&spec.access, &path.key("access"));
        let compute = self.compute(spec, &path);
        let addons = self.addons(spec, &compute, &path.key("addons"));
        let controllers = self.controllers(spec, &compute, &path.key("controllers"));
        let role = |kind: &str| self.names.kubernetes_role(kind);
        Some(Kubernetes {
            name: self.names.kubernetes_cluster(),
            version,
            support,
            public_cidrs,
            logs,
            log_retention_days,
            access,
            compute,
            addons,
            controllers,
            roles: ClusterRoles {
                cluster: role("control-plane"),
                node: role("node"),
                vpc_cni: role("vpc-cni"),
                ebs_csi: role("ebs-csi"),
                fargate: role("fargate"),
            },
        })
    }

    fn cluster_logs(&mut self, given: Option<&ClusterLogsSpec>, path: &Path) -> (Vec<ClusterLog>, u16) {
        let defaults = self.defaults;
        let mut types = given.and_then(|logs| logs.types.clone()).unwrap_or_else(|| {
            let because = self.because_profile.clone();
            self.explain(&path.key("types"), &listed(defaults.cluster_logs, ClusterLog::as_str), &because);
            defaults.cluster_logs.to_vec()
        });
        types.sort();
        let retention_days = self.log_retention(
            &path.key("retention_days"),
            given.and_then(|logs| logs.retention_days),
            defaults.cluster_log_retention_days,
        );
        (types, retention_days)
    }

    fn cluster_access(
        &mut self,
        specs: &BTreeMap<Key, AccessSpec>,
        path: &Path,
    ) -> BTreeMap<Key, ClusterAccess> {
        let mut seen: BTreeMap<&str, &Key> = BTreeMap::new();
        for (key, spec) in specs {
            let here = path.key(key.as_str()).key("principal");
            if self.spec.cloud.role_arn.as_ref() == Some(&spec.principal) {
                let message =
                    "is the role that makes the cluster, which has cluster_admin anyway; take it out";
                self.conflict(Conflict::new(here, message).with(Path::root().key("cloud").key("role_arn")));
            } else if let Some(other) = seen.insert(&spec.principal, key) {
                let message = format!(
                    "is the principal of {other} too, and a cluster knows each principal once; put them together"
                );
                self.conflict(Conflict::new(here, message).with(path.key(other.as_str()).key("principal")));
            }
        }
        let access = |spec: &AccessSpec| ClusterAccess {
            principal: spec.principal.clone(),
            policy: spec.policy,
            namespaces: spec.namespaces.clone().unwrap_or_default(),
        };
        specs.iter().map(|(key, spec)| (key.clone(), access(spec))).collect()
    }

    fn addons(&mut self, spec: &KubernetesSpec, compute: &Compute, path: &Path) -> Vec<ClusterAddon> {
        use ClusterAddon::{EbsCsiDriver, MetricsServer};
        let mut addons = spec.addons.clone().unwrap_or_else(|| {
            let (addons, because): (&[ClusterAddon], _) = match compute {
                Compute::AutoMode => (&[MetricsServer], "because auto_mode brings its own driver for EBS"),
                Compute::Fargate(_) => (&[MetricsServer], "because pods on Fargate mount no volumes of EBS"),
                Compute::NodeGroups(_) => (&[EbsCsiDriver, MetricsServer], DEFAULT),
            };
            self.explain(path, &listed(addons, ClusterAddon::as_str), because);
            addons.to_vec()
        });
        let obstacle = match compute {
            Compute::AutoMode => {
                Some(("auto_mode brings its own driver for EBS; take aws-ebs-csi-driver out", "auto_mode"))
            }
            Compute::Fargate(_) => {
                Some(("pods on Fargate mount no volumes of EBS; take aws-ebs-csi-driver out", "fargate"))
            }
            Compute::NodeGroups(_) => None,
        };
        if let Some((message, other)) = obstacle.filter(|_| addons.contains(&EbsCsiDriver)) {
            self.conflict(Conflict::new(path.clone(), message).with(section().key(other)));
        }
        addons.sort();
        addons
    }

    fn controllers(&mut self, spec: &KubernetesSpec, compute: &Compute, path: &Path) -> Vec<Controller> {
        use ClusterController::{ClusterAutoscaler, ExternalDns, ExternalSecrets, LoadBalancer};
        let mut kinds = spec.controllers.clone().unwrap_or_else(|| {
            let (kinds, because): (&[ClusterController], _) = match compute {
                Compute::AutoMode => (&[ExternalSecrets], "because auto_mode scales and balances by itself"),
                Compute::Fargate(_) => {
                    (&[LoadBalancer, ExternalSecrets], "because there are no nodes to scale on Fargate")
                }
                Compute::NodeGroups(_) => (&[LoadBalancer, ClusterAutoscaler, ExternalSecrets], DEFAULT),
            };
            self.explain(path, &listed(kinds, ClusterController::as_str), because);
            kinds.to_vec()
        });
        let obstacle = match compute {
            Compute::AutoMode => {
                Some(("auto_mode makes and removes nodes itself; take cluster-autoscaler out", "auto_mode"))
            }
            Compute::Fargate(_) => {
                Some(("there are no nodes to scale on Fargate; take cluster-autoscaler out", "fargate"))
            }
            Compute::NodeGroups(_) => None,
        };
        if let Some((message, other)) = obstacle.filter(|_| kinds.contains(&ClusterAutoscaler)) {
            self.conflict(Conflict::new(path.clone(), message).with(section().key(other)));
        }
        if kinds.contains(&ExternalDns) && self.spec.dns.is_none() {
            let message =
                "has no zone for external-dns to write in; add dns: { zone: … }, or take external-dns out";
            self.conflict(Conflict::new(path.clone(), message).with(Path::root().key("dns")));
        }
        kinds.sort_by_key(|kind| kind.as_str());
        let controller = |kind: ClusterController| Controller {
            kind,
            role_name: self.names.kubernetes_role(kind.as_str()),
        };
        kinds.into_iter().map(controller).collect()
    }
}

fn section() -> Path {
    Path::root().key("kubernetes")
}

/// `[a, b]`
fn listed<T: Copy>(words: &[T], spelling: fn(T) -> &'static str) -> String {
    format!("[{}]", words.iter().map(|word| spelling(*word)).collect::<Vec<_>>().join(", "))
}
