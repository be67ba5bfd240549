//! A service under test: started for real, spoken to over real HTTP, with a clock that the test turns, and simulated cards that sign.
//! What is expected of it stands in the tests.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384};
use zairyu::card::Purpose;
use zairyu::card::simulated::chip::{Outcome, Power};
use zairyu::card::simulated::{AUTHENTICATION_PIN, Authority, Card, Fault, Person, SIGNING_PIN};
use zairyu::certificate::{Algorithm, Anchors, Certificate};
use zairyu::protocol::session::PasswordRules;
use zairyu::service::{MailSettings, Options, Peers, Running, start};

mod cards;
/// The contract, which every answer is compared with.
pub(crate) mod contract;

pub(crate) use cards::{authority, next_authority, real_now};
use contract::Client;

/// A card that signs without asking.
pub(crate) struct Signer(Arc<Mutex<Card>>, [Vec<u8>; 4]);

/// Return the one card that most tests use.
pub(crate) fn anne() -> &'static Signer {
    static ANNE: OnceLock<Signer> = OnceLock::new();
    ANNE.get_or_init(|| Signer::make(authority(), "anne", &[]))
}

/// Return another person's card.
pub(crate) fn taro() -> &'static Signer {
    static TARO: OnceLock<Signer> = OnceLock::new();
    TARO.get_or_init(|| Signer::make(authority(), "taro", &[]))
}

impl Signer {
    /// Make a card of an authority.
    pub(crate) fn make(authority: &Authority, person: &str, faults: &[Fault]) -> Signer {
        let mut card = Card::make(authority, Person::find(person).unwrap(), faults, real_now()).unwrap();
        card.power(Power::On);
        send(&mut card, &[0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01]);
        for (file, pin) in [(0x1B, SIGNING_PIN), (0x18, AUTHENTICATION_PIN)] {
            select(&mut card, file);
            let mut verify = vec![0x00, 0x20, 0x00, 0x80, u8::try_from(pin.len()).unwrap()];
            verify.extend(pin.as_bytes());
            send(&mut card, &verify);
        }
        let files = [0x01, 0x02, 0x0A, 0x0B].map(|file| read(&mut card, file));
        Signer(Arc::new(Mutex::new(card)), files)
    }

    /// Make the card of another person, told apart by a number of at most six digits: certificates of its own for the keys of this card,
    /// whose search is what takes long.
    pub(crate) fn reissued(&self, authority: &Authority, number: u32) -> Signer {
        self.reissued_to(authority, number, &[])
    }

    /// Make the card of another person with other words, each of the same length, in the signing certificate.
    pub(crate) fn reissued_to(&self, authority: &Authority, number: u32, words: &[(&str, &str)]) -> Signer {
        let reissue = |purpose, leaf: &[u8], words: &[(&str, &str)]| {
            let name = Certificate::parse(leaf).unwrap().common_name().unwrap();
            let other = format!("{number:06}{}", &name[6..]);
            let named = replaced(body(leaf), name.as_bytes(), other.as_bytes());
            let said = words.iter().fold(named, |body, (from, to)| replaced(&body, from.as_bytes(), to.as_bytes()));
            authority.sign(purpose, &said).unwrap()
        };
        let [signing, _, authentication, _] = &self.1;
        let signing = reissue(Purpose::Signing, signing, words);
        let authentication = reissue(Purpose::Authentication, authentication, &[]);
        let [signing_ca, authentication_ca] = [Purpose::Signing, Purpose::Authentication].map(|of| authority.certificate(of).to_vec());
        Signer(Arc::clone(&self.0), [signing, signing_ca, authentication, authentication_ca])
    }

    /// Return the certificate and its authority's.
    pub(crate) fn x5c(&self, purpose: Purpose) -> [&[u8]; 2] {
        match purpose {
            Purpose::Signing => [&self.1[0], &self.1[1]],
            Purpose::Authentication => [&self.1[2], &self.1[3]],
        }
    }

