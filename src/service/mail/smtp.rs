//! SMTP delivery: connection, TLS and login, one mail per connection, with timeouts. `dialogue` has the protocol; `outbox` decides on
//! retries.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use lettre::Message;
use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use crate::service::mail::{MailError, MailSettings};
use crate::text::harmless;

mod dialogue;

use dialogue::{Dialogue, Fault, Stream};

/// Timeout until the server is ready for a mail: connection, TLS, login.
const READY: Duration = Duration::from_secs(45);

/// Timeout until the server has accepted or rejected a mail. RFC 5321, 4.5.3.2 allows longer, but together with `READY` this must stay
/// below the lease of the outbox.
const TAKEN: Duration = Duration::from_secs(120);

/// Timeout of QUIT, when the outcome is already known.
const QUIT: Duration = Duration::from_secs(2);

/// What is told of a TLS error, in letters.
const TLS_ERROR: usize = 160;

const BROKEN_OFF: &str = "broken off";
const NO_CONNECTION: &str = "no connection";

/// A mail server.
pub(in crate::service) struct Smtp {
    host: String,
    port: u16,
    security: Security,
    login: Option<Login>,
    /// Our name in EHLO.
    hello: String,
    ready: Duration,
    taken: Duration,
}

struct Login {
    user: String,
    password: Zeroizing<String>,
}

enum Security {
    /// Implicit TLS (RFC 8314).
    Tls(Tls),
    /// STARTTLS, required (RFC 3207).
    StartTls(Tls),
    /// No TLS: on this computer, or by the operator's choice.
    Clear,
}

/// How the server proves who it is.
struct Tls {
    name: ServerName<'static>,
    connector: TlsConnector,
}

impl Tls {
    /// Trust the authorities in a PEM text, or else those of the system.
    fn new(host: &str, ca: Option<&str>) -> Result<Tls, &'static str> {
        const NO_CA: &str = "the mail server's authorities are no certificates in PEM";
        let name = ServerName::try_from(host.to_owned()).map_err(|_| NO_URL)?;
        let mut roots = RootCertStore::empty();
        match ca {
            Some(pem) => {
                for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                    roots.add(certificate.map_err(|_| NO_CA)?).map_err(|_| NO_CA)?;
                }
                if roots.is_empty() {
                    return Err(NO_CA);
                }
            }
            None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
        }
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Ok(Tls { name, connector: TlsConnector::from(Arc::new(config)) })
    }

    async fn wrap(&self, stream: Box<dyn Stream>) -> Result<Box<dyn Stream>, Fault> {
        Ok(Box::new(self.connector.connect(self.name.clone(), stream).await?))
    }
}

const NO_URL: &str = "the mail server's URL is not understood";

