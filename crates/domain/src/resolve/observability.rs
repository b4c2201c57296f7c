//! How long logs are kept, what is watched and shown, and where alarms go off.
//!
//! Where an alarm goes off depends on what it watches: a number of connections that is many for a small database is few
//! for a large one. So what depends on a size is worked out here, for each database and cache.

use std::{collections::BTreeMap, fmt};

use super::{Conflict, Resolver};
use crate::{
    AlarmTopic, Alarms, AuroraCompute, Cache, CacheCpu, CacheLimits, Database, DatabaseKind, DatabaseLimits,
    Key, Observability, Thresholds,
    facts::{caches::cores_are_few, databases as facts},
    spec::{AlarmsSpec, AppSpec, Path, Switch, ThresholdsSpec},
};

/// As many as an alarm may have. Source: CloudWatch API reference, `PutMetricAlarm`, `AlarmActions`.
const MAX_ACTIONS: usize = 5;

/// Queues grow fast from about here, and autoscaling, which aims at 60, has had its chance.
/// Source of the order of magnitude: CloudWatch user guide, "Recommended alarms" (80 to 90 for ECS and RDS).
const CPU_PERCENT: u8 = 85;
const MEMORY_PERCENT: u8 = 85;
const CONNECTIONS_PERCENT: u8 = 80;
/// RDS begins to make storage larger at a tenth, after five minutes.
/// Source: RDS user guide, "Managing capacity automatically with Amazon RDS storage autoscaling".
const FREE_STORAGE_PERCENT: u8 = 10;
/// AWS leaves it to the application. Some are thrown out of any cache now and then.
const EVICTIONS_PER_MINUTE: u32 = 100;
const ERRORS_PER_MINUTE: u32 = 10;
const LATENCY_SECONDS: u8 = 2;
/// Of the core on which the engine answers.
/// Source: ElastiCache user guide, "Which metrics should I monitor?".
const CACHE_CORE_PERCENT: u8 = 90;

/// Thresholds with nothing left open.
struct Levels {
    of_all: Thresholds,
    connections_percent: u8,
    free_storage_percent: u8,
    evictions_per_minute: u32,
}

impl Resolver<'_> {
    pub(super) fn observability(
        &mut self,
        databases: &BTreeMap<Key, Database>,
        caches: &BTreeMap<Key, Cache>,
    ) -> Observability {
        let spec = self.spec.observability.clone().unwrap_or_default();
        let path = Path::root().key("observability");
        let watched = !self.spec.apps.is_empty()
            || !databases.is_empty()
            || !caches.is_empty()
            || self.spec.kubernetes.is_some();
        // Where nothing writes logs and nothing is watched, nobody asks why.
        let silent = !watched && self.spec.observability.is_none();
        let reasons = self.reasons.len();
        let log_retention_days = self.or_profile(
            &path.key("log_retention_days"),
            spec.log_retention_days,
            self.defaults.log_retention_days,
        );
        let alarms = self.alarms(spec.alarms, databases, caches, &path.key("alarms"));
        let dashboard = self.dashboard(spec.dashboard, watched, &path.key("dashboard"));
        if silent {
            self.reasons.truncate(reasons);
        }
        Observability { log_retention_days, alarms, dashboard }
    }

    /// How long a log is kept: as its own section says, as `observability` says for all, or as the profile does.
    pub(super) fn log_retention(&mut self, path: &Path, given: Option<u16>, default: u16) -> u16 {
        match self.spec.observability.as_ref().and_then(|spec| spec.log_retention_days) {
            Some(days) => self.or_because(path, given, days, "because observability.log_retention_days"),
            None => self.or_profile(path, given, default),
        }
    }

    fn dashboard(&mut self, given: Option<bool>, watched: bool, path: &Path) -> Option<String> {
        if given == Some(true) && !watched {
            let message = "has nothing to show; add an app, a database, a cache or a cluster";
            self.conflict(Conflict::new(path.clone(), message));
        }
        let wanted = self.or_profile(path, given, self.defaults.dashboard);
        (wanted && watched).then(|| self.names.dashboard())
    }

    fn alarms(
        &mut self,
        given: Option<Switch<AlarmsSpec>>,
        databases: &BTreeMap<Key, Database>,
        caches: &BTreeMap<Key, Cache>,
        path: &Path,
    ) -> Option<Alarms> {
        let spec = self.alarms_wanted(given, path)?;
        let actions = spec.actions.unwrap_or_default();
        self.check_actions(&actions, path);
        let topic = (spec.topic.is_some() || spec.emails.is_some()).then(|| {
            let mut emails = spec.emails.unwrap_or_default();
            emails.sort();
            // With AWS's own key, which nobody may let CloudWatch use, no alarm would get through.
            // Source: CloudWatch user guide, "Notifying users on alarm changes".
            self.wants_key = true;
            AlarmTopic { name: self.names.alarm_topic(), emails }
        });
        if topic.is_some() && actions.len() >= MAX_ACTIONS {
            let message =
                format!("names {}; beside a topic of its own an alarm has room for 4", actions.len());
            let conflict = Conflict::new(path.key("actions"), message);
            self.conflict(conflict.with(path.key("topic")).with(path.key("emails")));
        }
        let levels = self.levels(spec.thresholds.unwrap_or_default(), &path.key("thresholds"));
        let each_database = |(key, database): (&Key, &Database)| (key.clone(), levels.of_database(database));
        let each_cache = |(key, cache): (&Key, &Cache)| (key.clone(), levels.of_cache(cache));
        Some(Alarms {
            actions,
            topic,
            thresholds: levels.of_all,
            databases: databases.iter().map(each_database).collect(),
            caches: caches.iter().map(each_cache).collect(),
        })
    }

    /// Alarms that the file asks for, that an app needs, or that the profile has.
    fn alarms_wanted(&mut self, given: Option<Switch<AlarmsSpec>>, path: &Path) -> Option<AlarmsSpec> {
        let wished = self.spec.apps.iter().find(|(_, app)| rolls_back_on_alarm(app));
        let wished = wished.map(|(key, _)| Path::root().key("apps").key(key.as_str()).key("deploy"));
        match (given, wished) {
            (Some(Switch::On(spec)), _) => Some(spec),
            (Some(Switch::Off), Some(wished)) => {
                let message =
                    format!("can't be off: {wished} rolls back on alarm; use {{}} or drop rollback_on_alarm");
                self.conflict(Conflict::new(path.clone(), message).with(wished));
                None
            }
            (Some(Switch::Off), None) => None,
            (None, Some(wished)) => {
                self.explain(path, &"{}", &format!("because {wished} rolls back on alarm"));
                Some(AlarmsSpec::default())
            }
            (None, None) => {
                let because = self.because_profile.clone();
                let on = self.defaults.alarms;
                self.explain(path, if on { &"{}" } else { &"false" }, &because);
                on.then(AlarmsSpec::default)
            }
        }
    }

    /// Source: CloudWatch user guide, "Notifying users on alarm changes": the topic is in the region of the alarm.
    fn check_actions(&mut self, actions: &[String], path: &Path) {
        let here = &self.spec.cloud.region;
        for (index, arn) in actions.iter().enumerate() {
            let message = |region: &str| {
                format!("is a topic of {region}; alarms in {here} tell topics of that region only")
            };
            self.check_region(arn, path.key("actions").index(index), message);
        }
    }

    fn level<T: fmt::Display>(&mut self, path: &Path, key: &str, given: Option<T>, default: T) -> T {
        self.or_default(&path.key(key), given, default)
    }

    fn levels(&mut self, spec: ThresholdsSpec, path: &Path) -> Levels {
        Levels {
            of_all: Thresholds {
                cpu_percent: self.level(path, "cpu_percent", spec.cpu_percent, CPU_PERCENT),
                memory_percent: self.level(path, "memory_percent", spec.memory_percent, MEMORY_PERCENT),
                errors_per_minute: self.level(
                    path,
                    "errors_per_minute",
                    spec.errors_per_minute,
                    ERRORS_PER_MINUTE,
                ),
                latency_seconds: self.level(path, "latency_seconds", spec.latency_seconds, LATENCY_SECONDS),
            },
            connections_percent: self.level(
                path,
                "connections_percent",
                spec.connections_percent,
                CONNECTIONS_PERCENT,
            ),
            free_storage_percent: self.level(
                path,
                "free_storage_percent",
                spec.free_storage_percent,
                FREE_STORAGE_PERCENT,
            ),
            evictions_per_minute: self.level(
                path,
                "evictions_per_minute",
                spec.evictions_per_minute,
                EVICTIONS_PER_MINUTE,
            ),
        }
    }
}

