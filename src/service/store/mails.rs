//! The outbox and the tokens in its mails. A mail is queued in the transaction that it reports on, so that neither exists without the
//! other.

use crate::service::mail::kind::Kind;
use crate::service::secret;
use crate::service::store::people::Person;
use crate::service::store::{Row, Tx, values};

/// Lifetime of a password-page link in seconds, counted from the delivery attempt, so that the link of a delayed mail still works. Longer
/// than the ten minutes of ASVS 5.0, 6.5.5, because the link alone does not authenticate: the 認証ID comes in another mail.
pub(in crate::service) const TOKEN_SECONDS: i64 = 24 * 3600;

/// Lease of a mail to the worker that delivers it, in seconds. If that worker dies, another claims the mail afterwards.
pub(in crate::service) const LEASE_SECONDS: i64 = 300;

/// A claimed mail.
pub(in crate::service) struct Queued {
    /// Its id, also used in its Message-ID.
    pub(in crate::service) id: String,
    /// Its kind.
    pub(in crate::service) kind: Kind,
    /// Mail address.
    pub(in crate::service) recipient: String,
    /// 認証ID.
    pub(in crate::service) person: String,
    /// Language tag.
    pub(in crate::service) language: String,
    /// Number of attempts, including this one.
    pub(in crate::service) attempts: i64,
    /// When it was queued, in seconds since 1970.
    pub(in crate::service) created_at: i64,
}

impl Queued {
    fn of(row: &Row) -> Result<Queued, sqlx::Error> {
        let kind: String = row.get("kind")?;
        Ok(Queued {
            id: row.get("id")?,
            kind: Kind::from_word(&kind).ok_or_else(|| sqlx::Error::Decode("a kind of mail that is not known".into()))?,
            recipient: row.get("recipient")?,
            person: row.get("person")?,
            language: row.get("language")?,
            attempts: row.get("attempts")?,
            created_at: row.get("created_at")?,
        })
    }
}

/// The delivery status of a mail.
pub(in crate::service) struct MailStatus {
    /// Mail address.
    pub(in crate::service) recipient: String,
    /// `queued`, `sent` or `stuck`.
    pub(in crate::service) state: String,
    /// Time of the next attempt, in seconds since 1970.
    pub(in crate::service) next_at: i64,
    /// Why the last attempt failed.
    pub(in crate::service) trouble: Option<String>,
}

/// Parameters of postponing all mails while none gets through. Times are seconds since 1970.
pub(in crate::service) struct Wait {
    /// Mails due by this time are postponed.
    pub(in crate::service) now: i64,
    /// Time of the next attempt.
    pub(in crate::service) next_at: i64,
    /// Mails queued by this time are given up.
    pub(in crate::service) patience: i64,
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE outbox SET attempts = attempts + 1, next_at = $1 WHERE id = (SELECT id FROM outbox WHERE state = 'queued' AND next_at <= $2
             ORDER BY created_at, id LIMIT 1 ",
            $lock,
            ") RETURNING id, kind, recipient, person, language, attempts, created_at"
        )
    };
}

impl Tx {
    /// Queue a mail and return its id; requeue stuck mails to the same person and address: someone has dealt with the problem.
    pub(in crate::service) async fn queue_mail(&mut self, kind: Kind, to: &Person, now: i64) -> Result<String, sqlx::Error> {
        // A new person cannot have stuck mails.
        if kind != Kind::Registered {
            let sql = "UPDATE outbox SET state = 'queued', attempts = 0, next_at = $1, created_at = $1, trouble = NULL
                       WHERE person = $2 AND recipient = $3 AND state = 'stuck'";
            self.run(sql, values![now, &to.authentication_id, &to.email]).await?;
        }
        let sql = "INSERT INTO outbox (id, person, kind, recipient, language, state, attempts, next_at, created_at)
                   VALUES ($1, $2, $3, $4, $5, 'queued', 0, $6, $7)";
        // UUIDv7 sorts by time (RFC 9562, 5.7), so mails of the same second keep their order.
        let id = uuid::Uuid::now_v7().to_string();
        self.run(sql, values![&id, &to.authentication_id, kind.word(), &to.email, &to.language, now, now]).await?;
        Ok(id)
    }

