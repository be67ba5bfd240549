//! The registration service: start and stop. It runs embedded on 127.0.0.1, or standalone as `zairyu serve`.
//!
//! It knows nothing of cards, screens or terminals; its wire format is defined in `protocol`.

use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

/// The operator's commands.
mod admin;
/// The endpoints, their routes, and the OpenAPI document.
mod api;
/// OWASP ASVS requirements and the evidence for each.
mod asvs;
/// The clock, the date in Japan, and RFC 3339.
mod clock;
/// The error type of the handlers.
mod error;
/// One handler per request.
mod handlers;
/// Linking a new card, and undoing that.
mod linking;
/// Mail composition, delivery, and the outbox worker.
mod mail;
/// Counters for Prometheus.
mod metrics;
/// Layers that apply to every request.
mod middleware;
/// Options and defaults.
mod options;
/// The pages that mailed links lead to.
mod page;
/// Password rules and hashing.
mod password;
/// Token buckets.
mod rate_limit;
/// Revocation of certificates.
mod revocation;
/// Random secrets and their hashes.
mod secret;
/// Accepting and serving connections.
mod server;
/// The state that all handlers share.
mod state;
/// The database.
mod store;
/// What the operator says in their own words.
mod texts;
/// The service's TLS certificate and key.
mod tls;
/// Verification of signed statements.
mod verify;

pub use crate::protocol::session::PasswordRules;
pub use admin::AdminError;
pub use admin::backup::{Progress, Sum, backup, check, copy};
pub use admin::users::{Shape, UsersCommand, users};
pub use clock::Clock;
pub use mail::MailSettings;
#[doc(hidden)]
pub use mail::send_to;
pub use options::{Log, Options, Peers, Retention, public_url};
pub use revocation::Revocation;
pub use server::Limits;
pub use texts::{Texts, TextsError};
pub use tls::{TlsError, TlsFiles};

use mail::Mailer;
use server::Server;
use state::{AppState, Profile};
use store::{Location, Store};
use tls::Tls;

/// Grace period on shutdown for requests and mails in flight.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// Why the service failed to start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The data folder cannot be created.
    #[error("data folder: {0}")]
    Data(std::io::Error),
    /// Another service works in the data folder.
    #[error("{0}: another zairyu uses this data folder: end it, or name another folder with --data")]
    InUse(PathBuf),
    /// No client could register.
    #[error("{0}")]
    Unreachable(&'static str),
    /// The store cannot be opened or migrated.
    #[error("database: {0}")]
    Store(String),
    /// The mail settings are invalid.
    #[error("mail: {0}")]
    Mail(String),
    /// The HTTP client for OCSP and CRLs cannot be created.
    #[error("revocation: {0}")]
    Revocation(reqwest::Error),
    /// The certificate or key cannot be used.
    #[error("tls: {0}")]
    Tls(#[source] TlsError),
    /// The service cannot listen on the address.
    #[error("{0}: {1}; --listen names another address or port")]
    Listen(SocketAddr, std::io::Error),
    /// The thread or the runtime cannot be started.
    #[error("runtime: {0}")]
    Runtime(std::io::Error),
}

/// A running service, on its own threads. Dropping it stops it.
pub struct Running {
    url: String,
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    tls: Option<Arc<Tls>>,
    log: Log,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Return the URL at which clients reach the service.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Return the address that the service listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Return the address of the metrics, if they have one of their own.
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Return the URL of that address.
    pub fn local_url(&self) -> String {
        format!("{}://{}", if self.tls.is_some() { "https" } else { "http" }, self.address)
    }

    /// Take up a renewed TLS certificate now. All other settings are those of the start.
    pub fn reload(&self) {
        (self.log)("reload: a renewed certificate is taken up; other settings need a restart");
        if let Some(tls) = &self.tls {
            tls.renew(&self.log);
        }
    }

    /// Stop accepting requests; finish those in flight and the mails that are due, within `SHUTDOWN_TIMEOUT`.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails if the thread has already ended.
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Start a service on its own threads, and return once it listens.
pub fn start(options: Options) -> Result<Running, StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("zairyu-service")
        .enable_all()
        .build()
        .map_err(StartError::Runtime)?;
    let (stop, stopped) = watch::channel(false);
    let (tell, told) = mpsc::channel();
    let log = Arc::clone(&options.log);
    let thread = std::thread::Builder::new()
        .name("zairyu-service".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                match open(options).await {
                    Ok(opened) => {
                        let metrics = opened.figures.as_ref().map(|Figures(_, address, _)| *address);
                        let _ = tell.send(Ok((opened.address, metrics, opened.state.audience.clone(), opened.server.tls.clone())));
                        run(opened, stopped).await;
                    }
                    Err(fault) => {
                        let _ = tell.send(Err(fault));
                    }
                }
            });
            runtime.shutdown_timeout(Duration::from_secs(1));
        })
        .map_err(StartError::Runtime)?;
    match told.recv() {
        Ok(Ok((address, metrics, url, tls))) => Ok(Running { url, address, metrics, tls, log, stop, thread: Some(thread) }),
        Ok(Err(fault)) => Err(fault),
        Err(_) => Err(StartError::Runtime(std::io::Error::other("the service's thread has ended"))),
    }
}

