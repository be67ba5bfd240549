//! Sessions and nonces, both stored only as hashes.

use serde::{Deserialize, Serialize};

use crate::service::secret;
use crate::service::store::{Row, Tx, values};

/// Lifetime of a session since its opening or the last statement that extended it, in seconds.
pub(in crate::service) const SESSION_SECONDS: i64 = 30 * 60;

/// Lifetime of the first nonce of a session, in seconds.
pub(in crate::service) const NONCE_SECONDS: i64 = 5 * 60;

/// The stored data of a certificate: enough to recognise it, and to find it at the authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::service) struct CardRecord {
    /// Hash that identifies the holder; see `verify::card_record`.
    pub(in crate::service) identity: String,
    /// CN of the subject: a number, not a name.
    pub(in crate::service) subject: String,
    /// Serial number of the certificate, in hex. Sessions stored by earlier versions have none.
    #[serde(default)]
    pub(in crate::service) serial: String,
    /// SHA-256 of the certificate.
    pub(in crate::service) fingerprint: String,
    /// End of validity, in seconds since 1970.
    pub(in crate::service) valid_until: i64,
    /// Whether it belongs to the test hierarchy.
    pub(in crate::service) test: bool,
}

/// A stored session.
pub(in crate::service) struct Session {
    /// Its key in the store.
    pub(in crate::service) id: String,
    /// Whether it is open.
    pub(in crate::service) status: SessionStatus,
    /// The certificate proved in this session, if any.
    pub(in crate::service) proof: Option<CardRecord>,
}

/// Whether a session can still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum SessionStatus {
    /// It can.
    Open,
    /// Expired, or closed by a registration or by `close_logins`.
    Ended,
}

impl Tx {
    /// Open a session with its first nonce. `name` is the session's secret.
    pub(in crate::service) async fn open_session(&mut self, name: &str, nonce: &str, now: i64) -> Result<(), sqlx::Error> {
        let id = secret::hash(name);
        self.run("INSERT INTO sessions (id, expires_at) VALUES ($1, $2)", values![&id, now + SESSION_SECONDS]).await?;
        self.add_nonce(&id, nonce, now + NONCE_SECONDS).await
    }

    /// Add a nonce to a session.
    pub(in crate::service) async fn add_nonce(&mut self, session: &str, nonce: &str, expires_at: i64) -> Result<(), sqlx::Error> {
        let sql = "INSERT INTO nonces (id, session, expires_at) VALUES ($1, $2, $3)";
        self.run(sql, values![&secret::hash(nonce), session, expires_at]).await.map(drop)
    }

    /// Find a session by its secret.
    pub(in crate::service) async fn session(&mut self, name: &str, now: i64) -> Result<Option<Session>, sqlx::Error> {
        let sql = "SELECT id, proof, expires_at, closed_at FROM sessions WHERE id = $1";
        self.row(sql, values![&secret::hash(name)]).await?.map(|row| session_of(&row, now)).transpose()
    }

    /// Use up a nonce of any session, and return that session, if both are still valid. Of concurrent calls, exactly one succeeds.
    pub(in crate::service) async fn use_nonce(&mut self, nonce: &str, now: i64) -> Result<Option<Session>, sqlx::Error> {
        let sql = "UPDATE nonces SET used_at = $1 WHERE id = $2 AND used_at IS NULL AND expires_at > $1 AND EXISTS
                       (SELECT 1 FROM sessions WHERE id = nonces.session AND closed_at IS NULL AND expires_at > $1)
                   RETURNING session AS id, (SELECT proof FROM sessions WHERE id = nonces.session) AS proof";
        let Some(row) = self.row(sql, values![now, &secret::hash(nonce)]).await? else { return Ok(None) };
        Ok(Some(Session { id: row.get("id")?, status: SessionStatus::Open, proof: proof_of(&row)? }))
    }

    /// Return the status of a nonce's session, if there is one.
    pub(in crate::service) async fn session_status_of_nonce(
        &mut self,
        nonce: &str,
        now: i64,
    ) -> Result<Option<SessionStatus>, sqlx::Error> {
        let sql = "SELECT s.expires_at, s.closed_at FROM sessions s JOIN nonces n ON n.session = s.id WHERE n.id = $1";
        self.row(sql, values![&secret::hash(nonce)]).await?.map(|row| status_of(&row, now)).transpose()
    }

