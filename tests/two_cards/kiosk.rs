//! A kiosk at a real pcscd: visits end by themselves, whatever their people do, and nothing of them is left.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::breaks::{UNPLUGGED, with_a_reader_that_can_be_unplugged};
use crate::desk::{ANNE, AUTHENTICATION_PIN, CARD_THERE, COVERED, Desk, NO_CARD, STEP1, STEP2};
use crate::journey::{self, SIGNING};
use crate::left_over::{ABOUT_ANNE, comes_to_hold_none};
use crate::pty::{Screen, key};
use crate::stage::{self, READERS};

/// The page that waits for the next person.
const ATTRACT: &str = "Press the number to begin.";
/// It asks for the last person's card.
const TAKE_CARD: &str = "カードをお取";

fn kiosk(person: &str, settings: &str) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zairyu.toml");
    let word = zairyu::settings::kiosk::StaffWord::of("桜の下で会う".as_bytes()).unwrap();
    fs::write(&path, format!("[kiosk]\nstaff_word = \"{word}\"\n{settings}")).unwrap();
    let desk = Desk::alone(person, &["--kiosk", "--config", path.to_str().unwrap()]);
    desk.screen.wait_for(ATTRACT);
    desk.screen.wait_for(CARD_THERE);
    desk
}

/// From the page that waits to STEP1.
fn to_step1(screen: &mut Screen) {
    begin(screen);
    journey::to_step1(screen);
}

/// From the page that waits to the signing password.
fn begin(screen: &mut Screen) {
    screen.press("1");
    screen.wait_for("新規利用者登録");
    journey::to_signing_pin(screen);
}

pub(crate) fn at_a_kiosk_a_visit_that_nobody_attends_is_warned_and_ends_and_only_the_staff_leave() {
    let mut desk = kiosk("anne", "idle = 5\nwarning = 20\naway = 5\n");
    let (screen, card) = (&mut desk.screen, &mut desk.first);
    // The card is lifted for a moment, and then for good.
    to_step1(screen);
    card.lift();
    screen.wait_for(COVERED);
    screen.wait_for("あと4秒");
    card.put_back();
    screen.wait_for(STEP1);
    card.lift();
    screen.wait_for("あと1秒");
    screen.wait_for(ATTRACT);
    comes_to_hold_none(&desk, &ABOUT_ANNE[..4]);
    let (screen, card) = (&mut desk.screen, &mut desk.first);
    // Nobody is there: a key takes the warning away, and then none comes.
    card.put_back();
    screen.wait_for(CARD_THERE);
    to_step1(screen);
    screen.type_text("0312");
    screen.wait_for("続(つづ)けますか");
    screen.wait_for("あと18秒");
    screen.press("9");
    screen.wait_for(STEP1);
    assert!(
        screen.screen().contains("0312") && !screen.screen().contains("03129"),
        "the key that takes the warning away does nothing else"
    );
    for seconds in (1..=19).rev() {
        screen.wait_for(&format!("あと{seconds}秒"));
    }
    let mark = screen.mark();
    screen.wait_for(TAKE_CARD);
    comes_to_hold_none(&desk, &ABOUT_ANNE[..4]);
    let (screen, card) = (&mut desk.screen, &mut desk.first);
    screen.press("1");
    card.lift();
    screen.wait_for(ATTRACT);
    desk.assert_hidden_since(mark, &ANNE);
    // Out of it leads the staff's word alone.
    let screen = &mut desk.screen;
    for signal in [rustix::process::Signal::TSTP, rustix::process::Signal::CONT] {
        screen.kill(signal);
    }
    for keys in [key::CTRL_C, key::F6, "\x1a", "\x1c"] {
        screen.press(keys);
    }
    screen.wait_for("係の人の合言葉");
    screen.type_text("桜の下");
    screen.press(key::ENTER);
    screen.wait_for("＊合言葉が違います");
    screen.type_text("桜の下で会う");
    screen.press(key::ENTER);
    screen.wait_for("係の人のページ");
    screen.wait_for("今日: 始めた人 2、登録した人 0、ほかの手続きをした人 0、途中でやめた人 2");
    assert!(!String::from_utf8_lossy(&screen.bytes_since(0)).contains("桜"), "the word was shown");
    screen.press("4");
    assert!(screen.exit_status(std::time::Duration::from_secs(10)).success());
}

/// A visitor comes, and reaches STEP1 with the card that lies there.
fn is_served(desk: &mut Desk) {
    let screen = &mut desk.screen;
    screen.wait_for(ATTRACT);
    screen.wait_for(CARD_THERE);
    to_step1(screen);
    screen.press(key::ESC);
    screen.wait_for("次の人に代わりますか");
    screen.press("2");
    screen.wait_for(TAKE_CARD);
    desk.first.lift();
    desk.screen.wait_for(ATTRACT);
}

