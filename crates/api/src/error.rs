//! What can go wrong with a call.
//!
//! Two worlds that can't be mixed up: a [`Refusal`] is said to the caller, word for word; everything else keeps its
//! cause for the log and shows the caller a constant text. [`Error::problem`] is the last step and the only place where
//! one becomes the other.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use terrane_domain::{EnvironmentId, EnvironmentState, OperationId, OperationState, Problems};

use crate::problem::{Problem, ProblemKind, field_problems};

/// Why a call is not answered as the caller hoped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller can do something about it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Postgres is down or doesn't answer in time.
    #[error("the database is not available")]
    Unavailable(#[source] Cause),
    /// Our fault.
    #[error("{doing} failed")]
    Internal {
        /// What was being done.
        doing: &'static str,
        /// Why it failed; for the log only.
        #[source]
        cause: Cause,
    },
}

/// An error of a lower layer.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What the caller is told, as `detail`.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Refusal {
    #[error("Send an API key: 'Authorization: Bearer <key>' or 'X-Api-Key: <key>'.")]
    KeyMissing,
    #[error("The API key is not known here. Check TERRANE_API_KEY, or ask the operator for a key.")]
    KeyUnknown,
    #[error("The key serves several tenants: {}. Name one in the X-Terrane-Tenant header.", .0.join(", "))]
    TenantNeeded(Vec<String>),
    #[error(
        "The key does not serve the tenant in X-Terrane-Tenant. Leave the header out, or use a key of that tenant."
    )]
    TenantForbidden,
    #[error("There is no such route. /docs lists those that there are.")]
    RouteUnknown,
    #[error("This route answers {0} only.")]
    MethodNotAllowed(String),
    #[error("The query can't be read: {0}.")]
    Query(String),
    #[error("{name}: {expected}.")]
    Header { name: &'static str, expected: &'static str },
    #[error("The body can't be read: {0}.")]
    Body(String),
    #[error("The body is larger than {0} bytes. An environment file is rarely larger than a few thousand.")]
    BodyTooLarge(usize),
    #[error("The body's Content-Type must be application/yaml or application/json.")]
    UnsupportedMediaType,
    #[error("There is no environment {0:?}. GET /api/v1/environments lists those that there are.")]
    EnvironmentNotFound(String),
    #[error(
        "There is no operation {0:?}. GET /api/v1/environments/<id>/operations lists those of an environment."
    )]
    OperationNotFound(String),
    #[error(
        "{0:?} is not an operation's id; write op_ and 32 hexadecimal digits, as 'operation.id' shows it."
    )]
    OperationId(String),
    #[error("There is no plan yet. It is stored when the step 'plan' has succeeded.")]
    PlanNotFound,
    #[error("{}", summary(.0))]
    InvalidSpec(Problems),
    #[error(
        "{0} exists below the output directory with other content. Send 'overwrite=true' to replace it, or choose another name."
    )]
    FileExists(String),
    #[error(
        "This server leaves no files: its operator has set no TERRANE_RENDER_DIR. Take the files out of the answer of POST /api/v1/render instead."
    )]
    NoOutputDirectory,
    #[error(
        "An environment named {name:?} exists already ({id}). Change it with PUT, or choose another name."
    )]
    NameTaken { name: String, id: EnvironmentId },
    #[error(
        "A name can't be changed: the environment is {current:?}, the file says {given:?}. Write {current:?}, or POST the file as a new environment."
    )]
    NameChanged { current: String, given: String },
    #[error(
        "A region can't be changed: that would destroy everything in {current} and make it anew in {given}. POST the file under another name, move the data, and destroy this one."
    )]
    RegionChanged { current: String, given: String },
    #[error(
        "The environment is at generation {current}, not {expected}. Read it again, look at what changed, and send If-Match: \"{current}\"."
    )]
    GenerationMismatch { expected: i64, current: i64 },
    #[error(
        "The environment has lifecycle.deletion_protection. PUT a file without it first, wait until that is applied, then destroy."
    )]
    DeletionProtected,
    #[error("The environment is {found}. {}", after_state(*found))]
    EnvironmentState { found: EnvironmentState },
    #[error(
        "The environment is to be destroyed by {0}. Wait until that is over, then POST the file to raise it anew."
    )]
    ToBeDestroyed(OperationId),
    #[error("The operation is {found}. {needed}")]
    OperationState { found: OperationState, needed: &'static str },
    #[error(
        "The plan has changed since it was shown: its digest is {current}. Look at it again, then approve that digest."
    )]
    DigestMismatch { current: String },
    #[error(
        "This operation isn't the environment's newest: {0} came after it. Retry that one, or PUT the file again."
    )]
    NotNewest(OperationId),
    #[error(
        "This Idempotency-Key was used for a request with another method, path, If-Match or body. Use a new key for a new request."
    )]
    IdempotencyKeyReused,
    #[error(
        "{0} log streams are open already. Close one, or read the pages of this route with 'Accept: application/json'."
    )]
    TooManyStreams(usize),
}

