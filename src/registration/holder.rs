//! Compares a form with the holder of the card, as the signing certificate states them: what the card offers, which fields differ, and
//! whether the form is about somebody else. Terminal and service use the same comparison. Of `certificate` it only knows the plain data.

use super::fold::fold;
use super::name::{self, CardName, Offered};
use super::{BirthDate, Draft, FieldId, Form, Sex};
use crate::certificate::{Holder, HolderBirth, HolderSex};
use crate::places;

/// The words of names, and when two of them are the same.
mod words;

use words::{Words, spells};

/// The values that a card offers for the form, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardOffer {
    /// 利用者氏名.
    pub name: CardName,
    /// 性別; the card also knows "other or unknown", which the form does not.
    pub sex: Option<Sex>,
    /// 生年月日, as far as the card knows it.
    pub birth_date: Option<BirthDate>,
    /// 住居地(都道府県 市区町村): JIS X 0402.
    pub municipality: Option<String>,
    /// 住居地(町名丁目番地号等).
    pub address_line: Option<String>,
}

/// Whether prefilled values belong to the holder of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// They do.
    Holder,
    /// They belong to somebody else.
    SomebodyElse,
    /// Nothing in them can be compared.
    CannotTell,
}

/// Return the values that a card offers for the form.
pub fn offer(holder: &Holder) -> CardOffer {
    let (municipality, address_line) = holder.address.as_deref().map(address).unwrap_or_default();
    CardOffer {
        name: holder.name.as_deref().map(name::of_card).unwrap_or_default(),
        sex: sex(holder),
        birth_date: holder.birth.and_then(birth_date),
        municipality,
        address_line,
    }
}

/// Return the municipality's code and the address line.
fn address(raw: &str) -> (Option<String>, Option<String>) {
    let Some(split) = places::split(raw) else { return (None, None) };
    let line = fold(FieldId::AddressLine, &split.rest).value;
    (Some(split.municipality.code().to_owned()), Some(line).filter(|line| !line.is_empty()))
}

const fn sex(holder: &Holder) -> Option<Sex> {
    match holder.sex {
        Some(HolderSex::Male) => Some(Sex::Male),
        Some(HolderSex::Female) => Some(Sex::Female),
        Some(HolderSex::Other) | None => None,
    }
}

fn birth_date(birth: HolderBirth) -> Option<BirthDate> {
    let digits = format!("{:04}{:02}{:02}", birth.year.unwrap_or(0), birth.month.unwrap_or(0), birth.day.unwrap_or(0));
    BirthDate::from_digits(&digits)
}

