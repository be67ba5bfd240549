//! Input as terminals send it, and as they never should.

use super::parser::{Parser, Pending};
use super::{Answer, Arrived, Input, Reader};
use crate::tui::Incoming;
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// An `Input` that can be compared and printed.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    Key(KeyCode, KeyModifiers, KeyEventKind),
    Paste(String, bool),
    Mouse(MouseEventKind, u16, u16, KeyModifiers),
    Resized,
    Focus(bool),
    Answer(Answer),
}

impl From<Input> for Told {
    fn from(input: Input) -> Told {
        match input {
            Input::Key(key) => Told::Key(key.code, key.modifiers, key.kind),
            Input::Paste(pasted) => Told::Paste(pasted.text().to_owned(), pasted.is_whole()),
            Input::Mouse(mouse) => Told::Mouse(mouse.kind, mouse.column, mouse.row, mouse.modifiers),
            Input::Resized => Told::Resized,
            Input::Focus(gained) => Told::Focus(gained),
            Input::Answer(answer) => Told::Answer(answer),
        }
    }
}

const NONE: KeyModifiers = KeyModifiers::NONE;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const ALT: KeyModifiers = KeyModifiers::ALT;
const CONTROL: KeyModifiers = KeyModifiers::CONTROL;

fn key(code: KeyCode, modifiers: KeyModifiers) -> Told {
    Told::Key(code, modifiers, KeyEventKind::Press)
}

fn letter(letter: char) -> Told {
    key(KeyCode::Char(letter), if letter.is_uppercase() { SHIFT } else { NONE })
}

/// Feed the parts, then time out.
fn parse<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<Told> {
    let mut told = Vec::new();
    let mut parser = Parser::new();
    for part in parts {
        parser.feed(part, &mut |input| told.push(input.into()));
    }
    parser.quiet(&mut |input| told.push(input.into()));
    assert_eq!(parser.pending(), None);
    assert!(parser.is_clean());
    told
}

fn whole(bytes: &[u8]) -> Vec<Told> {
    parse([bytes])
}

