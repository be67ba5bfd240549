//! `zairyu serve`: the registration service, until the operating system ends it.

use super::CommandResult;
use super::database::{Database, first_line};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use zairyu::file;
use zairyu::runtime;
use zairyu::service::{self, MailSettings, Options, PasswordRules, Peers, Retention, Revocation, Texts, TlsFiles};
use zairyu::settings::{Data, Flags, SettingsError, Trust};
use zairyu::text::lines::stdout;

/// Arguments of `zairyu serve`.
#[derive(Args)]
pub(super) struct Serve {
    /// Where it keeps what is no database: its key, and mails without a mail server.
    #[command(flatten)]
    pub(super) data: Data,
    /// Whose cards it accepts.
    #[command(flatten)]
    pub(super) trust: Trust,
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:8480", env = "ZAIRYU_LISTEN")]
    pub(super) listen: std::net::SocketAddr,
    /// Where everything is kept.
    #[command(flatten)]
    pub(super) database: Database,
    /// How mail leaves.
    #[command(flatten)]
    pub(super) mail: Mail,
    /// URL under which clients reach the service, and which statements must name
    #[arg(long, env = "ZAIRYU_PUBLIC_URL", value_name = "URL", value_parser = service::public_url)]
    pub(super) public_url: Option<String>,
    /// Name of the service, for people
    #[arg(long, env = "ZAIRYU_NAME", default_value = Options::NAME)]
    pub(super) name: String,
    /// A notice that everybody is to read
    #[arg(long, env = "ZAIRYU_NOTICE", value_name = "TEXT")]
    pub(super) notice: Option<String>,
    /// Folder with your own terms.TAG.txt, privacy.TAG.txt and mail.TAG.txt (TAG: ja, and en where it is wanted): the terms that people agree to,
    /// the privacy notice behind them, the last paragraph of every mail
    #[arg(long, env = "ZAIRYU_TEXTS", value_name = "FOLDER")]
    pub(super) texts: Option<PathBuf>,
    /// Certificates (PEM) for TLS: the service's own, and behind it those between it and the root
    #[arg(long, env = "ZAIRYU_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub(super) tls_cert: Option<PathBuf>,
    /// Private key (PEM) of the first of these certificates; both files are read again when they change
    #[arg(long, env = "ZAIRYU_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub(super) tls_key: Option<PathBuf>,
    /// Ask whether certificates were revoked: ocsp (the responder that the certificate names), ocsp:URL, or crl:URL (may be given several
    /// times); without it, nobody is asked, and all that is registered says so
    #[arg(long, env = "ZAIRYU_REVOCATION", value_name = "WAY", value_delimiter = ',')]
    pub(super) revocation: Vec<String>,
    /// Take the client's address from the end of X-Forwarded-For: only behind a proxy that writes it
    #[arg(long, env = "ZAIRYU_BEHIND_PROXY")]
    pub(super) behind_proxy: bool,
    /// Address and port at which anybody may read /metrics, in the clear: one of a network that only you reach; without it, they are at the
    /// service's own address, for this computer alone
    #[arg(long, env = "ZAIRYU_METRICS_LISTEN", value_name = "ADDRESS")]
    pub(super) metrics_listen: Option<std::net::SocketAddr>,
    /// Forget after so many days to whom which mail was sent
    #[arg(long, env = "ZAIRYU_KEEP_MAILS", value_name = "DAYS", default_value_t = Retention::default().mails, value_parser = days())]
    pub(super) keep_mails: u32,
    /// Forget lines of the audit trail after so many days, but not before --keep-unused
    #[arg(long, env = "ZAIRYU_KEEP_AUDIT", value_name = "DAYS", default_value_t = Retention::default().audit, value_parser = days())]
    pub(super) keep_audit: u32,
    /// Delete people who have set no password, not logged in and asked for nothing for so many days; without it, they stay
    #[arg(long, env = "ZAIRYU_KEEP_UNUSED", value_name = "DAYS", value_parser = days())]
    pub(super) keep_unused: Option<u32>,
    /// What is asked of a password: free (8 to 64 characters of any kind), or agency-like, as 電子届出システム does (8 to 32 letters, digits
    /// and signs, for a year, with mails 30 and 7 days before)
    #[arg(long, env = "ZAIRYU_PASSWORD_RULES", value_name = "RULES", default_value = "free", value_enum)]
    pub(super) password_rules: Rules,
    /// Fewest characters of a password; what the rules ask for at least stays
    #[arg(long, env = "ZAIRYU_SHORTEST_PASSWORD", value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u8).range(8..=64))]
    pub(super) shortest_password: u8,
    /// Print a systemd unit for this service and end
    #[arg(long)]
    pub(super) print_unit: bool,
    /// Print a script that builds an image for containers and end
    #[arg(long)]
    pub(super) print_container: bool,
    /// Say that nothing is really registered
    #[arg(long)]
    pub(super) practice: bool,
}

