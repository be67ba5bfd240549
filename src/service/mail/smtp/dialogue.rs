//! One dialogue with a mail server (RFC 5321). lettre's client reads a line to its end before it looks at its length, and a hostile
//! server's has none; here each line and the whole dialogue are bounded in bytes. Their time limits are in `smtp`.

use std::io;

use base64ct::{Base64, Encoding};
use thiserror::Error;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use zeroize::Zeroizing;

/// Longest line of a reply in bytes. RFC 5321, 4.5.3.1.5 says 512, and some servers say more.
const LONGEST_LINE: usize = 2048;

/// Most bytes of all replies of a dialogue; a real server needs less than 2 KiB.
const LONGEST_DIALOGUE: usize = 64 * 1024;

/// A connection, with or without TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for S {}

/// A dialogue.
pub(super) struct Dialogue {
    stream: BufReader<Box<dyn Stream>>,
    /// How many bytes the server may still say.
    left: usize,
}

/// Why a dialogue failed.
#[derive(Debug, Error)]
pub(super) enum Fault {
    /// The server refused a command.
    #[error("refused")]
    Refused(Reply),
    /// The server offers nothing that would do.
    #[error("not offered")]
    NotOffered,
    /// The connection failed.
    #[error(transparent)]
    Connection(#[from] io::Error),
    /// What the server says is not SMTP, or comes before it was asked.
    #[error("no reply")]
    NoReply,
    /// The server says too much.
    #[error("an answer without end")]
    TooLong,
}

/// A reply.
#[derive(Debug)]
pub(super) struct Reply {
    /// The code: 200 to 599.
    pub(super) code: u16,
    /// The text of each line.
    pub(super) lines: Vec<String>,
}

/// What a server offers: the lines of its reply to EHLO, the first of which is its name.
pub(super) struct Offers(Vec<String>);

impl Offers {
    /// Return the parameters of an extension, if it is offered.
    pub(super) fn find(&self, keyword: &str) -> Option<impl Iterator<Item = &str>> {
        self.0.iter().skip(1).find_map(|line| {
            let mut words = line.split_ascii_whitespace();
            words.next().is_some_and(|word| word.eq_ignore_ascii_case(keyword)).then_some(words)
        })
    }
}

impl Dialogue {
    /// Begin a dialogue on a connection.
    pub(super) fn new(stream: Box<dyn Stream>) -> Dialogue {
        Dialogue { stream: BufReader::new(stream), left: LONGEST_DIALOGUE }
    }

    /// Return the connection, to go on with TLS. What the server has said beyond its reply would be taken for an answer within TLS.
    pub(super) fn into_stream(self) -> Result<Box<dyn Stream>, Fault> {
        if self.stream.buffer().is_empty() { Ok(self.stream.into_inner()) } else { Err(Fault::NoReply) }
    }

    /// Wait for the greeting.
    pub(super) async fn greeting(&mut self) -> Result<(), Fault> {
        accepted(self.reply().await?, 2).map(drop)
    }

    /// Say who we are, and return what the server offers: nothing, if it knows only HELO (RFC 5321, 3.2).
    pub(super) async fn hello(&mut self, domain: &str) -> Result<Offers, Fault> {
        match self.command(&format!("EHLO {domain}")).await {
            Ok(reply) => Ok(Offers(reply.lines)),
            Err(Fault::Refused(Reply { code: 500..=504, .. })) => {
                self.command(&format!("HELO {domain}")).await?;
                Ok(Offers(Vec::new()))
            }
            Err(fault) => Err(fault),
        }
    }

    /// Log in with PLAIN (RFC 4616), or else with LOGIN, which some servers know only.
    pub(super) async fn log_in(&mut self, offers: &Offers, user: &str, password: &str) -> Result<(), Fault> {
        let offered = |name: &str| offers.find("AUTH").is_some_and(|mut words| words.any(|word| word.eq_ignore_ascii_case(name)));
        let encoded = |text: &str| Zeroizing::new(Base64::encode_string(text.as_bytes()));
        if offered("PLAIN") {
            let both = encoded(&Zeroizing::new(format!("\0{user}\0{password}")));
            self.command(&Zeroizing::new(format!("AUTH PLAIN {}", *both))).await?;
        } else if offered("LOGIN") {
            self.exchange("AUTH LOGIN", 3).await?;
            self.exchange(&encoded(user), 3).await?;
            self.command(&encoded(password)).await?;
        } else {
            return Err(Fault::NotOffered);
        }
        Ok(())
    }

    /// Send the text of a mail.
    pub(super) async fn data(&mut self, mail: &[u8]) -> Result<(), Fault> {
        self.exchange("DATA", 3).await?;
        self.write(&stuffed(mail)).await?;
        accepted(self.reply().await?, 2).map(drop)
    }

    /// Send a command, and return the reply if it has been carried out.
    pub(super) async fn command(&mut self, command: &str) -> Result<Reply, Fault> {
        self.exchange(command, 2).await
    }

