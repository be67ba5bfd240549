//! The store: one set of SQL statements for SQLite and PostgreSQL. This file opens, migrates and runs SQL; the child modules hold the
//! statements, one subject each. No HTTP and no business rules here.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow, PgSslMode};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Decode, Postgres, Row as _, SqlSafeStr, Sqlite, Transaction, Type};

/// The audit log.
pub(super) mod audit;
/// Copying and comparing whole stores.
pub(super) mod copy;
/// Write transactions on SQLite.
mod group_commit;
/// The token buckets of the rate limits.
pub(super) mod limits;
/// Linkings of new cards.
pub(super) mod links;
/// The outbox and the tokens in its mails.
pub(super) mod mails;
/// When passwords end.
pub(super) mod password_age;
/// People, their cards and their signed statements.
pub(super) mod people;
/// Write transactions on PostgreSQL.
mod postgres_writer;
/// Queries for the operator.
pub(super) mod reports;
/// Deletion of expired data.
pub(super) mod retention;
/// Sessions and nonces.
pub(super) mod sessions;
/// Why a store does not open.
pub(super) mod trouble;

use group_commit::{GroupCommit, SqliteWrite};
use postgres_writer::{PostgresWrite, PostgresWriter};

/// The migrations: version, description, SQL. The same SQL runs on both databases.
///
/// A table rather than `migrate!`: the macro would compile SQLx and SQLite a second time, for the build host.
static MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "registration", include_str!("store/migrations/0001_registration.sql")),
    (2, "limits", include_str!("store/migrations/0002_limits.sql")),
    (3, "mails in order", include_str!("store/migrations/0003_mails_in_order.sql")),
    (4, "operator", include_str!("store/migrations/0004_operator.sql")),
    (5, "differences", include_str!("store/migrations/0005_differences.sql")),
    (6, "links", include_str!("store/migrations/0006_links.sql")),
    (7, "password age", include_str!("store/migrations/0007_password_age.sql")),
];

fn migrations() -> Migrator {
    let migration = |(version, description, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*version, (*description).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect())
}

/// SQLite's busy timeout.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a request waits for a connection before it is refused as `resting`.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections per node to PostgreSQL for reads.
const READERS: u32 = 4;

/// Connections per node to PostgreSQL for writes.
const WRITERS: u32 = 16;

/// Idle time after which a connection is pinged before use, because it may be dead.
const PING_AFTER: Duration = Duration::from_secs(1);

/// The location of a store.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Location {
    /// An SQLite file.
    File(PathBuf),
    /// `sqlite:…` or `postgres://…`. May contain a password.
    Url(String),
}

