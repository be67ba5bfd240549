//! Breaks at a real pcscd: the card pulled at any command, a reader that fails or is unplugged, a card service that is restarted, another
//! program that holds the card. tests/breaks.rs breaks the same way at more places, in process.

use std::ffi::CString;
use std::fs;
use std::process::Command;

use pcsc::{Context, Disposition, Protocols, Scope, ShareMode};

use crate::desk::{ANNE, AUTHENTICATION_PIN, CARD_THERE, Desk, SIGNING_PIN, STEP1, STEP2, STEP3, wait_until};
use crate::journey::{self, AUTHENTICATION, SIGNING};
use crate::pty::{Screen, key};
use crate::stage::{self, Card, READERS};
use crate::swaps::{answers, asks};

/// How many commands a look at a card has, and the first password.
const LOOK: u32 = 15;

/// Wait until the card was pulled at the command that comes after so many more, or the screen shows what comes when it was not; return whether
/// it was.
fn is_pulled(screen: &Screen, card: &mut Card, (before, after): (u32, u32), next: &str) -> bool {
    let mut pulled = false;
    wait_until("the card to be pulled, or to be done with", || {
        pulled = card.count() > before + after;
        pulled || screen.screen().contains(next)
    });
    if !pulled {
        card.pull_no_more();
    }
    pulled
}

/// The card is gone for pcscd, has lost no try, and is put back.
fn put_back(card: &mut Card, events: u32) {
    stage::wait_for_removal(card.reader(), events);
    assert_eq!(card.tries(), [5, 3]);
    card.put_back();
}

/// Give a PIN again and again, the card pulled two commands later each time, by turns before it does the command and when it has done it, until
/// the next page is reached. Return how many commands that took.
fn pulled_while(screen: &mut Screen, card: &mut Card, first: u32, page: &str, gives: impl Fn(&mut Screen), next: &str) -> u32 {
    for after in (first..).step_by(2) {
        let (before, sent, events) = (card.count(), card.verifies(), stage::events(card.reader()));
        card.pull_after(after, after % 4 > 1);
        gives(screen);
        let pulled = is_pulled(screen, card, (before, after), next);
        let times: u32 = card.verifies().iter().zip(sent).map(|(now, before)| now - before).sum();
        assert!(times <= 1, "{times} PINs were sent");
        if !pulled {
            return card.count() - before;
        }
        put_back(card, events);
        asks_again(screen, page);
    }
    unreachable!("there are not so many commands")
}

/// What a page says when pcscd powers the card down while it is looked at, which 1.9.9 may do to one that has just been put in: the card has
/// forgotten what was selected, or speaks another protocol; or when the program at the other reader, which looks for its own card in every
/// reader, has reset it.
const POWERED_DOWN: [&str; 3] = ["コード ZR209", "コード ZR106", "コード ZR208"];

/// Wait until a page asks for its PIN again; a card that was powered down is looked at again.
fn asks_again(screen: &mut Screen, page: &str) {
    let asks = |text: &str| text.contains(page) && text.contains("0文字") && !text.contains("Esc 中止");
    screen.wait_until(page, |screen, _| {
        let text = screen.contents();
        asks(&text) || POWERED_DOWN.iter().any(|code| text.contains(code))
    });
    if !asks(&screen.screen()) {
        screen.press(key::ENTER);
        screen.wait_until(page, |screen, _| asks(&screen.contents()));
    }
}

/// On the full screen, from the top page to STEP3.
fn on_the_full_screen(screen: &mut Screen, card: &mut Card) {
    screen.wait_for(CARD_THERE);
    card.lift();
    for after in (0..LOOK - 1).step_by(2) {
        let (before, events) = (card.count(), stage::events(card.reader()));
        card.pull_after(after, after % 4 > 1);
        assert_eq!(card.ask("insert"), "inserted anne");
        wait_until("the card to be pulled while it is looked at", || card.count() > before + after);
        // It has come and gone.
        wait_until("pcscd to see the card", || stage::events(card.reader()) != events);
        stage::wait_for_removal(card.reader(), events + 1);
        screen.wait_gone(CARD_THERE);
        screen.wait_for("(ZR201)");
    }
    card.put_back();
    journey::to_signing_pin(screen);
    let gives = |pin: &'static str| {
        move |screen: &mut Screen| {
            screen.type_text(pin);
            screen.press(key::ENTER);
        }
    };
    let commands = pulled_while(screen, card, 0, SIGNING_PIN, gives(SIGNING), AUTHENTICATION_PIN);
    assert!(commands > 10, "only {commands} commands");
    let proved = pulled_while(screen, card, 0, AUTHENTICATION_PIN, gives(AUTHENTICATION), STEP1);
    assert!(proved > 8, "only {proved} commands");
    journey::to_step2(screen);
    // The card has forgotten the first password: it is asked for, and then signed at once.
    screen.press(key::F10);
    screen.press(key::ENTER);
    screen.wait_for(SIGNING_PIN);
    for (after, done) in [(commands, false), (commands + 1, true)] {
        let (before, events) = (card.count(), stage::events(card.reader()));
        card.pull_after(after, done);
        gives(SIGNING)(screen);
        assert!(is_pulled(screen, card, (before, after), STEP3), "nothing was signed");
        put_back(card, events);
        asks_again(screen, SIGNING_PIN);
    }
    gives(SIGNING)(screen);
    screen.wait_for(STEP3);
}

