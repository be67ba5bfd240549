//! The edge of the service over real sockets: TLS, slow and silent clients, too much of everything, a stop in the middle of a call.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::{Certificate, Client, StatusCode};
use zairyu::service::{Limits, Options, Running, StartError, TlsError, TlsFiles, start};

use crate::bench::{Bench, anne};
use crate::pki::{Pki, put};
use crate::postgres;

/// No test waits longer for what must happen.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Start a second service on a folder of its own beside a bench's.
pub(crate) fn beside(bench: &Bench, change: impl FnOnce(Options) -> Options) -> Result<Running, StartError> {
    start(change(Options { data: bench.data.path().join("beside"), ..bench.options() }))
}

fn limited(bench: &Bench, limits: Limits) -> Running {
    beside(bench, |options| Options { limits, ..options }).unwrap()
}

fn files(folder: &Path) -> TlsFiles {
    TlsFiles { certificate: folder.join("tls.pem"), key: folder.join("tls.key") }
}

fn trusting(pki: &Pki) -> Client {
    let ca = Certificate::from_pem(&std::fs::read(pki.ca()).unwrap()).unwrap();
    Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(TIMEOUT).tls_certs_only([ca]).build().unwrap()
}

fn dial(running: &Running) -> TcpStream {
    let socket = TcpStream::connect(running.address()).unwrap();
    socket.set_read_timeout(Some(TIMEOUT)).unwrap();
    socket.set_write_timeout(Some(TIMEOUT)).unwrap();
    socket
}

/// Read until the other side closes. A reset closes too: the server did not read all that was sent.
fn rest(mut socket: &TcpStream) -> String {
    let (mut said, mut bytes) = (Vec::new(), [0; 4096]);
    loop {
        match socket.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => said.extend(&bytes[..count]),
            Err(fault) if fault.kind() == std::io::ErrorKind::ConnectionReset => break,
            Err(fault) => panic!("{fault}: still open after {said:?}"),
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_person_registers_over_tls_and_only_with_the_right_authority() {
    let pki = Pki::make();
    let mut bench = Bench::start(None);
    put(&pki.issue("server"), bench.data.path());
    let tls = Some(files(bench.data.path()));
    let running = beside(&bench, |options| Options { tls, ..options }).unwrap();
    bench.url = format!("https://localhost:{}", running.address().port());
    let stranger = bench.client.get(format!("{}/healthz", bench.url)).send().await.unwrap_err();
    assert!(format!("{stranger:?}").contains("UnknownIssuer"), "{stranger:?}");
    bench.client = crate::bench::contract::Client::of(trusting(&pki));
    let health = bench.client.get(format!("{}/healthz", bench.url)).send().await.unwrap();
    assert_eq!(health.headers()["strict-transport-security"], "max-age=31536000; includeSubDomains");
    bench.register(anne()).await;
    running.stop();
}

#[test]
fn with_tls_nothing_else_is_spoken_and_no_old_version() {
    let (pki, bench) = (Pki::make(), Bench::start(None));
    put(&pki.issue("server"), bench.data.path());
    let tls = Some(files(bench.data.path()));
    let running = beside(&bench, |options| Options { tls, public_url: None, ..options }).unwrap();
    assert!(running.url().starts_with("https://127.0.0.1:"));
    let mut plain = dial(&running);
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert!(!rest(&plain).contains("HTTP/1.1"));
    // A ClientHello of TLS 1.1 (RFC 4346): version 3.2, a random, no session, one suite, no compression, and with P-256 and
    // ecdsa_secp256r1_sha256 all that the server needs but the version.
    let extensions = [0, 16, 0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 4, 0, 2, 4, 3];
    let hello = [&[3, 2][..], &[7; 32], &[0, 0, 2, 0xC0, 0x09, 1, 0], &extensions].concat();
    let length = u8::try_from(hello.len()).unwrap();
    let mut old = dial(&running);
    old.write_all(&[&[22, 3, 1, 0, length + 4, 1, 0, 0, length][..], &hello].concat()).unwrap();
    let mut alert = [0; 7];
    old.read_exact(&mut alert).unwrap();
    // A fatal alert, protocol_version (RFC 8446 §6).
    assert_eq!((alert[0], &alert[5..]), (21, &[2, 70][..]));
    for version in ["-tls1_2", "-tls1_3"] {
        let mut command = std::process::Command::new("openssl");
        command.args(["s_client", version, "-verify_return_error", "-connect", &running.address().to_string(), "-CAfile"]).arg(pki.ca());
        crate::pki::run(&mut command);
    }
    running.stop();
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_up_and_an_unusable_one_is_not() {
    let (old, new) = (Pki::make(), Pki::make());
    let bench = Bench::start(None);
    put(&old.issue("server"), bench.data.path());
    let said = Arc::new(Mutex::new(Vec::new()));
    let (heard, tls) = (Arc::clone(&said), Some(files(bench.data.path())));
    let limits = Limits { renewal: Duration::ZERO, ..Limits::default() };
    let log = Arc::new(move |line: &str| heard.lock().unwrap().push(line.to_owned()));
    let running = beside(&bench, |options| Options { tls, limits, log, ..options }).unwrap();
    let url = format!("https://localhost:{}/healthz", running.address().port());
    let works = async |pki: &Pki| trusting(pki).get(&url).send().await.is_ok();
    assert_eq!((works(&old).await, works(&new).await), (true, false));
    put(&new.issue("server"), bench.data.path());
    assert_eq!((works(&old).await, works(&new).await), (false, true));
    std::fs::write(bench.data.path().join("tls.pem"), "half a certif").unwrap();
    assert!(works(&new).await);
    let said = said.lock().unwrap();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("renewed") && said[1].contains("old certificate stays") && said[1].contains("tls.pem"), "{said:?}");
    running.stop();
}

#[test]
fn a_service_that_cannot_speak_tls_does_not_start_and_says_how_to_mend_it() {
    let (pki, bench) = (Pki::make(), Bench::start(None));
    let folder = bench.data.path();
    let fault = || match beside(&bench, |options| Options { tls: Some(files(folder)), ..options }) {
        Err(StartError::Tls(fault)) => (fault.to_string(), fault),
        Err(fault) => panic!("{fault}"),
        Ok(_) => panic!("it starts"),
    };
    assert!(matches!(fault(), (text, TlsError::Unreadable(..)) if text.contains("tls.pem")));
    let (first, second) = (pki.issue("first"), pki.issue("second"));
    put(&(first.0.clone(), second.1), folder);
    assert!(matches!(fault(), (text, TlsError::Unfit(..)) if text.contains("must be that of the first certificate")));
    put(&(first.0.clone(), first.0.clone()), folder);
    assert!(matches!(fault(), (text, TlsError::NoKey(..)) if text.contains("BEGIN PRIVATE KEY")));
    put(&(first.1.clone(), first.1.clone()), folder);
    assert!(matches!(fault(), (text, TlsError::NoCertificate(..)) if text.contains("BEGIN CERTIFICATE")));
    put(&first, folder);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = folder.join("tls.key");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(fault(), (text, TlsError::OpenKey(..)) if text.contains("chmod o-rwx")));
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    }
    beside(&bench, |options| Options { tls: Some(files(folder)), ..options }).unwrap().stop();
}

