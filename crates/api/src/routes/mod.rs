//! The routes. A handler reads the call, asks the application layer, writes the answer; nothing else.

mod environments;
mod files;
mod logs;
mod operations;
mod service;

use actix_web::{HttpResponse, http::header, middleware::from_fn};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    app::{Answer, Page},
    error::{Error, Refusal},
    http::authenticate,
    views::EnvironmentView,
};

pub use service::{Documents, Metering, metrics};

/// Everything below `/` but the browsable documentation.
pub fn all(config: &mut ServiceConfig<'_>) {
    let keyed = utoipa_actix_web::scope::scope("")
        .wrap(from_fn(authenticate))
        .service(environments::create_environment)
        .service(environments::list_environments)
        .service(environments::get_environment)
        .service(environments::update_environment)
        .service(environments::destroy_environment)
        .service(environments::get_outputs)
        .service(environments::list_operations)
        .service(operations::get_operation)
        .service(operations::list_steps)
        .service(operations::get_plan)
        .service(operations::approve_operation)
        .service(operations::discard_operation)
        .service(operations::cancel_operation)
        .service(operations::retry_operation)
        .service(logs::read_log)
        .service(files::render)
        .service(files::validate);
    let versioned = utoipa_actix_web::scope::scope("/api/v1")
        .service(service::health)
        .service(service::schema)
        .service(service::versioned_document)
        .service(keyed);
    // The older form of the render service, where its callers know it.
    let generate =
        utoipa_actix_web::scope::scope("/api/generate").wrap(from_fn(authenticate)).service(files::generate);
    config
        .service(service::alive)
        .service(service::ready)
        .service(service::document)
        .service(generate)
        .service(versioned);
}

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// At most so many, 1 to 200; 50 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl PageQuery {
    fn page(self) -> Result<Page, Error> {
        let limit = checked_limit(self.limit, 50, 200)?;
        Ok(Page { limit, cursor: self.cursor })
    }
}

fn checked_limit(asked: Option<u32>, default: u32, most: u32) -> Result<u32, Error> {
    match asked {
        None => Ok(default),
        Some(limit) if (1..=most).contains(&limit) => Ok(limit),
        Some(limit) => Err(Refusal::Query(format!("limit is {limit}; it must be 1 to {most}")).into()),
    }
}

fn etag(environment: &EnvironmentView) -> String {
    format!("\"{}\"", environment.summary.generation)
}

/// 202 with the environment, the operation and where to follow it.
fn accepted(answer: Answer) -> HttpResponse {
    let mut response = HttpResponse::Accepted();
    response
        .insert_header((header::LOCATION, format!("/api/v1/operations/{}", answer.accepted.operation.id)))
        .insert_header((header::ETAG, etag(&answer.accepted.environment)));
    if answer.replayed {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    response.json(answer.accepted)
}
