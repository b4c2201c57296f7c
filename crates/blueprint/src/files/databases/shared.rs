//! What an instance and a cluster have in common. The role for enhanced monitoring:
//! <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html>

use terrane_domain::Database;

use crate::{
    files::{
        data::{arn, managed_policy},
        policies::service_trust,
        stores::{self, key_if, snapshot},
    },
    hcl::{Block, Expr, File, For, Object, Reference, Resource, each_value, local},
};

pub(super) const PORT: u16 = 5432;

/// Which of the optional things any database of an engine has. They decide which resources and which entries of the
/// maps there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    /// The environment has a key of its own.
    pub(super) own_key: bool,
    pub(super) monitored: bool,
    pub(super) restored: bool,
    /// A final snapshot is named after an incarnation.
    pub(super) incarnations: bool,
}

impl Options {
    pub(super) fn of<'a>(own_key: bool, databases: impl Iterator<Item = &'a Database> + Clone) -> Self {
        let any = |has: fn(&Database) -> bool| databases.clone().any(has);
        Self {
            own_key,
            monitored: any(|database| database.enhanced_monitoring.is_some()),
            restored: any(|database| database.restore_from.is_some()),
            incarnations: any(|database| stores::is_per_incarnation(database.final_snapshot.as_ref())),
        }
    }

    /// The entries that both engines have, behind those that only one has.
    pub(super) fn entry(self, object: Object, database: &Database) -> Object {
        let mut object = object
            .field("database_name", database.database_name.as_ref())
            .field("master_username", database.master_username.as_ref())
            .field("backup_retention_days", database.backup_retention_days)
            .field("deletion_protection", database.deletion_protection)
            .field("final_snapshot", snapshot(database.final_snapshot.as_ref()))
            .field("performance_insights", database.performance_insights)
            .field("iam_authentication", database.iam_authentication)
            .field("log_retention_days", database.log_retention_days);
        if self.restored {
            object = object.field("restore_from", database.restore_from.as_ref());
        }
        if self.own_key {
            object = object.field("own_key", database.environment_key);
        }
        if self.monitored {
            let monitoring = database.enhanced_monitoring.as_ref();
            object = object
                .field("monitoring_interval_seconds", monitoring.map_or(0, |m| m.interval_seconds))
                .field("monitoring_role", Expr::from(monitoring.map(|m| &m.role_name)));
        }
        object
    }
}

/// `incarnation` is a resource of [`incarnations`].
pub(super) fn final_snapshot(block: Block, options: Options, incarnation: Resource) -> Block {
    let none = Expr::from(each_value("final_snapshot")).equals(Expr::null());
    let name = stores::final_snapshot(options.incarnations.then_some(incarnation));
    block.arg("skip_final_snapshot", none).arg("final_snapshot_identifier", name)
}

/// One for each database, with an id that is new whenever the database is made anew: when an entry changes that can't be
/// changed otherwise.
pub(super) fn incarnations(file: File, incarnation: Resource, over: &'static str, options: Options) -> File {
    let always = ["identifier", "database_name", "master_username"].into_iter();
    let restored = options.restored.then_some("restore_from");
    let replacing = always.chain(restored).chain(options.own_key.then_some("own_key"));
    file.noted(
        "Its id is part of the name of the final snapshot. Snapshots outlive what they were taken of: without it, a\n\
         database that is made and removed a second time would find the snapshot of the first in its way.",
        Block::of(incarnation)
            .arg("for_each", local(over))
            .arg("triggers_replace", Expr::list(replacing.map(each_value))),
    )
}

/// Performance Insights; arguments of the same names on an instance and on an instance of a cluster. `setting` says
/// where a setting of the database is found.
pub(super) fn insights(block: Block, options: Options, setting: fn(&'static str) -> Reference) -> Block {
    let insights = || Expr::from(setting("performance_insights"));
    block
        .arg("performance_insights_enabled", insights())
        .arg("performance_insights_retention_period", Expr::choose(insights(), 7_u8, Expr::null()))
        .arg_if_some(
            "performance_insights_kms_key_id",
            options.own_key.then(|| key_if(insights().and(setting("own_key")))),
        )
}

/// Enhanced Monitoring, if any database has it. `role_arn` is that of the role of the database.
pub(super) fn monitored(
    block: Block,
    options: Options,
    setting: fn(&'static str) -> Reference,
    role_arn: Reference,
) -> Block {
    if !options.monitored {
        return block;
    }
    let role = Expr::from(setting("monitoring_role"));
    block
        .arg("monitoring_interval", setting("monitoring_interval_seconds"))
        .arg("monitoring_role_arn", Expr::choose(role.differs(Expr::null()), role_arn, Expr::null()))
}

/// The roles with which RDS writes Enhanced Monitoring, one for each database that has it.
pub(super) fn monitoring(
    file: File,
    (role, attachment, trust): (Resource, Resource, Resource),
    over: &'static str,
) -> File {
    let source = arn!["rds", "db:*",];
    let policy = managed_policy("service-role/AmazonRDSEnhancedMonitoringRole");
    let database = || Reference::variable("database");
    let with_monitoring = For::map("database", local(over), database())
        .when(Expr::from(database().attr("monitoring_role")).differs(Expr::null()));
    file.block(
        Block::of(role)
            .arg("for_each", with_monitoring)
            .arg("name", each_value("monitoring_role"))
            .arg("description", "Lets RDS write Enhanced Monitoring")
            .arg("assume_role_policy", trust.attr("json"))
            .tags(role),
    )
    .block(
        Block::of(attachment)
            .arg("for_each", role.whole())
            .arg("role", each_value("name"))
            .arg("policy_arn", policy),
    )
    .block(Block::of(trust).block(service_trust("monitoring.rds.amazonaws.com", source)))
}
