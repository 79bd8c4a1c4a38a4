//! What the fuzz targets run, and what they start from. `src/fuzzing/tests.rs` runs the same with proptest.

pub mod bodies;
pub mod seeds;
