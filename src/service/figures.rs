//! Numbers for the operator, in the text form that Prometheus reads. No personal data; only this computer may ask.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;

use crate::protocol::problem::Refusal;
use crate::service::answer::Answer;
use crate::service::desk::Desk;

/// Media type of the numbers (Prometheus, "Text-based format").
pub(super) const MEDIA: &str = "text/plain; version=0.0.4";

/// Answers that were given, by the hundred of their status.
#[derive(Default)]
pub(super) struct Figures([AtomicU64; 6]);

impl Figures {
    /// Count an answer.
    pub(super) fn count(&self, status: StatusCode) {
        if let Some(counter) = self.0.get(usize::from(status.as_u16() / 100)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Show the numbers. What came through a proxy came from elsewhere.
pub(super) async fn show(State(desk): State<Arc<Desk>>, ConnectInfo(peer): ConnectInfo<SocketAddr>, headers: HeaderMap) -> Answer {
    if !peer.ip().is_loopback() || headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED) {
        return Err(Refusal::NotFound.into());
    }
    let counts = desk.store.read().await?.counts(desk.now()).await?;
    let mut text = String::new();
    for (class, counter) in desk.figures.0.iter().enumerate().skip(2) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "zairyu_answers_total{{class=\"{class}xx\"}} {}", counter.load(Ordering::Relaxed));
    }
    for (name, count) in counts {
        let _ = writeln!(text, "zairyu_{name} {count}");
    }
    Ok(([(header::CONTENT_TYPE, MEDIA)], text).into_response())
}
