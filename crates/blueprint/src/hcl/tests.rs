//! What each constructor writes. All of it is read back by `hcl-rs`, so that none of it is text that only looks right.

use super::*;

/// The text of one argument in a block of a file.
fn written(value: impl Into<Expr>) -> String {
    let text = in_file(Block::new("a").arg("b", value));
    let value = text.strip_prefix("a {\n  b = ").and_then(|rest| rest.strip_suffix("\n}\n")).unwrap();
    value.to_owned()
}

/// The text of a block, without the comment on top of its file.
fn in_file(block: Block) -> String {
    let (_, text) = File::new("a.tf", "About.").block(block).write();
    hcl::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    text.strip_prefix("# About.\n\n").unwrap().to_owned()
}

const CLUSTER: Resource = Resource::per_key("aws_eks_cluster", "main");
const SECRET: Resource = Resource::ephemeral("aws_secretsmanager_random_password", "main");

fn variable(name: &'static str) -> Reference {
    Reference::variable(name)
}

#[test]
fn plain_values_are_written_as_people_write_them() {
    for (value, text) in [
        (Expr::null(), "null"),
        (true.into(), "true"),
        (443_u16.into(), "443"),
        (u64::MAX.into(), "18446744073709551615"),
        (0.5.into(), "0.5"),
        (f64::NAN.into(), "null"),
        ("a".into(), "\"a\""),
        (Option::<u8>::None.into(), "null"),
        (Some(7_u8).into(), "7"),
    ] {
        assert_eq!(written(value), text);
    }
}

#[test]
fn a_list_may_hold_expressions_of_any_kind() {
    let items: [Expr; 5] =
        [1_u8.into(), "a".into(), local("b").into(), Expr::null(), template![local("c"), "-d"]];
    assert_eq!(written(Expr::list(items)), "[1, \"a\", local.b, null, \"${local.c}-d\"]");
}

#[test]
fn a_long_list_gets_a_line_for_each_element() {
    let long = |count| Expr::list(std::iter::repeat_n("0123456789", count));
    assert!(!written(long(5)).contains('\n'));
    assert_eq!(written(long(6)), format!("[\n{}  ]", "    \"0123456789\",\n".repeat(6)));
}

#[test]
fn references_are_written_step_by_step() {
    for (reference, text) in [
        (CLUSTER.whole(), "aws_eks_cluster.main"),
        (CLUSTER.attr("id"), "aws_eks_cluster.main[each.key].id"),
        (CLUSTER.via(each_value("cluster"), "id"), "aws_eks_cluster.main[each.value.cluster].id"),
        (
            CLUSTER.attr("identity").nth(0).attr("oidc").nth(1),
            "aws_eks_cluster.main[each.key].identity[0].oidc[1]",
        ),
        (variable("item").at("a \"key\"").attr("b"), "item[\"a \\\"key\\\"\"].b"),
        (SECRET.attr("random_password"), "ephemeral.aws_secretsmanager_random_password.main.random_password"),
        (each_value("days").splat().attr("b"), "each.value.days[*].b"),
    ] {
        assert_eq!(written(reference), text);
    }
    assert_eq!(written(CLUSTER.at("general.spot", "arn")), "aws_eks_cluster.main[\"general.spot\"].arn");
    assert_eq!(written(CLUSTER.all("arn")), "values(aws_eks_cluster.main)[*].arn");
    assert_eq!(
        written(Expr::call("split", ["/".into(), Expr::from(local("a"))]).nth(1)),
        "split(\"/\", local.a)[1]"
    );
    assert_eq!(written(Expr::call("one", [local("a")]).attr("id")), "one(local.a).id");
}

