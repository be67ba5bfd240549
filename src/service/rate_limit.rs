//! Rate limits by address, certificate and person: token buckets in the store, so that all nodes count together.
//!
//! A node grants the first tokens of a bucket on credit and then draws batches, so that an ordinary registration causes no write.
//! `design.md` has the rationale and measurements.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use crate::service::secret;
use crate::service::store::limits::Draw;
use crate::service::store::{Store, Tx};

/// Why no token was taken.
#[derive(Debug, Error)]
pub(super) enum RateLimitError {
    /// The bucket is empty.
    #[error("rate limit exceeded, retry after {retry_after} s")]
    Exceeded {
        /// Seconds until a token is available.
        retry_after: u64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

/// The limits, counted independently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Limit {
    /// Requests of any kind, by address.
    Calls,
    /// Requests that submit a secret (password or token), by address.
    Secrets,
    /// Signed statements, by certificate.
    Statements,
    /// Password attempts, by 認証ID.
    Logins,
    /// Mails requested, by person.
    Mails,
}

/// Store units per token: fine enough that the slowest bucket refills by whole units per second.
const UNITS: i64 = 60_000;

/// The size of a bucket, and how a node draws from it.
pub(super) struct Size {
    /// Capacity in tokens.
    pub(super) most: i64,
    /// Tokens refilled in ten minutes.
    pub(super) in_ten_minutes: i64,
    /// Tokens that a node draws at once.
    batch: i64,
    /// Tokens that a node grants before it draws from the store.
    credit: i64,
}

impl Limit {
    #[cfg(test)]
    pub(super) const ALL: [Limit; 5] = [Limit::Calls, Limit::Secrets, Limit::Statements, Limit::Logins, Limit::Mails];

    /// Return the size of its bucket. The counters of a town hall share one address; on a bad network a statement is sent many times.
    pub(super) const fn size(self) -> Size {
        match self {
            Limit::Calls => Size { most: 300, in_ten_minutes: 3000, batch: 30, credit: 10 },
            Limit::Secrets => Size { most: 20, in_ten_minutes: 100, batch: 1, credit: 0 },
            Limit::Statements => Size { most: 200, in_ten_minutes: 200, batch: 5, credit: 5 },
            Limit::Logins => Size { most: 10, in_ten_minutes: 10, batch: 1, credit: 0 },
            Limit::Mails => Size { most: 5, in_ten_minutes: 1, batch: 1, credit: 0 },
        }
    }

    /// Return its name, also part of the bucket's key.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Limit::Calls => "calls",
            Limit::Secrets => "secrets",
            Limit::Statements => "statements",
            Limit::Logins => "logins",
            Limit::Mails => "mails",
        }
    }

    /// Return the key of a bucket in the store: a hash, so that no address or 認証ID is stored.
    fn bucket(self, whose: &str) -> String {
        secret::hash(format!("{} {whose}", self.word()))
    }
}

/// Time within which every bucket refills, in seconds. The slowest, 5 mails at 1 in ten minutes, takes 3000.
pub(super) const FULL_AGAIN_SECONDS: i64 = 3600;

/// Maximum number of buckets held by a node; when reached, all are dropped.
const MAX_BUCKETS: usize = 20_000;

/// Number of locks that keep concurrent requests from drawing from the same bucket.
const SHARDS: usize = 64;

/// The tokens held by this node.
pub(super) struct RateLimiter {
    held: Mutex<HashMap<String, Held>>,
    /// One request at a time draws from a bucket; those waiting meanwhile spend what it has drawn.
    shards: [tokio::sync::Mutex<()>; SHARDS],
}

/// The tokens of one bucket held by this node.
#[derive(Clone, Copy, Default)]
struct Held {
    /// Tokens left.
    left: i64,
    /// Tokens granted on credit, not yet drawn from the store.
    owed: i64,
}

impl Default for RateLimiter {
    fn default() -> RateLimiter {
        RateLimiter { held: Mutex::default(), shards: std::array::from_fn(|_| tokio::sync::Mutex::default()) }
    }
}

impl RateLimiter {
    /// Take a token.
    pub(super) async fn take(&self, store: &Store, limit: Limit, whose: &str, now: i64) -> Result<(), RateLimitError> {
        let bucket = limit.bucket(whose);
        if self.spend(limit, &bucket).is_ok() {
            return Ok(());
        }
        let shard = bucket.bytes().fold(0, |sum, byte| (sum * 31 + usize::from(byte)) % SHARDS);
        let _guard = match self.shards.get(shard) {
            Some(shard) => Some(shard.lock().await),
            None => None,
        };
        let Err(owed) = self.spend(limit, &bucket) else { return Ok(()) };
        let batch = limit.size().batch;
        let mut tx = store.write().await?;
        // Less than a batch may be left; then draw one token.
        let left = match draw(&mut tx, limit, &bucket, batch + owed, now).await? {
            Ok(()) => batch - 1,
            Err(seconds) if batch == 1 => return Err(RateLimitError::Exceeded { retry_after: seconds }),
            Err(_) => {
                draw(&mut tx, limit, &bucket, 1, now).await?.map_err(|retry_after| RateLimitError::Exceeded { retry_after })?;
                0
            }
        };
        tx.commit().await?;
        if batch > 1 {
            self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(bucket, Held { left, owed: 0 });
        }
        Ok(())
    }

