//! What a destroy leaves: written by its holder, read with the operation.

use diesel::{dsl::now, prelude::*};
use diesel_async::RunQueryDsl;
use terrane_domain::{OperationId, TenantId};

use crate::{
    claims::Holder,
    error::{HolderError, StoreError},
    holder::Held,
    json::AsJson,
    rows::InventoryItem,
    schema::operation_inventories,
    store::Store,
};

impl Store {
    /// Stores what was found after a destroy, in the place of what an earlier attempt found.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn record_inventory(
        &self,
        holder: &Holder,
        items: &[InventoryItem],
    ) -> Result<(), HolderError> {
        self.run_held("store an inventory", async {
            let mut held = Held::begin(self, holder).await?;
            let items = items.to_vec();
            diesel::insert_into(operation_inventories::table)
                .values((
                    operation_inventories::operation_id.eq(held.operation.id),
                    operation_inventories::tenant_id.eq(held.operation.tenant_id),
                    operation_inventories::items.eq(AsJson(&items)),
                ))
                .on_conflict(operation_inventories::operation_id)
                .do_update()
                .set((
                    operation_inventories::items.eq(AsJson(&items)),
                    operation_inventories::recorded_at.eq(now),
                ))
                .execute(&mut *held.tx)
                .await?;
            held.tx.commit().await
        })
        .await
    }

    /// What was found after a destroy. `None` if the tenant has no such operation, or if it hasn't looked (yet).
    ///
    /// # Errors
    /// If the database fails.
    pub async fn inventory(
        &self,
        tenant: TenantId,
        operation: OperationId,
    ) -> Result<Option<Vec<InventoryItem>>, StoreError> {
        self.run("read an inventory", async {
            let items = operation_inventories::table
                .find(operation.as_uuid())
                .filter(operation_inventories::tenant_id.eq(tenant.as_uuid()))
                .select(operation_inventories::items)
                .first::<AsJson<Vec<InventoryItem>>>(&mut self.connections().get().await?)
                .await
                .optional()?;
            Ok(items.map(|items| items.0))
        })
        .await
    }
}
