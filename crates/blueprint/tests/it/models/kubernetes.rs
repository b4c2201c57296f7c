//! Clusters to render.

use std::collections::BTreeMap;

use terrane_domain::*;

use super::key;

/// With everything that a cluster with node groups can have.
pub fn full() -> Kubernetes {
    let kinds = [
        ClusterController::LoadBalancer,
        ClusterController::ClusterAutoscaler,
        ClusterController::ExternalDns,
        ClusterController::ExternalSecrets,
    ];
    Kubernetes {
        name: "dev-anna-4f2a91c0".to_owned(),
        version: "1.35".to_owned(),
        support: SupportType::Extended,
        public_cidrs: vec!["203.0.113.0/24".parse().unwrap(), "198.51.100.7/32".parse().unwrap()],
        logs: vec![ClusterLog::Api, ClusterLog::Audit],
        log_retention_days: 90,
        access: BTreeMap::from([
            (key("developers"), access("role/Developers", AccessPolicy::Edit, &["apps", "jobs"])),
            (key("operators"), access("user/ops", AccessPolicy::ClusterAdmin, &[])),
        ]),
        compute: Compute::NodeGroups(BTreeMap::from([
            (key("general"), group("general")),
            (key("gpu"), gpu_group()),
        ])),
        addons: vec![ClusterAddon::EbsCsiDriver, ClusterAddon::MetricsServer],
        controllers: kinds.into_iter().map(controller).collect(),
        roles: ClusterRoles {
            cluster: "dev-anna-4f2a91c0-eks-control-plane".to_owned(),
            node: "dev-anna-4f2a91c0-eks-node".to_owned(),
            vpc_cni: "dev-anna-4f2a91c0-eks-vpc-cni".to_owned(),
            ebs_csi: "dev-anna-4f2a91c0-eks-ebs-csi".to_owned(),
            fargate: "dev-anna-4f2a91c0-eks-fargate".to_owned(),
        },
    }
}

/// A cluster for each way in which its files branch, beside [`full`].
pub fn all() -> Vec<(&'static str, Kubernetes)> {
    let plain = Kubernetes {
        support: SupportType::Standard,
        public_cidrs: Vec::new(),
        logs: Vec::new(),
        access: BTreeMap::new(),
        compute: Compute::NodeGroups(BTreeMap::from([(key("general"), group("general"))])),
        addons: Vec::new(),
        controllers: Vec::new(),
        ..full()
    };
    let auto_mode = Kubernetes {
        compute: Compute::AutoMode,
        addons: vec![ClusterAddon::MetricsServer],
        controllers: vec![controller(ClusterController::ExternalSecrets)],
        ..plain.clone()
    };
    let bare_auto_mode = Kubernetes { addons: Vec::new(), controllers: Vec::new(), ..auto_mode.clone() };
    let bare_fargate = Kubernetes { compute: fargate(), ..plain.clone() };
    let fargate = Kubernetes {
        compute: fargate(),
        addons: vec![ClusterAddon::MetricsServer],
        controllers: vec![
            controller(ClusterController::LoadBalancer),
            controller(ClusterController::ExternalSecrets),
        ],
        ..plain.clone()
    };
    vec![
        ("cluster_fargate", fargate),
        ("cluster_bare_fargate", bare_fargate),
        ("cluster", plain),
        ("cluster_auto_mode", auto_mode),
        ("cluster_bare_auto_mode", bare_auto_mode),
        ("cluster_with_key", Kubernetes { public_cidrs: Vec::new(), ..full() }),
    ]
}

/// Everything of the system, and some of the apps.
pub fn fargate() -> Compute {
    let selector = |namespace: &str, labels: &[(&str, &str)]| FargateSelector {
        namespace: namespace.to_owned(),
        labels: labels.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect(),
    };
    let profile = |selectors| FargateProfile { selectors };
    Compute::Fargate(BTreeMap::from([
        (key("apps"), profile(vec![selector("apps", &[("run", "fargate"), ("tier", "${web}")])])),
        (key("system"), profile(vec![selector("kube-system", &[]), selector("external-*", &[])])),
    ]))
}

fn access(principal: &str, policy: AccessPolicy, namespaces: &[&str]) -> ClusterAccess {
    ClusterAccess {
        principal: format!("arn:aws:iam::222222222222:{principal}"),
        policy,
        namespaces: namespaces.iter().map(|&name| name.to_owned()).collect(),
    }
}

fn controller(kind: ClusterController) -> Controller {
    Controller { kind, role_name: format!("dev-anna-4f2a91c0-eks-{kind}") }
}

fn group(name: &str) -> NodeGroup {
    NodeGroup {
        launch_template: format!("dev-anna-4f2a91c0-node-{name}"),
        ami: Ami { image: NodeImage::Al2023, arm: false, drivers: Drivers::Standard },
        instance_types: vec!["m7i.large".to_owned(), "m6i.large".to_owned()],
        capacity: NodeCapacity::OnDemand,
        min: 1,
        max: 3,
        desired: 1,
        disk_gib: 30,
        labels: BTreeMap::new(),
        taints: BTreeMap::new(),
    }
}

fn gpu_group() -> NodeGroup {
    let taint = |value: Option<&str>, effect| Taint { value: value.map(str::to_owned), effect };
    NodeGroup {
        ami: Ami { image: NodeImage::Bottlerocket, arm: true, drivers: Drivers::Nvidia },
        instance_types: vec!["g5g.xlarge".to_owned()],
        capacity: NodeCapacity::Spot,
        min: 0,
        desired: 0,
        disk_gib: 200,
        labels: [("pool", "gpu"), ("example.com/tier", "${spot}")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        taints: BTreeMap::from([
            ("dedicated".to_owned(), taint(None, TaintEffect::PreferNoSchedule)),
            ("nvidia.com/gpu".to_owned(), taint(Some("true"), TaintEffect::NoSchedule)),
        ]),
        ..group("gpu")
    }
}
