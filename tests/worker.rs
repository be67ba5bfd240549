//! The worker with a simulated card and the real service, over a line that can lose answers, change words and be slow.
#![cfg(feature = "service")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "worker/account_actions.rs"]
mod account_actions;
#[path = "common/cards.rs"]
mod cards;
#[path = "common/letters.rs"]
mod letters;
#[path = "worker/next_card.rs"]
mod next_card;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use cards::{anchors, authority, pin, real_now};
use zairyu::card::simulated::slot::READER;
use zairyu::card::simulated::{AUTHENTICATION_PIN, Card, Fault, PEOPLE, SIGNING_PIN, Slot};
use zairyu::card::{self, Access, Link, Port, Purpose, Tries};
use zairyu::certificate::Anchors;
use zairyu::error::Code;
use zairyu::protocol::authentication_id::AuthenticationId;
use zairyu::protocol::terms;
use zairyu::registration::{Category, Form};
use zairyu::service::{self, Options, PasswordRules, Running};
use zairyu::worker::{
    Confirmed, Job, JobError, MailState, Message, OpenSession, Phase, Prepared, Registered, Reply, Setup, Ticket, Worker,
};

/// Longer than any timeout of the worker.
const LONG: Duration = Duration::from_secs(30);
/// Much shorter than any timeout of the worker, and much longer than anything that is said to be instant.
const SOON: Duration = Duration::from_secs(4);

fn card(faults: &[Fault]) -> Card {
    Card::make(authority(), &PEOPLE[0], faults, real_now()).unwrap()
}

fn form() -> Form {
    let form: Form = serde_json::from_str(include_str!("common/form.json")).unwrap();
    Form { category: Category::Family, residence_card: None, ..form }
}

/// What the line does with an answer of the service, given the request's first line: passes it on, or what a test makes of it.
type Meddle = Box<dyn FnMut(&str, Vec<u8>) -> Option<Vec<u8>> + Send>;

/// A person's desk: card, worker, line, service.
struct Bench {
    slot: Slot,
    worker: Worker,
    said: mpsc::Receiver<Message>,
    ticket: std::cell::Cell<u32>,
    meddle: Arc<Mutex<Meddle>>,
    /// SHA-256 of the signing certificate that was read last.
    certificate: std::cell::Cell<[u8; 32]>,
    /// The terms of the session that was proved last.
    terms: std::cell::RefCell<String>,
    /// How far the service's clock is ahead, in seconds.
    ahead: Arc<AtomicI64>,
    folder: tempfile::TempDir,
    _service: Running,
}

impl Bench {
    fn new() -> Bench {
        Bench::with(|_| ())
    }

