//! Aurora PostgreSQL.

use crate::{
    AuroraCluster, AuroraCompute, ClusterInstance, Key, Network,
    facts::database_classes::{aurora_runs_on, instead_for_postgres},
    names::Names,
    profile::aurora_instance_class,
    resolve::{Conflict, Resolver},
    spec::{DatabaseSpec, Path},
};

impl Resolver<'_> {
    pub(super) fn aurora_cluster(
        &mut self,
        key: &Key,
        spec: &DatabaseSpec,
        path: &Path,
        network: Option<&Network>,
    ) -> AuroraCluster {
        for (name, given) in [("storage", spec.storage), ("max_storage", spec.max_storage)] {
            if given.is_some() {
                let message = "is not for aurora_postgres, whose storage grows by itself; leave it out";
                self.conflict(Conflict::new(path.key(name), message).with(path.key("engine")));
            }
        }
        let compute = self.aurora_compute(spec, path);
        let readers = self.readers(spec.high_availability, spec.replicas, path);
        let instances =
            self.cluster_instances(readers, network, |names, number| names.database_instance(key, number));
        AuroraCluster { compute, instances }
    }

    /// One instance that writes and so many readers, zone after zone. Zones are said, not left to AWS, which may put all
    /// of them into one.
    pub(in crate::resolve) fn cluster_instances(
        &self,
        readers: u8,
        network: Option<&Network>,
        name: impl Fn(&Names, usize) -> String,
    ) -> Vec<ClusterInstance> {
        let zones: Vec<&str> = network
            .and_then(Network::made)
            .into_iter()
            .flat_map(|vpc| &vpc.zones)
            .map(|zone| zone.name.as_str())
            .collect();
        (0..=usize::from(readers))
            .map(|at| ClusterInstance {
                identifier: name(&self.names, at + 1),
                zone: zones.get(at % zones.len().max(1)).map(|zone| (*zone).to_owned()),
            })
            .collect()
    }

    fn aurora_compute(&mut self, spec: &DatabaseSpec, path: &Path) -> AuroraCompute {
        if let Some(capacity) = spec.capacity {
            if spec.size.is_some() {
                let message = "says what a capacity already says; drop one of them";
                self.conflict(Conflict::new(path.key("size"), message).with(path.key("capacity")));
            }
            return AuroraCompute::Serverless { min: capacity.min, max: capacity.max };
        }
        let instance_class = self.instance_class(spec, path, aurora_instance_class);
        // Of a general-purpose family there is no newer one that would do.
        let instead = instead_for_postgres(&instance_class).filter(|instead| !instead.starts_with('m'));
        if instead.is_some() || !aurora_runs_on(&instance_class) {
            let remedy = match instead {
                Some(instead) => format!("use the family db.{instead}"),
                None => "use a class of the families r and x, or medium or large of t".to_owned(),
            };
            let message = format!("Aurora PostgreSQL does not run on {instance_class}; {remedy}");
            let at = path.key("size").key("instance_class");
            self.conflict(Conflict::new(at, message).with(path.key("engine")));
        }
        AuroraCompute::Provisioned { instance_class }
    }

    /// How many instances of a cluster take reads.
    pub(in crate::resolve) fn readers(
        &mut self,
        high_availability: Option<bool>,
        replicas: Option<u8>,
        path: &Path,
    ) -> u8 {
        let at_availability = path.key("high_availability");
        let at_replicas = path.key("replicas");
        let available = self.or_profile(&at_availability, high_availability, self.defaults.high_availability);
        let because = format!("because high_availability {available}");
        let readers = self.or_because(&at_replicas, replicas, u8::from(available), &because);
        if available && readers == 0 {
            let message =
                "0 leaves no reader that could take over, which high_availability needs; use 1 or more";
            self.conflict(Conflict::new(at_replicas, message).with(at_availability));
        }
        readers
    }
}
