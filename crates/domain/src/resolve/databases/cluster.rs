//! Aurora PostgreSQL.

use crate::{
    AuroraCluster, AuroraCompute, AuroraInstance, Key, Network, facts,
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
        let readers = self.readers(spec, path);
        // Said, not left to AWS, which may put all of them into one zone.
        let zones: Vec<&str> =
            network.into_iter().flat_map(|n| &n.zones).map(|zone| zone.name.as_str()).collect();
        let instances = (0..=usize::from(readers))
            .map(|at| AuroraInstance {
                identifier: self.names.database_instance(key, at + 1),
                zone: zones.get(at % zones.len().max(1)).map(|zone| (*zone).to_owned()),
            })
            .collect();
        AuroraCluster { compute, instances }
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
        if !facts::aurora_runs_on(&instance_class) {
            let message = format!(
                "Aurora PostgreSQL does not run on {instance_class}; use a class of the families r and x, or medium or large of t"
            );
            let at = path.key("size").key("instance_class");
            self.conflict(Conflict::new(at, message).with(path.key("engine")));
        }
        AuroraCompute::Provisioned { instance_class }
    }

    fn readers(&mut self, spec: &DatabaseSpec, path: &Path) -> u8 {
        let at_availability = path.key("high_availability");
        let at_replicas = path.key("replicas");
        let available =
            self.or_profile(&at_availability, spec.high_availability, self.defaults.high_availability);
        let because = format!("because high_availability {available}");
        let readers = self.or_because(&at_replicas, spec.replicas, u8::from(available), &because);
        if available && readers == 0 {
            let message =
                "0 leaves no reader that could take over, which high_availability needs; use 1 or more";
            self.conflict(Conflict::new(at_replicas, message).with(at_availability));
        }
        readers
    }
}
