//! About this server: health, readiness, its documents. All open without a key.

use actix_web::{
    HttpResponse, Responder, get,
    http::{StatusCode, header},
    web,
};
use bytes::Bytes;
use serde::Serialize;
use terrane_telemetry::Metrics;
use utoipa::ToSchema;

use crate::{
    app::{Condition, Health, Service},
    error::Error,
};

/// The documents that never change while the process runs.
#[derive(Clone)]
pub struct Documents {
    /// OpenAPI.
    pub openapi: Bytes,
    /// JSON Schema of an environment file.
    pub schema: Bytes,
}

/// A sign of life.
#[derive(Serialize, ToSchema)]
struct Alive {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// How well the parts do that a call may need.
#[derive(Serialize, ToSchema)]
struct Report {
    /// `ready`; `degraded` when only the doorbell is out, so that calls succeed and work begins some seconds later;
    /// `unavailable` when there is no database.
    #[schema(example = "ready")]
    status: &'static str,
    /// `up` or `down`.
    #[schema(example = "up")]
    postgres: &'static str,
    /// `up` or `down`.
    #[schema(example = "up")]
    redis: &'static str,
    /// Of this server.
    #[schema(example = "0.1.0")]
    version: &'static str,
}

/// Says that the process runs.
#[utoipa::path(tag = "service", responses((status = 200, body = Alive, description = "It runs")))]
#[get("/healthz")]
pub async fn alive() -> impl Responder {
    HttpResponse::Ok().json(Alive { status: "ok" })
}

/// Says whether calls can be answered: the database is needed, the doorbell is not.
#[utoipa::path(
    tag = "service",
    responses(
        (status = 200, body = Report, description = "Send calls"),
        (status = 503, body = Report, description = "Send no calls"),
    )
)]
#[get("/readyz")]
pub async fn ready(app: web::Data<Service>) -> impl Responder {
    report(app.health().await)
}

/// The same as `/readyz`, for those who only reach the API.
#[utoipa::path(
    tag = "service",
    responses(
        (status = 200, body = Report, description = "Send calls"),
        (status = 503, body = Report, description = "Send no calls"),
    )
)]
#[get("/health")]
pub async fn health(app: web::Data<Service>) -> impl Responder {
    report(app.health().await)
}

fn report(found: Health) -> HttpResponse {
    let (status, word) = match (found.postgres, found.redis) {
        (Condition::Up, Condition::Up) => (StatusCode::OK, "ready"),
        (Condition::Up, Condition::Down) => (StatusCode::OK, "degraded"),
        (Condition::Down, _) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    HttpResponse::build(status).json(Report {
        status: word,
        postgres: found.postgres.as_str(),
        redis: found.redis.as_str(),
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// JSON Schema of an environment file, for editors.
#[utoipa::path(tag = "service", responses((status = 200, body = Object, description = "JSON Schema, draft 2020-12")))]
#[get("/schema")]
pub async fn schema(documents: web::Data<Documents>) -> impl Responder {
    HttpResponse::Ok().content_type("application/schema+json").body(documents.schema.clone())
}

/// This document.
#[utoipa::path(tag = "service", responses((status = 200, body = Object, description = "OpenAPI 3.1")))]
#[get("/openapi.json")]
pub async fn document(documents: web::Data<Documents>) -> impl Responder {
    json(documents.openapi.clone())
}

/// This document.
#[utoipa::path(tag = "service", responses((status = 200, body = Object, description = "OpenAPI 3.1")))]
#[get("/openapi.json")]
pub async fn versioned_document(documents: web::Data<Documents>) -> impl Responder {
    json(documents.openapi.clone())
}

fn json(body: Bytes) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).body(body)
}

/// What `/metrics` shows, on a port of its own.
#[derive(Clone)]
pub struct Metering {
    /// The process's registry.
    pub metrics: Metrics,
    /// For the depth of the queue.
    pub service: Service,
}

/// Prometheus's text format.
pub async fn metrics(metering: web::Data<Metering>) -> Result<HttpResponse, Error> {
    let mut text = metering.metrics.encode().map_err(|error| Error::internal("encoding metrics", error))?;
    // The process's own figures are of use while there is no database, too.
    if let Ok(open) = metering.service.open_operations().await {
        text.push_str("# HELP terrane_open_operations Operations that are not over, of all tenants\n");
        text.push_str("# TYPE terrane_open_operations gauge\n");
        for (state, count) in open {
            text.push_str(&format!("terrane_open_operations{{state=\"{state}\"}} {count}\n"));
        }
    }
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}