impl Levels {
    fn of_database(&self, database: &Database) -> DatabaseLimits {
        let of_class = |class: &str| facts::memory_gib(class).map(facts::max_connections);
        let (connections, storage_gib) = match &database.kind {
            DatabaseKind::Instance(instance) => {
                (of_class(&instance.instance_class), Some(instance.storage_gib))
            }
            DatabaseKind::Cluster(cluster) => match &cluster.compute {
                AuroraCompute::Provisioned { instance_class } => (of_class(instance_class), None),
                AuroraCompute::Serverless { min, max } => {
                    (Some(facts::max_serverless_connections(min.halves(), max.halves())), None)
                }
            },
        };
        let part = |connections: u32| connections * u32::from(self.connections_percent) / 100;
        let bytes = |gib: u32| u64::from(gib) * 1_024 * 1_024 * 1_024;
        DatabaseLimits {
            connections: connections.map(part),
            free_storage_bytes: storage_gib
                .map(|gib| bytes(gib) * u64::from(self.free_storage_percent) / 100),
        }
    }

    fn of_cache(&self, cache: &Cache) -> CacheLimits {
        // One core answers. On a small machine the others are few enough to have the whole measured, which also shows
        // what the operating system takes.
        let (cpu, cpu_percent) = match cores_are_few(&cache.node_type) {
            Some(cores) => (CacheCpu::Host, CACHE_CORE_PERCENT / cores),
            None => (CacheCpu::Engine, CACHE_CORE_PERCENT),
        };
        // ElastiCache's own default is volatile-lru.
        let policy = cache.parameters.get("maxmemory-policy").map_or("volatile-lru", String::as_str);
        // Whoever lets any key go fills the cache on purpose.
        let is_meant_to_be_full = policy.starts_with("allkeys-");
        CacheLimits {
            cpu,
            cpu_percent,
            memory_percent: (!is_meant_to_be_full).then_some(self.of_all.memory_percent),
            evictions_per_minute: (!is_meant_to_be_full && policy != "noeviction")
                .then_some(self.evictions_per_minute),
        }
    }
}

fn rolls_back_on_alarm(app: &AppSpec) -> bool {
    app.blue_green().is_some_and(|blue_green| blue_green.rollback_on_alarm == Some(true))
}
