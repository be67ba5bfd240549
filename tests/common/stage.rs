//! Tests with a real pcscd: getting onto the stage that tests/stage sets, simulated cards in its two readers, and a registration service.
//! A test here has a `main` of its own (harness = false), because only a process of its own can move into namespaces.
#![allow(unused, unreachable_pub, missing_docs, reason = "a harness that every test includes whole and uses in part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]

use std::env;
use std::ffi::CString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio, exit};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use pcsc::{Context, ReaderState, Scope, State};
use rustix::process::{Pid, Signal, kill_process};

/// What sets a stage.
const STAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stage");
/// Where vpcd waits for a card in each of its readers. The first is fixed in Debian's /etc/reader.conf.d/vpcd, the second is the next port.
pub const VPCD: [&str; 2] = ["127.0.0.1:35963", "127.0.0.1:35964"];
/// What pcscd calls the two readers.
pub const READERS: [&str; 2] = ["Virtual PCD 00 00", "Virtual PCD 00 01"];
/// Where the service of a stage listens. Fixed: the stage has a network of its own.
pub const SERVICE: &str = "127.0.0.1:8080";
/// How long a helper may take to be ready: a simulated card makes its keys first.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Notify `run` the tests by their names.
macro_rules! scenes {
    ($($scene:ident),* $(,)?) => { &[$((stringify!($scene), $scene as fn())),*] };
}
pub(crate) use scenes;

/// Run tests, each on a stage of its own, and report as cargo's own harness does. Where there is no stage they are counted as ignored and
/// the reason is printed; with ZAIRYU_STAGE_REQUIRED set, as tests/run does, that is a failure. On a stage (by hand) they share it.
///
/// One pcscd for all would be wrong: version 1.9.9 looks at the reader every 400 ms, and a card that another one has replaced between two
/// looks can stay absent to it for ever.
pub fn run(scenes: &[(&str, fn())]) -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let wanted: Vec<_> = scenes.iter().filter(|(name, _)| asked_for(name, &arguments)).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        wanted.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    if on_stage() {
        wanted.iter().for_each(|(_, scene)| scene());
        return ExitCode::SUCCESS;
    }
    if let Err(why) = check() {
        let required = env::var_os("ZAIRYU_STAGE_REQUIRED").is_some();
        wanted.iter().for_each(|(name, _)| println!("test {name} ... NOT RUN: {why}"));
        summary(0, if required { wanted.len() } else { 0 }, if required { 0 } else { wanted.len() });
        return ExitCode::from(u8::from(required));
    }
    println!("\nrunning {} tests", wanted.len());
    let mut failed = 0;
    for (name, _) in &wanted {
        let passed = again_on_stage(&["--exact", name]).success();
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        failed += usize::from(!passed);
    }
    summary(wanted.len() - failed, failed, 0);
    ExitCode::from(u8::from(failed > 0))
}

/// As cargo's own harness: no name given means all, with --exact the whole name counts.
fn asked_for(name: &str, arguments: &[String]) -> bool {
    let exact = arguments.iter().any(|argument| argument == "--exact");
    let mut names = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
    names.peek().is_none() || names.any(|part| if exact { name == part } else { name.contains(part.as_str()) })
}

fn summary(passed: usize, failed: usize, ignored: usize) {
    let result = if failed == 0 { "ok" } else { "FAILED" };
    println!("\ntest result: {result}. {passed} passed; {failed} failed; {ignored} ignored; 0 measured; 0 filtered out\n");
}

/// Get onto a stage: return at once where this process is on one, else run this program again inside and end with its status.
/// The error says why this machine has no stage.
pub fn enter() -> Result<(), String> {
    if on_stage() {
        return Ok(());
    }
    check()?;
    exit(again_on_stage(&[]).code().unwrap_or(1));
}

fn on_stage() -> bool {
    env::var_os("ZAIRYU_STAGE").is_some()
}

fn check() -> Result<(), String> {
    let check = Command::new(STAGE).arg("--check").output().map_err(|error| format!("{STAGE}: {error}"))?;
    if check.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&check.stdout).trim().to_owned()) }
}

fn again_on_stage(arguments: &[&str]) -> ExitStatus {
    Command::new(STAGE).arg(env::current_exe().unwrap()).args(arguments).status().unwrap()
}

/// A simulated card in one of the virtual readers. Dropping it takes it out for good.
pub struct Card {
    program: Child,
    answers: Receiver<String>,
    reader: &'static str,
}

impl Card {
    /// Put a card into the first reader: `zairyu card simulate` with `args` such as --person, --fault, --state, --export-anchors.
    pub fn insert(zairyu: &str, args: &[&str]) -> Card {
        Card::insert_into(0, zairyu, args)
    }

