//! Tenants by name.
//!
//! Keys name tenants; rows have ids. A tenant's row is made when it is first met and never changes, so it is looked up
//! once and remembered: no call pays for it, and a process that started while Postgres was down catches up.

use std::{collections::HashMap, sync::RwLock};

use terrane_store::{Store, StoreError, Tenant};

use crate::keys::TenantName;

/// Rows of tenants that were met.
pub struct TenantDirectory {
    store: Store,
    met: RwLock<HashMap<TenantName, Tenant>>,
}

impl TenantDirectory {
    /// An empty directory.
    pub fn new(store: Store) -> Self {
        Self { store, met: RwLock::default() }
    }

    /// The row of a tenant, made if there is none.
    pub async fn resolve(&self, name: &TenantName) -> Result<Tenant, StoreError> {
        if let Some(tenant) = self.remembered(name) {
            return Ok(tenant);
        }
        let tenant = self.store.ensure_tenant(name.as_str()).await?;
        // A poisoned lock can't be: nothing panics while it is held.
        if let Ok(mut met) = self.met.write() {
            met.insert(name.clone(), tenant.clone());
        }
        Ok(tenant)
    }

    fn remembered(&self, name: &TenantName) -> Option<Tenant> {
        self.met.read().ok()?.get(name).cloned()
    }
}