/// In line mode, from the top page to STEP1.
fn in_line_mode(screen: &mut Screen, card: &mut Card) {
    for (question, answer) in [("7. 終", "1"), ("4. 次へ", "1"), ("4. 次へ", "")] {
        answers(screen, question, answer);
    }
    for (page, pin, next) in [(SIGNING_PIN, SIGNING, AUTHENTICATION_PIN), (AUTHENTICATION_PIN, AUTHENTICATION, "利用者氏名")] {
        for after in (1..).step_by(2) {
            asks_again_in_line_mode(screen, page);
            let (before, sent, mark) = (card.count(), card.verifies(), screen.mark());
            let events = stage::events(card.reader());
            card.pull_after(after, after % 4 > 1);
            screen.press(pin);
            screen.press(key::ENTER);
            let mut pulled = false;
            wait_until("the card to be pulled, or to be done with", || {
                pulled = card.count() > before + after;
                pulled || String::from_utf8_lossy(&screen.bytes_since(mark)).contains(next)
            });
            let times: u32 = card.verifies().iter().zip(sent).map(|(now, before)| now - before).sum();
            assert!(times <= 1, "{times} PINs were sent");
            if !pulled {
                card.pull_no_more();
                break;
            }
            screen.wait_for_bytes(mark, "コード ZR".as_bytes());
            put_back(card, events);
        }
    }
    asks(screen, "利用者氏名");
}

/// As `asks_again`.
fn asks_again_in_line_mode(screen: &mut Screen, page: &str) {
    let last = |text: &str| text.trim_end().strip_suffix("\n>").and_then(|said| said.rsplit("\n>").next()).unwrap_or_default().to_owned();
    screen.wait_until(page, |screen, _| {
        let said = last(&screen.contents());
        said.contains(page) || POWERED_DOWN.iter().any(|code| said.contains(code))
    });
    if let Some(code) = POWERED_DOWN.iter().find(|code| last(&screen.screen()).contains(**code)) {
        answers(screen, code, "");
    }
    asks(screen, page);
}

pub(crate) fn a_card_pulled_at_any_command_is_waited_for_on_the_full_screen_and_in_line_mode() {
    // One after the other: a program whose card is away looks for it in every reader, and spoils what the other one does there.
    let mut desk = Desk::alone("anne", &["--line"]);
    in_line_mode(&mut desk.screen, &mut desk.first);
    desk.start_again(&[]);
    on_the_full_screen(&mut desk.screen, &mut desk.first);
    assert_eq!(desk.registered("MONTGOMERY").len(), 1);
}

/// Put a pcscd with a reader that can be unplugged in place of this stage's.
pub(crate) fn with_a_reader_that_can_be_unplugged() {
    let folder = "/run/unpluggable";
    fs::create_dir_all(folder).unwrap();
    let [source, driver] = [concat!(env!("CARGO_MANIFEST_DIR"), "/tests/two_cards/reader.c").to_owned(), format!("{folder}/reader.so")];
    let vpcd = "-DVPCD=\"/usr/lib/pcsc/drivers/serial/libifdvpcd.so\"";
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-I/usr/include/PCSC", vpcd, "-o", &driver, &source, "-ldl"]).status().unwrap();
    assert!(built.success());
    let readers = format!("FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x8C7B\nLIBPATH {driver}\nCHANNELID 0x8C7B\n");
    fs::create_dir_all(format!("{folder}/readers")).unwrap();
    fs::write(format!("{folder}/readers/vpcd"), readers).unwrap();
    stage::stop_pcscd();
    stage::start_pcscd_with(&format!("{folder}/readers"), READERS[0]);
}

/// ifdhandler.h: the reader is no more present, or it does not understand the card.
pub(crate) const UNPLUGGED: u32 = 617;
const FAILED: u32 = 612;

