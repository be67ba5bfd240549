//! Watcher of readers and cards: a thread with a PC/SC context of its own that sleeps in PC/SC until something changes.
//! It never connects to a card, so it powers none. While PC/SC is down it retries with growing pauses. A card swapped between two looks is
//! reported as removed and inserted: PC/SC counts both events per reader.
//! What pcscd counts was measured: jpki-card.md §8.

use super::Reader;
use super::reader::{names, seen};
use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The state of PC/SC, its readers and cards, reported in full at start and after each change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReaderStates {
    /// Whether the PC/SC service is running.
    pub service: bool,
    /// The readers, in the order of plugging in.
    pub readers: Vec<Reader>,
}

/// Minimum and maximum pause between attempts to reach a PC/SC service that is down.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// Whether the pseudo-reader `\\?PnP?\Notification`, which reports plugging, exists (not on macOS: OpenSC#1923).
const PLUGGING_IS_TOLD: bool = cfg!(not(target_os = "macos"));
/// How long to wait for a change: forever, or, where plugging is not reported, short enough to find new readers soon.
const WAIT: Option<Duration> = if PLUGGING_IS_TOLD { None } else { Some(Duration::from_secs(5)) };
/// Pause after a wait that ended without a change.
const RETRY_DELAY: Duration = Duration::from_millis(250);
/// Maximum time for dropping the watcher.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(500);

/// A running watcher. Dropping it stops its thread.
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
    /// The context the thread may be waiting in.
    context: Option<Context>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publish the context for cancelling; return whether a stop was requested.
    fn stopping_with(&self, context: Option<Context>) -> bool {
        let mut control = self.lock();
        control.context = context;
        control.stop
    }

    /// Sleep, or return early when stopped; return whether stopped.
    fn pause(&self, length: Duration) -> bool {
        let slept = self.stopped.wait_timeout_while(self.lock(), length, |control| !control.stop);
        slept.unwrap_or_else(PoisonError::into_inner).0.stop
    }
}

