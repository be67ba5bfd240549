//! The settings: flag over variable over file. The command line and the variables are read by clap, the file is TOML at the platform's usual place.

use crate::registration::{Draft, FieldId};
use clap::{Args, Parser, Subcommand};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// User registration for Japan's online residence applications, from a terminal, with a My Number Card.
#[derive(Parser)]
#[command(name = "zairyu", version, about, after_help = AFTER_HELP)]
pub struct CommandLine {
    /// What to do; without it, the full-screen form
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings.
    #[command(flatten)]
    pub flags: Flags,
}

const AFTER_HELP: &str = "Exit status: 0 done, 1 something is to be mended or was not found, 2 the command line or the settings are wrong.
Keys: Tab, Shift-Tab, Up, Down move; Enter acts; Space chooses; Esc goes back; F1 help; F2 language; F5 card; F8 next person; F10 confirm.";

const DOCTOR_HELP: &str = "Exit status: 0 all well, 1 something is to be mended, 2 could not run.
JSON: one object with version, system, language, result (ok, mend) and checks, an array of objects with check (its stable name),
result (ok, note, mend), label, detail, and for mend the stable code (ZR101 ...), its title and the first step, otherwise null.";

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Practise with a simulated card and a throw-away service: nothing else is needed
    #[cfg(feature = "service")]
    Demo {
        /// The person whose card is simulated
        #[arg(long, default_value = "anne")]
        person: String,
        /// What goes wrong with the card (may be given several times)
        #[arg(long = "fault")]
        faults: Vec<String>,
    },
    /// Run the registration service
    #[cfg(feature = "service")]
    Serve(Serve),
    /// The operator's commands: find, show, resend, export and delete people; who did what
    #[cfg(feature = "service")]
    Users {
        /// Where the people are
        #[command(flatten)]
        database: Database,
        /// What to do
        #[command(subcommand)]
        command: crate::service::UsersCommand,
    },
    /// The operator's work on the whole store, beside a running service: check, backup, copy
    #[cfg(feature = "service")]
    Store {
        /// Which store is checked or backed up
        #[command(flatten)]
        database: Database,
        /// What to do
        #[command(subcommand)]
        command: StoreCommand,
    },
    /// Look for what is to be mended: card service, reader, card, service, settings, terminal; asks for no PIN
    #[command(after_help = DOCTOR_HELP)]
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Simulated cards
    #[cfg(feature = "practice")]
    Card {
        /// What to do with a card
        #[command(subcommand)]
        command: CardCommand,
    },
    /// Print what the municipality picker would offer: codes and names; towns and what remains of an address
    Places {
        /// A name in kanji, kana or romaji, a postal code, or an address
        query: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What to do with a simulated card.
#[cfg(feature = "practice")]
#[derive(Subcommand)]
pub enum CardCommand {
    /// Simulate a card for a real pcscd, over the vpcd protocol; commands come on standard input
    #[command(after_help = crate::card::simulated::simulate::CONTROL)]
    Simulate {
        /// Where vpcd listens
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:35963")]
        vpcd: String,
        /// Folder that keeps authority, keys and counters between runs, and that several cards may share
        #[arg(long, value_name = "FOLDER")]
        state: Option<PathBuf>,
        /// Folder into which the two CA certificates are written, for --anchors
        #[arg(long, value_name = "FOLDER")]
        export_anchors: Option<PathBuf>,
        /// Whose card it is
        #[arg(long, default_value = "anne")]
        person: String,
        /// What goes wrong (may be given several times)
        #[arg(long = "fault")]
        faults: Vec<String>,
    },
}

/// What to do with a store.
#[cfg(feature = "service")]
#[derive(Subcommand)]
pub enum StoreCommand {
    /// Print for each table its name, its rows and a SHA-256 over them, and look for damage in a file of SQLite
    Check {
        /// sqlite:PATH or postgres://…, instead of --database
        url: Option<String>,
    },
    /// Copy the store into a new file of SQLite, on which a service can be started; prints what check does
    Backup {
        /// The new file
        file: PathBuf,
    },
    /// Copy one store into another, empty one, and compare both; prints what check does
    #[command(
        override_usage = "zairyu store copy FROM TO (FROM: sqlite:PATH, postgres://… or --from-file FILE; TO: the same or --to-file FILE)"
    )]
    Copy {
        /// FROM and TO: sqlite:PATH or postgres://…
        #[arg(value_name = "URL", num_args = 0..=2)]
        urls: Vec<String>,
        /// File whose first line is the URL of FROM
        #[arg(long, value_name = "FILE")]
        from_file: Option<PathBuf>,
        /// File whose first line is the URL of TO
        #[arg(long, value_name = "FILE")]
        to_file: Option<PathBuf>,
    },
}

