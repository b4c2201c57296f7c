//! References from one section to another: whether what they name is there.

use super::{Conflict, Resolver};
use crate::{
    Key,
    spec::{Path, Reference},
};

impl Resolver<'_> {
    /// Whether what a reference names is in the file; `path` is where it stands. If it is not, that is a conflict:
    /// `"caches.session.url" names no cache; caches: sessions`.
    pub(super) fn check_reference(&mut self, reference: &Reference, path: &Path) -> bool {
        let (section, key) = reference.target();
        let spec = self.spec;
        let (noun, names): (&str, Vec<&Key>) = match reference {
            Reference::Database { .. } => ("database", spec.databases.keys().collect()),
            Reference::Cache { .. } => ("cache", spec.caches.keys().collect()),
            Reference::Bucket { .. } => ("bucket", spec.buckets.keys().collect()),
            Reference::Registry { .. } => ("registry", spec.registries.keys().collect()),
            Reference::Secret { .. } => ("secret", spec.secrets.keys().collect()),
            Reference::DocumentDatabase { .. } => ("document database", Vec::new()),
        };
        let found = match key {
            Some(key) => names.contains(&key),
            None => spec.document_database.is_some(),
        };
        if found {
            return true;
        }
        let known = if names.is_empty() {
            format!("the file has no section {section}")
        } else {
            let names: Vec<&str> = names.into_iter().map(Key::as_str).collect();
            format!("{section}: {}", names.join(", "))
        };
        let message = format!("\"{reference}\" names no {noun}; {known}");
        self.conflict(Conflict::new(path.clone(), message).with(Path::root().key(section)));
        false
    }
}
