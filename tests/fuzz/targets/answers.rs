//! Whatever a service answers to the terminal: the job ends, what is shown cannot steer the terminal, no secret is told, no PIN is sent twice.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, mpsc};
use std::time::Duration;

use super::shared::{Service, anchors, assert_harmless, assert_silent, good, http, joined, parts, pin, slot};
use zairyu::card::Purpose;
use zairyu::card::simulated::slot::READER;
use zairyu::card::simulated::{AUTHENTICATION_PIN, SIGNING_PIN, Slot};
use zairyu::registration::Form;
use zairyu::secret::Locked;
use zairyu::worker::{
    AccountAction, AccountRequest, Confirmed, Job, JobError, Mail, Message, Prepared, Reply, Setup, Ticket, Worker, probe,
};

const PASSWORD: &str = "correct-horse-7!";
const CLIENT: &str = "zairyu/fuzz";

/// Longer than any timeout of the worker.
const LONG: Duration = Duration::from_secs(60);

static SERVICE: LazyLock<Service> = LazyLock::new(Service::start);
static SLOT: LazyLock<Slot> = LazyLock::new(slot);

/// The answer that a part of the input says: nothing for the good one; a media type and a status, then the body; or all of it.
fn answer(part: &[u8], first: &str) -> Vec<u8> {
    let url = &SERVICE.url;
    let body = || String::from_utf8_lossy(part).replacen("{url}", url, 4)[1..].to_owned().into_bytes();
    match part {
        [] => good(url, first),
        [b'J', ..] => http("200", "application/json", &body()),
        [b'T', body @ ..] => http("200", "text/plain; charset=utf-8", body),
        [b'P', a, b, c, body @ ..] if [a, b, c].iter().all(|digit| digit.is_ascii_digit()) => {
            http(&String::from_utf8_lossy(&[*a, *b, *c]), "application/problem+json", body)
        }
        whole => whole.to_vec(),
    }
}

struct Bench {
    worker: Worker,
    said: mpsc::Receiver<Message>,
    ticket: u32,
}

impl Bench {
    fn new() -> Bench {
        let (tell, said) = mpsc::channel();
        let prepare = || Prepared { port: Box::new(SLOT.port()), service: Ok(SERVICE.url.clone()), anchors: anchors() };
        let setup = Setup { prepare: Box::new(prepare), test_cards: true, client: CLIENT };
        Bench { worker: Worker::start(setup, Box::new(move |message| drop(tell.send(message)))), said, ticket: 0 }
    }

    fn does(&mut self, job: Job) -> Reply {
        self.ticket += 1;
        let before = verifies();
        let pins = match &job {
            Job::SignIn { .. } | Job::Authenticate { .. } => 1,
            Job::AccountAction { pin, .. } => u32::from(pin.is_some()),
            _ => 0,
        };
        self.worker.send(Ticket(self.ticket), job);
        loop {
            let Message { ticket, reply } = self.said.recv_timeout(LONG).expect("an answer in time");
            assert_eq!(ticket, Ticket(self.ticket));
            if !matches!(reply, Reply::Progress(_)) {
                assert!(verifies() <= before + pins, "a second VERIFY");
                shown(&reply);
                return reply;
            }
        }
    }
}

fn verifies() -> u32 {
    SLOT.look(|card| card.verifies(Purpose::Signing) + card.verifies(Purpose::Authentication)).expect("a card")
}

