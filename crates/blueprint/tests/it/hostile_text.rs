//! Text from a user comes back unchanged when rendered files are read, and none of it is live.
//!
//! How: a model is rendered twice, once with a harmless marker in every text field and once with arbitrary text in the
//! same places. Read back, the second must be the first with each marker replaced: the same blocks, the same templates
//! with the same interpolations, and the very text. A block whose bytes are the same in both holds no text of a user.

use std::{collections::HashMap, sync::LazyLock};

use hcl::{
    Expression, ObjectKey, Structure,
    expr::{Operation, TraversalOperator},
    template::{Element, Template},
};
use proptest::prelude::*;
use terrane_blueprint::{RenderedFiles, render};
use terrane_domain::*;

use crate::{hostile_cluster, models, tree};

/// What is likely to break out of a string.
pub const NASTY: [&str; 50] = [
    "${a}",
    "%{if a}",
    "$${a}",
    "%%{a}",
    "$$${a}",
    "%${a}",
    "$%{a}",
    "$%${a}",
    "%$%{a}",
    "a${b}%${file(\"/etc/passwd\")}",
    "${",
    "%{",
    "$",
    "%",
    "$$",
    "%%",
    "{",
    "}",
    "${}",
    "%{}",
    "${\"${a}\"}",
    "%{ for a in b }${a}%{ endfor }",
    "~}",
    "${~ a ~}",
    "\"",
    "\\",
    "\\\"",
    "\\${a}",
    "\\u0024{a}",
    "\" }\nresource \"aws_iam_user\" \"x\" {",
    "'",
    "`",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\u{0}",
    "\u{1f}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{202e}cba",
    "\u{feff}",
    "<<EOT\n${a}\nEOT\n",
    "# a",
    "/* a */",
    "// a",
    "日本語 ${é}",
    "👩‍👩‍👧 $\u{0}{a}",
];

fn text() -> impl Strategy<Value = String> {
    let any = prop::collection::vec(any::<char>(), 0..8).prop_map(String::from_iter);
    let near_markers = prop::collection::vec(
        prop::sample::select("$%{}\"\\~an\n\r\u{0}é".chars().collect::<Vec<_>>()),
        0..10,
    )
    .prop_map(String::from_iter);
    let nasty =
        prop::collection::vec(prop::sample::select(&NASTY[..]), 1..4).prop_map(|parts| parts.concat());
    prop_oneof![1 => any, 3 => near_markers, 2 => nasty]
}

