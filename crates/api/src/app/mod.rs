//! What the calls mean: files are read, rows written, the doorbell rung. Knows nothing of HTTP's headers and codes
//! beyond the structs that the routes hand in.
//!
//! A write goes in this order, whatever it is: read the file (no I/O), one transaction in the store, the doorbell, the
//! answer. Everything after the first await is a task of its own (see [`crate::tasks`]).

mod bell;
mod environments;
mod filter;
mod health;
mod operations;
pub mod rendering;
mod show;
mod tenants;

use std::sync::Arc;

use terrane_domain::OperationId;
use terrane_queue::Doorbell;
use terrane_store::{Accepted, Outcome, Store, StoreError, Tenant};

use crate::{error::Error, http::chain, keys::TenantName, tasks::Tasks, views::AcceptedView};

pub use filter::parse_filter;
pub use health::{Condition, Health};
pub use operations::Decision;

/// The application layer. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
    tasks: Tasks,
}

/// What the work of a call needs.
struct Inner {
    store: Store,
    bell: bell::Bell,
    tenants: tenants::TenantDirectory,
}

/// The answer to a write.
pub struct Answer {
    /// What the write left.
    pub accepted: AcceptedView,
    /// Whether this was answered before, under the same key.
    pub replayed: bool,
}

/// Which part of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// At most so many.
    pub limit: u32,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Service {
    /// Wires the layer; connects to nothing yet.
    pub fn new(store: Store, doorbell: Doorbell, tasks: Tasks) -> Self {
        let tenants = tenants::TenantDirectory::new(store.clone());
        Self { inner: Arc::new(Inner { store, bell: bell::Bell::new(doorbell), tenants }), tasks }
    }

    /// Makes the rows of these tenants. Without a database that is put off until they call; with one that refuses, it
    /// is an error.
    pub async fn prepare(&self, tenants: &[TenantName]) -> Result<(), StoreError> {
        for name in tenants {
            match self.inner.tenants.resolve(name).await {
                Ok(_) => {}
                Err(error) if error.is_unavailable() => {
                    let error = chain(&error);
                    tracing::warn!(
                        event = "api.started_without_database",
                        error,
                        "starting without a database"
                    );
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Runs a call's work to its end, whether or not the caller waits for it.
    async fn run<T, F, Work>(&self, work: F) -> Result<T, Error>
    where
        F: FnOnce(Arc<Inner>) -> Work,
        Work: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        self.tasks.run(work(Arc::clone(&self.inner))).await
    }
}

impl Inner {
    async fn tenant(&self, name: &TenantName) -> Result<Tenant, Error> {
        Ok(self.tenants.resolve(name).await?)
    }

    /// The end of every write: rings if there is something new to do, and shows what was left.
    async fn answer(&self, tenant: &Tenant, outcome: Settled) -> Result<Answer, Error> {
        let Settled { accepted, replayed } = outcome;
        if !replayed {
            self.bell.ring(accepted.operation.id).await;
        }
        let accepted = self.show_accepted(tenant, *accepted).await?;
        Ok(Answer { accepted, replayed })
    }
}

/// A write that took place, now or earlier.
struct Settled {
    accepted: Box<Accepted>,
    replayed: bool,
}

/// What a write that did not take place is about, for the words of the refusal.
enum Subject<'a> {
    Environment { name: &'a str, expected: Option<i64> },
    Operation { id: OperationId, needed: &'static str },
}

fn settle(outcome: Outcome, subject: Subject<'_>) -> Result<Settled, Error> {
    match outcome {
        Outcome::Accepted(accepted) => Ok(Settled { accepted, replayed: false }),
        Outcome::Replayed(accepted) => Ok(Settled { accepted, replayed: true }),
        Outcome::Refused(refusal) => Err(subject.explain(refusal).into()),
        Outcome::NotFound => Err(subject.not_found().into()),
        Outcome::KeyReused => Err(crate::error::Refusal::IdempotencyKeyReused.into()),
    }
}

impl Subject<'_> {
    fn not_found(&self) -> crate::error::Refusal {
        use crate::error::Refusal as R;
        match self {
            Self::Environment { name, .. } => not_found(name),
            Self::Operation { id, .. } => R::OperationNotFound(id.to_string()),
        }
    }

    /// The store's reason in the words of the API, with what can be done.
    fn explain(&self, refusal: terrane_store::Refusal) -> crate::error::Refusal {
        use crate::error::Refusal as R;
        use terrane_store::Refusal as S;
        match refusal {
            S::NameTaken(id) => {
                let name = match self {
                    Self::Environment { name, .. } => (*name).to_owned(),
                    Self::Operation { .. } => String::new(),
                };
                R::NameTaken { name, id }
            }
            S::OtherGeneration { current } => {
                let expected = match self {
                    Self::Environment { expected, .. } => expected.unwrap_or(current),
                    Self::Operation { .. } => current,
                };
                R::GenerationMismatch { expected, current }
            }
            S::EnvironmentState { found } => R::EnvironmentState { found },
            S::ToBeDestroyed(operation) => R::ToBeDestroyed(operation),
            S::Protected => R::DeletionProtected,
            S::OperationState { found } => {
                let needed = match self {
                    Self::Operation { needed, .. } => needed,
                    Self::Environment { .. } => "Wait until it is over, then try again.",
                };
                R::OperationState { found, needed }
            }
            S::OtherPlan { digest } => R::DigestMismatch { current: digest },
            S::NotNewest(newer) => R::NotNewest(newer),
        }
    }
}

/// Nobody's environment; what was asked for may be anything, so it is cut short.
fn not_found(id_or_name: &str) -> crate::error::Refusal {
    crate::error::Refusal::EnvironmentNotFound(id_or_name.chars().take(64).collect())
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() {
            Self::Unavailable(Box::new(error))
        } else {
            Self::internal("a query", error)
        }
    }
}
