//! Error responses by hyper itself, to a head that is not HTTP/1.1 or is too long. They have no body, so this adds a problem like that of
//! every other refusal with the headers of every response, and counts it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use bytes::{Buf, Bytes};
use memchr::memmem;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::protocol::problem::{Problem, Refusal};
use crate::protocol::session::PROBLEM_JSON;
use crate::service::middleware;
use crate::service::state::AppState;

/// A stream that adds the body to hyper's own error responses.
pub(super) struct CompletingStream<'a, S> {
    stream: S,
    state: &'a AppState,
    /// The unwritten part of a completed response.
    rest: Bytes,
}

impl<'a, S> CompletingStream<'a, S> {
    /// Wrap a stream.
    pub(super) const fn new(stream: S, state: &'a AppState) -> CompletingStream<'a, S> {
        CompletingStream { stream, state, rest: Bytes::new() }
    }
}

impl<S: AsyncWrite + Unpin> CompletingStream<'_, S> {
    fn write_rest(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.rest.is_empty() {
            match ready!(Pin::new(&mut self.stream).poll_write(context, &self.rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.rest.advance(written),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for CompletingStream<'_, S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.write_rest(context))?;
        let Some((refusal, completed)) = complete(bytes, || middleware::security_headers(self.state)) else {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        };
        self.state.metrics.count_response(refusal.status(), Some(refusal));
        self.rest = completed.into();
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_rest(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_rest(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for CompletingStream<'_, S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

/// If these bytes end with an error response without a body, return them with the body added. All other error responses have one (`error`).
fn complete(bytes: &[u8], headers: impl FnOnce() -> HeaderMap) -> Option<(Refusal, Vec<u8>)> {
    let heads = bytes.strip_suffix(b"\r\n\r\n")?;
    let (before, head) = heads.split_at(memmem::rfind(heads, b"HTTP/1.1 ")?);
    let head = std::str::from_utf8(head).ok()?;
    let refusal = match head.get(9..12)? {
        "400" => Refusal::Malformed,
        "431" => Refusal::HeadTooLarge,
        _ => return None,
    };
    let (status, fields) = head.split_once(&format!("\r\n{CONTENT_LENGTH}: 0"))?;
    let body = serde_json::to_string(&Problem::new(refusal)).ok()?;
    let mut whole = before.to_vec();
    whole.extend_from_slice(format!("{status}\r\n{CONTENT_TYPE}: {PROBLEM_JSON}\r\n{CONTENT_LENGTH}: {}", body.len()).as_bytes());
    for (name, value) in &headers() {
        for part in [b"\r\n", name.as_str().as_bytes(), b": ", value.as_bytes()] {
            whole.extend_from_slice(part);
        }
    }
    for part in [fields, "\r\n\r\n", &body] {
        whole.extend_from_slice(part.as_bytes());
    }
    Some((refusal, whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers() -> HeaderMap {
        [(axum::http::header::CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"))].into_iter().collect()
    }

    const BARE: &str = "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\ndate: now\r\n\r\n";

    #[test]
    fn a_refusal_without_a_body_gets_one_and_what_was_before_it_stays() {
        let before = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        let (refusal, whole) = complete(format!("{before}{BARE}").as_bytes(), headers).unwrap();
        assert_eq!(refusal, Refusal::HeadTooLarge);
        let whole = String::from_utf8(whole).unwrap();
        let (head, body) = whole.strip_prefix(before).unwrap().split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 431 ") && head.ends_with("\r\ndate: now"), "{head}");
        assert!(head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())), "{head}");
        assert!(head.contains("\r\ncache-control: no-store\r\n"), "{head}");
        assert_eq!(serde_json::from_str::<Problem>(body).unwrap(), Problem::new(refusal));
    }

    #[test]
    fn other_answers_are_left_alone() {
        for answer in [
            "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 9\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 4\r\n\r\n",
            "\r\n\r\n",
            "{}",
        ] {
            assert!(complete(answer.as_bytes(), headers).is_none(), "{answer}");
        }
    }
}
