//! The OpenAPI 3.1 document: collected from the routes, finished here.
//!
//! The annotations at the handlers say what is particular to a route. What holds for all of them (how errors look, the
//! ids in every header, how to authenticate) is added here, once.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::{
        self, ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{
    error::PROBLEM_JSON,
    problem::{FieldProblem, Problem, ProblemKind},
};

/// The frame of the document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Terrane",
        description = "One file describes an environment. One call raises it, one changes it, one takes it down.\n\n\
            Writes answer 202 with the environment and the operation that was put in line; follow it under \
            `/api/v1/operations/{id}/logs`. Send an `Idempotency-Key` with every write: repeating it with the same key \
            returns the first answer (with `Idempotent-Replayed: true`) and does nothing twice. Every error is \
            `application/problem+json` (RFC 9457); branch on its `type`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(Problem, FieldProblem)),
    modifiers(&Frame),
    tags(
        (name = "environments", description = "What is raised, changed and taken down"),
        (name = "operations", description = "The work that a write sets off"),
        (name = "files", description = "Reading and rendering environment files; no cloud, no database"),
        (name = "service", description = "About this server")
    )
)]
pub struct Document;

struct Frame;

impl Modify for Frame {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "bearer",
            SecurityScheme::Http(
                HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API key.")).build(),
            ),
        );
        components.add_security_scheme(
            "api_key",
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "X-Api-Key",
                "The same key.",
            ))),
        );
    }
}

/// Adds what holds for every route to a document that has them all.
pub fn finish(mut document: openapi::OpenApi) -> openapi::OpenApi {
    for item in document.paths.paths.values_mut() {
        for operation in
            [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten()
        {
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    response
                        .headers
                        .insert("X-Request-Id".to_owned(), text_header("The id of this call.").into());
                }
            }
        }
    }
    document
}

fn text_header(description: &str) -> openapi::Header {
    HeaderBuilder::new()
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build()
}

/// One response per status, naming the types that it may carry.
fn problem_responses(kinds: &[ProblemKind]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<ProblemKind>> = BTreeMap::new();
    for kind in kinds {
        by_status.entry(kind.status().as_u16()).or_default().push(*kind);
    }
    by_status
        .into_iter()
        .map(|(status, kinds)| {
            let lines: Vec<String> =
                kinds.iter().map(|kind| format!("{} (`{}`)", kind.title(), kind.uri())).collect();
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            let response =
                ResponseBuilder::new().description(lines.join("; ")).content(PROBLEM_JSON, content);
            let response = match status {
                401 => response.header("WWW-Authenticate", text_header("`Bearer`")),
                405 => response.header("Allow", text_header("The methods that the route answers.")),
                429 | 503 => response.header("Retry-After", text_header("Seconds to wait.")),
                _ => response,
            };
            (status.to_string(), RefOr::T(response.build()))
        })
        .collect()
}

macro_rules! problem_sets {
    ($($(#[$doc:meta])* $name:ident = [$($kind:ident),+ $(,)?];)+) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                problem_responses(&[$(ProblemKind::$kind),+])
            }
        }
    )+};
}

problem_sets! {
    /// Reading a list.
    ListProblems = [MalformedRequest, TenantNeeded, Unauthorized, TenantForbidden, Internal, Unavailable];
    /// Reading one object.
    ReadProblems = [MalformedRequest, TenantNeeded, Unauthorized, TenantForbidden, NotFound, Internal, Unavailable];
    /// Following an operation.
    StreamProblems = [
        MalformedRequest, TenantNeeded, Unauthorized, TenantForbidden, NotFound, TooManyStreams, Internal, Unavailable,
    ];
    /// Making an environment.
    CreateProblems = [
        MalformedRequest, TenantNeeded, Unauthorized, TenantForbidden, NameTaken, BodyTooLarge, UnsupportedMediaType,
        InvalidSpec, IdempotencyKeyReused, Internal, Unavailable,
    ];
    /// Changing an environment.
    UpdateProblems = [
        MalformedRequest, TenantNeeded, Unauthorized, TenantForbidden, NotFound, StateConflict, GenerationMismatch,
        BodyTooLarge, UnsupportedMediaType, InvalidSpec, Immutable, IdempotencyKeyReused, Internal, Unavailable,
    ];
    /// Taking an environment down.
    DestroyProblems = [
        MalformedRequest, TenantNeeded, Unauthorized, TenantForbidden, NotFound, StateConflict, DeletionProtected,
        GenerationMismatch, IdempotencyKeyReused, Internal, Unavailable,
    ];
    /// Deciding about an operation.
    DecisionProblems = [
        MalformedRequest, TenantNeeded, Unauthorized, TenantForbidden, NotFound, StateConflict, BodyTooLarge,
        IdempotencyKeyReused, Internal, Unavailable,
    ];
    /// Reading a file.
    FileProblems = [MalformedRequest, Unauthorized, BodyTooLarge, UnsupportedMediaType, InvalidSpec, Internal];
    /// Leaving files in the output directory.
    OutputProblems = [
        MalformedRequest, TenantNeeded, Unauthorized, TenantForbidden, FileExists, BodyTooLarge, UnsupportedMediaType,
        InvalidSpec, Internal, NotConfigured,
    ];
}

/// Schemas of the domain's closed sets of words, which know nothing of OpenAPI.
pub mod words {
    use terrane_domain::{EnvironmentState, OperationKind, OperationState, Remnant, StepName, StepState};
    use terrane_store::LogStream;
    use utoipa::openapi::{Object, ObjectBuilder, Type};

    macro_rules! word_schema {
        ($($function:ident: $type:ident),+ $(,)?) => {$(
            pub fn $function() -> Object {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some($type::ALL.iter().map(|value| value.as_str())))
                    .build()
            }
        )+};
    }

    word_schema! {
        environment_state: EnvironmentState,
        operation_kind: OperationKind,
        operation_state: OperationState,
        remnant: Remnant,
        step_name: StepName,
        step_state: StepState,
        log_stream: LogStream,
    }

    /// The store's levels, which have no list of their own.
    pub fn log_level() -> Object {
        let levels = ["debug", "info", "warn", "error"];
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(levels)).build()
    }
}
