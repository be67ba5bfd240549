//! The application state, free of I/O: `update` takes an event and returns effects. No reader, network, file or clock is touched here.
//! `state` holds the data of each page, `update` handles actions on it, `action` lists the actions and `keymap` maps keys to them.

use crate::card::watch::ReaderStates;
use crate::card::{CardStatus, Choice, Reader};
use crate::doctor::findings::Findings;
use crate::locale::Lang;
use crate::locale::words::Face;
use crate::office::done::Ending;
use crate::office::{Record, RecordsError};
use crate::registration::Date;
use crate::registration::transfer::SheetFormat;
use crate::secret::Locked;
use crate::worker::{Job, Message, PasswordRules, Progress, Ticket};
use crossterm::event::KeyEvent;
use day_count::{DayCount, Reached};
use deadline::{Limits, Timer};
use state::cards::CardState;
use state::issue::{Destination, Document};
use state::paste::Pasted;
use state::speech::Speech;
use state::staff::StaffAnswer;
use state::trouble::{TroubleButton, TroublePage};
use std::path::PathBuf;
use std::time::SystemTime;
use visit::{Mode, Visit};

/// User actions.
pub mod action;
/// How many visits a day had.
pub mod day_count;
/// How long what may last while nobody acts.
pub mod deadline;
/// Mapping from keys to actions.
pub(crate) mod keymap;
/// The navigation stack: screens and overlays.
pub mod screen;
/// State of each page, one file per page.
pub mod state;
/// Handling of actions, card events and replies, one file per page.
pub mod update;
/// One visit: one person, one card, one registration. Owns all personal data.
pub mod visit;

pub use action::Action;
pub use update::update;

/// An input to `update`.
pub enum Event {
    /// A key event.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(Pasted),
    /// A secret was entered as a line (line mode).
    Secret(Locked),
    /// An action from a click or a line of input.
    Action(Action),
    /// The set of readers or cards changed.
    Readers(ReaderStates),
    /// The worker replied.
    Worker(Message),
    /// So many whole seconds of a timer have passed (`Model::timers`).
    Passed(Timer, u32),
    /// The staff word was looked at.
    StaffWord(StaffAnswer),
    /// What a person takes home was saved or printed: the path, or what the command said; or why it was not.
    Issued(Ticket, Result<String, String>),
    /// These removable media are mounted; the folder of each, named by its label.
    Media(Vec<PathBuf>),
    /// The records of an office were read, or why they were not; and when the file was last changed.
    Records(Result<Vec<Record>, RecordsError>, Option<SystemTime>),
    /// The transfer sheet was saved to this path, or saving failed.
    SheetSaved(Result<String, String>),
    /// The list of what was done was written, or how many lines wait for it and why.
    Listed(Result<(), (usize, String)>),
    /// The self-diagnosis has gathered what the form does not know itself.
    Diagnosed(Box<Findings>),
    /// This text began to be read aloud.
    Saying(u64),
    /// This text has been read aloud, or cannot be.
    Said(u64),
    /// A page was drawn, and this much of it can be seen.
    Drawn(Extent),
    /// The operating system asked the program to terminate.
    Terminate,
}

/// How long the drawn page is, and how much of it can be seen; both in rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Rows of the page.
    pub rows: usize,
    /// Rows that can be seen.
    pub height: usize,
}

impl Extent {
    /// Return the first row to draw at the end of the page.
    pub const fn last(self) -> usize {
        self.rows.saturating_sub(self.height)
    }

    /// Return how far a page is turned: one row is seen before and after.
    pub(in crate::app) fn turn(self) -> usize {
        self.height.saturating_sub(1).max(1)
    }
}

impl Default for Extent {
    /// Before anything is drawn a page has no end.
    fn default() -> Extent {
        Extent { rows: usize::MAX / 2, height: 11 }
    }
}

impl Event {
    /// Return whether the event is user activity, which restarts the idle timer. Inserting a card counts, so that the page it unlocks stays
    /// unlocked.
    pub fn shows_somebody(&self) -> bool {
        match self {
            Event::Key(_) | Event::Paste(_) | Event::Secret(_) | Event::Action(_) | Event::Readers(_) => true,
            Event::Worker(_)
            | Event::Passed(..)
            | Event::StaffWord(_)
            | Event::Issued(..)
            | Event::Media(_)
            | Event::Records(..)
            | Event::SheetSaved(_)
            | Event::Listed(_)
            | Event::Diagnosed(_)
            | Event::Saying(_)
            | Event::Said(_)
            | Event::Drawn(_)
            | Event::Terminate => false,
        }
    }
}