impl Location {
    /// Return the path of the SQLite file, or `None` for PostgreSQL.
    pub(super) fn file(&self) -> Result<Option<PathBuf>, sqlx::Error> {
        match self {
            Location::File(path) => Ok(Some(path.clone())),
            Location::Url(url) if is_postgres(url) => Ok(None),
            Location::Url(url) => Ok(Some(SqliteConnectOptions::from_str(url)?.get_filename().to_owned())),
        }
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

/// A database with its writer.
#[derive(Clone)]
pub(super) enum Store {
    /// One file, for one node: many readers, one writer.
    Sqlite(SqlitePool, GroupCommit),
    /// A server, for any number of nodes.
    Postgres(PgPool, PostgresWriter),
}

/// A parameter of a SQL statement.
#[derive(PartialEq)]
pub(super) enum Value {
    /// TEXT or NULL.
    Text(Option<String>),
    /// BIGINT or NULL.
    Int(Option<i64>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(Some(text.to_owned()))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Value {
        Value::Text(Some(text.clone()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Value {
        Value::Text(text.map(str::to_owned))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Value {
        Value::Int(number)
    }
}

/// Build the parameter list of a SQL statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::service::store::Value::from($value)),*] };
}
pub(super) use values;

/// A row of a query result.
pub(super) enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

impl Row {
    /// Read a column by name.
    pub(super) fn get<T>(&self, column: &str) -> Result<T, sqlx::Error>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
    }
}

/// A transaction. Rolled back if dropped without `commit`.
pub(super) enum Tx {
    /// Read-only, on SQLite.
    SqliteRead(Transaction<'static, Sqlite>),
    /// On SQLite, in a group commit.
    SqliteWrite(SqliteWrite),
    /// Read-only, on PostgreSQL.
    PostgresRead(Transaction<'static, Postgres>),
    /// On PostgreSQL.
    PostgresWrite(PostgresWrite),
}

/// Return whether a URL names a PostgreSQL server on another computer whose certificate is not verified.
pub(super) fn is_far_in_the_clear(url: &str) -> bool {
    let checks = |options: PgConnectOptions| matches!(options.get_ssl_mode(), PgSslMode::VerifyCa | PgSslMode::VerifyFull);
    is_postgres(url) && server(url).is_ok_and(|options| !is_near(&options) && !checks(options))
}

/// Return whether a server runs on this computer.
fn is_near(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Create the file before SQLite does, readable by its owner only. SQLite gives its WAL and journal files the same mode.
fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    crate::file::open(path, &mut options).map(drop)
}

/// Parse the URL of a PostgreSQL server.
///
/// Connections to another computer are encrypted and the server's certificate is verified, stricter than PostgreSQL's default `prefer`.
/// `sslmode=require` (no verification) or `disable` in the URL overrides this.
fn server(url: &str) -> Result<PgConnectOptions, sqlx::Error> {
    // SQLx would time every statement to log slow ones, which nothing here reads.
    let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
    Ok(match options.get_ssl_mode() {
        PgSslMode::Prefer | PgSslMode::Allow if !is_near(&options) => options.ssl_mode(PgSslMode::VerifyFull),
        _ => options,
    })
}

fn sqlite<'q>(sql: impl SqlSafeStr, values: &[Value]) -> sqlx::query::Query<'q, Sqlite, SqliteArguments> {
    values.iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Text(text) => query.bind(text.clone()),
        Value::Int(number) => query.bind(*number),
    })
}

fn postgres<'q>(sql: impl SqlSafeStr, values: &[Value]) -> sqlx::query::Query<'q, Postgres, PgArguments> {
    values.iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Text(text) => query.bind(text.clone()),
        Value::Int(number) => query.bind(*number),
    })
}

impl Tx {
    /// Run a statement and return the number of rows affected.
    pub(super) async fn run(&mut self, sql: impl SqlSafeStr, values: &[Value]) -> Result<u64, sqlx::Error> {
        Ok(match self {
            Tx::SqliteRead(tx) => sqlite(sql, values).execute(&mut **tx).await?.rows_affected(),
            Tx::SqliteWrite(tx) => sqlite(sql, values).execute(tx.connection()?).await?.rows_affected(),
            Tx::PostgresRead(tx) => postgres(sql, values).execute(&mut **tx).await?.rows_affected(),
            Tx::PostgresWrite(tx) => postgres(sql, values).execute(tx.connection()?).await?.rows_affected(),
        })
    }

    /// Run a statement and return its first row, if any.
    pub(super) async fn row(&mut self, sql: impl SqlSafeStr, values: &[Value]) -> Result<Option<Row>, sqlx::Error> {
        Ok(match self {
            Tx::SqliteRead(tx) => sqlite(sql, values).fetch_optional(&mut **tx).await?.map(Row::Sqlite),
            Tx::SqliteWrite(tx) => sqlite(sql, values).fetch_optional(tx.connection()?).await?.map(Row::Sqlite),
            Tx::PostgresRead(tx) => postgres(sql, values).fetch_optional(&mut **tx).await?.map(Row::Postgres),
            Tx::PostgresWrite(tx) => postgres(sql, values).fetch_optional(tx.connection()?).await?.map(Row::Postgres),
        })
    }

    /// Run a statement and return all its rows. Only for results of bounded size.
    pub(super) async fn rows(&mut self, sql: impl SqlSafeStr, values: &[Value]) -> Result<Vec<Row>, sqlx::Error> {
        Ok(match self {
            Tx::SqliteRead(tx) => sqlite(sql, values).fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect(),
            Tx::SqliteWrite(tx) => sqlite(sql, values).fetch_all(tx.connection()?).await?.into_iter().map(Row::Sqlite).collect(),
            Tx::PostgresRead(tx) => postgres(sql, values).fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect(),
            Tx::PostgresWrite(tx) => postgres(sql, values).fetch_all(tx.connection()?).await?.into_iter().map(Row::Postgres).collect(),
        })
    }

    /// Run a statement and stream its rows.
    pub(super) fn stream<'a>(&'a mut self, sql: impl SqlSafeStr + 'a) -> Result<BoxStream<'a, Result<Row, sqlx::Error>>, sqlx::Error> {
        Ok(match self {
            Tx::SqliteRead(tx) => sqlite(sql, &[]).fetch(&mut **tx).map_ok(Row::Sqlite).boxed(),
            Tx::SqliteWrite(tx) => sqlite(sql, &[]).fetch(tx.connection()?).map_ok(Row::Sqlite).boxed(),
            Tx::PostgresRead(tx) => postgres(sql, &[]).fetch(&mut **tx).map_ok(Row::Postgres).boxed(),
            Tx::PostgresWrite(tx) => postgres(sql, &[]).fetch(tx.connection()?).map_ok(Row::Postgres).boxed(),
        })
    }

    /// Check an SQLite file for damage and return the first problem found. PostgreSQL has its own tool, pg_amcheck.
    pub(super) async fn damage(&mut self) -> Result<Option<String>, sqlx::Error> {
        if matches!(self, Tx::PostgresRead(_) | Tx::PostgresWrite(_)) {
            return Ok(None);
        }
        let found = self.row("PRAGMA integrity_check(1)", &[]).await?.map(|row| row.get::<String>("integrity_check")).transpose()?;
        if found.as_deref() != Some("ok") {
            return Ok(found.or_else(|| Some("no answer".to_owned())));
        }
        let orphan = self.row("PRAGMA foreign_key_check", &[]).await?.map(|row| row.get::<String>("table")).transpose()?;
        Ok(orphan.map(|table| format!("{table}: a row refers to nothing")))
    }

    /// Commit. A request may be answered only after this.
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Tx::SqliteRead(tx) => tx.commit().await,
            Tx::SqliteWrite(tx) => tx.commit().await,
            Tx::PostgresRead(tx) => tx.commit().await,
            Tx::PostgresWrite(tx) => tx.commit().await,
        }
    }
}

impl Store {
    /// Open a store and run the migrations.
    pub(super) async fn open(place: &Location) -> Result<Store, sqlx::Error> {
        let options = match place {
            Location::Url(url) if is_postgres(url) => {
                let pool = PgPoolOptions::new()
                    .max_connections(READERS + WRITERS)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .test_before_acquire(false)
                    .before_acquire(
                        // Skip the ping for a connection just used: it would cost every request a round trip.
                        |connection, meta| Box::pin(async move { Ok(meta.idle_for < PING_AFTER || connection.ping().await.is_ok()) }),
                    );
                let pool = pool.connect_with(server(url)?).await?;
                migrations().run(&pool).await?;
                let writer = PostgresWriter::new(pool.clone(), WRITERS as usize, ACQUIRE_TIMEOUT);
                return Ok(Store::Postgres(pool, writer));
            }
            Location::Url(url) => SqliteConnectOptions::from_str(url)?,
            Location::File(path) => SqliteConnectOptions::new().filename(path),
        };
        private_file(options.get_filename())?;
        // FULL, because an acknowledged write must survive a power cut (SQLite, "PRAGMA synchronous").
        let options = options
            .disable_statement_logging()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Overwrite deleted content, so that no data of a withdrawn person remains in the file.
            .pragma("secure_delete", "ON")
            .busy_timeout(BUSY_TIMEOUT);
        let writer = GroupCommit::new(options.clone());
        let pool =
            SqlitePoolOptions::new().max_connections(4).acquire_timeout(BUSY_TIMEOUT + ACQUIRE_TIMEOUT).connect_with(options).await?;
        migrations().run(&pool).await?;
        Ok(Store::Sqlite(pool, writer))
    }

