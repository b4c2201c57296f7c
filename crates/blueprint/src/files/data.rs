//! `data.tf`: where we are, asked of the provider instead of spelled out in every ARN.

use crate::hcl::{Block, Expr, File, Piece, Resource};

/// The account.
pub(super) const CALLER: Resource = Resource::data("aws_caller_identity", "current");
/// `aws`, `aws-cn` or `aws-us-gov`.
pub(super) const PARTITION: Resource = Resource::data("aws_partition", "current");
/// The region; its name is `.id`, because `.name` is deprecated in provider 6.
pub(super) const REGION: Resource = Resource::data("aws_region", "current");

/// The ARN of something of a service in this account and region: `arn!["ecs", "cluster/", local("name")]`.
macro_rules! arn {
    ($service:expr, $($piece:expr),+ $(,)?) => {
        $crate::files::data::arn_of($service, [$($crate::hcl::Piece::from($piece)),+])
    };
}
pub(super) use arn;

/// See [`arn!`].
pub(super) fn arn_of(service: &'static str, resource: impl IntoIterator<Item = Piece>) -> Expr {
    let account = [
        "arn:".into(),
        PARTITION.attr("partition").into(),
        ":".into(),
        service.into(),
        ":".into(),
        REGION.attr("id").into(),
        ":".into(),
        CALLER.attr("account_id").into(),
        ":".into(),
    ];
    Expr::template(account.into_iter().chain(resource))
}

/// The ARN of a policy that AWS manages.
pub(super) fn managed_policy(name: impl Into<Piece>) -> Expr {
    Expr::template([
        "arn:".into(),
        PARTITION.attr("partition").into(),
        ":iam::aws:policy/".into(),
        name.into(),
    ])
}

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
