//! Every text shown to people: one TOML file per language, which the build script turns into tables (format in `README.md`).
//!
//! This module looks up a text by a typed key.

use crate::error::Code;
use crate::protocol::actions::AccountAction;
use crate::registration::field::{FieldKind, Need};
use crate::registration::fold::Change;
use crate::registration::warning::Warning;
use crate::registration::{FieldId, ValueError};
use plural::Form;
use table::{Table, texts};
use words::{Face, Page, TroubleText};

#[cfg(test)]
mod check;
/// The languages.
mod languages;
/// Texts in ASCII alone.
mod latin;
#[cfg(test)]
mod obey;
/// The official Japanese labels, shown beside every translation.
pub mod official;
/// Plural forms.
mod plural;
/// Records of an office.
mod records;
/// The tables of texts.
mod table;
/// Language tags and POSIX locale names.
mod tag;
/// Field values as text.
mod value;
#[cfg(test)]
mod wording;
/// The structure of longer texts.
pub mod words;

pub use languages::Lang;
pub use latin::{latin, latin_value};
#[cfg(feature = "service")]
pub(crate) use table::Mail;
#[cfg(feature = "service")]
pub(crate) use table::texts::PageText;
pub use table::texts::Text;
pub use table::{Fill, Paragraphs};

impl Lang {
    const fn table(self) -> &'static Table {
        texts::table(self)
    }

    /// Return a short text.
    pub fn text(self, text: Text) -> &'static str {
        self.table().text(text as u16)
    }

    /// Return a text without placeholders.
    pub(crate) fn plain(self, text: Fill<0>) -> &'static str {
        self.table().text(text.place)
    }

    /// Fill values into a text, in the plural form that its count requires.
    pub fn fill<const N: usize>(self, text: Fill<N>, values: &[&str; N]) -> String {
        // A count that is not a whole number takes the form that every language has.
        let form = |count: &str| count.parse().map_or(Form::Other, |number| self.plural().form(number));
        let form = text.count.and_then(|place| values.get(place)).map_or(0, |count| form(count) as u16);
        fill(self.table().text(text.place + form), values)
    }

    /// Return a field's label; for Japanese the official one.
    pub fn field(self, field: FieldId) -> &'static str {
        self.table().text(texts::field(field))
    }

    /// Return the text for when a field is required.
    pub fn need(self, need: Need) -> &'static str {
        self.text(match need {
            Need::Required => Text::Required,
            Need::ForeignNationalOnly => Text::RequiredOnly,
        })
    }

    /// Return the hint for filling in a field.
    pub fn hint(self, field: FieldId) -> &'static str {
        self.table().text(texts::hint(field))
    }

    /// Return the label of a choice.
    pub fn choice(self, word: &str) -> &'static str {
        texts::choice(word).map(|place| self.table().text(place)).unwrap_or_default()
    }

    /// Describe what is wrong with a field and how to correct it, including the field's label.
    pub fn problem(self, field: FieldId, problem: &ValueError) -> String {
        let label = self.field(field);
        match problem {
            ValueError::Missing => match field.row().kind {
                FieldKind::Tick => self.plain(texts::PROBLEM_MISSING_CONSENT).to_owned(),
                FieldKind::Choice(_) => self.fill(texts::PROBLEM_MISSING_CHOICE, &[label]),
                FieldKind::Municipality => self.fill(texts::PROBLEM_MISSING_MUNICIPALITY, &[label]),
                FieldKind::Text => self.fill(texts::PROBLEM_MISSING, &[label]),
            },
            // A date of another length has no month, or one digit for it: its order is told.
            ValueError::TooLong { .. } | ValueError::TooShort { .. } if field == FieldId::BirthDate => {
                self.fill(texts::PROBLEM_NO_SUCH_DATE, &[label])
            }
            ValueError::TooLong { limit, over } => {
                // Of a number or an address nothing can be taken out: it is another one then.
                let text = match field {
                    FieldId::Name | FieldId::AddressLine => texts::PROBLEM_TOO_LONG,
                    FieldId::Phone => texts::PROBLEM_TOO_LONG_PHONE,
                    FieldId::Email | FieldId::EmailAgain => texts::PROBLEM_TOO_LONG_EMAIL,
                    _ => texts::PROBLEM_TOO_LONG_NUMBER,
                };
                self.fill(text, &[label, &limit.to_string(), &over.to_string()])
            }
            ValueError::TooShort { need, have } => {
                let values = [label, &need.to_string(), &have.to_string()];
                match field {
                    FieldId::ResidenceCard => self.fill(texts::PROBLEM_TOO_SHORT_NUMBER, &values),
                    _ => self.fill(texts::PROBLEM_TOO_SHORT, &values),
                }
            }
            ValueError::Character(letter) => self.stray(field, *letter),
            ValueError::NotLatin => self.fill(
                match field {
                    FieldId::AddressLine => texts::PROBLEM_SCRIPT_ADDRESS,
                    _ => texts::PROBLEM_NOT_LATIN,
                },
                &[label],
            ),
            ValueError::NoSuchDate => self.fill(texts::PROBLEM_NO_SUCH_DATE, &[label]),
            ValueError::InFuture => self.fill(texts::PROBLEM_IN_FUTURE, &[label]),
            ValueError::PhoneStart => self.fill(texts::PROBLEM_PHONE_START, &[label]),
            ValueError::EmailShape => self.fill(texts::PROBLEM_EMAIL_SHAPE, &[label]),
            ValueError::EmailDomain => self.fill(texts::PROBLEM_EMAIL_DOMAIN, &[label]),
            ValueError::EmailDiffers => self.fill(texts::PROBLEM_EMAIL_DIFFERS, &[label]),
            ValueError::NotAChoice => self.fill(texts::PROBLEM_NOT_A_CHOICE, &[label]),
            ValueError::UnknownMunicipality => self.fill(texts::PROBLEM_UNKNOWN_MUNICIPALITY, &[label]),
            ValueError::MunicipalityRepeated => self.fill(texts::PROBLEM_MUNICIPALITY_REPEATED, &[label]),
            ValueError::CardNumber { place, found, meant: Some(meant) } => {
                let values = [label, &place.to_string(), &found.to_string(), &meant.to_string()];
                self.fill(texts::PROBLEM_CARD_NUMBER_MEANT, &values)
            }
            ValueError::CardNumber { place, found, meant: None } => {
                let is_digit = (3..=10).contains(place);
                let text = if is_digit { texts::PROBLEM_CARD_NUMBER_DIGIT } else { texts::PROBLEM_CARD_NUMBER_LETTER };
                self.fill(text, &[label, &place.to_string(), &visible(*found)])
            }
            ValueError::Closed => self.fill(texts::PROBLEM_CLOSED, &[label]),
        }
    }

    /// Say what to write in place of a character that cannot stand in a field. Merely to take it out would often leave another value.
    fn stray(self, field: FieldId, letter: char) -> String {
        use FieldId::{AddressLine, BirthDate, Email, EmailAgain, Name, Phone};
        let label = self.field(field);
        let named = match field {
            Name if letter == '/' => return self.fill(texts::PROBLEM_SLASH_NAME, &[label]),
            Name if letter.is_numeric() => return self.fill(texts::PROBLEM_DIGIT_NAME, &[label]),
            Name => texts::PROBLEM_CHARACTER_NAME,
            // A month in letters, for instance, must be written as a number.
            BirthDate => return self.fill(texts::PROBLEM_NO_SUCH_DATE, &[label]),
            AddressLine if letter.is_alphabetic() => return self.fill(texts::PROBLEM_SCRIPT_ADDRESS, &[label]),
            AddressLine => texts::PROBLEM_CHARACTER_ADDRESS,
            Phone => texts::PROBLEM_CHARACTER_PHONE,
            Email | EmailAgain if letter.is_whitespace() => return self.fill(texts::PROBLEM_SPACE_EMAIL, &[label]),
            Email | EmailAgain if letter.is_alphabetic() => return self.fill(texts::PROBLEM_SCRIPT_EMAIL, &[label]),
            Email | EmailAgain => texts::PROBLEM_CHARACTER_EMAIL,
            _ => texts::PROBLEM_CHARACTER_NUMBER,
        };
        self.fill(named, &[label, &visible(letter)])
    }

    /// Describe what folding changed.
    pub fn change(self, change: Change) -> &'static str {
        self.table().text(texts::change(change))
    }

    /// Describe a value that the person should check again.
    pub fn warning(self, warning: &Warning) -> String {
        match warning {
            Warning::FreeMail { domain } => self.fill(texts::WARNING_FREE_MAIL, &[domain]),
            Warning::MailTypo { typed, probably } => self.fill(texts::WARNING_MAIL_TYPO, &[typed, probably]),
            Warning::PhoneLength { digits } => self.fill(texts::WARNING_PHONE_LENGTH, &[&digits.to_string()]),
            Warning::CertificateEnds { last } => self.fill(texts::WARNING_CERTIFICATE_ENDS, &[&last.to_string()]),
            Warning::MunicipalityTaken { place } => self.fill(texts::WARNING_MUNICIPALITY_TAKEN, &[place]),
            Warning::MunicipalityLeftOut { place, chosen } => self.fill(texts::WARNING_MUNICIPALITY_LEFT_OUT, &[place, chosen]),
            Warning::TownElsewhere { town, place, chosen } => self.fill(texts::WARNING_TOWN_ELSEWHERE, &[town, place, chosen]),
        }
    }

    /// Return the name of an account action.
    pub fn action(self, action: AccountAction) -> &'static str {
        self.table().text(texts::action(action))
    }

    /// Return the confirmation of an account action.
    pub fn action_done(self, action: AccountAction) -> &'static str {
        self.table().text(texts::action_done(action))
    }

    /// Return the texts of an error page.
    pub fn trouble(self, code: Code) -> TroubleText {
        let (table, row) = (self.table(), code as u16);
        let cause = texts::TROUBLE_TEXTS + 2 * row;
        TroubleText { title: table.text(cause + 1), cause: table.text(cause), todo: table.list(texts::TROUBLE_LISTS + usize::from(row)) }
    }

    /// Return the help of a page as a face shows it, one item per paragraph.
    pub fn help(self, page: Page, face: Face) -> impl Iterator<Item = &'static str> {
        words::shown_on(face, self.table().list(texts::help(page)).iter())
    }
}

