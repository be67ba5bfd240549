//! The account actions of a registered person, and the state of their input page.

use crate::app::state::form::MAX_TYPED;
use crate::app::state::line::Line;
use crate::app::state::password::Password;
use crate::app::state::paste::Pasted;
use crate::app::state::pin::is_word;
use crate::registration::fold::fold;
use crate::registration::{FieldId, ValueError, rule};
pub use crate::worker::AccountAction;
use crate::worker::{AccountRequest, Ask, PayloadType, StatementType};
use crossterm::event::KeyEvent;

impl AccountAction {
    /// Return the items of its page, in order; empty if it needs nothing but the card.
    pub fn items(self) -> Vec<AccountFocus> {
        use AccountFocus::{Back, Email, EmailAgain, Go, Id, Password, Show, Word};
        let mut items = Vec::new();
        for ask in self.asks() {
            items.extend_from_slice(match ask {
                Ask::AuthenticationId => &[Id],
                Ask::Password => &[Password, Show],
                Ask::NewAddress => &[Email, EmailAgain],
                Ask::ConfirmationWord => &[Word],
            });
        }
        if !items.is_empty() {
            items.extend([Go, Back]);
        }
        items
    }

    /// Return its row in the list of account actions.
    pub(in crate::app) fn row(self) -> usize {
        AccountAction::ALL.iter().position(|action| *action == self).unwrap_or(0)
    }
}

/// The focused item on the page of an account action.
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
    /// The word to type before the registration is deleted.
    Word,
    /// Continue.
    Go,
    /// 戻る.
    Back,
}

/// A message on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountNote {
    /// The 認証ID is empty.
    NoId,
    /// The password is empty.
    NoPassword,
    /// 認証ID and password do not match.
    LoginRefused,
    /// The mail address is invalid.
    Problem(FieldId, ValueError),
    /// The confirmation word is missing.
    Word,
    /// A paste of this many characters was refused.
    Paste(usize),
}

/// Whether the user-authentication PIN is still verified on the card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CardUse {
    /// The card has been released, or was never used.
    #[default]
    Closed,
    /// The card has just proved that the person is registered: no PIN is asked for again.
    Open,
}

/// The word to type before the registration is deleted: ASCII, so that no input method is needed.
pub(crate) const WITHDRAW_WORD: &str = "DELETE";

/// The input page of an account action. The password is moved into the worker's job.
#[derive(Default)]
pub struct AccountPage {
    /// The chosen account action.
    pub choice: AccountAction,
    /// The focused item.
    pub focus: AccountFocus,
    /// 認証ID as typed.
    pub id: Line,
    /// The password as typed.
    pub password: Password,
    /// Whether the password is shown.
    pub shown: bool,
    /// The new mail address and its repetition.
    pub email: [Line; 2],
    /// The confirmation word as typed.
    pub word: Line,
    /// The message to show.
    pub note: Option<AccountNote>,
    /// Whether the card is still open.
    pub card: CardUse,
}

impl AccountPage {
    /// Return the request for the card to sign.
    pub fn request(&self) -> AccountRequest {
        let said = match self.choice.statement().map(StatementType::payload) {
            Some(PayloadType::Address) => self.email_at(0),
            Some(PayloadType::Link) => self.id.value(),
            Some(PayloadType::Proof | PayloadType::Registration) | None => "",
        };
        AccountRequest { action: self.choice, said: said.to_owned() }
    }

    pub(in crate::app) fn email_at(&self, place: usize) -> &str {
        self.email.get(place).map(Line::value).unwrap_or_default()
    }

    /// Return the focused line of text.
    pub(in crate::app) fn line(&mut self) -> Option<&mut Line> {
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
            line.edit(key, MAX_TYPED);
            self.note = None;
        }
    }

    /// Return whether nothing has been typed or proved.
    pub fn is_blank(&self) -> bool {
        let [email, again] = &self.email;
        let typed = [&self.id, email, again, &self.word].iter().any(|line| !line.value().is_empty());
        !typed && self.password.is_empty() && self.card == CardUse::Closed
    }

    /// Replace the text that is asked for: before a deletion that is the word, wherever the focus is.
    pub(in crate::app) fn set_text(&mut self, text: &str) {
        if self.choice == AccountAction::Withdraw {
            self.focus = AccountFocus::Word;
        }
        if let Some(line) = self.line() {
            *line = Line::default();
        }
        self.paste(&Pasted::new(text.to_owned()));
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
        if !pasted.is_whole() || line.value().chars().count() + size > MAX_TYPED {
            self.note = Some(AccountNote::Paste(size));
            return;
        }
        line.insert(&text.replace(char::is_control, " "));
        self.note = None;
    }

    /// Focus an item; the mail addresses are folded.
    pub(in crate::app) fn go_to(&mut self, focus: AccountFocus) {
        for (field, line) in [FieldId::Email, FieldId::EmailAgain].into_iter().zip(&mut self.email) {
            let folded = fold(field, line.value()).value;
            if folded != line.value() {
                line.reshape(folded, None);
            }
        }
        self.focus = focus;
    }

    /// Return the first item that is missing or invalid, with its message.
    pub(in crate::app) fn missing(&self) -> Option<(AccountFocus, AccountNote)> {
        self.choice.items().into_iter().find_map(|focus| Some((focus, self.fault_at(focus)?)))
    }

    /// Return the message about an item that is missing or invalid.
    pub(in crate::app) fn fault_at(&self, focus: AccountFocus) -> Option<AccountNote> {
        let (field, fault) = match focus {
            AccountFocus::Id => return self.id.value().trim().is_empty().then_some(AccountNote::NoId),
            AccountFocus::Password => return self.password.is_empty().then_some(AccountNote::NoPassword),
            AccountFocus::Word => return (!is_word(self.word.value(), WITHDRAW_WORD)).then_some(AccountNote::Word),
            AccountFocus::Email => (FieldId::Email, rule::email(self.email_at(0)).err()),
            AccountFocus::EmailAgain => (FieldId::EmailAgain, rule::email_again(self.email_at(1), self.email_at(0)).err()),
            AccountFocus::Show | AccountFocus::Go | AccountFocus::Back => return None,
        };
        fault.map(|problem| AccountNote::Problem(field, problem))
    }
}
