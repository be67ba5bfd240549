//! Limits for each address, card and person: buckets of tokens that refill with time. They stand in the store, so that all nodes count
//! together. Where every call meets a limit, a node lets strangers have a few tokens on credit, then takes a handful out at once, the credit
//! included: whoever registers as people do costs the store no write for it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::protocol::problem::Refusal;
use crate::service::answer::{Answer, Refused};
use crate::service::secret;
use crate::service::store::limits::Draw;
use crate::service::store::{Store, Tx};

/// What is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Limit {
    /// Any call, from one address.
    Calls,
    /// Calls that try a secret: passwords and tokens, from one address.
    Secrets,
    /// Statements signed by one certificate, from wherever.
    Statements,
    /// Passwords tried for one 認証ID, from wherever.
    Logins,
    /// Mails that one person asks for.
    Mails,
}

/// Units of a token in the store: so many that the slowest bucket still fills by whole units each second.
const UNITS: i64 = 60_000;

/// How large a bucket is, and how it is used.
pub(super) struct Size {
    /// How many tokens it holds.
    pub(super) most: i64,
    /// How many tokens flow in over ten minutes.
    pub(super) in_ten_minutes: i64,
    /// How many a node takes out at once.
    handful: i64,
    /// How many a node gives before it asks.
    credit: i64,
}

impl Limit {
    #[cfg(test)]
    pub(super) const ALL: [Limit; 5] = [Limit::Calls, Limit::Secrets, Limit::Statements, Limit::Logins, Limit::Mails];

    /// A town hall shares one address among its desks; one statement may be sent again many times where the network is bad.
    pub(super) const fn size(self) -> Size {
        match self {
            Limit::Calls => Size { most: 300, in_ten_minutes: 3000, handful: 30, credit: 10 },
            Limit::Secrets => Size { most: 20, in_ten_minutes: 100, handful: 1, credit: 0 },
            Limit::Statements => Size { most: 200, in_ten_minutes: 200, handful: 5, credit: 5 },
            Limit::Logins => Size { most: 10, in_ten_minutes: 10, handful: 1, credit: 0 },
            Limit::Mails => Size { most: 5, in_ten_minutes: 1, handful: 1, credit: 0 },
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Limit::Calls => "calls",
            Limit::Secrets => "secrets",
            Limit::Statements => "statements",
            Limit::Logins => "logins",
            Limit::Mails => "mails",
        }
    }

    /// Return the name of a bucket in the store. Addresses and 認証IDs are not written down.
    fn bucket(self, whose: &str) -> String {
        secret::hash(format!("{} {whose}", self.word()))
    }
}

/// Every bucket is full again after so long: 5 mails at 1 in ten minutes.
pub(super) const FULL_AGAIN_SECONDS: i64 = 3600;

/// At most so many buckets are known to this node; then it begins anew.
const KNOWN: usize = 20_000;

/// So many buckets can be asked about at once.
const DOORS: usize = 64;

/// What this node holds of the buckets that it knows.
pub(super) struct Throttle {
    held: Mutex<HashMap<String, Held>>,
    /// One at a time asks the store about a bucket: those who come meanwhile spend of what it brings.
    doors: [tokio::sync::Mutex<()>; DOORS],
}

/// What this node holds of one bucket.
#[derive(Clone, Copy, Default)]
struct Held {
    /// Tokens to give.
    left: i64,
    /// Tokens given on credit, to be taken out of the store.
    owed: i64,
}

impl Default for Throttle {
    fn default() -> Throttle {
        Throttle { held: Mutex::default(), doors: std::array::from_fn(|_| tokio::sync::Mutex::default()) }
    }
}

impl Throttle {
    /// Take one token, or refuse and say after how many seconds there will be one.
    pub(super) async fn take(&self, store: &Store, limit: Limit, whose: &str, now: i64) -> Answer<()> {
        let bucket = limit.bucket(whose);
        if self.spend(limit, &bucket).is_ok() {
            return Ok(());
        }
        let door = bucket.bytes().fold(0, |sum, byte| (sum * 31 + usize::from(byte)) % DOORS);
        let _passing = match self.doors.get(door) {
            Some(door) => Some(door.lock().await),
            None => None,
        };
        let Err(owed) = self.spend(limit, &bucket) else { return Ok(()) };
        let handful = limit.size().handful;
        let mut tx = store.write().await?;
        // Less than a handful may be left, and then one is enough.
        let left = match draw(&mut tx, limit, &bucket, handful + owed, now).await? {
            Ok(()) => handful - 1,
            Err(seconds) if handful == 1 => return Err(Refused::For(Refusal::TooMany, seconds)),
            Err(_) => {
                draw(&mut tx, limit, &bucket, 1, now).await?.map_err(|seconds| Refused::For(Refusal::TooMany, seconds))?;
                0
            }
        };
        tx.commit().await?;
        if handful > 1 {
            self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(bucket, Held { left, owed: 0 });
        }
        Ok(())
    }

    /// Give a token of those that are held, or on credit. If there is none, return what is owed.
    fn spend(&self, limit: Limit, bucket: &str) -> Result<(), i64> {
        let credit = limit.size().credit;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.get_mut(bucket) {
            Some(Held { left: 0, owed }) => return Err(*owed),
            Some(Held { left, .. }) => *left -= 1,
            None if credit == 0 => return Err(0),
            None => {
                if held.len() >= KNOWN {
                    held.clear();
                }
                held.insert(bucket.to_owned(), Held { left: credit - 1, owed: credit });
            }
        }
        Ok(())
    }
}

