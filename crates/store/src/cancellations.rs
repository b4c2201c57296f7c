//! Word of cancellations, as it comes: Postgres's NOTIFY, sent in the transaction that asks an operation to stop.
//!
//! It is a short cut and not the truth. What was sent while the connection was down is lost, and a renewal says the
//! same a few seconds later. So a listener never fails: it connects again, after a pause that grows to ten seconds and
//! is never the same twice, so that the workers of a restarted Postgres don't all come at once.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use futures::{Stream, StreamExt as _};
use secrecy::ExposeSecret as _;
use terrane_domain::OperationId;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use crate::{
    error::Failure,
    pool::{Transaction, connect},
    store::Store,
};

const CHANNEL: &str = "terrane_cancellations";
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Tells listeners of an operation, once the transaction is committed.
pub(crate) async fn notify(tx: &mut Transaction, operation: Uuid) -> Result<(), Failure> {
    diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<diesel::sql_types::Text, _>(CHANNEL)
        .bind::<diesel::sql_types::Text, _>(operation.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A stream of the operations that were just asked to stop, of all workers. It ends never; dropping it ends its
/// connection.
#[derive(Debug)]
pub struct Cancellations {
    operations: mpsc::Receiver<OperationId>,
    listening: watch::Receiver<bool>,
}

impl Cancellations {
    /// Waits until Postgres has been told that we listen: what is asked for after that, this stream shows.
    pub async fn listening(&mut self) {
        // The sender lives as long as the task, and the task as long as we do.
        let _ = self.listening.wait_for(|listening| *listening).await;
    }

    /// Waits until the connection was lost.
    pub async fn disconnected(&mut self) {
        let _ = self.listening.wait_for(|listening| !*listening).await;
    }
}

impl Stream for Cancellations {
    type Item = OperationId;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<OperationId>> {
        self.operations.poll_recv(context)
    }
}

impl Store {
    /// Listens on a connection of its own. Needs a tokio runtime.
    pub fn listen_cancellations(&self) -> Cancellations {
        let (operations_tx, operations) = mpsc::channel(256);
        let (listening_tx, listening) = watch::channel(false);
        let store = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = operations_tx.closed() => {}
                () = listen_for_ever(&store, &operations_tx, &listening_tx) => {}
            }
        });
        Cancellations { operations, listening }
    }
}

async fn listen_for_ever(
    store: &Store,
    operations: &mpsc::Sender<OperationId>,
    listening: &watch::Sender<bool>,
) {
    let mut pause = FIRST_PAUSE;
    loop {
        match open(store).await {
            Ok(mut connection) => {
                pause = FIRST_PAUSE;
                listening.send_replace(true);
                forward(&mut connection, operations).await;
                listening.send_replace(false);
                tracing::warn!(event = "cancellation_listener_disconnected");
            }
            Err(error) => tracing::warn!(event = "cancellation_listener_not_connected", %error),
        }
        tokio::time::sleep(jittered(pause)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn open(store: &Store) -> diesel::ConnectionResult<AsyncPgConnection> {
    let mut connection = connect(store.url().expose_secret(), store.application_name()).await?;
    connection
        .batch_execute(&format!("LISTEN {CHANNEL}"))
        .await
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

/// Passes notifications on until the connection ends.
async fn forward(connection: &mut AsyncPgConnection, operations: &mpsc::Sender<OperationId>) {
    let mut notifications = std::pin::pin!(connection.notifications_stream());
    while let Some(Ok(notification)) = notifications.next().await {
        match Uuid::try_parse(&notification.payload) {
            // A reader that is 256 behind learns of the rest from its renewals.
            Ok(id) => drop(operations.try_send(OperationId::from_uuid(id))),
            Err(_) => tracing::warn!(event = "cancellation_not_understood"),
        }
    }
}

/// Between half of a pause and all of it. The low bits of a fresh UUID are random, and all the randomness that this
/// needs.
fn jittered(pause: Duration) -> Duration {
    let thousandths = u32::try_from(Uuid::now_v7().as_u128() % 500).unwrap_or(0);
    pause / 2 + pause * thousandths / 1000
}