/// Start watching; `tell` is called on the watcher's thread.
pub fn start(tell: Box<dyn Fn(ReaderStates) + Send>) -> Watch {
    let shared = Arc::new(Shared::default());
    let own = Arc::clone(&shared);
    // Without a thread nothing is reported, as if PC/SC were down; reading a card still works.
    let thread = std::thread::Builder::new().name("card watch".to_owned()).spawn(move || run(&own, Teller { tell, last: None })).ok();
    Watch { shared, thread }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        let begun = Instant::now();
        self.shared.lock().stop = true;
        self.shared.stopped.notify_all();
        // A cancel between two waits is lost (LudovicRousseau/PCSC#160), so repeat it.
        while !thread.is_finished() && begun.elapsed() < SHUTDOWN_TIMEOUT {
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

/// A reader with PC/SC's count of insertions and removals; `None` if the count cannot be compared with a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Counted {
    reader: Reader,
    count: Option<u32>,
}

/// Return whether the card in a reader was swapped since the last look: present before and now, with a different count.
fn is_swapped(before: &[Counted], now: &Counted) -> bool {
    let same = |before: &&Counted| before.reader.name == now.reader.name;
    now.reader.card && before.iter().find(same).is_some_and(|before| before.reader.card && before.count != now.count)
}

/// Return the state between two looks if a card was swapped: its reader was empty then.
fn between(before: &[Counted], now: &[Counted]) -> Option<Vec<Reader>> {
    now.iter().any(|now| is_swapped(before, now)).then(|| {
        let emptied = |now: &Counted| Reader { card: now.reader.card && !is_swapped(before, now), ..now.reader.clone() };
        now.iter().map(emptied).collect()
    })
}

/// Reports changes only.
struct Teller {
    tell: Box<dyn Fn(ReaderStates) + Send>,
    /// The last report: whether the service was running, and the readers.
    last: Option<(bool, Vec<Counted>)>,
}

impl Teller {
    /// Report the state if it differs from the last report, after the intermediate state, if any; return whether anything was reported.
    fn tell(&mut self, service: bool, now: Vec<Counted>) -> bool {
        let seen = ReaderStates { service, readers: readers(&now) };
        let between = self.last.as_ref().and_then(|(_, before)| between(before, &now));
        let news = between.is_some()
            || self.last.as_ref().is_none_or(|(service, before)| seen != ReaderStates { service: *service, readers: readers(before) });
        self.last = Some((service, now));
        if let Some(readers) = between {
            (self.tell)(ReaderStates { service, readers });
        }
        if news {
            (self.tell)(seen);
        }
        news
    }

    /// Invalidate the counts, which restart: no card seen later is known to be the same one.
    fn forget_counts(&mut self) {
        self.last.iter_mut().flat_map(|(_, readers)| readers).for_each(|reader| reader.count = None);
    }
}

fn readers(counted: &[Counted]) -> Vec<Reader> {
    counted.iter().map(|counted| counted.reader.clone()).collect()
}

fn run(shared: &Shared, mut teller: Teller) {
    let mut pause = BACKOFF.0;
    loop {
        let begun = Instant::now();
        if let Ok(context) = Context::establish(Scope::User) {
            pause = BACKOFF.0;
            if shared.stopping_with(Some(context.clone())) {
                return;
            }
            watch(shared, &context, &mut teller);
            teller.forget_counts();
        }
        if shared.stopping_with(None) {
            return;
        }
        // Windows stops the service with the last reader and starts it with the next context: not an outage.
        if begun.elapsed() > BACKOFF.0 {
            continue;
        }
        teller.tell(false, Vec::new());
        if shared.pause(pause) {
            return;
        }
        pause = (pause * 2).min(BACKOFF.1);
    }
}

/// Report every change until the context is lost or the watcher is stopped.
fn watch(shared: &Shared, context: &Context, teller: &mut Teller) {
    let mut waited = Vec::new();
    if PLUGGING_IS_TOLD {
        waited.push(ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
    }
    let mut woken = wait(shared, context, Some(Duration::ZERO), &mut waited);
    while !shared.lock().stop && matches!(woken, Ok(()) | Err(Error::Timeout | Error::UnknownReader | Error::Cancelled)) {
        // Acknowledge the state before listing the readers: a reader plugged in between ends the next wait at once.
        waited.iter_mut().for_each(ReaderState::sync_current_state);
        let Ok(readers) = refresh(context, &mut waited) else { return };
        // Waits that end without a change would make this a busy loop; some drivers cause them (LudovicRousseau/pcsc-tools#76,
        // OpenSC#1923).
        if !teller.tell(true, readers) && shared.pause(RETRY_DELAY) {
            return;
        }
        woken = wait(shared, context, WAIT, &mut waited);
    }
}

fn wait(shared: &Shared, context: &Context, length: Option<Duration>, waited: &mut [ReaderState]) -> Result<(), Error> {
    if waited.is_empty() {
        // Happens only where plugging is not reported; PC/SC would return at once.
        shared.pause(length.unwrap_or(RETRY_DELAY));
        return Err(Error::Timeout);
    }
    context.get_status_change(length, waited)
}

/// Update the wait list to the current readers, and return them.
fn refresh(context: &Context, waited: &mut Vec<ReaderState>) -> Result<Vec<Counted>, Error> {
    let names = names(context)?;
    waited.retain(|state| state.name() == PNP_NOTIFICATION() || names.iter().any(|name| name.as_c_str() == state.name()));
    for name in names {
        if waited.iter().all(|state| state.name() != name.as_c_str()) {
            let mut fresh = ReaderState::new(name, State::UNAWARE);
            match context.get_status_change(Duration::ZERO, std::slice::from_mut(&mut fresh)) {
                // If the reader is already gone, the next wait ends at once.
                Ok(()) | Err(Error::Timeout | Error::UnknownReader) => fresh.sync_current_state(),
                Err(error) => return Err(error),
            }
            waited.push(fresh);
        }
    }
    let counted = |state: &ReaderState| Counted { reader: seen(state), count: Some(state.event_count()) };
    Ok(waited.iter().filter(|state| state.name() != PNP_NOTIFICATION()).map(counted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// Readers by letter, upper case with a card, and PC/SC's count.
    fn look(readers: &[(char, u32)]) -> Vec<Counted> {
        let counted = |&(letter, count): &(char, u32)| {
            let reader = Reader { name: letter.to_ascii_lowercase().to_string(), card: letter.is_ascii_uppercase() };
            Counted { reader, count: Some(count) }
        };
        readers.iter().map(counted).collect()
    }

    fn letters(readers: &[Reader]) -> String {
        readers.iter().map(|reader| if reader.card { reader.name.to_uppercase() } else { reader.name.clone() }).collect()
    }

    fn teller() -> (Teller, mpsc::Receiver<ReaderStates>) {
        let (sender, told) = mpsc::channel();
        (Teller { tell: Box::new(move |seen| sender.send(seen).unwrap()), last: None }, told)
    }

    /// Return the reports so far; `-` if the service is down.
    fn heard(told: &mpsc::Receiver<ReaderStates>) -> Vec<String> {
        told.try_iter().map(|seen| if seen.service { letters(&seen.readers) } else { "-".to_owned() }).collect()
    }

    #[test]
    fn only_what_changed_is_told() {
        let (mut teller, told) = teller();
        teller.tell(false, Vec::new());
        teller.tell(false, Vec::new());
        for seen in [('a', 0), ('A', 1), ('A', 1), ('a', 2)] {
            teller.tell(true, look(&[seen]));
        }
        assert_eq!(heard(&told), ["-", "a", "A", "a"]);
    }

    #[test]
    fn a_card_that_gave_way_to_another_between_two_looks_is_told_as_gone_and_come() {
        let (mut teller, told) = teller();
        for count in [3, 3, 5, 5] {
            teller.tell(true, look(&[('A', count), ('B', 1)]));
        }
        assert_eq!(heard(&told), ["AB", "aB", "AB"]);
    }

    #[test]
    fn nothing_gave_way_at_the_first_look_at_a_reader_or_where_a_card_came_or_went() {
        assert_eq!(between(&[], &look(&[('A', 7)])), None);
        assert_eq!(between(&look(&[('a', 0)]), &look(&[('A', 1)])), None);
        assert_eq!(between(&look(&[('A', 1)]), &look(&[('a', 2)])), None);
        // It was inserted and removed again.
        assert_eq!(between(&look(&[('a', 2)]), &look(&[('a', 4)])), None);
        assert_eq!(between(&look(&[('B', 1)]), &look(&[('A', 2)])), None);
        // Readers move up when one before them is unplugged.
        assert_eq!(between(&look(&[('A', 1), ('B', 9)]), &look(&[('B', 9), ('A', 1)])), None);
    }

    #[test]
    fn what_else_changed_meanwhile_is_told_with_the_empty_reader() {
        let between = between(&look(&[('A', 1), ('B', 1), ('c', 0)]), &look(&[('A', 3), ('b', 2), ('C', 1)])).unwrap();
        assert_eq!(letters(&between), "abC");
        // Restarted counts: 16 bits, then zero.
        let between = super::between(&look(&[('A', 0xFFFF)]), &look(&[('A', 1)])).unwrap();
        assert_eq!(letters(&between), "a");
    }

    #[test]
    fn a_card_behind_a_new_context_is_told_as_gone_and_come_whatever_the_count() {
        let (mut teller, told) = teller();
        teller.tell(true, look(&[('A', 1), ('b', 0)]));
        teller.forget_counts();
        teller.tell(true, look(&[('A', 1), ('b', 0)]));
        teller.tell(true, look(&[('A', 1), ('b', 0)]));
        assert_eq!(heard(&told), ["Ab", "ab", "Ab"]);
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
        assert!(begun.elapsed() <= SHUTDOWN_TIMEOUT + Duration::from_millis(100));
        // The thread has ended, and dropped the sender.
        while told.try_recv().is_ok() {}
        assert_eq!(told.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    }
}
