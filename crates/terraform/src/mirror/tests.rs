use super::*;

fn unpacked(root: &Path, version: &str) {
    fs::create_dir_all(root.join("registry.terraform.io/hashicorp/aws").join(version).join(platform()))
        .unwrap();
}

fn packed(root: &Path, version: &str) {
    let directory = root.join("registry.terraform.io/hashicorp/aws");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join(format!("terraform-provider-aws_{version}_{}.zip", platform())), "").unwrap();
}

fn found(search: &MirrorSearch) -> Option<PathBuf> {
    ProviderMirror::find(search).unwrap().map(|mirror| mirror.root().to_owned())
}

#[test]
fn both_layouts_are_read_and_versions_come_in_order() {
    let directory = tempfile::tempdir().unwrap();
    unpacked(directory.path(), "5.100.0");
    unpacked(directory.path(), "5.9.1");
    packed(directory.path(), "6.2.0");
    fs::create_dir_all(directory.path().join("registry.terraform.io/hashicorp/aws/7.0.0/plan9_mips"))
        .unwrap();
    let mirror = ProviderMirror::at(directory.path()).unwrap();
    let versions: Vec<String> = mirror.versions_of("hashicorp/aws").iter().map(Version::to_string).collect();
    assert_eq!(versions, ["5.9.1", "5.100.0", "6.2.0"]);
    assert_eq!(mirror.packages().len(), 3);
    assert!(mirror.versions_of("hashicorp/google").is_empty());
}

#[test]
fn the_named_mirror_wins_then_the_declared_one_then_the_standard_ones_then_the_shelves() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    for place in ["named", "declared", "standard", "shelf/near", "other-shelf/a/far"] {
        unpacked(&at(place), "5.100.0");
    }
    let config = at("terraformrc");
    fs::write(
        &config,
        format!(
            "# filesystem_mirror {{ path = \"/nowhere\" }}\nprovider_installation {{\n  filesystem_mirror {{\n    path = \"{}\"\n  }}\n  direct {{}}\n}}\n",
            at("declared").display()
        ),
    )
    .unwrap();
    let mut search = MirrorSearch {
        configured: Some(at("named")),
        cli_configs: vec![at("missing-file"), config],
        standard: vec![at("missing"), at("standard")],
        shelves: vec![at("shelf"), at("other-shelf")],
    };
    assert_eq!(found(&search), Some(at("named")));
    search.configured = None;
    assert_eq!(found(&search), Some(at("declared")));
    search.cli_configs.clear();
    assert_eq!(found(&search), Some(at("standard")));
    search.standard.clear();
    assert_eq!(found(&search), Some(at("shelf/near")));
    search.shelves.remove(0);
    assert_eq!(found(&search), Some(at("other-shelf/a/far")));
    search.shelves.clear();
    assert_eq!(found(&search), None);
}

#[test]
fn a_named_mirror_that_is_none_is_an_error_and_not_a_reason_to_search_on() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing");
    let named = |path: &Path| MirrorSearch { configured: Some(path.to_owned()), ..MirrorSearch::default() };
    assert_eq!(ProviderMirror::find(&named(&missing)), Err(MirrorError::NotADirectory(missing)));
    let empty = directory.path().to_owned();
    assert_eq!(ProviderMirror::find(&named(&empty)), Err(MirrorError::Empty(empty)));
}
