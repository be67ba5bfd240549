//! Readers and cards coming and going: a thread of its own with a context of its own, that sleeps in PC/SC until something changes.
//! It never connects to a card, so it gives none power. Where PC/SC is down it asks again, ever more seldom.

use super::Reader;
use super::reader::{names, seen};
use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What is there now, told whole at the start and at each change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Whether the PC/SC service answers.
    pub service: bool,
    /// The readers, in the order in which they came.
    pub readers: Vec<Reader>,
}

/// The shortest and the longest pause between two looks for a PC/SC service that is down.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// Whether the pseudo-reader `\\?PnP?\Notification` exists, which tells of readers coming and going (not on macOS: OpenSC#1923).
const PLUGGING_IS_TOLD: bool = cfg!(not(target_os = "macos"));
/// How long a wait for changes lasts: for ever, or so long that a new reader is found soon enough where nothing tells of it.
const WAIT: Option<Duration> = if PLUGGING_IS_TOLD { None } else { Some(Duration::from_secs(5)) };
/// A pause after a wait that ended without news.
const BREATH: Duration = Duration::from_millis(250);
/// How long dropping the watcher may take.
const PATIENCE: Duration = Duration::from_millis(500);

/// A running watcher. Dropping it ends its thread.
pub struct Watch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    control: Mutex<Control>,
    stopped: Condvar,
}

#[derive(Default)]
struct Control {
    stop: bool,
    /// The context that the thread may be waiting in.
    context: Option<Context>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hand the context to whoever wants to stop us; return whether somebody already does.
    fn stopping_with(&self, context: Option<Context>) -> bool {
        let mut control = self.lock();
        control.context = context;
        control.stop
    }

    /// Sleep, or less if we are stopped; return whether we are.
    fn pause(&self, length: Duration) -> bool {
        let slept = self.stopped.wait_timeout_while(self.lock(), length, |control| !control.stop);
        slept.unwrap_or_else(PoisonError::into_inner).0.stop
    }
}

/// Start watching; `tell` is called on the watcher's thread.
pub fn start(tell: Box<dyn Fn(Seen) + Send>) -> Watch {
    let shared = Arc::new(Shared::default());
    let own = Arc::clone(&shared);
    // Without a thread nothing is told, as if PC/SC were down: reading a card still works.
    let thread = std::thread::Builder::new().name("card watch".to_owned()).spawn(move || run(&own, Teller { tell, last: None })).ok();
    Watch { shared, thread }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        let begun = Instant::now();
        self.shared.lock().stop = true;
        self.shared.stopped.notify_all();
        // A cancel that falls between two waits is lost (LudovicRousseau/PCSC#160), so it is repeated.
        while !thread.is_finished() && begun.elapsed() < PATIENCE {
            let context = self.shared.lock().context.clone();
            if let Some(context) = context {
                let _ = context.cancel();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        if thread.is_finished() {
            let _ = thread.join();
        }
    }
}

/// Tells what changed, and only that.
struct Teller {
    tell: Box<dyn Fn(Seen) + Send>,
    last: Option<Seen>,
}

impl Teller {
    /// Tell what is there, if it is not what was told last; return whether it was told.
    fn tell(&mut self, now: Seen) -> bool {
        let news = self.last.as_ref() != Some(&now);
        if news {
            self.last = Some(now.clone());
            (self.tell)(now);
        }
        news
    }
}

fn run(shared: &Shared, mut teller: Teller) {
    let mut pause = PAUSES.0;
    loop {
        let begun = Instant::now();
        if let Ok(context) = Context::establish(Scope::User) {
            pause = PAUSES.0;
            if shared.stopping_with(Some(context.clone())) {
                return;
            }
            watch(shared, &context, &mut teller);
        }
        if shared.stopping_with(None) {
            return;
        }
        // Windows stops the service with the last reader and starts it with the next context: that is no outage.
        if begun.elapsed() > PAUSES.0 {
            continue;
        }
        teller.tell(Seen::default());
        if shared.pause(pause) {
            return;
        }
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// Tell every change until the context is lost or we are stopped.
fn watch(shared: &Shared, context: &Context, teller: &mut Teller) {
    let mut waited = Vec::new();
    if PLUGGING_IS_TOLD {
        waited.push(ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
    }
    let mut woken = wait(shared, context, Some(Duration::ZERO), &mut waited);
    while !shared.lock().stop && matches!(woken, Ok(()) | Err(Error::Timeout | Error::UnknownReader | Error::Cancelled)) {
        // The list is read after what is known of it is kept: a reader that comes in between ends the next wait at once.
        waited.iter_mut().for_each(ReaderState::sync_current_state);
        let Ok(readers) = refresh(context, &mut waited) else { return };
        // A wait that ends without news would make this a busy loop; drivers do that (LudovicRousseau/pcsc-tools#76, OpenSC#1923).
        if !teller.tell(Seen { service: true, readers }) && shared.pause(BREATH) {
            return;
        }
        woken = wait(shared, context, WAIT, &mut waited);
    }
}

fn wait(shared: &Shared, context: &Context, length: Option<Duration>, waited: &mut [ReaderState]) -> Result<(), Error> {
    if waited.is_empty() {
        // Only where plugging is not told; PC/SC would not wait for nothing.
        shared.pause(length.unwrap_or(BREATH));
        return Err(Error::Timeout);
    }
    context.get_status_change(length, waited)
}

/// Bring what is waited for up to the present list of readers, and return it.
fn refresh(context: &Context, waited: &mut Vec<ReaderState>) -> Result<Vec<Reader>, Error> {
    let names = names(context)?;
    waited.retain(|state| state.name() == PNP_NOTIFICATION() || names.iter().any(|name| name.as_c_str() == state.name()));
    for name in names {
        if waited.iter().all(|state| state.name() != name.as_c_str()) {
            let mut fresh = ReaderState::new(name, State::UNAWARE);
            match context.get_status_change(Duration::ZERO, std::slice::from_mut(&mut fresh)) {
                // A reader that is gone again ends the next wait.
                Ok(()) | Err(Error::Timeout | Error::UnknownReader) => fresh.sync_current_state(),
                Err(error) => return Err(error),
            }
            waited.push(fresh);
        }
    }
    Ok(waited.iter().filter(|state| state.name() != PNP_NOTIFICATION()).map(seen).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn only_what_changed_is_told() {
        let (sender, told) = mpsc::channel();
        let mut teller = Teller { tell: Box::new(move |seen| sender.send(seen).unwrap()), last: None };
        let with = |card| Seen { service: true, readers: vec![Reader { name: "reader".to_owned(), card }] };
        for seen in [Seen::default(), Seen::default(), with(false), with(true), with(true), with(false)] {
            teller.tell(seen);
        }
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [Seen::default(), with(false), with(true), with(false)]);
    }

    #[test]
    fn a_watcher_tells_at_once_what_is_there_and_ends_within_its_patience() {
        let (sender, told) = mpsc::channel();
        let watch = start(Box::new(move |seen| {
            let _ = sender.send(seen);
        }));
        assert!(told.recv_timeout(Duration::from_secs(5)).is_ok());
        let begun = Instant::now();
        drop(watch);
        assert!(begun.elapsed() <= PATIENCE + Duration::from_millis(100));
        // The thread is gone, and with it the sender.
        while told.try_recv().is_ok() {}
        assert_eq!(told.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    }
}
