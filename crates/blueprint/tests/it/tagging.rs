//! Every resource that can carry tags carries Terrane's three and the user's.

use std::collections::BTreeSet;

use hcl::{Block, Expression};
use terrane_blueprint::{RESOURCE_TYPES, address_of_tag, tag_of_address};

use crate::{models, tree};

fn resources() -> Vec<Block> {
    let all = models::all().into_iter().flat_map(|(_, model)| tree::blocks(&model));
    all.filter(|block| block.identifier() == "resource").collect()
}

#[test]
fn every_rendered_type_is_in_the_table_and_the_table_has_no_other() {
    let rendered: BTreeSet<String> =
        resources().iter().map(|block| tree::labels(block)[0].to_owned()).collect();
    let known: BTreeSet<String> = RESOURCE_TYPES.iter().map(|known| known.name.to_owned()).collect();
    assert_eq!(rendered, known);
}

#[test]
fn a_resource_that_can_carry_tags_carries_the_shared_ones_and_its_own_address() {
    for block in resources() {
        let &[kind, name] = tree::labels(&block).as_slice() else { panic!("{block:?}") };
        let known = RESOURCE_TYPES.iter().find(|known| known.name == kind).unwrap();
        let tags = block.body().attributes().find(|attribute| attribute.key() == "tags");
        // MongoDB Atlas has tags too, but none of them may be called as ours are.
        let tags = tags.filter(|_| kind.starts_with("aws_"));
        assert_eq!(tags.is_some(), known.taggable, "{kind}.{name}");
        let Some(tags) = tags else { continue };

        let Expression::FuncCall(merge) = tags.expr() else { panic!("{kind}.{name}: {tags:?}") };
        assert_eq!(merge.name.name.as_str(), "merge");
        assert_eq!(hcl::format::to_string(&merge.args[0]).unwrap(), "local.tags");
        let Expression::Object(own) = &merge.args[1] else { panic!("{kind}.{name}: {merge:?}") };
        let address =
            own.iter().find(|(key, _)| key.to_string().trim_matches('"') == "terrane:address").unwrap().1;

        let keyed = block.body().attributes().any(|attribute| attribute.key() == "for_each");
        let written = hcl::format::to_string(address).unwrap();
        let key = if keyed { "/${each.key}" } else { "" };
        assert_eq!(written, format!("\"{kind}.{name}{key}\""));

        let tag = written.trim_matches('"').replace("${each.key}", "eu-west-1a");
        let address = address_of_tag(&tag).unwrap();
        assert_eq!(address, if keyed { format!("{kind}.{name}[\"eu-west-1a\"]") } else { tag.clone() });
        assert_eq!(tag_of_address(&address), Some(tag));
    }
}

#[test]
fn the_shared_tags_name_environment_and_tenant_whatever_the_user_says() {
    let mut model = models::full();
    model.tags.insert("terrane:tenant".to_owned(), "somebody else".to_owned());
    let locals = tree::blocks(&model).into_iter().find(|block| block.identifier() == "locals").unwrap();
    let tags = locals.body().attributes().find(|attribute| attribute.key() == "tags").unwrap();
    let Expression::Object(tags) = tags.expr() else { panic!("{tags:?}") };
    let tags: Vec<(String, String)> = tags
        .iter()
        .map(|(key, value)| {
            (key.to_string().trim_matches('"').to_owned(), value.to_string().trim_matches('"').to_owned())
        })
        .collect();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(
        tags,
        [
            pair("cost-center", "4711"),
            pair("team", "platform"),
            pair("terrane:environment", &model.identity.environment_id.to_string()),
            pair("terrane:tenant", &model.identity.tenant_id.to_string()),
        ]
    );
}

#[test]
fn an_iam_resource_carries_no_name_tag_that_could_collide_with_a_users() {
    // IAM refuses keys that differ in case only: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
    for block in resources().into_iter().filter(|block| tree::labels(block)[0].starts_with("aws_iam_")) {
        let text = hcl::format::to_string(&block).unwrap();
        assert!(!text.contains("\"Name\"") && !text.contains("Name ="), "{text}");
    }
}
