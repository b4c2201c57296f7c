//! Files are laid out as a person would. What `terraform fmt` says of them is in `validation.rs`.

use crate::{corpus, tree};

#[test]
fn every_file_parses_and_has_no_stray_white_space() {
    for case in corpus::all() {
        for (name, content) in case.files.iter() {
            let at = format!("{}/{name}", case.name);
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
