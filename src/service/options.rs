//! The options of a service, their defaults, and warnings at start.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use reqwest::Url;

use crate::certificate::Anchors;
use crate::locale::Lang;
use crate::protocol::session::PasswordRules;
use crate::service::clock::{Clock, rfc3339, system_time};
use crate::service::mail::MailSettings;
use crate::service::mail_folder;
use crate::service::revocation::Revocation;
use crate::service::server::Limits;
use crate::service::store;
use crate::service::texts::Texts;
use crate::service::tls::TlsFiles;
use crate::text::lines::complain;

/// Receives a line about an event or an internal failure. Lines contain no personal data and no secrets.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// Who connects to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peers {
    /// The clients themselves.
    Direct,
    /// The operator's proxy, which appends the client's address to `X-Forwarded-For`.
    BehindProxy,
}

/// Retention periods in days. Registrations and their evidence are kept as long as the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Sent mails: recipient, kind and times, never the text. 90 days suffice to answer "where is my mail?".
    pub mails: u32,
    /// The audit log. Three years and a leap day: the limitation period for unauthorised access (Code of Criminal Procedure, article 250).
    pub audit: u32,
    /// Unused registrations; `None` keeps them.
    pub unused: Option<u32>,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { mails: 90, audit: 1096, unused: None }
    }
}

/// Options to start a service.
pub struct Options {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// `sqlite:PATH` or `postgres://…`; `None` uses `service.sqlite` in the data folder.
    pub database: Option<String>,
    /// The service's data folder, with its SQLite file, and its mails while no mail server is configured.
    pub data: PathBuf,
    /// The trusted authorities.
    pub anchors: Anchors,
    /// Whether cards of the test hierarchy are accepted.
    pub test_cards: bool,
    /// Practice mode: nothing is really registered.
    pub practice: bool,
    /// The mail server; with `None`, each mail is a file in `mail/` of the data folder.
    pub mail: Option<MailSettings>,
    /// Display name of the service.
    pub name: String,
    /// URL at which clients reach the service, and which statements must name; `None` uses the listening address.
    pub public_url: Option<String>,
    /// Tags of the languages of its mails.
    pub languages: Vec<String>,
    /// A notice shown to everyone.
    pub notice: Option<String>,
    /// Terms, privacy notice and last paragraph of mails, in the operator's words.
    pub texts: Texts,
    /// Who connects to the service.
    pub peers: Peers,
    /// Address at which anybody may read the metrics; without it, only this computer may, at the service's own.
    pub metrics: Option<SocketAddr>,
    /// Retention periods.
    pub retention: Retention,
    /// What is asked of a password.
    pub password_rules: PasswordRules,
    /// Certificate and key for TLS; `None` serves unencrypted HTTP.
    pub tls: Option<TlsFiles>,
    /// How revocation of certificates is checked.
    pub revocation: Revocation,
    /// Connection limits and timeouts.
    pub limits: Limits,
    /// The source of time.
    pub clock: Clock,
    /// Whether an operator runs it: then it has its data folder to itself, and says at start what is missing.
    pub standalone: bool,
    /// Where the operator listens to it.
    pub log: Log,
}

impl Options {
    /// The name of a service that has none of its own.
    pub const NAME: &str = "zairyu";

    /// Return the options of the embedded service: a free port on 127.0.0.1, SQLite and mails in the data folder, the pinned authorities.
    pub fn embedded(data: PathBuf) -> Options {
        Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            database: None,
            data,
            anchors: Anchors::pinned(),
            test_cards: false,
            practice: false,
            mail: None,
            name: Options::NAME.to_owned(),
            public_url: None,
            languages: Lang::ALL.iter().map(|lang| lang.tag().to_owned()).collect(),
            notice: None,
            texts: Texts::default(),
            peers: Peers::Direct,
            metrics: None,
            retention: Retention::default(),
            password_rules: PasswordRules::default(),
            tls: None,
            revocation: Revocation::Unchecked,
            limits: Limits::default(),
            clock: Arc::new(system_time),
            standalone: false,
            // Standard error is the terminal that shows the form.
            log: Arc::new(|_| ()),
        }
    }

    /// Return the options of a standalone service: as embedded, but for an operator, whom it tells on standard error.
    pub fn standalone(data: PathBuf) -> Options {
        Options { standalone: true, log: Arc::new(|line| complain(&entry(system_time(), line))), ..Options::embedded(data) }
    }
}

