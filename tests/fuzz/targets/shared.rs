//! What several targets use: the parts of an input, edits, a card, a service that answers as it is told.

use std::collections::HashMap;
use std::fmt::Debug;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use zairyu::card::Purpose;
use zairyu::card::pin::Pin;
use zairyu::card::simulated::{ANNE, Authority, Card, Slot};
use zairyu::certificate::{Algorithm, Anchors, Certificate};
use zairyu::protocol::terms;
use zairyu::text::is_steering;

/// Between the parts of an input.
pub const SEPARATOR: u8 = 0x1e;

/// The parts of an input.
pub fn parts(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|byte| *byte == SEPARATOR)
}

/// An input of these parts.
pub fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.join(&SEPARATOR)
}

/// Change bytes as an input says: four bytes for each change.
pub fn edited(mut bytes: Vec<u8>, edits: &[u8]) -> Vec<u8> {
    for edit in edits.chunks_exact(4) {
        let [op, high, low, value] = *edit else { continue };
        if bytes.is_empty() {
            break;
        }
        let place = usize::from(u16::from_be_bytes([high, low])) % bytes.len();
        match op % 5 {
            0 => bytes[place] = value,
            1 => bytes[place] ^= 1 << (value % 8),
            2 => bytes.insert(place, value),
            3 => drop(bytes.remove(place)),
            _ => bytes.truncate(place),
        }
    }
    bytes
}

/// Assert that a text cannot steer the terminal on which it is shown.
#[track_caller]
pub fn assert_harmless(text: &str, lines: bool) {
    assert!(!text.chars().any(|letter| is_steering(letter) && !(lines && letter == '\n')), "{text:?}");
}

/// Assert that what is printed for tests, logs and troubles tells no secret.
#[track_caller]
pub fn assert_silent(told: &impl Debug, secrets: &[&str]) {
    let told = format!("{told:?}");
    assert!(!secrets.iter().any(|secret| told.contains(secret)), "{told}");
}

pub fn now() -> i64 {
    i64::try_from(SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs()).expect("before the end of time")
}

pub fn today() -> zairyu::registration::Date {
    zairyu::time::date_in_japan(now()).expect("a date")
}

/// The authority of the card announced to come next: its keys are made at once.
pub static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::make_of(Algorithm::Es384, now()).expect("keys"));

pub fn anchors() -> Anchors {
    Anchors::of(&[Purpose::Signing, Purpose::Authentication].map(|purpose| root(purpose).clone()))
}

pub fn root(purpose: Purpose) -> &'static Certificate {
    static ROOTS: LazyLock<[Certificate; 2]> = LazyLock::new(|| {
        [Purpose::Signing, Purpose::Authentication].map(|purpose| Certificate::parse(AUTHORITY.certificate(purpose)).expect("a root"))
    });
    let [signing, authentication] = &*ROOTS;
    if purpose == Purpose::Signing { signing } else { authentication }
}

/// A reader with a card in it.
pub fn slot() -> Slot {
    let slot = Slot::new();
    slot.insert(Card::make(&AUTHORITY, &ANNE, &[], now()).expect("a card"));
    slot
}

pub fn pin(purpose: Purpose, typed: &str) -> Pin {
    let mut pin = Pin::new(purpose);
    for letter in typed.chars() {
        pin.push(letter);
    }
    pin
}

/// A file, removed when dropped.
pub struct File(pub PathBuf);

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A file with an input in it, for code that reads files; in memory, where there is such a place.
pub fn file(name: &str, data: &[u8]) -> File {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let path = folder.join(format!("zairyu-fuzz-{}-{name}", std::process::id()));
    std::fs::write(&path, data).expect("a file");
    File(path)
}

/// Answers a request, given its first line.
type Answer = Box<dyn FnMut(&str) -> Vec<u8> + Send>;

/// A service that answers as it is told. It runs until the process ends.
pub struct Service {
    /// Where it is.
    pub url: String,
    answer: Arc<Mutex<Answer>>,
}

