//! A whole life without mishap.

use terrane_terraform::{Body, Command, Outcome, PlanMode, Progress, Stream};

use crate::support::{Attempt, terraform};

pub const TWO: &str = r#"
resource "terraform_data" "pair" {
  for_each = toset(["a", "b"])
  input    = "value of ${each.key}"
}

output "a" {
  description = "One of them."
  value       = terraform_data.pair["a"].output
}
"#;

#[tokio::test]
async fn plan_apply_output_and_destroy_work_and_are_told_in_messages() {
    let attempt = Attempt::new(&terraform().await, TWO);
    whole_life(&attempt).await;
}

pub async fn whole_life(attempt: &Attempt) {
    let init = attempt.succeed(&Command::init()).await;
    assert!(
        init.iter().any(|line| matches!(
            &line.parsed,
            Some(message) if matches!(message.body, Body::Version { .. })
        )),
        "init speaks JSON: {init:#?}"
    );

    let plan = attempt.workspace.plan_file("create");
    let planned = attempt.succeed(&Command::plan(plan.clone(), PlanMode::Normal)).await;
    let planned: Vec<_> = planned.into_iter().filter_map(|line| line.parsed).collect();
    let changes = planned.iter().filter(|message| matches!(message.body, Body::PlannedChange(_))).count();
    assert_eq!(changes, 2, "{planned:#?}");

    let applied = attempt.succeed(&Command::Apply { plan }).await;
    let mut progress = Progress::default();
    let mut ids = 0;
    for message in applied.iter().filter_map(|line| line.parsed.as_deref()) {
        progress.observe(message);
        if let Body::ApplyComplete(hook) = &message.body {
            assert_eq!(hook.id_key.as_deref(), Some("id"));
            ids += usize::from(hook.id_value.is_some());
        }
    }
    let snapshot = progress.snapshot();
    assert_eq!((snapshot.planned, snapshot.done, ids), (2, 2, 2), "{applied:#?}");
    assert!(snapshot.current.is_empty());
    let last_outputs = applied.iter().rev().find_map(|line| match &line.parsed.as_ref()?.body {
        Body::Outputs(outputs) => Some(outputs.clone()),
        _ => None,
    });
    assert_eq!(last_outputs.unwrap()["a"].value, Some("value of a".into()));

    // Every offset is where its line really begins.
    for line in applied.iter().filter(|line| line.stream == Stream::Stdout) {
        assert_eq!(line.next_offset - line.offset, line.text.len() as u64 + 1);
    }

    let mut output = attempt.start(&Command::Output, &crate::support::options());
    let (exit, lines) = crate::support::to_the_end(&mut output).await;
    assert_eq!((exit.outcome, lines.len()), (Outcome::Succeeded, 0), "a document is not streamed");
    let outputs: serde_json::Value = output.document().unwrap();
    assert_eq!(outputs["a"]["value"], "value of a");

    let destroy = attempt.workspace.plan_file("destroy");
    attempt.succeed(&Command::plan(destroy.clone(), PlanMode::Destroy)).await;
    let mut shown = attempt.start(&Command::ShowPlan { plan: destroy.clone() }, &crate::support::options());
    assert!(crate::support::to_the_end(&mut shown).await.0.succeeded());
    let document: serde_json::Value = shown.document().unwrap();
    assert_eq!(document["resource_changes"].as_array().unwrap().len(), 2);
    attempt.succeed(&Command::Apply { plan: destroy }).await;
    assert!(attempt.resources_in_state().is_empty());
}

#[tokio::test]
async fn an_invalid_configuration_fails_with_its_place() {
    let attempt = Attempt::ready("resource \"terraform_data\" \"x\" {\n  input = var.missing\n}\n").await;
    for command in [Command::Validate, Command::plan(attempt.workspace.plan_file("x"), PlanMode::Normal)] {
        let (exit, _) = attempt.run(&command).await;
        assert_eq!((exit.outcome, exit.code), (Outcome::Failed, Some(1)), "{command}");
        let diagnostic = &exit.diagnostics[0];
        assert_eq!(diagnostic.summary, "Reference to undeclared input variable", "{command}");
        assert_eq!(diagnostic.range.as_ref().unwrap().start.line, 2, "{command}");
    }
}

#[tokio::test]
async fn a_plan_that_was_never_made_is_not_applied() {
    let attempt = Attempt::ready(TWO).await;
    let (exit, _) = attempt.run(&Command::Apply { plan: attempt.workspace.plan_file("absent") }).await;
    assert_eq!(exit.outcome, Outcome::Failed);
    assert!(!exit.diagnostics.is_empty());
}
