//! Makes the embedded blob of places.
fn main() {}
