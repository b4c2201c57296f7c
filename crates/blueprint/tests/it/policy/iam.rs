//! What our own IAM policies allow.

use hcl::Value;

use crate::unfolded::{Contents, Module, Object, is_unknown};

/// Part of the name of an AWS managed policy that allows far more than anything of ours needs.
const TOO_MUCH: [&str; 5] =
    ["AdministratorAccess", "PowerUserAccess", "FullAccess", "IAMFullAccess", "job-function/"];

/// What a statement allows.
#[derive(Debug, Default)]
struct Statement {
    allows: bool,
    actions: Vec<String>,
    resources: Vec<String>,
    /// `NotAction` or `NotResource`: everything but.
    inverted: bool,
}

pub fn wildcards(module: &Module) -> Vec<String> {
    let mut findings = Vec::new();
    for object in &module.objects {
        let address = object.address();
        let statements = if object.is_data && object.kind == "aws_iam_policy_document" {
            object.body.blocks("statement").map(of_block).collect()
        } else if !object.is_data {
            let (statements, unread) = of_arguments(object);
            findings.extend(
                unread.into_iter().map(|text| format!("{address} has a policy that can't be read: {text}")),
            );
            statements
        } else {
            Vec::new()
        };
        // In the policy of a key, "*" means that key and nothing else, and the service refuses anything narrower.
        // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
        let of_key = is_policy_of_key(module, object);
        for statement in statements.iter().filter(|statement| statement.allows) {
            let any_action = statement.actions.iter().find(|action| action.contains('*'));
            if statement.inverted {
                findings.push(format!("{address} allows everything but a list"));
            } else if let (Some(action), false) = (any_action, of_key)
                && statement.resources.iter().any(|resource| resource == "*")
            {
                findings.push(format!("{address} allows {action} on everything"));
            }
        }
    }
    findings
}

/// Somebody who writes records writes them in zones that are named.
pub fn zones(module: &Module) -> Vec<String> {
    let documents =
        module.objects.iter().filter(|object| object.is_data && object.kind == "aws_iam_policy_document");
    let mut findings = Vec::new();
    for object in documents {
        for statement in object.body.blocks("statement").map(of_block).filter(|statement| statement.allows) {
            let writes = statement.actions.iter().any(|action| action.starts_with("route53:Change"));
            if writes && statement.resources.iter().any(|zone| zone.ends_with('*')) {
                findings.push(format!("{} writes in every zone", object.address()));
            }
        }
    }
    findings
}

pub fn managed(module: &Module) -> Vec<String> {
    let mut findings = Vec::new();
    for object in module.objects.iter().filter(|object| !object.is_data) {
        object.body.walk(&mut |name, value| {
            let text = value.to_string();
            let names_policy = ["policy_arn", "managed_policy_arns", "policy_arns"].contains(&name);
            if let Some(policy) = TOO_MUCH.iter().find(|policy| names_policy && text.contains(**policy)) {
                findings.push(format!("{} attaches {policy}: {text}", object.address()));
            }
        });
    }
    findings
}

fn is_policy_of_key(module: &Module, object: &Object) -> bool {
    let is_key = |other: &Object| ["aws_kms_key", "aws_kms_key_policy"].contains(&other.kind.as_str());
    if !object.is_data {
        return is_key(object);
    }
    let mut users = module.objects.iter().filter(|other| {
        !other.is_data && other.body.arguments.values().any(|value| object.is_named_in(&value.to_string()))
    });
    let all_are_keys = users.clone().all(is_key);
    users.next().is_some() && all_are_keys
}

fn of_block(block: &Contents) -> Statement {
    Statement {
        allows: block.text("effect") != "Deny",
        actions: texts(block.get("actions")),
        resources: texts(block.get("resources")),
        inverted: block.get("not_actions").is_some() || block.get("not_resources").is_some(),
    }
}

/// Statements of policies that a resource spells out, and texts that can't be understood.
fn of_arguments(object: &Object) -> (Vec<Statement>, Vec<String>) {
    let (mut statements, mut unread) = (Vec::new(), Vec::new());
    object.body.walk(&mut |name, value| {
        if !["policy", "assume_role_policy", "access_policy", "inline_policy"].contains(&name)
            || value.is_null()
        {
            return;
        }
        let document = match value {
            Value::String(text) => {
                serde_json::from_str(text).ok().or_else(|| hcl::from_str::<Value>(text).ok())
            }
            other => Some(other.clone()),
        };
        let listed = document.as_ref().and_then(|document| document.as_object()?.get("Statement"));
        match listed {
            Some(Value::Array(list)) => statements.extend(list.iter().map(of_json)),
            Some(one) => statements.push(of_json(one)),
            // Statements of a document are looked at where it stands.
            None if is_unknown(value) && value.to_string().contains("data.aws_iam_policy_document.") => {}
            None if object.kind.starts_with("aws_iam_") => unread.push(value.to_string()),
            None => {}
        }
    });
    (statements, unread)
}