    /// Spend a token that is held or granted on credit. If there is none, return the number owed.
    fn spend(&self, limit: Limit, bucket: &str) -> Result<(), i64> {
        let credit = limit.size().credit;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.get_mut(bucket) {
            Some(Held { left: 0, owed }) => return Err(*owed),
            Some(Held { left, .. }) => *left -= 1,
            None if credit == 0 => return Err(0),
            None => {
                if held.len() >= MAX_BUCKETS {
                    held.clear();
                }
                held.insert(bucket.to_owned(), Held { left: credit - 1, owed: credit });
            }
        }
        Ok(())
    }
}

/// Take a token within a transaction; a rollback returns it.
pub(super) async fn take_within(tx: &mut Tx, limit: Limit, whose: &str, now: i64) -> Result<(), RateLimitError> {
    draw(tx, limit, &limit.bucket(whose), 1, now).await?.map_err(|retry_after| RateLimitError::Exceeded { retry_after })
}

async fn draw(tx: &mut Tx, limit: Limit, bucket: &str, tokens: i64, now: i64) -> Result<Result<(), u64>, sqlx::Error> {
    let Size { most, in_ten_minutes, .. } = limit.size();
    let draw = Draw { bucket, size: most * UNITS, per_second: in_ten_minutes * UNITS / 600, want: tokens * UNITS };
    tx.draw(&draw, now).await
}

/// Return the network that counts as one address: for IPv6 the subscriber's /64 (RFC 6177).
pub(super) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()).to_string(),
        v4 => v4.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::store::Location;

    async fn store(folder: &tempfile::TempDir) -> Store {
        Store::open(&Location::File(folder.path().join("s.sqlite"))).await.unwrap()
    }

    /// Take tokens until refused; return their number and the seconds to wait.
    async fn drain(limiter: &RateLimiter, store: &Store, limit: Limit, whose: &str, now: i64) -> (u32, u64) {
        let mut taken = 0;
        loop {
            match limiter.take(store, limit, whose, now).await {
                Ok(()) => taken += 1,
                Err(RateLimitError::Exceeded { retry_after }) => return (taken, retry_after),
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn the_limit_stops_and_time_opens_it_again() {
        let folder = tempfile::tempdir().unwrap();
        let (limiter, store) = (RateLimiter::default(), store(&folder).await);
        assert_eq!(drain(&limiter, &store, Limit::Secrets, "192.0.2.1", 1000).await, (20, 6));
        assert_eq!(drain(&limiter, &store, Limit::Secrets, "192.0.2.2", 1000).await, (20, 6));
        assert!(limiter.take(&store, Limit::Calls, "192.0.2.1", 1000).await.is_ok());
        assert_eq!(drain(&limiter, &store, Limit::Secrets, "192.0.2.1", 1006).await, (1, 6));
        assert_eq!(drain(&limiter, &store, Limit::Secrets, "192.0.2.1", 1003).await, (0, 9));
        assert_eq!(drain(&limiter, &store, Limit::Mails, "ABCDEFGHJK", 1000).await, (5, 600));
        assert_eq!(drain(&limiter, &store, Limit::Mails, "ABCDEFGHJK", 1000 + FULL_AGAIN_SECONDS).await, (5, 600));
    }

    #[tokio::test]
    async fn nodes_count_together_and_a_new_start_forgets_nothing_but_the_credit() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let (one, two) = (RateLimiter::default(), RateLimiter::default());
        for _ in 0..15 {
            for node in [&one, &two] {
                node.take(&store, Limit::Calls, "192.0.2.1", 1000).await.unwrap();
            }
        }
        // Each node has drawn its credit of 10 and a batch of 30. A third grants its own credit, and finds 220 of the 300.
        assert_eq!(drain(&RateLimiter::default(), &store, Limit::Calls, "192.0.2.1", 1000).await.0, 220);
        assert_eq!(drain(&one, &store, Limit::Calls, "192.0.2.1", 1000).await.0, 25);
        assert_eq!(drain(&RateLimiter::default(), &store, Limit::Calls, "192.0.2.1", 1000).await.0, 10);
        let secrets =
            drain(&one, &store, Limit::Secrets, "192.0.2.1", 1000).await.0 + drain(&two, &store, Limit::Secrets, "192.0.2.1", 1000).await.0;
        assert_eq!(secrets, 20);
    }

    #[tokio::test]
    async fn who_registers_as_people_do_costs_the_store_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let limiter = RateLimiter::default();
        for (limit, calls) in [(Limit::Calls, 10), (Limit::Statements, 5)] {
            for _ in 0..calls {
                limiter.take(&store, limit, "192.0.2.1", 1000).await.unwrap();
            }
        }
        let mut tx = store.read().await.unwrap();
        assert!(tx.rows("SELECT id FROM limits", &[]).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_last_token_is_given_even_where_a_batch_is_too_much() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let limiter = RateLimiter::default();
        assert_eq!(drain(&limiter, &store, Limit::Calls, "192.0.2.1", 1000).await.0, 300);
        assert_eq!(drain(&limiter, &store, Limit::Calls, "192.0.2.1", 1001).await.0, 5);
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
        let limiter = RateLimiter::default();
        for number in 0..2 * MAX_BUCKETS {
            limiter.spend(Limit::Calls, &number.to_string()).unwrap();
        }
        assert!(limiter.held.lock().unwrap().len() <= MAX_BUCKETS);
    }

    #[test]
    fn every_bucket_is_full_again_in_time() {
        for limit in Limit::ALL {
            let Size { most, in_ten_minutes, .. } = limit.size();
            assert!(most * 600 <= FULL_AGAIN_SECONDS * in_ten_minutes, "{limit:?}");
        }
    }
}
