//! What the tests of simulated cards share: one authority, and for each person one pair of keys. Searching keys is slow, and which keys they
//! are matters to none of them.

use super::key_material::KeyMaterial;
use super::{Authority, Card, Fault, Person};
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

/// 2026-11-25, 00:00 UTC.
pub(crate) const NOW: i64 = 1_795_564_800;

/// Return the authority under which all cards of these tests are issued.
pub(crate) fn authority() -> &'static Authority {
    static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::make(NOW).unwrap());
    &AUTHORITY
}

/// Return the keys of every card of a person, and the certificates for them.
pub(super) fn keys(person: &'static Person) -> KeyMaterial {
    static KEYS: Mutex<BTreeMap<&str, KeyMaterial>> = Mutex::new(BTreeMap::new());
    let mut keys = KEYS.lock().unwrap();
    keys.entry(person.id).or_insert_with(|| KeyMaterial::make(authority(), person, NOW).unwrap()).clone()
}

/// Make a card of a person, with try counters of its own.
pub(crate) fn card(person: &'static Person, faults: &[Fault]) -> Card {
    Card::assemble(authority(), person, faults, NOW, keys(person)).unwrap()
}
