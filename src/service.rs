//! The registration service: what it needs, how it starts and stops. Embedded in the program on 127.0.0.1, or on its own as `zairyu serve`.
//! What it says is the contract of `protocol`; it knows nothing of cards, screens or terminals.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
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
/// What OWASP ASVS asks, and what shows it.
pub mod asvs;
mod calls;
mod contract;
mod desk;
mod figures;
/// The mails: settings, texts, the outbox.
pub mod mail;
mod operator;
mod page;
mod password;
mod revocation;
mod routes;
mod secret;
mod server;
mod store;
mod throttle;
mod tls;
/// The operator's work on the whole store.
pub mod upkeep;
/// The operator's commands on people.
pub mod users;

pub use mail::MailSettings;
pub use operator::OperatorFault;
pub use revocation::Revocation;
pub use server::Limits;
pub use tls::{TlsFault, TlsFiles};
pub use upkeep::{Sum, backup, check, copy};
pub use users::{UsersCommand, users};

use desk::{About, Desk};
use mail::Mailer;
use server::Edge;
use store::{Place, Store};
use tls::Tls;

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
    /// Certificate and key for TLS; without them, HTTP is spoken in the clear.
    pub tls: Option<TlsFiles>,
    /// How it is found out whether certificates were revoked.
    pub revocation: Revocation,
    /// How much room and patience there is for clients.
    pub limits: Limits,
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
            tls: None,
            revocation: Revocation::Unchecked,
            limits: Limits::default(),
            clock: Arc::new(system_time),
            // The screen belongs to the form.
            log: Arc::new(|_| ()),
        }
    }

    /// Return the options of a service of its own: as embedded, and lines about what failed inside go to standard error.
    pub fn standalone(data: PathBuf) -> Options {
        Options { log: Arc::new(|line| eprintln!("{}", entry(system_time(), line))), ..Options::embedded(data) }
    }
}