    /// Redirect unsent mails to another address and reset their attempts. The notices of a change, and of a new card, which may be the one that
    /// has changed the address, still go to the old address.
    pub(in crate::service) async fn redirect_mails(&mut self, person: &str, address: &str, now: i64) -> Result<(), sqlx::Error> {
        let sql = "UPDATE outbox SET recipient = $1, state = 'queued', attempts = 0, next_at = $2, created_at = $2, trouble = NULL
                   WHERE person = $3 AND state <> 'sent' AND kind NOT IN ('address_changed', 'card_linked')";
        self.run(sql, values![address, now, person]).await.map(drop)
    }

    /// Claim the next mail that is due. On PostgreSQL, concurrent nodes skip each other's locked rows.
    pub(in crate::service) async fn claim_mail(&mut self, now: i64) -> Result<Option<Queued>, sqlx::Error> {
        let sql = match self {
            Tx::SqliteRead(_) | Tx::SqliteWrite(_) => claim!(""),
            Tx::PostgresRead(_) | Tx::PostgresWrite(_) => claim!("FOR UPDATE SKIP LOCKED"),
        };
        self.row(sql, values![now + LEASE_SECONDS, now]).await?.map(|row| Queued::of(&row)).transpose()
    }

    /// Find the newest mail to the person who registered or logged in with a session.
    pub(in crate::service) async fn newest_mail(&mut self, session: &str, now: i64) -> Result<Option<MailStatus>, sqlx::Error> {
        let sql = "SELECT o.recipient, o.state, o.next_at, o.trouble FROM outbox o JOIN sessions s ON s.person = o.person
                   WHERE s.id = $1 AND s.expires_at > $2 ORDER BY o.created_at DESC, o.id DESC LIMIT 1";
        let Some(row) = self.row(sql, values![&secret::hash(session), now]).await? else { return Ok(None) };
        Ok(Some(MailStatus {
            recipient: row.get("recipient")?,
            state: row.get("state")?,
            next_at: row.get("next_at")?,
            trouble: row.get("trouble")?,
        }))
    }

    /// Return the ids of all mails to a person about to be deleted. On PostgreSQL, lock them first and so wait for nodes that hold one:
    /// mails are locked before their person, as in a claim, which avoids deadlock.
    pub(in crate::service) async fn mails_to(&mut self, person: &str) -> Result<Vec<String>, sqlx::Error> {
        let sql = match self {
            Tx::SqliteRead(_) | Tx::SqliteWrite(_) => "SELECT id FROM outbox WHERE person = $1",
            Tx::PostgresRead(_) | Tx::PostgresWrite(_) => "SELECT id FROM outbox WHERE person = $1 ORDER BY id FOR UPDATE",
        };
        ids(&self.rows(sql, values![person]).await?)
    }

