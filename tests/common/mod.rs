//! What the tests of this folder share.
#![allow(dead_code)] // Each test program uses its own part.

pub mod scene;