#[test]
fn operations_are_in_parentheses_where_they_would_bind_otherwise() {
    let [a, b, c] = ["a", "b", "c"].map(|name| move || Expr::from(variable(name)));
    for (value, text) in [
        (a().exceeds(0_u8), "a > 0"),
        (a().equals(b()).and(c().differs("x")), "a == b && c != \"x\""),
        (a().or(b()).and(c()), "(a || b) && c"),
        (a().and(b()).or(c()), "a && b || c"),
        (a().and(b().or(c())), "a && (b || c)"),
        (a().or(b().or(c())), "a || (b || c)"),
        (a().negated(), "!a"),
        (a().equals(b()).negated(), "!(a == b)"),
        (a().negated().and(b()), "!a && b"),
        (a().equals(b()).equals(c()), "a == b == c"),
        (a().equals(b().equals(c())), "a == (b == c)"),
        (Expr::choose(a().exceeds(1_u8), b(), c()), "a > 1 ? b : c"),
        (Expr::choose(a(), b(), c()).equals(1_u8), "(a ? b : c) == 1"),
        (Expr::choose(Expr::choose(a(), b(), c()), a(), b()), "(a ? b : c) ? a : b"),
        (a().and(b()).attr("id"), "(a && b).id"),
    ] {
        assert_eq!(written(value), text);
    }
}

#[test]
fn a_list_is_made_of_another_on_one_line() {
    let name = || variable("item").attr("name");
    let list = For::list("item", local("a"), name());
    assert_eq!(written(list.clone()), "[for item in local.a : item.name]");
    assert_eq!(
        written(list.clone().when(Expr::from(name()).differs(Expr::null()))),
        "[for item in local.a : item.name if item.name != null]"
    );
    assert_eq!(written(list.with_key()), "[for key, item in local.a : item.name]");
}

#[test]
fn what_does_not_fit_on_a_line_is_made_on_several() {
    let names =
        For::list("inner", variable("outer").attr("names"), Object::new().field("name", variable("inner")));
    let all = For::list("outer", local("all"), names);
    assert_eq!(
        written(Expr::call("flatten", [all])),
        "flatten([\n    for outer in local.all : [\n      for inner in outer.names : {\n        name = inner\n      }\n    ]\n  ])"
    );
}

#[test]
fn a_map_is_made_of_a_collection_with_its_keys_or_with_others() {
    assert_eq!(
        written(For::map("item", local("a"), variable("item")).when(variable("item").attr("b"))),
        "{\n    for key, item in local.a : key => item if item.b\n  }"
    );
    let key = template![variable("item").attr("a"), ".", variable("item").attr("b")];
    assert_eq!(
        written(For::keyed("item", local("pairs"), key, variable("item"))),
        "{\n    for item in local.pairs : \"${item.a}.${item.b}\" => item\n  }"
    );
}

#[test]
fn json_is_an_object_literal_and_no_heredoc() {
    let statement = Object::new().field("Effect", "Allow").entry("aws:x", local("a"));
    assert_eq!(
        written(Expr::json(Object::new().field("Statement", Expr::list([statement])))),
        "jsonencode({\n    Statement = [{\n      Effect  = \"Allow\"\n      \"aws:x\" = local.a\n    }]\n  })"
    );
}

#[test]
fn a_key_may_be_a_template() {
    let object = Object::new()
        .filled_in(template![local("issuer"), ":aud"], "sts.amazonaws.com")
        .filled_in(template![local("issuer"), ":subject"], "x");
    let expected = "{\n    \"${local.issuer}:aud\"     = \"sts.amazonaws.com\"\n    \"${local.issuer}:subject\" = \"x\"\n  }";
    assert_eq!(written(object), expected);
    let object = || Object::new().filled_in(template![local("issuer"), ":aud"], "x");
    assert!(Expr::from(object()).mentions(&local("issuer")) && !Expr::from(object()).mentions(&local("x")));
}

#[test]
fn an_object_inside_of_an_operation_is_on_one_line() {
    let object = Object::new().field("a", 1_u8).entry("b c", Expr::list(["d"]));
    assert_eq!(
        written(Expr::choose(local("x").into(), object, Object::new())),
        "local.x ? { a = 1, \"b c\" = [\"d\"] } : {}"
    );
}

