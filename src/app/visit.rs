//! A visit: one person, one card, one registration. It owns everything personal, and ends by being dropped (visit.md).
//! What differs between the modes stands in one table, `reaction`. What each event then does is `flow`'s and `update`'s.

use crate::app::Waiting;
use crate::app::screen::{Navigation, Screen};
use crate::app::state::account::AccountPage;
use crate::app::state::form::FormState;
use crate::app::state::result;
use crate::card::CardId;
use crate::certificate::Holder;
use crate::registration::Date;
use crate::worker::{OpenSession, SigningCertificate};

/// How the program is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// By one person, at home.
    #[default]
    Home,
    /// At a help desk: one machine, many people one after another, a clerk beside them.
    Desk,
}

/// Something that can happen to a visit from outside its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum VisitEvent {
    /// Its card is taken away.
    CardAway,
    /// Another My Number Card is put in while its own is away.
    OtherCard,
    /// Nobody has touched anything for `IDLE_LIMIT`.
    Idle,
    /// Esc, or 戻る.
    Back,
}

/// Where a visit stands, as far as that decides what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// STEP1 and STEP2, and pages over them: personal data stands on the screen.
    Form,
    /// STEP3, or the result of another action.
    Result,
    /// Any other page.
    Elsewhere,
}

/// What a visit does when something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Reaction {
    /// The page stays as it is.
    Stay,
    /// The page stays, and says that the card is needed at 登録.
    Say,
    /// The page waits for the card, and goes on by itself.
    Wait,
    /// The page is covered until the same card is back.
    Cover,
    /// The page is locked until the same card is put in.
    Lock,
    /// Asks which of the two goes on; to put the first card back is the default.
    AskFirst,
    /// Asks which of the two goes on; to start again is the default.
    AskAgain,
    /// To the top page, the visit open.
    Top,
    /// One step back.
    Step,
}

/// After so long without a key a desk locks.
pub const IDLE_LIMIT: std::time::Duration = std::time::Duration::from_secs(5 * 60);

/// So long a person may look at the card; then the page is one whose card is away, or that nobody touches.
pub const CARD_OUT_LIMIT: std::time::Duration = std::time::Duration::from_secs(3 * 60);

/// The table of visit.md: what happens in which mode at which place.
pub(in crate::app) const fn reaction(mode: Mode, happening: VisitEvent, stage: Stage) -> Reaction {
    match (happening, stage, mode) {
        (VisitEvent::CardAway, Stage::Form, Mode::Home) => Reaction::Say,
        (VisitEvent::CardAway, Stage::Form, Mode::Desk) => Reaction::Cover,
        (VisitEvent::CardAway, Stage::Result, _) => Reaction::Stay,
        (VisitEvent::CardAway, Stage::Elsewhere, _) => Reaction::Wait,
        // The result stays until the person has written it down: the next card is looked at then.
        (VisitEvent::OtherCard, Stage::Result, _) => Reaction::Stay,
        (VisitEvent::OtherCard, _, Mode::Home) => Reaction::AskFirst,
        (VisitEvent::OtherCard, _, Mode::Desk) => Reaction::AskAgain,
        (VisitEvent::Idle, _, Mode::Home) => Reaction::Stay,
        (VisitEvent::Idle, _, Mode::Desk) => Reaction::Lock,
        (VisitEvent::Back, Stage::Form, _) => Reaction::Top,
        (VisitEvent::Back, Stage::Result, _) => Reaction::Stay,
        (VisitEvent::Back, Stage::Elsewhere, _) => Reaction::Step,
    }
}

/// What hides every page of a visit. It goes when the visit's card is put in, and with the visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// The card is away.
    Away,
    /// The person wants to look at the card: it may be taken out, and comes back.
    CardOut,
    /// Nobody has touched anything for a while.
    Locked,
    /// Another person's card lies there; the chosen row, 0 puts the first one back.
    OtherCard(usize),
}

/// Everything personal.
pub struct Visit {
    /// Where the person is.
    pub nav: Navigation,
    /// What hides every page.
    pub cover: Option<Cover>,
    /// What hid them before another card came: it stays when that has gone.
    pub cover_before: Option<Cover>,
    /// The card that this visit is bound to since its first look.
    pub card: Option<CardId>,
    /// The reader in which it lies; none while it is away.
    pub reader: Option<String>,
    /// Whether it was away since the user-authentication PIN was given last.
    pub was_away: bool,
    /// The signing certificate that STEP1 was filled from.
    pub certificate: Option<Box<SigningCertificate>>,
    /// The open session: the card is proved, STEP1 can be filled in.
    pub session: Option<OpenSession>,
    /// The terms of the session that was proved last: what consent in STEP1 is given to.
    pub terms: Option<String>,
    /// STEP1.
    pub form: FormState,
    /// What became of the records that a desk has given beforehand.
    pub prefill: Prefilled,
    /// What a registered person types.
    pub account: AccountPage,
    /// What the person waits for.
    pub waiting: Option<Waiting>,
    /// The person wants to go on as soon as the card has been looked at.
    pub continues_once_read: bool,
}

