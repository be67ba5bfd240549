//! What a registered person can ask for: the page that lists it, the page on which is typed what an act needs to know, and the way from
//! there through the PIN pages to its result.

use super::action::Action;
use super::done::{Deed, Done};
use super::form::{FormState, ROOM};
use super::password::Password;
use super::paste::Pasted;
use super::step::{Screen, Then, WayOn, is_word};
use super::update::{TOP, TopRow, moved};
use super::{Effect, Model, Wait, cards, flow};
use crate::card::Purpose;
use crate::card::pin::Pin;
use crate::error::Code;
use crate::locale::Text;
use crate::registration::fold::fold;
use crate::registration::{FieldId, Problem, rule};
use crate::worker::{Act, Acted, Job, Trouble};
use crossterm::event::KeyEvent;
use tui_input::backend::crossterm::EventHandler;
use tui_input::{Input, InputRequest};

/// What can be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Log in with the card.
    #[default]
    LogInByCard,
    /// Log in with 認証ID and password.
    LogIn,
    /// The mail with the password link once more.
    Resend,
    /// The 認証ID once more.
    Remind,
    /// Another mail address.
    Address,
    /// A new card.
    Link,
    /// Delete the registration.
    Withdraw,
}

impl Choice {
    /// Every choice, in the order of the page; 戻る stands behind them.
    pub const ALL: [Choice; 7] =
        [Choice::LogInByCard, Choice::LogIn, Choice::Resend, Choice::Remind, Choice::Address, Choice::Link, Choice::Withdraw];

    /// Return its text.
    pub const fn text(self) -> Text {
        match self {
            Choice::LogInByCard => Text::ActLogInByCard,
            Choice::LogIn => Text::ActLogIn,
            Choice::Resend => Text::ActResend,
            Choice::Remind => Text::ActRemind,
            Choice::Address => Text::ActAddress,
            Choice::Link => Text::ActLink,
            Choice::Withdraw => Text::ActWithdraw,
        }
    }

    /// Return what it needs to know, in order; empty where the card alone says it.
    pub const fn items(self) -> &'static [ActFocus] {
        use ActFocus::{Back, Email, EmailAgain, Go, Id, Password, Show, Word};
        match self {
            Choice::LogInByCard | Choice::Resend | Choice::Remind => &[],
            Choice::LogIn | Choice::Link => &[Id, Password, Show, Go, Back],
            Choice::Address => &[Email, EmailAgain, Go, Back],
            Choice::Withdraw => &[Word, Go, Back],
        }
    }

    fn row(self) -> usize {
        Choice::ALL.iter().position(|choice| *choice == self).unwrap_or(0)
    }
}

/// Where the person is on the page of an act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ActFocus {
    /// 認証ID.
    #[default]
    Id,
    /// The password.
    Password,
    /// パスワードを表示する。
    Show,
    /// The new mail address.
    Email,
    /// The new mail address again.
    EmailAgain,
    /// The word before the registration is deleted.
    Word,
    /// Go on.
    Go,
    /// 戻る.
    Back,
}

/// What is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActNote {
    /// No 認証ID was typed.
    NoId,
    /// No password was typed.
    NoPassword,
    /// 認証ID and password do not belong together.
    LoginRefused,
    /// The mail address cannot stand.
    Problem(FieldId, Problem),
    /// The word is missing.
    Word,
    /// A paste of so many characters was refused.
    Paste(usize),
}

/// Whether the card still remembers the user-authentication PIN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CardUse {
    /// It has been given back, or was never asked.
    #[default]
    Closed,
    /// It proved the person a moment ago, and the service said that they are registered: no PIN is asked for again.
    Open,
}

/// The word that must be typed before a registration is deleted: ASCII, so that it can be typed without an input method.
pub const WITHDRAW_WORD: &str = "DELETE";

/// What a registered person types. The password leaves it by value into the worker's job.
#[derive(Default)]
pub struct ActPage {
    /// What was chosen.
    pub choice: Choice,
    /// Where the person is.
    pub focus: ActFocus,
    /// 認証ID as typed.
    pub id: Input,
    /// The password as typed.
    pub password: Password,
    /// Whether it is shown.
    pub shown: bool,
    /// The new mail address, and the same again.
    pub email: [Input; 2],
    /// The word before the registration is deleted.
    pub word: Input,
    /// What is to be said.
    pub note: Option<ActNote>,
    /// Whether the card is open.
    pub card: CardUse,
    /// The page from which this one was opened, to go back to; the top page if there is none.
    pub behind: Option<Box<Screen>>,
}

