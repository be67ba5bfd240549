//! Line mode from the outside: `zairyu demo --line` with everything real but the card, through pipes as a script and in a terminal as a person.
#![cfg(all(unix, feature = "service"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test, a failure is a panic")]

#[path = "common/letters.rs"]
mod letters;
#[cfg(target_os = "linux")]
#[path = "common/memory.rs"]
mod memory;
#[path = "common/pty.rs"]
mod pty;
#[cfg(target_os = "linux")]
#[path = "common/stick.rs"]
mod stick;
#[cfg(target_os = "linux")]
#[path = "common/trace.rs"]
mod trace;

#[cfg(target_os = "linux")]
#[path = "line/left_over.rs"]
mod left_over;
#[path = "line/office.rs"]
mod office;

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use pty::{Screen, key};
use rustix::process::Signal;
use unicode_width::UnicodeWidthChar;

const ZAIRYU: &str = env!("CARGO_BIN_EXE_zairyu");

/// From the top page to the signing password: the category is chosen on the way.
const TO_PINS: [&str; 3] = ["1", "1", ""];
/// As nobody shows them: small and full-width, so that they differ from those that practice tells.
const PINS: [&str; 2] = ["practice1", "１２３４"];
/// STEP1 from the name on: what the card offers is kept, and the terms are agreed to.
const STEP1: [&str; 11] = ["", "", "", "", "", "090-1234-5678", "anne@example.jp", "anne@example.jp", "", "ab12345678cd", "1"];

/// What came of a conversation.
struct Heard {
    out: String,
    err: String,
    status: i32,
}

impl Heard {
    /// Whether one text is said after another.
    fn in_order(&self, texts: &[&str]) {
        let mut rest = self.out.as_str();
        for text in texts {
            let Some(place) = rest.find(text) else { panic!("not said, or not there: {text}\nall of it:\n{}", self.out) };
            rest = &rest[place + text.len()..];
        }
    }

    fn count(&self, text: &str) -> usize {
        self.out.matches(text).count()
    }

    /// The 認証ID, on a line of its own.
    fn has_id(&self) -> bool {
        self.out.lines().any(is_id)
    }
}

fn is_id(line: &str) -> bool {
    let groups = |line: &str| line.split('-').map(str::len).collect::<Vec<_>>();
    groups(line) == [3, 4, 3] && line.chars().all(|c| c == '-' || c.is_ascii_alphanumeric())
}

/// Settings that print with a shell command, which finds a folder to itself in `$0`.
fn prints(script: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("zairyu.toml");
    std::fs::write(&settings, format!("print = {:?}\n", ["sh", "-c", script, folder.path().to_str().unwrap()])).unwrap();
    let settings = settings.to_str().unwrap().to_owned();
    (folder, settings)
}

#[test]
fn a_script_prints_a_receipt_and_hears_what_came_of_it_before_the_next_question() {
    let (folder, settings) = prints("sleep 0.3; cat > \"$0/printed\"; echo request id is desk-7");
    let heard = demo(&["--lang", "en", "--config", &settings], &[&TO_PINS, &PINS, &STEP1, &["0", "2", "1", "7"]]);
    heard.in_order(&[
        "You are registered.",
        "2. Print a receipt",
        "Printing.",
        "Handed over to the printer.",
        "desk-7",
        "1. Back",
        "1. New",
    ]);
    assert_eq!((heard.status, heard.count("written down"), heard.err.as_str()), (0, 0, ""), "{}", heard.out);
    let printed = std::fs::read(folder.path().join("printed")).unwrap();
    if cfg!(feature = "print") {
        assert!(printed.starts_with(b"%PDF-") && printed.trim_ascii_end().ends_with(b"%%EOF"));
    } else {
        let text = String::from_utf8(printed).unwrap();
        assert!(text.contains("利用者登録の控え") && text.contains("MONTGOMERY ANNE"), "{text}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn in_line_mode_a_receipt_goes_where_the_person_says_by_a_number() {
    for (size, number, told) in
        [("8m", "2", "Receipt saved: /media/anne/USB STICK/zairyu-"), ("4k", "2", "no room left"), ("8m", "1", "Receipt saved: ")]
    {
        let home = tempfile::tempdir().unwrap();
        let (command, arguments) = stick::beside(size, "rw", &[ZAIRYU, "demo", "--line", "--lang", "en"]);
        let mut command = Command::new(command);
        let heard = hear(
            command.args(arguments).env("USER", stick::USER).env("HOME", home.path()),
            &[&TO_PINS, &PINS, &STEP1, &["0", "2", number]],
        );
        heard.in_order(&["2. Save a receipt", "Where to save it?", "1. The documents folder", "2. USB STICK", told]);
        let kept = std::fs::read_dir(home.path()).unwrap().filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_file())).count();
        assert_eq!(kept, usize::from(number == "1"));
    }
}

