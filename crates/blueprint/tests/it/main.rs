//! Tests of what is rendered, through the public API only.

#![allow(missing_docs)]

mod models;
