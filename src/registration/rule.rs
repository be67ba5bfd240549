//! Validation rules, one function each: from the stored form, as `fold` produces it, to a typed value or a fault.
//! `whole` and `form` run the rules of all fields, for `check` and `check_form`.

use super::fold::{date::is_between, fold, is_latin};
use super::{BirthDate, Category, Date, Draft, FIELDS, FieldId, Form, FormError, Sex, ValueError, email};
use crate::places;
use crate::text::is_invisible;

/// Minimum number of digits of a phone number; the maximum is the field's limit.
const PHONE_LEAST: usize = 10;

/// Check 利用者氏名: words of A–Z, separated by single spaces; one word suffices.
pub fn name(value: &str) -> Result<String, ValueError> {
    present(value)?;
    if !value.chars().any(|c| c.is_ascii_alphabetic() || is_latin(c)) {
        return Err(ValueError::NotLatin);
    }
    let stray = |c: &char| !c.is_ascii_uppercase() && *c != ' ';
    if let Some(c) = value.chars().find(stray) {
        return Err(if c.is_alphabetic() && !is_latin(c) { ValueError::NotLatin } else { ValueError::Character(c) });
    }
    if value.split(' ').any(str::is_empty) {
        return Err(ValueError::Character(' '));
    }
    within(FieldId::Name, value)?;
    Ok(value.to_owned())
}

/// Check 性別.
pub fn sex(value: &str) -> Result<Sex, ValueError> {
    match value {
        "" => Err(ValueError::Missing),
        "male" => Ok(Sex::Male),
        "female" => Ok(Sex::Female),
        _ => Err(ValueError::NotAChoice),
    }
}

/// Check 生年月日: 8 digits, an existing date, not after `today`.
pub fn birth_date(value: &str, today: Date) -> Result<BirthDate, ValueError> {
    present(value)?;
    if let Some(c) = value.chars().find(|c| !c.is_ascii_digit()) {
        // Only ambiguous notations keep their separators when folded.
        return Err(if is_between(c) { ValueError::NoSuchDate } else { ValueError::Character(c) });
    }
    within(FieldId::BirthDate, value)?;
    at_least(FieldId::BirthDate.row().limit, value)?;
    let date = BirthDate::from_digits(value).ok_or(ValueError::NoSuchDate)?;
    let (year, month) = (today.year(), u8::from(today.month()));
    let future = match date {
        BirthDate::Day(day) => day > today,
        BirthDate::Month(y, m) => (y, m) > (year, month),
        BirthDate::Year(y) => y > year,
        BirthDate::Unknown => false,
    };
    if future { Err(ValueError::InFuture) } else { Ok(date) }
}

/// Check 住居地(都道府県 市区町村): a known code.
pub fn municipality(value: &str) -> Result<String, ValueError> {
    present(value)?;
    if value.len() == 5 && places::by_code(value).is_some() { Ok(value.to_owned()) } else { Err(ValueError::UnknownMunicipality) }
}

/// Check 住居地(町名丁目番地号等): full width, and not starting with the name of `municipality`; pass an empty code if none is chosen.
pub fn address_line(value: &str, municipality: &str) -> Result<String, ValueError> {
    present(value)?;
    if !value.chars().any(|c| stands_in_address(c) && c != '\u{3000}') {
        return Err(ValueError::NotLatin);
    }
    if let Some(c) = value.chars().find(|c| !stands_in_address(*c)) {
        return Err(ValueError::Character(c));
    }
    if repeats(value, municipality) {
        return Err(ValueError::MunicipalityRepeated);
    }
    within(FieldId::AddressLine, value)?;
    Ok(value.to_owned())
}

/// Check 利用者連絡先電話番号: 10–12 digits beginning with 0.
pub fn phone(value: &str) -> Result<String, ValueError> {
    present(value)?;
    match value.chars().find(|c| !c.is_ascii_digit()) {
        // Another country's code: the service calls within Japan.
        Some('+') if value.starts_with('+') => return Err(ValueError::PhoneStart),
        Some(c) => return Err(ValueError::Character(c)),
        None if !value.starts_with('0') => return Err(ValueError::PhoneStart),
        None => {}
    }
    at_least(PHONE_LEAST, value)?;
    within(FieldId::Phone, value)?;
    Ok(value.to_owned())
}

