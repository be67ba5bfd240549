//! What both faces need around the model: what comes through the one channel, signals, effects carried out, and the clock of a page that
//! nobody touches. Neither face has any of it by itself.

use crate::app::state::result::{Outcome, registered_at};
use crate::app::{Effect, Event, Model, update};
use crate::receipt::Receipt;
use crate::worker::Worker;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Instant;

/// What comes through the one channel: `I` is what the face itself reads. Places of a channel keep what was in them until others take them,
/// and what no event fills of a place is a piece of the sender's stack, with the last letter that was typed: where that may be a secret's, a
/// place holds no more than a box, which is wiped when it is freed.
pub enum Incoming<I> {
    /// What the face has read.
    Input(I),
    /// From the worker, the watcher or a signal, for the model.
    App(Box<Event>),
    /// The terminal is gone.
    Lost,
    /// The system asks the program to stop for a while (Ctrl-Z from outside).
    Suspend,
}

impl<I> Incoming<I> {
    /// Box an event for the model.
    pub fn app(event: Event) -> Incoming<I> {
        Incoming::App(Box::new(event))
    }
}

/// Tells events of other threads to whichever face runs.
pub type Notify = Arc<dyn Fn(Event) + Send + Sync>;

/// Return what tells events through a channel.
pub(crate) fn notify_through<I: Send + 'static>(sender: &Sender<Incoming<I>>) -> Notify {
    let sender = sender.clone();
    // A face that no longer listens is about to end.
    Arc::new(move |event| drop(sender.send(Incoming::app(event))))
}

/// What the model drives: the worker, and whatever must live as long as it (watcher, embedded service).
pub struct Backend {
    /// Card and network.
    pub worker: Worker,
    /// Kept alive until the end.
    pub keep: Vec<Box<dyn std::any::Any + Send>>,
}

/// The model, and what carries out its effects.
pub(crate) struct Runtime {
    // Dropped first: it holds the person's data and perhaps half a PIN, and what comes then may take time.
    pub(crate) model: Model,
    backend: Backend,
    touched: Instant,
}

/// What an event leaves for the face to do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct After {
    /// Draw everything anew.
    pub(crate) redraw: bool,
    /// End.
    pub(crate) quit: bool,
}

impl Runtime {
    pub(crate) fn new(model: Model, backend: Backend) -> Runtime {
        Runtime { model, backend, touched: Instant::now() }
    }

    /// Wait for what comes next, `Idle` being what comes where nobody has touched anything for as long as the model says. `None` when
    /// nothing can come any more.
    pub(crate) fn next<I>(&mut self, incoming: &Receiver<Incoming<I>>) -> Option<Incoming<I>> {
        let Some(limit) = self.model.idle_after() else { return incoming.recv().ok() };
        match incoming.recv_timeout(limit.saturating_sub(self.touched.elapsed())) {
            Ok(happened) => Some(happened),
            Err(RecvTimeoutError::Timeout) => {
                // Told once for each time that it is so.
                self.touched = Instant::now();
                Some(Incoming::app(Event::Idle))
            }
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Note that somebody was here at this time.
    pub(crate) fn touched(&mut self, at: Instant) {
        self.touched = self.touched.max(at);
    }

    /// Take an event into the model, and carry out what follows.
    pub(crate) fn take(&mut self, event: Event) -> After {
        let covered = self.model.visit.cover.is_some();
        let somebody = event.shows_somebody();
        let effects = update(&mut self.model, event);
        // Whoever has uncovered it is here too.
        if somebody || (covered && self.model.visit.cover.is_none()) {
            self.touched = Instant::now();
        }
        let mut after = After::default();
        for effect in effects {
            match effect {
                Effect::Run(ticket, job) => self.backend.worker.send(ticket, job),
                Effect::Cancel => self.backend.worker.cancel(),
                Effect::SaveReceipt => {
                    let saved = receipt(&self.model).ok_or(io::ErrorKind::NotFound.into()).and_then(|receipt| receipt.save());
                    let saved = saved.map(|path| path.display().to_string());
                    let then = self.take(Event::Saved(saved.map_err(|error| error.to_string())));
                    (after.redraw, after.quit) = (after.redraw | then.redraw, after.quit | then.quit);
                }
                Effect::Redraw => after.redraw = true,
                Effect::Quit => after.quit = true,
            }
        }
        after
    }
}

/// Return the receipt of the registration that STEP3 shows, if it shows one.
pub fn receipt(model: &Model) -> Option<Receipt<'_>> {
    let Outcome::Registered(registered, confirmed) = &model.visit.result()?.outcome else { return None };
    Some(Receipt {
        lang: model.lang,
        practice: model.setup.practice.is_some(),
        authentication_id: &registered.authentication_id,
        form: &confirmed.form,
        differs_from_card: &registered.differs_from_card,
        registered_at: registered_at(model.lang, registered),
        receipt: &registered.receipt,
    })
}

/// Send what the system asks of the program, as events.
#[cfg(unix)]
pub(crate) fn signals<I: Send + 'static>(sender: &Sender<Incoming<I>>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM, SIGTSTP])?;
    let sender = sender.clone();
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in &mut signals {
            let message = if signal == SIGTSTP { Incoming::Suspend } else { Incoming::app(Event::Terminate) };
            if sender.send(message).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

/// Windows ends a console program by itself.
#[cfg(not(unix))]
pub(crate) fn signals<I: Send + 'static>(_sender: &Sender<Incoming<I>>) -> io::Result<()> {
    Ok(())
}

/// Wait until the system asks the program to end.
#[cfg(unix)]
pub fn wait_for_end() -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let _ = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?.forever().next();
    Ok(())
}

/// Wait until standard input ends, or the system ends the program.
#[cfg(not(unix))]
pub fn wait_for_end() -> io::Result<()> {
    io::copy(&mut io::stdin(), &mut io::sink()).map(|_| ())
}
