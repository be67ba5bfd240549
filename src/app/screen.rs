//! The navigation stack: previous screens, the current screen, and the overlays over it.

use crate::app::state::confirm::ConfirmPage;
use crate::app::state::first_password::FirstPassword;
use crate::app::state::issue::SavePage;
use crate::app::state::picker::Picker;
use crate::app::state::pin::PinEntry;
use crate::app::state::records::RecordsPage;
use crate::app::state::result::ResultPage;
use crate::app::state::staff::{StaffPage, StaffWord};
use crate::app::state::transfer::TransferPage;
use crate::app::state::trouble::TroublePage;
use crate::doctor::findings::Findings;

/// A screen (registration.md, "Way through").
pub enum Screen {
    /// The page of a kiosk that waits for the next person: every language in its own script; the selected one.
    Attract(usize),
    /// The top page; the selected row of its menu.
    Top(usize),
    /// Before you begin: checklist and adviser; the selected item.
    Prepare(usize),
    /// 利用者クライアントソフト パスワード入力.
    Pin(Box<PinEntry>),
    /// 利用者情報入力(STEP1).
    Form,
    /// 利用者情報確認(STEP2).
    Confirm(Box<ConfirmPage>),
    /// 利用者情報登録完了(STEP3), or the result of an account action.
    Result(Box<ResultPage>),
    /// Setting the first password with the code from the mail.
    FirstPassword(Box<FirstPassword>),
    /// 登録済みの方: the list of account actions; the selected row.
    AccountMenu(usize),
    /// The input page of an account action; its state is `Visit::account`.
    Account,
}

/// A page over the screen; closing it reveals the screen unchanged.
pub enum Overlay {
    /// Help for the page beneath; the scroll offset in lines.
    Help(usize),
    /// The language menu; the selected row.
    Language(usize),
    /// The municipality picker.
    Picker(Box<Picker>),
    /// The terms of use: the text once it has been fetched, and the scroll offset in lines.
    Terms(Option<String>, usize),
    /// An error and its next step.
    Trouble(Box<TroublePage>),
    /// The self-diagnosis: the findings once they have been gathered, and the scroll offset in lines.
    Diagnosis(Option<Box<Findings>>, usize),
    /// The QR code of the result.
    Qr,
    /// An office's records: which one to use, or why there are none.
    Records(Box<RecordsPage>),
    /// The transfer sheet.
    Transfer(Box<TransferPage>),
    /// Where to save a receipt.
    SaveWhere(Box<SavePage>),
    /// The choice between several readers; the selected row.
    Reader(usize),
    /// The staff word of a kiosk is asked for.
    StaffWord(Box<StaffWord>),
    /// What the staff of a kiosk may see and do.
    Staff(Box<StaffPage>),
    /// A question before an irreversible action; the selected answer, 0 for No.
    Question(Question, usize),
}

impl Overlay {
    /// Borrow the text slot of the terms, if this is the terms page.
    pub(in crate::app) fn terms_mut(&mut self) -> Option<&mut Option<String>> {
        if let Overlay::Terms(text, _) = self { Some(text) } else { None }
    }

    /// Borrow the slot of the findings, if this is the self-diagnosis.
    pub(in crate::app) fn findings_mut(&mut self) -> Option<&mut Option<Box<Findings>>> {
        if let Overlay::Diagnosis(findings, _) = self { Some(findings) } else { None }
    }
}

/// The navigation stack: one current screen, the screens behind it and the overlays over it.
pub struct Navigation {
    /// The current screen.
    pub screen: Screen,
    /// Previous screens, most recent last.
    behind: Vec<Screen>,
    /// Overlays, topmost last.
    overlays: Vec<Overlay>,
}

impl Navigation {
    /// Create a stack with one screen.
    pub fn new(screen: Screen) -> Navigation {
        Navigation { screen, behind: Vec::new(), overlays: Vec::new() }
    }

    /// Borrow the topmost overlay.
    pub fn overlay(&self) -> Option<&Overlay> {
        self.overlays.last()
    }

    /// Borrow the municipality picker, if it is the topmost overlay.
    pub fn picker(&self) -> Option<&Picker> {
        if let Some(Overlay::Picker(picker)) = self.overlay() { Some(picker) } else { None }
    }

