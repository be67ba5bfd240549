//! How people write the names of places: popular spellings, letters that look alike, digits for numerals, old and foreign forms.

use super::*;

#[test]
fn a_popular_name_finds_first_what_most_people_mean() {
    for (query, code) in [
        ("Yokohama", "14101"),
        ("横浜", "14101"),
        ("yokohama-machi", "02406"),
        ("Tokyo", "13104"),
        ("Tokio", "13104"),
        ("Kioto", "26101"),
        ("Osaka", "27102"),
        ("Kobe", "28101"),
        ("神戸", "28101"),
        ("Nagoya", "23101"),
        ("Hiroshima", "34101"),
        ("Sapporo", "01101"),
        ("Naha", "47201"),
        ("Fukushima", "07201"),
        ("Ishikawa", "17201"),
        ("石川県", "17201"),
        ("Fukuoka", "40131"),
        ("Oosaka", "27102"),
        ("Ohsaka", "27102"),
        ("大阪", "27102"),
        ("Kyoto", "26101"),
        ("京都", "26101"),
        ("Shinjyuku", "13104"),
        ("Sinjuku", "13104"),
        ("Shibuya", "13113"),
        ("Chiba", "12101"),
        ("Saitama", "11101"),
        ("Kawasaki", "14131"),
        ("川崎", "14131"),
        ("Sendai", "04101"),
        ("Sakai", "27141"),
        ("Kitakyushu", "40101"),
        ("Niigata", "15101"),
        ("Shizuoka", "22101"),
        ("Hamamatsu", "22138"),
        ("Okayama", "33101"),
        ("Kumamoto", "43101"),
        ("Nara", "29201"),
        ("Nagasaki", "42201"),
        ("Kagoshima", "46201"),
        ("Okinawa", "47211"),
        ("Akita", "05201"),
        ("Aomori", "02201"),
        ("Narita", "12211"),
        ("Hokkaido", "01101"),
        ("Yokohama-shi", "14101"),
        ("Tokyo-to", "13104"),
        ("yokohama", "14101"),
        ("kita ku sapporo hokkaido", "01102"),
        ("nishi ku yokohama kanagawa", "14103"),
        ("Kita ku, Sapporo shi, Hokkaido", "01102"),
        ("shinjuku ku tokyo to", "13104"),
        ("osak", "27102"),
        ("oosaka-sh", "27102"),
    ] {
        assert_eq!(first(query), Some(code), "{query}");
    }
}

#[test]
fn a_prefecture_is_preferred_and_hides_nothing() {
    let first = |home, query| search_from(Some(home), query, 9).first().map(|hit| hit.municipality.code());
    assert_eq!(first("13", "Osaka"), Some("27102"));
    assert_eq!(first("13", "Naha"), Some("47201"));
    assert_eq!((first("13", "府中市"), first("34", "府中市")), (Some("13206"), Some("34208")));
    assert_eq!((first("23", "4980000"), first("24", "4980000")), (Some("23235"), Some("24303")));
}

#[test]
fn letters_that_look_like_those_of_a_name_find_it() {
    for (query, code) in [
        ("⻑野県⻑野市", "20201"),
        ("千葉県巿川巿巿川１丁目", "12203"),
        ("⻘森市", "02201"),
        ("⼤阪狭⼭市", "27231"),
        ("\u{F9C4}ケ崎市", "08208"),
        ("ハ王子市", "13201"),
        ("東京都ハ王子市", "13201"),
        ("川ロ市", "11203"),
        ("ニ本松", "07210"),
        ("二セコ町", "01395"),
        ("ハ尾市", "27212"),
        ("ー関市", "03209"),
    ] {
        assert_eq!(first(query).unwrap_or_default(), code, "{query}");
    }
    for (query, code, town) in [
        ("札幌市西区ニ十四軒", "01107", "二十四軒一条"),
        ("新宿区西新宿ニ丁目", "13104", "西新宿"),
        ("柳崎町", "01361", "柳崎町"),
        ("ニツ屋町", "17201", "二ツ屋町"),
        ("霞ガ関", "13101", "霞が関"),
        ("⻄新宿", "13104", "西新宿"),
    ] {
        let found = found(query);
        assert!(found.contains(&(code, town)), "{query}: {found:?}");
    }
}

