//! From what the signing certificate says to what the form offers. The card knows no fields and the form no card: here they meet.

use super::form::FormState;
use crate::certificate::{Holder, HolderSex};
use crate::places;
use crate::registration::name::{self, Offered};
use crate::registration::{BirthDate, FieldId};

/// Offer the form what the card says; everything stays editable, and what was typed already stays.
pub fn offer(form: &mut FormState, holder: &Holder) {
    form.substituted = [holder.name_substituted, holder.address_substituted];
    if let Some(raw) = &holder.name {
        form.card_name = Some(raw.clone());
        match name::of_card(raw).offered {
            Offered::Latin(latin) => form.offer(FieldId::Name, &latin),
            // Kana can be spelt in more ways than one (ONO, OHNO): a suggestion, and no measure of what is typed.
            Offered::Kana(spelt) => form.suggest(FieldId::Name, &spelt),
            Offered::None => {}
        }
    }
    match holder.sex {
        Some(HolderSex::Male) => form.offer(FieldId::Sex, "male"),
        Some(HolderSex::Female) => form.offer(FieldId::Sex, "female"),
        // The card also knows "other or unknown"; the form does not, so the person chooses.
        Some(HolderSex::Other) | None => {}
    }
    if let Some(birth) = holder.birth {
        let digits = format!("{:04}{:02}{:02}", birth.year.unwrap_or(0), birth.month.unwrap_or(0), birth.day.unwrap_or(0));
        if BirthDate::from_digits(&digits).is_some() {
            form.offer(FieldId::BirthDate, &digits);
        }
    }
    if let Some(split) = holder.address.as_deref().and_then(places::split) {
        form.offer(FieldId::Municipality, split.municipality.code());
        if !split.rest.is_empty() {
            form.offer(FieldId::AddressLine, &split.rest);
        }
    }
}