    /// Borrow the overlay beneath the topmost one.
    pub fn overlay_below(&self) -> Option<&Overlay> {
        self.overlays.iter().nth_back(1)
    }

    /// Return whether the page of a kiosk's staff is open, perhaps under another.
    pub fn is_staffs(&self) -> bool {
        self.overlays.iter().any(|overlay| matches!(overlay, Overlay::Staff(_)))
    }

    /// Borrow the screen that `back` returns to.
    pub fn previous_screen(&self) -> Option<&Screen> {
        self.behind.last()
    }

    pub(in crate::app) fn overlay_mut(&mut self) -> Option<&mut Overlay> {
        self.overlays.last_mut()
    }

    pub(in crate::app) fn overlays_mut(&mut self) -> impl Iterator<Item = &mut Overlay> {
        self.overlays.iter_mut()
    }

    pub(in crate::app) fn top_mut(&mut self) -> (Option<&mut Overlay>, &mut Screen) {
        (self.overlays.last_mut(), &mut self.screen)
    }

    pub(in crate::app) fn previous_screen_mut(&mut self) -> Option<&mut Screen> {
        self.behind.last_mut()
    }

    /// Borrow every screen, the current one and those behind it.
    pub(in crate::app) fn screens_mut(&mut self) -> impl Iterator<Item = &mut Screen> {
        self.behind.iter_mut().chain([&mut self.screen])
    }

    /// Open an overlay; the others stay beneath it.
    pub(in crate::app) fn open(&mut self, overlay: Overlay) {
        self.overlays.push(overlay);
    }

    /// Borrow the error page in front, perhaps with help or the self-diagnosis over it.
    pub(in crate::app) fn trouble(&self) -> Option<&TroublePage> {
        match self.overlays.iter().rev().find(|overlay| !matches!(overlay, Overlay::Help(_) | Overlay::Diagnosis(..)))? {
            Overlay::Trouble(page) => Some(page),
            _ => None,
        }
    }

    /// Return whether a question is in front, perhaps with the language menu over it.
    pub(in crate::app) fn asks(&self) -> bool {
        let in_front = self.overlays.iter().rev().find(|overlay| !matches!(overlay, Overlay::Language(_)));
        matches!(in_front, Some(Overlay::Question(..)))
    }

    /// Take off the menus and questions in front, which stay whatever happens beneath; `put_back` returns them.
    pub(in crate::app) fn take_asking(&mut self) -> Vec<Overlay> {
        let asks = |overlay: &&Overlay| matches!(overlay, Overlay::Language(_) | Overlay::Question(..));
        let count = self.overlays.iter().rev().take_while(asks).count();
        self.overlays.split_off(self.overlays.len() - count)
    }

    /// Put menus and questions back in front.
    pub(in crate::app) fn put_back(&mut self, asking: Vec<Overlay>) {
        self.overlays.extend(asking);
    }

    /// Replace the topmost overlay.
    pub(in crate::app) fn replace(&mut self, overlay: Overlay) {
        self.close();
        self.overlays.push(overlay);
    }

    /// Close the topmost overlay.
    pub(in crate::app) fn close(&mut self) {
        self.overlays.pop();
    }

    /// Close all overlays.
    pub(in crate::app) fn close_all(&mut self) {
        self.overlays.clear();
    }

    /// Enter a screen; `back` returns to the current one.
    pub(in crate::app) fn push_screen(&mut self, screen: Screen) {
        self.behind.push(std::mem::replace(&mut self.screen, screen));
    }

    /// Return to the previous screen; `false` if there is none.
    pub(in crate::app) fn pop_screen(&mut self) -> bool {
        let Some(screen) = self.behind.pop() else { return false };
        self.screen = screen;
        true
    }
}

/// A question before an irreversible action. The default is No; neither a paste nor the key that opened it answers Yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Quit the program?
    Leave,
    /// Discard all data of this person, for the next one?
    Forget,
    /// Has the 認証ID been written down?
    Written,
    /// Register? Asked after a click, since a second click in the same place must not register.
    Register,
}
