//! The HTTP client against a scripted server: down, slow, interrupted, in a wrong format, too long, moved, unavailable; and cancelled.

use super::*;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Instant;

const QUICK: Timeouts = Timeouts { connect: Duration::from_millis(500), total: Duration::from_millis(700) };

/// A server that sends every connection the same response and reports the requests received.
struct Server {
    url: String,
    requests: mpsc::Receiver<String>,
}

fn server(answer: impl Fn(&mut TcpStream) + Send + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, requests) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if tell.send(request(&mut stream)).is_err() {
                return;
            }
            answer(&mut stream);
        }
    });
    Server { url, requests }
}

fn saying(answer: impl Into<String>) -> Server {
    let answer = answer.into();
    server(move |stream| {
        // A client that rejects the response early may close the connection before all is written.
        let _ = stream.write_all(answer.as_bytes());
    })
}

/// Read a request: its head, and as much of the body as announced.
fn request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut byte = [0];
    let mut first = [0; 5];
    if stream.peek(&mut first).is_ok() && first[0] == 22 {
        // A TLS handshake: its length follows type and version (RFC 8446, section 5.1).
        let mut record = vec![0; 5 + usize::from(u16::from_be_bytes([first[3], first[4]]))];
        stream.read_exact(&mut record).unwrap();
        return String::new();
    }
    while !read.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
        read.push(byte[0]);
    }
    let head = String::from_utf8(read).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    head + std::str::from_utf8(&body).unwrap()
}

fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn client(url: &str) -> (HttpClient, watch::Sender<u64>) {
    let (cancel, cancelled) = watch::channel(0);
    (HttpClient::new(Ok(url.to_owned()), "zairyu/test", QUICK, cancelled), cancel)
}

fn open(url: &str) -> Result<Vec<u8>, HttpError> {
    client(url).0.send(1, Request::PostEmpty { path: "/v1/sessions" })
}

