//! Revocation: real OCSP answers and real lists, made by OpenSSL for the authorities of the simulated cards, over HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::{Strategy, any};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use zairyu::card::Purpose;
use zairyu::certificate::Certificate;
use zairyu::certificate::revocation::{Crl, ResponseError, Standing, ocsp};
use zairyu::service::{Limits, Options, Revocation, Running};

use crate::bench::{Bench, Signer, anne, authority, proof, real_now, refusal, taro};
use crate::edge::beside;
use crate::pki::run;

/// How the responder behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    /// As it should; the authority itself signs.
    Well,
    /// As it should; somebody signs whom the authority has told to.
    Delegates,
    /// Somebody signs who has a certificate of the authority for something else.
    Presumes,
    /// Somebody signs whom nobody has told to, but his own certificate.
    Intrudes,
    /// It answers what it has answered before.
    Repeats,
    /// It says that it does not know the certificate.
    Forgets,
    /// It gives out part of a list.
    Parts,
    Babbles,
    Floods,
    Fails,
    Sleeps,
}

/// An authority's books, and the responder that reads them.
struct Books {
    folder: tempfile::TempDir,
    address: SocketAddr,
    mood: Mutex<Mood>,
    asked: AtomicUsize,
}

fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Signing => "signing",
        Purpose::Authentication => "authentication",
    }
}

const BOTH: [Purpose; 2] = [Purpose::Signing, Purpose::Authentication];