/// Everything opened before the first request.
struct Opened {
    listener: TcpListener,
    address: SocketAddr,
    state: Arc<AppState>,
    server: Server,
    figures: Option<Figures>,
    /// Locked while the service runs.
    _lock: File,
    standalone: bool,
}

/// Open everything that can fail before the first request.
async fn open(options: Options) -> Result<Opened, StartError> {
    if let Some(why) = options::unreachable(&options) {
        return Err(StartError::Unreachable(why));
    }
    for warning in options::warnings(&options) {
        (options.log)(&warning);
    }
    let limits = options.limits;
    let tls = options.tls.map(|files| Tls::open(files, limits.renewal)).transpose().map_err(StartError::Tls)?.map(Arc::new);
    crate::file::private_folder(&options.data).map_err(StartError::Data)?;
    let lock = lock(&options.data, options.standalone)?;
    // lettre and SQLx use the process's TLS provider. Every caller installs the same one, so it does not matter which is first.
    crate::tls::install_provider();
    let place = place(options.database.as_deref(), &options.data);
    let store = Store::open(&place).await.map_err(|fault| StartError::Store(store::trouble::why(&fault, &place)))?;
    let mail_folder = mail_folder(&options.data);
    let mailer = Mailer::new(options.mail.as_ref(), mail_folder.clone()).map_err(|error| StartError::Mail(error.to_string()))?;
    let listener = listen(options.listen, &options.data).await.map_err(|error| StartError::Listen(options.listen, error))?;
    let address = listener.local_addr().map_err(|error| StartError::Listen(options.listen, error))?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let audience = options.public_url.unwrap_or_else(|| format!("{scheme}://{address}"));
    let profile = Profile {
        name: options.name,
        practice: options.practice,
        test_cards: options.test_cards,
        languages: options.languages,
        notice: options.notice,
        texts: options.texts,
        peers: options.peers,
        password_rules: options.password_rules,
    };
    let started = (options.clock)();
    let state = AppState {
        store,
        mailer,
        mail_folder,
        mail_queued: Notify::new(),
        clock: options.clock,
        log: options.log,
        anchors: options.anchors,
        revocation: revocation::Checker::new(options.revocation).map_err(StartError::Revocation)?,
        rate_limiter: rate_limit::RateLimiter::default(),
        metrics: metrics::Metrics::new(api::calls()),
        started,
        hasher: password::Hasher::default(),
        audience: audience.trim_end_matches('/').to_owned(),
        profile,
        retention: options.retention,
        request_timeout: limits.call,
        active_requests: AtomicUsize::new(0),
        told_of_proxy: AtomicBool::new(false),
    };
    let state = Arc::new(state);
    let router = middleware::wrap(api::routes(), Arc::clone(&state));
    let server = Server { router, tls, limits, state: Arc::clone(&state) };
    let figures = match options.metrics {
        Some(address) => Some(Figures::open(address, limits, &state).await.map_err(|error| StartError::Listen(address, error))?),
        None => None,
    };
    Ok(Opened { listener, address, state, server, figures, _lock: lock, standalone: options.standalone })
}

