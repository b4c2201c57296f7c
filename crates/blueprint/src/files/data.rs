//! `data.tf`: where we are, asked of the provider instead of spelled out in every ARN.

use crate::hcl::{Block, File, Resource};

/// The account.
pub(super) const CALLER: Resource = Resource::data("aws_caller_identity", "current");
/// `aws`, `aws-cn` or `aws-us-gov`.
pub(super) const PARTITION: Resource = Resource::data("aws_partition", "current");
/// The region; its name is `.id`, because `.name` is deprecated in provider 6.
pub(super) const REGION: Resource = Resource::data("aws_region", "current");

/// Those of the three that another file mentions.
pub(super) fn file<'a>(others: impl Iterator<Item = &'a File> + Clone) -> Option<File> {
    let mentioned = |source: &Resource| {
        let source = source.whole();
        others.clone().any(|file| file.mentions(&source))
    };
    let mut sources = [CALLER, PARTITION, REGION].into_iter().filter(mentioned).peekable();
    sources.peek()?;
    let file = File::new("data.tf", "Where this module runs.");
    Some(sources.map(Block::of).fold(file, File::block))
}
