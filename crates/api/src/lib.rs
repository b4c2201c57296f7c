//! The HTTP API of Terrane.
//!
//! ```text
//! routes (read the call, write the answer)
//!   -> app (what a call means: files, rows, the doorbell)
//!        -> terrane_store, terrane_queue, terrane_domain, terrane_blueprint
//! ```
//!
//! * [`Application`] builds the process from [`Settings`], listens, and runs until it is stopped. Tests start the same
//!   thing on port 0.
//! * A handler holds no SQL and no transaction: the application layer runs as tasks of its own, so that a caller who
//!   hangs up ends a wait and not a write.
//! * Every answer that is not a success is `application/problem+json`; the texts for callers are all in one place, and
//!   nothing internal has a way into one.
//! * Every call acts for one tenant, which its key chooses; the store asks for the tenant with every read and write.
//! * [`openapi_document`] is generated from the routes and served at `/openapi.json`, browsable at `/docs`.

mod app;
mod application;
mod error;
mod http;
mod keys;
mod log_stream;
mod openapi;
mod output;
mod problem;
mod ready_file;
mod routes;
mod settings;
mod tasks;
mod views;

pub use application::{Application, BuildError, document as openapi_document};
pub use keys::{KeyRing, KeyRingError, TenantName};
pub use settings::{
    DatabaseSettings, LimitSettings, ServerSettings, Settings, SettingsError, log_settings,
    process_environment,
};
