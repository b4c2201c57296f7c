//! A client's write: one short transaction, at most once per idempotency key.
//!
//! The key's row is inserted first. A second request with the same key waits there for the first to end, and then
//! either finds its answer or, if the first was refused or failed, does the work itself. Locks are always taken in
//! the order key, environment, operations, so that no two writes wait for each other in a circle.

use diesel::{dsl::now, prelude::*, query_dsl::methods};
use diesel_async::RunQueryDsl;
use terrane_domain::{EnvironmentId, OperationId, TenantId};
use uuid::Uuid;

use crate::{
    error::{Failure, StoreError, inconsistent},
    json::AsJson,
    models::{EnvironmentRow, OperationRow},
    outcome::{Accepted, Idempotency, Outcome, Refusal},
    pool::Transaction,
    schema::{environments, idempotency_keys, operations},
    sql::after,
    store::Store,
};

/// How long the answer to a request is remembered.
pub(crate) const REMEMBERED_FOR: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// What a request meets.
pub(crate) enum Begun {
    /// Nobody asked for this before.
    Fresh(Box<Write>),
    /// It was asked and answered.
    Answered(Outcome),
}

/// A write under way.
pub(crate) struct Write {
    pub(crate) tx: Transaction,
    tenant: Uuid,
    key: Option<String>,
}

impl Write {
    pub(crate) async fn begin(
        store: &Store,
        tenant: TenantId,
        idempotency: Option<Idempotency>,
    ) -> Result<Begun, Failure> {
        let tenant = tenant.as_uuid();
        let mut tx = store.begin().await?;
        let Some(Idempotency { key, digest }) = idempotency else {
            return Ok(Begun::Fresh(Box::new(Self { tx, tenant, key: None })));
        };
        let reservation = diesel::insert_into(idempotency_keys::table)
            .values((
                idempotency_keys::tenant_id.eq(tenant),
                idempotency_keys::key.eq(&key),
                idempotency_keys::digest.eq(&digest),
                idempotency_keys::expires_at.eq(after(REMEMBERED_FOR)),
            ))
            .on_conflict((idempotency_keys::tenant_id, idempotency_keys::key))
            .do_update()
            .set((
                idempotency_keys::digest.eq(&digest),
                idempotency_keys::response.eq(None::<serde_json::Value>),
                idempotency_keys::expires_at.eq(after(REMEMBERED_FOR)),
            ));
        // A key that has expired but wasn't purged yet is as good as new.
        let reserved = methods::FilterDsl::filter(reservation, idempotency_keys::expires_at.le(now))
            .execute(&mut *tx)
            .await?;
        if reserved == 1 {
            return Ok(Begun::Fresh(Box::new(Self { tx, tenant, key: Some(key) })));
        }
        let (known, response) = idempotency_keys::table
            .find((tenant, &key))
            .select((idempotency_keys::digest, idempotency_keys::response))
            .first::<(String, Option<AsJson<Accepted>>)>(&mut *tx)
            .await?;
        tx.roll_back().await?;
        match response {
            _ if known != digest => Ok(Begun::Answered(Outcome::KeyReused)),
            Some(AsJson(accepted)) => Ok(Begun::Answered(Outcome::Replayed(Box::new(accepted)))),
            None => Err(inconsistent("an idempotency key was committed without its answer")),
        }
    }

    /// Ends the request as not allowed; nothing is kept, not even the key.
    pub(crate) async fn refuse(self, refusal: Refusal) -> Result<Outcome, Failure> {
        self.tx.roll_back().await?;
        Ok(Outcome::Refused(refusal))
    }

    /// Ends the request as being about something that the tenant doesn't have.
    pub(crate) async fn not_found(self) -> Result<Outcome, Failure> {
        self.tx.roll_back().await?;
        Ok(Outcome::NotFound)
    }

    /// Reads what was made of the rows, remembers it under the key and commits.
    pub(crate) async fn accept(mut self, environment: Uuid, operation: Uuid) -> Result<Outcome, Failure> {
        let environment = environments::table
            .find(environment)
            .select(EnvironmentRow::as_select())
            .first(&mut *self.tx)
            .await?;
        let operation =
            operations::table.find(operation).select(OperationRow::as_select()).first(&mut *self.tx).await?;
        let accepted = Accepted { environment: environment.into(), operation: operation.into() };
        if let Some(key) = &self.key {
            diesel::update(idempotency_keys::table.find((self.tenant, key)))
                .set(idempotency_keys::response.eq(AsJson(&accepted)))
                .execute(&mut *self.tx)
                .await?;
        }
        self.tx.commit().await?;
        Ok(Outcome::Accepted(Box::new(accepted)))
    }

    /// The tenant's environment, locked until the end of the write. Everything that changes an environment or its
    /// line takes this lock first.
    pub(crate) async fn lock_environment(
        &mut self,
        environment: EnvironmentId,
    ) -> Result<Option<EnvironmentRow>, Failure> {
        lock_environment(&mut self.tx, self.tenant, environment.as_uuid()).await
    }

    /// The tenant's operation and its environment, both locked.
    pub(crate) async fn lock_operation(
        &mut self,
        operation: OperationId,
    ) -> Result<Option<(EnvironmentRow, OperationRow)>, Failure> {
        lock_operation(&mut self.tx, self.tenant, operation.as_uuid()).await
    }
}

/// Locks one environment.
pub(crate) async fn lock_environment(
    tx: &mut Transaction,
    tenant: Uuid,
    environment: Uuid,
) -> Result<Option<EnvironmentRow>, Failure> {
    let row = environments::table
        .filter(environments::id.eq(environment).and(environments::tenant_id.eq(tenant)))
        .select(EnvironmentRow::as_select())
        .for_no_key_update()
        .first(&mut **tx)
        .await
        .optional()?;
    Ok(row)
}

/// Locks an operation's environment, then the operation.
pub(crate) async fn lock_operation(
    tx: &mut Transaction,
    tenant: Uuid,
    operation: Uuid,
) -> Result<Option<(EnvironmentRow, OperationRow)>, Failure> {
    let of_tenant =
        operations::table.filter(operations::id.eq(operation).and(operations::tenant_id.eq(tenant)));
    let Some(environment) =
        of_tenant.select(operations::environment_id).first::<Uuid>(&mut **tx).await.optional()?
    else {
        return Ok(None);
    };
    let Some(environment) = lock_environment(tx, tenant, environment).await? else { return Ok(None) };
    let operation =
        of_tenant.select(OperationRow::as_select()).for_no_key_update().first(&mut **tx).await.optional()?;
    Ok(operation.map(|operation| (environment, operation)))
}

impl Store {
    /// Forgets answers that are older than a day, at most ten thousand of them. Returns how many. Any number of processes
    /// may do this at once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn purge_idempotency_keys(&self) -> Result<usize, StoreError> {
        self.run("forget old idempotency keys", async {
            Ok(diesel::sql_query(PURGE_KEYS).execute(&mut self.connections().get().await?).await?)
        })
        .await
    }
}

const PURGE_KEYS: &str = "
DELETE FROM idempotency_keys WHERE (tenant_id, key) IN (
    SELECT tenant_id, key FROM idempotency_keys WHERE expires_at <= now()
    ORDER BY expires_at LIMIT 10000 FOR UPDATE SKIP LOCKED
)";