fn of_json(statement: &Value) -> Statement {
    let Some(object) = statement.as_object() else {
        return Statement { allows: true, inverted: true, ..Statement::default() };
    };
    Statement {
        allows: object.get("Effect").and_then(Value::as_str) != Some("Deny"),
        actions: texts(object.get("Action")),
        resources: texts(object.get("Resource")),
        inverted: object.contains_key("NotAction") || object.contains_key("NotResource"),
    }
}

/// One text or a list of them.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        None => Vec::new(),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().unwrap_or("*").to_owned()).collect()
        }
        Some(one) => vec![one.as_str().unwrap_or("*").to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{caught, passes};

    fn document(statement: &str) -> String {
        format!("data \"aws_iam_policy_document\" \"x\" {{\n  statement {{\n{statement}\n  }}\n}}\n")
    }

    #[test]
    fn a_wildcard_on_everything_is_caught() {
        for action in ["*", "s3:*", "ec2:Describe*"] {
            let statement = format!("actions = [\"s3:GetObject\", \"{action}\"]\nresources = [\"*\"]");
            caught(wildcards, &document(&statement), "on everything");
            passes(wildcards, &document(&format!("effect = \"Deny\"\n{statement}")));
        }
        passes(wildcards, &document("actions = [\"logs:DescribeLogGroups\"]\nresources = [\"*\"]"));
        passes(wildcards, &document("actions = [\"s3:*\"]\nresources = [aws_s3_bucket.x.arn]"));
        caught(wildcards, &document("not_actions = [\"iam:*\"]\nresources = [\"*\"]"), "everything but");
    }

    #[test]
    fn in_the_policy_of_a_key_everything_is_the_key_and_only_there() {
        let statement = document("actions = [\"kms:*\"]\nresources = [\"*\"]");
        let user = |kind: &str| {
            format!(
                "{statement}resource \"{kind}\" \"{kind}\" {{\n  policy = data.aws_iam_policy_document.x.json\n}}\n"
            )
        };
        passes(wildcards, &user("aws_kms_key"));
        caught(wildcards, &user("aws_iam_role_policy"), "on everything");
        caught(
            wildcards,
            &(user("aws_kms_key") + &user("aws_iam_policy").replace(&statement, "")),
            "on everything",
        );
    }

    #[test]
    fn a_policy_that_is_spelled_out_is_read() {
        let policy =
            |value: &str| format!("resource \"aws_iam_role_policy\" \"x\" {{\n  policy = {value}\n}}\n");
        let wide = "{ Statement = [{ Effect = \"Allow\", Action = \"s3:*\", Resource = \"*\" }] }";
        caught(wildcards, &policy(&format!("jsonencode({wide})")), "allows s3:* on everything");
        let text = r#""{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"*\"],\"Resource\":\"*\"}}""#;
        caught(wildcards, &policy(text), "allows * on everything");
        caught(wildcards, &policy("file(\"policy.json\")"), "can't be read");
        caught(wildcards, &policy("aws_iam_policy.other.policy"), "can't be read");
    }

    #[test]
    fn who_writes_records_in_every_zone_is_caught() {
        let document = |actions: &str, zone: &str| {
            format!(
                "data \"aws_iam_policy_document\" \"x\" {{\n  statement {{\n    actions = [\"{actions}\"]\n    resources = [{zone}]\n  }}\n}}\n"
            )
        };
        for zones in ["\"*\"", "\"arn:aws:route53:::hostedzone/*\""] {
            caught(super::zones, &document("route53:ChangeResourceRecordSets", zones), "in every zone");
            passes(super::zones, &document("route53:ListResourceRecordSets", zones));
        }
        passes(super::zones, &document("route53:ChangeResourceRecordSets", "aws_route53_zone.main.arn"));
    }

    #[test]
    fn a_managed_policy_that_allows_everything_is_caught() {
        let attachment = |policy: &str| {
            format!(
                "resource \"aws_iam_role_policy_attachment\" \"x\" {{\n  policy_arn = \"arn:${{data.p.x.y}}:iam::aws:policy/{policy}\"\n}}\n"
            )
        };
        caught(managed, &attachment("AdministratorAccess"), "AdministratorAccess");
        caught(managed, &attachment("AmazonS3FullAccess"), "FullAccess");
        passes(managed, &attachment("service-role/AmazonRDSEnhancedMonitoringRole"));
    }
}