#[test]
fn in_line_mode_a_failed_print_is_told_and_the_id_is_asked_about() {
    let (_folder, settings) = prints("echo no paper; exit 4");
    let heard = demo(&["--lang", "en", "--config", &settings], &[&TO_PINS, &PINS, &STEP1, &["0", "2", "1"]]);
    heard.in_order(&["It could not be printed", "exit status: 4", "no paper", "written down"]);
}

#[test]
fn in_line_mode_the_slip_for_the_office_is_asked_for_with_a_letter() {
    let (folder, settings) = prints("cat > \"$0/printed\"");
    let heard = demo(&["--lang", "en", "--config", &settings, "--fault", "signing-tries=0"], &[&TO_PINS, &["p"]]);
    heard.in_order(&["ZR302", "p: Print a slip for the office.", "Printing.", "Handed over to the printer.", "Enter: "]);
    assert!(!std::fs::read(folder.path().join("printed")).unwrap().is_empty());
}

#[test]
fn in_line_mode_the_qr_code_is_its_text() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &STEP1, &["0", "4", "1", "2"]]);
    heard.in_order(&["QR code for the phone", "Read it with your phone", "認証ID ", "set a password, log in", "QR code for the phone"]);
}

fn demo(args: &[&str], parts: &[&[&str]]) -> Heard {
    hear(Command::new(ZAIRYU).args(["demo", "--line"]).args(args), parts)
}

fn hear(command: &mut Command, parts: &[&[&str]]) -> Heard {
    let mut child = command
        .env("LANG", "ja_JP.UTF-8")
        // What makes everything that could write a log write it, at the finest level.
        .env("RUST_LOG", "trace")
        .env_remove("LC_ALL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for line in parts.iter().flat_map(|part| part.iter()) {
        // A program that has ended already reads no more: what it said is looked at.
        let _ = writeln!(input, "{line}");
    }
    drop(input);
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    Heard { out, err, status: child.wait().unwrap().code().unwrap_or(-1) }
}

#[test]
fn a_script_registers_in_japanese_and_no_pin_is_ever_said() {
    let heard = demo(&["--lang", "ja"], &[&TO_PINS, &PINS, &STEP1, &["0"]]);
    heard.in_order(&[
        "署名用パスワード（6",
        "利用者証明用パスワード（4",
        "利用者氏名 【名前(なまえ)】",
        "利用者情報確認(STEP2)",
        "登録が完了しました",
        "認証ID:",
    ]);
    assert!(heard.has_id(), "{}", heard.out);
    assert_eq!(heard.status, 0, "{}", heard.err);
    assert!(!heard.out.contains("practice1") && !heard.out.contains("１２３４"), "{}", heard.out);
    assert_eq!(heard.err, "");
    // Practice tells its own PINs once, on the top page.
    assert_eq!((heard.count("PRACTICE1"), heard.count("1234\n")), (1, 1), "{}", heard.out);
}

#[test]
fn a_wrong_pin_says_in_english_how_many_tries_are_left_and_the_right_one_goes_on() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &["wrong99zz"], &PINS, &STEP1, &["0"]]);
    heard.in_order(&[
        "Tries left: 5",
        "That was wrong. Tries left: 4",
        "Tries left: 4",
        "Tries left: 3",
        "Name 利用者氏名",
        "You are registered",
    ]);
    assert_eq!(heard.status, 0, "{}", heard.err);
    assert!(!heard.out.to_lowercase().contains("wrong99zz"));
}

