//! Tests of the module as a whole: counts, every municipality in every representation, and the known traps of the data.

use super::text::Query;
use super::towns::Needle;
use super::*;
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

/// The fast searches beside plain ones.
mod plain;
/// How people write the names of places.
mod spelling;

fn all() -> impl Iterator<Item = Municipality> {
    prefectures().iter().flat_map(|prefecture| municipalities(prefecture.code))
}

/// Return the codes and towns found, in order.
fn found(query: &str) -> Vec<(&'static str, &'static str)> {
    search(query, None, 100).into_iter().map(|hit| (hit.municipality.code(), hit.town.map_or("", |town| town.name.leak()))).collect()
}

fn first(query: &str) -> Option<&'static str> {
    found(query).first().map(|(code, _)| *code)
}

/// Return the towns of a municipality that a query finds.
fn towns(place: Municipality, query: &str) -> Vec<Town> {
    let needle = Needle::of(&Query::read(query).unwrap()).unwrap();
    towns::inside(&needle, place.0..place.0 + 1).into_iter().map(towns::Found::town).collect()
}

fn parts(address: &str) -> Option<(&'static str, String)> {
    split(address).map(|split| (split.municipality.code(), split.rest))
}

#[track_caller]
fn splits(address: &str, code: &'static str, rest: &str) {
    assert_eq!(parts(address), Some((code, rest.to_owned())), "{address}");
}

#[test]
fn nothing_is_missing() {
    assert_eq!(prefectures().len(), 47);
    assert_eq!(all().count(), 1_892);
    // The 20 designated cities are represented by their 171 wards.
    assert_eq!(all().filter(|m| m.kind() == Kind::Ward).count(), 171);
    assert_eq!(all().filter(|m| m.kind() != Kind::Ward).count() + 20, 1_741);
    assert_eq!(table::rows_of(0..10_000_000).count(), 124_200);
    assert_eq!(table::rows_in(table::scope(None)).count(), 124_200);
}

#[test]
fn every_postal_code_gives_each_of_its_places() {
    let mut codes = HashSet::new();
    let tsv = {
        let mut text = String::new();
        let packed: &[u8] = include_bytes!("data/postal_towns.tsv.gz");
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(packed), &mut text).unwrap();
        text
    };
    let mut expected: HashMap<&str, Vec<Vec<&str>>> = HashMap::new();
    for line in tsv.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        codes.insert(columns[0]);
        expected.entry(columns[0]).or_default().push(columns[1..].to_vec());
    }
    assert_eq!(codes.len(), 120_720);
    for (postal, rows) in expected {
        let hits = search(postal, None, 100);
        assert_eq!(hits.len(), rows.len(), "{postal}");
        for (hit, row) in hits.iter().zip(rows) {
            assert_eq!((hit.municipality.code(), hit.how), (row[0], Matched::Postal));
            match &hit.town {
                None => assert_eq!((row[1], row[4].contains('F')), ("", true)),
                Some(town) => {
                    let building = town.building.unwrap_or_default();
                    assert_eq!([&town.name, &town.kana(), building, town.note], [row[1], row[2], row[3], row[5]], "{postal}");
                    assert_eq!(town.chome, row[4].contains('C'), "{postal}");
                    assert_eq!(town.building.is_some(), row[4].contains('B'), "{postal}");
                }
            }
        }
    }
}

#[test]
fn every_municipality_is_found_by_its_code() {
    for m in all() {
        assert_eq!(by_code(m.code()), Some(m));
        assert_eq!(found(m.code())[0], (m.code(), ""));
    }
    for none in ["", "1310", "13100", "131041", "99999", "１３１０４", "abcde"] {
        assert_eq!(by_code(none), None, "{none}");
    }
}

fn own_prefecture(m: Municipality) -> Option<&'static str> {
    Some(m.in_prefecture().code)
}

/// Check that each name finds its municipality before any with another name. `same` maps a name to what identifies namesakes.
fn is_found_by(name: impl Fn(Municipality) -> String, same: impl Fn(&str) -> String, within: fn(Municipality) -> Option<&'static str>) {
    let mut namesakes: HashMap<String, usize> = HashMap::new();
    for m in all() {
        *namesakes.entry(same(&name(m))).or_default() += 1;
    }
    for m in all() {
        let name = name(m);
        let hits = search(&name, within(m), namesakes[&same(&name)]);
        assert!(hits.iter().any(|hit| hit.municipality == m && hit.town.is_none()), "{name} {m:?}, not {:?}", hits.first());
    }
}

