//! Tables and columns by name, checksums, and copying a whole store into another: for a backup, or between SQLite and PostgreSQL.

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;
use thiserror::Error;

use crate::protocol::hex;
use crate::registration::Form;
use crate::service::store::{Row, Store, Tx, Value, values};

/// A column and its type.
#[derive(Clone, Copy, Debug)]
pub(in crate::service) enum Column {
    /// TEXT.
    Text(&'static str),
    /// TEXT that holds JSON.
    Json(&'static str),
    /// BIGINT.
    Int(&'static str),
    /// BIGINT: seconds since 1970.
    Time(&'static str),
}

impl Column {
    /// Return its name.
    pub(in crate::service) const fn name(self) -> &'static str {
        match self {
            Column::Text(name) | Column::Json(name) | Column::Int(name) | Column::Time(name) => name,
        }
    }

    fn value(self, row: &Row) -> Result<Value, sqlx::Error> {
        Ok(match self {
            Column::Text(name) | Column::Json(name) => Value::Text(row.get(name)?),
            Column::Int(name) | Column::Time(name) => Value::Int(row.get(name)?),
        })
    }
}

/// A table.
pub(in crate::service) struct Table {
    pub(in crate::service) name: &'static str,
    /// The column with a person's 認証ID, if there is one.
    pub(in crate::service) person: Option<&'static str>,
    columns: &'static [Column],
    /// Whether it also has a TEXT column for each member of the form.
    holds_form: bool,
}

macro_rules! tables {
    ($($name:ident of $person:tt $(with $form:ident)? { $($kind:ident $($column:ident)+;)+ })+) => {
        /// Every table to copy, each after those that it references. Rate limits are not copied. The first column is the primary key.
        pub(in crate::service) const TABLES: &[Table] = &[$(Table {
            name: stringify!($name),
            person: tables!(@person $person),
            columns: &[$($(Column::$kind(stringify!($column)),)+)+],
            holds_form: tables!(@form $($form)?),
        },)+];
    };
    (@form form) => { true };
    (@form) => { false };
    (@person nobody) => { None };
    (@person $person:ident) => { Some(stringify!($person)) };
}

tables! {
    people of authentication_id with form {
        Text authentication_id language terms_version; Time registered_at; Text revocation password; Time password_set_at; Int password_reminders;
        Json differs_from_card;
    }
    sessions of person { Text id; Time expires_at; Text proof person; Time closed_at; }
    nonces of nobody { Text id session; Time expires_at used_at; }
    cards of person { Text identity person purpose subject serial fingerprint; Time valid_until linked_at replaced_at; Text linked_by replaced_by; }
    statements of person { Text hash jti kind person statement answer; Time received_at; }
    outbox of person { Text id person kind recipient language state; Int attempts; Time next_at created_at sent_at; Text trouble; }
    tokens of person { Text hash person mail; Time mailed_at expires_at used_at; }
    links of person {
        Text id person login; Json signing authentication; Int agrees; Text mail address token; Time linked_at expires_at;
    }
    audit of person { Text id; Time at; Text event person means operator; }
}

impl Table {
    /// Return its columns, those of the form last.
    pub(in crate::service) fn columns(&self) -> impl Iterator<Item = Column> + Clone {
        let members = if self.holds_form { Form::MEMBERS } else { &[] };
        self.columns.iter().copied().chain(members.iter().map(|member| Column::Text(member)))
    }

    fn names(&self) -> String {
        self.columns().map(Column::name).collect::<Vec<_>>().join(", ")
    }

    fn key(&self) -> &'static str {
        self.columns.first().map_or("", |column| column.name())
    }

    /// Return the statement that selects a person's rows, built only from the names above.
    pub(in crate::service) fn select_of_person(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(format!(
            "SELECT {} FROM {} WHERE {} = $1 ORDER BY {}",
            self.names(),
            self.name,
            self.person.unwrap_or("''"),
            self.key()
        ))
    }

    /// Return the statement that selects all rows in byte order of their keys, the same order on both databases.
    fn select(&self, tx: &Tx) -> AssertSqlSafe<String> {
        let order = match tx {
            Tx::SqliteRead(_) | Tx::SqliteWrite(_) => "",
            Tx::PostgresRead(_) | Tx::PostgresWrite(_) => " COLLATE \"C\"",
        };
        AssertSqlSafe(format!("SELECT {} FROM {} ORDER BY {}{order}", self.names(), self.name, self.key()))
    }

    fn values(&self, row: &Row) -> Result<Vec<Value>, sqlx::Error> {
        self.columns().map(|column| column.value(row)).collect()
    }

    fn insert(&self, rows: usize) -> AssertSqlSafe<String> {
        let width = self.columns().count();
        let row = |row: usize| (1..=width).map(|column| format!("${}", row * width + column)).collect::<Vec<_>>().join(", ");
        let rows = (0..rows).map(|number| format!("({})", row(number))).collect::<Vec<_>>().join(", ");
        AssertSqlSafe(format!("INSERT INTO {} ({}) VALUES {rows}", self.name, self.names()))
    }
}

/// Why a store could not be copied.
#[derive(Debug, Error)]
pub(in crate::service) enum CopyError {
    /// The target is not empty.
    #[error("the target is not empty")]
    NotEmpty,
    /// The rows read back differ from those written.
    #[error("the copy differs from the original")]
    Differs,
    /// Whoever hears how far it has come asked for the end.
    #[error("broken off")]
    BrokenOff,
    /// A database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

/// Row count and checksum of a table, comparable between any two stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Name of the table.
    pub table: &'static str,
    /// Number of rows.
    pub rows: u64,
    /// SHA-256 over the rows in the order of their keys, in hex.
    pub sha256: String,
}

impl std::fmt::Display for Sum {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:<10} {:>9} {}", self.table, self.rows, self.sha256)
    }
}

