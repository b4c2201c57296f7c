//! Every SQL statement of Terrane, its schema and its migrations: one documented door to Postgres, which holds the truth.
//!
//! # What is stored
//! A **tenant** owns **environments**. Each has a line of generations of its spec and a line of **operations**, of which
//! at most one is active. An operation has steps, a plan and lines of log. Idempotency keys remember the answers to
//! clients' requests for a day, and workers are known by name. `migrations/` says the rest, and its CHECK constraints
//! and partial unique indexes hold whatever a query here gets wrong.
//!
//! # How it is changed
//! Nothing reads a row, decides, and writes it back. A change is one conditional UPDATE, or one short transaction that
//! locks the environment first and decides under that lock; what may follow what comes from
//! `terrane_domain`'s `next` functions and nowhere else. Each change ends in one of three ways: it took place, it was
//! refused (and what was found), or there is no such row. No transaction is open while a caller does something else.
//!
//! Clients' writes ([`Outcome`]) carry the tenant and, if they like, an [`Idempotency`] key. Workers' writes carry a
//! [`Holder`], the proof of a claim, and find nothing once the environment's fence has moved on ([`Fenced`]).
//!
//! # When Postgres is away
//! A [`Store`] opens connections when it needs them. Calls fail with [`StoreError::Unavailable`] within seconds and
//! succeed again as soon as Postgres answers.
//!
//! | module | holds |
//! |---|---|
//! | `create`, `destroy`, `decisions`, `expiry` | what clients ask for, and what nobody asked for in time |
//! | `line` | joining and leaving an environment's line of operations |
//! | `write`, `outcome` | a client's write: locks, idempotency, answers |
//! | `claims`, `holder`, `finish`, `logs` | what workers do |
//! | `attempts`, `takeover` | who worked before, and what follows when a worker is lost |
//! | `inventories` | what a destroy leaves |
//! | `retention`, `figures` | what goes when it is old, and the queue in figures |
//! | `cancellations` | LISTEN and NOTIFY |
//! | `environments`, `operations`, `tenants`, `workers` | reading, and the small writes |
//! | `migrations`, `admin` | the schema and whole databases |
//! | `rows` and `models`, `schema`, `enums`, `json`, `sql` | rows outside and inside, and how Rust becomes SQL |
//! | `pool`, `store`, `settings`, `error` | connections and failures |

pub mod admin;

mod attempts;
mod cancellations;
mod claims;
mod create;
mod cursor;
mod decisions;
mod destroy;
mod enums;
mod environments;
mod error;
mod expiry;
mod figures;
mod finish;
mod holder;
mod inventories;
mod json;
mod line;
mod logs;
mod migrations;
mod models;
mod operations;
mod outcome;
mod pool;
mod retention;
mod rows;
mod schema;
mod settings;
mod sql;
mod store;
mod takeover;
mod tenants;
mod workers;
mod write;

pub use cancellations::Cancellations;
pub use claims::{Claim, Holder};
pub use create::{NewEnvironment, NewSpec};
pub use cursor::{LogCursor, ParseLogCursorError};
pub use decisions::RetryRequest;
pub use destroy::DestroyRequest;
pub use enums::{AttemptEnd, CancelReason, LogStream};
pub use environments::EnvironmentFilter;
pub use error::{Fenced, HolderError, InvalidSettings, StoreError};
pub use figures::QueueFigures;
pub use holder::{Renewal, StepEnd};
pub use logs::{LineBatch, LogLevel, LogLine, LogPage, LogSize, NewLine};
pub use migrations::{MigrateError, migrate};
pub use outcome::{Accepted, Idempotency, Outcome, Refusal};
pub use retention::FinishedOperation;
pub use rows::{
    AttemptRecord, Environment, EnvironmentPins, Fence, InventoryItem, Operation, OperationError, Page,
    PinnedEngine, Plan, PlannedAction, ProcessPlace, Step, Tenant, UnsettledAttempt, Worker,
};
pub use settings::StoreSettings;
pub use store::Store;
pub use takeover::{LostBy, Takeover, WatchedLease};
/// What [`DestroyRequest`] speaks of.
pub use terrane_domain::DataOnDestroy;
pub use workers::NewWorker;
