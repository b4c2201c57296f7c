//! A model that has each kind of thing once, with a text in every place that holds one.

use terrane_domain::*;

use super::cluster;
use crate::models;

/// Every text of a model that has each kind of thing once. Patterns name every field, so that a new one is a compile
/// error here. Keys of maps are not among them: their type admits nothing nasty.
pub fn with_texts(mut next: impl FnMut() -> String) -> InfraModel {
    let mut model = small();
    let InfraModel {
        identity,
        cloud,
        tags,
        encryption_key,
        network,
        kubernetes,
        buckets,
        registries,
        databases,
        caches,
        document_database,
        atlas,
        secrets,
        governance,
        protected: _,
        ecs,
        apps,
        dns,
        observability,
        state,
    } = &mut model;
    let Identity { environment_id: _, tenant_id: _, name: _, name_prefix, pins } = identity;
    let Pins { blueprint: _, aws_provider } = pins;
    let AwsCloud { region, account_id, assume_role } = cloud;
    let AssumeRole { role_arn, external_id } = assume_role.as_mut().unwrap();
    let EncryptionKey { alias, deletion_window_days: _ } = encryption_key.as_mut().unwrap();
    let Network { name, vpc, flow_logs } = network.as_mut().unwrap();
    let Vpc::Made(vpc) = vpc else { panic!("{vpc:?}") };
    let MadeVpc { cidr: _, zones, nat: _, ipv6: _, gateway_endpoints, interface_endpoints } = vpc;
    let Zone { name: zone, position: _, public: _, private: _, isolated: _ } = &mut zones[0];
    let FlowLogs { log_group, role_name, retention_days: _ } = flow_logs.as_mut().unwrap();
    let StateBackend { bucket, key, region: state_region, lock_table, kms_key_arn } = state;
    (*lock_table, *kms_key_arn) = (Some(next()), Some(next()));
    let fields = [
        name_prefix,
        aws_provider,
        region,
        account_id,
        role_arn,
        external_id,
        alias,
        name,
        zone,
        log_group,
        role_name,
    ];
    fields.into_iter().chain([bucket, key, state_region]).for_each(|field| *field = next());
    *gateway_endpoints = vec![next()];
    *interface_endpoints = vec![next(), next()];
    *tags = [(next(), next()), (next(), next())].into();

    cluster::put_texts(kubernetes.as_mut().unwrap(), &mut next);
    for bucket in buckets.values_mut() {
        let Bucket {
            name,
            versioning: _,
            encryption: _,
            lifecycle: _,
            force_destroy: _,
            ownership: _,
            acl: _,
            cors,
            access_logs,
        } = bucket;
        *name = next();
        let CorsRule { origins, methods: _, headers, expose_headers, max_age_seconds: _ } = &mut cors[0];
        [origins, headers, expose_headers].into_iter().for_each(|list| *list = vec![next()]);
        let AccessLogs { bucket: _, prefix } = access_logs.as_mut().unwrap();
        *prefix = next();
    }
    for registry in registries.values_mut() {
        let Registry {
            name,
            keep_last: _,
            expire_untagged_after_days: _,
            immutable_tags: _,
            scan_on_push: _,
            environment_key: _,
            force_delete: _,
        } = registry;
        *name = next();
    }
    for database in databases.values_mut() {
        let Database {
            identifier,
            version,
            kind,
            backup_retention_days: _,
            deletion_protection: _,
            final_snapshot,
            restore_from,
            environment_key: _,
            performance_insights: _,
            enhanced_monitoring,
            iam_authentication: _,
            log_retention_days: _,
            database_name,
            master_username,
        } = database;
        *final_snapshot = Some(FinalSnapshot::PerIncarnation { prefix: next() });
        [restore_from, database_name, master_username].into_iter().for_each(|field| *field = Some(next()));
        let EnhancedMonitoring { interval_seconds: _, role_name } = enhanced_monitoring.as_mut().unwrap();
        [identifier, version, role_name].into_iter().for_each(|field| *field = next());
        match kind {
            DatabaseKind::Instance(instance) => {
                let RdsInstance { instance_class, storage_gib: _, max_storage_gib: _, multi_az: _, replicas } =
                    instance;
                *instance_class = next();
                *replicas = vec![next(), next()];
            }
            DatabaseKind::Cluster(AuroraCluster { compute, instances }) => {
                *compute = AuroraCompute::Provisioned { instance_class: next() };
                for ClusterInstance { identifier, zone } in instances {
                    *identifier = next();
                    *zone = Some(next());
                }
            }
        }
    }
    let DocumentDatabase {
        identifier,
        version,
        family,
        parameter_group,
        instance_class,
        instances,
        backup_retention_days: _,
        deletion_protection: _,
        final_snapshot,
        environment_key: _,
        log_retention_days: _,
        master_username,
    } = document_database.as_mut().unwrap();
    let fields = [identifier, version, family, parameter_group, instance_class, master_username];
    fields.into_iter().for_each(|field| *field = next());
    *final_snapshot = Some(FinalSnapshot::PerIncarnation { prefix: next() });
    for ClusterInstance { identifier, zone } in instances {
        *identifier = next();
        *zone = Some(next());
    }
    cluster::put_texts_of_atlas(atlas.as_mut().unwrap(), &mut next);
    let Observability { log_retention_days: _, alarms, dashboard } = observability;
    let Alarms { actions, topic, thresholds: _, databases: _, caches: _ } = alarms.as_mut().unwrap();
    let AlarmTopic { name: topic, emails } = topic.as_mut().unwrap();
    *actions = vec![next()];
    (*topic, *emails, *dashboard) = (next(), vec![next(), next()], Some(next()));
    let Dns { zone, origin } = dns.as_mut().unwrap();
    let ZoneOrigin::Created { parent } = origin else { panic!("{origin:?}") };
    (*zone, *parent) = (next(), Some(next()));
    let Ecs {
        cluster,
        capacity: _,
        container_insights: _,
        container_insights_group,
        service_zone,
        load_balancers,
        access_logs,
    } = ecs.as_mut().unwrap();
    let AccessLogBucket { bucket: logs, expire_after_days: _, force_destroy: _ } =
        access_logs.as_mut().unwrap();
    [cluster, service_zone, logs].into_iter().for_each(|field| *field = next());
    *container_insights_group = Some(next());
    for balancer in load_balancers.values_mut() {
        let LoadBalancer { name, certificates, deletion_protection: _ } = balancer;
        *name = next();
        for certificate in certificates {
            if let Certificate::Given(arn) = certificate {
                *arn = next();
            }
        }
    }
    for app in apps.values_mut() {
        let App {
            image,
            architecture: _,
            command,
            port: _,
            health_path,
            replicas: _,
            scaling: _,
            env,
            secrets,
            runtime,
        } = app;
        let secret = match image {
            Image::Named(name) => {
                *name = next();
                Secret::Entry { name: next(), key: Some(next()) }
            }
            Image::Registry { registry: _, tag } => {
                *tag = next();
                Secret::Generated { secret: models::key("tokens"), key: Some(next()) }
            }
        };
        *command = vec![next(), next()];
        *health_path = next();
        *env = [(next(), next())].into();
        *secrets = [(next(), secret)].into();
        let ecs = match runtime {
            AppRuntime::Ecs(ecs) => ecs,
            AppRuntime::Kubernetes(app) => {
                cluster::put_texts_of_app(app, &mut next);
                continue;
            }
        };
        let EcsApp { name, cpu_units: _, memory_mib: _, log_group, task_role, execution_role, route, deploy } =
            ecs;
        [name, log_group, task_role, execution_role].into_iter().for_each(|field| *field = next());
        if let Some(Route {
            load_balancer: _,
            host,
            record: _,
            certificate: _,
            priority: _,
            target_group,
            api_log_group,
        }) = route
        {
            *target_group = next();
            host.iter_mut().chain(api_log_group).for_each(|field| *field = next());
        }
        if let Deploy::BlueGreen(BlueGreen { shift: _, rollback_on_alarm: _, green_target_group, role }) =
            deploy
        {
            (*green_target_group, *role) = (next(), next());
        }
    }
    for secret in secrets.values_mut() {
        let GeneratedSecret { name_prefix, length: _, alphabet: _, keys, version: _, recovery_days: _ } =
            secret;
        *name_prefix = next();
        *keys = vec![next()];
    }
    let Governance { permissions_boundary, budget, backup } = governance;
    *permissions_boundary = Some(next());
    let Budget { name, monthly_usd: _, alert_at_percent: _, emails, topic } = budget.as_mut().unwrap();
    (*name, *emails, *topic) = (next(), vec![next(), next()], Some(next()));
    let Backup {
        vault,
        role_name,
        schedule: _,
        retention_days: _,
        cold_storage_after_days: _,
        force_destroy: _,
    } = backup.as_mut().unwrap();
    (*vault, *role_name) = (next(), next());
    for cache in caches.values_mut() {
        let Cache {
            id,
            engine: _,
            version,
            family,
            node_type,
            topology: _,
            multi_az: _,
            parameters,
            users,
            environment_key: _,
            snapshot_retention_days: _,
            final_snapshot,
            log_group,
            log_retention_days: _,
        } = cache;
        let CacheUsers { group_id, user_id, default_user_id } = users.as_mut().unwrap();
        let fields = [id, version, family, node_type, log_group, group_id, user_id];
        fields.into_iter().for_each(|field| *field = next());
        *default_user_id = Some(next());
        *final_snapshot = Some(FinalSnapshot::PerIncarnation { prefix: next() });
        *parameters = [(next(), next())].into();
    }
    model
}

fn small() -> InfraModel {
    let mut model = models::full();
    model.network = Some(models::network(1, Nat::Single));
    let cluster = model.kubernetes.as_mut().unwrap();
    cluster.access.retain(|key, _| key.as_str() == "developers");
    if let Compute::NodeGroups(groups) = &mut cluster.compute {
        groups.retain(|key, _| key.as_str() == "gpu");
    }
    model.buckets.retain(|key, _| key.as_str() == "uploads");
    model.registries.retain(|key, _| key.as_str() == "api");
    model.databases.retain(|key, _| ["main", "orders"].contains(&key.as_str()));
    model.caches.retain(|key, _| key.as_str() == "queue");
    model.secrets.retain(|key, _| key.as_str() == "tokens");
    // Between them they have every field of an app.
    model.apps.retain(|key, _| ["api", "indexer", "shop"].contains(&key.as_str()));
    model.atlas = Some(models::atlas());
    model
}