/// Write an entry of the log: its time in UTC, and on one line, whatever it holds. What could end the line or steer a terminal is spelt out.
fn entry(now: i64, line: &str) -> String {
    let mut entry = format!("{} zairyu: ", desk::rfc3339(now));
    for c in line.chars() {
        if crate::text::is_steering(c) {
            entry.extend(c.escape_unicode());
        } else {
            entry.push(c);
        }
    }
    entry
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
    /// Nobody can be asked about revocation.
    Revocation(reqwest::Error),
    /// Certificate and key cannot be used.
    Tls(TlsFault),
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
            StartFault::Revocation(fault) => write!(out, "revocation: {fault}"),
            StartFault::Tls(fault) => write!(out, "tls: {fault}"),
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
                    Ok(Open { listener, address, desk, edge }) => {
                        let _ = tell.send(Ok((address, desk.audience.clone())));
                        run(listener, desk, edge, stopped).await;
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

/// What is open before the first call.
struct Open {
    listener: TcpListener,
    address: SocketAddr,
    desk: Arc<Desk>,
    edge: Edge,
}

/// Open everything that can fail before the first call.
async fn open(options: Options) -> Result<Open, StartFault> {
    for warning in warnings(&options) {
        (options.log)(&warning);
    }
    let limits = options.limits;
    let tls = options.tls.map(|files| Tls::open(files, limits.renewal)).transpose().map_err(StartFault::Tls)?;
    mail::folder::private_folder(&options.data).map_err(StartFault::Data)?;
    // For lettre and SQLx.
    crate::tls::install_provider();
    let store = Store::open(&place(options.database.as_deref(), &options.data)).await.map_err(StartFault::Store)?;
    let mail_folder = mail_folder(&options.data);
    let mailer = Mailer::new(options.mail.as_ref(), mail_folder.clone()).map_err(|trouble| StartFault::Mail(trouble.to_string()))?;
    let listener = listen(options.listen, &options.data).await.map_err(|fault| StartFault::Listen(options.listen, fault))?;
    let address = listener.local_addr().map_err(|fault| StartFault::Listen(options.listen, fault))?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let audience = options.public_url.unwrap_or_else(|| format!("{scheme}://{address}"));
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
        mail_folder,
        clock: options.clock,
        log: options.log,
        anchors: options.anchors,
        revocation: revocation::Checker::new(options.revocation).map_err(StartFault::Revocation)?,
        throttle: throttle::Throttle::default(),
        figures: figures::Figures::default(),
        hashing: Arc::new(Semaphore::new(password::AT_ONCE)),
        audience: audience.trim_end_matches('/').to_owned(),
        name: options.name,
        about,
        retention: options.retention,
        call: limits.call,
        under_way: AtomicUsize::new(0),
        queued: Notify::new(),
    };
    let desk = Arc::new(desk);
    let edge = Edge { router: routes::router(Arc::clone(&desk)), tls, limits, desk: Arc::clone(&desk) };
    Ok(Open { listener, address, desk, edge })
}

/// Say what works, but is less safe than the operator may think.
fn warnings(options: &Options) -> Vec<String> {
    let mut warnings = Vec::new();
    let https = options.public_url.as_deref().is_some_and(|url| url.starts_with("https:"));
    if https && options.tls.is_none() && options.peers == Peers::Direct {
        warnings.push(
            "warning: the public URL is https, but here HTTP is spoken in the clear: set --tls-cert and --tls-key, \
             or --behind-proxy where a proxy speaks TLS"
                .to_owned(),
        );
    }
    if options.public_url.is_none() && !options.listen.ip().is_loopback() {
        warnings.push(
            "warning: others can reach the service, but it does not know under which address: links in mails and what cards sign name the \
             one that it listens on; set --public-url"
                .to_owned(),
        );
    }
    if options.database.as_deref().is_some_and(store::is_far_in_the_clear) {
        warnings.push(
            "warning: the connection to the database may be neither encrypted nor with the right server: \
             add sslmode=verify-full&sslrootcert=FILE to its URL"
                .to_owned(),
        );
    }
    warnings
}

/// Return where the store of these settings is.
fn place(database: Option<&str>, data: &Path) -> Place {
    database.map_or_else(|| Place::File(data.join("service.sqlite")), |url| Place::Url(url.to_owned()))
}

/// Return where the mails of a service are put while it has no mail server.
fn mail_folder(data: &Path) -> PathBuf {
    data.join("mail")
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
async fn run(listener: TcpListener, desk: Arc<Desk>, edge: Edge, stopped: watch::Receiver<bool>) {
    let worker = {
        let (desk, stopped) = (Arc::clone(&desk), stopped.clone());
        tokio::spawn(async move { mail::outbox::work(&desk, stopped).await })
    };
    let lists = {
        let (desk, stopped, every) = (Arc::clone(&desk), stopped.clone(), edge.limits.lists);
        tokio::spawn(async move { revocation::work(&desk, every, stopped).await })
    };
    let server = server::serve(listener, edge, stopped.clone());
    let mut deadline = stopped;
    let finished = async {
        server.await;
        let _ = worker.await;
        lists.abort();
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

#[cfg(test)]
mod tests {
    use super::entry;

    #[test]
    fn an_entry_of_the_log_has_its_time_and_is_one_line_whatever_it_holds() {
        assert_eq!(entry(1_764_046_542, "mail 7, attempt 2: 451"), "2025-11-25T04:55:42Z zairyu: mail 7, attempt 2: 451");
        let hostile = "550 no\r\n2025-11-25T00:00:00Z zairyu: all is well\x1b[2J\u{9b}1A\u{202e}txt.";
        let written = entry(0, hostile);
        assert_eq!(written.lines().count(), 1);
        assert!(!written.contains(char::is_control) && !written.contains('\u{202e}'), "{written}");
        assert!(written.starts_with("1970-01-01T00:00:00Z zairyu: 550 no\\u{d}\\u{a}2025"), "{written}");
    }
}
