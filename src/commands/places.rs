//! `zairyu places QUERY [--json]`: the places the picker offers, and the two parts of an address. `places` does the search.

use super::CommandResult;
use clap::Args;
use serde_json::{Value, json};
use std::io;
use std::process::ExitCode;
use zairyu::places::{Hit, Matched, Municipality, Split, search, split};
use zairyu::text::lines::{Lines, stdout};

/// Maximum number of hits: more than the towns of any postal code (452-0961 has 66).
const MOST: usize = 100;

/// Arguments of `zairyu places`.
#[derive(Args)]
pub(super) struct Places {
    /// A name in kanji, kana or romaji, a postal code, or an address
    query: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Print the places found for a query to standard output.
pub(super) fn run(asked: &Places) -> CommandResult {
    let found = print(&asked.query, asked.json, &mut stdout())?;
    Ok(ExitCode::from(u8::from(!found)))
}

/// Print the places found for a query; return whether there are any.
///
/// Text: one line per place, tab-separated: JIS code, name, romaji, then the town, or for an address the rest.
/// JSON, one object: `query`; `address`: null, or `municipality`, `former` (null or the name), `rest`; `hits`: a list of `municipality`,
/// `how` (`code`, `postal`, `kanji`, `reading`, `former`, `fuzzy`), `former`, `town`: null, or `name`, `kana`, `building` (null or its
/// name), `note`, `chome`. A municipality is `code`, `kind` (`city`, `town`, `village`, `special_ward`, `ward`), `prefecture`, `county`,
/// `name`, `kana`, `romaji`, `prefecture_romaji`, `label`.
fn print(query: &str, json: bool, out: &mut Lines<impl io::Write>) -> io::Result<bool> {
    let address = split(query).filter(|split| !split.rest.is_empty());
    let hits = search(query, None, MOST);
    if json {
        let address_json = address.as_ref().map(address_json);
        let hits_json: Vec<Value> = hits.iter().map(hit_json).collect();
        out.json(format_args!("{:#}", json!({ "query": query, "address": address_json, "hits": hits_json })))?;
    } else if let Some(split) = &address {
        line(out, split.municipality, &split.rest)?;
    } else {
        for hit in &hits {
            line(out, hit.municipality, &town_text(hit))?;
        }
    }
    Ok(address.is_some() || !hits.is_empty())
}

fn line(out: &mut Lines<impl io::Write>, municipality: Municipality, last: &str) -> io::Result<()> {
    let romaji = format!("{}, {}", municipality.romaji(), municipality.prefecture_romaji());
    let columns = [municipality.code(), &municipality.label(), &romaji, last];
    out.columns(columns.get(..if last.is_empty() { 3 } else { 4 }).unwrap_or(&columns))
}

fn town_text(hit: &Hit) -> String {
    let Some(town) = &hit.town else { return String::new() };
    let parts = [&town.name, town.building.unwrap_or_default(), town.note];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn address_json(split: &Split) -> Value {
    json!({ "municipality": municipality_json(split.municipality), "former": split.former, "rest": split.rest })
}

fn hit_json(hit: &Hit) -> Value {
    let former = match hit.how {
        Matched::Former(name) => Some(name),
        _ => None,
    };
    let town = hit
        .town
        .as_ref()
        .map(|town| json!({ "name": town.name, "kana": town.kana(), "building": town.building, "note": town.note, "chome": town.chome }));
    json!({ "municipality": municipality_json(hit.municipality), "how": hit.how.id(), "former": former, "town": town })
}

fn municipality_json(municipality: Municipality) -> Value {
    json!({
        "code": municipality.code(),
        "kind": municipality.kind().id(),
        "prefecture": municipality.prefecture(),
        "county": municipality.county(),
        "name": municipality.name(),
        "kana": municipality.kana(),
        "romaji": municipality.romaji(),
        "prefecture_romaji": municipality.prefecture_romaji(),
        "label": municipality.label(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(query: &str, json: bool) -> (bool, String) {
        let mut out = Vec::new();
        let found = print(query, json, &mut Lines::new(&mut out)).unwrap();
        (found, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_municipality_is_one_line() {
        assert_eq!(printed("tokyo shinjuku", false), (true, "13104\t東京都 新宿区\tShinjuku-ku, Tokyo-to\n".to_owned()));
    }

    #[test]
    fn a_postal_code_prints_each_of_its_towns() {
        assert_eq!(printed("163-1438", false).1, "13104\t東京都 新宿区\tShinjuku-ku, Tokyo-to\t西新宿 東京オペラシティ 38階\n");
        assert_eq!(printed("452-0961", false).1.lines().count(), 66);
    }

    #[test]
    fn an_address_prints_what_remains_without_control_characters() {
        let (found, text) = printed("福岡県糟屋郡新宮町\u{1b}[2J１－２", false);
        assert!(found);
        assert_eq!(text, "40345\t福岡県 糟屋郡新宮町\tShingu-machi, Fukuoka-ken\t[2J１－２\n");
    }

    #[test]
    fn the_json_has_its_documented_shape() {
        let value: Value = serde_json::from_str(&printed("静岡県浜松市中区元城町１", true).1).unwrap();
        let municipality = json!({
            "code": "22138", "kind": "ward", "prefecture": "静岡県", "county": "", "name": "浜松市中央区", "kana": "はままつしちゅうおうく",
            "romaji": "Hamamatsu-shi Chuo-ku", "prefecture_romaji": "Shizuoka-ken", "label": "静岡県 浜松市中央区",
        });
        assert_eq!(value["address"], json!({ "municipality": municipality, "former": "浜松市中区", "rest": "元城町１" }));
        let town = json!({ "name": "元城町", "kana": "もとしろちょう", "building": null, "note": "", "chome": false });
        assert_eq!(value["hits"][0], json!({ "municipality": municipality, "how": "kanji", "former": null, "town": town }));
        assert_eq!(value["query"], "静岡県浜松市中区元城町１");
    }

    #[test]
    fn nothing_found_is_said() {
        assert_eq!(printed("qqqqqq", false), (false, String::new()));
        let value: Value = serde_json::from_str(&printed("qqqqqq", true).1).unwrap();
        assert_eq!(value, json!({ "query": "qqqqqq", "address": null, "hits": [] }));
    }
}
