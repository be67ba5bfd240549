//! Where the person is: one screen, and at most one page over it. Modality is these two enums and nothing else.

use super::first_password::FirstPassword;
use super::picker::Picker;
use super::result::ResultPage;
use crate::card::pin::{Pin, Shape, Typed};
use crate::card::{Purpose, Tries};
use crate::registration::FieldId;
use crate::worker::{Confirmed, Trouble};
use std::sync::Arc;
use tui_input::Input;
use unicode_normalization::UnicodeNormalization;

/// The screen of the way through (registration.md, "Way through").
pub enum Screen {
    /// Top page; the chosen row of its menu.
    Top(usize),
    /// Before you begin: checklist, adviser, and the way on.
    Prepare(usize),
    /// 利用者クライアントソフト パスワード入力.
    Pin(Box<PinEntry>),
    /// 利用者情報入力(STEP1).
    Input,
    /// 利用者情報確認(STEP2).
    Confirm(Box<ConfirmPage>),
    /// 利用者情報登録完了(STEP3), or what came of an account action.
    Result(Box<ResultPage>),
    /// The first password, with the code of the mail.
    FirstPassword(Box<FirstPassword>),
    /// 登録済みの方: what a registered person can ask for; the chosen row.
    AccountMenu(usize),
    /// What an account action needs to know before the card signs it; it stands in `Visit::account`.
    Account,
}

/// A page over the screen; closing it shows the screen again as it was.
pub enum Overlay {
    /// Help for the page beneath; how far it is scrolled.
    Help(usize),
    /// The languages; the chosen row.
    Language(usize),
    /// The municipality picker.
    Picker(Box<Picker>),
    /// The terms of use: the text once it is there, and how far it is scrolled.
    Terms(Option<String>, usize),
    /// What went wrong and what to do.
    Trouble(Box<TroublePage>),
    /// Which of several readers; the chosen row.
    Reader(usize),
    /// A question before something that cannot be taken back; the chosen answer: 0 is No.
    Question(Question, usize),
}

/// What is asked before something that cannot be taken back. No is the default, and neither a paste nor the key that opened it says Yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Leave the program?
    Leave,
    /// Forget everything about this person, for the next one?
    Forget,
    /// Is the 認証ID written down?
    Written,
    /// Register? Asked after a click, since a second click in the same place must not register.
    Register,
}

/// A trouble page.
pub struct TroublePage {
    /// What went wrong.
    pub trouble: Trouble,
    /// What Enter does.
    pub next_step: NextStep,
    /// Whether the registration may have arrived although no answer came.
    pub perhaps: bool,
    /// How far it is scrolled.
    pub line: usize,
}

/// STEP2: what was confirmed, and where the person is. It opens beside its button, so that no key that is held down presses it.
pub struct ConfirmPage {
    /// What was confirmed: what stands here is what is signed.
    pub confirmed: Arc<Confirmed>,
    /// Where the person is.
    pub focus: ConfirmFocus,
    /// A key was pressed that registers nothing: the page says which does.
    pub told: bool,
}

/// Where the person is on STEP2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmFocus {
    /// Nowhere yet: the page has just been opened.
    Page,
    /// A line, to be mended.
    Field(FieldId),
    /// 登録.
    Register,
    /// 戻る.
    Back,
}

impl ConfirmPage {
    /// Open STEP2.
    pub fn new(confirmed: Arc<Confirmed>) -> ConfirmPage {
        ConfirmPage { confirmed, focus: ConfirmFocus::Page, told: false }
    }

    /// Return the items that can have the focus, in order.
    pub fn order(&self) -> Vec<ConfirmFocus> {
        let fields = self.confirmed.form.fields().map(ConfirmFocus::Field);
        fields.chain([ConfirmFocus::Register, ConfirmFocus::Back]).collect()
    }
}

/// The way on from a trouble page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Look at the reader and card again; goes on by itself when a usable card appears.
    Look,
    /// Open a session and prove it again.
    Prove,
    /// Send the registration again.
    Register,
    /// Fetch the terms again.
    Terms,
    /// Give a PIN again.
    Pin(Purpose),
    /// Ask for an account action again.
    Account,
    /// To the page for whoever is registered already.
    AccountMenu,
    /// Back to the page beneath; nothing is lost.
    Close,
    /// Put what the card says of its holder into STEP1.
    CardValues,
}

/// What follows when a PIN was right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterPin {
    /// The way through: signing, then user authentication, then STEP1.
    GoOn,
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
    Looking,
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
pub fn is_word(typed: &str, word: &str) -> bool {
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
