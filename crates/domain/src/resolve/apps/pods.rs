//! Apps on Kubernetes: what each copy gets, how it is reached, and what the cluster has to have for that.
//!
//! The workloads themselves are not Terraform's: nothing here starts a pod, and each app leaves a reason that says so.

use std::collections::BTreeMap;

use super::super::{Conflict, DEFAULT, Resolver};
use crate::{
    App, ClusterRoute, Compute, Key, Kubernetes, KubernetesApp,
    spec::{AppSpec, Architecture, ClusterAddon, ClusterController, DeploySpec, ExposeSpec, Mebibytes, Path},
};

/// Where the objects of apps stand: a name that a person can write into `access` and into the addresses of services.
const NAMESPACE: &str = "apps";

const NOT_STARTED: &str = "because no workload is applied to the cluster yet: role, registry and variables are made ready, \
                           and no pod is started";

impl Resolver<'_> {
    pub(super) fn kubernetes_app(
        &mut self,
        key: &Key,
        spec: &AppSpec,
        path: &Path,
        cluster: Option<&Kubernetes>,
    ) -> KubernetesApp {
        self.explain(path, &"prepared, not running", NOT_STARTED);
        self.check_profile(cluster, path);
        self.check_rolling(spec.deploy.as_ref(), &path.key("deploy"));
        let asked = spec.resources.clone().unwrap_or_default();
        let here = path.key("resources");
        let cpu = self.or_profile(&here.key("cpu"), asked.cpu, self.defaults.app_cpu);
        let memory = self.or_profile(&here.key("memory"), asked.memory, self.defaults.app_memory);
        let limits = asked.limits.unwrap_or_default();
        let here = here.key("limits");
        if let Some(limit) = limits.cpu.filter(|limit| limit.0 < cpu.0) {
            self.below_request(&here.key("cpu"), &limit, &cpu);
        }
        let memory_limit: Mebibytes =
            self.or_because(&here.key("memory"), limits.memory, memory, "because resources.memory");
        if memory_limit.0 < memory.0 {
            self.below_request(&here.key("memory"), &memory_limit, &memory);
        }
        KubernetesApp {
            namespace: NAMESPACE.to_owned(),
            name: key.as_str().to_owned(),
            role: self.names.app_role(key, "pod"),
            cpu_millicores: cpu.0,
            memory_mib: memory.0,
            cpu_limit_millicores: limits.cpu.map(|limit| limit.0),
            memory_limit_mib: memory_limit.0,
            expose: spec.expose.as_ref().and_then(|expose| self.cluster_route(spec, expose, cluster, path)),
        }
    }

    fn below_request(&mut self, at: &Path, limit: &impl std::fmt::Display, asked: &impl std::fmt::Display) {
        let message =
            format!("{limit} is less than the {asked} that is set aside; raise it, or ask for less");
        self.conflict(Conflict::new(at.clone(), message));
    }

    /// A pod that no profile takes would wait for ever.
    fn check_profile(&mut self, cluster: Option<&Kubernetes>, path: &Path) {
        let Some(Compute::Fargate(profiles)) = cluster.map(|cluster| &cluster.compute) else { return };
        if profiles.values().any(|profile| profile.takes(NAMESPACE)) {
            return;
        }
        let message = format!(
            "runs in the namespace {NAMESPACE}, which no Fargate profile takes; add the selector {{ namespace: {NAMESPACE} }}"
        );
        let profiles = Path::root().key("kubernetes").key("fargate");
        self.conflict(Conflict::new(path.clone(), message).with(profiles));
    }

    fn check_rolling(&mut self, deploy: Option<&DeploySpec>, path: &Path) {
        match deploy {
            None => self.explain(path, &"{ rolling: {} }", DEFAULT),
            Some(deploy) if deploy.blue_green.is_some() => {
                let message = "is CodeDeploy's, which shifts traffic on ECS only; use rolling: {}";
                self.conflict(Conflict::new(path.key("blue_green"), message));
            }
            Some(_) => {}
        }
    }

    /// Source: Kubernetes documentation, "Horizontal Pod Autoscaling", "Support for resource metrics".
    pub(super) fn check_pod_autoscaling(&mut self, spec: &AppSpec, path: &Path) {
        if spec.autoscaling.as_ref().is_some_and(|scaling| scaling.requests_per_target.is_some()) {
            let message = "is for ECS; on Kubernetes use cpu_percent or memory_percent";
            self.conflict(Conflict::new(path.key("requests_per_target"), message));
        }
        let Some(cluster) = self.spec.kubernetes.as_ref() else { return };
        if cluster.addons.as_ref().is_some_and(|addons| !addons.contains(&ClusterAddon::MetricsServer)) {
            let message = "needs to know what pods use; add metrics-server to kubernetes.addons";
            let addons = Path::root().key("kubernetes").key("addons");
            self.conflict(Conflict::new(path.clone(), message).with(addons));
        }
    }

    /// What the image has to be built for: one of the architectures of the machines that there are.
    pub(super) fn pod_architecture(
        &mut self,
        spec: &AppSpec,
        cluster: Option<&Kubernetes>,
        path: &Path,
    ) -> Architecture {
        let machines = cluster.map_or((true, false), |cluster| architectures(&cluster.compute));
        let only_arm = machines == (false, true);
        let (default, because) = if only_arm {
            (Architecture::Arm64, "because all nodes are arm64")
        } else {
            (Architecture::default(), DEFAULT)
        };
        let architecture = self.or_because(path, spec.architecture, default, because);
        let fits = match architecture {
            Architecture::X86_64 => machines.0,
            Architecture::Arm64 => machines.1,
        };
        if !fits {
            let other = if only_arm { Architecture::Arm64 } else { Architecture::X86_64 };
            let message = match cluster.map(|cluster| &cluster.compute) {
                Some(Compute::AutoMode) => format!(
                    "auto_mode makes nodes of {other} for apps; build the image for it, or take auto_mode out and add a \
                     node group of {architecture}"
                ),
                Some(Compute::Fargate(_)) => format!(
                    "pods on Fargate run on {other} only; build the image for it, or take fargate out and add a node \
                     group of {architecture}"
                ),
                Some(Compute::NodeGroups(_)) | None => format!(
                    "the cluster has no machine of {architecture}; build the image for {other}, or add a node group"
                ),
            };
            self.conflict(Conflict::new(path.clone(), message).with(Path::root().key("kubernetes")));
        }
        architecture
    }

    fn cluster_route(
        &mut self,
        spec: &AppSpec,
        expose: &ExposeSpec,
        cluster: Option<&Kubernetes>,
        path: &Path,
    ) -> Option<ClusterRoute> {
        let here = path.key("expose");
        if expose.api_gateway.is_some() {
            let message = "is for ECS; on Kubernetes use ingress: { host: … }, gateway: { host: … } or load_balancer: {}";
            self.conflict(Conflict::new(here.key("api_gateway"), message));
            return None;
        }
        self.check_port(spec, path);
        self.check_balancer(cluster, &here);
        if let Some(balancer) = &expose.load_balancer {
            let here = here.key("load_balancer");
            if balancer.host.is_some() {
                let message = "a load balancer on Kubernetes belongs to one app and looks at no host; use ingress: { host: … }";
                self.conflict(Conflict::new(here.key("host"), message));
            }
            return Some(ClusterRoute::LoadBalancer {
                certificate_arn: balancer.certificate_arn.clone(),
                internal: self.or_default(&here.key("internal"), balancer.internal, false),
            });
        }
        if let Some(ingress) = &expose.ingress {
            let here = here.key("ingress");
            let tls = self.or_default(&here.key("tls"), ingress.tls, false);
            if tls && ingress.host.is_none() {
                let message = "a certificate is for a name; add host: api.acme.example";
                self.conflict(Conflict::new(here.key("tls"), message).with(here.key("host")));
            }
            return Some(ClusterRoute::Ingress { host: ingress.host.clone(), tls });
        }
        expose.gateway.as_ref().map(|gateway| ClusterRoute::Gateway { host: gateway.host.clone() })
    }

    /// Auto Mode balances by itself; elsewhere a controller has to have the role for it.
    fn check_balancer(&mut self, cluster: Option<&Kubernetes>, path: &Path) {
        let Some(cluster) = cluster.filter(|cluster| !matches!(cluster.compute, Compute::AutoMode)) else {
            return;
        };
        if cluster.controllers.iter().any(|controller| controller.kind == ClusterController::LoadBalancer) {
            return;
        }
        let message = format!(
            "needs load balancers; add {} to kubernetes.controllers",
            ClusterController::LoadBalancer.as_str()
        );
        let controllers = Path::root().key("kubernetes").key("controllers");
        self.conflict(Conflict::new(path.clone(), message).with(controllers));
    }

    /// Two apps that want the requests for one host can't be told apart.
    pub(super) fn check_cluster_routes(&mut self, apps: &BTreeMap<Key, App>) {
        let mut seen: BTreeMap<(&str, Option<&String>), &Key> = BTreeMap::new();
        for (key, app) in apps {
            let (kind, host) = match app.on_kubernetes().and_then(|app| app.expose.as_ref()) {
                Some(ClusterRoute::Ingress { host, .. }) => ("ingress", host.as_ref()),
                Some(ClusterRoute::Gateway { host }) => ("gateway", host.as_ref()),
                Some(ClusterRoute::LoadBalancer { .. }) | None => continue,
            };
            let Some(other) = seen.insert((kind, host), key) else { continue };
            let path = Path::root().key("apps").key(key.as_str()).key("expose").key(kind);
            let message = match host {
                Some(host) => format!("\"{host}\" is the host of apps.{other} too"),
                None => format!("is required: apps.{other} gets what no other app asks for"),
            };
            self.conflict(Conflict::new(path.key("host"), message).with(path));
        }
    }
}

/// Whether there are x86 machines, and whether there are arm64 ones.
///
/// Source: EKS user guide, "Simplify compute management with AWS Fargate" (no arm64) and "Review built-in NodePools" of
/// Auto Mode (general-purpose is amd64).
fn architectures(compute: &Compute) -> (bool, bool) {
    match compute {
        Compute::NodeGroups(groups) => {
            let any = |arm: bool| groups.values().any(|group| group.ami.arm == arm);
            (any(false), any(true))
        }
        Compute::AutoMode | Compute::Fargate(_) => (true, false),
    }
}
