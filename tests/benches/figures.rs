//! The figures that the README promises, measured on the slim release client with a remote service and a real pcscd, each with its limit:
//! `cargo bench --no-default-features --bench figures` (Debian: tests/run installs what it needs). Exit status 1 if one is missed.
//! Times are ratios within one run or processor time, so that a slow or busy machine measures the same.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a measurement that cannot be made ends the run")]

#[path = "../common/journey.rs"]
mod journey;
#[path = "../common/pty.rs"]
mod pty;
#[path = "../common/scene.rs"]
#[allow(dead_code, unreachable_pub, clippy::expect_used, reason = "a harness that every test includes whole and uses in part")]
mod scene;
#[path = "../common/stage.rs"]
mod stage;

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crossterm::event::KeyCode;
use pty::{Screen, key};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use scene::Scene;
use zairyu::locale::Lang;
use zairyu::secret;
use zairyu::tui::{Look, draw};

/// As in the program.
#[global_allocator]
static ALLOCATOR: secret::Wiping = secret::Wiping;

/// The slim release client: cargo built it for this bench.
const CLIENT: &str = env!("CARGO_BIN_EXE_zairyu");
/// The end of a synchronized frame (DEC private mode 2026): all of it has been written.
const FRAME_END: &[u8] = b"\x1b[?2026l";
/// How often the first frames are compared; odd, for the median.
const ROUNDS: usize = 21;

/// How this program is asked to press keys, with freed memory wiped or not.
const WIPED: &str = "--wiped";
const PLAIN: &str = "--plain";

fn main() -> ExitCode {
    if let Some(how) = env::args().find(|how| [WIPED, PLAIN].contains(&how.as_str())) {
        if how == WIPED {
            secret::wipe_freed_memory();
        }
        press_keys();
        return ExitCode::SUCCESS;
    }
    if cfg!(feature = "service") {
        eprintln!("These are figures of the slim client: cargo bench --no-default-features --bench figures");
        return ExitCode::from(2);
    }
    let full = full_program();
    if let Err(why) = stage::enter() {
        eprintln!("figures NOT RUN: {why}");
        return ExitCode::from(2);
    }
    let folder = tempfile::tempdir().unwrap();
    let anchors = folder.path().join("anchors");
    let mut card = stage::Card::insert(&full, &["--export-anchors", anchors.to_str().unwrap()]);
    let _service = stage::Service::start(&full, &folder.path().join("service"), &anchors);
    let data = folder.path().join("client");
    let client = Client { anchors: anchors.to_str().unwrap(), data: data.to_str().unwrap() };

    println!("{:<8}{:<62}{:>12}{:>12}", "", "figure", "value", "limit");
    let size = fs::metadata(CLIENT).unwrap().len() as f64 / 1e6;
    let mut all_kept = report("slim release client on disk, MB", size, 9.0);
    all_kept &= registration(&client, &mut card);
    all_kept &= report("first frame against whiptail's, median of pairs", first_frame(&client), 3.0);
    all_kept &= report("key presses with freed memory wiped, against without", wiping(), 1.1);
    ExitCode::from(u8::from(!all_kept))
}

/// Key presses with freed memory wiped, alternating with such without, each in a process of its own: once it is wiped, it is to the end.
/// The median ratio of the pairs.
fn wiping() -> f64 {
    let pressed = |how: &str| {
        let output = Command::new(env::current_exe().unwrap()).arg(how).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse::<f64>().unwrap()
    };
    median((0..ROUNDS).map(|_| pressed(WIPED) / pressed(PLAIN)).collect())
}

/// Go to the picker and search in it, a frame for each key; print the seconds of the fastest round.
fn press_keys() {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let rounds = (0..ROUNDS).map(|_| {
        let since = Instant::now();
        let mut scene = Scene::new(Lang::from_tag("ja").unwrap());
        scene.reach_picker();
        for letter in "shinjuku kita ku sapporo hokkaido".chars() {
            scene.press(KeyCode::Char(letter));
            terminal.draw(|frame| drop(draw::draw(frame, &scene.model, Look::PLAIN))).unwrap();
        }
        since.elapsed().as_secs_f64()
    });
    println!("{}", rounds.min_by(f64::total_cmp).unwrap());
}

/// Print one figure; true if it keeps within its limit.
fn report(name: &str, value: f64, limit: f64) -> bool {
    let kept = value <= limit;
    println!("{:<8}{name:<62}{value:>12.2}{limit:>12}", if kept { "ok" } else { "MISSED" });
    kept
}

