//! Terrane: engine.
