//! The menu of the top page.

use crate::app::Model;
use crate::app::visit::Mode;
use crate::locale::Text;

/// Rows of the top page, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopRow {
    /// 新規利用者登録, 外国人本人・その他.
    Register,
    /// Prepare and check.
    Prepare,
    /// Language.
    Language,
    /// Set the first password.
    FirstPassword,
    /// Account actions.
    AccountMenu,
    /// Help.
    Help,
    /// Quit.
    Quit,
    /// Resume the registration in progress.
    GoOn,
    /// Discard it, for the next person.
    NextPerson,
    /// Back to the page of a kiosk that waits for the next person.
    Start,
}

impl TopRow {
    /// Return the text of the row.
    pub const fn text(self) -> Text {
        match self {
            TopRow::Register => Text::TopRegister,
            TopRow::Prepare => Text::TopPrepare,
            TopRow::Language => Text::TopLanguage,
            TopRow::FirstPassword => Text::TopFirstPassword,
            TopRow::AccountMenu => Text::TopAccount,
            TopRow::Help => Text::TopHelp,
            TopRow::Quit => Text::TopQuit,
            TopRow::GoOn => Text::TopGoOn,
            TopRow::NextPerson => Text::TopNextPerson,
            TopRow::Start => Text::TopStart,
        }
    }
}

/// The menu of the top page while no registration is in progress.
pub(in crate::app) const TOP: [TopRow; 7] =
    [TopRow::Register, TopRow::Prepare, TopRow::Language, TopRow::FirstPassword, TopRow::AccountMenu, TopRow::Help, TopRow::Quit];

/// The menu while a registration is in progress: nothing else can be started before it is resumed or discarded.
const TOP_OPEN: [TopRow; 5] = [TopRow::GoOn, TopRow::NextPerson, TopRow::Language, TopRow::Help, TopRow::Quit];

/// The menu at a kiosk, which nobody quits.
const TOP_KIOSK: [TopRow; 6] = [TopRow::Register, TopRow::Prepare, TopRow::FirstPassword, TopRow::AccountMenu, TopRow::Help, TopRow::Start];

/// Return the current menu of the top page.
pub fn top_rows(model: &Model) -> &'static [TopRow] {
    match model.setup.mode {
        Mode::Kiosk => &TOP_KIOSK,
        _ if model.visit.is_open() => &TOP_OPEN,
        _ => &TOP,
    }
}
