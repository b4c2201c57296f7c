//! Everything that the process can be told, read once from the environment.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `DATABASE_URL` | Postgres, `postgres://user:password@host:port/database` | required |
//! | `REDIS_URL` | Redis, `redis://host:port`; only wakes workers sooner, so calls succeed while it is down | required |
//! | `API_KEYS_JSON` | keys and the tenants that each may act for, `{"<key>": ["<tenant>"]}` | required |
//! | `TERRANE_LISTEN` | address of the API | `127.0.0.1:8080` |
//! | `TERRANE_METRICS_LISTEN` | address of `/metrics`, kept off the public port | `127.0.0.1:9090` |
//! | `TERRANE_READY_FILE` | file that gets `{"api":"host:port","metrics":"host:port"}` once both listen | none |
//! | `TERRANE_API_THREADS` | threads that answer calls | `2` |
//! | `TERRANE_API_DATABASE_CONNECTIONS` | most connections to Postgres | `10` |
//! | `TERRANE_API_LOG_STREAMS` | most log streams that are open at a time | `256` |
//! | `TERRANE_API_BODY_LIMIT_BYTES` | largest request body | `1048576` |
//! | `TERRANE_RENDER_DIR` | directory in which rendered files are left when a call asks for that | none: such calls are refused |
//! | `TERRANE_API_SHUTDOWN_SECONDS` | how long SIGTERM waits for calls under way | `20` |
//! | `TERRANE_LOG` | log filter, for example `info,terrane_api=debug` | `info` |
//! | `TERRANE_LOG_FORMAT` | `json` or `text` | `json` |
//!
//! A value that can't work is refused at start, by the name of its variable; keys and passwords are never repeated in
//! such a message.

use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf, str::FromStr, time::Duration};

use secrecy::SecretString;
use terrane_telemetry::{LogSettings, LogSettingsError};

use crate::keys::{KeyRing, KeyRingError};

/// The whole configuration of the process.
#[derive(Debug)]
pub struct Settings {
    /// Where and how it listens.
    pub server: ServerSettings,
    /// The truth.
    pub database: DatabaseSettings,
    /// The doorbell; may hold a password.
    pub redis_url: SecretString,
    /// Who may call.
    pub keys: KeyRing,
    /// What one caller may cost.
    pub limits: LimitSettings,
    /// Where rendered files are left when a call asks for that.
    pub render_dir: Option<PathBuf>,
}

/// Where and how the process listens.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// The API.
    pub listen: SocketAddr,
    /// Prometheus.
    pub metrics_listen: SocketAddr,
    /// Written once both listen.
    pub ready_file: Option<PathBuf>,
    /// Threads that answer calls.
    pub threads: NonZeroUsize,
    /// How long a stop waits for calls under way.
    pub shutdown: Duration,
}

/// How Postgres is reached.
#[derive(Debug)]
pub struct DatabaseSettings {
    /// Holds a password.
    pub url: SecretString,
    /// Size of the pool.
    pub max_connections: NonZeroUsize,
}

/// What one caller may cost.
#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// Largest body, in bytes.
    pub body_bytes: usize,
    /// Most log streams at a time, over all callers.
    pub log_streams: usize,
}

