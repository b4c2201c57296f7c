//! Tests of what is rendered, through the public API only.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr)]

mod adoption_page;
mod arguments;
mod atlas_provider;
mod attributes;
mod corpus;
mod doors;
mod evaluation;
mod examples_page;
mod hostile_text;
mod layout;
mod models;
mod networks;
mod one_bucket;
mod policy;
mod render;
mod tagging;
mod terraform;
mod tree;
mod unfolded;
mod validation;
mod zones;