impl Service {
    pub fn start() -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let answer: Arc<Mutex<Answer>> = Arc::new(Mutex::new(Box::new(|_| Vec::new())));
        let answers = Arc::clone(&answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = serve(stream, &answers);
            }
        });
        Service { url, answer }
    }

    /// Answer so from now on.
    pub fn answers(&self, answer: impl FnMut(&str) -> Vec<u8> + Send + 'static) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(answer);
    }
}

fn serve(mut stream: TcpStream, answers: &Mutex<Answer>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.set_nodelay(true)?;
    let (mut request, mut part) = (Vec::new(), [0; 4096]);
    let head = loop {
        let length = stream.read(&mut part)?;
        if length == 0 {
            return Ok(());
        }
        request.extend_from_slice(&part[..length]);
        if let Some(end) = request.windows(4).position(|end| end == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = String::from_utf8_lossy(&request[..head]).into_owned();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok()).unwrap_or(0);
    while request.len() < head + length {
        let length = stream.read(&mut part)?;
        if length == 0 {
            return Ok(());
        }
        request.extend_from_slice(&part[..length]);
    }
    let first = text.lines().next().unwrap_or_default();
    let answer = (answers.lock().unwrap_or_else(PoisonError::into_inner))(first);
    stream.write_all(&answer)
}

/// A whole HTTP answer.
pub fn http(status: &str, media: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} x\r\nContent-Type: {media}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// What a service at this address answers when all is well, by the request's first line.
pub fn good(url: &str, first: &str) -> Vec<u8> {
    static TERMS: LazyLock<String> = LazyLock::new(|| terms::sha256_of(terms::text("ja")));
    let mail = r#"{"to":"a***@example.jp","state":"delayed","next_at":"2026-11-25T05:00:00Z","folder":"/mail"}"#;
    let session = format!(
        r#"{{"session":"c2Vzc2lvbg","nonce":"bm9uY2U","expires_at":"2099-01-01T00:00:00Z","audience":"{url}","terms":{{"version":"2026-11","sha256":"{}"}},"service":{{"name":"練習","practice":true,"test_cards":true,"notice":"notice"}}}}"#,
        *TERMS
    );
    let answers: HashMap<&str, String> = HashMap::from([
        ("GET /healthz", r#"{"status":"ok"}"#.to_owned()),
        ("GET /openapi.json", r#"{"info":{"version":"1"}}"#.to_owned()),
        ("POST /v1/sessions", session),
        ("POST /v1/sessions/c2Vzc2lvbg/proof", r#"{"nonce":"bm9uY2U"}"#.to_owned()),
        ("GET /v1/sessions/c2Vzc2lvbg/mail", format!(r#"{{"mail":{mail}}}"#)),
        (
            "POST /v1/registrations",
            format!(
                r#"{{"authentication_id":"A1B2C3D4E5","registered_at":"2026-11-25T05:00:00Z","mail":{mail},"revocation":"unchecked","receipt":"00ff","differs_from_card":["name","email"]}}"#
            ),
        ),
        ("POST /v1/logins", r#"{"session":"bG9naW4","expires_at":"2099-01-01T00:00:00Z"}"#.to_owned()),
    ]);
    let (path, _) = first.rsplit_once(' ').unwrap_or_default();
    if path.starts_with("GET /v1/terms") {
        return http("200", "text/plain; charset=utf-8", terms::text(if path.ends_with("ja") { "ja" } else { "en" }).as_bytes());
    }
    match answers.get(path) {
        Some(answer) => http("200", "application/json", answer.as_bytes()),
        None if path == "POST /v1/passwords" => http("204", "", b""),
        // Whichever account action it is, its answer has what it needs.
        None => http(
            "200",
            "application/json",
            format!(r#"{{"mail":{mail},"linked":true,"withdrawn":true,"session":"bG9naW4","expires_at":"2099-01-01T00:00:00Z"}}"#)
                .as_bytes(),
        ),
    }
}
