//! Sessions and nonces: both known here by their hashes only.

use serde::{Deserialize, Serialize};

use crate::service::secret;
use crate::service::store::{Row, Tx, values};

/// A session lives so long from the last call (protocol.md, call 1).
pub(in crate::service) const SESSION_SECONDS: i64 = 30 * 60;

/// The first nonce of a session lives so long (protocol.md, call 1).
pub(in crate::service) const NONCE_SECONDS: i64 = 5 * 60;

/// What is kept of a certificate: enough to know it again and to find it at the authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::service) struct CardRecord {
    /// Hash that stands for the holder of the certificate; see `verify`.
    pub(in crate::service) identity: String,
    /// CN of the subject: a number, no name.
    pub(in crate::service) subject: String,
    /// SHA-256 of the certificate.
    pub(in crate::service) fingerprint: String,
    /// Last second of validity.
    pub(in crate::service) valid_until: i64,
    /// Whether it is a card of the test hierarchy.
    pub(in crate::service) test: bool,
}

/// A session, as it stands in the store.
pub(in crate::service) struct Session {
    /// Its key in the store.
    pub(in crate::service) id: String,
    /// Whether it can still be used: neither expired nor closed by a registration.
    pub(in crate::service) life: Life,
    /// The certificate that was proved, if one was.
    pub(in crate::service) proof: Option<CardRecord>,
}

/// Whether a session can still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum Life {
    /// It can.
    Alive,
    /// It has expired, or has registered.
    Over,
}

/// What a login has linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum Linking {
    /// Nothing.
    None,
    /// A signing certificate.
    Begun,
}

impl Tx {
    /// Open a session under a name, with its first nonce.
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

    /// Find a session by its name.
    pub(in crate::service) async fn session(&mut self, name: &str, now: i64) -> Result<Option<Session>, sqlx::Error> {
        let sql = "SELECT id, proof, expires_at, closed_at FROM sessions WHERE id = $1";
        self.row(sql, values![&secret::hash(name)]).await?.map(|row| session_of(&row, now)).transpose()
    }

    /// Use a nonce up, of whichever session it is, and return that session, if both can still be used: of many at once one succeeds.
    pub(in crate::service) async fn take_any_nonce(&mut self, nonce: &str, now: i64) -> Result<Option<Session>, sqlx::Error> {
        let sql = "UPDATE nonces SET used_at = $1 WHERE id = $2 AND used_at IS NULL AND expires_at > $1 AND EXISTS
                       (SELECT 1 FROM sessions WHERE id = nonces.session AND closed_at IS NULL AND expires_at > $1)
                   RETURNING session AS id, (SELECT proof FROM sessions WHERE id = nonces.session) AS proof";
        let Some(row) = self.row(sql, values![now, &secret::hash(nonce)]).await? else { return Ok(None) };
        Ok(Some(Session { id: row.get("id")?, life: Life::Alive, proof: proof_of(&row)? }))
    }

    /// Return whether the session of a nonce, if there is one, can still be used.
    pub(in crate::service) async fn life_of_nonce(&mut self, nonce: &str, now: i64) -> Result<Option<Life>, sqlx::Error> {
        let sql = "SELECT s.expires_at, s.closed_at FROM sessions s JOIN nonces n ON n.session = s.id WHERE n.id = $1";
        self.row(sql, values![&secret::hash(nonce)]).await?.map(|row| life_of(&row, now)).transpose()
    }

    /// Use a nonce up. Return whether it was there, of this session, fresh, and unused until now: of many at once one succeeds.
    pub(in crate::service) async fn take_nonce(&mut self, session: &str, nonce: &str, now: i64) -> Result<bool, sqlx::Error> {
        let sql = "UPDATE nonces SET used_at = $1 WHERE id = $2 AND session = $3 AND used_at IS NULL AND expires_at > $4";
        Ok(self.run(sql, values![now, &secret::hash(nonce), session, now]).await? == 1)
    }

