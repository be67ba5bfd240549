//! The worker's thread: runs jobs in order, drops cancelled ones, survives panics. The jobs are implemented in `session`.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use super::card_session::CardSession;
use super::http::{HttpClient, Timeouts};
use super::session::{JobContext, Session};
use super::{Job, JobError, Message, Progress, Reply, Ticket};
use crate::card::{self, Port};
use crate::certificate::Anchors;
use crate::error::Code;

/// How long dropping the worker waits for its thread. A stuck reader must not keep the program from ending.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(500);

/// Parameters of the worker.
pub struct Setup {
    /// Creates the worker's resources on its thread, so that the first frame does not wait for them.
    pub prepare: Box<dyn FnOnce() -> Prepared + Send>,
    /// Whether test and practice cards are accepted.
    pub test_cards: bool,
    /// The program's name and version, for statements: `zairyu/0.1.0`.
    pub client: &'static str,
}

/// The worker's resources.
pub struct Prepared {
    /// Access to the readers.
    pub port: Box<dyn Port>,
    /// The service's address: `https://…`, or `http://` for this computer only; or why there is none.
    pub service: Result<String, Code>,
    /// The trusted certificate authorities.
    pub anchors: Anchors,
}

/// Receives the messages. Shared, because `Worker` itself replies once the thread has died.
type ReplySender = Arc<Mutex<Box<dyn Fn(Message) + Send>>>;

/// A running worker. Dropping it asks the thread to end and waits at most half a second.
pub struct Worker {
    queue: Option<mpsc::Sender<QueuedJob>>,
    cancelled: watch::Sender<u64>,
    last: Cell<u64>,
    replies: ReplySender,
    /// Receives nothing, but is disconnected when the thread ends.
    alive: mpsc::Receiver<()>,
}

/// A job in the queue.
struct QueuedJob {
    number: u64,
    ticket: Ticket,
    job: Job,
}

impl Worker {
    /// Start the worker, which calls `tell` on its own thread.
    pub fn start(setup: Setup, tell: Box<dyn Fn(Message) + Send>) -> Worker {
        let (queue, jobs) = mpsc::channel();
        let (cancelled, watched) = watch::channel(0);
        let (living, alive) = mpsc::channel();
        let replies: ReplySender = Arc::new(Mutex::new(tell));
        let theirs = Arc::clone(&replies);
        let body = move || {
            let _living: mpsc::Sender<()> = living;
            run(setup, &jobs, &watched, &theirs);
        };
        // If the thread cannot be started, sending the first job fails and reports that.
        let _ = std::thread::Builder::new().name("worker".to_owned()).spawn(body);
        Worker { queue: Some(queue), cancelled, last: Cell::new(0), replies, alive }
    }

    /// Queue a job. Its replies carry this ticket.
    pub fn send(&self, ticket: Ticket, job: Job) {
        let number = self.last.get() + 1;
        self.last.set(number);
        let queued = self.queue.as_ref().is_some_and(|queue| queue.send(QueuedJob { number, ticket, job }).is_ok());
        if !queued {
            send_reply(&self.replies, ticket, worker_died());
        }
    }

    /// Cancel all jobs queued so far. A request is dropped at once; a card command is completed and its result discarded.
    /// `Job::ReadStatus`, `Job::ReleaseCard`, `Job::AbandonRegistration` and `Job::EndVisit` run nevertheless.
    pub fn cancel(&self) {
        self.cancelled.send_replace(self.last.get());
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.cancelled.send_replace(u64::MAX);
        self.queue = None;
        // Returns early when the thread ends.
        let _ = self.alive.recv_timeout(SHUTDOWN_TIMEOUT);
    }
}

/// Body of the thread.
fn run(setup: Setup, jobs: &mpsc::Receiver<QueuedJob>, cancelled: &watch::Receiver<u64>, replies: &ReplySender) {
    let Setup { prepare, test_cards, client } = setup;
    let Ok(Prepared { mut port, service, anchors }) = catch_unwind(AssertUnwindSafe(prepare)) else {
        return jobs.iter().for_each(|queued| send_reply(replies, queued.ticket, worker_died()));
    };
    let new_session = || {
        let http = HttpClient::new(service.clone(), client, Timeouts::DEFAULT, cancelled.clone());
        Session::new(CardSession::new(anchors.clone(), test_cards), http)
    };
    let mut session = new_session();
    for QueuedJob { number, ticket, job } in jobs {
        // Reading the card status is never cancelled: the result is valid, and the current page waits for it.
        let looks = matches!(job, Job::ReadStatus { .. });
        let is_cancelled = || *cancelled.borrow() >= if looks { u64::MAX } else { number };
        if is_cancelled() && !matches!(job, Job::ReleaseCard | Job::AbandonRegistration | Job::EndVisit) {
            continue;
        }
        let takes_card = matches!(job, Job::SignIn { .. } | Job::AccountAction { .. });
        let on_progress = |progress: Progress| {
            if !is_cancelled() {
                send_reply(replies, ticket, Reply::Progress(progress));
            }
        };
        // The session is replaced after a panic, so that its inconsistent state is never used. The port keeps no state of a job.
        let result = catch_unwind(AssertUnwindSafe(|| session.run(port.as_mut(), job, JobContext { number, on_progress: &on_progress })));
        if result.is_err() {
            session = new_session();
        }
        let reply = result.unwrap_or_else(|_| Some(worker_died()));
        if is_cancelled() {
            // Nobody waits for this card any more: it must not stay connected with a verified PIN.
            if takes_card {
                session.close_card();
            }
        } else if let Some(reply) = reply {
            send_reply(replies, ticket, reply);
        }
    }
}

fn worker_died() -> Reply {
    Reply::Failed(Box::new(JobError::Card(card::CardError::new(Code::WorkerDied))))
}

fn send_reply(replies: &ReplySender, ticket: Ticket, reply: Reply) {
    // A panic of the receiver must not silence the worker: the lock guards nothing that could become inconsistent.
    let tell = replies.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tell(Message { ticket, reply });
}

/// Return the current time in seconds since 1970.
pub(super) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
