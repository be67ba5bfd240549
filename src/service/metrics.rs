//! Metrics in the text format of Prometheus, without personal data.
//!
//! Events are counted per process since its start. Gauges of the store use an index, so their cost does not grow with the number of people.

use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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

            const fn help(self) -> &'static str {
                match self { $(Counter::$name => concat!($($doc),+),)+ }
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

/// Upper bounds of the histogram, in seconds: a call takes some milliseconds, a password a tenth of a second, a store that is away ten.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0];

/// The counters of this process.
pub(super) struct Metrics {
    events: [AtomicU64; Counter::ALL.len()],
    /// Responses, by status class.
    responses: [AtomicU64; 6],
    /// Refusals, by code.
    refusals: [AtomicU64; Refusal::ALL.len()],
    calls: Vec<Call>,
}

/// How long the answers to a call took.
struct Call {
    method: &'static str,
    path: &'static str,
    /// By bound; the last one is without.
    counts: [AtomicU64; BOUNDS.len() + 1],
    microseconds: AtomicU64,
}

/// A figure of the moment.
pub(super) struct Gauge {
    /// Name, without prefix.
    pub(super) name: &'static str,
    /// What it tells.
    pub(super) help: &'static str,
    /// Its value.
    pub(super) value: i64,
}

fn zeros<const N: usize>() -> [AtomicU64; N] {
    std::array::from_fn(|_| AtomicU64::new(0))
}

impl Metrics {
    /// Start counting; the calls are method and path of each endpoint.
    pub(super) fn new(calls: impl Iterator<Item = (&'static str, &'static str)>) -> Metrics {
        let calls = calls.map(|(method, path)| Call { method, path, counts: zeros(), microseconds: AtomicU64::new(0) });
        Metrics { events: zeros(), responses: zeros(), refusals: zeros(), calls: calls.collect() }
    }

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

    /// Count how long a call took.
    pub(super) fn count_call(&self, method: &str, path: &str, took: Duration) {
        let Some(call) = self.calls.iter().find(|call| call.path == path && call.method == method) else { return };
        let bound = BOUNDS.iter().position(|bound| took.as_secs_f64() <= *bound).unwrap_or(BOUNDS.len());
        if let Some(counter) = call.counts.get(bound) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        call.microseconds.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Format the counters and the given gauges.
    pub(super) fn text(&self, database: &str, gauges: &[Gauge]) -> String {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut text = Text::default();
        text.family("build_info", "Which program this is.", "gauge");
        text.sample("build_info", &format!("{{version=\"{}\",database=\"{database}\"}}", env!("CARGO_PKG_VERSION")), 1);
        for (event, counter) in Counter::ALL.iter().zip(&self.events) {
            let name = format!("{}_total", event.word());
            text.family(&name, event.help(), "counter");
            text.sample(&name, "", read(counter));
        }
        text.family("answers_total", "Answers to calls, by the class of their status.", "counter");
        for (class, counter) in self.responses.iter().enumerate().skip(2) {
            text.sample("answers_total", &format!("{{class=\"{class}xx\"}}"), read(counter));
        }
        text.family("refusals_total", "Refused calls, by code.", "counter");
        for (refusal, counter) in Refusal::ALL.iter().zip(&self.refusals) {
            text.sample("refusals_total", &format!("{{code=\"{}\"}}", refusal.wire()), read(counter));
        }
        text.family("call_seconds", "How long the answer to a call took, by call.", "histogram");
        for Call { method, path, counts, microseconds } in &self.calls {
            let call = format!("call=\"{method} {path}\"");
            let mut sum = 0;
            for (counter, bound) in counts.iter().zip(BOUNDS.iter().map(f64::to_string).chain(["+Inf".to_owned()])) {
                sum += read(counter);
                text.sample("call_seconds_bucket", &format!("{{{call},le=\"{bound}\"}}"), sum);
            }
            text.sample("call_seconds_sum", &format!("{{{call}}}"), Duration::from_micros(read(microseconds)).as_secs_f64());
            text.sample("call_seconds_count", &format!("{{{call}}}"), sum);
        }
        for Gauge { name, help, value } in gauges {
            text.family(name, help, "gauge");
            text.sample(name, "", value);
        }
        text.0
    }
}

/// The text format. Writing to a String cannot fail.
#[derive(Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.0, "# HELP zairyu_{name} {}\n# TYPE zairyu_{name} {kind}", help.trim());
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = writeln!(self.0, "zairyu_{name}{labels} {value}");
    }
}
