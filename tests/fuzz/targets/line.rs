//! Whole conversations in line mode, whatever is said: they end, nothing printed steers a terminal, no PIN or password is ever printed, and
//! no PIN is sent more than once.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};
use std::time::Duration;

use super::shared::{Service, anchors, assert_harmless, good, http, slot, today};
use zairyu::app::state::staff::StaffAnswer;
use zairyu::app::visit::Mode;
use zairyu::app::{Event, Model, Setup as AppSetup};
use zairyu::card::Purpose;
use zairyu::card::simulated::{AUTHENTICATION_PIN, SIGNING_PIN, Slot};
use zairyu::locale::words::Face;
use zairyu::locale::{Lang, Text};
use zairyu::runtime::{Backend, Notify};
use zairyu::text::half_width;
use zairyu::worker::{Message, Prepared, Setup, Worker};

const PASSWORD: &str = "Correct-Horse-7!";

/// Much longer than any conversation.
const LONG: Duration = Duration::from_secs(30);

static SERVICE: LazyLock<Service> = LazyLock::new(Service::start);

/// The lines of an input. Some are no answers: `^` and a letter lets something happen to the card or the service. Where a secret is asked
/// for, and only there, a letter stands for one.
struct Script {
    lines: VecDeque<Vec<u8>>,
    rest: VecDeque<u8>,
    printed: Arc<Mutex<Vec<u8>>>,
    /// How much of it was printed before the last line was given.
    before: usize,
    slot: Slot,
    broken: Arc<AtomicBool>,
}

/// Return how often a secret was asked for. Help says the same words within a line, and a question repeats what was typed before it.
fn secrets_asked(printed: &str) -> usize {
    printed.lines().filter(|line| Lang::ALL.iter().any(|lang| *line == lang.text(Text::LineSecret))).count()
}

impl Script {
    fn next(&mut self) -> Option<Vec<u8>> {
        let printed = lock(&self.printed);
        let recent = String::from_utf8_lossy(&printed[self.before..]).into_owned();
        self.before = printed.len();
        drop(printed);
        // A receipt goes to the home folder: it is saved only where that is a temporary one.
        let temporary = || std::env::var_os("HOME").is_some_and(|home| std::path::Path::new(&home).starts_with(std::env::temp_dir()));
        if recent.contains("A1B-2C3D-4E5") && !temporary() {
            return None;
        }
        loop {
            match self.lines.pop_front()?.as_slice() {
                b"^l" => lift(&self.slot),
                b"^p" => drop(self.slot.put_back()),
                b"^b" => self.broken.store(true, Ordering::SeqCst),
                b"^m" => self.broken.store(false, Ordering::SeqCst),
                line => {
                    let asked = secrets_asked(&recent) > 0;
                    let secret = match line {
                        b"S" => SIGNING_PIN,
                        b"s" => "practice1",
                        b"A" => AUTHENTICATION_PIN,
                        b"P" => PASSWORD,
                        _ => "",
                    };
                    return Some(if asked && !secret.is_empty() { secret.as_bytes() } else { line }.to_vec());
                }
            }
        }
    }
}

impl Read for Script {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            let Some(line) = self.next() else { return Ok(0) };
            self.rest.extend(line.into_iter().chain([b'\n']));
        }
        self.rest.read(into)
    }
}

/// What is printed.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Take the card away for a moment. A script waits for its card, and reads nothing meanwhile.
fn lift(slot: &Slot) {
    let slot = slot.clone();
    slot.lift();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(5));
        slot.put_back();
    });
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As PINs are compared: half-width capitals.
fn plain(text: &str) -> String {
    text.chars().map(|letter| half_width(letter).to_ascii_uppercase()).collect()
}

fn secrets() -> [String; 2] {
    [SIGNING_PIN, PASSWORD].map(plain)
}

