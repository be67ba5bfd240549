//! Mails: kinds, composition, and delivery to a mail server or into a folder.
//!
//! `outbox` schedules and retries, `text` has the texts, `template` the layout, `smtp` the transport.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use lettre::address::Envelope;
use lettre::message::header::{self, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Mailboxes, MultiPart};
use lettre::{Address, Message};
use thiserror::Error;

use crate::locale::Lang;
use crate::service::Log;
use crate::service::store::mails::Queued;

/// Delivery into a folder.
pub(super) mod folder;
/// The kinds of mail.
pub(super) mod kind;
/// The outbox worker.
pub(super) mod outbox;
mod smtp;
mod template;
/// The texts.
pub(super) mod text;

pub(super) use kind::Kind;
use smtp::Smtp;
#[doc(hidden)]
pub use smtp::send_to;
use template::Template;

/// Sender while no mail server is configured. The top-level domain is reserved, so replies reach nobody (RFC 2606).
const LOCAL_SENDER: &str = "zairyu <noreply@zairyu.invalid>";

/// Settings for sending mail.
#[derive(Clone)]
pub struct MailSettings {
    /// The mail server: `smtps://user:password@host`, or `smtp://host:port` for STARTTLS. `?tls=none` disables TLS, as is the default for a
    /// server on this computer.
    pub server: String,
    /// Certificate authorities that the server's certificate must chain to, in PEM; `None` for those of the system.
    pub ca: Option<String>,
    /// The sender: `name <address>`, or an address.
    pub sender: String,
}

/// Does not show the password.
impl std::fmt::Debug for MailSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("MailSettings").field("sender", &self.sender).finish_non_exhaustive()
    }
}

/// Why a mail was not delivered. Never contains an address or text of the mail.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum MailError {
    /// No mail gets through at present.
    #[error("{0}")]
    Server(String),
    /// The server did not accept this mail, but may later.
    #[error("{0}")]
    Later(String),
    /// This mail can never be delivered as it is.
    #[error("{0}")]
    Never(String),
}

/// Delivers mails.
pub(super) enum Mailer {
    /// Into a folder, one `.eml` file per mail.
    Folder(PathBuf, Mailbox),
    /// To a mail server.
    Server(Box<Smtp>, Mailbox),
}

impl Mailer {
    /// Create a mailer for the settings; `None` delivers into the folder.
    pub(super) fn new(settings: Option<&MailSettings>, folder: PathBuf) -> Result<Mailer, MailError> {
        let never = |what: &str| MailError::Never(what.to_owned());
        let sender = settings.map_or(LOCAL_SENDER, |settings| settings.sender.as_str());
        let sender: Mailbox = sender.parse().map_err(|_| never("the sender is no mail address"))?;
        if sender.name.as_deref().is_some_and(|name| name.contains(char::is_control)) || !AsRef::<str>::as_ref(&sender.email).is_ascii() {
            return Err(never("the sender is no mail address"));
        }
        let Some(settings) = settings else {
            // People are told where it is, whatever their working directory.
            let folder = std::path::absolute(&folder).unwrap_or(folder);
            crate::file::private_folder(&folder).map_err(|fault| MailError::Never(fault.kind().to_string()))?;
            return Ok(Mailer::Folder(folder, sender));
        };
        let smtp = Smtp::new(&settings.server, settings.ca.as_deref(), sender.email.domain()).map_err(never)?;
        Ok(Mailer::Server(Box::new(smtp), sender))
    }

    fn sender(&self) -> &Mailbox {
        match self {
            Mailer::Folder(_, sender) | Mailer::Server(_, sender) => sender,
        }
    }

    /// Go as far as the mail server's door, and tell what stands in the way of mails. They are queued and tried all the same.
    pub(super) async fn try_server(&self, log: &Log) {
        let Mailer::Server(smtp, _) = self else { return };
        match smtp.knock().await {
            Ok(()) => log("mail: the mail server lets us in"),
            Err(why) => log(&format!("mail: the mail server does not let us in: {why}; mails wait and are tried again")),
        }
    }

