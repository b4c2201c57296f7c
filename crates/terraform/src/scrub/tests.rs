use proptest::prelude::*;

use super::*;

#[test]
fn secrets_are_masked_and_the_rest_stays() {
    let cases = [
        ("key AKIAIOSFODNN7EXAMPLE used", "key *** used"),
        ("aws_secret_access_key=wJalr/XUtn+FEMI rest", "aws_secret_access_key=*** rest"),
        (r#"password = "hunter \" 2" x"#, r#"password = "***" x"#),
        ("postgres://app:p@ss@db:5432/x?y=1", "postgres://app:***@db:5432/x?y=1"),
        (
            "https://s3/x?X-Amz-Credential=a&X-Amz-Signature=b1&z=1",
            "https://s3/x?X-Amz-Credential=***&X-Amz-Signature=***&z=1",
        ),
        ("Authorization: Bearer abc.def end", "Authorization: Bearer *** end"),
        (r#"{"db_password":"x","n":1}"#, r#"{"db_password":"***","n":1}"#),
        (r#"{"@message":"password=abc"}"#, r#"{"@message":"password=***"}"#),
        (r#"{"m":"{\"token\":\"abc\"}"}"#, r#"{"m":"{\"token\":\"***\"}"}"#),
        (
            r#"{"m":"-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\n"}"#,
            r#"{"m":"-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----\n"}"#,
        ),
        (
            "Encoded authorization failure message: Zm9v-bar_x done",
            "Encoded authorization failure message: *** done",
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(scrub(line), expected);
    }
}

#[test]
fn what_is_no_secret_is_not_touched() {
    for line in [
        r#"{"token":null,"password":{"sensitive":true}}"#,
        "aws_secretsmanager_secret.main: Creating...",
        "Error: unexpected token: expected }",
        "MAKIAIOSFODNN7EXAMPLE",
        "https://registry.terraform.io/v1: 200",
        "secret",
        r#"{"@message":"password="}"#,
    ] {
        assert!(matches!(scrub(line), Cow::Borrowed(_)), "{line} -> {}", scrub(line));
    }
}

/// What is put together here stands in no file as a whole, so that no scanner of repositories reports it.
fn made(parts: &[&str]) -> String {
    parts.concat()
}

#[test]
fn every_shape_of_a_secret_is_found_wherever_it_stands() {
    let long = "a1B2c3D4e5".repeat(12);
    let shapes = [
        "AKIAIOSFODNN7EXAMPLE".to_owned(),
        "ASIAIOSFODNN7EXAMPLE".to_owned(),
        made(&["wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY9"])[..40].to_owned(),
        made(&["+h8Kq2ZfT1xYv9/", "LmN4bC7dE0gR5sU3wA6jP"])[..36].to_owned() + "Qz71",
        made(&["IQoJb3JpZ2lu", "X2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ", "=="]),
        made(&["FwoGZXIvYXdz", &long]),
        made(&[
            "eyJhbGciOiJIUzI1NiJ9",
            ".eyJzdWIiOiIxMjM0NTY3ODkwIn0",
            ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        ]),
        made(&["ghp_", &long[..36]]),
        made(&["gho_", &long[..36]]),
        made(&["ghs_", &long[..36]]),
        made(&["github_pat_", "11ABCDEFG0", "abcdefghijklm_", &long[..40]]),
        made(&["glpat-", "x-", &long[..20]]),
        made(&["xoxb-", "123456789012-", &long[..24]]),
        made(&["xapp-", "1-A012-", &long[..24]]),
        made(&["sk_live_", &long[..24]]),
        made(&["npm_", &long[..36]]),
        made(&["hvs.", &long[..30]]),
        made(&["AIza", &long[..35]]),
        made(&["k8s-aws-v1.", "aHR0cHM6Ly9zdHMuZXUtd2VzdC0x"]),
        made(&["eyJwYXlsb2Fk", &long]),
    ];
    for secret in shapes {
        for (line, expected) in [
            (format!("it said {secret} and went on"), "it said *** and went on".to_owned()),
            (format!("value={secret}"), "value=***".to_owned()),
            (format!(r#"{{"@message":"x {secret}","n":1}}"#), r#"{"@message":"x ***","n":1}"#.to_owned()),
            (format!("with {secret}, then"), "with ***, then".to_owned()),
            (secret.clone(), "***".to_owned()),
        ] {
            assert_eq!(scrub(&line), expected, "{secret}");
        }
    }
}

#[test]
fn assignments_and_urls_lose_their_values_only() {
    let webhook = made(&["https://hooks.slack.com/services/", "T000/B000/XXXX"]);
    let cases = [
        ("password='hunter two' rest", "password='***' rest"),
        ("db_password: hunter2", "db_password: ***"),
        ("helm --password hunter2 install", "helm --password *** install"),
        ("mysql --password=hunter2 -h db", "mysql --password=*** -h db"),
        ("API-KEY = abc123 # from the console", "API-KEY = *** # from the console"),
        ("+ master_password = \"hunter2\"", "+ master_password = \"***\""),
        ("AWS_SESSION_TOKEN=abc", "AWS_SESSION_TOKEN=***"),
        ("?X-Amz-Security-Token=abc&X-Amz-Date=1", "?X-Amz-Security-Token=***&X-Amz-Date=1"),
        ("redis://:hunter2@cache:6379/0", "redis://:***@cache:6379/0"),
        ("proxy http://me:hunter2@proxy:3128 used", "proxy http://me:***@proxy:3128 used"),
        ("Authorization: Basic bWU6aHVudGVyMg== sent", "Authorization: Basic *** sent"),
        (webhook.as_str(), "https://hooks.slack.com/services/***"),
    ];
    for (line, expected) in cases {
        assert_eq!(scrub(line), expected);
    }
}

#[test]
fn what_only_looks_like_a_secret_stays_readable() {
    for line in [
        "arn:aws:iam::123456789012:role/terrane-0193a5f4c8e07a3d9b6f-ecs-Task/AbCdEf0123456789",
        "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/portal/50dc6c495c0c9188",
        "secret = arn:aws:secretsmanager:eu-west-1:123456789012:secret:main-AbCdEf",
        "op_0193a5f4c8e07a3d9b6f2c1d4e5f6071 is running",
        "0193a5f4-c8e0-7a3d-9b6f-2c1d4e5f6071",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "h1:8Kq2ZfT1xYv9LmN4bC7dE0gR5sU3wA6jPQz71aBcDeF=",
        "RequestID: 4f1c9f0e-2c58-4d59-a7ac-1b2c3d4e5f60, HostID: ",
        "vpc-0a1b2c3d4e5f67890 subnet-0a1b2c3d4e5f67890 igw-0a1b2c3d4e5f67890",
        "/var/lib/terrane/work/TerraformProvidersRegistry/HashicorpAws/Version5",
        "ThisIsTheNameOfAVeryLongClassInCamelCase",
        "https://user@github.com/terrane/terrane.git?ref=v1",
        "postgres://app@db:5432/x",
        "password = (sensitive value)",
        "+ token = (known after apply)",
        "the bearer token has expired",
        "Error: invalid password: must be at least 8 characters long",
        "npm_config_registry ghp_short xoxb- hvs.x glpat-short eyJub3QuYQ",
        "-----BEGIN CERTIFICATE-----",
        "ssh-ed25519 key of the bastion",
    ] {
        assert!(matches!(scrub(line), Cow::Borrowed(_)), "{line} -> {}", scrub(line));
    }
}

#[test]
fn a_private_key_over_several_lines_shows_none_of_them() {
    let mut scrubber = Scrubber::default();
    let lines = [
        ("│ -----BEGIN RSA PRIVATE KEY-----", "│ -----BEGIN RSA PRIVATE KEY-----"),
        ("│ Proc-Type: 4,ENCRYPTED", "***"),
        ("│", "***"),
        ("│ MIIEowIBAAKCAQEAx7V+2y4=", "***"),
        ("", ""),
        ("AbC/dEf", "***"),
        (
            "gHi -----END RSA PRIVATE KEY----- and password=x",
            "***-----END RSA PRIVATE KEY----- and password=***",
        ),
        ("Creating", "Creating"),
        // Cut off in the middle.
        ("-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----"),
        ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "***"),
        ("aws_vpc.main: Creating...", "aws_vpc.main: Creating..."),
        ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"),
        // As a whole, in one line of JSON or in the text of a message.
        (r#"{"m":"-----BEGIN PRIVATE KEY-----\nMII"}"#, r#"{"m":"-----BEGIN PRIVATE KEY-----***"}"#),
        ("word", "word"),
        (
            "-----BEGIN EC PRIVATE KEY-----\nMII\nMII\n-----END EC PRIVATE KEY-----\nword",
            "-----BEGIN EC PRIVATE KEY-----***-----END EC PRIVATE KEY-----\nword",
        ),
        ("word", "word"),
    ];
    for (line, expected) in lines {
        assert_eq!(scrubber.scrub(line), expected);
    }
}

#[test]
fn a_value_that_somebody_named_is_masked_in_every_form() {
    let variables = [
        ("AWS_SECRET_ACCESS_KEY", "plain-looking"),
        ("MONGODB_ATLAS_PRIVATE_KEY", "say \"no\""),
        ("HTTPS_PROXY", "http://me:correct-horse@proxy:3128"),
        ("AWS_REGION", "eu-west-1"),
        ("SHORT_TOKEN", "abc"),
    ];
    let mut known =
        KnownSecrets::of_variables(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    known.add("first line\n  second line  \nab");
    assert_eq!(format!("{known:?}"), "KnownSecrets(6)");
    let mut scrubber = Scrubber::new(known);
    for (line, expected) in [
        ("it is plain-looking.", "it is ***."),
        (r#"he said: say "no""#, "he said: ***"),
        (r#"{"m":"say \"no\""}"#, r#"{"m":"***"}"#),
        ("correct-horse in eu-west-1, abc", "*** in eu-west-1, abc"),
        ("a second line", "a ***"),
        ("first line", "***"),
    ] {
        assert_eq!(scrubber.scrub(line), expected);
    }
}

#[test]
fn a_line_costs_microseconds() {
    let mut line = r#"{"@level":"info","@message":"aws_db_instance.main: Still creating... [4m10s elapsed]","@module":"terraform.ui","hook":{"resource":{"addr":"aws_db_instance.main"},"action":"create","elapsed_seconds":250},"type":"apply_progress"}"#
        .to_owned();
    line.truncate(200);
    let mut known = KnownSecrets::default();
    for secret in ["correct-horse", "battery-staple", "plain-looking", "another secret"] {
        known.add(secret);
    }
    let mut scrubber = Scrubber::new(known);
    // The best of many: what else the machine does is not the question.
    let best = (0..500).map(|_| {
        let began = std::time::Instant::now();
        assert!(matches!(scrubber.scrub(std::hint::black_box(&line)), Cow::Borrowed(_)));
        began.elapsed()
    });
    let best = best.min().unwrap();
    let limit = std::time::Duration::from_micros(if cfg!(debug_assertions) { 100 } else { 10 });
    assert!(best < limit, "{best:?}");
}

proptest! {
    #[test]
    fn no_line_panics_and_a_json_line_stays_json(
        name in "[a-z_]{0,6}(password|token|secret|x)",
        value in ".{0,40}",
    ) {
        drop(scrub(&value));
        drop(Scrubber::default().scrub(&value));
        let line = serde_json::json!({ &name: &value, "@message": format!("{name}={value}") }).to_string();
        let scrubbed: Result<serde_json::Value, _> = serde_json::from_str(&scrub(&line));
        prop_assert!(scrubbed.is_ok(), "{} -> {}", line, scrub(&line));
    }

    #[test]
    fn a_quoted_secret_never_shows(value in "[a-zA-Z0-9\"\\\\ /+=]{8,40}") {
        let line = serde_json::json!({ "master_password": &value }).to_string();
        prop_assert_eq!(scrub(&line), r#"{"master_password":"***"}"#);
    }
}
