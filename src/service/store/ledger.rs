//! What the operator looks up and counts: whole rows as JSON. Nothing here is asked for by a client.

use serde_json::{Map, Value as Json};

use crate::service::store::copy::{Column, TABLES, Table};
use crate::service::store::{Row, Tx, values};

/// The most people that a search shows.
const FOUND: i64 = 100;

impl Tx {
    /// Find people by 認証ID, mail address or a part of the name: 認証ID, name, address and date of registration of each.
    pub(in crate::service) async fn find_people(&mut self, id: &str, text: &str) -> Result<Vec<Json>, sqlx::Error> {
        let sql = "SELECT authentication_id, name, email, registered_at FROM people
                   WHERE authentication_id = $1 OR email = $2 OR name LIKE '%' || $3 || '%' ESCAPE '!' ORDER BY registered_at, authentication_id LIMIT $4";
        let part = text.to_uppercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let rows = self.rows(sql, values![id, text, &part, FOUND]).await?;
        let columns = [Column::Text("authentication_id"), Column::Text("name"), Column::Text("email"), Column::Int("registered_at")];
        rows.iter().map(|row| object(row, &columns)).collect()
    }

    /// Read everything that is kept about a person, table by table; `None` if nobody has this 認証ID. Hashes of secrets are left out.
    pub(in crate::service) async fn everything(&mut self, id: &str) -> Result<Option<Json>, sqlx::Error> {
        let mut all = Map::new();
        for table in TABLES.iter().filter(|table| table.person.is_some() && table.name != "sessions") {
            let rows = self.rows_of(table, id).await?;
            if table.name == "people" && rows.is_empty() {
                return Ok(None);
            }
            all.insert(table.name.to_owned(), Json::Array(rows));
        }
        Ok(Some(Json::Object(all)))
    }

    async fn rows_of(&mut self, table: &Table, id: &str) -> Result<Vec<Json>, sqlx::Error> {
        const SECRET: [&str; 2] = ["password", "hash"];
        let shown: Vec<Column> =
            table.columns.iter().copied().filter(|column| table.name == "statements" || !SECRET.contains(&column.name())).collect();
        let rows = self.rows(table.select_of_person(), values![id]).await?;
        rows.iter().map(|row| object(row, &shown)).collect()
    }

    /// Count the mails that wait and those that are stuck, ten thousand at most, and the seconds since the oldest waiting one was queued.
    pub(in crate::service) async fn mails_waiting(&mut self, now: i64) -> Result<[(&'static str, i64); 3], sqlx::Error> {
        let sql = "SELECT COUNT(*) AS found FROM (SELECT 1 AS mail FROM outbox WHERE state = $1 LIMIT 10000) AS waiting";
        let mut counts = [("mails_queued", 0), ("mails_stuck", 0), ("oldest_mail_seconds", 0)];
        for ((_, count), state) in counts.iter_mut().zip(["queued", "stuck"]) {
            *count = self.row(sql, values![state]).await?.map_or(Ok(0), |row| row.get("found"))?;
        }
        let sql = "SELECT MIN(created_at) AS oldest FROM outbox WHERE state = 'queued'";
        let oldest: Option<i64> = self.row(sql, values![]).await?.map(|row| row.get("oldest")).transpose()?.flatten();
        if let (Some(oldest), Some((_, seconds))) = (oldest, counts.last_mut()) {
            *seconds = now.saturating_sub(oldest).max(0);
        }
        Ok(counts)
    }
}

fn object(row: &Row, columns: &[Column]) -> Result<Json, sqlx::Error> {
    let member = |column: &Column| {
        let value = match column {
            Column::Text(name) => row.get::<Option<String>>(name)?.map_or(Json::Null, Json::String),
            Column::Int(name) => row.get::<Option<i64>>(name)?.map_or(Json::Null, Json::from),
        };
        Ok((column.name().to_owned(), value))
    };
    columns.iter().map(member).collect::<Result<Map<_, _>, _>>().map(Json::Object)
}
