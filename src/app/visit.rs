//! A visit: one person, one card, one registration. It owns all personal data and ends by being dropped (visit.md).
//! What a visit does when its card goes, another comes or nobody is there, at home and at a desk, is one table, `reaction`; `update` carries it out.

use crate::app::day_count::Reached;
use crate::app::screen::{Navigation, Screen};
use crate::app::state::account::AccountPage;
use crate::app::state::form::FormState;
use crate::app::state::issue::Printed;
use crate::app::state::pin::AfterPin;
use crate::app::state::result;
use crate::app::state::speech::Speech;
use crate::app::{Effect, Waiting};
use crate::card::{CardId, Purpose};
use crate::certificate::Holder;
use crate::office::Record;
use crate::office::done::Ending;
use crate::registration::Date;
use crate::worker::{Confirmed, OpenSession, SigningCertificate};
use std::sync::Arc;
use std::time::SystemTime;

/// How the program is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// By one person, at home.
    #[default]
    Home,
    /// At a help desk: one machine, many people in turn, assisted by a clerk.
    Desk,
    /// One machine, many people in turn, nobody beside them.
    Kiosk,
}

impl Mode {
    /// Return whether the transfer sheet is offered: at a kiosk nobody copies by hand, and nothing is saved.
    pub const fn offers_sheet(self) -> bool {
        !matches!(self, Mode::Kiosk)
    }
}

/// An event that affects a visit as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum VisitEvent {
    /// Its card was removed.
    CardAway,
    /// Another My Number Card was inserted while its own is away.
    OtherCard,
    /// No activity for as long as `Limits` says.
    Idle,
    /// Esc, or 戻る.
    Back,
}

/// Stage of a visit, as far as `reaction` depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// STEP1 or STEP2, with any overlays: personal data is on the screen.
    Form,
    /// STEP3, or the result of an account action.
    Result,
    /// Any other page.
    Elsewhere,
}

/// How a visit reacts to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Reaction {
    /// Keep the page unchanged.
    Stay,
    /// Keep the page, and say that 登録 needs the card.
    Say,
    /// Wait for the card and continue by itself.
    Wait,
    /// Cover the page until the same card is back.
    Cover,
    /// Lock the page until the same card is inserted.
    Lock,
    /// Ask which card to continue with; the default is to put the first one back.
    AskFirst,
    /// Ask which card to continue with; the default is to start over.
    AskAgain,
    /// Ask whether the result was written down, and end.
    Finish,
    /// Warn that the visit ends unless somebody acts.
    Warn,
    /// Ask whether to discard what was typed, and end.
    Ask,
    /// Go to the top page and keep the visit open.
    Top,
    /// Go one step back.
    Step,
}

/// Return the reaction to an event, by mode and stage: the table of visit.md.
pub(in crate::app) const fn reaction(mode: Mode, happening: VisitEvent, stage: Stage) -> Reaction {
    match (happening, stage, mode) {
        (VisitEvent::CardAway, Stage::Form, Mode::Home) => Reaction::Say,
        (VisitEvent::CardAway, Stage::Form, Mode::Desk | Mode::Kiosk) => Reaction::Cover,
        (VisitEvent::CardAway, Stage::Result, Mode::Home | Mode::Desk) => Reaction::Stay,
        (VisitEvent::CardAway, Stage::Result, Mode::Kiosk) => Reaction::Finish,
        (VisitEvent::CardAway, Stage::Elsewhere, Mode::Home | Mode::Desk) => Reaction::Wait,
        (VisitEvent::CardAway, Stage::Elsewhere, Mode::Kiosk) => Reaction::Cover,
        // The result stays until it has been written down; only then is the next card read.
        (VisitEvent::OtherCard, Stage::Result, _) => Reaction::Stay,
        (VisitEvent::OtherCard, _, Mode::Home) => Reaction::AskFirst,
        (VisitEvent::OtherCard, _, Mode::Desk | Mode::Kiosk) => Reaction::AskAgain,
        (VisitEvent::Idle, _, Mode::Home) => Reaction::Stay,
        (VisitEvent::Idle, _, Mode::Desk) => Reaction::Lock,
        (VisitEvent::Idle, _, Mode::Kiosk) => Reaction::Warn,
        (VisitEvent::Back, Stage::Form, Mode::Home | Mode::Desk) => Reaction::Top,
        (VisitEvent::Back, Stage::Form, Mode::Kiosk) => Reaction::Ask,
        (VisitEvent::Back, Stage::Result, _) => Reaction::Stay,
        (VisitEvent::Back, Stage::Elsewhere, _) => Reaction::Step,
    }
}

