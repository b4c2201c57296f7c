//! Databases: their size, their storage and what protects them.

use super::{Conflict, DEFAULT, LifecyclePolicy, Resolver};
use crate::{
    Database, EnhancedMonitoring, Key, facts,
    profile::DatabaseShape,
    spec::{
        DataOnDestroy, DatabaseEngine, DatabaseSize, DatabaseSpec, Gibibytes, MonitoringSpec, Path, Size,
        Switch,
    },
};

const DEFAULT_POSTGRES_VERSION: &str = "17";
const DEFAULT_DATABASE_NAME: &str = "app";
const DEFAULT_MASTER_USERNAME: &str = "terrane";

impl Resolver<'_> {
    pub(super) fn database(
        &mut self,
        key: &Key,
        spec: &DatabaseSpec,
        path: &Path,
        policy: LifecyclePolicy,
    ) -> Database {
        let defaults = self.defaults;
        let _: DatabaseEngine =
            self.or_because(&path.key("engine"), spec.engine, DatabaseEngine::Postgres, DEFAULT);
        let or_default = |this: &mut Self, name: &str, given: &Option<String>, default: &str| {
            this.or_because(&path.key(name), given.clone(), default.to_owned(), DEFAULT)
        };
        let version = or_default(self, "version", &spec.version, DEFAULT_POSTGRES_VERSION);
        let instance_class = self.instance_class(spec, path);
        let (storage_gib, max_storage_gib) = self.storage(spec, path);
        let multi_az = self.or_profile(
            &path.key("high_availability"),
            spec.high_availability,
            defaults.high_availability,
        );
        let backup_retention_days = self.or_profile(
            &path.key("backup_retention_days"),
            spec.backup_retention_days,
            defaults.backup_retention_days,
        );
        let deletion_protection = self.database_protection(spec, path, policy);
        let environment_key = self.own_key(&path.key("encryption"), spec.encryption);
        let performance_insights = self.or_profile(
            &path.key("performance_insights"),
            spec.performance_insights,
            defaults.performance_insights,
        );
        let enhanced_monitoring =
            self.monitoring(spec.enhanced_monitoring.as_ref(), &path.key("enhanced_monitoring"));
        Database {
            identifier: self.names.database(key),
            version,
            instance_class,
            storage_gib,
            max_storage_gib,
            multi_az,
            backup_retention_days,
            deletion_protection,
            final_snapshot: match policy.on_destroy {
                DataOnDestroy::Snapshot => Some(self.names.final_snapshot(key)),
                DataOnDestroy::Delete => None,
            },
            environment_key,
            performance_insights,
            enhanced_monitoring: enhanced_monitoring.map(|interval_seconds| EnhancedMonitoring {
                interval_seconds,
                role_name: self.names.monitoring_role(key),
            }),
            database_name: or_default(self, "database_name", &spec.database_name, DEFAULT_DATABASE_NAME),
            master_username: or_default(
                self,
                "master_username",
                &spec.master_username,
                DEFAULT_MASTER_USERNAME,
            ),
        }
    }

    fn instance_class(&mut self, spec: &DatabaseSpec, path: &Path) -> String {
        match &spec.size {
            Some(DatabaseSize::Exact { instance_class }) => instance_class.clone(),
            Some(DatabaseSize::Named(size)) => {
                let class = DatabaseShape::of(*size).instance_class;
                self.explain(
                    &path.key("size").key("instance_class"),
                    &class,
                    &format!("because size {size}"),
                );
                class.to_owned()
            }
            None => {
                let size = self.defaults.database_size;
                let class = DatabaseShape::of(size).instance_class;
                let because = self.because_profile.clone();
                self.explain(&path.key("size"), &size, &because);
                self.explain(
                    &path.key("size").key("instance_class"),
                    &class,
                    &format!("because size {size}"),
                );
                class.to_owned()
            }
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

    fn database_protection(&mut self, spec: &DatabaseSpec, path: &Path, policy: LifecyclePolicy) -> bool {
        let lifecycle = self.spec.lifecycle.as_ref();
        let because = if lifecycle.is_some_and(|lifecycle| lifecycle.deletion_protection.is_some()) {
            "because lifecycle.deletion_protection".to_owned()
        } else if lifecycle.is_some_and(|lifecycle| lifecycle.ttl.is_some()) {
            "because lifecycle.ttl".to_owned()
        } else {
            self.because_profile.clone()
        };
        let at = path.key("deletion_protection");
        self.or_because(&at, spec.deletion_protection, policy.deletion_protection, &because)
    }

    fn monitoring(&mut self, given: Option<&Switch<MonitoringSpec>>, path: &Path) -> Option<u8> {
        const DEFAULT_INTERVAL: u8 = 60;
        match given {
            Some(Switch::Off) => None,
            Some(Switch::On(spec)) => Some(self.or_because(
                &path.key("interval_seconds"),
                spec.interval_seconds,
                DEFAULT_INTERVAL,
                DEFAULT,
            )),
            None => {
                let because = self.because_profile.clone();
                match self.defaults.enhanced_monitoring {
                    Some(seconds) => self.explain(&path.key("interval_seconds"), &seconds, &because),
                    None => self.explain(path, &false, &because),
                }
                self.defaults.enhanced_monitoring
            }
        }
    }
}
