//! The edge of the service: connections, with TLS or without, their number, how long a client may take, and how they end.
//! What a call does, and the limits of one call, stand in `routes`.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::{Body as _, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::Service as _;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::service::Log;
use crate::service::desk::Desk;
use crate::service::tls::Tls;

mod unread;

use unread::Completing;

/// The largest head of a request, in bytes: the calls need less than 1 KiB, and a browser sends cookies of its own accord.
/// The number of its fields is limited by hyper, to 100.
const HEAD: usize = 16 * 1024;
/// After a fault such as "too many open files" there is nothing to do but wait for files to be closed.
const PAUSE: Duration = Duration::from_secs(1);

/// When the service stops, whoever is not being answered has so long to end what was begun.
const GRACE: Duration = Duration::from_secs(1);

/// Whoever has just come, or was just answered, is not idle yet: his next request may be on its way.
const IDLE: Duration = Duration::from_millis(500);

/// The body of a call, 32 KiB at most, has so long while others need the place: only what is whole is a call that must not be broken off.
const BODY: Duration = Duration::from_secs(5);

/// How much room and patience there is for clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A handshake, the head of a request, and the silence between two requests may take so long.
    pub head: Duration,
    /// A call, its body included, may take so long; what is not committed by then is not done.
    pub call: Duration,
    /// So many connections are open at once. Each is a file, and systems give a process 256 (macOS) or 1,024 (Linux) of them unasked.
    pub connections: usize,
    /// So often it is looked whether the certificate was renewed.
    pub renewal: Duration,
    /// So often a list of revoked certificates is fetched once more.
    pub lists: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            head: Duration::from_secs(10),
            call: Duration::from_secs(30),
            connections: 512,
            renewal: Duration::from_secs(60),
            lists: Duration::from_secs(15 * 60),
        }
    }
}

/// What every connection needs.
pub(super) struct Edge {
    pub(super) router: Router,
    pub(super) tls: Option<Tls>,
    pub(super) limits: Limits,
    pub(super) desk: Arc<Desk>,
}

/// The connections that are open, by the order in which they came.
#[derive(Default)]
struct Floor {
    seats: Mutex<BTreeMap<u64, Seat>>,
    changed: Notify,
}

/// One connection.
struct Seat {
    task: AbortHandle,
    /// What it does.
    doing: Doing,
    /// Since when that is so.
    since: Instant,
}

/// What a connection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// It waits for the head of a call.
    Nothing,
    /// The body of a call is awaited.
    Receiving,
    /// A call is being answered.
    Answering,
}

/// Holds a connection's place; dropping it gives the place up.
struct Place {
    floor: Arc<Floor>,
    number: u64,
}

/// Marks a connection as having a call.
struct Call(Arc<Place>);

/// The body of a call. With its end the call begins to be answered.
struct Body {
    body: Incoming,
    place: Arc<Place>,
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            let _ = self.place.turn(Doing::Answering);
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

impl Floor {
    fn seats(&self) -> MutexGuard<'_, BTreeMap<u64, Seat>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wait until there is room for one more. Whoever was idle longest has to go: such a connection is opened again when it is needed,
    /// and one that never asks anything is no loss. If nobody is idle, it is whoever sends a body slowest.
    async fn room(&self, limit: usize) {
        loop {
            if self.seats().len() < limit || self.send_away(Doing::Nothing, IDLE) || self.send_away(Doing::Receiving, BODY) {
                return;
            }
            let _ = tokio::time::timeout(IDLE / 4, self.changed.notified()).await;
        }
    }

    /// Hang up on whoever did this longest, and for so long at least; return whether there was anybody.
    fn send_away(&self, doing: Doing, least: Duration) -> bool {
        let mut seats = self.seats();
        let those = seats.iter().filter(|(_, seat)| seat.doing == doing && seat.since.elapsed() >= least);
        let longest = those.min_by_key(|(_, seat)| seat.since).map(|(number, _)| *number);
        let seat = longest.and_then(|number| seats.remove(&number));
        drop(seats);
        seat.map(|seat| seat.task.abort()).is_some()
    }
}

impl Place {
    /// Begin a call, unless the place was given to somebody else in this moment.
    fn call(self: &Arc<Place>, body: &Incoming) -> Option<Call> {
        self.turn(if body.is_end_stream() { Doing::Answering } else { Doing::Receiving })?;
        Some(Call(Arc::clone(self)))
    }