/// Why all pages of a visit are hidden. Ends when the visit's card is inserted, or with the visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// The card is out.
    Away,
    /// The card may be taken out for reading its face, and will come back.
    CardOut,
    /// The idle limit was reached.
    Locked,
    /// Nobody acts: the visit ends soon unless somebody does. Any key uncovers the page.
    Unattended,
    /// The last person's card lies in the reader still; this visit begins once it is taken.
    TakeCard,
    /// Another person's card is in a reader; the selected row, 0 to put the first one back.
    OtherCard(usize),
}

/// All personal data of a visit.
pub struct Visit {
    /// The navigation stack.
    pub nav: Navigation,
    /// Why all pages are hidden, if they are.
    pub cover: Option<Cover>,
    /// The cover before another card appeared, restored once that card is removed.
    pub covered_before: Option<Cover>,
    /// The card the visit is bound to since its status was first read.
    pub card: Option<CardId>,
    /// The reader that holds it; `None` while it is out.
    pub reader: Option<String>,
    /// Whether it was removed since the last user-authentication PIN.
    pub needs_pin_again: bool,
    /// The signing certificate STEP1 was filled from.
    pub certificate: Option<Box<SigningCertificate>>,
    /// The open session: the card is proved and STEP1 can be filled in.
    pub session: Option<OpenSession>,
    /// The terms of the last session, to which consent in STEP1 refers.
    pub terms: Option<String>,
    /// State of STEP1.
    pub form: FormState,
    /// What happened to the records prefilled at a desk.
    pub prefill: Prefilled,
    /// The records that may be this person's, until the card has said whose they are.
    pub(in crate::app) records: Vec<Record>,
    /// When the file was last changed that holds this one record and no other.
    pub(in crate::app) records_changed: Option<SystemTime>,
    /// Whether the clerk has said that a file which was used for the last person is this one's too.
    pub(in crate::app) uses_again: bool,
    /// The office's reference of the record that was filled in, and how its registration stands.
    pub(in crate::app) reference: Option<(String, Ending)>,
    /// Whether a value was put on the clipboard.
    pub(in crate::app) copied: bool,
    /// How often it has printed.
    pub(in crate::app) printed: Printed,
    /// State of the account action's input page.
    pub account: AccountPage,
    /// The job the user is waiting for.
    pub waiting: Option<Waiting>,
    /// Whether to continue as soon as the card status has been read.
    pub resumes_when_read: bool,
    /// Seconds since the last user activity, as far as they were told.
    pub unattended: u32,
    /// Seconds since the card went away, as far as they were told.
    pub away: u32,
    /// Whether the key for more time was pressed since the last warning.
    pub has_more_time: bool,
    /// Whether the pages are shown in the colours of the highest contrast.
    pub contrast: bool,
    /// What is read aloud.
    pub speech: Speech,
    /// The text that is being said.
    pub(in crate::app) saying: Option<u64>,
    /// What it has reached so far.
    pub reached: Reached,
}

/// What happened to the records prefilled at a desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prefilled {
    /// There were none.
    #[default]
    None,
    /// They were filled into STEP1.
    Applied,
    /// They do not match the card's holder: nothing of them is shown.
    Withheld,
    /// Several of them match.
    Several,
}

impl Visit {
    /// Create a blank visit.
    pub fn new(mode: Mode, today: Date) -> Visit {
        Visit {
            nav: Navigation::new(if mode == Mode::Kiosk { Screen::Attract(0) } else { Screen::Top(0) }),
            cover: None,
            covered_before: None,
            card: None,
            reader: None,
            needs_pin_again: false,
            certificate: None,
            session: None,
            terms: None,
            form: FormState::new(today),
            prefill: Prefilled::None,
            records: Vec::new(),
            records_changed: None,
            uses_again: false,
            reference: None,
            copied: false,
            printed: Printed::default(),
            account: AccountPage::default(),
            waiting: None,
            resumes_when_read: false,
            unattended: 0,
            away: 0,
            has_more_time: false,
            contrast: false,
            speech: Speech::Off,
            saying: None,
            reached: Reached::default(),
        }
    }

    /// Return whether a registration is in progress, which the top page can resume.
    pub fn is_open(&self) -> bool {
        self.certificate.is_some() || self.session.is_some()
    }

    /// Return whether ending the visit loses nothing: nothing personal was read or typed.
    pub fn is_blank(&self) -> bool {
        let page = match &self.nav.screen {
            Screen::Attract(_) | Screen::Top(_) | Screen::Prepare(_) | Screen::AccountMenu(_) => true,
            Screen::Pin(entry) => entry.pin.is_empty(),
            Screen::FirstPassword(page) => page.is_blank(),
            Screen::Account => self.account.is_blank(),
            Screen::Form | Screen::Confirm(_) | Screen::Result(_) => false,
        };
        page && !self.is_open() && self.account.is_blank() && self.nav.previous_screen().is_none() && self.waiting.is_none()
    }

