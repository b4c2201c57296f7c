//! A cluster and apps in every form in which they are rendered.

use std::collections::BTreeMap;

use terrane_domain::*;

use super::{key, minimal, network, registry};

const PREFIX: &str = "dev-anna-4f2a91c0";
const CERTIFICATE: &str = "arn:aws:acm:eu-west-1:222222222222:certificate/0a";

/// Adds a cluster and one app of each kind to a model that has a database, a cache, a bucket and a registry.
pub fn add_to(model: &mut InfraModel) {
    let mut ecs = cluster(&[
        (LoadBalancerKind::Public, vec![Certificate::RequestedFor(key("api")), given()]),
        (LoadBalancerKind::Internal, vec![]),
        (LoadBalancerKind::Gateway, vec![]),
    ]);
    ecs.capacity = Capacity { fargate: 1, fargate_spot: 3 };
    ecs.container_insights = ContainerInsights::Enhanced;
    ecs.container_insights_group = Some(format!("/aws/ecs/containerinsights/{PREFIX}/performance"));
    ecs.load_balancers.values_mut().for_each(|balancer| balancer.deletion_protection = true);
    model.ecs = Some(ecs);
    model.dns = Some(Dns {
        zone: "dev.acme.example".to_owned(),
        origin: ZoneOrigin::Created { parent: Some("acme.example".to_owned()) },
    });

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
    name(&mut api, "api.dev.acme.example", Some(Certificate::RequestedFor(key("api"))));
    route(&mut api).priority = 600;

    let mut admin = app("admin", Some(LoadBalancerKind::Internal), false);
    admin.secrets = BTreeMap::from([
        ("HOST".to_owned(), from_database(DatabaseField::Host)),
        ("USERNAME".to_owned(), from_database(DatabaseField::Username)),
        ("PASSWORD".to_owned(), from_database(DatabaseField::Password)),
    ]);
    name(&mut admin, "admin.dev.acme.example", None);
    let mut shop = app("shop", Some(LoadBalancerKind::Gateway), true);
    name(&mut shop, "shop.dev.acme.example", Some(Certificate::RequestedFor(key("shop"))));
    let mut web = app("web", Some(LoadBalancerKind::Public), false);
    route(&mut web).certificate = Some(given());
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

    let mut indexer = on_kubernetes("indexer", None);
    indexer.image = Image::Registry { registry: key("api"), tag: "1.4.2".to_owned() };
    indexer.env = [("DB_API".to_owned(), "http://db-api:8001".to_owned())].into();
    indexer.secrets = BTreeMap::from([
        ("DATABASE_URL".to_owned(), from_database(DatabaseField::Url)),
        ("DATABASE_SECRET".to_owned(), from_database(DatabaseField::SecretArn)),
        ("LLM_API_KEY".to_owned(), entry("acme/llm", Some("api_key"))),
        (
            "CACHE".to_owned(),
            Secret::Reference(Reference::Cache { key: key("sessions"), field: CacheField::Url }),
        ),
        (
            "BUCKET".to_owned(),
            Secret::Reference(Reference::Bucket { key: key("uploads"), field: BucketField::Name }),
        ),
    ]);

    model.apps = BTreeMap::from([
        (key("admin"), admin),
        (key("api"), api),
        (key("feed"), app("feed", Some(LoadBalancerKind::Gateway), true)),
        (key("indexer"), indexer),
        (key("shop"), shop),
        (key("web"), web),
        (key("worker"), worker),
    ]);
}

/// An app on Kubernetes.
fn on_kubernetes(name: &str, expose: Option<ClusterRoute>) -> App {
    App {
        runtime: AppRuntime::Kubernetes(KubernetesApp {
            namespace: "apps".to_owned(),
            name: name.to_owned(),
            role: format!("{PREFIX}-{name}-pod"),
            cpu_millicores: 100,
            memory_mib: 256,
            cpu_limit_millicores: Some(500),
            memory_limit_mib: 512,
            expose,
        }),
        ..app(name, None, false)
    }
}

