//! Reading environments. Every query names the tenant: another tenant's rows don't exist.

use std::collections::BTreeMap;

use diesel::{
    dsl::sql,
    internal::derives::as_expression::Bound,
    prelude::*,
    sql_types::{Array, Bool, Jsonb, Text},
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use terrane_domain::{EnvironmentId, EnvironmentState, TenantId};

use crate::{
    enums::InSql as _,
    error::StoreError,
    json::AsJson,
    models::EnvironmentRow,
    rows::{Environment, Page},
    schema::{environment_specs, environments, sql_types},
    store::Store,
};

/// Which environments a list holds; the default is all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvironmentFilter {
    /// In one of these states; empty for any.
    pub states: Vec<EnvironmentState>,
    /// With all of these labels.
    pub labels: BTreeMap<String, String>,
    /// With this in the name, whatever the case.
    pub text: Option<String>,
}

impl EnvironmentFilter {
    /// Postgres can't hold a NUL, so nothing that contains one is there to be found.
    fn finds_nothing(&self) -> bool {
        self.text.as_deref().is_some_and(has_nul)
            || self.labels.iter().any(|(key, value)| has_nul(key) || has_nul(value))
    }
}

fn has_nul(text: &str) -> bool {
    text.contains('\0')
}

impl Store {
    /// One environment, also one that was destroyed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get_environment(
        &self,
        tenant: TenantId,
        environment: EnvironmentId,
    ) -> Result<Option<Environment>, StoreError> {
        self.run("read an environment", async {
            let row = environments::table
                .find(environment.as_uuid())
                .filter(environments::tenant_id.eq(tenant.as_uuid()))
                .select(EnvironmentRow::as_select())
                .first(&mut self.connections().get().await?)
                .await
                .optional()?;
            Ok(row.map(Environment::from))
        })
        .await
    }

    /// The living environment of a name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn environment_by_name(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<Option<Environment>, StoreError> {
        if has_nul(name) {
            return Ok(None);
        }
        self.run("read an environment by its name", async {
            let row = environments::table
                .filter(environments::tenant_id.eq(tenant.as_uuid()).and(environments::name.eq(name)))
                .filter(sql::<Bool>("environments.state <> 'destroyed'"))
                .select(EnvironmentRow::as_select())
                .first(&mut self.connections().get().await?)
                .await
                .optional()?;
            Ok(row.map(Environment::from))
        })
        .await
    }

    /// The spec of one generation, as it was given.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn environment_spec(
        &self,
        tenant: TenantId,
        environment: EnvironmentId,
        generation: i64,
    ) -> Result<Option<Value>, StoreError> {
        self.run("read a spec", async {
            Ok(environment_specs::table
                .find((environment.as_uuid(), generation))
                .filter(environment_specs::tenant_id.eq(tenant.as_uuid()))
                .select(environment_specs::spec)
                .first(&mut self.connections().get().await?)
                .await
                .optional()?)
        })
        .await
    }

    /// A page of a tenant's environments, newest first. `after` is the last one of the page before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_environments(
        &self,
        tenant: TenantId,
        filter: &EnvironmentFilter,
        after: Option<EnvironmentId>,
        limit: u32,
    ) -> Result<Page<Environment, EnvironmentId>, StoreError> {
        if filter.finds_nothing() {
            return Ok(Page { items: Vec::new(), next: None });
        }
        self.run("list environments", async {
            let mut query = environments::table
                .filter(environments::tenant_id.eq(tenant.as_uuid()))
                .order(environments::id.desc())
                .limit(i64::from(limit) + 1)
                .select(EnvironmentRow::as_select())
                .into_boxed();
            if let Some(after) = after {
                query = query.filter(environments::id.lt(after.as_uuid()));
            }
            match filter.states.as_slice() {
                [] => {}
                [state] => query = query.filter(environments::state.eq(state.in_sql())),
                states => {
                    let states = Bound::<Array<sql_types::EnvironmentState>, _>::new(states.to_vec());
                    query = query.filter(sql::<Bool>("environments.state = ANY(").bind(states).sql(")"));
                }
            }
            if !filter.labels.is_empty() {
                query = query.filter(
                    sql::<Bool>("environments.labels @> ").bind::<Jsonb, _>(AsJson(filter.labels.clone())),
                );
            }
            if let Some(text) = &filter.text {
                query = query.filter(
                    sql::<Bool>("position(lower(")
                        .bind::<Text, _>(text.clone())
                        .sql(") IN lower(environments.name)) > 0"),
                );
            }
            let rows = query.load(&mut self.connections().get().await?).await?;
            Ok(page(rows.into_iter().map(Environment::from).collect(), limit, |environment| environment.id))
        })
        .await
    }
}

/// Makes a page of one row more than was asked for.
pub(crate) fn page<T, C>(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> C) -> Page<T, C> {
    let limit = limit as usize;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(cursor) } else { None };
    Page { items, next }
}
