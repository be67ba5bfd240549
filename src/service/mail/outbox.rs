//! The outbox worker: delivers one mail at a time, retries each for days, and discards none. `mail` does the delivery.

use std::time::Duration;

use tokio::sync::watch;

use crate::protocol::authentication_id::AuthenticationId;
use crate::protocol::session::{PasswordRules, path};
use crate::service::clock;
use crate::service::mail::kind::LinkedPage;
use crate::service::mail::{Kind, MailError, text};
use crate::service::metrics::Counter;
use crate::service::secret;
use crate::service::state::AppState;
use crate::service::store::Tx;
use crate::service::store::mails::{Queued, Wait};
use crate::service::store::retention::{self, CLOCKS, Deleted, Left};

/// How long a mail is retried before it is left to the operator, in seconds. Mail servers give up after 4 to 5 days (RFC 5321, 4.5.4.1).
const GIVE_UP_AFTER: i64 = 5 * 24 * 3600;

/// Maximum delay between two attempts at a mail that the server does not accept, in seconds.
const LONGEST: i64 = 4 * 3600;

/// Maximum delay while no mail gets through, in seconds. Shorter, because a probe is cheap and afterwards all mails go out at once.
const LONGEST_WITHOUT_SERVER: i64 = 15 * 60;

/// Poll interval, because another node may have queued a mail.
const POLL: Duration = Duration::from_secs(30);

/// How long each mail yields to requests in flight; even then up to 20 are sent per second.
const YIELD: Duration = Duration::from_millis(50);

/// Timeout of one step. Longer than the timeouts of a delivery (`smtp`), so it ends only waiting for an unresponsive database.
const STEP_TIMEOUT: Duration = Duration::from_secs(240);

/// Interval between applications of the retention rules, in seconds.
const TIDY_SECONDS: i64 = 600;

