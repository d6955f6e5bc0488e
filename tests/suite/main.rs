//! The program as its users meet it: one binary of tests, a file for each subject.

mod build;
mod caches;
mod change;
mod check;
mod checkpoints;
mod claims;
mod decimal;
mod engines;
mod golden;
mod inputs;
mod interrupted;
mod project;
mod reading;
mod readme;
mod same_bytes;
mod sections;
mod slips;
mod solve;
mod strangers;
mod taken;
mod tex_sources;
mod texts;
mod unchanged;
mod watch;
mod words;
