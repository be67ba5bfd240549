//! State of a PIN page: the PIN as typed, the tries left, and what follows.

use crate::app::state::line::Line;
use crate::card::pin::{Pin, PinFormatError, Typed};
use crate::card::{Purpose, Tries};
use crate::worker::Confirmed;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// What follows after the PIN was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterPin {
    /// Registration: signing, then user authentication, then STEP1.
    Continue,
    /// Resume an open visit where it was left.
    Resume,
    /// Register this now: the card lost its verified PIN at 登録.
    Register(Arc<Confirmed>),
    /// An account action.
    Account,
}

/// The focused item on a PIN page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinFocus {
    /// The word to type before the last try.
    Word,
    /// The PIN.
    Pin,
    /// パスワードを表示する。
    Show,
    /// OK.
    Ok,
    /// キャンセル.
    Cancel,
}

/// A message on a PIN page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinNote {
    /// The last character was converted, rejected, or one too many.
    Typed(Typed),
    /// It cannot be valid; no try was spent.
    Format(PinFormatError),
    /// It was wrong; the tries left.
    Wrong(Tries),
    /// The card was removed or reset and lost its verified PIN: it must be entered again.
    Again,
    /// The confirmation word before the last try is missing.
    Word,
    /// The pasted text contained characters that no PIN has; none of it was taken.
    Paste,
    /// The card is back and its status is still being read: nothing was sent.
    ReadingCard,
}

/// State of a PIN page. The PIN is moved into the worker's job.
pub struct PinEntry {
    /// The PIN as typed so far.
    pub pin: Pin,
    /// How many characters the PIN has that was moved into the running job.
    pub sent: usize,
    /// Tries left, as last read from the card.
    pub tries: Tries,
    /// Whether the characters are shown.
    pub shown: bool,
    /// The focused item.
    pub focus: PinFocus,
    /// The confirmation word before the last try, as typed.
    pub word: Line,
    /// The message to show.
    pub note: Option<PinNote>,
    /// What follows after the PIN was verified.
    pub then: AfterPin,
}

/// The word to type before the last try: ASCII, so that no input method is needed.
pub const LAST_TRY_WORD: &str = "LAST";

/// Return whether a confirmation word was typed, ignoring case and width (an input method may leave it full-width).
pub(in crate::app) fn is_word(typed: &str, word: &str) -> bool {
    typed.nfkc().collect::<String>().trim().eq_ignore_ascii_case(word)
}

impl PinEntry {
    /// Create an empty PIN page. Before the last try Cancel has the focus.
    pub fn new(purpose: Purpose, tries: Tries, then: AfterPin) -> PinEntry {
        let focus = if tries == Tries::Left(1) { PinFocus::Cancel } else { PinFocus::Pin };
        let word = Line::forgetful(String::new());
        PinEntry { pin: Pin::new(purpose), sent: 0, tries, shown: false, focus, word, note: None, then }
    }

    /// Return whether this is the last try.
    pub fn is_last_try(&self) -> bool {
        self.tries == Tries::Left(1)
    }

    /// Return whether the confirmation word has been typed, or is not needed.
    pub fn may_go_on(&self) -> bool {
        !self.is_last_try() || is_word(self.word.value(), LAST_TRY_WORD)
    }

    /// Return the focusable items, in order.
    pub fn order(&self) -> &'static [PinFocus] {
        use PinFocus::{Cancel, Ok, Pin, Show, Word};
        if self.is_last_try() { &[Word, Pin, Show, Ok, Cancel] } else { &[Pin, Show, Ok, Cancel] }
    }
}
