//! Models to render: built by hand, so that these tests need nothing of `resolve`.

// By path, because the benchmarks take this file in from elsewhere.
#[path = "models/apps.rs"]
mod apps;
#[path = "models/kubernetes.rs"]
mod kubernetes;
#[path = "models/networks.rs"]
mod networks;
#[path = "models/observability.rs"]
mod observability;

use std::collections::BTreeMap;

pub use networks::network;
use networks::{network_without_interfaces, of};
use terrane_blueprint::current_pins;
use terrane_domain::*;
use uuid::Uuid;

/// Nothing but what every environment has, and one bucket.
pub fn minimal() -> InfraModel {
    InfraModel {
        identity: Identity {
            environment_id: EnvironmentId::from_uuid(Uuid::from_u128(
                0x0193_a5c0_0000_7000_8000_0000_0000_0001,
            )),
            tenant_id: TenantId::from_uuid(Uuid::from_u128(0x0193_a5c0_0000_7000_8000_0000_0000_00aa)),
            name: key("dev-anna"),
            name_prefix: "dev-anna-4f2a91c0".to_owned(),
            pins: current_pins(),
        },
        cloud: AwsCloud {
            region: "eu-west-1".to_owned(),
            account_id: "222222222222".to_owned(),
            assume_role: None,
        },
        tags: BTreeMap::new(),
        encryption_key: None,
        network: None,
        kubernetes: None,
        buckets: BTreeMap::from([(key("files"), plain_bucket("dev-anna-4f2a91c0-files"))]),
        registries: BTreeMap::new(),
        databases: BTreeMap::new(),
        caches: BTreeMap::new(),
        document_database: None,
        atlas: None,
        secrets: BTreeMap::new(),
        governance: Governance::default(),
        protected: false,
        ecs: None,
        apps: BTreeMap::new(),
        dns: None,
        observability: Observability { log_retention_days: 7, alarms: None, dashboard: None },
        state: StateBackend {
            bucket: "terrane-state-222222222222-eu-west-1".to_owned(),
            key: "tenants/ten_0193/environments/env_0193/terraform.tfstate".to_owned(),
            region: "eu-west-1".to_owned(),
            lock_table: None,
            kms_key_arn: None,
        },
    }
}