impl Books {
    /// Open the books of the authority that the tests trust, with nothing revoked, and answer.
    fn open(cards: &[&Signer]) -> Arc<Books> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let books = Arc::new(Books {
            folder: tempfile::Builder::new().prefix("zairyu-books").tempdir().unwrap(),
            address: listener.local_addr().unwrap(),
            mood: Mutex::new(Mood::Well),
            asked: AtomicUsize::new(0),
        });
        authority().save(books.folder.path()).unwrap();
        for purpose in BOTH {
            let name = word(purpose);
            let from = |end: &str| books.path(&format!("practice-{name}-ca.{end}"));
            run(Command::new("openssl")
                .args(["x509", "-inform", "DER", "-in"])
                .arg(from("cer"))
                .arg("-out")
                .arg(books.path(&format!("{name}.pem"))));
            run(Command::new("openssl")
                .args(["pkey", "-inform", "DER", "-in"])
                .arg(from("key"))
                .arg("-out")
                .arg(books.path(&format!("{name}.key"))));
            std::fs::write(books.path(&format!("{name}.number")), "01\n").unwrap();
            let settings = format!(
                "[ca]\ndefault_ca = own\n[own]\ndatabase = {}\ncrlnumber = {}\ndefault_md = sha256\n[whole]\nauthorityKeyIdentifier = keyid\n\
                 [part]\nissuingDistributionPoint = critical, @point\n[point]\nonlyuser = TRUE\n[delegate]\nextendedKeyUsage = OCSPSigning\n\
                 [other]\nextendedKeyUsage = serverAuth\n",
                books.path(&format!("{name}.index")).display(),
                books.path(&format!("{name}.number")).display()
            );
            std::fs::write(books.path(&format!("{name}.cnf")), settings).unwrap();
            books.write(cards, &[], purpose);
        }
        let answering = Arc::clone(&books);
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let books = Arc::clone(&answering);
                std::thread::spawn(move || books.serve(&socket.unwrap()));
            }
        });
        books
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Write down who has a certificate, and whose is revoked.
    fn write(&self, cards: &[&Signer], revoked: &[&Signer], purpose: Purpose) {
        let entry = |card: &Signer, state: &str| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), card.x5c(purpose)[0]).unwrap();
            let said =
                Command::new("openssl").args(["x509", "-inform", "DER", "-noout", "-serial", "-in"]).arg(file.path()).output().unwrap();
            let said = String::from_utf8(said.stdout).unwrap();
            let serial = said.trim().strip_prefix("serial=").unwrap();
            // OpenSSL wants no two of one name.
            format!("{state}\t{serial}\tunknown\t/CN={serial}\n")
        };
        let good = cards.iter().map(|card| entry(card, "V\t301231235959Z\t"));
        let bad = revoked.iter().map(|card| entry(card, "R\t301231235959Z\t251101000000Z,keyCompromise"));
        std::fs::write(self.path(&format!("{}.index", word(purpose))), good.chain(bad).collect::<String>()).unwrap();
    }

    /// Make somebody who answers for the authority, with this section of extensions.
    fn delegate(&self, name: &str, section: &str) -> (PathBuf, PathBuf) {
        let path = |end: &str| self.path(&format!("{name}-{section}.{end}"));
        if !path("pem").exists() {
            let cnf = self.path(&format!("{name}.cnf"));
            let mut request = Command::new("openssl");
            request.args(["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=responder", "-keyout"]).arg(path("key"));
            run(request.arg("-out").arg(path("csr")));
            let mut issue = Command::new("openssl");
            issue
                .args(["x509", "-req", "-days", "30", "-sha256", "-in"])
                .arg(path("csr"))
                .arg("-CA")
                .arg(self.path(&format!("{name}.pem")));
            issue
                .arg("-CAkey")
                .arg(self.path(&format!("{name}.key")))
                .args(["-CAcreateserial", "-extensions", section, "-extfile"])
                .arg(cnf);
            run(issue.arg("-out").arg(path("pem")));
        }
        (path("pem"), path("key"))
    }

    /// Make somebody who says of himself that he answers.
    fn intruder(&self) -> (PathBuf, PathBuf) {
        let files = (self.path("intruder.pem"), self.path("intruder.key"));
        let mut command = Command::new("openssl");
        command.args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=responder",
            "-addext",
            "extendedKeyUsage=OCSPSigning",
        ]);
        run(command.arg("-out").arg(&files.0).arg("-keyout").arg(&files.1));
        files
    }

    /// Answer a question.
    fn answer(&self, name: &str, question: &[u8], mood: Mood) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let (asked, answer) = (folder.path().join("question"), folder.path().join("answer"));
        std::fs::write(&asked, question).unwrap();
        let (signer, key) = match mood {
            Mood::Delegates => self.delegate(name, "delegate"),
            Mood::Presumes => self.delegate(name, "other"),
            Mood::Intrudes => self.intruder(),
            _ => (self.path(&format!("{name}.pem")), self.path(&format!("{name}.key"))),
        };
        let index = if mood == Mood::Forgets { self.path("nobody.index") } else { self.path(&format!("{name}.index")) };
        std::fs::write(self.path("nobody.index"), "").unwrap();
        let mut command = Command::new("openssl");
        command.args(["ocsp", "-ndays", "1", "-index"]).arg(index).arg("-CA").arg(self.path(&format!("{name}.pem")));
        command.arg("-rsigner").arg(signer).arg("-rkey").arg(key).arg("-reqin").arg(asked).arg("-respout").arg(&answer);
        run(&mut command);
        std::fs::read(answer).unwrap()
    }

    /// Write a list.
    fn list(&self, name: &str, section: &str) -> Vec<u8> {
        // Two at once would take each other's number file away.
        static ONE: Mutex<()> = Mutex::new(());
        let _one = ONE.lock().unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut command = Command::new("openssl");
        command.args(["ca", "-gencrl", "-crldays", "1", "-crlexts", section, "-config"]).arg(self.path(&format!("{name}.cnf")));
        command.arg("-cert").arg(self.path(&format!("{name}.pem"))).arg("-keyfile").arg(self.path(&format!("{name}.key")));
        run(command.arg("-out").arg(file.path()));
        Command::new("openssl").args(["crl", "-outform", "DER", "-in"]).arg(file.path()).output().unwrap().stdout
    }

    /// Answer one client, once.
    fn serve(&self, socket: &TcpStream) {
        let mut reader = BufReader::new(socket);
        let (mut first, mut length) = (String::new(), 0);
        reader.read_line(&mut first).unwrap();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mood = *self.mood.lock().unwrap();
        let name = word(*BOTH.iter().find(|purpose| first.contains(&format!("/{} ", word(**purpose)))).unwrap());
        let (status, said) = match mood {
            Mood::Sleeps => return std::thread::sleep(Duration::from_secs(20)),
            Mood::Fails => ("500 Internal Server Error", Vec::new()),
            Mood::Babbles => ("200 OK", b"<html>".to_vec()),
            Mood::Floods => ("200 OK", vec![0x30; 100 * 1024]),
            Mood::Repeats => ("200 OK", std::fs::read(self.path(&format!("{name}.last"))).unwrap()),
            Mood::Parts => ("200 OK", self.list(name, "part")),
            _ if first.starts_with("GET") => ("200 OK", self.list(name, "whole")),
            _ => ("200 OK", self.answer(name, &body, mood)),
        };
        if mood == Mood::Well {
            std::fs::write(self.path(&format!("{name}.last")), &said).unwrap();
        }
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", said.len());
        // Whoever was flooded has hung up.
        let _ = { socket }.write_all(&[head.as_bytes(), &said].concat());
    }

    fn addresses(&self, way: &str) -> Revocation {
        Revocation::from_words(&BOTH.map(|purpose| format!("{way}:http://{}/{}", self.address, word(purpose)))).unwrap()
    }
}

