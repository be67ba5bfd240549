//! The authority that the services of one test program trust, and PINs as they are typed.
#![allow(dead_code, reason = "each test program uses its own part")]

use std::sync::LazyLock;
use std::time::SystemTime;

use zairyu::card::Purpose;
use zairyu::card::pin::Pin;
use zairyu::card::simulated::Authority;
use zairyu::certificate::{Anchors, Certificate};

/// Return the real time: the certificates are made for it.
pub(crate) fn real_now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// Return the authority; its keys are searched once.
pub(crate) fn authority() -> &'static Authority {
    static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::make(real_now()).unwrap());
    &AUTHORITY
}

/// Return what trusts the authority.
pub(crate) fn anchors() -> Anchors {
    let root = |purpose| Certificate::parse(authority().certificate(purpose)).unwrap();
    Anchors::of(&[root(Purpose::Signing), root(Purpose::Authentication)])
}

/// Type a PIN.
pub(crate) fn pin(purpose: Purpose, typed: &str) -> Pin {
    let mut pin = Pin::new(purpose);
    for letter in typed.chars() {
        pin.push(letter);
    }
    pin
}