    /// Return which database it is.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Store::Sqlite(..) => "sqlite",
            Store::Postgres(..) => "postgresql",
        }
    }

    /// Begin a read-only transaction.
    pub(super) async fn read(&self) -> Result<Tx, sqlx::Error> {
        Ok(match self {
            Store::Sqlite(pool, _) => Tx::SqliteRead(pool.begin().await?),
            Store::Postgres(pool, _) => Tx::PostgresRead(pool.begin().await?),
        })
    }

    /// Begin a read-only transaction on a consistent snapshot, unaffected by concurrent writes. On SQLite every read transaction is one
    /// (SQLite, "Write-Ahead Logging").
    pub(super) async fn snapshot(&self) -> Result<Tx, sqlx::Error> {
        Ok(match self {
            Store::Sqlite(pool, _) => Tx::SqliteRead(pool.begin().await?),
            Store::Postgres(pool, _) => Tx::PostgresRead(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?),
        })
    }

    /// Begin a write transaction. On SQLite it blocks all other writers until it ends, so it must not wait for anything slow.
    pub(super) async fn write(&self) -> Result<Tx, sqlx::Error> {
        Ok(match self {
            Store::Sqlite(_, writer) => Tx::SqliteWrite(writer.begin().await?),
            Store::Postgres(_, writer) => Tx::PostgresWrite(writer.begin().await?),
        })
    }

    /// Empty SQLite's WAL into the file: until then what was deleted can still be read in it. While somebody reads or writes for longer it
    /// stays, until the next call.
    pub(super) async fn empty_wal(&self) {
        if let Store::Sqlite(_, writer) = self {
            writer.empty_wal().await;
        }
    }

    /// Close every connection; on SQLite this also checkpoints the WAL into the file.
    pub(super) async fn close(&self) {
        match self {
            Store::Sqlite(pool, writer) => {
                writer.close().await;
                pool.close().await;
            }
            Store::Postgres(_, writer) => writer.close().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_of_the_folder_is_in_the_table_in_its_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/service/store/migrations");
        let mut files: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        let table: Vec<String> =
            MIGRATIONS.iter().map(|(version, about, _)| format!("{version:04}_{}.sql", about.replace(' ', "_"))).collect();
        assert_eq!(table, files);
    }

    #[test]
    fn a_database_on_another_computer_is_reached_by_tls_with_its_certificate_checked() {
        let mode = |url: &str| format!("{:?}", server(url).unwrap().get_ssl_mode());
        for (url, expected) in [
            ("postgres://zairyu:secret@db.example.jp/zairyu", "VerifyFull"),
            ("postgresql://zairyu@192.0.2.7:5433/zairyu", "VerifyFull"),
            ("postgres://zairyu@localhost.example.jp/zairyu", "VerifyFull"),
            ("postgres://zairyu@db.example.jp/zairyu?sslmode=prefer", "VerifyFull"),
            ("postgres://zairyu@db.example.jp/zairyu?sslmode=allow", "VerifyFull"),
            ("postgres://zairyu@db.example.jp/zairyu?sslmode=require", "Require"),
            ("postgres://zairyu@db.example.jp/zairyu?sslmode=disable", "Disable"),
            ("postgres://zairyu@127.0.0.1:5432/zairyu", "Prefer"),
            ("postgres://zairyu@[::1]/zairyu", "Prefer"),
            ("postgres://zairyu@localhost/zairyu", "Prefer"),
            ("postgres://zairyu@%2Frun%2Fpostgresql/zairyu", "Prefer"),
        ] {
            assert_eq!(mode(url), expected, "{url}");
        }
    }

    #[test]
    fn only_a_far_server_without_a_checked_certificate_is_far_in_the_clear() {
        for (url, expected) in [
            ("postgres://zairyu@db.example.jp/zairyu", false),
            ("postgres://zairyu@db.example.jp/zairyu?sslmode=disable", true),
            ("postgresql://zairyu@192.0.2.7/zairyu?sslmode=require", true),
            ("postgres://zairyu@[2001:db8::1]/zairyu?sslmode=prefer", false),
            ("postgres://zairyu@db.example.jp/zairyu?sslmode=verify-full&sslrootcert=ca.pem", false),
            ("postgres://zairyu@db.example.jp/zairyu?sslmode=verify-ca", false),
            ("postgres://zairyu@localhost/zairyu", false),
            ("postgres://zairyu@127.0.0.1/zairyu", false),
            ("postgres://zairyu@[::1]:5432/zairyu", false),
            ("postgres:///zairyu?host=/run/postgresql", false),
            ("sqlite:service.sqlite", false),
        ] {
            assert_eq!(is_far_in_the_clear(url), expected, "{url}");
        }
    }
}