/// A checksum in progress.
#[derive(Default)]
struct Summing {
    rows: u64,
    sha256: Sha256,
}

impl Summing {
    /// Add a row. Encode each value with its type and length, so that different rows never encode alike.
    fn add(&mut self, row: &[Value]) {
        self.rows += 1;
        for value in row {
            match value {
                Value::Text(None) | Value::Int(None) => self.sha256.update(b"-"),
                Value::Text(Some(text)) => self.sha256.update(format!("T{}:{text}", text.len())),
                Value::Int(Some(number)) => self.sha256.update(format!("I{number};")),
            }
        }
    }

    fn sum(self, table: &Table) -> Sum {
        Sum { table: table.name, rows: self.rows, sha256: hex(&self.sha256.finalize()) }
    }
}

/// Hears how far long work has come: rows done, of how many. An end of it is asked for through `Counting`.
pub type Progress<'a> = dyn FnMut(u64, u64) + Send + 'a;

/// Counts the rows that are done, tells, and ends the work if it is broken off.
pub(in crate::service) struct Counting<'a> {
    tell: &'a mut Progress<'a>,
    is_broken_off: fn() -> bool,
    done: u64,
    all: u64,
}

impl<'a> Counting<'a> {
    /// Count from 0; each row of the store is read so many times.
    pub(in crate::service) async fn new(
        tx: &mut Tx,
        times: u64,
        (tell, is_broken_off): (&'a mut Progress<'a>, fn() -> bool),
    ) -> Result<Counting<'a>, sqlx::Error> {
        let mut rows = 0;
        for table in TABLES {
            let sql = AssertSqlSafe(format!("SELECT COUNT(*) AS held FROM {}", table.name));
            let held: i64 = tx.row(sql, values![]).await?.map_or(Ok(0), |row| row.get("held"))?;
            rows += u64::try_from(held).unwrap_or_default();
        }
        Ok(Counting { tell, is_broken_off, done: 0, all: rows * times })
    }

    fn one_more(&mut self) -> Result<(), CopyError> {
        self.done += 1;
        (self.tell)(self.done, self.all);
        if (self.is_broken_off)() { Err(CopyError::BrokenOff) } else { Ok(()) }
    }
}

/// Return the checksum of every table.
pub(in crate::service) async fn sums(tx: &mut Tx, counting: &mut Counting<'_>) -> Result<Vec<Sum>, CopyError> {
    let mut sums = Vec::new();
    for table in TABLES {
        sums.push(sum(table, tx, counting).await?);
    }
    Ok(sums)
}

async fn sum(table: &Table, tx: &mut Tx, counting: &mut Counting<'_>) -> Result<Sum, CopyError> {
    let mut summing = Summing::default();
    let select = table.select(tx);
    let mut rows = tx.stream(select)?;
    while let Some(row) = rows.try_next().await? {
        summing.add(&table.values(&row)?);
        counting.one_more()?;
    }
    Ok(summing.sum(table))
}

/// Copy a snapshot of a store, which may be in use, into an empty store. Compare the two and return the checksums; if they differ, roll
/// back.
pub(in crate::service) async fn copy<'a>(
    from: &Store,
    to: &Store,
    told: (&'a mut Progress<'a>, fn() -> bool),
) -> Result<Vec<Sum>, CopyError> {
    let (mut source, mut target) = (from.snapshot().await?, to.write().await?);
    for table in TABLES {
        if target.row(AssertSqlSafe(format!("SELECT 1 AS held FROM {} LIMIT 1", table.name)), values![]).await?.is_some() {
            return Err(CopyError::NotEmpty);
        }
    }
    let mut counting = Counting::new(&mut source, 2, told).await?;
    let mut copied = Vec::new();
    for table in TABLES {
        copied.push(copy_table(table, &mut source, &mut target, &mut counting).await?);
    }
    // Read back before the commit, to check that types, characters and NULLs survived.
    if sums(&mut target, &mut counting).await? != copied {
        return Err(CopyError::Differs);
    }
    target.commit().await?;
    Ok(copied)
}

/// Rows per INSERT, so that even the widest table stays far below either database's parameter limit.
const BATCH: usize = 100;

async fn copy_table(table: &Table, source: &mut Tx, target: &mut Tx, counting: &mut Counting<'_>) -> Result<Sum, CopyError> {
    let (mut summing, mut batch, mut held) = (Summing::default(), Vec::new(), 0);
    let select = table.select(source);
    let mut rows = source.stream(select)?;
    while let Some(row) = rows.try_next().await? {
        let row = table.values(&row)?;
        summing.add(&row);
        counting.one_more()?;
        batch.extend(row);
        held += 1;
        if held == BATCH {
            target.run(table.insert(held), &batch).await?;
            batch.clear();
            held = 0;
        }
    }
    if held > 0 {
        target.run(table.insert(held), &batch).await?;
    }
    Ok(summing.sum(table))
}
