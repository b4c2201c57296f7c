//! Environment files to try things on: the examples, and as many random valid ones as a test wants. For tests only.
//!
//! WHY a crate and not a feature of `domain`: features are unified over a build, so a feature for tests would end up in
//! the binaries that are shipped. Tests of `domain` and of everything above it take this as a development dependency.
//!
//! WHY drawn from the JSON Schema: a section that is added to the file is drawn from that day on, and nobody has to
//! think of it. Where a schema can't say enough (a zone belongs to a region, storage to a limit), a function in
//! `hints` does. What the reader refuses nevertheless is left out of the file, value by value, and the rest is tried
//! again: so nearly every seed gives a file, and refusals that a schema can't express cost no work.
//!
//! ```
//! let batch = terrane_samples::samples(1, 20);
//! assert_eq!(batch.samples.len(), 20);
//! println!("{}", batch.tally);
//! let again = terrane_samples::sample(batch.samples[3].seed).unwrap();
//! assert_eq!(again.spec, batch.samples[3].spec);
//! ```

mod dice;
mod draw;
mod examples;
mod hints;
mod pattern;
mod sample;

pub use examples::{Example, examples};
pub use sample::{Batch, Sample, Tally, sample, samples};