    /// Set up with a service that is run in another way.
    fn with(change: impl FnOnce(&mut Options)) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let meddle: Arc<Mutex<Meddle>> = Arc::new(Mutex::new(Box::new(|_, answer| Some(answer))));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let ahead = Arc::new(AtomicI64::new(0));
        let clock = Arc::clone(&ahead);
        let mut options = Options {
            anchors: anchors(),
            test_cards: true,
            practice: true,
            public_url: Some(url.clone()),
            name: "練習".into(),
            clock: Arc::new(move || real_now() + clock.load(Ordering::SeqCst)),
            ..Options::embedded(folder.path().to_owned())
        };
        change(&mut options);
        let service = service::start(options).unwrap();
        line(listener, service.address(), Arc::clone(&meddle));
        let slot = Slot::new();
        slot.insert(card(&[]));
        let port = slot.port();
        let (worker, said) = worker(&url, move || Box::new(port));
        Bench {
            slot,
            worker,
            said,
            ticket: Default::default(),
            certificate: Default::default(),
            terms: Default::default(),
            meddle,
            ahead,
            folder,
            _service: service,
        }
    }

    /// Put something between the service and the worker.
    fn meddle(&self, meddle: impl FnMut(&str, Vec<u8>) -> Option<Vec<u8>> + Send + 'static) {
        *self.meddle.lock().unwrap() = Box::new(meddle);
    }

    fn start(&self, job: Job) -> Ticket {
        self.ticket.set(self.ticket.get() + 1);
        self.worker.send(Ticket(self.ticket.get()), job);
        Ticket(self.ticket.get())
    }

    /// Do a job; return what it was doing on the way, and its answer.
    fn watched(&self, job: Job) -> (Vec<Phase>, Reply) {
        let ticket = self.start(job);
        let (progress, reply) = answer(&self.said, ticket, LONG);
        if let Reply::Proved(opened) = &reply {
            self.terms.replace(opened.terms.clone());
        }
        (progress, reply)
    }

    fn does(&self, job: Job) -> Reply {
        self.watched(job).1
    }

    fn signs(&self) -> Reply {
        let reply = self.does(signing(SIGNING_PIN));
        if let Reply::SignedIn(certificate) = &reply {
            self.certificate.set(certificate.fingerprint);
        }
        reply
    }

    fn authenticates(&self) -> Reply {
        self.does(authenticating())
    }

    fn registers(&self) -> Reply {
        self.does(self.registering(form()))
    }

    /// A registration with the card that was signed in with last.
    fn registering(&self, form: Form) -> Job {
        let confirmed = Confirmed { form, terms: self.terms.borrow().clone(), differs: Vec::new(), certificate: self.certificate.get() };
        Job::Register { confirmed: Arc::new(confirmed), language: "en" }
    }

    /// Give both PINs.
    fn come_in(&self) -> OpenSession {
        assert!(matches!(self.signs(), Reply::SignedIn(_)));
        match self.authenticates() {
            Reply::Proved(opened) => *opened,
            other => panic!("{other:?}"),
        }
    }

    fn mails(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("mail")).map_or(0, Iterator::count)
    }
}

/// Let the service say in its answers that it is another time.
fn say_it_is(bench: &Bench, date: &'static str) {
    bench.meddle(move |_, answer| {
        let text = String::from_utf8(answer).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let kept = head.split("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("date:")).collect::<Vec<_>>().join("\r\n");
        Some(format!("{kept}\r\nDate: {date}\r\n\r\n{body}").into_bytes())
    });
}

#[test]
fn the_clock_is_blamed_before_a_certificate_that_seems_to_be_of_another_time() {
    for (purpose, expired) in
        [(Purpose::Signing, Code::SigningCertificateExpired), (Purpose::Authentication, Code::AuthenticationCertificateExpired)]
    {
        for (fault, blamed) in [(Fault::Expired(purpose), expired), (Fault::NotYetValid(purpose), Code::CertificateNotYetValid)] {
            let bench = Bench::new();
            bench.slot.take();
            bench.slot.insert(card(&[fault]));
            let proves = || match purpose {
                Purpose::Signing => bench.signs(),
                Purpose::Authentication => bench.authenticates(),
            };
            assert_eq!(code(proves()), blamed, "{fault:?}");
            say_it_is(&bench, "Fri, 01 Jan 2100 00:00:00 GMT");
            assert_eq!(code(proves()), Code::ClockWrong, "{fault:?}");
        }
    }
}

#[test]
fn a_card_is_not_said_to_have_ended_before_any_pin_while_the_clock_is_wrong() {
    let bench = Bench::new();
    let look = || bench.does(Job::ReadStatus { reader: READER.into() });
    say_it_is(&bench, "Fri, 01 Jan 2100 00:00:00 GMT");
    assert!(matches!(look(), Reply::Status(_)), "nobody asks for the time without a reason");
    bench.slot.take();
    bench.slot.insert(card(&[Fault::Expired(Purpose::Authentication)]));
    assert_eq!(code(look()), Code::ClockWrong);
    bench.meddle(|_, answer| Some(answer));
    assert!(matches!(look(), Reply::Status(_)));
}

fn signing(typed: &str) -> Job {
    Job::SignIn { reader: READER.into(), pin: pin(Purpose::Signing, typed), card: None }
}

fn authenticating() -> Job {
    Job::Authenticate { reader: READER.into(), pin: pin(Purpose::Authentication, AUTHENTICATION_PIN), card: None }
}

fn worker(url: &str, port: impl FnOnce() -> Box<dyn Port> + Send + 'static) -> (Worker, mpsc::Receiver<Message>) {
    let (tell, said) = mpsc::channel();
    let service = Ok(url.to_owned());
    let prepare = move || Prepared { port: port(), service, anchors: anchors() };
    let setup = Setup { prepare: Box::new(prepare), test_cards: true, client: "zairyu/test" };
    (Worker::start(setup, Box::new(move |message| drop(tell.send(message)))), said)
}

/// Wait for the end of a job; return what it was doing on the way, and its answer.
fn answer(said: &mpsc::Receiver<Message>, wanted: Ticket, patience: Duration) -> (Vec<Phase>, Reply) {
    let mut progress = Vec::new();
    loop {
        let Message { ticket, reply } = said.recv_timeout(patience).expect("an answer");
        assert_eq!(ticket, wanted, "{reply:?}");
        match reply {
            Reply::Progress(step) => progress.push(step.phase),
            reply => {
                progress.dedup();
                return (progress, reply);
            }
        }
    }
}

fn code(reply: Reply) -> Code {
    match reply {
        Reply::Failed(trouble) => trouble.code(),
        other => panic!("{other:?}"),
    }
}

fn registered(reply: Reply) -> Registered {
    match reply {
        Reply::Registered(registered) => *registered,
        other => panic!("{other:?}"),
    }
}

/// Pass requests to the service and answers back, one connection after another; a test's meddling may change or lose an answer.
fn line(listener: TcpListener, service: SocketAddr, meddle: Arc<Mutex<Meddle>>) {
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let Some(request) = message(&mut client) else { continue };
            let first = String::from_utf8_lossy(&request).lines().next().unwrap().to_owned();
            let mut server = TcpStream::connect(service).unwrap();
            server.write_all(&request).unwrap();
            let answer = message(&mut server).unwrap();
            if let Some(answer) = (meddle.lock().unwrap())(&first, answer) {
                let _ = client.write_all(&answer);
            }
        }
    });
}

