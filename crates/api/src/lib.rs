//! Terrane: api.