/// A side effect to be carried out by the caller of `update`.
pub enum Effect {
    /// Send a job to the worker.
    Run(Ticket, Job),
    /// Cancel the worker's current job.
    Cancel,
    /// Gather findings for the self-diagnosis.
    Diagnose,
    /// Look which removable media are mounted.
    FindMedia,
    /// Save or print what a person takes home, on a thread of its own; `Event::Issued` tells what came of it. A file goes to this medium if one
    /// is named.
    Issue(Ticket, Document, Destination, Option<PathBuf>),
    /// Look at a staff word.
    CheckStaffWord(Locked),
    /// Log that a visit of a desk or kiosk has ended, and how.
    Ended(Reached),
    /// Read the records of an office.
    ReadRecords,
    /// Put a value on the clipboard of the terminal; in line mode, print it.
    Copy(String),
    /// Clear the clipboard of the terminal.
    ClearClipboard,
    /// Save the transfer sheet.
    SaveSheet(SheetFormat),
    /// Write into the office's list how the registration of this reference ended.
    List(String, Ending),
    /// Redraw the whole screen: a visit has ended and nothing of it may remain visible.
    Redraw,
    /// End the program.
    Quit,
    /// End the program, to be started again in letters of the other size.
    OtherLetters,
}

/// The size of the letters of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    /// The usual one.
    Usual,
    /// For people who need large letters.
    Large,
}

/// How the program was started, as far as the UI shows it.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// How the pages are shown.
    pub face: Face,
    /// Whether the terminal draws ASCII alone, so that official words cannot stand beside own ones.
    pub latin: bool,
    /// Home, desk or kiosk.
    pub mode: Mode,
    /// The language that every visit to a kiosk begins with.
    pub lang: Lang,
    /// Times.
    pub limits: Limits,
    /// Whether the settings hold a staff word.
    pub has_staff_word: bool,
    /// The size of the letters, where whoever runs the terminal starts it again with the other one.
    pub letters: Option<Letters>,
    /// Practice mode: the two PINs of the simulated card.
    pub practice: Option<[&'static str; 2]>,
    /// The reader named in the settings.
    pub reader: Option<String>,
    /// Mail domains that may reject the service's mail (free mail).
    pub free_mail: Vec<String>,
    /// Domains that a mail filter must let through.
    pub mail_from: Vec<String>,
    /// Whether the settings name a command that prints.
    pub prints: bool,
    /// The languages for which the settings name a command that reads aloud.
    pub speaks: Vec<Lang>,
    /// Name of the service, for receipts and the staff; `None` for an embedded one.
    pub service: Option<String>,
    /// The file of an office's records.
    pub prefill: Option<PathBuf>,
    /// The office's list of what was done.
    pub done_list: Option<PathBuf>,
}

/// A job the user is waiting for.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// Its ticket.
    pub ticket: Ticket,
    /// Its kind.
    pub what: Wait,
    /// How far it has got.
    pub progress: Option<Progress>,
    /// Whole seconds since it was started.
    pub seconds: u32,
}

/// What the user is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Verifying the signing password and reading the certificate.
    SignIn,
    /// Verifying the user-authentication PIN and proving the card.
    Authenticate,
    /// Proving the card with its PIN already verified.
    Prove,
    /// Fetching the terms of use.
    Terms,
    /// Registering.
    Register,
    /// Setting the first password.
    Password,
    /// Logging in with 認証ID and password.
    LogIn,
    /// An account action.
    AccountAction,
    /// Asking for the delivery state of the mail.
    Mail,
}

/// The whole state. Personal data belongs to `visit`; the other fields outlive it.
pub struct Model {
    /// How the program was started.
    pub setup: Setup,
    /// The UI language.
    pub lang: Lang,
    /// The current visit.
    pub visit: Visit,
    /// State of readers and cards.
    pub card: CardState,
    /// What the service asks of a password, once it has said so.
    pub password_rules: Option<PasswordRules>,
    /// How much of the page can be seen.
    pub extent: Extent,
    /// How many visits this day had.
    pub day: DayCount,
    /// When the file was last changed whose one record a visit to a desk was filled from.
    pub(in crate::app) taken: Option<SystemTime>,
    /// Lines that the office's list still lacks, and why; no more than their number is known here.
    pub unlisted: Option<(usize, String)>,
    today: Date,
    tickets: Ticket,
}

