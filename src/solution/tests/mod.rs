//! What is printed, against an evaluation of its own and against the homework's known values.

mod draws;
mod known;
mod latex;
mod oracle;
mod printed;