impl Smtp {
    /// Parse the settings. `domain` is the sender's, for EHLO.
    pub(in crate::service) fn new(url: &str, ca: Option<&str>, domain: &str) -> Result<Smtp, &'static str> {
        let url = Url::parse(url).map_err(|_| NO_URL)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(NO_URL)?.trim_matches(['[', ']']).to_owned();
        let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        // Ports: 465 of RFC 8314, 587 of RFC 6409, 25 of RFC 5321.
        let (security, port) = match (url.scheme(), tls.as_deref()) {
            ("smtps", None) => (Security::Tls(Tls::new(&host, ca)?), 465),
            ("smtp", None) if here => (Security::Clear, 25),
            ("smtp", None | Some("required")) => (Security::StartTls(Tls::new(&host, ca)?), 587),
            ("smtp", Some("none")) => (Security::Clear, 25),
            _ => return Err(NO_URL),
        };
        let login = match url.password() {
            Some(_) if matches!(security, Security::Clear) && !here => return Err("a password for the mail server needs TLS"),
            Some(password) => {
                let text = |part| percent_decode_str(part).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| NO_URL);
                Some(Login { user: text(url.username())?, password: Zeroizing::new(text(password)?) })
            }
            None => None,
        };
        let port = url.port().unwrap_or(port);
        Ok(Smtp { host, port, security, login, hello: domain.to_owned(), ready: READY, taken: TAKEN })
    }

    /// Send a mail.
    pub(in crate::service) async fn send(&self, mail: &Message) -> Result<(), MailError> {
        let connected = async {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|_| NO_CONNECTION)?;
            Ok(Box::new(stream) as Box<dyn Stream>)
        };
        self.send_over(connected, mail).await
    }

    /// Connect and log in, and send nothing.
    pub(in crate::service) async fn knock(&self) -> Result<(), String> {
        let entered = async {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|_| NO_CONNECTION)?;
            self.enter(Box::new(stream)).await
        };
        let mut server = in_time(self.ready, entered).await?;
        let _ = timeout(QUIT, server.command("QUIT")).await;
        Ok(())
    }

    async fn send_over(&self, connected: impl Future<Output = Result<Box<dyn Stream>, String>>, mail: &Message) -> Result<(), MailError> {
        let mut server = in_time(self.ready, self.open(connected, mail)).await.map_err(MailError::Server)?;
        let outcome = in_time(self.taken, transfer(&mut server, mail)).await.map_err(MailError::Later);
        // The result of QUIT does not matter: the outcome is already known.
        let _ = timeout(QUIT, server.command("QUIT")).await;
        outcome
    }

    /// Log in, and send MAIL FROM. A failure here would affect every mail.
    async fn open(&self, connected: impl Future<Output = Result<Box<dyn Stream>, String>>, mail: &Message) -> Result<Dialogue, String> {
        let mut server = self.enter(connected.await?).await?;
        let from = mail.envelope().from().map(ToString::to_string).unwrap_or_default();
        server.command(&format!("MAIL FROM:<{from}>")).await.map_err(|fault| reason(&fault, BROKEN_OFF))?;
        Ok(server)
    }

    /// Greet, change to TLS and log in.
    async fn enter(&self, mut stream: Box<dyn Stream>) -> Result<Dialogue, String> {
        if let Security::Tls(tls) = &self.security {
            stream = tls.wrap(stream).await.map_err(|fault| reason(&fault, NO_CONNECTION))?;
        }
        let mut server = Dialogue::new(stream);
        server.greeting().await.map_err(|fault| reason(&fault, NO_CONNECTION))?;
        let mut offers = server.hello(&self.hello).await.map_err(|fault| reason(&fault, NO_CONNECTION))?;
        if let Security::StartTls(tls) = &self.security {
            if offers.find("STARTTLS").is_none() {
                return Err("the server offers no STARTTLS".to_owned());
            }
            let upgraded = async {
                server.command("STARTTLS").await?;
                let mut server = Dialogue::new(tls.wrap(server.into_stream()?).await?);
                let offers = server.hello(&self.hello).await?;
                Ok((server, offers))
            };
            (server, offers) = upgraded.await.map_err(|fault| reason(&fault, "STARTTLS failed"))?;
        }
        if let Some(Login { user, password }) = &self.login {
            let entered = server.log_in(&offers, user, password).await;
            entered.map_err(|fault| format!("login: {}", reason(&fault, BROKEN_OFF)))?;
        }
        Ok(server)
    }
}

/// Send a mail to whatever answers on this connection as the mail server of these settings: for tests with servers that answer anything.
#[doc(hidden)]
pub async fn send_to(
    settings: &MailSettings,
    server: impl AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static,
    recipient: &str,
    text: &str,
) -> Result<(), String> {
    let sender: Mailbox = settings.sender.parse().map_err(|_| "no sender")?;
    let smtp = Smtp::new(&settings.server, settings.ca.as_deref(), sender.email.domain())?;
    let builder = Message::builder().from(sender).to(recipient.parse().map_err(|_| "no recipient")?);
    let mail = builder.body(text.to_owned()).map_err(|_| "no mail")?;
    let connected = async { Ok(Box::new(server) as Box<dyn Stream>) };
    smtp.send_over(connected, &mail).await.map_err(|fault| fault.to_string())
}

