//! The network edge: TCP connections with or without TLS, timeouts, and graceful shutdown.
//!
//! `connections` limits their number; `middleware` and `handlers` process requests.

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::http::header::{CONNECTION, HeaderValue};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service as _;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::service::Log;
use crate::service::state::AppState;
use crate::service::tls::Tls;

/// Error responses by hyper itself.
mod bad_request;
/// The table of open connections.
mod connections;
/// Line ends in the head of a request.
mod heads;

use bad_request::CompletingStream;
use connections::{Connections, Entry};
use heads::{BodyLength, HeadStream};

/// Size limit of a request head in bytes. Clients need less than 1 KiB, but browsers add cookies. hyper limits the number of fields to 100.
const HEAD_LIMIT: usize = 16 * 1024;

/// Pause after an error such as "too many open files", until files are closed.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// Grace period on shutdown for connections without a request in flight.
const GRACE: Duration = Duration::from_secs(1);

/// Connection limits and timeouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Timeout of a TLS handshake, of a request head, and of an idle connection.
    pub head: Duration,
    /// Timeout of a request, including its body. Anything not committed by then is cancelled.
    pub call: Duration,
    /// Maximum number of open connections. Each uses a file descriptor, of which a process has 256 (macOS) or 1,024 (Linux) by default.
    pub connections: usize,
    /// Interval between checks for a renewed TLS certificate.
    pub renewal: Duration,
    /// Interval between fetches of the CRLs.
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

/// State shared by all connections.
pub(super) struct Server {
    pub(super) router: Router,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) limits: Limits,
    pub(super) state: Arc<AppState>,
}

/// Serve requests until told to stop, then finish those in flight.
pub(super) async fn serve(listener: TcpListener, server: Server, stopped: watch::Receiver<bool>) {
    let (server, connections) = (Arc::new(server), Arc::new(Connections::default()));
    let mut tasks = JoinSet::new();
    let accepting = async {
        for number in 0.. {
            let (socket, peer) = accept(&listener, &server.state.log).await;
            connections.wait_for_room(server.limits.connections).await;
            while tasks.try_join_next().is_some() {}
            let (server, stopped) = (Arc::clone(&server), stopped.clone());
            connections.spawn(&mut tasks, number, |entry| serve_connection(server, entry, socket, peer, stopped));
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
        // What remains are requests in flight, and clients that stalled in the middle of a head.
        connections.abort_idle();
        finish(&mut tasks).await;
    }
}

/// Accept the next connection.
async fn accept(listener: &TcpListener, log: &Log) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // The client has already disconnected.
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
            Err(error) => {
                log(&format!("connections: {error}"));
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Serve a connection, after its TLS handshake. Errors are caused by the client and not logged.
async fn serve_connection(server: Arc<Server>, entry: Arc<Entry>, socket: TcpStream, peer: SocketAddr, stopped: watch::Receiver<bool>) {
    // Responses are short, so Nagle's algorithm would only delay them.
    let _ = socket.set_nodelay(true);
    let Some(tls) = &server.tls else { return serve_requests(&server, entry, socket, peer, stopped).await };
    let handshake = TlsAcceptor::from(tls.config(&server.state.log)).accept(socket);
    if let Ok(Ok(stream)) = tokio::time::timeout(server.limits.head, handshake).await {
        serve_requests(&server, entry, stream, peer, stopped).await;
    }
}

/// Serve the requests of a connection, one after another.
async fn serve_requests<S>(server: &Server, entry: Arc<Entry>, stream: S, peer: SocketAddr, mut stopped: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let router = TowerToHyperService::new(server.router.clone());
    let body_length = BodyLength::default();
    let stream = CompletingStream::new(HeadStream::new(stream, body_length.clone()), &server.state);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let length = request.body().size_hint().exact();
        body_length.set(length);
        let handling = entry.begin_request(request.body()).map(|active| {
            let request = request.map(|body| axum::body::Body::new(entry.track(body)));
            (active, router.call(request))
        });
        async move {
            let (_active, response) = handling.ok_or_else(|| io::Error::from(ErrorKind::ConnectionAborted))?;
            let mut response = response.await.map_err(|never: Infallible| -> io::Error { match never {} })?;
            if length.is_none() {
                // The stream does not see where the next head begins.
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, io::Error>(response)
        }
    });
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(server.limits.head)
            .max_header_size(HEAD_LIMIT)
            .max_buf_size(2 * HEAD_LIMIT)
            .serve_connection(TokioIo::new(stream), service)
    );
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