fn trouble(url: &str) -> (Code, String, Option<u32>) {
    match open(url).unwrap_err().job_error() {
        Some(JobError::Service { code, detail, retry_after, .. }) => (code, detail.unwrap_or_default(), retry_after),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_statement_is_sent_as_jose_and_named_for_idempotency() {
    let server = saying(http("201 Created", "Content-Type: Application/JSON; charset=utf-8\r\n", "{}"));
    let (mut client, _cancel) = client(&format!("{}/base/?q#f", server.url));
    let ask = Request::PostStatement { path: "/v1/registrations", statement: "a.b.c".into(), idempotency_key: Some("7".into()) };
    assert_eq!(client.send(1, ask).unwrap(), b"{}");
    let sent = server.requests.recv().unwrap();
    assert!(sent.starts_with("POST /base/v1/registrations HTTP/1.1\r\n"), "{sent}");
    for line in
        ["content-type: application/jose\r\n", "idempotency-key: 7\r\n", "user-agent: zairyu/test\r\n", "accept: application/json\r\n"]
    {
        assert!(sent.contains(line), "{sent}");
    }
    assert!(sent.ends_with("\r\n\r\na.b.c"), "{sent}");
}

#[test]
fn the_terms_are_asked_for_in_a_language_and_must_be_plain_text() {
    let server = saying(http("200 OK", "Content-Type: text/plain; charset=utf-8\r\n", "利用規約"));
    let (mut client, _cancel) = client(&server.url);
    assert_eq!(client.send(1, Request::GetText { path: "/v1/terms", language: "ja" }).unwrap(), "利用規約".as_bytes());
    assert!(server.requests.recv().unwrap().starts_with("GET /v1/terms?lang=ja HTTP/1.1\r\n"));
    // The same text where JSON is expected is an error.
    assert_eq!(trouble(&server.url).0, Code::AnswerGarbled);
}

#[test]
fn nobody_at_the_address_is_told_apart_from_a_name_that_is_not_known() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(trouble(&format!("http://{free}")).0, Code::ServiceUnreachable);
    // RFC 6761, section 6.4: no name under .invalid exists.
    assert_eq!(trouble("https://no-such-service.invalid").0, Code::NameNotFound);
    assert_eq!(trouble("register.example.jp").0, Code::NameNotFound);
    assert_eq!(trouble("ftp://127.0.0.1").0, Code::NameNotFound);
}

#[test]
fn an_embedded_service_that_did_not_start_is_told_by_its_cause() {
    let (_cancel, cancelled) = watch::channel(0);
    let mut client = HttpClient::new(Err(Code::EmbeddedService), "zairyu/test", QUICK, cancelled);
    let error = client.send(1, Request::PostEmpty { path: "/v1/sessions" }).unwrap_err();
    assert_eq!(error.job_error().unwrap().code(), Code::EmbeddedService);
    assert!(!client.is_audience(""));
}

#[test]
fn a_service_that_does_not_answer_is_given_up() {
    let silent = server(|_| std::thread::sleep(Duration::from_secs(5)));
    let begun = Instant::now();
    assert_eq!(trouble(&silent.url).0, Code::TimedOut);
    assert!(begun.elapsed() < Duration::from_secs(3));
    let dripping = server(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    assert_eq!(trouble(&dripping.url).0, Code::TimedOut);
}

#[test]
fn what_no_registration_service_says_is_garbled() {
    let json = "Content-Type: application/json\r\n";
    for answer in [
        http("200 OK", "Content-Type: text/html\r\n", "<html>Log in to the hotel's network</html>"),
        http("404 Not Found", "Content-Type: text/html\r\n", "<html>nginx</html>"),
        http("200 OK", "", "{}"),
        format!("HTTP/1.1 200 OK\r\n{json}Content-Length: 100\r\n\r\n{{\"session\":"),
        format!("HTTP/1.1 200 OK\r\n{json}Transfer-Encoding: chunked\r\n\r\n5\r\n{{\"se\r\n"),
        "SSH-2.0-OpenSSH_9.9\r\n".to_owned(),
        String::new(),
    ] {
        assert_eq!(trouble(&saying(&answer).url).0, Code::AnswerGarbled, "{answer}");
    }
    assert_eq!(trouble(&saying("HTTP/1.1 400 Bad Request\r\n\r\n").url.replace("http:", "https:")).0, Code::AnswerGarbled);
}

#[test]
fn an_answer_without_end_is_cut_off() {
    let announced = saying(http("200 OK", "Content-Type: application/json\r\n", &" ".repeat(BODY_LIMIT + 1)));
    assert_eq!(trouble(&announced.url).0, Code::AnswerGarbled);
    let endless = server(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        while stream.write_all(chunk.as_bytes()).is_ok() {}
    });
    let (code, detail, _) = trouble(&endless.url);
    assert_eq!((code, detail.as_str()), (Code::AnswerGarbled, "the answer is longer than 1 MiB"));
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = saying(http("200 OK", "Content-Type: application/json\r\n", "{}"));
    let moved = saying(http("307 Temporary Redirect", &format!("Location: {}\r\n", elsewhere.url), ""));
    assert_eq!(trouble(&moved.url).0, Code::AnswerGarbled);
    assert!(elsewhere.requests.try_recv().is_err());
}

#[test]
fn a_service_at_rest_says_when_to_come_back() {
    let at_rest = |headers: &str| trouble(&saying(http("503 Service Unavailable", headers, "<html>")).url);
    assert_eq!(at_rest("Retry-After: 120\r\n"), (Code::ServiceResting, "HTTP 503".to_owned(), Some(120)));
    assert_eq!(at_rest("Retry-After: soon\r\n").2, None);
    assert_eq!(at_rest("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n").2, None);
    let until = at_rest("Retry-After: Fri, 01 Jan 2100 00:00:00 GMT\r\n").2;
    assert!(until.is_some_and(|seconds| seconds > 1_000_000), "{until:?}");
    let too_many = saying(http("429 Too Many Requests", "Retry-After: 7\r\n", ""));
    assert_eq!(trouble(&too_many.url), (Code::TooMany, "HTTP 429".to_owned(), Some(7)));
    assert_eq!(trouble(&saying(http("500 Oh", "Content-Type: text/html\r\n", "")).url).0, Code::ServiceFault);
    assert_eq!(trouble(&saying(http("502 Bad Gateway", "", "")).url).0, Code::ServiceUnreachable);
}

#[test]
fn a_refusal_is_understood_with_the_fields_that_it_names() {
    use crate::registration::{FieldId, FormError, ValueError};
    let faults = vec![FormError { field: FieldId::Phone, problem: ValueError::PhoneStart }];
    let body = serde_json::to_string(&Problem::fields(&faults)).unwrap();
    let server = saying(http("422 Unprocessable Content", "Content-Type: application/problem+json\r\n", &body));
    let error = open(&server.url).unwrap_err();
    assert_eq!(error.refusal(), Some(Refusal::Fields));
    match error.job_error() {
        Some(JobError::Service { code, faults: told, .. }) => assert_eq!((code, told), (Code::FieldsRefused, faults)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_services_words_cannot_steer_the_terminal() {
    let body = r#"{"status":401,"code":"nonce","detail":"a\u001b]0;b\u0007c\u202ed\u009b31m\nZR000"}"#;
    let server = saying(http("401 Unauthorized", "Content-Type: application/problem+json\r\n", body));
    assert_eq!(trouble(&server.url), (Code::NotProved, "nonce: a ]0;b c d 31m ZR000".to_owned(), None));
    assert_eq!(printable(&"あ".repeat(999), 5), "あああああ");
    assert_eq!(printable_lines("one\r\ntwo\u{1b}c", 99), "one \ntwo c");
}

#[test]
fn http_without_tls_is_only_for_this_computer() {
    for far in ["http://register.example.jp", "http://192.0.2.1:80", "http://127.0.0.1.example.jp", "http://localhost.example.jp"] {
        assert_eq!(trouble(far).0, Code::TlsUntrusted, "{far}");
    }
    for near in ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1", "https://LOCALHOST"] {
        assert!(is_loopback(&Url::parse(near).unwrap()), "{near}");
    }
}

#[test]
fn only_the_services_own_address_is_its_audience() {
    let (near, _cancel) = client("http://127.0.0.1:8080/");
    for (audience, own) in [
        ("http://127.0.0.1:8080", true),
        ("http://localhost:8080", true),
        ("http://127.0.0.1:8081", false),
        ("https://127.0.0.1:8080", false),
        ("https://register.example.jp", false),
        ("", false),
    ] {
        assert_eq!(near.is_audience(audience), own, "{audience}");
    }
    let (far, _cancel) = client("https://register.example.jp/zairyu");
    for (audience, own) in [
        ("https://register.example.jp", true),
        ("https://REGISTER.example.jp:443/zairyu", true),
        ("http://register.example.jp:443", false),
        ("https://example.jp", false),
        ("https://register.example.jp.evil.example", false),
        ("https://register.example.jp@evil.example", false),
    ] {
        assert_eq!(far.is_audience(audience), own, "{audience}");
    }
}

#[test]
fn cancelling_drops_the_request_at_once() {
    let silent = server(|_| std::thread::sleep(Duration::from_secs(5)));
    let (mut client, cancel) = client(&silent.url);
    client.timeouts = Timeouts::DEFAULT;
    let begun = Instant::now();
    let stopper = std::thread::spawn(move || {
        silent.requests.recv().unwrap();
        cancel.send_replace(3);
        cancel
    });
    let error = client.send(3, Request::PostEmpty { path: "/v1/sessions" }).unwrap_err();
    assert!(matches!(error, HttpError::Cancelled) && error.job_error().is_none());
    assert!(begun.elapsed() < Duration::from_secs(2));
    let _cancel = stopper.join().unwrap();
}

#[test]
fn what_is_cancelled_before_it_begins_is_never_sent() {
    let server = saying(http("200 OK", "Content-Type: application/json\r\n", "{}"));
    let (mut client, cancel) = client(&server.url);
    cancel.send_replace(3);
    assert!(matches!(client.send(3, Request::PostEmpty { path: "/v1/sessions" }), Err(HttpError::Cancelled)));
    assert!(server.requests.recv_timeout(Duration::from_millis(200)).is_err());
    assert!(client.send(4, Request::PostEmpty { path: "/v1/sessions" }).is_ok());
}

/// Run another of these tests in a subprocess with a proxy configured.
fn where_a_proxy_is_set(proxy: &str, test: &str) -> bool {
    let mut process = std::process::Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", &format!("worker::http::tests::{test}")]).env_remove("no_proxy").env_remove("NO_PROXY");
    for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        process.env(name, proxy);
    }
    let ended = process.output().unwrap();
    assert!(String::from_utf8_lossy(&ended.stdout).contains("running 1 test"), "{ended:?}");
    ended.status.success()
}

#[test]
fn a_proxy_is_asked_for_a_far_service_and_never_for_one_on_this_computer() {
    let proxy = saying("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    assert!(where_a_proxy_is_set(&proxy.url, "a_statement_is_sent_as_jose_and_named_for_idempotency"));
    assert!(proxy.requests.try_recv().is_err());
    // That test expects the name to be resolved locally: with a proxy it must fail.
    assert!(!where_a_proxy_is_set(&proxy.url, "nobody_at_the_address_is_told_apart_from_a_name_that_is_not_known"));
    let asked = proxy.requests.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(asked.starts_with("CONNECT no-such-service.invalid:443 "), "{asked}");
}
