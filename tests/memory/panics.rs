//! What a panic in the full screen leaves in memory. Nothing that a person does makes the program panic, so here the full screen runs in this
//! test's own program, with the program's allocator, and its self-diagnosis is made to.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use zairyu::app::state::staff::StaffAnswer;
use zairyu::app::{Event, Model, Setup};
use zairyu::card::reader::Pcsc;
use zairyu::certificate::Anchors;
use zairyu::error::Code;
use zairyu::locale::Lang;
use zairyu::locale::words::Face;
use zairyu::registration::Date;
use zairyu::runtime::{Backend, Notify};
use zairyu::secret;
use zairyu::tui::{self, Options, theme};
use zairyu::worker::{self, Prepared, Worker};

use crate::memory;
use crate::pty::{Screen, key};

#[global_allocator]
static ALLOCATOR: secret::Wiping = secret::Wiping;

/// What the program below says once it has caught its panic.
const CAUGHT: &str = "the panic was caught";
/// Letters that stand nowhere else, neither whole nor one by one.
const TYPED: &str = "WQZXKV79";

#[test]
#[ignore = "a program for the test below, which runs it in a terminal of its own"]
fn the_full_screen_panics() {
    secret::process();
    secret::wipe_freed_memory();
    let setup = Setup { face: Face::Screen, ..Setup::default() };
    let model = Model::new(setup, Lang::from_tag("en").unwrap(), Date::MIN);
    let start = |tell: &Notify| {
        let (tell, telling) = (Arc::clone(tell), Arc::clone(tell));
        let prepare = || Prepared { port: Box::new(Pcsc::new()), service: Err(Code::EmbeddedService), anchors: Anchors::pinned() };
        let setup = worker::Setup { prepare: Box::new(prepare), test_cards: false, client: "test/0" };
        let worker = Worker::start(setup, Box::new(move |message| tell(Event::Worker(message))));
        Backend {
            worker,
            diagnose: Box::new(|| panic!("provoked")),
            check_staff_word: Box::new(|_| StaffAnswer::Wrong),
            ended: Box::new(|_| ()),
            print: Vec::new(),
            speak: Vec::new(),
            tell: telling,
            keep: Vec::new(),
        }
    };
    let options = Options { theme: theme::Choice::from_name("none").unwrap(), glyphs: None, mouse: false };
    assert!(catch_unwind(AssertUnwindSafe(|| tui::run(model, options, start))).is_err());
    println!("{CAUGHT}");
    // It is looked at now.
    let _ = std::io::stdin().read(&mut [0]);
}

#[test]
fn a_panic_leaves_nothing_that_was_typed_in_memory_and_the_terminal_whole() {
    let program = std::env::current_exe().unwrap();
    let arguments = ["--ignored", "--exact", "panics::the_full_screen_panics", "--nocapture"];
    let mut screen = Screen::start(program.to_str().unwrap(), &arguments, &[], 24, 80);
    screen.wait_for("New registration");
    screen.press("4");
    screen.wait_for("The first password");
    screen.type_text(TYPED);
    screen.press(key::ENTER);
    screen.paste(&TYPED.repeat(2));
    screen.wait_for(&"*".repeat(16));
    assert!(!memory::find(screen.id(), &[TYPED]).is_empty(), "the search is blind");
    screen.press(key::F6);
    screen.wait_for(CAUGHT);
    assert!(screen.cooked() && !screen.alternate_screen() && screen.screen().contains("provoked"), "{}", screen.screen());
    let parts = [TYPED, "WQZXKV", "ZXKV79"];
    let deadline = Instant::now() + Duration::from_secs(2);
    while !memory::find(screen.id(), &parts).is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    memory::assert_none(screen.id(), &parts);
}