/// Return both URLs of a copy: from its files, and for the rest in their order from the command line.
#[cfg(feature = "service")]
pub fn both_urls(urls: Vec<String>, from_file: Option<&Path>, to_file: Option<&Path>) -> Result<(String, String), SettingsError> {
    let mut urls = urls.into_iter();
    let mut url = |file: Option<&Path>, name| match file {
        Some(path) => first_line(path),
        None => urls.next().ok_or_else(|| SettingsError::Unknown(name, "no database is named".to_owned())),
    };
    let both = (url(from_file, "FROM")?, url(to_file, "TO")?);
    match urls.next() {
        Some(_) => Err(SettingsError::Unknown("store copy", "three databases are named".to_owned())),
        None => Ok(both),
    }
}

/// Which database.
#[cfg(feature = "service")]
#[derive(Args, Clone, Default)]
pub struct Database {
    /// sqlite:PATH or postgres://… (on another computer by TLS, certificate checked, unless ?sslmode=… says otherwise); without it, SQLite in the data folder
    #[arg(long, env = "ZAIRYU_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// File whose first line is the database's URL, so that its password stands in no command line and no variable
    #[arg(long, env = "ZAIRYU_DATABASE_FILE", value_name = "FILE", conflicts_with = "database")]
    database_file: Option<PathBuf>,
}

#[cfg(feature = "service")]
impl Database {
    /// Return the database's URL, if one is set.
    pub fn url(&self) -> Result<Option<String>, SettingsError> {
        match &self.database_file {
            Some(path) => first_line(path).map(Some),
            None => Ok(self.database.clone()),
        }
    }
}

/// How mail leaves the service.
#[cfg(feature = "service")]
#[derive(Args, Clone, Default)]
pub struct Mail {
    /// File whose first line is the mail server: smtps://user:password@host, or smtp://… for STARTTLS (port 587); clear text only to
    /// this computer, or with ?tls=none
    #[arg(long, env = "ZAIRYU_MAIL_FILE", value_name = "FILE", requires = "mail_from")]
    mail_file: Option<PathBuf>,
    /// Sender of the mails: name <address>
    #[arg(long, env = "ZAIRYU_MAIL_FROM", value_name = "ADDRESS", requires = "mail_file")]
    mail_from: Option<String>,
    /// PEM file of the authorities that the mail server's certificate must come from; without it, those of the system
    #[arg(long, env = "ZAIRYU_MAIL_CA", value_name = "FILE", requires = "mail_file")]
    mail_ca: Option<PathBuf>,
}

#[cfg(feature = "service")]
impl Mail {
    /// Return the mail settings; without a server, mails lie as files in the data folder.
    pub fn settings(&self) -> Result<Option<crate::service::MailSettings>, SettingsError> {
        let (Some(path), Some(sender)) = (&self.mail_file, &self.mail_from) else { return Ok(None) };
        let read = |path: &PathBuf| std::fs::read_to_string(path).map_err(|why| SettingsError::Unreadable(path.clone(), why));
        let ca = self.mail_ca.as_ref().map(read).transpose()?;
        Ok(Some(crate::service::MailSettings { server: first_line(path)?, ca, sender: sender.clone() }))
    }
}

#[cfg(feature = "service")]
fn first_line(path: &Path) -> Result<String, SettingsError> {
    let text = std::fs::read_to_string(path).map_err(|why| SettingsError::Unreadable(path.to_owned(), why))?;
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}

/// A number of days: at least one, and no more than a hundred years.
#[cfg(feature = "service")]
fn days() -> impl clap::builder::TypedValueParser<Value = u32> {
    clap::value_parser!(u32).range(1..=36_525)
}

