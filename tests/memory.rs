//! The search of a process's memory tried on other programs, so that a search that finds nothing means something; and what a panic leaves.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]

#[path = "common/memory.rs"]
mod memory;
#[path = "memory/panics.rs"]
mod panics;
#[path = "common/pty.rs"]
mod pty;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use memory::{assert_none, find, forms, mappings};

/// A running `cat`, which keeps what it has read in its buffer until it reads more.
struct Holder(Child);

impl Holder {
    fn of(bytes: &[u8]) -> Holder {
        let mut cat = Command::new("cat").env("CANARY", "in-the-environment").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let line = [bytes, b"\n"].concat();
        cat.stdin.as_mut().unwrap().write_all(&line).unwrap();
        let mut echo = Vec::new();
        BufReader::new(cat.stdout.as_mut().unwrap()).read_until(b'\n', &mut echo).unwrap();
        assert_eq!(echo, line);
        Holder(cat)
    }

    fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn what_a_process_holds_is_found_with_its_place_and_what_it_does_not_hold_is_not() {
    let holder = Holder::of(b"my name is Montgomery, and more");
    let finds = find(holder.id(), &["Montgomery", "Never-given"]);
    assert_eq!(finds.len(), 1, "{finds:?}");
    let found = &finds[0];
    assert_eq!((found.canary.as_str(), found.form, &found.permissions[..2]), ("Montgomery", "UTF-8", "rw"));
    assert!(found.context.contains("my name is Montgomery, and more\\n"), "{found}");
    assert_none(holder.id(), &["Never-given"]);
}

#[test]
#[should_panic(expected = "Montgomery as UTF-8 at 0x")]
fn a_find_where_nothing_may_be_is_a_failure_that_says_what_and_where() {
    assert_none(Holder::of(b"Montgomery").id(), &["Montgomery"]);
}

#[test]
fn what_was_written_over_is_gone() {
    let mut holder = Holder::of(b"Montgomery");
    holder.0.stdin.as_mut().unwrap().write_all(b"another line\n").unwrap();
    BufReader::new(holder.0.stdout.as_mut().unwrap()).read_until(b'\n', &mut Vec::new()).unwrap();
    assert_none(holder.id(), &["Montgomery"]);
}

#[test]
fn each_form_of_a_text_is_found_as_such() {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let utf32 = |text: &str| text.chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect::<Vec<u8>>();
    for (held, form) in [
        ("Anne Montgomery".into(), "UTF-8"),
        ("ANNE MONTGOMERY".into(), "UTF-8 upper"),
        ("anne montgomery".into(), "UTF-8 lower"),
        ("Ａｎｎｅ　Ｍｏｎｔｇｏｍｅｒｙ".into(), "UTF-8 full width"),
        ("ＡＮＮＥ　ＭＯＮＴＧＯＭＥＲＹ".into(), "UTF-8 full width"),
        (utf16("Anne Montgomery"), "UTF-16LE"),
        (utf32("Anne Montgomery"), "UTF-32LE"),
        (utf32("ＡＮＮＥ　ＭＯＮＴＧＯＭＥＲＹ"), "UTF-32LE full width"),
        // {"name":"Anne Montgomery"}, after none, one and two bytes more, by coreutils' base64.
        ("eyJuYW1lIjoiQW5uZSBNb250Z29tZXJ5In0=".into(), "base64"),
        ("IHsibmFtZSI6IkFubmUgTW9udGdvbWVyeSJ9".into(), "base64"),
        ("ICB7Im5hbWUiOiJBbm5lIE1vbnRnb21lcnkifQ==".into(), "base64"),
    ] {
        let held: Vec<u8> = held;
        let finds = find(Holder::of(&held).id(), &["Anne Montgomery"]);
        assert_eq!(finds.iter().map(|find| find.form).collect::<Vec<_>>(), [form], "{}", held.escape_ascii());
    }
    let finds = find(Holder::of("山田太郎".as_bytes()).id(), &["山田太郎"]);
    assert_eq!(finds.iter().map(|find| find.form).collect::<Vec<_>>(), ["UTF-8"]);
}

#[test]
fn the_stack_is_searched() {
    let finds = find(Holder::of(b"").id(), &["in-the-environment"]);
    assert!(finds.iter().any(|find| find.mapping == "[stack]"), "{finds:?}");
}

#[test]
fn a_text_across_two_parts_of_a_large_mapping_is_found_once() {
    // More than one part, with a canary at every place that could be cut: this process holds it itself.
    let held = "Montgomery-across".repeat(600_000);
    let finds = find(std::process::id(), &["Montgomery-across"]);
    let (from, to) = (held.as_ptr() as u64, held.as_ptr() as u64 + held.len() as u64);
    let there: Vec<u64> = finds.iter().map(|find| find.address).filter(|at| (from..to).contains(at)).collect();
    assert_eq!(there.len(), 600_000);
    assert!(there.is_sorted_by(|before, after| before < after));
}

#[test]
fn a_text_that_is_kept_letter_by_letter_as_a_screen_keeps_it_is_found() {
    for (text, apart, found) in [
        ("Montgomery", 8, true),
        ("MONTGOMERY", 40, true),
        ("ＭＯＮＴＧＯＭＥＲＹ", 80, true),
        ("montgomery", 128, true),
        ("Montgomery", 129, false),
        ("Montgomerx", 40, false),
    ] {
        let mut held = Vec::new();
        for (place, letter) in text.chars().enumerate() {
            held.resize(place * apart, b'.');
            held.extend(letter.to_string().bytes());
        }
        let finds = find(Holder::of(&held).id(), &["Montgomery"]);
        assert_eq!(
            finds.iter().map(|find| find.form).collect::<Vec<_>>(),
            if found { &["letter by letter"][..] } else { &[] },
            "{text} {apart}"
        );
    }
}

#[test]
#[should_panic(expected = "cannot be searched")]
fn a_process_that_is_not_there_is_a_failure() {
    find(u32::MAX, &["canary"]);
}

#[test]
#[should_panic(expected = "be searched")]
#[allow(clippy::zombie_processes, reason = "one that was waited for would have lost its number")]
fn a_process_that_has_ended_is_a_failure() {
    let mut ended = Command::new("true").stdout(Stdio::piped()).spawn().unwrap();
    // Its output is closed before it has ended.
    let _ = BufReader::new(ended.stdout.take().unwrap()).read_until(b'\n', &mut Vec::new());
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    let running = || std::fs::read_to_string(format!("/proc/{}/stat", ended.id())).is_ok_and(|stat| !stat.contains(") Z "));
    while running() && std::time::Instant::now() < deadline {
        std::thread::yield_now();
    }
    find(ended.id(), &["canary"]);
}

#[test]
fn only_what_is_mapped_from_a_file_and_never_written_is_left_out() {
    let maps = "\
55d0c0000000-55d0c0001000 r--p 00000000 fe:01 131 /usr/bin/a program
55d0c0001000-55d0c0002000 r-xp 00001000 fe:01 131 /usr/bin/a program
55d0c0002000-55d0c0003000 rw-p 00002000 fe:01 131 /usr/bin/a program
55d0c1000000-55d0c1021000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000021000 rw-p 00000000 00:00 0 
7f0000021000-7f0004000000 ---p 00000000 00:00 0 
7f0005000000-7f0005001000 r--p 00000000 00:00 0 
7f0006000000-7f0006001000 rw-s 00000000 00:01 7                          /dev/shm/shared (deleted)
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
7ffd00030000-7ffd00034000 r--p 00000000 00:00 0                          [vvar]
7ffd00034000-7ffd00036000 r-xp 00000000 00:00 0                          [vdso]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
";
    let kept: Vec<_> =
        mappings(maps).into_iter().filter(memory::Mapping::may_hold_data).map(|kept| (kept.permissions, kept.name)).collect();
    let kept: Vec<_> = kept.iter().map(|(permissions, name)| (permissions.as_str(), name.as_str())).collect();
    assert_eq!(
        kept,
        [
            ("rw-p", "/usr/bin/a program"),
            ("rw-p", "[heap]"),
            ("rw-p", ""),
            ("r--p", ""),
            ("rw-s", "/dev/shm/shared (deleted)"),
            ("rw-p", "[stack]"),
        ]
    );
    assert_eq!((mappings(maps)[3].start, mappings(maps)[3].end), (0x55d0_c100_0000, 0x55d0_c102_1000));
}

#[test]
fn a_text_without_another_spelling_has_no_form_twice() {
    let forms = forms("山田太郎");
    assert_eq!(forms.iter().map(|(bytes, _)| bytes).collect::<std::collections::BTreeSet<_>>().len(), forms.len());
    assert_eq!(forms.iter().filter(|(_, form)| !form.starts_with("base64")).count(), 3);
}
