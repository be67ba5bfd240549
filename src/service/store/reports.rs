//! Queries for the operator: whole rows as JSON, and the gauges of the metrics. Never exposed to clients.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value as Json};

use crate::service::clock::rfc3339;
use crate::service::store::copy::{Column, TABLES, Table};
use crate::service::store::{Row, Tx, values};

/// Maximum number of people returned by a search.
const MAX_FOUND: i64 = 100;

impl Tx {
    /// Find people by 認証ID, mail address or part of the name. Return 認証ID, name, address and registration time of each.
    pub(in crate::service) async fn find_people(&mut self, id: &str, text: &str) -> Result<Vec<Json>, sqlx::Error> {
        let sql = "SELECT authentication_id, name, email, registered_at FROM people
                   WHERE authentication_id = $1 OR LOWER(email) = LOWER($2) OR name LIKE '%' || $3 || '%' ESCAPE '!' ORDER BY registered_at, authentication_id LIMIT $4";
        let part = text.to_uppercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let rows = self.rows(sql, values![id, text, &part, MAX_FOUND]).await?;
        let columns = [Column::Text("authentication_id"), Column::Text("name"), Column::Text("email"), Column::Time("registered_at")];
        rows.iter().map(|row| object(row, &columns)).collect()
    }

    /// Return all stored data of a person, table by table, without hashes of secrets; `None` if there is no such person.
    pub(in crate::service) async fn everything(&mut self, id: &str) -> Result<Option<Json>, sqlx::Error> {
        let mut all = Map::new();
        for table in TABLES.iter().filter(|table| table.person.is_some()) {
            let rows = self.rows_of(table, id).await?;
            if table.name == "people" && rows.is_empty() {
                return Ok(None);
            }
            all.insert(table.name.to_owned(), Json::Array(rows));
        }
        Ok(Some(Json::Object(all)))
    }

    async fn rows_of(&mut self, table: &Table, id: &str) -> Result<Vec<Json>, sqlx::Error> {
        const SECRET: [(&str, &str); 5] =
            [("people", "password"), ("tokens", "hash"), ("sessions", "id"), ("links", "login"), ("links", "token")];
        let shown: Vec<Column> = table.columns().filter(|column| !SECRET.contains(&(table.name, column.name()))).collect();
        let rows = self.rows(table.select_of_person(), values![id]).await?;
        rows.iter().map(|row| object(row, &shown).map(|row| if table.name == "statements" { with_payload(row) } else { row })).collect()
    }

    /// Return the outbox gauges: mails queued and stuck (each counted up to 10,000), and the age of the oldest queued mail in seconds.
    pub(in crate::service) async fn mails_waiting(&mut self, now: i64) -> Result<[i64; 3], sqlx::Error> {
        // Literal states, so that PostgreSQL's planner knows how rare they are.
        let sql = [
            "SELECT COUNT(*) AS found FROM (SELECT 1 AS mail FROM outbox WHERE state = 'queued' LIMIT 10000) AS waiting",
            "SELECT COUNT(*) AS found FROM (SELECT 1 AS mail FROM outbox WHERE state = 'stuck' LIMIT 10000) AS waiting",
        ];
        let [mut queued, mut stuck] = [0; 2];
        for (count, sql) in [&mut queued, &mut stuck].into_iter().zip(sql) {
            *count = self.row(sql, values![]).await?.map_or(Ok(0), |row| row.get("found"))?;
        }
        let sql = "SELECT MIN(created_at) AS oldest FROM outbox WHERE state = 'queued'";
        let oldest: Option<i64> = self.row(sql, values![]).await?.map(|row| row.get("oldest")).transpose()?.flatten();
        Ok([queued, stuck, oldest.map_or(0, |oldest| now.saturating_sub(oldest).max(0))])
    }
}

/// Add the decoded payload of a signed statement, which is JSON in base64url (RFC 7515, 3.1).
fn with_payload(mut row: Json) -> Json {
    let signed = row.get("statement").and_then(Json::as_str).and_then(|text| text.split('.').nth(1)).map(Base64UrlUnpadded::decode_vec);
    if let (Some(Ok(payload)), Some(row)) = (signed, row.as_object_mut()) {
        row.insert("says".to_owned(), serde_json::from_slice(&payload).unwrap_or_default());
    }
    row
}

fn object(row: &Row, columns: &[Column]) -> Result<Json, sqlx::Error> {
    let member = |column: &Column| {
        let value = match column {
            Column::Text(name) => row.get::<Option<String>>(name)?.map_or(Json::Null, Json::String),
            Column::Json(name) => {
                row.get::<Option<String>>(name)?.map_or(Json::Null, |text| serde_json::from_str(&text).unwrap_or_default())
            }
            Column::Int(name) => row.get::<Option<i64>>(name)?.map_or(Json::Null, Json::from),
            Column::Time(name) => row.get::<Option<i64>>(name)?.map_or(Json::Null, |seconds| Json::String(rfc3339(seconds))),
        };
        Ok((column.name().to_owned(), value))
    };
    columns.iter().map(member).collect::<Result<Map<_, _>, _>>().map(Json::Object)
}