/// How the service is run.
#[cfg(feature = "service")]
#[derive(Args)]
pub struct Serve {
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:8480", env = "ZAIRYU_LISTEN")]
    pub listen: std::net::SocketAddr,
    /// Where everything is kept.
    #[command(flatten)]
    pub database: Database,
    /// How mail leaves.
    #[command(flatten)]
    pub mail: Mail,
    /// URL under which clients reach the service, and which statements must name
    #[arg(long, env = "ZAIRYU_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Name of the service, for people
    #[arg(long, env = "ZAIRYU_NAME", default_value = "zairyu")]
    pub name: String,
    /// A notice that everybody is to read
    #[arg(long, env = "ZAIRYU_NOTICE", value_name = "TEXT")]
    pub notice: Option<String>,
    /// Certificates (PEM) for TLS: the service's own, and behind it those between it and the root
    #[arg(long, env = "ZAIRYU_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Private key (PEM) of the first of these certificates; both files are read again when they change
    #[arg(long, env = "ZAIRYU_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Ask whether certificates were revoked: ocsp (the responder that the certificate names), ocsp:URL, or crl:URL (may be given several
    /// times); without it, nobody is asked, and all that is registered says so
    #[arg(long, env = "ZAIRYU_REVOCATION", value_name = "WAY", value_delimiter = ',')]
    pub revocation: Vec<String>,
    /// Take the client's address from the end of X-Forwarded-For: only behind a proxy that writes it
    #[arg(long, env = "ZAIRYU_BEHIND_PROXY")]
    pub behind_proxy: bool,
    /// Forget after so many days to whom which mail was sent
    #[arg(long, env = "ZAIRYU_KEEP_MAILS", value_name = "DAYS", default_value_t = crate::service::Retention::default().mails, value_parser = days())]
    pub keep_mails: u32,
    /// Forget lines of the audit trail after so many days, but not before --keep-unused
    #[arg(long, env = "ZAIRYU_KEEP_AUDIT", value_name = "DAYS", default_value_t = crate::service::Retention::default().audit, value_parser = days())]
    pub keep_audit: u32,
    /// Delete people who have set no password, not logged in and asked for nothing for so many days; without it, they stay
    #[arg(long, env = "ZAIRYU_KEEP_UNUSED", value_name = "DAYS", value_parser = days())]
    pub keep_unused: Option<u32>,
    /// Fewest characters of a password
    #[arg(long, env = "ZAIRYU_SHORTEST_PASSWORD", value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u8).range(8..=64))]
    pub shortest_password: u8,
    /// Print a systemd unit for this service and end
    #[arg(long)]
    pub print_unit: bool,
    /// Say that nothing is really registered
    #[arg(long)]
    pub practice: bool,
}

/// The settings that every command takes.
#[derive(Args, Clone, Default)]
pub struct Flags {
    /// Settings file (TOML) instead of the usual one
    #[arg(long, global = true, env = "ZAIRYU_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Base URL of the registration service; without it, an embedded one
    #[arg(long, global = true, env = "ZAIRYU_SERVICE", value_name = "URL")]
    pub service: Option<String>,
    /// Name of the card reader to use
    #[arg(long, global = true, env = "ZAIRYU_READER", value_name = "NAME")]
    pub reader: Option<String>,
    /// The language's tag.
    #[arg(long, global = true, env = "ZAIRYU_LANG", value_name = "TAG", help = crate::locale::Lang::FLAG_HELP)]
    pub lang: Option<String>,
    /// TOML or JSON file whose keys are field ids, to fill the next person's form beforehand, if name or birth date in it are those of the card; never PINs, never consent
    #[arg(long, global = true, env = "ZAIRYU_PREFILL", value_name = "FILE")]
    pub prefill: Option<PathBuf>,
    /// Theme: plain, contrast, none
    #[arg(long, global = true, env = "ZAIRYU_THEME", value_name = "NAME")]
    pub theme: Option<String>,
    /// Folder for the embedded service's data
    #[arg(long, global = true, env = "ZAIRYU_DATA", value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Folder of CA certificates (PEM or DER) that replace the pinned ones
    #[arg(long, global = true, env = "ZAIRYU_ANCHORS", value_name = "FOLDER")]
    pub anchors: Option<PathBuf>,
    /// Accept cards of the test hierarchy (O=JPKI-TEST), and say so
    #[arg(long, global = true, env = "ZAIRYU_TEST_CARDS", num_args = 0..=1, default_missing_value = "true", value_name = "YES")]
    pub test_cards: Option<bool>,
    /// File to which the codes of troubles are appended, for the help desk: times and codes, never personal data
    #[arg(long, global = true, env = "ZAIRYU_LOG", value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Line mode: one question a line, for screen readers, plain terminals and scripts
    #[arg(long, global = true)]
    pub line: bool,
    /// Help desk: one machine for many people; covered while the card is away, locked after 5 minutes without a key
    #[arg(long, global = true)]
    pub desk: bool,
    /// Take clicks; they only repeat keys
    #[arg(long, global = true)]
    pub mouse: bool,
}