/// Models with apps on a cluster: without a role, with one, without nodes, and beside apps on ECS that know MongoDB Atlas.
pub fn on_clusters() -> Vec<(&'static str, InfraModel)> {
    let with = |compute: Option<Compute>, apps: Vec<(&str, App)>| {
        let mut model = minimal();
        model.network = Some(network(2, Nat::Single));
        model.encryption_key =
            Some(EncryptionKey { alias: format!("alias/{PREFIX}"), deletion_window_days: 7 });
        model.databases = BTreeMap::from([(key("main"), super::side_database())]);
        let cluster = super::kubernetes::full();
        let addons = vec![ClusterAddon::MetricsServer];
        model.kubernetes = Some(match compute {
            None => cluster,
            Some(compute) => Kubernetes { compute, addons, ..cluster },
        });
        model.apps = apps.into_iter().map(|(name, app)| (key(name), app)).collect();
        model
    };
    let ingress = ClusterRoute::Ingress { host: Some("api.acme.example".to_owned()), tls: true };
    let balancer = ClusterRoute::LoadBalancer { certificate_arn: None, internal: true };
    let reading = || {
        let mut app = on_kubernetes("api", Some(balancer.clone()));
        app.secrets = [("PASSWORD".to_owned(), from_database(DatabaseField::Password))].into();
        app
    };
    let documented = |field| {
        let reference = Reference::DocumentDatabase { field };
        BTreeMap::from([("MONGODB_URI".to_owned(), Secret::Reference(reference))])
    };
    let mut of_atlas = on_kubernetes("api", Some(ClusterRoute::Gateway { host: None }));
    of_atlas.secrets = documented(DocumentDatabaseField::Url);
    let mut on_ecs = app("feed", None, false);
    on_ecs.secrets = documented(DocumentDatabaseField::Host);
    let mut both = with(None, vec![("api", of_atlas.clone()), ("feed", on_ecs)]);
    both.ecs = Some(cluster(&[]));
    both.atlas = Some(super::atlas());
    let mut in_project = with(None, vec![]);
    in_project.kubernetes = None;
    let project_id = "5f0c1b2a3d4e5f6a7b8c9d0e".to_owned();
    let project = AtlasProject::Existing { project_id };
    in_project.atlas = Some(AtlasCluster { project, users: BTreeMap::new(), ..super::atlas() });
    vec![
        ("pods_alone", with(None, vec![("api", on_kubernetes("api", Some(ingress)))])),
        ("pods_reading", with(None, vec![("api", reading())])),
        ("pods_on_fargate", with(Some(super::kubernetes::fargate()), vec![("api", reading())])),
        ("atlas_both_runtimes", both),
        ("atlas_in_project", in_project),
    ]
}

/// Models with little in them, in which other lines are left out.
pub fn small() -> Vec<(&'static str, InfraModel)> {
    let with = |balancers: &[(LoadBalancerKind, Vec<Certificate>)], apps: Vec<(&str, App)>| {
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
    let requested = || Certificate::RequestedFor(key("web"));
    let mut web = app("web", Some(public), false);
    name(&mut web, "acme.example", Some(requested()));
    let mut named = with(&[(public, vec![requested()])], vec![("web", web)]);
    named.dns = Some(Dns { zone: "acme.example".to_owned(), origin: ZoneOrigin::Existing });
    let mut elsewhere = app("api", Some(gateway), false);
    name(&mut elsewhere, "api.elsewhere.example", Some(given()));
    route(&mut elsewhere).record = false;
    let mut new_zone = with(&[], vec![]);
    new_zone.dns =
        Some(Dns { zone: "acme.example".to_owned(), origin: ZoneOrigin::Created { parent: None } });
    vec![
        ("ecs_empty", with(&[], vec![])),
        ("ecs_worker", with(&[], vec![("worker", worker)])),
        ("ecs_pulled", pulled),
        ("ecs_plain", with(&[(public, vec![])], vec![("web", app("web", Some(public), false))])),
        ("ecs_tls", with(&[(public, vec![given()])], vec![("web", app("web", Some(public), false))])),
        ("ecs_blue_green", with(&[(gateway, vec![])], vec![("api", quiet)])),
        ("ecs_named", named),
        ("ecs_named_elsewhere", with(&[(gateway, vec![])], vec![("api", elsewhere)])),
        ("ecs_new_zone", new_zone),
    ]
}

fn cluster(balancers: &[(LoadBalancerKind, Vec<Certificate>)]) -> Ecs {
    let balancer = |(kind, certificates): &(LoadBalancerKind, Vec<Certificate>)| {
        let balancer = LoadBalancer {
            name: format!("{PREFIX}-{}", kind.as_str()),
            certificates: certificates.clone(),
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
        record: false,
        certificate: None,
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
            name: format!("{PREFIX}-{name}{}", if blue_green { "_blue_green" } else { "" }),
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
    let AppRuntime::Ecs(app) = &mut app.runtime else { panic!("on ECS") };
    app.route.as_mut().unwrap()
}

fn given() -> Certificate {
    Certificate::Given(CERTIFICATE.to_owned())
}

/// Gives an app a name in the zone.
fn name(app: &mut App, host: &str, certificate: Option<Certificate>) {
    let route = route(app);
    route.host = Some(host.to_owned());
    route.record = true;
    route.certificate = certificate;
}

fn from_database(field: DatabaseField) -> Secret {
    Secret::Reference(Reference::Database { key: key("main"), field })
}

fn entry(name: &str, of: Option<&str>) -> Secret {
    Secret::Entry { name: name.to_owned(), key: of.map(str::to_owned) }
}
