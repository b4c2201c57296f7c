//! Terrane: store.
