//! The state shared by all handlers: store, mailer, clock, anchors, limits, and the service's profile.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::certificate::Anchors;
use crate::protocol::session::{MailState, MailWay, PasswordRules, Service, TermsId};
use crate::registration::Date;
use crate::service::clock::{self, Clock};
use crate::service::mail::text::Worth;
use crate::service::mail::{Mailer, folder};
use crate::service::metrics::Metrics;
use crate::service::password::Hasher;
use crate::service::rate_limit::RateLimiter;
use crate::service::revocation::Checker;
use crate::service::store::Store;
use crate::service::{Log, Peers, Retention, Texts};

/// The state of a running service.
pub(super) struct AppState {
    pub(super) store: Store,
    pub(super) mailer: Mailer,
    /// Folder of mails while no mail server is configured; it may contain mails from such a time.
    pub(super) mail_folder: PathBuf,
    /// Wakes the outbox worker.
    pub(super) mail_queued: Notify,
    pub(super) clock: Clock,
    pub(super) log: Log,
    pub(super) anchors: Anchors,
    pub(super) revocation: Checker,
    pub(super) rate_limiter: RateLimiter,
    pub(super) metrics: Metrics,
    /// When the service was started, in seconds since 1970.
    pub(super) started: i64,
    pub(super) hasher: Hasher,
    /// The service's own URL, without a trailing slash. Statements must name it.
    pub(super) audience: String,
    pub(super) profile: Profile,
    pub(super) retention: Retention,
    /// Timeout of a request.
    pub(super) request_timeout: Duration,
    /// Requests in flight.
    pub(super) active_requests: AtomicUsize,
    /// Whether the operator was told of a proxy that does not say who calls.
    pub(super) told_of_proxy: AtomicBool,
}

/// The operator's settings visible to clients, and those on accepted cards and peers.
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) practice: bool,
    pub(super) test_cards: bool,
    /// Tags of the languages of mails.
    pub(super) languages: Vec<String>,
    pub(super) notice: Option<String>,
    pub(super) texts: Texts,
    pub(super) peers: Peers,
    /// What is asked of a password.
    pub(super) password_rules: PasswordRules,
}

impl Profile {
    /// Return the status of registrations on this service.
    pub(super) const fn worth(&self) -> Worth {
        match (self.practice, self.test_cards) {
            (true, _) => Worth::Practice,
            (false, true) => Worth::TestCards,
            (false, false) => Worth::Real,
        }
    }
}

/// Number of requests in flight from which mail delivery yields to them.
const BUSY: usize = 4;

/// A request in flight, counted until dropped.
pub(super) struct ActiveRequest<'a>(&'a AtomicUsize);

impl Drop for ActiveRequest<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl AppState {
    /// Count a request in flight.
    pub(super) fn begin_request(&self) -> ActiveRequest<'_> {
        self.active_requests.fetch_add(1, Ordering::Relaxed);
        ActiveRequest(&self.active_requests)
    }

    /// Return whether deferrable work should wait.
    pub(super) fn is_busy(&self) -> bool {
        self.active_requests.load(Ordering::Relaxed) >= BUSY
    }

    /// Return the current time in seconds since 1970.
    pub(super) fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Return today's date in Japan.
    pub(super) fn today(&self) -> Date {
        clock::date_in_japan(self.now())
    }

    /// Return the service's description of itself.
    pub(super) fn about(&self) -> Service {
        let mail = match self.mailer {
            Mailer::Folder(..) => MailWay::Folder,
            Mailer::Server(..) => MailWay::Server,
        };
        let Profile { name, practice, test_cards, languages, notice, .. } = &self.profile;
        Service {
            name: name.clone(),
            practice: *practice,
            test_cards: *test_cards,
            languages: languages.clone(),
            notice: notice.clone(),
            mail,
            password: self.profile.password_rules,
        }
    }

    /// Return the terms in force.
    pub(super) fn terms(&self) -> TermsId {
        self.profile.texts.terms_id()
    }

    /// Return the state of a mail just queued.
    pub(super) fn state_of_new_mail(&self) -> MailState {
        match self.mailer {
            Mailer::Folder(..) => MailState::File,
            Mailer::Server(..) => MailState::Queued,
        }
    }

    /// Delete the files of mails whose rows were deleted. Log failures.
    pub(super) async fn delete_mail_files(&self, mails: Vec<String>) {
        if mails.is_empty() {
            return;
        }
        let folder = self.mail_folder.clone();
        // A separate task, so that it completes even if the client disconnects.
        let removed = tokio::task::spawn_blocking(move || folder::remove(&folder, &mails)).await.map_err(std::io::Error::other);
        if let Err(error) = removed.flatten() {
            (self.log)(&format!("mails: some whose people have left, or whose time is over, are still in the folder: {}", error.kind()));
        }
    }

    /// Wake the outbox worker after queueing a mail.
    pub(super) fn wake_outbox(&self) {
        self.mail_queued.notify_one();
    }
}
