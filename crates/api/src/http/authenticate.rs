//! Who calls, and for which tenant.
//!
//! The layer [`authenticate`] stands before every route that needs a key, so a body is not even read without one. The
//! tenant is chosen later, by the extractor [`Caller`], because some routes (rendering) need a key but no tenant.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap},
    middleware::Next,
    web,
};

use crate::{
    error::{Error, Refusal},
    keys::{KeyRing, TenantName},
};

/// The header that chooses a tenant.
pub const TENANT_HEADER: &str = "X-Terrane-Tenant";

/// The tenants of the key that was presented.
#[derive(Debug, Clone)]
pub(super) struct Grant(pub(super) Vec<TenantName>);

/// The tenant of a call, for its log line.
#[derive(Debug, Clone)]
pub struct AuthenticatedTenant(pub TenantName);

/// The tenant that a call acts for; the key was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Its name; the application layer looks its row up.
    pub tenant: TenantName,
}

/// Documentation of the header, for routes that act for a tenant.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "describes a header that `Caller` reads")]
pub struct TenantHeader {
    /// The tenant to act for; needed when the key serves several.
    #[param(rename = "X-Terrane-Tenant")]
    tenant: Option<String>,
}

/// The layer: no valid key, no further.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // What doesn't exist needs no key to be told so.
    if request.match_pattern().is_none() {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    match grant(&request) {
        Ok(grant) => {
            request.extensions_mut().insert(grant);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(error) => Ok(request.error_response(error)),
    }
}

fn grant(request: &ServiceRequest) -> Result<Grant, Error> {
    let keys = request
        .app_data::<web::Data<KeyRing>>()
        .ok_or_else(|| Error::internal("looking for the keys", "the key ring is not wired"))?;
    let key = presented_key(request.headers()).ok_or(Refusal::KeyMissing)?;
    let tenants = keys.tenants_of(key).ok_or(Refusal::KeyUnknown)?;
    Ok(Grant(tenants.to_vec()))
}

/// `Authorization: Bearer` first; the scheme is case-insensitive (RFC 9110, 11.1).
fn presented_key(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|text| {
        let (scheme, key) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    });
    bearer
        .or_else(|| headers.get("X-Api-Key").and_then(|value| value.to_str().ok()))
        .filter(|key| !key.is_empty())
}

/// Which of the key's tenants is meant.
fn choose(granted: &[TenantName], asked: Option<&str>) -> Result<TenantName, Refusal> {
    match (asked, granted) {
        // The same answer for a tenant that exists and one that doesn't.
        (Some(asked), _) => {
            granted.iter().find(|name| name.as_str() == asked).cloned().ok_or(Refusal::TenantForbidden)
        }
        (None, [only]) => Ok(only.clone()),
        (None, several) => Err(Refusal::TenantNeeded(several.iter().map(ToString::to_string).collect())),
    }
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let asked = request.headers().get(TENANT_HEADER).map(|value| value.to_str().unwrap_or_default());
        let chosen = match request.extensions().get::<Grant>() {
            Some(Grant(granted)) => choose(granted, asked).map_err(Error::from),
            // A route outside the layer must not become one without a key.
            None => Err(Refusal::KeyMissing.into()),
        };
        ready(chosen.map(|tenant| {
            request.extensions_mut().insert(AuthenticatedTenant(tenant.clone()));
            Self { tenant }
        }))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn names(names: &[&str]) -> Vec<TenantName> {
        names.iter().map(|name| TenantName::parse(name).unwrap()).collect()
    }

    #[test]
    fn a_key_of_one_tenant_needs_no_header_and_one_of_several_does() {
        assert_eq!(choose(&names(&["acme"]), None).unwrap().as_str(), "acme");
        assert_eq!(choose(&names(&["acme", "globex"]), Some("globex")).unwrap().as_str(), "globex");
        assert!(matches!(choose(&names(&["acme", "globex"]), None), Err(Refusal::TenantNeeded(_))));
    }

    #[test]
    fn a_tenant_that_the_key_does_not_serve_is_refused_whether_or_not_it_exists() {
        for asked in ["globex", "nobody", "", "ACME"] {
            assert!(
                matches!(choose(&names(&["acme"]), Some(asked)), Err(Refusal::TenantForbidden)),
                "{asked:?}"
            );
        }
    }

    #[test]
    fn a_key_is_taken_from_either_header() {
        let headers = |name: &'static str, value: &'static str| {
            let mut map = HeaderMap::new();
            map.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            map
        };
        assert_eq!(presented_key(&headers("authorization", "Bearer k1")), Some("k1"));
        assert_eq!(presented_key(&headers("authorization", "bearer  k1 ")), Some("k1"));
        assert_eq!(presented_key(&headers("x-api-key", "k1")), Some("k1"));
        assert_eq!(presented_key(&headers("authorization", "Basic k1")), None);
        assert_eq!(presented_key(&headers("authorization", "Bearer ")), None);
    }
}
