//! From what the signing certificate says to what the form offers. The card knows no fields and the form no card: here they meet.

use super::form::FormState;
use crate::certificate::Holder;
use crate::registration::name::Offered;
use crate::registration::{FieldId, Sex, holder};

/// Offer the form what the card says; everything stays editable, and what was typed already stays.
pub fn offer(form: &mut FormState, holder: &Holder) {
    form.substituted = [holder.name_substituted, holder.address_substituted];
    if let Some(raw) = &holder.name {
        form.card_name = Some(raw.clone());
    }
    let card = holder::offer(holder);
    match card.name.offered {
        Offered::Latin(latin) => form.offer(FieldId::Name, &latin),
        // Kana can be spelt in more ways than one (ONO, OHNO): a suggestion, and no measure of what is typed.
        Offered::Kana(spelt) => form.suggest(FieldId::Name, &spelt),
        Offered::None => {}
    }
    if let Some(sex) = card.sex {
        form.offer(FieldId::Sex, if sex == Sex::Male { "male" } else { "female" });
    }
    if let Some(date) = card.birth_date {
        form.offer(FieldId::BirthDate, &date.digits());
    }
    if let Some(code) = card.municipality {
        form.offer(FieldId::Municipality, &code);
    }
    if let Some(line) = card.address_line {
        form.offer(FieldId::AddressLine, &line);
    }
}
