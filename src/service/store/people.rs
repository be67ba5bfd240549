//! People, their cards, and the statements that they signed.

use crate::certificate::Purpose;
use crate::registration::Form;
use crate::service::store::sessions::CardRecord;
use crate::service::store::{Row, Tx, Value, values};
use serde_json::Value as Json;
use sqlx::AssertSqlSafe;

/// A new registration.
pub(in crate::service) struct NewPerson<'a> {
    /// 認証ID.
    pub(in crate::service) authentication_id: &'a str,
    /// The validated form.
    pub(in crate::service) form: &'a Form,
    /// Language of the mails.
    pub(in crate::service) language: &'a str,
    /// Version of the terms agreed to.
    pub(in crate::service) terms_version: &'a str,
    /// Revocation status of the signing certificate, as text for the record.
    pub(in crate::service) revocation: &'a str,
    /// Names of the fields that differ from the card.
    pub(in crate::service) differs_from_card: &'a [String],
}

/// The data of a person that mails and the password page need.
#[derive(Clone)]
pub(in crate::service) struct Person {
    /// 認証ID.
    pub(in crate::service) authentication_id: String,
    /// 利用者氏名.
    pub(in crate::service) name: String,
    /// メールアドレス.
    pub(in crate::service) email: String,
    /// Language of the mails.
    pub(in crate::service) language: String,
    /// Argon2id hash in PHC format, if a password is set.
    pub(in crate::service) password: Option<String>,
    /// When it was set, in seconds since 1970.
    pub(in crate::service) password_set_at: Option<i64>,
}

/// Whether a certificate still stands for its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum Standing {
    /// It does.
    Current,
    /// A newer card has taken its place.
    Replaced,
}

impl Person {
    fn of(row: &Row) -> Result<Person, sqlx::Error> {
        Ok(Person {
            authentication_id: row.get("authentication_id")?,
            name: row.get("name")?,
            email: row.get("email")?,
            language: row.get("language")?,
            password: row.get("password")?,
            password_set_at: row.get("password_set_at")?,
        })
    }
}

const fn word_of(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Signing => "signing",
        Purpose::Authentication => "authentication",
    }
}

impl Tx {
    /// Find the person linked to a certificate, and whether it is current.
    pub(in crate::service) async fn owner_of_card(&mut self, identity: &str) -> Result<Option<(String, Standing)>, sqlx::Error> {
        let Some(row) = self.row("SELECT person, replaced_at FROM cards WHERE identity = $1", values![identity]).await? else {
            return Ok(None);
        };
        let standing = if row.get::<Option<i64>>("replaced_at")?.is_some() { Standing::Replaced } else { Standing::Current };
        Ok(Some((row.get("person")?, standing)))
    }

    /// Replace a person's certificates of a purpose with another, by a linking. Return whether the new one is now linked to the person (it
    /// may have been before); false if it is linked to another person, or was itself replaced.
    pub(in crate::service) async fn replace_card(
        &mut self,
        person: &str,
        (purpose, card): (Purpose, &CardRecord),
        linking: &str,
        now: i64,
    ) -> Result<bool, sqlx::Error> {
        if let Some(owner) = self.owner_of_card(&card.identity).await? {
            return Ok(owner == (person.to_owned(), Standing::Current));
        }
        let sql = "UPDATE cards SET replaced_at = $1, replaced_by = $2 WHERE person = $3 AND purpose = $4 AND replaced_at IS NULL";
        self.run(sql, values![now, linking, person, word_of(purpose)]).await?;
        let sql = "INSERT INTO cards (identity, person, purpose, subject, serial, fingerprint, valid_until, linked_at, linked_by)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let CardRecord { identity, subject, serial, fingerprint, valid_until, .. } = card;
        let values = values![identity, person, word_of(purpose), subject, serial, fingerprint, *valid_until, now, linking];
        is_new(self.run(sql, values).await)
    }

    /// Change the mail address, also of unsent mails. Links sent to the old address stop working.
    pub(in crate::service) async fn set_address(&mut self, person: &str, address: &str, now: i64) -> Result<(), sqlx::Error> {
        self.run("UPDATE people SET email = $1 WHERE authentication_id = $2", values![address, person]).await?;
        self.run("DELETE FROM tokens WHERE person = $1", values![person]).await?;
        self.redirect_mails(person, address, now).await
    }

    /// Delete a person and all their data; only the 認証ID remains, in the audit log. Return the ids of their mails, so that the caller can
    /// delete the files (`AppState::delete_mail_files`); `None` if there is no such person.
    pub(in crate::service) async fn delete_person(&mut self, person: &str) -> Result<Option<Vec<String>>, sqlx::Error> {
        let mails = self.mails_to(person).await?;
        self.run("DELETE FROM sessions WHERE person = $1", values![person]).await?;
        let deleted = self.run("DELETE FROM people WHERE authentication_id = $1", values![person]).await? == 1;
        Ok(deleted.then_some(mails))
    }

    /// Return whether a person's password hash is still this one, and lock the row until the transaction ends.
    pub(in crate::service) async fn password_is_still(&mut self, person: &str, hash: &str) -> Result<bool, sqlx::Error> {
        let sql = "UPDATE people SET password = password WHERE authentication_id = $1 AND password = $2";
        Ok(self.run(sql, values![person, hash]).await? == 1)
    }