/// A service that asks the books, and what it has said in its log.
fn asking(bench: &mut Bench, revocation: Revocation, limits: Limits) -> (Running, Arc<Mutex<Vec<String>>>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&said);
    let log = Arc::new(move |line: &str| heard.lock().unwrap().push(line.to_owned()));
    let running = beside(bench, |options| Options { revocation, limits, log, ..options }).unwrap();
    bench.url = format!("http://{}", running.address());
    (running, said)
}

/// Try to prove a session, and return the refusal.
async fn refused(bench: &Bench, card: &Signer) -> (u16, String) {
    let session = bench.session().await;
    let statement = card.statement(Purpose::Authentication, "proof", &bench.payload(&session["nonce"]));
    let response = bench.send(&proof(&session), None, statement).await;
    if response.status() == 503 {
        assert_eq!(response.headers()["retry-after"], "10");
    }
    refusal(response).await
}

fn heard(said: &Mutex<Vec<String>>, line: &str) -> bool {
    said.lock().unwrap().iter().any(|said| said.starts_with(line))
}

fn revoked() -> (u16, String) {
    (401, "certificate_revoked".to_owned())
}

fn resting() -> (u16, String) {
    (503, "resting".to_owned())
}

#[tokio::test]
async fn with_ocsp_a_good_certificate_is_recorded_as_good_and_a_revoked_one_is_refused() {
    let cards = [anne(), taro()];
    let (books, mut bench) = (Books::open(&cards), Bench::start(None));
    let (running, _) = asking(&mut bench, books.addresses("ocsp"), Limits::default());
    let registered = bench.register(anne()).await;
    let found = registered["revocation"].as_str().unwrap();
    let time = found.strip_prefix("good (ocsp ").and_then(|rest| rest.strip_suffix(")")).unwrap();
    let time = time::OffsetDateTime::parse(time, &time::format_description::well_known::Rfc3339).unwrap().unix_timestamp();
    assert!((real_now() - 60..=real_now()).contains(&time), "{found}");
    let export = zairyu::service::UsersCommand::Export { id: registered["authentication_id"].as_str().unwrap().to_owned() };
    let data = bench.data.path().join("beside");
    let export = crate::admin::on_a_thread(move || {
        let mut out = Vec::new();
        zairyu::service::users(None, &data, &export, zairyu::service::Shape::Json, &mut zairyu::text::lines::Lines::new(&mut out)).unwrap();
        serde_json::from_slice::<serde_json::Value>(&out).unwrap()
    })
    .await;
    assert_eq!(export["people"][0]["revocation"], found);
    // Each certificate is asked about at its own statement.
    assert!(books.asked.load(Ordering::SeqCst) >= 2);
    books.write(&[taro()], &[anne()], Purpose::Signing);
    let ask = async |purpose| bench.ask(anne(), purpose, ("resend", "/v1/mail/resend"), json!({})).await;
    assert_eq!(refusal(ask(Purpose::Signing).await).await, revoked());
    assert_eq!(ask(Purpose::Authentication).await.status(), 200);
    let withdrawn = bench.ask(anne(), Purpose::Signing, ("withdraw", "/v1/registrations/withdraw"), json!({})).await;
    assert_eq!(refusal(withdrawn).await, revoked());
    books.write(&[anne()], &[taro()], Purpose::Authentication);
    assert_eq!(refused(&bench, taro()).await, revoked());
    running.stop();
}