    /// Put a card into a reader, 0 or 1. Cards that are given the same --state folder have the same authority, and a person's card is the
    /// same in both readers.
    pub fn insert_into(reader: usize, zairyu: &str, args: &[&str]) -> Card {
        let mut program = Command::new(zairyu)
            .args(["card", "simulate", "--vpcd", VPCD[reader]])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{zairyu} does not start: {error}"));
        let (sender, answers) = channel();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let card = Card { program, answers, reader: READERS[reader] };
        while card.answer() != "ready" {}
        wait_for_card(card.reader, true);
        card
    }

    /// The name of its reader, for --reader.
    pub fn reader(&self) -> &'static str {
        self.reader
    }

    /// Take the card out, and wait until pcscd has noticed.
    pub fn lift(&mut self) {
        assert_eq!(self.ask("lift"), "lifted");
        wait_for_card(self.reader, false);
    }

    /// Put the card back in, and wait until pcscd has noticed.
    pub fn put_back(&mut self) {
        assert!(self.ask("insert").starts_with("inserted "), "it lies there already");
        wait_for_card(self.reader, true);
    }

    /// Put another card in, a person's (`taro`) or one of another kind (`kind=transport`), and wait until pcscd has noticed. The card that
    /// lies there is taken out first, as a hand does it: pcscd has noticed that too, and has counted two events.
    pub fn exchange_for(&mut self, card: &str) {
        if self.ask("lift") == "lifted" {
            wait_for_card(self.reader, false);
        }
        assert_eq!(self.ask(&format!("insert {card}")), format!("inserted {card}"));
        wait_for_card(self.reader, true);
    }

    /// Have the card pulled at the command that comes after so many more, before it does it or when it has done it.
    pub fn pull_after(&mut self, commands: u32, done: bool) {
        let line = format!("pull {}{}", commands + 1, if done { " done" } else { "" });
        assert_eq!(self.ask(&line), line);
    }

    /// Have the card pulled no more.
    pub fn pull_no_more(&mut self) {
        assert_eq!(self.ask("pull"), "pull");
    }

    /// How many commands the present card was sent.
    pub fn count(&mut self) -> u32 {
        let [count] = self.numbers("count");
        count
    }

    /// How many of them carried the signing password, and how many the user-authentication PIN.
    pub fn verifies(&mut self) -> [u32; 2] {
        self.numbers("verifies")
    }

    /// Tries left for the signing password and for the user-authentication PIN.
    pub fn tries(&mut self) -> [u32; 2] {
        self.numbers("tries")
    }

    fn numbers<const N: usize>(&mut self, command: &str) -> [u32; N] {
        let answer = self.ask(command);
        let numbers = answer.strip_prefix(command).unwrap_or_else(|| panic!("{command}: {answer}"));
        let numbers: Vec<u32> = numbers.split_whitespace().map(|number| number.parse().unwrap()).collect();
        numbers.try_into().unwrap()
    }

    /// Give the simulator a command (lift, insert, insert PERSON, count, verifies, tries) and return the line that it answers. Between `lift`
    /// and `insert`, wait until pcscd has noticed, as the functions for them do.
    pub fn ask(&mut self, command: &str) -> String {
        writeln!(self.program.stdin.as_mut().unwrap(), "{command}").unwrap();
        loop {
            // `ready` is no answer: it is said whenever pcscd begins to speak to a card.
            let answer = self.answer();
            if answer != "ready" {
                return answer;
            }
        }
    }

    fn answer(&self) -> String {
        self.answers.recv_timeout(TIMEOUT).expect("the simulated card ended or is silent")
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Wait until pcscd says that there is a card in a reader, or that there is none. It asks the reader every 400 ms; we sleep in PC/SC meanwhile.
pub fn wait_for_card(reader: &str, present: bool) {
    let deadline = Instant::now() + TIMEOUT;
    let context = Context::establish(Scope::User).unwrap_or_else(|error| panic!("pcscd: {error}"));
    let mut states = [ReaderState::new(CString::new(reader).unwrap(), State::UNAWARE)];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match context.get_status_change(left, &mut states) {
            Ok(()) if states[0].event_state().contains(State::PRESENT) == present => return,
            Ok(()) => states[0].sync_current_state(),
            Err(error) => panic!("waited for {} in {reader}: {error}", if present { "a card" } else { "no card" }),
        }
    }
}

/// Return how often pcscd has seen a card come to a reader or go.
pub fn events(reader: &str) -> u32 {
    let mut states = [ReaderState::new(CString::new(reader).unwrap(), State::UNAWARE)];
    Context::establish(Scope::User).and_then(|context| context.get_status_change(Duration::ZERO, &mut states)).unwrap();
    states[0].event_count()
}