pub(crate) fn a_kiosk_whose_reader_is_unplugged_ends_the_visit_and_serves_the_next_visitor_once_it_is_back() {
    with_a_reader_that_can_be_unplugged();
    let mut desk = kiosk("anne", "idle = 5\nwarning = 20\naway = 5\n");
    to_step1(&mut desk.screen);
    desk.fill_in(&ANNE);
    let unplugged = "/run/unplugged";
    fs::write(unplugged, UNPLUGGED.to_string()).unwrap();
    desk.screen.wait_for(COVERED);
    let mark = desk.screen.mark();
    // It stays so beyond every limit.
    desk.screen.wait_for(ATTRACT);
    comes_to_hold_none(&desk, &ABOUT_ANNE);
    desk.assert_hidden_since(mark, &ANNE);
    // Somebody who comes meanwhile is told, and goes.
    begin_without_card(&mut desk.screen);
    let plug_in = || {
        fs::remove_file(unplugged).unwrap();
        stage::wait_for_card(READERS[0], true);
    };
    plug_in();
    is_served(&mut desk);
    // Unplugged while a password is typed.
    desk.first.put_back();
    desk.screen.wait_for(CARD_THERE);
    begin(&mut desk.screen);
    desk.screen.type_text("PRACT");
    desk.screen.wait_for("5文字");
    fs::write(unplugged, UNPLUGGED.to_string()).unwrap();
    desk.screen.wait_for(COVERED);
    desk.screen.wait_for(ATTRACT);
    plug_in();
    is_served(&mut desk);
    assert_eq!(desk.first.tries(), [5, 3]);
}

/// Somebody begins although there is no card, is told so, and goes away.
fn begin_without_card(screen: &mut Screen) {
    screen.press("1");
    screen.wait_for("新規利用者登録");
    screen.press(key::ENTER);
    screen.press(key::ENTER);
    screen.wait_for("コード ZR");
    for _ in 0..3 {
        screen.press(key::ESC);
    }
    screen.wait_for(ATTRACT);
}

pub(crate) fn a_kiosk_whose_card_service_is_restarted_ends_no_attended_visit_and_serves_the_next_visitor() {
    let mut desk = kiosk("anne", "idle = 5\nwarning = 20\naway = 7\n");
    // Nobody is there.
    stage::stop_pcscd();
    desk.screen.wait_gone(CARD_THERE);
    stage::start_pcscd();
    is_served(&mut desk);
    // It stays away for longer than a visit may wait for its card.
    desk.first.put_back();
    desk.screen.wait_for(CARD_THERE);
    to_step1(&mut desk.screen);
    desk.fill_in(&ANNE);
    stage::stop_pcscd();
    desk.screen.wait_for(COVERED);
    let mark = desk.screen.mark();
    desk.screen.wait_for(ATTRACT);
    comes_to_hold_none(&desk, &ABOUT_ANNE);
    begin_without_card(&mut desk.screen);
    desk.assert_hidden_since(mark, &ANNE);
    stage::start_pcscd();
    is_served(&mut desk);
    // It is back in time.
    desk.first.put_back();
    desk.screen.wait_for(CARD_THERE);
    to_step1(&mut desk.screen);
    desk.screen.type_text("0312");
    desk.screen.wait_for("0312");
    stage::stop_pcscd();
    desk.screen.wait_for(COVERED);
    stage::start_pcscd();
    desk.screen.wait_until(STEP1, |screen, _| screen.contents().contains(STEP1) && screen.contents().contains("0312"));
    assert_eq!(desk.first.tries(), [5, 3]);
}

/// Resident memory in kB.
fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// What a visitor does, and how the visit ends: the card is out when it has ended.
fn visit(desk: &mut Desk, manner: u32) {
    let (screen, card) = (&mut desk.screen, &mut desk.first);
    match manner % 6 {
        // Gives up at STEP1.
        0 => {
            to_step1(screen);
            screen.press(key::ESC);
            screen.wait_for("次の人に代わりますか");
            screen.press("2");
            screen.wait_for(TAKE_CARD);
            card.lift();
        }
        // Goes away with the card, from STEP2.
        1 => {
            to_step1(screen);
            desk.fill_in(&ANNE);
            desk.screen.press(key::F10);
            desk.screen.wait_for(STEP2);
            desk.first.lift();
        }
        // A wrong password; then the right one, so that the card stays open for the next.
        2 => {
            begin(screen);
            screen.type_text("MISTAKE9");
            screen.press(key::ENTER);
            screen.wait_for("あと4回");
            screen.type_text(SIGNING);
            screen.press(key::ENTER);
            screen.wait_for(AUTHENTICATION_PIN);
            card.lift();
        }
        // Begins a password, and asks for the next person.
        3 => {
            begin(screen);
            screen.type_text("PRACT");
            screen.press(key::F8);
            screen.wait_for("次の人に代わりますか");
            screen.press("2");
            screen.wait_for(TAKE_CARD);
            card.lift();
        }
        // Looks at the first pages.
        4 => {
            screen.press("2");
            screen.wait_for("New registration");
            screen.press("6");
            screen.wait_for(ATTRACT);
            card.lift();
        }
        // Has no card.
        _ => {
            card.lift();
            screen.press("1");
            screen.wait_for("新規利用者登録");
            screen.press(key::ENTER);
            screen.press(key::ENTER);
            screen.wait_for(NO_CARD);
            screen.press(key::ESC);
            screen.press(key::ESC);
            screen.press(key::ESC);
        }
    }
    desk.screen.wait_for(ATTRACT);
    desk.screen.wait_gone(CARD_THERE);
}

