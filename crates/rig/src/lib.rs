//! Terrane: rig.
