//! What every name promises: the rules of its service, and that no other thing of the environment has it.

use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::spec::{ClusterController, words::Word};

fn keys() -> impl Strategy<Value = String> {
    "[a-z](-?[a-z0-9]){0,23}".prop_filter("a key", |text| Key::parse(text).is_ok())
}

/// Words that names add to keys.
fn added_words() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "b",
        "app",
        "off",
        "mon",
        "task",
        "execution",
        "deploy",
        "pod",
        "node",
        "eks",
        "flow",
        "logs",
        "backup",
        "final",
        "documents",
        "replica",
        "1",
    ])
}

/// The keys of one environment, each used in every section: one, the same with a word behind it or before it, which are
/// the likeliest to meet its names, and others.
fn sets_of_keys() -> impl Strategy<Value = BTreeSet<Key>> {
    let longer = prop::collection::vec((added_words(), any::<bool>()), 0..6);
    let words = prop::collection::vec(added_words(), 1..3).prop_map(|words| words.join("-"));
    let one = prop_oneof![words, keys()];
    (one, longer, prop::collection::vec(keys(), 0..3)).prop_map(|(one, longer, others)| {
        let with = |(word, behind): (&str, bool)| match behind {
            true => format!("{one}-{word}"),
            false => format!("{word}-{one}"),
        };
        let all = longer.into_iter().map(with).chain([one.clone()]).chain(others);
        all.filter_map(|text| Key::parse(&text).ok()).collect()
    })
}

/// Where two things can't have one name.
struct Namespace {
    of: &'static str,
    longest: usize,
    /// Beside letters and digits.
    alphabet: &'static str,
    taken: Vec<String>,
}

/// Every name that an environment takes which has each key in every section. A database that would meet an instance of
/// another one, or the document database, is refused when the file is read: here are those of one database at a time.
fn namespaces(names: &Names, keys: &BTreeSet<Key>) -> Vec<Namespace> {
    let each = |name: &dyn Fn(&Key) -> String| keys.iter().map(name).collect::<Vec<_>>();
    let one = |of, longest, name: String| Namespace { of, longest, alphabet: "-", taken: vec![name] };
    let several = |of, longest, taken: Vec<String>| Namespace { of, longest, alphabet: "-", taken };
    let purposes = |letters: &[&str]| {
        letters.iter().flat_map(|purpose| each(&|key| names.app_role(key, purpose))).collect::<Vec<_>>()
    };
    let cluster_roles = ["control-plane", "node", "vpc-cni", "ebs-csi", "fargate"];
    let controllers = ClusterController::WORDS.iter().map(|(word, _)| *word);
    let roles = [
        each(&|key| names.monitoring_role(key)),
        purposes(&["task", "execution", "deploy", "pod"]),
        cluster_roles.into_iter().chain(controllers).map(|part| names.kubernetes_role(part)).collect(),
        vec![names.flow_logs_role(), names.backup_role()],
    ];
    let log_groups = [
        each(&|key| names.app_log_group(key)),
        each(&|key| names.api_log_group(key)),
        each(&|key| names.cache_log_group(key)),
        vec![names.flow_logs_group(), names.container_insights_group()],
    ];
    let without_slash = |name: &String| name[1..].to_owned();
    let mut namespaces = vec![
        several("buckets", 63, [each(&|key| names.bucket(key)), vec![names.access_logs_bucket()]].concat()),
        Namespace {
            of: "repositories",
            longest: 256,
            alphabet: "-/",
            taken: each(&|key| names.repository(key)),
        },
        several("database clusters", 63, each(&|key| names.database(key))),
        // AWS adds when and what to it.
        several("final snapshots", 255 - "-final-".len() - 12, each(&|key| names.final_snapshot(key))),
        one("final snapshot of documents", 255 - "-final-".len() - 12, names.documents_final_snapshot()),
        one("cluster parameter group", 255, names.documents_parameters("5.0")),
        one("Atlas clusters", 23, names.atlas_cluster()),
        one("Atlas projects", 64, names.atlas_project()),
        several("caches", 40, each(&|key| names.cache(key))),
        several(
            "users of caches",
            40,
            [each(&|key| names.cache_user(key)), each(&|key| names.cache_default_user(key))].concat(),
        ),
        several("roles", 64, roles.concat()),
        Namespace {
            of: "log groups",
            longest: 511,
            alphabet: "-/",
            taken: log_groups.concat().iter().map(without_slash).collect(),
        },
        one("VPC", 255, names.vpc()),
        one("Kubernetes cluster", 100, names.kubernetes_cluster()),
        several("launch templates", 128, each(&|key| names.launch_template(key))),
        one("ECS cluster", 255, names.cluster()),
        Namespace {
            of: "services",
            longest: 255,
            alphabet: "-_",
            taken: [each(&|key| names.app(key)), each(&|key| names.blue_green_app(key))].concat(),
        },
        several(
            "target groups",
            32,
            [each(&|key| names.target_group(key, 'a')), each(&|key| names.target_group(key, 'b'))].concat(),
        ),
        several(
            "load balancers",
            32,
            ["public", "internal", "gateway"].map(|kind| names.load_balancer(kind)).to_vec(),
        ),
        one("dashboard", 255, names.dashboard()),
        one("topic", 256, names.alarm_topic()),
        Namespace {
            of: "secrets",
            longest: 485,
            alphabet: "-/",
            taken: each(&|key| names.secret(key).trim_end_matches('-').to_owned()),
        },
        one("budget", 100, names.budget()),
        one("vault", 50, names.backup_vault()),
        Namespace { of: "aliases", longest: 256, alphabet: "-/", taken: vec![names.key_alias()] },
    ];
    namespaces.extend(keys.iter().map(|key| {
        let instances = (1..=16).map(|number| names.database_instance(key, number));
        let replicas = (1..=15).map(|number| names.database_replica(key, number));
        let taken = std::iter::once(names.database(key)).chain(instances).chain(replicas).collect();
        several("instances of a database", 63, taken)
    }));
    let documents = (1..=16).map(|number| names.documents_instance(number));
    let taken = std::iter::once(names.documents()).chain(documents).collect();
    namespaces.push(several("instances of the document database", 63, taken));
    namespaces
}

