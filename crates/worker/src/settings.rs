//! Everything that the worker can be told, read once from the environment.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `DATABASE_URL` | Postgres, `postgres://user:password@host:port/database` | required |
//! | `REDIS_URL` | Redis, `redis://host:port`; only wakes the worker sooner | required |
//! | `TERRANE_WORK_DIR` | directory for work in progress; holds plan files, so it is made for this user alone | `/var/lib/terrane/work` |
//! | `TERRANE_WORKER_SLOTS` | operations at the same time; a running Terraform takes about 0.7 GiB | `3` |
//! | `TERRANE_WORKER_POLL_SECONDS` | how often the queue is looked at without a ring | `3` |
//! | `TERRANE_DRAIN_TIMEOUT` | seconds that SIGTERM waits for running work before it is interrupted and handed back; an interrupted create may have to be made again | `7200` |
//! | `TERRANE_LEASE_SECONDS` | how long a claim is good for without renewal | `30` |
//! | `TERRANE_RENEW_SECONDS` | how often it is renewed | `5` |
//! | `TERRANE_START_BARRIER_SECONDS` | without a renewal for so long, nothing new is started | `20` |
//! | `TERRANE_FENCE_SECONDS` | without a renewal for so long, a Terraform that runs is interrupted | `90` |
//! | `TERRANE_GRACE_SECONDS` | from the interrupt of a cancel or a drain to the kill | `600` |
//! | `TERRANE_ORPHAN_GRACE_SECONDS` | the same where the worker is lost | `60` |
//! | `TERRANE_MARGIN_SECONDS` | past fence and grace, before an attempt counts as over by time alone | `30` |
//! | `TERRANE_TERRAFORM_BIN` | the terraform or tofu binary | searched on the path |
//! | `TERRANE_PROVIDER_MIRROR` | directory of providers in a mirror layout | searched |
//! | `TERRANE_TERRAFORM_OVERRIDE_FILE` | a file laid beside what is rendered, for emulators and special endpoints | none |
//! | `TERRANE_APPROVAL_HOURS` | how long a plan waits for a decision | `168` |
//! | `TERRANE_RETRY_LIMIT` | failures after which an operation fails for good | `3` |
//! | `TERRANE_TAKEOVER_LIMIT` | workers that may be lost in the middle of an operation before it fails for good | `5` |
//! | `TERRANE_RETRY_SECONDS` | delay before the second attempt; doubles with every failure | `15` |
//! | `TERRANE_LOG_LINE_BYTES` | longer lines of an operation's log are cut | `16384` |
//! | `TERRANE_LOG_OPERATION_LINES` | lines after which an operation's log takes only errors | `200000` |
//! | `TERRANE_LOG_OPERATION_BYTES` | bytes after which it does | `67108864` |
//! | `TERRANE_LOG_RETENTION_DAYS` | log lines go, by whole months, so many days after their operations ended | `90` |
//! | `TERRANE_METRICS_LISTEN` | address of `/metrics` and `/healthz` | `127.0.0.1:9091` |
//! | `TERRANE_READY_FILE` | file that gets `{"metrics":"host:port"}` once the worker takes work | none |
//! | `TERRANE_LOG` | log filter | `info` |
//! | `TERRANE_LOG_FORMAT` | `json` or `text` | `json` |
//!
//! AWS credentials and endpoints are read as every AWS tool reads them (`AWS_*`).

use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use secrecy::SecretString;
use terrane_engine::{EngineSettings, Misfit, Timing};

/// The worker's configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Postgres.
    pub database_url: SecretString,
    /// Redis.
    pub redis_url: SecretString,
    /// Operations at the same time.
    pub slots: u32,
    /// How often the queue is looked at without a ring.
    pub poll_every: Duration,
    /// How long running work may go on after SIGTERM.
    pub drain: Duration,
    /// The terraform or tofu binary, if named.
    pub terraform: Option<PathBuf>,
    /// Limits and places of the engine.
    pub engine: EngineSettings,
    /// How long log lines are kept.
    pub log_retention: Duration,
    /// Where metrics are served.
    pub metrics_listen: SocketAddr,
    /// Written once the worker takes work.
    pub ready_file: Option<PathBuf>,
}