async fn transfer(server: &mut Dialogue, mail: &Message) -> Result<(), String> {
    let refused = |fault: Fault| reason(&fault, BROKEN_OFF);
    for recipient in mail.envelope().to() {
        server.command(&format!("RCPT TO:<{recipient}>")).await.map_err(refused)?;
    }
    server.data(&mail.formatted()).await.map_err(refused)
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    timeout(limit, work).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

/// Describe a fault without the server's text, which may contain an address: by the reply code and enhanced status code (RFC 3463), or by
/// the TLS error, of which a certificate can make something long.
fn reason(fault: &Fault, otherwise: &str) -> String {
    match fault {
        Fault::Refused(reply) => {
            let enhanced = reply.lines.first().and_then(|line| line.split_whitespace().next()).filter(|word| {
                let numbers: Vec<&str> = word.split('.').collect();
                let short = |number: &&str| (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
                numbers.len() == 3 && numbers.iter().all(short)
            });
            enhanced.map_or_else(|| reply.code.to_string(), |enhanced| format!("{} {enhanced}", reply.code))
        }
        Fault::Connection(fault) => match fault.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(tls) => harmless(&format!("TLS: {tls}").chars().take(TLS_ERROR).collect::<String>()).into_owned(),
            None => otherwise.to_owned(),
        },
        Fault::NotOffered => "no mechanism that we know".to_owned(),
        Fault::TooLong => fault.to_string(),
        Fault::NoReply => otherwise.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, BufRead, BufReader, Read, Write};
    use std::net::TcpListener;

    use super::*;

    fn refusal(url: &str, ca: Option<&str>) -> Option<&'static str> {
        crate::tls::install_provider();
        Smtp::new(url, ca, "example.jp").err()
    }

    fn at(url: &str) -> Smtp {
        assert_eq!(refusal(url, None), None, "{url}");
        Smtp::new(url, None, "example.jp").unwrap()
    }

    #[test]
    fn what_a_certificate_says_is_told_as_one_short_line() {
        let fault = |text: &str| Fault::Connection(io::Error::other(rustls::Error::General(text.to_owned())));
        let told = reason(&fault(&format!("wrong name {}", "a\n\u{1b}[2J.example.jp ".repeat(30))), BROKEN_OFF);
        assert!(told.starts_with("TLS: unexpected error: wrong name a??[2J.example.jp"), "{told}");
        assert_eq!(told.chars().count(), TLS_ERROR);
    }

    #[test]
    fn tls_is_the_rule_and_clear_text_is_for_this_computer_or_by_the_operators_word() {
        for (url, port) in [("smtps://u:p@mail.example.jp", 465), ("smtps://mail.example.jp:4650", 4650)] {
            let server = at(url);
            assert!(matches!(server.security, Security::Tls(_)) && server.port == port, "{url}");
        }
        for (url, port) in [("smtp://mail.example.jp", 587), ("smtp://u:p@127.0.0.1?tls=required", 587), ("smtp://192.0.2.1:26", 26)] {
            let server = at(url);
            assert!(matches!(server.security, Security::StartTls(_)) && server.port == port, "{url}");
        }
        for url in ["smtp://127.0.0.1", "smtp://u:p@[::1]", "smtp://localhost", "smtp://mail.example.jp?tls=none"] {
            assert!(matches!(at(url).security, Security::Clear), "{url}");
        }
        assert_eq!(at("smtp://[::1]:2525").host, "::1");
        assert_eq!(refusal("smtp://u:p@mail.example.jp?tls=none", None), Some("a password for the mail server needs TLS"));
        for url in ["mail.example.jp", "http://mail.example.jp", "smtp://", "smtp://host?tls=opportunistic", "smtps://host?tls=none", ""] {
            assert!(refusal(url, None).is_some(), "{url}");
        }
        for ca in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"] {
            assert!(refusal("smtps://mail.example.jp", Some(ca)).is_some(), "{ca}");
        }
    }

    #[test]
    fn a_login_may_hold_any_character() {
        let server = at("smtps://reg%40example.jp:p%2Fs%3A%25%E9%8D%B5@mail.example.jp");
        let login = server.login.unwrap();
        assert_eq!((login.user.as_str(), login.password.as_str()), ("reg@example.jp", "p/s:%鍵"));
    }

    /// What a server does at its turn.
    #[derive(Clone, Copy)]
    enum Turn {
        /// Says this, and listens.
        Says(&'static str),
        /// Says this again and again, as fast as it is taken.
        Repeats(&'static str),
        /// Says `x` for ever, a byte every 10 ms.
        Drips,
        /// Says nothing more, and stays.
        Waits,
        /// Hangs up.
        Closes,
    }
    use Turn::{Closes, Drips, Repeats, Says, Waits};

    /// Be a server that takes these turns, the first before it was spoken to, the others after each command or mail.
    fn serve(listener: &TcpListener, turns: &[Turn]) -> io::Result<()> {
        let (mut stream, _) = listener.accept()?;
        let mut heard = BufReader::new(stream.try_clone()?);
        let (mut line, mut mail) = (Vec::new(), false);
        for turn in turns {
            match turn {
                Says(text) => stream.write_all(text.as_bytes())?,
                Repeats(text) => loop {
                    stream.write_all(text.repeat(1000).as_bytes())?;
                },
                Drips => loop {
                    stream.write_all(b"x")?;
                    std::thread::sleep(Duration::from_millis(10));
                },
                Waits => return heard.read_to_end(&mut line).map(drop),
                Closes => return Ok(()),
            }
            line.clear();
            while heard.read_until(b'\n', &mut line)? > 0 && mail && !line.ends_with(b"\r\n.\r\n") {}
            mail = line.starts_with(b"DATA");
        }
        Ok(())
    }

    const HI: Turn = Says("220 hi\r\n");
    const YES: Turn = Says("250 yes\r\n");
    const GO_ON: Turn = Says("354 go on\r\n");

    /// A server that answers well until its turn of this number, counted from 0: greeting, EHLO, MAIL, RCPT, DATA, the mail, QUIT.
    fn well_until(number: usize, turn: Turn) -> Vec<Turn> {
        let mut turns = vec![HI, YES, YES, YES, GO_ON, YES];
        turns.truncate(number);
        turns.push(turn);
        turns
    }

    /// What it is called, how the server is reached, what it does, and what comes of it.
    type Way = (&'static str, &'static str, Vec<Turn>, Result<(), MailError>);

    async fn outcome(way: &str, turns: &[Turn], limit: Duration) -> Result<(), MailError> {
        let (start, query) = match way {
            "smtps" => ("smtps://", ""),
            "login" => ("smtp://u:p@", ""),
            query => ("smtp://", query),
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = at(&format!("{start}{}{query}", listener.local_addr().unwrap()));
        let server = Smtp { ready: limit, taken: limit, ..server };
        let turns = turns.to_vec();
        let serving = std::thread::spawn(move || serve(&listener, &turns));
        let builder = Message::builder().from("a@example.jp".parse().unwrap()).to("b@example.jp".parse().unwrap());
        let sent = server.send(&builder.body(String::new()).unwrap()).await;
        // Its writes fail once we have hung up.
        let _ = serving.join().unwrap();
        sent
    }

    #[tokio::test]
    async fn whatever_a_hostile_server_does_the_dialogue_ends_and_says_why() {
        const LONG: &str = "an answer without end";
        let server = |why: &str| Err(MailError::Server(why.to_owned()));
        let later = |why: &str| Err(MailError::Later(why.to_owned()));
        let ways: Vec<Way> = vec![
            ("an endless line as greeting", "", vec![Repeats("220 x")], server(LONG)),
            ("endless zeros", "", vec![Repeats("\0")], server(LONG)),
            ("an endless greeting of many lines", "", vec![Repeats("220-x\r\n")], server(LONG)),
            ("empty lines without end", "", vec![Repeats("\r\n")], server("no connection")),
            ("greetings without end", "", vec![Repeats("220 hi\r\n")], server("no connection")),
            ("an endless line of offers", "", well_until(1, Repeats("250-x")), server(LONG)),
            ("an endless list of offers", "", well_until(1, Repeats("250-SIZE\r\n")), server(LONG)),
            ("an endless answer to MAIL", "", well_until(2, Repeats("250-x\r\n")), server(LONG)),
            ("an endless line to RCPT", "", well_until(3, Repeats("250 x")), later(LONG)),
            ("an endless refusal of RCPT", "", well_until(3, Repeats("550-x\r\n")), later(LONG)),
            ("an endless line to DATA", "", well_until(4, Repeats("354 x")), later(LONG)),
            ("an endless line to the mail", "", well_until(5, Repeats("250 x")), later(LONG)),
            ("an endless line to QUIT", "", well_until(6, Repeats("221 x")), Ok(())),
            ("endless text to LOGIN", "login", vec![HI, Says("250-x\r\n250 AUTH LOGIN\r\n"), Repeats("334 x")], server(LONG)),
            ("questions without end", "login", vec![HI, Says("250-x\r\n250 AUTH LOGIN\r\n"), Repeats("334 \r\n")], server("broken off")),
            ("a question to PLAIN", "login", vec![HI, Says("250-x\r\n250 AUTH PLAIN\r\n"), Says("334 \r\n")], server("334")),
            ("no login", "login", vec![HI, YES], server("no mechanism that we know")),
            ("no STARTTLS", "?tls=required", vec![HI, YES], server("the server offers no STARTTLS")),
            (
                "STARTTLS refused",
                "?tls=required",
                vec![HI, Says("250-x\r\n250 STARTTLS\r\n"), Says("454 4.7.0 no\r\n")],
                server("454 4.7.0"),
            ),
            (
                "an answer given before TLS",
                "?tls=required",
                vec![HI, Says("250-x\r\n250 STARTTLS\r\n"), Says("220 go\r\n250 AUTH PLAIN\r\n")],
                server("STARTTLS failed"),
            ),
            (
                "STARTTLS, and then silence",
                "?tls=required",
                vec![HI, Says("250-x\r\n250 STARTTLS\r\n"), Says("220 go\r\n"), Waits],
                server("no answer in time"),
            ),
            ("zeros in place of TLS", "smtps", vec![Repeats("\0")], server("TLS: received corrupt message of type InvalidContentType")),
            ("silence in place of TLS", "smtps", vec![Waits], server("no answer in time")),
            ("hanging up in place of TLS", "smtps", vec![Closes], server("no connection")),
            ("a byte now and then", "", vec![Drips], server("no answer in time")),
            ("a byte now and then to the mail", "", well_until(5, Drips), later("no answer in time")),
            ("silence", "", vec![Waits], server("no answer in time")),
            ("silence after RCPT", "", well_until(3, Waits), later("no answer in time")),
            ("no reply at all", "", vec![Says("HTTP/1.1 400 Bad Request\r\n\r\n")], server("no connection")),
            ("a line feed alone", "", vec![Says("220 hi\n")], server("no connection")),
            ("no number", "", vec![Says("+20 hi\r\n")], server("no connection")),
            ("a code of no kind", "", well_until(2, Says("999 x\r\n")), server("broken off")),
            ("two codes in one answer", "", well_until(1, Says("250-x\r\n550 y\r\n")), server("no connection")),
            ("an answer too many", "", well_until(2, Says("250 yes\r\n250 yes\r\n")), later("broken off")),
            ("letters of no encoding", "", vec![Says("220 hi\r\n"), YES, YES, Says("250 \u{9b}31m\r\n"), GO_ON, YES], Ok(())),
            ("go on, to MAIL", "", well_until(2, GO_ON), server("354")),
            ("yes, to DATA", "", well_until(4, YES), later("250")),
            ("go on, to the mail", "", well_until(5, GO_ON), later("354")),
            ("an address for an enhanced code", "", well_until(3, Says("550 b@example.jp unknown\r\n")), later("550")),
            (
                "a number without text",
                "",
                vec![Says("220\r\n"), Says("250\r\n"), Says("250\r\n"), Says("250\r\n"), Says("354\r\n"), Says("250\r\n")],
                Ok(()),
            ),
            ("a server that knows HELO only", "", vec![HI, Says("502 5.5.1 what?\r\n"), YES, YES, YES, GO_ON, YES], Ok(())),
            ("a server that knows no HELO either", "", vec![HI, Says("500 what?\r\n"), Says("502 5.5.1 what?\r\n")], server("502 5.5.1")),
        ];
        for (name, way, turns, expected) in ways {
            // Where it must be waited for, not long; elsewhere, longer than any answer takes.
            let waits = expected.as_ref().is_err_and(|fault| fault.to_string() == "no answer in time");
            let limit = Duration::from_millis(if waits { 200 } else { 20_000 });
            let expected = if way == "login" { expected.map_err(|fault| MailError::Server(format!("login: {fault}"))) } else { expected };
            assert_eq!(outcome(way, &turns, limit).await, expected, "{name}");
        }
    }

    #[tokio::test]
    async fn at_each_step_a_server_may_hang_up_or_refuse() {
        for step in 0..6 {
            let fault = |why: &str| {
                let why = if step < 2 && why == "broken off" { "no connection" } else { why };
                Err(if step < 3 { MailError::Server(why.to_owned()) } else { MailError::Later(why.to_owned()) })
            };
            for (turn, why) in [
                (Closes, "broken off"),
                (Says("421 4.3.2 resting\r\n"), "421 4.3.2"),
                (Says("451-4.3.0 b@example.jp\r\n451 4.3.0 later\r\n"), "451 4.3.0"),
                (Says("554 5.0.0 no\r\n"), "554 5.0.0"),
                (Says("\0\0\0\r\n"), "broken off"),
            ] {
                assert_eq!(outcome("", &well_until(step, turn), Duration::from_secs(20)).await, fault(why), "{step}: {why}");
            }
        }
        for last in [Closes, Waits, Says("500 what?\r\n")] {
            assert_eq!(outcome("", &well_until(6, last), Duration::from_secs(20)).await, Ok(()));
        }
    }
}