/// Texts used only by the service.
#[cfg(feature = "service")]
impl Lang {
    /// Return a text of the password page.
    pub(crate) fn page(self, text: PageText) -> &'static str {
        self.table().text(text as u16)
    }

    /// Return the subject of a mail.
    pub(crate) fn subject(self, mail: Mail) -> &'static str {
        self.table().text(mail.subject)
    }

    /// Return the paragraphs of a mail, in which `{link}` and `{id}` stand for the button and the 認証ID.
    pub(crate) fn body(self, mail: Mail) -> Paragraphs {
        self.table().list(mail.body)
    }
}

/// Replace `{0}`, `{1}` … in a text. Placeholders inside values are not replaced.
fn fill(text: &str, values: &[&str]) -> String {
    let mut filled = String::with_capacity(text.len() + values.iter().map(|value| value.len()).sum::<usize>());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('{') {
        filled.push_str(before);
        let named = from.split_once('}').and_then(|(place, after)| Some((values.get(place.parse::<usize>().ok()?)?, after)));
        match named {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = from;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// Return a visible form of a character: an invisible one as its code point.
fn visible(letter: char) -> String {
    if crate::text::is_steering(letter) || crate::text::is_invisible(letter) {
        format!("U+{:04X}", u32::from(letter))
    } else {
        letter.to_string()
    }
}

/// Fails to compile if a code has no page in `[trouble]`, or a page no code, and names the first.
#[allow(clippy::indexing_slicing, clippy::panic, reason = "this runs in the compiler")]
const _: () = {
    let mut row = 0;
    while row < Code::ALL.len() || row < texts::TROUBLE_CODES.len() {
        if row >= texts::TROUBLE_CODES.len() {
            panic!("{}", Code::ALL[row].id());
        }
        if row >= Code::ALL.len() {
            panic!("{}", texts::TROUBLE_CODES[row]);
        }
        let (code, page) = (Code::ALL[row].id().as_bytes(), texts::TROUBLE_CODES[row].as_bytes());
        let mut at = 0;
        while at < code.len() || at < page.len() {
            if at >= code.len() || at >= page.len() || code[at] != page[at] {
                panic!("{}", Code::ALL[row].id());
            }
            at += 1;
        }
        row += 1;
    }
};

/// Divide a text into the words in the language of the person and the official ones beside them, which two spaces part; empty if there are none.
pub fn divided(text: &str) -> (&str, &str) {
    text.split_once("  ").unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::FIELDS;
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

    /// Return whether all terminals agree on the width of a character. Letters and their marks are unavoidable, so the terminal is asked
    /// for their width; symbols of ambiguous width can be avoided.
    pub(super) fn is_drawn_alike(letter: char) -> bool {
        let joins = matches!(letter, '\u{200C}' | '\u{200D}');
        let is_mark = letter.width() == Some(0) && visible(letter) == letter.to_string();
        letter.is_alphabetic()
            || is_mark
            || joins
            || (letter.width().is_some_and(|width| width > 0) && letter.width() == letter.width_cjk())
    }

    #[test]
    fn letters_of_every_script_can_be_in_a_text_and_signs_of_uncertain_width_cannot() {
        for text in ["é ü ñ ệ", "ภาษาไทย ที่ น้ำ", "नेपाली क्ष", "မြန်မာ", "සිංහල ශ්\u{200D}රී", "বাংলা", "한국어", "＊「」【】（）"]
        {
            assert!(text.chars().all(is_drawn_alike), "{text}: {:?}", text.chars().find(|letter| !is_drawn_alike(*letter)));
        }
        for sign in ['…', '→', '①', '※', '—', '“', '×', '\n', '\t', '\u{7}', '\u{200B}', '\u{202E}', '\u{FEFF}'] {
            assert!(!is_drawn_alike(sign), "{sign:?}");
        }
    }

    #[test]
    fn every_short_text_and_hint_is_as_wide_in_one_terminal_as_in_another() {
        for lang in Lang::ALL {
            let texts = Text::ALL.iter().map(|(_, place)| lang.table().text(*place));
            let fields =
                FIELDS.iter().flat_map(|row| [lang.field(row.id), lang.hint(row.id), official::label(row.id), official::easy(row.id)]);
            for said in texts.chain(fields) {
                // `Glyphs::unmarked` takes the mark away where it may be wide.
                for letter in said.trim_start_matches("※ ").chars() {
                    assert!(is_drawn_alike(letter), "{letter:?} in {said}");
                }
            }
        }
    }

    #[test]
    fn what_is_required_is_marked_as_on_the_original_screens() {
        assert_eq!(Lang::Ja.need(Need::Required), "※ 必須");
        for need in [Need::Required, Need::ForeignNationalOnly] {
            assert!(Lang::ALL.iter().all(|lang| lang.need(need).starts_with("※ ") && lang.need(need).contains("必須")), "{need:?}");
        }
    }

    #[test]
    fn every_text_is_found_in_its_place() {
        for lang in Lang::ALL {
            #[cfg(feature = "service")]
            let names = Text::ALL.iter().chain(PageText::ALL);
            #[cfg(not(feature = "service"))]
            let names = Text::ALL.iter();
            for (name, place) in names {
                assert!(lang.table().text(*place).width() > 0, "{lang:?} {name}");
            }
        }
        assert_eq!(Lang::En.text(Text::Next), "Next");
        assert_eq!(Lang::Ja.text(Text::Next), "次へ");
        assert_eq!(Lang::Ja.table().text(u16::MAX), "");
    }

    #[test]
    fn a_count_chooses_the_plural_form() {
        for (lang, count, said) in
            [(Lang::En, "1", "1 character"), (Lang::En, "0", "0 characters"), (Lang::En, "2", "2 characters"), (Lang::Ja, "1", "1文字")]
        {
            assert_eq!(lang.fill(Text::PinCount, &[count]), said);
        }
        let short = Lang::En.problem(FieldId::Phone, &ValueError::TooShort { need: 10, have: 1 });
        assert!(short.contains("10 digits or more are needed, there is 1."), "{short}");
    }

    #[test]
    fn a_character_is_refused_in_words_that_lead_to_what_the_field_may_hold() {
        let said = |field| Lang::En.problem(field, &ValueError::Character('3'));
        assert!(said(FieldId::Name).contains("only letters"), "a digit is not asked for in a name: {}", said(FieldId::Name));
        assert!(said(FieldId::Name).contains("III for 3RD"), "{}", said(FieldId::Name));
        for lang in Lang::ALL {
            // Whatever is wrong with a date, its order is what mends it.
            for problem in [ValueError::NoSuchDate, ValueError::Character('A'), ValueError::TooShort { need: 8, have: 7 }] {
                let date = lang.problem(FieldId::BirthDate, &problem);
                assert!(date.contains("20000123") && date.contains("20000100"), "{date}");
            }
            // Who takes digits out of a number gets another number.
            let long = lang.problem(FieldId::Phone, &ValueError::TooLong { limit: 12, over: 2 });
            assert!(long.contains("09012345678") && !long.contains("Take out") && !long.contains("減らして"), "{long}");
            let long = lang.problem(FieldId::Email, &ValueError::TooLong { limit: 60, over: 2 });
            assert!(!long.contains("Take out") && !long.contains("減らして"), "{long}");
            assert!(lang.problem(FieldId::Phone, &ValueError::Character('内')).contains("内線"));
            assert!(!lang.problem(FieldId::Email, &ValueError::Character(' ')).contains("\" \""));
        }
        assert!(Lang::En.problem(FieldId::Email, &ValueError::Character(' ')).contains("take out the space in it"));
        assert_eq!(Lang::En.fill(Text::TriesLeft, &["1"]), "1 try left");
    }

    #[test]
    fn values_stand_where_the_language_puts_them_and_are_never_taken_for_places() {
        assert_eq!(Lang::En.fill(Text::MailDelayed, &["{1}@b", "12:00"]), "Not taken so far, tried again at 12:00 (Japan time): {1}@b");
        assert_eq!(Lang::Ja.fill(Text::MailDelayed, &["a@b", "12:00"]), "まだ送れません。12:00(日本時間)に、もう一度送ります: a@b");
        assert_eq!(fill("{0}{1} {2} {x} {", &["a", "b"]), "ab {2} {x} {");
    }
}
