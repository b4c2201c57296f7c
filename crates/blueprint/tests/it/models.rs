//! Models to render: built by hand, so that these tests need nothing of `resolve`.

// By path, because the benchmarks take this file in from elsewhere.
#[path = "models/apps.rs"]
mod apps;
#[path = "models/caches.rs"]
mod caches;
#[path = "models/databases.rs"]
mod databases;
#[path = "models/kubernetes.rs"]
mod kubernetes;
#[path = "models/networks.rs"]
mod networks;
#[path = "models/observability.rs"]
mod observability;
#[path = "models/storage.rs"]
mod storage;

use std::collections::BTreeMap;

use caches::{cache, queue, sharded_cache};
pub use databases::atlas;
use databases::{aurora, database, documents, provisioned, serverless, side_database};
pub use networks::network;
use networks::{network_without_interfaces, of};
use storage::{cors_rule, plain_bucket, registry, widened_buckets};
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
