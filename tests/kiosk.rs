//! `zairyu kiosk`: the staff word, the units of systemd, the day's count.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

const ZAIRYU: &str = env!("CARGO_BIN_EXE_zairyu");

fn kiosk(arguments: &[&str], input: &str) -> Output {
    let command =
        Command::new(ZAIRYU).arg("kiosk").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut program = command.unwrap();
    program.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    program.wait_with_output().unwrap()
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_staff_word_is_printed_as_a_line_for_the_settings_and_never_itself() {
    let made = kiosk(&["word"], "桜の下で会う\n");
    let text = printed(&made);
    let settings: zairyu::settings::kiosk::Kiosk = toml::from_str(text.strip_prefix("[kiosk]\n").unwrap()).unwrap();
    assert!(settings.staff_word.unwrap().is("桜の下で会う".as_bytes()));
    assert!(!text.contains('桜') && !String::from_utf8_lossy(&made.stderr).contains('桜'));
    let short = kiosk(&["word"], "桜\n");
    assert_eq!(short.status.code(), Some(2));
}

#[test]
fn a_day_is_counted_from_the_log_by_japan_s_calendar_and_what_is_no_line_of_it_counts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let lines = [
        "2026-11-29T14:59:59.000Z zairyu/0.1.0 registered",
        "2026-11-29T15:00:00.000Z zairyu/0.1.0 ZR303",
        "2026-11-29T15:00:01.000Z zairyu/0.1.0 ZR303",
        "2026-11-29T15:00:02.000Z zairyu/0.1.0 given-up",
        "2026-11-29T16:00:00.000Z zairyu/0.1.0 done",
        "2026-11-29T16:00:01.000Z zairyu/0.1.0 ZR999",
        "nonsense registered",
        "",
    ];
    fs::write(&log, lines.join("\n")).unwrap();
    let days: serde_json::Value = serde_json::from_str(&printed(&kiosk(&["count", log.to_str().unwrap()], ""))).unwrap();
    let expected = serde_json::json!([
        { "date": "2026-11-29", "begun": 1, "registered": 1, "others": 0, "given_up": 0, "troubles": {} },
        { "date": "2026-11-30", "begun": 2, "registered": 0, "others": 1, "given_up": 1, "troubles": { "ZR303": 2 } },
    ]);
    assert_eq!(days, expected);
}

/// The parts of `kiosk units`: the path of each file, and its text.
fn parts(text: &str) -> Vec<(String, String)> {
    let parts = text.split("# ==== ").skip(1).map(|part| part.split_once('\n').unwrap());
    parts.map(|(path, text)| (path.trim().to_owned(), text.to_owned())).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn systemd_takes_the_unit_and_the_kiosk_has_no_way_out_of_its_console() {
    let text = printed(&kiosk(&["units"], ""));
    let parts = parts(&text);
    let part =
        |end: &str| parts.iter().find(|(path, _)| path.ends_with(end)).map(|(_, text)| text.as_str()).unwrap_or_else(|| panic!("no {end}"));
    // The programs of the unit need not be there to check it.
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("zairyu-kiosk.service");
    let here = part("zairyu-kiosk.service").replace("/usr/bin/xinit", "/bin/true").replace("User=kiosk", "User=daemon");
    fs::write(&unit, here).unwrap();
    let checked =
        Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&unit).output().expect("systemd-analyze is not installed");
    let said = String::from_utf8_lossy(&checked.stderr).into_owned() + &String::from_utf8_lossy(&checked.stdout);
    let about: Vec<&str> = said.lines().filter(|line| line.contains("zairyu-kiosk")).collect();
    assert!(checked.status.success() && about.is_empty(), "{said}");
    for (file, line) in [
        ("zairyu-kiosk.service", "Restart=always"),
        ("lib/zairyu-kiosk", "zairyu --kiosk"),
        ("zairyu-kiosk.service", "Conflicts=getty@tty1.service"),
        ("xorg.conf.d/50-zairyu-kiosk.conf", "\"DontVTSwitch\" \"true\""),
        ("xorg.conf.d/50-zairyu-kiosk.conf", "\"DontZap\" \"true\""),
        ("sysctl.d/50-zairyu-kiosk.conf", "kernel.sysrq = 0"),
        ("logind.conf.d/50-zairyu-kiosk.conf", "NAutoVTs=0"),
        ("system.conf.d/50-zairyu-kiosk.conf", "CtrlAltDelBurstAction=none"),
    ] {
        assert!(part(file).contains(line), "{file}: {line}");
    }
    assert!(text.contains("systemctl mask ctrl-alt-del.target sleep.target suspend.target"));
}

#[test]
fn the_staff_read_in_their_own_language_how_the_kiosk_is_set_up() {
    let mut files = Vec::new();
    for (lang, lead, short) in [("en", "A kiosk on Debian 12: ", "6 letters or more"), ("ja", "Debian 12のキオスク: ", "6文字以上")]
    {
        let text = printed(&kiosk(&["units", "--lang", lang], ""));
        assert!(text.starts_with(&format!("# {lead}")), "{text}");
        assert!(["{lead}", "{program}", "{settings}", "{end}"].iter().all(|name| !text.contains(name)), "{text}");
        // The first one stands in the commands above.
        files.push(parts(&text).split_off(1));
        let refused = kiosk(&["word", "--lang", lang], "桜\n");
        assert!(String::from_utf8_lossy(&refused.stderr).contains(short), "{refused:?}");
    }
    assert_eq!(files[0], files[1], "the files are the same");
}

#[test]
fn a_kiosk_is_no_line_mode_and_takes_no_records_of_one_person() {
    for (arguments, why) in [(&["--kiosk", "--line"][..], "--line"), (&["--kiosk", "--desk"], "--desk"), (&["--kiosk"], "terminal")] {
        let refused = Command::new(ZAIRYU).args(arguments).stdin(Stdio::null()).output().unwrap();
        assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains(why), "{arguments:?}: {refused:?}");
    }
}

#[test]
fn times_that_nobody_can_keep_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("zairyu.toml");
    for (line, why) in [("warning = 5", "[kiosk] warning: "), ("staff_word = \"sakura\"", "zairyu kiosk word"), ("idel = 5", "idel")] {
        fs::write(&settings, format!("[kiosk]\n{line}\n")).unwrap();
        let refused = Command::new(ZAIRYU).args(["--config", settings.to_str().unwrap(), "--line"]).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && said.contains(why), "{line}: {said}");
    }
}

/// The text of every test of the project.
fn sources(folder: &std::path::Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        match entry.path() {
            path if path.is_dir() => sources(&path, into),
            path if path.extension().is_some_and(|kind| kind == "rs") => into.push_str(&fs::read_to_string(path).unwrap()),
            _ => {}
        }
    }
}

#[test]
fn every_point_of_the_kiosk_s_table_names_tests_that_exist() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = String::new();
    [root.join("src"), root.join("tests")].iter().for_each(|folder| sources(folder, &mut all));
    let table = fs::read_to_string(root.join("src/app/kiosk.md")).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('|').map(str::trim).collect()).collect();
    for point in 1..=20_u32 {
        let row =
            rows.iter().find(|row| row.len() == 6 && row[1] == point.to_string()).unwrap_or_else(|| panic!("point {point} is missing"));
        let named: Vec<&str> = row[4].split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty() || row[4] == "–", "point {point} is shown by nothing");
        for test in named {
            assert!(all.contains(&format!("fn {test}(")), "point {point}: there is no test {test}");
        }
    }
}