    /// Return the stage.
    pub fn stage(&self) -> Stage {
        match &self.nav.screen {
            Screen::Form | Screen::Confirm(_) => Stage::Form,
            Screen::Result(_) => Stage::Result,
            // The result is behind this screen and would be lost with the visit.
            _ if matches!(self.nav.previous_screen(), Some(Screen::Result(_))) => Stage::Result,
            _ => Stage::Elsewhere,
        }
    }

    /// Return the purpose of the PIN that is asked for, if one is.
    pub(in crate::app) fn pin_purpose(&self) -> Option<Purpose> {
        match &self.nav.screen {
            Screen::Pin(entry) => Some(entry.pin.purpose()),
            _ => None,
        }
    }

    /// Return what follows a PIN that is asked for on this screen.
    pub(in crate::app) fn after_pin(&self) -> AfterPin {
        match &self.nav.screen {
            Screen::Pin(entry) => entry.then.clone(),
            Screen::Confirm(page) => AfterPin::Register(Arc::clone(&page.confirmed)),
            Screen::Account | Screen::AccountMenu(_) => AfterPin::Account,
            _ => AfterPin::Continue,
        }
    }

    /// Return the holder named in the signing certificate.
    pub fn holder(&self) -> Option<&Holder> {
        self.certificate.as_ref().map(|certificate| &certificate.holder)
    }

    /// Return the signing certificate's last day of validity, in Japan.
    pub fn certificate_last(&self) -> Option<Date> {
        crate::time::date_in_japan(self.certificate.as_ref()?.validity.until)
    }

    /// Return the result on the screen or directly behind it.
    pub fn result(&self) -> Option<&result::ResultPage> {
        match (&self.nav.screen, self.nav.previous_screen()) {
            (Screen::Result(done), _) | (_, Some(Screen::Result(done))) => Some(done),
            _ => None,
        }
    }

    /// Borrow the records that may be this person's.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Borrow the form that STEP2 or STEP3 shows.
    pub fn confirmed(&self) -> Option<&Arc<Confirmed>> {
        match (&self.nav.screen, self.result().map(|done| &done.outcome)) {
            (Screen::Confirm(page), _) => Some(&page.confirmed),
            (_, Some(result::Outcome::Registered(_, confirmed))) => Some(confirmed),
            _ => None,
        }
    }

    /// Return what the end of the visit leaves to do outside of it.
    pub(in crate::app) fn last_effects(&mut self) -> Vec<Effect> {
        let listed = self.reference.take().map(|(reference, ending)| Effect::List(reference, ending));
        listed.into_iter().chain(std::mem::take(&mut self.copied).then_some(Effect::ClearClipboard)).collect()
    }

    /// Wipe what was typed of a PIN or password, on this page and those behind it.
    pub(in crate::app) fn wipe_secrets(&mut self) {
        for screen in self.nav.screens_mut() {
            match screen {
                Screen::Pin(entry) => entry.pin.clear(),
                Screen::FirstPassword(page) => page.password.clear(),
                _ => {}
            }
        }
        self.account.password.clear();
    }

    /// Return whether the registration is being signed or sent: then only its reply may end the visit.
    pub fn is_sending(&self) -> bool {
        use crate::worker::Phase::{Sending, Signing};
        let Some(Waiting { what: crate::app::Wait::Register, progress, .. }) = self.waiting else { return false };
        progress.is_some_and(|progress| matches!(progress.phase, Signing | Sending))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_in_each_mode_is_what_the_table_says() {
        use Reaction::{Ask, AskAgain, AskFirst, Cover, Finish, Lock, Say, Stay, Step, Top, Wait, Warn};
        use Stage::{Elsewhere, Form, Result};
        use VisitEvent::{Back, CardAway, Idle, OtherCard};
        for (happening, stage, home, desk, kiosk) in [
            (CardAway, Form, Say, Cover, Cover),
            (CardAway, Result, Stay, Stay, Finish),
            (CardAway, Elsewhere, Wait, Wait, Cover),
            (OtherCard, Form, AskFirst, AskAgain, AskAgain),
            (OtherCard, Result, Stay, Stay, Stay),
            (OtherCard, Elsewhere, AskFirst, AskAgain, AskAgain),
            (Idle, Form, Stay, Lock, Warn),
            (Idle, Result, Stay, Lock, Warn),
            (Idle, Elsewhere, Stay, Lock, Warn),
            (Back, Form, Top, Top, Ask),
            (Back, Result, Stay, Stay, Stay),
            (Back, Elsewhere, Step, Step, Step),
        ] {
            assert_eq!(reaction(Mode::Home, happening, stage), home, "{happening:?} {stage:?}");
            assert_eq!(reaction(Mode::Desk, happening, stage), desk, "{happening:?} {stage:?}");
            assert_eq!(reaction(Mode::Kiosk, happening, stage), kiosk, "{happening:?} {stage:?}");
        }
    }
}
