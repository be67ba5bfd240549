//! The audit trail: who did what, when, and by what means. Rows are only added, and forgotten when their time is over (`retention`);
//! no statement changes one. It holds 認証IDs and operators' names, and nothing else of anybody: no address, no name, no secret.

use serde_json::{Value as Json, json};

use crate::certificate::Purpose;
use crate::service::clock::rfc3339;
use crate::service::store::{Row, Tx, values};

/// So many rows are read at once.
const PAGE: usize = 500;

/// By what somebody acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum Means<'a> {
    /// A key of the card.
    Card(Purpose),
    /// The link in a mail.
    Link,
    /// The password.
    Password,
    /// A command of the operator, by the user of this name.
    Operator(&'a str),
    /// The service itself, because a time was over.
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

/// Which rows are read.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::service) struct Wanted<'a> {
    /// About this 認証ID alone.
    pub(in crate::service) person: Option<&'a str>,
    /// From this time on.
    pub(in crate::service) since: i64,
}

/// Where reading goes on: after the row of this time and name.
#[derive(Clone, Debug)]
pub(in crate::service) struct After(i64, String);

impl Tx {
    /// Write a line into the audit trail.
    pub(in crate::service) async fn audit(
        &mut self,
        event: &str,
        means: Means<'_>,
        person: Option<&str>,
        now: i64,
    ) -> Result<(), sqlx::Error> {
        let sql = "INSERT INTO audit (id, at, event, person, means, operator) VALUES ($1, $2, $3, $4, $5, $6)";
        // Later names sort behind earlier ones (RFC 9562, 5.7), so what happens in one second keeps its order.
        let id = uuid::Uuid::now_v7().to_string();
        self.run(sql, values![&id, now, event, person, means.word(), means.operator()]).await.map(drop)
    }

    /// Read a part of the audit trail, oldest first, and where to go on; `None` at the end.
    pub(in crate::service) async fn audit_page(
        &mut self,
        wanted: Wanted<'_>,
        after: Option<&After>,
    ) -> Result<(Vec<Json>, Option<After>), sqlx::Error> {
        let start = After(wanted.since, String::new());
        let After(at, id) = after.unwrap_or(&start);
        let rows = match wanted.person {
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
        let next = last.map(|row| Ok::<_, sqlx::Error>(After(row.get("at")?, row.get("id")?))).transpose()?;
        Ok((rows.iter().map(line).collect::<Result<_, _>>()?, next))
    }
}

fn line(row: &Row) -> Result<Json, sqlx::Error> {
    let text = |column| row.get::<Option<String>>(column);
    Ok(json!({
        "at": rfc3339(row.get("at")?),
        "event": text("event")?,
        "by": text("means")?,
        "operator": text("operator")?,
        "person": text("person")?,
    }))
}
