//! Terrane: worker.
