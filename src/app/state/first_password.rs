//! The first password, with the code of the mail.

use crate::app::state::password::Password;
use crate::app::state::paste::Pasted;
use crate::error::Code;
use crate::worker::Weakness;
use tui_input::Input;

/// The fewest characters that any service of ours accepts, and the most (registration.md, "Service rules"). The service has the last word.
pub const LIMITS: (usize, usize) = (8, 64);

/// Where the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFocus {
    /// The code, or the whole link, of the mail.
    Code,
    /// The new password.
    Password,
    /// パスワードを表示する。
    Show,
    /// Set it.
    Set,
    /// To the page from which the mail can be sent again.
    Again,
    /// 戻る.
    Back,
}

/// The items that can have the focus, in order.
pub const ORDER: [PasswordFocus; 6] =
    [PasswordFocus::Code, PasswordFocus::Password, PasswordFocus::Show, PasswordFocus::Set, PasswordFocus::Again, PasswordFocus::Back];

/// What is to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordNote {
    /// There is no code in what was typed.
    NoCode,
    /// Too few characters.
    TooShort,
    /// Too many: the last was left out, or a paste was refused.
    Full,
    /// The service does not take it, and says why.
    Weak(Weakness),
    /// The service does not take it, or the link has expired.
    Refused(Code),
    /// It is set.
    Set,
}

/// The page. The password leaves it by value into the worker's job.
pub struct FirstPassword {
    /// The code or link as typed.
    pub code: Input,
    /// The password as typed.
    pub password: Password,
    /// Whether it is shown.
    pub shown: bool,
    /// Where the person is.
    pub focus: PasswordFocus,
    /// What is to be said.
    pub note: Option<PasswordNote>,
}

impl FirstPassword {
    /// Make an empty page.
    pub fn new() -> FirstPassword {
        FirstPassword { code: Input::default(), password: Password::default(), shown: false, focus: PasswordFocus::Code, note: None }
    }

    /// Return the code: what stands behind the last slash of a link, or what was typed.
    pub fn token(&self) -> Option<String> {
        // A link from a browser's address bar may end in `?lang=en` or `#mend`.
        let typed = self.code.value().split(['?', '#']).next().unwrap_or_default();
        // Mails put links into brackets, and sentences end behind them.
        let typed = typed.trim_matches(|letter: char| letter.is_whitespace() || "<>()[]\"',.、。「」＜＞".contains(letter));
        let code = typed.rsplit('/').next().unwrap_or_default();
        let fits = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        fits.then(|| code.to_owned())
    }

    /// Return whether nothing is typed.
    pub fn is_blank(&self) -> bool {
        self.code.value().is_empty() && self.password.is_empty()
    }

    /// Insert pasted text where the person is.
    pub(in crate::app) fn paste(&mut self, pasted: &Pasted) {
        let text = pasted.text();
        match self.focus {
            PasswordFocus::Code => {
                // A link is never longer than this; more is not what the mail says.
                self.code = Input::new(text.trim().chars().take(400).collect());
                self.note = None;
            }
            PasswordFocus::Password if !pasted.is_whole() => self.note = Some(PasswordNote::Full),
            PasswordFocus::Password => self.push(text.trim_matches(['\r', '\n'])),
            _ => {}
        }
    }

    /// Type text; what does not fit whole is not taken.
    pub fn push(&mut self, text: &str) {
        let fits = self.password.len() + text.chars().count() <= LIMITS.1 && self.password.push(text);
        self.note = (!fits).then_some(PasswordNote::Full);
    }
}

impl Default for FirstPassword {
    fn default() -> FirstPassword {
        FirstPassword::new()
    }
}
