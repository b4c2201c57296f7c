//! Random valid specs by seed.

use std::{collections::BTreeSet, fmt, sync::LazyLock};

use serde_json::Value;
use terrane_domain::{EnvironmentSpec, Problems, json_schema, parse_value};

use crate::{dice::Dice, draw::Draw};

static SCHEMA: LazyLock<Value> = LazyLock::new(json_schema);

/// How often a file is tried again without what was refused.
const TRIES: usize = 12;

/// A valid spec.
#[derive(Debug, Clone)]
pub struct Sample {
    /// What [`sample`] gives it for.
    pub seed: u64,
    /// The spec, as the reader read it.
    pub spec: EnvironmentSpec,
    /// Where the values stood that were drawn and that the reader refused.
    pub left_out: Vec<String>,
}

/// Samples, each different from the others.
#[derive(Debug)]
pub struct Batch {
    /// As many as were asked for.
    pub samples: Vec<Sample>,
    /// What it took.
    pub tally: Tally,
}

/// What it took to get a number of samples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// The first seed that was tried, and the last.
    pub seeds: (u64, u64),
    /// Valid as they were drawn.
    pub as_drawn: usize,
    /// Valid once some values had been left out.
    pub repaired: usize,
    /// Never valid.
    pub given_up: usize,
    /// Equal to an earlier one.
    pub repeated: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = self.seeds;
        write!(
            f,
            "seeds {first} to {last}: {} valid as drawn, {} once refused values were left out; \
             filtered out: {} never valid, {} seen before",
            self.as_drawn, self.repaired, self.given_up, self.repeated
        )
    }
}

/// The sample of a seed: the same for ever, as long as schema and rules stay what they are. `None` if what is drawn
/// never becomes valid.
#[must_use]
pub fn sample(seed: u64) -> Option<Sample> {
    let mut dice = Dice::new(seed);
    let mut file = Draw::new(&mut dice).file(&SCHEMA);
    let mut left_out = Vec::new();
    for _ in 0..TRIES {
        match parse_value(&file) {
            Ok(spec) => return Some(Sample { seed, spec, left_out }),
            Err(problems) => leave_out(&mut file, &problems, &mut left_out),
        }
    }
    None
}

/// `count` different samples, from `first_seed` on. Fewer only if most files stay invalid, which is a fault of the hints.
#[must_use]
pub fn samples(first_seed: u64, count: usize) -> Batch {
    let mut tally = Tally { seeds: (first_seed, first_seed), ..Tally::default() };
    let (mut samples, mut seen) = (Vec::new(), BTreeSet::new());
    let limit = first_seed + 4 * count as u64;
    for seed in first_seed..limit {
        if samples.len() == count {
            break;
        }
        tally.seeds.1 = seed;
        match sample(seed) {
            None => tally.given_up += 1,
            Some(sample) if !seen.insert(sample.spec.to_json().to_string()) => tally.repeated += 1,
            Some(sample) => {
                *if sample.left_out.is_empty() { &mut tally.as_drawn } else { &mut tally.repaired } += 1;
                samples.push(sample);
            }
        }
    }
    Batch { samples, tally }
}

/// Takes what was refused out of a file. A place in a list takes the list with it; a value that isn't there (a default
/// that contradicts something) takes the section that it would stand in.
fn leave_out(file: &mut Value, problems: &Problems, left_out: &mut Vec<String>) {
    for problem in problems {
        let mut pointer = problem.pointer.as_str();
        while file.pointer(pointer).is_none() || is_in_list(file, pointer) {
            match pointer.rsplit_once('/') {
                Some((above, _)) => pointer = above,
                None => break,
            }
        }
        let Some((above, key)) = pointer.rsplit_once('/') else { continue };
        let key = key.replace("~1", "/").replace("~0", "~");
        if let Some(Value::Object(object)) = file.pointer_mut(above) {
            object.shift_remove(&key);
            left_out.push(problem.path.clone());
        }
    }
}

fn is_in_list(file: &Value, pointer: &str) -> bool {
    pointer.rsplit_once('/').is_some_and(|(above, _)| file.pointer(above).is_some_and(Value::is_array))
}
