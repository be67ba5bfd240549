//! Numbers for the operator, in the text form that Prometheus reads. No personal data; only this computer may ask.
//! What is counted is counted in the process, from its start; what is asked of the store is answered by an index, however many people there are.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;

use crate::protocol::problem::Refusal;
use crate::service::answer::Answer;
use crate::service::desk::Desk;

/// Media type of the numbers (Prometheus, "Text-based format").
pub(super) const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";

macro_rules! counters {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal;)+) => {
        /// What happens, and is counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Counter { $($(#[doc = $doc])+ $name,)+ }

        impl Counter {
            const ALL: &[Counter] = &[$(Counter::$name,)+];

            const fn word(self) -> &'static str {
                match self { $(Counter::$name => $word,)+ }
            }
        }
    };
}

counters! {
    /// People registered.
    Registrations = "registrations";
    /// Passwords set with a mailed link.
    PasswordsSet = "passwords_set";
    /// Logins, by password or card.
    Logins = "logins";
    /// Wrong passwords and unknown 認証IDs.
    LoginsRefused = "logins_refused";
    /// Mails handed over.
    MailsSent = "mails_sent";
    /// Attempts to hand a mail over that failed.
    MailsFailed = "mails_failed";
}

/// What has happened in this process.
#[derive(Default)]
pub(super) struct Figures {
    events: [AtomicU64; Counter::ALL.len()],
    /// Answers, by the hundred of their status.
    answers: [AtomicU64; 6],
    /// Refusals, by their code.
    refusals: [AtomicU64; Refusal::ALL.len()],
}

impl Figures {
    /// Count an event.
    pub(super) fn add(&self, event: Counter) {
        if let Some(counter) = self.events.get(event as usize) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Count an answer, and the refusal that it is, if it is one.
    pub(super) fn count(&self, status: u16, refusal: Option<Refusal>) {
        let status = usize::from(status / 100);
        let refused = refusal.and_then(|refusal| Refusal::ALL.iter().position(|known| *known == refusal));
        let counters = [self.answers.get(status), refused.and_then(|refused| self.refusals.get(refused))];
        for counter in counters.into_iter().flatten() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Write what was counted.
    fn text(&self) -> String {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut text = String::new();
        // Writing to a String cannot fail.
        for (event, counter) in Counter::ALL.iter().zip(&self.events) {
            let _ = writeln!(text, "# TYPE zairyu_{0}_total counter\nzairyu_{0}_total {1}", event.word(), read(counter));
        }
        let _ = writeln!(text, "# TYPE zairyu_answers_total counter");
        for (class, counter) in self.answers.iter().enumerate().skip(2) {
            let _ = writeln!(text, "zairyu_answers_total{{class=\"{class}xx\"}} {}", read(counter));
        }
        let _ = writeln!(text, "# TYPE zairyu_refusals_total counter");
        for (refusal, counter) in Refusal::ALL.iter().zip(&self.refusals) {
            let _ = writeln!(text, "zairyu_refusals_total{{code=\"{}\"}} {}", refusal.wire(), read(counter));
        }
        text
    }
}

/// Show the numbers. What came through a proxy came from elsewhere.
pub(super) async fn show(State(desk): State<Arc<Desk>>, ConnectInfo(peer): ConnectInfo<SocketAddr>, headers: HeaderMap) -> Answer {
    if !peer.ip().is_loopback() || headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED) {
        return Err(Refusal::NotFound.into());
    }
    let waiting = desk.store.read().await?.mails_waiting(desk.now()).await?;
    let mut text = desk.figures.text();
    for (name, value) in waiting {
        let _ = writeln!(text, "# TYPE zairyu_{name} gauge\nzairyu_{name} {value}");
    }
    Ok(([(header::CONTENT_TYPE, MEDIA)], text).into_response())
}
