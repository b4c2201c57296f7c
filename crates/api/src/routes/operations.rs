//! `/operations/{id}` and what can be decided about one. Its log has a file of its own.

use actix_web::{HttpResponse, get, post, web};
use bytes::Bytes;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{accepted, environments::RepeatHeaders};
use crate::{
    app::{Decision, Service},
    error::Error,
    http::{Caller, OptionalJson, TenantHeader, Write},
    openapi::{DecisionProblems, ReadProblems},
    views::{AcceptedView, OperationView, PlanView, StepList},
};

type App = web::Data<Service>;

/// What is approved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Approval {
    /// `plan_digest` of the plan that was looked at; without it, the plan that is stored now.
    digest: Option<String>,
}

/// Shows one operation.
#[utoipa::path(
    tag = "operations",
    security(("bearer" = []), ("api_key" = [])),
    params(TenantHeader, ("id" = String, Path, description = "`op_…`")),
    responses((status = 200, body = OperationView, description = "The operation"), ReadProblems)
)]
#[get("/operations/{id}")]
pub async fn get_operation(app: App, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::Ok().json(app.get_operation(caller, &id).await?))
}

/// Lists its steps, all attempts, in the order in which they began.
#[utoipa::path(
    tag = "operations",
    security(("bearer" = []), ("api_key" = [])),
    params(TenantHeader, ("id" = String, Path, description = "`op_…`")),
    responses((status = 200, body = StepList, description = "All steps"), ReadProblems)
)]
#[get("/operations/{id}/steps")]
pub async fn list_steps(app: App, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::Ok().json(app.list_steps(caller, &id).await?))
}

/// Shows what it would do, or did, as Terraform planned it.
#[utoipa::path(
    tag = "operations",
    security(("bearer" = []), ("api_key" = [])),
    params(TenantHeader, ("id" = String, Path, description = "`op_…`")),
    responses((status = 200, body = PlanView, description = "The plan of the newest attempt"), ReadProblems)
)]
#[get("/operations/{id}/plan")]
pub async fn get_plan(app: App, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::Ok().json(app.get_plan(caller, &id).await?))
}

/// Allows a plan that would destroy data.
///
/// The worker plans once more and applies only if exactly the approved actions come out; otherwise it asks again.
#[utoipa::path(
    tag = "operations",
    security(("bearer" = []), ("api_key" = [])),
    params(TenantHeader, RepeatHeaders, ("id" = String, Path, description = "`op_…`")),
    request_body(content = Option<Approval>, description = "Which plan is meant."),
    responses(
        (status = 202, body = AcceptedView, description = "Approved", headers(
            ("Location" = String, description = "The operation to follow."),
            ("Idempotent-Replayed" = String, description = "`true` when this answer was given before."),
        )),
        DecisionProblems,
    )
)]
#[post("/operations/{id}/approve")]
pub async fn approve_operation(
    app: App,
    write: Write,
    id: web::Path<String>,
    body: OptionalJson<Approval>,
) -> Result<HttpResponse, Error> {
    let digest = body.value.and_then(|approval| approval.digest);
    Ok(accepted(app.decide(write, &id, Decision::Approve { digest }, body.bytes).await?))
}

/// Refuses a plan that would destroy data; the environment stays as it is.
#[utoipa::path(
    tag = "operations",
    security(("bearer" = []), ("api_key" = [])),
    params(TenantHeader, RepeatHeaders, ("id" = String, Path, description = "`op_…`")),
    responses(
        (status = 202, body = AcceptedView, description = "Discarded", headers(
            ("Location" = String, description = "The operation."),
            ("Idempotent-Replayed" = String, description = "`true` when this answer was given before."),
        )),
        DecisionProblems,
    )
)]
#[post("/operations/{id}/discard")]
pub async fn discard_operation(app: App, write: Write, id: web::Path<String>) -> Result<HttpResponse, Error> {
    Ok(accepted(app.decide(write, &id, Decision::Discard, Bytes::new()).await?))
}

/// Stops an operation: at once if it waits, as soon as Terraform has ended cleanly if it runs.
#[utoipa::path(
    tag = "operations",
    security(("bearer" = []), ("api_key" = [])),
    params(TenantHeader, RepeatHeaders, ("id" = String, Path, description = "`op_…`")),
    responses(
        (status = 202, body = AcceptedView, description = "Cancelled, or about to be", headers(
            ("Location" = String, description = "The operation to follow."),
            ("Idempotent-Replayed" = String, description = "`true` when this answer was given before."),
        )),
        DecisionProblems,
    )
)]
#[post("/operations/{id}/cancel")]
pub async fn cancel_operation(app: App, write: Write, id: web::Path<String>) -> Result<HttpResponse, Error> {
    Ok(accepted(app.decide(write, &id, Decision::Cancel, Bytes::new()).await?))
}

/// Repeats an operation that failed or was cancelled, if it is the environment's newest.
#[utoipa::path(
    tag = "operations",
    security(("bearer" = []), ("api_key" = [])),
    params(TenantHeader, RepeatHeaders, ("id" = String, Path, description = "`op_…`")),
    responses(
        (status = 202, body = AcceptedView, description = "A new operation is in line", headers(
            ("Location" = String, description = "The new operation."),
            ("Idempotent-Replayed" = String, description = "`true` when this answer was given before."),
        )),
        DecisionProblems,
    )
)]
#[post("/operations/{id}/retry")]
pub async fn retry_operation(app: App, write: Write, id: web::Path<String>) -> Result<HttpResponse, Error> {
    Ok(accepted(app.decide(write, &id, Decision::Retry, Bytes::new()).await?))
}
