//! Metrics in the text format of Prometheus, without personal data.
//!
//! Events are counted per process since its start. Gauges of the store use an index, so their cost does not grow with the number of people.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::protocol::problem::Refusal;

/// Media type of the text format (Prometheus, "Text-based format").
pub(super) const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";

macro_rules! counters {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal;)+) => {
        /// A counted event.
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
    /// Mails delivered to the mail server or the folder.
    MailsSent = "mails_sent";
    /// Failed attempts to deliver a mail.
    MailsFailed = "mails_failed";
}

/// The counters of this process.
pub(super) struct Metrics {
    events: [AtomicU64; Counter::ALL.len()],
    /// Responses, by status class.
    responses: [AtomicU64; 6],
    /// Refusals, by code.
    refusals: [AtomicU64; Refusal::ALL.len()],
}

fn zeros<const N: usize>() -> [AtomicU64; N] {
    std::array::from_fn(|_| AtomicU64::new(0))
}

// `Default` is implemented only for arrays of up to 32 elements.
impl Default for Metrics {
    fn default() -> Metrics {
        Metrics { events: zeros(), responses: zeros(), refusals: zeros() }
    }
}

impl Metrics {
    /// Count an event.
    pub(super) fn add(&self, event: Counter) {
        if let Some(counter) = self.events.get(event as usize) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Count a response, and its refusal, if any.
    pub(super) fn count_response(&self, status: u16, refusal: Option<Refusal>) {
        let status = usize::from(status / 100);
        let refused = refusal.and_then(|refusal| Refusal::ALL.iter().position(|known| *known == refusal));
        let counters = [self.responses.get(status), refused.and_then(|refused| self.refusals.get(refused))];
        for counter in counters.into_iter().flatten() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Format the counters and the given gauges.
    pub(super) fn text(&self, gauges: &[(&str, i64)]) -> String {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut text = String::new();
        // Writing to a String cannot fail.
        for (event, counter) in Counter::ALL.iter().zip(&self.events) {
            let _ = writeln!(text, "# TYPE zairyu_{0}_total counter\nzairyu_{0}_total {1}", event.word(), read(counter));
        }
        let _ = writeln!(text, "# TYPE zairyu_answers_total counter");
        for (class, counter) in self.responses.iter().enumerate().skip(2) {
            let _ = writeln!(text, "zairyu_answers_total{{class=\"{class}xx\"}} {}", read(counter));
        }
        let _ = writeln!(text, "# TYPE zairyu_refusals_total counter");
        for (refusal, counter) in Refusal::ALL.iter().zip(&self.refusals) {
            let _ = writeln!(text, "zairyu_refusals_total{{code=\"{}\"}} {}", refusal.wire(), read(counter));
        }
        for (name, value) in gauges {
            let _ = writeln!(text, "# TYPE zairyu_{name} gauge\nzairyu_{name} {value}");
        }
        text
    }
}