/// Why the process doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A variable without a default isn't set.
    #[error("{0} is not set; {1}")]
    Missing(&'static str, &'static str),
    /// A variable can't be read as what it should be.
    #[error("{name}: {text:?} is not {expected}")]
    Malformed {
        /// The variable.
        name: &'static str,
        /// Its value; only of variables that hold no secret.
        text: String,
        /// What it should have been.
        expected: &'static str,
    },
    /// A URL of the wrong kind. Doesn't repeat it: it may hold a password.
    #[error("{name} must start with {expected}")]
    Url {
        /// The variable.
        name: &'static str,
        /// The schemes that would do.
        expected: &'static str,
    },
    /// `API_KEYS_JSON` can't be used.
    #[error("API_KEYS_JSON can't be used")]
    Keys(#[source] KeyRingError),
    /// `TERRANE_LOG` or `TERRANE_LOG_FORMAT` can't be used.
    #[error("the log settings can't be used")]
    Logs(#[source] LogSettingsError),
}

impl Settings {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_lookup(process_environment)
    }

    /// Reads the variables through `lookup`; an empty value counts as unset.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let from = Source(lookup);
        Ok(Self {
            server: ServerSettings {
                listen: from.or("TERRANE_LISTEN", "127.0.0.1:8080", ADDRESS)?,
                metrics_listen: from.or("TERRANE_METRICS_LISTEN", "127.0.0.1:9090", ADDRESS)?,
                ready_file: from.get("TERRANE_READY_FILE").map(PathBuf::from),
                threads: from.or("TERRANE_API_THREADS", "2", COUNT)?,
                shutdown: Duration::from_secs(from.or("TERRANE_API_SHUTDOWN_SECONDS", "20", SECONDS)?),
            },
            database: DatabaseSettings::read(&from)?,
            redis_url: from.url(
                "REDIS_URL",
                "write for example redis://127.0.0.1:6379",
                &["redis://", "rediss://"],
                "redis:// or rediss://",
            )?,
            keys: {
                let json =
                    from.required("API_KEYS_JSON", r#"write for example {"<a long random key>": ["acme"]}"#)?;
                KeyRing::from_json(&json).map_err(SettingsError::Keys)?
            },
            limits: LimitSettings {
                body_bytes: from.or::<NonZeroUsize>("TERRANE_API_BODY_LIMIT_BYTES", "1048576", COUNT)?.get(),
                log_streams: from.or("TERRANE_API_LOG_STREAMS", "256", COUNT_OR_ZERO)?,
            },
            render_dir: from.get("TERRANE_RENDER_DIR").map(PathBuf::from),
        })
    }
}

impl DatabaseSettings {
    /// Reads only what `migrate` needs.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::read(&Source(process_environment))
    }

    fn read<F: Fn(&str) -> Option<String>>(from: &Source<F>) -> Result<Self, SettingsError> {
        Ok(Self {
            url: from.url(
                "DATABASE_URL",
                "write for example postgres://terrane:<password>@127.0.0.1:5432/terrane",
                &["postgres://", "postgresql://"],
                "postgres://",
            )?,
            max_connections: from.or("TERRANE_API_DATABASE_CONNECTIONS", "10", COUNT)?,
        })
    }
}

/// Reads the log settings, which are needed before anything can be said about the others.
pub fn log_settings(lookup: impl Fn(&str) -> Option<String>) -> Result<LogSettings, SettingsError> {
    LogSettings::from_lookup(lookup).map_err(SettingsError::Logs)
}

const ADDRESS: &str = "an address such as 127.0.0.1:8080";
const COUNT: &str = "a whole number of at least 1";
const COUNT_OR_ZERO: &str = "a whole number";
const SECONDS: &str = "a whole number of seconds";

/// The process's environment as a lookup.
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

struct Source<F>(F);

impl<F: Fn(&str) -> Option<String>> Source<F> {
    fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|text| !text.is_empty())
    }

    fn required(&self, name: &'static str, remedy: &'static str) -> Result<String, SettingsError> {
        self.get(name).ok_or(SettingsError::Missing(name, remedy))
    }

    fn or<T: FromStr>(
        &self,
        name: &'static str,
        default: &str,
        expected: &'static str,
    ) -> Result<T, SettingsError> {
        let text = self.get(name).unwrap_or_else(|| default.to_owned());
        text.trim().parse().map_err(|_| SettingsError::Malformed { name, text, expected })
    }

    fn url(
        &self,
        name: &'static str,
        remedy: &'static str,
        schemes: &[&str],
        expected: &'static str,
    ) -> Result<SecretString, SettingsError> {
        let url = self.required(name, remedy)?;
        if schemes.iter().any(|scheme| url.starts_with(scheme)) {
            Ok(SecretString::from(url))
        } else {
            Err(SettingsError::Url { name, expected })
        }
    }
}

#[cfg(test)]
mod tests;
