//! The people of practice mode: what their certificates say, and their two PINs. All invented.
//! The forms are those of jpki-card.md §5; each person shows one difficulty that real cards have.

/// Practice signing password of everybody here, to be shown on the screen.
pub const SIGNING_PIN: &str = "PRACTICE1";
/// Practice user-authentication PIN of everybody here, to be shown on the screen.
pub const AUTHENTICATION_PIN: &str = "1234";

/// Which certificates a card was issued with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issued {
    /// Signing and user authentication.
    Both,
    /// User authentication only, as for a child under 15.
    AuthenticationOnly,
}

/// A person to simulate.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// Name of this entry on the command line.
    pub id: &'static str,
    /// 氏名 as the certificate has it.
    pub name: &'static str,
    /// Which characters of the name stand in for others, counted from 0.
    pub name_substituted: &'static [usize],
    /// 性別: `1` male, `2` female, `3` other.
    pub sex: &'static str,
    /// 生年月日: era and Gregorian date, nine digits.
    pub birth: &'static str,
    /// 住所.
    pub address: &'static str,
    /// Which characters of the address stand in for others, counted from 0.
    pub address_substituted: &'static [usize],
    /// Prefecture, municipality and municipal code as the subject of the signing certificate has them.
    pub office: (&'static str, &'static str, &'static str),
    /// Which certificates there are.
    pub issued: Issued,
    /// 署名用パスワード.
    pub signing_pin: &'static str,
    /// 利用者証明用パスワード.
    pub authentication_pin: &'static str,
}

impl Person {
    /// Find a person by the name of the entry.
    pub fn find(id: &str) -> Option<&'static Person> {
        PEOPLE.iter().find(|person| person.id == id)
    }

    /// Return one `0` or `1` for each character of the name.
    pub(super) fn name_flags(&self) -> String {
        flags(self.name, self.name_substituted)
    }

    /// Return one `0` or `1` for each character of the address.
    pub(super) fn address_flags(&self) -> String {
        flags(self.address, self.address_substituted)
    }
}

fn flags(text: &str, substituted: &[usize]) -> String {
    (0..text.chars().count()).map(|at| if substituted.contains(&at) { '1' } else { '0' }).collect()
}

/// The person of practice mode when nobody else is named: a foreign national with a name in full-width Latin letters.
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

/// Everybody who can be simulated; the first is the default.
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
    // Papers that say nothing of month and day, and papers that say nothing at all.
    Person { id: "birth-year-only", name: "ＡＨＭＡＤＩ　ＰＡＲＷＩＮ", birth: "019750000", ..ANNE },
    Person { id: "birth-unknown", name: "ＯＳＭＡＮ　ＨＡＬＩＭＡ", birth: "000000000", ..ANNE },
    Person { id: "sex-other", name: "ＯＫＡＦＯＲ　ＫＩＭ", sex: "3", ..ANNE },
    // Characters that the certificate cannot hold, replaced by others (jpki-card.md §5).
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
    // 104 characters, the most that the form takes.
    Person {
        id: "long",
        name: "ＷＩＣＫＲＡＭＡＳＩＮＧＨＥ　ＡＲＡＣＨＣＨＩＧＥ　ＤＯＮ　ＫＡＬＹＡＮＡＳＵＮＤＡＲＡＭ　ＶＥＮＫＡＴＡＲＡＭＡＮ　ＭＵＤＩＹＡＮＳＥＬＡＧＥ　ＣＨＡＮＤＲＡＳＥＫＨＡＲＡ　ＲＡＪＡＰＡＫＳＥ　ＰＥＲＥＲＡ",
        sex: "1",
        birth: "319880130",
        ..ANNE
    },
    // A 通称 in brackets behind the Latin name.
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