#[test]
fn the_log_holds_the_codes_of_troubles_and_nothing_of_the_person() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("zairyu.log");
    demo(&["--lang", "en", "--log", log.to_str().unwrap()], &[&TO_PINS, &["wrong99zz"], &PINS, &STEP1, &["0"]]);
    let written = std::fs::read_to_string(&log).unwrap();
    assert_eq!(written.lines().count(), 1, "{written}");
    assert!(written.trim_end().ends_with("ZR301"), "{written}");
}

#[test]
fn what_cannot_be_a_pin_costs_no_try() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &["abc", "", "much-too-long-for-any-password", "ありません"], &PINS]);
    assert_eq!(heard.count("Tries left: 5"), 5, "{}", heard.out);
    heard.in_order(&[
        "At least 6 characters",
        "Enter the password. Nothing was sent",
        "no password can hold",
        "no password can hold",
        "Tries left: 3",
    ]);
}

#[test]
fn before_the_last_try_the_word_must_be_given() {
    let heard = demo(&["--lang", "en", "--fault", "signing-tries=1"], &[&TO_PINS, &["practice1", "LAST"], &PINS]);
    heard.in_order(&["LAST", "Nothing is sent", "Checking the password", "Tries left: 3"]);
}

#[test]
fn the_last_try_is_told_again_at_the_pin_itself() {
    let heard = demo(&["--lang", "en", "--fault", "signing-tries=1"], &[&TO_PINS, &["LAST", "abc"], &PINS]);
    let (_, after) = heard.out.split_once("This is the last try").expect("told before the word");
    assert_eq!(after.matches("This is the last try").count(), 2, "at the password, and again after what could not be one: {}", heard.out);
}

#[test]
fn the_language_is_chosen_by_its_number_from_the_top_page() {
    let heard = demo(&["--lang", "en"], &[&["3", "1", "3", "2", "q"]]);
    heard.in_order(&["3. Language", "1. 日本語", "システムを使うための登録をします", "2. English", "register to use the system"]);
}

#[test]
fn after_a_code_that_has_expired_another_can_be_given() {
    let heard = demo(&["--lang", "en"], &[&["4", "wrongcode", "nine blue kites over Nara", "2", "another", "b", "q"]]);
    heard.in_order(&["New password: ", "can no longer be used", "2. URL in the mail", "URL in the mail", "New password: "]);
}

#[test]
fn the_end_of_the_input_leaves_with_1_and_says_so_on_the_other_stream() {
    for lines in [&[][..], &TO_PINS[..2], &[TO_PINS.as_slice(), &PINS, &["", ""]].concat()] {
        let heard = demo(&["--lang", "en"], &[lines]);
        assert_eq!(heard.status, 1);
        assert!(heard.err.contains("The input has ended"), "{}", heard.err);
        assert!(!heard.out.contains("The input has ended"));
    }
}

#[test]
fn b_steps_back_a_field_and_from_the_first_one_to_the_page_before() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &["", "b", "b", "", "", "b", "q", "1", "q", "2"]]);
    heard.in_order(&[
        "\nName ",
        "\nSex ",
        "\nName ",
        "A registration is under way.",
        "\nName ",
        "\nSex ",
        "\nName ",
        "Leave the program?",
        "\nName ",
        "Leave the program?",
    ]);
    assert_eq!(heard.status, 1);
    assert!(heard.err.is_empty(), "{}", heard.err);
}

#[test]
fn a_question_mark_helps_and_the_question_is_asked_again() {
    let heard = demo(&["--lang", "en"], &[&["?"], &TO_PINS, &["wrong99zz", "?"], &PINS, &["?"]]);
    let lead = "One question a line.";
    heard.in_order(&[
        lead,
        lead,
        "Help",
        "1. New registration",
        "Tries left: 4",
        lead,
        "Help",
        "Tries left: 4",
        "\nName ",
        lead,
        "Help",
        "\nName ",
    ]);
}