/// Every text of a model that has each kind of thing once. Patterns name every field, so that a new one is a compile
/// error here. Keys of maps are not among them: their type admits nothing nasty.
fn with_texts(mut next: impl FnMut() -> String) -> InfraModel {
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

    hostile_cluster::put_texts(kubernetes.as_mut().unwrap(), &mut next);
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
    hostile_cluster::put_texts_of_atlas(atlas.as_mut().unwrap(), &mut next);
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
                hostile_cluster::put_texts_of_app(app, &mut next);
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

static MARKED: LazyLock<(RenderedFiles, usize)> = LazyLock::new(|| {
    let mut count = 0;
    let model = with_texts(|| {
        count += 1;
        format!("⟦{}⟧", count - 1)
    });
    (render(&model).unwrap(), count)
});

/// Replaces each marker by the text of its number.
fn fill(text: &str, texts: &[String]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once('⟦') {
        let (number, after) = marked.split_once('⟧').unwrap();
        out.push_str(before);
        out.push_str(&texts[number.parse::<usize>().unwrap()]);
        rest = after;
    }
    out + rest
}

/// A tree as text, in which no two different trees are the same: structure is written as is, literal text as Rust would
/// quote it, objects by key.
fn canonical(body: &hcl::Body, literal: &impl Fn(&str) -> String) -> String {
    let structures = body.iter().map(|structure| match structure {
        Structure::Attribute(attribute) => {
            format!("{} = {}", attribute.key(), value(attribute.expr(), literal))
        }
        Structure::Block(block) => {
            format!(
                "{} {:?} {{ {} }}",
                block.identifier(),
                tree::labels(block),
                canonical(block.body(), literal)
            )
        }
    });
    structures.collect::<Vec<_>>().join("\n")
}

fn value(expression: &Expression, literal: &impl Fn(&str) -> String) -> String {
    let list =
        |items: &[Expression]| items.iter().map(|item| value(item, literal)).collect::<Vec<_>>().join(", ");
    match expression {
        Expression::Null | Expression::Bool(_) | Expression::Number(_) | Expression::Variable(_) => {
            format!("{expression:?}")
        }
        Expression::String(text) => format!("{:?}", literal(text)),
        Expression::TemplateExpr(template) => {
            let template = Template::from_expr(template).unwrap();
            let elements = template.elements().iter().map(|element| match element {
                Element::Literal(text) => format!("{:?}", literal(text)),
                Element::Interpolation(live) => format!("LIVE({})", value(&live.expr, literal)),
                Element::Directive(directive) => panic!("a directive is live: {directive:?}"),
            });
            // Two literals in a row are one.
            format!("template({})", elements.collect::<Vec<_>>().join("+").replace("\"+\"", ""))
        }
        Expression::Array(items) => format!("[{}]", list(items)),
        Expression::Object(object) => {
            let mut entries: Vec<_> = object
                .iter()
                .map(|(key, item)| {
                    let key = match key {
                        ObjectKey::Identifier(name) => name.to_string(),
                        ObjectKey::Expression(key) => value(key, literal),
                        other => panic!("{other:?}"),
                    };
                    format!("{key} = {}", value(item, literal))
                })
                .collect();
            entries.sort();
            format!("{{ {} }}", entries.join(", "))
        }
        Expression::FuncCall(call) => format!("{}({})", call.name, list(&call.args)),
        Expression::Traversal(traversal) => {
            let steps = traversal.operators.iter().map(|operator| match operator {
                TraversalOperator::Index(index) => format!("[{}]", value(index, literal)),
                other => format!("{other:?}"),
            });
            format!("{}{}", value(&traversal.expr, literal), steps.collect::<String>())
        }
        Expression::Conditional(choice) => {
            let [condition, yes, no] =
                [&choice.cond_expr, &choice.true_expr, &choice.false_expr].map(|part| value(part, literal));
            format!("({condition} ? {yes} : {no})")
        }
        Expression::Operation(operation) => match operation.as_ref() {
            Operation::Binary(both) => {
                format!(
                    "({} {:?} {})",
                    value(&both.lhs_expr, literal),
                    both.operator,
                    value(&both.rhs_expr, literal)
                )
            }
            Operation::Unary(_) => panic!("none is rendered: {operation:?}"),
        },
        Expression::ForExpr(_) => format!("{expression:?}"),
        other => panic!("a new kind of expression: {other:?}"),
    }
}

fn assert_unharmed(texts: &[String]) {
    let (marked, count) = &*MARKED;
    assert_eq!(texts.len(), *count);
    let mut rest = texts.iter().cloned();
    let files = render(&with_texts(|| rest.next().unwrap())).unwrap();
    for ((name, harmless), (_, hostile)) in marked.iter().zip(files.iter()) {
        // Block by block: each has to parse by itself, so nothing can reach out of one into the next.
        let [expected, found] =
            [harmless, hostile].map(|text| text.split_inclusive("\n}\n").collect::<Vec<_>>());
        assert_eq!(found.len(), expected.len(), "{name}\n{hostile}");
        for (expected, found) in expected.into_iter().zip(found) {
            if found == expected {
                assert!(!found.contains('⟦'), "{name}");
                continue;
            }
            let expected = canonical(&HARMLESS[expected], &|text| fill(text, texts));
            assert_eq!(canonical(&tree::parse(name, found), &str::to_owned), expected, "{name}\n{found}");
        }
    }
}

/// The blocks of the marked model, parsed once.
static HARMLESS: LazyLock<HashMap<&'static str, hcl::Body>> = LazyLock::new(|| {
    let blocks = MARKED
        .0
        .iter()
        .flat_map(|(name, text)| text.split_inclusive("\n}\n").map(move |block| (name, block)));
    blocks.map(|(name, block)| (block, tree::parse(name, block))).collect()
});

/// Texts that serve as keys have to differ.
fn distinct(mut texts: Vec<String>) -> Vec<String> {
    for at in 0..texts.len() {
        while texts[..at].contains(&texts[at]) {
            texts[at].push('\u{2060}');
        }
    }
    texts
}

#[test]
fn each_nasty_text_in_every_field_comes_back_unchanged() {
    for nasty in NASTY {
        assert_unharmed(&distinct(vec![nasty.to_owned(); MARKED.1]));
    }
}

proptest! {
    // A case has a text for every field of the model, more than a hundred.
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_in_every_field_comes_back_unchanged(texts in prop::collection::vec(text(), MARKED.1)) {
        assert_unharmed(&distinct(texts));
    }
}

#[test]
fn the_check_sees_text_that_went_live() {
    let canonical = |text: &str| canonical(&hcl::parse(text).unwrap(), &str::to_owned);
    assert_ne!(canonical("a = \"$${b}\""), canonical("a = \"${b}\""));
    assert_ne!(canonical("a = \"x%$${b}\""), canonical("a = \"x%${b}\""));
    assert_ne!(canonical("a = \"b\""), canonical("a = b"));
    assert_eq!(canonical("a = { b = 1, c = 2 }"), canonical("a = {\n c = 2\n b = 1\n}"));
}
