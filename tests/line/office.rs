//! An office's files from the outside: records that are looked at, chosen and filled in; the list of what was done; the values to copy by hand.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::{PINS, STEP1, TO_PINS, ZAIRYU, demo};

/// Two people under references of the office; the card is that of the second.
const PEOPLE: &str = "reference;name;birth_date;sex;phone;email\r\n26-1;LEE BO;1985/6/15;男;0355550199;bo@example.jp\r\n\
                      26-2;MONTGOMERY ANNE;1990/4/1;女;0355550100;desk@example.jp\r\n";

fn zairyu(args: &[&str]) -> Output {
    Command::new(ZAIRYU).args(args).env("LANG", "en_US.UTF-8").env_remove("LC_ALL").output().unwrap()
}

/// Write a file into a folder of its own.
fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    (folder, path)
}

#[test]
fn a_file_of_records_is_looked_at_and_all_that_is_wrong_is_said_with_line_and_remedy() {
    // 氏名 in Shift_JIS, as a spreadsheet saves it.
    let (_folder, bad) = file("people.csv", b"name,brithdate,sex\nLEE BO,19850615,x\n\x8e\x81\x96\xbc,19850615,F\n");
    let output = zairyu(&["prefill", bad.to_str().unwrap()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    for (line, parts) in lines.iter().zip([["line 1", "birth_date"], ["line 2", "male, female"], ["line 3", "Latin letters"]]) {
        assert!(parts.iter().all(|part| line.contains(part)), "{line}");
    }
    let (_folder, good) = file("people.csv", PEOPLE);
    let output = zairyu(&["prefill", good.to_str().unwrap()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("line 3 26-2: name, sex, birth_date, phone, email\n") && said.contains("Records: 2"), "{said}");
    assert!(!said.contains("MONTGOMERY"), "values are nobody's business: {said}");
}

#[test]
fn the_template_that_is_printed_is_taken_once_it_is_filled_in() {
    let template = String::from_utf8(zairyu(&["prefill", "--template"]).stdout).unwrap();
    let (_folder, path) = file("person.toml", template.replace("\nbirth_date = \"\"", "\nbirth_date = 1990-04-01"));
    assert_eq!(zairyu(&["prefill", path.to_str().unwrap()]).status.code(), Some(0));
    let header = String::from_utf8(zairyu(&["prefill", "--template", "csv"]).stdout).unwrap();
    let (_folder, path) = file("people.csv", format!("{header}7,LEE BO,,,,,,,,,\n"));
    assert_eq!(zairyu(&["prefill", path.to_str().unwrap()]).status.code(), Some(0));
}

#[test]
fn the_form_does_not_open_with_records_that_cannot_be_used() {
    let (_folder, path) = file("person.toml", "birth_date = 1990-04-01\nphone = 9012345678\nsex = \"x\"\n");
    let heard = demo(&["--lang", "en", "--prefill", path.to_str().unwrap()], &[]);
    assert_eq!(heard.status, 2);
    assert!(heard.err.contains("line 2, phone: the first 0 is missing") && heard.err.contains("line 3, sex"), "{}", heard.err);
}

#[test]
fn one_of_several_people_is_chosen_by_the_offices_reference_and_never_by_name() {
    let (_folder, path) = file("people.csv", PEOPLE);
    let args = ["--lang", "en", "--prefill", path.to_str().unwrap()];
    for chosen in ["26-2", "2"] {
        let heard = demo(&args, &[&TO_PINS, &[chosen], &PINS, &[""; 7]]);
        heard.in_order(&["1. 26-1\n", "2. 26-2\n", "3. None of these", "Now: 0355550100", "Now: desk@example.jp"]);
        assert!(!heard.out.contains("LEE BO") && !heard.out.contains("bo@example.jp"), "{}", heard.out);
    }
    // The other person's record, and none.
    for (chosen, said) in [("26-1", "not of this card's holder"), ("3", "\nName ")] {
        let heard = demo(&args, &[&TO_PINS, &[chosen], &PINS, &[""; 7]]);
        heard.in_order(&["3. None of these", said]);
        assert!(!heard.out.contains("@example.jp"), "{}", heard.out);
    }
}

#[test]
fn without_references_the_card_says_whose_record_it_is() {
    let (_folder, path) = file("people.csv", PEOPLE.replace("26-1", "").replace("26-2", ""));
    let heard = demo(&["--lang", "en", "--prefill", path.to_str().unwrap()], &[&TO_PINS, &PINS, &[""; 7]]);
    heard.in_order(&["\nSex ", "Now: female", "\nPhone number ", "Now: 0355550100"]);
}

#[test]
fn how_each_registration_ended_is_listed_by_its_reference_and_never_by_name() {
    let (folder, path) = file("people.csv", PEOPLE);
    let list = folder.path().join("done.csv");
    let config = folder.path().join("zairyu.toml");
    fs::write(&config, format!("prefill = {path:?}\ndone_list = {list:?}\n")).unwrap();
    let args = ["--lang", "en", "--config", config.to_str().unwrap()];
    demo(&args, &[&TO_PINS, &["26-2"], &PINS, &["n", "2"]]);
    let heard = demo(&args, &[&TO_PINS, &["26-2"], &PINS, &STEP1, &["0", "q"]]);
    assert!(heard.has_id(), "{}", heard.out);
    // Somebody whose record was not used has no line.
    demo(&args, &[&TO_PINS, &["26-1"], &PINS, &["n", "2"]]);
    let listed = fs::read_to_string(&list).unwrap();
    let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split(',').collect()).collect();
    let ends: Vec<&[&str]> = lines.iter().map(|line| &line[1..]).collect();
    assert_eq!(ends, [&["reference", "result"], &["26-2", "not registered"], &["26-2", "registered"]], "{listed}");
    assert!(lines[1][0].ends_with("+09:00") && !listed.contains("ANNE"), "{listed}");
}

#[test]
fn a_list_that_cannot_be_written_is_told_and_its_line_is_not_lost() {
    let (folder, path) = file("people.csv", PEOPLE);
    let config = folder.path().join("zairyu.toml");
    fs::write(&config, format!("prefill = {path:?}\ndone_list = {:?}\n", folder.path())).unwrap();
    let heard = demo(&["--lang", "en", "--config", config.to_str().unwrap()], &[&TO_PINS, &["26-2"], &PINS, &STEP1, &["0", "q"]]);
    heard.in_order(&["You are registered", "The list of those done cannot be written (A file is needed here", "Lines kept for it: 1"]);
    assert!(heard.err.lines().any(|line| line.ends_with("+09:00 26-2 registered")), "{}", heard.err);
}

#[test]
fn the_values_to_copy_by_hand_are_said_one_by_one() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &STEP1, &["12", "3", "5", "b", "0"]]);
    heard.in_order(&[
        "12. Values to copy by hand",
        "manual of March 2022",
        "1. Name 利用者氏名: MONTGOMERY ANNE\n",
        "2. Sex 性別: 女\n",
        "11. Save as CSV",
        "\n19900401\n",
        "\n西新宿２－８－１\n",
        "What you entered",
        "You are registered",
    ]);
}
