//! Which keys each section may hold and what stands under them: the tables of the file.

use super::{
    BucketLifecycleSpec, BucketSpec, CloudSpec, DatabaseSize, DatabaseSpec, EnvironmentSpec, FlowLogsSpec,
    LifecycleSpec, MonitoringSpec, NetworkSpec, OnDestroySpec, RegistrySpec, StateSpec, Switch, ZonesSpec,
    decode::Value,
    node::Kind,
    problem::quoted,
    rules,
    words::{Size, Word},
};
use crate::facts;

type Read<T> = Option<T>;

pub(super) fn environment(value: &Value<'_>) -> Read<EnvironmentSpec> {
    let f = value.fields()?;
    let name = f.required("name", "dev-anna", rules::environment_name);
    let profile = f.get("profile", word);
    let labels = f.texts("labels", rules::labels);
    let tags = f.texts("tags", rules::tags);
    let cloud = f.required("cloud", "{ region: eu-west-1 }", cloud);
    let network = f.get("network", network);
    let buckets = f.named("buckets", bucket);
    let registries = f.named("registries", registry);
    let databases = f.named("databases", database);
    let state = f.get("state", state);
    let lifecycle = f.get("lifecycle", lifecycle);
    f.close();
    // What is required comes last, so that a missing name hides no other problem.
    let (name, cloud) = (name?, cloud?);
    Some(EnvironmentSpec {
        name,
        profile,
        labels,
        tags,
        cloud,
        network,
        buckets,
        registries,
        databases,
        state,
        lifecycle,
    })
}

fn cloud(value: &Value<'_>) -> Read<CloudSpec> {
    let f = value.fields()?;
    let provider = f.get("provider", word);
    let region = f.required("region", "eu-west-1", rules::region);
    let account_id = f.get("account_id", rules::account_id);
    let role_arn = f.get("role_arn", rules::role_arn);
    f.close();
    Some(CloudSpec { provider, region: region?, account_id, role_arn })
}

fn network(value: &Value<'_>) -> Read<NetworkSpec> {
    let f = value.fields()?;
    let section = NetworkSpec {
        cidr: f.get("cidr", rules::vpc_cidr),
        availability_zones: f.get("availability_zones", zones),
        nat: f.get("nat", word),
        endpoints: f.get("endpoints", |value| value.list("a list of services, such as [s3, ecr]", word)),
        flow_logs: f.get("flow_logs", |value| switch(value, flow_logs)),
    };
    f.close();
    Some(section)
}

fn flow_logs(value: &Value<'_>) -> Read<FlowLogsSpec> {
    let f = value.fields()?;
    let section = FlowLogsSpec { retention_days: f.get("retention_days", rules::log_retention_days) };
    f.close();
    Some(section)
}

fn bucket(value: &Value<'_>) -> Read<BucketSpec> {
    let f = value.fields()?;
    let section = BucketSpec {
        versioning: f.get("versioning", flag),
        encryption: f.get("encryption", word),
        lifecycle: f.get("lifecycle", bucket_lifecycle),
        force_destroy: f.get("force_destroy", flag),
    };
    f.close();
    Some(section)
}

fn bucket_lifecycle(value: &Value<'_>) -> Read<BucketLifecycleSpec> {
    fn days(value: &Value<'_>) -> Read<u32> {
        value.integer(1, 36_500)
    }
    let f = value.fields()?;
    let section = BucketLifecycleSpec {
        glacier_after_days: f.get("glacier_after_days", days),
        expire_after_days: f.get("expire_after_days", days),
        expire_old_versions_after_days: f.get("expire_old_versions_after_days", days),
        abort_uploads_after_days: f.get("abort_uploads_after_days", days),
    };
    f.close();
    Some(section)
}

fn registry(value: &Value<'_>) -> Read<RegistrySpec> {
    let f = value.fields()?;
    let section = RegistrySpec {
        keep_last: f.get("keep_last", |value| value.integer(1, 1_000)),
        expire_untagged_after_days: f.get("expire_untagged_after_days", |value| value.integer(1, 3_650)),
        immutable_tags: f.get("immutable_tags", flag),
        scan: f.get("scan", flag),
        encryption: f.get("encryption", word),
        force_destroy: f.get("force_destroy", flag),
    };
    f.close();
    Some(section)
}

