//! Terrane: telemetry.