/// Read one HTTP message: its head, and as much body as it announces.
fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    let mut byte = [0];
    while !read.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        read.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&read).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.trim().parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    read.append(&mut body);
    Some(read)
}

#[test]
fn what_the_service_asks_of_a_password_is_known_without_a_card() {
    let bench = Bench::with(|options| options.password_rules = PasswordRules::AGENCY_LIKE);
    assert!(matches!(bench.does(Job::PasswordRules), Reply::PasswordRules(PasswordRules::AGENCY_LIKE)));
}

#[test]
fn a_person_registers_with_two_pins_and_is_told_so_the_second_time() {
    let bench = Bench::new();
    let Reply::Status(facts) = bench.does(Job::ReadStatus { reader: READER.into() }) else { panic!("no facts") };
    assert_eq!(facts.signing_tries, Tries::Left(5));
    let (progress, reply) = bench.watched(signing(SIGNING_PIN));
    assert_eq!(progress, [Phase::Connecting, Phase::Verifying, Phase::Reading]);
    let Reply::SignedIn(certificate) = reply else { panic!("{reply:?}") };
    bench.certificate.set(certificate.fingerprint);
    assert_eq!(certificate.holder.name.as_deref(), Some("ＭＯＮＴＧＯＭＥＲＹ　ＡＮＮＥ"));
    assert!(matches!(bench.does(Job::ReadStatus { reader: READER.into() }), Reply::Status(_)), "the card that is held answers itself");
    let Reply::Proved(opened) = bench.authenticates() else { panic!("not proved") };
    assert_eq!((opened.practice, opened.test_cards), (true, true));
    let Reply::Terms(text) = bench.does(Job::Terms { language: "ja" }) else { panic!("no terms") };
    assert_eq!(text, terms::text("ja"));
    let done = registered(bench.registers());
    assert!(AuthenticationId::parse(&done.authentication_id).is_some(), "{done:?}");
    assert_eq!((done.mail.to.as_str(), done.revocation.as_str()), ("a***@example.jp", "unchecked"));
    assert!(done.mail.state == MailState::File && done.mail.folder.is_some());
    // The card was given back, and nothing is left of the person.
    assert!(bench.slot.port().connect(READER, Access::Exclusive).is_ok());
    assert_eq!(code(bench.registers()), Code::SessionExpired);
    assert!(matches!(bench.signs(), Reply::SignedIn(_)));
    assert_eq!(code(bench.authenticates()), Code::AlreadyRegistered);
}

