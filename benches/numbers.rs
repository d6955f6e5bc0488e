//! The numeric part of `build-pdf` on the homework's own inputs: solve, certify, witness.
//!
//! `cargo bench` prints the times; the whole (`numbers`) is to stay below 50 ms.

use std::hint::black_box;
use std::path::Path;

use divan::Bencher;
use gradproof::answers::Answers;
use gradproof::inputs::{self, Inputs};
use gradproof::problems::Homework;
use gradproof::problems::claims::{Blowup, ChainClaims, StepClaims};
use gradproof::witness;

fn main() {
    divan::main();
}

fn homework() -> Inputs {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/homework.toml");
    inputs::load(&path, &[], None).expect("the homework's own inputs are valid")
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

/// All of it.
#[divan::bench]
fn numbers(bencher: Bencher) {
    let inputs = homework();
    bencher.bench(|| {
        let homework = solved(black_box(&inputs));
        let witnesses = witness::check(&inputs, &homework);
        let chains = [&homework.classification, &homework.regression].map(ChainClaims::new);
        let step = StepClaims::new(&homework.product, false, inputs.submission.digits);
        (Answers::new(&homework), witnesses, chains, Blowup::new(&homework), step)
    });
}
