//! What a registered person can ask for, and what an account action needs to know.

use crate::app::state::form::ROOM;
use crate::app::state::password::Password;
use crate::app::state::paste::Pasted;
use crate::app::state::pin::is_word;
use crate::locale::Text;
use crate::registration::fold::fold;
use crate::registration::{FieldId, Problem, rule};
use crate::worker::AccountAction;
use crossterm::event::KeyEvent;
use tui_input::backend::crossterm::EventHandler;
use tui_input::{Input, InputRequest};

/// What can be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountChoice {
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

impl AccountChoice {
    /// Every choice, in the order of the page; 戻る stands behind them.
    pub const ALL: [AccountChoice; 7] = [
        AccountChoice::LogInByCard,
        AccountChoice::LogIn,
        AccountChoice::Resend,
        AccountChoice::Remind,
        AccountChoice::Address,
        AccountChoice::Link,
        AccountChoice::Withdraw,
    ];

    /// Return its text.
    pub const fn text(self) -> Text {
        match self {
            AccountChoice::LogInByCard => Text::ActLogInByCard,
            AccountChoice::LogIn => Text::ActLogIn,
            AccountChoice::Resend => Text::ActResend,
            AccountChoice::Remind => Text::ActRemind,
            AccountChoice::Address => Text::ActAddress,
            AccountChoice::Link => Text::ActLink,
            AccountChoice::Withdraw => Text::ActWithdraw,
        }
    }

    /// Return what it needs to know, in order; empty where the card alone says it.
    pub const fn items(self) -> &'static [AccountFocus] {
        use AccountFocus::{Back, Email, EmailAgain, Go, Id, Password, Show, Word};
        match self {
            AccountChoice::LogInByCard | AccountChoice::Resend | AccountChoice::Remind => &[],
            AccountChoice::LogIn | AccountChoice::Link => &[Id, Password, Show, Go, Back],
            AccountChoice::Address => &[Email, EmailAgain, Go, Back],
            AccountChoice::Withdraw => &[Word, Go, Back],
        }
    }

    pub(in crate::app) fn row(self) -> usize {
        AccountChoice::ALL.iter().position(|choice| *choice == self).unwrap_or(0)
    }
}

/// Where the person is on the page of an account action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountFocus {
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
pub enum AccountNote {
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
pub(in crate::app) const WITHDRAW_WORD: &str = "DELETE";

/// What a registered person types. The password leaves it by value into the worker's job.
#[derive(Default)]
pub struct AccountPage {
    /// What was chosen.
    pub choice: AccountChoice,
    /// Where the person is.
    pub focus: AccountFocus,
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
    pub note: Option<AccountNote>,
    /// Whether the card is open.
    pub card: CardUse,
}

impl AccountPage {
    /// Return what the card is to sign.
    pub fn act(&self) -> AccountAction {
        match self.choice {
            AccountChoice::LogInByCard | AccountChoice::LogIn => AccountAction::LogIn,
            AccountChoice::Resend => AccountAction::Resend,
            AccountChoice::Remind => AccountAction::Remind,
            AccountChoice::Address => AccountAction::Address(self.email_at(0).to_owned()),
            AccountChoice::Link => AccountAction::Link(self.id.value().to_owned()),
            AccountChoice::Withdraw => AccountAction::Withdraw,
        }
    }

    pub(in crate::app) fn email_at(&self, place: usize) -> &str {
        self.email.get(place).map(Input::value).unwrap_or_default()
    }

    /// Return the line of text that has the focus.
    pub(in crate::app) fn line(&mut self) -> Option<&mut Input> {
        let [email, again] = &mut self.email;
        match self.focus {
            AccountFocus::Id => Some(&mut self.id),
            AccountFocus::Email => Some(email),
            AccountFocus::EmailAgain => Some(again),
            AccountFocus::Word => Some(&mut self.word),
            _ => None,
        }
    }

    pub(in crate::app) fn edit(&mut self, key: KeyEvent) {
        if let Some(line) = self.line() {
            line.handle_event(&crossterm::event::Event::Key(key));
            self.note = None;
        }
    }

    /// Return whether nothing is typed and nothing proved.
    pub fn is_blank(&self) -> bool {
        let [email, again] = &self.email;
        let typed = [&self.id, email, again, &self.word].iter().any(|line| !line.value().is_empty());
        !typed && self.password.is_empty() && self.card == CardUse::Closed
    }

    pub(in crate::app) fn paste(&mut self, pasted: &Pasted) {
        let text = pasted.text().trim_matches(['\r', '\n']);
        let size = if pasted.is_whole() { text.chars().count() } else { pasted.letters() };
        if self.focus == AccountFocus::Password {
            let fits = pasted.is_whole() && self.password.push(text);
            self.note = (!fits).then_some(AccountNote::Paste(size));
            return;
        }
        let Some(line) = self.line() else { return };
        if !pasted.is_whole() || line.value().chars().count() + size > ROOM {
            self.note = Some(AccountNote::Paste(size));
            return;
        }
        for letter in text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }) {
            line.handle(InputRequest::InsertChar(letter));
        }
        self.note = None;
    }

    /// Go to an item, folding the mail address that is left.
    pub(in crate::app) fn go_to(&mut self, focus: AccountFocus) {
        for (field, line) in [FieldId::Email, FieldId::EmailAgain].into_iter().zip(&mut self.email) {
            let folded = fold(field, line.value()).value;
            if folded != line.value() {
                *line = Input::new(folded);
            }
        }
        self.focus = focus;
    }

    /// Find what is still to be typed, and where.
    pub(in crate::app) fn missing(&self) -> Option<(AccountFocus, AccountNote)> {
        match self.choice {
            AccountChoice::LogInByCard | AccountChoice::Resend | AccountChoice::Remind => None,
            AccountChoice::LogIn | AccountChoice::Link if self.id.value().trim().is_empty() => Some((AccountFocus::Id, AccountNote::NoId)),
            AccountChoice::LogIn | AccountChoice::Link => {
                self.password.is_empty().then_some((AccountFocus::Password, AccountNote::NoPassword))
            }
            AccountChoice::Address => {
                let email = rule::email(self.email_at(0)).err().map(|problem| (AccountFocus::Email, FieldId::Email, problem));
                let again = || rule::email_again(self.email_at(1), self.email_at(0)).err();
                let fault = email.or_else(|| again().map(|problem| (AccountFocus::EmailAgain, FieldId::EmailAgain, problem)));
                fault.map(|(focus, field, problem)| (focus, AccountNote::Problem(field, problem)))
            }
            AccountChoice::Withdraw => {
                let said = is_word(self.word.value(), WITHDRAW_WORD);
                (!said).then_some((AccountFocus::Word, AccountNote::Word))
            }
        }
    }
}
