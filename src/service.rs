//! The registration service: what it needs, how it starts and stops. Embedded in the program on 127.0.0.1, or on its own as `zairyu serve`.
//! What it says is the contract of `protocol`; it knows nothing of cards, screens or terminals.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore, watch};

use crate::certificate::Anchors;
use crate::locale::Lang;

mod accept;
mod acts;
mod answer;
mod calls;
mod desk;
mod figures;
/// The mails: settings, texts, the outbox.
pub mod mail;
mod operator;
mod page;
mod password;
mod routes;
mod secret;
mod store;
mod throttle;
/// The operator's work on the whole store.
pub mod upkeep;
/// The operator's commands on people.
pub mod users;

pub use mail::MailSettings;
pub use operator::OperatorFault;
pub use upkeep::{Sum, backup, check, copy};
pub use users::{UsersCommand, users};

use desk::{About, Desk};
use mail::Mailer;
use store::{Place, Store};

/// Where the time comes from: seconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Where a line about what failed inside goes. Lines hold no personal data and no secrets.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// After the word to stop, calls and mails under way have so long to end.
const STOP: Duration = Duration::from_secs(10);

/// Who speaks to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peers {
    /// The clients themselves.
    Direct,
    /// A proxy of the operator, which writes the client's address at the end of `X-Forwarded-For`.
    BehindProxy,
}

/// How many days what is kept of people is kept; their registrations and evidence stay as long as they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Mails that were sent: what was sent to whom and when, never the text. A quarter of a year answers "where is my mail?".
    pub mails: u32,
    /// The audit trail. Three years, with a leap day: so long unauthorised access can be prosecuted (Code of Criminal Procedure, article 250).
    pub audit: u32,
    /// Registrations that nobody has ever used; without it they stay.
    pub unused: Option<u32>,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { mails: 90, audit: 1096, unused: None }
    }
}

/// What a service needs to start.
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// `sqlite:PATH` or `postgres://…`; without it, `service.sqlite` in the data folder.
    pub database: Option<String>,
    /// The service's folder: its SQLite file, and its mails while no mail server is set.
    pub data: PathBuf,
    /// The authorities that are trusted.
    pub anchors: Anchors,
    /// Whether cards of the test hierarchy are taken.
    pub test_cards: bool,
    /// Whether nothing is really registered.
    pub practice: bool,
    /// The mail server; without it, each mail is a file in `mail/` of the data folder.
    pub mail: Option<MailSettings>,
    /// Name of the service, for people.
    pub name: String,
    /// URL under which clients reach it, and which statements must name; without it, the address that it listens on.
    pub public_url: Option<String>,
    /// Tags of the languages that its mails are written in.
    pub languages: Vec<String>,
    /// What everybody is to read.
    pub notice: Option<String>,
    /// Who speaks to it.
    pub peers: Peers,
    /// What is kept how long.
    pub retention: Retention,
    /// The fewest characters of a password, from 8 to 64 (registration.md, "Service rules": settings may tighten the rule).
    pub shortest_password: usize,
    /// Where the time comes from.
    pub clock: Clock,
    /// Where lines about what failed inside go.
    pub log: Log,
}

impl Options {
    /// Return the options of the embedded service: a free port of 127.0.0.1, SQLite and mails in the data folder, the pinned authorities.
    pub fn embedded(data: PathBuf) -> Options {
        Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            database: None,
            data,
            anchors: Anchors::pinned(),
            test_cards: false,
            practice: false,
            mail: None,
            name: "zairyu".to_owned(),
            public_url: None,
            languages: Lang::ALL.iter().map(|lang| lang.tag().to_owned()).collect(),
            notice: None,
            peers: Peers::Direct,
            retention: Retention::default(),
            shortest_password: password::SHORTEST,
            clock: Arc::new(system_time),
            // The screen belongs to the form.
            log: Arc::new(|_| ()),
        }
    }

    /// Return the options of a service of its own: as embedded, and lines about what failed inside go to standard error.
    pub fn standalone(data: PathBuf) -> Options {
        Options { log: Arc::new(|line| eprintln!("zairyu: {line}")), ..Options::embedded(data) }
    }
}

fn system_time() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

/// Why a service does not start.
#[derive(Debug)]
pub enum StartFault {
    /// The data folder cannot be made.
    Data(std::io::Error),
    /// The store cannot be opened or brought up to date.
    Store(sqlx::Error),
    /// The mail settings are not understood.
    Mail(String),
    /// The address cannot be listened on.
    Listen(SocketAddr, std::io::Error),
    /// No thread, or no runtime.
    Runtime(std::io::Error),
}

impl std::fmt::Display for StartFault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StartFault::Data(fault) => write!(out, "data folder: {fault}"),
            StartFault::Store(fault) => write!(out, "database: {fault}"),
            StartFault::Mail(fault) => write!(out, "mail: {fault}"),
            StartFault::Listen(address, fault) => write!(out, "{address}: {fault}"),
            StartFault::Runtime(fault) => write!(out, "runtime: {fault}"),
        }
    }
}

