//! Reading, resolving and rendering a file: pure, so done on the spot.

use serde_json::Value;
use terrane_blueprint::{current_pins, render as render_files};
use terrane_domain::{EnvironmentSpec, ResolveContext, Resolved, parse, resolve};

use crate::{
    error::{Error, Refusal},
    http::SpecBody,
    views::{FilesView, ReasonView, ValidView},
};

/// Reads the file of a call.
pub fn read(body: &SpecBody) -> Result<EnvironmentSpec, Error> {
    parse(&body.bytes, body.format).map_err(|problems| Refusal::InvalidSpec(problems).into())
}

/// The Terraform files of a file, with ids of zeros.
pub fn render(body: &SpecBody) -> Result<FilesView, Error> {
    let spec = read(body)?;
    let resolved = resolve_in(&spec, &preview(&spec))?;
    let files =
        render_files(&resolved.model).map_err(|error| Error::internal("rendering a preview", error))?;
    let files = files.iter().map(|(name, content)| (name.to_owned(), content.to_owned())).collect();
    Ok(FilesView { files })
}

/// What a file is resolved to.
pub fn validate(body: &SpecBody) -> Result<ValidView, Error> {
    let spec = read(body)?;
    let resolved = resolve_in(&spec, &preview(&spec))?;
    Ok(ValidView { valid: true, resolved: model_json(&resolved)?, reasons: reasons(resolved) })
}

/// Resolves a file, or says why it can't be.
pub fn resolve_in(spec: &EnvironmentSpec, context: &ResolveContext) -> Result<Resolved, Error> {
    resolve(spec, context).map_err(|problems| Refusal::InvalidSpec(problems).into())
}

/// A context for a file of which nothing else is known.
pub fn preview(spec: &EnvironmentSpec) -> ResolveContext {
    ResolveContext::preview(spec, current_pins())
}

/// The resolved file as JSON.
pub fn model_json(resolved: &Resolved) -> Result<Value, Error> {
    serde_json::to_value(&resolved.model).map_err(|error| Error::internal("showing a resolved file", error))
}

/// Why each default is what it is.
pub fn reasons(resolved: Resolved) -> Vec<ReasonView> {
    resolved.reasons.into_iter().map(ReasonView::from).collect()
}