pub(crate) fn a_reader_that_fails_or_is_unplugged_at_any_kind_of_command_is_said_and_the_way_goes_on() {
    with_a_reader_that_can_be_unplugged();
    let mut desk = Desk::alone("anne", &[]);
    let plug_in = |card: &Card| {
        stage::wait_for_card(card.reader(), false);
        fs::remove_file("/run/unplugged").unwrap();
        stage::wait_for_card(card.reader(), true);
    };
    journey::to_signing_pin(&mut desk.screen);
    // SELECT, READ BINARY, SELECT of the PIN, the tries, VERIFY, and the certificate.
    for (after, verifies, why, code) in [
        (0, 0, UNPLUGGED, "コード ZR103"),
        (3, 0, UNPLUGGED, "コード ZR103"),
        (4, 0, UNPLUGGED, "コード ZR305"),
        (6, 1, UNPLUGGED, "コード ZR103"),
        (1, 0, FAILED, "コード ZR206"),
        (4, 0, FAILED, "コード ZR305"),
    ] {
        let sent = desk.first.verifies()[0];
        fs::write("/run/unplug-after", format!("{after} {why}  ")).unwrap();
        desk.screen.type_text(SIGNING);
        desk.screen.press(key::ENTER);
        desk.screen.wait_for(code);
        assert_eq!(desk.first.verifies()[0] - sent, verifies, "{after} {why}");
        assert_eq!(desk.first.tries(), [5, 3]);
        plug_in(&desk.first);
        desk.screen.wait_until(SIGNING_PIN, |screen, _| screen.contents().contains("0文字") && !screen.contents().contains("コード ZR"));
    }
    // The page itself says so too.
    fs::write("/run/unplugged", UNPLUGGED.to_string()).unwrap();
    desk.screen.wait_for("コード ZR201");
    plug_in(&desk.first);
    desk.screen.wait_until(SIGNING_PIN, |screen, _| screen.contents().contains("0文字") && !screen.contents().contains("コード ZR"));
    journey::to_step1(&mut desk.screen);
    desk.reach_step2(&ANNE);
    // With 登録 pressed.
    fs::write("/run/unplug-after", format!("1 {UNPLUGGED}  ")).unwrap();
    desk.screen.press(key::F10);
    desk.screen.press(key::ENTER);
    stage::wait_for_card(READERS[0], false);
    plug_in(&desk.first);
    desk.screen.wait_for(SIGNING_PIN);
    desk.screen.wait_gone("コード ZR");
    desk.screen.type_text(SIGNING);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for(STEP3);
    assert_eq!(desk.first.tries(), [5, 3]);
}

pub(crate) fn a_card_service_that_is_restarted_is_found_again_on_each_page() {
    let mut desk = Desk::alone("anne", &[]);
    desk.screen.wait_for(CARD_THERE);
    let restarts_on = |desk: &mut Desk, page: &str| {
        stage::stop_pcscd();
        desk.screen.wait_for("コード ZR101");
        stage::start_pcscd();
        desk.screen.wait_gone("コード ZR101");
        desk.screen.wait_for(page);
    };
    // While a card is waited for.
    desk.first.lift();
    desk.screen.wait_gone(CARD_THERE);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for("はじめに準備");
    desk.screen.press(key::ENTER);
    desk.screen.wait_for("コード ZR201");
    restarts_on(&mut desk, "コード ZR201");
    desk.first.put_back();
    // On either page of a PIN, with a part of it typed.
    for (page, pin, next) in [(SIGNING_PIN, SIGNING, AUTHENTICATION_PIN), (AUTHENTICATION_PIN, AUTHENTICATION, STEP1)] {
        desk.screen.wait_for(page);
        restarts_on(&mut desk, page);
        desk.screen.type_text(&pin[..2]);
        desk.screen.wait_for("2文字");
        restarts_on(&mut desk, page);
        desk.screen.wait_for("2文字");
        desk.screen.type_text(&pin[2..]);
        desk.screen.press(key::ENTER);
        desk.screen.wait_for(next);
    }
    assert_eq!((desk.first.verifies(), desk.first.tries()), ([1, 1], [5, 3]));
}

pub(crate) fn another_program_that_holds_the_card_is_told_about_until_it_lets_go() {
    let mut desk = Desk::alone("anne", &[]);
    let other = Context::establish(Scope::User).unwrap();
    let reader = CString::new(READERS[0]).unwrap();
    journey::to_signing_pin(&mut desk.screen);
    for mode in [ShareMode::Exclusive, ShareMode::Shared] {
        let held = other.connect(&reader, mode, Protocols::ANY).unwrap();
        desk.screen.type_text(SIGNING);
        desk.screen.press(key::ENTER);
        desk.screen.wait_for("コード ZR104");
        assert_eq!(desk.first.verifies(), [0, 0]);
        // It resets the card, and lets go.
        held.disconnect(Disposition::ResetCard).map_err(|(_, error)| error).unwrap();
        desk.screen.press(key::ENTER);
        desk.screen.wait_until(SIGNING_PIN, |screen, _| screen.contents().contains("0文字") && !screen.contents().contains("コード ZR"));
    }
    journey::to_step1(&mut desk.screen);
    // From the first PIN on nobody else gets at it.
    assert_eq!(other.connect(&reader, ShareMode::Shared, Protocols::ANY).err(), Some(pcsc::Error::SharingViolation));
    desk.reach_step2(&ANNE);
    desk.screen.wait_for(STEP2);
    journey::to_step3(&mut desk.screen);
    assert_eq!((desk.first.verifies(), desk.first.tries()), ([1, 1], [5, 3]));
}