#[test]
fn whoever_is_slow_or_silent_is_hung_up_on() {
    let bench = Bench::start(None);
    let running = limited(&bench, Limits { head: Duration::from_millis(400), ..Limits::default() });
    let silent = dial(&running);
    let mut slow = dial(&running);
    let begun = Instant::now();
    slow.write_all(b"POST /v1/sessions HTTP/1.1\r\nhost: localhost\r\n").unwrap();
    // A field every 50 ms would go on for ever.
    while begun.elapsed() < TIMEOUT && slow.write_all(b"x: y\r\n").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(begun.elapsed() < TIMEOUT);
    assert!(!rest(&slow).contains("201"));
    assert_eq!(rest(&silent), "");
    let mut idle = dial(&running);
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert_eq!(rest(&idle).matches("HTTP/1.1 200").count(), 1);
    running.stop();
}

#[test]
fn slow_bodies_keep_nobody_else_out() {
    let bench = Bench::start(None);
    let running = limited(&bench, Limits { connections: 4, ..Limits::default() });
    let slow: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut socket = dial(&running);
            socket.write_all(b"POST /v1/logins HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{").unwrap();
            socket
        })
        .collect();
    let began = Instant::now();
    let mut socket = dial(&running);
    socket.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    assert!(rest(&socket).starts_with("HTTP/1.1 200 "));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    drop(slow);
    running.stop();
}

#[test]
fn a_head_that_is_too_large_is_431() {
    let bench = Bench::start(None);
    let running = limited(&bench, Limits::default());
    for fields in [format!("x: {}\r\n", "y".repeat(20_000)), "x: y\r\n".repeat(120)] {
        let mut socket = dial(&running);
        let _ = socket.write_all(format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\n{fields}\r\n").as_bytes());
        let answer = rest(&socket);
        assert!(answer.starts_with("HTTP/1.1 431 ") && answer.contains("\"head_too_large\""), "{answer}");
    }
    running.stop();
}

#[test]
fn a_body_that_does_not_come_ends_the_call() {
    let bench = Bench::start(None);
    let running = limited(&bench, Limits { call: Duration::from_millis(300), ..Limits::default() });
    let mut socket = dial(&running);
    socket.write_all(b"POST /v1/logins HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{").unwrap();
    let answer = rest(&socket);
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 10") && answer.contains("\"resting\""), "{answer}");
    running.stop();
}

/// Begin a call that is under way until its body is complete: the head was taken once the service asks for more.
fn under_way(running: &Running) -> TcpStream {
    let mut socket = dial(running);
    let head =
        "POST /v1/logins HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n";
    socket.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    let mut more = [0; 25];
    socket.read_exact(&mut more).unwrap();
    assert_eq!(&more, b"HTTP/1.1 100 Continue\r\n\r\n");
    socket
}

