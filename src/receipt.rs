//! What a person takes home: receipts, and slips for the municipal office. Each is made as data once; text, PDF, file and print are made
//! from that. Kept only on request. Independent of the model: `runtime` passes what stands on it.

/// Removable media.
mod media;
/// A sheet as PDF.
#[cfg(feature = "print")]
mod pdf;
/// Printing by a command of the settings.
mod print;
/// Saving to the documents folder or to a removable medium.
mod save;
/// A page as data, and as text.
mod sheet;
/// Slips for the municipal office.
mod slip;
/// The transfer sheet.
pub mod transfer;

pub use media::media;
pub use print::print;
pub use save::save;
pub use sheet::{Part, Sheet};
pub use slip::slip;

use crate::locale::{Lang, Text, official};
use crate::protocol::authentication_id::groups;
use crate::registration::{Date, FieldId, Form};
use sheet::both;

/// The contents of a registration receipt: what STEP3 shows.
pub struct Receipt<'a> {
    /// The language.
    pub lang: Lang,
    /// Whether this is practice mode.
    pub practice: bool,
    /// The service's name; empty if it is not known.
    pub service: &'a str,
    /// 認証ID, without hyphens.
    pub authentication_id: &'a str,
    /// The registered form.
    pub form: &'a Form,
    /// Fields that differ from the card.
    pub differs_from_card: &'a [FieldId],
    /// Date and time of registration in Japan, to the minute; `None` if unknown.
    pub registered_at: Option<(Date, String)>,
    /// The check value issued by the service.
    pub receipt: &'a str,
}

impl Receipt<'_> {
    /// Return the receipt as a page, in the person's language and in Japanese.
    pub fn sheet(&self) -> Sheet {
        let lang = self.lang;
        let mut parts = vec![Part::Title(both(lang, Text::ReceiptTitle))];
        if self.practice {
            parts.push(Part::Text(format!("[{}]  {}", both(lang, Text::Practice), both(lang, Text::DonePractice))));
        }
        parts.push(Part::Large(both(lang, Text::DoneId), groups(self.authentication_id)));
        parts.push(Part::Row(both(lang, Text::ReceiptId), self.authentication_id.to_owned()));
        if !self.service.is_empty() {
            parts.push(Part::Row(both(lang, Text::ReceiptService), self.service.to_owned()));
        }
        if let Some((_, minute)) = &self.registered_at {
            let said = |lang: Lang| lang.fill(Text::DoneAt, &[minute]);
            parts.push(Part::Row(both(lang, Text::ReceiptAt), sheet::joined(&said(lang), &said(Lang::Ja))));
        }
        parts.push(Part::Row(both(lang, Text::ReceiptCheck), self.receipt.to_owned()));
        parts.push(Part::Heading(both(lang, Text::DoneRegistered)));
        parts.extend(self.form.fields().map(|field| {
            let value = self.form.value(field);
            let said = |lang: Lang| lang.value(field, &value);
            Part::Row(sheet::joined(lang.field(field), official::label(field)), sheet::joined(&said(lang), &said(Lang::Ja)))
        }));
        parts.extend(self.differs(lang));
        parts.push(Part::Heading(both(lang, Text::DoneNext)));
        let next = [Text::DoneNext1, Text::DoneNext2, Text::DoneNext3];
        parts.extend((1..).zip(next).map(|(number, text)| sheet::beside(lang, |lang| format!("{number}. {}", lang.text(text)))));
        let date = self.registered_at.as_ref().map(|(date, _)| format!("-{date}")).unwrap_or_default();
        Sheet { lang, name: format!("zairyu{date}"), parts }
    }

    fn differs(&self, lang: Lang) -> Option<Part> {
        let own = lang.differs_from_card(self.differs_from_card)?;
        let japanese = Lang::Ja.differs_from_card(self.differs_from_card)?;
        Some(Part::Beside(japanese, if lang == Lang::Ja { String::new() } else { own }))
    }
}

#[cfg(test)]
mod tests;
