//! The simulated My Number Card for practice and tests: certificates made at run time, the card's state machine, its readers.
//! Behaves as jpki-card.md §1–§4 says; `vpcd` presents the same card to a real pcscd. Never used with a real card.

/// The certificate authority of practice cards.
pub mod authority;
/// The card itself: files, PINs, keys, status words.
pub mod chip;
/// Simulated faults.
pub mod fault;
mod files;
mod key;
mod key_material;
mod persist;
/// The people to simulate.
pub mod person;
/// `zairyu card simulate`.
pub mod simulate;
/// Simulated readers as `Port` and `Link`.
pub mod slot;
mod tries_file;
/// The simulated card over the vpcd protocol.
pub mod vpcd;

#[cfg(test)]
pub(crate) mod tests;

pub use authority::Authority;
pub use chip::Card;
pub use fault::Fault;
pub use files::ATR;
pub use person::{ANNE, AUTHENTICATION_PIN, PEOPLE, Person, SIGNING_PIN};
pub use simulate::{Simulate, command};
pub use slot::{SimulatedPort, Slot};
