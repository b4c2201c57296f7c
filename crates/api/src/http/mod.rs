//! What every call goes through before and after its handler.
//!
//! ```text
//! observe ── authenticate ── extractors ── handler ── application layer
//!    └ request id, span, metrics, access log, problem bodies, panics
//! ```

mod authenticate;
mod conditions;
mod fallback;
mod observe;
mod query;
mod spec_body;

pub use authenticate::{Caller, TenantHeader, authenticate};
pub use conditions::Write;
pub use fallback::{RouteTable, not_routed};
pub use observe::{Correlation, Observer, chain, observe};
pub use query::Query;
pub use spec_body::{BodyLimit, OptionalJson, SpecBody};
