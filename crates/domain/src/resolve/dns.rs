//! The zone in which the names of apps stand, and how each of them gets its record and its certificate.

use std::collections::BTreeMap;

use super::{Conflict, DEFAULT, Resolver};
use crate::{
    App, AppRuntime, Certificate, ClusterRoute, Dns, Key, LoadBalancerKind, ZoneOrigin,
    spec::{ApiGatewaySpec, DnsSpec, LoadBalancerSpec, Path},
};

/// What stands behind the host of an app.
#[derive(Debug, Default)]
pub(super) struct HostName {
    /// The zone has a record for it.
    pub(super) record: bool,
    pub(super) certificate: Option<Certificate>,
}

impl Resolver<'_> {
    pub(super) fn dns(&mut self) -> Option<Dns> {
        let spec = self.spec.dns.as_ref()?;
        let path = zone_path();
        let at_create = path.key("create");
        let created = self.or_default(&at_create, spec.create, false);
        if let Some(parent) = &spec.parent {
            let at_parent = path.key("parent");
            if !created {
                let message = "is where a new zone is entered; add create: true, or leave this out";
                self.conflict(Conflict::new(at_parent, message).with(at_create));
            } else if spec.zone == *parent || !is_in_zone(&spec.zone, parent) {
                let message = format!("\"{}\" is not below \"{parent}\"", spec.zone);
                self.conflict(Conflict::new(at_parent, message).with(path.key("zone")));
            }
        }
        let origin = match created {
            true => ZoneOrigin::Created { parent: spec.parent.clone() },
            false => ZoneOrigin::Existing,
        };
        Some(Dns { zone: spec.zone.clone(), origin })
    }

    /// The record and the certificate of an app on a load balancer; `path` is that of `load_balancer`.
    pub(super) fn name_on_balancer(&mut self, key: &Key, spec: &LoadBalancerSpec, path: &Path) -> HostName {
        let at_tls = path.key("tls");
        let in_zone = self.is_in_zone(spec.host.as_ref());
        if let Some(arn) = &spec.certificate_arn {
            self.check_certificate(arn, path);
            if spec.tls == Some(false) {
                let message = "is false, and there is a certificate; drop one of them";
                self.conflict(Conflict::new(at_tls.clone(), message).with(path.key("certificate_arn")));
            }
            let _: bool = self.or_because(&at_tls, spec.tls, true, "because certificate_arn");
            return HostName { record: in_zone, certificate: Some(Certificate::Given(arn.clone())) };
        }
        self.check_zone(spec.host.as_ref(), path);
        let because = if in_zone { "because the host is in dns.zone" } else { DEFAULT };
        let tls = self.or_because(&at_tls, spec.tls, in_zone, because);
        if tls && !in_zone {
            let conflict = match (&spec.host, &self.spec.dns) {
                (None, _) => "needs a host to ask a certificate for; add host, or certificate_arn",
                (Some(_), None) => {
                    "needs a zone in which a certificate proves itself; add dns: { zone: … }, or certificate_arn"
                }
                // Said about the host already.
                (Some(_), Some(_)) => return HostName::default(),
            };
            self.conflict(Conflict::new(at_tls, conflict).with(path.clone()).with(zone_path()));
        }
        let certificate = (tls && in_zone).then(|| self.requested_for(key, spec.host.as_ref(), path));
        HostName { record: in_zone, certificate }
    }

    /// The same of an app behind API Gateway; `path` is that of `api_gateway`. An API answers under a name of its own over
    /// TLS only.
    pub(super) fn name_of_api(&mut self, key: &Key, spec: &ApiGatewaySpec, path: &Path) -> HostName {
        let at_certificate = path.key("certificate_arn");
        match (&spec.host, &spec.certificate_arn) {
            (None, None) => HostName::default(),
            (None, Some(_)) => {
                let message = "is for a name of its own; add host: api.acme.example, or leave this out";
                self.conflict(Conflict::new(at_certificate, message).with(path.key("host")));
                HostName::default()
            }
            (host @ Some(_), Some(arn)) => {
                self.check_certificate(arn, path);
                let record = self.is_in_zone(host.as_ref());
                HostName { record, certificate: Some(Certificate::Given(arn.clone())) }
            }
            (host @ Some(_), None) => {
                if self.spec.dns.is_none() {
                    let message = "needs a certificate, and a zone in which it proves itself; add dns: { zone: … }, or \
                                   certificate_arn";
                    let conflict = Conflict::new(path.key("host"), message);
                    self.conflict(conflict.with(at_certificate).with(zone_path()));
                    return HostName::default();
                }
                self.check_zone(host.as_ref(), path);
                if !self.is_in_zone(host.as_ref()) {
                    return HostName::default();
                }
                let certificate = self.requested_for(key, host.as_ref(), path);
                HostName { record: true, certificate: Some(certificate) }
            }
        }
    }

    /// A certificate that ACM is asked for. The host is its first name, which has to fit into the common name.
    /// Source: ACM API reference, `RequestCertificate`, `DomainName`.
    fn requested_for(&mut self, key: &Key, host: Option<&String>, path: &Path) -> Certificate {
        const LONGEST: usize = 64;
        if let Some(length) = host.map(String::len).filter(|length| *length > LONGEST) {
            let message = format!(
                "has {length} characters, and ACM makes no certificate whose first name has more than {LONGEST}; use a \
                 shorter one, or give certificate_arn"
            );
            let conflict = Conflict::new(path.key("host"), message);
            self.conflict(conflict.with(path.key("certificate_arn")).with(zone_path()));
        }
        Certificate::RequestedFor(key.clone())
    }

    fn is_in_zone(&self, host: Option<&String>) -> bool {
        host.zip(self.spec.dns.as_ref()).is_some_and(|(host, dns)| is_in_zone(host, &dns.zone))
    }

    /// Refuses a host that the zone can't have a record for.
    fn check_zone(&mut self, host: Option<&String>, path: &Path) {
        let Some((host, dns)) = host.zip(self.spec.dns.as_ref()) else { return };
        if is_in_zone(host, &dns.zone) {
            return;
        }
        let message = format!(
            "\"{host}\" is not in the zone \"{}\"; use a name that ends in .{}, or give the certificate_arn of one that \
             stands elsewhere",
            dns.zone, dns.zone
        );
        let conflict = Conflict::new(path.key("host"), message);
        self.conflict(conflict.with(zone_path().key("zone")).with(path.key("certificate_arn")));
    }

    /// Source: Elastic Load Balancing user guide, "HTTPS listeners"; API Gateway developer guide, "Custom domain names for
    /// HTTP APIs": the certificate is in the region of what serves it.
    fn check_certificate(&mut self, arn: &str, path: &Path) {
        let here = &self.spec.cloud.region;
        let message = |region: &str| format!("is a certificate of {region}; what serves it is in {here}");
        self.check_region(arn, path.key("certificate_arn"), message);
    }

    /// Refuses a name that would have to lead to two places. What is said of one load balancer, or of one kind of route
    /// in the cluster, is said there.
    pub(super) fn check_names(&mut self, apps: &BTreeMap<Key, App>) {
        let mut seen: BTreeMap<&str, (&Key, Claim)> = BTreeMap::new();
        for (key, app) in apps {
            let Some((host, claim)) = Claim::of(app) else { continue };
            let Some((other, other_claim)) = seen.insert(host, (key, claim)) else { continue };
            if claim.meets(other_claim) {
                let message =
                    format!("\"{host}\" is the host of apps.{other} too, and leads to one place only");
                let (at, at_other) = (claim.path(key), other_claim.path(other));
                self.conflict(Conflict::new(at.key("host"), message).with(at_other).with(zone_path()));
            }
        }
    }
}

