//! Connections to PostgreSQL for transactions that write. Each goes from one transaction to the next without a stop in SQLx's pool, which
//! would ask it at every return whether it still lives. What a transaction is, is `store`'s.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Connection, PgConnection, PgPool, Postgres};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// A connection that has rested for longer may have died meanwhile, and is asked.
const REST: Duration = Duration::from_secs(1);

/// The connections. Clones are the same ones.
#[derive(Clone)]
pub(in crate::service) struct PostgresWriter {
    pool: PgPool,
    /// So many transactions at once.
    places: Arc<Semaphore>,
    /// How long one is waited for.
    patience: Duration,
    resting: Arc<Mutex<Vec<Resting>>>,
}

/// What takes longer than this has no database at its other end any more: that of a computer that went away without a word may be waited for
/// for a quarter of an hour. Writing to the disk may take seconds.
const SILENCE: Duration = Duration::from_secs(20);

/// Wait for an answer of the database, but not for ever.
async fn in_time<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    timeout(SILENCE, answer).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// A connection between two transactions, and since when.
type Resting = (PoolConnection<Postgres>, Instant);

/// A transaction. Dropped without `commit` it leaves nothing behind.
pub(in crate::service) struct PostgresWrite {
    /// Empty once it has ended.
    open: Option<(PoolConnection<Postgres>, OwnedSemaphorePermit)>,
    writer: PostgresWriter,
}

impl PostgresWriter {
    /// Take connections of a pool, but no more than so many: the rest is for those who read.
    pub(super) fn new(pool: PgPool, most: usize, patience: Duration) -> PostgresWriter {
        PostgresWriter { pool, places: Arc::new(Semaphore::new(most)), patience, resting: Arc::default() }
    }

    /// Begin a transaction. A caller who goes away meanwhile leaves nothing half begun.
    pub(super) async fn begin(&self) -> Result<PostgresWrite, sqlx::Error> {
        let place = timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let place = place.map_err(|_| sqlx::Error::PoolClosed)?;
        tokio::spawn(self.clone().open(place)).await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }

    async fn open(self, place: OwnedSemaphorePermit) -> Result<PostgresWrite, sqlx::Error> {
        let mut connection = loop {
            let Some((mut connection, since)) = self.resting.lock().unwrap_or_else(PoisonError::into_inner).pop() else {
                break self.pool.acquire().await?;
            };
            if since.elapsed() < REST || in_time(connection.ping()).await.is_ok() {
                break connection;
            }
            connection.close_on_drop();
        };
        if let Err(fault) = in_time(sqlx::raw_sql("BEGIN").execute(&mut *connection)).await {
            connection.close_on_drop();
            return Err(fault);
        }
        Ok(PostgresWrite { open: Some((connection, place)), writer: self })
    }

    /// End a transaction, and let its connection rest for the next one.
    async fn end(
        self,
        mut connection: PoolConnection<Postgres>,
        place: OwnedSemaphorePermit,
        sql: &'static str,
    ) -> Result<(), sqlx::Error> {
        let ended = in_time(sqlx::raw_sql(sql).execute(&mut *connection)).await.map(drop);
        match ended {
            Ok(()) => self.resting.lock().unwrap_or_else(PoisonError::into_inner).push((connection, Instant::now())),
            Err(_) => connection.close_on_drop(),
        }
        drop(place);
        ended
    }

    /// Close every connection.
    pub(super) async fn close(&self) {
        self.places.close();
        self.resting.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.pool.close().await;
    }
}

impl PostgresWrite {
    /// Return the connection, to run statements in the transaction.
    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        self.open.as_mut().map(|(connection, _)| &mut **connection).ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Make it durable. It ends on its own even if nobody waits for it any more.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        let (connection, place) = self.open.take().ok_or(sqlx::Error::WorkerCrashed)?;
        tokio::spawn(self.writer.clone().end(connection, place, "COMMIT")).await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }
}

impl Drop for PostgresWrite {
    fn drop(&mut self) {
        let Some((connection, place)) = self.open.take() else { return };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(self.writer.clone().end(connection, place, "ROLLBACK"))),
            // The service has ended, and PostgreSQL undoes what nobody has committed.
            Err(_) => std::mem::forget(connection),
        }
    }
}