    fn turn(&self, doing: Doing) -> Option<()> {
        let mut seats = self.floor.seats();
        let seat = seats.get_mut(&self.number)?;
        (seat.doing, seat.since) = (doing, Instant::now());
        Some(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.floor.seats().remove(&self.number);
        self.floor.changed.notify_one();
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // There is nothing to turn when the client has gone meanwhile.
        let _ = self.0.turn(Doing::Nothing);
        self.0.floor.changed.notify_one();
    }
}

/// Answer calls until told to stop; then finish those under way.
pub(super) async fn serve(listener: TcpListener, edge: Edge, stopped: watch::Receiver<bool>) {
    let (edge, floor) = (Arc::new(edge), Arc::new(Floor::default()));
    let mut tasks = JoinSet::new();
    let accepting = async {
        for number in 0.. {
            let (socket, peer) = accept(&listener, &edge.desk.log).await;
            floor.room(edge.limits.connections).await;
            while tasks.try_join_next().is_some() {}
            let place = Arc::new(Place { floor: Arc::clone(&floor), number });
            // The lock is held until the place is taken, so that the task finds it taken.
            let mut seats = floor.seats();
            let task = tasks.spawn(converse(Arc::clone(&edge), place, socket, peer, stopped.clone()));
            seats.insert(number, Seat { task, doing: Doing::Nothing, since: Instant::now() });
        }
    };
    let mut signal = stopped.clone();
    tokio::select! {
        () = accepting => {}
        _ = signal.wait_for(|stop| *stop) => {}
    }
    drop(listener);
    let finish = async |tasks: &mut JoinSet<()>| while tasks.join_next().await.is_some() {};
    if tokio::time::timeout(GRACE, finish(&mut tasks)).await.is_err() {
        // What is left are calls under way, and clients that have begun something and do not go on.
        while floor.send_away(Doing::Nothing, Duration::ZERO) {}
        finish(&mut tasks).await;
    }
}

/// Take the next connection.
async fn accept(listener: &TcpListener, log: &Log) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(taken) => return taken,
            // The client has gone again.
            Err(fault) if matches!(fault.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
            Err(fault) => {
                log(&format!("connections: {fault}"));
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Speak with one client. Faults are the client's and not worth a line.
async fn converse(edge: Arc<Edge>, place: Arc<Place>, socket: TcpStream, peer: SocketAddr, stopped: watch::Receiver<bool>) {
    // Answers are short, and nothing is to be waited for to fill a packet.
    let _ = socket.set_nodelay(true);
    let Some(tls) = &edge.tls else { return answer(&edge, place, socket, peer, stopped).await };
    let handshake = TlsAcceptor::from(tls.config(&edge.desk.log)).accept(socket);
    if let Ok(Ok(stream)) = tokio::time::timeout(edge.limits.head, handshake).await {
        answer(&edge, place, stream, peer, stopped).await;
    }
}

/// Answer one client's calls, one after another.
async fn answer<S>(edge: &Edge, place: Arc<Place>, stream: S, peer: SocketAddr, mut stopped: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let router = TowerToHyperService::new(edge.router.clone());
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let answering = place.call(request.body()).map(|call| {
            let request = request.map(|body| axum::body::Body::new(Body { body, place: Arc::clone(&place) }));
            (call, router.call(request))
        });
        async move {
            let (_call, response) = answering.ok_or_else(|| io::Error::from(ErrorKind::ConnectionAborted))?;
            response.await.map_err(|never: Infallible| -> io::Error { match never {} })
        }
    });
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(edge.limits.head)
            .max_header_size(HEAD)
            .max_buf_size(2 * HEAD)
            .serve_connection(TokioIo::new(Completing::new(stream, &edge.desk.figures)), service)
    );
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
