//! A cluster and apps in every form in which they are rendered.

use std::collections::BTreeMap;

use terrane_domain::*;

use super::{key, minimal, network, registry};

const PREFIX: &str = "dev-anna-4f2a91c0";
const CERTIFICATES: [&str; 2] = [
    "arn:aws:acm:eu-west-1:222222222222:certificate/0a",
    "arn:aws:acm:eu-west-1:222222222222:certificate/0b",
];

/// Adds a cluster and one app of each kind to a model that has a database, a cache, a bucket and a registry.
pub fn add_to(model: &mut InfraModel) {
    let mut ecs = cluster(&[
        (LoadBalancerKind::Public, &CERTIFICATES),
        (LoadBalancerKind::Internal, &[]),
        (LoadBalancerKind::Gateway, &[]),
    ]);
    ecs.capacity = Capacity { fargate: 1, fargate_spot: 3 };
    ecs.container_insights = ContainerInsights::Enhanced;
    ecs.container_insights_group = Some(format!("/aws/ecs/containerinsights/{PREFIX}/performance"));
    ecs.load_balancers.values_mut().for_each(|balancer| balancer.deletion_protection = true);
    model.ecs = Some(ecs);
    model.observability = Observability {
        log_retention_days: 90,
        alarms: Some(Alarms { actions: vec!["arn:aws:sns:eu-west-1:222222222222:ops".to_owned()] }),
    };

    let mut api = app("api", Some(LoadBalancerKind::Public), false);
    api.image = Image::Registry { registry: key("api"), tag: "1.4.2".to_owned() };
    api.architecture = Architecture::Arm64;
    api.command = vec!["serve".to_owned(), "--verbose".to_owned()];
    api.env = [("COMPANY_NAME".to_owned(), "Acme Corp".to_owned())].into();
    api.secrets = BTreeMap::from([
        ("DATABASE_URL".to_owned(), from_database(DatabaseField::Url)),
        ("LLM_API_KEY".to_owned(), entry("acme/llm", Some("api_key"))),
        ("LLM_ALL".to_owned(), entry("acme/llm", None)),
    ]);
    api.scaling = Some(Scaling { requests_per_target: Some(1_000), ..scaling() });
    let by_host = route(&mut api);
    (by_host.host, by_host.priority) = (Some("api.acme.example".to_owned()), 600);

    let mut admin = app("admin", Some(LoadBalancerKind::Internal), false);
    admin.secrets = BTreeMap::from([
        ("HOST".to_owned(), from_database(DatabaseField::Host)),
        ("USERNAME".to_owned(), from_database(DatabaseField::Username)),
        ("PASSWORD".to_owned(), from_database(DatabaseField::Password)),
    ]);
    let mut shop = app("shop", Some(LoadBalancerKind::Gateway), true);
    shop.scaling = Some(Scaling { cpu_percent: None, memory_percent: Some(70), ..scaling() });

    let mut worker = app("worker", None, false);
    worker.port = None;
    let references = [
        ("SECRET", Reference::Database { key: key("main"), field: DatabaseField::SecretArn }),
        ("CACHE", Reference::Cache { key: key("sessions"), field: CacheField::Url }),
        ("BUCKET", Reference::Bucket { key: key("uploads"), field: BucketField::Name }),
        ("REGISTRY", Reference::Registry { key: key("api"), field: RegistryField::Url }),
        ("TOKENS_ARN", Reference::Secret { key: key("tokens"), field: SecretField::Arn }),
    ];
    worker.secrets =
        references.map(|(name, reference)| (name.to_owned(), Secret::Reference(reference))).into();
    for (name, secret, of) in [("SESSION_KEY", "session-key", None), ("TOKEN", "tokens", Some("access"))] {
        let generated = Secret::Generated { secret: key(secret), key: of.map(str::to_owned) };
        worker.secrets.insert(name.to_owned(), generated);
    }

    model.apps = BTreeMap::from([
        (key("admin"), admin),
        (key("api"), api),
        (key("feed"), app("feed", Some(LoadBalancerKind::Gateway), true)),
        (key("shop"), shop),
        (key("web"), app("web", Some(LoadBalancerKind::Public), false)),
        (key("worker"), worker),
    ]);
}

