//! What holds for every resource of a kind, whichever block declares it: the boundary of roles, and the protection of
//! what holds data.
//!
//! WHY here: a block that is added later can't forget what it doesn't have to say.

use terrane_domain::InfraModel;

use super::part::Part;
use crate::{
    hcl::{Expr, File, local},
    protection,
};

const ROLE: &str = "aws_iam_role";
const BOUNDARY: &str = "permissions_boundary";

pub(super) fn add_to(part: &mut Part, model: &InfraModel) {
    let mut roles = 0;
    for block in part.foundations.iter_mut().chain(&mut part.files).flat_map(File::blocks_mut) {
        let Some(kind) = block.resource_type() else { continue };
        if kind == ROLE && model.governance.permissions_boundary.is_some() {
            roles += 1;
            block.insert_after("assume_role_policy", BOUNDARY, local(BOUNDARY));
        }
        if protection::whole_type_is_protected(model, kind) {
            block.add_to_lifecycle("prevent_destroy", true);
        }
    }
    if let Some(arn) = model.governance.permissions_boundary.as_ref().filter(|_| roles > 0) {
        part.locals.insert(0, (BOUNDARY, Expr::from(arn)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::{Block, Resource};

    #[test]
    fn an_argument_joins_a_lifecycle_that_is_there_and_brings_one_that_is_not() {
        let resource = || {
            let block = Block::of(Resource::one("aws_iam_role", "a"))
                .arg("assume_role_policy", "p")
                .arg("tags", 1_u8);
            block.note("Why.").arg("depends_on", Expr::list(["b"]))
        };
        let written = |change: fn(&mut Block), block: Block| {
            let mut file = File::new("a.tf", "A").block(block);
            file.blocks_mut().for_each(change);
            file.write().1
        };
        let text = written(
            |block| {
                block.insert_after("assume_role_policy", "permissions_boundary", "x");
                block.add_to_lifecycle("prevent_destroy", true);
            },
            resource(),
        );
        let expected = "  assume_role_policy   = \"p\"\n  permissions_boundary = \"x\"\n  tags                 = 1\n\n  \
                        lifecycle {\n    prevent_destroy = true\n  }\n\n  # Why.\n  depends_on = [\"b\"]\n}\n";
        assert!(text.ends_with(expected), "{text}");
        let text = written(
            |block| block.add_to_lifecycle("prevent_destroy", true),
            resource().block(Block::lifecycle().arg("create_before_destroy", true)),
        );
        let expected =
            "  lifecycle {\n    prevent_destroy       = true\n    create_before_destroy = true\n  }\n}\n";
        assert!(text.ends_with(expected), "{text}");
    }
}
