//! What one building block adds to the module, and the forms in which blocks say the same kind of thing.

use std::collections::BTreeMap;

use terrane_domain::Key;

use crate::hcl::{Block, Expr, File, For, Object, Resource};

/// What a block adds: files of its own, entries of `locals.tf` and of `outputs.tf`, and seldom a provider.
///
/// ```text
/// Part::of(File::new("kms.tf", "…").block(…)).output("kms_key_arn", "The key", KEY.attr("arn"))
/// ```
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Read before the files of every other block.
    pub(super) foundations: Vec<File>,
    pub(super) files: Vec<File>,
    pub(super) locals: Vec<(&'static str, Expr)>,
    pub(super) outputs: Vec<Block>,
    pub(super) providers: Vec<Provider>,
}

/// A provider beside AWS.
#[derive(Debug)]
pub(super) struct Provider {
    /// Its name in this module, which is how its resource types begin.
    pub(super) name: &'static str,
    /// Its address in the registry, for example `mongodb/mongodbatlas`.
    pub(super) source: &'static str,
    /// The exact version.
    pub(super) version: &'static str,
    /// What a reader would ask about it.
    pub(super) note: &'static str,
    /// The block `provider "name"`.
    pub(super) settings: Block,
}

impl Part {
    /// A part with one file.
    pub(super) fn of(file: File) -> Self {
        Self::default().file(file)
    }

    /// A file. Its name says what it is about; files of different blocks never share one.
    pub(super) fn file(mut self, file: File) -> Self {
        self.files.push(file);
        self
    }

    /// A file that comes before those of all other blocks, because they stand on what is in it.
    pub(super) fn foundation(mut self, file: File) -> Self {
        self.foundations.push(file);
        self
    }

    /// An entry of `locals.tf`: what differs between environments, above all the map over which resources iterate.
    pub(super) fn local(mut self, name: &'static str, value: impl Into<Expr>) -> Self {
        self.locals.push((name, value.into()));
        self
    }

    /// An output. Never a secret: the ARN under which Secrets Manager holds it.
    pub(super) fn output(
        mut self,
        name: &'static str,
        description: &'static str,
        value: impl Into<Expr>,
    ) -> Self {
        self.outputs
            .push(Block::labelled("output", name).arg("description", description).arg("value", value));
        self
    }

    /// A provider beside AWS, for `versions.tf` and `provider.tf`.
    pub(super) fn provider(mut self, provider: Provider) -> Self {
        self.providers.push(provider);
        self
    }
}

/// A map of `locals.tf`: each thing under the user's own name for it.
pub(super) fn by_key<T>(things: &BTreeMap<Key, T>, describe: impl Fn(&T) -> Object) -> Object {
    things.iter().fold(Object::new(), |object, (key, thing)| object.entry(key, describe(thing)))
}

/// The value of an output: something about every instance of a resource, by key. `value` refers to the instance as
/// the variable `item`.
pub(super) fn of_each(resource: Resource, item: &'static str, value: impl Into<Expr>) -> Expr {
    For::map(item, resource.whole(), value).into()
}

/// Where in the environment file the first thing with a property stands: `databases.main`.
pub(super) fn first_path<T>(
    section: &str,
    things: &BTreeMap<Key, T>,
    has: impl Fn(&T) -> bool,
) -> Option<String> {
    let (key, _) = things.iter().find(|(_, thing)| has(thing))?;
    Some(format!("{section}.{}", key.as_str()))
}
