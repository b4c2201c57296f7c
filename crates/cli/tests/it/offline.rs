//! What needs no server.

use std::{fs, process::Stdio};

use serde_json::Value;

use crate::{
    program::{ended, run, run_with_input, terrane},
    world::{FILE, file},
};

const WRONG: &str = "name: tour\ncloud:\n  region: eu-west-1\nnetwork:\n  nat: one\nbukkets: {}\n";

#[test]
fn a_starter_file_is_written_once_and_is_valid() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.yaml");
    let path = path.to_str().unwrap();
    let init = ["init", "--name", "dev-anna", "--region", "us-west-2", "--profile", "medium", "-o", path];
    assert_eq!(run(&init).code, Some(0));
    let written = fs::read_to_string(path).unwrap();
    assert!(written.contains("name: dev-anna\n") && written.contains("profile: medium\n"), "{written}");

    let again = run(&init);
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains("exists already"), "{}", again.stderr);
    assert_eq!(fs::read_to_string(path).unwrap(), written);

    let valid = run(&["validate", "-f", path]);
    assert_eq!((valid.code, valid.stderr.as_str()), (Some(0), ""));
    assert!(valid.stdout.starts_with(&format!("{path}: valid\n")), "{}", valid.stdout);
    assert!(valid.stdout.contains("profile medium"), "defaults come with their reason: {}", valid.stdout);
}

#[test]
fn every_problem_of_a_file_is_listed_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("acme.yaml"), WRONG).unwrap();
    let wrong = ended(terrane(&["validate", "-f", "acme.yaml"]).current_dir(dir.path()).spawn().unwrap());
    assert_eq!((wrong.code, wrong.stdout.as_str()), (Some(2), ""));
    insta::assert_snapshot!(wrong.stderr, @r#"
        acme.yaml: 2 problems
          network.nat: unknown value "one"; expected none, single or per_az   (line 5)
          bukkets: unknown key; did you mean "buckets"?                       (line 6)
        "#);
}

#[test]
fn a_file_may_come_from_stdin() {
    assert_eq!(run_with_input(&["validate", "-f", "-"], FILE.as_bytes()).code, Some(0));
    let wrong = run_with_input(&["validate", "-f", "-"], WRONG.as_bytes());
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.starts_with("<stdin>: 2 problems\n"), "{}", wrong.stderr);
}

#[test]
fn for_programs_the_problems_are_the_result() {
    let wrong = run_with_input(&["validate", "-f", "-", "-o", "json"], WRONG.as_bytes());
    assert_eq!((wrong.code, wrong.stderr.as_str()), (Some(2), ""));
    let result: Value = serde_json::from_str(&wrong.stdout).unwrap();
    assert_eq!(result["valid"], false);
    assert_eq!(result["problems"][0]["path"], "network.nat");
    assert_eq!(result["problems"][0]["line"], 5);

    let right = run_with_input(&["-o", "json", "validate", "-f", "-"], FILE.as_bytes());
    let result: Value = serde_json::from_str(&right.stdout).unwrap();
    assert_eq!((right.code, &result["valid"]), (Some(0), &Value::Bool(true)));
    assert_eq!(result["resolved"]["cloud"]["region"], "eu-west-1");
}

#[test]
fn what_can_never_be_a_file_is_refused_and_does_not_hang() {
    for path in ["/dev/zero", "/nonexistent.yaml", "/"] {
        let ended = run(&["validate", "-f", path]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{path}");
        assert!(ended.stderr.contains(path), "{}", ended.stderr);
    }
    assert_eq!(run_with_input(&["validate", "-f", "-"], b"name: \xff\xfe\n").code, Some(2));
    assert_eq!(run_with_input(&["validate", "-f", "-"], b"").code, Some(2));
}

#[test]
fn terraform_files_are_written_and_written_again() {
    let (dir, path) = file(FILE);
    let out = dir.path().join("out");
    let render = ["render", "-f", &path, "-o", out.to_str().unwrap()];
    let first = run(&render);
    assert_eq!((first.code, first.stdout.as_str()), (Some(0), ""), "{}", first.stderr);
    let versions = fs::read_to_string(out.join("versions.tf")).unwrap();
    assert!(versions.contains("required_version"), "{versions}");
    assert_eq!(run(&render).code, Some(0));

    let printed = run(&["render", "-f", &path, "--stdout"]);
    assert_eq!(printed.code, Some(0));
    assert!(printed.stdout.contains(&versions), "{}", printed.stdout);
}

#[test]
fn a_directory_of_somebody_else_is_not_written_to() {
    let (dir, path) = file(FILE);
    let here = dir.path().to_str().unwrap();
    let refused = run(&["render", "-f", &path, "-o", here]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert!(!dir.path().join("versions.tf").exists());
    assert_eq!(run(&["render", "-f", &path, "-o", here, "--force"]).code, Some(0));
    assert_eq!(fs::read_to_string(&path).unwrap(), FILE);
}

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    let mut child = terrane(&["schema"]).spawn().unwrap();
    // Nobody reads: the first write finds the pipe broken.
    drop(child.stdout.take());
    let ended = ended(child);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = ended(terrane(&["schema"]).stdout(Stdio::from(full)).spawn().unwrap());
    assert_eq!(ended.code, Some(6));
    assert!(ended.stderr.contains("can't be written"), "{}", ended.stderr);
}

#[test]
fn the_schema_and_completions_are_for_other_programs() {
    let schema: Value = serde_json::from_str(&run(&["schema"]).stdout).unwrap();
    assert!(schema["properties"]["cloud"].is_object());
    for shell in ["bash", "zsh", "fish"] {
        assert!(run(&["completions", shell]).stdout.contains("destroy"), "{shell}");
    }
}

#[test]
fn help_tells_the_exit_codes_and_never_the_key() {
    let help = ended(terrane(&["--help"]).env("TERRANE_API_KEY", "sekret-1").spawn().unwrap());
    assert_eq!(help.code, Some(0));
    assert!(help.stdout.contains("130  interrupted"), "{}", help.stdout);
    assert!(help.stdout.contains("TERRANE_API_KEY") && !help.stdout.contains("sekret-1"), "{}", help.stdout);
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for args in [
        &["frobnicate"][..],
        &[],
        &["get"],
        &["get", "Not A Name"],
        &["--url", "nowhere", "list"],
        &["apply"],
    ] {
        assert_eq!(run(args).code, Some(2), "{args:?}");
    }
}

#[test]
fn the_parts_of_an_environment_are_drawn() {
    let (_dir, path) = file("name: tour\ncloud: { region: eu-west-1 }\ndatabases: { main: {} }\n");
    let drawn = run(&["graph", "-f", &path]);
    assert_eq!((drawn.code, drawn.stderr.as_str()), (Some(0), ""));
    assert!(drawn.stdout.starts_with("flowchart LR\n"), "{}", drawn.stdout);
    assert!(drawn.stdout.contains("  databases --> network\n"), "{}", drawn.stdout);
}
