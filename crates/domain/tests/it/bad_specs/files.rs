//! Whole files: an empty one, one that is no mapping, its name, and where the environment stands.

use super::Row;

/// A whole file, the path of its only problem, and the message.
#[rustfmt::skip]
pub(super) const FILES: &[Row] = &[
    ("", "", "the file is empty; it needs at least name and cloud.region"),
    ("# nothing here\n", "", "the file is empty; it needs at least name and cloud.region"),
    ("just text", "", "expected a mapping, found \"just text\""),
    ("[1, 2]", "", "expected a mapping, found a list"),
    ("cloud: { region: eu-west-1 }", "name", "is required, for example dev-anna"),
    ("name: dev", "cloud", "is required, for example { region: eu-west-1 }"),
    ("name: dev\ncloud: {}", "cloud.region", "is required, for example eu-west-1"),
    ("name: d\ncloud: { region: eu-west-1 }", "name", "\"d\" is not a name; use 2 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("name: 42\ncloud: { region: eu-west-1 }", "name", "42 must be quoted: \"42\""),
    ("name: Dev\ncloud: { region: eu-west-1 }", "name", "\"Dev\" is not a name; use 2 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("name: dev\ncloud: { region: eu-west-9 }", "cloud.region", "\"eu-west-9\" is not a region of AWS; did you mean \"eu-west-1\"?"),
    ("name: dev\ncloud: { region: atlantis }", "cloud.region", "\"atlantis\" is not a region of AWS; expected one such as eu-west-1 or us-east-1"),
    ("name: dev\ncloud: { region: cn-north-1 }", "cloud.region", "\"cn-north-1\" is in the partition aws-cn, which is not supported; use a region of the partition aws"),
    ("name: dev\ncloud: { region: eu-west-1, provider: gcp }", "cloud.provider", "unknown value \"gcp\"; expected aws"),
    ("name: dev\ncloud: { region: eu-west-1, account_id: 222222222222 }", "cloud.account_id", "222222222222 must be quoted: \"222222222222\""),
    ("name: dev\ncloud: { region: eu-west-1, account_id: 012345678901 }", "cloud.account_id", "012345678901 must be quoted: \"012345678901\""),
    ("name: dev\ncloud: { region: eu-west-1, account_id: \"22\" }", "cloud.account_id", "\"22\" is not an account id; expected twelve digits, in quotes"),
    ("name: dev\ncloud: { region: eu-west-1, account_id: \"111111111111\" }\ngovernance: { permissions_boundary: \"arn:aws:iam::222222222222:policy/B\" }", "governance.permissions_boundary", "is a policy of account 222222222222, but the roles are made in 111111111111; name one of that account"),
    ("name: dev\ncloud: { region: eu-west-1, role_arn: Provisioner }", "cloud.role_arn", "\"Provisioner\" is not the ARN of a role; expected arn:aws:iam::<account id>:role/<name>"),
    ("name: dev\ncloud: { region: eu-west-1, role_arn: \"arn:aws:iam::222222222222:user/anna\" }", "cloud.role_arn", "\"arn:aws:iam::222222222222:user/anna\" is not the ARN of a role; expected arn:aws:iam::<account id>:role/<name>"),
    ("name: dev\ncloud: { region: eu-west-1, role_arn: \"arn:aws-cn:iam::222222222222:role/P\" }", "cloud.role_arn", "\"arn:aws-cn:iam::222222222222:role/P\" is not the ARN of a role; expected arn:aws:iam::<account id>:role/<name>"),
    ("name: dev\ncloud: { region: eu-west-1, role_arn: \"arn:aws:iam::22222222222:role/P\" }", "cloud.role_arn", "\"arn:aws:iam::22222222222:role/P\" is not the ARN of a role; expected arn:aws:iam::<account id>:role/<name>"),
    ("name: dev\ncloud: { region: eu-west-1, role_arn: \"arn:aws:sts::222222222222:assumed-role/P/session\" }", "cloud.role_arn", "\"arn:aws:sts::222222222222:assumed-role/P/session\" is not the ARN of a role; expected arn:aws:iam::<account id>:role/<name>"),
    ("name: dev\ncloud: { region: eu-west-1, role_arn: \"arn:aws:iam::222222222222:role/a/\" }", "cloud.role_arn", "\"arn:aws:iam::222222222222:role/a/\" is not the ARN of a role; expected arn:aws:iam::<account id>:role/<name>"),
    ("name: dev\ncloud: { region: eu-west-1, role_arn: \"arn:aws:iam::222222222222:role//P\" }", "cloud.role_arn", "\"arn:aws:iam::222222222222:role//P\" is not the ARN of a role; expected arn:aws:iam::<account id>:role/<name>"),
    ("name: dev\ncloud: { region: eu-west-1, role_arn: \"arn:aws:iam::222222222222:role/a b/P\" }", "cloud.role_arn", "\"arn:aws:iam::222222222222:role/a b/P\" is not the ARN of a role; expected arn:aws:iam::<account id>:role/<name>"),
    ("name: dev\ncloud: { region: eu-west-1, role_arn: \"arn:aws:iam::222222222222:role/P!\" }", "cloud.role_arn", "\"arn:aws:iam::222222222222:role/P!\" is not the ARN of a role; expected arn:aws:iam::<account id>:role/<name>"),
    ("name: dev\ncloud: { region: eu-west-1, role_arn: \"arn:aws:iam::222222222222:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS\" }", "cloud.role_arn", "is a service-linked role, which only AWS itself assumes; give one that trusts Terrane"),
    ("name: dev\ncloud: { region: eu-west-1, account_id: \"111111111111\", role_arn: \"arn:aws:iam::222222222222:role/P\" }", "cloud.role_arn", "arn:aws:iam::222222222222:role/P is not in account 111111111111, which account_id names; make them agree"),
    ("name: dev\ncloud: { region: eu-west-1, external_id: mine }", "cloud.external_id", "unknown key; expected provider, region, account_id or role_arn"),
    ("name: dev\ncloud: { region: us-west-1 }\nprofile: large\nnetwork: { availability_zones: 3 }", "network.availability_zones", "us-west-1 has 2 zones; 3 are too many"),
    ("name: dev\ncloud: { region: us-east-1 }\nnetwork: { cidr: 10.0.0.0/22, availability_zones: 5 }", "network.cidr", "10.0.0.0/22 is too small: 5 zones need 15 subnets of at least /27; use /21 or larger"),
    ("name: dev\ncloud:\n\tregion: eu-west-1\n", "", "not valid YAML: tabs disallowed within this context (block indentation); indent with spaces, not with tabs"),
    ("name: [dev\n", "", "not valid YAML: while parsing a flow sequence, expected ',' or ']'"),
    ("name: dev\u{0}\n", "", "contains the control character U+0000; a spec is plain text"),
];