    /// Return the right form of its holder.
    pub(crate) fn form(&self) -> Value {
        let holder = Certificate::parse(&self.1[0]).unwrap().holder();
        let mut form: Value = serde_json::from_str(include_str!("form.json")).unwrap();
        // An address as a carrier has issued it, which is the hardest to mail to.
        form["email"] = json!("foo..bar.@docomo.ne.jp");
        let own = match holder.name.as_deref() {
            Some("ＭＯＮＴＧＯＭＥＲＹ　ＡＮＮＥ") => json!({}),
            Some("山田　太郎") => json!({ "name": "YAMADA TARO", "sex": "male", "birth_date": "1985-06-15", "municipality": "14204",
                "address_line": "御成町１８－１０" }),
            Some("ヤマダ　ハナコ") => json!({ "name": "YAMADA HANAKO", "birth_date": "2001-02", "municipality": "47201",
                "address_line": "泉崎１－１－１" }),
            other => panic!("whose form? {other:?}"),
        };
        for (field, value) in own.as_object().unwrap() {
            form[field] = value.clone();
        }
        form
    }

    /// Return the algorithm of a key.
    pub(crate) fn algorithm(&self, purpose: Purpose) -> Algorithm {
        Certificate::parse(self.x5c(purpose)[0]).unwrap().algorithm().unwrap()
    }

    /// Sign a text as the JPKI application does: with RSA `DigestInfo(SHA-256)`, with ECDSA the bare SHA-384.
    pub(crate) fn sign(&self, purpose: Purpose, text: &str) -> Vec<u8> {
        let mut card = self.0.lock().unwrap();
        select(&mut card, if purpose == Purpose::Signing { 0x1A } else { 0x17 });
        let info = [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];
        let input = match self.algorithm(purpose) {
            Algorithm::Rs256 => [&info[..], &Sha256::digest(text)].concat(),
            Algorithm::Es384 => Sha384::digest(text).to_vec(),
        };
        send(&mut card, &[&[0x80, 0x2A, 0x00, 0x80, u8::try_from(input.len()).unwrap()], &input[..], &[0x00]].concat())
    }

    /// Write a statement from a header and a payload that may hold anything.
    pub(crate) fn statement_of(&self, purpose: Purpose, header: &str, payload: &str) -> String {
        let input =
            format!("{}.{}", Base64UrlUnpadded::encode_string(header.as_bytes()), Base64UrlUnpadded::encode_string(payload.as_bytes()));
        let signature = self.sign(purpose, &input);
        format!("{input}.{}", Base64UrlUnpadded::encode_string(&signature))
    }

    /// Return the right header of a kind of statement.
    pub(crate) fn header(&self, purpose: Purpose, kind: &str) -> String {
        let x5c = self.x5c(purpose).map(Base64::encode_string);
        let alg = match self.algorithm(purpose) {
            Algorithm::Rs256 => "RS256",
            Algorithm::Es384 => "ES384",
        };
        json!({ "alg": alg, "typ": format!("zairyu-{kind}+jws"), "x5c": x5c }).to_string()
    }

    /// Write a right statement.
    pub(crate) fn statement(&self, purpose: Purpose, kind: &str, payload: &Value) -> String {
        self.statement_of(purpose, &self.header(purpose, kind), &payload.to_string())
    }
}

/// Return the body of a certificate, TBSCertificate: what is signed. Both headers have four bytes in all certificates of cards.
pub(crate) fn body(certificate: &[u8]) -> &[u8] {
    &certificate[4..8 + usize::from(u16::from_be_bytes([certificate[6], certificate[7]]))]
}

/// Return bytes with one part, which must be there once, replaced by another of the same length.
pub(crate) fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut places = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(from));
    let (Some(at), None) = (places.next(), places.next()) else { panic!("not there once: {from:02X?}") };
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

fn select(card: &mut Card, file: u8) {
    send(card, &[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, file]);
}

fn read(card: &mut Card, file: u8) -> Vec<u8> {
    select(card, file);
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let [high, low] = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        let part = send(card, &[0x00, 0xB0, high, low, 0x00]);
        bytes.extend(&part);
        if part.len() < 256 {
            let length = usize::from(u16::from_be_bytes([bytes[2], bytes[3]])) + 4;
            bytes.truncate(length);
            return bytes;
        }
    }
}

fn send(card: &mut Card, command: &[u8]) -> Vec<u8> {
    let Outcome::Answer(mut answer) = card.exchange(command) else { panic!("the card was lifted") };
    let status = answer.split_off(answer.len() - 2);
    assert_eq!(status, [0x90, 0x00], "{command:02X?}");
    answer
}

