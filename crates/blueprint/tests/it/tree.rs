//! Reading rendered files back with hcl-rs.

use hcl::{Block, Body};
use terrane_blueprint::{RenderedFiles, render};
use terrane_domain::InfraModel;

/// Parses a file.
pub fn parse(name: &str, content: &str) -> Body {
    hcl::parse(content).unwrap_or_else(|error| panic!("{name} doesn't parse: {error}\n{content}"))
}

/// All top-level blocks of a rendered model.
pub fn blocks(model: &InfraModel) -> Vec<Block> {
    blocks_of(&render(model).unwrap())
}

/// All top-level blocks of rendered files.
pub fn blocks_of(files: &RenderedFiles) -> Vec<Block> {
    files.iter().flat_map(|(name, content)| parse(name, content).into_blocks()).collect()
}

/// The labels of a block.
pub fn labels(block: &Block) -> Vec<&str> {
    block.labels().iter().map(hcl::BlockLabel::as_str).collect()
}