#[test]
fn text_at_the_edge_of_a_template_stays_text() {
    for (value, text) in [
        (template!["$", local("a")], r#""${"$"}${local.a}""#),
        (template!["a$$", local("a")], r#""a${"$$"}${local.a}""#),
        (template!["%", local("a"), "$"], r#""${"%"}${local.a}$""#),
        (template!["$", "{a}", local("b")], r#""$${a}${local.b}""#),
        (template![local("a"), "{b}"], r#""${local.a}{b}""#),
        (template!["$", "{a}"], r#""$${a}""#),
        (template!["a$", "", "$", local("b")], r#""a${"$$"}${local.b}""#),
        (template!["a", "b"], r#""ab""#),
        (template!["a\"\n", local("b")], r#""a\"\n${local.b}""#),
    ] {
        assert_eq!(written(value), text);
    }
}

#[test]
fn a_dynamic_block_has_the_body_of_the_block_that_it_makes() {
    let rule = Block::new("rule").arg("days", variable("rule").attr("value"));
    assert_eq!(
        in_file(Block::new("a").block(Block::dynamic(each_value("days").splat(), rule))),
        "a {\n  dynamic \"rule\" {\n    for_each = each.value.days[*]\n\n    content {\n      days = rule.value\n    }\n  }\n}\n"
    );
}

#[test]
fn a_lifecycle_says_what_is_left_alone_and_what_must_hold() {
    let lifecycle = Block::lifecycle()
        .arg("prevent_destroy", true)
        .ignore_changes([variable("engine"), variable("scaling_config").nth(0).attr("desired_size")])
        .precondition(Expr::from(local("a")).exceeds(1_u8), "Too small.");
    assert_eq!(
        in_file(lifecycle),
        "lifecycle {\n  prevent_destroy = true\n  ignore_changes  = [engine, scaling_config[0].desired_size]\n\n  \
         precondition {\n    condition     = local.a > 1\n    error_message = \"Too small.\"\n  }\n}\n"
    );
}

#[test]
fn a_secret_goes_from_an_ephemeral_block_to_a_write_only_argument() {
    let password = Block::of(SECRET).arg("password_length", 32_u8);
    assert_eq!(
        in_file(password),
        "ephemeral \"aws_secretsmanager_random_password\" \"main\" {\n  password_length = 32\n}\n"
    );
    let version = Resource::one("aws_secretsmanager_secret_version", "main");
    let version = Block::of(version)
        .arg("secret_string_wo", SECRET.attr("random_password"))
        .arg("secret_string_wo_version", 1_u8);
    assert!(in_file(version).contains(
        "  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.main.random_password\n"
    ));
}

#[test]
fn a_resource_may_be_of_another_configuration_of_its_provider() {
    let certificate = Resource::one("aws_acm_certificate", "edge");
    assert_eq!(
        in_file(Block::of(certificate).arg("provider", variable("aws").attr("us_east_1"))),
        "resource \"aws_acm_certificate\" \"edge\" {\n  provider = aws.us_east_1\n}\n"
    );
}

#[test]
fn a_mention_is_found_wherever_it_stands() {
    let what = local("a");
    let everywhere: [Expr; 10] = [
        what.clone().attr("b").into(),
        Expr::list([what.clone()]),
        Expr::call("f", [what.clone()]),
        template!["x", what.clone()],
        Object::new().field("x", what.clone()).into(),
        For::list("x", what.clone(), Expr::null()).into(),
        For::list("x", local("b"), Expr::null()).when(what.clone()).into(),
        Expr::choose(Expr::from(local("b")).and(Expr::from(what.clone()).negated()), 1_u8, 2_u8),
        CLUSTER.via(what.clone(), "id").into(),
        Expr::call("f", [what.clone()]).nth(0),
    ];
    for value in everywhere {
        let file =
            File::new("a.tf", "About.").block(Block::new("x").block(Block::new("y").arg("z", value.clone())));
        assert!(file.mentions(&what), "{value:?}");
        assert!(!file.mentions(&local("c")), "{value:?}");
    }
    let text = File::new("a.tf", "About.").block(Block::new("x").arg("y", "local.a").arg("z", local("ab")));
    assert!(!text.mentions(&what));
}