/// Models with little in them, in which other lines are left out.
pub fn small() -> Vec<(&'static str, InfraModel)> {
    let with = |balancers: &[(LoadBalancerKind, &[&str])], apps: Vec<(&str, App)>| {
        let mut model = minimal();
        model.network = Some(network(2, Nat::Single));
        model.ecs = Some(cluster(balancers));
        model.apps = apps.into_iter().map(|(name, app)| (key(name), app)).collect();
        model
    };
    let public = LoadBalancerKind::Public;
    let gateway = LoadBalancerKind::Gateway;
    let mut worker = app("worker", None, false);
    worker.port = None;
    worker.scaling = Some(scaling());
    let mut pulled = with(&[], vec![("worker", app("worker", None, false))]);
    pulled.registries = BTreeMap::from([(key("api"), registry("dev-anna-4f2a91c0/api", false))]);
    pulled.apps.values_mut().for_each(|app| {
        app.image = Image::Registry { registry: key("api"), tag: "latest".to_owned() };
    });
    let mut quiet = app("api", Some(gateway), true);
    let AppRuntime::Ecs(EcsApp { deploy: Deploy::BlueGreen(deploy), .. }) = &mut quiet.runtime else {
        panic!("{quiet:?}");
    };
    deploy.rollback_on_alarm = false;
    vec![
        ("ecs_empty", with(&[], vec![])),
        ("ecs_worker", with(&[], vec![("worker", worker)])),
        ("ecs_pulled", pulled),
        ("ecs_plain", with(&[(public, &[])], vec![("web", app("web", Some(public), false))])),
        ("ecs_tls", with(&[(public, &CERTIFICATES[..1])], vec![("web", app("web", Some(public), false))])),
        ("ecs_blue_green", with(&[(gateway, &[])], vec![("api", quiet)])),
    ]
}

fn cluster(balancers: &[(LoadBalancerKind, &[&str])]) -> Ecs {
    let balancer = |(kind, certificates): &(LoadBalancerKind, &[&str])| {
        let balancer = LoadBalancer {
            name: format!("{PREFIX}-{}", kind.as_str()),
            certificate_arns: certificates.iter().map(|arn| (*arn).to_owned()).collect(),
            deletion_protection: false,
        };
        (*kind, balancer)
    };
    Ecs {
        cluster: PREFIX.to_owned(),
        capacity: Capacity { fargate: 1, fargate_spot: 0 },
        container_insights: ContainerInsights::Disabled,
        container_insights_group: None,
        service_zone: "dev-anna.internal".to_owned(),
        load_balancers: balancers.iter().map(balancer).collect(),
        access_logs: (!balancers.is_empty()).then(|| AccessLogBucket {
            bucket: format!("{PREFIX}-load-balancer-access-logs"),
            expire_after_days: 30,
            force_destroy: false,
        }),
    }
}

fn app(name: &str, load_balancer: Option<LoadBalancerKind>, blue_green: bool) -> App {
    // Two apps of one listener have different priorities, also behind API Gateway.
    let place = |kind| match kind {
        LoadBalancerKind::Gateway => name.bytes().map(u16::from).sum(),
        _ => 24_999,
    };
    let route = load_balancer.map(|load_balancer| Route {
        load_balancer,
        host: None,
        priority: 2 * place(load_balancer) + u16::from(blue_green),
        target_group: format!("{PREFIX}-a-{name}"),
        api_log_group: (load_balancer == LoadBalancerKind::Gateway)
            .then(|| format!("/aws/vendedlogs/terrane/{PREFIX}/apis/{name}")),
    });
    let deploy = BlueGreen {
        shift: TrafficShift::LinearEveryMinute,
        rollback_on_alarm: true,
        green_target_group: format!("{PREFIX}-b-{name}"),
        role: format!("{PREFIX}-{name}-deploy"),
    };
    App {
        image: Image::Named("public.ecr.aws/nginx/nginx:1.29".to_owned()),
        architecture: Architecture::X86_64,
        command: Vec::new(),
        port: Some(8000),
        health_path: "/health".to_owned(),
        replicas: 2,
        scaling: None,
        env: BTreeMap::new(),
        secrets: BTreeMap::new(),
        runtime: AppRuntime::Ecs(EcsApp {
            name: format!("{PREFIX}-{name}{}", if blue_green { "-blue-green" } else { "" }),
            cpu_units: 256,
            memory_mib: 512,
            log_group: format!("/terrane/{PREFIX}/apps/{name}"),
            task_role: format!("{PREFIX}-{name}-task"),
            execution_role: format!("{PREFIX}-{name}-execution"),
            route,
            deploy: if blue_green { Deploy::BlueGreen(deploy) } else { Deploy::Rolling },
        }),
    }
}

fn scaling() -> Scaling {
    Scaling { min: 2, max: 8, cpu_percent: Some(60), memory_percent: None, requests_per_target: None }
}

fn route(app: &mut App) -> &mut Route {
    let AppRuntime::Ecs(app) = &mut app.runtime;
    app.route.as_mut().unwrap()
}

fn from_database(field: DatabaseField) -> Secret {
    Secret::Reference(Reference::Database { key: key("main"), field })
}

fn entry(name: &str, of: Option<&str>) -> Secret {
    Secret::Entry { name: name.to_owned(), key: of.map(str::to_owned) }
}