#[test]
fn an_address_with_letters_that_look_alike_is_split_with_its_rest_as_written() {
    splits("千葉県巿川巿巿川１丁目", "12203", "巿川１丁目");
    splits("東京都ハ王子市大塚１－２", "13201", "大塚１－２");
    splits("東京都8王子市大塚8－2", "13201", "大塚8－2");
    splits("⻑野県⻑野市⻑沼１", "20201", "⻑沼１");
    splits("北海道虻田郡二セコ町富士見１", "01395", "富士見１");
    splits("三重県4日市市諏訪町１", "24202", "諏訪町１");
}

#[test]
fn forms_of_other_countries_and_times_find_a_name() {
    for (query, code) in [
        ("东京都新宿区", "13104"),
        ("横滨市", "14101"),
        ("橫濱市", "14101"),
        ("广岛", "34101"),
        ("涩谷区", "13113"),
        ("濱松市", "22138"),
        ("龍ケ崎", "08208"),
        ("仙臺市", "04101"),
        ("新潟縣長岡市", "15202"),
        ("丰岛区", "13116"),
    ] {
        assert_eq!(first(query).unwrap_or_default(), code, "{query}");
    }
}

#[test]
fn a_name_with_a_part_in_kana_is_found_by_its_kanji_and_the_other_way_round() {
    for (query, code, town) in
        [("柿碕町", "23212", "柿さき町"), ("愛知県安城市柿碕町", "23212", "柿さき町"), ("東香川市", "37207", ""), ("しん宿区", "13104", "")]
    {
        assert!(found(query).contains(&(code, town)), "{query}: {:?}", found(query));
    }
}

#[test]
fn digits_stand_for_the_numerals_of_a_name() {
    for (query, code, town) in [
        ("北3条西", "01101", "北三条西"),
        ("24軒", "01107", "二十四軒一条"),
        ("札幌市中央区南１条西５丁目", "01101", "南一条西"),
        ("すずらん台東1番町", "24208", "すずらん台東１番町"),
        ("3鷹", "13204", ""),
        ("東京都8王子市", "13201", ""),
        ("4日市", "24202", ""),
    ] {
        assert!(found(query).contains(&(code, town)), "{query}: {:?}", found(query).first());
    }
}

#[test]
fn a_name_is_found_as_its_kana_are_typed_one_after_the_other() {
    // A kana of the row of い may go on with a small one, っ and ん with what they change.
    let municipality = |home: &str, typed: &str| search_from(Some(home), typed, 9).first().map(|hit| hit.municipality.code());
    for (typed, home, code) in [
        ("しん", "13", "13104"),
        ("しんじ", "13", "13104"),
        ("シンジ", "13", "13104"),
        ("とうきょうとしんじ", "34", "13104"),
        ("はちじ", "12", "13401"),
        ("いちき", "46", "46219"),
        ("さっ", "01", "01101"),
        ("にっ", "09", "09206"),
        ("ほん", "11", "11211"),
    ] {
        assert_eq!(municipality(home, typed), Some(code), "{typed}");
    }
    let town = |typed: &str| found(typed).iter().any(|(code, town)| (*code, *town) == ("13104", "西新宿"));
    assert!(town("にししんじ") && town("しんじゅく にししんじ"));
    let all = prefectures().iter().flat_map(|prefecture| municipalities(prefecture.code));
    for place in all.step_by(41) {
        let kana = place.kana();
        for typed in kana.char_indices().skip(2).filter_map(|(end, _)| kana.get(..end)) {
            let hits = search(typed, None, 2_000);
            assert!(hits.iter().any(|hit| hit.municipality == place && hit.town.is_none()), "{typed} {place:?}");
        }
    }
}
