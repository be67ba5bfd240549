//! Limits for each address and each person: a bucket of tokens that refills with time. In memory of one node: a limit, not an account.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// What is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Limit {
    /// Any call.
    Calls,
    /// Calls that try a secret: passwords and tokens.
    Secrets,
    /// Passwords tried for one 認証ID, from wherever.
    Logins,
    /// Mails that one person asks for.
    Mails,
}

/// Whose calls are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// Those from an address.
    Address(IpAddr),
    /// Those about a 認証ID.
    Person(String),
}

impl Limit {
    /// How many at once, and how many in a minute in the long run. A town hall shares one address among its desks.
    const fn size(self) -> (f64, f64) {
        match self {
            Limit::Calls => (300.0, 300.0),
            Limit::Secrets => (20.0, 10.0),
            Limit::Logins => (10.0, 1.0),
            Limit::Mails => (5.0, 0.1),
        }
    }
}

/// At most so many addresses are remembered; then those whose bucket is full again are forgotten, and after them all.
const ADDRESSES: usize = 20_000;

struct Bucket {
    left: f64,
    at: i64,
}

/// The buckets of all addresses.
#[derive(Default)]
pub(super) struct Throttle(Mutex<HashMap<(Limit, Who), Bucket>>);

impl Throttle {
    /// Take one token, or return after how many seconds there will be one.
    pub(super) fn take(&self, limit: Limit, who: Who, now: i64) -> Result<(), u64> {
        let (size, per_minute) = limit.size();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES {
            buckets.retain(|(limit, _), bucket| refilled(bucket, limit.size(), now) < limit.size().0);
            if buckets.len() >= ADDRESSES {
                buckets.clear();
            }
        }
        let bucket = buckets.entry((limit, who.counted())).or_insert(Bucket { left: size, at: now });
        bucket.left = refilled(bucket, (size, per_minute), now);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(((1.0 - bucket.left) * 60.0 / per_minute).ceil() as u64);
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

fn refilled(bucket: &Bucket, (size, per_minute): (f64, f64), now: i64) -> f64 {
    let seconds = now.saturating_sub(bucket.at).max(0) as f64;
    (bucket.left + seconds * per_minute / 60.0).min(size)
}

impl Who {
    fn counted(self) -> Who {
        match self {
            Who::Address(address) => Who::Address(network(address)),
            person => person,
        }
    }
}

/// A subscriber of IPv6 holds a whole /64 (RFC 6177), so that is what counts as an address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_stops_and_time_opens_it_again() {
        let throttle = Throttle::default();
        let address = Who::Address("192.0.2.1".parse().unwrap());
        let taken = (0..100).filter(|_| throttle.take(Limit::Secrets, address.clone(), 1000).is_ok()).count();
        assert_eq!(taken, 20);
        let wait = throttle.take(Limit::Secrets, address.clone(), 1000).unwrap_err();
        assert_eq!(wait, 6);
        assert!(throttle.take(Limit::Secrets, Who::Address("192.0.2.2".parse().unwrap()), 1000).is_ok());
        assert!(throttle.take(Limit::Calls, address.clone(), 1000).is_ok());
        assert!(throttle.take(Limit::Secrets, address, 1000 + i64::try_from(wait).unwrap()).is_ok());
    }

    #[test]
    fn one_subscriber_of_ipv6_is_one_address() {
        assert_eq!(network("2001:db8::1".parse().unwrap()), network("2001:db8::ffff:2".parse().unwrap()));
        assert_ne!(network("2001:db8::1".parse().unwrap()), network("2001:db8:0:1::1".parse().unwrap()));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), network("192.0.2.1".parse().unwrap()));
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..2 * ADDRESSES as u32 {
            let _ = throttle.take(Limit::Calls, Who::Address(IpAddr::V4(number.into())), 0);
        }
        assert!(throttle.0.lock().unwrap().len() <= ADDRESSES);
    }
}