/// Everything that can be asked for, in several of its forms.
pub fn full() -> InfraModel {
    let mut model = minimal();
    model.cloud.assume_role = Some(AssumeRole {
        role_arn: "arn:aws:iam::222222222222:role/TerraneProvisioner".to_owned(),
        external_id: "ext-7b1f".to_owned(),
    });
    model.tags =
        [("cost-center", "4711"), ("team", "platform")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    model.encryption_key =
        Some(EncryptionKey { alias: "alias/dev-anna-4f2a91c0".to_owned(), deletion_window_days: 30 });
    model.network = Some(network(3, Nat::PerAz));
    model.kubernetes = Some(kubernetes::full());
    model.buckets = BTreeMap::from([
        (key("logs"), plain_bucket("dev-anna-4f2a91c0-logs")),
        (
            key("uploads"),
            Bucket {
                versioning: true,
                encryption: BucketEncryption::EnvironmentKey,
                lifecycle: BucketLifecycle {
                    glacier_after_days: Some(90),
                    expire_after_days: Some(730),
                    expire_old_versions_after_days: Some(30),
                    abort_uploads_after_days: 7,
                },
                cors: vec![cors_rule()],
                access_logs: Some(AccessLogs { bucket: key("logs"), prefix: "uploads/".to_owned() }),
                ..plain_bucket("dev-anna-4f2a91c0-uploads")
            },
        ),
    ]);
    model.registries = BTreeMap::from([
        (key("api"), registry("dev-anna-4f2a91c0/api", true)),
        (key("web"), registry("dev-anna-4f2a91c0/web", false)),
    ]);
    model.databases = BTreeMap::from([
        (key("events"), serverless()),
        (key("main"), database("dev-anna-4f2a91c0-main", true)),
        (key("orders"), aurora("dev-anna-4f2a91c0-orders", provisioned())),
        (key("side"), side_database()),
    ]);
    model.caches = BTreeMap::from([
        (key("queue"), queue()),
        (key("sessions"), cache("dev-anna-4f2a91c0-sessions", true)),
        (key("shards"), sharded_cache()),
    ]);
    model.document_database = Some(documents(true));
    model.secrets = secrets();
    model.governance = governance();
    model.protected = true;
    apps::add_to(&mut model);
    observability::add_to(&mut model);
    model
}

/// A model for each way in which the rendered files branch.
pub fn all() -> Vec<(&'static str, InfraModel)> {
    let mut single_nat = minimal();
    single_nat.network = Some(network(2, Nat::Single));
    single_nat.databases = BTreeMap::from([(key("main"), side_database())]);
    single_nat.registries = BTreeMap::from([(key("api"), registry("dev-anna-4f2a91c0/api", false))]);

    let mut widened = minimal();
    widened.buckets = widened_buckets();

    let mut older = minimal();
    older.state.lock_table = Some("terraform-locks".to_owned());
    older.state.kms_key_arn = Some("arn:aws:kms:eu-west-1:222222222222:key/1234abcd".to_owned());
    let mut cached = minimal();
    cached.network = Some(network(2, Nat::None));
    let small = cache("dev-anna-4f2a91c0-main", false);
    let small = Cache { users: None, snapshot_retention_days: 0, final_snapshot: None, ..small };
    cached.caches = BTreeMap::from([(key("main"), small)]);

    let clustered = one_cluster();

    let mut documented = minimal();
    documented.network = Some(network(2, Nat::None));
    documented.document_database = Some(DocumentDatabase { final_snapshot: None, ..documents(false) });

    let mut secretive = minimal();
    secretive.secrets = secrets();
    secretive.secrets.retain(|key, _| key.as_str() == "session-key");
    let mut keyed = minimal();
    keyed.secrets = secrets();
    keyed.secrets.retain(|key, _| key.as_str() == "tokens");

    // Without databases or a key, and a role that the boundary could be forgotten on.
    let mut governed = minimal();
    governed.governance = governance();
    governed.buckets.values_mut().for_each(|bucket| bucket.versioning = true);
    let budget = governed.governance.budget.as_mut().unwrap();
    (budget.emails, budget.topic) =
        (Vec::new(), Some("arn:aws:sns:eu-west-1:222222222222:budget".to_owned()));
    // A boundary without a role, and a protection that only one kind of database has.
    let mut bounded = minimal();
    bounded.governance.permissions_boundary = governance().permissions_boundary;
    let mut guarded = one_cluster();
    guarded.databases.insert(key("side"), side_database());

    let mut closed = minimal();
    closed.network = Some(of(MadeVpc { gateway_endpoints: Vec::new(), ..networks::made(2, Nat::None) }));
    closed.buckets.clear();

    let mut bare = minimal();
    bare.buckets.clear();

    let mut bare_network = bare.clone();
    bare_network.network = Some(networks::bare());

    let mut monitored = minimal();
    monitored.network = Some(network_without_interfaces());
    monitored.databases = BTreeMap::from([(key("main"), database("dev-anna-4f2a91c0-main", false))]);

    let clusters = kubernetes::all().into_iter().map(|(name, cluster)| {
        let mut model = minimal();
        model.buckets.clear();
        model.network = Some(network_without_interfaces());
        let alias = "alias/dev-anna-4f2a91c0".to_owned();
        model.encryption_key = Some(EncryptionKey { alias, deletion_window_days: 7 });
        model.kubernetes = Some(cluster);
        (name, model)
    });

    let mut foreign = full();
    foreign.tags = [
        ("équipe", "données"),
        ("チーム", "基盤"),
        ("👩‍👩‍👧", "🇨🇭"),
        ("e\u{301}", "${x}%${y}"),
        ("a\"b\\c", "\r\n\t"),
    ]
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .into();

    let mut all = vec![
        ("minimal", minimal()),
        ("full", full()),
        ("full_unprotected", full().unprotected(OnDestroy::Snapshot { suffix: "0a1b2c3d" })),
        ("single_nat", single_nat),
        ("widened_buckets", widened),
        ("older", older),
        ("cached", cached),
        ("clustered", clustered),
        ("documented", documented),
        ("secretive", secretive),
        ("keyed", keyed),
        ("governed", governed),
        ("bounded", bounded),
        ("guarded", guarded),
        ("closed", closed),
        ("bare", bare),
        ("bare_network", bare_network),
        ("monitored", monitored),
        ("foreign", foreign),
    ];
    all.extend(apps::small());
    all.extend(apps::on_clusters());
    all.extend(observability::small());
    all.extend(clusters);
    all.extend(networks::all());
    all
}

/// An Aurora cluster that is protected by itself, in an environment that is not.
fn one_cluster() -> InfraModel {
    let mut model = minimal();
    model.network = Some(network(2, Nat::None));
    let cluster = aurora("dev-anna-4f2a91c0-main", provisioned());
    let plain = Database { environment_key: false, enhanced_monitoring: None, ..cluster };
    model.databases = BTreeMap::from([(key("main"), plain)]);
    model
}

fn secrets() -> BTreeMap<Key, GeneratedSecret> {
    let secret = |name: &str, alphabet, keys: &[&str]| {
        let secret = GeneratedSecret {
            name_prefix: format!("dev-anna-4f2a91c0/{name}-"),
            length: 40,
            alphabet,
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            version: 1,
            recovery_days: 30,
        };
        (key(name), secret)
    };
    BTreeMap::from([
        secret("session-key", SecretAlphabet::Hex, &[]),
        secret("tokens", SecretAlphabet::Alphanumeric, &["access", "refresh"]),
    ])
}

fn governance() -> Governance {
    Governance {
        permissions_boundary: Some("arn:aws:iam::222222222222:policy/Boundary".to_owned()),
        budget: Some(Budget {
            name: "dev-anna-4f2a91c0-monthly".to_owned(),
            monthly_usd: 500,
            alert_at_percent: vec![50, 90],
            emails: vec!["ops@acme.example".to_owned()],
            topic: None,
        }),
        backup: Some(Backup {
            vault: "dev-anna-4f2a91c0-data".to_owned(),
            role_name: "dev-anna-4f2a91c0-backup".to_owned(),
            schedule: BackupSchedule::Daily,
            retention_days: 365,
            cold_storage_after_days: Some(30),
            force_destroy: false,
        }),
    }
}

pub fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

fn plain_bucket(name: &str) -> Bucket {
    Bucket {
        name: name.to_owned(),
        versioning: false,
        encryption: BucketEncryption::S3Managed,
        lifecycle: BucketLifecycle {
            glacier_after_days: None,
            expire_after_days: None,
            expire_old_versions_after_days: None,
            abort_uploads_after_days: 7,
        },
        force_destroy: false,
        ownership: ObjectOwnership::BucketOwnerEnforced,
        acl: None,
        cors: Vec::new(),
        access_logs: None,
    }
}

fn cors_rule() -> CorsRule {
    CorsRule {
        origins: vec!["https://app.acme.example".to_owned()],
        methods: vec![CorsMethod::Get, CorsMethod::Put],
        headers: vec!["*".to_owned()],
        expose_headers: vec!["ETag".to_owned()],
        max_age_seconds: 3600,
    }
}

fn widened_buckets() -> BTreeMap<Key, Bucket> {
    let assets = Bucket {
        ownership: ObjectOwnership::BucketOwnerPreferred,
        acl: Some(CannedAcl::PublicRead),
        cors: vec![cors_rule()],
        access_logs: Some(AccessLogs { bucket: key("logs"), prefix: "assets/".to_owned() }),
        ..plain_bucket("dev-anna-4f2a91c0-assets")
    };
    BTreeMap::from([
        (key("assets"), assets),
        (key("files"), plain_bucket("dev-anna-4f2a91c0-files")),
        (key("logs"), plain_bucket("dev-anna-4f2a91c0-logs")),
    ])
}

fn registry(name: &str, environment_key: bool) -> Registry {
    Registry {
        name: name.to_owned(),
        keep_last: 20,
        expire_untagged_after_days: 7,
        immutable_tags: environment_key,
        scan_on_push: true,
        environment_key,
        force_delete: false,
    }
}

fn database(identifier: &str, environment_key: bool) -> Database {
    Database {
        identifier: identifier.to_owned(),
        version: "17".to_owned(),
        kind: DatabaseKind::Instance(RdsInstance {
            instance_class: "db.r7g.large".to_owned(),
            storage_gib: 100,
            max_storage_gib: 500,
            multi_az: true,
            replicas: vec![format!("{identifier}-replica-1"), format!("{identifier}-replica-2")],
        }),
        backup_retention_days: 30,
        deletion_protection: true,
        final_snapshot: Some(FinalSnapshot::PerIncarnation { prefix: format!("{identifier}-final") }),
        restore_from: None,
        environment_key,
        performance_insights: true,
        enhanced_monitoring: Some(EnhancedMonitoring {
            interval_seconds: 60,
            role_name: format!("{identifier}-mon"),
        }),
        iam_authentication: true,
        log_retention_days: 30,
        database_name: Some("main".to_owned()),
        master_username: Some("terrane".to_owned()),
    }
}

fn side_database() -> Database {
    Database {
        kind: DatabaseKind::Instance(RdsInstance {
            instance_class: "db.t4g.micro".to_owned(),
            storage_gib: 20,
            max_storage_gib: 100,
            multi_az: false,
            replicas: Vec::new(),
        }),
        deletion_protection: false,
        final_snapshot: None,
        restore_from: Some("before-the-move".to_owned()),
        performance_insights: false,
        enhanced_monitoring: None,
        iam_authentication: false,
        database_name: None,
        master_username: None,
        ..database("dev-anna-4f2a91c0-side", false)
    }
}

fn aurora(identifier: &str, compute: AuroraCompute) -> Database {
    let instance = |number: usize| ClusterInstance {
        identifier: format!("{identifier}-{number}"),
        zone: Some(format!("eu-west-1{}", ["a", "b"][number - 1])),
    };
    Database {
        kind: DatabaseKind::Cluster(AuroraCluster { compute, instances: vec![instance(1), instance(2)] }),
        ..database(identifier, true)
    }
}

fn provisioned() -> AuroraCompute {
    AuroraCompute::Provisioned { instance_class: "db.t4g.medium".to_owned() }
}

fn serverless() -> Database {
    let compute = AuroraCompute::Serverless { min: Acus::from_halves(1), max: Acus::from_halves(16) };
    Database {
        environment_key: false,
        enhanced_monitoring: None,
        final_snapshot: None,
        restore_from: Some("before-the-move".to_owned()),
        database_name: None,
        master_username: None,
        ..aurora("dev-anna-4f2a91c0-events", compute)
    }
}

fn cache(id: &str, environment_key: bool) -> Cache {
    Cache {
        id: id.to_owned(),
        engine: CacheEngine::Valkey,
        version: "8.0".to_owned(),
        family: "valkey8".to_owned(),
        node_type: "cache.t4g.micro".to_owned(),
        topology: CacheTopology::Single { replicas: 1 },
        multi_az: true,
        parameters: [("maxmemory-policy", "allkeys-lru"), ("timeout", "300")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        users: Some(CacheUsers {
            group_id: id.to_owned(),
            user_id: format!("{id}-app"),
            default_user_id: None,
        }),
        environment_key,
        snapshot_retention_days: 7,
        final_snapshot: Some(FinalSnapshot::PerIncarnation { prefix: format!("{id}-final") }),
        log_group: format!("/aws/elasticache/{id}/slow"),
        log_retention_days: 30,
    }
}

fn queue() -> Cache {
    let id = "dev-anna-4f2a91c0-queue";
    Cache {
        engine: CacheEngine::Redis,
        version: "7.1".to_owned(),
        family: "redis7".to_owned(),
        topology: CacheTopology::Single { replicas: 0 },
        multi_az: false,
        parameters: BTreeMap::new(),
        users: Some(CacheUsers {
            group_id: id.to_owned(),
            user_id: format!("{id}-app"),
            default_user_id: Some(format!("{id}-off")),
        }),
        snapshot_retention_days: 0,
        final_snapshot: None,
        ..cache(id, false)
    }
}

fn sharded_cache() -> Cache {
    Cache {
        topology: CacheTopology::Sharded { shards: 3, replicas_per_shard: 1 },
        users: None,
        ..cache("dev-anna-4f2a91c0-shards", true)
    }
}

fn documents(environment_key: bool) -> DocumentDatabase {
    let identifier = "dev-anna-4f2a91c0-documents";
    let instance = |number: usize| ClusterInstance {
        identifier: format!("{identifier}-{number}"),
        zone: Some(format!("eu-west-1{}", ["a", "b"][number - 1])),
    };
    DocumentDatabase {
        identifier: identifier.to_owned(),
        version: "5.0.0".to_owned(),
        family: "docdb5.0".to_owned(),
        parameter_group: format!("{identifier}-5-0"),
        instance_class: "db.t4g.medium".to_owned(),
        instances: vec![instance(1), instance(2)],
        backup_retention_days: 7,
        deletion_protection: true,
        final_snapshot: Some(FinalSnapshot::PerIncarnation { prefix: format!("{identifier}-final") }),
        environment_key,
        log_retention_days: 30,
        master_username: "terrane".to_owned(),
    }
}

pub fn atlas() -> AtlasCluster {
    let user = |principal: &str, access| AtlasUser {
        principal: format!("arn:aws:iam::222222222222:{principal}"),
        access,
    };
    AtlasCluster {
        name: "dev-anna-4f2a9-documents".to_owned(),
        project: AtlasProject::Own {
            org_id: "5f0c1b2a3d4e5f6a7b8c9d0e".to_owned(),
            name: "dev-anna-4f2a91c0".to_owned(),
        },
        version: "8.0".to_owned(),
        instance_size: "M10".to_owned(),
        region: "EU_WEST_1".to_owned(),
        backup_retention_days: 7,
        deletion_protection: true,
        retain_backups: true,
        database: "app".to_owned(),
        users: BTreeMap::from([
            (key("ops"), user("user/ops", AtlasAccess::ReadWrite)),
            (key("reporting"), user("role/Reporting", AtlasAccess::Read)),
        ]),
    }
}
