//! By which id Terraform adopts what AWS has and the state lacks.
//!
//! WHY: a worker that is killed together with its Terraform leaves a state that is behind: Terraform stores it every
//! twenty seconds at most. What was made since is there and would be made again. So before the next plan it is taken
//! into the state with `import` blocks, and each type of resource wants an id of its own form in them.
//!
//! A rule is data: the forms of the id, the best first. A form is filled from what the plan says of the resource that it
//! wants to create, from the ARN that the tagging API gives for its tag `terrane:address`, from the id that Terraform
//! told when it had made the resource, and from the account. What is missing may be known a round later: the id of a
//! route holds the id of its route table, which the plan knows once that table has been adopted.
//!
//! Where the forms come from: the section "Import" of each resource's page,
//! `https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/<type without aws_>#import`, and a test
//! that loses each type and asks the real provider. docs/ADOPTION.md is made from the table.

mod file;
mod rule;
mod table;

use serde_json::{Map, Value};

pub use file::{IMPORTS_FILE, ImportsError, render_imports};
pub use rule::{ImportRule, Piece};
pub use table::IMPORT_RULES;

/// What is known of a resource that a plan wants to create.
#[derive(Debug, Clone, Copy)]
pub struct ImportFacts<'a> {
    /// `change.after` of the plan: attributes that aren't known yet are null or absent in it.
    pub planned: &'a Map<String, Value>,
    /// The ARN of the one living thing that carries the resource's address as a tag.
    pub arn: Option<&'a str>,
    /// `id_value` of the message with which Terraform said that it had made the resource.
    pub journal_id: Option<&'a str>,
    /// The twelve digits of the account.
    pub account: Option<&'a str>,
}

/// By which id a resource is adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportId {
    /// By this one. Whether there is anything behind it only the provider knows.
    Known(String),
    /// By one of which something isn't known yet.
    NotYet,
    /// Never, and why that does no harm.
    Never(&'static str),
}

/// The rule of a type; `None` for a type that isn't rendered.
#[must_use]
pub fn import_rule(resource_type: &str) -> Option<&'static ImportRule> {
    IMPORT_RULES.iter().find(|rule| rule.resource_type == resource_type)
}

/// The id by which Terraform adopts a resource of this type.
#[must_use]
pub fn import_id(resource_type: &str, facts: &ImportFacts<'_>) -> ImportId {
    match import_rule(resource_type) {
        Some(rule) => rule.id(facts),
        None => ImportId::Never("Terrane doesn't render this type."),
    }
}

#[cfg(test)]
mod tests;
