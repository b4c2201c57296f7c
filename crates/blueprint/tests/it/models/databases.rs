//! Databases, and the document database.

use std::collections::BTreeMap;

use terrane_domain::*;

use super::key;

pub(super) fn database(identifier: &str, environment_key: bool) -> Database {
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

pub(super) fn side_database() -> Database {
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

pub(super) fn aurora(identifier: &str, compute: AuroraCompute) -> Database {
    let instance = |number: usize| ClusterInstance {
        identifier: format!("{identifier}-{number}"),
        zone: Some(format!("eu-west-1{}", ["a", "b"][number - 1])),
    };
    Database {
        kind: DatabaseKind::Cluster(AuroraCluster { compute, instances: vec![instance(1), instance(2)] }),
        ..database(identifier, true)
    }
}

pub(super) fn provisioned() -> AuroraCompute {
    AuroraCompute::Provisioned { instance_class: "db.t4g.medium".to_owned() }
}

pub(super) fn serverless() -> Database {
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

pub(super) fn documents(environment_key: bool) -> DocumentDatabase {
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
