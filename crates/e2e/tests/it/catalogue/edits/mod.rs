//! What is edited in an example, and which resources may change by it.

mod table;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use table::{EDITS, Edit};

use super::{address::is_meant, file::resolved};

/// An edited file, and what was edited in it.
pub struct Edited {
    pub file: Value,
    /// Empty if only a tag was edited: then everything that carries tags has to change, and nothing has to be made.
    pub made: Vec<Made>,
}

/// An edit that was made.
pub struct Made {
    block: &'static str,
    path: &'static str,
    /// The resources of which at least one has to change, and none that no edit has among these.
    changes: Vec<String>,
}

/// Makes every edit that the file takes; for a file that takes none, a tag.
pub fn edit(file: &Value) -> Edited {
    let mut edited = Edited { file: file.clone(), made: Vec::new() };
    for edit in EDITS {
        let Some((next, key)) = with(&edited.file, edit) else { continue };
        if is_another(&edited.file, &next) {
            edited.file = next;
            let changes = edit.changes.iter().map(|pattern| pattern.replace("{}", &key)).collect();
            edited.made.push(Made { block: edit.block, path: edit.path, changes });
        }
    }
    if edited.made.is_empty() {
        edited.file["tags"]["edited"] = json!("once");
    }
    edited
}

impl Edited {
    /// Whether what changes is what was edited: all of it, and nothing else. By plain address.
    pub fn check(&self, changed: &[String]) -> Result<()> {
        ensure!(!changed.is_empty(), "the edit changes nothing");
        if self.made.is_empty() {
            return Ok(());
        }
        let is_of = |made: &Made, address: &String| made.changes.iter().any(|one| is_meant(one, address));
        for made in &self.made {
            let shows = changed.iter().any(|address| is_of(made, address));
            ensure!(shows, "{} was edited, and none of {:?} changes", made.path, made.changes);
        }
        let others: Vec<_> =
            changed.iter().filter(|address| !self.made.iter().any(|made| is_of(made, address))).collect();
        ensure!(others.is_empty(), "nobody edited {others:?}");
        Ok(())
    }
}

/// The edited file and the name of what is edited in it. `None` if there is nothing to edit.
fn with(file: &Value, edit: &Edit) -> Option<(Value, String)> {
    if edit.with.is_some_and(|section| file.get(section).is_none()) {
        return None;
    }
    let value = (edit.value)(file);
    let mut file = file.clone();
    let (mut place, mut key) = (&mut file, String::new());
    let (above, last) = edit.path.rsplit_once('.')?;
    for step in above.split('.') {
        let things = place.as_object_mut()?;
        place = match step.strip_suffix('?') {
            Some(step) => things.entry(step).or_insert_with(|| json!({})),
            None if step == "*" => {
                key.clone_from(things.keys().next()?);
                things.get_mut(&key)?
            }
            None => things.get_mut(step)?,
        };
    }
    place.as_object_mut()?.insert(last.to_owned(), value);
    Some((file, key))
}

/// Whether a file is one that Terrane takes, and that comes to something else.
fn is_another(file: &Value, next: &Value) -> bool {
    let models = resolved(file).ok().zip(resolved(next).ok());
    models.is_some_and(|(before, after)| before.model != after.model)
}

#[test]
fn an_example_is_edited_where_it_has_something_to_edit() -> Result<()> {
    let cloud = json!({ "region": "eu-west-1" });
    let file = json!({
        "name": "dev", "cloud": cloud, "network": {}, "buckets": { "a": {}, "b": {} },
        "kubernetes": { "node_groups": { "general": { "instance_types": ["t3.large"] } } },
    });
    let edited = edit(&file);
    let paths: Vec<_> = edited.made.iter().map(|made| made.path).collect();
    let expected = [
        "network.flow_logs",
        "network.ipv6",
        "kubernetes.logs?.retention_days",
        "kubernetes.node_groups.*.max",
        "buckets.*.lifecycle?.abort_uploads_after_days",
    ];
    assert_eq!(paths, expected);
    let group = json!({ "instance_types": ["t3.large"], "max": 17 });
    assert_eq!(
        edited.file["kubernetes"],
        json!({ "node_groups": { "general": group }, "logs": { "retention_days": 3 } })
    );
    let bucket = json!({ "lifecycle": { "abort_uploads_after_days": 3 } });
    assert_eq!(edited.file["buckets"], json!({ "a": bucket, "b": {} }));
    assert_eq!(edited.file["network"], json!({ "flow_logs": { "retention_days": 3 }, "ipv6": true }));

    let empty = edit(&json!({ "name": "dev", "cloud": cloud }));
    assert_eq!(empty.file["tags"]["edited"], "once");
    empty.check(&["aws_kms_key.main".to_owned()])
}

#[test]
fn an_edit_of_one_bucket_may_not_touch_another() -> Result<()> {
    let file = json!({
        "name": "dev", "cloud": { "region": "eu-west-1" }, "buckets": { "a": {}, "b": {} },
    });
    let edited = edit(&file);
    let lifecycle = |key: &str| format!("aws_s3_bucket_lifecycle_configuration.main/{key}");
    edited.check(&[lifecycle("a")])?;
    let refused = |changed: &[String]| edited.check(changed).unwrap_err().to_string();
    assert!(refused(&[lifecycle("a"), lifecycle("b")]).starts_with("nobody edited"));
    assert!(refused(&[lifecycle("b")]).starts_with("buckets.*.lifecycle"));
    assert!(refused(&[]).contains("changes nothing"));
    Ok(())
}

#[test]
fn every_block_of_every_example_is_edited() -> Result<()> {
    for (name, file) in super::file::all()? {
        let edited = edit(&file);
        resolved(&edited.file).with_context(|| name.clone())?;
        for block in super::file::blocks(&file) {
            let is_edited = edited.made.iter().any(|made| made.block == block);
            ensure!(is_edited, "{name}: no row of EDITS changes {block}");
        }
    }
    Ok(())
}
