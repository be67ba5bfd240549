//! Code shared by both user interfaces: the input channel, signals, carrying out effects, and the idle timer.

use crate::app::day_count::Reached;
use crate::app::deadline::Timers;
use crate::app::state::issue::{Destination, Document};
use crate::app::state::result::Outcome;
use crate::app::state::staff::StaffAnswer;
use crate::app::{Effect, Event, Model};
use crate::file::Unfit;
use crate::locale::{Lang, Text};
use crate::office;
use crate::office::done::{self, Done, Ending};
use crate::receipt::{self, Receipt, Sheet, transfer};
use crate::registration::transfer::SheetFormat;
use crate::secret::Locked;
use crate::speech::Speaker;
use crate::text::lines::complain;
use crate::time::{self, date_in_japan, minute_in_japan};
use crate::view::{self, Spoken};
use crate::worker::{Ticket, Worker};
use ::time::OffsetDateTime;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

/// An item of the input channel; `I` is what the user interface itself reads. Freed slots of a channel keep their bytes until reused, and
/// the unused part of a slot is a piece of the sender's stack, possibly with the last letter typed. Where that may be part of a secret, a
/// slot holds only a box, which is wiped when freed.
pub enum Incoming<I> {
    /// Input read by the user interface.
    Input(I),
    /// An event for the model, from the worker, the watcher or a signal.
    App(Box<Event>),
    /// The terminal is gone.
    Lost,
    /// The operating system asks the program to suspend (an external Ctrl-Z).
    Suspend,
}

impl<I> Incoming<I> {
    /// Box an event for the model.
    pub fn app(event: Event) -> Incoming<I> {
        Incoming::App(Box::new(event))
    }
}

/// Sends events of other threads to the user interface.
pub type Notify = Arc<dyn Fn(Event) + Send + Sync>;

/// Return a `Notify` that sends through a channel.
pub(crate) fn notify_through<I: Send + 'static>(sender: &Sender<Incoming<I>>) -> Notify {
    let sender = sender.clone();
    // A user interface that no longer listens is about to end.
    Arc::new(move |event| drop(sender.send(Incoming::app(event))))
}

/// What the effects act on: the worker, and whatever must live as long (watcher, embedded service).
pub struct Backend {
    /// The worker for card and network.
    pub worker: Worker,
    /// Begins to gather findings for the self-diagnosis, on a thread of its own.
    pub diagnose: Box<dyn Fn() + Send>,
    /// Looks at a staff word.
    pub check_staff_word: Box<dyn FnMut(&Locked) -> StaffAnswer>,
    /// Logs the end of a visit.
    pub ended: Box<dyn FnMut(Reached)>,
    /// The command that prints; empty if there is none.
    pub print: Vec<String>,
    /// The commands that read aloud, each for a language.
    pub speak: Vec<(Lang, Vec<String>)>,
    /// Where to tell what came of saving, printing or speaking.
    pub tell: Notify,
    /// Kept alive until the end.
    pub keep: Vec<Box<dyn std::any::Any + Send>>,
}

/// The model with its backend.
pub(crate) struct Runtime {
    // Dropped first: it holds personal data and perhaps part of a PIN, and dropping the backend may take time.
    pub(crate) model: Model,
    backend: Backend,
    timers: Timers,
    /// Lines that the office's list still lacks.
    unlisted: Vec<Done>,
    speaker: Speaker,
    /// What has been read aloud of the page, and how many texts have been said.
    heard: Option<Spoken>,
    texts: u64,
}

/// What an event leaves to the user interface.
#[derive(Debug, Default)]
pub(crate) struct AfterEvent {
    /// Redraw the whole screen.
    pub(crate) redraw: bool,
    /// Quit.
    pub(crate) quit: bool,
    /// Quit, to be started again in letters of the other size.
    pub(crate) other_letters: bool,
    /// Put this on the clipboard; clear it if this is empty.
    pub(crate) copy: Option<String>,
}

impl AfterEvent {
    /// Add what another event leaves.
    fn add(&mut self, then: AfterEvent) {
        self.redraw |= then.redraw;
        self.quit |= then.quit;
        self.other_letters |= then.other_letters;
        self.copy = then.copy.or(self.copy.take());
    }
}

impl Runtime {
    pub(crate) fn new(model: Model, backend: Backend) -> Runtime {
        let timers = Timers::new(&model, since_start());
        Runtime { model, backend, timers, unlisted: Vec::new(), speaker: Speaker::default(), heard: None, texts: 0 }
    }

