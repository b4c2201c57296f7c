//! The handle that every part of the store hangs its methods on.

use std::{future::Future, time::Duration};

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::RunQueryDsl;
use secrecy::SecretString;

use crate::{
    error::{Failure, HolderError, InvalidSettings, StoreError, TooSlow},
    pool::{Connections, Transaction},
    settings::StoreSettings,
};

/// The database. Cheap to clone; clones share their connections.
///
/// Making one opens no connection, so a process starts while Postgres is down and recovers without a restart.
#[derive(Clone)]
pub struct Store {
    connections: Connections,
    renewals: Connections,
    url: SecretString,
    application_name: String,
    call_timeout: Duration,
}

impl Store {
    /// A store that connects when it is first used.
    ///
    /// # Errors
    /// If the URL can't be read.
    pub fn new(settings: &StoreSettings) -> Result<Self, InvalidSettings> {
        Ok(Self {
            connections: Connections::new(settings, settings.max_connections)?,
            renewals: Connections::new(settings, settings.renewal_connections)?,
            url: settings.url.clone(),
            application_name: settings.application_name.clone(),
            call_timeout: settings.call_timeout,
        })
    }

    /// Whether Postgres answers, for readiness.
    ///
    /// # Errors
    /// `Unavailable` if it doesn't.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.run("ask the database for a sign of life", async {
            diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("1"))
                .execute(&mut self.connections.get().await?)
                .await?;
            Ok(())
        })
        .await
    }

    pub(crate) const fn connections(&self) -> &Connections {
        &self.connections
    }

    pub(crate) const fn renewals(&self) -> &Connections {
        &self.renewals
    }

    pub(crate) const fn url(&self) -> &SecretString {
        &self.url
    }

    pub(crate) fn application_name(&self) -> &str {
        &self.application_name
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, Failure> {
        self.connections.begin().await
    }

    /// One call: bounded in time, its failure named and sorted.
    pub(crate) async fn run<T>(
        &self,
        doing: &'static str,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, StoreError> {
        match self.bounded(work).await {
            Ok(value) => Ok(value),
            Err(failure) => Err(self.explain(failure).await.into_store_error(doing)),
        }
    }

    /// The same for what only the holder of an operation may do.
    pub(crate) async fn run_held<T>(
        &self,
        doing: &'static str,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, HolderError> {
        match self.bounded(work).await {
            Ok(value) => Ok(value),
            Err(failure) => Err(self.explain(failure).await.into_holder_error(doing)),
        }
    }

    async fn bounded<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        match tokio::time::timeout(self.call_timeout, work).await {
            Ok(result) => result,
            Err(_) => Err(Failure::Unreachable(Box::new(TooSlow(self.call_timeout)))),
        }
    }

    /// A server that is being stopped ends running statements with an error of its own, which diesel passes on
    /// without its code. Its text is for people; whether the database answers now is the better question.
    async fn explain(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Query(error @ DieselError::DatabaseError(DatabaseErrorKind::Unknown, _)) => {
                match self.connections.get().await {
                    Ok(_) => Failure::Query(error),
                    Err(_) => Failure::Unreachable(Box::new(error)),
                }
            }
            other => other,
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("application_name", &self.application_name).finish_non_exhaustive()
    }
}
