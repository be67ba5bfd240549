//! State of STEP2: the confirmed form and the focus.

use crate::registration::FieldId;
use crate::worker::Confirmed;
use std::sync::Arc;

/// State of STEP2. It opens with no button focused, so that a held-down key presses none.
pub struct ConfirmPage {
    /// The confirmed form: what is shown is what is signed.
    pub confirmed: Arc<Confirmed>,
    /// The focused item.
    pub focus: ConfirmFocus,
    /// Whether an ineffective key was pressed, so that the page says which key registers.
    pub told: bool,
    /// Whether the transfer sheet is offered.
    pub offers_sheet: bool,
}

/// The focused item on STEP2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmFocus {
    /// None: the page has just been opened.
    Page,
    /// A line, to be corrected.
    Field(FieldId),
    /// 登録.
    Register,
    /// 戻る.
    Back,
    /// The transfer sheet.
    Transfer,
}

impl ConfirmPage {
    /// Create STEP2 with nothing focused; `offers_sheet` says whether the transfer sheet is offered.
    pub fn new(confirmed: Arc<Confirmed>, offers_sheet: bool) -> ConfirmPage {
        ConfirmPage { confirmed, focus: ConfirmFocus::Page, told: false, offers_sheet }
    }

    /// Return the focusable items, in order.
    pub fn order(&self) -> Vec<ConfirmFocus> {
        let fields = self.confirmed.form.fields().map(ConfirmFocus::Field);
        let sheet = self.offers_sheet.then_some(ConfirmFocus::Transfer);
        fields.chain([ConfirmFocus::Register, ConfirmFocus::Back]).chain(sheet).collect()
    }
}
