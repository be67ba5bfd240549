//! Whatever a mail server answers: the dialogue ends, of what it says a bounded part is taken, and of that only codes are told; commands
//! are lines, a password goes only to a server that offers to take it, and a mail is given once.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use base64ct::{Base64, Encoding};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::shared::{assert_harmless, joined, parts};
use zairyu::service::{MailSettings, send_to};

/// Of all answers, and of the buffer in which they are read.
const MOST: usize = 64 * 1024 + 8 * 1024;

/// A server that says a part of the input each time it was spoken to, the first before; then it hangs up. A part that begins with `*` is
/// said for ever.
#[derive(Clone, Default)]
struct Server(Arc<Mutex<Said>>);

#[derive(Default)]
struct Said {
    turns: VecDeque<Vec<u8>>,
    place: usize,
    taken: usize,
    heard: Vec<u8>,
    spoken_to: bool,
}

impl AsyncRead for Server {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut said = self.0.lock().expect("no panic");
        if std::mem::take(&mut said.spoken_to) {
            said.turns.pop_front();
            said.place = 0;
        }
        let Some(turn) = said.turns.front() else { return Poll::Ready(Ok(())) };
        let bytes: Vec<u8> = match turn.split_first() {
            Some((b'*', again)) if !again.is_empty() => {
                again.iter().copied().cycle().skip(said.place % again.len()).take(into.remaining()).collect()
            }
            _ => turn.iter().copied().skip(said.place).take(into.remaining()).collect(),
        };
        said.place += bytes.len();
        said.taken += bytes.len();
        into.put_slice(&bytes);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Server {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut said = self.0.lock().expect("no panic");
        said.heard.extend_from_slice(bytes);
        said.spoken_to = true;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

pub fn run(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    let server = Server::default();
    server.0.lock().expect("no panic").turns = parts(rest).map(<[u8]>::to_vec).collect();
    let url = match mode % 4 {
        0 => "smtp://127.0.0.1",
        1 => "smtp://user:sesame@127.0.0.1",
        2 => "smtp://127.0.0.1?tls=required",
        _ => "smtps://127.0.0.1",
    };
    // An authority of our own, as no other is needed.
    let settings = MailSettings { server: url.to_owned(), ca: Some(ca()), sender: "Office <office@example.jp>".to_owned() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let outcome = runtime.block_on(send_to(&settings, server.clone(), "person@example.jp", "one\r\n.\r\nQUIT\r\ntwo"));
    if let Err(told) = &outcome {
        assert_harmless(told, false);
        assert!(!told.contains('@') && told.chars().count() <= 160, "{told}");
    }
    let said = server.0.lock().expect("no panic");
    assert!(said.taken <= MOST, "{} bytes are taken", said.taken);
    if mode % 4 <= 1 {
        heard(&said.heard, rest, outcome.is_ok());
    }
}

/// What the server was told in clear text.
fn heard(heard: &[u8], said: &[u8], sent: bool) {
    let text = String::from_utf8_lossy(heard);
    let begins = text.matches("DATA\r\n").count();
    assert!(begins <= 1 && (begins == 1 || !sent), "{text}");
    assert!(text.matches("MAIL FROM:<office@example.jp>\r\n").count() <= 1, "{text}");
    // The dot in the mail is stuffed: the mail ends where it ends, and whoever accepts it has all of it.
    assert!(!sent || text.contains("two\r\n.\r\n"), "{text}");
    assert!(text.matches("\r\n.\r\n").count() <= 1, "{text}");
    let secret = [Base64::encode_string(b"\0user\0sesame"), Base64::encode_string(b"sesame")];
    let offered = String::from_utf8_lossy(said).to_ascii_uppercase().contains("AUTH");
    assert!(offered || !secret.iter().any(|secret| text.contains(secret)), "{text}");
    assert!(!text.contains("sesame"), "{text}");
}

fn ca() -> String {
    use zairyu::card::Purpose;
    let der = Base64::encode_string(super::shared::root(Purpose::Authentication).der());
    let lines: Vec<&str> = der.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64")).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

pub fn seeds() -> Vec<Vec<u8>> {
    let seed = |mode: u8, turns: &[&str]| {
        let turns: Vec<&[u8]> = turns.iter().map(|turn| turn.as_bytes()).collect();
        [&[mode], joined(&turns).as_slice()].concat()
    };
    let (hi, offers, yes, go_on) =
        ("220 hi\r\n", "250-example.jp\r\n250-SIZE 35882577\r\n250 AUTH PLAIN LOGIN\r\n", "250 2.0.0 yes\r\n", "354 go on\r\n");
    vec![
        seed(0, &[hi, yes, yes, yes, go_on, yes, "221 bye\r\n"]),
        seed(0, &[hi, "502 5.5.1 what?\r\n", yes, yes, yes, go_on, "451 4.3.0 later\r\n", yes]),
        seed(0, &[hi, yes, yes, "550-5.1.1 person@example.jp\r\n550 5.1.1 unknown\r\n"]),
        seed(0, &["*220-x\r\n"]),
        seed(0, &[hi, "*250-x"]),
        seed(1, &[hi, offers, "235 2.7.0 ok\r\n", yes, yes, go_on, yes, yes]),
        seed(1, &[hi, "250-x\r\n250 AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "535 5.7.8 no\r\n"]),
        seed(2, &[hi, "250-x\r\n250 STARTTLS\r\n", "220 go\r\n", "\u{16}\u{3}\u{3}\0\u{2}\0\0"]),
        seed(2, &[hi, "250-x\r\n250 STARTTLS\r\n", "220 go\r\n", "\u{16}\u{3}\u{3}\0\u{4}\0\0\0\0"]),
        seed(3, &["\u{15}\u{3}\u{3}\0\u{2}\u{2}\u{28}"]),
    ]
}