#[test]
fn idle_clients_make_room_for_new_ones_and_calls_under_way_go_on() {
    let bench = Bench::start(None);
    let running = limited(&bench, Limits { connections: 4, head: TIMEOUT * 2, ..Limits::default() });
    let mut calling = under_way(&running);
    let idle: Vec<TcpStream> = (0..20).map(|_| dial(&running)).collect();
    for (number, mut socket) in idle.iter().enumerate() {
        // Some stop in the middle of a head. Those who have been hung up on already cannot write.
        let _ = socket.write_all(if number % 2 == 0 { b"GET / HTTP/1.1\r\nx: " } else { b"" });
    }
    let mut new = dial(&running);
    new.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    assert!(rest(&new).starts_with("HTTP/1.1 200 "));
    assert_eq!(rest(&idle[0]), "");
    calling.write_all(b"{}").unwrap();
    let mut answer = [0; 12];
    calling.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
    running.stop();
}

#[test]
fn a_crowd_larger_than_the_room_is_answered_one_after_another() {
    let bench = Bench::start(None);
    let running = limited(&bench, Limits { connections: 4, ..Limits::default() });
    let clients: Vec<TcpStream> = (0..100).map(|_| dial(&running)).collect();
    for mut client in &clients {
        client.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    }
    assert!(clients.iter().all(|client| rest(client).starts_with("HTTP/1.1 200 ")));
    running.stop();
}

#[test]
fn a_stop_finishes_the_call_under_way_and_takes_no_new_one() {
    let bench = Bench::start(None);
    let running = limited(&bench, Limits { head: TIMEOUT * 2, ..Limits::default() });
    let address = running.address();
    let (mut calling, idle, mut slow) = (under_way(&running), dial(&running), dial(&running));
    slow.write_all(b"GET /healthz HTTP/1.1\r\nx: ").unwrap();
    let stopping = std::thread::spawn(move || running.stop());
    // The idle one is hung up on as soon as the stop has begun.
    assert_eq!(rest(&idle), "");
    let begun = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(begun.elapsed() < TIMEOUT);
        std::thread::sleep(Duration::from_millis(20));
    }
    // Whoever is in the middle of a head is not waited for either.
    assert_eq!(rest(&slow), "");
    assert!(!stopping.is_finished());
    calling.write_all(b"{}").unwrap();
    assert!(rest(&calling).starts_with("HTTP/1.1 400 "));
    stopping.join().unwrap();
}

#[test]
fn an_operator_is_warned_of_an_https_address_without_tls() {
    let bench = Bench::start(None);
    let said = |change: &dyn Fn(Options) -> Options| {
        let said = Arc::new(Mutex::new(Vec::<String>::new()));
        let heard = Arc::clone(&said);
        let log = Arc::new(move |line: &str| heard.lock().unwrap().push(line.to_owned()));
        beside(&bench, |options| change(Options { log, ..options })).unwrap().stop();
        let said = said.lock().unwrap();
        said.iter().filter(|line| line.contains("--tls-cert")).count()
    };
    assert_eq!(said(&|options| options), 1);
    assert_eq!(said(&|options| Options { peers: zairyu::service::Peers::BehindProxy, ..options }), 0);
    assert_eq!(said(&|options| Options { public_url: None, ..options }), 0);
}

#[tokio::test]
async fn postgresql_is_spoken_to_over_tls_and_only_with_the_right_authority() {
    let (pki, other) = (Pki::make(), Pki::make());
    let server = postgres::Postgres::with_tls(&pki.issue("postgres"));
    let url = |pki: &Pki, mode| Some(format!("{}?sslmode={mode}&sslrootcert={}", server.database(), pki.ca().display()));
    let bench = Bench::start(url(&pki, "verify-full"));
    bench.register(anne()).await;
    assert_eq!(bench.client.get(format!("{}/readyz", bench.url)).send().await.unwrap().status(), StatusCode::OK);
    for (database, reason) in [(url(&other, "verify-full"), "certificate"), (url(&pki, "disable"), "pg_hba.conf")] {
        let fault = beside(&bench, |options| Options { database, ..options }).err().unwrap().to_string();
        assert!(fault.starts_with("database: ") && fault.contains(reason), "{fault}");
    }
}

#[test]
fn a_setting_that_cannot_be_used_is_named_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.pem");
    let missing = missing.to_str().unwrap();
    for (arguments, words) in [
        (&["--tls-cert", missing, "--tls-key", missing][..], &["tls: ", "none.pem", "the service's own user can read"][..]),
        (&["--tls-cert", missing], &["--tls-key"]),
        (&["--revocation", "ldap://ca.example/"], &["--revocation", "ocsp:URL"]),
        (&["--revocation", "ocsp", "--revocation", "crl:http://ca.example/"], &["--revocation", "ocsp:URL"]),
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_zairyu"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path()).args(arguments).env("HOME", folder.path());
        let output = command.env_remove("XDG_CONFIG_HOME").stdin(std::process::Stdio::null()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && words.iter().all(|word| said.contains(word)), "{arguments:?}: {said}");
    }
}
