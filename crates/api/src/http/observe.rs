//! The outermost layer: ids in, ids out, one log line, one measurement, and no error that isn't a problem.
//!
//! WHY error bodies are written here and not where the error occurs: only here is the request id known for certain, and
//! errors come from four places (our handlers, actix's own extractors, its router, a panic). All leave through this
//! door, so none of them can have another form.

use std::{
    future::{Ready, ready},
    panic::AssertUnwindSafe,
    time::Instant,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::header::{self, HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use futures::FutureExt;
use terrane_telemetry::{HttpMetrics, RequestId, TraceParent};
use tracing::Instrument;

use super::authenticate::AuthenticatedTenant;
use crate::{
    error::{Error, PROBLEM_JSON},
    problem::Problem,
};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The ids of one call, which it hands on to everything that it sets off.
#[derive(Debug, Clone)]
pub struct Correlation {
    /// The caller's, if it is well-formed; else a new one.
    pub request_id: RequestId,
    /// The caller's, if it is well-formed.
    pub traceparent: Option<TraceParent>,
}

impl Correlation {
    /// The `traceparent` as text, for a row.
    pub fn traceparent(&self) -> Option<String> {
        self.traceparent.as_ref().map(ToString::to_string)
    }
}

impl FromRequest for Correlation {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Every route stands behind the layer; one that didn't would still get an id.
        let found = request.extensions().get::<Self>().cloned();
        ready(Ok(found.unwrap_or_else(|| Self { request_id: RequestId::fresh(), traceparent: None })))
    }
}

/// What the layer needs from outside.
#[derive(Clone)]
pub struct Observer {
    /// Where calls are counted.
    pub metrics: HttpMetrics,
}

/// The layer.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let correlation = correlation(&request);
    let method = request.method().clone();
    let path = request.path().to_owned();
    let observer = request.app_data::<web::Data<Observer>>().cloned();
    let span = tracing::info_span!("call", request_id = %correlation.request_id);
    request.extensions_mut().insert(correlation.clone());

    let called =
        AssertUnwindSafe(async { next.call(request).await }).catch_unwind().instrument(span.clone()).await;
    let (mut response, route) = match called {
        Ok(Ok(response)) => {
            let route = response.request().match_pattern().unwrap_or_else(|| "unknown".to_owned());
            (response.map_into_boxed_body(), route)
        }
        // Without a request there is nothing to hang a response on; actix takes a finished one as an error.
        outcome => {
            let error = match outcome {
                Ok(Err(error)) => error,
                _ => Error::internal("answering", "a handler panicked").into(),
            };
            span.in_scope(|| log_failure(&error));
            let problem = match error.as_error::<Error>() {
                Some(error) => error.problem(),
                None => Problem::of_status(error.as_response_error().status_code()),
            };
            let mut response = error.error_response();
            harden(response.headers_mut(), &correlation);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
            let response = response.set_body(BoxBody::new(body_of(problem, &path, &correlation)));
            count(
                observer.as_deref().map(AsRef::as_ref),
                method.as_str(),
                "unknown",
                response.status().as_u16(),
                started,
            );
            return Err(InternalError::from_response("answered", response).into());
        }
    };

    let status = response.status();
    if let Some(problem) = problem_of(&response) {
        if let Some(error) = response.response().error() {
            span.in_scope(|| log_failure(error));
        }
        let body = body_of(problem, &path, &correlation);
        response = response.map_body(|_, _| BoxBody::new(body));
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    }
    harden(response.headers_mut(), &correlation);
    count(observer.as_deref().map(AsRef::as_ref), method.as_str(), &route, status.as_u16(), started);
    let tenant = response.request().extensions().get::<AuthenticatedTenant>().map(|name| name.0.to_string());
    let latency_ms = started.elapsed().as_secs_f64() * 1000.0;
    let status = status.as_u16();
    span.in_scope(|| {
        // Probes ask every few seconds and are not worth a line each.
        if matches!(route.as_str(), "/healthz" | "/readyz") {
            tracing::debug!(event = "http.answered", %method, route, status, latency_ms, "answered");
        } else {
            tracing::info!(event = "http.answered", %method, route, status, latency_ms, tenant, "answered");
        }
    });
    Ok(response)
}

fn correlation(request: &ServiceRequest) -> Correlation {
    let header = |name: &HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    Correlation {
        request_id: header(&X_REQUEST_ID)
            .and_then(|text| RequestId::parse(text).ok())
            .unwrap_or_else(RequestId::fresh),
        traceparent: header(&TRACEPARENT).and_then(|text| TraceParent::parse(text).ok()),
    }
}