#[tokio::test]
async fn where_nothing_certain_is_known_nothing_is_accepted() {
    let (books, mut bench) = (Books::open(&[anne(), taro()]), Bench::start(None));
    let (running, said) = asking(&mut bench, books.addresses("ocsp"), Limits::default());
    let (jti, statement) = bench.ready(anne()).await;
    let register = async || bench.send("/v1/registrations", Some(&jti), statement.clone()).await;
    let first: serde_json::Value = register().await.json().await.unwrap();
    for (mood, reason) in [
        (Mood::Presumes, "not signed"),
        (Mood::Intrudes, "not signed"),
        (Mood::Repeats, "another question"),
        (Mood::Forgets, "does not know"),
        (Mood::Babbles, "understood"),
        (Mood::Floods, "too large"),
        (Mood::Fails, "status 500"),
        (Mood::Sleeps, "in time"),
    ] {
        books.be(mood);
        assert_eq!(refused(&bench, taro()).await, resting(), "{mood:?}");
        let line = said.lock().unwrap().pop().unwrap();
        assert!(line.starts_with("revocation: ") && line.contains(reason), "{mood:?}: {line}");
        if mood == Mood::Fails {
            // What was accepted once gets the same answer.
            let again = register().await;
            assert_eq!(again.status(), 200);
            assert_eq!(again.json::<serde_json::Value>().await.unwrap(), first);
        }
    }
    for mood in [Mood::Well, Mood::Delegates] {
        books.be(mood);
        let session = bench.session().await;
        let statement = taro().statement(Purpose::Authentication, "proof", &bench.payload(&session["nonce"]));
        let proved = bench.send(&proof(&session), None, statement).await;
        assert_eq!(proved.status(), 200, "{mood:?}: {:?}", said.lock().unwrap());
    }
    // The answer is good for a day, by a clock that goes two days later.
    bench.later(2 * 24 * 3600);
    assert_eq!(refused(&bench, taro()).await, resting());
    assert!(said.lock().unwrap().pop().unwrap().contains("out of date"));
    running.stop();
    let nobody = Revocation::from_words(&["ocsp:http://127.0.0.1:9/".to_owned()]).unwrap();
    let (running, said) = asking(&mut bench, nobody, Limits::default());
    assert_eq!(refused(&bench, taro()).await, resting());
    assert_eq!(said.lock().unwrap().pop().unwrap(), "revocation: no connection");
    running.stop();
    // The signing certificate names none, as those of the JPKI do; the other one names the JPKI's, which may not be asked here.
    let (running, said) = asking(&mut bench, Revocation::from_words(&["ocsp".to_owned()]).unwrap(), Limits::default());
    let nowhere = bench.ask(taro(), Purpose::Signing, ("resend", "/v1/mail/resend"), json!({})).await;
    assert_eq!(refusal(nowhere).await, resting());
    assert!(heard(&said, "revocation: the certificate names no responder: set --revocation ocsp:URL"));
    running.stop();
}

