//! Tags, retention and the metadata service.

use hcl::Value;
use terrane_blueprint::RESOURCE_TYPES;

use crate::unfolded::{Module, Object, is_unknown};

/// Tags that everything carries which can.
const OURS: [&str; 3] = ["terrane:environment", "terrane:tenant", "terrane:address"];

pub fn tags(module: &Module) -> Vec<String> {
    let mut findings = Vec::new();
    for object in module.objects.iter().filter(|object| !object.is_data) {
        let address = object.address();
        let Some(known) = RESOURCE_TYPES.iter().find(|known| known.name == object.kind) else {
            findings.push(format!("{} is not in RESOURCE_TYPES", object.kind));
            continue;
        };
        if !known.taggable {
            continue;
        }
        let Some(Value::Object(tags)) = object.body.get("tags") else {
            findings.push(format!("{address} has no tags"));
            continue;
        };
        for missing in OURS.iter().filter(|name| !tags.contains_key(**name)) {
            findings.push(format!("{address} has no tag {missing}"));
        }
        let key = object.key.as_ref().map(|key| format!("/{key}")).unwrap_or_default();
        let wanted = format!("{}.{}{key}", object.kind, object.name);
        if tags.get("terrane:address").and_then(Value::as_str).is_some_and(|said| said != wanted) {
            findings.push(format!("{address} says that it is at {}", tags["terrane:address"]));
        }
        // https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
        let fits = |text: &str, longest| text.chars().count() <= longest && text.chars().all(is_of_tags);
        for (name, value) in tags.iter().filter(|(_, value)| !is_unknown(value)) {
            if !fits(name, 128) || !value.as_str().is_some_and(|value| fits(value, 256)) {
                findings.push(format!("{address} has a tag that AWS refuses: {name} = {value}"));
            }
        }
        if tags.len() > 50 {
            findings.push(format!("{address} has {} tags", tags.len()));
        }
    }
    findings
}

/// What a launch template starts is in no state: only its tags say whose it is.
pub fn tags_of_machines(module: &Module) -> Vec<String> {
    let templates =
        module.objects.iter().filter(|object| !object.is_data && object.kind == "aws_launch_template");
    let mut findings = Vec::new();
    for template in templates {
        for kind in ["instance", "volume", "network-interface"] {
            let tagged = template.body.blocks("tag_specifications").any(|tags| {
                tags.text("resource_type") == kind
                    && matches!(tags.get("tags"), Some(Value::Object(tags)) if tags.contains_key(OURS[0]))
            });
            if !tagged {
                findings.push(format!("{} leaves each {kind} without tags", template.address()));
            }
        }
    }
    findings
}

fn is_of_tags(c: char) -> bool {
    c.is_alphanumeric() || " _.:/=+-@".contains(c)
}

pub fn retention(module: &Module) -> Vec<String> {
    let groups =
        module.objects.iter().filter(|object| !object.is_data && object.kind == "aws_cloudwatch_log_group");
    let forgets = |object: &Object| {
        object.body.get("retention_in_days").and_then(Value::as_number).and_then(|days| days.as_u64())
            > Some(0)
    };
    groups
        .filter(|object| !forgets(object))
        .map(|object| format!("{} keeps what it gets for ever", object.address()))
        .collect()
}

pub fn imds(module: &Module) -> Vec<String> {
    let mut findings = Vec::new();
    for object in module.objects.iter().filter(|object| !object.is_data) {
        match object.kind.as_str() {
            "aws_instance" | "aws_launch_template" => {
                let asks = object
                    .body
                    .blocks("metadata_options")
                    .any(|options| options.text("http_tokens") == "required");
                if !asks {
                    findings.push(format!("{} answers without a session token", object.address()));
                }
            }
            "aws_launch_configuration" | "aws_spot_instance_request" => {
                findings.push(format!("{} belongs to the past; use a launch template", object.address()));
            }
            _ => {}
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{caught, passes};

    fn resource(kind: &str, body: &str) -> String {
        format!("resource \"{kind}\" \"main\" {{\n{body}\n}}\n")
    }

    #[test]
    fn missing_and_wrong_tags_are_caught() {
        let locals =
            "locals {\n  tags = { \"terrane:environment\" = \"e\", \"terrane:tenant\" = \"t\" }\n}\n";
        let tagged = |address: &str, more: &str| {
            let tags = format!("tags = merge(local.tags, {{ \"terrane:address\" = \"{address}\", {more} }})");
            format!("{locals}{}", resource("aws_vpc", &tags))
        };
        passes(tags, &tagged("aws_vpc.main", "Name = aws_eip.x.id"));
        caught(tags, &tagged("aws_vpc.other", ""), "says that it is at");
        caught(tags, &tagged("aws_vpc.main", "a = \"a[b]\""), "AWS refuses");
        caught(tags, &resource("aws_vpc", ""), "has no tags");
        caught(tags, &resource("aws_vpc", "tags = { a = 1 }"), "no tag terrane:tenant");
        caught(tags, &resource("aws_unheard_of", ""), "not in RESOURCE_TYPES");
        passes(tags, &resource("aws_route", ""));
    }

    #[test]
    fn machines_without_tags_are_caught() {
        let template = |kinds: &[&str], tag: &str| {
            let blocks = kinds.iter().map(|kind| {
                format!(
                    "tag_specifications {{\nresource_type = \"{kind}\"\ntags = {{ \"{tag}\" = \"e\" }}\n}}\n"
                )
            });
            resource("aws_launch_template", &blocks.collect::<String>())
        };
        let all = ["instance", "volume", "network-interface"];
        passes(tags_of_machines, &template(&all, "terrane:environment"));
        caught(
            tags_of_machines,
            &template(&all[..2], "terrane:environment"),
            "each network-interface without tags",
        );
        caught(tags_of_machines, &template(&all, "team"), "each instance without tags");
    }

    #[test]
    fn a_log_group_without_an_end_is_caught() {
        for body in ["", "retention_in_days = 0", "retention_in_days = var.x"] {
            caught(retention, &resource("aws_cloudwatch_log_group", body), "for ever");
        }
        passes(retention, &resource("aws_cloudwatch_log_group", "retention_in_days = 30"));
    }

    #[test]
    fn an_instance_that_answers_everybody_is_caught() {
        for kind in ["aws_instance", "aws_launch_template"] {
            caught(imds, &resource(kind, ""), "session token");
            caught(
                imds,
                &resource(kind, "metadata_options {\nhttp_tokens = \"optional\"\n}"),
                "session token",
            );
            passes(imds, &resource(kind, "metadata_options {\nhttp_tokens = \"required\"\n}"));
        }
        caught(imds, &resource("aws_launch_configuration", ""), "past");
    }
}