impl ActPage {
    /// Return what the card is to sign.
    pub fn act(&self) -> Act {
        match self.choice {
            Choice::LogInByCard | Choice::LogIn => Act::LogIn,
            Choice::Resend => Act::Resend,
            Choice::Remind => Act::Remind,
            Choice::Address => Act::Address(self.email_at(0).to_owned()),
            Choice::Link => Act::Link(self.id.value().to_owned()),
            Choice::Withdraw => Act::Withdraw,
        }
    }

    fn email_at(&self, place: usize) -> &str {
        self.email.get(place).map(Input::value).unwrap_or_default()
    }

    /// Return the line of text that has the focus.
    fn line(&mut self) -> Option<&mut Input> {
        let [email, again] = &mut self.email;
        match self.focus {
            ActFocus::Id => Some(&mut self.id),
            ActFocus::Email => Some(email),
            ActFocus::EmailAgain => Some(again),
            ActFocus::Word => Some(&mut self.word),
            _ => None,
        }
    }

    fn edit(&mut self, key: KeyEvent) {
        if let Some(line) = self.line() {
            line.handle_event(&crossterm::event::Event::Key(key));
            self.note = None;
        }
    }

    /// Return whether nothing is typed, nothing proved, and no page is behind.
    pub fn is_blank(&self) -> bool {
        let [email, again] = &self.email;
        let typed = [&self.id, email, again, &self.word].iter().any(|line| !line.value().is_empty());
        !typed && self.password.is_empty() && self.card == CardUse::Closed && self.behind.is_none()
    }

    pub(super) fn paste(&mut self, pasted: &Pasted) {
        let text = pasted.text().trim_matches(['\r', '\n']);
        let size = if pasted.is_whole() { text.chars().count() } else { pasted.letters() };
        if self.focus == ActFocus::Password {
            let fits = pasted.is_whole() && self.password.push(text);
            self.note = (!fits).then_some(ActNote::Paste(size));
            return;
        }
        let Some(line) = self.line() else { return };
        if !pasted.is_whole() || line.value().chars().count() + size > ROOM {
            self.note = Some(ActNote::Paste(size));
            return;
        }
        for letter in text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }) {
            line.handle(InputRequest::InsertChar(letter));
        }
        self.note = None;
    }

    /// Go to an item, folding the mail address that is left.
    fn go_to(&mut self, focus: ActFocus) {
        for (field, line) in [FieldId::Email, FieldId::EmailAgain].into_iter().zip(&mut self.email) {
            let folded = fold(field, line.value()).value;
            if folded != line.value() {
                *line = Input::new(folded);
            }
        }
        self.focus = focus;
    }

    /// Find what is still to be typed, and where.
    fn missing(&self) -> Option<(ActFocus, ActNote)> {
        match self.choice {
            Choice::LogInByCard | Choice::Resend | Choice::Remind => None,
            Choice::LogIn | Choice::Link if self.id.value().trim().is_empty() => Some((ActFocus::Id, ActNote::NoId)),
            Choice::LogIn | Choice::Link => self.password.is_empty().then_some((ActFocus::Password, ActNote::NoPassword)),
            Choice::Address => {
                let email = rule::email(self.email_at(0)).err().map(|problem| (ActFocus::Email, FieldId::Email, problem));
                let again = || rule::email_again(self.email_at(1), self.email_at(0)).err();
                let fault = email.or_else(|| again().map(|problem| (ActFocus::EmailAgain, FieldId::EmailAgain, problem)));
                fault.map(|(focus, field, problem)| (focus, ActNote::Problem(field, problem)))
            }
            Choice::Withdraw => {
                let said = is_word(self.word.value(), WITHDRAW_WORD);
                (!said).then_some((ActFocus::Word, ActNote::Word))
            }
        }
    }
}

/// Open the page that lists the acts; the present one stays behind it, if it holds something that a person may come back for.
pub(super) fn open(model: &mut Model, choice: Choice) -> Vec<Effect> {
    let here = std::mem::replace(&mut model.visit.screen, Screen::Acts(choice.row()));
    if matches!(here, Screen::FirstPassword(_)) {
        model.visit.acts.behind = Some(Box::new(here));
    }
    Vec::new()
}

/// Go back to the page from which the acts were opened.
pub(super) fn go_back(model: &mut Model) -> Vec<Effect> {
    let acts = std::mem::take(&mut model.visit.acts);
    match acts.behind {
        Some(screen) => {
            // What was proved or logged in for this is over; STEP3 keeps the way to its mail.
            let result = matches!(*screen, Screen::Done(_));
            model.visit.screen = *screen;
            if result { Vec::new() } else { vec![Effect::Run(model.ticket(), Job::Forget)] }
        }
        None => {
            let effects = flow::to_top(model);
            if let (false, Screen::Top(row)) = (model.visit.is_open(), &mut model.visit.screen) {
                *row = TOP.iter().position(|row| *row == TopRow::Acts).unwrap_or(0);
            }
            effects
        }
    }
}