pub(crate) fn many_visitors_in_a_row_leave_nothing_at_a_kiosk_and_its_memory_does_not_grow() {
    // The whole hundred by hand: ZAIRYU_VISITORS=100.
    let visitors: u32 = std::env::var("ZAIRYU_VISITORS").map_or(18, |count| count.parse().unwrap());
    let mut desk = kiosk("anne", "away = 0\n");
    let mut early = 0;
    for visitor in 0..visitors {
        visit(&mut desk, visitor);
        comes_to_hold_none(&desk, &ABOUT_ANNE);
        if visitor == 6 {
            early = resident(desk.screen.id());
        }
        desk.first.put_back();
        desk.screen.wait_for(CARD_THERE);
    }
    let late = resident(desk.screen.id());
    assert!(late < early + 1024, "{early} kB grew to {late} kB");
    println!("{visitors} visitors: {early} kB after the seventh, {late} kB after the last");
    // One who registers, and takes the card.
    to_step1(&mut desk.screen);
    desk.fill_in(&ANNE);
    desk.screen.press(key::F10);
    desk.screen.wait_for(STEP2);
    journey::to_step3(&mut desk.screen);
    let id = desk.authentication_id();
    desk.first.lift();
    desk.screen.wait_for(ATTRACT);
    comes_to_hold_none(&desk, &[&ABOUT_ANNE[..], &[&id, &id.replace('-', "")]].concat());
    assert_eq!(desk.registered("MONTGOMERY").len(), 1);
    let kept = fs::read_to_string(desk.folder("client.log")).unwrap();
    assert!(kept.contains("registered") && kept.contains("given-up") && ANNE.known_by.iter().all(|known| !kept.contains(known)), "{kept}");
}

pub(crate) fn a_kiosk_reads_its_pages_aloud_and_counts_the_time_from_the_end_of_what_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let heard = folder.path().join("heard");
    // Slower than the limit.
    let voice = format!("cat >> {0}; sleep 7; echo '(end)' >> {0}", heard.display());
    let mut desk =
        kiosk("anne", &format!("idle = 5\nreading = 5\nwarning = 20\naway = 0\n[kiosk.speak]\nja = [\"sh\", \"-c\", \"{voice}\"]\n"));
    let hears = |text: &str| {
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut said = String::new();
        while !said.contains(text) {
            assert!(Instant::now() < deadline, "{text} is not heard: {said}");
            sleep(Duration::from_millis(10));
            said = fs::read_to_string(&heard).unwrap_or_default();
        }
        said
    };
    let screen = &mut desk.screen;
    screen.wait_for("F6 読み上げ");
    screen.press(key::F6);
    hears("読み上げを始めます");
    to_step1(screen);
    hears("利用者情報入力");
    let said = hears("続けますか");
    let (before, _) = said.split_once("続けますか").unwrap();
    assert!(before.contains("(end)\n"), "the page was heard to its end first: {said}");
    for value in ABOUT_ANNE {
        assert!(!said.contains(value), "{value}: {said}");
    }
    let (screen, card) = (&mut desk.screen, &mut desk.first);
    screen.press("9");
    screen.wait_for(STEP1);
    screen.press(key::F6);
    hears("MONTGOMERY");
    // The voice is stopped with the visit.
    card.lift();
    screen.wait_for(ATTRACT);
    let children = |process: u32| {
        let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
        tasks.filter_map(|task| fs::read_to_string(task.unwrap().path().join("children")).ok()).collect::<String>()
    };
    while !children(desk.screen.id()).trim().is_empty() {
        sleep(Duration::from_millis(10));
    }
    let said = fs::read_to_string(&heard).unwrap();
    assert!(said.rsplit_once("MONTGOMERY").is_some_and(|(_, behind)| !behind.contains("(end)")), "{said}");
    comes_to_hold_none(&desk, &ABOUT_ANNE[..4]);
}
