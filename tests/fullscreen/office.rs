//! At an office: records that are read again between two people, and values that go to the clipboard by the key on their row alone.

use std::fs;

#[cfg(target_os = "linux")]
use crate::memory;
use crate::pty::key;
use crate::{Demo, holds, journey};

/// What puts a value on the clipboard of a terminal (OSC 52), and what clears it.
const COPY: &str = "\x1b]52;";
const CLEAR: &str = "\x1b]52;c;\x1b\\";

/// Go to the sheet of values from STEP2.
fn to_sheet(demo: &mut Demo) {
    for _ in 0..3 {
        demo.press(key::TAB);
    }
    demo.wait_for("[> 転記用の値を見る");
    demo.press(key::ENTER);
    demo.wait_for("入管庁の2022年3月");
}

#[test]
fn a_value_goes_to_the_clipboard_by_the_key_on_its_row_and_is_cleared_as_the_visit_ends() {
    let mut demo = Demo::at_step1();
    journey::to_step2(&mut demo);
    to_sheet(&mut demo);
    demo.press(key::DOWN);
    demo.press(key::UP);
    assert!(!holds(&demo.bytes_since(0), COPY), "no key but that of a row copies");
    demo.press(key::ENTER);
    demo.wait_for("クリップボードに送りました");
    // MONTGOMERY ANNE.
    assert!(holds(&demo.bytes_since(0), "\x1b]52;c;TU9OVEdPTUVSWSBBTk5F\x1b\\"));
    assert!(!holds(&demo.bytes_since(0), CLEAR));
    demo.press(key::F8);
    demo.wait_for("次の人に代わりますか");
    demo.press("2");
    demo.wait_for("新規利用者登録");
    assert!(holds(&demo.bytes_since(0), CLEAR));
    let mark = demo.mark();
    journey::leave(&mut demo);
    demo.is_whole_again();
    assert!(!holds(&demo.bytes_since(mark), COPY), "a clipboard that is not ours is left alone");
}

#[test]
fn the_clipboard_is_cleared_also_where_the_program_ends_with_the_visit_open() {
    let mut demo = Demo::at_step1();
    journey::to_step2(&mut demo);
    to_sheet(&mut demo);
    demo.press("5");
    demo.wait_for("クリップボードに送りました");
    journey::leave(&mut demo);
    demo.is_whole_again();
    assert!(holds(&demo.bytes_since(0), CLEAR));
}

#[test]
fn the_sheet_is_saved_as_csv_and_json_where_the_page_says() {
    let mut demo = Demo::at_step1();
    journey::to_step2(&mut demo);
    to_sheet(&mut demo);
    demo.press(key::END);
    for (ending, value) in [("json", "\"address_line\": \"西新宿２－８－１\""), ("csv", "利用者氏名,性別,生年月日")] {
        demo.press(key::UP);
        demo.press(key::ENTER);
        let name = format!("zairyu-transfer.{ending}");
        demo.wait_for(&name);
        let path = demo.home.path().join(&name);
        assert!(fs::read_to_string(&path).unwrap().contains(value), "{ending}");
        fs::remove_file(path).unwrap();
    }
    journey::leave(&mut demo);
    demo.is_whole_again();
}

#[test]
fn a_file_of_records_that_was_mended_between_two_people_is_read_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    fs::write(&path, "name,birth_date,phone\nLEE BO,19850615,0355550199\n").unwrap();
    let mut demo = Demo::new(&["--prefill", path.to_str().unwrap()]);
    journey::to_signing_pin(&mut demo);
    journey::to_step1(&mut demo);
    demo.wait_for("持ち主のものではない");
    fs::write(&path, "name,birth_date,phone\nLEE BO,19850615,9055550199\n").unwrap();
    demo.press(key::F8);
    demo.wait_for("次の人に代わりますか");
    demo.press("2");
    demo.wait_for("マイナンバーカードです");
    demo.press(key::ENTER);
    demo.wait_for("はじめに準備");
    demo.press(key::ENTER);
    demo.wait_for("記録のファイルを使えません");
    demo.wait_for("2行目 phone");
    fs::write(&path, "name,birth_date,phone\nMONTGOMERY ANNE,19900401,0355550100\n").unwrap();
    demo.press(key::ENTER);
    demo.wait_for("署名用パスワード（6～16桁");
    journey::to_step1(&mut demo);
    demo.wait_for("0355550100");
    journey::leave(&mut demo);
    demo.is_whole_again();
}

#[cfg(target_os = "linux")]
#[test]
fn of_an_offices_file_only_the_persons_own_record_is_held_and_that_no_longer_than_the_visit() {
    const OTHERS: &str = "WQZXKV79@example.jp";
    const OWN: &str = "QJXVZW63@example.jp";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    fs::write(&path, format!("name,birth_date,email\nLEE BO,19850615,{OTHERS}\nMONTGOMERY ANNE,19900401,{OWN}\n")).unwrap();
    let mut demo = Demo::new(&["--prefill", path.to_str().unwrap()]);
    demo.wait_for("マイナンバーカードです");
    memory::assert_none(demo.id(), &[OTHERS, OWN]);
    journey::to_signing_pin(&mut demo);
    assert!(!memory::find(demo.id(), &[OTHERS]).is_empty(), "the search is blind");
    journey::to_step1(&mut demo);
    demo.wait_for(OWN);
    assert!(!memory::find(demo.id(), &[OWN]).is_empty(), "the search is blind");
    memory::assert_none(demo.id(), &[OTHERS]);
    demo.press(key::F8);
    demo.wait_for("次の人に代わりますか");
    demo.press("2");
    demo.wait_for("新規利用者登録");
    memory::assert_none(demo.id(), &[OTHERS, OWN]);
}
