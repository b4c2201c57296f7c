//! `destroy`: an environment is taken down, after a person has typed its name.

use crate::{
    args::DestroyArgs,
    client::{DataChoice, Environment},
    context::Context,
    exit::Exit,
    failure::Failure,
    follow::Approval,
    output::Colour,
    terminal::{Answer, Terminal},
};

use super::accepted::finish;

/// Looks, asks, destroys. What is destroyed is the environment that was seen, at the generation that was seen.
pub async fn run(context: &Context, args: &DestroyArgs) -> Result<Exit, Failure> {
    let terminal = &context.terminal;
    if !args.yes && !terminal.is_interactive() {
        let say = format!("to destroy {} without a terminal to ask on, say --yes", args.environment);
        return Err(Failure::Usage(say));
    }
    let client = context.client()?;
    let environment = client.environment(args.environment.as_str()).await?.value;
    if !args.yes {
        confirm(terminal, &environment, args.data).await?;
    }
    let accepted = client.destroy(environment.id, environment.generation, args.data).await?;
    // Whoever destroys has decided already that things go.
    finish(context, &client, accepted, args.wait, Approval::Given, args.format).await
}

async fn confirm(
    terminal: &Terminal,
    environment: &Environment,
    data: Option<DataChoice>,
) -> Result<(), Failure> {
    let Environment { name, id, region, state, .. } = environment;
    let heading = format!("{name} ({id}) in {region}, now {state}, is going to be destroyed.");
    terminal.note(&terminal.err_palette().paint(Colour::Bad, &heading));
    terminal.note(match data {
        None => "Its data is kept or lost as its file says under lifecycle.on_destroy; if it says nothing, databases leave a final snapshot.",
        Some(DataChoice::Snapshot) => "Databases leave a final snapshot; buckets and registries are lost with what is in them.",
        Some(DataChoice::Delete) => "All of its data is lost.",
    });
    match terminal.ask(&format!("Type {name} to go on:")).await {
        Answer::Line(line) if line.trim() == name => Ok(()),
        Answer::Line(_) | Answer::End => Err(Failure::Declined("the name was not typed")),
        Answer::Interrupted => Err(Failure::Interrupted),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::terminal::testing::person;

    async fn confirmed(answers: &[&str]) -> (Result<(), Failure>, String) {
        let environment = serde_json::from_value(json!({
            "id": "env_0193a5c0dead7eef8badf00dcafe0001", "name": "acme-prod", "state": "ready", "generation": 3,
            "region": "eu-west-1", "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z",
        }))
        .unwrap();
        let (terminal, out, err) = person(answers);
        let confirmed = confirm(&terminal, &environment, Some(DataChoice::Delete)).await;
        assert_eq!(out.text(), "", "a question is not a result");
        (confirmed, err.text())
    }

    #[tokio::test]
    async fn only_the_name_itself_destroys() {
        assert!(confirmed(&["acme-prod "]).await.0.is_ok());
        for answers in [&["yes"][..], &["acme"], &[""], &[]] {
            let failure = confirmed(answers).await.0.unwrap_err();
            assert_eq!(failure.exit(), Exit::Refused, "{answers:?}");
        }
    }

    #[tokio::test]
    async fn the_question_says_what_is_lost() {
        insta::assert_snapshot!(confirmed(&[]).await.1, @"
        acme-prod (env_0193a5c0dead7eef8badf00dcafe0001) in eu-west-1, now ready, is going to be destroyed.
        All of its data is lost.
        Type acme-prod to go on:
        ");
    }
}
