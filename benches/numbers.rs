//! The numeric part of `build-pdf`: on the homework's own inputs, and how it grows with them.
//!
//! `cargo bench` prints the times. The whole (`numbers`) is to stay below 50 ms, a certified solve of
//! 1000 layers or of 64×64 by 64×64 below a second; `benches/ensemble.py` does in NumPy what
//! `ensemble` does here.

use std::hint::black_box;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use divan::Bencher;
use gradproof::answers::Answers;
use gradproof::inputs::{self, Decimal, Inputs};
use gradproof::problems::Homework;
use gradproof::problems::claims::{Blowup, ChainClaims, StepClaims};
use gradproof::report::AppendixView;
use gradproof::study::{self, Loss};
use gradproof::witness::{self, Checks};
use nalgebra::DMatrix;

fn main() {
    divan::main();
}

fn homework() -> Inputs {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/homework.toml");
    inputs::load(&path, &[], None).expect("the homework's own inputs are valid")
}

/// The homework with an input of its own each time: ensembles of one input are drawn once.
fn homework_anew() -> Inputs {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed) % 10_000;
    let x: Decimal = format!("0.63{number:04}").parse().expect("a decimal");
    let mut inputs = homework();
    inputs.problem2.classification.x = x.clone();
    inputs.problem2.regression.x = x;
    inputs
}

fn solved(inputs: &Inputs) -> Homework {
    Homework::solve(inputs).expect("the homework can be solved")
}

/// Builds the graphs, differentiates, evaluates, and certifies every printed digit.
#[divan::bench]
fn solve_and_certify(bencher: Bencher) {
    let inputs = homework();
    bencher.bench(|| solved(black_box(&inputs)));
}

/// Finds every gradient again in three ways.
#[divan::bench]
fn witnesses(bencher: Bencher) {
    let inputs = homework();
    let homework = solved(&inputs);
    bencher.bench(|| witness::check(black_box(&inputs), black_box(&homework)));
}

/// The predicates that choose the sentences, with the numbers that support them.
#[divan::bench]
fn claims(bencher: Bencher) {
    let homework = solved(&homework());
    bencher.bench(|| {
        let homework = black_box(&homework);
        let chains = [&homework.classification, &homework.regression].map(ChainClaims::new);
        (chains, Blowup::new(homework), StepClaims::new(&homework.product, false, 5))
    });
}

/// The appendix: descent, ensembles, the profile over depth, with their figures.
#[divan::bench]
fn appendix(bencher: Bencher) {
    let bencher = bencher.with_inputs(homework_anew);
    bencher.bench_refs(|inputs| AppendixView::new(black_box(inputs), &Checks::default()));
}

/// All of it.
#[divan::bench]
fn numbers(bencher: Bencher) {
    bencher.with_inputs(homework_anew).bench_refs(|inputs| {
        let inputs: &Inputs = black_box(inputs);
        let homework = solved(inputs);
        let witnesses = witness::check(inputs, &homework).expect("the witnesses agree");
        let chains = [&homework.classification, &homework.regression].map(ChainClaims::new);
        let step = StepClaims::new(&homework.product, false, inputs.submission.digits);
        let appendix = AppendixView::new(inputs, &witnesses);
        (Answers::new(&homework), witnesses, chains, Blowup::new(&homework), step, appendix)
    });
}

/// The gradients of chains with three layers under both losses, and their statistics, on all cores.
#[divan::bench(args = [1_000_000], sample_count = 15, sample_size = 1)]
fn ensemble(draws: u64) -> Vec<study::Ensemble> {
    let losses = [Loss::CrossEntropy { y: 1.0 }, Loss::Squared { y: 128.0 }];
    study::ensembles(3, 0.63, &losses, draws, 1)
}

fn decimal(hundredths: i64) -> Decimal {
    let (sign, size) = (if hundredths < 0 { "-" } else { "" }, hundredths.abs());
    format!("{sign}{}.{:02}", size / 100, size % 100).parse().expect("a decimal")
}

/// Both chains of so many layers, with weights between −2.1 and 1.7.
#[divan::bench(args = [125, 250, 500, 1000], sample_count = 9, sample_size = 1)]
fn chain(bencher: Bencher, depth: usize) {
    let weights = [25, -11, 78, 130, -210, 60, -90, 170];
    let weights: Vec<_> = weights.into_iter().cycle().take(depth).map(decimal).collect();
    let mut inputs = homework();
    inputs.problem2.classification.w = weights.clone();
    inputs.problem2.regression.w = weights;
    bencher.bench(|| solved(black_box(&inputs)));
}

/// Square matrices of so many rows, of two decimals between −2 and 2.
#[divan::bench(args = [16, 32, 64], sample_count = 9, sample_size = 1)]
fn matrix(bencher: Bencher, side: usize) {
    let matrix = |shift: usize| {
        let entry = |i, j| (i * 37 + j * 101 + shift * 17) * 7919 % 401;
        DMatrix::from_fn(side, side, |i, j| decimal(entry(i, j) as i64 - 200))
    };
    let mut inputs = homework();
    (inputs.problem1.w, inputs.problem1.x, inputs.problem1.y) = (matrix(1), matrix(2), matrix(3));
    bencher.bench(|| solved(black_box(&inputs)));
}
