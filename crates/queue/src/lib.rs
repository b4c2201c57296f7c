//! Terrane: queue.
