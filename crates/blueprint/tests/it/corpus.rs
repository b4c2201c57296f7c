//! What the tests of rendered files look at: the models built by hand, every example, and random valid specs.
//!
//! A new example or a new section of the file is in it from the day on which it exists.

use std::{io::Write as _, sync::LazyLock};

use terrane_blueprint::{RenderedFiles, current_pins, render};
use terrane_domain::{
    EnvironmentId, EnvironmentSpec, Format, InfraModel, ResolveContext, TenantId, parse, resolve,
};
use terrane_samples::{Batch, examples, samples};
use uuid::Uuid;

use crate::models as by_hand;

/// How many random specs are rendered.
const RANDOM: usize = 500;
/// How many of them Terraform validates.
const VALIDATED: usize = 300;
/// The seed of the first: `terrane_samples::sample(seed)` gives any of them again.
const FIRST_SEED: u64 = 1;

/// A rendered model.
pub struct Case {
    /// `example_minimal`, `model_full`, `seed_17`: also what its module is called.
    pub name: String,
    pub model: InfraModel,
    pub files: RenderedFiles,
}

static MODELS: LazyLock<Vec<Case>> = LazyLock::new(|| {
    by_hand::all().into_iter().map(|(name, model)| case(format!("model_{name}"), model)).collect()
});

static EXAMPLES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let read =
        |text: &str| parse(text.as_bytes(), Format::Yaml).unwrap_or_else(|problems| panic!("{problems}"));
    examples()
        .unwrap()
        .into_iter()
        .map(|example| case(format!("example_{}", example.name), model_of(&read(&example.text))))
        .collect()
});

static RANDOM_SPECS: LazyLock<(Batch, Vec<Case>)> = LazyLock::new(|| {
    let batch = samples(FIRST_SEED, RANDOM);
    assert_eq!(batch.samples.len(), RANDOM, "{}", batch.tally);
    let cases =
        batch.samples.iter().map(|sample| case(format!("seed_{}", sample.seed), model_of(&sample.spec)));
    let cases = cases.collect();
    (batch, cases)
});

/// The models that are built by hand, for each way in which the files branch.
pub fn models() -> &'static [Case] {
    &MODELS
}

/// `examples/*.yaml`.
pub fn of_examples() -> &'static [Case] {
    &EXAMPLES
}

/// Random valid specs.
fn random() -> &'static [Case] {
    &RANDOM_SPECS.1
}

/// Says which seeds gave the random specs, and how many were filtered out: not with `println!`, whose text the test
/// runner keeps to itself when a test passes.
pub fn tell(about: &str) {
    let line = format!("{about}; random specs: {}\n", RANDOM_SPECS.0.tally);
    std::io::stderr().write_all(line.as_bytes()).ok();
}

/// What a valid file gives: examples and random specs. Models built by hand hold text that a file may not.
pub fn valid() -> impl Iterator<Item = &'static Case> {
    of_examples().iter().chain(random())
}

/// Examples and some of the random specs, for Terraform itself to look at.
pub fn validated() -> impl Iterator<Item = &'static Case> {
    of_examples().iter().chain(random().iter().take(VALIDATED))
}

/// Everything.
pub fn all() -> impl Iterator<Item = &'static Case> {
    models().iter().chain(valid())
}

fn case(name: String, model: InfraModel) -> Case {
    let files = render(&model).unwrap_or_else(|error| panic!("{name}: {error}"));
    Case { name: name.replace('-', "_"), model, files }
}

/// With ids and an account that are always the same.
pub fn model_of(spec: &EnvironmentSpec) -> InfraModel {
    let context = ResolveContext {
        environment_id: EnvironmentId::from_uuid(Uuid::from_u128(0x0193_a5c0_0000_7000_8000_0000_0000_0001)),
        tenant_id: TenantId::from_uuid(Uuid::from_u128(0x0193_a5c0_0000_7000_8000_0000_0000_00aa)),
        external_id: "ext-7b1f".to_owned(),
        account_id: spec.cloud.account().unwrap_or("123456789012").to_owned(),
        pins: current_pins(),
    };
    resolve(spec, &context).unwrap_or_else(|problems| panic!("{problems}")).model
}
