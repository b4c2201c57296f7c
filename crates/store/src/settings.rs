//! How to reach Postgres.

use secrecy::SecretString;
use std::time::Duration;

/// How to reach Postgres and how long to wait for it.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// `postgres://user:password@host:port/database`.
    pub url: SecretString,
    /// Most connections for ordinary queries.
    pub max_connections: u32,
    /// Most connections for lease renewals, which must never stand behind ordinary queries.
    pub renewal_connections: u32,
    /// Longest wait for a free connection.
    pub wait_timeout: Duration,
    /// Longest time to open a connection.
    pub connect_timeout: Duration,
    /// Longest time for one call of the store, waiting and connecting included. Postgres is told to give up on a
    /// statement a little later.
    pub call_timeout: Duration,
    /// Shown in `pg_stat_activity`.
    pub application_name: String,
}

impl StoreSettings {
    /// The settings of a process that has no special needs: ten connections, and two seconds before it says that the
    /// database can't be reached.
    pub fn new(url: SecretString) -> Self {
        Self {
            url,
            max_connections: 10,
            renewal_connections: 2,
            wait_timeout: Duration::from_secs(2),
            connect_timeout: Duration::from_secs(2),
            call_timeout: Duration::from_secs(15),
            application_name: "terrane".to_owned(),
        }
    }
}
