//! The worker that empties the outbox: one mail at a time, each tried for days, none dropped. How a mail is handed over is `mail`'s.

use std::time::Duration;

use tokio::sync::watch;

use crate::protocol::authentication_id::AuthenticationId;
use crate::protocol::session::path;
use crate::service::desk::Desk;
use crate::service::figures::Counter;
use crate::service::mail::{Trouble, text};
use crate::service::secret;
use crate::service::store::Tx;
use crate::service::store::mails::{Queued, Wait};
use crate::service::store::retention::{self, CLOCKS, Forgotten, Left};

/// How long a mail is tried before it is left for the operator. Mail servers themselves wait 4 to 5 days (RFC 5321, 4.5.4.1).
const PATIENCE: i64 = 5 * 24 * 3600;

/// The longest pause between two attempts at a mail that the server does not take, in seconds.
const LONGEST: i64 = 4 * 3600;

/// The longest pause while there is no server to take any, in seconds: one look at it costs little, and then everybody's mails go at once.
const LONGEST_WITHOUT_SERVER: i64 = 15 * 60;

/// The worker looks at least so often: another node may have queued something.
const LOOK: Duration = Duration::from_secs(30);

/// A mail can wait so long for people who are waiting for an answer. Even then, 20 go in a second.
const ASIDE: Duration = Duration::from_millis(50);

/// No step takes longer: a delivery is given up sooner (`smtp`). A database that fell silent is waited for no longer either.
const STEP: Duration = Duration::from_secs(240);

/// What has run out is forgotten so often.
const TIDY_SECONDS: i64 = 600;

