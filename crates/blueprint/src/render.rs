//! From a model to files, and what stands in the way.

use terrane_domain::{InfraModel, Pins};

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
    #[error("{path} asks for the environment's KMS key, but the environment has none")]
    NoEncryptionKey {
        /// Where in the environment file, for example `buckets.uploads`.
        path: String,
    },
    /// Something is to stand in the environment's network, and there is none.
    #[error("{path} needs a network, but the environment has none")]
    NoNetwork {
        /// Where in the environment file, for example `databases.main`.
        path: String,
    },
    /// Something is to run on the environment's cluster, and there is none.
    #[error("{path} needs a cluster, but the environment has none")]
    NoCluster {
        /// Where in the environment file, for example `apps.api`.
        path: String,
    },
    /// Something refers to what isn't there.
    #[error("{path} refers to {what}, but the environment has none")]
    NothingThere {
        /// Where in the environment file, for example `apps.api`.
        path: String,
        /// For example `databases.main.url`.
        what: String,
    },
    /// Two apps of one load balancer with rules of one priority, which it refuses.
    #[error("{path} has the priority of {other} on the same load balancer")]
    SameRule {
        /// Where in the environment file, for example `apps.web`.
        path: String,
        /// The other.
        other: String,
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
    Ok(RenderedFiles(files::all(model)))
}

fn check(model: &InfraModel) -> Result<(), RenderError> {
    let pinned = model.identity.pins.blueprint;
    if pinned != BLUEPRINT_VERSION {
        return Err(RenderError::UnknownBlueprint { pinned });
    }
    files::check(model)
}
