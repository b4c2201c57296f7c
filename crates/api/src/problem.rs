//! What an error looks like on the wire: RFC 9457 `application/problem+json`.
//!
//! WHY one list of kinds: `type` is what a program may branch on, so the words are written down once, each with its
//! status and title, and the OpenAPI document and the routes draw from the same list. `detail` is for a person and says
//! what to do next. `urn:` types because they name something and promise no page.

use actix_web::http::StatusCode;
use serde::Serialize;
use terrane_domain::Problems;
use utoipa::ToSchema;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $slug:literal, $title:literal;)+) => {
        /// Every kind of problem that the API answers with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ProblemKind { $($(#[$doc])* $name),+ }

        impl ProblemKind {
            /// All of them, for the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The HTTP status.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),+ }
            }

            /// The stable `type`.
            pub const fn uri(self) -> &'static str {
                match self { $(Self::$name => concat!("urn:terrane:problem:", $slug)),+ }
            }

            /// The short, constant summary.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }
        }
    };
}

kinds! {
    /// A header, query parameter or body that can't be read.
    MalformedRequest = BAD_REQUEST, "malformed-request", "The request can't be read";
    /// The key serves several tenants and none was named.
    TenantNeeded = BAD_REQUEST, "tenant-needed", "Name a tenant";
    /// No key, or one that nobody knows.
    Unauthorized = UNAUTHORIZED, "unauthorized", "A valid API key is needed";
    /// The key doesn't serve the tenant.
    TenantForbidden = FORBIDDEN, "tenant-forbidden", "The key does not serve this tenant";
    /// No such object, or somebody else's.
    NotFound = NOT_FOUND, "not-found", "Not found";
    /// The route exists, but not with this method.
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed";
    /// A living environment has this name.
    NameTaken = CONFLICT, "name-taken", "The name is taken";
    /// A file of this name stands in the output directory, and it is another one.
    FileExists = CONFLICT, "file-exists", "The file exists";
    /// Destroying is switched off by the spec.
    DeletionProtected = CONFLICT, "deletion-protected", "The environment is protected against deletion";
    /// The object is in a state that doesn't allow it.
    StateConflict = CONFLICT, "state-conflict", "Not possible in this state";
    /// `If-Match` names another generation.
    GenerationMismatch = PRECONDITION_FAILED, "generation-mismatch", "The environment has changed";
    /// The body is larger than the limit.
    BodyTooLarge = PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large";
    /// The body's media type can't be read.
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Unsupported media type";
    /// The spec is wrong; `errors` says where.
    InvalidSpec = UNPROCESSABLE_ENTITY, "invalid-spec", "The environment file is not valid";
    /// A part of the spec that can't be changed.
    Immutable = UNPROCESSABLE_ENTITY, "immutable", "This can't be changed";
    /// The key was used for another request.
    IdempotencyKeyReused = UNPROCESSABLE_ENTITY, "idempotency-key-reused", "The Idempotency-Key was used for another request";
    /// Too many streams are open.
    TooManyStreams = TOO_MANY_REQUESTS, "too-many-streams", "Too many log streams are open";
    /// Our fault.
    Internal = INTERNAL_SERVER_ERROR, "internal", "Internal error";
    /// The operator has not switched this on.
    NotConfigured = NOT_IMPLEMENTED, "not-configured", "Not switched on at this server";
    /// Something that we need is down.
    Unavailable = SERVICE_UNAVAILABLE, "unavailable", "Temporarily unavailable";
}

/// An error answer (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// What a program may branch on; stable.
    #[serde(rename = "type")]
    #[schema(example = "urn:terrane:problem:not-found")]
    pub kind: String,
    /// The kind in a few constant words.
    #[schema(example = "Not found")]
    pub title: String,
    /// The HTTP status, repeated.
    #[schema(example = 404)]
    pub status: u16,
    /// What happened and what to do about it.
    pub detail: String,
    /// The path that was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// What to quote to the operator; the same as the `X-Request-Id` header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The environment that is in the way, for example the one that has the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<String>,
    /// Where the body is wrong, all places at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// One place where a spec is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// JSON pointer (RFC 6901) into the spec.
    #[schema(example = "/network/nat")]
    pub pointer: String,
    /// The same for people.
    #[schema(example = "network.nat")]
    pub path: String,
    /// Line of the body, from 1, where it is known.
    pub line: Option<u32>,
    /// What is wrong there and what was expected.
    pub detail: String,
}

impl Problem {
    /// A problem of this kind with its constant parts filled in.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind: kind.uri().to_owned(),
            title: kind.title().to_owned(),
            status: kind.status().as_u16(),
            detail: detail.into(),
            instance: None,
            request_id: None,
            environment_id: None,
            errors: Vec::new(),
        }
    }

    /// The best that can be said about an error that actix answered by itself.
    pub fn of_status(status: StatusCode) -> Self {
        let kind = ProblemKind::ALL.iter().copied().find(|kind| kind.status() == status);
        match kind {
            Some(kind) => Self::new(kind, kind.title()),
            None if status.is_server_error() => Self::internal(),
            None => Self {
                status: status.as_u16(),
                title: status.canonical_reason().unwrap_or("Error").to_owned(),
                ..Self::new(ProblemKind::MalformedRequest, "The request can't be carried out.")
            },
        }
    }

    /// The constant body of every error that is our own.
    pub fn internal() -> Self {
        Self::new(
            ProblemKind::Internal,
            "Something went wrong on our side. Try again; if it stays, tell the operator the request id.",
        )
    }
}

/// The problems of a spec in the form of the wire.
pub fn field_problems(problems: &Problems) -> Vec<FieldProblem> {
    problems
        .iter()
        .map(|problem| FieldProblem {
            pointer: problem.pointer.clone(),
            path: problem.path.clone(),
            line: problem.line,
            detail: problem.message.clone(),
        })
        .collect()
}
