//! Group commit for SQLite: overlapping write transactions share one COMMIT, and so one disk sync.
//!
//! `design.md` has the rationale, how a failure is shared, and measurements.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use thiserror::Error;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// SQLITE_IOERR, reported to writers whose part was lost when the shared transaction failed.
const IOERR: &str = "10";

/// How long emptying the WAL waits for readers and writers.
const WAL_TIMEOUT: Duration = Duration::from_millis(100);

/// The only writer of an SQLite file. Clones share it.
#[derive(Clone)]
pub(in crate::service) struct GroupCommit {
    options: Arc<SqliteConnectOptions>,
    batch: Arc<Mutex<Batch>>,
}

/// The shared transaction.
#[derive(Default)]
struct Batch {
    connection: Option<SqliteConnection>,
    /// Set when the open transaction ends; `None` while there is none.
    outcome: Option<SharedOutcome>,
}

/// The outcome of a shared transaction.
type SharedOutcome = Arc<OnceLock<Result<(), SharedCommitError>>>;

/// Why a shared transaction was not committed: only SQLite's code, because SQLx's messages may contain values.
#[derive(Clone, Debug, Error)]
#[error("the shared commit has failed: {0}")]
struct SharedCommitError(String);

/// A request's write transaction: a savepoint in the shared transaction.
///
/// It blocks all other writers. Rolled back if dropped without `commit`.
pub(in crate::service) struct SqliteWrite {
    /// `None` once it has ended.
    batch: Option<OwnedMutexGuard<Batch>>,
    writer: GroupCommit,
}

impl GroupCommit {
    /// Create the writer of a file. Its connection is opened on first use.
    pub(super) fn new(options: SqliteConnectOptions) -> GroupCommit {
        GroupCommit { options: Arc::new(options), batch: Arc::default() }
    }

    /// Begin a write in the open shared transaction, or in a new one. Runs as its own task, so that cancelling the caller leaves nothing
    /// half begun.
    pub(super) async fn begin(&self) -> Result<SqliteWrite, sqlx::Error> {
        tokio::spawn(self.clone().begin_savepoint()).await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }

    async fn begin_savepoint(self) -> Result<SqliteWrite, sqlx::Error> {
        let mut batch = Arc::clone(&self.batch).lock_owned().await;
        if batch.connection.is_none() {
            batch.connection = Some(SqliteConnection::connect_with(&self.options).await?);
        }
        if batch.outcome.is_none() {
            // IMMEDIATE takes the write lock now; a later upgrade from a read lock would fail instead of waiting (SQLite, "Transaction").
            batch.run("BEGIN IMMEDIATE").await?;
            batch.outcome = Some(SharedOutcome::default());
        }
        batch.run("SAVEPOINT part").await?;
        Ok(SqliteWrite { batch: Some(batch), writer: self })
    }

    /// Commit a shared transaction, unless another writer has, and return its outcome.
    async fn finish(self, outcome: SharedOutcome) -> Result<(), SharedCommitError> {
        let mut batch = self.batch.lock().await;
        if outcome.get().is_none() {
            batch.end("COMMIT").await;
        }
        outcome.get().cloned().unwrap_or_else(|| Err(SharedCommitError(IOERR.to_owned())))
    }

    /// Move the WAL into the file and cut it to nothing, on a connection of its own: it blocks all writers while it waits for readers.
    pub(super) async fn empty_wal(&self) {
        let options = SqliteConnectOptions::clone(&self.options).busy_timeout(WAL_TIMEOUT);
        if let Ok(mut connection) = SqliteConnection::connect_with(&options).await {
            let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await;
            let _ = connection.close().await;
        }
    }

    /// Close the connection, after any commit in flight.
    pub(super) async fn close(&self) {
        let connection = self.batch.lock().await.connection.take();
        if let Some(connection) = connection {
            // If the checkpoint fails, the next start does it.
            let _ = connection.close().await;
        }
    }
}