/// Every key in every encoding.
fn keys() -> Vec<(&'static [u8], Told)> {
    use KeyCode::*;
    let plain: &[(&[u8], KeyCode)] = &[
        (b"\r", Enter),
        (b"\t", Tab),
        (b"\x7f", Backspace),
        (b"\x1b[A", Up),
        (b"\x1bOA", Up),
        (b"\x1b[B", Down),
        (b"\x1bOB", Down),
        (b"\x1b[C", Right),
        (b"\x1bOC", Right),
        (b"\x1b[D", Left),
        (b"\x1bOD", Left),
        (b"\x1b[H", Home),
        (b"\x1bOH", Home),
        (b"\x1b[1~", Home),
        (b"\x1b[7~", Home),
        (b"\x1b[F", End),
        (b"\x1bOF", End),
        (b"\x1b[4~", End),
        (b"\x1b[8~", End),
        (b"\x1b[2~", Insert),
        (b"\x1b[3~", Delete),
        (b"\x1b[5~", PageUp),
        (b"\x1b[6~", PageDown),
        (b"\x1bOP", F(1)),
        (b"\x1b[P", F(1)),
        (b"\x1b[11~", F(1)),
        (b"\x1b[[A", F(1)),
        (b"\x1bOQ", F(2)),
        (b"\x1b[12~", F(2)),
        (b"\x1b[[B", F(2)),
        (b"\x1bOR", F(3)),
        (b"\x1b[R", F(3)),
        (b"\x1b[13~", F(3)),
        (b"\x1b[[C", F(3)),
        (b"\x1bOS", F(4)),
        (b"\x1b[14~", F(4)),
        (b"\x1b[[D", F(4)),
        (b"\x1b[15~", F(5)),
        (b"\x1b[[E", F(5)),
        (b"\x1b[17~", F(6)),
        (b"\x1b[18~", F(7)),
        (b"\x1b[19~", F(8)),
        (b"\x1b[20~", F(9)),
        (b"\x1b[21~", F(10)),
        (b"\x1b[23~", F(11)),
        (b"\x1b[24~", F(12)),
        (b"\x1b[25~", F(13)),
        (b"\x1b[34~", F(17)),
        // The keypad in application mode.
        (b"\x1bOM", Enter),
        (b"\x1bOp", Char('0')),
        (b"\x1bOy", Char('9')),
        (b"\x1bOj", Char('*')),
        (b"\x1bOX", Char('=')),
        // kitty's protocol, which another program may have left enabled.
        (b"\x1b[97u", Char('a')),
        (b"\x1b[27u", Esc),
        (b"\x1b[13u", Enter),
        (b"\x1b[57399u", Char('0')),
        (b"\x1b[57417u", Left),
        (b"\xe6\xbc\xa2", Char('漢')),
        (b"\xf0\x9f\x98\x80", Char('😀')),
    ];
    let modified: &[(&[u8], KeyCode, KeyModifiers)] = &[
        (b"\0", Char(' '), CONTROL),
        (b"\x03", Char('c'), CONTROL),
        (b"\n", Char('j'), CONTROL),
        (b"\x1a", Char('z'), CONTROL),
        (b"\x1f", Char('7'), CONTROL),
        (b"A", Char('A'), SHIFT),
        (b"\x1ba", Char('a'), ALT),
        (b"\x1bA", Char('A'), ALT.union(SHIFT)),
        (b"\x1b\xe6\xbc\xa2", Char('漢'), ALT),
        (b"\x1b\r", Enter, ALT),
        (b"\x1b\x03", Char('c'), ALT.union(CONTROL)),
        (b"\x1b[Z", BackTab, SHIFT),
        (b"\x1b[1;5A", Up, CONTROL),
        (b"\x1b[5A", Up, CONTROL),
        (b"\x1bO5A", Up, CONTROL),
        (b"\x1b[1;2P", F(1), SHIFT),
        (b"\x1bO2P", F(1), SHIFT),
        (b"\x1b[15;3~", F(5), ALT),
        (b"\x1b[3;5~", Delete, CONTROL),
        (b"\x1b[1;6H", Home, CONTROL.union(SHIFT)),
        (b"\x1b[3$", Delete, SHIFT),
        (b"\x1b[5^", PageUp, CONTROL),
        (b"\x1b[6@", PageDown, CONTROL.union(SHIFT)),
        (b"\x1b[a", Up, SHIFT),
        (b"\x1bOd", Left, CONTROL),
        (b"\x1b[97;5u", Char('a'), CONTROL),
        (b"\x1b[97:65;2u", Char('A'), NONE),
        (b"\x1b[9;2u", BackTab, SHIFT),
        (b"\x1b[27;5;105~", Char('i'), CONTROL),
    ];
    let plain = plain.iter().map(|(bytes, code)| (*bytes, key(*code, NONE)));
    plain.chain(modified.iter().map(|(bytes, code, modifiers)| (*bytes, key(*code, *modifiers)))).collect()
}

#[test]
fn every_form_of_every_key_is_that_key() {
    for (bytes, expected) in keys() {
        assert_eq!(whole(bytes), [expected], "{}", bytes.escape_ascii());
    }
    assert_eq!(whole(b"\x1b[97;1:3u"), [Told::Key(KeyCode::Char('a'), NONE, KeyEventKind::Release)]);
    assert_eq!(whole(b"\x1b[1;1:2A"), [Told::Key(KeyCode::Up, NONE, KeyEventKind::Repeat)]);
}

