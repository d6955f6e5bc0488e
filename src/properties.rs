//! How property tests draw their cases.

use proptest::test_runner::{Config, RngSeed};

/// The same `cases` each time, so that a commit passes or fails whoever tests it. For others, set
/// `PROPTEST_RNG_SEED`, and for more, `PROPTEST_CASES`.
pub fn config(cases: u32) -> Config {
    let asked = Config::default();
    let is_seeded = std::env::var_os("PROPTEST_RNG_SEED").is_some();
    let is_counted = std::env::var_os("PROPTEST_CASES").is_some();
    Config {
        cases: if is_counted { asked.cases.max(cases) } else { cases },
        rng_seed: if is_seeded { asked.rng_seed } else { RngSeed::Fixed(1) },
        failure_persistence: None,
        max_shrink_iters: 200,
        ..asked
    }
}