impl SqliteWrite {
    /// Return the connection to run statements on.
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.batch.as_mut().and_then(|batch| batch.connection.as_mut()).ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Commit, together with the writes that have joined meanwhile. Completes even if the caller is cancelled.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        let mut batch = self.batch.take().ok_or(sqlx::Error::WorkerCrashed)?;
        let writer = self.writer.clone();
        let ended = tokio::spawn(async move {
            let outcome = batch.outcome.clone().unwrap_or_default();
            if batch.run("RELEASE part").await.is_err() {
                batch.end("ROLLBACK").await;
            }
            drop(batch);
            writer.finish(outcome).await
        });
        match ended.await {
            Ok(ended) => ended.map_err(|error| sqlx::Error::Database(Box::new(error))),
            Err(_) => Err(sqlx::Error::WorkerCrashed),
        }
    }
}

impl Drop for SqliteWrite {
    fn drop(&mut self) {
        let Some(mut batch) = self.batch.take() else { return };
        let writer = self.writer.clone();
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move {
                // Keep the earlier writes, and commit them if no further write joins.
                if batch.run("ROLLBACK TO part").await.is_err() || batch.run("RELEASE part").await.is_err() {
                    batch.end("ROLLBACK").await;
                }
                let outcome = batch.outcome.clone();
                drop(batch);
                if let Some(outcome) = outcome {
                    let _ = writer.finish(outcome).await;
                }
            })),
            // The runtime and its connection are gone. No writer was told that its commit succeeded.
            Err(_) => *batch = Batch::default(),
        }
    }
}

impl Batch {
    async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        let connection = self.connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        sqlx::query(sql).execute(connection).await.map(drop)
    }

    /// End the shared transaction with COMMIT or ROLLBACK, and publish the outcome to its writers. After an error such as a full disk,
    /// SQLite may already have rolled everything back (SQLite, "Response To Errors Within A Transaction"), so every uncommitted write
    /// fails.
    async fn end(&mut self, sql: &'static str) {
        let Some(outcome) = self.outcome.take() else { return };
        let ended = match self.run(sql).await {
            Ok(()) if sql == "COMMIT" => Ok(()),
            Ok(()) => Err(SharedCommitError(IOERR.to_owned())),
            Err(error) => {
                // There may be nothing left to roll back. Drop a connection that is stuck in a transaction.
                if self.run("ROLLBACK").await.is_err() {
                    self.connection = None;
                }
                Err(SharedCommitError(
                    error.as_database_error().and_then(|error| error.code()).map_or(IOERR.to_owned(), |code| code.into_owned()),
                ))
            }
        };
        // Set once: the lock is held, and `outcome` was taken.
        let _ = outcome.set(ended);
    }
}

