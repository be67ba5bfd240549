//! Romaji of towns, of which only the reading is listed: Hepburn without macrons, as that of the municipalities.

use super::key;

/// Return a reading in romaji: "Nishishinjuku"; the 町 that ends `name` stands apart: "Kabuki-cho".
///
/// Word boundaries are not listed, so a long vowel across one is shortened too, as Japan Post does.
pub(super) fn of(name: &str, kana: &str) -> String {
    let kind = ["ちょう", "まち"].into_iter().find(|kind| name.ends_with('町') && kana.ends_with(kind) && kana.len() > kind.len());
    let own = kind.and_then(|kind| kana.strip_suffix(kind)).unwrap_or(kana);
    let mut out = capital(&spell(own));
    if let Some(kind) = kind {
        out.push('-');
        out.push_str(&spell(kind));
    }
    out
}

fn spell(kana: &str) -> String {
    let mut letters = String::new();
    for (place, part) in kana.split('っ').enumerate() {
        let part = key::spell(part);
        // っ doubles the consonant behind it; before ch it is t.
        let doubled = part.chars().next().filter(|c| place > 0 && !"aiueo".contains(*c));
        letters.extend(doubled.map(|c| if c == 'c' { 't' } else { c }));
        letters.push_str(&part);
    }
    let letters = letters.replace("ou", "o").replace("oo", "o").replace("uu", "u");
    ["b", "m", "p"].iter().fold(letters, |letters, c| letters.replace(&format!("n{c}"), &format!("m{c}")))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use super::*;

    #[test]
    fn a_reading_is_written_as_on_road_signs() {
        for (name, kana, romaji) in [
            ("西新宿", "にししんじゅく", "Nishishinjuku"),
            ("歌舞伎町", "かぶきちょう", "Kabuki-cho"),
            ("大手町", "おおてまち", "Ote-machi"),
            ("日本橋", "にほんばし", "Nihombashi"),
            ("日暮里", "にっぽり", "Nippori"),
            ("八丁堀", "はっちょうぼり", "Hatchobori"),
            ("北十条西", "きた10じょうにし", "Kitajujonishi"),
            ("町", "まち", "Machi"),
            ("", "", ""),
        ] {
            assert_eq!(of(name, kana), romaji);
        }
    }

    #[test]
    fn municipalities_would_be_written_as_they_are_listed() {
        // Where a long vowel crosses a word boundary, the list keeps it: Katsuura.
        let all: Vec<Municipality> = prefectures().iter().flat_map(|prefecture| municipalities(prefecture.code)).collect();
        let plain = |text: &str| text.replace(['-', ' '], "").to_lowercase();
        let same = all.iter().filter(|place| plain(&of("", place.kana())) == plain(place.romaji())).count();
        assert!(same * 100 > all.len() * 97, "{same} of {}", all.len());
    }

    #[test]
    fn every_town_has_a_reading_in_letters() {
        for town in 0..u32::try_from(table::town_count()).unwrap() {
            let kana = table::town_kana(town);
            let romaji = of(&table::town_name(town).collect::<String>(), &kana);
            assert!(romaji.chars().all(|c| c.is_ascii_alphabetic() || c == '-'), "{kana} {romaji}");
            assert_eq!(key::fold(&romaji), key::fold(&kana), "{kana} {romaji}");
        }
    }
}