#[test]
fn esc_is_a_key_when_nothing_follows_and_whenever_another_esc_does() {
    let esc = || key(KeyCode::Esc, NONE);
    assert_eq!(whole(b"\x1b"), [esc()]);
    assert_eq!(whole(b"\x1b\x1b"), [esc(), esc()]);
    assert_eq!(whole(b"\x1b\x1b[A"), [esc(), key(KeyCode::Up, NONE)]);
    assert_eq!(parse([&b"\x1b"[..], b"[A"]), [key(KeyCode::Up, NONE)]);
}

#[test]
fn alt_with_a_key_that_also_begins_a_sequence_is_told_when_nothing_follows() {
    for (bytes, typed) in [(b"\x1b[", '['), (b"\x1bO", 'O'), (b"\x1b]", ']'), (b"\x1bP", 'P'), (b"\x1b_", '_')] {
        let shift = if typed.is_uppercase() { SHIFT } else { NONE };
        assert_eq!(whole(bytes), [key(KeyCode::Char(typed), ALT | shift)]);
        let after = [&bytes[..], b"\x1b[A"].concat();
        assert_eq!(whole(&after), [key(KeyCode::Char(typed), ALT | shift), key(KeyCode::Up, NONE)]);
    }
}

#[test]
fn what_may_be_a_key_is_waited_for_shortly_and_the_rest_of_something_longer() {
    for (bytes, pending) in [
        (&b""[..], None),
        (b"a", None),
        (b"\x1b", Some(Pending::Key)),
        (b"\x1b[", Some(Pending::Key)),
        (b"\x1bO", Some(Pending::Key)),
        (b"\x1b]", Some(Pending::Key)),
        (b"\x1b[1", Some(Pending::Rest)),
        (b"\x1b[[", Some(Pending::Rest)),
        (b"\x1b]11;", Some(Pending::Rest)),
        (b"\xe6\xbc", Some(Pending::Rest)),
        (b"\x1b[200~ab", Some(Pending::Paste)),
        (b"\x1b[200~ab\x1b[201~", None),
    ] {
        let mut parser = Parser::new();
        parser.feed(bytes, &mut |_| {});
        assert_eq!(parser.pending(), pending, "{}", bytes.escape_ascii());
    }
}

#[test]
fn what_the_terminal_says_of_itself_is_no_key() {
    for (bytes, answer) in [
        (&b"\x1b[24;80R"[..], Answer::Cursor { row: 24, column: 80 }),
        // F3 with Shift looks the same.
        (b"\x1b[1;2R", Answer::Cursor { row: 1, column: 2 }),
        (b"\x1b[0;0R", Answer::Cursor { row: 0, column: 0 }),
        (b"\x1b]11;rgb:ffff/8080/0000\x1b\\", Answer::Colour { of: 11, rgb: [0xFFFF, 0x8080, 0] }),
        (b"\x1b]10;rgb:f/80/000\x07", Answer::Colour { of: 10, rgb: [0xFFFF, 0x8080, 0] }),
        (b"\x1b]11;rgba:0000/0000/ffff/ffff\x07", Answer::Colour { of: 11, rgb: [0, 0, 0xFFFF] }),
        (b"\x1b[?62;22c", Answer::Attributes),
    ] {
        assert_eq!(whole(bytes), [Told::Answer(answer)], "{}", bytes.escape_ascii());
    }
    for bytes in [
        &b"\x1b[?0u"[..],
        b"\x1b[?2026;2$y",
        b"\x1b[>41;354;0c",
        b"\x1b[0n",
        b"\x1b[4;480;640t",
        b"\x1bP>|XTerm(379)\x1b\\",
        b"\x1b_Gi=1;OK\x1b\\",
        b"\x1b]52;c;QUJD\x07",
        b"\x1b]11;rgb:nonsense\x07",
        b"\x1b]11;rgb:ffff/ffff\x07",
        b"\x1b[57441;2u",
    ] {
        assert_eq!(whole(bytes), [], "{}", bytes.escape_ascii());
    }
    assert_eq!(whole(b"\x1b[I\x1b[O"), [Told::Focus(true), Told::Focus(false)]);
}

