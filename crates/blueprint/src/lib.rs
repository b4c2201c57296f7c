//! Turns an [`InfraModel`](terrane_domain::InfraModel) into Terraform files that a senior engineer would sign.
//!
//! Pure: the same model gives the same bytes, on every machine and in every run.
//!
//! ```text
//! InfraModel --render--> versions.tf provider.tf locals.tf data.tf kms.tf network.tf … outputs.tf
//! ```
//!
//! * [`render`] makes the files: a flat root module, one file per concern, laid out as `terraform fmt` would.
//! * [`render_bucket`] makes a single bucket, for the older form of the render service.
//! * [`graph`] draws how its parts hang together.
//! * [`holds_data`] and [`RESOURCE_TYPES`] say what is lost when a resource is deleted, [`is_protected`] whether it may be.
//! * [`import_id`] says by which id Terraform adopts what the state lacks, [`render_imports`] writes that down.
//! * [`address_of_tag`] and [`tag_of_address`] translate between Terraform addresses and the tag `terrane:address`.
//!
//! Text from a user never becomes syntax: see `hcl`. What is rendered is valid for hashicorp/aws 5.100 to 6.x and for
//! Terraform and OpenTofu from 1.11 on.

mod address;
mod files;
mod graph;
mod hcl;
mod imports;
mod one_bucket;
mod protection;
mod render;
mod resource_types;

pub use address::{address_of_tag, tag_of_address};
pub use files::ENCRYPTION_KEY_ADDRESS;
pub use graph::graph;
pub use imports::{
    IMPORT_RULES, IMPORTS_FILE, ImportFacts, ImportId, ImportRule, ImportsError, Piece, import_id,
    import_rule, render_imports,
};
pub use one_bucket::render_bucket;
pub use protection::is_protected;
pub use render::{AWS_PROVIDER_VERSION, BLUEPRINT_VERSION, RenderError, RenderedFiles, current_pins, render};
pub use resource_types::{RESOURCE_TYPES, ResourceType, holds_data, refuses_deletion};
