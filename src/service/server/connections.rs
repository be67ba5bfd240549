//! The table of open connections: their number is limited, and the one that is idle longest makes room for a new one.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::body::{Body as _, Bytes, Frame, Incoming, SizeHint};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};

/// A connection is idle only this long after its start or its last response: the next request may be on its way.
const MIN_IDLE: Duration = Duration::from_millis(500);

/// How long the body of a request, 32 KiB at most, is safe while others need its place: only a request that is whole is never aborted.
const MIN_RECEIVING: Duration = Duration::from_secs(5);

/// The open connections, by the order in which they came.
#[derive(Default)]
pub(super) struct Connections {
    table: Mutex<BTreeMap<u64, Connection>>,
    changed: Notify,
}

struct Connection {
    task: AbortHandle,
    activity: Activity,
    /// Since when it does that.
    since: Instant,
}

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    /// Waiting for the head of a request.
    Idle,
    /// Receiving the body of a request.
    Receiving,
    /// Its request is being handled.
    Handling,
}

/// The entry of one connection; removed from the table when dropped.
pub(super) struct Entry {
    connections: Arc<Connections>,
    number: u64,
}

/// Marks a connection as having a request, until dropped.
pub(super) struct ActiveRequest(Arc<Entry>);

/// The body of a request; its end makes the connection count as handling.
pub(super) struct TrackedBody {
    body: Incoming,
    entry: Arc<Entry>,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Connection>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wait until there is room for one more connection.
    ///
    /// The connection that is idle longest is closed: it is opened again when it is needed. If none is idle, the one that receives a body
    /// longest is.
    pub(super) async fn wait_for_room(&self, limit: usize) {
        loop {
            if self.lock().len() < limit
                || self.abort_longest(Activity::Idle, MIN_IDLE)
                || self.abort_longest(Activity::Receiving, MIN_RECEIVING)
            {
                return;
            }
            let _ = tokio::time::timeout(MIN_IDLE / 4, self.changed.notified()).await;
        }
    }

    /// Spawn the task of a connection, and enter it into the table.
    pub(super) fn spawn<F>(self: &Arc<Self>, tasks: &mut JoinSet<()>, number: u64, serve: impl FnOnce(Arc<Entry>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let entry = Arc::new(Entry { connections: Arc::clone(self), number });
        // Locked until the entry is there, so that the task finds it.
        let mut table = self.lock();
        let task = tasks.spawn(serve(entry));
        table.insert(number, Connection { task, activity: Activity::Idle, since: Instant::now() });
    }

    /// Close every idle connection.
    pub(super) fn abort_idle(&self) {
        while self.abort_longest(Activity::Idle, Duration::ZERO) {}
    }

    /// Abort the connection that has done this longest, and for `least` at least; return whether there was one.
    fn abort_longest(&self, activity: Activity, least: Duration) -> bool {
        let mut table = self.lock();
        let candidates = table.iter().filter(|(_, connection)| connection.activity == activity && connection.since.elapsed() >= least);
        let longest = candidates.min_by_key(|(_, connection)| connection.since).map(|(number, _)| *number);
        let connection = longest.and_then(|number| table.remove(&number));
        drop(table);
        connection.map(|connection| connection.task.abort()).is_some()
    }
}

impl Entry {
    /// Begin a request with this body; `None` if the connection has just been closed to make room.
    pub(super) fn begin_request(self: &Arc<Entry>, body: &Incoming) -> Option<ActiveRequest> {
        self.set(if body.is_end_stream() { Activity::Handling } else { Activity::Receiving })?;
        Some(ActiveRequest(Arc::clone(self)))
    }

    /// Track the body of a request.
    pub(super) fn track(self: &Arc<Entry>, body: Incoming) -> TrackedBody {
        TrackedBody { body, entry: Arc::clone(self) }
    }

    fn set(&self, activity: Activity) -> Option<()> {
        let mut table = self.connections.lock();
        let connection = table.get_mut(&self.number)?;
        (connection.activity, connection.since) = (activity, Instant::now());
        Some(())
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.connections.lock().remove(&self.number);
        self.connections.changed.notify_one();
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        // Nothing to set if the connection is gone.
        let _ = self.0.set(Activity::Idle);
        self.0.connections.changed.notify_one();
    }
}

impl hyper::body::Body for TrackedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            let _ = self.entry.set(Activity::Handling);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