/// Check メールアドレス.
pub fn email(value: &str) -> Result<String, ValueError> {
    present(value)?;
    email::check(value)?;
    within(FieldId::Email, value)?;
    Ok(value.to_owned())
}

/// Check メールアドレス(確認) against メールアドレス. Capitals matter before the @ only (RFC 5321, 2.4).
pub fn email_again(value: &str, email: &str) -> Result<(), ValueError> {
    present(value)?;
    let same = match (value.rsplit_once('@'), email.rsplit_once('@')) {
        (Some((local, domain)), Some((before, behind))) => local == before && domain.eq_ignore_ascii_case(behind),
        _ => value == email,
    };
    if same { Ok(()) } else { Err(ValueError::EmailDiffers) }
}

/// Check 利用者の区分.
pub fn category(value: &str) -> Result<Category, ValueError> {
    match value {
        "" => Err(ValueError::Missing),
        "foreign_national" => Ok(Category::ForeignNational),
        "legal_representative" => Ok(Category::LegalRepresentative),
        "family" => Ok(Category::Family),
        _ => Err(ValueError::NotAChoice),
    }
}

/// Check 在留カード番号: two letters, eight digits, two letters.
pub fn residence_card(value: &str) -> Result<String, ValueError> {
    present(value)?;
    if let Some(c) = value.chars().find(|c| !c.is_ascii_uppercase() && !c.is_ascii_digit()) {
        return Err(ValueError::Character(c));
    }
    within(FieldId::ResidenceCard, value)?;
    at_least(FieldId::ResidenceCard.row().limit, value)?;
    for (place, found) in (1..).zip(value.chars()) {
        let letter = !(3..=10).contains(&place);
        if letter == found.is_ascii_digit() {
            let meant = match (found, letter) {
                ('0', true) => Some('O'),
                ('1', true) => Some('I'),
                ('O', false) => Some('0'),
                ('I' | 'L', false) => Some('1'),
                _ => None,
            };
            return Err(ValueError::CardNumber { place, found, meant });
        }
    }
    Ok(value.to_owned())
}

/// Check 利用規約に同意します。
pub fn consent(value: &str) -> Result<(), ValueError> {
    if value == "yes" { Ok(()) } else { Err(ValueError::Missing) }
}

/// Fold and check a whole draft.
pub(super) fn whole(draft: &Draft, today: Date) -> Result<Form, Vec<FormError>> {
    Form::read(&draft.folded(), today)
}

/// Check a form, whose values must be in stored form.
pub(super) fn form(form: &Form, today: Date) -> Result<(), Vec<FormError>> {
    let draft = Draft::of(form);
    let mut faults = Form::read(&draft, today).err().unwrap_or_default();
    faults.retain(|fault| fault.field.row().is_member());
    for field in FIELDS.iter().filter(|row| row.is_member()).map(|row| row.id) {
        if faults.iter().all(|fault| fault.field != field) {
            let blank = if form.is_blank(field) { Err(ValueError::Closed) } else { Ok(()) };
            faults.extend(blank.and_then(|()| unfolded(field, draft.get(field))).err().map(|problem| FormError { field, problem }));
        }
    }
    faults.sort_by_key(|fault| fault.field);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// The input of a rule: the value, and what it may depend on.
pub(super) struct Given<'a> {
    pub(super) value: &'a str,
    pub(super) draft: &'a Draft,
    pub(super) today: Date,
    field: FieldId,
}

impl Given<'_> {
    /// Check a field that may be closed: then it must be empty.
    pub(super) fn if_open<T>(&self, rule: impl FnOnce(&str) -> Result<T, ValueError>) -> Result<Option<T>, ValueError> {
        match self.draft.is_open(self.field) {
            true => rule(self.value).map(Some),
            false if self.value.is_empty() => Ok(None),
            false => Err(ValueError::Closed),
        }
    }
}

/// Collects the faults of a draft; in the order of the fields, since the rules run in that order.
pub(super) struct Faults<'a> {
    pub(super) found: Vec<FormError>,
    draft: &'a Draft,
    today: Date,
}