#[test]
fn line_mode_tells_of_no_key_of_the_full_screen() {
    let every_page: [&[&str]; 6] = [&["?", "2", "?", "b", "4", "?", "b", "5", "?", "b"], &TO_PINS, &["?"], &PINS, &STEP1, &["?", "0", "?"]];
    for (lang, fault) in [("ja", "signing-tries=5"), ("en", "signing-tries=5"), ("ja", "kind=unknown"), ("en", "kind=unknown")] {
        let heard = demo(&["--lang", lang, "--fault", fault], &every_page);
        for key in ["F1", "F2", "F5", "F8", "F10", "Tab", "Space", "Esc", "Page Up", "PageUp", "矢印", "arrow key"] {
            // A 認証ID may happen to hold one.
            let said = heard.out.lines().find(|line| line.contains(key) && !is_id(line));
            assert!(said.is_none(), "{lang} {fault}: {said:?}");
        }
    }
}

#[test]
fn what_is_wrong_is_said_and_the_field_is_asked_again() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &["", "7", "1", "20301399", "19900401"]]);
    heard.in_order(&["\nSex ", "none of the numbers", "\nBirth date ", "a date that exists", "Now: 20301399", "\nMunicipality"]);
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &["", "", "", "", "", "", "123", "", "0312345678", "anne@example"]]);
    heard.in_order(&[
        "\nPhone ",
        "fill this in",
        "＊Phone number: ",
        "Now: 123",
        "＊Phone number: ",
        "\nMail address ",
        "\nMail address ",
        "Now: anne@example",
    ]);
}

#[test]
fn a_note_about_an_earlier_answer_does_not_outlive_it() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &["ＡＮＮＥ　Ｍ", "b", "ANNE"]]);
    // It stands by its value until that is replaced.
    heard.in_order(&["\nName ", "Changed to half width", "\nSex ", "\nName ", "Changed to half width", "Now: ANNE M", "\nSex "]);
    assert_eq!(heard.count("Changed to half width"), 2, "{}", heard.out);
}

#[test]
fn a_municipality_is_found_by_romaji_or_postal_code_and_chosen_by_its_number() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &["", "", "", "nowhereatall", "yokohama tsurumi", "1"]]);
    heard.in_order(&["Now: 東京都 新宿区", "Nothing found", "1. 神奈川県 横浜市鶴見区", "\nRest of the address "]);
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &["", "", "", "1000013", "1", "b"]]);
    heard.in_order(&["1. 東京都 千代田区", "\nRest of the address ", "\nMunicipality ", "Now: 東京都 千代田区"]);
}

#[test]
fn a_place_is_said_with_its_kana_and_romaji_and_a_town_too() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &["", "", "", "kabukicho", "b"]]);
    heard.in_order(&["東京都 新宿区 歌舞伎町  かぶきちょう  Kabuki-cho, Shinjuku-ku  Tokyo", "\nMunicipality "]);
}

#[test]
fn an_address_line_goes_with_its_municipality_or_is_told_that_it_does_not() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &["", "", "", "667-0112", "1", "", "b"]]);
    heard.in_order(&[
        "東京都 新宿区",
        "兵庫県 養父市",
        "\nRest of the address ",
        "\"西新宿\" is a town of 東京都 新宿区, and not on the list of 兵庫県 養父市",
    ]);
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &["", "", "", "", "東京都新宿区西新宿2-8-1", "b"]]);
    heard.in_order(&["東京都 新宿区 stands in the field above, so it was taken out here.", "Now: 西新宿２－８－１"]);
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &["", "", "", "667-0112", "1", "東京都新宿区西新宿2-8-1", "b"]]);
    heard.in_order(&["東京都 新宿区 was taken out here, but the field above says 兵庫県 養父市", "Now: 西新宿２－８－１"]);
}

#[test]
fn a_line_of_step2_goes_back_to_its_field_and_from_there_to_step2_again() {
    let heard =
        demo(&["--lang", "en"], &[&TO_PINS, &PINS, &STEP1, &["6", "0312345678", "7", "bob@example.jp", "bob@example.jp", "b", "", "0"]]);
    heard.in_order(&[
        "(STEP2)",
        "\nPhone number ",
        "(STEP2)",
        "利用者連絡先電話番号: 0312345678",
        "\nMail address ",
        "To correct: 1.",
        "\nMail address again ",
        "(STEP2)",
        "bob@example.jp",
        "利用規約に同意します。",
        "(STEP2)",
        "You are registered",
    ]);
    assert!(!heard.out.contains("Enter goes to the field"), "the field is asked without a key: {}", heard.out);
    assert_eq!(heard.status, 0);
}