impl Model {
    /// Create the initial state; `today` is the date in Japan.
    pub fn new(setup: Setup, lang: Lang, today: Date) -> Model {
        let (chosen, mode) = (setup.reader.clone(), setup.mode);
        let setup = Setup { lang, ..setup };
        let card = CardState { chosen, ..CardState::default() };
        Model {
            setup,
            lang,
            visit: Visit::new(mode, today),
            card,
            password_rules: None,
            extent: Extent::default(),
            day: DayCount::new(today),
            taken: None,
            unlisted: None,
            today,
            tickets: Ticket::default(),
        }
    }

    /// Return the date in Japan that validation uses.
    pub fn today(&self) -> Date {
        self.today
    }

    /// Set the date in Japan: the program may run for weeks.
    pub fn set_today(&mut self, today: Date) {
        if today != self.today {
            (self.today, self.day) = (today, DayCount::new(today));
        }
    }

    /// Return the reader to use: the one that holds the visit's card, and no other while the visit holds personal data.
    pub fn reader(&self) -> Option<&Reader> {
        match &self.visit.reader {
            Some(reader) => self.card.reader_called(reader),
            None if self.visit.card.is_some() && !self.visit.is_blank() => None,
            None => self.card.usual_reader(),
        }
    }

    /// Return the status of the card in use, if it has been read.
    pub fn card_status(&self) -> Option<&Result<CardStatus, crate::worker::JobError>> {
        self.card.status_in(&self.reader()?.name)
    }

    /// Return whether several readers hold a card while none is chosen and none belongs to the visit.
    pub fn is_ambiguous(&self) -> bool {
        self.is_free() && matches!(self.card.choice(), Choice::Several(_))
    }

    /// Return whether it is still to be read which slot of a device holds the card.
    pub(in crate::app) fn is_choosing(&self) -> bool {
        self.is_free() && matches!(self.card.choice(), Choice::Look(_))
    }

    /// Return whether the visit may take the card of any reader.
    pub(in crate::app) fn is_free(&self) -> bool {
        self.visit.reader.is_none() && (self.visit.card.is_none() || self.visit.is_blank())
    }

    /// Return whether a card status is being read, or the readers are not known yet.
    pub fn is_reading_card(&self) -> bool {
        self.card.reader_states.is_none() || self.card.reading.is_some()
    }

    /// Return where a person can let go what they take home: at a kiosk there is no disk of theirs.
    pub fn destinations(&self) -> &'static [Destination] {
        match (self.setup.prints, self.setup.mode) {
            (true, Mode::Kiosk) => &[Destination::Printer],
            (false, Mode::Kiosk) => &[],
            (true, _) => &[Destination::Printer, Destination::File],
            (false, _) => &[Destination::File],
        }
    }

    /// Return the buttons of an error page, in order. At a kiosk the self-check is for the staff.
    pub fn trouble_buttons(&self, page: &TroublePage) -> impl Iterator<Item = TroubleButton> + use<> {
        let checks = (self.setup.mode != Mode::Kiosk).then_some(TroubleButton::Diagnose);
        let has_slip = page.trouble.code().office().is_some() && !self.destinations().is_empty();
        checks.into_iter().chain(has_slip.then_some(TroubleButton::Slip)).chain([TroubleButton::NextStep])
    }

    /// Return whether the person of a kiosk may ask for large letters: before anything is typed, since the program begins anew in them.
    pub fn offers_large(&self) -> bool {
        let begins = self.visit.is_blank() && self.visit.cover.is_none();
        self.setup.mode == Mode::Kiosk && self.setup.letters == Some(Letters::Usual) && begins
    }

    /// Return whether the visitor of a kiosk can have its pages read aloud, in this language.
    pub fn offers_speech(&self) -> bool {
        self.setup.mode == Mode::Kiosk && self.setup.speaks.contains(&self.lang) && !self.visit.nav.is_staffs()
    }

    /// Return what is read aloud.
    pub fn speech(&self) -> Speech {
        if self.offers_speech() { self.visit.speech } else { Speech::Off }
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets.0 = self.tickets.0.wrapping_add(1);
        self.tickets
    }
}

#[cfg(test)]
mod tests;
