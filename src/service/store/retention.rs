//! Deletion of expired data, in batches, so that the writer is never blocked for long. A person's records are kept as long as the person.

use crate::service::Retention;
use crate::service::rate_limit::FULL_AGAIN_SECONDS;
use crate::service::store::audit::Means;
use crate::service::store::{Store, Tx, values};

/// Seconds per day and per hour.
const DAY: i64 = 24 * HOUR;
const HOUR: i64 = 3600;

/// Whether more rows remain to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum Left {
    /// Nothing.
    Nothing,
    /// Possibly: a batch was full.
    Something,
}

/// Maximum distance of a stored time into the future, in seconds: a mail waits at most four hours, a session lives half an hour. A later
/// time was written while the clock was wrong, and would block mails and people until then.
const AHEAD: i64 = 5 * 3600;

/// Tolerance between the clocks of two nodes, in seconds.
pub(in crate::service) const CLOCKS: i64 = 60;

/// Maximum number of rows deleted per table at once, and of people with all their data.
const PORTION: u64 = 500;
const PEOPLE: usize = 50;

/// What was deleted.
pub(in crate::service) struct Deleted {
    /// Ids of mails, whose files are to be deleted.
    pub(in crate::service) mails: Vec<String>,
    /// Whether there is more.
    pub(in crate::service) left: Left,
}

/// Delete a batch of expired data. Sessions and tokens stay for another day, sessions that proved nothing for an hour, so that until then
/// the client is told that they expired rather than that they do not exist.
pub(in crate::service) async fn delete_expired(store: &Store, keep: &Retention, now: i64) -> Result<Deleted, sqlx::Error> {
    // Inactivity is detected from the audit log, so it must reach back at least as far.
    let audit = keep.audit.max(keep.unused.unwrap_or_default());
    let unused = match keep.unused {
        Some(days) => store.read().await?.unused(now - i64::from(days) * DAY).await?,
        None => Vec::new(),
    };
    let mut tx = store.write().await?;
    let mut left = if unused.len() == PEOPLE { Left::Something } else { Left::Nothing };
    let portions = [
        ("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT 500)", now - DAY),
        (
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE proof IS NULL AND person IS NULL AND expires_at <= $1 LIMIT 500)",
            now - HOUR,
        ),
        ("DELETE FROM tokens WHERE hash IN (SELECT hash FROM tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT 500)", now - DAY),
        ("DELETE FROM links WHERE id IN (SELECT id FROM links WHERE expires_at <= $1 ORDER BY expires_at LIMIT 500)", now),
        ("DELETE FROM limits WHERE id IN (SELECT id FROM limits WHERE at <= $1 ORDER BY at LIMIT 500)", now - FULL_AGAIN_SECONDS),
        ("DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at <= $1 ORDER BY at LIMIT 500)", now - i64::from(audit) * DAY),
    ];
    for (sql, until) in portions {
        if tx.run(sql, values![until]).await? == PORTION {
            left = Left::Something;
        }
    }
    let mut mails = tx.delete_sent_mails(now - i64::from(keep.mails) * DAY).await?;
    if mails.len() >= PORTION as usize {
        left = Left::Something;
    }
    for person in unused {
        mails.extend(tx.delete_unused(&person, keep, now).await?);
    }
    tx.commit().await?;
    Ok(Deleted { mails, left })
}

/// Repair times written while this node's clock was ahead. Call only after this clock was seen to go back: a node that lags behind the
/// others would do damage.
pub(in crate::service) async fn repair_clock(store: &Store, now: i64) -> Result<(), sqlx::Error> {
    let mut tx = store.write().await?;
    for (sql, latest) in [
        ("UPDATE outbox SET next_at = $1 WHERE state = 'queued' AND next_at > $2", now + AHEAD),
        ("UPDATE sessions SET expires_at = $1 WHERE expires_at > $2", now + AHEAD),
        ("UPDATE tokens SET expires_at = $1, mailed_at = $1 WHERE expires_at > $2", now + DAY + CLOCKS),
        ("UPDATE limits SET at = $1 WHERE at > $2", now + CLOCKS),
    ] {
        tx.run(sql, values![now, latest]).await?;
    }
    tx.commit().await
}

/// Select people registered by `$1` without a password, a login by card, or any audit event since; the operator's events do not count.
macro_rules! unused {
    ($rest:literal) => {
        concat!(
            "SELECT authentication_id FROM people WHERE password IS NULL AND registered_at <= $1 AND NOT EXISTS
                 (SELECT 1 FROM audit WHERE person = people.authentication_id AND (at > $1 OR event = 'login')
                  AND COALESCE(means, '') <> 'operator') ",
            $rest
        )
    };
}

impl Tx {
    /// Find people whose registration has been unused since a time.
    async fn unused(&mut self, until: i64) -> Result<Vec<String>, sqlx::Error> {
        let rows = self.rows(unused!("ORDER BY registered_at LIMIT 50"), values![until]).await?;
        rows.iter().map(|row| row.get("authentication_id")).collect()
    }

    /// Delete a person if the registration is still unused, and return the ids of their mails.
    async fn delete_unused(&mut self, person: &str, keep: &Retention, now: i64) -> Result<Vec<String>, sqlx::Error> {
        let until = now - i64::from(keep.unused.unwrap_or(u32::MAX)) * DAY;
        if self.row(unused!("AND authentication_id = $2"), values![until, person]).await?.is_none() {
            return Ok(Vec::new());
        }
        let Some(mails) = self.delete_person(person).await? else { return Ok(Vec::new()) };
        self.audit("unused_deleted", Means::Retention, Some(person), now).await?;
        Ok(mails)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::store::Location;

    #[tokio::test]
    async fn a_big_backlog_is_forgotten_in_portions() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Location::File(folder.path().join("store.sqlite"))).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let backlog = "WITH RECURSIVE old (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM old WHERE number < 1200)
                       INSERT INTO sessions (id, expires_at) SELECT 'old' || number, number FROM old";
        tx.run(backlog, &[]).await.unwrap();
        tx.open_session("new", "nonce", 10 * DAY).await.unwrap();
        tx.commit().await.unwrap();
        let mut counts = Vec::new();
        for _ in 0..3 {
            let left = delete_expired(&store, &Retention::default(), 10 * DAY).await.unwrap().left;
            let row = store.read().await.unwrap().row("SELECT COUNT(*) AS found FROM sessions", &[]).await.unwrap().unwrap();
            counts.push((left, row.get::<i64>("found").unwrap()));
        }
        // The first call deletes two batches: sessions that proved nothing expire sooner.
        assert_eq!(counts, [(Left::Something, 201), (Left::Nothing, 1), (Left::Nothing, 1)]);
    }
}
