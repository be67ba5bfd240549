//! Prefilling STEP1 from the signing certificate, and from the one record of an office that matches its holder. Every value stays editable.

use crate::app::Model;
use crate::app::state::form::FormFocus;
use crate::app::visit::{Mode, Prefilled, Visit};
use crate::office::Record;
use crate::office::done::Ending;
use crate::registration::holder::{self, CardOffer, Match};
use crate::registration::name::Offered;
use crate::registration::{FIELDS, FieldId};
use crate::worker::SigningCertificate;

/// Fill STEP1 from the signing certificate, and from the record that matches its holder.
pub(super) fn fill(model: &mut Model, certificate: Box<SigningCertificate>) {
    let visit = &mut model.visit;
    // Records belong to one person: nothing of them is shown for anyone else's card.
    let records = std::mem::take(&mut visit.records);
    let mut matching = records.iter().filter(|record| holder::of_record(&certificate.holder, &record.draft) == Match::Holder);
    visit.prefill = match (matching.next(), matching.next()) {
        (Some(record), None) => {
            take(visit, record);
            model.taken = visit.records_changed;
            Prefilled::Applied
        }
        (Some(_), Some(_)) => Prefilled::Several,
        (None, _) if records.is_empty() => Prefilled::None,
        (None, _) => Prefilled::Withheld,
    };
    let form = &mut visit.form;
    let holder = &certificate.holder;
    form.substituted = [holder.name_substituted, holder.address_substituted];
    form.card_name = holder.name.clone();
    let offer = holder::offer(holder);
    match &offer.name.offered {
        Offered::Latin(latin) => form.offer(FieldId::Name, latin),
        // Kana has several romanizations (ONO, OHNO): a suggestion only, not compared with the field.
        Offered::Kana(spelt) => form.suggest(FieldId::Name, spelt),
        Offered::None => {}
    }
    for (field, value) in values(&offer) {
        form.offer(field, &value);
    }
    form.left_out = offer.name.left_out;
    form.covers = model.setup.mode != Mode::Home;
    visit.certificate = Some(certificate);
}

/// Fill STEP1 from a record. Values already chosen by the user stay.
fn take(visit: &mut Visit, record: &Record) {
    for id in FIELDS.iter().map(|row| row.id).filter(|id| *id != FieldId::Consent) {
        let value = record.draft.get(id);
        if !value.is_empty() && visit.form.draft.get(id).is_empty() && visit.form.draft.is_open(id) {
            visit.form.set(id, value.to_owned());
        }
    }
    visit.reference = record.reference.clone().map(|reference| (reference, Ending::NotRegistered));
}

/// Overwrite STEP1 with the holder's data from the card: the form named somebody else.
pub(super) fn overwrite_from_card(model: &mut Model) {
    let Some(holder) = model.visit.holder() else { return };
    let offer = holder::offer(holder);
    let form = &mut model.visit.form;
    // A name in kanji cannot be used: the typed one stays, to be replaced.
    if let Offered::Latin(name) | Offered::Kana(name) = &offer.name.offered {
        form.set(FieldId::Name, name.clone());
    }
    for (field, value) in values(&offer) {
        form.set(field, value);
    }
    form.go(FormFocus::Field(FieldId::Name));
}

/// Return the values the card offers, other than the name, in draft form.
fn values(offer: &CardOffer) -> impl Iterator<Item = (FieldId, String)> + use<> {
    let values = [
        (FieldId::Sex, offer.sex.map(|sex| sex.key().to_owned())),
        (FieldId::BirthDate, offer.birth_date.map(|date| date.digits())),
        (FieldId::Municipality, offer.municipality.clone()),
        (FieldId::AddressLine, offer.address_line.clone()),
    ];
    values.into_iter().filter_map(|(field, value)| Some((field, value?)))
}
