//! The command line: each command takes its own options and no others, all that can be set is in the help, and what is wrong is said with what is right.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, a failure is a panic")]

use std::process::{Command, Output, Stdio};

const ZAIRYU: &str = env!("CARGO_BIN_EXE_zairyu");

fn zairyu(words: &[&str]) -> Output {
    Command::new(ZAIRYU).args(words).stdin(Stdio::null()).output().unwrap()
}

/// What a command said, on both outputs, and its exit status.
fn said(words: &[&str]) -> (String, Option<i32>) {
    let output = zairyu(words);
    (String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr), output.status.code())
}

/// The long options that the help of a command names.
fn options(command: &[&str]) -> Vec<String> {
    let (help, status) = said(&[command, &["--help"]].concat());
    assert_eq!(status, Some(0), "{help}");
    let options = help
        .lines()
        .filter_map(|line| line.trim_start().split_once("--").filter(|(before, _)| before.is_empty() || before.starts_with('-')));
    options.map(|(_, rest)| rest.split([' ', '[', '=', '<']).next().unwrap_or_default().to_owned()).collect()
}

#[cfg(feature = "service")]
#[test]
fn an_operator_s_command_lists_no_option_of_the_form() {
    for command in [&["serve"][..], &["users"], &["users", "find"], &["store"], &["store", "check"], &["store", "copy"]] {
        for option in ["service", "reader", "prefill", "theme", "glyphs", "log", "line", "desk", "kiosk", "mouse"] {
            assert!(!options(command).contains(&option.to_owned()), "{command:?} lists --{option}");
        }
    }
    assert!(["service", "reader", "data", "anchors"].iter().all(|option| !options(&["demo"]).contains(&(*option).to_owned())));
}

/// What a command says to settings.
fn with_settings(text: &str) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zairyu.toml");
    std::fs::write(&path, text).unwrap();
    said(&["prefill", "--config", path.to_str().unwrap()])
}

/// The keys of a table of the settings: the fault of an unknown key names all that there are.
fn keys(text: &str) -> Vec<String> {
    let (said, status) = with_settings(text);
    assert_eq!(status, Some(2), "{said}");
    said.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

/// What the packages bring as settings.
const EXAMPLE: &str = include_str!("../src/package/zairyu.toml");

#[test]
fn the_settings_that_a_package_brings_show_every_key_set_none_and_hold_once_they_are_taken() {
    for key in keys("unknown = 1").into_iter().chain(keys("[kiosk]\nunknown = 1")) {
        let shown = |line: &str| line.starts_with(&format!("#{key} = ")) || line.contains(&format!("{key}]"));
        assert!(EXAMPLE.lines().any(shown), "{key}");
    }
    assert!(EXAMPLE.lines().all(|line| line.is_empty() || line.starts_with('#')), "{EXAMPLE}");
    let taken = EXAMPLE.lines().filter(|line| !line.starts_with("# ") && !line.starts_with("#staff_word"));
    let (said, _) = with_settings(&taken.map(|line| line.trim_start_matches('#')).fold(String::new(), |all, line| all + line + "\n"));
    assert!(!said.contains("zairyu.toml"), "{said}");
    let own = with_settings("lang = 1").0;
    assert!(own.contains("zairyu.toml"), "{own}");
}

#[test]
fn every_key_of_the_settings_file_stands_in_the_help() {
    let (form, kiosk) = (said(&["--help"]).0, said(&["kiosk", "--help"]).0);
    let own = keys("unknown = 1");
    assert!(own.contains(&"done_list".to_owned()), "{own:?}");
    for (keys, help) in [(own, form), (keys("[kiosk]\nunknown = 1"), kiosk)] {
        assert!(keys.len() > 6, "{keys:?}");
        for key in keys {
            assert!(help.contains(&key), "{key}: {help}");
        }
    }
}

#[cfg(feature = "service")]
#[test]
fn options_stand_before_and_behind_the_name_of_an_operator_s_command() {
    let folder = tempfile::tempdir().unwrap();
    let url = folder.path().join("url");
    std::fs::write(&url, "sqlite:/nowhere/at-all.sqlite").unwrap();
    let file = ["--database-file", url.to_str().unwrap()];
    for words in [
        [&["store"], &file[..], &["check"]].concat(),
        [&["store", "check"], &file[..]].concat(),
        [&["users"], &file[..], &["find", "x"]].concat(),
        [&["users", "find", "x"], &file[..]].concat(),
        vec!["store", "check", "--data", "/nowhere/at-all.sqlite"],
        vec!["users", "--data", "/nowhere/at-all.sqlite", "find", "x"],
    ] {
        let (said, status) = said(&words);
        assert!(status == Some(1) && said.contains("/nowhere/at-all.sqlite"), "{words:?}: {said}");
    }
}

#[cfg(feature = "service")]
#[test]
fn an_option_that_a_command_would_not_heed_is_refused_with_what_to_do() {
    for (words, hint) in [
        (&["demo", "--service", "https://x.example"][..], "'--service'"),
        (&["--service", "https://x.example", "demo"], "zairyu demo --help"),
        (&["--reader", "x", "users", "find", "y"], "zairyu users --help"),
        (&["--line", "serve"], "zairyu serve --help"),
        (&["demo", "--person", "xx"], "anne, taro"),
        (&["demo", "--fault", "xx"], "no-signing"),
    ] {
        let (said, status) = said(words);
        assert!(status == Some(2) && said.contains(hint), "{words:?}: {said}");
    }
}

#[cfg(feature = "service")]
#[test]
fn an_option_without_its_value_does_not_swallow_the_command() {
    let (said, status) = said(&["serve", "--test-cards", "--print-unit"]);
    assert!(status == Some(0) && said.contains("[Service]"), "{said}");
}

/// Run a command in a shell, whose exit status is that of the command.
#[cfg(unix)]
fn in_shell(script: &str) -> Output {
    Command::new("bash").args(["-c", script, "bash", ZAIRYU]).stdin(Stdio::null()).output().unwrap()
}

#[cfg(unix)]
#[test]
fn whoever_reads_no_further_and_a_terminal_that_is_closed_end_no_command_with_a_fault_of_its_own() {
    for words in [
        "--help",
        "--version",
        "places shinjuku",
        "doctor --codes",
        "doctor --lang en",
        "kiosk units",
        "prefill --template",
        "serve --print-unit",
    ] {
        if words.starts_with("serve") && cfg!(not(feature = "service")) {
            continue;
        }
        for script in [
            format!("\"$1\" {words} | true; exit ${{PIPESTATUS[0]}}"),
            format!("\"$1\" {words} >&- 2>&-"),
            format!("\"$1\" {words} >/dev/full"),
        ] {
            let output = in_shell(&script);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.code().is_some_and(|status| status < 3), "{script}: {:?} {said}", output.status);
            assert!(!said.contains("panicked"), "{script}: {said}");
        }
    }
}
