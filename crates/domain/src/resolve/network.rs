//! The VPC, its zones and their subnets.

mod existing;

use ipnet::Ipv4Net;

use super::{Conflict, Resolver, document_database::is_atlas};
use crate::{
    FlowLogs, Key, MadeVpc, Nat, Network, Vpc, Zone, addresses,
    facts::{Region, RegionLookup, ZONE_LETTERS, zone_without_control_planes},
    spec::{Endpoint, NetworkSpec, Path, Switch, ZonesSpec},
};

/// 10.0.0.0/16, if nothing else is said.
const DEFAULT_RANGE: (std::net::Ipv4Addr, u8) = (std::net::Ipv4Addr::new(10, 0, 0, 0), 16);

/// What needs a network.
struct Wish {
    /// `databases.main`
    of: String,
    /// Whether what it runs has to reach the internet.
    way_out: bool,
}

impl Resolver<'_> {
    /// The network that the file asks for, or the one that another section needs.
    pub(super) fn network(&mut self) -> Option<Network> {
        let path = Path::root().key("network");
        let spec = match (&self.spec.network, self.wants_network()) {
            (Some(spec), _) => spec.clone(),
            (None, Some(wish)) => {
                self.explain(&path, &"{}", &format!("because {} needs one", wish.of));
                let nat = (!wish.way_out).then(|| {
                    // Nobody in the private subnets needs the way out or pays for it.
                    self.explain(&path.key("nat"), &Nat::None, "because nothing in it needs a way out");
                    Nat::None
                });
                NetworkSpec { nat, ..NetworkSpec::default() }
            }
            (None, None) => return None,
        };
        let vpc = match &spec.existing {
            Some(existing) => Vpc::Existing(self.existing_vpc(&spec, existing, &path)),
            None => Vpc::Made(self.made_vpc(&spec, &path)?),
        };
        let flow_logs = self.flow_logs(&spec, &path.key("flow_logs"));
        Some(Network { name: self.names.vpc(), vpc, flow_logs })
    }

    fn made_vpc(&mut self, spec: &NetworkSpec, path: &Path) -> Option<MadeVpc> {
        let default_range = Ipv4Net::new(DEFAULT_RANGE.0, DEFAULT_RANGE.1).ok()?;
        let cidr = self.or_default(&path.key("cidr"), spec.cidr, default_range);
        let zones = self.zone_names(spec.availability_zones.as_ref(), &path.key("availability_zones"));
        self.check_control_plane(zones.as_deref(), &path.key("availability_zones"));
        let nat = self.or_profile(&path.key("nat"), spec.nat, self.defaults.nat);
        if nat == Nat::None && self.spec.kubernetes.is_some() {
            let message = "nodes fetch images and call AWS through NAT; use single or per_az";
            self.conflict(Conflict::new(path.key("nat"), message));
        }
        let ipv6 = self.or_default(&path.key("ipv6"), spec.ipv6, false);
        let endpoints = self.endpoints(spec.endpoints.clone(), &path.key("endpoints"));
        Some(MadeVpc {
            cidr,
            zones: self.subnets(cidr, zones?, path)?,
            nat,
            ipv6,
            gateway_endpoints: services(&endpoints, Endpoint::gateways),
            interface_endpoints: services(&endpoints, Endpoint::interfaces),
        })
    }

    /// What needs a network though the file has no section for one.
    fn wants_network(&self) -> Option<Wish> {
        let wish = |section: &str, key: Option<&Key>, way_out| {
            key.map(|key| Wish { of: format!("{section}.{key}"), way_out })
        };
        // Atlas stands outside and lets in the addresses of the NAT gateways.
        let documents = |way_out| {
            let spec = self.spec.document_database.as_ref().filter(|spec| is_atlas(spec) == way_out);
            spec.map(|_| Wish { of: "document_database".to_owned(), way_out })
        };
        // Those that need a way out come first, because theirs decides about NAT.
        let wishes = [
            self.spec.kubernetes.as_ref().map(|_| Wish { of: "kubernetes".to_owned(), way_out: true }),
            self.spec.ecs.as_ref().map(|_| Wish { of: "ecs".to_owned(), way_out: true }),
            documents(true),
            wish("databases", self.spec.databases.keys().next(), false),
            wish("caches", self.spec.caches.keys().next(), false),
            documents(false),
        ];
        wishes.into_iter().flatten().next()
    }

    fn zone_names(&mut self, given: Option<&ZonesSpec>, path: &Path) -> Option<Vec<String>> {
        let RegionLookup::Known(region) = Region::find(&self.spec.cloud.region) else { return None };
        let of_region = Path::root().key("cloud").key("region");
        match given {
            Some(ZonesSpec::Names(names)) => {
                let before = self.conflicts.len();
                for (index, name) in names.iter().enumerate() {
                    if zone_position(region.name, name).is_none() {
                        let known = region.zones().collect::<Vec<_>>().join(", ");
                        let message = format!("\"{name}\" is not a zone of {}; zones: {known}", region.name);
                        self.conflict(Conflict::new(path.index(index), message).with(of_region.clone()));
                    }
                }
                let mut names = names.clone();
                names.sort();
                (self.conflicts.len() == before).then_some(names)
            }
            Some(ZonesSpec::Count(count)) => {
                let available = region.zone_count();
                if usize::from(*count) > available {
                    let message = format!("{} has {available} zones; {count} are too many", region.name);
                    self.conflict(Conflict::new(path.clone(), message).with(of_region));
                    return None;
                }
                Some(region.zones().take(usize::from(*count)).collect())
            }
            None => {
                let wanted = usize::from(self.defaults.availability_zones);
                let count = wanted.min(region.zone_count());
                let because = if count < wanted {
                    format!("because {} has {count} zones", region.name)
                } else {
                    self.because_profile.clone()
                };
                self.explain(path, &count, &because);
                Some(region.zones().take(count).collect())
            }
        }
    }

    /// A cluster's subnets stand where EKS makes control planes. Which name the other zone has differs from account to
    /// account, so a file that leaves one out may be right, and one that names them all can't be. That is certain in
    /// us-east-1 alone, where every account has all the zones; elsewhere an account may not have that zone at all. What
    /// can't be known here is refused when Terraform plans, which asks the account: `files/kubernetes/zones.rs` of crate
    /// `blueprint`.
    /// Source: <https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html>, "Subnet requirements for clusters".
    fn check_control_plane(&mut self, zones: Option<&[String]>, path: &Path) {
        const REGION: &str = "us-east-1";
        let RegionLookup::Known(region) = Region::find(&self.spec.cloud.region) else { return };
        let all = zones.is_some_and(|zones| zones.len() == region.zone_count());
        let without = zone_without_control_planes(REGION).filter(|_| region.name == REGION && all);
        let Some(zone) = without.filter(|_| self.spec.kubernetes.is_some()) else { return };
        let message = format!(
            "all zones of {REGION} are too many for kubernetes: one of them is {zone}, where EKS makes no control plane; \
             use {} at most, without the one that is {zone} in your account",
            region.zone_count() - 1
        );
        let conflict = Conflict::new(path.clone(), message).with(Path::root().key("kubernetes"));
        self.conflict(conflict.with(Path::root().key("cloud").key("region")));
    }

    fn subnets(&mut self, cidr: Ipv4Net, names: Vec<String>, path: &Path) -> Option<Vec<Zone>> {
        let region = &self.spec.cloud.region;
        let positions: Vec<u8> = names.iter().filter_map(|name| zone_position(region, name)).collect();
        match addresses::divide(cidr, &positions) {
            Ok(subnets) => Some(
                names
                    .into_iter()
                    .zip(positions)
                    .zip(subnets)
                    .map(|((name, position), s)| Zone {
                        name,
                        position,
                        public: s.public,
                        private: s.private,
                        isolated: s.isolated,
                    })
                    .collect(),
            ),
            Err(addresses::TooSmall { needed }) => {
                let message = format!(
                    "{cidr} is too small: {} zones need {} subnets of at least /{}; use /{needed} or larger",
                    names.len(),
                    3 * names.len(),
                    addresses::SMALLEST_SUBNET,
                );
                self.conflict(Conflict::new(path.key("cidr"), message).with(path.key("availability_zones")));
                None
            }
        }
    }

    fn endpoints(&mut self, given: Option<Vec<Endpoint>>, path: &Path) -> Vec<Endpoint> {
        given.unwrap_or_else(|| {
            let words: Vec<&str> = self.defaults.endpoints.iter().map(|endpoint| endpoint.as_str()).collect();
            let because = self.because_profile.clone();
            self.explain(path, &format_args!("[{}]", words.join(", ")), &because);
            self.defaults.endpoints.to_vec()
        })
    }

    fn flow_logs(&mut self, spec: &NetworkSpec, path: &Path) -> Option<FlowLogs> {
        let retention_days = match &spec.flow_logs {
            Some(Switch::Off) => return None,
            Some(Switch::On(spec)) => {
                let default = self.defaults.flow_log_retention_days;
                self.log_retention(&path.key("retention_days"), spec.retention_days, default)
            }
            None if spec.existing.is_some() => {
                // They would hold, and cost, what everybody else does in it.
                self.explain(path, &false, "because the network is not the environment's own");
                return None;
            }
            None => {
                let because = self.because_profile.clone();
                let Some(days) = self.defaults.flow_logs else {
                    self.explain(path, &false, &because);
                    return None;
                };
                self.log_retention(&path.key("retention_days"), None, days)
            }
        };
        let (log_group, role_name) = (self.names.flow_logs_group(), self.names.flow_logs_role());
        Some(FlowLogs { log_group, role_name, retention_days })
    }
}

/// Position of a zone's letter in the alphabet; `None` if it is no zone of the region.
fn zone_position(region: &str, zone: &str) -> Option<u8> {
    let mut letters = zone.strip_prefix(region)?.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) if ZONE_LETTERS.contains(&letter) => {
            u8::try_from(u32::from(letter) - u32::from(*ZONE_LETTERS.start())).ok()
        }
        _ => None,
    }
}

/// The services behind some words, sorted: the order in the file changes nothing.
fn services(endpoints: &[Endpoint], of: fn(Endpoint) -> &'static [&'static str]) -> Vec<String> {
    let mut services: Vec<String> =
        endpoints.iter().flat_map(|endpoint| of(*endpoint)).map(|service| (*service).to_owned()).collect();
    services.sort();
    services
}
