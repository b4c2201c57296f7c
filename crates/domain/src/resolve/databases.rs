//! Databases: what engines have in common, what protects them, and names that must not meet.

mod cluster;
mod instance;

use std::collections::BTreeMap;

use super::{Conflict, LifecyclePolicy, Resolver};
use crate::{
    Database, DatabaseKind, EnhancedMonitoring, FinalSnapshot, Key, Network,
    facts::{AURORA_POSTGRES_VERSIONS, POSTGRES_VERSIONS},
    spec::{
        DataOnDestroy, DatabaseEngine, DatabaseSize, DatabaseSpec, Encryption, MonitoringSpec, Path, Size,
        Switch,
    },
};

const DEFAULT_POSTGRES_VERSION: &str = "17";
const DEFAULT_DATABASE_NAME: &str = "app";
const DEFAULT_MASTER_USERNAME: &str = "terrane";

impl Resolver<'_> {
    pub(super) fn databases(
        &mut self,
        policy: LifecyclePolicy,
        network: Option<&Network>,
    ) -> BTreeMap<Key, Database> {
        let databases = self.each(&self.spec.databases, "databases", |this, key, spec, path| {
            this.database(key, spec, path, policy, network)
        });
        self.identifiers(&databases);
        databases
    }

    fn database(
        &mut self,
        key: &Key,
        spec: &DatabaseSpec,
        path: &Path,
        policy: LifecyclePolicy,
        network: Option<&Network>,
    ) -> Database {
        let defaults = self.defaults;
        let engine = self.or_default(&path.key("engine"), spec.engine, DatabaseEngine::Postgres);
        self.knows_its_snapshot(engine, spec, path);
        let version = self.postgres_version(engine, spec, path);
        let kind = match engine {
            DatabaseEngine::Postgres => DatabaseKind::Instance(self.rds_instance(key, spec, path)),
            DatabaseEngine::AuroraPostgres => {
                DatabaseKind::Cluster(self.aurora_cluster(key, spec, path, network))
            }
        };
        let backup_retention_days = self.or_profile(
            &path.key("backup_retention_days"),
            spec.backup_retention_days,
            defaults.backup_retention_days,
        );
        self.needs_backups(&kind, backup_retention_days, path);
        let enhanced_monitoring =
            self.monitoring(spec.enhanced_monitoring.as_ref(), &path.key("enhanced_monitoring"));
        // What is restored has names already, and other ones would replace it.
        let or_name =
            |this: &mut Self, name: &str, given: &Option<String>, default: &str| match spec.restore_from {
                Some(_) => given.clone(),
                None => Some(this.or_default(&path.key(name), given.clone(), default.to_owned())),
            };
        Database {
            identifier: self.names.database(key),
            version,
            kind,
            backup_retention_days,
            deletion_protection: self.protection(spec.deletion_protection, path, policy),
            final_snapshot: self.final_snapshot(self.names.final_snapshot(key), policy),
            restore_from: spec.restore_from.as_ref().map(|from| from.snapshot.clone()),
            environment_key: self.database_key(engine, spec, path),
            performance_insights: self.or_profile(
                &path.key("performance_insights"),
                spec.performance_insights,
                defaults.performance_insights,
            ),
            enhanced_monitoring: enhanced_monitoring.map(|interval_seconds| EnhancedMonitoring {
                interval_seconds,
                role_name: self.names.monitoring_role(key),
            }),
            iam_authentication: self.or_profile(
                &path.key("iam_authentication"),
                spec.iam_authentication,
                defaults.iam_authentication,
            ),
            log_retention_days: self.log_retention(
                &path.key("log_retention_days"),
                spec.log_retention_days,
                defaults.log_retention_days,
            ),
            database_name: or_name(self, "database_name", &spec.database_name, DEFAULT_DATABASE_NAME),
            master_username: or_name(self, "master_username", &spec.master_username, DEFAULT_MASTER_USERNAME),
        }
    }

    /// Whether the environment's key encrypts the database. An instance that is restored has the key of its snapshot;
    /// only Aurora takes another one.
    /// Source: RDS API reference, `RestoreDBInstanceFromDBSnapshot`, which has no `KmsKeyId`.
    fn database_key(&mut self, engine: DatabaseEngine, spec: &DatabaseSpec, path: &Path) -> bool {
        let at = path.key("encryption");
        if engine == DatabaseEngine::AuroraPostgres || spec.restore_from.is_none() {
            return self.own_key(&at, spec.encryption);
        }
        if spec.encryption == Some(Encryption::Kms) {
            let message = "can't be chosen with restore_from: the instance has the key of its snapshot; leave this out, \
                           or copy the snapshot with the key that you want and restore from the copy";
            self.conflict(Conflict::new(at, message).with(path.key("restore_from")));
        } else if spec.encryption.is_none() {
            self.explain(&at, &"aws", "because restore_from keeps the key of the snapshot");
        }
        false
    }

    /// What is restored has a version and a size already. A default would upgrade it unasked, or shrink it, which RDS
    /// refuses half-way.
    fn knows_its_snapshot(&mut self, engine: DatabaseEngine, spec: &DatabaseSpec, path: &Path) {
        let Some(from) = &spec.restore_from else { return };
        let region = &self.spec.cloud.region;
        // Source: RDS user guide, "Restoring to a DB instance": in the region of the snapshot. A name is one of that.
        if let Some(of_snapshot) = from.snapshot.split(':').nth(3).filter(|of_snapshot| of_snapshot != region)
        {
            let message =
                format!("is a snapshot of {of_snapshot}; copy it to {region} and give the ARN of the copy");
            let conflict = Conflict::new(path.key("restore_from").key("snapshot"), message);
            self.conflict(conflict.with(Path::root().key("cloud").key("region")));
        }
        let instance = engine == DatabaseEngine::Postgres;
        let needed = [
            ("version", spec.version.is_none(), "give that of the snapshot, or a later one to upgrade to"),
            ("storage", instance && spec.storage.is_none(), "give that of the snapshot, or more"),
        ];
        for (key, _, remedy) in needed.into_iter().filter(|(_, missing, _)| *missing) {
            let conflict = Conflict::new(path.key(key), format!("is needed with restore_from; {remedy}"));
            self.conflict(conflict.with(path.key("restore_from")));
        }
    }

    fn postgres_version(&mut self, engine: DatabaseEngine, spec: &DatabaseSpec, path: &Path) -> String {
        let at = path.key("version");
        let default = DEFAULT_POSTGRES_VERSION.to_owned();
        let version = self.or_default(&at, spec.version.clone(), default);
        let (name, offered) = match engine {
            DatabaseEngine::Postgres => ("RDS for PostgreSQL", POSTGRES_VERSIONS),
            DatabaseEngine::AuroraPostgres => ("Aurora PostgreSQL", AURORA_POSTGRES_VERSIONS),
        };
        if !offered.contains(&version.as_str()) {
            let message =
                format!("\"{version}\" is no version of {name}, which offers {}", offered.join(", "));
            self.conflict(Conflict::new(at, message).with(path.key("engine")));
        }
        version
    }

    /// Source: Aurora user guide, "Backing up an Aurora DB cluster" (1 to 35 days); RDS user guide, "Working with DB
    /// instance read replicas" (automatic backups have to be on).
    fn needs_backups(&mut self, kind: &DatabaseKind, days: u8, path: &Path) {
        let because = match kind {
            DatabaseKind::Cluster(_) => "aurora_postgres",
            DatabaseKind::Instance(instance) if !instance.replicas.is_empty() => "a database with replicas",
            DatabaseKind::Instance(_) => return,
        };
        if days == 0 {
            let message = format!("0 turns backups off, which {because} can't do without; use 1 or more");
            let conflict = Conflict::new(path.key("backup_retention_days"), message);
            self.conflict(conflict.with(path.key("engine")).with(path.key("replicas")));
        }
    }

    /// Instances share one namespace, so `main` with a second instance and a database `main-2` would meet.
    fn identifiers(&mut self, databases: &BTreeMap<Key, Database>) {
        let mut owners: BTreeMap<&str, &Key> = BTreeMap::new();
        for (key, database) in databases {
            for identifier in database.instance_identifiers() {
                if let Some(other) = owners.insert(identifier, key) {
                    let path = Path::root().key("databases");
                    let message = format!(
                        "has an instance of the same name as {other} has, {identifier}; call one of the two otherwise"
                    );
                    self.conflict(
                        Conflict::new(path.key(key.as_str()), message).with(path.key(other.as_str())),
                    );
                }
            }
        }
    }

    pub(super) fn final_snapshot(&self, prefix: String, policy: LifecyclePolicy) -> Option<FinalSnapshot> {
        match policy.on_destroy {
            DataOnDestroy::Snapshot => Some(FinalSnapshot::PerIncarnation { prefix }),
            DataOnDestroy::Delete => None,
        }
    }

    /// The exact class, or what a size in words stands for.
    fn instance_class(&mut self, spec: &DatabaseSpec, path: &Path, of: fn(Size) -> &'static str) -> String {
        let at = path.key("size");
        let given = match &spec.size {
            Some(DatabaseSize::Exact { instance_class }) => return instance_class.clone(),
            Some(DatabaseSize::Named(size)) => Some(*size),
            None => None,
        };
        self.of_size(&at, "instance_class", (given, self.defaults.database_size), of)
    }

    /// Whether AWS refuses to delete a thing that holds data; `path` is that of the thing.
    pub(super) fn protection(&mut self, given: Option<bool>, path: &Path, policy: LifecyclePolicy) -> bool {
        let lifecycle = self.spec.lifecycle.as_ref();
        let because = if lifecycle.is_some_and(|lifecycle| lifecycle.deletion_protection.is_some()) {
            "because lifecycle.deletion_protection".to_owned()
        } else if lifecycle.is_some_and(|lifecycle| lifecycle.ttl.is_some()) {
            "because lifecycle.ttl".to_owned()
        } else {
            self.because_profile.clone()
        };
        let at = path.key("deletion_protection");
        if policy.deletion_protection && given == Some(false) {
            let message = "can't be off while lifecycle.deletion_protection is on, which protects all that holds data; \
                           leave it out, or turn that off and protect single databases";
            self.conflict(Conflict::new(at.clone(), message).with(super::lifecycle::switch()));
        }
        if given == Some(true) && lifecycle.is_some_and(|lifecycle| lifecycle.ttl.is_some()) {
            let message = "can't be on together with lifecycle.ttl, at whose end this is destroyed all the same; drop one \
                           of them";
            let ttl = Path::root().key("lifecycle").key("ttl");
            self.conflict(Conflict::new(at.clone(), message).with(ttl));
        }
        self.or_because(&at, given, policy.deletion_protection, &because)
    }

    fn monitoring(&mut self, given: Option<&Switch<MonitoringSpec>>, path: &Path) -> Option<u8> {
        const DEFAULT_INTERVAL: u8 = 60;
        match given {
            Some(Switch::Off) => None,
            Some(Switch::On(spec)) => {
                Some(self.or_default(&path.key("interval_seconds"), spec.interval_seconds, DEFAULT_INTERVAL))
            }
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
