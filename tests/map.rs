//! The map of the house holds: who imports whom stands in one table, `zairyu::ARROWS`, and nobody else does; no room is above itself, and
//! inside a room no file is.
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
fn what_reaches_a_terminal_is_drawn_or_passes_the_gate_for_lines() {
    for (room, files) in sources().iter().filter(|(room, _)| !["tui", "build"].contains(&room.as_str())) {
        for (file, text) in files.iter().filter(|(file, _)| !file.ends_with("text/lines.rs")) {
            let printed =
                text.lines().filter(|line| ["io::stdout()", "io::stderr()", "println!(", "print!("].iter().any(|way| line.contains(way)));
            // Whether it is a terminal may be asked; what build scripts print goes to cargo.
            let mut printed = printed.filter(|line| !line.contains("is_terminal()") && !line.contains("cargo::"));
            assert_eq!(printed.next(), None, "{room}: {file}");
        }
    }
}

/// The modules that a file imports or names by path, as paths from the root: `super` and `self` are resolved.
fn paths(module: &str, text: &str) -> BTreeSet<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, " "]).collect();
    let code = ["mod", "pub mod", "pub(crate) mod"]
        .iter()
        .fold(code.as_str(), |code, word| code.split(&format!("#[cfg(test)] {word} tests {{")).next().unwrap_or_default());
    let mut found = BTreeSet::new();
    for root in ["crate::", "super::", "self::"] {
        for (place, _) in code.match_indices(root) {
            // `super::super::` is found at its first `super`.
            let before = &code[..place];
            if before.ends_with("::") || before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
                continue;
            }
            let mut base: Vec<&str> = if root == "crate::" { Vec::new() } else { module.split("::").collect() };
            let mut rest = &code[place..];
            while let Some((first, after)) = rest.split_once("::").filter(|(first, _)| ["crate", "super", "self"].contains(first)) {
                if first == "super" {
                    base.pop();
                }
                rest = after;
            }
            expand(&base.join("::"), rest, &mut found);
        }
    }
    found
}

/// Add a path, or each path of a group in braces.
fn expand(base: &str, rest: &str, found: &mut BTreeSet<String>) {
    let end = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == ':')).unwrap_or(rest.len());
    let head = rest[..end].trim_end_matches("::");
    let path = [base, head].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("::");
    match rest[end..].strip_prefix('{').filter(|_| rest[..end].is_empty() || rest[..end].ends_with("::")) {
        None => drop(found.insert(path)),
        Some(group) => {
            let (mut depth, mut start) = (0_u32, 0);
            for (place, letter) in group.char_indices() {
                match letter {
                    '{' => depth += 1,
                    '}' | ',' if depth == 0 => {
                        expand(&path, group[start..place].trim(), found);
                        start = place + 1;
                        if letter == '}' {
                            break;
                        }
                    }
                    '}' => depth -= 1,
                    _ => {}
                }
            }
        }
    }
}

/// Each file with the files that it knows, tests apart. A module and those inside it are one: it calls them, and they share what is its own.
fn files() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let texts: BTreeMap<String, String> = sources()
        .into_values()
        .flatten()
        .map(|(path, text)| {
            let path = Path::new(&path).strip_prefix(&root).unwrap().with_extension("");
            (path.to_str().unwrap().replace(['/', '\\'], "::"), text)
        })
        .filter(|(module, _)| !module.split("::").any(|part| part == "tests"))
        .collect();
    let file_of = |path: &str| {
        let ends = path.match_indices("::").map(|(end, _)| end).chain([path.len()]);
        ends.map(|end| &path[..end]).filter(|module| texts.contains_key(*module)).last().map(str::to_owned)
    };
    let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    let knows = |(module, text): (&String, &String)| {
        let known = paths(module, text).iter().filter_map(|path| file_of(path)).collect::<BTreeSet<_>>();
        (module.clone(), known.into_iter().filter(|known| !inside(known, module) && !inside(module, known)).collect())
    };
    texts.iter().map(knows).collect()
}

#[test]
fn no_file_is_above_itself() {
    let files = files();
    let arrows: usize = files.values().map(BTreeSet::len).sum();
    assert!(arrows > 500, "only {arrows} imports were read");
    let mut above: BTreeSet<&String> = files.keys().collect();
    loop {
        let ground: Vec<&String> = above.iter().copied().filter(|file| !files[*file].iter().any(|known| above.contains(known))).collect();
        if ground.is_empty() {
            break;
        }
        above.retain(|file| !ground.contains(file));
    }
    // Those that only lead into a circle go too.
    while let Some(top) = above.iter().copied().find(|file| !above.iter().any(|other| files[*other].contains(*file))) {
        above.remove(top);
    }
    let circles: Vec<_> = above
        .iter()
        .map(|file| format!("{file} knows {:?}", files[*file].iter().filter(|known| above.contains(known)).collect::<Vec<_>>()))
        .collect();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn no_file_is_opened_but_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (path, text) in sources().into_values().flatten() {
        let name = Path::new(&path).strip_prefix(&root).unwrap().to_str().unwrap();
        // The build's own programs; tests; and what the kernel tells of processes.
        if name.ends_with("build.rs") || name.contains("tests") || ["file.rs", "card/reader.rs"].contains(&name) {
            continue;
        }
        for line in text.lines().take_while(|line| !line.trim_start_matches("pub(crate) ").starts_with("mod tests {")) {
            let opens =
                ["fs::read(", "fs::read_to_string(", "File::open(", "options.open(", "true).open("].iter().any(|call| line.contains(call));
            // A folder is opened to be synced.
            assert!(!opens || line.ends_with(".sync_all()?;"), "{name}: {line}: `file` opens regular files only");
        }
    }
}

#[test]
fn an_import_is_resolved_from_where_it_stands() {
    let text = "use super::{cards, open::{self, pin}};\nuse crate::app::Model;\nlet x = super::super::view::page(self::there::be());";
    let wanted = ["app::Model", "app::update::cards", "app::update::open::pin", "app::update::open::self", "app::update::visit::there::be"];
    let found = paths("app::update::visit", text);
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), [&wanted[..], &["app::view::page"]].concat());
}

#[test]
fn an_import_of_several_rooms_names_each_of_them() {
    let text = "use crate::{app::{Action, Model}, card, text::wrap as broken};\n// crate::worker\nlet x = zairyu::view::page;";
    assert_eq!(named(text).into_iter().collect::<Vec<_>>(), ["app", "card", "text", "view"]);
}