/// A service, its folder, its clock, and a client.
pub(crate) struct Bench {
    running: Option<Running>,
    pub(crate) data: tempfile::TempDir,
    pub(crate) database: Option<String>,
    pub(crate) mail: Option<MailSettings>,
    pub(crate) peers: Peers,
    password_rules: PasswordRules,
    audience: &'static str,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) client: Client,
    pub(crate) url: String,
}

impl Bench {
    /// Start a service on SQLite, or on the database of a URL.
    pub(crate) fn start(database: Option<String>) -> Bench {
        Bench::with_mail(database, None)
    }

    /// Start a service that asks more of a password.
    pub(crate) fn with_password_rules(database: Option<String>, rules: PasswordRules) -> Bench {
        let mut bench = Bench::start(database);
        bench.password_rules = rules;
        bench.restart();
        bench
    }

    /// Start a service that is known by another address.
    #[allow(dead_code, reason = "not for the figures")]
    pub(crate) fn known_as(url: &'static str) -> Bench {
        let mut bench = Bench::start(None);
        bench.audience = url;
        bench.restart();
        bench
    }

    /// Start a service with a mail server.
    pub(crate) fn with_mail(database: Option<String>, mail: Option<MailSettings>) -> Bench {
        zairyu::tls::install_provider();
        let mut bench = Bench {
            running: None,
            data: tempfile::tempdir().unwrap(),
            database,
            mail,
            peers: Peers::Direct,
            password_rules: PasswordRules::default(),
            audience: "https://register.example.jp",
            clock: Arc::new(AtomicI64::new(real_now())),
            client: Client::new(),
            url: String::new(),
        };
        bench.restart();
        bench
    }

    /// Return the options that it starts with.
    pub(crate) fn options(&self) -> Options {
        let anchors = self.data.path().join("anchors");
        authority().export(&anchors).unwrap();
        next_authority().export(&anchors).unwrap();
        let clock = Arc::clone(&self.clock);
        Options {
            database: self.database.clone(),
            anchors: Anchors::from_folder(&anchors).unwrap(),
            test_cards: true,
            mail: self.mail.clone(),
            peers: self.peers,
            password_rules: self.password_rules,
            public_url: Some(self.audience.to_owned()),
            clock: Arc::new(move || clock.load(Ordering::SeqCst)),
            ..Options::embedded(self.data.path().join("service"))
        }
    }

    /// Stop it if it runs, and start it on what it left behind.
    pub(crate) fn restart(&mut self) {
        self.run(self.options());
    }

    /// Start it with other options.
    pub(crate) fn run(&mut self, options: Options) {
        self.stop();
        let running = start(options).unwrap();
        self.url = format!("http://{}", running.address());
        self.running = Some(running);
    }

    /// Stop it.
    pub(crate) fn stop(&mut self) {
        drop(self.running.take());
    }