#[test]
fn every_municipality_is_found_by_its_kanji() {
    is_found_by(|m| m.name().to_owned(), str::to_owned, |_| None);
    is_found_by(|m| format!("{}{}{}", m.prefecture(), m.county(), m.name()), str::to_owned, own_prefecture);
}

#[test]
fn every_municipality_is_found_by_its_kana() {
    is_found_by(|m| m.kana().to_owned(), key::fold, |_| None);
    is_found_by(|m| format!("{}{}", m.in_prefecture().kana, m.kana()), key::fold, own_prefecture);
}

#[test]
fn every_municipality_is_found_by_its_romaji() {
    is_found_by(|m| m.romaji().to_owned(), key::fold, |_| None);
    is_found_by(|m| format!("{}, {}", m.romaji(), m.prefecture_romaji()), key::fold, own_prefecture);
}

#[test]
fn every_municipality_is_split_from_its_address() {
    for m in all() {
        let (prefecture, county, name) = (m.prefecture(), m.county(), m.name());
        splits(&format!("{prefecture}{county}{name}１－２－３"), m.code(), "１－２－３");
        splits(&format!("{prefecture}{name}１－２－３"), m.code(), "１－２－３");
        splits(&format!("〒１２３－４５６７　{prefecture}　{county}{name}　１－２－３"), m.code(), "１－２－３");
    }
}

// The known traps of the data.

#[test]
fn trap_1_a_code_without_a_town_fills_the_municipality_only() {
    assert_eq!(found("001-0000"), [("01102", "")]);
}

#[test]
fn trap_2_a_municipality_is_not_its_own_town_but_where_it_is() {
    let towns_named_like_their_municipality = |m: &Municipality| towns(*m, m.name()).iter().any(|town| town.name == m.name());
    let codes: Vec<&str> = all().filter(towns_named_like_their_municipality).map(Municipality::code).collect();
    assert_eq!(codes, ["01394", "01403", "01404", "01482", "06401", "10421", "35344", "45401"]);
    assert_eq!(found("522-0317"), [("25443", "一円")]);
    splits("愛媛県八幡浜市八幡浜１", "38204", "八幡浜１");
}

#[test]
fn trap_3_no_reading_is_repeated() {
    let town = search("604-0971", None, 1).remove(0).town.unwrap();
    assert_eq!((town.name.as_str(), town.kana().as_str()), ("桝屋町", "ますやちょう"));
}

#[test]
fn trap_4_lots_of_iwate_are_no_part_of_the_town() {
    let town = search("029-5504", None, 100).into_iter().filter_map(|hit| hit.town).find(|town| town.name == "槻沢").unwrap();
    assert_eq!(town.note, "25地割〜槻沢28地割");
}

#[test]
fn trap_5_no_town_is_a_list() {
    assert!((0..u32::try_from(table::town_count()).unwrap()).all(|town| table::town_name(town).all(|c| c != '、')));
}

#[test]
fn trap_6_a_code_of_two_prefectures_stays_a_choice() {
    assert_eq!(found("4980000"), [("23235", ""), ("24303", "")]);
    assert_eq!(search("4980000", Some("24"), 9).len(), 1);
    assert_eq!(found("452-0961").len(), 66);
}

#[test]
fn trap_7_only_the_resident_knows_the_ward() {
    assert_eq!(found("950-0102"), [("15101", "細山"), ("15104", "細山")]);
}

#[test]
fn trap_8_spellings_of_a_kanji_are_one() {
    for (query, code) in [
        ("茅ケ崎市", "14207"),
        ("茅が崎", "14207"),
        ("龍ヶ崎", "08208"),
        ("竜ガ崎市", "08208"),
        ("四条畷", "27229"),
        ("檮原町", "39405"),
        ("梼原", "39405"),
        ("須惠町", "40344"),
        ("広島縣府中市", "34208"),
        ("葛󠄀城市", "29211"),
    ] {
        assert_eq!(first(query), Some(code), "{query}");
    }
    splits("神奈川県茅ケ崎市緑ヶ浜１", "14207", "緑ヶ浜１");
    splits("高知県高岡郡檮原町梼原", "39405", "梼原");
    assert_eq!(found("霞ヶ関1丁目"), found("霞が関1丁目"));
    assert!(found("霞ヶ関").contains(&("13101", "霞が関")));
    assert!(found("虎の門").contains(&("13103", "虎ノ門")));
    assert!(found("竜").iter().any(|(_, town)| town.contains('龍')));
}