pub fn run(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    // Whoever types a secret where none is asked for sees it.
    if secrets().iter().any(|secret| plain(&String::from_utf8_lossy(rest)).contains(secret)) {
        return;
    }
    let slot = slot();
    if mode & 4 != 0 {
        lift(&slot);
    }
    let broken = Arc::new(AtomicBool::new(false));
    let is_broken = Arc::clone(&broken);
    SERVICE.answers(move |first| {
        if is_broken.load(Ordering::SeqCst) {
            http("503", "application/problem+json", br#"{"code":"resting","detail":"\u001b]0;x"}"#)
        } else {
            good(&SERVICE.url, first)
        }
    });
    let setup = AppSetup {
        face: Face::Screen,
        mode: if mode & 2 == 0 { Mode::Home } else { Mode::Desk },
        free_mail: vec!["gmail.".to_owned()],
        mail_from: vec!["example.jp".to_owned()],
        ..AppSetup::default()
    };
    let model = Model::new(setup, if mode & 1 == 0 { Lang::Ja } else { Lang::En }, today());
    let printed = Printed::default();
    let script = Script {
        lines: rest.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect(),
        rest: VecDeque::new(),
        printed: Arc::clone(&printed.0),
        before: 0,
        slot: slot.clone(),
        broken,
    };
    let readers = slot.clone();
    let start = move |tell: &Notify| {
        let (watching, telling) = (Arc::clone(tell), Arc::clone(tell));
        let port = readers.port();
        let prepare = move || Prepared { port: Box::new(port), service: Ok(SERVICE.url.clone()), anchors: anchors() };
        let setup = Setup { prepare: Box::new(prepare), test_cards: true, client: "zairyu/fuzz" };
        let worker = Worker::start(setup, Box::new(move |message: Message| telling(Event::Worker(message))));
        readers.watch(move |seen| watching(Event::Readers(seen)));
        Backend {
            worker,
            diagnose: Box::new(|| ()),
            check_staff_word: Box::new(|_| StaffAnswer::Wrong),
            ended: Box::new(|_| ()),
            print: Vec::new(),
            speak: Vec::new(),
            tell: Arc::clone(tell),
            keep: Vec::new(),
        }
    };
    let (ended, end) = mpsc::channel();
    let out = printed.clone();
    // What hangs is told with what was said last.
    std::thread::spawn(move || drop(ended.send(zairyu::line::follow(model, start, script, out))));
    match end.recv_timeout(LONG) {
        Ok(followed) => drop(followed.expect("a conversation")),
        Err(_) => panic!("a conversation without end: {}", String::from_utf8_lossy(&lock(&printed.0))),
    }
    let printed = String::from_utf8(lock(&printed.0).clone()).expect("text");
    assert_harmless(&printed, true);
    let shown = plain(&printed);
    assert!(!secrets().iter().any(|secret| shown.contains(secret)), "a secret is shown: {printed}");
    let sent = slot.look(|card| card.verifies(Purpose::Signing) + card.verifies(Purpose::Authentication)).expect("a card");
    assert!(sent as usize <= secrets_asked(&printed), "{sent} PINs are sent: {printed}");
}

pub fn seeds() -> Vec<Vec<u8>> {
    // As in `tests/line.rs`: the top page, both PINs, STEP1, STEP2, what is done with the result, the end.
    const WHOLE: &str = "1\n1\n\nS\nA\n\n\n\n\n\n090-1234-5678\nanne@example.jp\nanne@example.jp\n\nab12345678cd\n1\n0\n1\n2\nq";
    let flags = [0, 1, 3, 5];
    let whole = flags.map(|flags| [&[flags], WHOLE.as_bytes()].concat());
    let others = [
        "1\n1\n\ns\nA\nb\n?\n\n\n\n\n\n\nq\nq\n2",
        "2\n1\nA\n\nq",
        "2\n2\nA1B2C3D4E5\nP\nS\nA\n",
        "2\n3\nA\nb@example.jp\nb@example.jp\n",
        "2\n6\nDELETE\nS\n",
        "3\ntoken\nP\n",
        "1\n1\n\n^l\nS\n^p\nS\n^b\nA\n^m\nA\n\n^l\n\n\n\n\n1\n^p\nn\nq\n",
        "1\n1\n\nWRONG1\nWRONG2\nWRONG3\nWRONG4\nLAST\nS\n",
        "l\n2\n4\n5\n?\n\nb\nq\n",
        // Whether to leave is asked while the card is away, which is put back before the answer.
        "1\n\ns\nA\n^l\n?\nq\n1",
    ];
    whole
        .into_iter()
        .chain(others.iter().flat_map(|lines| [[&[1], lines.as_bytes()].concat(), [&[2], lines.as_bytes()].concat()]))
        .collect()
}
