//! RDS for PostgreSQL.

use crate::{
    Key, RdsInstance,
    facts::{self, database_classes::instead_for_postgres},
    profile::DatabaseShape,
    resolve::{Conflict, Resolver},
    spec::{DatabaseSize, DatabaseSpec, Gibibytes, Path, Size},
};

impl Resolver<'_> {
    pub(super) fn rds_instance(&mut self, key: &Key, spec: &DatabaseSpec, path: &Path) -> RdsInstance {
        if spec.capacity.is_some() {
            let message = "is only for aurora_postgres; give a size, or use engine: aurora_postgres";
            self.conflict(Conflict::new(path.key("capacity"), message).with(path.key("engine")));
        }
        let instance_class = self.instance_class(spec, path, |size| DatabaseShape::of(size).instance_class);
        if let Some(instead) = instead_for_postgres(&instance_class) {
            let message =
                format!("RDS for PostgreSQL does not run on {instance_class}; use the family db.{instead}");
            let at = path.key("size").key("instance_class");
            self.conflict(Conflict::new(at, message).with(path.key("engine")));
        }
        let (storage_gib, max_storage_gib) = self.storage(spec, path);
        let multi_az = self.or_profile(
            &path.key("high_availability"),
            spec.high_availability,
            self.defaults.high_availability,
        );
        let replicas = self.or_default(&path.key("replicas"), spec.replicas, 0);
        if replicas > 0 && spec.restore_from.is_some() && spec.master_username.is_none() {
            let message =
                "is needed with restore_from and replicas; give the name of the user that the snapshot has";
            let conflict = Conflict::new(path.key("master_username"), message);
            self.conflict(conflict.with(path.key("restore_from")).with(path.key("replicas")));
        }
        RdsInstance {
            instance_class,
            storage_gib,
            max_storage_gib,
            multi_az,
            replicas: (1..=usize::from(replicas)).map(|n| self.names.database_replica(key, n)).collect(),
        }
    }

    /// Storage and where its autoscaling ends, both in GiB.
    fn storage(&mut self, spec: &DatabaseSpec, path: &Path) -> (u32, u32) {
        let size: Size = match spec.size {
            Some(DatabaseSize::Named(size)) => size,
            // An exact class says nothing about storage.
            Some(DatabaseSize::Exact { .. }) | None => self.defaults.database_size,
        };
        let shape = DatabaseShape::of(size);
        let because = match spec.size {
            Some(DatabaseSize::Named(_)) => format!("because size {size}"),
            _ => self.because_profile.clone(),
        };
        let at = path.key("max_storage");
        let storage = self.or_because(&path.key("storage"), spec.storage, shape.storage, &because);
        let doubled = storage.0.saturating_mul(2).min(facts::POSTGRES_MAX_STORAGE_GIB);
        let max_storage = if doubled > shape.max_storage.0 {
            self.or_because(&at, spec.max_storage, Gibibytes(doubled), "because twice the storage")
        } else {
            self.or_because(&at, spec.max_storage, shape.max_storage, &because)
        };
        // In tenths, so that nothing is rounded.
        let least = storage.0.saturating_mul(11).div_ceil(10);
        if max_storage.0 < least {
            let message = format!(
                "{max_storage} must be at least 10 % more than the storage of {storage}; use {least} GiB or more"
            );
            self.conflict(Conflict::new(at, message).with(path.key("storage")).with(path.key("size")));
        }
        (storage.0, max_storage.0)
    }
}
