//! Shared fixtures of the tests of simulated cards: one authority, and one pair of keys per person, because generating keys is slow.

use super::key_material::KeyMaterial;
use super::{Authority, Card, Fault, Person};
use crate::certificate::Algorithm;
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

/// 2026-11-25, 00:00 UTC.
pub(crate) const NOW: i64 = 1_795_564_800;

/// Return the authority that issues the cards of these tests.
pub(crate) fn authority() -> &'static Authority {
    static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::make(NOW).unwrap());
    &AUTHORITY
}

/// Return the authority that issues the next generation of cards in these tests.
pub(crate) fn next_authority() -> &'static Authority {
    static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::make_of(Algorithm::Es384, NOW).unwrap());
    &AUTHORITY
}

/// Return the keys and certificates of a person.
pub(super) fn keys(person: &'static Person) -> KeyMaterial {
    static KEYS: Mutex<BTreeMap<&str, KeyMaterial>> = Mutex::new(BTreeMap::new());
    let mut keys = KEYS.lock().unwrap();
    keys.entry(person.id).or_insert_with(|| KeyMaterial::make(authority(), person, NOW).unwrap()).clone()
}

/// Create a person's card with its own retry counters.
pub(crate) fn card(person: &'static Person, faults: &[Fault]) -> Card {
    Card::assemble(authority(), person, faults, NOW, keys(person)).unwrap()
}

/// Create a person's card of the next generation.
pub(crate) fn next_card(person: &'static Person, faults: &[Fault]) -> Card {
    Card::make(next_authority(), person, faults, NOW).unwrap()
}
