//! `/operations/{id}/logs`: one route, two forms, chosen by `Accept`.

use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::checked_limit;
use crate::{
    app::Service,
    error::Error,
    http::{Caller, Query, TenantHeader},
    log_stream::LogStreams,
    openapi::StreamProblems,
    views::LogPageView,
};

/// Which part of a log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct LogQuery {
    /// A cursor: only what comes behind it.
    after: Option<String>,
    /// At most so many lines a page, 1 to 1000; 500 without it. Of no meaning for a stream.
    limit: Option<u32>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "describes a header that `read_log` reads")]
struct ResumeHeader {
    /// The last cursor that was received; goes before `after`. Browsers send it by themselves.
    #[param(rename = "Last-Event-ID")]
    last_event_id: Option<String>,
}

/// Reads the log of an operation, or follows it.
///
/// With `Accept: text/event-stream` the answer is a stream of server-sent events: `line` (its id is a cursor), `progress`,
/// `state`, `note`, and `end` when the operation is over and every line was sent. A stream that broke off goes on where it was
/// with `Last-Event-ID`.
#[utoipa::path(
    tag = "operations",
    security(("bearer" = []), ("api_key" = [])),
    params(TenantHeader, ResumeHeader, LogQuery, ("id" = String, Path, description = "`op_…`")),
    responses(
        (status = 200, description = "A page, or a stream", content(
            (LogPageView = "application/json"),
            (String = "text/event-stream", example = "id: 12.0\nevent: line\ndata: {\"cursor\":\"12.0\"}\n\n"),
        )),
        StreamProblems,
    )
)]
#[get("/operations/{id}/logs")]
pub async fn read_log(
    app: web::Data<Service>,
    streams: web::Data<LogStreams>,
    caller: Caller,
    id: web::Path<String>,
    query: Query<LogQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let LogQuery { after, limit } = query.0;
    let limit = checked_limit(limit, 500, 1000)?;
    if !header("Accept").is_some_and(|accept| accept.contains("text/event-stream")) {
        return Ok(HttpResponse::Ok().json(app.read_log(caller, &id, after, limit).await?));
    }
    let after = header("Last-Event-ID").filter(|id| !id.is_empty()).map(str::to_owned).or(after);
    let stream = streams.open(app, caller, &id, after).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // nginx would hold the lines back.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(stream))
}
