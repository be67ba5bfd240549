//! The worker's thread: takes jobs in their order, drops what is cancelled, survives a fault of its own.
//! What a job does is the clerk's.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use super::card_desk::CardDesk;
use super::clerk::{Clerk, Errand};
use super::network_desk::{NetworkDesk, Patience};
use super::{Job, Message, Progress, Reply, Ticket, Trouble};
use crate::card::{self, Port};
use crate::certificate::Anchors;
use crate::error::Code;

/// How long the program waits for the worker when it ends. A stuck reader must not hold the terminal (terminal.md §6).
const FAREWELL: Duration = Duration::from_millis(500);

/// What the worker is given.
pub struct Setup {
    /// Brings what the worker works with, on its own thread: nothing of it delays the screen.
    pub prepare: Box<dyn FnOnce() -> Prepared + Send>,
    /// Whether test and practice cards are taken.
    pub test_cards: bool,
    /// Name and version of this program, for statements: `zairyu/0.1.0`.
    pub client: &'static str,
}

/// What the worker works with.
pub struct Prepared {
    /// The way to readers.
    pub port: Box<dyn Port>,
    /// The service's address: `https://…`, or `http://` for this computer only; or why there is none.
    pub service: Result<String, Code>,
    /// The certificate authorities that are trusted.
    pub anchors: Anchors,
}

/// Where messages go. Both sides need it: the worker, and whoever finds that the worker is no more.
type Mouth = Arc<Mutex<Box<dyn Fn(Message) + Send>>>;

/// A running worker. Dropping it asks it to end, and waits half a second at most.
pub struct Worker {
    queue: Option<mpsc::Sender<Work>>,
    cancelled: watch::Sender<u64>,
    last: Cell<u64>,
    mouth: Mouth,
    /// Says nothing, but ends with the thread.
    alive: mpsc::Receiver<()>,
}

/// A job on its way.
struct Work {
    number: u64,
    ticket: Ticket,
    job: Job,
}

impl Worker {
    /// Start the worker. It tells its messages through `tell`, from its own thread.
    pub fn start(setup: Setup, tell: Box<dyn Fn(Message) + Send>) -> Worker {
        Worker::start_with(setup, Patience::USUAL, tell)
    }

    pub(super) fn start_with(setup: Setup, patience: Patience, tell: Box<dyn Fn(Message) + Send>) -> Worker {
        let (queue, jobs) = mpsc::channel();
        let (cancelled, watched) = watch::channel(0);
        let (living, alive) = mpsc::channel();
        let mouth: Mouth = Arc::new(Mutex::new(tell));
        let theirs = Arc::clone(&mouth);
        let body = move || {
            let _living: mpsc::Sender<()> = living;
            serve(setup, patience, &jobs, &watched, &theirs);
        };
        // A thread that cannot be started is found when the first job cannot be handed over.
        let _ = std::thread::Builder::new().name("worker".to_owned()).spawn(body);
        Worker { queue: Some(queue), cancelled, last: Cell::new(0), mouth, alive }
    }

    /// Hand a job over. Its answer comes as messages with this ticket.
    pub fn send(&self, ticket: Ticket, job: Job) {
        let number = self.last.get() + 1;
        self.last.set(number);
        let handed = self.queue.as_ref().is_some_and(|queue| queue.send(Work { number, ticket, job }).is_ok());
        if !handed {
            say(&self.mouth, ticket, died());
        }
    }

    /// Cancel everything handed over so far. A request is dropped at once; a card command is finished, and its answer is not told.
    /// `Job::Look`, `Job::LetGo`, `Job::Release` and `Job::Forget` are done nevertheless.
    pub fn cancel(&self) {
        self.cancelled.send_replace(self.last.get());
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.cancelled.send_replace(u64::MAX);
        self.queue = None;
        // Ends early when the thread does.
        let _ = self.alive.recv_timeout(FAREWELL);
    }
}

/// The thread's body.
fn serve(setup: Setup, patience: Patience, jobs: &mpsc::Receiver<Work>, cancelled: &watch::Receiver<u64>, mouth: &Mouth) {
    let Setup { prepare, test_cards, client } = setup;
    let Ok(Prepared { mut port, service, anchors }) = catch_unwind(AssertUnwindSafe(prepare)) else {
        return jobs.iter().for_each(|work| say(mouth, work.ticket, died()));
    };
    let fresh = || {
        let network = NetworkDesk::new(service.clone(), client, patience, cancelled.clone());
        Clerk::new(CardDesk::new(anchors.clone(), test_cards), network)
    };
    let mut clerk = fresh();
    for Work { number, ticket, job } in jobs {
        // A look at the card is nobody's wish that could be taken back: what it sees is true, and the page beneath waits for it.
        let looks = matches!(job, Job::Look { .. });
        let is_cancelled = || *cancelled.borrow() >= if looks { u64::MAX } else { number };
        if is_cancelled() && !matches!(job, Job::LetGo | Job::Release | Job::Forget) {
            continue;
        }
        let takes_card = matches!(job, Job::Sign { .. } | Job::Act { .. });
        let tell = |progress: Progress| {
            if !is_cancelled() {
                say(mouth, ticket, Reply::Progress(progress));
            }
        };
        // The clerk is thrown away after a panic, so nobody sees what it left half done. The port keeps no state of a job.
        let done = catch_unwind(AssertUnwindSafe(|| clerk.run(port.as_mut(), job, Errand { number, tell: &tell })));
        if done.is_err() {
            clerk = fresh();
        }
        let reply = done.unwrap_or_else(|_| Some(died()));
        if is_cancelled() {
            // Nobody waits for this card any more: it does not stay open with a verified password.
            if takes_card {
                clerk.close_card();
            }
        } else if let Some(reply) = reply {
            say(mouth, ticket, reply);
        }
    }
}

fn died() -> Reply {
    Reply::Failed(Box::new(Trouble::Card(card::Trouble::new(Code::WorkerDied))))
}

fn say(mouth: &Mouth, ticket: Ticket, reply: Reply) {
    // A panic of the receiver must not silence the worker: the lock guards nothing that can be half done.
    let tell = mouth.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tell(Message { ticket, reply });
}

/// Return the present time in seconds since 1970. The only place on the terminal's side, beside the event loop, that asks the clock.
pub(super) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
