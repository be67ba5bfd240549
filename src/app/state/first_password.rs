//! Setting the first password with the code from the mail.

use crate::app::state::line::Line;
use crate::app::state::password::Password;
use crate::app::state::paste::Pasted;
use crate::error::Code;
use crate::worker::Weakness;

/// Minimum and maximum length in characters (registration.md, "Service rules"). The service checks again.
pub const LIMITS: (usize, usize) = (8, 64);

/// Maximum length of the code in characters: no link from the mail is longer.
pub(in crate::app) const MAX_CODE: usize = 400;

/// The focused item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFocus {
    /// The code from the mail, or the whole link.
    Code,
    /// The new password.
    Password,
    /// パスワードを表示する。
    Show,
    /// Set the password.
    Set,
    /// Go to the list of account actions, where the mail can be requested again.
    Again,
    /// 戻る.
    Back,
}

/// The focusable items, in order.
pub const ORDER: [PasswordFocus; 6] =
    [PasswordFocus::Code, PasswordFocus::Password, PasswordFocus::Show, PasswordFocus::Set, PasswordFocus::Again, PasswordFocus::Back];

/// A message on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordNote {
    /// The input contains no code.
    NoCode,
    /// Too few characters.
    TooShort,
    /// Too many characters: the last one was dropped, or a paste was refused.
    Full,
    /// The service rejected the password for this weakness.
    Weak(Weakness),
    /// The service refused the request, or the link has expired.
    Refused(Code),
    /// The password is set.
    Set,
}

/// State of the page. The password is moved into the worker's job.
pub struct FirstPassword {
    /// The code or link as typed; whoever has it can set the password.
    pub code: Line,
    /// The password as typed.
    pub password: Password,
    /// Whether the password is shown.
    pub shown: bool,
    /// The focused item.
    pub focus: PasswordFocus,
    /// The message to show.
    pub note: Option<PasswordNote>,
}

impl FirstPassword {
    /// Create an empty page.
    pub fn new() -> FirstPassword {
        FirstPassword {
            code: Line::forgetful(String::new()),
            password: Password::default(),
            shown: false,
            focus: PasswordFocus::Code,
            note: None,
        }
    }

    /// Return the code: the last path segment of a link, or the input itself.
    pub fn token(&self) -> Option<String> {
        // A link from a browser's address bar may end in `?lang=en` or `#mend`.
        let typed = self.code.value().split(['?', '#']).next().unwrap_or_default();
        // Mail programs put links into brackets, and sentences end after them.
        let typed = typed.trim_matches(|letter: char| letter.is_whitespace() || "<>()[]\"',.、。「」＜＞".contains(letter));
        let code = typed.rsplit('/').next().unwrap_or_default();
        let fits = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        fits.then(|| code.to_owned())
    }

    /// Return whether nothing has been typed.
    pub fn is_blank(&self) -> bool {
        self.code.value().is_empty() && self.password.is_empty()
    }

    /// Insert pasted text into the focused item.
    pub(in crate::app) fn paste(&mut self, pasted: &Pasted) {
        let text = pasted.text();
        match self.focus {
            PasswordFocus::Code => self.set_code(text),
            PasswordFocus::Password if !pasted.is_whole() => self.note = Some(PasswordNote::Full),
            PasswordFocus::Password => self.push(text.trim_matches(['\r', '\n'])),
            _ => {}
        }
    }

    /// Replace the code.
    pub(in crate::app) fn set_code(&mut self, text: &str) {
        self.code = Line::forgetful(text.trim().chars().take(MAX_CODE).collect());
        self.focus = PasswordFocus::Code;
        self.note = None;
    }

    /// Append text to the password; text that does not fit whole is refused.
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
