//! The worker that empties the outbox: one mail at a time, each tried for days, none dropped. How a mail is handed over is `mail`'s.

use std::time::Duration;

use tokio::sync::watch;

use crate::protocol::authentication_id::AuthenticationId;
use crate::protocol::session::path;
use crate::service::desk::Desk;
use crate::service::figures::Counter;
use crate::service::mail::{Trouble, text};
use crate::service::secret;
use crate::service::store::mails::Queued;
use crate::service::store::retention::{self, Left};

/// How long a mail is tried before it is left for the operator. Mail servers themselves wait 4 to 5 days (RFC 5321, 4.5.4.1).
const PATIENCE: i64 = 5 * 24 * 3600;

/// The worker looks at least so often: another node may have queued something.
const LOOK: Duration = Duration::from_secs(30);

/// What has run out is forgotten so often.
const TIDY_SECONDS: i64 = 600;

/// Work until told to stop, and then once more until nothing is due.
pub(in crate::service) async fn work(desk: &Desk, mut stop: watch::Receiver<bool>) {
    let mut tidy_at = i64::MIN;
    loop {
        let now = desk.now();
        // A portion each round: neither mails nor calls wait for a big backlog.
        let left = if now >= tidy_at { retention::forget(&desk.store, &desk.retention, now).await.ok() } else { None };
        if left == Some(Left::Nothing) {
            tidy_at = now + TIDY_SECONDS;
        }
        let pause = match step(desk).await {
            Ok(true) => continue,
            Ok(false) if left == Some(Left::Something) => Duration::ZERO,
            Ok(false) => until_due(desk).await.unwrap_or(LOOK),
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

async fn until_due(desk: &Desk) -> Option<Duration> {
    let next = desk.store.read().await.ok()?.next_mail().await.ok()??;
    let seconds = u64::try_from(next.saturating_sub(desk.now())).unwrap_or_default();
    Some(Duration::from_secs(seconds).clamp(Duration::from_millis(200), LOOK))
}

/// Deliver the mail whose turn it is. Return whether there was one.
async fn step(desk: &Desk) -> Result<bool, sqlx::Error> {
    let now = desk.now();
    let mut tx = desk.store.write().await?;
    let Some(mail) = tx.claim_mail(now).await? else { return Ok(false) };
    // The token is made now and not when the mail was queued, so the store never holds it in the clear.
    let token = if mail.kind.has_link() {
        let Ok(token) = secret::random() else { return Ok(false) };
        tx.add_token(&token, &mail, now).await?;
        Some(token)
    } else {
        None
    };
    tx.commit().await?;
    let link = token.map(|token| format!("{}{}", desk.audience, path::password(&token)));
    let id = AuthenticationId::parse(&mail.person).map_or_else(|| mail.person.clone(), |id| id.to_string());
    let facts = text::Facts { service: &desk.name, worth: desk.worth(), authentication_id: &id, link: link.as_deref() };
    let outcome = desk.mailer.deliver(&mail, &facts, now).await;
    desk.figures.add(if outcome.is_ok() { Counter::MailsSent } else { Counter::MailsFailed });
    let mut tx = desk.store.write().await?;
    match outcome {
        Ok(()) => tx.mail_sent(&mail.id, desk.now()).await?,
        Err(Trouble::Later(why)) => {
            (desk.log)(&format!("mail {}, attempt {}: {why}", mail.id, mail.attempts));
            tx.mail_failed(&mail.id, &why, next_attempt(&mail, desk.now())).await?;
        }
        Err(Trouble::Never(why)) => {
            (desk.log)(&format!("mail {}: {why}", mail.id));
            tx.mail_failed(&mail.id, &why, None).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Return when a mail is tried again: after 1 minute, then twice as long each time, at most 4 hours; `None` when patience is at its end.
fn next_attempt(mail: &Queued, now: i64) -> Option<i64> {
    let doublings = u32::try_from(mail.attempts.clamp(1, 9) - 1).unwrap_or_default();
    let pause = (60 * 2i64.pow(doublings)).min(4 * 3600);
    (now - mail.created_at < PATIENCE).then_some(now + pause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::mail::Kind;

    #[test]
    fn a_mail_is_tried_for_five_days_with_growing_pauses() {
        let mut mail = Queued {
            id: String::new(),
            kind: Kind::Registered,
            recipient: String::new(),
            person: String::new(),
            language: String::new(),
            attempts: 0,
            created_at: 0,
        };
        let (mut now, mut pauses) = (0, Vec::new());
        loop {
            mail.attempts += 1;
            let Some(next) = next_attempt(&mail, now) else { break };
            pauses.push(next - now);
            now = next;
        }
        assert_eq!(pauses.first(), Some(&60));
        assert!(pauses.is_sorted());
        assert_eq!(pauses.last(), Some(&(4 * 3600)));
        assert!((PATIENCE..PATIENCE + 4 * 3600).contains(&now));
    }
}
