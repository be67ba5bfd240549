//! The end of passwords, where the rules give them one: who is reminded of it, and when.

use crate::protocol::session::PasswordRules;
use crate::service::mail::Kind;
use crate::service::store::{Tx, values};

/// Seconds per day.
const DAY: i64 = 86_400;

/// How many days before the end each reminder is due, the last one first, with how many have been sent by then.
const REMINDERS: [(u32, i64); 2] = [(7, 2), (30, 1)];

/// Maximum number of reminders queued per call and kind.
const PORTION: usize = 100;

impl Tx {
    /// Queue the reminders that are due. Whoever comes to both at once, because the service was away, gets one. Return whether there may be
    /// more.
    pub(in crate::service) async fn remind_of_passwords(&mut self, rules: &PasswordRules, now: i64) -> Result<bool, sqlx::Error> {
        let Some(days) = rules.days else { return Ok(false) };
        let mut more = false;
        for (before, sent) in REMINDERS {
            let set_by = now - i64::from(days.saturating_sub(before)) * DAY;
            let sql =
                "SELECT authentication_id FROM people WHERE password_set_at <= $1 AND password_set_at > $2 AND password_reminders < $3
                       ORDER BY password_set_at LIMIT 100";
            let due = self.rows(sql, values![set_by, now - i64::from(days) * DAY, sent]).await?;
            more |= due.len() == PORTION;
            for row in due {
                let id: String = row.get("authentication_id")?;
                let sql = "UPDATE people SET password_reminders = $1 WHERE authentication_id = $2 AND password_reminders < $1";
                // Another node may have been faster.
                if self.run(sql, values![sent, &id]).await? == 1
                    && let Some(person) = self.person(&id).await?
                {
                    self.queue_mail(Kind::PasswordEnds, &person, now).await?;
                }
            }
        }
        Ok(more)
    }
}