/// The listener for the metrics.
struct Figures(TcpListener, SocketAddr, Server);

impl Figures {
    async fn open(address: SocketAddr, limits: Limits, state: &Arc<AppState>) -> std::io::Result<Figures> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let router = api::metrics_routes().with_state(Arc::clone(state));
        Ok(Figures(listener, address, Server { router, tls: None, limits, state: Arc::clone(state) }))
    }
}

/// Lock the data folder while the service runs: an operator's service has it to itself, embedded ones share it, as their one user has
/// opened several windows. A file system that knows no locks goes without.
fn lock(data: &Path, alone: bool) -> Result<File, StartError> {
    let mut options = File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = crate::file::open(&data.join("lock"), &mut options).map_err(StartError::Data)?;
    match if alone { file.try_lock() } else { file.try_lock_shared() } {
        Err(TryLockError::WouldBlock) => Err(StartError::InUse(data.to_owned())),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// Return the location of the store: the URL if given, else a file in the data folder.
fn place(database: Option<&str>, data: &Path) -> Location {
    database.map_or_else(|| Location::File(data.join("service.sqlite")), |url| Location::Url(url.to_owned()))
}

/// Return the folder that mails are written to when no mail server is configured.
fn mail_folder(data: &Path) -> PathBuf {
    data.join("mail")
}

/// Listen on an address. For port 0, try the port of the last run first: links in earlier mails contain it.
async fn listen(address: SocketAddr, data: &Path) -> std::io::Result<TcpListener> {
    if address.port() != 0 {
        return TcpListener::bind(address).await;
    }
    let file = data.join("port");
    let last = crate::file::read_text(&file).ok().and_then(|port| port.trim().parse().ok()).unwrap_or(0);
    let listener = match TcpListener::bind((address.ip(), last)).await {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind(address).await?,
    };
    // On failure, the next start takes another port; only the links in earlier mails break.
    let _ = std::fs::write(file, listener.local_addr()?.port().to_string());
    Ok(listener)
}

/// Serve requests and work through the outbox until told to stop.
async fn run(opened: Opened, stopped: watch::Receiver<bool>) {
    let Opened { listener, state, server, figures, _lock, standalone, .. } = opened;
    if let Some(Figures(listener, _, server)) = figures {
        tokio::spawn(server::serve(listener, server, stopped.clone()));
    }
    if standalone {
        let state = Arc::clone(&state);
        tokio::spawn(async move { state.mailer.try_server(&state.log).await });
    }
    let worker = {
        let (state, stopped) = (Arc::clone(&state), stopped.clone());
        tokio::spawn(async move { mail::outbox::work(&state, stopped).await })
    };
    let lists = {
        let (state, stopped, every) = (Arc::clone(&state), stopped.clone(), server.limits.lists);
        tokio::spawn(async move { revocation::refresh_lists(&state.revocation, every, &state.clock, &state.log, stopped).await })
    };
    let serving = server::serve(listener, server, stopped.clone());
    let mut deadline = stopped;
    let finished = async {
        serving.await;
        let _ = worker.await;
        lists.abort();
    };
    tokio::select! {
        () = finished => {}
        () = async {
            let _ = deadline.wait_for(|stop| *stop).await;
            tokio::time::sleep(SHUTDOWN_TIMEOUT).await;
        } => {}
    }
    let _ = tokio::time::timeout(Duration::from_secs(2), state.store.close()).await;
}