#[test]
fn trap_9_an_address_is_never_cut_at_the_first_kanji_that_looks_like_an_end() {
    for (address, code, rest) in [
        ("奈良県大和郡山市北郡山町２４８－４", "29203", "北郡山町２４８－４"),
        ("岐阜県郡上市八幡町", "21219", "八幡町"),
        ("福岡県小郡市小郡", "40216", "小郡"),
        ("三重県四日市市諏訪町１", "24202", "諏訪町１"),
        ("広島県廿日市市下平良", "34213", "下平良"),
        ("山梨県西八代郡市川三郷町市川大門", "19346", "市川大門"),
        ("東京都町田市森野", "13209", "森野"),
        ("東京都東村山市本町", "13213", "本町"),
        ("福島県田村郡三春町字大町", "07521", "字大町"),
        ("東京都八丈島八丈町大賀郷", "13401", "大賀郷"),
        ("神奈川県横浜市西区みなとみらい２－２－１", "14103", "みなとみらい２－２－１"),
    ] {
        splits(address, code, rest);
    }
}

#[test]
fn trap_10_digits_in_a_reading_are_read_aloud() {
    for query in ["kitajujonishi", "kita10jonishi", "きた10じょうにし", "kita juujou nishi"] {
        assert!(found(query).contains(&("01102", "北十条西")), "{query}");
    }
    for query in ["kitashijonishi", "kitayojonishi", "kitayonjonishi"] {
        assert!(found(query).contains(&("01101", "北四条西")), "{query}");
    }
}

#[test]
fn trap_11_two_readings_of_the_same_kanji_both_stay() {
    let readings: Vec<String> =
        towns(by_code("06204").unwrap(), "本町").into_iter().filter(|t| t.name == "本町").map(|t| t.kana()).collect();
    assert_eq!(readings.len(), 2, "{readings:?}");
}

#[test]
fn trap_12_aza_is_looked_over_when_a_town_is_looked_for() {
    let miharu = by_code("07521").unwrap();
    assert_eq!(towns(miharu, "字大町")[0].name, "大町");
    assert_eq!(towns(miharu, "大字貝山字岩田１２")[0].name, "貝山");
}

#[test]
fn every_usual_romaji_finds_the_same() {
    let osaka = found("osaka");
    assert!(osaka[..24].iter().all(|(code, _)| code.starts_with("271")));
    for query in ["Osaka", "Oosaka", "Ōsaka", "OHSAKA", "ōsaka", "おおさか", "オオサカ", "ｵｵｻｶ", "Ｏｓａｋａ", "o\u{304}saka"]
    {
        assert_eq!(found(query), osaka, "{query}");
    }
    for query in [
        "shinjuku",
        "shinjyuku",
        "sinzyuku",
        "shinjuku-ku",
        "Shinjuku ku",
        "しんじゅく",
        "ｼﾝｼﾞｭｸｸ",
        "しんじゅく区",
        "新宿",
        "新宿区",
        "東京新宿",
        "東京都 新宿区",
        "tokyo shinjuku",
        "Shinjuku-ku, Tokyo",
        "Tōkyō-to Shinjuku-ku",
        "toukyoutoshinjukuku",
        "とうきょうとしんじゅく",
        "とうきょう都しんじゅく区",
        "13104",
        "131041",
    ] {
        assert_eq!(first(query), Some("13104"), "{query}");
    }
    for (query, code) in [
        ("gunma takasaki", "10202"),
        ("Gumma-ken Takasaki-shi", "10202"),
        ("kyotouji", "26204"),
        ("Nishi-ku, Yokohama", "14103"),
        ("yokohama nishi", "14103"),
        ("mino", "21207"),
        ("kasuyagun shingu", "40345"),
        ("福岡県糟屋郡新宮町", "40345"),
        ("fukuoka shingu", "40345"),
    ] {
        assert_eq!(first(query), Some(code), "{query}");
    }
}