/// Wait until pcscd has seen a card go since so many events. A card that is pulled during a command is said to be absent before that, and one
/// that is put in then stays absent for ever (1.9.9).
pub fn wait_for_removal(reader: &str, since: u32) {
    wait_until("pcscd to see that the card is gone", || events(reader) != since);
    wait_for_card(reader, false);
}

/// Where pcscd says which process it is.
const PCSCD: &str = "/run/pcscd/pcscd.pid";

/// Stop the pcscd of this stage: for its clients the PC/SC service is gone. The simulated cards look for it for ten seconds.
///
/// Nothing else takes a reader away here: on SIGUSR1 (`pcscd --hotplug`) a pcscd that is built with libudev, as Debian's, reads no
/// reader.conf again, and vpcd's readers stay as long as it runs. So they come and go with the pcscd (`start_pcscd_without_readers`).
pub fn stop_pcscd() {
    // It ends the number with a zero byte.
    let text = fs::read_to_string(PCSCD).unwrap_or_else(|error| panic!("{PCSCD}: {error}"));
    let process: i32 = text.trim_end_matches(['\0', '\n']).parse().unwrap();
    kill_process(Pid::from_raw(process).unwrap(), Signal::TERM).unwrap();
    wait_until("pcscd to end", || {
        // One that nobody has waited for yet has given its ports back all the same.
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        !status.lines().any(|line| line.starts_with("State:") && !line.contains("zombie"))
    });
}

/// Start a pcscd on this stage, and wait until it has both readers.
pub fn start_pcscd() {
    launch_pcscd(&[]);
    wait_until("the readers", || {
        let listed = Context::establish(Scope::User).and_then(|context| context.list_readers_owned()).unwrap_or_default();
        READERS.iter().all(|reader| listed.iter().any(|name| name.to_string_lossy() == *reader))
    });
}

/// Start a pcscd on this stage with the readers of another folder than /etc/reader.conf.d, and wait until it has this one.
pub fn start_pcscd_with(folder: &str, reader: &str) {
    launch_pcscd(&["--config", folder]);
    wait_until("the reader", || {
        let listed = Context::establish(Scope::User).and_then(|context| context.list_readers_owned()).unwrap_or_default();
        listed.iter().any(|name| name.to_string_lossy() == reader)
    });
}

/// Start a pcscd on this stage that has no reader.
pub fn start_pcscd_without_readers() {
    let folder = "/run/no-readers";
    fs::create_dir_all(folder).unwrap();
    launch_pcscd(&["--config", folder]);
}

/// Stop the pcscd of this stage and start another. Cards that lay in the readers are there again within a second; `wait_for_card` tells when.
pub fn restart_pcscd() {
    stop_pcscd();
    start_pcscd();
}

/// Without --foreground the command ends when the daemon is ready.
fn launch_pcscd(arguments: &[&str]) {
    let status = Command::new("pcscd").args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.unwrap_or_else(|error| panic!("pcscd does not start: {error}")).success(), "pcscd does not start");
}

fn wait_until(what: &str, arrived: impl Fn() -> bool) {
    let deadline = Instant::now() + TIMEOUT;
    while !arrived() {
        assert!(Instant::now() < deadline, "waited for {what}");
        thread::sleep(Duration::from_millis(20)); // Nothing announces it: it can only be looked for.
    }
}

/// What makes everything that could write a log write it, at the finest level.
pub const LOGS: [(&str, &str); 2] = [("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full")];

/// A registration service on `SERVICE`, with its data in a folder. Dropping it stops it.
pub struct Service(Child);

impl Service {
    /// Start `zairyu serve` for test cards under the CA certificates of `anchors`, and wait until it listens. What it says is written into a
    /// file beside its data, `.log`.
    pub fn start(zairyu: &str, data: &Path, anchors: &Path) -> Service {
        let path = data.with_extension("log");
        let log = fs::File::options().create(true).append(true).open(&path).unwrap();
        let program = Command::new(zairyu)
            .args(["serve", "--listen", SERVICE, "--test-cards", "--anchors"])
            .arg(anchors)
            .arg("--data")
            .arg(data)
            .envs(LOGS)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{zairyu} does not start: {error}"));
        let mut service = Service(program);
        let deadline = Instant::now() + TIMEOUT;
        while TcpStream::connect(SERVICE).is_err() {
            let ended = service.0.try_wait().unwrap();
            assert!(ended.is_none(), "the service ended before it listened: {}", fs::read_to_string(&path).unwrap());
            assert!(Instant::now() < deadline, "the service does not listen on {SERVICE}");
            thread::sleep(Duration::from_millis(20)); // Nothing announces that a port is open: it can only be tried.
        }
        service
    }

    /// Let it answer nobody until `go_on`: what is sent to it meanwhile waits.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Let it answer again, first what was sent to it meanwhile.
    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.0.id().try_into().unwrap()).unwrap(), signal).unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