    /// Find a person by 認証ID.
    pub(in crate::service) async fn person(&mut self, id: &str) -> Result<Option<Person>, sqlx::Error> {
        let sql = "SELECT authentication_id, name, email, language, password, password_set_at FROM people WHERE authentication_id = $1";
        self.row(sql, values![id]).await?.map(|row| Person::of(&row)).transpose()
    }

    /// Add a person. A 認証ID that is taken is an error, which among 31^9 is negligible.
    pub(in crate::service) async fn add_person(&mut self, new: &NewPerson<'_>, now: i64) -> Result<(), sqlx::Error> {
        let NewPerson { authentication_id, form, language, terms_version, revocation, differs_from_card } = new;
        let differs_from_card = serde_json::to_string(differs_from_card).map_err(encode)?;
        let own: [(&str, Value); 6] = [
            ("authentication_id", (*authentication_id).into()),
            ("language", (*language).into()),
            ("terms_version", (*terms_version).into()),
            ("registered_at", now.into()),
            ("revocation", (*revocation).into()),
            ("differs_from_card", (&differs_from_card).into()),
        ];
        let (columns, values): (Vec<&str>, Vec<Value>) = own.into_iter().chain(members(form)?).unzip();
        let places = (1..=columns.len()).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
        // Built only from the names above.
        let sql = AssertSqlSafe(format!("INSERT INTO people ({}) VALUES ({places})", columns.join(", ")));
        self.run(sql, &values).await.map(drop)
    }

    /// Add both certificates of a person's card. Return false if either is already linked to anyone.
    pub(in crate::service) async fn add_cards(
        &mut self,
        person: &str,
        [signing, authentication]: [&CardRecord; 2],
        now: i64,
    ) -> Result<bool, sqlx::Error> {
        let sql = "INSERT INTO cards (identity, person, purpose, subject, fingerprint, valid_until, linked_at, serial)
                   VALUES ($1, $2, 'signing', $3, $4, $5, $6, $11), ($7, $2, 'authentication', $8, $9, $10, $6, $12)";
        let values = values![
            &signing.identity,
            person,
            &signing.subject,
            &signing.fingerprint,
            signing.valid_until,
            now,
            &authentication.identity,
            &authentication.subject,
            &authentication.fingerprint,
            authentication.valid_until,
            &signing.serial,
            &authentication.serial,
        ];
        is_new(self.run(sql, values).await)
    }

    /// Find the statement with which a person registered.
    pub(in crate::service) async fn registration_of(&mut self, person: &str) -> Result<Option<String>, sqlx::Error> {
        let sql = "SELECT statement FROM statements WHERE person = $1 AND kind = 'registration'";
        self.row(sql, values![person]).await?.map(|row| row.get("statement")).transpose()
    }

    /// Find the response to a statement, if it was accepted before.
    pub(in crate::service) async fn answer_to(&mut self, hash: &str) -> Result<Option<String>, sqlx::Error> {
        self.row("SELECT answer FROM statements WHERE hash = $1", values![hash]).await?.map(|row| row.get("answer")).transpose()
    }

    /// Store an accepted statement with its response. Return false if it, or another statement with the same `jti`, is already stored.
    pub(in crate::service) async fn insert_statement(&mut self, evidence: &Evidence<'_>, now: i64) -> Result<bool, sqlx::Error> {
        let sql = "INSERT INTO statements (hash, jti, kind, person, statement, answer, received_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = values![evidence.hash, evidence.jti, evidence.kind, evidence.person, evidence.statement, evidence.answer, now];
        is_new(self.run(sql, values).await)
    }
}

/// A statement to be stored as evidence, verbatim.
pub(in crate::service) struct Evidence<'a> {
    /// SHA-256 of the whole statement.
    pub(in crate::service) hash: &'a str,
    /// Its `jti`.
    pub(in crate::service) jti: &'a str,
    /// Its `typ`.
    pub(in crate::service) kind: &'a str,
    /// 認証ID of its signer.
    pub(in crate::service) person: &'a str,
    /// The statement as received.
    pub(in crate::service) statement: &'a str,
    /// The response to it.
    pub(in crate::service) answer: &'a str,
}

/// Turn a unique violation into `false`. PostgreSQL then rejects further statements in this transaction, so it must be dropped. A plain
/// INSERT is still better: ON CONFLICT would cost PostgreSQL an extra look-up.
fn is_new(inserted: Result<u64, sqlx::Error>) -> Result<bool, sqlx::Error> {
    match inserted {
        Err(sqlx::Error::Database(fault)) if fault.is_unique_violation() => Ok(false),
        inserted => inserted.map(|_| true),
    }
}

/// Return the members of a form by name, each as its column holds it: the string of the wire format.
fn members(form: &Form) -> Result<impl Iterator<Item = (&'static str, Value)>, sqlx::Error> {
    let form = serde_json::to_value(form).map_err(encode)?;
    let text = move |member: &str| form.get(member).and_then(Json::as_str).map(str::to_owned);
    Ok(Form::MEMBERS.iter().map(move |member| (*member, Value::Text(text(member)))))
}

fn encode(fault: serde_json::Error) -> sqlx::Error {
    sqlx::Error::Encode(fault.into())
}