#[test]
fn a_prefecture_or_a_city_lists_what_is_in_it() {
    assert_eq!(found("東京").iter().take_while(|(code, town)| code.starts_with("13") && town.is_empty()).count(), 62);
    assert_eq!(found("横浜市").iter().take_while(|(code, town)| code.starts_with("141") && town.is_empty()).count(), 18);
    assert!(found("糟屋郡").iter().take(7).all(|(code, _)| code.starts_with("403")));
}

#[test]
fn a_town_offers_its_municipality_and_itself() {
    for query in [
        "西新宿",
        "nishishinjuku",
        "にししんじゅく",
        "新宿区西新宿",
        "東京都新宿区西新宿２丁目８－１",
        "shinjuku nishishinjuku",
        "Nishi-shinjuku, Shinjuku-ku",
    ] {
        let hits = search(query, None, 5);
        let hit = hits.iter().find(|hit| hit.municipality.code() == "13104").unwrap();
        let town = hit.town.as_ref().unwrap();
        assert_eq!((town.name.as_str(), town.chome), ("西新宿", true), "{query}");
    }
    let floor = search("163-1438", None, 5).remove(0).town.unwrap();
    assert_eq!((floor.name.as_str(), floor.building, floor.note), ("西新宿", Some("東京オペラシティ"), "38階"));
}

#[test]
fn a_postal_code_is_known_in_every_form_and_by_its_beginning() {
    for query in ["1600023", "160-0023", "〒160-0023", "〒１６０－００２３", "160ー0023", " 160 0023 "] {
        assert_eq!(found(query), [("13104", "西新宿")], "{query}");
    }
    assert_eq!(found("160"), [("13104", "")]);
    assert_eq!(found("160-00"), [("13104", "")]);
    assert_eq!(found("16"), []);
    assert_eq!(found("16000230"), []);
    assert_eq!(found("9999999"), []);
}

#[test]
fn a_search_stays_within_its_prefecture() {
    assert_eq!(search("府中", Some("34"), 1)[0].municipality.code(), "34208");
    assert!(search("西新宿", Some("27"), 9).is_empty());
    assert_eq!(search("西新宿", Some("13"), 9)[0].municipality.code(), "13104");
    for none in ["", "00", "48", "1", "131", "１３"] {
        assert!(search("府中", Some(none), 9).is_empty(), "{none}");
        assert_eq!(municipalities(none).count(), 0, "{none}");
    }
}

#[test]
fn a_former_name_leads_to_the_present_one() {
    let hits = search("浜松市北区", None, 9);
    assert_eq!(hits.iter().map(|hit| hit.municipality.code()).collect::<Vec<_>>(), ["22138", "22139"]);
    assert!(hits.iter().all(|hit| hit.how == Matched::Former("浜松市北区")));
    for (address, code, former) in [
        ("静岡県浜松市中区元城町１０３－２", "22138", "浜松市中区"),
        ("静岡県浜松市北区三方原町１", "22138", "浜松市北区"),
        ("静岡県浜松市北区細江町気賀１", "22139", "浜松市北区"),
        ("兵庫県篠山市北新町４１", "28221", "篠山市"),
        ("福岡県筑紫郡那珂川町西隈１", "40231", "筑紫郡那珂川町"),
        ("宮城県黒川郡富谷町富谷１", "04216", "黒川郡富谷町"),
    ] {
        let split = split(address).unwrap();
        assert_eq!((split.municipality.code(), split.former), (code, Some(former)), "{address}");
    }
    assert_eq!(split("静岡県浜松市北区"), None);
}

#[test]
fn an_address_without_prefecture_is_split_when_it_is_unmistakable() {
    splits("新宿区西新宿２－８－１", "13104", "西新宿２－８－１");
    splits("横浜市西区１", "14103", "１");
    splits("府中市宮西町２－２４", "13206", "宮西町２－２４");
    for unclear in ["", "府中市", "中央区", "横浜市", "東京都", "abc", "〒160-0023", "東京都府中町"] {
        assert_eq!(split(unclear), None, "{unclear}");
    }
}

#[test]
fn towns_are_found_inside_a_municipality_only() {
    let shinjuku = by_code("13104").unwrap();
    assert!(towns_of(shinjuku).iter().any(|town| town.name == "歌舞伎町"));
    for query in ["kabuki", "kabkicho", "歌無伎町"] {
        assert_eq!(towns(shinjuku, query)[0].name, "歌舞伎町", "{query}");
    }
    assert!(towns(shinjuku, "銀座").is_empty());
}