    /// Use up a nonce of this session, and return whether it was valid. Of concurrent calls, exactly one succeeds.
    pub(in crate::service) async fn use_nonce_of_session(&mut self, session: &str, nonce: &str, now: i64) -> Result<bool, sqlx::Error> {
        let sql = "UPDATE nonces SET used_at = $1 WHERE id = $2 AND session = $3 AND used_at IS NULL AND expires_at > $4";
        Ok(self.run(sql, values![now, &secret::hash(nonce), session, now]).await? == 1)
    }

    /// Record the certificate proved in a session, and extend the session.
    pub(in crate::service) async fn prove_session(&mut self, session: &str, proof: &CardRecord, now: i64) -> Result<(), sqlx::Error> {
        let proof = serde_json::to_string(proof).map_err(|fault| sqlx::Error::Encode(Box::new(fault)))?;
        let sql = "UPDATE sessions SET proof = $1, expires_at = $2 WHERE id = $3";
        self.run(sql, values![&proof, now + SESSION_SECONDS, session]).await.map(drop)
    }

    /// Open the session of a login.
    pub(in crate::service) async fn open_login(&mut self, name: &str, person: &str, now: i64) -> Result<(), sqlx::Error> {
        let sql = "INSERT INTO sessions (id, expires_at, person) VALUES ($1, $2, $3)";
        self.run(sql, values![&secret::hash(name), now + SESSION_SECONDS, person]).await.map(drop)
    }

    /// Close every session of a person. A closed session authenticates nothing, but can still query the status of the mail.
    pub(in crate::service) async fn close_logins(&mut self, person: &str, now: i64) -> Result<(), sqlx::Error> {
        let sql = "UPDATE sessions SET closed_at = $1 WHERE person = $2 AND closed_at IS NULL";
        self.run(sql, values![now, person]).await.map(drop)
    }

    /// Delete every unexpired session of a person, and return their number.
    pub(in crate::service) async fn end_sessions(&mut self, person: &str, now: i64) -> Result<u64, sqlx::Error> {
        self.run("DELETE FROM sessions WHERE person = $1 AND expires_at > $2", values![person, now]).await
    }

    /// Find the person logged in with a session, and lock it until the transaction ends, so that a login begins one linking only.
    pub(in crate::service) async fn login(&mut self, name: &str, now: i64) -> Result<Option<String>, sqlx::Error> {
        let sql = "UPDATE sessions SET person = person WHERE id = $1 AND expires_at > $2 AND closed_at IS NULL AND person IS NOT NULL
                   RETURNING person";
        self.row(sql, values![&secret::hash(name), now]).await?.map(|row| row.get("person")).transpose()
    }

    /// Close a session that has registered a person. It authenticates nothing any more, but can still query the status of the mail.
    pub(in crate::service) async fn close_session(&mut self, session: &str, person: &str, now: i64) -> Result<(), sqlx::Error> {
        let sql = "UPDATE sessions SET closed_at = $1, person = $2, expires_at = $3 WHERE id = $4";
        self.run(sql, values![now, person, now + SESSION_SECONDS, session]).await.map(drop)
    }
}

fn session_of(row: &Row, now: i64) -> Result<Session, sqlx::Error> {
    Ok(Session { id: row.get("id")?, status: status_of(row, now)?, proof: proof_of(row)? })
}

fn proof_of(row: &Row) -> Result<Option<CardRecord>, sqlx::Error> {
    let proof: Option<String> = row.get("proof")?;
    proof.map(|text| serde_json::from_str(&text)).transpose().map_err(|fault| sqlx::Error::Decode(Box::new(fault)))
}

fn status_of(row: &Row, now: i64) -> Result<SessionStatus, sqlx::Error> {
    let closed: Option<i64> = row.get("closed_at")?;
    Ok(if closed.is_none() && row.get::<i64>("expires_at")? > now { SessionStatus::Open } else { SessionStatus::Ended })
}
