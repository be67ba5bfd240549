//! Line ends in the head of a request. hyper takes a line feed without its carriage return for a line end (RFC 9112, 2.2 lets it), but a
//! proxy before it may not, and then both do not see the same request.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Length of a body that ends where hyper says.
const UNKNOWN: u64 = u64::MAX;

/// How many bytes of a body come before the next head. The service sets it when hyper has read a head.
#[derive(Clone, Default)]
pub(super) struct BodyLength(Arc<AtomicU64>);

impl BodyLength {
    /// Set the length of the body that follows. Where one of unknown length ends is not seen, so no head may come after it.
    pub(super) fn set(&self, length: Option<u64>) {
        self.0.store(length.unwrap_or(UNKNOWN), Ordering::Relaxed);
    }
}

/// A stream that makes each line feed without its carriage return, in a head, a byte that hyper refuses.
pub(super) struct HeadStream<S> {
    stream: S,
    body: BodyLength,
    /// The last four bytes of the head so far.
    last: [u8; 4],
    /// What was read behind the end of a head, until hyper has read that head.
    held: Bytes,
}

impl<S> HeadStream<S> {
    /// Wrap a stream.
    pub(super) fn new(stream: S, body: BodyLength) -> HeadStream<S> {
        HeadStream { stream, body, last: [0; 4], held: Bytes::new() }
    }

    /// Look at bytes just read, and return how many of them hyper may have: up to the end of a head, since it is hyper who knows what
    /// follows.
    fn check(&mut self, bytes: &mut [u8]) -> usize {
        let left = self.body.0.load(Ordering::Relaxed);
        let body = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        if left != UNKNOWN {
            self.body.0.store(left - body as u64, Ordering::Relaxed);
        }
        for (at, byte) in bytes.iter_mut().enumerate().skip(body) {
            let [_, second, third, fourth] = self.last;
            if *byte == b'\n' && fourth != b'\r' {
                *byte = b'\0';
            }
            self.last = [second, third, fourth, *byte];
            if self.last == *b"\r\n\r\n" {
                self.last = [0; 4];
                return at + 1;
            }
        }
        bytes.len()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HeadStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        if self.held.is_empty() {
            ready!(Pin::new(&mut self.stream).poll_read(context, into))?;
        } else {
            let part = self.held.len().min(into.remaining());
            into.put_slice(&self.held.split_to(part));
        }
        let (_, new) = into.filled_mut().split_at_mut(before);
        let passed = self.check(new);
        if passed < new.len() {
            let (_, behind) = new.split_at(passed);
            self.held = [behind, &self.held].concat().into();
            into.set_filled(before + passed);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HeadStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
