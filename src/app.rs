//! The state of the program, pure: an event goes in, effects come out. No reader, no network, no file, no clock.
//! `update` dispatches; `action` is what a person can want, `keymap` which key says so; `flow` follows the card and the service.

use crate::card::watch::Seen;
use crate::card::{Facts, Reader};
use crate::locale::Lang;
use crate::registration::{Date, Draft};
use crate::secret::Locked;
use crate::worker::{Job, Message, Progress, Ticket};
use crossterm::event::KeyEvent;
use paste::Pasted;
use visit::{Cover, Mode, Reaction, Visit, VisitEvent, reaction};

/// What a registered person can ask for.
pub mod account;
/// What the person wants.
pub mod action;
/// Readers and cards: the visit's card away, back, another.
pub mod cards;
/// The first password, set in the terminal.
pub mod first_password;
/// The state of STEP1.
pub mod form;
/// Which key says what.
pub mod keymap;
/// Pages over a screen.
mod overlay;
/// A password while it is typed.
pub mod password;
/// Pasted text.
pub mod paste;
/// The municipality picker.
pub mod picker;
/// From the card's data to the form's offers.
pub mod prefill;
/// The way through: what the card and the service say, and what follows.
pub mod reply;
/// The pages that say what was done.
pub mod result;
/// Screens, and pages over them.
pub mod step;
/// What each action does on each page.
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
    Act(Action),
    /// Readers or cards came or went.
    Seen(Seen),
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
            Event::Key(_) | Event::Paste(_) | Event::Secret(_) | Event::Act(_) | Event::Seen(_) => true,
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

/// What is known about readers and the cards in them, before any PIN.
#[derive(Debug, Default)]
pub struct CardState {
    /// What PC/SC says; `None` until it has said anything.
    pub seen: Option<Seen>,
    /// The reader that the person or the settings chose.
    pub chosen: Option<String>,
    /// What the cards said, or why they could not be looked at, by their readers.
    looked: Vec<(String, Result<Facts, crate::worker::Trouble>)>,
    /// The look that is under way, and its reader.
    look: Option<(Ticket, String)>,
}

impl CardState {
    /// Return the reader that is used where no card is bound yet: the chosen one, else the only one with a card.
    fn usual_reader(&self) -> Option<&Reader> {
        let readers = &self.seen.as_ref()?.readers;
        let chosen = self.chosen.as_deref();
        if let Some(reader) = readers.iter().find(|reader| Some(reader.name.as_str()) == chosen) {
            return Some(reader);
        }
        let mut with_card = readers.iter().filter(|reader| reader.card);
        match (with_card.next(), with_card.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    fn reader_called(&self, name: &str) -> Option<&Reader> {
        self.seen.as_ref()?.readers.iter().find(|reader| reader.name == name)
    }

    fn has_card(&self, reader: &str) -> bool {
        self.reader_called(reader).is_some_and(|reader| reader.card)
    }

    /// Return what is known of the card in a reader.
    fn facts_in(&self, reader: &str) -> Option<&Result<Facts, crate::worker::Trouble>> {
        self.looked.iter().find(|(name, _)| name == reader).map(|(_, facts)| facts)
    }

    fn facts_in_mut(&mut self, reader: &str) -> Option<&mut Facts> {
        self.looked.iter_mut().find(|(name, _)| name == reader).and_then(|(_, facts)| facts.as_mut().ok())
    }

    /// Forget what the card in a reader said: it is looked at again.
    fn forget_facts(&mut self, reader: &str) {
        self.looked.retain(|(name, _)| name != reader);
    }
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
    Act,
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
    pub fn facts(&self) -> Option<&Result<Facts, crate::worker::Trouble>> {
        self.card.facts_in(&self.reader()?.name)
    }

    /// Return whether several readers hold a card, none is chosen, and none is the visit's.
    pub fn is_ambiguous(&self) -> bool {
        let Some(seen) = &self.card.seen else { return false };
        let free = self.visit.reader.is_none() && (self.visit.card.is_none() || self.visit.is_blank());
        free && self.reader().is_none() && seen.readers.iter().filter(|reader| reader.card).count() > 1
    }

    /// Return whether a card is being looked at, or nothing is known about readers yet.
    pub fn is_looking(&self) -> bool {
        self.card.seen.is_none() || self.card.look.is_some()
    }

    /// Return after how long without a key something happens, if anything does.
    pub fn idle_after(&self) -> Option<std::time::Duration> {
        let locks = reaction(self.setup.mode, VisitEvent::Idle, self.visit.place()) == Reaction::Lock;
        match self.visit.cover {
            Some(Cover::Looking) => Some(visit::LOOKING),
            None if locks && !self.visit.is_blank() => Some(visit::IDLE),
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