#[test]
fn a_wrong_pin_says_how_many_tries_are_left() {
    let bench = Bench::new();
    let Reply::Failed(trouble) = bench.does(signing("WRONG1")) else { panic!("accepted") };
    let JobError::Card(trouble) = *trouble else { panic!("{trouble:?}") };
    assert_eq!((trouble.code, trouble.tries), (Code::SigningWrong, Some(Tries::Left(4))));
    assert!(matches!(bench.signs(), Reply::SignedIn(_)));
}

#[test]
fn a_certificate_that_cannot_be_used_ends_it_before_the_second_pin() {
    for (fault, expected) in [
        (Fault::Absent(Purpose::Signing), Code::SigningCertificateAbsent),
        (Fault::Expired(Purpose::Signing), Code::SigningCertificateExpired),
        (Fault::NotYetValid(Purpose::Signing), Code::CertificateNotYetValid),
        (Fault::Garbage, Code::CardGarbled),
    ] {
        let slot = Slot::new();
        slot.insert(card(&[fault]));
        let port = slot.port();
        let (worker, said) = worker("http://127.0.0.1:1", move || Box::new(port));
        worker.send(Ticket(1), signing(SIGNING_PIN));
        assert_eq!(code(answer(&said, Ticket(1), LONG).1), expected);
        worker.send(Ticket(2), Job::Prove);
        assert_eq!(code(answer(&said, Ticket(2), LONG).1), Code::AuthenticationForgotten);
    }
}

