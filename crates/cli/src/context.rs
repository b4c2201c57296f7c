//! What a command has at hand.

use std::sync::Arc;

use serde_json::Value;
use terrane_domain::OperationId;

use crate::{
    client::{Client, ClientError, Operation, Server},
    failure::Failure,
    output::{Palette, document},
    target::OperationRef,
    terminal::Terminal,
};

pub use crate::output::OutputFormat;

/// The terminal, the server and the wishes of the command line that hold for every command.
pub struct Context {
    /// Where everything is printed.
    pub terminal: Arc<Terminal>,
    /// Not asked for anything until a command needs it: offline commands never do.
    pub server: Server,
    /// How results are written, if the command itself doesn't say.
    pub format: Option<OutputFormat>,
}

impl Context {
    /// A client of the server. Made when needed: it costs a few milliseconds to load certificates.
    pub fn client(&self) -> Result<Arc<Client>, ClientError> {
        let terminal = self.terminal.clone();
        Client::new(&self.server, Box::new(move |notice| terminal.note(notice))).map(Arc::new)
    }

    /// Prints a result in the format that was asked for.
    pub fn print(&self, format: Option<OutputFormat>, json: &Value, table: impl FnOnce(Palette) -> String) {
        let format = self.format_or(format);
        self.terminal.print(&document(format, json, || table(self.terminal.out_palette())));
    }

    /// The format of the command, of the command line, or the usual one.
    pub fn format_or(&self, format: Option<OutputFormat>) -> OutputFormat {
        format.or(self.format).unwrap_or_default()
    }
}

/// The id of an operation; of an environment, that of the one under way or of its newest.
pub async fn operation_id(client: &Client, operation: &OperationRef) -> Result<OperationId, Failure> {
    match operation {
        OperationRef::Id(id) => Ok(*id),
        OperationRef::Of(environment) => {
            let found: Option<Operation> = client.environment(environment.as_str()).await?.value.operation;
            found.map(|operation| operation.id).ok_or_else(|| Failure::NoOperation(environment.to_string()))
        }
    }
}
