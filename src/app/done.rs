//! The pages that say what was done: STEP3 and the results of acts. Where the mail is stands there, and can be asked again.

use super::action::Action;
use super::acts::{self, Choice};
use super::step::Screen;
use super::update::{moved, scrolled};
use super::{Effect, Model, Wait, flow, minute_in_japan};
use crate::error::Code;
use crate::locale::{Lang, Text};
use crate::worker::{Acted, Job, Mail, MailState, Registered};

/// What was done.
pub enum Deed {
    /// The registration.
    Registered(Registered),
    /// What a registered person asked for.
    Act(Choice, Acted),
}

/// A button of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// To the top page: the person is done.
    Top,
    /// To the page from which the act was asked for.
    Back,
    /// Save a receipt.
    Save,
    /// Ask where the mail is now.
    AskMail,
    /// Correct the mail address.
    Address,
    /// Set the first password.
    FirstPassword,
}

impl Button {
    /// Return the text of the button.
    pub const fn text(self) -> Text {
        match self {
            Button::Top => Text::DoneTop,
            Button::Back => Text::Back,
            Button::Save => Text::DoneSave,
            Button::AskMail => Text::MailAsk,
            Button::Address => Text::ActAddress,
            Button::FirstPassword => Text::TopFirstPassword,
        }
    }
}

/// What a button has brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoneNote {
    /// A receipt was saved at this path.
    Saved(String),
    /// The receipt could not be saved.
    NotSaved(String),
    /// Where the mail is now.
    Mail,
    /// Why it could not be found out where the mail is now.
    MailUnknown(Code),
}

/// The page.
pub struct Done {
    /// What was done.
    pub deed: Deed,
    /// The chosen button.
    pub row: usize,
    /// How far the page is scrolled: it begins at its top, with the 認証ID, and turns to the buttons when one is gone to.
    pub line: Option<usize>,
    /// What a button has brought.
    pub note: Option<DoneNote>,
}

impl Done {
    /// Make the page of something that has just been done.
    pub fn new(deed: Deed) -> Done {
        Done { deed, row: 0, line: Some(0), note: None }
    }

    /// Return the mail that was written, if one was.
    pub fn mail(&self) -> Option<&Mail> {
        match &self.deed {
            Deed::Registered(registered) => Some(&registered.mail),
            Deed::Act(_, Acted::Mailed(mail) | Acted::LoggedIn(Some(mail))) => Some(mail),
            Deed::Act(..) => None,
        }
    }

    /// Return the buttons, in order. `behind` says whether there is a page to go back to.
    pub fn buttons(&self, behind: bool) -> Vec<Button> {
        let mut buttons = vec![if behind { Button::Back } else { Button::Top }];
        match &self.deed {
            Deed::Registered(_) => buttons.extend([Button::Save, Button::AskMail]),
            Deed::Act(_, Acted::LoggedIn(Some(_))) => buttons.push(Button::AskMail),
            Deed::Act(Choice::Resend, _) => buttons.push(Button::FirstPassword),
            Deed::Act(..) => {}
        }
        if self.mail().is_some_and(|mail| mail.state == MailState::Stuck) {
            buttons.push(Button::Address);
        }
        buttons
    }

    /// Note where the mail is now. The folder that it lies in is only told once.
    fn found(&mut self, mut mail: Mail) {
        mail.folder = mail.folder.or_else(|| self.mail()?.folder.clone());
        match &mut self.deed {
            Deed::Registered(registered) => registered.mail = mail,
            Deed::Act(_, Acted::Mailed(old) | Acted::LoggedIn(Some(old))) => *old = mail,
            Deed::Act(..) => {}
        }
    }
}

pub(super) fn act(model: &mut Model, wish: Action) -> Vec<Effect> {
    let behind = model.acts.behind.is_some();
    let Screen::Done(done) = &mut model.screen else { return Vec::new() };
    let buttons = done.buttons(behind);
    if matches!(wish, Action::PageDown | Action::PageUp | Action::First | Action::Last) {
        done.line = scrolled(done.line.unwrap_or(0), &wish);
        return Vec::new();
    }
    if let Some(there) = moved(done.row, buttons.len(), &wish) {
        (done.row, done.line) = (there, None);
        return Vec::new();
    }
    let chosen = match wish {
        Action::Activate | Action::Toggle => done.row,
        Action::Row(chosen) => chosen,
        _ => return Vec::new(),
    };
    if chosen < buttons.len() {
        done.row = chosen;
    }
    match buttons.get(chosen) {
        Some(Button::Top) => flow::to_top(model),
        Some(Button::Back) => acts::go_back(model),
        Some(Button::Save) => vec![Effect::SaveReceipt],
        Some(Button::AskMail) => flow::run(model, Wait::Mail, Job::AskMail),
        Some(Button::Address) => {
            let here = std::mem::replace(&mut model.screen, Screen::Top(0));
            model.acts.behind = Some(Box::new(here));
            acts::choose(model, Choice::Address)
        }
        Some(Button::FirstPassword) => {
            let effects = flow::to_top(model);
            model.screen = Screen::FirstPassword(Box::default());
            effects
        }
        None => Vec::new(),
    }
}

/// The service has said where the mail is, or why it could not.
pub(super) fn answered(model: &mut Model, answer: Result<Mail, Code>) {
    let behind = model.acts.behind.is_some();
    let Screen::Done(done) = &mut model.screen else { return };
    // The answer stands at the top of the page.
    done.line = Some(0);
    done.note = Some(match answer {
        Ok(mail) => {
            done.found(mail);
            DoneNote::Mail
        }
        Err(code) => DoneNote::MailUnknown(code),
    });
    // What can be done about a mail that is stuck is offered first.
    done.row = done.buttons(behind).iter().position(|button| *button == Button::Address).unwrap_or(done.row);
}

/// Say when somebody was registered, in Japan's time; nothing if the service has not said it.
pub fn registered_at(lang: Lang, registered: &Registered) -> String {
    registered.registered_at.and_then(minute_in_japan).map(|when| lang.fill(Text::DoneAt, &[&when])).unwrap_or_default()
}