    /// Record that a session has proved a user-authentication certificate, and prolong it.
    pub(in crate::service) async fn prove_session(&mut self, session: &str, proof: &CardRecord, now: i64) -> Result<(), sqlx::Error> {
        let proof = serde_json::to_string(proof).map_err(|fault| sqlx::Error::Encode(Box::new(fault)))?;
        let sql = "UPDATE sessions SET proof = $1, expires_at = $2 WHERE id = $3";
        self.run(sql, values![&proof, now + SESSION_SECONDS, session]).await.map(drop)
    }

    /// Open the session of somebody who has logged in.
    pub(in crate::service) async fn open_login(&mut self, name: &str, person: &str, now: i64) -> Result<(), sqlx::Error> {
        let sql = "INSERT INTO sessions (id, expires_at, person) VALUES ($1, $2, $3)";
        self.run(sql, values![&secret::hash(name), now + SESSION_SECONDS, person]).await.map(drop)
    }

    /// Close every login of a person. They prove nothing any more, and may still ask where the mail is.
    pub(in crate::service) async fn close_logins(&mut self, person: &str, now: i64) -> Result<(), sqlx::Error> {
        let sql = "UPDATE sessions SET closed_at = $1 WHERE person = $2 AND closed_at IS NULL";
        self.run(sql, values![now, person]).await.map(drop)
    }

    /// End every session of a person, and return how many that were.
    pub(in crate::service) async fn end_sessions(&mut self, person: &str, now: i64) -> Result<u64, sqlx::Error> {
        self.run("DELETE FROM sessions WHERE person = $1 AND expires_at > $2", values![person, now]).await
    }

    /// Find who has logged in under a session's name, and whether a signing certificate was linked with it.
    pub(in crate::service) async fn login(&mut self, name: &str, now: i64) -> Result<Option<(String, Linking)>, sqlx::Error> {
        let sql = "SELECT person, proof FROM sessions WHERE id = $1 AND expires_at > $2 AND closed_at IS NULL AND person IS NOT NULL";
        let Some(row) = self.row(sql, values![&secret::hash(name), now]).await? else { return Ok(None) };
        let linking = if row.get::<Option<String>>("proof")?.is_some() { Linking::Begun } else { Linking::None };
        Ok(Some((row.get("person")?, linking)))
    }

    /// Record that a signing certificate was linked with a login. The login lives no longer for it.
    pub(in crate::service) async fn begin_linking(&mut self, login: &str, card: &CardRecord) -> Result<(), sqlx::Error> {
        let card = serde_json::to_string(card).map_err(|fault| sqlx::Error::Encode(Box::new(fault)))?;
        self.run("UPDATE sessions SET proof = $1 WHERE id = $2", values![&card, &secret::hash(login)]).await.map(drop)
    }

    /// Close a session: it has registered this person. It proves nothing any more, and may still ask where the mail is.
    pub(in crate::service) async fn close_session(&mut self, session: &str, person: &str, now: i64) -> Result<(), sqlx::Error> {
        let sql = "UPDATE sessions SET closed_at = $1, person = $2, expires_at = $3 WHERE id = $4";
        self.run(sql, values![now, person, now + SESSION_SECONDS, session]).await.map(drop)
    }
}

fn session_of(row: &Row, now: i64) -> Result<Session, sqlx::Error> {
    Ok(Session { id: row.get("id")?, life: life_of(row, now)?, proof: proof_of(row)? })
}

fn proof_of(row: &Row) -> Result<Option<CardRecord>, sqlx::Error> {
    let proof: Option<String> = row.get("proof")?;
    proof.map(|text| serde_json::from_str(&text)).transpose().map_err(|fault| sqlx::Error::Decode(Box::new(fault)))
}

fn life_of(row: &Row, now: i64) -> Result<Life, sqlx::Error> {
    let closed: Option<i64> = row.get("closed_at")?;
    Ok(if closed.is_none() && row.get::<i64>("expires_at")? > now { Life::Alive } else { Life::Over })
}
