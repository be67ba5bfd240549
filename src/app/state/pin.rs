//! A PIN page: what is typed, the tries left, and what follows.

use crate::card::pin::{Pin, Shape, Typed};
use crate::card::{Purpose, Tries};
use crate::worker::Confirmed;
use std::sync::Arc;
use tui_input::Input;
use unicode_normalization::UnicodeNormalization;

/// What follows when a PIN was right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterPin {
    /// The way through: signing, then user authentication, then STEP1.
    Continue,
    /// A visit that was left open goes on where it was left.
    Resume,
    /// The card had forgotten the PIN at 登録: this is registered now.
    Register(Arc<Confirmed>),
    /// What a registered person asks for.
    Account,
}

/// Where the person is on a PIN page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinFocus {
    /// The word that must be typed before the last try.
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
    /// The last character was folded, refused, or one too many.
    Typed(Typed),
    /// It cannot be right; no try was spent.
    Shape(Shape),
    /// It was wrong.
    Wrong(Tries),
    /// The card forgot it (it was taken away, or reset): it must be given again.
    Again,
    /// The word before the last try is missing.
    Word,
    /// A paste held what no PIN can hold: nothing of it was taken.
    Paste,
    /// The card is back and still being looked at: nothing was sent.
    ReadingCard,
}

/// The state of a PIN page. The PIN itself leaves it by value into the worker's job.
pub struct PinEntry {
    /// The PIN as typed so far.
    pub pin: Pin,
    /// Tries left, as the card last said.
    pub tries: Tries,
    /// Whether the characters are shown.
    pub shown: bool,
    /// Where the person is.
    pub focus: PinFocus,
    /// The word typed before the last try.
    pub word: Input,
    /// What is to be said.
    pub note: Option<PinNote>,
    /// What follows.
    pub then: AfterPin,
}

/// The word that must be typed before the last try: ASCII, so that it can be typed without an input method.
pub const LAST_TRY_WORD: &str = "LAST";

/// Return whether a word that confirms was typed: in any width, as an input method may leave it, in capitals or not.
pub(in crate::app) fn is_word(typed: &str, word: &str) -> bool {
    typed.nfkc().collect::<String>().trim().eq_ignore_ascii_case(word)
}

impl PinEntry {
    /// Make an empty PIN page. Before the last try the word comes first, and stopping is the default.
    pub fn new(purpose: Purpose, tries: Tries, then: AfterPin) -> PinEntry {
        let focus = if tries == Tries::Left(1) { PinFocus::Cancel } else { PinFocus::Pin };
        PinEntry { pin: Pin::new(purpose), tries, shown: false, focus, word: Input::default(), note: None, then }
    }

    /// Return whether this is the last try.
    pub fn is_last_try(&self) -> bool {
        self.tries == Tries::Left(1)
    }

    /// Return whether the word before the last try stands there, or is not needed.
    pub fn may_go_on(&self) -> bool {
        !self.is_last_try() || is_word(self.word.value(), LAST_TRY_WORD)
    }

    /// Return the items that can have the focus, in order.
    pub fn order(&self) -> &'static [PinFocus] {
        use PinFocus::{Cancel, Ok, Pin, Show, Word};
        if self.is_last_try() { &[Word, Pin, Show, Ok, Cancel] } else { &[Pin, Show, Ok, Cancel] }
    }
}