    async fn exchange(&mut self, command: &str, wanted: u16) -> Result<Reply, Fault> {
        self.write(Zeroizing::new(format!("{command}\r\n")).as_bytes()).await?;
        accepted(self.reply().await?, wanted)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        // From a reply before its command on, each would be taken for that of another.
        if !self.stream.buffer().is_empty() {
            return Err(Fault::NoReply);
        }
        self.stream.write_all(bytes).await?;
        self.stream.flush().await?;
        Ok(())
    }

    async fn reply(&mut self) -> Result<Reply, Fault> {
        let mut reply: Option<Reply> = None;
        loop {
            let line = self.line().await?;
            let (code, rest) = line.split_at_checked(3).ok_or(Fault::NoReply)?;
            let digits = code.bytes().all(|byte| byte.is_ascii_digit());
            let code = code.parse().ok().filter(|code| digits && (200..600).contains(code)).ok_or(Fault::NoReply)?;
            let (last, text) = match (rest.strip_prefix(' '), rest.strip_prefix('-')) {
                (Some(text), _) => (true, text),
                (_, Some(text)) => (false, text),
                _ if rest.is_empty() => (true, rest),
                _ => return Err(Fault::NoReply),
            };
            let reply = reply.get_or_insert(Reply { code, lines: Vec::new() });
            if reply.code != code {
                return Err(Fault::NoReply);
            }
            reply.lines.push(text.to_owned());
            if last {
                return Ok(Reply { code, lines: std::mem::take(&mut reply.lines) });
            }
        }
    }

    async fn line(&mut self) -> Result<String, Fault> {
        let limit = LONGEST_LINE.min(self.left);
        let mut line = Vec::new();
        let read = (&mut self.stream).take(limit as u64).read_until(b'\n', &mut line).await?;
        self.left -= read;
        match line.strip_suffix(b"\r\n") {
            Some(line) => String::from_utf8(line.to_vec()).map_err(|_| Fault::NoReply),
            None if read == limit => Err(Fault::TooLong),
            None => Err(Fault::NoReply),
        }
    }
}

/// Return a reply if its code begins with the digit that is wanted.
fn accepted(reply: Reply, wanted: u16) -> Result<Reply, Fault> {
    if reply.code / 100 == wanted { Ok(reply) } else { Err(Fault::Refused(reply)) }
}

/// Return a mail as it is sent: a dot before each line that begins with one, and a line with only a dot at the end (RFC 5321, 4.5.2).
fn stuffed(mail: &[u8]) -> Vec<u8> {
    let mut data = Vec::with_capacity(mail.len() + 16);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            data.push(b'.');
        }
        data.extend_from_slice(line);
    }
    if !data.ends_with(b"\r\n") {
        data.extend_from_slice(b"\r\n");
    }
    data.extend_from_slice(b".\r\n");
    data
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll};

    use tokio::io::ReadBuf;

    use super::*;

    /// A server that repeats itself for ever, at once, and counts what was taken of it.
    struct Endless {
        said: &'static [u8],
        taken: Arc<AtomicUsize>,
    }

    impl AsyncRead for Endless {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            let from = self.taken.load(Ordering::Relaxed);
            let bytes: Vec<u8> = self.said.iter().copied().cycle().skip(from % self.said.len()).take(into.remaining()).collect();
            self.taken.fetch_add(bytes.len(), Ordering::Relaxed);
            into.put_slice(&bytes);
            Poll::Ready(Ok(()))
        }
    }

    impl AsyncWrite for Endless {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Ok(bytes.len()))
        }
        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn of_an_endless_line_reply_or_list_a_bounded_part_is_taken() {
        /// Of `BufReader`, which takes so much at a time.
        const BUFFER: usize = 8 * 1024;
        for (said, most) in [
            (&b"220 x"[..], LONGEST_LINE),
            (b"\0", LONGEST_LINE),
            (b"220 \r", LONGEST_LINE),
            (b"220-x\r\n", LONGEST_DIALOGUE),
            (b"220-\r\n", LONGEST_DIALOGUE),
        ] {
            let taken = Arc::new(AtomicUsize::new(0));
            let mut server = Dialogue::new(Box::new(Endless { said, taken: Arc::clone(&taken) }));
            let fault = server.greeting().await.unwrap_err();
            assert!(matches!(fault, Fault::TooLong), "{said:?}: {fault:?}");
            let taken = taken.load(Ordering::Relaxed);
            assert!(taken <= most + BUFFER, "{said:?}: {taken}");
        }
    }

    #[test]
    fn a_line_that_begins_with_a_dot_does_not_end_the_mail() {
        for (mail, sent) in [
            ("a\r\nb\r\n", "a\r\nb\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".\r\n.a\r\n..\r\na.\r\n", "..\r\n..a\r\n...\r\na.\r\n.\r\n"),
            ("a\n.\nb\r.\r\n", "a\n..\nb\r.\r\n.\r\n"),
            ("", "\r\n.\r\n"),
        ] {
            assert_eq!(String::from_utf8(stuffed(mail.as_bytes())).unwrap(), sent, "{mail:?}");
        }
    }
}
