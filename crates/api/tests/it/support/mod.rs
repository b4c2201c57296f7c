//! The application under test, and how its answers are shown.

mod app;
mod proxy;
mod shown;
mod worker;

pub use app::{ACME, BOTH, GLOBEX, Options, TestApp};
pub use proxy::{Proxy, port_of};
pub use shown::show;
pub use worker::TestWorker;

/// The smallest file there is.
pub const DEV_ANNA: &str = "name: dev-anna\ncloud: { region: eu-west-1 }\n";

/// A file of another name.
pub fn file(name: &str) -> String {
    format!("name: {name}\ncloud: {{ region: eu-west-1 }}\n")
}