/// What became of the records that a desk has given beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prefilled {
    /// There were none.
    #[default]
    None,
    /// They stand in STEP1.
    Taken,
    /// They are not of the card's holder: nothing of them is shown.
    Withheld,
}

impl Visit {
    /// Make a visit of which nothing is known yet.
    pub fn new(today: Date) -> Visit {
        Visit {
            nav: Navigation::new(Screen::Top(0)),
            cover: None,
            cover_before: None,
            card: None,
            reader: None,
            was_away: false,
            certificate: None,
            session: None,
            terms: None,
            form: FormState::new(today),
            prefill: Prefilled::None,
            account: AccountPage::default(),
            waiting: None,
            continues_once_read: false,
        }
    }

    /// Return whether a registration is under way: it goes on from the top page.
    pub fn is_open(&self) -> bool {
        self.certificate.is_some() || self.session.is_some()
    }

    /// Return whether nothing is lost if it ends: nothing personal was read or typed.
    pub fn is_blank(&self) -> bool {
        let page = match &self.nav.screen {
            Screen::Top(_) | Screen::Prepare(_) | Screen::AccountMenu(_) => true,
            Screen::Pin(entry) => entry.pin.is_empty(),
            Screen::FirstPassword(page) => page.is_blank(),
            Screen::Account => self.account.is_blank(),
            Screen::Input | Screen::Confirm(_) | Screen::Result(_) => false,
        };
        page && !self.is_open() && self.account.is_blank() && self.nav.return_to().is_none() && self.waiting.is_none()
    }

    /// Return where it stands.
    pub fn stage(&self) -> Stage {
        match &self.nav.screen {
            Screen::Input | Screen::Confirm(_) => Stage::Form,
            Screen::Result(_) => Stage::Result,
            // The result stands behind the page: it is lost with the visit.
            _ if matches!(self.nav.return_to(), Some(Screen::Result(_))) => Stage::Result,
            _ => Stage::Elsewhere,
        }
    }

    /// Return what the signing certificate says of its holder.
    pub fn holder(&self) -> Option<&Holder> {
        self.certificate.as_ref().map(|certificate| &certificate.holder)
    }

    /// Return the signing certificate's last day, in Japan.
    pub fn certificate_last(&self) -> Option<Date> {
        crate::time::date_in_japan(self.certificate.as_ref()?.validity.until)
    }

    /// Return the result that is shown, or that stands behind the page that is.
    pub fn result(&self) -> Option<&result::ResultPage> {
        match (&self.nav.screen, self.nav.return_to()) {
            (Screen::Result(done), _) | (_, Some(Screen::Result(done))) => Some(done),
            _ => None,
        }
    }

    /// Return whether the registration is signed, or being signed, and not answered: nothing ends the visit now but the answer.
    pub fn is_sending(&self) -> bool {
        use crate::worker::Doing::{Sending, Signing};
        let Some(Waiting { what: crate::app::Wait::Register, progress, .. }) = self.waiting else { return false };
        progress.is_some_and(|progress| matches!(progress.doing, Signing | Sending))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_in_each_mode_is_what_the_table_says() {
        use Reaction::{AskAgain, AskFirst, Cover, Lock, Say, Stay, Step, Top, Wait};
        use Stage::{Elsewhere, Form, Result};
        use VisitEvent::{Back, CardAway, Idle, OtherCard};
        for (happening, place, home, desk) in [
            (CardAway, Form, Say, Cover),
            (CardAway, Result, Stay, Stay),
            (CardAway, Elsewhere, Wait, Wait),
            (OtherCard, Form, AskFirst, AskAgain),
            (OtherCard, Result, Stay, Stay),
            (OtherCard, Elsewhere, AskFirst, AskAgain),
            (Idle, Form, Stay, Lock),
            (Idle, Result, Stay, Lock),
            (Idle, Elsewhere, Stay, Lock),
            (Back, Form, Top, Top),
            (Back, Result, Stay, Stay),
            (Back, Elsewhere, Step, Step),
        ] {
            assert_eq!(reaction(Mode::Home, happening, place), home, "{happening:?} {place:?}");
            assert_eq!(reaction(Mode::Desk, happening, place), desk, "{happening:?} {place:?}");
        }
    }
}
