//! SMTP delivery: connection, TLS and login, one mail per connection, with timeouts. lettre implements the protocol; `outbox` decides on
//! retries.

use std::error::Error as _;
use std::net::IpAddr;
use std::time::Duration;

use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use tokio::time::timeout;

use crate::service::mail::MailError;

/// Timeout until the server is ready for a mail: connection, TLS, login.
const READY: Duration = Duration::from_secs(45);

/// Timeout until the server has accepted or rejected a mail. RFC 5321, 4.5.3.2 allows longer, but together with `READY` this must stay
/// below the lease of the outbox.
const TAKEN: Duration = Duration::from_secs(120);

/// Timeout of QUIT, when the outcome is already known.
const QUIT: Duration = Duration::from_secs(2);

/// A mail server.
pub(in crate::service) struct Smtp {
    host: String,
    port: u16,
    security: Security,
    login: Option<Credentials>,
    /// Our name in EHLO.
    hello: ClientId,
    ready: Duration,
    taken: Duration,
}

enum Security {
    /// Implicit TLS (RFC 8314).
    Tls(TlsParameters),
    /// STARTTLS, required (RFC 3207).
    StartTls(TlsParameters),
    /// No TLS: on this computer, or by the operator's choice.
    Clear,
}

impl Smtp {
    /// Parse the settings. `domain` is the sender's, for EHLO.
    pub(in crate::service) fn new(url: &str, ca: Option<&str>, domain: &str) -> Result<Smtp, &'static str> {
        const NO_URL: &str = "the mail server's URL is not understood";
        let url = Url::parse(url).map_err(|_| NO_URL)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(NO_URL)?.trim_matches(['[', ']']).to_owned();
        let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        // Ports: 465 of RFC 8314, 587 of RFC 6409, 25 of RFC 5321.
        let (security, port) = match (url.scheme(), tls.as_deref()) {
            ("smtps", None) => (Security::Tls(tls_parameters(&host, ca)?), 465),
            ("smtp", None) if here => (Security::Clear, 25),
            ("smtp", None | Some("required")) => (Security::StartTls(tls_parameters(&host, ca)?), 587),
            ("smtp", Some("none")) => (Security::Clear, 25),
            _ => return Err(NO_URL),
        };
        let login = match url.password() {
            Some(_) if matches!(security, Security::Clear) && !here => return Err("a password for the mail server needs TLS"),
            Some(password) => {
                let text = |part| percent_decode_str(part).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| NO_URL);
                Some(Credentials::new(text(url.username())?, text(password)?))
            }
            None => None,
        };
        let port = url.port().unwrap_or(port);
        Ok(Smtp { host, port, security, login, hello: ClientId::Domain(domain.to_owned()), ready: READY, taken: TAKEN })
    }

    /// Send a mail.
    pub(in crate::service) async fn send(&self, mail: &Message) -> Result<(), MailError> {
        let from = Mail::new(mail.envelope().from().cloned(), Vec::new());
        let mut server = in_time(self.ready, self.open(from)).await.map_err(MailError::Server)?;
        let outcome = in_time(self.taken, transfer(&mut server, mail)).await.map_err(MailError::Later);
        // The result of QUIT does not matter: the outcome is already known.
        let _ = timeout(QUIT, server.quit()).await;
        outcome
    }

    /// Connect, log in, and send MAIL FROM. A failure here would affect every mail.
    async fn open(&self, from: Mail) -> Result<AsyncSmtpConnection, String> {
        let wrapper = if let Security::Tls(tls) = &self.security { Some(tls.clone()) } else { None };
        let connected = AsyncSmtpConnection::connect_tokio1((self.host.as_str(), self.port), None, &self.hello, wrapper, None).await;
        let mut server = connected.map_err(|fault| reason(&fault, "no connection"))?;
        if let Security::StartTls(tls) = &self.security {
            if !server.can_starttls() {
                return Err("the server offers no STARTTLS".to_owned());
            }
            server.starttls(tls.clone(), &self.hello).await.map_err(|fault| reason(&fault, "STARTTLS failed"))?;
        }
        if let Some(login) = &self.login {
            let entered = server.auth(DEFAULT_MECHANISMS, login).await;
            entered.map_err(|fault| format!("login: {}", reason(&fault, "no mechanism that we know")))?;
        }
        server.command(from).await.map_err(|fault| reason(&fault, BROKEN_OFF))?;
        Ok(server)
    }
}

const BROKEN_OFF: &str = "broken off";

async fn transfer(server: &mut AsyncSmtpConnection, mail: &Message) -> Result<(), String> {
    let refused = |fault: Error| reason(&fault, BROKEN_OFF);
    for recipient in mail.envelope().to() {
        server.command(Rcpt::new(recipient.clone(), Vec::new())).await.map_err(refused)?;
    }
    server.command(Data).await.map_err(refused)?;
    server.message(&mail.formatted()).await.map_err(refused)?;
    Ok(())
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    timeout(limit, work).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

/// Build the TLS parameters, trusting the authorities in a PEM text, or else those of the system.
fn tls_parameters(host: &str, ca: Option<&str>) -> Result<TlsParameters, &'static str> {
    const NO_CA: &str = "the mail server's authorities are no certificates in PEM";
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = ca {
        if !pem.contains("-----BEGIN CERTIFICATE-----") {
            return Err(NO_CA);
        }
        let certificates = Certificate::from_pem(pem.as_bytes()).map_err(|_| NO_CA)?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificates);
    }
    builder.build().map_err(|_| NO_CA)
}

/// Describe an error without the server's text, which may contain an address: by the reply code and enhanced status code (RFC 3463), or by
/// the TLS error.
fn reason(fault: &Error, otherwise: &str) -> String {
    if let Some(code) = fault.status() {
        let said = fault.source().map(ToString::to_string).unwrap_or_default();
        let enhanced = said.split_whitespace().next().filter(|word| {
            let numbers: Vec<&str> = word.split('.').collect();
            numbers.len() == 3 && numbers.iter().all(|number| (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()))
        });
        return enhanced.map_or_else(|| code.to_string(), |enhanced| format!("{code} {enhanced}"));
    }
    let mut source = fault.source();
    while let Some(cause) = source {
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(tls) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return format!("TLS: {tls}");
        }
        source = cause.source();
    }
    otherwise.to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
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
        assert!(server.login == Some(Credentials::new("reg@example.jp".to_owned(), "p/s:%鍵".to_owned())));
    }

    #[tokio::test]
    async fn a_server_that_falls_silent_is_not_waited_for_for_ever() {
        for (greeting, expected) in [
            (&b""[..], MailError::Server("no answer in time".to_owned())),
            (b"220 a\r\n250 b\r\n250 c\r\n", MailError::Later("no answer in time".to_owned())),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let server = at(&format!("smtp://{}", listener.local_addr().unwrap()));
            let server = Smtp { ready: Duration::from_millis(300), taken: Duration::from_millis(300), ..server };
            let silent = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                stream.write_all(greeting).unwrap();
                stream
            });
            let mail =
                Message::builder().from("a@example.jp".parse().unwrap()).to("b@example.jp".parse().unwrap()).body(String::new()).unwrap();
            assert_eq!(server.send(&mail).await, Err(expected));
            drop(silent.join());
        }
    }
}