impl<'a> Faults<'a> {
    pub(super) const fn new(draft: &'a Draft, today: Date) -> Faults<'a> {
        Faults { found: Vec::new(), draft, today }
    }

    /// Run the rule of a field; record its fault, or return its value.
    pub(super) fn check<T>(&mut self, field: FieldId, rule: impl FnOnce(&Given<'a>) -> Result<T, ValueError>) -> Option<T> {
        let given = Given { value: self.draft.get(field), draft: self.draft, today: self.today, field };
        rule(&given).map_err(|problem| self.found.push(FormError { field, problem })).ok()
    }
}

fn present(value: &str) -> Result<(), ValueError> {
    if value.is_empty() { Err(ValueError::Missing) } else { Ok(()) }
}

fn within(field: FieldId, value: &str) -> Result<(), ValueError> {
    let limit = field.row().limit;
    match value.chars().count().checked_sub(limit) {
        None | Some(0) => Ok(()),
        Some(over) => Err(ValueError::TooLong { limit, over }),
    }
}

fn at_least(need: usize, value: &str) -> Result<(), ValueError> {
    let have = value.chars().count();
    if have < need { Err(ValueError::TooShort { need, have }) } else { Ok(()) }
}

/// Reject a value that folding would change, naming the first such character.
fn unfolded(field: FieldId, value: &str) -> Result<(), ValueError> {
    let folded = fold(field, value).value;
    match value.chars().zip(folded.chars().map(Some).chain(std::iter::repeat(None))).find(|(is, should)| Some(*is) != *should) {
        Some((c, _)) => Err(ValueError::Character(c)),
        None => Ok(()),
    }
}

/// The signs of JIS X 0208 that are not in one of the ranges below.
const SIGNS: &str = "‐―‖∥‘’“”‥…−±×÷≠≦≧∞∴♂♀°′″℃‰§☆★○●◎◇◆□■△▲▽▼→←↑↓∈∋⊆⊇⊂⊃∪∩∧∨⇒⇔∀∃∠⊥⌒∂∇≡≒≪≫√∽∝∵∫♯♭♪†‡¶◯※゛゜";

/// Return whether a character is valid in the stored address line: full-width JIS X 0208, and any kanji.
fn stands_in_address(c: char) -> bool {
    !is_invisible(c)
        && (matches!(c, '\u{3000}'..='\u{3020}' | '〻' | '〼' | 'ぁ'..='ゖ' | 'ゝ'..='ゟ' | 'ァ'..='ヿ' | 'ㇰ'..='ㇿ'
            | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
            | '！'..='～' | '￠'..='￦' | 'Α'..='ω' | 'А'..='ё' | '─'..='╋')
            || SIGNS.contains(c))
}

/// Return whether the line begins with the prefecture, county or municipality already chosen.
pub(super) fn repeats(line: &str, municipality: &str) -> bool {
    let Some(place) = places::by_code(municipality) else { return false };
    let line = line.trim_start_matches('\u{3000}');
    own_names(place).into_iter().filter(|part| !part.is_empty() && line.starts_with(part)).any(|part| !begins_a_town(line, part, place))
}

/// Return the names that a line may repeat, in the order of an address: prefecture, county, municipality; of 横浜市西区 also 横浜市 alone and
/// 西区 alone. Some are empty.
pub(super) fn own_names(place: places::Municipality) -> [&'static str; 5] {
    let ward = place
        .name()
        .strip_suffix('区')
        .and_then(|_| place.name().find('市'))
        .and_then(|end| place.name().split_at_checked(end + '市'.len_utf8()));
    let (city, ward) = ward.unwrap_or_default();
    [place.prefecture(), place.county(), place.name(), city, ward]
}

/// Return whether `part` at the start of the line is a town rather than the municipality: 養父市場 is a town of 養父市, 神恵内村 one of 神恵内村. If
/// another town follows, it is the municipality.
pub(super) fn begins_a_town(line: &str, part: &str, place: places::Municipality) -> bool {
    let Some(town) = places::leading_town(place, line).filter(|town| town.len() >= part.len()) else { return false };
    let behind = line.get(town.len()..).unwrap_or_default().trim_start_matches('\u{3000}');
    town.len() > part.len() || places::leading_town(place, behind).is_none()
}

#[cfg(test)]
mod tests;
