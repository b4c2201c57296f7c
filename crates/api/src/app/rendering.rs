//! Reading, resolving and rendering a file: pure, so done on the spot. Leaving the result in a directory is not, and is
//! done on a thread that may wait.

use flate2::{Compression, GzBuilder};
use serde_json::Value;
use terrane_blueprint::{RenderedFiles, current_pins, render as render_files, render_bucket};
use terrane_domain::{EnvironmentSpec, ResolveContext, Resolved, parse, parse_bucket_request, resolve};

use crate::{
    error::{Error, Refusal},
    http::SpecBody,
    keys::TenantName,
    output::{OutputDirectory, OutputError, Written},
    views::{BucketFileView, FilesView, ReasonView, ValidView},
};

/// Where rendered files may be left, if the operator has named a place.
#[derive(Debug, Clone)]
pub struct Outputs(Option<OutputDirectory>);

/// A rendered environment file.
pub struct Rendering {
    name: String,
    files: RenderedFiles,
}

/// What became of a call that leaves a file.
pub struct Left<V> {
    /// The answer.
    pub view: V,
    /// Whether there was nothing of that name before.
    pub created: bool,
}

/// Reads the file of a call.
pub fn read(body: &SpecBody) -> Result<EnvironmentSpec, Error> {
    parse(&body.bytes, body.format).map_err(|problems| Refusal::InvalidSpec(problems).into())
}

/// The Terraform files of a file, with ids of zeros.
pub fn render(body: &SpecBody) -> Result<Rendering, Error> {
    let spec = read(body)?;
    let resolved = resolve_in(&spec, &preview(&spec))?;
    let files =
        render_files(&resolved.model).map_err(|error| Error::internal("rendering a preview", error))?;
    Ok(Rendering { name: spec.name.as_str().to_owned(), files })
}

impl Rendering {
    /// The files as JSON.
    pub fn view(&self) -> FilesView {
        let files = self.files.iter().map(|(name, content)| (name.to_owned(), content.to_owned())).collect();
        FilesView { files, directory: None }
    }

    /// The files below a directory of the environment's name, as a compressed tar archive. The same files give the same
    /// bytes.
    pub fn archive(&self) -> Result<Vec<u8>, Error> {
        let failed = |error| Error::internal("packing a preview", error);
        let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
        let mut archive = tar::Builder::new(gzip);
        for (name, content) in self.files.iter() {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            header.set_mtime(0);
            archive
                .append_data(&mut header, format!("{}/{name}", self.name), content.as_bytes())
                .map_err(failed)?;
        }
        archive.into_inner().and_then(flate2::write::GzEncoder::finish).map_err(failed)
    }
}

impl Outputs {
    /// Files are left here; without a directory nowhere.
    pub fn new(directory: Option<OutputDirectory>) -> Self {
        Self(directory)
    }

    /// Leaves an environment's files in a directory of its name.
    pub async fn leave(
        &self,
        tenant: &TenantName,
        rendering: Rendering,
        replace: bool,
    ) -> Result<Left<FilesView>, Error> {
        let view = rendering.view();
        let (path, written) = self
            .write(tenant, move |output, tenant| {
                output.write_directory(tenant, &rendering.name, rendering.files.iter(), replace)
            })
            .await?;
        let view = FilesView { directory: Some(path), ..view };
        Ok(Left { view, created: written == Written::Created })
    }

    /// Renders a single bucket and leaves it in a file of its name.
    pub async fn leave_bucket(
        &self,
        tenant: &TenantName,
        body: &SpecBody,
        replace: bool,
    ) -> Result<Left<BucketFileView>, Error> {
        let request = parse_bucket_request(&body.bytes, body.format).map_err(Refusal::InvalidSpec)?;
        let preview = render_bucket(&request);
        let (name, content) = (format!("{}.tf", request.bucket), preview.clone());
        let (path, written) = self
            .write(tenant, move |output, tenant| output.write_file(tenant, &name, &content, replace))
            .await?;
        Ok(Left { view: BucketFileView { path, preview }, created: written == Written::Created })
    }

    async fn write<F>(&self, tenant: &TenantName, write: F) -> Result<(String, Written), Error>
    where
        F: FnOnce(&OutputDirectory, &str) -> Result<(String, Written), OutputError> + Send + 'static,
    {
        let output = self.0.clone().ok_or(Refusal::NoOutputDirectory)?;
        let tenant = tenant.clone();
        let written = tokio::task::spawn_blocking(move || write(&output, tenant.as_str())).await;
        match written.map_err(|error| Error::internal("writing rendered files", error))? {
            Ok(written) => Ok(written),
            Err(OutputError::Exists(path)) => Err(Refusal::FileExists(path).into()),
            Err(error) => Err(Error::internal("writing rendered files", error)),
        }
    }
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
