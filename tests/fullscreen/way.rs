//! The whole way, from the top page to STEP3 and out, in both languages and in windows of several sizes.

use crate::journey::{self, AUTHENTICATION, SIGNING};
use crate::pty::key;
use crate::{Demo, holds};

fn whole_way(cols: u16, rows: u16) {
    let mut demo = Demo::start(&["--lang", "ja"], &[], cols, rows);
    journey::to_signing_pin(&mut demo);
    assert!(demo.alternate_screen() && !demo.cooked());
    journey::to_step1(&mut demo);
    demo.wait_for("MONTGOMERY ANNE");
    journey::to_step2(&mut demo);
    journey::to_step3(&mut demo);
    demo.wait_for("認証ID");
    journey::leave(&mut demo);
    demo.is_whole_again();
}

#[test]
fn a_person_registers_in_a_window_of_80_by_24_and_the_terminal_is_whole_afterwards() {
    whole_way(80, 24);
}

#[test]
fn a_person_registers_in_a_small_window() {
    whole_way(60, 20);
}

#[test]
fn a_person_registers_in_a_large_window() {
    whole_way(120, 40);
}

#[test]
fn a_person_registers_in_a_huge_window() {
    whole_way(400, 100);
}

#[test]
fn a_person_registers_in_english_with_the_official_words_beside() {
    let mut demo = Demo::start(&["--lang", "en"], &[], 80, 24);
    demo.wait_for("My Number Card in place");
    demo.press(key::ENTER);
    demo.wait_for("Before you begin");
    demo.press(key::ENTER);
    demo.wait_for("Enter the signing password");
    demo.type_text(SIGNING);
    demo.press(key::ENTER);
    demo.wait_for("Enter the user-authentication PIN");
    demo.type_text(AUTHENTICATION);
    demo.press(key::ENTER);
    demo.wait_for("利用者氏名");
    for line in ["09098765432", "anne@example.jp", "anne@example.jp"] {
        demo.type_text(line);
        demo.press(key::ENTER);
    }
    demo.press("1");
    demo.type_text("AB12345678CD");
    demo.press(key::ENTER);
    demo.press(" ");
    demo.press(key::F10);
    demo.wait_for("Nothing is registered yet.");
    demo.press(key::F10);
    demo.press(key::ENTER);
    demo.wait_for("You are registered.");
    demo.wait_for("認証ID");
    demo.press(key::CTRL_C);
    demo.wait_for("Leave the program?");
    demo.press("2");
    demo.is_whole_again();
}

#[test]
fn what_was_typed_stays_on_every_way_back_and_in_another_language() {
    let mut demo = Demo::at_step1();
    journey::to_step2(&mut demo);
    demo.wait_for("09098765432");
    demo.press(key::ESC);
    demo.wait_for("zairyu  利用者情報入力(STEP1)");
    demo.press(key::F2);
    demo.wait_for("English");
    demo.press("2");
    demo.press(key::F10);
    demo.wait_for("Nothing is registered yet.");
    demo.wait_for("09098765432");
    demo.press(key::ESC);
    demo.wait_gone("Nothing is registered yet.");
    demo.press(key::ESC);
    demo.wait_for("A registration is under way.");
    demo.press(key::ENTER);
    demo.press(key::F10);
    demo.wait_for("AB12345678CD");
}

#[test]
fn the_municipality_is_found_by_romaji_and_by_postal_code_and_the_picker_closes_without_a_choice() {
    let mut demo = Demo::at_step1();
    demo.press(&key::BACK_TAB.repeat(2));
    demo.press(key::ENTER);
    demo.wait_for("住居地の検索");
    demo.press(key::ESC); // From the municipalities to the prefectures: to the one that is chosen.
    demo.wait_for("東京都 Tokyo-to");
    demo.type_text("yokohamashi nishi");
    demo.wait_for("横浜市西区");
    demo.press(key::ENTER);
    demo.wait_for("神奈川県 横浜市西区");
    demo.press(key::BACK_TAB);
    demo.press(key::ENTER);
    demo.wait_for("住居地の検索");
    demo.press(key::ESC);
    demo.wait_for("神奈川県 Kanagawa-ken");
    demo.paste("160-0023");
    demo.wait_for("東京都 新宿区");
    demo.press(key::ESC);
    demo.wait_for("神奈川県 Kanagawa-ken");
    demo.press(key::ESC);
    demo.wait_for("神奈川県 横浜市西区");
}

#[test]
fn a_receipt_is_saved_where_the_screen_says() {
    let mut demo = Demo::at_step1();
    journey::to_step2(&mut demo);
    journey::to_step3(&mut demo);
    demo.press("2");
    demo.wait_for("控えを保存しました");
    let path = std::fs::read_dir(demo.home.path()).unwrap().map(|entry| entry.unwrap()).find(|entry| entry.path().is_file()).unwrap();
    let name = path.file_name().into_string().unwrap();
    assert!(name.starts_with("zairyu-20") && demo.screen().contains(&name), "{name}");
    assert!(std::fs::metadata(path.path()).unwrap().len() > 500);
    journey::leave(&mut demo);
    assert!(demo.exit_status(crate::SOON).success());
}

#[test]
fn after_a_registration_the_next_person_finds_nothing_of_the_last_and_the_same_card_is_told_that_it_is_registered() {
    let mut demo = Demo::at_step1();
    journey::to_step2(&mut demo);
    journey::to_step3(&mut demo);
    journey::next_person(&mut demo);
    let mark = demo.mark();
    journey::to_signing_pin(&mut demo);
    demo.type_text(SIGNING);
    demo.press(key::ENTER);
    demo.wait_for("利用者証明用パスワード（4桁");
    demo.type_text(AUTHENTICATION);
    demo.press(key::ENTER);
    demo.wait_for("ZR603");
    demo.press(key::ENTER);
    demo.wait_for("何をしますか");
    demo.press(key::ESC);
    demo.wait_for("新規利用者登録");
    assert!(!holds(&demo.bytes_since(mark), "09098765432"));
}
