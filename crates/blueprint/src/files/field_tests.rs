//! What references to databases, caches and secrets become.

use terrane_domain::{
    CacheField, DatabaseField, DocumentDatabaseField, Format, InfraModel, Key, ResolveContext, SecretField,
    parse, resolve,
};

use super::{atlas, caches, databases, documents, secrets};
use crate::{
    current_pins,
    hcl::{Block, Expr, File},
};

const FILE: &str = "
name: dev-anna
cloud: { region: eu-west-1 }
databases:
  main: {}
  read: { replicas: 2 }
  orders: { engine: aurora_postgres }
caches:
  plain: {}
  users: { authentication: iam }
  shards: { shards: 2 }
document_database: {}
secrets:
  session-key: {}
";

fn model() -> InfraModel {
    let spec = parse(FILE.as_bytes(), Format::Yaml).unwrap();
    resolve(&spec, &ResolveContext::preview(&spec, current_pins())).unwrap().model
}

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

/// The expression as it is written in a file.
fn written(expr: Option<Expr>) -> String {
    let Some(expr) = expr else { return "nothing".to_owned() };
    let (_, text) = File::new("a.tf", "A").block(Block::new("locals").arg("a", expr)).write();
    text.lines().find_map(|line| line.trim().strip_prefix("a = ")).unwrap().to_owned()
}

#[test]
fn a_database_answers_the_same_questions_whatever_its_engine() {
    let model = model();
    for (of, field, expected) in [
        ("main", DatabaseField::Host, r#"aws_db_instance.main["main"].address"#),
        ("main", DatabaseField::ReaderHost, r#"aws_db_instance.main["main"].address"#),
        ("read", DatabaseField::ReaderHost, r#"aws_db_instance.replica["read-1"].address"#),
        ("main", DatabaseField::Port, r#"aws_db_instance.main["main"].port"#),
        ("main", DatabaseField::Name, r#"aws_db_instance.main["main"].db_name"#),
        ("main", DatabaseField::Username, r#"aws_db_instance.main["main"].username"#),
        (
            "main",
            DatabaseField::SecretArn,
            r#"one(aws_db_instance.main["main"].master_user_secret[*].secret_arn)"#,
        ),
        ("orders", DatabaseField::Host, r#"aws_rds_cluster.main["orders"].endpoint"#),
        ("orders", DatabaseField::ReaderHost, r#"aws_rds_cluster.main["orders"].reader_endpoint"#),
        ("orders", DatabaseField::Name, r#"aws_rds_cluster.main["orders"].database_name"#),
        ("orders", DatabaseField::Username, r#"aws_rds_cluster.main["orders"].master_username"#),
        (
            "orders",
            DatabaseField::SecretArn,
            r#"one(aws_rds_cluster.main["orders"].master_user_secret[*].secret_arn)"#,
        ),
        ("read", DatabaseField::SecretArn, r#"aws_secretsmanager_secret.database["read"].arn"#),
        ("main", DatabaseField::Password, "nothing"),
        ("orders", DatabaseField::Url, "nothing"),
        ("gone", DatabaseField::Host, "nothing"),
    ] {
        assert_eq!(written(databases::field(&model, &key(of), field)), expected, "{of}.{field}");
    }
}

#[test]
fn a_cache_answers_with_the_endpoint_that_its_clients_need() {
    let model = model();
    let group =
        |of: &str, attribute: &str| format!(r#"aws_elasticache_replication_group.main["{of}"].{attribute}"#);
    let url = |of, host| format!(r#"format("rediss://%s:%d", {}, {})"#, group(of, host), group(of, "port"));
    let user = r#"aws_elasticache_user.app["users"].user_name"#;
    for (of, field, expected) in [
        ("plain", CacheField::Host, group("plain", "primary_endpoint_address")),
        ("plain", CacheField::ReaderHost, group("plain", "reader_endpoint_address")),
        ("plain", CacheField::Port, group("plain", "port")),
        ("plain", CacheField::Username, r#""""#.to_owned()),
        ("plain", CacheField::Url, url("plain", "primary_endpoint_address")),
        ("shards", CacheField::ReaderHost, group("shards", "configuration_endpoint_address")),
        ("shards", CacheField::Url, url("shards", "configuration_endpoint_address")),
        ("users", CacheField::Username, user.to_owned()),
        ("gone", CacheField::Host, "nothing".to_owned()),
    ] {
        assert_eq!(written(caches::field(&model, &key(of), field)), expected, "{of}.{field}");
    }
    let url = written(caches::field(&model, &key("users"), CacheField::Url));
    assert!(url.starts_with(&format!("format(\"rediss://%s@%s:%d\", {user}, ")), "{url}");
}

#[test]
fn the_document_database_answers_all_but_secrets() {
    let mut model = model();
    for (field, expected) in [
        (DocumentDatabaseField::Host, "aws_docdb_cluster.main.endpoint"),
        (DocumentDatabaseField::Port, "aws_docdb_cluster.main.port"),
        (DocumentDatabaseField::Username, "aws_docdb_cluster.main.master_username"),
        (DocumentDatabaseField::SecretArn, "one(aws_docdb_cluster.main.master_user_secret[*].secret_arn)"),
        (DocumentDatabaseField::Password, "nothing"),
        (DocumentDatabaseField::Url, "nothing"),
    ] {
        assert_eq!(written(documents::field(&model, field)), expected, "{field}");
    }
    model.document_database = None;
    assert_eq!(written(documents::field(&model, DocumentDatabaseField::Host)), "nothing");
}

#[test]
fn a_cluster_of_atlas_says_where_it_is_and_no_password() {
    let text = FILE.replace(
        "document_database: {}",
        "document_database: { engine: mongodb_atlas, atlas: { project_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }",
    );
    let spec = parse(text.as_bytes(), Format::Yaml).unwrap();
    let model = resolve(&spec, &ResolveContext::preview(&spec, current_pins())).unwrap().model;
    let address = "mongodbatlas_advanced_cluster.main.connection_strings[0].standard_srv";
    for (field, expected) in [
        (DocumentDatabaseField::Host, format!("trimprefix({address}, \"mongodb+srv://\")")),
        (
            DocumentDatabaseField::Url,
            format!(
                "format(\"%s/%s?authSource=%%24external&authMechanism=MONGODB-AWS&retryWrites=true&w=majority\", {address}, \"app\")"
            ),
        ),
        (DocumentDatabaseField::Port, "nothing".to_owned()),
        (DocumentDatabaseField::Username, "nothing".to_owned()),
        (DocumentDatabaseField::SecretArn, "nothing".to_owned()),
        (DocumentDatabaseField::Password, "nothing".to_owned()),
    ] {
        assert_eq!(written(atlas::field(&model, field)), expected, "{field}");
        assert_eq!(written(documents::field(&model, field)), "nothing", "{field}");
    }
}

#[test]
fn a_secret_answers_with_its_arn_and_never_with_its_value() {
    let model = model();
    let arn = r#"aws_secretsmanager_secret.main["session-key"].arn"#;
    assert_eq!(written(secrets::field(&model, &key("session-key"), SecretField::Arn)), arn);
    assert_eq!(written(secrets::field(&model, &key("session-key"), SecretField::Value)), "nothing");
    assert_eq!(written(secrets::field(&model, &key("gone"), SecretField::Arn)), "nothing");
}
