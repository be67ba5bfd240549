//! Setting the first password with the code from the mail.

use crate::app::state::form::MAX_TYPED;
use crate::app::state::line::Line;
use crate::app::state::password::Password;
use crate::app::state::paste::Pasted;
use crate::error::Code;
use crate::worker::Weakness;
use percent_encoding::percent_decode_str;

/// Minimum and maximum length in characters (registration.md, "Service rules"). The service checks again.
pub const LIMITS: (usize, usize) = (8, 64);

/// Length of a code: 256 bits in base64url.
const CODE: usize = 43;

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
    /// Too few characters: so many are the least.
    TooShort(usize),
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

    /// Return the code: the last path segment of a link, or the input itself. A link may stand in another one, whose service looks at links
    /// before they are opened, and may have been broken into lines.
    pub fn token(&self) -> Option<String> {
        let unpacked = percent_decode_str(self.code.value()).decode_utf8_lossy();
        if let Some((_, behind)) = unpacked.split_once("/password/") {
            let parts = behind.chars().take_while(|letter| is_of_code(*letter) || letter.is_whitespace());
            let code: String = parts.filter(|letter| is_of_code(*letter)).take(CODE).collect();
            return (!code.is_empty()).then_some(code);
        }
        let whole: String = self.code.value().split_whitespace().collect();
        // A link from a browser's address bar may end in `?lang=en` or `#mend`.
        let typed = whole.split(['?', '#']).next().unwrap_or_default();
        // Mail programs put links into brackets, and sentences end after them.
        let typed = typed.trim_matches(|letter: char| letter.is_whitespace() || "<>()[]\"',.、。「」＜＞".contains(letter));
        let code = typed.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let fits = !code.is_empty() && code.chars().all(is_of_code);
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
        // No link from the mail is longer than this, nor one that it is wrapped in up to its end.
        self.code = Line::forgetful(text.trim().chars().take(MAX_TYPED).collect());
        self.focus = PasswordFocus::Code;
        self.note = None;
    }

    /// Append text to the password; text that does not fit whole is refused.
    pub fn push(&mut self, text: &str) {
        let fits = self.password.len_with(text) <= LIMITS.1 && self.password.push(text);
        self.note = (!fits).then_some(PasswordNote::Full);
    }
}

const fn is_of_code(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')
}

impl Default for FirstPassword {
    fn default() -> FirstPassword {
        FirstPassword::new()
    }
}

#[cfg(test)]
mod tests {
    use super::{FirstPassword, LIMITS, PasswordNote};
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn a_password_is_as_long_here_as_for_the_service() {
        let vietnamese: String = "Nguyễn Thị Ánh Tuyết sống ở Đà Nẵng với mẹ và hai em trai nhỏ".nfd().collect();
        assert!(vietnamese.chars().count() > LIMITS.1 && vietnamese.nfkc().count() <= LIMITS.1);
        let mut typed = FirstPassword::new();
        vietnamese.chars().for_each(|letter| typed.push(letter.encode_utf8(&mut [0; 4])));
        assert_eq!((typed.password.reveal(), typed.note), (vietnamese.as_str(), None));
        assert_eq!(typed.password.len(), vietnamese.nfkc().count());
        // A mark that makes one letter with the last one still fits; one more letter does not.
        let mut full = FirstPassword::new();
        full.push(&"e".repeat(LIMITS.1));
        full.push("\u{301}");
        assert_eq!(full.note, None);
        full.push("e");
        assert_eq!((full.note, full.password.len()), (Some(PasswordNote::Full), LIMITS.1));
        // One letter that the service takes apart into three.
        let mut short = FirstPassword::new();
        short.push("㍿㍿");
        assert_eq!(short.password.len(), 8);
    }

    #[test]
    fn the_code_is_found_in_whatever_is_pasted_of_the_mail() {
        for (pasted, code) in [
            ("Ab-3_x", Some("Ab-3_x")),
            (" Ab-3 _x\n", Some("Ab-3_x")),
            ("https://register.example.jp/password/Ab-3_x", Some("Ab-3_x")),
            ("https://register.example.jp/password/Ab-3_x/", Some("Ab-3_x")),
            ("https://register.example.jp/password/Ab-3_x?lang=en#mend", Some("Ab-3_x")),
            ("<https://register.example.jp/password/Ab-\n3_x>。", Some("Ab-3_x")),
            (
                "https://jpn01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fregister.example.jp%2Fpassword%2FAb-3_x&data=05%7C02%7Ca%40b",
                Some("Ab-3_x"),
            ),
            ("https://www.google.com/url?q=https://register.example.jp/password/Ab-3_x&sa=D", Some("Ab-3_x")),
            (
                "Open https://register.example.jp/password/0123456789012345678901234567890123456789ab_ within 24 hours.",
                Some("0123456789012345678901234567890123456789ab_"),
            ),
            ("http://127.0.0.1:8080/password/", None),
            ("100%", None),
            ("", None),
        ] {
            let mut page = FirstPassword::new();
            page.set_code(pasted);
            assert_eq!(page.token().as_deref(), code, "{pasted}");
        }
    }
}
