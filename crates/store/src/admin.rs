//! Databases as a whole, for the rig and for tests: made, copied from a template, dropped.
//!
//! Nothing here is for a database that somebody relies on.

use diesel_async::SimpleAsyncConnection as _;
use secrecy::{ExposeSecret as _, SecretString};

use crate::pool::connect;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a database could not be made or dropped.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The server can't be reached.
    #[error("cannot connect to the server of the database {name}")]
    Connect {
        /// The database in question.
        name: String,
        /// What the connection said.
        #[source]
        source: Source,
    },
    /// The server refused.
    #[error("cannot {doing} the database {name}")]
    Statement {
        /// What was being done.
        doing: &'static str,
        /// The database in question.
        name: String,
        /// What Postgres said.
        #[source]
        source: Source,
    },
}

/// Makes a database, as a copy of `template` if one is named; nobody may be connected to the template.
///
/// # Errors
/// If the server can't be reached or refuses.
pub async fn create_database(
    admin_url: &SecretString,
    name: &str,
    template: Option<&str>,
) -> Result<(), AdminError> {
    let from = template.map(|template| format!(" TEMPLATE {}", quoted(template))).unwrap_or_default();
    execute(admin_url, "create", name, &format!("CREATE DATABASE {}{from}", quoted(name))).await
}

/// Drops a database if it exists, and with it the connections that others have to it.
///
/// # Errors
/// If the server can't be reached or refuses.
pub async fn drop_database(admin_url: &SecretString, name: &str) -> Result<(), AdminError> {
    execute(admin_url, "drop", name, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(name))).await
}

async fn execute(
    url: &SecretString,
    doing: &'static str,
    name: &str,
    statement: &str,
) -> Result<(), AdminError> {
    let mut connection = connect(url.expose_secret(), "terrane admin")
        .await
        .map_err(|error| AdminError::Connect { name: name.to_owned(), source: Box::new(error) })?;
    connection.batch_execute(statement).await.map_err(|error| AdminError::Statement {
        doing,
        name: name.to_owned(),
        source: Box::new(error),
    })
}

/// An identifier in SQL. Names of databases can't be parameters.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_name_can_not_end_its_own_quotes() {
        assert_eq!(quoted(r#"a"; DROP TABLE b; --"#), r#""a""; DROP TABLE b; --""#);
    }
}
