//! What `render` promises as a function.

use std::collections::BTreeMap;

use terrane_blueprint::{
    AWS_PROVIDER_VERSION, BLUEPRINT_VERSION, RenderError, RenderedFiles, current_pins, holds_data, render,
};
use terrane_domain::{BucketEncryption, InfraModel, Vpc};

use crate::{corpus, models};

fn text(model: &InfraModel) -> String {
    text_of(&render(model).unwrap())
}

fn text_of(files: &RenderedFiles) -> String {
    files.iter().map(|(name, content)| format!("===== {name}\n{content}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_smallest_environment_reads_well() {
    insta::assert_snapshot!("minimal", text(&models::minimal()));
}

#[test]
fn an_environment_with_everything_reads_well() {
    insta::assert_snapshot!("full", text(&models::full()));
}

#[test]
fn every_example_reads_well() {
    for case in corpus::of_examples() {
        insta::assert_snapshot!(case.name.as_str(), text_of(&case.files));
    }
}

#[test]
fn the_same_model_gives_the_same_bytes() {
    for case in corpus::all() {
        assert_eq!(render(&case.model).unwrap(), case.files, "{}", case.name);
    }
}

#[test]
fn files_come_in_reading_order_and_only_where_there_is_something_to_say() {
    let names = |model: &InfraModel| render(model).unwrap().iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(
        names(&models::full()),
        [
            "versions.tf",
            "provider.tf",
            "locals.tf",
            "data.tf",
            "kms.tf",
            "network.tf",
            "endpoints.tf",
            "flow_logs.tf",
            "kubernetes.tf",
            "node_groups.tf",
            "addons.tf",
            "pod_identities.tf",
            "buckets.tf",
            "registries.tf",
            "databases.tf",
            "aurora.tf",
            "caches.tf",
            "documents.tf",
            "ecs.tf",
            "apps.tf",
            "apps_iam.tf",
            "apps_scaling.tf",
            "load_balancers.tf",
            "api_gateway.tf",
            "code_deploy.tf",
            "alarms.tf",
            "outputs.tf"
        ]
    );
    let mut bare = models::minimal();
    bare.buckets.clear();
    assert_eq!(names(&bare), ["versions.tf", "provider.tf", "locals.tf"]);
}

#[test]
fn an_environment_of_another_blueprint_is_refused_by_name() {
    for pinned in [0, BLUEPRINT_VERSION + 1] {
        let mut model = models::minimal();
        model.identity.pins.blueprint = pinned;
        let error = render(&model).unwrap_err();
        assert_eq!(error, RenderError::UnknownBlueprint { pinned });
        assert!(error.to_string().contains(&format!("pinned to blueprint {pinned}")), "{error}");
    }
}

#[test]
fn the_pinned_provider_is_the_one_that_is_asked_for() {
    assert_eq!(current_pins().aws_provider, AWS_PROVIDER_VERSION);
    let mut model = models::minimal();
    model.identity.pins.aws_provider = "6.25.0".to_owned();
    let files = render(&model).unwrap();
    assert!(files.get("versions.tf").unwrap().contains("version = \"6.25.0\"\n"));
    assert_eq!(files.get("nothing.tf"), None);
}

#[test]
fn what_refers_to_something_that_is_not_there_is_refused() {
    let without_key = |change: fn(&mut InfraModel)| {
        let mut model = models::full();
        model.encryption_key = None;
        model.buckets.values_mut().for_each(|bucket| bucket.encryption = BucketEncryption::S3Managed);
        model.registries.values_mut().for_each(|registry| registry.environment_key = false);
        model.databases.values_mut().for_each(|database| database.environment_key = false);
        model.kubernetes = None;
        model.caches.values_mut().for_each(|cache| cache.environment_key = false);
        model.document_database.as_mut().unwrap().environment_key = false;
        change(&mut model);
        render(&model).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(without_key(|_| {}), Ok(()));
    type Change = fn(&mut InfraModel);
    let changes: [(&str, Change); 6] = [
        ("buckets.logs", |m| {
            m.buckets.values_mut().for_each(|b| b.encryption = BucketEncryption::EnvironmentKey)
        }),
        ("registries.api", |m| m.registries.values_mut().for_each(|r| r.environment_key = true)),
        ("kubernetes", |m| m.kubernetes = models::full().kubernetes),
        ("databases.events", |m| m.databases.values_mut().for_each(|d| d.environment_key = true)),
        ("document_database", |m| m.document_database.as_mut().unwrap().environment_key = true),
        ("caches.queue", |m| m.caches.values_mut().for_each(|c| c.environment_key = true)),
    ];
    for (path, change) in changes {
        let expected = format!("{path} asks for the environment's KMS key, but the environment has none");
        assert_eq!(without_key(change), Err(expected));
    }

    let mut model = models::full();
    let Some(Vpc::Made(vpc)) = model.network.as_mut().map(|network| &mut network.vpc) else { panic!() };
    vpc.zones.clear();
    assert_eq!(render(&model), Err(RenderError::NoZones));
    model.network = None;
    assert_eq!(render(&model), Err(RenderError::NoNetwork { path: "kubernetes".to_owned() }));
    model.kubernetes = None;
    assert_eq!(render(&model), Err(RenderError::NoNetwork { path: "databases.events".to_owned() }));
    model.databases = BTreeMap::new();
    assert_eq!(render(&model), Err(RenderError::NoNetwork { path: "caches.queue".to_owned() }));
    model.caches = BTreeMap::new();
    assert_eq!(render(&model), Err(RenderError::NoNetwork { path: "document_database".to_owned() }));
    model.document_database = None;
    model.apps = BTreeMap::new();
    assert_eq!(render(&model), Err(RenderError::NoNetwork { path: "ecs".to_owned() }));
    model.ecs = None;
    assert!(render(&model).is_ok());
}

#[test]
fn an_app_that_refers_to_something_that_is_not_there_is_refused() {
    type Change = fn(&mut InfraModel);
    let missing =
        |path: &str, what: &str| RenderError::NothingThere { path: path.to_owned(), what: what.to_owned() };
    let changes: [(RenderError, Change); 5] = [
        (RenderError::NoCluster { path: "apps.admin".to_owned() }, |m| m.ecs = None),
        (missing("apps.admin", "databases.main.host"), |m| m.databases.clear()),
        (missing("apps.worker", "caches.sessions.url"), |m| m.caches.clear()),
        (missing("apps.worker", "buckets.uploads.name"), |m| m.buckets.clear()),
        (missing("apps.api", "registries.api"), |m| m.registries.clear()),
    ];
    for (expected, change) in changes {
        let mut model = models::full();
        change(&mut model);
        assert_eq!(render(&model), Err(expected));
    }
}

#[test]
fn a_service_ignores_what_somebody_else_decides_and_nothing_more() {
    let model = models::full();
    let files = render(&model).unwrap();
    let apps = files.get("apps.tf").unwrap();
    let ignored = |resource: &str| {
        let start = apps.find(&format!("resource {resource}")).unwrap();
        let block = &apps[start..];
        let block = &block[..block.find("\n}\n").unwrap()];
        block.lines().find_map(|line| line.trim().strip_prefix("ignore_changes = ")).unwrap_or("").to_owned()
    };
    assert_eq!(ignored("\"aws_ecs_service\" \"fixed\""), "");
    assert_eq!(ignored("\"aws_ecs_service\" \"scaled\""), "[desired_count]");
    assert_eq!(ignored("\"aws_ecs_service\" \"blue_green\""), "[task_definition, load_balancer]");
    let both = "[task_definition, load_balancer, desired_count]";
    assert_eq!(ignored("\"aws_ecs_service\" \"blue_green_scaled\""), both);
    assert_eq!(ignored("\"aws_lb_listener_rule\" \"app\""), "");
    assert_eq!(ignored("\"aws_lb_listener_rule\" \"blue_green\""), "[action]");
}

#[test]
fn what_can_not_be_made_again_holds_data() {
    for kind in ["aws_db_instance", "aws_s3_bucket", "aws_ecr_repository", "aws_eks_cluster", "aws_kms_key"] {
        assert!(holds_data(kind), "{kind}");
    }
    for kind in ["aws_vpc", "aws_cloudwatch_log_group", "aws_s3_bucket_policy", "aws_unheard_of", ""] {
        assert!(!holds_data(kind), "{kind}");
    }
}