    /// Wait for the next item: `Passed` when a timer reaches the second that the model wants to be told of. `None` once all senders are gone.
    pub(crate) fn next<I>(&mut self, incoming: &Receiver<Incoming<I>>) -> Option<Incoming<I>> {
        let Some((timer, due)) = self.timers.due(&self.model) else { return incoming.recv().ok() };
        match incoming.recv_timeout(due.saturating_sub(since_start())) {
            Ok(happened) => Some(happened),
            Err(RecvTimeoutError::Timeout) => Some(Incoming::app(Event::Passed(timer, self.timers.passed(timer, since_start())))),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Record user activity at this time.
    pub(crate) fn touched(&mut self, at: Instant) {
        self.timers.touched(since_start().saturating_sub(at.elapsed()));
    }

    /// Apply an event to the model and carry out its effects.
    pub(crate) fn dispatch(&mut self, event: Event) -> AfterEvent {
        if let Some(today) = time::today() {
            self.model.set_today(today);
        }
        let breaks_off = matches!(event, Event::Key(_) | Event::Paste(_) | Event::Action(_));
        let effects = self.timers.update(&mut self.model, event, since_start());
        let mut after = AfterEvent::default();
        for effect in effects {
            match effect {
                Effect::Run(ticket, job) => self.backend.worker.send(ticket, job),
                Effect::Cancel => self.backend.worker.cancel(),
                Effect::FindMedia => after.add(self.dispatch(Event::Media(receipt::media()))),
                Effect::Issue(ticket, document, destination, medium) => self.issue(ticket, document, destination, medium),
                Effect::CheckStaffWord(word) => {
                    let answer = (self.backend.check_staff_word)(&word);
                    after.add(self.dispatch(Event::StaffWord(answer)));
                }
                Effect::ReadRecords => {
                    // One that is changed while it is read counts as changed.
                    let prefill = self.model.setup.prefill.as_deref();
                    let read = prefill.map(|path| (office::changed(path), office::read(path, self.model.today())));
                    if let Some((changed, read)) = read {
                        after.add(self.dispatch(Event::Records(read, changed)));
                    }
                }
                Effect::Copy(value) => after.copy = Some(value),
                Effect::ClearClipboard => after.copy = Some(String::new()),
                Effect::SaveSheet(format) => {
                    let saved = self.save_sheet(format);
                    after.add(self.dispatch(Event::SheetSaved(saved)));
                }
                Effect::List(reference, ending) => {
                    if let Some(listed) = self.list(reference, ending) {
                        after.add(self.dispatch(listed));
                    }
                }
                Effect::Ended(reached) => (self.backend.ended)(reached),
                Effect::Diagnose => (self.backend.diagnose)(),
                Effect::Redraw => after.redraw = true,
                Effect::Quit => after.quit = true,
                Effect::OtherLetters => (after.quit, after.other_letters) = (true, true),
            }
        }
        self.speak(breaks_off);
        after
    }

    /// Say what is new on the page, where it is read aloud; a key breaks off what is being said.
    fn speak(&mut self, breaks_off: bool) {
        let spoke = self.heard.is_some();
        let text = view::spoken(&self.model, &mut self.heard);
        if spoke && (breaks_off || self.heard.is_none()) {
            self.speaker.hush();
            self.timers.update(&mut self.model, Event::Said(self.texts), since_start());
        }
        let command = self.backend.speak.iter().find(|(lang, _)| *lang == self.model.lang).map(|(_, command)| command);
        if let (Some(text), Some(command)) = (text, command) {
            self.texts += 1;
            let (number, tell) = (self.texts, Arc::clone(&self.backend.tell));
            if self.speaker.say(command, text, move || tell(Event::Said(number))) {
                self.timers.update(&mut self.model, Event::Saying(number), since_start());
            }
        }
    }

    /// Save or print on a thread of its own: neither a printer nor a disk may hold up the page.
    fn issue(&self, ticket: Ticket, document: Document, destination: Destination, medium: Option<PathBuf>) {
        let sheet = match document {
            Document::Receipt => receipt(&self.model).map(|receipt| receipt.sheet()),
            Document::Slip(code) => receipt::slip(code, self.model.lang),
        };
        let Some(sheet) = sheet else { return };
        let (print, tell) = (self.backend.print.clone(), Arc::clone(&self.backend.tell));
        let issued = move || tell(Event::Issued(ticket, issue(&sheet, destination, medium.as_deref(), &print)));
        if let Err(fault) = thread::Builder::new().name("issue".to_owned()).spawn(issued) {
            (self.backend.tell)(Event::Issued(ticket, Err(fault.to_string())));
        }
    }

    /// Save the transfer sheet of the form that is shown; return its path, or why it was not saved.
    fn save_sheet(&self, format: SheetFormat) -> Result<String, String> {
        let confirmed = self.model.visit.confirmed().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound));
        let saved = confirmed.and_then(|confirmed| transfer::save(&confirmed.form, format));
        let unfit = |error: &io::Error| Unfit::of(error).map(|unfit| self.model.lang.unfit(unfit).to_owned());
        saved.map(|path| path.display().to_string()).map_err(|error| unfit(&error).unwrap_or_else(|| error.to_string()))
    }

    /// Add a line to the office's list, and those that it lacks.
    fn list(&mut self, reference: String, ending: Ending) -> Option<Event> {
        let path = self.model.setup.done_list.as_deref()?;
        self.unlisted.push(Done { at: OffsetDateTime::now_utc(), reference, ending });
        let listed = done::append(path, &self.unlisted);
        if listed.is_ok() {
            self.unlisted.clear();
        }
        let lang = self.model.lang;
        let why = |error: io::Error| Unfit::of(&error).map_or_else(|| error.to_string(), |unfit| lang.unfit(unfit).to_owned());
        Some(Event::Listed(listed.map_err(|error| (self.unlisted.len(), why(error)))))
    }
}

