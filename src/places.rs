//! Prefectures, municipalities, postal codes and towns: search, and splitting of a card's address.
//!
//! Pure: no files and no network; the embedded tables are read in place, with nothing to unpack at start. `places/data/README.md`
//! describes the data and its source.

mod address;
mod alike;
mod alphabet;
mod elsewhere;
mod forms;
mod fuzzy;
mod kana;
mod kanji;
mod key;
mod letter_set;
mod marker;
mod name;
mod romaji;
mod search;
mod table;
mod text;
mod towns;

use crate::text as letters;
pub use address::{Split, split};
pub use elsewhere::town_elsewhere;
pub use marker::Marker;
pub use search::{search, search_from};
#[cfg(test)]
pub(crate) use towns::towns_of;
pub use towns::{is_begun_by, leading_town};

/// One of the 47 prefectures.
#[derive(Debug, PartialEq, Eq)]
pub struct Prefecture {
    /// The first two digits of the JIS X 0402 code: "13".
    pub code: &'static str,
    /// 東京都
    pub name: &'static str,
    /// とうきょうと
    pub kana: &'static str,
    /// Tokyo-to
    pub romaji: &'static str,
    /// The name without its last character: 東京; 北海道 is unchanged.
    pub short: &'static str,
    key: &'static str,
    stem_key: &'static str,
}

static PREFECTURES: &[Prefecture; 47] = &include!(concat!(env!("OUT_DIR"), "/prefectures.rs"));

/// Return the prefectures from north to south.
pub fn prefectures() -> &'static [Prefecture] {
    PREFECTURES
}

/// The kind of a municipality. Designated cities are not listed themselves, but their wards are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 市
    City,
    /// 町
    Town,
    /// 村
    Village,
    /// 特別区, the 23 of Tokyo
    SpecialWard,
    /// 区 of a designated city
    Ward,
}

impl Kind {
    /// Return the name used in the JSON of `zairyu places`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Town => "town",
            Self::Village => "village",
            Self::SpecialWard => "special_ward",
            Self::Ward => "ward",
        }
    }
}

/// A municipality as on a residence card: city, town, village or ward. An index into the embedded table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Municipality(u16);

impl Municipality {
    fn column(self, column: table::Column) -> &'static str {
        table::municipality(self.0, column)
    }

    /// Return the JIS X 0402 code, five digits: "13104".
    pub fn code(self) -> &'static str {
        self.column(table::Column::Code)
    }

    /// Return its kind.
    pub fn kind(self) -> Kind {
        match self.column(table::Column::Kind) {
            "town" => Kind::Town,
            "village" => Kind::Village,
            "special_ward" => Kind::SpecialWard,
            "ward" => Kind::Ward,
            _ => Kind::City,
        }
    }

    fn in_prefecture(self) -> &'static Prefecture {
        // Prefectures are numbered from 1.
        let number = self.code().get(..2).and_then(|code| code.parse::<usize>().ok());
        let [first, ..] = PREFECTURES;
        number.and_then(|number| PREFECTURES.get(number.checked_sub(1)?)).unwrap_or(first)
    }

    /// Return the prefecture: 東京都.
    pub fn prefecture(self) -> &'static str {
        self.in_prefecture().name
    }

    /// Return the prefecture in romaji: "Tokyo-to".
    pub fn prefecture_romaji(self) -> &'static str {
        self.in_prefecture().romaji
    }

    /// Return the 郡 of a town or village (for 三宅村 and 八丈町 the island), or an empty string.
    pub fn county(self) -> &'static str {
        self.column(table::Column::County)
    }

    /// Return the name: 新宿区; a ward of a designated city includes the city: 横浜市西区.
    pub fn name(self) -> &'static str {
        self.column(table::Column::Name)
    }

    /// Return the reading of the name in hiragana.
    pub fn kana(self) -> &'static str {
        self.column(table::Column::Kana)
    }

    /// Return the name in Hepburn without macrons, as on road signs: "Shinjuku-ku", "Yokohama-shi Nishi-ku".
    pub fn romaji(self) -> &'static str {
        self.column(table::Column::Romaji)
    }

    /// Return prefecture, county and name: 東京都 新宿区, 福岡県 糟屋郡新宮町.
    pub fn label(self) -> String {
        format!("{} {}{}", self.prefecture(), self.county(), self.name())
    }
}

impl std::fmt::Debug for Municipality {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.code(), self.label())
    }
}

/// Return the municipalities of a prefecture ("13") by code; none if there is no such prefecture.
pub fn municipalities(prefecture: &str) -> impl Iterator<Item = Municipality> + use<> {
    table::scope(Some(prefecture)).map(Municipality)
}

/// Find a municipality by its five-digit JIS X 0402 code.
pub fn by_code(code: &str) -> Option<Municipality> {
    let all = table::scope(None);
    let index = table::partition(all.end, |index| Municipality(index).code() < code);
    Some(Municipality(index)).filter(|found| all.contains(&index) && found.code() == code)
}

/// A town in a municipality, as written after the municipality's name, without 丁目, 番地 and 字.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Town {
    number: u32,
    /// 西新宿
    pub name: String,
    /// A tall building with a postal code per floor; `note` then gives the floor.
    pub building: Option<&'static str>,
    /// Japan Post's remark on the part of the town that the postal code covers, or empty.
    pub note: &'static str,
    /// Whether a 丁目 is expected.
    pub chome: bool,
}

impl Town {
    /// Return the reading in hiragana: にししんじゅく; digits remain digits: きた10じょうにし.
    pub fn kana(&self) -> String {
        table::town_kana(self.number)
    }

    /// Return the name in Hepburn without macrons: "Nishishinjuku".
    pub fn romaji(&self) -> String {
        romaji::of(&self.name, &self.kana())
    }

    /// Return the start of the address line: the town, followed by the building.
    pub fn line(&self) -> String {
        match self.building {
            Some(building) => format!("{}　{building}", self.name),
            None => self.name.clone(),
        }
    }
}

/// The criterion by which a place was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matched {
    /// The JIS X 0402 code, with or without check digit.
    Code,
    /// A postal code or its first digits.
    Postal,
    /// Kanji.
    Kanji,
    /// Kana or romaji.
    Reading,
    /// A former name.
    Former(&'static str),
    /// A name similar to the query.
    Fuzzy,
}

impl Matched {
    /// Return the name used in the JSON of `zairyu places`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Postal => "postal",
            Self::Kanji => "kanji",
            Self::Reading => "reading",
            Self::Former(_) => "former",
            Self::Fuzzy => "fuzzy",
        }
    }
}

/// A place offered by the picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The municipality.
    pub municipality: Municipality,
    /// The town for the address line, if one was found.
    pub town: Option<Town>,
    /// The criterion by which it was found.
    pub how: Matched,
}

#[cfg(test)]
mod tests;