/// What is shown of a reply.
fn shown(reply: &Reply) {
    assert_silent(reply, &[SIGNING_PIN, PASSWORD]);
    let mail = |mail: &Mail| {
        assert_harmless(&mail.to, false);
        assert_harmless(mail.folder.as_deref().unwrap_or_default(), false);
        assert!(mail.to.chars().count() <= 1000);
    };
    match reply {
        Reply::Proved(opened) => {
            let notice = opened.notice.as_deref().unwrap_or_default();
            assert_harmless(notice, true);
            assert_harmless(&opened.terms, false);
            assert!(notice.chars().count() <= 1000 && opened.terms.chars().count() <= 1000);
        }
        Reply::Terms(text) => {
            assert_harmless(text, true);
            assert!(text.chars().count() <= 200_000);
        }
        Reply::Registered(registered) => {
            let id = &registered.authentication_id;
            assert!((1..=40).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{id:?}");
            assert_harmless(&registered.revocation, false);
            assert_harmless(&registered.receipt, false);
            mail(&registered.mail);
        }
        Reply::AccountAction(outcome) => drop(outcome.mail().map(mail)),
        Reply::Mail(asked) => mail(asked),
        Reply::Failed(trouble) => {
            if let JobError::Service { detail: Some(detail), .. } = trouble.as_ref() {
                assert_harmless(detail, false);
                assert!(detail.chars().count() <= 200, "{detail}");
            }
        }
        _ => {}
    }
}

fn secret(text: &str) -> Locked {
    let mut secret = Locked::new();
    assert!(secret.push(text.as_bytes()));
    secret
}

pub fn run(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    // A fuzzer learns what is compared; a service that knows a secret already is told none.
    let knows = |secret: &str| rest.windows(secret.len()).any(|part| part == secret.as_bytes());
    if [SIGNING_PIN, PASSWORD].into_iter().any(knows) {
        return;
    }
    let mut answers: VecDeque<Vec<u8>> = parts(rest).map(<[u8]>::to_vec).collect();
    // Whoever asks once more is hung up on.
    SERVICE.answers(move |first| answers.pop_front().map(|part| answer(&part, first)).unwrap_or_default());
    let language = if mode & 8 == 0 { "ja" } else { "en" };
    match mode % 4 {
        0 => probed(),
        1 => registers(language),
        2 => acts(AccountAction::ALL[usize::from(mode / 4) % AccountAction::ALL.len()]),
        _ => without_card(language),
    }
}

fn probed() {
    match probe(&SERVICE.url, CLIENT, Duration::from_secs(10)) {
        Ok(answered) => {
            assert_harmless(answered.version.as_deref().unwrap_or_default(), false);
            if let Some(Ok(about)) = answered.session {
                assert_harmless(about.notice.as_deref().unwrap_or_default(), false);
                assert_harmless(about.other_audience.as_deref().unwrap_or_default(), false);
            }
        }
        Err(trouble) => shown(&Reply::Failed(Box::new(trouble))),
    }
}

fn registers(language: &'static str) {
    let mut bench = Bench::new();
    let reader = || READER.to_owned();
    let Reply::SignedIn(certificate) = bench.does(Job::SignIn { reader: reader(), pin: pin(Purpose::Signing, SIGNING_PIN), card: None })
    else {
        panic!("a good card")
    };
    let proved = bench.does(Job::Authenticate { reader: reader(), pin: pin(Purpose::Authentication, AUTHENTICATION_PIN), card: None });
    let Reply::Proved(opened) = proved else { return };
    bench.does(Job::Terms { language });
    let form: Form = serde_json::from_str(include_str!("../../common/form.json")).expect("a form");
    let confirmed = Arc::new(Confirmed { form, terms: opened.terms, differs: Vec::new(), certificate: certificate.fingerprint });
    for _ in 0..2 {
        if let Reply::Registered(_) = bench.does(Job::Register { confirmed: Arc::clone(&confirmed), language }) {
            bench.does(Job::AskMail);
            break;
        }
    }
}

fn acts(action: AccountAction) {
    let mut bench = Bench::new();
    if action == AccountAction::LogIn {
        bench.does(Job::LogIn { authentication_id: "A1B2C3D4E5".to_owned(), password: secret(PASSWORD) });
        bench.does(Job::AskMail);
    }
    for purpose in action.keys() {
        let typed = if *purpose == Purpose::Signing { SIGNING_PIN } else { AUTHENTICATION_PIN };
        let request = AccountRequest { action, said: "b@example.jp".to_owned() };
        bench.does(Job::AccountAction { reader: READER.to_owned(), pin: Some(pin(*purpose, typed)), card: None, request: request.clone() });
        // Once more, as after a lost answer.
        bench.does(Job::AccountAction { reader: READER.to_owned(), pin: None, card: None, request });
    }
    bench.does(Job::AskMail);
}

fn without_card(language: &'static str) {
    let mut bench = Bench::new();
    bench.does(Job::Terms { language });
    bench.does(Job::SetPassword { token: "dG9rZW4".to_owned(), password: secret(PASSWORD) });
    bench.does(Job::LogIn { authentication_id: "A1B2C3D4E5".to_owned(), password: secret(PASSWORD) });
    bench.does(Job::AskMail);
}

pub fn seeds() -> Vec<Vec<u8>> {
    const FIELDS: &[u8] = br#"P422{"type":"about:blank","title":"x","status":422,"code":"fields","detail":"x","errors":[{"field":"name","code":"too_long","limit":3,"over":1},{"field":"phone","code":"missing"}]}"#;
    const WEAK: &[u8] =
        br#"P422{"type":"about:blank","code":"password_refused","errors":[{"field":"password","code":"too_short","need":15,"have":3}]}"#;
    const RESTING: &[u8] =
        b"HTTP/1.1 503 x\r\nRetry-After: Wed, 21 Oct 2099 07:28:00 GMT\r\nDate: Wed, 21 Oct 2026 07:28:00 GMT\r\nContent-Length: 0\r\n\r\n";
    const SESSION: &[u8] = br#"J{"session":"c2Vzc2lvbg","nonce":"bm9uY2U","expires_at":"2099-01-01T00:00:00Z","audience":"{url}","terms":{"version":"2026-11","sha256":"00"},"service":{"name":"x","practice":true,"test_cards":true,"notice":"\u001b]0;x\n\u202e","mail":"folder"}}"#;
    const REGISTERED: &[u8] = br#"J{"authentication_id":"A1B2C3D4E5","registered_at":"2026-11-25T05:00:00Z","mail":{"to":"a***@example.jp","state":"delayed","next_at":"2026-11-25T05:00:00+09:00","folder":"/mail"},"revocation":"good (ocsp 2026-11-25T05:00:00Z)","receipt":"00ff","differs_from_card":["name"]}"#;
    const EXPIRED: &[u8] = br#"P410{"code":"expired"}"#;
    let seed = |mode: u8, parts: &[&[u8]]| [&[mode], joined(parts).as_slice()].concat();
    let mut seeds = vec![
        seed(0, &[b"", SESSION, b""]),
        seed(1, &[SESSION, b"", b"T\xe5\x88\xa9\xe7\x94\xa8", FIELDS, REGISTERED, b""]),
        seed(1, &[b"", b"", b"", RESTING, REGISTERED, b"J{\"mail\":{\"to\":\"x\",\"state\":\"file\"}}"]),
        seed(9, &[b"", b"", b"", EXPIRED, SESSION, b"", REGISTERED]),
        seed(1, &[b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"]),
        seed(3, &[b"", WEAK, b"P401{\"code\":\"login_refused\"}"]),
        seed(3, &[b"T", b"HTTP/1.1 204 x\r\n\r\n", b"", b""]),
    ];
    for number in 0..AccountAction::ALL.len() {
        let mode = u8::try_from(2 + 4 * number).expect("few actions");
        seeds.push(seed(mode, &[b"", b"", b"", b"", b"", b""]));
        seeds.push(seed(mode, &[b"", b"", b"J{\"linked\":false}", b"P409{\"code\":\"card_replaced\"}", b"", b""]));
    }
    seeds
}