/// The settings file; every member may be absent.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    service: Option<String>,
    reader: Option<String>,
    lang: Option<String>,
    prefill: Option<PathBuf>,
    theme: Option<String>,
    data: Option<PathBuf>,
    anchors: Option<PathBuf>,
    log: Option<PathBuf>,
    test_cards: Option<bool>,
    /// Mail domains from which the service's mail may not come back; a name ending in `.` stands for every domain that begins with it.
    pub free_mail: Option<Vec<String>>,
    /// Domains from which mail must be allowed.
    pub mail_from: Option<Vec<String>>,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file cannot be read.
    #[error("{}: {}", .0.display(), .1)]
    Unreadable(PathBuf, std::io::Error),
    /// A file is no TOML or JSON, or has members that nobody knows.
    #[error("{}: {}", .0.display(), .1)]
    Malformed(PathBuf, String),
    /// A name that is not one of those known: which setting, and what was given.
    #[error("{0}: {1} (see zairyu --help)")]
    Unknown(&'static str, String),
}

impl Flags {
    /// Fill in from the settings file what neither a flag nor a variable gave.
    pub fn merged(mut self) -> Result<(Flags, File), SettingsError> {
        let usual = || directories::ProjectDirs::from("", "", "zairyu").map(|folders| folders.config_dir().join("zairyu.toml"));
        let file = match (&self.config, usual()) {
            (Some(path), _) => read(path)?,
            (None, Some(path)) if path.is_file() => read(&path)?,
            _ => File::default(),
        };
        self.service = self.service.or_else(|| file.service.clone());
        self.reader = self.reader.or_else(|| file.reader.clone());
        self.lang = self.lang.or_else(|| file.lang.clone());
        self.prefill = self.prefill.or_else(|| file.prefill.clone());
        self.theme = self.theme.or_else(|| file.theme.clone());
        self.data = self.data.or_else(|| file.data.clone());
        self.anchors = self.anchors.or_else(|| file.anchors.clone());
        self.log = self.log.or_else(|| file.log.clone());
        self.test_cards = self.test_cards.or(file.test_cards);
        Ok((self, file))
    }

    /// Return the data folder: as set, else the platform's usual place.
    pub fn data_folder(&self) -> PathBuf {
        let usual = || directories::ProjectDirs::from("", "", "zairyu").map(|folders| folders.data_local_dir().to_owned());
        self.data.clone().or_else(usual).unwrap_or_else(|| PathBuf::from("."))
    }
}

fn read(path: &Path) -> Result<File, SettingsError> {
    let text = std::fs::read_to_string(path).map_err(|why| SettingsError::Unreadable(path.to_owned(), why))?;
    toml::from_str(&text).map_err(|why| SettingsError::Malformed(path.to_owned(), why.message().to_owned()))
}

/// Read a prefill file, TOML or JSON by its ending, into a draft. Keys that no field has, consent among them, are an error, and so are
/// records that do not say whose they are.
pub fn prefill(path: &Path) -> Result<Draft, SettingsError> {
    let text = std::fs::read_to_string(path).map_err(|why| SettingsError::Unreadable(path.to_owned(), why))?;
    let json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let pairs: std::collections::BTreeMap<String, String> = if json {
        serde_json::from_str(&text).map_err(|why| SettingsError::Malformed(path.to_owned(), why.to_string()))?
    } else {
        toml::from_str(&text).map_err(|why| SettingsError::Malformed(path.to_owned(), why.message().to_owned()))?
    };
    let (draft, unknown) = Draft::from_pairs(pairs);
    match unknown.into_iter().next() {
        Some(key) => Err(SettingsError::Malformed(path.to_owned(), format!("{key}: no field of that name can be filled beforehand"))),
        None if [FieldId::Name, FieldId::BirthDate].iter().all(|id| draft.get(*id).is_empty()) => {
            let why = "name or birth_date must be there: they tell whose card these records are for";
            Err(SettingsError::Malformed(path.to_owned(), why.to_owned()))
        }
        None => Ok(draft),
    }
}