#[test]
fn the_terms_are_said_on_request() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &STEP1[..10], &["2", "1"]]);
    heard.in_order(&[
        "Read the terms; if you agree, tick",
        "2. Read the terms",
        "Fetching the terms",
        "Terms of use",
        "2. Read the terms",
        "(STEP2)",
    ]);
}

#[test]
fn what_was_filled_in_beforehand_is_said_as_the_present_value() {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(&file, "birth_date = \"1990-04-01\"\nphone = \"0355550100\"\nemail = \"desk@example.jp\"\n").unwrap();
    let heard = demo(&["--lang", "en", "--prefill", file.path().to_str().unwrap()], &[&TO_PINS, &PINS, &[""; 7]]);
    heard.in_order(&["\nPhone number ", "Now: 0355550100", "\nMail address ", "Now: desk@example.jp", "\nMail address again "]);
}

#[test]
fn records_that_do_not_say_whose_they_are_are_refused_with_what_to_add() {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(&file, "phone = \"0355550100\"\n").unwrap();
    let heard = demo(&["--lang", "en", "--prefill", file.path().to_str().unwrap()], &[]);
    assert_eq!(heard.status, 2);
    assert!(heard.err.contains("name or birth_date"), "{}", heard.err);
}

#[test]
fn records_of_somebody_else_are_withheld_and_the_clerk_is_told() {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(&file, "birth_date = \"19850615\"\nphone = \"0355550100\"\n").unwrap();
    let heard = demo(&["--lang", "en", "--prefill", file.path().to_str().unwrap()], &[&TO_PINS, &PINS, &[""; 7]]);
    heard.in_order(&["not of this card's holder", "\nName "]);
    assert!(!heard.out.contains("0355550100"), "{}", heard.out);
}

#[test]
fn an_empty_line_or_the_end_of_the_input_registers_nobody_and_a_number_does() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &STEP1, &[""; 5]]);
    assert_eq!(heard.status, 1, "{}", heard.out);
    assert!(!heard.out.contains("You are registered"), "{}", heard.out);
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &STEP1, &["", "0"], &[""; 5]]);
    assert_eq!(heard.status, 0, "{}", heard.out);
    assert!(heard.has_id());
}

#[test]
fn n_forgets_the_person_after_a_question_whose_empty_answer_is_no() {
    let heard = demo(&["--lang", "en"], &[&TO_PINS, &PINS, &["", "n", "", "", "n", "2"], &["5", "8", "q"]]);
    heard.in_order(&["\nName ", "\nSex ", "Erase what was entered", "\nSex ", "Erase what was entered", "1. New registration"]);
    // The page has the question in its title too.
    assert_eq!(heard.count("Erase what was entered, for the next person?"), 2, "{}", heard.out);
}

#[test]
fn what_was_typed_ahead_of_a_question_that_commits_is_thrown_away_in_a_terminal() {
    let mut screen = terminal();
    screen.wait_for("7. Quit");
    let answer = |screen: &mut Screen, line: &str| {
        let mark = screen.mark();
        screen.press(&format!("{line}\r"));
        screen.wait_for_bytes(mark, b"\n> ");
    };
    TO_PINS.iter().for_each(|line| answer(&mut screen, line));
    // A card that is still being made is waited for.
    screen.wait_for("What you type is not shown.\n> ");
    // Each line but the last answers its question; the last two come before STEP2 has asked.
    let lines = [&PINS[..], &STEP1[..]].concat();
    lines[..lines.len() - 1].iter().for_each(|line| answer(&mut screen, line));
    screen.press(&format!("{}\r0\r", lines[lines.len() - 1]));
    screen.wait_for("0. Register");
    std::thread::sleep(Duration::from_millis(500));
    assert!(!screen.screen().contains("You are registered"), "{}", screen.screen());
    screen.press("0\r");
    screen.wait_for("You are registered");
}

#[test]
fn a_card_that_cannot_be_used_is_explained_and_the_script_comes_to_its_end() {
    let heard = demo(&["--lang", "en", "--fault", "signing-locked"], &[&TO_PINS, &PINS, &["b"]]);
    heard.in_order(&["Code ZR302", "Why:", "What to do:", "\n1. ", "b: back", "none of the numbers", "Before you begin"]);
    assert_eq!(heard.status, 1);
}

