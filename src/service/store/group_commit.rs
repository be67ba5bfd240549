//! The one writer of an SQLite file. Transactions that meet here share one commit, and so one wait for the disk: whoever has finished
//! queues up again behind those who came meanwhile, and then commits for all of them (group commit). What a transaction is, is `store`'s.

use std::sync::{Arc, OnceLock};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// SQLite's code for an input or output that has failed: what those are told whose part was lost with somebody else's.
const IOERR: &str = "10";

/// The writer. Its clones are the same one.
#[derive(Clone)]
pub(in crate::service) struct GroupCommit {
    options: Arc<SqliteConnectOptions>,
    batch: Arc<Mutex<Batch>>,
}

/// The transaction that is shared at present.
#[derive(Default)]
struct Batch {
    connection: Option<SqliteConnection>,
    /// Where the end of the transaction will be told, while one is open.
    open: Option<End>,
}

/// How a shared transaction has ended.
type End = Arc<OnceLock<Result<(), Fault>>>;

/// The code of a fault that several are told of. Texts of SQLx may hold values, so only the code goes on.
#[derive(Clone, Debug)]
struct Fault(String);

/// A part of a shared transaction. Nobody else writes while it lives; dropped without `commit` it leaves nothing behind.
pub(in crate::service) struct SqliteWrite {
    /// Empty once the part has ended.
    batch: Option<OwnedMutexGuard<Batch>>,
    writer: GroupCommit,
}

impl GroupCommit {
    /// Make the writer of a file. It has a connection of its own, opened when it is first needed.
    pub(super) fn new(options: SqliteConnectOptions) -> GroupCommit {
        GroupCommit { options: Arc::new(options), batch: Arc::default() }
    }

    /// Begin a part, in the transaction that is open or in a new one. A caller who goes away meanwhile leaves nothing half begun.
    pub(super) async fn begin(&self) -> Result<SqliteWrite, sqlx::Error> {
        tokio::spawn(self.clone().part()).await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }

    async fn part(self) -> Result<SqliteWrite, sqlx::Error> {
        let mut batch = Arc::clone(&self.batch).lock_owned().await;
        if batch.connection.is_none() {
            batch.connection = Some(SqliteConnection::connect_with(&self.options).await?);
        }
        if batch.open.is_none() {
            // The write lock is taken at once: a reader that becomes a writer later would fail instead of waiting (SQLite, "BEGIN IMMEDIATE").
            batch.run("BEGIN IMMEDIATE").await?;
            batch.open = Some(End::default());
        }
        batch.run("SAVEPOINT part").await?;
        Ok(SqliteWrite { batch: Some(batch), writer: self })
    }

    /// Commit a shared transaction, if nobody has done so yet, and return how it ended.
    async fn finish(self, end: End) -> Result<(), Fault> {
        let mut batch = self.batch.lock().await;
        if end.get().is_none() {
            batch.end("COMMIT").await;
        }
        end.get().cloned().unwrap_or_else(|| Err(Fault(IOERR.to_owned())))
    }

    /// Close the connection; a commit that is under way ends first.
    pub(super) async fn close(&self) {
        let connection = self.batch.lock().await.connection.take();
        if let Some(connection) = connection {
            // What it could not fold back into the file is done at the next start.
            let _ = connection.close().await;
        }
    }
}

impl SqliteWrite {
    /// Return the connection, to run statements in the part.
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.batch.as_mut().and_then(|batch| batch.connection.as_mut()).ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Make it durable, together with the parts that came meanwhile. It ends on its own even if nobody waits for it any more.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        let mut batch = self.batch.take().ok_or(sqlx::Error::WorkerCrashed)?;
        let writer = self.writer.clone();
        let ended = tokio::spawn(async move {
            let end = batch.open.clone().unwrap_or_default();
            if batch.run("RELEASE part").await.is_err() {
                batch.end("ROLLBACK").await;
            }
            drop(batch);
            writer.finish(end).await
        });
        match ended.await {
            Ok(ended) => ended.map_err(|fault| sqlx::Error::Database(Box::new(fault))),
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
                // Nothing of those before it is undone, and they are committed if nobody does it after them.
                if batch.run("ROLLBACK TO part").await.is_err() || batch.run("RELEASE part").await.is_err() {
                    batch.end("ROLLBACK").await;
                }
                let end = batch.open.clone();
                drop(batch);
                if let Some(end) = end {
                    let _ = writer.finish(end).await;
                }
            })),
            // The service has ended, and the connection goes with it; nobody was told that any of it would stay.
            Err(_) => *batch = Batch::default(),
        }
    }
}

impl Batch {
    async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        let connection = self.connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        sqlx::query(sql).execute(connection).await.map(drop)
    }

    /// End the shared transaction, and tell all who have a part in it. After a fault, such as a full disk, SQLite may have undone all of it
    /// by itself (SQLite, "Response To Errors Within A Transaction"); whatever was not committed has failed.
    async fn end(&mut self, sql: &'static str) {
        let Some(end) = self.open.take() else { return };
        let ended = match self.run(sql).await {
            Ok(()) if sql == "COMMIT" => Ok(()),
            Ok(()) => Err(Fault(IOERR.to_owned())),
            Err(fault) => {
                // There may be nothing left to undo. A connection that still holds a transaction is of no more use.
                if self.run("ROLLBACK").await.is_err() {
                    self.connection = None;
                }
                Err(Fault(fault.as_database_error().and_then(|fault| fault.code()).map_or(IOERR.to_owned(), |code| code.into_owned())))
            }
        };
        // Only here, under the lock, and once, because `open` was taken.
        let _ = end.set(ended);
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "the shared commit has failed: {}", self.0)
    }
}

impl std::error::Error for Fault {}

impl sqlx::error::DatabaseError for Fault {
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
        // Every commit writes at least the one page that changed, with a header of 24 bytes (SQLite, "WAL File Format").
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
            // The second one stands at the lock before the first one leaves it, and so comes before the commit.
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
            // So many steps, and then the future is dropped, as that of a client who hangs up.
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