/// Return the fields of a form that differ from the card, in their order. What the card does not know, or cannot write
/// (substituted characters), differs from nothing; nor does a name in kanji, whose reading nobody can know.
pub fn differences(holder: &Holder, form: &Form) -> Vec<FieldId> {
    let (municipality, line) = address_differs(holder, form);
    let differs = [
        (FieldId::Name, !holder.name_substituted && holder.name.as_deref().is_some_and(|raw| name_differs(raw, &form.name))),
        (FieldId::Sex, sex(holder).is_some_and(|sex| sex != form.sex)),
        (FieldId::BirthDate, holder.birth.is_some_and(|birth| birth_differs(birth, form.birth_date))),
        (FieldId::Municipality, municipality),
        (FieldId::AddressLine, line),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

/// A name that could not be taken whole differs from whatever the field can hold.
fn name_differs(raw: &str, typed: &str) -> bool {
    let card = name::of_card(raw);
    match &card.offered {
        Offered::Latin(name) => !card.left_out.is_empty() || name != typed,
        // Kana can be spelt in more ways than one (ONO, OHNO), and all of them are the card's.
        Offered::Kana(_) => !card.left_out.is_empty() || !spells(raw, typed),
        Offered::None => false,
    }
}

/// Compare municipality and address line.
fn address_differs(holder: &Holder, form: &Form) -> (bool, bool) {
    let Some(raw) = holder.address.as_deref().filter(|_| !holder.address_substituted) else { return (false, false) };
    if is_written_so(raw, form) {
        return (false, false);
    }
    let (municipality, line) = address(raw);
    (municipality.is_some_and(|code| code != form.municipality), line.is_some_and(|line| line != form.address_line))
}

/// Return whether an address is the form's word for word, as most are: to take it apart costs more than to put the form's together.
fn is_written_so(raw: &str, form: &Form) -> bool {
    let Some(place) = places::by_code(&form.municipality) else { return false };
    let parts = [place.prefecture(), place.county(), place.name(), &form.address_line];
    parts.iter().try_fold(raw, |rest, part| rest.strip_prefix(part)) == Some("")
}

/// Compare two birth dates as far as both are known.
fn birth_differs(card: HolderBirth, typed: BirthDate) -> bool {
    let (year, month, day) = parts(typed);
    let differ = |card: Option<u16>, typed: Option<u16>| card.zip(typed).is_some_and(|(card, typed)| card != typed);
    differ(card.year, year) || differ(card.month.map(u16::from), month) || differ(card.day.map(u16::from), day)
}

/// Year, month and day, as far as they are known.
fn parts(date: BirthDate) -> (Option<u16>, Option<u16>, Option<u16>) {
    let year = |year: i32| u16::try_from(year).ok();
    match date {
        BirthDate::Day(date) => (year(date.year()), Some(u8::from(date.month()).into()), Some(date.day().into())),
        BirthDate::Month(y, month) => (year(y), Some(month.into()), None),
        BirthDate::Year(y) => (year(y), None, None),
        BirthDate::Unknown => (None, None, None),
    }
}

/// Return whether a form holds somebody else's data: another name and another birth date than the holder's.
/// Where the names can be compared, one part of the date is enough; where they cannot, two of the three, so that a slip of the finger on
/// a card in kanji stays a correction. What is unknown on either side, and sex, never count.
pub fn is_somebody_else(holder: &Holder, form: &Form) -> bool {
    // Names are compared for the few only whose date differs.
    match different_parts(holder, form.birth_date) {
        None | Some(0) => false,
        Some(1) => compare_names(holder, &form.name) == Names::Different,
        Some(_) => compare_names(holder, &form.name) != Names::Shared,
    }
}

/// Return whether values that were given beforehand are of the holder. They are not shown before that is known, so there is no need for
/// two signs: one that speaks against it is enough.
pub fn of_record(holder: &Holder, draft: &Draft) -> Match {
    let name = compare_names(holder, &fold(FieldId::Name, draft.get(FieldId::Name)).value);
    let birth = BirthDate::from_digits(&fold(FieldId::BirthDate, draft.get(FieldId::BirthDate)).value);
    let different = birth.and_then(|birth| different_parts(holder, birth));
    match (name, different) {
        (Names::Different, _) | (_, Some(1..)) => Match::SomebodyElse,
        (_, Some(0)) => Match::Holder,
        // Families share a name: by the name alone it must be the whole of it.
        (Names::Shared, None) if is_whole_name(holder, draft.get(FieldId::Name)) => Match::Holder,
        (Names::Shared | Names::Incomparable, None) => Match::CannotTell,
    }
}

/// Return whether values given beforehand hold the whole name of the card.
fn is_whole_name(holder: &Holder, typed: &str) -> bool {
    let Some(raw) = holder.name.as_deref() else { return false };
    let typed = fold(FieldId::Name, typed).value;
    spells(raw, &typed) || Words::of(raw).is_all_of(&Words::of(&typed))
}

/// How many of year, month and day differ, where both dates are whole; one that no calendar has is not.
fn different_parts(holder: &Holder, typed: BirthDate) -> Option<usize> {
    let (BirthDate::Day(card), BirthDate::Day(typed)) = (birth_date(holder.birth?)?, typed) else { return None };
    let differ = [card.year() != typed.year(), card.month() != typed.month(), card.day() != typed.day()];
    Some(differ.into_iter().filter(|differs| *differs).count())
}

/// What two names say of whose they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// They have a word in common: also one of the card's alias, or one that the form cannot hold whole.
    Shared,
    /// They have none, and both can be read.
    Different,
    /// The card's is kanji, has substituted characters, or is not there.
    Incomparable,
}

fn compare_names(holder: &Holder, typed: &str) -> Names {
    let Some(raw) = holder.name.as_deref() else { return Names::Incomparable };
    let (card, typed) = (Words::of(raw), Words::of(typed));
    if card.shares(&typed) {
        return Names::Shared;
    }
    let is_legible = !holder.name_substituted && name::of_card(raw).offered != Offered::None;
    if is_legible && typed.has_latin() { Names::Different } else { Names::Incomparable }
}

#[cfg(test)]
mod tests;
