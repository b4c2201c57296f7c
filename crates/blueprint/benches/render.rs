//! How long rendering takes. Aim: less than a millisecond from the text of a file to the files of Terraform.

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use terrane_domain::{Format, ResolveContext, parse, resolve};

#[allow(dead_code)]
#[path = "../tests/it/models.rs"]
mod models;

const PRODUCTION: &str = include_str!("../../../examples/production.yaml");

/// A model with every block in it.
fn model_to_files(criterion: &mut Criterion) {
    let model = models::full();
    criterion.bench_function("model to files", |bencher| {
        bencher.iter(|| terrane_blueprint::render(black_box(&model)).unwrap());
    });
}

/// The production example: read, checked, resolved and rendered.
fn text_to_files(criterion: &mut Criterion) {
    criterion.bench_function("text to files", |bencher| {
        bencher.iter(|| {
            let spec = parse(black_box(PRODUCTION.as_bytes()), Format::Yaml).unwrap();
            let context = ResolveContext::preview(&spec, terrane_blueprint::current_pins());
            terrane_blueprint::render(&resolve(&spec, &context).unwrap().model).unwrap()
        });
    });
}

criterion_group!(benches, model_to_files, text_to_files);
criterion_main!(benches);
