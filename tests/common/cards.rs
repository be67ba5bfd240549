//! The authority that the services of one test program trust, and PINs as they are typed.
#![allow(dead_code, reason = "each test program uses its own part")]

use std::sync::LazyLock;
use std::time::SystemTime;

use zairyu::card::Purpose;
use zairyu::card::pin::Pin;
use zairyu::card::simulated::Authority;
use zairyu::certificate::{Algorithm, Anchors, Certificate};

/// Return the real time: the certificates are made for it.
pub(crate) fn real_now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// Return the authority; its keys are searched once.
pub(crate) fn authority() -> &'static Authority {
    static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::make(real_now()).unwrap());
    &AUTHORITY
}

/// Return the authority of the card announced to come next, with keys on P-384.
pub(crate) fn next_authority() -> &'static Authority {
    static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::make_of(Algorithm::Es384, real_now()).unwrap());
    &AUTHORITY
}

/// Return what trusts both authorities.
pub(crate) fn anchors() -> Anchors {
    let roots =
        [authority(), next_authority()].map(|of| [Purpose::Signing, Purpose::Authentication].map(|purpose| of.certificate(purpose)));
    Anchors::of(&roots.concat().into_iter().map(|root| Certificate::parse(root).unwrap()).collect::<Vec<_>>())
}

/// Type a PIN.
pub(crate) fn pin(purpose: Purpose, typed: &str) -> Pin {
    let mut pin = Pin::new(purpose);
    for letter in typed.chars() {
        pin.push(letter);
    }
    pin
}
