//! What comes near to something that is refused, and is fine.

use crate::{problems, read, resolved, with_base};

#[test]
fn a_rule_refuses_no_more_than_it_says() {
    let certificate = "certificate_arn: \"arn:aws:acm:eu-west-1:222222222222:certificate/0a\"";
    let host_of_64 = format!("{}.acme.example", "a".repeat(51));
    let host_of_65 = format!("{}.acme.example", "a".repeat(52));
    let exposed = |expose: &str| {
        format!("ecs: {{}}\napps: {{ a: {{ image: nginx, port: 80, expose: {{ {expose} }} }} }}")
    };
    for section in [
        // Logs that end somewhere, in a bucket that anybody's objects may be in.
        "buckets: { a: { access_logs: { bucket: b } }, b: { access_logs: { bucket: c } }, c: { ownership: object_writer } }"
            .to_owned(),
        "buckets: { a: { access_logs: { bucket: b } }, b: { acl: log-delivery-write, ownership: bucket_owner_preferred } }"
            .to_owned(),
        // A longest name, and one that ACM is not asked for.
        format!("dns: {{ zone: acme.example }}\n{}", exposed(&format!("load_balancer: {{ host: {host_of_64} }}"))),
        format!(
            "dns: {{ zone: acme.example }}\n{}",
            exposed(&format!("load_balancer: {{ host: {host_of_65}, {certificate} }}"))
        ),
        // One host, of which the zone is somebody else's.
        "ecs: {}\napps: { a: { image: nginx, port: 80, expose: { load_balancer: { host: x.example } } }, b: { image: nginx, port: 80, expose: { load_balancer: { host: x.example, internal: true } } } }".to_owned(),
        "kubernetes: { node_groups: { a: { image: bottlerocket, instance_types: [a1.large] } } }".to_owned(),
        // Small, and still with room for a pod of an app.
        "kubernetes: { node_groups: { a: { instance_types: [t3.small] } } }".to_owned(),
        "kubernetes: { addons: [], node_groups: { a: { instance_types: [t3.micro] } } }".to_owned(),
        "databases: { main: { size: { instance_class: db.m5.large } } }".to_owned(),
        "caches: { main: { size: { node_type: cache.r6g.large } } }".to_owned(),
        // What only sounds like a secret, or says where one is.
        "ecs: {}\napps: { a: { image: nginx, env: { API_URL: \"https://api.acme.example/a@b:c\", DB: \"postgres://app@db:5432/x\", DB_PASSWORD_FILE: /run/db, ALLOW_EMPTY_PASSWORD: \"yes\", MAX_TOKENS: \"4096\", API_KEY: \"\" } } }".to_owned(),
        "kubernetes: {}\napps: { a: { image: nginx, env: { DATABASE_URL: \"postgres://$(PGUSER):$(PGPASSWORD)@db/x\", CA: \"-----BEGIN CERTIFICATE-----\", TOPIC_SECRET: \"arn:aws:secretsmanager:eu-west-1:222222222222:secret:x\", STRIPE_PUBLIC_KEY: pk_live_0123456789abcdef, PREFIX: ghp_, ID: AKIA, DSN: \"host=db password=$(PGPASSWORD)\" } } }".to_owned(),
        "ecs: {}\napps: { a: { image: nginx, command: [serve, --password-file, /run/db, --private-key=/etc/tls/key.pem, --private-key, /etc/key.pem, --no-password, web, --db, \"postgres://app@db:5432/x\", --api-key, $API_KEY, \"--token=$(TOKEN)\", --api-key, --verbose] } }".to_owned(),
        "kubernetes: {}\napps: { a: { image: nginx, command: [sh, -c, \"export PGPASSWORD=$PW; exec serve --max-tokens 9 \"] } }".to_owned(),
        // Images that the endpoints of ECR reach.
        "ecs: {}\nnetwork: { nat: none, endpoints: [s3, ecr, logs] }\napps: { a: { image: \"111111111111.dkr.ecr.eu-west-1.amazonaws.com/acme/api:1\" } }".to_owned(),
        "kubernetes: {}\necs: {}\napps: { a: { image: nginx, runtime: kubernetes } }".to_owned(),
        "state: { bucket: acme.terraform.state }".to_owned(),
        "observability: { alarms: { emails: [team@mail.acme.co.uk, Ops+Night@Acme.example] } }\ngovernance: { budget: { monthly_usd: 1, emails: [team@mail.acme.co.uk, O'Neil@Acme.example] } }".to_owned(),
        "lifecycle: { ttl: 6h }\ndatabases: { main: { deletion_protection: false } }".to_owned(),
    ] {
        let found: Vec<String> = problems(&with_base(&section)).into_iter().map(|problem| problem.message).collect();
        assert_eq!(found, [""; 0], "{section}");
    }
}

#[test]
fn a_role_may_stand_under_any_path_of_iam() {
    for role in ["P", "a/P", "a/b/c/P", "team=x/P+=,.@_-", "aws-reserved/sso.amazonaws.com/P"] {
        let arn = format!("arn:aws:iam::222222222222:role/{role}");
        let spec = read(&format!("name: dev\ncloud: {{ region: eu-west-1, role_arn: \"{arn}\" }}"));
        assert_eq!(spec.cloud.role_arn.as_deref(), Some(arn.as_str()));
    }
}

#[test]
fn spot_counts_for_the_apps_that_ecs_deploys_and_that_is_told_of_the_others() {
    let spec = read(&with_base(
        "ecs: { capacity: { fargate: 1, fargate_spot: 3 } }\n\
         apps:\n\
         \x20 web: { image: nginx, port: 80, expose: { load_balancer: {} }, deploy: { blue_green: {} } }\n\
         \x20 worker: { image: nginx }\n",
    ));
    let reasons = resolved(&spec).reasons;
    let told: Vec<_> = reasons.iter().filter(|reason| reason.value == "not on Spot").collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].path, "apps.web.deploy.blue_green");
    assert!(told[0].because.contains("ecs.capacity counts for apps that are rolling"), "{told:?}");
}

#[test]
fn a_cluster_in_us_east_1_may_have_five_zones_and_other_things_all_six() {
    let file = |rest: &str| format!("name: dev\ncloud: {{ region: us-east-1 }}\n{rest}");
    for rest in
        ["network: { availability_zones: 5 }\nkubernetes: {}", "network: { availability_zones: 6 }\necs: {}"]
    {
        assert_eq!(problems(&file(rest)), [], "{rest}");
    }
}
