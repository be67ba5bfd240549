//! The people of a day: persons of the simulated card, each with values of their own that are recognised wherever they turn up.

use std::sync::{LazyLock, OnceLock};

use unicode_normalization::UnicodeNormalization;
use zairyu::card::simulated::Person;
use zairyu::card::{CardId, Purpose};
use zairyu::certificate::{Holder, HolderBirth, HolderSex};
use zairyu::registration::field::FIELDS;
use zairyu::registration::name::Offered;
use zairyu::registration::{FieldId, holder};

/// A person, by the place among `PEOPLE`.
pub type Who = usize;

/// Who can come: both certificates, and no two with the same name or birth date.
pub const IDS: [&str; 7] = ["anne", "taro", "kana", "birth-year-only", "substituted", "alias", "one-word"];

/// How many can come.
pub const COUNT: usize = IDS.len();

/// A person, with what is on the card and what they type.
pub struct Somebody {
    /// What their card is known by.
    pub card: CardId,
    /// SHA-256 of their signing certificate.
    pub fingerprint: [u8; 32],
    /// What their signing certificate says.
    pub holder: Holder,
    /// Their name as they type it.
    pub name: String,
    /// Their sex as the field has it.
    pub sex: &'static str,
    /// Their birth date as they type it.
    pub birth: String,
    /// Their telephone number.
    pub phone: String,
    /// Their mail address.
    pub mail: String,
    /// Their residence card number.
    pub residence: String,
    /// The code of the mail for the first password.
    pub code: String,
    /// Their password.
    pub password: String,
    /// 署名用パスワード.
    pub signing_pin: String,
    /// 利用者証明用パスワード.
    pub authentication_pin: String,
    /// What nobody else may be shown, squeezed.
    pub canaries: Vec<String>,
}

impl Somebody {
    /// Return a PIN.
    pub fn pin(&self, purpose: Purpose) -> &str {
        match purpose {
            Purpose::Signing => &self.signing_pin,
            Purpose::Authentication => &self.authentication_pin,
        }
    }

    fn new(place: Who, id: &str) -> Somebody {
        let person = Person::find(id).expect("a person of the simulated card");
        let holder = of_certificate(person);
        let offer = holder::offer(&holder);
        let name = match &offer.name.offered {
            Offered::Latin(name) | Offered::Kana(name) => name.clone(),
            // Kanji: nobody but the person knows how it is read.
            Offered::None => ["", "YAMADA TAROU", "", "", "WATANABE TAKAKO", "", ""][place].to_owned(),
        };
        let mark = place + 1;
        let made = MADE.get().and_then(|made| made.get(place));
        let mut somebody = Somebody {
            card: made.map_or([u8::try_from(mark).expect("few people"); 32], |(card, _)| *card),
            fingerprint: made.map_or([u8::try_from(0x80 + mark).expect("few people"); 32], |(_, fingerprint)| *fingerprint),
            name,
            sex: offer.sex.map_or("male", |sex| sex.key()),
            birth: offer.birth_date.expect("a birth date").digits(),
            phone: format!("0906543{:04}", mark * 1111),
            mail: format!("canary{mark}@example.jp"),
            residence: format!("CN{:08}RY", mark * 11_111_111),
            code: format!("code-of-canary-{mark}"),
            password: format!("word-of-canary-{mark}"),
            signing_pin: pins(place).0,
            authentication_pin: pins(place).1,
            canaries: Vec::new(),
            holder,
        };
        let Somebody { name, birth, phone, mail, residence, code, password, signing_pin, .. } = &somebody;
        let mut said = vec![person.name, name, birth, phone, mail, residence, code, password, signing_pin];
        // What the program says itself, as an example, tells nothing.
        said.retain(|value| FIELDS.iter().all(|row| row.example != *value));
        let address = offer
            .address_line
            .filter(|_| IDS.iter().filter(|other| Person::find(other).is_some_and(|other| other.address == person.address)).count() == 1);
        let canaries = said.into_iter().chain(address.as_deref()).map(|value| squeezed([value])).collect();
        somebody.canaries = canaries;
        somebody
    }
}

/// Return the two PINs of a person, signing and user authentication.
pub fn pins(place: Who) -> (String, String) {
    (format!("CANARYPIN{}", place + 1), format!("{:04}", 7001 + place))
}

/// What the cards of the first of them are known by, and the SHA-256 of their signing certificates, where real ones were made.
pub static MADE: OnceLock<Vec<(CardId, [u8; 32])>> = OnceLock::new();

/// Everybody who can come.
pub static PEOPLE: LazyLock<Vec<Somebody>> = LazyLock::new(|| IDS.iter().enumerate().map(|(place, id)| Somebody::new(place, id)).collect());

/// Find whose card it is.
pub fn whose(card: CardId) -> Who {
    PEOPLE.iter().position(|somebody| somebody.card == card).expect("a card of somebody")
}

/// Write text without anything blank and in one width, so that neither a line's end nor a wide letter hides anything.
pub fn squeezed<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut whole = String::new();
    for part in parts {
        match part.as_bytes() {
            // Almost every cell of a frame is one of these.
            [b' '] => {}
            [letter] => whole.push(char::from(*letter)),
            _ if part.chars().all(|letter| matches!(letter, '\u{3041}'..='\u{3096}' | '\u{4E00}'..='\u{9FFF}')) => whole.push_str(part),
            _ => whole.extend(part.nfkc().filter(|letter| !letter.is_whitespace())),
        }
    }
    whole
}

/// Fields of a form that only one person has.
pub const PERSONAL: [FieldId; 6] =
    [FieldId::Name, FieldId::BirthDate, FieldId::AddressLine, FieldId::Phone, FieldId::Email, FieldId::ResidenceCard];

/// What a certificate of this person says, as `certificate::holder` reads it.
fn of_certificate(person: &Person) -> Holder {
    let part = |range: std::ops::Range<usize>| person.birth[range].parse::<u16>().ok().filter(|number| *number > 0);
    let small = |number: Option<u16>| number.and_then(|number| u8::try_from(number).ok());
    Holder {
        name: Some(person.name.to_owned()),
        name_substituted: !person.name_substituted.is_empty(),
        sex: match person.sex {
            "1" => Some(HolderSex::Male),
            "2" => Some(HolderSex::Female),
            _ => Some(HolderSex::Other),
        },
        birth: Some(HolderBirth { year: part(1..5), month: small(part(5..7)), day: small(part(7..9)) }),
        address: Some(person.address.to_owned()),
        address_substituted: !person.address_substituted.is_empty(),
    }
}
