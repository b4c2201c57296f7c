//! Terrane: domain.
