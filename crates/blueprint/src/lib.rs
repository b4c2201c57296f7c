//! Terrane: blueprint.
