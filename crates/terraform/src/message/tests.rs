//! Lines as Terraform 1.11 and OpenTofu print them.

use super::*;

fn parse(line: &str) -> Message {
    Message::parse(line).unwrap()
}

#[test]
fn a_planned_replacement_has_address_key_action_and_reason() {
    let message = parse(
        r#"{"@level":"info","@message":"terraform_data.slow[\"a\"]: Plan to replace","@module":"terraform.ui","@timestamp":"2026-11-21T12:49:14.546671Z","change":{"resource":{"addr":"terraform_data.slow[\"a\"]","module":"","resource":"terraform_data.slow[\"a\"]","implied_provider":"terraform","resource_type":"terraform_data","resource_name":"slow","resource_key":"a"},"action":"replace","reason":"cannot_update"},"type":"planned_change"}"#,
    );
    let Body::PlannedChange(change) = message.body else { panic!("{message:?}") };
    assert_eq!(change.resource.address, r#"terraform_data.slow["a"]"#);
    assert_eq!((change.resource.kind.as_str(), change.resource.name.as_str()), ("terraform_data", "slow"));
    assert_eq!(change.resource.key, Some("a".into()));
    assert!(change.action.destroys());
    assert_eq!(change.reason.as_deref(), Some("cannot_update"));
    assert_eq!(message.at.unwrap().timestamp_subsec_micros(), 546_671);
}

#[test]
fn a_completed_create_has_the_id_that_adoption_goes_by() {
    let message = parse(
        r#"{"@level":"info","@message":"x: Creation complete after 12s [id=vpc-1]","@module":"terraform.ui","@timestamp":"2026-11-21T12:49:14.482633Z","hook":{"resource":{"addr":"aws_vpc.main","module":"","resource":"aws_vpc.main","implied_provider":"aws","resource_type":"aws_vpc","resource_name":"main","resource_key":null},"action":"create","id_key":"id","id_value":"vpc-1","elapsed_seconds":12},"type":"apply_complete"}"#,
    );
    let Body::ApplyComplete(hook) = message.body else { panic!("{message:?}") };
    assert_eq!((hook.id_key.as_deref(), hook.id_value.as_deref()), (Some("id"), Some("vpc-1")));
    assert_eq!((hook.action, hook.elapsed_seconds), (Some(Action::Create), Some(12.0)));
}

#[test]
fn both_engines_say_who_they_are() {
    for (name, module) in [("terraform", "terraform.ui"), ("tofu", "tofu.ui")] {
        let line = format!(
            r#"{{"@level":"info","@message":"hello","@module":"{module}","{name}":"1.12.6","type":"version","ui":"1.2"}}"#
        );
        assert_eq!(parse(&line).body, Body::Version { engine: "1.12.6".to_owned(), ui: "1.2".to_owned() });
    }
}

#[test]
fn what_is_not_known_is_kept_as_it_came() {
    let later = parse(r#"{"@level":"notice","@message":"m","type":"from_the_future","payload":{"n":1}}"#);
    let Body::Unknown(raw) = later.body else { panic!("{later:?}") };
    assert_eq!((&raw["type"], &raw["payload"]["n"]), (&"from_the_future".into(), &1.into()));
    assert_eq!(later.level, Level::Info);

    let changed = parse(r#"{"@level":"info","@message":"m","type":"change_summary","changes":"many"}"#);
    assert!(matches!(changed.body, Body::Unknown(_)), "{changed:?}");
}

#[test]
fn an_action_that_is_not_known_counts_as_destructive() {
    let action: Action = serde_json::from_str(r#""annihilate""#).unwrap();
    assert!(action == Action::Unknown && action.destroys());
    assert!(!Action::Remove.destroys() && !Action::Update.destroys());
}

#[test]
fn text_documents_and_cut_lines_are_no_messages() {
    for line in ["", "Error: no", "{", r#"{"format_version":"1.0"}"#, r#"{"@level":"info","@mess"#] {
        assert_eq!(Message::parse(line), None, "{line}");
    }
}

#[test]
fn debug_output_hides_sensitive_outputs() {
    let output = OutputValue { sensitive: true, kind: None, value: Some("hush".into()), action: None };
    assert!(!format!("{output:?}").contains("hush"));
}
