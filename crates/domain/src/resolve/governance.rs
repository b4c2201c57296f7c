//! A limit to roles, a budget, backups.

use std::collections::BTreeMap;

use super::{Conflict, DEFAULT, Resolver};
use crate::{
    Backup, Bucket, Budget, Governance, Key,
    spec::{BackupSchedule, BackupSpec, BudgetSpec, Path},
};

/// Source: AWS Backup developer guide, "Creating a backup plan", "Lifecycle": what is in cold storage stays there for 90
/// days at least.
const LEAST_DAYS_IN_COLD_STORAGE: u32 = 90;

impl Resolver<'_> {
    pub(super) fn governance(&mut self, buckets: &BTreeMap<Key, Bucket>) -> Governance {
        let spec = self.spec.governance.clone().unwrap_or_default();
        let path = Path::root().key("governance");
        self.check_boundary(spec.boundary_account(), &path.key("permissions_boundary"));
        Governance {
            permissions_boundary: spec.permissions_boundary,
            budget: spec.budget.map(|budget| self.budget(budget, &path.key("budget"))),
            backup: spec.backup.map(|backup| self.backup(&backup, buckets, &path.key("backup"))),
        }
    }

    /// A boundary is a policy of AWS, or of the account of the roles.
    fn check_boundary(&mut self, of_policy: Option<&str>, path: &Path) {
        if let (Some(of_policy), Some(of_environment)) = (of_policy, self.spec.cloud.account())
            && of_policy != of_environment
        {
            let message = format!(
                "is a policy of account {of_policy}, but the roles are made in {of_environment}; name one of that account"
            );
            let cloud = Path::root().key("cloud");
            let conflict = Conflict::new(path.clone(), message).with(cloud.key("account_id"));
            self.conflict(conflict.with(cloud.key("role_arn")));
        }
    }

    fn budget(&mut self, spec: BudgetSpec, path: &Path) -> Budget {
        let mut alert_at_percent = spec.alert_at_percent.unwrap_or_else(|| {
            self.explain(&path.key("alert_at_percent"), &"[80, 100]", DEFAULT);
            vec![80, 100]
        });
        alert_at_percent.sort_unstable();
        Budget {
            name: self.names.budget(),
            monthly_usd: spec.monthly_usd,
            alert_at_percent,
            emails: spec.emails.unwrap_or_default(),
            topic: spec.topic,
        }
    }

    fn backup(&mut self, spec: &BackupSpec, buckets: &BTreeMap<Key, Bucket>, path: &Path) -> Backup {
        let any = !self.spec.databases.is_empty()
            || self.spec.document_database.is_some()
            || buckets.values().any(|bucket| bucket.versioning);
        if !any {
            let message = "has nothing to copy: there is no database, and no bucket that keeps versions";
            let root = Path::root();
            let conflict = Conflict::new(path.clone(), message).with(root.key("databases"));
            self.conflict(conflict.with(root.key("document_database")).with(root.key("buckets")));
        }
        let retention = path.key("retention_days");
        let retention_days =
            self.or_profile(&retention, spec.retention_days, self.defaults.vault_retention_days);
        if let Some(cold) = spec.cold_storage_after_days
            && retention_days < cold + LEAST_DAYS_IN_COLD_STORAGE
        {
            let message = format!(
                "{retention_days} is too short: what moves to cold storage after {cold} days has to stay there for \
                 {LEAST_DAYS_IN_COLD_STORAGE}; use {} or more",
                cold + LEAST_DAYS_IN_COLD_STORAGE
            );
            self.conflict(Conflict::new(retention, message).with(path.key("cold_storage_after_days")));
        }
        Backup {
            vault: self.names.backup_vault(),
            role_name: self.names.backup_role(),
            schedule: self.or_default(&path.key("schedule"), spec.schedule, BackupSchedule::Daily),
            retention_days,
            cold_storage_after_days: spec.cold_storage_after_days,
            force_destroy: false,
        }
    }
}