impl std::error::Error for StartFault {}

/// A service that runs on threads of its own. Dropping it stops it.
pub struct Running {
    url: String,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Return the URL under which clients reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Return the address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stop: no new calls; those under way, and mails that are due, are done first, for ten seconds at most.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // There is nobody to tell if the thread has ended already.
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Start a service on threads of its own, and return once it listens.
pub fn start(options: Options) -> Result<Running, StartFault> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("zairyu-service")
        .enable_all()
        .build()
        .map_err(StartFault::Runtime)?;
    let (stop, stopped) = watch::channel(false);
    let (tell, told) = mpsc::channel();
    let thread = std::thread::Builder::new()
        .name("zairyu-service".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                match open(options).await {
                    Ok((listener, address, desk)) => {
                        let _ = tell.send(Ok((address, desk.audience.clone())));
                        run(listener, desk, stopped).await;
                    }
                    Err(fault) => {
                        let _ = tell.send(Err(fault));
                    }
                }
            });
            runtime.shutdown_timeout(Duration::from_secs(1));
        })
        .map_err(StartFault::Runtime)?;
    match told.recv() {
        Ok(Ok((address, url))) => Ok(Running { url, address, stop, thread: Some(thread) }),
        Ok(Err(fault)) => Err(fault),
        Err(_) => Err(StartFault::Runtime(std::io::Error::other("the service's thread has ended"))),
    }
}

/// Open everything that can fail before the first call.
async fn open(options: Options) -> Result<(TcpListener, SocketAddr, Arc<Desk>), StartFault> {
    mail::private_folder(&options.data).map_err(StartFault::Data)?;
    // lettre's and SQLx's TLS take the process's provider; whoever was first has installed the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = Store::open(&place(options.database.as_deref(), &options.data)).await.map_err(StartFault::Store)?;
    let mailer = Mailer::new(options.mail.as_ref(), options.data.join("mail")).map_err(|trouble| StartFault::Mail(trouble.to_string()))?;
    let listener = listen(options.listen, &options.data).await.map_err(|fault| StartFault::Listen(options.listen, fault))?;
    let address = listener.local_addr().map_err(|fault| StartFault::Listen(options.listen, fault))?;
    let audience = options.public_url.unwrap_or_else(|| format!("http://{address}"));
    let about = About {
        practice: options.practice,
        test_cards: options.test_cards,
        languages: options.languages,
        notice: options.notice,
        peers: options.peers,
        // No setting makes the rule of registration.md weaker, or lets no password be long enough.
        shortest_password: options.shortest_password.clamp(password::SHORTEST, password::LONGEST),
    };
    let desk = Desk {
        store,
        mailer,
        clock: options.clock,
        log: options.log,
        anchors: options.anchors,
        throttle: throttle::Throttle::default(),
        figures: figures::Figures::default(),
        hashing: Arc::new(Semaphore::new(2)),
        audience: audience.trim_end_matches('/').to_owned(),
        name: options.name,
        about,
        retention: options.retention,
        queued: Notify::new(),
    };
    Ok((listener, address, Arc::new(desk)))
}

/// Return where the store of these settings is.
fn place(database: Option<&str>, data: &Path) -> Place {
    database.map_or_else(|| Place::File(data.join("service.sqlite")), |url| Place::Url(url.to_owned()))
}

/// Listen. Where any free port will do, the one of last time is tried first: the links in mails of that time name it.
async fn listen(address: SocketAddr, data: &Path) -> std::io::Result<TcpListener> {
    if address.port() != 0 {
        return TcpListener::bind(address).await;
    }
    let file = data.join("port");
    let last = std::fs::read_to_string(&file).ok().and_then(|port| port.trim().parse().ok()).unwrap_or(0);
    let listener = match TcpListener::bind((address.ip(), last)).await {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind(address).await?,
    };
    // Without it the next start takes another port, and no more is lost than those links.
    let _ = std::fs::write(file, listener.local_addr()?.port().to_string());
    Ok(listener)
}

/// Answer calls and empty the outbox until told to stop.
async fn run(listener: TcpListener, desk: Arc<Desk>, stopped: watch::Receiver<bool>) {
    let worker = {
        let (desk, stopped) = (Arc::clone(&desk), stopped.clone());
        tokio::spawn(async move { mail::outbox::work(&desk, stopped).await })
    };
    let mut signal = stopped.clone();
    let service = routes::router(Arc::clone(&desk)).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        let _ = signal.wait_for(|stop| *stop).await;
    });
    let mut deadline = stopped;
    let finished = async {
        let _ = server.await;
        let _ = worker.await;
    };
    tokio::select! {
        () = finished => {}
        () = async {
            let _ = deadline.wait_for(|stop| *stop).await;
            tokio::time::sleep(STOP).await;
        } => {}
    }
    let _ = tokio::time::timeout(Duration::from_secs(2), desk.store.close()).await;
}