fn follows(text: &str, longest: usize, alphabet: &str) -> bool {
    let is_edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= longest
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.ends_with(is_edge)
        && !text.contains("--")
        && text.chars().all(|c| is_edge(c) || alphabet.contains(c))
}

proptest! {
    #[test]
    fn names_keep_to_their_services_rules_and_no_two_of_them_meet(id: u128, name in keys(), keys in sets_of_keys()) {
        prop_assume!(name.len() >= 2);
        let names = of(id, &name);
        prop_assert!(follows(names.prefix(), 33, "-"), "{}", names.prefix());
        for Namespace { of, longest, alphabet, taken } in namespaces(&names, &keys) {
            for text in &taken {
                prop_assert!(follows(text, longest, alphabet), "{of}: {text}");
            }
            let different: BTreeSet<&String> = taken.iter().collect();
            prop_assert_eq!(different.len(), taken.len(), "{}: {:?}", of, taken);
        }
    }

    #[test]
    fn environments_with_different_random_parts_share_no_name(a: u128, b: u128, name in keys()) {
        prop_assume!(name.len() >= 2 && a << 88 != b << 88);
        let of = |id| Names::new(EnvironmentId::from_uuid(Uuid::from_u128(id)), &EnvironmentName::parse(&name).unwrap());
        let (a, b) = (of(a), of(b));
        prop_assert_ne!(a.prefix(), b.prefix());
    }
}

fn of(id: u128, name: &str) -> Names {
    Names::new(EnvironmentId::from_uuid(Uuid::from_u128(id)), &EnvironmentName::parse(name).unwrap())
}

/// Parts of a name: keys joined by hyphens, often with a long beginning in common.
fn parts() -> impl Strategy<Value = String> {
    "(orders-and-invoices-of-(eu|us)-)?[a-z](-?[a-z0-9]){0,40}"
}

proptest! {
    #[test]
    fn a_name_that_is_cut_keeps_to_length_and_alphabet(id: u128, name in keys(), parts in parts(), longest in 20_usize..=64) {
        prop_assume!(name.len() >= 2);
        let names = of(id, &name);
        let fitted = names.fit(&parts, longest);
        prop_assert!(follows(&fitted, longest, "-"), "{fitted} in {longest}");
        let whole = format!("{}-{parts}", names.prefix());
        if whole.len() <= longest {
            prop_assert_eq!(&fitted, &whole);
        } else {
            let (head, digest) = fitted.rsplit_once('-').unwrap();
            prop_assert!(whole.starts_with(head) && digest.len() == 8, "{fitted} of {whole}");
            // At most a hyphen that would have been doubled is given away.
            prop_assert!(fitted.len() + 1 >= longest, "{fitted} in {longest}");
        }
        prop_assert_eq!(fitted, of(id, &name).fit(&parts, longest));
    }

    #[test]
    fn different_names_stay_different_when_they_are_cut(id: u128, name in keys(), a in parts(), b in parts(), longest in 20_usize..=64) {
        prop_assume!(name.len() >= 2 && a != b);
        let names = of(id, &name);
        prop_assert_ne!(names.fit(&a, longest), names.fit(&b, longest));
    }

    #[test]
    fn environments_stay_apart_when_their_names_are_cut(a: u128, b: u128, name in keys(), parts in parts(), longest in 20_usize..=64) {
        prop_assume!(name.len() >= 2 && a << 88 != b << 88);
        prop_assert_ne!(of(a, &name).fit(&parts, longest), of(b, &name).fit(&parts, longest));
    }
}

#[test]
fn a_name_never_changes_for_a_given_environment() {
    let id = EnvironmentId::from_uuid(Uuid::from_u128(0x0193_a5c0_dead_7eef_8bad_f00d_cafe_0001));
    let names = Names::new(id, &EnvironmentName::parse("acme-prod").unwrap());
    assert_eq!(names.prefix(), "acme-prod-bxfp4aab");
    assert_eq!(names.fit("api", 32), "acme-prod-bxfp4aab-api");
    assert_eq!(names.fit("orders-and-invoices", 32), "acme-prod-bxfp4aab-orde-23wd52b7");
    assert_eq!(names.fit("ord-and-invoices", 32), "acme-prod-bxfp4aab-ord-dp3mfzc4");
    assert_eq!(state_bucket("222222222222", "eu-west-1"), "terrane-state-222222222222-eu-west-1");
}