pub(super) fn act_menu(model: &mut Model, wish: Action) -> Vec<Effect> {
    let Screen::Acts(row) = &mut model.visit.screen else { return Vec::new() };
    if let Some(there) = moved(*row, Choice::ALL.len() + 1, &wish) {
        *row = there;
        return Vec::new();
    }
    let chosen = match wish {
        Action::Activate | Action::Toggle | Action::Confirm => *row,
        Action::Row(chosen) if chosen <= Choice::ALL.len() => chosen,
        Action::Back => return go_back(model),
        _ => return Vec::new(),
    };
    *row = chosen;
    match Choice::ALL.get(chosen) {
        Some(choice) => choose(model, *choice),
        None => go_back(model),
    }
}

/// Begin an act: ask for what it needs to know, or for the card at once.
pub(super) fn choose(model: &mut Model, choice: Choice) -> Vec<Effect> {
    let page = &mut model.visit.acts;
    page.choice = choice;
    page.note = None;
    let Some(first) = choice.items().first() else { return go(model) };
    // Before the registration is deleted, stopping is the default.
    page.focus = if choice == Choice::Withdraw { ActFocus::Back } else { *first };
    page.word = Input::default();
    model.visit.screen = Screen::Act;
    Vec::new()
}

pub(super) fn act_page(model: &mut Model, wish: Action) -> Vec<Effect> {
    let page = &mut model.visit.acts;
    let order = page.choice.items();
    let here = order.iter().position(|focus| *focus == page.focus).unwrap_or(0);
    match (&wish, page.focus) {
        (Action::Edit(key), _) => page.edit(*key),
        (Action::Type(typed), ActFocus::Password) => {
            page.password.push(typed.encode_utf8(&mut [0; 4]));
            page.note = None;
        }
        (Action::Erase, ActFocus::Password) => page.password.erase(),
        (Action::EraseAll, ActFocus::Password) => page.password.clear(),
        (Action::Activate | Action::Toggle, ActFocus::Show) => page.shown = !page.shown,
        (Action::Back, _) | (Action::Activate | Action::Toggle, ActFocus::Back) => return leave(model),
        (Action::Activate, ActFocus::Id | ActFocus::Email) => {
            if let Some(next) = order.get(here + 1) {
                page.go_to(*next);
            }
        }
        (Action::Confirm, _)
        | (Action::Activate | Action::Toggle, ActFocus::Go)
        | (Action::Activate, ActFocus::Password | ActFocus::EmailAgain | ActFocus::Word) => return go(model),
        _ => {
            if let Some(focus) = moved(here, order.len(), &wish).and_then(|there| order.get(there)) {
                page.go_to(*focus);
            }
        }
    }
    Vec::new()
}

/// Leave the page of an act; what was typed stays, but no secret.
fn leave(model: &mut Model) -> Vec<Effect> {
    model.visit.acts.password.clear();
    model.visit.acts.note = None;
    if matches!(model.visit.acts.behind.as_deref(), Some(Screen::Done(_))) {
        return go_back(model);
    }
    model.visit.screen = Screen::Acts(model.visit.acts.choice.row());
    Vec::new()
}

/// Go on with an act once it knows what it needs: to the login, or to the card.
pub(super) fn go(model: &mut Model) -> Vec<Effect> {
    let page = &mut model.visit.acts;
    page.go_to(page.focus);
    page.note = None;
    if let Some((focus, note)) = page.missing() {
        (page.focus, page.note) = (focus, Some(note));
        return Vec::new();
    }
    let choice = page.choice;
    // The card is looked at before the password is sent: whoever comes without it need not type the password twice.
    if choice != Choice::LogIn
        && let Some(effects) = cards::not_ready(model)
    {
        return effects;
    }
    match choice {
        Choice::LogIn | Choice::Link => log_in(model),
        Choice::Withdraw => ask_pin(model, Purpose::Signing),
        _ if model.visit.acts.card == CardUse::Open => run(model, None),
        _ => ask_pin(model, Purpose::Authentication),
    }
}

fn log_in(model: &mut Model) -> Vec<Effect> {
    let authentication_id = model.visit.acts.id.value().trim().to_owned();
    let password = model.visit.acts.password.take();
    flow::run(model, Wait::LogIn, Job::LogIn { authentication_id, password })
}

/// Ask for a PIN; if the card cannot take one now, that stands over the page, and goes on by itself.
fn ask_pin(model: &mut Model, purpose: Purpose) -> Vec<Effect> {
    flow::ask_pin(model, purpose, Then::Act);
    cards::not_ready(model).unwrap_or_default()
}

