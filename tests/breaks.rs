//! Every break of the way between person, card and reader, at every single command of a registration: the real model and the real worker with
//! a simulated card behind a line that breaks. After each: the right code, a way on to STEP3, and a card that counted what the person sent.
#![cfg(feature = "service")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]
#![allow(unreachable_pub, reason = "the parts of this test are its own")]

#[path = "breaks/bench.rs"]
mod bench;
#[path = "common/cards.rs"]
mod cards;
#[path = "breaks/line.rs"]
mod line;
#[path = "breaks/sessions.rs"]
mod sessions;
#[path = "breaks/sweep.rs"]
mod sweep;
