//! Connections: how they are made, waited for and given up.
//!
//! WHY a transaction type of our own. A caller's future may be dropped at any await (a closed HTTP connection, a
//! `select!`), and a pool takes a connection back as it is: with its transaction open and its row locks held, until
//! somebody happens to borrow it again. [`Transaction`] closes such a connection instead, and Postgres rolls back at
//! once. It also keeps bodies flat: begin, statements with `?`, commit.
//!
//! Every wait has an end. Connecting and queueing for a connection are bounded here, a call as a whole by
//! `StoreSettings::call_timeout`, and Postgres itself gives up on statements and on idle transactions. A connection is
//! asked a trivial question before it is lent, so that a restarted Postgres costs nobody an error.

use std::{
    ops::{Deref, DerefMut},
    str::FromStr as _,
    time::Duration,
};

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, SimpleAsyncConnection as _, TransactionManager,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig,
        deadpool::{Object, Pool},
    },
};
use futures::FutureExt as _;
use secrecy::ExposeSecret as _;
use tokio_postgres::NoTls;

use crate::{
    error::{Failure, InvalidSettings, TooSlow},
    settings::StoreSettings,
};

/// A bounded set of connections to one database; opens none before it is asked for one.
#[derive(Clone)]
pub(crate) struct Connections {
    pool: Pool<AsyncPgConnection>,
    /// For a free connection and for opening one, together.
    patience: Duration,
}

impl Connections {
    pub(crate) fn new(settings: &StoreSettings, size: u32) -> Result<Self, InvalidSettings> {
        tokio_postgres::Config::from_str(settings.url.expose_secret()).map_err(InvalidSettings::Url)?;
        let mut config = ManagerConfig::default();
        let session = Session::of(settings);
        config.custom_setup = Box::new(move |url| {
            let (session, url) = (session.clone(), url.to_owned());
            async move { session.open(&url).await }.boxed()
        });
        let manager = AsyncDieselConnectionManager::new_with_config(settings.url.expose_secret(), config);
        // The pool's own timeouts want a runtime to be named; ours are around it.
        let pool =
            Pool::builder(manager).max_size(size.max(1) as usize).build().map_err(InvalidSettings::Pool)?;
        Ok(Self { pool, patience: settings.wait_timeout + settings.connect_timeout })
    }

    /// A connection that answered just now.
    pub(crate) async fn get(&self) -> Result<Object<AsyncPgConnection>, Failure> {
        match tokio::time::timeout(self.patience, self.pool.get()).await {
            Ok(connection) => Ok(connection?),
            Err(_) => Err(Failure::Unreachable(Box::new(TooSlow(self.patience)))),
        }
    }

    /// A connection on which a transaction was begun.
    pub(crate) async fn begin(&self) -> Result<Transaction, Failure> {
        let mut transaction = Transaction { connection: Some(self.get().await?) };
        AnsiTransactionManager::begin_transaction(&mut *transaction).await?;
        Ok(transaction)
    }
}

/// What every session is told once.
#[derive(Clone)]
struct Session {
    connect_timeout: Duration,
    application_name: String,
    set_up: String,
}

impl Session {
    fn of(settings: &StoreSettings) -> Self {
        // A little after our own patience ends: a slow database is one that does not answer, and what we gave up must
        // not go on there.
        let statement_ms = (settings.call_timeout.as_millis() * 3 / 2).max(1);
        Self {
            connect_timeout: settings.connect_timeout,
            application_name: settings.application_name.clone(),
            set_up: format!(
                "SET statement_timeout = {statement_ms}; SET idle_in_transaction_session_timeout = {statement_ms}"
            ),
        }
    }

    async fn open(&self, url: &str) -> ConnectionResult<AsyncPgConnection> {
        let mut connection = tokio::time::timeout(self.connect_timeout, connect(url, &self.application_name))
            .await
            .map_err(|_| ConnectionError::BadConnection(TooSlow(self.connect_timeout).to_string()))??;
        connection.batch_execute(&self.set_up).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
    }
}

/// One connection outside of any pool.
pub(crate) async fn connect(url: &str, application_name: &str) -> ConnectionResult<AsyncPgConnection> {
    let mut config = tokio_postgres::Config::from_str(url)
        .map_err(|error| ConnectionError::InvalidConnectionUrl(error.to_string()))?;
    config.application_name(application_name).keepalives_idle(Duration::from_secs(30));
    let (client, connection) =
        config.connect(NoTls).await.map_err(|error| ConnectionError::BadConnection(described(&error)))?;
    AsyncPgConnection::try_from_client_and_connection(client, connection).await
}

/// tokio-postgres says "error connecting to server" and keeps the reason in its source.
fn described(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

/// A transaction that is committed, rolled back, or closed together with its connection.
pub(crate) struct Transaction {
    /// `None` only once it was given back.
    connection: Option<Object<AsyncPgConnection>>,
}

impl Transaction {
    pub(crate) async fn commit(mut self) -> Result<(), Failure> {
        AnsiTransactionManager::commit_transaction(&mut *self).await?;
        self.give_back();
        Ok(())
    }

    /// For an end that is no fault: the connection stays usable.
    pub(crate) async fn roll_back(mut self) -> Result<(), Failure> {
        AnsiTransactionManager::rollback_transaction(&mut *self).await?;
        self.give_back();
        Ok(())
    }

    fn give_back(&mut self) {
        drop(self.connection.take());
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(Object::take(connection));
        }
    }
}

impl Deref for Transaction {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        self.connection.as_ref().expect("given back only by methods that consume the transaction")
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        self.connection.as_mut().expect("given back only by methods that consume the transaction")
    }
}
