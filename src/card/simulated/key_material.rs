//! Keys and certificates of a simulated card: two key pairs, and certificates with or without faults.

use super::super::Purpose;
use super::authority::{Authority, LeafKey};
use super::fault::Fault;
use super::key::PrivateKey;
use super::person::{Issued, Person};
use crate::certificate::Validity;
use std::io;

pub(super) const DAY: i64 = 86_400;

/// The two key pairs of a card with their certificates.
#[derive(Clone)]
pub(super) struct KeyMaterial {
    pub(super) signing_key: PrivateKey,
    pub(super) authentication_key: PrivateKey,
    /// In DER, without faults.
    pub(super) signing: Vec<u8>,
    /// In DER, without faults.
    pub(super) authentication: Vec<u8>,
}

impl KeyMaterial {
    pub(super) fn make(authority: &Authority, person: &Person, now: i64) -> io::Result<KeyMaterial> {
        let (signing_key, authentication_key) = PrivateKey::make_pair(authority.algorithm())?;
        let issue = |purpose, key| authority.issue(purpose, &LeafKey::Known(key), person, usual_validity(person, now), now);
        let signing = issue(Purpose::Signing, &signing_key)?;
        let authentication = issue(Purpose::Authentication, &authentication_key)?;
        Ok(KeyMaterial { signing_key, authentication_key, signing, authentication })
    }
}

/// Return the certificate that the faults call for: none, the usual one, one with other dates or another key, or garbage.
pub(super) fn certificate(
    authority: &Authority,
    person: &Person,
    purpose: Purpose,
    faults: &[Fault],
    now: i64,
    key: &PrivateKey,
    usual: &[u8],
) -> io::Result<Option<Vec<u8>>> {
    let under_15 = purpose == Purpose::Signing && person.issued == Issued::AuthenticationOnly;
    if under_15 || faults.contains(&Fault::Absent(purpose)) || (purpose == Purpose::Signing && faults.contains(&Fault::NoPins)) {
        return Ok(None);
    }
    let key = match purpose {
        Purpose::Signing if faults.contains(&Fault::UnknownKey) => LeafKey::UnknownKind,
        _ => LeafKey::Known(key),
    };
    let dates = faults.iter().find_map(|fault| match *fault {
        Fault::Expired(which) if which == purpose => Some(Validity { from: now - 1_700 * DAY, until: now - DAY }),
        Fault::NotYetValid(which) if which == purpose => Some(Validity { from: now + DAY, until: now + 1_800 * DAY }),
        Fault::EndsIn(which, days) if which == purpose => Some(Validity { from: now - 400 * DAY, until: now + i64::from(days) * DAY }),
        _ => None,
    });
    let mut der = match (&key, dates) {
        (LeafKey::Known(_), None) => usual.to_vec(),
        (key, dates) => authority.issue(purpose, key, person, dates.unwrap_or_else(|| usual_validity(person, now)), now)?,
    };
    if faults.contains(&Fault::Garbage) {
        der.iter_mut().zip((0..=u8::MAX).cycle()).for_each(|(byte, noise)| *byte = noise.wrapping_mul(167) ^ 0x5A);
    }
    if faults.contains(&Fault::Endless) {
        // A SEQUENCE of 16 MiB.
        der.splice(0..4, [0x30, 0x83, 0xFF, 0xFF, 0xFF]);
    }
    Ok(Some(der))
}

/// From 60 days ago to the end of the fifth birthday after that: 14:59:59 UTC, the end of the day in Japan (jpki-card.md §5).
fn usual_validity(person: &Person, now: i64) -> Validity {
    let from = now - 60 * DAY;
    let five_years = Validity { from, until: from + 5 * 365 * DAY };
    let part = |range: std::ops::Range<usize>| person.birth.get(range).and_then(|digits| digits.parse::<u8>().ok());
    let (Some(month), Some(day)) = (part(5..7), part(7..9)) else { return five_years };
    let Ok(issued) = time::OffsetDateTime::from_unix_timestamp(from) else { return five_years };
    let Ok(month) = time::Month::try_from(month) else { return five_years };
    let passed = (issued.month() as u8, issued.day()) >= (month as u8, day);
    let year = issued.year() + if passed { 5 } else { 4 };
    // A birthday on 29 February falls on the 28th in other years.
    let last = time::Date::from_calendar_date(year, month, day).or_else(|_| time::Date::from_calendar_date(year, month, day.min(28)));
    match last.and_then(|date| date.with_hms(14, 59, 59)) {
        Ok(last) => Validity { from, until: last.assume_utc().unix_timestamp() },
        Err(_) => five_years,
    }
}