#[test]
fn nothing_but_plain_lines_is_written() {
    for lang in ["ja", "en"] {
        let heard = demo(&["--lang", lang], &[&TO_PINS, &PINS, &STEP1, &["0"]]);
        // The official mark ※ stands at the end of a line, where its width pushes nothing aside.
        for letter in heard.out.replace("※ ", "").chars().filter(|letter| *letter != '\n') {
            assert!(letter.width().is_some() && letter.width() == letter.width_cjk(), "{letter:?}");
        }
    }
}

fn terminal() -> Screen {
    Screen::start(ZAIRYU, &["demo", "--line", "--lang", "en"], &[], 50, 120)
}

fn to_secret(screen: &mut Screen) {
    for (waited, typed) in [("7. Quit", "1"), ("Enter: Next", "")] {
        screen.wait_for(waited);
        screen.press(typed);
        screen.press(key::ENTER);
    }
    screen.wait_for("What you type is not shown.\n> ");
}

#[test]
fn a_terminal_shows_no_pin_while_it_is_typed() {
    let mut screen = terminal();
    to_secret(&mut screen);
    assert!(!screen.cooked());
    screen.type_text("practicd\u{7f}e1");
    screen.press(key::ENTER);
    screen.wait_for("(4 digits)");
    screen.wait_for("Tries left: 3");
    screen.wait_until("a second prompt", |screen, _| screen.contents().trim_end().ends_with('>'));
    assert!(!screen.cooked());
    screen.press("１２３４\r");
    screen.wait_for("Name 利用者氏名");
    screen.wait_until("echo", |screen, _| screen.contents().trim_end().ends_with('>'));
    assert!(screen.cooked());
    let all = String::from_utf8_lossy(&screen.bytes_since(0)).into_owned();
    assert!(!all.contains("practicd") && !all.contains("practice1") && !all.contains("１２３４"), "{all}");
    assert!(!all.contains('\u{1b}'), "{all}");
    screen.press("q\r");
    screen.wait_for("2. Leave\n> ");
    screen.press("q\r");
    assert_eq!(screen.exit_status(Duration::from_secs(10)).exit_code(), 1);
}

#[test]
fn a_signal_at_the_secret_leaves_the_terminal_as_it_was() {
    for signal in [Signal::TERM, Signal::QUIT, Signal::USR1, Signal::ALARM] {
        let mut screen = terminal();
        to_secret(&mut screen);
        screen.press("prac");
        screen.kill(signal);
        assert_eq!(screen.exit_status(Duration::from_secs(10)).exit_code(), 1, "{signal:?}");
        assert!(screen.cooked(), "{signal:?}");
    }
}

/// From STEP3 or a result to the top page, and on to the page that lists the account actions.
const TO_ACTS: [&str; 2] = ["1", "5"];

#[test]
fn a_script_asks_for_each_act_and_hears_what_came_of_it() {
    let heard = demo(
        &["--lang", "en"],
        &[
            &TO_PINS,
            &PINS,
            &STEP1,
            // STEP3 asks whether the 認証ID is written down; 2 says that it is.
            &["0", "3", "1", "2", "5"],
            &["1", "1234"],
            &TO_ACTS,
            &["3", "1234"],
            &TO_ACTS,
            &["4", "b", "4", "1234"],
            &TO_ACTS,
            &["5", "anne@example", "anne@example", "Ａnne@example.ne.jp", "Anne@example.ne.jp", "1234"],
            &TO_ACTS,
            &["8", "", "8", "no", "delete", "practice1"],
            &TO_ACTS,
            &["1", "1234", "q"],
        ],
    );
    heard.in_order(&[
        "You are registered",
        "3. Where is the mail now?",
        "As of ",
        "5. Already registered",
        "For people who have registered",
        "For: Check the registration",
        "You are logged in",
        "The mail for setting the password is sent again.",
        "URLs of earlier mails stop working.",
        "For people who have registered",
        "A mail with your 認証ID is sent.",
        "New mail address",
        "look at what stands behind the @",
        "Now: anne@example",
        "The mail address is corrected.",
        "This cannot be undone",
        "For people who have registered",
        "Nothing is deleted until DELETE stands there.",
        "The registration is deleted.",
        "Code ZR616",
    ]);
    assert!(heard.out.contains("The mail for Anne@example.ne.jp") || heard.out.contains("Anne@example.ne.jp"), "{}", heard.out);
    assert!(heard.err.is_empty(), "{}", heard.err);
    assert_eq!(heard.status, 0);
}

