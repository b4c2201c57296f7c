//! The ECS cluster and the load balancers that its apps share.

mod quotas;

use std::collections::BTreeMap;

use super::{Conflict, DEFAULT, LifecyclePolicy, Resolver, dns::is_outside};
use crate::{
    AccessLogBucket, App, Capacity, Certificate, Deploy, Ecs, Image, Key, LoadBalancer, LoadBalancerKind,
    Nat, Network, Observability,
    spec::{ContainerInsights, EcsSpec, LoadBalancerSpec, Path},
};

impl Resolver<'_> {
    pub(super) fn ecs(
        &mut self,
        network: Option<&Network>,
        apps: &BTreeMap<Key, App>,
        observability: &Observability,
        policy: LifecyclePolicy,
    ) -> Option<Ecs> {
        let spec = self.spec.ecs.as_ref()?;
        let path = Path::root().key("ecs");
        self.way_out(network, apps);
        let load_balancers = self.load_balancers(apps, policy);
        let container_insights = self.or_profile(
            &path.key("container_insights"),
            spec.container_insights,
            self.defaults.container_insights,
        );
        Some(Ecs {
            cluster: self.names.cluster(),
            capacity: self.capacity(spec, apps, &path.key("capacity")),
            container_insights,
            container_insights_group: match container_insights {
                ContainerInsights::Disabled => None,
                ContainerInsights::Enabled | ContainerInsights::Enhanced => {
                    Some(self.names.container_insights_group())
                }
            },
            service_zone: format!("{}.internal", self.spec.name.as_str()),
            access_logs: (!load_balancers.is_empty()).then(|| AccessLogBucket {
                bucket: self.names.access_logs_bucket(),
                expire_after_days: observability.log_retention_days,
                force_destroy: !policy.deletion_protection,
            }),
            load_balancers,
        })
    }

    fn capacity(&mut self, spec: &EcsSpec, apps: &BTreeMap<Key, App>, path: &Path) -> Capacity {
        let Some(given) = &spec.capacity else {
            self.explain(path, &"{ fargate: 1 }", DEFAULT);
            return Capacity { fargate: 1, fargate_spot: 0 };
        };
        let mut on_ecs = apps.values().filter_map(App::on_ecs).peekable();
        let nobodys = on_ecs.peek().is_some() && on_ecs.all(|app| matches!(app.deploy, Deploy::BlueGreen(_)));
        // Source: CodeDeploy user guide, "AppSpec 'resources' section", `CapacityProviderStrategy`.
        if spec.asks_for_spot() && nobodys {
            let message = "counts for no app: all are deployed by CodeDeploy, which asks for Spot only where the AppSpec of a \
                           deployment does; use rolling: {} for one that may be interrupted, or leave this out";
            let conflict = Conflict::new(path.key("fargate_spot"), message);
            self.conflict(conflict.with(Path::root().key("apps")));
        }
        Capacity {
            fargate: given.fargate.unwrap_or_default(),
            fargate_spot: given.fargate_spot.unwrap_or_default(),
        }
    }

    /// Without a way out of the private subnets no image can be pulled and no line be logged, except through endpoints.
    /// Source: Amazon ECR user guide, "Amazon ECR interface VPC endpoints (AWS PrivateLink)".
    fn way_out(&mut self, network: Option<&Network>, apps: &BTreeMap<Key, App>) {
        let on_ecs = || apps.values().filter(|app| app.on_ecs().is_some());
        let any = on_ecs().next().is_some();
        // Where the network was there before, its route tables say it.
        let made = network.and_then(Network::made);
        let Some(network) = made.filter(|network| network.nat == Nat::None && any) else {
            return;
        };
        self.images_in_reach(apps);
        let secrets = on_ecs().any(|app| !app.secrets.is_empty());
        let mut needed = vec!["ecr.api", "ecr.dkr", "logs"];
        needed.extend(secrets.then_some("secretsmanager"));
        let has = |endpoints: &[String], service: &str| endpoints.iter().any(|endpoint| endpoint == service);
        let complete = needed.iter().all(|service| has(&network.interface_endpoints, service))
            && has(&network.gateway_endpoints, "s3");
        if complete {
            return;
        }
        let words = if secrets { "s3, ecr, logs, secretsmanager" } else { "s3, ecr, logs" };
        let message = format!(
            "none leaves apps on ECS no way to their images and logs; use single, or endpoints: [{words}]"
        );
        let path = Path::root().key("network");
        self.conflict(Conflict::new(path.key("nat"), message).with(path.key("endpoints")));
    }

    /// Endpoints lead to the private registries of ECR in the same region, and to no other.
    /// Source: Amazon ECR user guide, "Amazon ECR interface VPC endpoints (AWS PrivateLink)", "Considerations for Amazon ECR
    /// VPC endpoints": no requests across regions, no public repositories.
    fn images_in_reach(&mut self, apps: &BTreeMap<Key, App>) {
        let region = &self.spec.cloud.region;
        let mut conflicts = Vec::new();
        for (key, app) in apps.iter().filter(|(_, app)| app.on_ecs().is_some()) {
            let Image::Named(name) = &app.image else { continue };
            if is_in_ecr(name, region) {
                continue;
            }
            let message = format!(
                "\"{name}\" is not in ECR of {region}, and without NAT nothing else is reached; push it to one of the \
                 registries of this file, or use network.nat: single"
            );
            let at = Path::root().key("apps").key(key.as_str()).key("image");
            let network = Path::root().key("network").key("nat");
            let of_region = Path::root().key("cloud").key("region");
            conflicts.push(Conflict::new(at, message).with(network).with(of_region));
        }
        conflicts.into_iter().for_each(|conflict| self.conflict(conflict));
    }

    /// A load balancer that the internet reaches stands in public subnets.
    pub(super) fn way_in(&mut self, network: Option<&Network>) {
        let existing = network.and_then(Network::existing);
        if existing.is_none_or(|existing| !existing.public_subnet_ids.is_empty()) {
            return;
        }
        let spec = self.spec;
        for (key, app) in &spec.apps {
            let Some(balancer) = app.expose.as_ref().and_then(|expose| expose.load_balancer.as_ref()) else {
                continue;
            };
            if kind_of(balancer) != LoadBalancerKind::Public {
                continue;
            }
            let at = Path::root().key("apps").key(key.as_str()).key("expose").key("load_balancer");
            let message = "is reached from the internet, but network.existing names no public_subnet_ids; add them, or set internal: true";
            let network = Path::root().key("network").key("existing");
            self.conflict(Conflict::new(at, message).with(network));
        }
    }

    fn load_balancers(
        &mut self,
        apps: &BTreeMap<Key, App>,
        policy: LifecyclePolicy,
    ) -> BTreeMap<LoadBalancerKind, LoadBalancer> {
        let mut balancers = BTreeMap::new();
        for app in apps.values() {
            let Some(route) = app.on_ecs().and_then(|app| app.route.as_ref()) else { continue };
            balancers.entry(route.load_balancer).or_insert_with(|| LoadBalancer {
                name: self.names.load_balancer(route.load_balancer.as_str()),
                certificates: Vec::new(),
                deletion_protection: policy.deletion_protection,
            });
        }
        for kind in [LoadBalancerKind::Public, LoadBalancerKind::Internal] {
            if let Some(balancer) = balancers.get_mut(&kind) {
                balancer.certificates = self.shared(kind, apps);
            }
        }
        for (kind, balancer) in &balancers {
            self.check_quotas(*kind, balancer, apps);
        }
        balancers
    }

    /// The certificates of the apps that share a load balancer. Refuses what can't be told apart on it.
    fn shared(&mut self, kind: LoadBalancerKind, apps: &BTreeMap<Key, App>) -> Vec<Certificate> {
        let spec = self.spec;
        let on_ecs = |key: &Key| apps.get(key).is_some_and(|app| app.on_ecs().is_some());
        let on_it = spec.apps.iter().filter(|(key, _)| on_ecs(key)).filter_map(|(key, app)| {
            let balancer = app.expose.as_ref()?.load_balancer.as_ref()?;
            let path = Path::root().key("apps").key(key.as_str()).key("expose").key("load_balancer");
            (kind_of(balancer) == kind).then_some((key, balancer, path))
        });
        let certificate_of = |key: &Key| {
            let app = apps.get(key)?.on_ecs()?;
            app.route.as_ref()?.certificate.clone()
        };
        let mut certificates: Vec<Certificate> = Vec::new();
        let mut hosts: BTreeMap<Option<&String>, &Key> = BTreeMap::new();
        let mut first: Option<(bool, Key, Path)> = None;
        let dns = spec.dns.as_ref();
        for (key, balancer, path) in on_it {
            if let Some(other) = hosts.insert(balancer.host.as_ref(), key) {
                let message = match &balancer.host {
                    Some(host) => format!("\"{host}\" is the host of apps.{other} on the same load balancer"),
                    None => format!(
                        "is required: apps.{other} gets what no other app of the load balancer asks for"
                    ),
                };
                self.conflict(Conflict::new(path.key("host"), message).with(path.clone()));
            }
            let certificate = certificate_of(key);
            // What is wrong with its host is said there, and a host that is put right may well bring a certificate.
            if certificate.is_none() && is_outside(balancer.host.as_deref(), dns) {
                continue;
            }
            let has_certificate = certificate.is_some();
            match &first {
                Some((expected, other, other_path)) if *expected != has_certificate => {
                    let message = format!(
                        "apps.{other} shares the load balancer and has {}; give both a certificate or neither",
                        if *expected { "one" } else { "none" }
                    );
                    let conflict = Conflict::new(path.key("certificate_arn"), message);
                    self.conflict(conflict.with(path.key("host")).with(other_path.clone()));
                }
                Some(_) => {}
                None => first = Some((has_certificate, key.clone(), path)),
            }
            certificates.extend(certificate.filter(|one| !certificates.contains(one)));
        }
        certificates
    }
}

/// Whether an image is in a private registry of ECR: `<account id>.dkr.ecr.<region>.amazonaws.com/<repository>`.
/// Source: Amazon ECR user guide, "Amazon ECR private registry", "Private registry concepts".
fn is_in_ecr(image: &str, region: &str) -> bool {
    let host = image.split_once('/').map(|(host, _)| host);
    let place = host.and_then(|host| host.strip_suffix(".amazonaws.com"));
    place.and_then(|place| place.split_once(".dkr.ecr.")).is_some_and(|(account, of_region)| {
        account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) && of_region == region
    })
}

/// Who reaches the load balancer that an app asks for.
pub(super) fn kind_of(balancer: &LoadBalancerSpec) -> LoadBalancerKind {
    if balancer.internal == Some(true) { LoadBalancerKind::Internal } else { LoadBalancerKind::Public }
}