/// The whole program, for the service and the simulated card; built before the stage, which has no network.
fn full_program() -> String {
    if env::var_os("ZAIRYU_STAGE").is_none() {
        let built = Command::new(env!("CARGO")).args(["build", "--quiet"]).current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap();
        assert!(built.success(), "cargo build failed");
    }
    let target = Path::new(CLIENT).ancestors().nth(2).unwrap();
    target.join("debug/zairyu").to_str().unwrap().to_owned()
}

/// How the client is started.
struct Client<'a> {
    anchors: &'a str,
    data: &'a str,
}

impl Client<'_> {
    fn start(&self) -> Screen {
        let service = format!("http://{}", stage::SERVICE);
        let args = ["--lang", "ja", "--service", &service, "--test-cards", "--anchors", self.anchors, "--data", self.data];
        Screen::start(CLIENT, &args, &[], 24, 80)
    }

    /// Start it with all that makes frames long: every cell painted on a light ground, and glyphs of three bytes.
    fn start_painted(&self) -> Screen {
        let service = format!("http://{}", stage::SERVICE);
        let options = ["--lang", "ja", "--glyphs", "unicode", "--service", &service, "--test-cards"];
        let args = [&options[..], &["--anchors", self.anchors, "--data", self.data]].concat();
        Screen::start(CLIENT, &args, &[("COLORFGBG", "0;15")], 24, 80)
    }
}

/// From the start of the process to its first whole screen in a pseudo-terminal, alternating with whiptail; the median ratio of the pairs.
fn first_frame(client: &Client) -> f64 {
    let whole = |start: &dyn Fn() -> Screen, text: &str| {
        let since = Instant::now();
        let screen = start();
        screen.wait_for(text);
        since.elapsed().as_secs_f64()
    };
    let whiptail = || Screen::start("whiptail", &["--inputbox", "Name", "10", "60"], &[], 24, 80);
    // One pair more than is counted: the first one reads the disk.
    let ratios = (0..=ROUNDS).map(|_| whole(&|| client.start(), "F1") / whole(&whiptail, "<Cancel>")).skip(1);
    median(ratios.collect())
}

/// One whole registration, measured on the way.
fn registration(client: &Client, card: &mut stage::Card) -> bool {
    let before = count(card);
    let mut screen = client.start_painted();
    journey::to_signing_pin(&mut screen);
    journey::to_step1(&mut screen);
    let bytes = (0..20).map(|_| frame_of(&mut screen, "X") as f64).collect();
    let mut all_kept = report("bytes to the terminal for a key press in STEP1, median", median(bytes), 100.0);
    screen.press(&key::BACKSPACE.repeat(20));
    screen.wait_for(" 0/12文字");
    let tabs = round(&mut screen);
    println!(
        "{:<8}{:<62}{:>12.2}",
        "",
        "  (worst of a round, to a part of the page that was not on the screen)",
        tabs.iter().copied().fold(0.0, f64::max)
    );
    // Two labels, the line and the hint of the field that opens, and the one that closes: as much as a key in the picker.
    all_kept &= report("bytes for Tab in STEP1, median of a round", median(tabs), 900.0);
    all_kept &= report("bytes of the whole page of STEP1 in Japanese", page(&mut screen, "利用者氏名"), 6000.0);
    language(&mut screen, "2", "F1 help");
    all_kept &= report("bytes of the whole page of STEP1 in English", page(&mut screen, "F2 "), 3000.0);
    language(&mut screen, "1", "F1 ヘルプ");
    let (time, dearest, bytes) = picker(&mut screen);
    all_kept &= report("processor time for a key press in the picker, worst, ms", time, 2.0);
    println!("{:<8}  (the dearest: {dearest})", "");
    all_kept &= report("bytes for a key press in the picker, median", bytes, 900.0);
    all_kept &= report("wake-ups in 10 s idle in STEP1, card in place, all threads", idle(screen.id()), 0.0);
    journey::to_step2(&mut screen);
    journey::to_step3(&mut screen);
    all_kept &= report("APDUs from insertion to STEP3", count(card) - before, 50.0);
    let (now, peak) = (status(screen.id(), "VmRSS:") / 1024.0, status(screen.id(), "VmHWM:") / 1024.0);
    all_kept &= report("resident memory after the registration, MiB", now, 10.0);
    println!("{:<8}{:<62}{peak:>12.2}", "", "  (its peak on the way, MiB)");
    all_kept
}

