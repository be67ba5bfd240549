//! The table of open connections. Their number is limited; at the limit, a new connection replaces the one idle longest.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::body::{Body as _, Bytes, Frame, Incoming, SizeHint};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};

/// Time after its start or last response before a connection counts as idle, because the next request may be on its way.
const MIN_IDLE: Duration = Duration::from_millis(500);

/// Time that a request body, at most 32 KiB, may take before its connection may be closed to make room. A completely received request is
/// never aborted.
const MIN_RECEIVING: Duration = Duration::from_secs(5);

/// The open connections, in order of arrival.
#[derive(Default)]
pub(super) struct Connections {
    table: Mutex<BTreeMap<u64, Connection>>,
    changed: Notify,
}

struct Connection {
    task: AbortHandle,
    activity: Activity,
    /// Start of this activity.
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

/// The entry of a connection; removed from the table when dropped.
pub(super) struct Entry {
    connections: Arc<Connections>,
    number: u64,
}

/// Marks a connection as having a request until dropped.
pub(super) struct ActiveRequest(Arc<Entry>);

/// The body of a request. When it ends, the connection counts as handling.
pub(super) struct TrackedBody {
    body: Incoming,
    entry: Arc<Entry>,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Connection>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wait until there is room for another connection.
    ///
    /// If necessary, close the connection idle longest, whose client can reconnect, or else the one receiving a body longest.
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

    /// Spawn the task of a connection and add its entry to the table.
    pub(super) fn spawn<F>(self: &Arc<Self>, tasks: &mut JoinSet<()>, number: u64, serve: impl FnOnce(Arc<Entry>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let entry = Arc::new(Entry { connections: Arc::clone(self), number });
        // Hold the lock until the entry is inserted, so that the task finds it.
        let mut table = self.lock();
        let task = tasks.spawn(serve(entry));
        table.insert(number, Connection { task, activity: Activity::Idle, since: Instant::now() });
    }

    /// Close every idle connection.
    pub(super) fn abort_idle(&self) {
        while self.abort_longest(Activity::Idle, Duration::ZERO) {}
    }

    /// Abort the connection longest in this activity, if for at least `least`. Return whether there was one.
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
    /// Begin a request with this body; `None` if the connection was just closed to make room.
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
        // There is no entry if the connection was closed.
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
