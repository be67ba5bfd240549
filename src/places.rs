//! Prefectures, municipalities, postal codes and towns: search, and splitting a card's address. Embedded flat, read in place.

/// A municipality of the list. (Stand-in until the room is built: it knows three places.)
#[derive(Clone, Copy, Debug)]
pub struct Municipality {
    /// 都道府県.
    pub prefecture: &'static str,
    /// 郡, or empty.
    pub county: &'static str,
    /// 市区町村.
    pub name: &'static str,
}

/// Find a municipality by its JIS X 0402 code, 5 digits.
pub fn by_code(code: &str) -> Option<Municipality> {
    let (prefecture, county, name) = match code {
        "13104" => ("東京都", "", "新宿区"),
        "14103" => ("神奈川県", "", "横浜市西区"),
        "01404" => ("北海道", "古宇郡", "神恵内村"),
        _ => return None,
    };
    Some(Municipality { prefecture, county, name })
}
