//! What can be said about an environment file alone. Needs a key, but no tenant, no database and no cloud.

use actix_web::{HttpResponse, post};

use crate::{
    app::rendering,
    error::Error,
    http::SpecBody,
    openapi::FileProblems,
    views::{FilesView, ValidView},
};

/// Renders the Terraform files of an environment file.
///
/// A preview: the ids that Terrane gives to a real environment are zeros.
#[utoipa::path(
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    request_body(content((String = "application/yaml"), (Object = "application/json")), description = "An environment file."),
    responses((status = 200, body = FilesView, description = "The files"), FileProblems)
)]
#[post("/render")]
pub async fn render(body: SpecBody) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::Ok().json(rendering::render(&body)?))
}

/// Checks an environment file and shows what it would be resolved to.
#[utoipa::path(
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    request_body(content((String = "application/yaml"), (Object = "application/json")), description = "An environment file."),
    responses((status = 200, body = ValidView, description = "It is right"), FileProblems)
)]
#[post("/validate")]
pub async fn validate(body: SpecBody) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::Ok().json(rendering::validate(&body)?))
}