#[test]
fn the_word_that_was_asked_for_before_is_not_sent_to_the_card_as_a_password() {
    let heard =
        demo(&["--lang", "en"], &[&TO_PINS, &PINS, &STEP1, &["0", "1", "2", "5", "8", "DELETE", "DELETE", "ｄｅｌｅｔｅ", "practice1"]]);
    heard.in_order(&["This cannot be undone", "Tries left: 5", "Nothing was sent", "Tries left: 5", "Nothing was sent", "Tries left: 5"]);
    heard.in_order(&["Nothing was sent", "The registration is deleted."]);
    assert!(!heard.out.contains("That was wrong"), "{}", heard.out);
}

/// Answer a question. Whatever was said before the last prompt is an earlier one.
fn say(screen: &mut Screen, waited: &str, line: &str) {
    screen.wait_until(waited, |screen, _| {
        let contents = screen.contents();
        let question = contents.trim_end().strip_suffix("\n>").and_then(|said| said.rsplit("\n>").next());
        question.is_some_and(|question| question.contains(waited))
    });
    screen.press(&format!("{line}\r"));
}

/// From the top page to STEP2, with these answers from the name on.
fn to_step2(screen: &mut Screen, answers: &[&str; 11]) {
    for (waited, line) in [("7. Quit", "1"), ("4. Next", "1"), ("4. Next", ""), ("signing password", PINS[0]), ("Tries left: 3", "1234")] {
        say(screen, waited, line);
    }
    let asked = [
        "\nName ",
        "\nSex ",
        "\nBirth ",
        "\nMunicipality",
        "\nRest of",
        "\nPhone",
        "\nMail ad",
        "address again",
        "\nYou apply as",
        "\nResidence",
        "Read the terms",
    ];
    for (waited, line) in asked.iter().zip(answers) {
        say(screen, waited, line);
    }
}

#[test]
fn in_line_mode_a_refused_password_is_said_with_its_reason_and_a_wrong_login_keeps_the_id() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().to_str().unwrap();
    let mut screen = Screen::start(ZAIRYU, &["demo", "--line", "--lang", "en"], &[("TMPDIR", path)], 200, 120);
    to_step2(&mut screen, &STEP1);
    say(&mut screen, "0. Register", "0");
    say(&mut screen, "3. Where is the mail now?", "1");
    say(&mut screen, "written down", "2");
    let code = letters::code(home.path(), 1);
    say(&mut screen, "4. Set the first password", "4");
    say(&mut screen, "or the code at its end", &code);
    say(&mut screen, "New password: ", "password");
    say(&mut screen, "Many people use it", "anne montgomery is me");
    say(&mut screen, "It holds your name", "nine blue kites over Nara");
    screen.wait_for("The password is set.");
    let all = String::from_utf8_lossy(&screen.bytes_since(0)).into_owned();
    let (_, after) = all.split_once("The password is set.").unwrap();
    assert!(
        !after.split("1. New registration").next().unwrap().contains("Have the mail sent again"),
        "nothing is offered on a page that is left: {after}"
    );
    let id = letters::letters(home.path(), 2).pop().unwrap();
    let (_, id) = id.split_once("(認証ID): ").unwrap();
    let id = id.split_whitespace().next().unwrap().to_owned();
    say(&mut screen, "5. Already registered", "5");
    say(&mut screen, "For people who have registered", "2");
    say(&mut screen, "as at any login", &id);
    say(&mut screen, "Password  パスワード", "not the one that was set");
    say(&mut screen, "don't belong together", "nine blue kites over Nara");
    screen.wait_for("You are logged in");
    let all = String::from_utf8_lossy(&screen.bytes_since(0)).into_owned();
    assert!(!all.contains("blue kites") && !all.contains("that was set\r"), "{all}");
}