    /// Delete a batch of the mails sent by a time, and return their ids.
    pub(in crate::service) async fn delete_sent_mails(&mut self, until: i64) -> Result<Vec<String>, sqlx::Error> {
        let sql = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state = 'sent' AND sent_at <= $1 ORDER BY sent_at LIMIT 500)
                   RETURNING id";
        ids(&self.rows(sql, values![until]).await?)
    }

    /// Return when the next mail is due.
    pub(in crate::service) async fn next_mail(&mut self) -> Result<Option<i64>, sqlx::Error> {
        let sql = "SELECT MIN(next_at) AS next_at FROM outbox WHERE state = 'queued'";
        Ok(self.row(sql, values![]).await?.map(|row| row.get("next_at")).transpose()?.flatten())
    }

    /// Record that a mail was sent. Return false if its row has changed meanwhile: the person was deleted, the address was corrected, or
    /// the lease expired and another node claimed it.
    pub(in crate::service) async fn mail_sent(&mut self, mail: &Queued, now: i64) -> Result<bool, sqlx::Error> {
        let sql = "UPDATE outbox SET state = 'sent', sent_at = $1, trouble = NULL
                   WHERE id = $2 AND state = 'queued' AND attempts = $3 AND recipient = $4";
        Ok(self.run(sql, values![now, &mail.id, mail.attempts, &mail.recipient]).await? == 1)
    }

    /// Record that a mail was not delivered: retry at `next_at`, or mark it stuck for the operator if `None`. A mail corrected or claimed
    /// by another node meanwhile is not changed.
    pub(in crate::service) async fn mail_failed(&mut self, mail: &Queued, trouble: &str, next_at: Option<i64>) -> Result<(), sqlx::Error> {
        let state = if next_at.is_some() { "queued" } else { "stuck" };
        let sql = "UPDATE outbox SET trouble = $1, state = $2, next_at = COALESCE($3, next_at)
                   WHERE id = $4 AND state = 'queued' AND attempts = $5 AND recipient = $6";
        self.run(sql, values![trouble, state, next_at, &mail.id, mail.attempts, &mail.recipient]).await.map(drop)
    }

    /// Record that no mail gets through, as seen with one of them: postpone all due mails to `next_at`, and mark those queued by `patience`
    /// stuck for the operator.
    pub(in crate::service) async fn mails_wait(&mut self, seen: &Queued, trouble: &str, wait: Wait) -> Result<(), sqlx::Error> {
        let sql = "UPDATE outbox SET trouble = $1, next_at = $2, state = CASE WHEN created_at <= $3 THEN 'stuck' ELSE 'queued' END
                   WHERE state = 'queued' AND (next_at <= $4 OR id = $5)";
        self.run(sql, values![trouble, wait.next_at, wait.patience, wait.now, &seen.id]).await.map(drop)
    }

    /// Store a token, and delete those of the person's older mails. Tokens of earlier attempts at the same mail stay valid, because such an
    /// attempt may have arrived.
    pub(in crate::service) async fn add_token(&mut self, token: &str, mail: &Queued, now: i64) -> Result<(), sqlx::Error> {
        let sql = "DELETE FROM tokens WHERE person = $1 AND mail <> $2 AND mailed_at <= $3";
        self.run(sql, values![&mail.person, &mail.id, mail.created_at]).await?;
        let sql = "INSERT INTO tokens (hash, person, mail, mailed_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
        let values = values![&secret::hash(token), &mail.person, &mail.id, mail.created_at, now + TOKEN_SECONDS];
        self.run(sql, values).await.map(drop)
    }

    /// Find the person of a valid token. Does not use up the token, because mail scanners open links.
    pub(in crate::service) async fn holder_of_token(&mut self, token: &str, now: i64) -> Result<Option<Person>, sqlx::Error> {
        let sql = "SELECT person FROM tokens WHERE hash = $1 AND used_at IS NULL AND expires_at > $2";
        match self.row(sql, values![&secret::hash(token), now]).await? {
            Some(row) => self.person(&row.get::<String>("person")?).await,
            None => Ok(None),
        }
    }

    /// Use up a token, and delete all others of its person. Of concurrent calls, exactly one returns true.
    pub(in crate::service) async fn use_token(&mut self, token: &str, person: &str, now: i64) -> Result<bool, sqlx::Error> {
        let hash = secret::hash(token);
        let sql = "UPDATE tokens SET used_at = $1 WHERE hash = $2 AND used_at IS NULL AND expires_at > $3";
        if self.run(sql, values![now, &hash, now]).await? != 1 {
            return Ok(false);
        }
        self.run("DELETE FROM tokens WHERE person = $1 AND hash <> $2", values![person, &hash]).await?;
        Ok(true)
    }

    /// Take away the password of a person, which somebody else may know.
    pub(in crate::service) async fn clear_password(&mut self, person: &str) -> Result<(), sqlx::Error> {
        let sql = "UPDATE people SET password = NULL, password_set_at = NULL WHERE authentication_id = $1";
        self.run(sql, values![person]).await.map(drop)
    }

    /// Set the password of a person.
    pub(in crate::service) async fn set_password(&mut self, person: &str, hash: &str, now: i64) -> Result<(), sqlx::Error> {
        let sql = "UPDATE people SET password = $1, password_set_at = $2, password_reminders = 0 WHERE authentication_id = $3";
        self.run(sql, values![hash, now, person]).await.map(drop)
    }
}

fn ids(rows: &[Row]) -> Result<Vec<String>, sqlx::Error> {
    rows.iter().map(|row| row.get("id")).collect()
}
