//! What makes a write safe to repeat: `Idempotency-Key` and `If-Match`.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use sha2::{Digest, Sha256};
use terrane_store::Idempotency;

use super::{Caller, Correlation};
use crate::error::{Error, Refusal};

/// Everything that a write brings along beside its body.
#[derive(Debug, Clone)]
pub struct Write {
    /// Who writes.
    pub caller: Caller,
    /// The ids that are stored with the operation.
    pub correlation: Correlation,
    /// Which generation the caller looked at; `None` when the header is missing or `*`.
    pub if_match: Option<i64>,
    key: Option<String>,
    /// What of the digest is known before the body.
    head: Sha256,
}

impl Write {
    /// The key and what makes two requests the same: method, path and query, tenant, `If-Match` and body.
    pub fn idempotency(&self, body: &[u8]) -> Option<Idempotency> {
        let mut hasher = self.head.clone();
        feed(&mut hasher, body);
        let digest = hex::encode(hasher.finalize());
        self.key.clone().map(|key| Idempotency { key, digest })
    }
}

impl FromRequest for Write {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready((|| {
            let caller = Caller::from_request(request, payload).into_inner()?;
            let correlation = Correlation::from_request(request, payload).into_inner()?;
            let header = |name: &str| request.headers().get(name).map(|value| value.as_bytes());
            let mut head = Sha256::new();
            feed(&mut head, request.method().as_str().as_bytes());
            feed(&mut head, request.uri().path_and_query().map_or("", |path| path.as_str()).as_bytes());
            feed(&mut head, caller.tenant.as_str().as_bytes());
            feed(&mut head, header("If-Match").unwrap_or_default());
            let key = parse_key(header("Idempotency-Key"))?;
            Ok(Self { caller, correlation, if_match: parse_if_match(header("If-Match"))?, key, head })
        })())
    }
}

/// A part with its length, so that no two requests run into the same bytes.
fn feed(hasher: &mut Sha256, part: &[u8]) {
    hasher.update((part.len() as u64).to_be_bytes());
    hasher.update(part);
}

fn parse_key(text: Option<&[u8]>) -> Result<Option<String>, Refusal> {
    let refused = || Refusal::Header {
        name: "Idempotency-Key",
        expected: "send 1 to 255 visible ASCII characters, for example a UUID",
    };
    let Some(text) = text else { return Ok(None) };
    if !(1..=255).contains(&text.len()) || !text.iter().all(u8::is_ascii_graphic) {
        return Err(refused());
    }
    String::from_utf8(text.to_vec()).map(Some).map_err(|_| refused())
}

fn parse_if_match(text: Option<&[u8]>) -> Result<Option<i64>, Refusal> {
    let refused = || Refusal::Header {
        name: "If-Match",
        expected: "send the ETag of the environment as it was read, for example \"3\", or *",
    };
    match text {
        None | Some(b"*") => Ok(None),
        Some(text) => {
            let text = std::str::from_utf8(text).map_err(|_| refused())?;
            let number =
                text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(refused)?;
            number.parse::<u32>().map(|number| Some(i64::from(number))).map_err(|_| refused())
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{HttpMessage, http::Method, test::TestRequest};
    use terrane_telemetry::RequestId;

    use super::*;
    use crate::keys::TenantName;

    #[test]
    fn if_match_is_one_quoted_generation_or_a_star() {
        let parse = |text: &str| parse_if_match(Some(text.as_bytes())).ok();
        assert_eq!(parse(r#""3""#), Some(Some(3)));
        assert_eq!(parse("*"), Some(None));
        assert!(matches!(parse_if_match(None), Ok(None)));
        for bad in ["3", r#"W/"3""#, r#""3", "4""#, r#""-1""#, r#""""#, "", r#""99999999999999999999""#] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_idempotency_key_is_visible_ascii_of_bounded_length() {
        let parse = |text: &str| parse_key(Some(text.as_bytes())).ok();
        assert!(parse(&"k".repeat(255)).is_some());
        for bad in ["", "a b", "é", &"k".repeat(256)] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }

    fn digest(tenant: &str, request: TestRequest, body: &[u8]) -> String {
        let request = request.insert_header(("Idempotency-Key", "k")).to_http_request();
        let tenant = TenantName::parse(tenant).unwrap();
        request.extensions_mut().insert(super::super::authenticate::Grant(vec![tenant]));
        request.extensions_mut().insert(Correlation { request_id: RequestId::fresh(), traceparent: None });
        let write = Write::from_request(&request, &mut Payload::None).into_inner().unwrap();
        write.idempotency(body).unwrap().digest
    }

    #[test]
    fn requests_that_differ_in_any_part_have_different_digests() {
        let request = || TestRequest::put().uri("/api/v1/environments/a");
        let base = digest("acme", request(), b"body");
        assert_eq!(base, digest("acme", request(), b"body"), "the request id is not part of it");
        let others = [
            digest("acme", request(), b"bodY"),
            digest("globex", request(), b"body"),
            digest("acme", request().insert_header(("If-Match", "\"1\"")), b"body"),
            digest("acme", request().uri("/api/v1/environments/a?data=delete"), b"body"),
            digest("acme", request().method(Method::DELETE), b"body"),
        ];
        for other in others {
            assert_ne!(base, other);
        }
    }
}