    /// Compose a mail and deliver it.
    pub(super) async fn deliver(&self, mail: &Queued, facts: &text::Facts<'_>, now: i64) -> Result<(), MailError> {
        let lang = Lang::from_tag(&mail.language).unwrap_or(Lang::En);
        let message = compose(self.sender(), mail, &text::letter(mail.kind, lang, facts), now)?;
        match self {
            Mailer::Folder(folder, _) => {
                let (folder, name) = (folder.clone(), folder::file_name(mail));
                let written = tokio::task::spawn_blocking(move || folder::write(&folder, &name, &message.formatted())).await;
                written
                    .map_err(|_| MailError::Server("interrupted".to_owned()))?
                    .map_err(|fault| MailError::Server(fault.kind().to_string()))
            }
            Mailer::Server(smtp, _) => smtp.send(&message).await,
        }
    }
}

/// Convert a stored address to a form that mail servers accept.
///
/// Japanese carriers have issued addresses such as `foo..bar.@docomo.ne.jp`, whose local part is not a dot-atom. Sent as a quoted string it
/// names the same mailbox (RFC 5321, 4.1.2).
///
/// Return `None` for anything that could end a header or a command.
fn address(stored: &str) -> Option<Address> {
    let (local, domain) = stored.rsplit_once('@')?;
    if !stored.bytes().all(|byte| byte.is_ascii_graphic()) || local.contains(['"', '\\', '<', '>']) {
        return None;
    }
    let quoted = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    let local = if quoted { format!("\"{local}\"") } else { local.to_owned() };
    Address::new(local, domain).ok()
}

