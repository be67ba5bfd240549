//! The audit log: who did what, when, and by what means. Append-only; only `retention` deletes rows.
//!
//! It holds 認証IDs and operators' names, but no addresses, no names of people and no secrets.

use serde_json::{Value as Json, json};

use crate::certificate::Purpose;
use crate::service::clock::rfc3339;
use crate::service::store::{Row, Tx, values};

/// Rows per page; the SQL repeats it as LIMIT 500.
const PAGE: usize = 500;

/// The means by which someone acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum Means<'a> {
    /// A key of the card.
    Card(Purpose),
    /// The link in a mail.
    Link,
    /// The password.
    Password,
    /// An operator's command, run by the user of this name.
    Operator(&'a str),
    /// The service itself, because a retention period had passed.
    Retention,
}

impl Means<'_> {
    const fn word(self) -> &'static str {
        match self {
            Means::Card(Purpose::Signing) => "signing_key",
            Means::Card(Purpose::Authentication) => "authentication_key",
            Means::Link => "mail_link",
            Means::Password => "password",
            Means::Operator(_) => "operator",
            Means::Retention => "retention",
        }
    }

    const fn operator(&self) -> Option<&str> {
        match self {
            Means::Operator(name) => Some(name),
            _ => None,
        }
    }
}

/// Selects audit rows.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::service) struct AuditFilter<'a> {
    /// Only rows about this 認証ID.
    pub(in crate::service) person: Option<&'a str>,
    /// Only rows since this time, in seconds since 1970.
    pub(in crate::service) since: i64,
}

/// A position in the log: after the row with this time and id.
#[derive(Clone, Debug)]
pub(in crate::service) struct Cursor(i64, String);

impl Tx {
    /// Append to the audit log.
    pub(in crate::service) async fn audit(
        &mut self,
        event: &str,
        means: Means<'_>,
        person: Option<&str>,
        now: i64,
    ) -> Result<(), sqlx::Error> {
        let sql = "INSERT INTO audit (id, at, event, person, means, operator) VALUES ($1, $2, $3, $4, $5, $6)";
        // UUIDv7 sorts by time (RFC 9562, 5.7), so events of the same second keep their order.
        let id = uuid::Uuid::now_v7().to_string();
        self.run(sql, values![&id, now, event, person, means.word(), means.operator()]).await.map(drop)
    }

    /// Read a page of the audit log, oldest first, and the cursor of the next page, `None` at the end.
    pub(in crate::service) async fn audit_page(
        &mut self,
        filter: AuditFilter<'_>,
        after: Option<&Cursor>,
    ) -> Result<(Vec<Json>, Option<Cursor>), sqlx::Error> {
        let start = Cursor(filter.since, String::new());
        let Cursor(at, id) = after.unwrap_or(&start);
        let rows = match filter.person {
            Some(person) => {
                let sql = "SELECT id, at, event, person, means, operator FROM audit WHERE person = $1 AND (at, id) > ($2, $3)
                           ORDER BY at, id LIMIT 500";
                self.rows(sql, values![person, *at, id]).await?
            }
            None => {
                let sql = "SELECT id, at, event, person, means, operator FROM audit WHERE (at, id) > ($1, $2) ORDER BY at, id LIMIT 500";
                self.rows(sql, values![*at, id]).await?
            }
        };
        let last = rows.last().filter(|_| rows.len() == PAGE);
        let next = last.map(|row| Ok::<_, sqlx::Error>(Cursor(row.get("at")?, row.get("id")?))).transpose()?;
        Ok((rows.iter().map(entry).collect::<Result<_, _>>()?, next))
    }
}

fn entry(row: &Row) -> Result<Json, sqlx::Error> {
    let text = |column| row.get::<Option<String>>(column);
    Ok(json!({
        "at": rfc3339(row.get("at")?),
        "event": text("event")?,
        "by": text("means")?,
        "operator": text("operator")?,
        "person": text("person")?,
    }))
}