    /// Turn its clock.
    pub(crate) fn later(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Open a session.
    pub(crate) async fn session(&self) -> Value {
        let response = self.client.post(format!("{}/v1/sessions", self.url)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        response.json().await.unwrap()
    }

    /// Return the payload of a proof.
    pub(crate) fn payload(&self, nonce: &Value) -> Value {
        json!({ "v": 1, "aud": self.audience, "nonce": nonce, "iat": self.clock.load(Ordering::SeqCst),
                "jti": uuid::Uuid::new_v4().to_string(), "client": "zairyu/0.1.0" })
    }

    /// Return the payload of Anne's registration.
    pub(crate) fn registration(&self, nonce: &Value, terms: &Value) -> Value {
        let mut payload = self.payload(nonce);
        payload["form"] = anne().form();
        payload["terms"] = terms.clone();
        payload["language"] = json!("en");
        payload
    }

    /// Return the request that brings a statement.
    pub(crate) fn bring(&self, path: &str, jti: Option<&str>, statement: String) -> contract::Request {
        let request = self.client.post(format!("{}{path}", self.url)).header("content-type", "application/jose").body(statement);
        match jti {
            Some(jti) => request.header("idempotency-key", jti),
            None => request,
        }
    }

    /// Send a statement.
    pub(crate) async fn send(&self, path: &str, jti: Option<&str>, statement: String) -> Response {
        self.bring(path, jti, statement).send().await.unwrap()
    }

    /// Send the form of the password page, as a browser does.
    pub(crate) async fn type_password(&self, page: &str, password: &str, again: &str) -> Response {
        let body = format!("password={}&again={}", password.replace(' ', "+"), again.replace(' ', "+"));
        self.client.post(page).header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap()
    }

    /// Prove a session, and return the nonce for the registration.
    pub(crate) async fn prove(&self, session: &Value, card: &Signer) -> Value {
        let statement = card.statement(Purpose::Authentication, "proof", &self.payload(&session["nonce"]));
        let response = self.send(&proof(session), None, statement).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.json::<Value>().await.unwrap()["nonce"].clone()
    }

    /// Go all the way to a signed registration that was not sent yet: its `jti` and itself.
    pub(crate) async fn ready(&self, card: &Signer) -> (String, String) {
        let session = self.session().await;
        let nonce = self.prove(&session, card).await;
        let mut payload = self.registration(&nonce, &session["terms"]);
        payload["form"] = card.form();
        (payload["jti"].as_str().unwrap().to_owned(), card.statement(Purpose::Signing, "registration", &payload))
    }

    /// Register somebody, and return the answer.
    pub(crate) async fn register(&self, card: &Signer) -> Value {
        let (jti, statement) = self.ready(card).await;
        let response = self.send("/v1/registrations", Some(&jti), statement).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        response.json().await.unwrap()
    }

    /// Ask for something with a signed statement of this kind, in a new session.
    pub(crate) async fn ask(&self, card: &Signer, purpose: Purpose, (kind, path): (&str, &str), more: Value) -> Response {
        let session = self.session().await;
        let mut payload = self.payload(&session["nonce"]);
        for (name, value) in more.as_object().unwrap() {
            payload[name] = value.clone();
        }
        self.send(path, None, card.statement(purpose, kind, &payload)).await
    }

    /// Set the first password with the newest mail.
    pub(crate) async fn set_password(&self, password: &str) {
        self.set_password_with(password, &token_of(self.mails().last().unwrap())).await;
    }

    /// Set the first password with a token.
    pub(crate) async fn set_password_with(&self, password: &str, token: &str) {
        let body = json!({ "token": token, "password": password });
        let set = self.client.post(format!("{}/v1/passwords", self.url)).json(&body).send().await.unwrap();
        assert_eq!(set.status(), StatusCode::NO_CONTENT);
    }

    /// Log in with 認証ID and password.
    pub(crate) async fn log_in(&self, id: &Value, password: &str) -> Response {
        let body = json!({ "authentication_id": id, "password": password });
        self.client.post(format!("{}/v1/logins", self.url)).json(&body).send().await.unwrap()
    }

    /// Return the mails in the folder, oldest first.
    pub(crate) fn mails(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.data.path().join("service/mail")) else { return Vec::new() };
        let mut files: Vec<PathBuf> =
            folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "eml")).collect();
        files.sort_by_key(|path| path.metadata().and_then(|about| about.modified()).unwrap());
        files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    /// Wait until there are so many mails, and then long enough for one too many.
    pub(crate) async fn wait_for_mails(&self, count: usize) -> Vec<String> {
        for _ in 0..200 {
            if self.mails().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
        let mails = self.mails();
        assert_eq!(mails.len(), count, "{mails:#?}");
        mails
    }
}

/// Return the path on which a session is proved.
pub(crate) fn proof(session: &Value) -> String {
    format!("/v1/sessions/{}/proof", session["session"].as_str().unwrap())
}

/// Return the plain text of a mail.
pub(crate) fn text_of(mail: &str) -> String {
    let parsed = mail_parser::MessageParser::new().parse(mail).unwrap();
    parsed.body_text(0).unwrap().replace("\r\n", "\n")
}

/// Return the token in a mail.
pub(crate) fn token_of(mail: &str) -> String {
    linked_in(&text_of(mail), "/password/").unwrap()
}

/// Return what stands behind the path of a link in a text.
pub(crate) fn linked_in(text: &str, path: &str) -> Option<String> {
    let (_, rest) = text.split_once(path)?;
    rest.split_whitespace().next().map(str::to_owned)
}

/// Check that an answer is a refusal in problem+json, and return its code.
pub(crate) async fn refusal(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: Value = response.json().await.unwrap();
    assert_eq!(problem["status"], status);
    (status, problem["code"].as_str().unwrap().to_owned())
}