/// A variable that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// It has to be set.
    #[error("{0} is not set; .env.example shows every variable")]
    Missing(&'static str),
    /// Its value makes no sense.
    #[error("{name}: expected {expected}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// Each would do, but not all of them together.
    #[error("TERRANE_LEASE_SECONDS and the durations beside it: {0}")]
    Timing(#[from] Misfit),
}

impl Settings {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads the variables through `lookup`; an empty value counts as unset.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let get = |name: &'static str| lookup(name).filter(|value| !value.is_empty());
        let require = |name| get(name).ok_or(SettingsError::Missing(name));
        let seconds = |name, expected, default: u64| {
            number(get(name), name, expected, default).map(Duration::from_secs)
        };

        let work_dir =
            get("TERRANE_WORK_DIR").map_or_else(|| PathBuf::from("/var/lib/terrane/work"), PathBuf::from);
        let mut engine = EngineSettings::new(work_dir);
        engine.terraform_override = get("TERRANE_TERRAFORM_OVERRIDE_FILE").map(PathBuf::from);
        engine.provider_mirror = get("TERRANE_PROVIDER_MIRROR").map(PathBuf::from);
        engine.approval_expires_after = Duration::from_secs(
            3600 * number(get("TERRANE_APPROVAL_HOURS"), "TERRANE_APPROVAL_HOURS", "hours, 1 or more", 168)?,
        );
        engine.retry.max_failures =
            number(get("TERRANE_RETRY_LIMIT"), "TERRANE_RETRY_LIMIT", "a number of failures, 1 or more", 3)?;
        engine.retry.max_takeovers = number(
            get("TERRANE_TAKEOVER_LIMIT"),
            "TERRANE_TAKEOVER_LIMIT",
            "a number of workers, 1 or more",
            5,
        )?;
        engine.retry.first_delay = seconds("TERRANE_RETRY_SECONDS", "seconds, 1 or more", 15)?;
        let log = &mut engine.log_limits;
        log.line_bytes = number(
            get("TERRANE_LOG_LINE_BYTES"),
            "TERRANE_LOG_LINE_BYTES",
            "bytes, 1 or more",
            log.line_bytes,
        )?;
        log.lines = number(
            get("TERRANE_LOG_OPERATION_LINES"),
            "TERRANE_LOG_OPERATION_LINES",
            "lines, 1 or more",
            log.lines,
        )?;
        log.bytes = number(
            get("TERRANE_LOG_OPERATION_BYTES"),
            "TERRANE_LOG_OPERATION_BYTES",
            "bytes, 1 or more",
            log.bytes,
        )?;
        engine.timing = Timing {
            lease: seconds("TERRANE_LEASE_SECONDS", "seconds, 1 or more", 30)?,
            renew_every: seconds("TERRANE_RENEW_SECONDS", "seconds, 1 or more", 5)?,
            start_barrier: seconds("TERRANE_START_BARRIER_SECONDS", "seconds, 1 or more", 20)?,
            fence: seconds("TERRANE_FENCE_SECONDS", "seconds, 1 or more", 90)?,
            grace: seconds("TERRANE_GRACE_SECONDS", "seconds, 1 or more", 600)?,
            orphan_grace: seconds("TERRANE_ORPHAN_GRACE_SECONDS", "seconds, 1 or more", 60)?,
            margin: seconds("TERRANE_MARGIN_SECONDS", "seconds, 1 or more", 30)?,
        };
        engine.timing.check()?;

        let settings = Self {
            database_url: require("DATABASE_URL")?.into(),
            redis_url: require("REDIS_URL")?.into(),
            slots: number(get("TERRANE_WORKER_SLOTS"), "TERRANE_WORKER_SLOTS", "a number from 1 to 64", 3)?,
            poll_every: seconds("TERRANE_WORKER_POLL_SECONDS", "seconds, 1 or more", 3)?,
            drain: seconds("TERRANE_DRAIN_TIMEOUT", "seconds, 1 or more", 7200)?,
            terraform: get("TERRANE_TERRAFORM_BIN").map(PathBuf::from),
            engine,
            log_retention: number(
                get("TERRANE_LOG_RETENTION_DAYS"),
                "TERRANE_LOG_RETENTION_DAYS",
                "days, 1 to 65535",
                90_u16,
            )
            .map(|days| Duration::from_secs(u64::from(days) * 24 * 3600))?,
            metrics_listen: get("TERRANE_METRICS_LISTEN")
                .as_deref()
                .unwrap_or("127.0.0.1:9091")
                .parse()
                .map_err(|_| SettingsError::Invalid {
                    name: "TERRANE_METRICS_LISTEN",
                    expected: "an address and a port, such as 127.0.0.1:9091",
                })?,
            ready_file: get("TERRANE_READY_FILE").map(PathBuf::from),
        };
        if settings.slots > 64 {
            return Err(SettingsError::Invalid {
                name: "TERRANE_WORKER_SLOTS",
                expected: "a number from 1 to 64",
            });
        }
        Ok(settings)
    }
}

