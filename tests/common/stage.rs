//! Tests with a real pcscd: getting onto the stage that tests/stage sets, the simulated card in its reader, and a registration service.
//! A test here has a `main` of its own (harness = false), because only a process of its own can move into namespaces.
#![allow(unused, unreachable_pub, missing_docs, reason = "a harness that every test includes whole and uses in part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test, a failure is a panic")]

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio, exit};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// What sets a stage.
const STAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stage");
/// Where vpcd waits for a card; fixed in Debian's /etc/reader.conf.d/vpcd.
pub const VPCD: &str = "127.0.0.1:35963";
/// Where the service of a stage listens. Fixed: the stage has a network of its own.
pub const SERVICE: &str = "127.0.0.1:8080";
/// How long a helper may take to be ready: a simulated card makes its keys first.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tell `run` the tests by their names.
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

/// The simulated card in the first virtual reader. Dropping it takes it out for good.
pub struct Card {
    program: Child,
    answers: Receiver<String>,
}

impl Card {
    /// Put a card into the reader: `zairyu card simulate` with `args` such as --person, --fault, --state, --export-anchors.
    pub fn insert(zairyu: &str, args: &[&str]) -> Card {
        let mut program = Command::new(zairyu)
            .args(["card", "simulate", "--vpcd", VPCD])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{zairyu} does not start: {error}"));
        let (sender, answers) = channel();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let card = Card { program, answers };
        while card.answer() != "ready" {}
        card
    }

    /// Give the simulator a command (lift, insert, insert PERSON, count, tries) and return the line that it answers. Between `lift` and
    /// `insert`, wait until pcscd has noticed.
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
        self.answers.recv_timeout(PATIENCE).expect("the simulated card ended or is silent")
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// A registration service on `SERVICE`, with its data in a folder. Dropping it stops it.
pub struct Service(Child);

impl Service {
    /// Start `zairyu serve` for test cards under the CA certificates of `anchors`, and wait until it listens.
    pub fn start(zairyu: &str, data: &Path, anchors: &Path) -> Service {
        let program = Command::new(zairyu)
            .args(["serve", "--listen", SERVICE, "--test-cards", "--anchors"])
            .arg(anchors)
            .arg("--data")
            .arg(data)
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{zairyu} does not start: {error}"));
        let mut service = Service(program);
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(SERVICE).is_err() {
            assert!(service.0.try_wait().unwrap().is_none(), "the service ended before it listened");
            assert!(Instant::now() < deadline, "the service does not listen on {SERVICE}");
            thread::sleep(Duration::from_millis(20)); // Nothing announces that a port is open: it can only be tried.
        }
        service
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
