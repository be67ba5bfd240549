//! What every call has at hand: the store, the way out for mails, the clock, the anchors, the limits, and who the service says it is.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use crate::certificate::Anchors;
use crate::protocol::session::{MailWay, Service, TermsId};
use crate::protocol::terms;
use crate::registration::Date;
use crate::service::figures::Figures;
use crate::service::mail::text::Worth;
use crate::service::mail::{Mailer, folder};
use crate::service::revocation::Checker;
use crate::service::store::Store;
use crate::service::throttle::Throttle;
use crate::service::{Clock, Log};
pub(super) use crate::time::rfc3339::format as rfc3339;

/// Japan is nine hours ahead of UTC, without summer time.
pub(super) const JAPAN_SECONDS: i64 = 9 * 3600;

/// The service's state.
pub(super) struct Desk {
    pub(super) store: Store,
    pub(super) mailer: Mailer,
    /// Where mails are put, or were put, while there is no mail server.
    pub(super) mail_folder: PathBuf,
    pub(super) clock: Clock,
    pub(super) log: Log,
    pub(super) anchors: Anchors,
    pub(super) revocation: Checker,
    pub(super) throttle: Throttle,
    pub(super) figures: Figures,
    /// Password hashes that are computed at once: each takes 19 MiB and a core.
    pub(super) hashing: Arc<Semaphore>,
    /// The service's own URL, without a slash at its end.
    pub(super) audience: String,
    pub(super) name: String,
    pub(super) about: About,
    pub(super) retention: super::Retention,
    /// No call takes longer than this.
    pub(super) call: Duration,
    /// Calls that are being answered.
    pub(super) under_way: AtomicUsize,
    pub(super) queued: Notify,
}

/// What the operator has set for people to see, and how they are found.
pub(super) struct About {
    pub(super) practice: bool,
    pub(super) test_cards: bool,
    pub(super) languages: Vec<String>,
    pub(super) notice: Option<String>,
    pub(super) peers: super::Peers,
    /// The fewest characters of a password.
    pub(super) shortest_password: usize,
}

/// While so many calls are under way, people wait for each other's answers.
const BUSY: usize = 4;

/// A call that is under way, until it is dropped.
pub(super) struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Desk {
    /// Note that a call is under way.
    pub(super) fn call_begins(&self) -> UnderWay<'_> {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(&self.under_way)
    }

    /// Return whether what can wait should.
    pub(super) fn is_busy(&self) -> bool {
        self.under_way.load(Ordering::Relaxed) >= BUSY
    }

    /// Return the time, in seconds since 1970.
    pub(super) fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Return the date in Japan.
    pub(super) fn today(&self) -> Date {
        time::OffsetDateTime::from_unix_timestamp(self.now().saturating_add(JAPAN_SECONDS)).map_or(Date::MAX, time::OffsetDateTime::date)
    }

    /// Return what a registration here is worth.
    pub(super) fn worth(&self) -> Worth {
        match (self.about.practice, self.about.test_cards) {
            (true, _) => Worth::Practice,
            (false, true) => Worth::TestCards,
            (false, false) => Worth::Real,
        }
    }

    /// Return what the service says about itself.
    pub(super) fn service(&self) -> Service {
        let mail = match self.mailer {
            Mailer::Folder(..) => MailWay::Folder,
            Mailer::Server(..) => MailWay::Server,
        };
        let About { practice, test_cards, languages, notice, .. } = &self.about;
        Service {
            name: self.name.clone(),
            practice: *practice,
            test_cards: *test_cards,
            languages: languages.clone(),
            notice: notice.clone(),
            mail,
        }
    }

    /// Return the terms in force.
    pub(super) fn terms(&self) -> TermsId {
        TermsId { version: terms::VERSION.to_owned(), sha256: terms::sha256().to_owned() }
    }

    /// Delete what is left here of mails that the store has forgotten.
    pub(super) async fn forget_mails(&self, mails: Vec<String>) {
        if mails.is_empty() {
            return;
        }
        let folder = self.mail_folder.clone();
        // On its own, so that it ends even if the client who has left is not there any more.
        let removed = tokio::task::spawn_blocking(move || folder::remove(&folder, &mails)).await.map_err(std::io::Error::other);
        if let Err(fault) = removed.flatten() {
            (self.log)(&format!("mails: some whose people have left, or whose time is over, are still in the folder: {}", fault.kind()));
        }
    }

    /// Wake the worker: a mail was queued.
    pub(super) fn wake(&self) {
        self.queued.notify_one();
    }

    /// Wait until a mail is queued by this node.
    pub(super) async fn mail_is_queued(&self) {
        self.queued.notified().await;
    }
}
