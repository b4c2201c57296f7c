//! `outputs.tf`: what the rest of the world needs to use the environment. No secret: a password is named by the ARN
//! under which Secrets Manager holds it.

use crate::hcl::{Block, File};

/// The outputs of all blocks, in the order of the blocks.
pub(super) fn file(outputs: Vec<Block>) -> Option<File> {
    if outputs.is_empty() {
        return None;
    }
    let file = File::new("outputs.tf", "What is needed to use the environment. No secrets.");
    Some(outputs.into_iter().fold(file, File::block))
}