impl sqlx::error::DatabaseError for SharedCommitError {
    fn message(&self) -> &str {
        "the shared commit has failed"
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some(self.0.as_str().into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> sqlx::error::ErrorKind {
        sqlx::error::ErrorKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::time::Duration;

    fn options(folder: &Path) -> SqliteConnectOptions {
        let options = SqliteConnectOptions::new().filename(folder.join("w.sqlite")).create_if_missing(true);
        options.journal_mode(sqlx::sqlite::SqliteJournalMode::Wal).busy_timeout(Duration::from_millis(50))
    }

    async fn writer(folder: &Path) -> GroupCommit {
        let writer = GroupCommit::new(options(folder));
        let mut part = writer.begin().await.unwrap();
        sqlx::query("CREATE TABLE t (n BIGINT NOT NULL)").execute(part.connection().unwrap()).await.unwrap();
        part.commit().await.unwrap();
        writer
    }

    async fn insert(part: &mut SqliteWrite, number: i64) {
        sqlx::query("INSERT INTO t (n) VALUES ($1)").bind(number).execute(part.connection().unwrap()).await.unwrap();
    }

    async fn numbers(folder: &Path) -> Vec<i64> {
        let mut other = SqliteConnection::connect_with(&options(folder)).await.unwrap();
        sqlx::query_scalar("SELECT n FROM t ORDER BY n").fetch_all(&mut other).await.unwrap()
    }

    #[tokio::test]
    async fn those_who_meet_share_a_commit() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path()).await;
        let before = folder.path().join("w.sqlite-wal").metadata().unwrap().len();
        let all: Vec<_> = (0..100)
            .map(|number| {
                let writer = writer.clone();
                tokio::spawn(async move {
                    let mut part = writer.begin().await.unwrap();
                    insert(&mut part, number).await;
                    part.commit().await.unwrap();
                })
            })
            .collect();
        for one in all {
            one.await.unwrap();
        }
        assert_eq!(numbers(folder.path()).await, (0..100).collect::<Vec<_>>());
        // Every commit writes at least one changed page with a 24-byte frame header (SQLite, "WAL File Format").
        let commits = (folder.path().join("w.sqlite-wal").metadata().unwrap().len() - before) / (4096 + 24);
        assert!(commits < 20, "{commits}");
    }

    #[tokio::test]
    async fn a_part_sees_what_is_not_durable_yet_and_its_commit_waits_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path()).await;
        let mut first = writer.begin().await.unwrap();
        insert(&mut first, 1).await;
        let committing = async {
            // Let the second writer queue at the lock before the first releases it, so that it joins before the commit.
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            first.commit().await
        };
        let (committed, ()) = tokio::join!(committing, async {
            let mut second = writer.begin().await.unwrap();
            let seen: Vec<i64> = sqlx::query_scalar("SELECT n FROM t").fetch_all(second.connection().unwrap()).await.unwrap();
            assert_eq!((seen, numbers(folder.path()).await), (vec![1], vec![]));
            second.commit().await.unwrap();
            assert_eq!(numbers(folder.path()).await, [1]);
        });
        committed.unwrap();
    }

    #[tokio::test]
    async fn what_is_dropped_leaves_nothing_and_takes_nothing_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path()).await;
        let mut kept = writer.begin().await.unwrap();
        insert(&mut kept, 1).await;
        let (kept, dropped) = tokio::join!(kept.commit(), async {
            let mut part = writer.begin().await.unwrap();
            insert(&mut part, 2).await;
        });
        kept.unwrap();
        let () = dropped;
        let mut last = writer.begin().await.unwrap();
        insert(&mut last, 3).await;
        last.commit().await.unwrap();
        assert_eq!(numbers(folder.path()).await, [1, 3]);
    }

    #[tokio::test]
    async fn whoever_goes_away_at_any_moment_stops_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path()).await;
        for polls in 0..12 {
            let theirs = writer.clone();
            let mut work = Box::pin(async move {
                let mut part = theirs.begin().await.unwrap();
                insert(&mut part, -1).await;
                part.commit().await.unwrap();
            });
            // Poll a number of times, then drop the future, as when a client hangs up.
            for _ in 0..polls {
                let step = tokio::time::timeout(Duration::from_millis(1), &mut work).await;
                if step.is_ok() {
                    break;
                }
            }
            drop(work);
            let mut part = writer.begin().await.unwrap();
            insert(&mut part, polls).await;
            part.commit().await.unwrap();
        }
        let all = numbers(folder.path()).await;
        assert_eq!(all.into_iter().filter(|number| *number >= 0).collect::<Vec<_>>(), (0..12).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_file_that_is_held_by_another_process_is_busy_and_then_free_again() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path()).await;
        let mut other = SqliteConnection::connect_with(&options(folder.path())).await.unwrap();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
        let busy = writer.begin().await.err().unwrap();
        assert_eq!(busy.as_database_error().unwrap().code().unwrap(), "5");
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
        let mut part = writer.begin().await.unwrap();
        insert(&mut part, 1).await;
        part.commit().await.unwrap();
        assert_eq!(numbers(folder.path()).await, [1]);
    }

    #[tokio::test]
    async fn a_part_that_is_too_large_for_the_file_fails_alone_and_the_next_one_fits() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path()).await;
        let mut part = writer.begin().await.unwrap();
        sqlx::query("PRAGMA max_page_count = 10").execute(part.connection().unwrap()).await.unwrap();
        let full =
            sqlx::query("INSERT INTO t SELECT 7 FROM json_each('[' || substr(replace(hex(zeroblob(100000)), '00', ',1'), 2) || ']')");
        let full = full.execute(part.connection().unwrap()).await.err().unwrap();
        assert_eq!(full.as_database_error().unwrap().code().unwrap(), "13");
        drop(part);
        let mut part = writer.begin().await.unwrap();
        insert(&mut part, 1).await;
        part.commit().await.unwrap();
        assert_eq!(numbers(folder.path()).await, [1]);
    }
}
