//! The layout is that of `terraform fmt`.

use std::fs;

use crate::{models, terraform, tree};

#[test]
fn every_file_parses_and_has_no_stray_white_space() {
    for (model, infra) in models::all() {
        for (name, content) in terrane_blueprint::render(&infra).unwrap().iter() {
            let at = format!("{model}/{name}");
            tree::parse(&at, content);
            assert!(content.starts_with("# "), "{at} says what it is about");
            assert!(content.ends_with("}\n") && !content.ends_with("\n\n"), "{at} ends in one newline");
            assert!(
                !content.contains("\n\n\n") && !content.contains("{\n\n"),
                "{at} has needless blank lines"
            );
            for line in content.lines() {
                assert_eq!(line, line.trim_end(), "{at}");
                assert!(!line.contains('\t'), "{at}: {line}");
            }
        }
    }
}

#[test]
fn terraform_fmt_finds_nothing_to_change() {
    let Some(terraform) = terraform::Terraform::find("terraform_fmt_finds_nothing_to_change") else { return };
    let directory = tempfile::tempdir().unwrap();
    for (model, infra) in models::all() {
        let module = directory.path().join(model);
        fs::create_dir(&module).unwrap();
        for (name, content) in terrane_blueprint::render(&infra).unwrap().iter() {
            fs::write(module.join(name), content).unwrap();
        }
    }
    let output = terraform.run(directory.path(), &["fmt", "-check", "-diff", "-recursive"]);
    assert!(output.status.success(), "{}", terraform::text(&output));
}