/// Press a key; how many bytes the answer took, to the end of its frame.
fn frame_of(screen: &mut Screen, keys: &str) -> usize {
    let mark = screen.mark();
    screen.press(keys);
    screen.wait_for_bytes(mark, FRAME_END);
    screen.mark() - mark
}

/// Press Tab from the phone number on until the focus is there again; how many bytes each press took.
fn round(screen: &mut Screen) -> Vec<f64> {
    let mut taken = Vec::new();
    for _ in 0..100 {
        taken.push(frame_of(screen, key::TAB) as f64);
        if screen.screen().lines().any(|line| line.trim_start().starts_with('▌') && line.contains("電話番号")) {
            return taken;
        }
    }
    panic!("the focus does not come round:\n{}", screen.screen());
}

/// Choose a language by its number; `text` is then on the page.
fn language(screen: &mut Screen, number: &str, text: &str) {
    screen.press(key::F2);
    screen.wait_for("2 English");
    screen.press(number);
    screen.wait_for(text);
}

/// Open the help and close it; how many bytes the page took that came back, which shows `text`.
fn page(screen: &mut Screen, text: &str) -> f64 {
    frame_of(screen, key::F1);
    screen.wait_gone(text);
    let bytes = frame_of(screen, key::ESC);
    screen.wait_for(text);
    bytes as f64
}

/// Search the picker by romaji and kanji, six times; return the processor time of the dearest key press (all threads, from
/// /proc/PID/task/*/schedstat) in milliseconds, which were the dearest, and how many bytes half of them took. Begins and ends on the phone number.
fn picker(screen: &mut Screen) -> (f64, String, f64) {
    screen.press(&key::BACK_TAB.repeat(2));
    screen.press(key::ENTER);
    screen.wait_for("住居地の検索");
    screen.press(key::ESC); // Out of the prefecture of the card's address: all of Japan is searched.
    screen.wait_for("神奈川県");
    let (mut times, mut bytes) = (Vec::new(), Vec::new());
    for query in ["shinjuku", "oosaka", "kitakyuushuu", "kita ku sapporo hokkaido", "柳崎町", "柿碕町"] {
        let mut typed = String::new();
        for letter in query.chars().chain("\x15".chars()) {
            let before = processor_time(screen.id());
            let sent = frame_of(screen, &letter.to_string());
            // The kernel adds up a thread's time when it goes to sleep.
            sleep(Duration::from_millis(10));
            typed.push(letter);
            times.push(((processor_time(screen.id()) - before) / 1e6, typed.clone()));
            if !letter.is_control() {
                bytes.push(sent as f64);
            }
        }
    }
    screen.press(key::ESC);
    screen.wait_gone("住居地の検索");
    screen.press(&key::TAB.repeat(2));
    times.sort_by(|a, b| b.0.total_cmp(&a.0));
    let dearest = times.iter().take(4).map(|(time, typed)| format!("{typed} {time:.2}")).collect::<Vec<_>>().join(", ");
    (times[0].0, dearest, median(bytes))
}

/// How often any thread of the process went back to sleep within 10 s, which it can only do after waking up.
fn idle(process: u32) -> f64 {
    let sleeps = || tasks(process).map(|task| line(&format!("{task}/status"), "voluntary_ctxt_switches:")).sum::<f64>();
    sleep(Duration::from_secs(2)); // What the last key started has ended.
    let before = sleeps();
    sleep(Duration::from_secs(10));
    sleeps() - before
}

/// Nanoseconds on a processor so far, all threads that still live.
fn processor_time(process: u32) -> f64 {
    let of = |task: String| fs::read_to_string(format!("{task}/schedstat")).unwrap_or_default();
    tasks(process).filter_map(|task| of(task).split(' ').next()?.parse::<f64>().ok()).sum()
}

fn tasks(process: u32) -> impl Iterator<Item = String> {
    fs::read_dir(format!("/proc/{process}/task")).unwrap().map(|task| task.unwrap().path().to_str().unwrap().to_owned())
}

/// A number of /proc/PID/status; memory in kB.
fn status(process: u32, name: &str) -> f64 {
    line(&format!("/proc/{process}/status"), name)
}

fn line(file: &str, name: &str) -> f64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
    value.trim().trim_end_matches(" kB").parse().unwrap()
}

/// How many commands the simulated card has answered.
fn count(card: &mut stage::Card) -> f64 {
    let answer = card.ask("count");
    answer.split_whitespace().filter_map(|word| word.parse().ok()).next().unwrap()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
