//! Tenants.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use terrane_domain::TenantId;
use uuid::Uuid;

use crate::{error::StoreError, models::TenantRow, rows::Tenant, schema::tenants, store::Store};

impl Store {
    /// The tenant of a name, made if it is new.
    ///
    /// # Errors
    /// If the database fails, or the name is empty or longer than 64 characters.
    pub async fn ensure_tenant(&self, name: &str) -> Result<Tenant, StoreError> {
        self.run("find or make a tenant", async {
            let mut connection = self.connections().get().await?;
            let known = tenants::table.filter(tenants::name.eq(name)).select(TenantRow::as_select());
            if let Some(tenant) = known.first(&mut connection).await.optional()? {
                return Ok(tenant.into());
            }
            diesel::insert_into(tenants::table)
                .values((tenants::id.eq(Uuid::now_v7()), tenants::name.eq(name)))
                .on_conflict_do_nothing()
                .execute(&mut connection)
                .await?;
            Ok(known.first(&mut connection).await?.into())
        })
        .await
    }

    /// One tenant.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get_tenant(&self, tenant: TenantId) -> Result<Option<Tenant>, StoreError> {
        self.run("read a tenant", async {
            let row = tenants::table
                .find(tenant.as_uuid())
                .select(TenantRow::as_select())
                .first(&mut self.connections().get().await?)
                .await
                .optional()?;
            Ok(row.map(Tenant::from))
        })
        .await
    }
}