/// How an app claims a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// On ECS, with or without a record in the zone.
    Balancer { kind: LoadBalancerKind, record: bool },
    /// In the cluster, through an Ingress.
    Ingress,
    /// In the cluster, through a Gateway.
    Gateway,
}

impl Claim {
    fn of(app: &App) -> Option<(&str, Self)> {
        match &app.runtime {
            AppRuntime::Ecs(app) => {
                let route = app.route.as_ref()?;
                let claim = Self::Balancer { kind: route.load_balancer, record: route.record };
                Some((route.host.as_deref()?, claim))
            }
            AppRuntime::Kubernetes(app) => match app.expose.as_ref()? {
                ClusterRoute::Ingress { host, .. } => Some((host.as_deref()?, Self::Ingress)),
                ClusterRoute::Gateway { host } => Some((host.as_deref()?, Self::Gateway)),
                ClusterRoute::LoadBalancer { .. } => None,
            },
        }
    }

    /// Whether two apps can't both have the host. A public and an internal load balancer can, if the zone is somebody
    /// else's, who may answer differently inside.
    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Balancer { kind, .. }, Self::Balancer { kind: other, .. }) if kind == other => {
                kind == LoadBalancerKind::Gateway
            }
            (Self::Balancer { record, .. }, Self::Balancer { record: other_record, .. }) => {
                record && other_record
            }
            _ => self != other,
        }
    }

    /// Where the app makes it.
    fn path(self, key: &Key) -> Path {
        let word = match self {
            Self::Balancer { kind: LoadBalancerKind::Gateway, .. } => "api_gateway",
            Self::Balancer { .. } => "load_balancer",
            Self::Ingress => "ingress",
            Self::Gateway => "gateway",
        };
        Path::root().key("apps").key(key.as_str()).key("expose").key(word)
    }
}

fn zone_path() -> Path {
    Path::root().key("dns")
}

/// Whether a zone can't have a record for a host.
pub(super) fn is_outside(host: Option<&str>, dns: Option<&DnsSpec>) -> bool {
    host.zip(dns).is_some_and(|(host, dns)| !is_in_zone(host, &dns.zone))
}

/// Whether a name is that of a zone or below it.
fn is_in_zone(host: &str, zone: &str) -> bool {
    host == zone || host.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'))
}
