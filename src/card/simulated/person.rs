//! The people of practice mode: the contents of their certificates, and their PINs. All invented.
//! Formats are those of jpki-card.md §5; each person exhibits one difficulty of real cards.

/// Practice signing password of every person, shown on the screen.
pub const SIGNING_PIN: &str = "PRACTICE1";
/// Practice user-authentication PIN of every person, shown on the screen.
pub const AUTHENTICATION_PIN: &str = "1234";

/// The certificates on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issued {
    /// Signing and user authentication.
    Both,
    /// User authentication only, as for children under 15.
    AuthenticationOnly,
}

/// A simulated person.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// Identifier on the command line.
    pub id: &'static str,
    /// 氏名 as in the certificate.
    pub name: &'static str,
    /// Positions of substitute characters in the name; 0-based.
    pub name_substituted: &'static [usize],
    /// 性別: `1` male, `2` female, `3` other.
    pub sex: &'static str,
    /// 生年月日: era and Gregorian date, nine digits.
    pub birth: &'static str,
    /// 住所.
    pub address: &'static str,
    /// Positions of substitute characters in the address; 0-based.
    pub address_substituted: &'static [usize],
    /// Prefecture, municipality and municipality code, as in the subject of the signing certificate.
    pub office: (&'static str, &'static str, &'static str),
    /// The certificates on the card.
    pub issued: Issued,
    /// 署名用パスワード.
    pub signing_pin: &'static str,
    /// 利用者証明用パスワード.
    pub authentication_pin: &'static str,
}

impl Person {
    /// Find a person by identifier.
    pub fn find(id: &str) -> Option<&'static Person> {
        PEOPLE.iter().find(|person| person.id == id)
    }

    /// Return the identifiers of all.
    pub fn names() -> Vec<&'static str> {
        PEOPLE.iter().map(|person| person.id).collect()
    }

    /// Return the flags of substitute characters in the name, `0` or `1` per character.
    pub(super) fn name_flags(&self) -> String {
        flags(self.name, self.name_substituted)
    }

    /// Return the flags of substitute characters in the address, `0` or `1` per character.
    pub(super) fn address_flags(&self) -> String {
        flags(self.address, self.address_substituted)
    }
}

fn flags(text: &str, substituted: &[usize]) -> String {
    (0..text.chars().count()).map(|at| if substituted.contains(&at) { '1' } else { '0' }).collect()
}

/// The default person of practice mode: a foreign national with a name in full-width Latin letters.
pub const ANNE: Person = Person {
    id: "anne",
    name: "ＭＯＮＴＧＯＭＥＲＹ　ＡＮＮＥ",
    name_substituted: &[],
    sex: "2",
    birth: "419900401",
    address: "東京都新宿区西新宿２－８－１",
    address_substituted: &[],
    office: ("Tokyo-to", "Shinjuku-ku", "13104"),
    issued: Issued::Both,
    signing_pin: SIGNING_PIN,
    authentication_pin: AUTHENTICATION_PIN,
};

/// All simulated people; the first is the default.
pub const PEOPLE: &[Person] = &[
    ANNE,
    // A Japanese spouse, with a kanji name.
    Person {
        id: "taro",
        name: "山田　太郎",
        sex: "1",
        birth: "319850615",
        address: "神奈川県鎌倉市御成町１８－１０",
        office: ("Kanagawa-ken", "Kamakura-shi", "14204"),
        ..ANNE
    },
    Person {
        id: "kana",
        name: "ヤマダ　ハナコ",
        birth: "420000229",
        address: "沖縄県那覇市泉崎１－１－１",
        office: ("Okinawa-ken", "Naha-shi", "47201"),
        ..ANNE
    },
    // Papers without month and day, and papers without any date.
    Person { id: "birth-year-only", name: "ＡＨＭＡＤＩ　ＰＡＲＷＩＮ", birth: "019750000", ..ANNE },
    Person { id: "birth-unknown", name: "ＯＳＭＡＮ　ＨＡＬＩＭＡ", birth: "000000000", ..ANNE },
    Person { id: "sex-other", name: "ＯＫＡＦＯＲ　ＫＩＭ", sex: "3", ..ANNE },
    // Characters that the certificate cannot encode, replaced by others (jpki-card.md §5).
    Person {
        id: "substituted",
        name: "渡辺　高子",
        name_substituted: &[1, 3],
        birth: "319731103",
        address: "奈良県葛城市柿本１６６",
        address_substituted: &[3],
        office: ("Nara-ken", "Katsuragi-shi", "29211"),
        ..ANNE
    },
    Person {
        id: "child", name: "ＭＯＮＴＧＯＭＥＲＹ　ＬＥＯ", sex: "1", birth: "520190505", issued: Issued::AuthenticationOnly, ..ANNE
    },
    // 104 characters, the maximum of the form.
    Person {
        id: "long",
        name: "ＷＩＣＫＲＡＭＡＳＩＮＧＨＥ　ＡＲＡＣＨＣＨＩＧＥ　ＤＯＮ　ＫＡＬＹＡＮＡＳＵＮＤＡＲＡＭ　ＶＥＮＫＡＴＡＲＡＭＡＮ　ＭＵＤＩＹＡＮＳＥＬＡＧＥ　ＣＨＡＮＤＲＡＳＥＫＨＡＲＡ　ＲＡＪＡＰＡＫＳＥ　ＰＥＲＥＲＡ",
        sex: "1",
        birth: "319880130",
        ..ANNE
    },
    // A 通称 in brackets after the Latin name.
    Person { id: "alias", name: "ＮＧＵＹＥＮ　ＶＡＮ　ＡＮＨ（山田　安）", sex: "1", birth: "419950812", ..ANNE },
    Person { id: "one-word", name: "ＳＵＨＡＲＴＯ", sex: "1", birth: "419930321", ..ANNE },
    // A ward of a designated city.
    Person {
        id: "ward",
        name: "ＳＩＬＶＡ　ＭＡＲＩＡ",
        birth: "320000123",
        address: "愛知県名古屋市中区三の丸３－１－１",
        office: ("Aichi-ken", "Nagoya-shi Naka-ku", "23106"),
        ..ANNE
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_person_has_a_name_of_their_own_and_data_of_the_certificate_s_form() {
        for (at, person) in PEOPLE.iter().enumerate() {
            assert!(PEOPLE.iter().skip(at + 1).all(|other| other.id != person.id), "{}", person.id);
            assert!(person.birth.len() == 9 && person.birth.bytes().all(|byte| byte.is_ascii_digit()), "{}", person.id);
            assert_eq!(person.name_flags().len(), person.name.chars().count());
            assert_eq!(person.name_flags().matches('1').count(), person.name_substituted.len());
            assert_eq!(person.address_flags().matches('1').count(), person.address_substituted.len());
            assert_eq!(person.office.2.len(), 5);
        }
    }

    #[test]
    fn the_long_name_has_as_many_characters_as_the_form_takes() {
        assert_eq!(Person::find("long").unwrap().name.chars().count(), 104);
    }
}