#[test]
fn a_mistake_is_forgiven_when_nothing_else_answers() {
    for (query, code) in
        [("yokosuak", "14201"), ("hamamatu", "22138"), ("kagosima", "46201"), ("kagoshma", "46201"), ("東京都新縮区", "13104")]
    {
        assert_eq!(first(query), Some(code), "{query}");
    }
    assert!(search("qqqqqq", None, 9).is_empty());
}

#[test]
fn every_town_begins_its_own_line() {
    let own = |town: &Town| is_begun_by(&town.line(), town) && !is_begun_by("", town);
    assert!(all().all(|municipality| towns_of(municipality).iter().all(own)));
}

#[test]
fn a_town_that_is_named_by_its_municipality_and_by_the_words_together_is_offered_once() {
    let query = String::from_utf8_lossy(b"\x01nish\x94\xef$\0\xefi\xef\xbd\x9e\xefE\xbe\xbd\xad\xff\xff\xff\xef\xbd\0").into_owned();
    let hits = search_from(Some("08"), &query, 20);
    assert!((1..hits.len()).all(|end| !hits[..end].contains(&hits[end])));
}

#[test]
fn a_town_whose_name_many_others_contain_is_found_in_the_whole_country() {
    // Hundreds of towns in the north start with it, so the exact matches come after the limit of kept prefixes.
    for (query, key) in [("kita", "kita"), ("nishi", "nishi"), ("kami", "kami")] {
        let exact = |hit: &Hit| hit.town.as_ref().is_some_and(|town| key::fold(&town.kana()) == key);
        let hits = search(query, None, 5_000);
        let everywhere: usize = all().map(|m| towns(m, query).iter().filter(|town| key::fold(&town.kana()) == key).count()).sum();
        assert_eq!(hits.iter().filter(|hit| exact(hit)).count(), everywhere, "{query}");
        assert!(everywhere > 0, "{query}");
    }
}

#[test]
fn hostile_input_is_harmless() {
    for hostile in ["\0", "\u{1b}[2J", "🗾🏯", "\u{202e}\u{200b}", "|", "\n", "\t", "ー", "々", "﷽", "ﾞ", "ヶ", "𠮷野家", "'", "%", "ß", "İ"]
    {
        for times in [1, 100_000] {
            let query = hostile.repeat(times);
            let hits = search(&query, None, 9);
            assert!(hits.len() <= 9);
            split(&query);
            if let Some(needle) = Query::read(&query).as_ref().and_then(Needle::of) {
                towns::inside(&needle, 0..1);
            }
        }
    }
    let long = format!("東京都新宿区{}", "あ".repeat(300_000));
    splits(&long, "13104", &"あ".repeat(300_000));
    assert_eq!(search("🗾", None, 9), []);
    assert_eq!(search("", None, 9), []);
}

#[test]
fn romaji_of_every_municipality_has_the_key_of_its_kana() {
    for m in all() {
        assert_eq!(key::fold(m.kana()), key::fold(m.romaji()), "{m:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_query_is_too_strange(query in any::<String>(), limit in 0_usize..20) {
        prop_assert!(search(&query, None, limit).len() <= limit);
        split(&query);
    }

    #[test]
    fn no_municipality_is_offered_twice_and_none_outside_the_prefecture(query in "[ぁ-ヿ一-龠0-9０-９a-z 都道府県市区町村〒ー-]{0,12}") {
        let hits = search(&query, None, 50);
        prop_assert!(hits.len() <= 50);
        let mut offered = HashSet::new();
        for hit in hits.iter().filter(|hit| hit.town.is_none()) {
            prop_assert!(offered.insert(hit.municipality.code()), "{}", hit.municipality.name());
        }
        prop_assert!(search(&query, Some("13"), 50).iter().all(|hit| hit.municipality.code().starts_with("13")));
        split(&query);
    }

    #[test]
    fn what_follows_the_municipality_is_kept_as_it_was_written(index in 0_u16..1_892, rest in "[一-龠ァ-ヶ０-９－]{1,30}") {
        let m = Municipality(index);
        let address = format!("{}{}{}\u{3000}{rest}", m.prefecture(), m.county(), m.name());
        let split = split(&address);
        prop_assert!(split.is_none_or(|split| address.ends_with(&split.rest)));
    }
}
