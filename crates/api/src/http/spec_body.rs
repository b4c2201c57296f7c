//! Request bodies: the environment file, and small JSON objects.
//!
//! Bodies are read whole, up to the limit; a declared length over the limit is refused before a byte is read.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use serde::de::DeserializeOwned;
use terrane_domain::Format;

use crate::error::{Error, Refusal};

/// Largest body, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(pub usize);

/// An environment file as it was sent.
#[derive(Debug, Clone)]
pub struct SpecBody {
    /// The text, not yet read.
    pub bytes: Bytes,
    /// Which reader it needs.
    pub format: Format,
}

/// A small JSON object that may be left out.
#[derive(Debug)]
pub struct OptionalJson<T> {
    /// What was sent.
    pub value: Option<T>,
    /// The body, for the digest of the request.
    pub bytes: Bytes,
}

impl FromRequest for SpecBody {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let format = format_of(request);
        let body = read(request, payload);
        Box::pin(async move {
            let format = format?;
            let bytes = body.await?;
            if bytes.is_empty() {
                return Err(Refusal::Body("it is empty; send an environment file".to_owned()).into());
            }
            Ok(Self { bytes, format })
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for OptionalJson<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read(request, payload);
        Box::pin(async move {
            let bytes = body.await?;
            if bytes.is_empty() {
                return Ok(Self { value: None, bytes });
            }
            let value = serde_json::from_slice(&bytes)
                .map_err(|error| Refusal::Body(format!("expected JSON: {error}")))?;
            Ok(Self { value: Some(value), bytes })
        })
    }
}

/// JSON is YAML too, but its reader is stricter and knows its own line numbers.
fn format_of(request: &HttpRequest) -> Result<Format, Refusal> {
    let essence = match request.headers().get(header::CONTENT_TYPE) {
        None => return Err(Refusal::UnsupportedMediaType),
        Some(value) => value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim(),
    };
    match essence.to_ascii_lowercase().as_str() {
        "application/json" => Ok(Format::Json),
        // RFC 9512 registered application/yaml; the others are what clients sent before it.
        "application/yaml" | "application/x-yaml" | "text/yaml" | "text/x-yaml" => Ok(Format::Yaml),
        _ => Err(Refusal::UnsupportedMediaType),
    }
}

fn read(request: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<Bytes, Error>> + use<> {
    let limit = request.app_data::<web::Data<BodyLimit>>().map_or(1024 * 1024, |limit| limit.0);
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    let mut payload = payload.take();
    async move {
        if declared.is_some_and(|length| length > limit) {
            return Err(Refusal::BodyTooLarge(limit).into());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Refusal::Body("the connection broke off".to_owned()))?;
            if body.len() + chunk.len() > limit {
                return Err(Refusal::BodyTooLarge(limit).into());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}