#[test]
fn a_click_has_its_place_from_0_in_each_of_the_three_languages_of_mice() {
    let down = |column, row| Told::Mouse(MouseEventKind::Down(MouseButton::Left), column, row, NONE);
    assert_eq!(whole(b"\x1b[<0;10;5M"), [down(9, 4)]);
    assert_eq!(whole(b"\x1b[<0;10;5m"), [Told::Mouse(MouseEventKind::Up(MouseButton::Left), 9, 4, NONE)]);
    assert_eq!(whole(b"\x1b[<65;1;1M"), [Told::Mouse(MouseEventKind::ScrollDown, 0, 0, NONE)]);
    assert_eq!(whole(b"\x1b[<20;300;200M"), [Told::Mouse(MouseEventKind::Down(MouseButton::Left), 299, 199, SHIFT | CONTROL)]);
    assert_eq!(whole(b"\x1b[32;10;5M"), [down(9, 4)]);
    assert_eq!(whole(b"\x1b[M *%"), [down(9, 4)]);
    // A position of 0, an unknown button, a missing position: no panic, and the next key is decoded.
    assert_eq!(whole(b"\x1b[<0;0;0Mx"), [down(0, 0), letter('x')]);
    assert_eq!(whole(b"\x1b[<999;1;1Mx"), [letter('x')]);
    assert_eq!(whole(b"\x1b[<0;;Mx"), [letter('x')]);
}

#[test]
fn what_is_malformed_is_dropped_and_the_key_behind_it_is_not() {
    for bytes in [
        &b"\x1b[999999999999~"[..],
        b"\x1b[1;1;1;1;1z",
        b"\x1b[:::~",
        b"\x1bOz",
        b"\x1b[[Z",
        b"\x80",
        b"\xff\xfe",
        b"\xc0",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe6\xbc",
        b"\x1b[201~",
    ] {
        assert_eq!(whole(&[bytes, b"x"].concat()), [letter('x')], "{}", bytes.escape_ascii());
        assert_eq!(whole(&[bytes, b"\x1b[A"].concat()), [key(KeyCode::Up, NONE)], "{}", bytes.escape_ascii());
    }
    // In the middle of a sequence.
    for bytes in [&b"\x1b[12"[..], b"\x1bO1", b"\x1b]11;rgb", b"\x1b[<0;1"] {
        assert_eq!(whole(&[bytes, b"\r"].concat()), [key(KeyCode::Enter, NONE)], "{}", bytes.escape_ascii());
    }
    let long = [&b"\x1b["[..], &[b'1'; 100_000], b"Ax"].concat();
    assert_eq!(whole(&long), [letter('x')]);
}

#[test]
fn a_paste_is_one_event_with_what_it_holds_and_presses_nothing() {
    let pasted = |text: &str| Told::Paste(text.to_owned(), true);
    assert_eq!(whole(b"\x1b[200~AB12\r\n\x1b[201~x"), [pasted("AB12\r\n"), letter('x')]);
    assert_eq!(whole(b"\x1b[200~\x1b[201~"), [pasted("")]);
    assert_eq!(whole(b"\x1b[200~a\x1b[20\x1b\x1b[201~"), [pasted("a\x1b[20\x1b")]);
    assert_eq!(whole(b"\x1b[200~a\xffb\xe6\xbc\x1b[201~"), [pasted("a\u{FFFD}b\u{FFFD}")]);
    // A second start marker within the paste is text.
    assert_eq!(whole(b"\x1b[200~a\x1b[200~b\x1b[201~"), [pasted("a\x1b[200~b")]);
}

