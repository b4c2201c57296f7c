//! The schema, embedded.

use diesel::{migration::MigrationVersion, sql_types::Integer};
use diesel_async::{AsyncMigrationHarness, RunQueryDsl as _, SimpleAsyncConnection as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use secrecy::{ExposeSecret as _, SecretString};

use crate::pool::connect;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// The key of the lock that lets one process migrate at a time.
const LOCK: i64 = 0x7465_7272_616e_6500;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database can't be reached.
    #[error("cannot connect to the database to migrate it")]
    Connect(#[source] Source),
    /// A migration failed; those before it stay.
    #[error("a migration failed")]
    Migration(#[source] Source),
    /// The process can't run migrations.
    #[error("cannot start the thread that migrates")]
    Thread(#[source] Source),
}

/// Brings the schema up to date, one process at a time, and prepares the partitions of the next months. Returns the
/// versions that it applied. Works from any kind of runtime.
///
/// # Errors
/// If the database can't be reached or refuses a migration.
pub async fn migrate(url: &SecretString) -> Result<Vec<String>, MigrateError> {
    let (done, result) = tokio::sync::oneshot::channel();
    let url = url.clone();
    // diesel's harness is synchronous and blocks the thread that it is on, for which it needs a runtime of its own.
    std::thread::Builder::new()
        .name("migrate".to_owned())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let applied = match runtime {
                Ok(runtime) => runtime.block_on(apply(&url)),
                Err(error) => Err(MigrateError::Thread(Box::new(error))),
            };
            drop(done.send(applied));
        })
        .map_err(|error| MigrateError::Thread(Box::new(error)))?;
    result.await.map_err(|error| MigrateError::Thread(Box::new(error)))?
}

async fn apply(url: &SecretString) -> Result<Vec<String>, MigrateError> {
    let mut connection = connect(url.expose_secret(), "terrane migrate")
        .await
        .map_err(|error| MigrateError::Connect(Box::new(error)))?;
    let failed = |error: diesel::result::Error| MigrateError::Migration(Box::new(error));
    // Held by the session: it ends with the connection, however that ends.
    connection.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})")).await.map_err(failed)?;
    let mut harness = AsyncMigrationHarness::new(connection);
    let applied = harness
        .run_pending_migrations(MIGRATIONS)
        .map(|versions| versions.iter().map(MigrationVersion::to_string).collect())
        .map_err(MigrateError::Migration)?;
    let mut connection = harness.into_inner();
    diesel::select(diesel::dsl::sql::<Integer>("ensure_log_partitions(now(), 2)"))
        .get_result::<i32>(&mut connection)
        .await
        .map_err(failed)?;
    Ok(applied)
}
