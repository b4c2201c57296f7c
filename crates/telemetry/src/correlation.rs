//! Ids that tie one call to everything that it sets off.

use std::fmt;

use uuid::Uuid;

/// `X-Request-Id`: taken from the caller when it is well-formed, made otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(String);

/// A W3C `traceparent` (<https://www.w3.org/TR/trace-context/#traceparent-header>), passed on as it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TraceParent(String);

/// A header that can't be used as a correlation id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a correlation id")]
pub struct InvalidCorrelation;

impl RequestId {
    /// Longest id taken from a caller, in bytes.
    pub const MAX_LEN: usize = 128;

    /// Takes an id of 1 to 128 of `A-Za-z0-9._-`: it ends in logs, headers and environment variables.
    pub fn parse(text: &str) -> Result<Self, InvalidCorrelation> {
        let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if (1..=Self::MAX_LEN).contains(&text.len()) && text.bytes().all(safe) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCorrelation)
        }
    }

    /// A new id.
    pub fn fresh() -> Self {
        Self(Uuid::now_v7().simple().to_string())
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TraceParent {
    /// Takes `00-<32 hex>-<16 hex>-<2 hex>`.
    pub fn parse(text: &str) -> Result<Self, InvalidCorrelation> {
        let lowercase_hex = |part: &str| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let parts: Vec<&str> = text.split('-').collect();
        match parts.as_slice() {
            ["00", trace, span, flags]
                if (trace.len(), span.len(), flags.len()) == (32, 16, 2)
                    && parts.iter().all(|part| lowercase_hex(part))
                    && trace.bytes().any(|b| b != b'0')
                    && span.bytes().any(|b| b != b'0') =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(InvalidCorrelation),
        }
    }

    /// The header's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_that_could_forge_a_log_line_is_refused() {
        for bad in ["", "a b", "a\nb", "é", &"x".repeat(129)] {
            assert_eq!(RequestId::parse(bad), Err(InvalidCorrelation), "{bad:?}");
        }
        assert_eq!(RequestId::parse("build-17.a_b").unwrap().as_str(), "build-17.a_b");
        assert!(RequestId::parse(RequestId::fresh().as_str()).is_ok());
    }

    #[test]
    fn only_a_well_formed_traceparent_is_passed_on() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(TraceParent::parse(good).unwrap().as_str(), good);
        for bad in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(TraceParent::parse(bad), Err(InvalidCorrelation), "{bad:?}");
        }
    }
}