impl Drop for Runtime {
    /// Say which lines the office's list lacks at the end, so that they can be added by hand.
    fn drop(&mut self) {
        for line in &self.unlisted {
            complain(&format!("zairyu: {}", line.words()));
        }
    }
}

/// Save or print a page. What it is made with may panic: then that is told, and the page does not say for ever that it prints.
fn issue(sheet: &Sheet, destination: Destination, medium: Option<&Path>, print: &[String]) -> Result<String, String> {
    let issue = AssertUnwindSafe(|| match destination {
        Destination::File => receipt::save(sheet, medium),
        Destination::Printer => receipt::print(sheet, print),
    });
    catch_unwind(issue).unwrap_or_else(|_| Err(sheet.lang.fill(Text::PrintFault, &["panic"])))
}

/// Return the time since the first call, in suspend too.
fn since_start() -> Duration {
    static FIRST: OnceLock<(Instant, Duration)> = OnceLock::new();
    let (first, before) = *FIRST.get_or_init(|| (Instant::now(), suspended()));
    first.elapsed() + suspended().saturating_sub(before)
}

/// Return how long the system was suspended since its start, which `Instant` leaves out.
#[cfg(target_os = "linux")]
fn suspended() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let [boot, running] = [ClockId::Boottime, ClockId::Monotonic].map(|clock| {
        let now = clock_gettime(clock);
        Duration::new(u64::try_from(now.tv_sec).unwrap_or_default(), u32::try_from(now.tv_nsec).unwrap_or_default())
    });
    boot.saturating_sub(running)
}

/// `Instant` counts it on Windows. On macOS nothing does.
#[cfg(not(target_os = "linux"))]
const fn suspended() -> Duration {
    Duration::ZERO
}

/// Return the receipt of the registration on STEP3, if shown.
pub fn receipt(model: &Model) -> Option<Receipt<'_>> {
    let Outcome::Registered(registered, confirmed) = &model.visit.result()?.outcome else { return None };
    let at = registered.registered_at;
    Some(Receipt {
        lang: model.lang,
        practice: model.setup.practice.is_some(),
        service: model.setup.service.as_deref().unwrap_or_default(),
        authentication_id: &registered.authentication_id,
        form: &confirmed.form,
        differs_from_card: &registered.differs_from_card,
        registered_at: at.and_then(|at| Some((date_in_japan(at)?, minute_in_japan(at)?))),
        receipt: &registered.receipt,
    })
}

/// The signals that ask a program to end, and those of which it would die with the terminal as it is.
#[cfg(unix)]
const ENDS: [i32; 8] = {
    use signal_hook::consts::{SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU};
    [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU]
};

/// Forward signals as channel items. Call it before other threads are started: all signals go to a thread of its own, for the kernel saves the
/// registers on the stack of the thread that a signal interrupts, and those of the others may hold letters just copied.
#[cfg(unix)]
pub(crate) fn signals<I: Send + 'static>(sender: &Sender<Incoming<I>>) -> io::Result<()> {
    use nix::sys::signal::{SigSet, Signal};
    use signal_hook::consts::{SIGTSTP, SIGWINCH};
    let mut signals = signal_hook::iterator::Signals::new(ENDS.iter().chain(&[SIGTSTP]))?;
    let sender = sender.clone();
    let handled: SigSet = ENDS.iter().chain(&[SIGTSTP, SIGWINCH]).filter_map(|signal| Signal::try_from(*signal).ok()).collect();
    handled.thread_block()?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        // It fails for no set of signals.
        let _ = handled.thread_unblock();
        for signal in &mut signals {
            let message = if signal == SIGTSTP { Incoming::Suspend } else { Incoming::app(Event::Terminate) };
            if sender.send(message).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

/// Forward what the console asks, as on Unix. Only what the screen reads as a key, Ctrl-C in raw mode, does not come here.
#[cfg(windows)]
pub(crate) fn signals<I: Send + 'static>(sender: &Sender<Incoming<I>>) -> io::Result<()> {
    let sender = sender.clone();
    crate::secret::windows::on_end(move || drop(sender.send(Incoming::app(Event::Terminate))))
}

/// Wait until the operating system asks the program to terminate. SIGHUP asks a service to read its files again.
#[cfg(unix)]
pub fn wait_for_shutdown(reload: impl Fn()) -> io::Result<()> {
    for signal in signal_hook::iterator::Signals::new(ENDS)?.forever() {
        if signal != signal_hook::consts::SIGHUP {
            break;
        }
        reload();
    }
    Ok(())
}

/// Wait until the console asks the program to end: Ctrl-C, Ctrl-Break, its window is closed.
#[cfg(windows)]
pub fn wait_for_shutdown(_reload: impl Fn()) -> io::Result<()> {
    let (sender, asked) = std::sync::mpsc::channel();
    crate::secret::windows::on_end(move || {
        let _ = sender.send(());
    })?;
    asked.recv().map_err(io::Error::other)
}
