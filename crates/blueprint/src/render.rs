//! From a model to files, and what stands in the way.

use terrane_domain::{BucketEncryption, InfraModel, Key, Pins};

use crate::files;

/// Version of what this crate writes: raised when the output for a given model changes in a way that a plan shows.
pub const BLUEPRINT_VERSION: u32 = 1;

/// The hashicorp/aws version that new environments are pinned to.
pub const AWS_PROVIDER_VERSION: &str = "5.100.0";

/// What a new environment is made with.
#[must_use]
pub fn current_pins() -> Pins {
    Pins { blueprint: BLUEPRINT_VERSION, aws_provider: AWS_PROVIDER_VERSION.to_owned() }
}

/// Why a model can't be rendered. Only the first can happen to a model that `terrane_domain` resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The environment was made by a blueprint that this release doesn't have.
    #[error(
        "the environment is pinned to blueprint {pinned}; this release renders blueprint {BLUEPRINT_VERSION}"
    )]
    UnknownBlueprint {
        /// What the environment is pinned to.
        pinned: u32,
    },
    /// Something is to be encrypted with the environment's key, and there is none.
    #[error("{section}.{key} asks for the environment's KMS key, but the environment has none")]
    NoEncryptionKey {
        /// Section of the environment file.
        section: &'static str,
        /// The thing in it.
        key: Key,
    },
    /// A database needs subnets.
    #[error("databases.{key} needs a network, but the environment has none")]
    NoNetwork {
        /// The database.
        key: Key,
    },
    /// A network without subnets.
    #[error("the network has no availability zone")]
    NoZones,
}

/// Rendered files by name, in reading order: `versions.tf` first, `outputs.tf` last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedFiles(Vec<(&'static str, String)>);

impl RenderedFiles {
    /// Name and content of each file.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, content)| (*name, content.as_str()))
    }

    /// Content of a file, if there is one of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(other, _)| *other == name).map(|(_, content)| content)
    }
}

/// Renders a model to the files of a Terraform root module.
///
/// # Errors
/// [`RenderError`], when the model is pinned to another blueprint or contradicts itself.
pub fn render(model: &InfraModel) -> Result<RenderedFiles, RenderError> {
    check(model)?;
    Ok(RenderedFiles(files::all(model).into_iter().map(crate::hcl::File::write).collect()))
}

fn check(model: &InfraModel) -> Result<(), RenderError> {
    let pinned = model.identity.pins.blueprint;
    if pinned != BLUEPRINT_VERSION {
        return Err(RenderError::UnknownBlueprint { pinned });
    }
    if model.network.as_ref().is_some_and(|network| network.zones.is_empty()) {
        return Err(RenderError::NoZones);
    }
    if let (None, Some(key)) = (&model.network, model.databases.keys().next()) {
        return Err(RenderError::NoNetwork { key: key.clone() });
    }
    match (&model.encryption_key, wants_own_key(model)) {
        (None, Some((section, key))) => Err(RenderError::NoEncryptionKey { section, key: key.clone() }),
        _ => Ok(()),
    }
}

fn wants_own_key(model: &InfraModel) -> Option<(&'static str, &Key)> {
    let bucket =
        model.buckets.iter().find(|(_, bucket)| bucket.encryption == BucketEncryption::EnvironmentKey);
    let registry = model.registries.iter().find(|(_, registry)| registry.environment_key);
    let database = model.databases.iter().find(|(_, database)| database.environment_key);
    None.or(bucket.map(|(key, _)| ("buckets", key)))
        .or(registry.map(|(key, _)| ("registries", key)))
        .or(database.map(|(key, _)| ("databases", key)))
}
