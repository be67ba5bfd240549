//! The state of the program, pure: an event goes in, effects come out. No reader, no network, no file, no clock.
//! `update` dispatches; `action` is what a person can want, `keymap` which key says so; `flow` follows the card and the service.

use crate::card::watch::Seen;
use crate::card::{Facts, Reader};
use crate::locale::Lang;
use crate::registration::{Date, FieldId, Form};
use crate::worker::{Job, Message, Opened, Progress, Ticket};
use crossterm::event::KeyEvent;
use form::FormState;
use step::{Over, Screen};

/// What the person wants.
pub mod action;
/// What a registered person can ask for.
pub mod acts;
/// The pages that say what was done.
pub mod done;
/// The first password, set in the terminal.
pub mod first_password;
/// The way through: what the card and the service say, and what follows.
pub mod flow;
/// The state of STEP1.
pub mod form;
/// Which key says what.
pub mod keymap;
/// Pages over a screen.
mod over;
/// A password while it is typed.
pub mod password;
/// The municipality picker.
pub mod picker;
/// From the card's data to the form's offers.
pub mod prefill;
/// Screens, and pages over them.
pub mod step;
/// What each action does on each page.
pub mod update;

pub use action::Action;
pub use update::update;

/// Return the date in Japan (UTC+9, no summer time) of a moment in seconds since 1970.
pub fn date_in_japan(seconds: i64) -> Option<Date> {
    time_in_japan(seconds).map(time::OffsetDateTime::date)
}

/// Return what the clocks in Japan show at a moment in seconds since 1970.
pub fn time_in_japan(seconds: i64) -> Option<time::OffsetDateTime> {
    time::OffsetDateTime::from_unix_timestamp(seconds.checked_add(9 * 3600)?).ok()
}

/// Write a time down to the minute, as a clock in Japan shows it: `2026-11-25 12:04`.
pub fn minute_in_japan(seconds: i64) -> Option<String> {
    let at = time_in_japan(seconds)?;
    Some(format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute()))
}

/// What happened.
pub enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The person wants something, by a click or a line of input.
    Act(Action),
    /// Readers or cards came or went.
    Seen(Seen),
    /// The worker answered.
    Worker(Message),
    /// A receipt was saved at this path, or could not be.
    Saved(Result<String, String>),
    /// The system asks the program to end.
    Terminate,
}

/// What is to be done outside.
pub enum Effect {
    /// Give the worker a job.
    Run(Ticket, Job),
    /// Drop what the worker is doing.
    Cancel,
    /// Save the receipt of STEP3.
    SaveReceipt,
    /// End the program.
    Quit,
}

/// How this program was started, as far as the person is told.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Practice: a simulated card, with the two PINs that it takes.
    pub practice: Option<[&'static str; 2]>,
    /// The reader that the settings name.
    pub reader: Option<String>,
    /// Mail domains from which the service's mail may not come back (free mail).
    pub free_mail: Vec<String>,
    /// Domains from which mail must be allowed.
    pub mail_from: Vec<String>,
}

/// What is known about readers and the card, before any PIN.
#[derive(Debug, Default)]
pub struct CardState {
    /// What PC/SC says; `None` until it has said anything.
    pub seen: Option<Seen>,
    /// The reader that the person or the settings chose.
    pub chosen: Option<String>,
    /// What the card said, or why it could not be looked at.
    pub facts: Option<Result<Facts, crate::worker::Trouble>>,
    /// The look that is under way.
    pub look: Option<Ticket>,
}

impl CardState {
    /// Return the reader to use: the chosen one, else the only one with a card.
    pub fn reader(&self) -> Option<&Reader> {
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

    /// Return whether several readers hold a card and none is chosen.
    pub fn is_ambiguous(&self) -> bool {
        let Some(seen) = &self.seen else { return false };
        self.reader().is_none() && seen.readers.iter().filter(|reader| reader.card).count() > 1
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

/// The whole state.
pub struct Model {
    /// How the program was started.
    pub setup: Setup,
    /// The language.
    pub lang: Lang,
    /// The screen.
    pub screen: Screen,
    /// The page over it.
    pub over: Option<Over>,
    /// The page that help covers, and that closing help shows again.
    pub beneath: Option<Over>,
    /// STEP1.
    pub form: FormState,
    /// What STEP1 became when it was confirmed.
    pub confirmed: Option<Box<Form>>,
    /// Version of the terms that were agreed to with it.
    pub agreed: Option<String>,
    /// What a registered person types.
    pub acts: acts::ActPage,
    /// Readers and card.
    pub card: CardState,
    /// The open session: the card is proved, STEP1 can be filled in.
    pub session: Option<Opened>,
    /// The signing certificate's last day, in Japan.
    pub certificate_last: Option<Date>,
    /// What the person waits for.
    pub waiting: Option<Waiting>,
    today: Date,
    tickets: Ticket,
}

impl Model {
    /// Make the state of a program that has just started; `today` is the date in Japan.
    pub fn new(setup: Setup, lang: Lang, today: Date) -> Model {
        let chosen = setup.reader.clone();
        Model {
            setup,
            lang,
            screen: Screen::Top(0),
            over: None,
            beneath: None,
            form: FormState::new(today),
            confirmed: None,
            agreed: None,
            acts: acts::ActPage::default(),
            card: CardState { chosen, ..CardState::default() },
            session: None,
            certificate_last: None,
            waiting: None,
            today,
            tickets: Ticket::default(),
        }
    }

    /// Return the date in Japan that the program goes by.
    pub fn today(&self) -> Date {
        self.today
    }

    /// Fill the form beforehand, as a desk does from its own records.
    pub fn prefill(&mut self, draft: &crate::registration::Draft) {
        for row in &crate::registration::FIELDS {
            let value = draft.get(row.id);
            if !value.is_empty() && row.id != FieldId::Consent {
                self.form.set(row.id, value.to_owned());
            }
        }
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets.0 = self.tickets.0.wrapping_add(1);
        self.tickets
    }

    /// Forget the person: the next one must find nothing of the last.
    fn forget_person(&mut self) {
        self.form = FormState::new(self.today);
        self.confirmed = None;
        self.agreed = None;
        self.acts = acts::ActPage::default();
        self.session = None;
        self.certificate_last = None;
    }
}

#[cfg(test)]
mod tests;
