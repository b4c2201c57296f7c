//! docs/ARCHITECTURE.md and the code agree on the arrows between crates.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

type Arrows = BTreeMap<String, BTreeSet<String>>;

#[test]
fn the_arrows_between_crates_are_the_documented_ones() {
    let (documented, actual) = (documented(), actual());
    assert!(documented.len() > 10, "the table of crates in docs/ARCHITECTURE.md was not found");
    assert_eq!(documented, actual);
}

#[test]
fn nothing_points_at_a_binary_and_arrows_run_in_no_circle() {
    let arrows = actual();
    for (from, to) in &arrows {
        for binary in ["api", "worker", "cli", "e2e"] {
            assert!(!to.contains(binary), "{from} depends on {binary}");
        }
        assert!(!reaches(&arrows, to, from), "{from} depends on itself");
    }
}

fn reaches(arrows: &Arrows, from: &BTreeSet<String>, target: &str) -> bool {
    from.contains(target) || from.iter().any(|next| reaches(arrows, &arrows[next], target))
}

/// The rows of the table whose header begins with `crate`.
fn documented() -> Arrows {
    let rows = include_str!("../../../../docs/ARCHITECTURE.md")
        .lines()
        .skip_while(|line| !line.starts_with("| crate |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let uses = cells[2].split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect();
        (cells[0].to_owned(), uses)
    })
    .collect()
}

/// Normal dependencies between the crates of the workspace.
fn actual() -> Arrows {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata");
    let noun = |package: &str| package.strip_prefix("terrane-").map(str::to_owned);
    metadata
        .packages
        .iter()
        .filter_map(|package| {
            let uses = package
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind == DependencyKind::Normal)
                .filter_map(|dependency| noun(&dependency.name))
                .collect();
            Some((noun(&package.name)?, uses))
        })
        .collect()
}