/// What is asked of a password.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Rules {
    Free,
    AgencyLike,
}

/// How mail leaves the service.
#[derive(Args, Clone, Default)]
pub(super) struct Mail {
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

impl Mail {
    /// Return the mail settings; without a server, mails are written to files in the data folder.
    pub(super) fn settings(&self) -> Result<Option<MailSettings>, SettingsError> {
        let (Some(path), Some(sender)) = (&self.mail_file, &self.mail_from) else { return Ok(None) };
        let read = |path: &PathBuf| file::read_text(path).map_err(|why| SettingsError::Unreadable(path.clone(), why));
        let ca = self.mail_ca.as_ref().map(read).transpose()?;
        Ok(Some(MailSettings { server: first_line(path)?, ca, sender: sender.clone() }))
    }
}

/// Run the service until the operating system ends it.
pub(super) fn run(common: Flags, serve: Serve) -> CommandResult {
    if serve.print_unit {
        stdout().own(include_str!("../service/zairyu.service"))?;
        return Ok(ExitCode::SUCCESS);
    }
    if serve.print_container {
        stdout().own(include_str!("../service/container.sh"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let (flags, _) = common.with(serve.data).with(serve.trust).merged()?;
    let mut options = Options::standalone(flags.data_folder());
    options.listen = serve.listen;
    options.database = serve.database.url()?;
    options.mail = serve.mail.settings()?;
    options.public_url = serve.public_url;
    options.name = serve.name;
    options.notice = serve.notice;
    options.texts = serve.texts.as_deref().map(Texts::from_folder).transpose()?.unwrap_or_default();
    options.practice = serve.practice;
    options.metrics = serve.metrics_listen;
    options.retention = Retention { mails: serve.keep_mails, audit: serve.keep_audit, unused: serve.keep_unused };
    let rules = match serve.password_rules {
        Rules::Free => PasswordRules::default(),
        Rules::AgencyLike => PasswordRules::AGENCY_LIKE,
    };
    let shortest = usize::from(serve.shortest_password).clamp(rules.shortest, rules.longest);
    options.password_rules = PasswordRules { shortest, ..rules };
    options.anchors = super::anchors(&flags)?;
    options.test_cards = flags.test_cards.unwrap_or(false);
    options.revocation = Revocation::from_words(&serve.revocation).map_err(|why| SettingsError::Unknown("--revocation", why))?;
    if let (Some(certificate), Some(key)) = (serve.tls_cert, serve.tls_key) {
        options.tls = Some(TlsFiles { certificate, key });
    }
    if serve.behind_proxy {
        options.peers = Peers::BehindProxy;
    }
    let running = service::start(options)?;
    let (local, public) = (running.local_url(), running.url());
    let known_as = if local == public { String::new() } else { format!(", known as {public}") };
    stdout().line(format!("listening on {local}{known_as}"))?;
    runtime::wait_for_shutdown(|| running.reload())?;
    running.stop();
    Ok(ExitCode::SUCCESS)
}

/// Return a parser for a number of days: at least one, at most a hundred years.
fn days() -> impl clap::builder::TypedValueParser<Value = u32> {
    clap::value_parser!(u32).range(1..=36_525)
}