fn database(value: &Value<'_>) -> Read<DatabaseSpec> {
    let f = value.fields()?;
    let section = DatabaseSpec {
        engine: f.get("engine", word),
        version: f.get("version", rules::postgres_version),
        size: f.get("size", database_size),
        storage: f.get("storage", rules::storage),
        max_storage: f.get("max_storage", rules::max_storage),
        high_availability: f.get("high_availability", flag),
        backup_retention_days: f.get("backup_retention_days", |value| value.integer(0, 35)),
        deletion_protection: f.get("deletion_protection", flag),
        encryption: f.get("encryption", word),
        performance_insights: f.get("performance_insights", flag),
        enhanced_monitoring: f.get("enhanced_monitoring", |value| switch(value, monitoring)),
        database_name: f.get("database_name", rules::postgres_name),
        master_username: f.get("master_username", rules::postgres_name),
    };
    f.close();
    Some(section)
}

fn monitoring(value: &Value<'_>) -> Read<MonitoringSpec> {
    let f = value.fields()?;
    let section = MonitoringSpec {
        interval_seconds: f.get("interval_seconds", |value| value.one_of(facts::MONITORING_INTERVALS)),
    };
    f.close();
    Some(section)
}

fn state(value: &Value<'_>) -> Read<StateSpec> {
    let f = value.fields()?;
    let section = StateSpec {
        bucket: f.get("bucket", rules::bucket_name),
        region: f.get("region", rules::region),
        lock: f.get("lock", word),
    };
    f.close();
    Some(section)
}

fn lifecycle(value: &Value<'_>) -> Read<LifecycleSpec> {
    let f = value.fields()?;
    let section = LifecycleSpec {
        ttl: f.get("ttl", rules::ttl),
        deletion_protection: f.get("deletion_protection", flag),
        approval: f.get("approval", word),
        on_destroy: f.get("on_destroy", on_destroy),
    };
    f.close();
    Some(section)
}

fn on_destroy(value: &Value<'_>) -> Read<OnDestroySpec> {
    let f = value.fields()?;
    let section = OnDestroySpec { data: f.get("data", word) };
    f.close();
    Some(section)
}

fn flag(value: &Value<'_>) -> Read<bool> {
    value.flag()
}

fn word<W: Word>(value: &Value<'_>) -> Read<W> {
    value.word()
}

/// `false`, or settings. `true` is refused: `{}` says it, and one way to say a thing is enough.
fn switch<T>(value: &Value<'_>, settings: fn(&Value<'_>) -> Read<T>) -> Read<Switch<T>> {
    match value.node.kind {
        Kind::Bool(false) => Some(Switch::Off),
        Kind::Bool(true) => value.reject("write {} to turn it on with its defaults, or false to turn it off"),
        _ => settings(value).map(Switch::On),
    }
}

fn zones(value: &Value<'_>) -> Read<ZonesSpec> {
    fn name(value: &Value<'_>) -> Read<String> {
        let text = value.text("the name of a zone")?;
        let is_plain = !text.is_empty()
            && text.len() <= 32
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if is_plain {
            return Some(text.to_owned());
        }
        value.reject(format!("{} is not the name of a zone; expected one such as eu-west-1a", quoted(text)))
    }
    const WHAT: &str = "a number of zones from 2 to 6, or a list of their names";
    match &value.node.kind {
        Kind::Number(number) if number.integer.is_some() => match number.integer {
            Some(count @ 2..=6) => u8::try_from(count).ok().map(ZonesSpec::Count),
            _ => value.expected(WHAT),
        },
        Kind::List(_) => {
            let names = value.list(WHAT, name)?;
            if (2..=6).contains(&names.len()) {
                return Some(ZonesSpec::Names(names));
            }
            value.reject(format!("names {}; expected 2 to 6, because a database needs two", names.len()))
        }
        _ => value.expected(WHAT),
    }
}

fn database_size(value: &Value<'_>) -> Read<DatabaseSize> {
    match &value.node.kind {
        Kind::Map(_) => {
            let f = value.fields()?;
            let instance_class = f.required("instance_class", "db.r7g.large", rules::instance_class);
            f.close();
            Some(DatabaseSize::Exact { instance_class: instance_class? })
        }
        Kind::Text(text) if text.starts_with("db.") => value.reject(format!(
            "an exact size is written {{ instance_class: {} }}",
            text.chars().take(40).collect::<String>()
        )),
        Kind::Text(_) => value.word::<Size>().map(DatabaseSize::Named),
        _ => value.expected("small, medium, large or { instance_class: db.r7g.large }"),
    }
}