/// Work until told to stop, and then until no mail is due.
pub(in crate::service) async fn work(state: &AppState, mut stop: watch::Receiver<bool>) {
    let mut worker = Worker { delivered: None, yielded: false, paused_until: i64::MIN };
    let mut tidy_at = i64::MIN;
    let mut before = i64::MIN;
    loop {
        let now = state.now();
        if now.saturating_add(CLOCKS) >= before || retention::repair_clock(&state.store, now).await.is_ok() {
            before = now;
        }
        // One batch per round, so that a large backlog delays neither mails nor requests.
        let left = if lasts(tidy_at, TIDY_SECONDS, now) { None } else { tidy(state, now).await };
        if left == Some(Left::Nothing) {
            tidy_at = now + TIDY_SECONDS;
        }
        let pause = match tokio::time::timeout(STEP_TIMEOUT, worker.step(state)).await.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Ok(Step::More) => continue,
            Ok(Step::Yielded) => {
                tokio::time::sleep(YIELD).await;
                continue;
            }
            Ok(Step::NothingDue | Step::Paused) if left == Some(Left::Something) => Duration::ZERO,
            Ok(Step::NothingDue) => until_due(state).await.unwrap_or(POLL),
            Ok(Step::Paused) => POLL,
            // Queued mails stay in the store.
            Err(_) => {
                (state.log)("outbox: the store does not answer");
                POLL
            }
        };
        if *stop.borrow() {
            return;
        }
        tokio::select! {
            () = state.mail_queued.notified() => {}
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Delete a batch of expired data, after the last one also what can still be read of it on the disk, and queue what reminds of passwords that
/// end. Return whether more remains, or `None` if the store fails.
async fn tidy(state: &AppState, now: i64) -> Option<Left> {
    let Deleted { mails, left } = retention::delete_expired(&state.store, &state.retention, now).await.ok()?;
    state.delete_mail_files(mails).await;
    if left == Left::Nothing {
        state.store.empty_wal().await;
    }
    if state.profile.password_rules.days.is_none() {
        return Some(left);
    }
    let mut tx = state.store.write().await.ok()?;
    let more = tx.remind_of_passwords(&state.profile.password_rules, now).await.ok()?;
    tx.commit().await.ok()?;
    Some(if more { Left::Something } else { left })
}

async fn until_due(state: &AppState) -> Option<Duration> {
    let next = state.store.read().await.ok()?.next_mail().await.ok()??;
    let seconds = u64::try_from(next.saturating_sub(state.now())).unwrap_or_default();
    Some(Duration::from_secs(seconds).clamp(Duration::from_millis(200), POLL))
}

/// Outcome of a step.
enum Step {
    /// A delivery was attempted.
    More,
    /// Yielded to requests.
    Yielded,
    /// No mail is due.
    NothingDue,
    /// No mail gets through, and the next attempt is not yet due.
    Paused,
}

/// The state of the worker.
struct Worker {
    /// The last mail and its outcome, kept until recorded, so that a failing store does not lose it.
    delivered: Option<(Queued, Result<(), MailError>)>,
    /// Whether the last step yielded, so that this one must not.
    yielded: bool,
    /// While no mail gets through, none is tried before this time, in seconds since 1970, so that the oldest goes first again.
    paused_until: i64,
}

/// Return whether a pause is still running. One with more than its maximum left was begun while the clock was wrong.
fn lasts(until: i64, longest: i64, now: i64) -> bool {
    (1..=longest).contains(&until.saturating_sub(now))
}

impl Worker {
    fn is_paused(&self, now: i64) -> bool {
        lasts(self.paused_until, LONGEST_WITHOUT_SERVER, now)
    }

    /// Record the outcome of the last mail and claim the next in one transaction, then deliver it. With one mail in flight, a crash repeats
    /// at most one delivery.
    async fn step(&mut self, state: &AppState) -> Result<Step, sqlx::Error> {
        let now = state.now();
        if self.delivered.is_none() && self.is_paused(now) {
            return Ok(Step::Paused);
        }
        let yields = state.is_busy() && !self.yielded;
        self.yielded = yields;
        if yields && self.delivered.is_none() {
            return Ok(Step::Yielded);
        }
        let mut tx = state.store.write().await?;
        let mut gone = Vec::new();
        if let Some((mail, outcome)) = &self.delivered {
            match outcome {
                Ok(()) if !tx.mail_sent(mail, now).await? => gone.push(mail.id.clone()),
                Ok(()) => {}
                Err(error) => self.paused_until = record(&mut tx, mail, error, now).await?,
            }
        }
        let next = if yields || self.is_paused(now) { None } else { claim(&mut tx, &state.profile.password_rules, now).await? };
        tx.commit().await?;
        self.delivered = None;
        state.delete_mail_files(gone).await;
        if yields {
            return Ok(Step::Yielded);
        }
        let Some((mail, link, ends)) = next else {
            return Ok(if self.is_paused(now) { Step::Paused } else { Step::NothingDue });
        };
        let link = link.map(|path| format!("{}{path}", state.audience));
        let id = AuthenticationId::parse(&mail.person).map_or_else(|| mail.person.clone(), |id| id.to_string());
        let facts = text::Facts {
            service: &state.profile.name,
            worth: state.profile.worth(),
            authentication_id: &id,
            link: link.as_deref(),
            password_rules: state.profile.password_rules,
            password_ends: ends.map(clock::date_in_japan),
            own: Some(&state.profile.texts),
        };
        let outcome = state.mailer.deliver(&mail, &facts, now).await;
        state.metrics.add(if outcome.is_ok() { Counter::MailsSent } else { Counter::MailsFailed });
        if let Err(error) = &outcome {
            (state.log)(&format!("mail {}, attempt {}: {error}", mail.id, mail.attempts));
        }
        self.delivered = Some((mail, outcome));
        Ok(Step::More)
    }
}

/// A mail to deliver, with the path of its link if it contains one, and when the password ends if it tells that.
type Claimed = (Queued, Option<String>, Option<i64>);

/// Claim the next due mail. Its token is created now, not when the mail is queued, so that the store never holds it in clear text.
async fn claim(tx: &mut Tx, rules: &PasswordRules, now: i64) -> Result<Option<Claimed>, sqlx::Error> {
    let Some(mail) = tx.claim_mail(now).await? else { return Ok(None) };
    if mail.kind == Kind::PasswordEnds {
        let set_at = tx.person(&mail.person).await?.and_then(|person| person.password_set_at);
        return Ok(Some((mail, None, rules.end_of(set_at))));
    }
    let Some(page) = mail.kind.page() else { return Ok(Some((mail, None, None))) };
    let token = secret::random().map_err(|_| sqlx::Error::Io(std::io::Error::other("no random numbers")))?;
    let path = match page {
        LinkedPage::Password => {
            tx.add_token(&token, &mail, now).await?;
            path::password(&token)
        }
        LinkedPage::Card => {
            tx.add_linking_token(&token, &mail.id, now).await?;
            path::card(&token)
        }
    };
    Ok(Some((mail, Some(path), None)))
}

/// Record why a mail was not delivered. Return the time until which no other mail need be tried, in seconds since 1970.
async fn record(tx: &mut Tx, mail: &Queued, error: &MailError, now: i64) -> Result<i64, sqlx::Error> {
    match error {
        MailError::Later(why) => {
            let next_at = (now - mail.created_at < GIVE_UP_AFTER).then_some(now + pause(mail.attempts, LONGEST));
            tx.mail_failed(mail, why, next_at).await?;
        }
        MailError::Never(why) => tx.mail_failed(mail, why, None).await?,
        MailError::Server(why) => {
            let next_at = now + pause(mail.attempts, LONGEST_WITHOUT_SERVER);
            tx.mails_wait(mail, why, Wait { now, next_at, patience: now - GIVE_UP_AFTER }).await?;
            return Ok(next_at);
        }
    }
    Ok(i64::MIN)
}

/// Return the delay before the next attempt in seconds: 1 minute, doubled each time, up to a limit.
fn pause(attempts: i64, longest: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 9) - 1).unwrap_or_default();
    (60 * 2i64.pow(doublings)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_their_limit() {
        let pauses = |longest| (1..13).map(|attempts| pause(attempts, longest) / 60).collect::<Vec<_>>();
        assert_eq!(pauses(LONGEST), [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240]);
        assert_eq!(pauses(LONGEST_WITHOUT_SERVER), [1, 2, 4, 8, 15, 15, 15, 15, 15, 15, 15, 15]);
    }
}
