//! Prefectures, municipalities, postal codes and towns: search, and splitting a card's address. Embedded flat, read in place.
//! Pure: no files, no network, nothing unpacked or kept at start. The data and its source are described in `places/data/README.md`.

mod address;
mod fuzzy;
mod kanji;
mod key;
mod name;
mod search;
mod table;
mod text;
mod towns;

use crate::text as letters;
pub use address::{Split, split};
pub use search::search;
pub use towns::{leading_town, towns};

/// One of the 47 prefectures.
#[derive(Debug, PartialEq, Eq)]
pub struct Prefecture {
    /// The first two digits of the JIS X 0402 code, "13".
    pub code: &'static str,
    /// 東京都
    pub name: &'static str,
    /// とうきょうと
    pub kana: &'static str,
    /// Tokyo-to
    pub romaji: &'static str,
    /// The name without its last character, 東京; 北海道 stays whole.
    pub short: &'static str,
    key: &'static str,
    stem_key: &'static str,
}

static PREFECTURES: &[Prefecture; 47] = &include!(concat!(env!("OUT_DIR"), "/prefectures.rs"));

/// List the prefectures, from north to south.
pub fn prefectures() -> &'static [Prefecture] {
    PREFECTURES
}

/// What a municipality is. Designated cities do not appear themselves; their wards do.
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
    /// Name the kind as the JSON of `zairyu places` does.
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

/// A municipality as it stands on a residence card: a city, town, village or ward. A handle; the texts lie in the program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Municipality(u16);

impl Municipality {
    fn column(self, column: table::Column) -> &'static str {
        table::municipality(self.0, column)
    }

    /// The JIS X 0402 code, five digits: "13104".
    pub fn code(self) -> &'static str {
        self.column(table::Column::Code)
    }

    /// What it is.
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
        // Prefectures are numbered from 1 on.
        let number = self.code().get(..2).and_then(|code| code.parse::<usize>().ok());
        let [first, ..] = PREFECTURES;
        number.and_then(|number| PREFECTURES.get(number.checked_sub(1)?)).unwrap_or(first)
    }

    /// 東京都
    pub fn prefecture(self) -> &'static str {
        self.in_prefecture().name
    }

    /// Tokyo-to
    pub fn prefecture_romaji(self) -> &'static str {
        self.in_prefecture().romaji
    }

    /// The 郡 of a town or village (for 三宅村 and 八丈町 the island), or empty.
    pub fn county(self) -> &'static str {
        self.column(table::Column::County)
    }

    /// 新宿区; a ward of a designated city with its city: 横浜市西区.
    pub fn name(self) -> &'static str {
        self.column(table::Column::Name)
    }

    /// The reading of the name in hiragana.
    pub fn kana(self) -> &'static str {
        self.column(table::Column::Kana)
    }

    /// Hepburn without macrons, as road signs print it: "Shinjuku-ku", "Yokohama-shi Nishi-ku".
    pub fn romaji(self) -> &'static str {
        self.column(table::Column::Romaji)
    }

    /// 東京都 新宿区, 福岡県 糟屋郡新宮町
    pub fn label(self) -> String {
        format!("{} {}{}", self.prefecture(), self.county(), self.name())
    }
}

impl std::fmt::Debug for Municipality {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.code(), self.label())
    }
}

/// List the municipalities of a prefecture ("13") by code; none when there is no such prefecture.
pub fn municipalities(prefecture: &str) -> impl Iterator<Item = Municipality> + use<> {
    table::scope(Some(prefecture)).map(Municipality)
}

/// Find a municipality by its JIS X 0402 code of five digits.
pub fn by_code(code: &str) -> Option<Municipality> {
    let all = table::scope(None);
    let index = table::partition(all.end, |index| Municipality(index).code() < code);
    Some(Municipality(index)).filter(|found| all.contains(&index) && found.code() == code)
}

/// A town inside a municipality, as it is written after the municipality's name. 丁目, 番地 and 字 are not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Town {
    /// 西新宿
    pub name: &'static str,
    /// にししんじゅく; digits stand as digits: きた10じょうにし.
    pub kana: String,
    /// A tall building with postal codes of its own for each floor; then `note` says the floor.
    pub building: Option<&'static str>,
    /// Japan Post's remark on what part of the town the postal code covers, or empty.
    pub note: &'static str,
    /// Whether a 丁目 is to be expected.
    pub chome: bool,
}

impl Town {
    /// Return what the address line begins with: the town, and the building behind it.
    pub fn line(&self) -> String {
        match self.building {
            Some(building) => format!("{}　{building}", self.name),
            None => self.name.to_owned(),
        }
    }
}

/// By what a place was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matched {
    /// The JIS X 0402 code, with or without its check digit.
    Code,
    /// A postal code, or its first digits.
    Postal,
    /// Kanji.
    Kanji,
    /// Kana or romaji.
    Reading,
    /// A name that is no longer used.
    Former(&'static str),
    /// Something near what was typed.
    Fuzzy,
}

impl Matched {
    /// Name the way as the JSON of `zairyu places` does.
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

/// One place that the picker offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where it is.
    pub municipality: Municipality,
    /// The town to offer for the address line, if one was found.
    pub town: Option<Town>,
    /// By what it was found.
    pub how: Matched,
}

#[cfg(test)]
mod tests;