#[test]
fn a_paste_that_never_ends_is_told_as_broken_off_and_the_next_key_is_a_key() {
    let mut told = Vec::new();
    let mut parser = Parser::new();
    parser.feed(b"\x1b[200~AB12", &mut |_| panic!("it has not ended"));
    parser.quiet(&mut |input| told.push(Told::from(input)));
    parser.feed(b"x", &mut |input| told.push(input.into()));
    assert_eq!(told, [Told::Paste("AB12".to_owned(), false), letter('x')]);
    assert!(parser.is_clean());
}

#[test]
fn a_paste_of_a_million_letters_is_told_as_more_than_there_is_room_for() {
    let text = "A".repeat(1_000_000);
    let told = whole(format!("\x1b[200~{text}\x1b[201~x").as_bytes());
    assert!(matches!(&told[..], [Told::Paste(text, false), _] if text.len() == 4096), "{}", told.len());
}

/// Fragments: valid sequences, invalid ones, and random bytes.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<&[u8]> = keys().into_iter().map(|(bytes, _)| bytes).collect();
    let others: &[&[u8]] = &[
        b"\x1b",
        b"\x1b[",
        b"\x1b]",
        b"\x1bP",
        b"\x1b[200~",
        b"\x1b[201~",
        b"\x1b[<0;1;1M",
        b"\x1b[M",
        b"\x07",
        b"\x1b\\",
        b"\x1b[24;80R",
    ];
    prop_oneof![
        4 => select(known).prop_map(<[u8]>::to_vec),
        3 => select(others).prop_map(<[u8]>::to_vec),
        2 => any::<char>().prop_map(|letter| letter.to_string().into_bytes()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
        1 => "[0-9;:<?]{0,8}".prop_map(String::into_bytes),
    ]
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(fragment(), 0..40).prop_map(|parts| parts.concat())
}

/// Split bytes at these places.
fn cut<'a>(bytes: &'a [u8], places: &[Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = places.iter().map(|place| place.index(bytes.len() + 1)).collect();
    places.sort_unstable();
    let from = std::iter::once(0).chain(places.iter().copied());
    let to = places.iter().copied().chain(std::iter::once(bytes.len()));
    from.zip(to).map(|(from, to)| &bytes[from..to]).collect()
}

fn places() -> impl Strategy<Value = Vec<Index>> {
    proptest::collection::vec(any::<Index>(), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn bytes_say_the_same_however_they_are_cut(bytes in stream(), places in places()) {
        let at_once = whole(&bytes);
        prop_assert_eq!(&parse(cut(&bytes, &places)), &at_once);
        prop_assert_eq!(&parse(bytes.chunks(1)), &at_once);
    }

    #[test]
    fn any_bytes_and_any_silences_leave_nothing_behind(parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..12), 0..20)) {
        let mut parser = Parser::new();
        for part in &parts {
            parser.feed(part, &mut |_| {});
            parser.quiet(&mut |_| {});
            prop_assert_eq!(parser.pending(), None);
            prop_assert!(parser.is_clean());
        }
    }

    #[test]
    fn no_key_is_lost_or_changed_by_its_neighbours(chosen in proptest::collection::vec(select(keys()), 0..40), places in places()) {
        let bytes: Vec<u8> = chosen.iter().flat_map(|(bytes, _)| bytes.iter().copied()).collect();
        let expected: Vec<Told> = chosen.into_iter().map(|(_, told)| told).collect();
        prop_assert_eq!(parse(cut(&bytes, &places)), expected);
    }

    #[test]
    fn every_letter_that_is_typed_is_told(text in "\\PC{0,60}", places in places()) {
        let expected: Vec<Told> = text.chars().map(letter).collect();
        prop_assert_eq!(parse(cut(text.as_bytes(), &places)), expected);
    }

    #[test]
    fn every_letter_that_is_pasted_is_told(text in "([ -~]|\\PC|\\x1b|\\x1b\\[20|\r\n){0,200}", places in places()) {
        prop_assume!(!text.contains("\x1b[201~"));
        let bytes = format!("\x1b[200~{text}\x1b[201~");
        prop_assert_eq!(parse(cut(bytes.as_bytes(), &places)), [Told::Paste(text, true)]);
    }
}

