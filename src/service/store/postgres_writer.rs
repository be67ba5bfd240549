//! Connections for write transactions on PostgreSQL, reused without returning them to SQLx's pool, which pings a connection at every
//! return. `design.md` has the rationale and measurements.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Connection, PgConnection, PgPool, Postgres};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Idle time after which a connection is pinged before use, because it may be dead.
const PING_AFTER: Duration = Duration::from_secs(1);

/// Begins write transactions. Clones share the connections.
#[derive(Clone)]
pub(in crate::service) struct PostgresWriter {
    pool: PgPool,
    /// Limits the number of open transactions.
    permits: Arc<Semaphore>,
    /// How long to wait for a permit.
    acquire_timeout: Duration,
    idle: Arc<Mutex<Vec<IdleConnection>>>,
}

/// Timeout for a response from the database. Without it, a vanished peer goes unnoticed for about 15 minutes; a disk write may take
/// seconds.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// Wait for a response from the database, with a timeout.
async fn in_time<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    timeout(ANSWER_TIMEOUT, answer).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// A connection between two transactions, and the time since which it has been idle.
type IdleConnection = (PoolConnection<Postgres>, Instant);

/// A write transaction. Rolled back if dropped without `commit`.
pub(in crate::service) struct PostgresWrite {
    /// `None` once it has ended.
    open: Option<(PoolConnection<Postgres>, OwnedSemaphorePermit)>,
    writer: PostgresWriter,
}

impl PostgresWriter {
    /// Use at most `limit` connections of a pool; the rest remain for reads.
    pub(super) fn new(pool: PgPool, limit: usize, acquire_timeout: Duration) -> PostgresWriter {
        PostgresWriter { pool, permits: Arc::new(Semaphore::new(limit)), acquire_timeout, idle: Arc::default() }
    }

    /// Begin a transaction. Runs as its own task, so that cancelling the caller leaves nothing half begun.
    pub(super) async fn begin(&self) -> Result<PostgresWrite, sqlx::Error> {
        let permit =
            timeout(self.acquire_timeout, Arc::clone(&self.permits).acquire_owned()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let permit = permit.map_err(|_| sqlx::Error::PoolClosed)?;
        tokio::spawn(self.clone().open(permit)).await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }

    async fn open(self, permit: OwnedSemaphorePermit) -> Result<PostgresWrite, sqlx::Error> {
        let mut connection = loop {
            let Some((mut connection, since)) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop() else {
                break self.pool.acquire().await?;
            };
            if since.elapsed() < PING_AFTER || in_time(connection.ping()).await.is_ok() {
                break connection;
            }
            connection.close_on_drop();
        };
        if let Err(error) = in_time(sqlx::raw_sql("BEGIN").execute(&mut *connection)).await {
            connection.close_on_drop();
            return Err(error);
        }
        Ok(PostgresWrite { open: Some((connection, permit)), writer: self })
    }

    /// End a transaction with COMMIT or ROLLBACK, and keep its connection for the next one.
    async fn end(
        self,
        mut connection: PoolConnection<Postgres>,
        permit: OwnedSemaphorePermit,
        sql: &'static str,
    ) -> Result<(), sqlx::Error> {
        let ended = in_time(sqlx::raw_sql(sql).execute(&mut *connection)).await.map(drop);
        match ended {
            Ok(()) => self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((connection, Instant::now())),
            Err(_) => connection.close_on_drop(),
        }
        drop(permit);
        ended
    }

    /// Close every connection.
    pub(super) async fn close(&self) {
        self.permits.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.pool.close().await;
    }
}

impl PostgresWrite {
    /// Return the connection to run statements on.
    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        self.open.as_mut().map(|(connection, _)| &mut **connection).ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Commit. Completes even if the caller is cancelled.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        let (connection, permit) = self.open.take().ok_or(sqlx::Error::WorkerCrashed)?;
        tokio::spawn(self.writer.clone().end(connection, permit, "COMMIT")).await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }
}

impl Drop for PostgresWrite {
    fn drop(&mut self) {
        let Some((connection, permit)) = self.open.take() else { return };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(self.writer.clone().end(connection, permit, "ROLLBACK"))),
            // The runtime has ended; PostgreSQL rolls back what was not committed.
            Err(_) => std::mem::forget(connection),
        }
    }
}
