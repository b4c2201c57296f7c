//! Terrane: cli.
