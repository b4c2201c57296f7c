//! `apply`: an environment becomes what its file says.

use std::sync::Arc;

use crate::{
    args::ApplyArgs,
    client::{Accepted, Client, ClientError, Document, SpecBody},
    context::Context,
    exit::Exit,
    failure::Failure,
    follow::Approval,
    spec_file::SpecFile,
};

use super::accepted;

/// Looks the name up, then creates or updates. The update names the generation that was seen, so that a change by
/// somebody else in between is refused and not overwritten.
pub async fn run(context: &Context, args: ApplyArgs) -> Result<Exit, Failure> {
    let file = SpecFile::read(&args.file.file)?;
    let client = context.client()?;
    let name = file.spec.name.as_str().to_owned();
    let body = SpecBody { bytes: file.bytes, format: file.format };
    let written = write(&client, &name, body)
        .await
        .map_err(|error| Failure::Client { error, file: Some(file.name) })?;
    let approval = if args.approve { Approval::Given } else { Approval::Ask };
    accepted::finish(context, &client, written, args.wait, approval, args.file.format).await
}

async fn write(client: &Arc<Client>, name: &str, body: SpecBody) -> Result<Document<Accepted>, ClientError> {
    match client.environment(name).await {
        Ok(Document { value: environment, .. }) => {
            client.update(environment.id, environment.generation, body).await
        }
        Err(error) if error.is_not_found() => client.create(body).await,
        Err(error) => Err(error),
    }
}