fn compose(sender: &Mailbox, mail: &Queued, letter: &Template, now: i64) -> Result<Message, MailError> {
    let never = |what: &str| MailError::Never(what.to_owned());
    let recipient = address(&mail.recipient).ok_or_else(|| never("the recipient is no mail address"))?;
    let envelope = Envelope::new(Some(sender.email.clone()), vec![recipient.clone()]).map_err(|_| never("no envelope"))?;
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(now).unwrap_or_default());
    // RFC 3834: suppresses automatic replies.
    let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
    Message::builder()
        .from(sender.clone())
        .header(header::To::from(Mailboxes::from(Mailbox::new(None, recipient))))
        .envelope(envelope)
        .subject(letter.subject.clone())
        .date(date)
        // The same for every attempt, so that a mail delivered twice is shown once.
        .message_id(Some(format!("<{}@{}>", mail.id, sender.email.domain())))
        .raw_header(automatic)
        .multipart(MultiPart::alternative_plain_html(letter.plain(), letter.html()))
        .map_err(|_| never("the mail cannot be put together"))
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    use super::text::{Facts, Worth, letter};
    use super::*;
    use crate::protocol::session::PasswordRules;

    fn mail(recipient: &str, kind: Kind) -> Queued {
        Queued {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            kind,
            recipient: recipient.to_owned(),
            person: String::new(),
            language: "en".to_owned(),
            attempts: 1,
            created_at: 0,
        }
    }

    /// Compose a mail with this word in every variable part.
    fn composed(recipient: &str, word: &str, kind: Kind) -> Result<Message, MailError> {
        let facts = Facts {
            service: word,
            worth: Worth::Real,
            authentication_id: word,
            link: Some(word),
            password_rules: PasswordRules::AGENCY_LIKE,
            password_ends: None,
            own: None,
        };
        let mut letter = letter(kind, Lang::En, &facts);
        // Real subjects are our own words, so a subject gets at most 500 characters: lettre does not fold a word of a thousand.
        letter.subject.extend(word.chars().take(500));
        compose(&"窓口 <a@example.jp>".parse().unwrap(), &mail(recipient, kind), &letter, 0)
    }

    fn check(message: &Message, recipient: &str) {
        let bytes = message.formatted();
        assert!(bytes.is_ascii() && !bytes.contains(&0));
        let parsed = MessageParser::new().parse(&bytes).unwrap();
        let names: Vec<&str> = parsed.headers_raw().map(|(name, _)| name).collect();
        assert_eq!(names, ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]);
        assert_eq!((parsed.text_body_count(), parsed.html_body_count(), parsed.attachment_count()), (1, 1, 0));
        assert!(parsed.headers_raw().all(|(_, value)| value.lines().all(|line| line.len() <= 998)));
        assert_eq!(message.envelope().to().len(), 1);
        let sent = message.envelope().to()[0].to_string();
        assert!(sent.bytes().all(|byte| byte.is_ascii_graphic()) && !sent.contains(['<', '>']), "{sent}");
        assert_eq!(sent.replace('"', ""), recipient);
    }

    #[test]
    fn the_folder_of_the_mails_is_named_absolutely_whatever_was_set() {
        let home = tempfile::tempdir().unwrap();
        let up: PathBuf = std::env::current_dir().unwrap().components().skip(1).map(|_| "..").collect();
        let relative = up.join(home.path().strip_prefix("/").unwrap()).join("mail");
        let Ok(Mailer::Folder(folder, _)) = Mailer::new(None, relative) else { panic!("no folder") };
        assert!(folder.is_absolute() && home.path().join("mail").is_dir(), "{folder:?}");
    }

    #[test]
    fn addresses_as_carriers_issue_them_travel_as_quoted_strings() {
        for (stored, sent) in [
            ("foo..bar.@docomo.ne.jp", "\"foo..bar.\"@docomo.ne.jp"),
            (".a@ezweb.ne.jp", "\".a\"@ezweb.ne.jp"),
            ("a+tag@example.jp", "a+tag@example.jp"),
        ] {
            let message = composed(stored, "word", Kind::Registered).unwrap();
            assert_eq!(message.envelope().to()[0].to_string(), sent);
            check(&message, stored);
        }
    }

    #[test]
    fn what_could_end_a_header_or_a_command_is_no_address() {
        let long = format!("{}@example.jp", "a".repeat(100_000));
        for odd in [
            "a@example.jp\r\nBcc: b@example.jp",
            "a@example.jp>\r\nRCPT TO:<b@example.jp",
            "a\0@example.jp",
            "a b@example.jp",
            "\"a\"@example.jp",
            "a\\@example.jp",
            "a@example.jp,b@example.jp",
            "=?UTF-8?B?DQo=?= <a@example.jp>",
            "全角@example.jp",
            "a@",
            "@example.jp",
            "",
            &long,
        ] {
            assert!(matches!(composed(odd, "word", Kind::Reminder), Err(MailError::Never(_))), "{odd:.40}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

        #[test]
        fn whatever_the_words_a_mail_has_its_own_headers_and_one_recipient(
            word in prop_oneof!["(\r\n|\r|\n|\0|\\PC|=\\?UTF-8\\?[BQ]\\?|Bcc: |--|\\.){0,60}", any::<String>(), "[a-z]{2000}", "窓{700}"],
            kind in proptest::sample::select(Kind::ALL),
        ) {
            check(&composed("foo..bar.@docomo.ne.jp", &word, kind).unwrap(), "foo..bar.@docomo.ne.jp");
        }

        #[test]
        fn whatever_the_address_it_is_refused_or_the_only_one(
            address in prop_oneof![any::<String>(), "[a-z.+\"<>\\\\ \r\n\0,;:@-]{1,30}@[a-z.\r\n>-]{1,20}", "[a-z.+_-]{1,40}@docomo\\.ne\\.jp"],
        ) {
            if let Ok(message) = composed(&address, "word", Kind::Registered) {
                check(&message, &address);
            }
        }
    }
}
