//! The map of the house holds: who imports whom stands in one table, `zairyu::ARROWS`, and nobody else does; and no room is above itself.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Files of the sources by the room they are in.
fn sources() -> BTreeMap<String, Vec<(String, String)>> {
    fn walk(folder: &Path, room: Option<&str>, found: &mut BTreeMap<String, Vec<(String, String)>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let room = room.map_or(stem.clone(), str::to_owned);
            if path.is_dir() {
                walk(&path, Some(&room), found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.entry(room).or_default().push((path.display().to_string(), text));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), None, &mut found);
    found
}

/// The rooms that a file names by their whole path, `crate::room` or `zairyu::room`: in a `use` of one or of several, or in the code.
fn named(text: &str) -> BTreeSet<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect();
    let word = |rest: &str| rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>();
    let mut rooms = BTreeSet::new();
    for root in ["crate::", "zairyu::"] {
        for (place, _) in code.match_indices(root) {
            let rest = &code[place + root.len()..];
            match rest.strip_prefix('{') {
                None => drop(rooms.insert(word(rest))),
                Some(group) => {
                    let mut depth = 0;
                    let mut name = String::new();
                    for letter in group.chars() {
                        match letter {
                            '{' => depth += 1,
                            '}' if depth == 0 => break,
                            '}' => depth -= 1,
                            ',' if depth == 0 => drop(rooms.insert(word(std::mem::take(&mut name).trim()))),
                            _ if depth == 0 => name.push(letter),
                            _ => {}
                        }
                    }
                    rooms.insert(word(name.trim()));
                }
            }
        }
    }
    rooms
}

fn table() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    zairyu::ARROWS.iter().map(|(room, under)| (*room, under.split(' ').filter(|name| !name.is_empty()).collect())).collect()
}

#[test]
fn every_import_is_an_arrow_of_the_table_and_every_arrow_an_import() {
    let (sources, table) = (sources(), table());
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (room, files) in &sources {
        // These open the rooms, or are not in the program.
        if ["lib", "main", "build"].contains(&room.as_str()) {
            continue;
        }
        let under = table.get(room.as_str()).unwrap_or_else(|| panic!("the room {room} is not in the table"));
        for (file, text) in files {
            for name in named(text).into_iter().filter(|name| name != room && sources.contains_key(name)) {
                assert!(under.contains(name.as_str()), "{file}: {room} must not know {name}");
                used.entry(room).or_default().insert(name);
            }
        }
    }
    for (room, under) in &table {
        for name in under {
            assert!(used.get(room).is_some_and(|used| used.contains(*name)), "{room} does not know {name}: the arrow goes");
        }
    }
}

#[test]
fn no_room_is_above_itself() {
    let table = table();
    let mut above: Vec<&str> = table.keys().copied().collect();
    while !above.is_empty() {
        let ground: Vec<&str> = above.iter().copied().filter(|room| !table[room].iter().any(|under| above.contains(under))).collect();
        assert!(!ground.is_empty(), "a circle among {above:?}");
        above.retain(|room| !ground.contains(room));
    }
}

#[test]
fn an_import_of_several_rooms_names_each_of_them() {
    let text = "use crate::{app::{Action, Model}, card, text::wrap as broken};\n// crate::worker\nlet x = zairyu::view::page;";
    assert_eq!(named(text).into_iter().collect::<Vec<_>>(), ["app", "card", "text", "view"]);
}