/// The problem that this response is about to state, if it is an error.
fn problem_of(response: &ServiceResponse<BoxBody>) -> Option<Problem> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    match response.response().error().and_then(|error| error.as_error::<Error>()) {
        Some(error) => Some(error.problem()),
        // A body that is a problem already was written by us, for example by readiness.
        None if response.headers().get(header::CONTENT_TYPE).is_some_and(|it| it == "application/json") => {
            None
        }
        None => Some(Problem::of_status(status)),
    }
}

fn body_of(problem: Problem, path: &str, correlation: &Correlation) -> Vec<u8> {
    let problem = Problem {
        instance: Some(path.to_owned()),
        request_id: Some(correlation.request_id.to_string()),
        ..problem
    };
    serde_json::to_vec(&problem).unwrap_or_default()
}

/// Headers of every answer.
fn harden(headers: &mut header::HeaderMap, correlation: &Correlation) {
    if let Ok(value) = HeaderValue::from_str(correlation.request_id.as_str()) {
        headers.insert(X_REQUEST_ID, value);
    }
    if let Some(value) =
        correlation.traceparent.as_ref().and_then(|it| HeaderValue::from_str(it.as_str()).ok())
    {
        headers.insert(TRACEPARENT, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Refusals are the caller's affair and stand in the access log; the rest is ours and is logged here, once.
fn log_failure(error: &actix_web::Error) {
    match error.as_error::<Error>() {
        Some(Error::Refused(_)) => {}
        Some(error @ Error::Unavailable(_)) => {
            tracing::warn!(event = "http.unavailable", error = chain(error), "a call found no database");
        }
        Some(error) => tracing::error!(event = "http.failed", error = chain(error), "a call failed"),
        None if error.as_response_error().status_code().is_client_error() => {}
        None => tracing::error!(event = "http.failed", error = %error, "a call failed"),
    }
}

/// An error with everything under it.
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn count(observer: Option<&Observer>, method: &str, route: &str, status: u16, started: Instant) {
    let Some(observer) = observer else { return };
    // Methods are free text in HTTP; labels have to be a closed set.
    let method = match method {
        "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS" | "PATCH" => method,
        _ => "other",
    };
    let class = match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    observer.metrics.requests.with_label_values(&[method, route, class]).inc();
    observer.metrics.duration.with_label_values(&[method, route]).observe(started.elapsed().as_secs_f64());
}

#[cfg(test)]
mod tests {
    use actix_web::{App, HttpResponse, http::StatusCode, middleware::from_fn, test, web};
    use serde_json::Value;

    use super::*;

    async fn answer(handler: fn() -> HttpResponse) -> (HttpResponse<()>, Value) {
        let app =
            App::new().wrap(from_fn(observe)).route("/", web::get().to(move || async move { handler() }));
        let service = test::init_service(app).await;
        let request = test::TestRequest::get().uri("/").insert_header(("X-Request-Id", "r-1")).to_request();
        let response = match test::try_call_service(&service, request).await {
            Ok(response) => response.into_parts().1,
            Err(error) => error.error_response(),
        };
        let (head, body) = response.into_parts();
        let bytes = actix_web::body::to_bytes(body).await.unwrap();
        (head, serde_json::from_slice(&bytes).unwrap())
    }

    #[actix_web::test]
    async fn a_panic_is_answered_like_any_error_of_our_own() {
        let (head, body) = answer(|| panic!("secret of the inside")).await;
        assert_eq!(head.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(head.headers().get("content-type").unwrap(), PROBLEM_JSON);
        assert_eq!(head.headers().get("x-request-id").unwrap(), "r-1");
        assert_eq!(body["request_id"], "r-1");
        assert!(!body.to_string().contains("secret"), "{body}");
    }

    #[actix_web::test]
    async fn an_error_that_is_not_ours_becomes_a_problem() {
        let (head, body) = answer(|| HttpResponse::ExpectationFailed().body("what actix says")).await;
        assert_eq!(head.status(), StatusCode::EXPECTATION_FAILED);
        assert_eq!(head.headers().get("content-type").unwrap(), PROBLEM_JSON);
        assert_eq!((&body["status"], &body["request_id"]), (&Value::from(417), &Value::from("r-1")));
    }
}