#[tokio::test]
async fn with_lists_a_certificate_is_refused_as_soon_as_a_newer_list_holds_it() {
    let cards = [anne(), taro()];
    let (books, mut bench) = (Books::open(&cards), Bench::start(None));
    let limits = Limits { lists: Duration::from_millis(300), ..Limits::default() };
    let (running, _) = asking(&mut bench, books.addresses("crl"), limits);
    let registered = bench.register(anne()).await;
    assert!(registered["revocation"].as_str().unwrap().starts_with("good (crl 20"), "{registered}");
    books.write(&[anne()], &[taro()], Purpose::Authentication);
    let mut answer = (0, String::new());
    for _ in 0..100 {
        let session = bench.session().await;
        let statement = taro().statement(Purpose::Authentication, "proof", &bench.payload(&session["nonce"]));
        let response = bench.send(&proof(&session), None, statement).await;
        if response.status() != 200 {
            answer = refusal(response).await;
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(answer, revoked());
    running.stop();
}

#[tokio::test]
async fn a_list_is_kept_while_it_is_good_and_fetched_again_when_it_is_not() {
    let (books, mut bench) = (Books::open(&[anne(), taro()]), Bench::start(None));
    let (running, said) = asking(&mut bench, books.addresses("crl"), Limits::default());
    bench.prove(&bench.session().await, anne()).await;
    // The signing authority's list came first, and is not this certificate's.
    assert_eq!(books.asked.load(Ordering::SeqCst), 2);
    books.be(Mood::Fails);
    bench.prove(&bench.session().await, taro()).await;
    assert_eq!(books.asked.load(Ordering::SeqCst), 2);
    bench.later(2 * 24 * 3600);
    assert_eq!(refused(&bench, taro()).await, resting());
    assert!(heard(&said, "revocation: answered with status 500"));
    // The next call does not wait for it once more.
    assert_eq!(refused(&bench, taro()).await, resting());
    assert!(heard(&said, "revocation: there is no usable list"));
    running.stop();
    bench.later(-2 * 24 * 3600);
    books.be(Mood::Parts);
    let (running, said) = asking(&mut bench, books.addresses("crl"), Limits::default());
    assert_eq!(refused(&bench, taro()).await, resting());
    assert!(heard(&said, "revocation: the answer has a critical extension"));
    running.stop();
}

#[test]
fn whatever_is_changed_of_an_answer_a_revoked_certificate_never_becomes_good() {
    let books = Books::open(&[]);
    books.write(&[], &[anne()], Purpose::Signing);
    let [leaf, ca] = anne().x5c(Purpose::Signing).map(|der| Certificate::parse(der).unwrap());
    let nonce = [7; 32];
    let answer = books.answer("signing", &ocsp::question(&leaf, &ca, &nonce).unwrap(), Mood::Delegates);
    let list = books.list("signing", "whole");
    let judge_answer = |der: &[u8], nonce| ocsp::answer(der, &leaf, &ca, nonce, real_now()).map(|found| found.standing);
    let judge_list = |der: &[u8]| Crl::read(der, &ca, real_now()).map(|crl| crl.finding(&leaf).standing);
    assert_eq!(judge_answer(&answer, &nonce), Ok(Standing::Revoked));
    assert_eq!(judge_answer(&answer, &[8; 32]), Err(ResponseError::Nonce));
    assert_eq!(judge_list(&list), Ok(Standing::Revoked));
    let other = Certificate::parse(taro().x5c(Purpose::Signing)[0]).unwrap();
    assert_eq!(ocsp::answer(&answer, &other, &ca, &nonce, real_now()).unwrap_err(), ResponseError::OtherCertificate);
    assert_eq!(Crl::read(&list, &other, real_now()).unwrap_err(), ResponseError::Signature);
    let mut runner = TestRunner::deterministic();
    let change = (any::<prop::Index>(), proptest::collection::vec(any::<u8>(), 0..4), 0..4_usize);
    for _ in 0..2000 {
        let (at, bytes, less) = change.new_tree(&mut runner).unwrap().current();
        for (der, is_answer) in [(&answer, true), (&list, false)] {
            let at = at.index(der.len());
            let mut changed = der.clone();
            changed.splice(at..(at + less).min(der.len()), bytes.iter().copied());
            let judged = if is_answer { judge_answer(&changed, &nonce) } else { judge_list(&changed) };
            assert_ne!(judged, Ok(Standing::Good), "{at} {bytes:?} {less}");
        }
    }
}

mod prop {
    pub(super) use proptest::sample::Index;
}
