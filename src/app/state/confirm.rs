//! STEP2: what was confirmed, and where the person is on the page.

use crate::registration::FieldId;
use crate::worker::Confirmed;
use std::sync::Arc;

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