/// Format a log entry as one line, starting with the time in UTC. Escape characters that could end the line or control a terminal.
fn entry(now: i64, line: &str) -> String {
    let mut entry = format!("{} zairyu: ", rfc3339(now));
    for c in line.chars() {
        if crate::text::is_steering(c) {
            entry.extend(c.escape_unicode());
        } else {
            entry.push(c);
        }
    }
    entry
}

/// Return warnings about settings that work, but are less safe than they may appear.
pub(super) fn warnings(options: &Options) -> Vec<String> {
    let mut warnings = Vec::new();
    let https = options.public_url.as_deref().is_some_and(|url| url.starts_with("https:"));
    if https && options.tls.is_none() && options.peers == Peers::Direct {
        warnings.push(
            "warning: the public URL is https, but here HTTP is spoken in the clear: set --tls-cert and --tls-key, \
             or --behind-proxy where a proxy speaks TLS"
                .to_owned(),
        );
    }
    if options.public_url.as_deref().is_some_and(|url| url.starts_with("http:")) && options.tls.is_some() {
        warnings.push("warning: the public URL is http, but here TLS is spoken: --public-url begins with https://".to_owned());
    }
    if options.standalone && options.mail.is_none() {
        warnings.push(format!(
            "warning: no mail server is set: mails lie as files in {}, where nobody elsewhere can read them; set --mail-file and --mail-from",
            mail_folder(&options.data).display()
        ));
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

/// Take a URL under which clients reach a service: that of this computer, or `https`, since no client speaks anything else to another one.
pub fn public_url(text: &str) -> Result<String, &'static str> {
    let Some(url) = Url::parse(text).ok().filter(|_| !text.contains(char::is_whitespace)) else { return Err(FORM) };
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    match url.scheme() {
        "https" if url.has_host() && bare => Ok(text.to_owned()),
        "http" if url.has_host() && bare && is_near(&url) => Ok(text.to_owned()),
        "http" if bare => {
            Err("clients speak http:// only to their own computer: write https://, with --tls-cert or a proxy that speaks TLS")
        }
        _ => Err(FORM),
    }
}

const FORM: &str = "write it as https://host or https://host/path";

/// Return whether a URL names this computer.
pub(super) fn is_near(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    address.map_or_else(|_| host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
}

/// Return what is wrong with settings under which no client could register: cards sign the address by which clients know the service.
pub(super) fn unreachable(options: &Options) -> Option<&'static str> {
    let Options { listen, public_url: None, peers, tls, .. } = options else { return None };
    let address = listen.ip();
    let far = !address.is_loopback() && (address.is_unspecified() || tls.is_none());
    let unknown = *peers == Peers::BehindProxy || far;
    unknown.then_some("others are to reach the service, but it does not know by which address: set --public-url https://HOST")
}

#[cfg(test)]
mod tests {
    use super::{entry, public_url};

    #[test]
    fn a_public_url_is_one_that_clients_speak_to_and_links_can_be_made_of() {
        for url in
            ["https://register.example.jp", "http://127.0.0.1:8480", "http://[::1]:8480", "http://localhost", "https://example.jp/zairyu/"]
        {
            assert_eq!(public_url(url).as_deref(), Ok(url));
        }
        for url in [
            "x.example",
            "https://",
            "javascript:alert(1)",
            "https://x.example/a?b#c",
            "https://x.example/ a",
            "https://a:b@x.example",
            "ftp://x.example",
        ] {
            assert!(public_url(url).is_err_and(|why| why.contains("https://host")), "{url}");
        }
        for url in ["http://register.example.jp", "http://192.0.2.1:8480", "http://localhost.example.jp"] {
            assert!(public_url(url).is_err_and(|why| why.contains("their own computer")), "{url}");
        }
    }

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
