//! How long it takes to render an environment that has everything. Aim: less than a millisecond.

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};

#[allow(dead_code)]
#[path = "../tests/it/models.rs"]
mod models;

fn render(criterion: &mut Criterion) {
    let model = models::full();
    criterion.bench_function("render the full example", |bencher| {
        bencher.iter(|| terrane_blueprint::render(black_box(&model)).unwrap());
    });
}

criterion_group!(benches, render);
criterion_main!(benches);
