use super::*;

#[test]
fn an_address_becomes_a_traversal_and_an_id_a_literal() {
    let written = render_imports([
        ("aws_vpc.main", "vpc-1"),
        (r#"aws_subnet.private["eu-west-1a"]"#, "subnet-1"),
        ("aws_iam_role.database_monitoring[0]", "a"),
        (r#"aws_lb_listener_certificate.further["public web"]"#, "arn_arn"),
    ]);
    let expected = r#"# What is there already and isn't in the state: made by a run that couldn't write it down.

import {
  to = aws_vpc.main
  id = "vpc-1"
}

import {
  to = aws_subnet.private["eu-west-1a"]
  id = "subnet-1"
}

import {
  to = aws_iam_role.database_monitoring[0]
  id = "a"
}

import {
  to = aws_lb_listener_certificate.further["public web"]
  id = "arn_arn"
}
"#;
    assert_eq!(written.as_deref(), Ok(expected));
}

#[test]
fn hostile_text_in_an_id_or_a_key_stays_text() {
    for (key, meant) in [
        ("a\\\"]\\n}", "a\"]\n}"),
        ("$${file(\\\"x\\\")}", "${file(\"x\")}"),
        ("%%{if}", "%{if}"),
        ("$$${a}", "$${a}"),
        ("$$$${a}", "$$${a}"),
        ("$%%{a}", "$%{a}"),
        ("a\\\\", "a\\"),
        ("100% $5 {x}", "100% $5 {x}"),
        ("é\\t", "é\t"),
    ] {
        let address = format!("aws_s3_bucket.main[\"{key}\"]");
        let hostile = "x\" }\nresource \"a\" \"${b}\" {";
        let written = render_imports([(address.as_str(), hostile)]).unwrap();
        let body: hcl::Body = hcl::from_str(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
        let blocks: Vec<&hcl::Block> = body.blocks().collect();
        assert_eq!(blocks.len(), 1, "{written}");
        let argument = |name: &str| {
            let found = blocks[0].body.attributes().find(|attribute| attribute.key.as_str() == name);
            found.unwrap().expr.clone()
        };
        let value = |expression: &hcl::Expression| {
            use hcl::eval::Evaluate as _;
            expression.evaluate(&hcl::eval::Context::new()).unwrap()
        };
        assert_eq!(value(&argument("id")), hcl::Value::from(hostile));
        let hcl::Expression::Traversal(to) = argument("to") else { panic!("{written}") };
        let Some(hcl::TraversalOperator::Index(index)) = to.operators.last() else { panic!("{written}") };
        assert_eq!(value(index), hcl::Value::from(meant), "{key}");
    }
}

#[test]
fn what_is_no_address_of_ours_is_refused() {
    for address in [
        "",
        "aws_vpc",
        "aws_vpc.",
        "aws_vpc.main.id",
        "aws_vpc.Main",
        "aws_vpc.main\n",
        "aws_vpc.main[0",
        "aws_vpc.main[]",
        "aws_vpc.main[00]",
        "aws_vpc.main[-1]",
        "aws_vpc.main[+1]",
        "aws_vpc.main[each.key]",
        "aws_vpc.main[99999999999999999999]",
        r#"aws_vpc.main[""]x"]"#,
        r#"aws_vpc.main["a"]["b"]"#,
        r#"aws_vpc.main["${a}"]"#,
        r#"aws_vpc.main["%{a}"]"#,
        r#"aws_vpc.main["\u0041"]"#,
        r#"aws_vpc.main["a\"]"#,
        r#"aws_vpc.main[""#,
        "aws_vpc.main[\"a\nb\"]",
        "aws_instance.main",
        "data.aws_vpc.main",
        "module.a.aws_vpc.main",
    ] {
        let refused = ImportsError::NoAddress { address: address.to_owned() };
        assert_eq!(render_imports([(address, "x")]), Err(refused));
    }
}

#[test]
fn an_address_stands_once_and_has_an_id() {
    let address = "aws_vpc.main".to_owned();
    let twice = render_imports([("aws_vpc.main", "vpc-1"), ("aws_vpc.main", "vpc-2")]);
    assert_eq!(twice, Err(ImportsError::Twice { address: address.clone() }));
    assert_eq!(render_imports([("aws_vpc.main", "")]), Err(ImportsError::NoId { address }));
}