/// Work until told to stop, and then once more until nothing is due.
pub(in crate::service) async fn work(desk: &Desk, mut stop: watch::Receiver<bool>) {
    let mut worker = Worker { delivered: None, stood_aside: false, paused_until: i64::MIN };
    let mut tidy_at = i64::MIN;
    let mut before = i64::MIN;
    loop {
        let now = desk.now();
        if now.saturating_add(CLOCKS) >= before || retention::mend(&desk.store, now).await.is_ok() {
            before = now;
        }
        // A portion each round: neither mails nor calls wait for a big backlog.
        let left = if lasts(tidy_at, TIDY_SECONDS, now) { None } else { tidy(desk, now).await };
        if left == Some(Left::Nothing) {
            tidy_at = now + TIDY_SECONDS;
        }
        let pause = match tokio::time::timeout(STEP, worker.step(desk)).await.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Ok(Step::More) => continue,
            Ok(Step::Aside) => {
                tokio::time::sleep(ASIDE).await;
                continue;
            }
            Ok(Step::NothingDue | Step::Paused) if left == Some(Left::Something) => Duration::ZERO,
            Ok(Step::NothingDue) => until_due(desk).await.unwrap_or(LOOK),
            Ok(Step::Paused) => LOOK,
            // The store is away; what is queued waits in it.
            Err(_) => {
                (desk.log)("outbox: the store does not answer");
                LOOK
            }
        };
        if *stop.borrow() {
            return;
        }
        tokio::select! {
            () = desk.mail_is_queued() => {}
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Forget a portion of what has run out, and return whether there is more, unless the store is away.
async fn tidy(desk: &Desk, now: i64) -> Option<Left> {
    let Forgotten { mails, left } = retention::forget(&desk.store, &desk.retention, now).await.ok()?;
    desk.forget_mails(mails).await;
    Some(left)
}

async fn until_due(desk: &Desk) -> Option<Duration> {
    let next = desk.store.read().await.ok()?.next_mail().await.ok()??;
    let seconds = u64::try_from(next.saturating_sub(desk.now())).unwrap_or_default();
    Some(Duration::from_secs(seconds).clamp(Duration::from_millis(200), LOOK))
}

/// What a step came to.
enum Step {
    /// A mail was delivered, or tried.
    More,
    /// People come first.
    Aside,
    /// No mail is due.
    NothingDue,
    /// No mail gets through, and it is not yet time to look again.
    Paused,
}

/// What the worker holds in its hands.
struct Worker {
    /// The mail that was tried last, and what came of it, until that is recorded: if the store is away just then, it is not forgotten.
    delivered: Option<(Queued, Result<(), Trouble>)>,
    /// Whether it has let people go first, and it is a mail's turn.
    stood_aside: bool,
    /// While no mail gets through, none is tried before this, so that the oldest is the first again.
    paused_until: i64,
}

/// Return whether a pause of at most so many seconds lasts. One that would last longer was begun while the clock was wrong.
fn lasts(until: i64, longest: i64, now: i64) -> bool {
    (1..=longest).contains(&until.saturating_sub(now))
}

impl Worker {
    fn is_paused(&self, now: i64) -> bool {
        lasts(self.paused_until, LONGEST_WITHOUT_SERVER, now)
    }

    /// Record what came of the last mail and take the next one, in one transaction; then deliver that. There is never more than one mail
    /// between two transactions, so a process that dies repeats one at most.
    async fn step(&mut self, desk: &Desk) -> Result<Step, sqlx::Error> {
        let now = desk.now();
        if self.delivered.is_none() && self.is_paused(now) {
            return Ok(Step::Paused);
        }
        let aside = desk.is_busy() && !self.stood_aside;
        self.stood_aside = aside;
        if aside && self.delivered.is_none() {
            return Ok(Step::Aside);
        }
        let mut tx = desk.store.write().await?;
        let mut gone = Vec::new();
        if let Some((mail, outcome)) = &self.delivered {
            match outcome {
                Ok(()) if !tx.mail_sent(mail, now).await? => gone.push(mail.id.clone()),
                Ok(()) => {}
                Err(trouble) => self.paused_until = record(&mut tx, mail, trouble, now).await?,
            }
        }
        let next = if aside || self.is_paused(now) { None } else { claim(&mut tx, now).await? };
        tx.commit().await?;
        self.delivered = None;
        desk.forget_mails(gone).await;
        if aside {
            return Ok(Step::Aside);
        }
        let Some((mail, token)) = next else {
            return Ok(if self.is_paused(now) { Step::Paused } else { Step::NothingDue });
        };
        let link = token.map(|token| format!("{}{}", desk.audience, path::password(&token)));
        let id = AuthenticationId::parse(&mail.person).map_or_else(|| mail.person.clone(), |id| id.to_string());
        let facts = text::Facts { service: &desk.name, worth: desk.worth(), authentication_id: &id, link: link.as_deref() };
        let outcome = desk.mailer.deliver(&mail, &facts, now).await;
        desk.figures.add(if outcome.is_ok() { Counter::MailsSent } else { Counter::MailsFailed });
        if let Err(trouble) = &outcome {
            (desk.log)(&format!("mail {}, attempt {}: {trouble}", mail.id, mail.attempts));
        }
        self.delivered = Some((mail, outcome));
        Ok(Step::More)
    }
}

/// Take the mail whose turn it is, with a token if it carries a link. The token is made now and not when the mail was queued, so the store
/// never holds it in the clear.
async fn claim(tx: &mut Tx, now: i64) -> Result<Option<(Queued, Option<String>)>, sqlx::Error> {
    let Some(mail) = tx.claim_mail(now).await? else { return Ok(None) };
    if !mail.kind.has_link() {
        return Ok(Some((mail, None)));
    }
    let token = secret::random().map_err(|_| sqlx::Error::Io(std::io::Error::other("no random numbers")))?;
    tx.add_token(&token, &mail, now).await?;
    Ok(Some((mail, Some(token))))
}

/// Record why a mail was not handed over. Return until when no other one needs to be tried.
async fn record(tx: &mut Tx, mail: &Queued, trouble: &Trouble, now: i64) -> Result<i64, sqlx::Error> {
    match trouble {
        Trouble::Later(why) => {
            let next_at = (now - mail.created_at < PATIENCE).then_some(now + pause(mail.attempts, LONGEST));
            tx.mail_failed(mail, why, next_at).await?;
        }
        Trouble::Never(why) => tx.mail_failed(mail, why, None).await?,
        Trouble::Server(why) => {
            let next_at = now + pause(mail.attempts, LONGEST_WITHOUT_SERVER);
            tx.mails_wait(mail, why, Wait { now, next_at, patience: now - PATIENCE }).await?;
            return Ok(next_at);
        }
    }
    Ok(i64::MIN)
}

/// Return after how many seconds it is tried again: 1 minute, then twice as long each time, up to a limit.
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
