//! Comparison of a form with the holder named in the signing certificate: the values the card offers, which fields differ, and whether the
//! form is about somebody else. Shared by terminal and service. Of `certificate` it uses only plain data.

use super::fold::fold;
use super::name::{self, CardName, Offered};
use super::{BirthDate, Draft, FieldId, Form, Sex};
use crate::certificate::{Holder, HolderBirth, HolderSex};
use crate::places;

/// The words of names, and their comparison.
mod words;

use words::{Words, spells};

/// The values a card offers for the form, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardOffer {
    /// 利用者氏名.
    pub name: CardName,
    /// 性別; the card's "other or unknown" has no counterpart in the form.
    pub sex: Option<Sex>,
    /// 生年月日, as far as the card has it.
    pub birth_date: Option<BirthDate>,
    /// 住居地(都道府県 市区町村): JIS X 0402.
    pub municipality: Option<String>,
    /// 住居地(町名丁目番地号等).
    pub address_line: Option<String>,
}

/// Whether prefilled records, or another card, belong to the card's holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// They do.
    Holder,
    /// They belong to somebody else.
    SomebodyElse,
    /// Nothing in them can be compared.
    CannotTell,
}

/// Return the values a card offers for the form.
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

/// Return the municipality code and the address line.
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

/// Return the fields of a form that differ from the card, in order. Values missing on the card or containing substitute characters never
/// differ; nor does a name in kanji, whose reading is unknown.
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

/// Return whether the name differs; one that the field cannot hold whole always does.
fn name_differs(raw: &str, typed: &str) -> bool {
    let card = name::of_card(raw);
    match &card.offered {
        Offered::Latin(name) => !card.left_out.is_empty() || name != typed,
        // Kana has several romanizations (ONO, OHNO), all of which match.
        Offered::Kana(_) => !card.left_out.is_empty() || !spells(raw, typed),
        Offered::None => false,
    }
}

/// Return whether municipality and address line differ.
fn address_differs(holder: &Holder, form: &Form) -> (bool, bool) {
    let Some(raw) = holder.address.as_deref().filter(|_| !holder.address_substituted) else { return (false, false) };
    if is_written_so(raw, form) {
        return (false, false);
    }
    let (municipality, line) = address(raw);
    (municipality.is_some_and(|code| code != form.municipality), line.is_some_and(|line| line != form.address_line))
}

/// Return whether the address equals the form's verbatim, the common case: cheaper than splitting the card's address.
fn is_written_so(raw: &str, form: &Form) -> bool {
    let Some(place) = places::by_code(&form.municipality) else { return false };
    let parts = [place.prefecture(), place.county(), place.name(), &form.address_line];
    parts.iter().try_fold(raw, |rest, part| rest.strip_prefix(part)) == Some("")
}

/// Return whether two birth dates differ in the parts known on both sides.
fn birth_differs(card: HolderBirth, typed: BirthDate) -> bool {
    let (year, month, day) = parts(typed);
    let differ = |card: Option<u16>, typed: Option<u16>| card.zip(typed).is_some_and(|(card, typed)| card != typed);
    differ(card.year, year) || differ(card.month.map(u16::from), month) || differ(card.day.map(u16::from), day)
}

/// Return year, month and day, as far as known.
fn parts(date: BirthDate) -> (Option<u16>, Option<u16>, Option<u16>) {
    let year = |year: i32| u16::try_from(year).ok();
    match date {
        BirthDate::Day(date) => (year(date.year()), Some(u8::from(date.month()).into()), Some(date.day().into())),
        BirthDate::Month(y, month) => (year(y), Some(month.into()), None),
        BirthDate::Year(y) => (year(y), None, None),
        BirthDate::Unknown => (None, None, None),
    }
}

