//! What can be said about an environment file alone. Needs a key, but no database and no cloud; and a tenant only to
//! leave files in the output directory.

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    http::header::{self, HeaderMap},
    post, web,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    app::rendering::{self, Left, Outputs},
    error::Error,
    http::{Caller, Query, SpecBody, TenantHeader},
    openapi::{FileProblems, OutputProblems},
    views::{BucketFileView, FilesView, ValidView},
};

const GZIP: &str = "application/gzip";

/// What to do with rendered files.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RenderQuery {
    /// Leave the files in the server's output directory, in a directory of the environment's name.
    #[serde(default)]
    write: bool,
    /// Replace what stands there.
    #[serde(default)]
    overwrite: bool,
}

/// What to do with a file that exists.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct GenerateQuery {
    /// Replace it.
    #[serde(default)]
    overwrite: bool,
}

/// Renders the Terraform files of an environment file.
///
/// A preview: the ids that Terrane gives to a real environment are zeros. With `Accept: application/gzip` the answer is
/// a compressed tar archive.
#[utoipa::path(
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(RenderQuery, TenantHeader),
    request_body(content((String = "application/yaml"), (Object = "application/json")), description = "An environment file."),
    responses(
        (status = 200, description = "The files", content((FilesView = "application/json"), (Vec<u8> = "application/gzip"))),
        (status = 201, body = FilesView, description = "The files, which were left in a new directory"),
        OutputProblems
    )
)]
#[post("/render")]
pub async fn render(
    request: HttpRequest,
    query: Query<RenderQuery>,
    body: SpecBody,
    outputs: web::Data<Outputs>,
) -> Result<HttpResponse, Error> {
    let rendering = rendering::render(&body)?;
    if query.0.write {
        let caller = Caller::extract(&request).await?;
        return Ok(left(outputs.leave(&caller.tenant, rendering, query.0.overwrite).await?));
    }
    if wants_gzip(request.headers()) {
        return Ok(HttpResponse::Ok().content_type(GZIP).body(rendering.archive()?));
    }
    Ok(HttpResponse::Ok().json(rendering.view()))
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

/// Renders a single bucket into `<bucket>.tf` below the server's output directory.
///
/// The older form of the render service. The file is a root module of its own.
#[utoipa::path(
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(GenerateQuery, TenantHeader),
    request_body(
        content((Object = "application/json")),
        description = "A bucket.",
        example = json!({"payload": {"properties": {
            "aws-region": "eu-west-1", "acl": "private", "bucket-name": "acme-data", "force-destroy": false
        }}})
    ),
    responses(
        (status = 200, body = BucketFileView, description = "The file, which stood there or replaced another"),
        (status = 201, body = BucketFileView, description = "The file, which is new"),
        OutputProblems
    )
)]
#[post("")]
pub async fn generate(
    caller: Caller,
    query: Query<GenerateQuery>,
    body: SpecBody,
    outputs: web::Data<Outputs>,
) -> Result<HttpResponse, Error> {
    Ok(left(outputs.leave_bucket(&caller.tenant, &body, query.0.overwrite).await?))
}

fn left<V: serde::Serialize>(left: Left<V>) -> HttpResponse {
    let mut response = if left.created { HttpResponse::Created() } else { HttpResponse::Ok() };
    response.json(left.view)
}

fn wants_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|range| range.split(';').next().is_some_and(|essence| essence.trim() == GZIP))
}