/// Take one token in the transaction of what it is for: what is refused for another reason costs none.
pub(super) async fn take_within(tx: &mut Tx, limit: Limit, whose: &str, now: i64) -> Answer<()> {
    draw(tx, limit, &limit.bucket(whose), 1, now).await?.map_err(|seconds| Refused::For(Refusal::TooMany, seconds))
}

async fn draw(tx: &mut Tx, limit: Limit, bucket: &str, tokens: i64, now: i64) -> Result<Result<(), u64>, sqlx::Error> {
    let Size { most, in_ten_minutes, .. } = limit.size();
    let draw = Draw { bucket, size: most * UNITS, per_second: in_ten_minutes * UNITS / 600, want: tokens * UNITS };
    tx.draw(&draw, now).await
}

/// Return what counts as one address. A subscriber of IPv6 holds a whole /64 (RFC 6177).
pub(super) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()).to_string(),
        v4 => v4.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::store::Place;

    async fn store(folder: &tempfile::TempDir) -> Store {
        Store::open(&Place::File(folder.path().join("s.sqlite"))).await.unwrap()
    }

    /// Take until refused: how many there were, and how long to wait.
    async fn drain(throttle: &Throttle, store: &Store, limit: Limit, whose: &str, now: i64) -> (u32, u64) {
        let mut taken = 0;
        loop {
            match throttle.take(store, limit, whose, now).await {
                Ok(()) => taken += 1,
                Err(Refused::For(Refusal::TooMany, seconds)) => return (taken, seconds),
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn the_limit_stops_and_time_opens_it_again() {
        let folder = tempfile::tempdir().unwrap();
        let (throttle, store) = (Throttle::default(), store(&folder).await);
        assert_eq!(drain(&throttle, &store, Limit::Secrets, "192.0.2.1", 1000).await, (20, 6));
        assert_eq!(drain(&throttle, &store, Limit::Secrets, "192.0.2.2", 1000).await, (20, 6));
        assert!(throttle.take(&store, Limit::Calls, "192.0.2.1", 1000).await.is_ok());
        assert_eq!(drain(&throttle, &store, Limit::Secrets, "192.0.2.1", 1006).await, (1, 6));
        assert_eq!(drain(&throttle, &store, Limit::Secrets, "192.0.2.1", 1003).await, (0, 9));
        assert_eq!(drain(&throttle, &store, Limit::Mails, "ABCDEFGHJK", 1000).await, (5, 600));
        assert_eq!(drain(&throttle, &store, Limit::Mails, "ABCDEFGHJK", 1000 + FULL_AGAIN_SECONDS).await, (5, 600));
    }

    #[tokio::test]
    async fn nodes_count_together_and_a_new_start_forgets_nothing_but_the_credit() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let (one, two) = (Throttle::default(), Throttle::default());
        for _ in 0..15 {
            for node in [&one, &two] {
                node.take(&store, Limit::Calls, "192.0.2.1", 1000).await.unwrap();
            }
        }
        // Each has taken out its credit of 10 and a handful of 30; a third one gives its own credit, and finds 220 of the 300.
        assert_eq!(drain(&Throttle::default(), &store, Limit::Calls, "192.0.2.1", 1000).await.0, 220);
        assert_eq!(drain(&one, &store, Limit::Calls, "192.0.2.1", 1000).await.0, 25);
        assert_eq!(drain(&Throttle::default(), &store, Limit::Calls, "192.0.2.1", 1000).await.0, 10);
        let secrets =
            drain(&one, &store, Limit::Secrets, "192.0.2.1", 1000).await.0 + drain(&two, &store, Limit::Secrets, "192.0.2.1", 1000).await.0;
        assert_eq!(secrets, 20);
    }

    #[tokio::test]
    async fn who_registers_as_people_do_costs_the_store_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let throttle = Throttle::default();
        for (limit, calls) in [(Limit::Calls, 10), (Limit::Statements, 5)] {
            for _ in 0..calls {
                throttle.take(&store, limit, "192.0.2.1", 1000).await.unwrap();
            }
        }
        let mut tx = store.read().await.unwrap();
        assert!(tx.rows("SELECT id FROM limits", &[]).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_last_token_is_given_even_where_a_handful_is_too_much() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let throttle = Throttle::default();
        assert_eq!(drain(&throttle, &store, Limit::Calls, "192.0.2.1", 1000).await.0, 300);
        assert_eq!(drain(&throttle, &store, Limit::Calls, "192.0.2.1", 1001).await.0, 5);
    }

    #[test]
    fn one_subscriber_of_ipv6_is_one_address() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..2 * KNOWN {
            throttle.spend(Limit::Calls, &number.to_string()).unwrap();
        }
        assert!(throttle.held.lock().unwrap().len() <= KNOWN);
    }

    #[test]
    fn every_bucket_is_full_again_in_time() {
        for limit in Limit::ALL {
            let Size { most, in_ten_minutes, .. } = limit.size();
            assert!(most * 600 <= FULL_AGAIN_SECONDS * in_ten_minutes, "{limit:?}");
        }
    }
}
