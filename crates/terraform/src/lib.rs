//! Terrane: terraform.