/// A whole number of at least one.
fn number<T: FromStr + PartialOrd + From<u8>>(
    value: Option<String>,
    name: &'static str,
    expected: &'static str,
    default: T,
) -> Result<T, SettingsError> {
    match value {
        None => Ok(default),
        Some(text) => match text.parse::<T>() {
            Ok(number) if number >= T::from(1) => Ok(number),
            _ => Err(SettingsError::Invalid { name, expected }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::from_lookup(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const NEEDED: [(&str, &str); 2] =
        [("DATABASE_URL", "postgres://localhost/t"), ("REDIS_URL", "redis://localhost")];

    #[test]
    fn two_variables_are_enough() {
        let settings = read(&NEEDED).unwrap();
        assert_eq!((settings.slots, settings.poll_every), (3, Duration::from_secs(3)));
    }

    #[test]
    fn a_value_that_cannot_work_is_refused_by_its_name() {
        assert_eq!(read(&NEEDED[..1]).unwrap_err(), SettingsError::Missing("REDIS_URL"));
        for (name, value) in [
            ("TERRANE_WORKER_SLOTS", "0"),
            ("TERRANE_WORKER_SLOTS", "65"),
            ("TERRANE_WORKER_POLL_SECONDS", "-1"),
            ("TERRANE_DRAIN_TIMEOUT", "soon"),
            ("TERRANE_LEASE_SECONDS", "0"),
            ("TERRANE_LOG_LINE_BYTES", "16k"),
            ("TERRANE_LOG_RETENTION_DAYS", "0"),
            ("TERRANE_LOG_RETENTION_DAYS", "65536"),
            ("TERRANE_METRICS_LISTEN", "9091"),
        ] {
            let error = read(&[NEEDED[0], NEEDED[1], (name, value)]).unwrap_err();
            assert!(
                matches!(error, SettingsError::Invalid { name: named, .. } if named == name),
                "{name}={value}: {error}"
            );
        }
    }

    /// `.env.example` and the table above tell a person the same.
    #[test]
    fn every_documented_variable_is_in_the_example_file() {
        let example = include_str!("../../../.env.example");
        for name in documented() {
            assert!(
                example.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{name}="))),
                "{name} is missing from .env.example"
            );
        }
    }

    fn documented() -> impl Iterator<Item = &'static str> {
        include_str!("settings.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("//! | `")?.split_once('`').map(|(name, _)| name))
    }
}