#[test]
fn a_lost_answer_is_asked_for_again_without_the_card_and_registers_once() {
    let bench = Bench::new();
    bench.come_in();
    bench.meddle(|first, answer| (!first.contains("/v1/registrations")).then_some(answer));
    assert_eq!(code(bench.registers()), Code::AnswerGarbled);
    bench.slot.lift();
    bench.meddle(|_, answer| Some(answer));
    let done = registered(bench.registers());
    assert!(AuthenticationId::parse(&done.authentication_id).is_some());
    let begun = Instant::now();
    while bench.mails() == 0 && begun.elapsed() < LONG {
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(bench.mails(), 1);
}

#[test]
fn a_service_at_rest_gets_the_same_statement_again() {
    let bench = Bench::new();
    bench.come_in();
    bench.meddle(|_, _| Some(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n".to_vec()));
    let Reply::Failed(trouble) = bench.registers() else { panic!("registered") };
    assert!(matches!(*trouble, JobError::Service { code: Code::ServiceResting, retry_after: Some(9), .. }), "{trouble:?}");
    bench.meddle(|_, answer| Some(answer));
    let (progress, reply) = bench.watched(bench.registering(form()));
    assert_eq!(progress, [Phase::Sending]);
    registered(reply);
}

#[test]
fn a_form_that_was_mended_is_signed_anew() {
    let bench = Bench::new();
    bench.come_in();
    let wrong = Form { phone: "1".into(), ..form() };
    let Reply::Failed(trouble) = bench.does(bench.registering(wrong)) else { panic!("registered") };
    let JobError::Service { code: Code::FieldsRefused, faults, .. } = *trouble else { panic!("{trouble:?}") };
    assert!(!faults.is_empty());
    let (progress, reply) = bench.watched(bench.registering(form()));
    assert_eq!(progress, [Phase::Signing, Phase::Sending]);
    registered(reply);
}

#[test]
fn a_card_that_was_lifted_is_asked_for_the_password_again_and_the_registration_goes_on() {
    let bench = Bench::new();
    bench.come_in();
    bench.slot.lift();
    assert_eq!(code(bench.registers()), Code::SigningForgotten);
    assert_eq!(code(bench.signs()), Code::NoCard);
    bench.slot.put_back();
    assert!(matches!(bench.signs(), Reply::SignedIn(_)));
    registered(bench.registers());
}

#[test]
fn another_card_in_the_middle_is_refused_and_welcome_after_release() {
    let bench = Bench::new();
    bench.come_in();
    bench.slot.insert(Card::make(authority(), &PEOPLE[1], &[], real_now()).unwrap());
    assert_eq!(code(bench.registers()), Code::SigningForgotten);
    assert_eq!(code(bench.signs()), Code::OtherCard);
    assert_eq!(bench.slot.look(|card| card.tries(Purpose::Signing)), Some(5), "no try was spent on it");
    assert!(matches!(bench.does(Job::AbandonRegistration), Reply::Released));
    let Reply::SignedIn(certificate) = bench.signs() else { panic!("refused") };
    assert_eq!(certificate.holder.name.as_deref(), Some("山田　太郎"));
}

#[test]
fn a_pin_is_sent_to_no_other_card_than_the_visit_s() {
    let bench = Bench::new();
    let Reply::Status(facts) = bench.does(Job::ReadStatus { reader: READER.into() }) else { panic!("no facts") };
    bench.slot.insert(Card::make(authority(), &PEOPLE[1], &[], real_now()).unwrap());
    for (purpose, typed) in [(Purpose::Signing, SIGNING_PIN), (Purpose::Authentication, AUTHENTICATION_PIN)] {
        let (reader, pin, card) = (READER.to_owned(), pin(purpose, typed), facts.identity);
        let reply = bench.does(match purpose {
            Purpose::Signing => Job::SignIn { reader, pin, card },
            Purpose::Authentication => Job::Authenticate { reader, pin, card },
        });
        assert_eq!(code(reply), Code::OtherCard);
        // Also when it was looked at meanwhile, and is the one that is known best.
        bench.does(Job::ReadStatus { reader: READER.into() });
    }
    assert_eq!(bench.slot.look(|card| (card.tries(Purpose::Signing), card.tries(Purpose::Authentication))), Some((5, 3)));
    assert!(bench.slot.port().connect(READER, Access::Exclusive).is_ok(), "it was let go");
}

#[test]
fn a_form_is_signed_by_no_other_card_than_the_one_that_it_was_filled_from() {
    let bench = Bench::new();
    bench.come_in();
    let annes = bench.registering(form());
    bench.does(Job::EndVisit);
    bench.slot.insert(Card::make(authority(), &PEOPLE[1], &[], real_now()).unwrap());
    bench.come_in();
    let (progress, reply) = bench.watched(annes);
    assert_eq!(code(reply), Code::OtherCard);
    assert!(!progress.contains(&Phase::Signing), "{progress:?}");
}

#[test]
fn a_card_that_is_given_back_for_a_while_keeps_its_session() {
    let bench = Bench::new();
    bench.come_in();
    assert!(matches!(bench.does(Job::ReleaseCard), Reply::Released));
    assert!(bench.slot.port().connect(READER, Access::Exclusive).is_ok());
    assert_eq!(code(bench.registers()), Code::SigningForgotten);
    assert!(matches!(bench.signs(), Reply::SignedIn(_)));
    registered(bench.registers());
}

/// Let the session run out before the service sees the next request, and only for that one; then pass answers on, changed.
fn expire_once(bench: &Bench, change: impl Fn(String) -> String + Send + 'static) {
    bench.ahead.store(31 * 60, Ordering::SeqCst);
    let ahead = Arc::clone(&bench.ahead);
    bench.meddle(move |_, answer| {
        ahead.store(0, Ordering::SeqCst);
        Some(change(String::from_utf8(answer).unwrap()).into_bytes())
    });
}

#[test]
fn a_session_that_ran_out_is_proved_again_without_another_pin() {
    let bench = Bench::new();
    bench.come_in();
    expire_once(&bench, |answer| answer);
    let (progress, reply) = bench.watched(bench.registering(form()));
    registered(reply);
    assert_eq!(progress.iter().filter(|doing| **doing == Phase::Signing).count(), 3, "{progress:?}");
}

#[test]
fn terms_that_have_changed_are_never_signed_unseen() {
    let bench = Bench::new();
    let agreed = bench.come_in().terms;
    expire_once(&bench, move |answer| answer.replace(&agreed, "2099-12"));
    assert_eq!(code(bench.registers()), Code::TermsChanged);
    assert_eq!(code(bench.registers()), Code::SessionExpired, "nothing is signed before the new terms were told");
    let Reply::Proved(opened) = bench.does(Job::Prove) else { panic!("not proved") };
    assert_eq!(opened.terms, "2099-12");
}

#[test]
fn terms_that_a_later_proof_has_brought_are_not_signed_for_a_form_of_the_earlier_ones() {
    let bench = Bench::new();
    let agreed = bench.come_in().terms;
    let registration = bench.registering(form());
    bench.meddle(move |_, answer| Some(String::from_utf8(answer).unwrap().replace(&agreed, "2099-12").into_bytes()));
    assert!(matches!(bench.does(Job::Prove), Reply::Proved(_)));
    let (progress, reply) = bench.watched(registration);
    assert_eq!(code(reply), Code::TermsChanged);
    assert!(!progress.contains(&Phase::Signing), "{progress:?}");
}

#[test]
fn a_service_that_calls_itself_by_another_name_gets_no_signature() {
    let bench = Bench::with(|options| options.public_url = Some("https://register.example.jp".to_owned()));
    assert!(matches!(bench.signs(), Reply::SignedIn(_)));
    let (progress, reply) = bench.watched(authenticating());
    assert_eq!(code(reply), Code::AnswerGarbled);
    assert!(!progress.contains(&Phase::Signing), "{progress:?}");
}

#[test]
fn a_service_that_refuses_the_card_says_whether_it_takes_no_test_cards_or_does_not_know_the_authority() {
    let no_tests: fn(&mut Options) = |options| (options.test_cards, options.practice) = (false, false);
    let no_authority: fn(&mut Options) = |options| options.anchors = Anchors::pinned();
    for (change, expected) in [(no_tests, Code::TestCardRefused), (no_authority, Code::CertificateRefused)] {
        let bench = Bench::with(change);
        assert!(matches!(bench.signs(), Reply::SignedIn(_)));
        assert_eq!(code(bench.authenticates()), expected);
    }
}

#[test]
fn an_authority_that_this_program_does_not_know_ends_it_before_the_second_pin() {
    let slot = Slot::new();
    slot.insert(card(&[]));
    let port = slot.port();
    let (tell, said) = mpsc::channel();
    let prepare = move || Prepared { port: Box::new(port), service: Ok("http://127.0.0.1:1".to_owned()), anchors: Anchors::pinned() };
    let setup = Setup { prepare: Box::new(prepare), test_cards: true, client: "zairyu/test" };
    let worker = Worker::start(setup, Box::new(move |message| drop(tell.send(message))));
    worker.send(Ticket(1), signing(SIGNING_PIN));
    assert_eq!(code(answer(&said, Ticket(1), LONG).1), Code::IssuerUnknown);
}

#[test]
fn a_tls_certificate_that_nobody_trusts_is_no_service() {
    let folder = tempfile::tempdir().unwrap();
    authority().save(folder.path()).unwrap();
    let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let is_key = |path: &std::path::PathBuf| path.to_string_lossy().contains("sign") && path.extension().is_some_and(|end| end == "key");
    let key = std::fs::read(files.into_iter().find(is_key).unwrap()).unwrap();
    zairyu::tls::install_provider();
    let chain = vec![authority().certificate(Purpose::Signing).to_vec().into()];
    let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key.try_into().unwrap());
    let config = Arc::new(config.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut tls = rustls::ServerConnection::new(config).unwrap();
        while tls.is_handshaking() && tls.complete_io(&mut stream).is_ok() {}
    });
    let (worker, said) = worker(&url, || Box::new(Slot::new().port()));
    worker.send(Ticket(1), Job::Terms { language: "ja" });
    assert_eq!(code(answer(&said, Ticket(1), LONG).1), Code::TlsUntrusted);
}

#[test]
fn what_is_cancelled_says_nothing_more_and_the_next_job_begins_at_once() {
    let bench = Bench::new();
    let (reached, wait) = mpsc::channel();
    let mut once = Some(reached);
    bench.meddle(move |_, answer| match once.take() {
        Some(reached) => {
            reached.send(()).unwrap();
            std::thread::sleep(Duration::from_millis(300));
            None
        }
        None => Some(answer),
    });
    bench.start(Job::Terms { language: "en" });
    bench.start(Job::Terms { language: "en" });
    wait.recv_timeout(LONG).unwrap();
    bench.worker.cancel();
    let third = bench.start(Job::Terms { language: "ja" });
    let first = bench.said.recv_timeout(SOON).unwrap();
    assert!(first.ticket < third && matches!(first.reply, Reply::Progress(_)), "{first:?}");
    assert!(matches!(answer(&bench.said, third, SOON).1, Reply::Terms(_)));
}

#[test]
fn a_look_at_the_card_is_told_whatever_is_cancelled_beside_it() {
    let slot = Slot::new();
    slot.insert(card(&[Fault::Slow(Duration::from_millis(20))]));
    let port = slot.port();
    let (worker, said) = worker("http://127.0.0.1:1", move || Box::new(port));
    worker.send(Ticket(1), Job::ReadStatus { reader: READER.into() });
    worker.send(Ticket(2), Job::Terms { language: "en" });
    worker.cancel();
    assert!(matches!(answer(&said, Ticket(1), LONG).1, Reply::Status(_)));
}

#[test]
fn a_cancelled_sign_leaves_no_card_open() {
    let slot = Slot::new();
    slot.insert(card(&[Fault::Slow(Duration::from_millis(20))]));
    let port = slot.port();
    let (worker, said) = worker("http://127.0.0.1:1", move || Box::new(port));
    worker.send(Ticket(1), signing(SIGNING_PIN));
    while !matches!(said.recv_timeout(LONG).unwrap().reply, Reply::Progress(step) if step.phase == Phase::Verifying) {}
    worker.cancel();
    worker.send(Ticket(2), Job::Prove);
    assert_eq!(code(answer(&said, Ticket(2), LONG).1), Code::AuthenticationForgotten);
    assert!(slot.port().connect(READER, Access::Exclusive).is_ok());
}

/// A way to readers that breaks: the first connection panics, the second never comes back.
struct Broken(u32);

impl Port for Broken {
    fn readers(&mut self) -> Result<Vec<card::Reader>, card::CardError> {
        Ok(Vec::new())
    }

    fn connect(&mut self, _: &str, _: Access) -> Result<Box<dyn Link>, card::CardError> {
        self.0 += 1;
        assert!(self.0 > 1, "the driver has a fault");
        std::thread::sleep(LONG);
        Err(Code::CardMute.into())
    }
}

#[test]
fn a_fault_of_the_worker_is_told_and_survived_and_a_stuck_reader_does_not_hold_the_program() {
    let (worker, said) = worker("http://127.0.0.1:1", || Box::new(Broken(0)));
    worker.send(Ticket(1), Job::ReadStatus { reader: READER.into() });
    assert_eq!(code(answer(&said, Ticket(1), LONG).1), Code::WorkerDied);
    worker.send(Ticket(2), Job::AbandonRegistration);
    assert!(matches!(answer(&said, Ticket(2), LONG).1, Reply::Released));
    worker.send(Ticket(3), Job::ReadStatus { reader: READER.into() });
    std::thread::sleep(Duration::from_millis(100));
    let begun = Instant::now();
    drop(worker);
    let took = begun.elapsed();
    assert!(took > Duration::from_millis(400) && took < SOON, "{took:?}");
}

#[test]
fn a_worker_that_could_not_begin_says_so() {
    let (worker, said) = worker("http://127.0.0.1:1", || panic!("no context"));
    worker.send(Ticket(1), Job::Prove);
    assert_eq!(code(answer(&said, Ticket(1), LONG).1), Code::WorkerDied);
}
