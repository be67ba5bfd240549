//! The state of the program, pure: an event goes in, effects come out. No reader, no network, no file, no clock.
//! `state` holds what stands on each page, `update` what each action does there; `action` is what a person can want, `keymap` which key says so.

use crate::card::watch::ReaderStates;
use crate::card::{CardStatus, Choice, Reader, choose};
use crate::locale::Lang;
use crate::registration::{Date, Draft};
use crate::secret::Locked;
use crate::worker::{Job, Message, Progress, Ticket};
use crossterm::event::KeyEvent;
use state::cards::CardState;
use state::paste::Pasted;
use visit::{Cover, Mode, Reaction, Visit, VisitEvent, reaction};

/// What the person wants.
pub mod action;
/// Which key says what.
pub(crate) mod keymap;
/// Where the person is: one screen, and the pages over it.
pub mod screen;
/// What each page holds, one file a page.
pub mod state;
/// What each action does, one file a page; what follows from cards and answers.
pub mod update;
/// One person, one card, one registration: the owner of everything personal.
pub mod visit;

pub use action::Action;
pub use update::update;

/// What happened.
pub enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(Pasted),
    /// A line was given where a secret is asked for (line mode).
    Secret(Locked),
    /// The person wants something, by a click or a line of input.
    Action(Action),
    /// Readers or cards came or went.
    Readers(ReaderStates),
    /// The worker answered.
    Worker(Message),
    /// Nobody has touched anything for as long as `Model::idle_after` says.
    Idle,
    /// A receipt was saved at this path, or could not be.
    Saved(Result<String, String>),
    /// The system asks the program to end.
    Terminate,
}

impl Event {
    /// Return whether somebody is there: what is locked after a while without that is not locked again at once when its card is put in.
    pub fn shows_somebody(&self) -> bool {
        match self {
            Event::Key(_) | Event::Paste(_) | Event::Secret(_) | Event::Action(_) | Event::Readers(_) => true,
            Event::Worker(_) | Event::Idle | Event::Saved(_) | Event::Terminate => false,
        }
    }
}

/// What is to be done outside.
pub enum Effect {
    /// Give the worker a job.
    Run(Ticket, Job),
    /// Drop what the worker is doing.
    Cancel,
    /// Save the receipt of STEP3.
    SaveReceipt,
    /// Draw the whole screen anew: a visit has ended, and nothing of it may stay anywhere.
    Redraw,
    /// End the program.
    Quit,
}

/// How this program was started, as far as the person is told.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Who uses it where.
    pub mode: Mode,
    /// Practice: a simulated card, with the two PINs that it takes.
    pub practice: Option<[&'static str; 2]>,
    /// The reader that the settings name.
    pub reader: Option<String>,
    /// Mail domains from which the service's mail may not come back (free mail).
    pub free_mail: Vec<String>,
    /// Domains from which mail must be allowed.
    pub mail_from: Vec<String>,
}

/// A job that the person waits for.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// Its ticket.
    pub ticket: Ticket,
    /// What it is.
    pub what: Wait,
    /// How far it is.
    pub progress: Option<Progress>,
}

/// What the person waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The signing password's check and the reading of the certificate.
    Sign,
    /// The user-authentication PIN's check and the proof.
    Authenticate,
    /// The proof alone.
    Prove,
    /// The terms.
    Terms,
    /// The registration.
    Register,
    /// The first password.
    Password,
    /// The login with 認証ID and password.
    LogIn,
    /// What a registered person asked for.
    AccountAction,
    /// The answer where the mail is.
    Mail,
}

/// The whole state. Everything personal is the visit's; what stands beside it is the program's and the machine's.
pub struct Model {
    /// How the program was started.
    pub setup: Setup,
    /// The language.
    pub lang: Lang,
    /// The person who is here now.
    pub visit: Visit,
    /// Readers and cards.
    pub card: CardState,
    /// Records of a desk, for the person whose card they fit: taken by one visit, and gone with it.
    records: Option<Draft>,
    today: Date,
    tickets: Ticket,
}

impl Model {
    /// Make the state of a program that has just started; `today` is the date in Japan.
    pub fn new(setup: Setup, lang: Lang, today: Date) -> Model {
        let chosen = setup.reader.clone();
        let card = CardState { chosen, ..CardState::default() };
        Model { setup, lang, visit: Visit::new(today), card, records: None, today, tickets: Ticket::default() }
    }

    /// Return the date in Japan that the program goes by.
    pub fn today(&self) -> Date {
        self.today
    }

    /// Give records of a desk beforehand. They are the next visit's, if they fit its card.
    pub fn prefill(&mut self, records: Draft) {
        self.records = Some(records);
    }

    /// Return the reader to use: the one in which the visit's card lies, and no other while anything personal is here.
    pub fn reader(&self) -> Option<&Reader> {
        match &self.visit.reader {
            Some(reader) => self.card.reader_called(reader),
            None if self.visit.card.is_some() && !self.visit.is_blank() => None,
            None => self.card.usual_reader(),
        }
    }

    /// Return what is known of the card that is used, if it was looked at.
    pub fn card_status(&self) -> Option<&Result<CardStatus, crate::worker::JobError>> {
        self.card.status_in(&self.reader()?.name)
    }

    /// Return whether several readers hold a card, none is chosen, and none is the visit's.
    pub fn is_ambiguous(&self) -> bool {
        let Some(seen) = &self.card.reader_states else { return false };
        let free = self.visit.reader.is_none() && (self.visit.card.is_none() || self.visit.is_blank());
        free && self.reader().is_none() && matches!(choose(&seen.readers), Choice::Several(_))
    }

    /// Return whether a card is being looked at, or nothing is known about readers yet.
    pub fn is_reading_card(&self) -> bool {
        self.card.reader_states.is_none() || self.card.reading.is_some()
    }

    /// Return after how long without a key something happens, if anything does.
    pub fn idle_after(&self) -> Option<std::time::Duration> {
        let locks = reaction(self.setup.mode, VisitEvent::Idle, self.visit.stage()) == Reaction::Lock;
        match self.visit.cover {
            Some(Cover::CardOut) => Some(visit::CARD_OUT_LIMIT),
            None if locks && !self.visit.is_blank() => Some(visit::IDLE_LIMIT),
            _ => None,
        }
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets.0 = self.tickets.0.wrapping_add(1);
        self.tickets
    }
}

#[cfg(test)]
mod tests;
