//! Stands in for a crate that tectonic's library asks for and does not use: see `Cargo.toml`.
