//! Entered data as text, and files that are not used: the value of a field, a whole form, and its differences from the card.

use super::{Lang, Text, official};
use crate::file::Unfit;
use crate::places;
use crate::registration::field::FieldKind;
use crate::registration::{FieldId, Form};

impl Lang {
    /// Return why a file is not used.
    pub fn unfit(self, unfit: Unfit) -> &'static str {
        self.text(match unfit {
            Unfit::NotRegular => Text::FileNotRegular,
            Unfit::TooLarge => Text::FileTooLarge,
            Unfit::NotText => Text::FileNotText,
        })
    }

    /// Return a field's value in readable form.
    pub fn value(self, field: FieldId, value: &str) -> String {
        match field.row().kind {
            FieldKind::Choice(_) if self == Lang::Ja => official::choice(value).to_owned(),
            FieldKind::Choice(_) => format!("{}  {}", self.choice(value), official::choice(value)),
            FieldKind::Municipality => places::by_code(value).map_or_else(String::new, |place| match self {
                Lang::Ja => place.label(),
                _ => format!("{}  {} {}", place.label(), place.prefecture_romaji(), place.romaji()),
            }),
            FieldKind::Tick => self.text(Text::Consented).to_owned(),
            FieldKind::Text => value.to_owned(),
        }
    }

    /// Return each field of a form as label and readable value; a translated label is followed by the official one.
    pub fn labelled(self, form: &Form) -> impl Iterator<Item = (String, String)> {
        form.fields().map(move |field| {
            let label = match self {
                Lang::Ja => self.field(field).to_owned(),
                _ => format!("{} {}", self.field(field), official::label(field)),
            };
            (label, self.value(field, &form.value(field)))
        })
    }

    /// List the fields that were registered differently from the card; `None` if there are none.
    pub fn differs_from_card(self, fields: &[FieldId]) -> Option<String> {
        let names: Vec<&str> = fields.iter().map(|id| self.field(*id)).collect();
        (!names.is_empty()).then(|| self.fill(Text::DoneDiffers, &[&names.join(", ")]))
    }
}
