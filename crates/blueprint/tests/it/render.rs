//! What `render` promises as a function.

use std::collections::BTreeMap;

use terrane_blueprint::{
    AWS_PROVIDER_VERSION, BLUEPRINT_VERSION, RenderError, RenderedFiles, current_pins, holds_data,
    is_protected, render,
};
use terrane_domain::{
    AppRuntime, BucketEncryption, EcsApp, InfraModel, LoadBalancerKind, OnDestroy, Route, Vpc,
};

use crate::{corpus, models, tree};

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
            "secrets.tf",
            "databases.tf",
            "aurora.tf",
            "caches.tf",
            "documents.tf",
            "ecs.tf",
            "apps.tf",
            "apps_iam.tf",
            "apps_scaling.tf",
            "app_identities.tf",
            "load_balancers.tf",
            "api_gateway.tf",
            "code_deploy.tf",
            "dns.tf",
            "alarms.tf",
            "alarm_topic.tf",
            "dashboard.tf",
            "backup.tf",
            "budget.tf",
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
        model.apps.retain(|_, app| app.on_ecs().is_some());
        model.caches.values_mut().for_each(|cache| cache.environment_key = false);
        model.document_database.as_mut().unwrap().environment_key = false;
        model.observability.alarms.as_mut().unwrap().topic = None;
        change(&mut model);
        render(&model).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(without_key(|_| {}), Ok(()));
    type Change = fn(&mut InfraModel);
    let changes: [(&str, Change); 7] = [
        ("observability.alarms", |m| m.observability = models::full().observability),
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
    let changes: [(RenderError, Change); 12] = [
        (RenderError::NoCluster { path: "apps.admin".to_owned() }, |m| m.ecs = None),
        (missing("apps.admin", "databases.main.host"), |m| m.databases.clear()),
        (missing("apps.indexer", "caches.sessions.url"), |m| m.caches.clear()),
        (missing("apps.indexer", "buckets.uploads.name"), |m| m.buckets.clear()),
        (missing("apps.api", "registries.api"), |m| m.registries.clear()),
        (missing("apps.admin", "a zone"), |m| m.dns = None),
        (missing("apps.shop", "a certificate"), |m| route(m, "shop").certificate = None),
        (missing("apps.api", "a certificate"), |m| route(m, "api").certificate = None),
        (missing("apps.feed", "the load balancer gateway"), |m| {
            m.ecs.as_mut().unwrap().load_balancers.remove(&LoadBalancerKind::Gateway);
        }),
        (missing("apps.feed", "expose"), |m| on_ecs(m, "feed").route = None),
        (RenderError::SameRule { path: "apps.shop".to_owned(), other: "apps.feed".to_owned() }, |m| {
            let priority = on_ecs(m, "feed").route.as_ref().unwrap().priority;
            on_ecs(m, "shop").route.as_mut().unwrap().priority = priority;
        }),
        (missing("apps.worker", "secrets.session-key"), |m| m.secrets.clear()),
    ];
    for (expected, change) in changes {
        let mut model = models::full();
        change(&mut model);
        assert_eq!(render(&model), Err(expected));
    }
}

fn route<'m>(model: &'m mut InfraModel, app: &str) -> &'m mut Route {
    on_ecs(model, app).route.as_mut().unwrap()
}

fn on_ecs<'m>(model: &'m mut InfraModel, app: &str) -> &'m mut EcsApp {
    let AppRuntime::Ecs(app) = &mut model.apps.get_mut(&models::key(app)).unwrap().runtime else {
        panic!("{app} is on ECS");
    };
    app
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
    assert_eq!(
        ignored("\"aws_ecs_service\" \"blue_green\""),
        "[task_definition, load_balancer, network_configuration]"
    );
    let both = "[task_definition, load_balancer, network_configuration, desired_count]";
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

#[test]
fn the_boundary_is_on_every_role() {
    let mut roles = 0;
    for case in corpus::all() {
        let boundary = case.model.governance.permissions_boundary.is_some();
        for role in of_kind(&case.files, |kind| kind == "aws_iam_role") {
            roles += 1;
            let has = role.body().attributes().any(|argument| argument.key() == "permissions_boundary");
            assert_eq!(has, boundary, "{}: {}", case.name, tree::labels(&role).join("."));
        }
    }
    assert!(roles > 100, "{roles}");
}

#[test]
fn what_holds_data_is_kept_from_terraform_exactly_where_the_environment_is_protected() {
    let (mut kept, mut free) = (0, 0);
    // Single databases can be protected too; for them see below.
    for case in corpus::all().filter(|case| !case.model.databases.values().any(|d| d.deletion_protection)) {
        for resource in of_kind(&case.files, |_| true) {
            let is_kept = is_kept(&resource);
            *if is_kept { &mut kept } else { &mut free } += 1;
            let kind = tree::labels(&resource)[0];
            let documents = case.model.document_database.as_ref().is_some_and(|d| d.deletion_protection);
            let alone = kind == "aws_docdb_cluster" && documents;
            assert_eq!(is_kept, alone || case.model.protected && holds_data(kind), "{}: {kind}", case.name);
        }
    }
    assert!(kept > 50 && free > 1_000, "{kept} {free}");

    let kept = |model: &InfraModel| {
        let files = render(model).unwrap();
        let kept = of_kind(&files, |_| true).into_iter().filter(is_kept);
        kept.map(|resource| tree::labels(&resource).join(".")).collect::<Vec<_>>()
    };
    let [guarded, full] = ["guarded", "full"].map(|name| {
        models::all().into_iter().find(|(other, _)| *other == name).map(|(_, model)| model).unwrap()
    });
    assert_eq!(kept(&guarded), ["aws_rds_cluster.main"], "the instance beside it is not protected");
    assert!(is_protected(&guarded, "aws_rds_cluster.main[\"main\"]"));
    assert!(!is_protected(&guarded, "aws_db_instance.main[\"side\"]"));
    for (address, protected) in [
        ("aws_db_instance.replica[\"main-2\"]", true),
        ("aws_s3_bucket.main[\"gone-since\"]", true),
        ("aws_kms_key.main", true),
        ("aws_docdb_cluster.main", true),
        ("aws_iam_role.flow_logs", false),
        ("", false),
    ] {
        assert_eq!(is_protected(&full, address), protected, "{address}");
    }
    let free = full.unprotected(OnDestroy::Delete);
    assert_eq!(kept(&free), Vec::<String>::new(), "an approved destroy goes through");
    assert!(!is_protected(&free, "aws_docdb_cluster.main"));
}

fn of_kind(files: &RenderedFiles, wanted: impl Fn(&str) -> bool) -> Vec<hcl::Block> {
    let blocks = tree::blocks_of(files).into_iter();
    blocks.filter(|block| block.identifier() == "resource" && wanted(tree::labels(block)[0])).collect()
}

fn is_kept(resource: &hcl::Block) -> bool {
    let mut lifecycles = resource.body().blocks().filter(|block| block.identifier() == "lifecycle");
    lifecycles.any(|block| {
        block.body().attributes().any(|argument| {
            argument.key() == "prevent_destroy" && argument.expr() == &hcl::Expression::Bool(true)
        })
    })
}
