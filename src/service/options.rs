//! The options of a service, their defaults, and warnings at start.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use crate::certificate::Anchors;
use crate::locale::Lang;
use crate::protocol::session::PasswordRules;
use crate::service::clock::{Clock, rfc3339, system_time};
use crate::service::mail::MailSettings;
use crate::service::revocation::Revocation;
use crate::service::server::Limits;
use crate::service::store;
use crate::service::tls::TlsFiles;
use crate::text::lines::complain;

/// Receives a line about an internal failure. Lines contain no personal data and no secrets.
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
    /// Who connects to the service.
    pub peers: Peers,
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
    /// Receives lines about internal failures.
    pub log: Log,
}

impl Options {
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
            name: "zairyu".to_owned(),
            public_url: None,
            languages: Lang::ALL.iter().map(|lang| lang.tag().to_owned()).collect(),
            notice: None,
            peers: Peers::Direct,
            retention: Retention::default(),
            password_rules: PasswordRules::default(),
            tls: None,
            revocation: Revocation::Unchecked,
            limits: Limits::default(),
            clock: Arc::new(system_time),
            // Standard error is the terminal that shows the form.
            log: Arc::new(|_| ()),
        }
    }

    /// Return the options of a standalone service: as embedded, but logging to standard error.
    pub fn standalone(data: PathBuf) -> Options {
        Options { log: Arc::new(|line| complain(&entry(system_time(), line))), ..Options::embedded(data) }
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