/// Have the worker do it, with the last PIN that it needs, or with what the card remembers.
pub(super) fn run(model: &mut Model, pin: Option<Pin>) -> Vec<Effect> {
    let Some(reader) = model.reader().map(|reader| reader.name.clone()) else {
        return flow::trouble_page(model, Trouble::Card(Code::NoCard.into()), WayOn::Look);
    };
    let act = model.visit.acts.act();
    let card = model.visit.card;
    flow::run(model, Wait::Act, Job::Act { reader, pin, card, act })
}

/// Return whether a PIN is the last one that the act needs.
pub(super) fn is_last(model: &Model, purpose: Purpose) -> bool {
    model.visit.acts.act().keys().last() == Some(&purpose)
}

/// A PIN page of an act was left, or the card cannot take a PIN: back to what was typed.
pub(super) fn back_from_pin(model: &mut Model) {
    let choice = model.visit.acts.choice;
    model.visit.screen = if choice.items().is_empty() { Screen::Acts(choice.row()) } else { Screen::Act };
    if choice == Choice::Link {
        model.visit.acts.focus = ActFocus::Password;
    }
}

/// It is done, or, with a new card, the person is known by the password and the card is next.
pub(super) fn acted(model: &mut Model, acted: Acted) -> Vec<Effect> {
    let choice = model.visit.acts.choice;
    if choice == Choice::Link && matches!(acted, Acted::LoggedIn(_)) {
        return ask_pin(model, Purpose::Signing);
    }
    // What was typed is done with; whoever comes back from here finds the page behind.
    let mut behind = model.visit.acts.behind.take();
    let mut done = Done::new(Deed::Act(choice, acted));
    if choice == Choice::Address {
        done.address = Some(model.visit.acts.email_at(0).to_owned());
        if let Some(Screen::Done(before)) = behind.as_deref_mut() {
            before.address.clone_from(&done.address);
        }
    }
    model.visit.acts = ActPage { choice, behind, ..ActPage::default() };
    model.visit.over = None;
    model.visit.screen = Screen::Done(Box::new(done));
    // The worker has given the card back.
    cards::look_again(model)
}

/// What follows when it did not work. A wrong PIN, and one that the card forgot, are the PIN page's.
pub(super) fn failed(model: &mut Model, what: Wait, trouble: Trouble) -> Vec<Effect> {
    let note = match (&trouble, trouble.code()) {
        (_, Code::LoginRefused) => Some((ActFocus::Password, ActNote::LoginRefused)),
        (Trouble::Service { faults, .. }, Code::FieldsRefused) => {
            faults.first().map(|fault| (ActFocus::Email, ActNote::Problem(fault.field, fault.problem.clone())))
        }
        _ => None,
    };
    if let Some((focus, note)) = note {
        model.visit.screen = Screen::Act;
        (model.visit.acts.focus, model.visit.acts.note) = (focus, Some(note));
        if trouble.code() == Code::LoginRefused && what != Wait::LogIn {
            // The login ran out while the card was open: with the next login both PINs are asked for again.
            model.visit.acts.card = CardUse::Closed;
            return vec![Effect::Run(model.ticket(), Job::Release)];
        }
        return Vec::new();
    }
    let way_on = match (&trouble, trouble.code()) {
        (_, Code::NotRegistered | Code::AlreadyRegistered | Code::OtherHolder) => WayOn::Acts,
        (_, Code::PinUncertain | Code::SigningLocked | Code::AuthenticationLocked) => {
            // The counter is read again before anything else is typed.
            if let Some(reader) = model.reader().map(|reader| reader.name.clone()) {
                model.card.forget_facts(&reader);
            }
            WayOn::Look
        }
        (Trouble::Card(_), _) => WayOn::Look,
        // The password is gone with the job; the 認証ID stays.
        (_, _) if what == Wait::LogIn => WayOn::Close,
        (_, _) => WayOn::Act,
    };
    flow::trouble_page(model, trouble, way_on)
}

/// Take the way on to the list of acts, from a page that said that the person is registered already, or that the card is not.
pub(super) fn from_trouble(model: &mut Model) -> Vec<Effect> {
    match &model.visit.screen {
        // From an act: the card that was shown is given back.
        Screen::Pin(entry) if entry.then == Then::Act => {
            let effects = flow::leave_pin(model);
            model.visit.screen = Screen::Acts(model.visit.acts.choice.row());
            effects
        }
        Screen::Act | Screen::Acts(_) => Vec::new(),
        // From the registration: there is nothing left to fill in, and the card has proved whose it is.
        _ => {
            (model.visit.certificate, model.visit.session) = (None, None);
            model.visit.form = FormState::new(model.today);
            model.visit.acts.card = CardUse::Open;
            open(model, Choice::LogInByCard)
        }
    }
}

/// Go on with the act that was waiting for the card.
pub(super) fn resume(model: &mut Model) -> Vec<Effect> {
    if matches!(model.visit.screen, Screen::Act | Screen::Acts(_)) { go(model) } else { Vec::new() }
}