/// Start a reader on a socket; return it with the other end and its channel.
fn reader(escape: Duration) -> (Reader, UnixStream, Receiver<Incoming>) {
    let (keyboard, terminal) = UnixStream::pair().unwrap();
    let (sender, incoming) = mpsc::channel();
    (Reader::start(terminal, escape, sender).unwrap(), keyboard, incoming)
}

const SOON: Duration = Duration::from_secs(10);

/// Return the next input. Skips resizes, since tests in this process share signals.
fn arrived(incoming: &Receiver<Incoming>) -> Arrived {
    loop {
        match incoming.recv_timeout(SOON).unwrap() {
            Incoming::Input(arrived) if matches!(arrived.input, Input::Resized) => {}
            Incoming::Input(arrived) => return *arrived,
            _ => panic!("no input"),
        }
    }
}

#[test]
fn esc_is_told_once_its_time_is_over_and_as_of_when_it_was_pressed() {
    const DELAY: Duration = Duration::from_millis(500);
    let (_reader, mut keyboard, incoming) = reader(DELAY);
    let before = Instant::now();
    keyboard.write_all(b"\x1b").unwrap();
    let esc = arrived(&incoming);
    assert!(before.elapsed() >= DELAY);
    assert!(esc.at >= before && esc.at < before + DELAY);
    assert_eq!(Told::from(esc.input), key(KeyCode::Esc, NONE));
}

#[test]
fn a_sequence_on_a_slow_line_is_one_key() {
    let (_reader, mut keyboard, incoming) = reader(Duration::from_secs(2));
    for byte in b"\x1b[A" {
        keyboard.write_all(&[*byte]).unwrap();
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(Told::from(arrived(&incoming).input), key(KeyCode::Up, NONE));
}

#[test]
fn keys_that_come_with_another_size_are_told_and_so_is_the_size() {
    let (_reader, mut keyboard, incoming) = reader(Duration::from_millis(40));
    for _ in 0..50 {
        signal_hook::low_level::raise(signal_hook::consts::SIGWINCH).unwrap();
        keyboard.write_all(b"x").unwrap();
        let mut told = Vec::new();
        while !(told.contains(&letter('x')) && told.contains(&Told::Resized)) {
            let Incoming::Input(arrived) = incoming.recv_timeout(SOON).unwrap() else { panic!("no input") };
            told.push(Told::from(arrived.input));
        }
    }
}

#[test]
fn keys_that_were_pressed_before_the_terminal_went_are_told_before_its_end() {
    let (_reader, mut keyboard, incoming) = reader(Duration::from_millis(40));
    keyboard.write_all(b"ab").unwrap();
    drop(keyboard);
    assert_eq!(Told::from(arrived(&incoming).input), letter('a'));
    assert_eq!(Told::from(arrived(&incoming).input), letter('b'));
    let more = std::iter::from_fn(|| incoming.recv_timeout(SOON).ok());
    assert!(more.into_iter().any(|happened| matches!(happened, Incoming::Lost)));
}

#[test]
fn a_reader_that_is_dropped_reads_no_more_and_says_nothing() {
    let (reader, keyboard, incoming) = reader(Duration::from_millis(40));
    drop(reader);
    // The thread has closed its end of the channel, having sent nothing but possibly another test's resize.
    assert!(incoming.iter().all(|happened| matches!(happened, Incoming::Input(arrived) if matches!(arrived.input, Input::Resized))));
    drop(keyboard);
}

#[test]
fn a_key_tells_of_itself() {
    let pressed = KeyEvent::new(KeyCode::Enter, NONE);
    assert_eq!(Arrived { at: Instant::now(), input: Input::Key(pressed) }.key(), Some(&pressed));
    assert_eq!(Arrived { at: Instant::now(), input: Input::Resized }.key(), None);
}
