//! Where the person is: a stack of screens to come back to, the screen, and the pages over it.

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

impl Overlay {
    /// Borrow the text of the terms, if these are they.
    pub(in crate::app) fn terms_mut(&mut self) -> Option<&mut Option<String>> {
        if let Overlay::Terms(text, _) = self { Some(text) } else { None }
    }
}

/// The navigation stack. The screen always exists; whatever is over it or behind it shows again when what covers it is closed or left.
pub struct Navigation {
    /// The screen the person is on.
    pub screen: Screen,
    /// Screens to come back to, the nearest last.
    behind: Vec<Screen>,
    /// Pages over the screen, the topmost last.
    overlays: Vec<Overlay>,
}

impl Navigation {
    /// Start on a screen.
    pub fn new(screen: Screen) -> Navigation {
        Navigation { screen, behind: Vec::new(), overlays: Vec::new() }
    }

    /// Borrow the topmost page over the screen.
    pub fn overlay(&self) -> Option<&Overlay> {
        self.overlays.last()
    }

    /// Borrow the municipality picker, if it is the topmost page.
    pub fn picker(&self) -> Option<&Picker> {
        if let Some(Overlay::Picker(picker)) = self.overlay() { Some(picker) } else { None }
    }

    /// Borrow the page that the topmost one covers, if that is no screen.
    pub fn beneath(&self) -> Option<&Overlay> {
        self.overlays.iter().nth_back(1)
    }

    /// Borrow the screen to which `back` leads.
    pub fn return_to(&self) -> Option<&Screen> {
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

    pub(in crate::app) fn return_to_mut(&mut self) -> Option<&mut Screen> {
        self.behind.last_mut()
    }

    /// Open a page over what is there. Help gives way: what it covered comes back when the new page is closed.
    pub(in crate::app) fn open(&mut self, overlay: Overlay) {
        if matches!(self.overlay(), Some(Overlay::Help(_))) {
            self.close();
        }
        self.overlays.push(overlay);
    }

    /// Put a page in place of the topmost one.
    pub(in crate::app) fn turn(&mut self, overlay: Overlay) {
        self.close();
        self.overlays.push(overlay);
    }

    /// Close the topmost page over the screen.
    pub(in crate::app) fn close(&mut self) {
        self.overlays.pop();
    }

    /// Close every page over the screen.
    pub(in crate::app) fn close_all(&mut self) {
        self.overlays.clear();
    }

    /// Go to a screen from which `back` returns here.
    pub(in crate::app) fn enter(&mut self, screen: Screen) {
        self.behind.push(std::mem::replace(&mut self.screen, screen));
    }

    /// Return to the screen this one was entered from; `false` if it was entered from none.
    pub(in crate::app) fn back(&mut self) -> bool {
        let Some(screen) = self.behind.pop() else { return false };
        self.screen = screen;
        true
    }
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