fn summary(problems: &Problems) -> String {
    match problems.iter().count() {
        1 => "1 problem; 'errors' says where and what was expected.".to_owned(),
        count => format!("{count} problems; 'errors' says where and what was expected."),
    }
}

fn after_state(found: EnvironmentState) -> &'static str {
    match found {
        EnvironmentState::Destroyed => "It can't be changed any more; POST the file to raise it anew.",
        _ => "Wait until its operation is over, then try again.",
    }
}

impl Refusal {
    /// What a program may branch on.
    pub fn kind(&self) -> ProblemKind {
        use ProblemKind as K;
        match self {
            Self::KeyMissing | Self::KeyUnknown => K::Unauthorized,
            Self::TenantNeeded(_) => K::TenantNeeded,
            Self::TenantForbidden => K::TenantForbidden,
            Self::MethodNotAllowed(_) => K::MethodNotAllowed,
            Self::Query(_) | Self::Header { .. } | Self::Body(_) | Self::OperationId(_) => {
                K::MalformedRequest
            }
            Self::BodyTooLarge(_) => K::BodyTooLarge,
            Self::UnsupportedMediaType => K::UnsupportedMediaType,
            Self::RouteUnknown
            | Self::EnvironmentNotFound(_)
            | Self::OperationNotFound(_)
            | Self::PlanNotFound => K::NotFound,
            Self::InvalidSpec(_) => K::InvalidSpec,
            Self::FileExists(_) => K::FileExists,
            Self::NoOutputDirectory => K::NotConfigured,
            Self::NameTaken { .. } => K::NameTaken,
            Self::NameChanged { .. } | Self::RegionChanged { .. } => K::Immutable,
            Self::GenerationMismatch { .. } => K::GenerationMismatch,
            Self::DeletionProtected => K::DeletionProtected,
            Self::EnvironmentState { .. }
            | Self::ToBeDestroyed(_)
            | Self::OperationState { .. }
            | Self::DigestMismatch { .. }
            | Self::NotNewest(_) => K::StateConflict,
            Self::IdempotencyKeyReused => K::IdempotencyKeyReused,
            Self::TooManyStreams(_) => K::TooManyStreams,
        }
    }
}

impl Error {
    /// An error of our own, with what was being done.
    pub fn internal(doing: &'static str, cause: impl Into<Cause>) -> Self {
        Self::Internal { doing, cause: cause.into() }
    }

    /// What the caller sees.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Refused(refusal) => {
                let problem = Problem::new(refusal.kind(), refusal.to_string());
                match refusal {
                    Refusal::InvalidSpec(problems) => Problem { errors: field_problems(problems), ..problem },
                    Refusal::NameTaken { id, .. } => {
                        Problem { environment_id: Some(id.to_string()), ..problem }
                    }
                    _ => problem,
                }
            }
            Self::Unavailable(_) => Problem::new(
                ProblemKind::Unavailable,
                "The database does not answer at the moment. Try again shortly; with the same Idempotency-Key nothing is done twice.",
            ),
            Self::Internal { .. } => Problem::internal(),
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => refusal.kind().status(),
            Self::Unavailable(_) => ProblemKind::Unavailable.status(),
            Self::Internal { .. } => ProblemKind::Internal.status(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self {
            Self::Refused(Refusal::KeyMissing | Refusal::KeyUnknown) => {
                response.insert_header((header::WWW_AUTHENTICATE, r#"Bearer realm="terrane""#));
            }
            Self::Refused(Refusal::MethodNotAllowed(allowed)) => {
                response.insert_header((header::ALLOW, allowed.as_str()));
            }
            Self::Refused(Refusal::TooManyStreams(_)) | Self::Unavailable(_) => {
                response.insert_header((header::RETRY_AFTER, "5"));
            }
            _ => {}
        }
        // The outermost middleware writes the body anew, with the request id.
        response.content_type(PROBLEM_JSON).body(serde_json::to_vec(&self.problem()).unwrap_or_default())
    }
}

/// Media type of every error answer.
pub const PROBLEM_JSON: &str = "application/problem+json";
