//! Where the person is: one screen, and the pages over it.

use crate::app::state::confirm::ConfirmPage;
use crate::app::state::first_password::FirstPassword;
use crate::app::state::picker::Picker;
use crate::app::state::pin::PinEntry;
use crate::app::state::result::ResultPage;
use crate::app::state::trouble::TroublePage;

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
