//! `/environments`.

use actix_web::{HttpResponse, delete, get, http::header, post, put, web};
use serde::Deserialize;
use terrane_store::DataOnDestroy;
use utoipa::{IntoParams, ToSchema};

use super::{PageQuery, accepted};
use crate::{
    app::{Service, parse_filter},
    error::Error,
    http::{Caller, Query, SpecBody, TenantHeader, Write},
    openapi::{CreateProblems, DestroyProblems, ListProblems, ReadProblems, UpdateProblems},
    views::{AcceptedView, EnvironmentList, EnvironmentView, OperationList, OutputsView},
};

type App = web::Data<Service>;

/// Headers that make a write safe to repeat.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "describes headers that `Write` reads")]
pub struct RepeatHeaders {
    /// 1 to 255 visible ASCII characters, new for every new request; repeating a request with its key returns the first
    /// answer.
    #[param(rename = "Idempotency-Key")]
    idempotency_key: Option<String>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "describes headers that `Write` reads")]
struct MatchHeader {
    /// The `ETag` of the environment as it was read, for example `"3"`: the write is refused if it has changed since.
    #[param(rename = "If-Match")]
    if_match: Option<String>,
}

/// How the list is narrowed down.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// States, separated by commas: `ready,failed`. Without it, all of them.
    state: Option<String>,
    /// Labels that all have to be there, separated by commas: `team=platform,stage=production`.
    label: Option<String>,
    /// Part of the name.
    q: Option<String>,
    /// At most so many, 1 to 200; 50 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What becomes of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DataChoice {
    /// Databases leave a final snapshot.
    Snapshot,
    /// Nothing is kept.
    Delete,
}

impl From<DataChoice> for DataOnDestroy {
    fn from(choice: DataChoice) -> Self {
        match choice {
            DataChoice::Snapshot => Self::Snapshot,
            DataChoice::Delete => Self::Delete,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct DestroyQuery {
    /// What becomes of the data; without it, what the file says under `lifecycle.on_destroy`.
    #[param(inline)]
    data: Option<DataChoice>,
}

/// Raises an environment.
///
/// Puts a `create` in line and answers at once. The name must be free among the tenant's living environments.
#[utoipa::path(
    tag = "environments",
    security(("bearer" = []), ("api_key" = [])),
    params(TenantHeader, RepeatHeaders),
    request_body(
        content(
            (String = "application/yaml", example = "name: dev-anna\ncloud: { region: eu-west-1 }\n"),
            (Object = "application/json", example = json!({"name": "dev-anna", "cloud": {"region": "eu-west-1"}})),
        ),
        description = "An environment file; /api/v1/schema is its JSON Schema."
    ),
    responses(
        (status = 202, body = AcceptedView, description = "In line", headers(
            ("Location" = String, description = "The operation to follow."),
            ("ETag" = String, description = "The generation."),
            ("Idempotent-Replayed" = String, description = "`true` when this answer was given before."),
        )),
        CreateProblems,
    )
)]
#[post("/environments")]
pub async fn create_environment(app: App, write: Write, body: SpecBody) -> Result<HttpResponse, Error> {
    Ok(accepted(app.create_environment(write, body).await?))
}

/// Lists environments, newest first.
#[utoipa::path(
    tag = "environments",
    security(("bearer" = []), ("api_key" = [])),
    params(TenantHeader, ListQuery),
    responses((status = 200, body = EnvironmentList, description = "One page"), ListProblems)
)]
#[get("/environments")]
pub async fn list_environments(
    app: App,
    caller: Caller,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Error> {
    let ListQuery { state, label, q, limit, cursor } = query.0;
    let filter = parse_filter(state.as_deref(), label.as_deref(), q)?;
    let page = PageQuery { limit, cursor }.page()?;
    Ok(HttpResponse::Ok().json(app.list_environments(caller, filter, page).await?))
}

/// Shows one environment: the file as it was given and what it was resolved to.
#[utoipa::path(
    tag = "environments",
    security(("bearer" = []), ("api_key" = [])),
    params(TenantHeader, ("id" = String, Path, description = "Its id, or the name of a living one.")),
    responses(
        (status = 200, body = EnvironmentView, description = "The environment", headers(
            ("ETag" = String, description = "The generation, for `If-Match`."),
        )),
        ReadProblems,
    )
)]
#[get("/environments/{id}")]
pub async fn get_environment(app: App, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, Error> {
    let view = app.get_environment(caller, id.into_inner()).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, super::etag(&view))).json(view))
}

