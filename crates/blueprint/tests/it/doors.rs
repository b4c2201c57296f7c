//! Who gets to databases, caches and document databases.

use std::collections::{BTreeMap, BTreeSet};

use terrane_blueprint::render;
use terrane_domain::{Format, InfraModel, parse};

use crate::{corpus, networks::unfolded};

const STORES: &str = "
databases: { main: {}, orders: { engine: aurora_postgres } }
caches: { sessions: {} }
document_database: {}
";
const APPS: &str = "
ecs: {}
apps:
  api:
    image: nginx
    port: 80
    secrets:
      DATABASE_URL: { from: databases.main.url }
      DATABASE_HOST: { from: databases.main.host }
      CACHE_URL: { from: caches.sessions.url }
  worker:
    image: nginx
    secrets:
      DATABASE_URL: { from: databases.orders.url }
      DOCUMENTS: { from: document_database.host }
  site: { image: nginx, port: 80 }
";

fn model(sections: &[&str]) -> InfraModel {
    let text = format!("name: dev\ncloud: {{ region: eu-west-1 }}\n{}", sections.concat());
    corpus::model_of(&parse(text.as_bytes(), Format::Yaml).unwrap_or_else(|problems| panic!("{problems}")))
}

/// What each rule lets in where, and what it says about that, by the end of its address: `database_from_app["main.api"]`.
fn ways(model: &InfraModel) -> BTreeMap<String, [String; 3]> {
    let module = unfolded(&render(model).unwrap());
    let rules = module.objects.iter().filter(|object| object.kind == "aws_vpc_security_group_ingress_rule");
    let stores = ["database", "aurora", "cache", "documents"];
    let of_stores = rules.filter(|rule| stores.contains(&rule.name.split('_').next().unwrap()));
    of_stores
        .map(|rule| {
            let said = |name| rule.body.text(name).trim_matches(['⟦', '⟧']).to_owned();
            let source = said("cidr_ipv4") + &said("referenced_security_group_id");
            let name = rule.address().split_once('.').unwrap().1.to_owned();
            (name, [said("security_group_id"), source, said("description")])
        })
        .collect()
}

fn sources(model: &InfraModel) -> BTreeSet<String> {
    ways(model).into_values().map(|[_, source, _]| source).collect()
}

#[test]
fn an_app_gets_to_what_its_variables_name_and_to_nothing_else() {
    let ways = ways(&model(&[STORES, APPS]));
    let of = |rule: &str, group: &str, said: &str| {
        let app = "aws_security_group.app[each.value.app].id";
        (rule.to_owned(), [format!("aws_security_group.{group}.id"), app.to_owned(), said.to_owned()])
    };
    let expected = [
        of("database_from_app[\"main.api\"]", "database[each.value.store]", "PostgreSQL from the app api"),
        of(
            "aurora_from_app[\"orders.worker\"]",
            "aurora[each.value.store]",
            "PostgreSQL from the app worker",
        ),
        of("cache_from_app[\"sessions.api\"]", "cache[each.value.store]", "Valkey or Redis from the app api"),
        of("documents_from_app[\"worker\"]", "documents", "MongoDB from the app worker"),
    ];
    assert_eq!(ways, BTreeMap::from(expected));
}

#[test]
fn another_app_changes_no_way_of_the_others() {
    let before = ways(&model(&[STORES, APPS]));
    let another = "  admin: { image: nginx, secrets: { DATABASE_URL: { from: databases.main.url } } }\n";
    let mut after = ways(&model(&[STORES, APPS, another]));
    assert!(after.remove("database_from_app[\"main.admin\"]").is_some());
    assert_eq!(after, before);
}

#[test]
fn what_no_app_names_lets_nobody_in() {
    let model = model(&[STORES, "ecs: {}\napps: { site: { image: nginx, port: 80 } }\n"]);
    assert_eq!(ways(&model), BTreeMap::new());
}

#[test]
fn pods_come_in_by_the_group_of_what_they_run_on() {
    let of_cluster = "aws_eks_cluster.main.vpc_config[0].cluster_security_group_id";
    for (section, group) in [
        ("kubernetes: {}\n", "aws_security_group.node.id"),
        ("kubernetes: { auto_mode: true }\n", of_cluster),
        ("kubernetes: { fargate: {} }\n", of_cluster),
    ] {
        let model = model(&[STORES, section]);
        assert_eq!(sources(&model), BTreeSet::from([group.to_owned()]), "{section}");
        assert_eq!(ways(&model).len(), 4, "{section}");
    }
}

#[test]
fn the_range_of_the_vpc_comes_in_where_nobody_else_is_known() {
    for sections in [[STORES, ""], [STORES, "ecs: {}\n"]] {
        assert_eq!(sources(&model(&sections)), BTreeSet::from(["aws_vpc.main.cidr_block".to_owned()]));
    }
}

#[test]
fn a_controller_writes_records_in_the_zone_of_the_file_and_in_no_other() {
    let cluster = "kubernetes: { controllers: [external-dns] }\n";
    let zones = |model: &InfraModel| {
        let module = unfolded(&render(model).unwrap());
        let document = module.objects.iter().find(|object| object.is_data && object.name == "external_dns");
        let statements = document.unwrap().body.blocks("statement");
        let writes =
            statements.filter(|statement| statement.get("actions").unwrap().to_string().contains("Change"));
        writes
            .map(|statement| statement.get("resources").unwrap().as_array().unwrap()[0].to_string())
            .collect::<Vec<_>>()
    };
    let mut model = model(&[cluster, "dns: { zone: acme.example }\n"]);
    assert_eq!(zones(&model), ["\"⟦data.aws_route53_zone.main.arn⟧\""]);
    assert!(render(&model).unwrap().get("dns.tf").unwrap().contains("\"acme.example\""));
    let made = self::model(&[cluster, "dns: { zone: acme.example, create: true }\n"]);
    assert_eq!(zones(&made), ["\"⟦aws_route53_zone.main.arn⟧\""]);
    model.dns = None;
    assert_eq!(zones(&model), Vec::<String>::new(), "what is left of a file that had a zone");
}
