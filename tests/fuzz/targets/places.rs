//! Whatever is typed to find a place, or stands in an address: what is found is in the list, in the prefecture, at most so many and none twice.

use zairyu::places::{Hit, by_code, is_begun_by, leading_town, prefectures, search, search_from, split, town_elsewhere};
use zairyu::text::is_steering;

pub fn run(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let limit = usize::from(*mode % 64);
    let prefecture = &prefectures()[usize::from(*mode) % 47];
    match mode / 64 {
        0 => found(&search(&text, None, limit), limit, ""),
        1 => found(&search(&text, Some(prefecture.code), limit), limit, prefecture.code),
        2 => found(&search_from(Some(prefecture.code), &text, limit), limit, ""),
        _ => address(&text),
    }
}

fn found(hits: &[Hit], limit: usize, within: &str) {
    assert!(hits.len() <= limit);
    for (place, hit) in hits.iter().enumerate() {
        let code = hit.municipality.code();
        assert_eq!(by_code(code), Some(hit.municipality));
        assert!(code.starts_with(within), "{hit:?} is elsewhere");
        assert!(!hits[..place].iter().any(|other| (other.municipality, &other.town) == (hit.municipality, &hit.town)), "{hit:?} twice");
        if let Some(town) = &hit.town {
            assert!(!town.line().is_empty() && is_begun_by(&town.line(), town), "{hit:?}");
            let _ = (town.kana(), town.romaji());
        }
    }
}

fn address(text: &str) {
    let (parts, chosen) = match split(text) {
        Some(split) => {
            assert_eq!(by_code(split.municipality.code()), Some(split.municipality));
            assert!(text.trim_end().ends_with(&split.rest), "{:?} is not the end of {text:?}", split.rest);
            (split.rest, split.municipality)
        }
        None => (text.to_owned(), by_code("13104").expect("新宿区")),
    };
    if let Some(town) = leading_town(chosen, &parts) {
        assert!(!town.is_empty());
    }
    if let Some((town, elsewhere)) = town_elsewhere(&parts, chosen) {
        assert!(!elsewhere.contains(&chosen) && !elsewhere.is_empty(), "{town}");
        assert!(!town.chars().any(is_steering), "{town:?}");
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let queries = [
        "新宿",
        "しんじゅく",
        "ｼﾝｼﾞｭｸ",
        "shinjyuku",
        "Ōsaka",
        "13104",
        "131041",
        "1600023",
        "160-0023",
        "〒160",
        "三鷹市",
        "府中",
        "横浜市西区",
        "浦和市",
        "oosaka shi kita ku",
        "札幌 きた10じょうにし",
        "shinjuk",
        "龍ケ崎",
        "竜ヶ崎",
        "ヶ",
        "1",
        "北",
    ];
    let addresses = [
        "東京都新宿区西新宿２－８－１",
        "〒160-0023 東京都新宿区西新宿２－８－１",
        "神奈川県横浜市西区みなとみらい",
        "府中市宮西町２丁目",
        "北海道札幌市北区北10条西",
        "静岡県浜松市北区細江町",
        "西新宿",
        "京都府京都市中京区寺町通御池上る",
        "田の\0\0浦",
    ];
    let queried = queries.iter().enumerate().map(|(number, text)| {
        let mode = u8::try_from(20 + 64 * (number % 3)).expect("below 192");
        [&[mode], text.as_bytes()].concat()
    });
    queried.chain(addresses.iter().map(|text| [&[192], text.as_bytes()].concat())).collect()
}
