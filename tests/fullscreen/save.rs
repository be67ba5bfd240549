//! Where a receipt goes: to the documents folder, or to a stick that is mounted; and what is told where it cannot be written.

use crate::pty::{Screen, key};
use crate::stick::{STICK, USER, beside, there};
use crate::{Demo, ZAIRYU, journey};

/// Practice mode beside a stick.
fn demo(size: &str, mode: &str) -> Demo {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("Documents")).unwrap();
    let path = home.path().to_str().unwrap();
    let (command, arguments) = beside(size, mode, &[ZAIRYU, "demo", "--lang", "ja"]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let screen = Screen::start(command, &arguments, &[("HOME", path), ("TMPDIR", path), ("USER", USER)], 24, 80);
    let mut demo = Demo { screen, home };
    journey::to_signing_pin(&mut demo);
    journey::to_step1(&mut demo);
    journey::to_step2(&mut demo);
    journey::to_step3(&mut demo);
    demo
}

fn on_stick(demo: &Demo) -> String {
    there(demo.id(), &format!("ls '{STICK}'"))
}

#[test]
fn a_receipt_is_saved_on_the_stick_that_the_person_names_and_counts_as_written_down() {
    let mut demo = demo("8m", "rw");
    demo.press("2");
    demo.wait_for("どこに保存しますか");
    demo.wait_for("2 USB STICK");
    demo.press("2");
    demo.wait_for("控えを保存しました");
    let name = on_stick(&demo);
    assert!(name.starts_with("zairyu-") && name.lines().count() == 1, "{name}");
    let head = there(demo.id(), &format!("head -c 8 '{STICK}'/zairyu-*"));
    assert!(head.starts_with("%PDF-") || head.starts_with("["), "{head}");
    // The documents folder takes one too.
    demo.press("2");
    demo.wait_for("どこに保存しますか");
    demo.press(key::ENTER);
    demo.wait_until("the receipt in the home folder", |_, _| !files(&demo).is_empty());
    demo.press("1");
    demo.wait_for("新規利用者登録");
}

/// Receipts below the home folder.
fn files(demo: &Demo) -> Vec<std::path::PathBuf> {
    let folders = [demo.home.path().to_owned(), demo.home.path().join("Documents")];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    entries.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("zairyu-2"))).collect()
}

#[test]
fn a_stick_that_is_full_takes_no_writing_or_is_gone_is_told_and_there_is_a_choice_again() {
    for (size, mode, told) in [("4k", "rw", "空いている場所がありません"), ("8m", "ro", "書き込みできません")] {
        let mut demo = demo(size, mode);
        demo.press("2");
        demo.wait_for("2 USB STICK");
        demo.press("2");
        demo.wait_for(told);
        assert_eq!(on_stick(&demo), "", "a part of it was left");
        // Nothing was saved: the question is asked, and there is a choice again.
        demo.press("1");
        demo.wait_for("認証IDを紙に書きましたか");
        demo.press("1");
        demo.press("2");
        demo.wait_for("どこに保存しますか");
        demo.press("1");
        demo.wait_for("控えを保存しました");
        assert_eq!(files(&demo).len(), 1);
    }
    let mut demo = demo("8m", "rw");
    demo.press("2");
    demo.wait_for("2 USB STICK");
    there(demo.id(), &format!("umount '{STICK}'"));
    demo.press("2");
    demo.wait_for("もうありません");
    demo.press("2");
    // Its folder is there still, and none is asked for any more.
    demo.wait_for("控えを保存しました");
    assert_eq!((on_stick(&demo).as_str(), files(&demo).len()), ("", 1));
}