/// Changes an environment to a new file.
///
/// Puts an `update` in line; a newer one takes the place of one that hasn't begun. Name and region can't be changed.
#[utoipa::path(
    tag = "environments",
    security(("bearer" = []), ("api_key" = [])),
    params(
        TenantHeader, RepeatHeaders, MatchHeader,
        ("id" = String, Path, description = "Its id, or the name of a living one."),
    ),
    request_body(
        content(
            (String = "application/yaml", example = "name: dev-anna\ncloud: { region: eu-west-1 }\n"),
            (Object = "application/json", example = json!({"name": "dev-anna", "cloud": {"region": "eu-west-1"}})),
        ),
        description = "The whole file, not a part of it."
    ),
    responses(
        (status = 202, body = AcceptedView, description = "In line", headers(
            ("Location" = String, description = "The operation to follow."),
            ("ETag" = String, description = "The new generation."),
            ("Idempotent-Replayed" = String, description = "`true` when this answer was given before."),
        )),
        UpdateProblems,
    )
)]
#[put("/environments/{id}")]
pub async fn update_environment(
    app: App,
    write: Write,
    id: web::Path<String>,
    body: SpecBody,
) -> Result<HttpResponse, Error> {
    Ok(accepted(app.update_environment(write, id.into_inner(), body).await?))
}

/// Takes an environment down.
///
/// Discards what is in line, cancels what runs, and goes next. Asking twice is the same as asking once.
#[utoipa::path(
    tag = "environments",
    security(("bearer" = []), ("api_key" = [])),
    params(
        TenantHeader, RepeatHeaders, MatchHeader, DestroyQuery,
        ("id" = String, Path, description = "Its id, or the name of a living one."),
    ),
    responses(
        (status = 202, body = AcceptedView, description = "In line", headers(
            ("Location" = String, description = "The operation to follow."),
            ("ETag" = String, description = "The generation."),
            ("Idempotent-Replayed" = String, description = "`true` when this answer was given before."),
        )),
        DestroyProblems,
    )
)]
#[delete("/environments/{id}")]
pub async fn destroy_environment(
    app: App,
    write: Write,
    id: web::Path<String>,
    query: Query<DestroyQuery>,
) -> Result<HttpResponse, Error> {
    Ok(accepted(
        app.destroy_environment(write, id.into_inner(), query.0.data.map(DataOnDestroy::from)).await?,
    ))
}

/// Shows the outputs of the applied generation.
#[utoipa::path(
    tag = "environments",
    security(("bearer" = []), ("api_key" = [])),
    params(TenantHeader, ("id" = String, Path, description = "Its id, or the name of a living one.")),
    responses((status = 200, body = OutputsView, description = "Outputs by name"), ReadProblems)
)]
#[get("/environments/{id}/outputs")]
pub async fn get_outputs(app: App, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::Ok().json(app.get_outputs(caller, id.into_inner()).await?))
}

/// Lists the operations of an environment, newest first.
#[utoipa::path(
    tag = "environments",
    security(("bearer" = []), ("api_key" = [])),
    params(
        TenantHeader, PageQuery,
        ("id" = String, Path, description = "Its id, or the name of a living one."),
    ),
    responses((status = 200, body = OperationList, description = "One page"), ReadProblems)
)]
#[get("/environments/{id}/operations")]
pub async fn list_operations(
    app: App,
    caller: Caller,
    id: web::Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Error> {
    let page = query.0.page()?;
    Ok(HttpResponse::Ok().json(app.list_operations(caller, id.into_inner(), page).await?))
}