/// Return whether a form holds somebody else's data: both name and birth date differ from the holder's. If the names are comparable, one
/// differing part of the date suffices; if not, two of the three, so that a typing error with a card in kanji remains a correction. Unknown
/// parts and sex never count.
pub fn is_somebody_else(holder: &Holder, form: &Form) -> bool {
    // Compare names, which is slower, only if the date differs.
    match different_parts(holder, form.birth_date) {
        None | Some(0) => false,
        Some(1) => compare_names(holder, &form.name) == Names::Different,
        Some(_) => compare_names(holder, &form.name) != Names::Shared,
    }
}

/// Return whether prefilled records belong to the holder. They are not shown before this is known, so a single difference is enough to
/// reject them.
pub fn of_record(holder: &Holder, draft: &Draft) -> Match {
    let name = compare_names(holder, &fold(FieldId::Name, draft.get(FieldId::Name)).value);
    let birth = BirthDate::from_digits(&fold(FieldId::BirthDate, draft.get(FieldId::BirthDate)).value);
    let different = birth.and_then(|birth| different_parts(holder, birth));
    match (name, different) {
        (Names::Different, _) | (_, Some(1..)) => Match::SomebodyElse,
        (_, Some(0)) => Match::Holder,
        // Families share a name: without a date, the whole name must match.
        (Names::Shared, None) if is_whole_name(holder, draft.get(FieldId::Name)) => Match::Holder,
        (Names::Shared | Names::Incomparable, None) => Match::CannotTell,
    }
}

/// Return whether a new card has the holder of the one registered: name, birth date and sex agree. What is unknown on either card agrees
/// with nothing, and names can differ for sure only where both are Latin: another reading or a married name cannot be told apart.
pub fn of_card(registered: &Holder, new: &Holder) -> Match {
    fn agree<T: PartialEq>(one: Option<T>, other: Option<T>) -> Option<bool> {
        one.zip(other).map(|(one, other)| one == other)
    }
    let (one, other) = (registered.birth.unwrap_or_default(), new.birth.unwrap_or_default());
    let parts = [
        names_agree(registered, new),
        agree(one.year, other.year),
        agree(one.month, other.month),
        agree(one.day, other.day),
        agree(sex(registered), sex(new)),
    ];
    if parts.contains(&Some(false)) {
        Match::SomebodyElse
    } else if parts.contains(&None) {
        Match::CannotTell
    } else {
        Match::Holder
    }
}

/// Return whether the names of two cards agree; `None` if that cannot be told.
fn names_agree(one: &Holder, other: &Holder) -> Option<bool> {
    if one.name_substituted || other.name_substituted {
        return None;
    }
    let (one, other) = (one.name.as_deref()?, other.name.as_deref()?);
    let is_latin = |raw: &str| matches!(name::of_card(raw).offered, Offered::Latin(_));
    let shares = Words::of(one).shares(&Words::of(other));
    if one == other {
        Some(true)
    } else if is_latin(one) && is_latin(other) && !shares {
        Some(false)
    } else {
        None
    }
}

/// Return whether prefilled records contain the card's whole name.
fn is_whole_name(holder: &Holder, typed: &str) -> bool {
    let Some(raw) = holder.name.as_deref() else { return false };
    let typed = fold(FieldId::Name, typed).value;
    spells(raw, &typed) || Words::of(raw).is_all_of(&Words::of(&typed))
}

/// Return how many of year, month and day differ; `None` unless both are full, valid dates.
fn different_parts(holder: &Holder, typed: BirthDate) -> Option<usize> {
    let (BirthDate::Day(card), BirthDate::Day(typed)) = (birth_date(holder.birth?)?, typed) else { return None };
    let differ = [card.year() != typed.year(), card.month() != typed.month(), card.day() != typed.day()];
    Some(differ.into_iter().filter(|differs| *differs).count())
}

/// The result of comparing two names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// They share a word, possibly one of the card's alias or one that the form cannot hold.
    Shared,
    /// They share none, and both are legible.
    Different,
    /// The card's name is in kanji, has substitute characters, or is missing.
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
