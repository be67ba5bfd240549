//! What is asked of every answer and of every word that comes in: headers, methods, other sites' forms, smuggled calls, injected words,
//! forged addresses. Which requirement of OWASP ASVS each test shows stands in `src/service/asvs.md`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use zairyu::card::Purpose;
use zairyu::card::simulated::Authority;
use zairyu::certificate::{Anchors, Certificate};
use zairyu::protocol::authentication_id::AuthenticationId;
use zairyu::service::{Log, MailSettings, Options, Peers, UsersCommand, start};

use crate::admin::command;
use crate::bench::{Bench, Signer, anne, authority, real_now, refusal, taro, text_of, token_of};
use crate::{GOOD, postgres};

/// Whoever answers without any of these is an answer that a browser may keep, frame, guess at or hand on.
fn check_headers(asked: &str, response: &Response) {
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(header(name).as_deref(), Some(value), "{asked}: {name}");
    }
    let policy = header("content-security-policy").unwrap();
    for directive in ["default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"] {
        assert!(policy.split("; ").any(|found| found == directive), "{asked}: {policy}");
    }
    for name in ["set-cookie", "location", "access-control-allow-origin", "access-control-allow-credentials", "server", "x-powered-by"] {
        assert_eq!(header(name), None, "{asked}: {name}");
    }
    assert!(!response.status().is_redirection(), "{asked}: {}", response.status());
    let media = header("content-type");
    assert_eq!(media.is_none(), response.status() == StatusCode::NO_CONTENT, "{asked}: {media:?}");
    // JSON is UTF-8 and has no parameter for it (RFC 8259, section 11).
    assert!(media.iter().all(|media| !media.starts_with("text/") || media.ends_with("charset=utf-8")), "{asked}: {media:?}");
}

#[tokio::test]
async fn no_answer_may_be_kept_framed_guessed_or_shared_with_another_site() {
    let bench = Bench::start(None);
    bench.register(anne()).await;
    let token = token_of(&bench.wait_for_mails(1).await[0]);
    let session = bench.session().await["session"].as_str().unwrap().to_owned();
    let paths = [
        "/".to_owned(),
        "/.git/HEAD".to_owned(),
        "/v1/../etc/passwd".to_owned(),
        "/password/".to_owned(),
        format!("/password/{token}"),
        "/v1/sessions".to_owned(),
        format!("/v1/sessions/{session}/proof"),
        format!("/v1/sessions/{session}/mail"),
        "/v1/terms".to_owned(),
        "/v1/registrations".to_owned(),
        "/v1/passwords".to_owned(),
        "/v1/logins".to_owned(),
        "/v1/mail/resend".to_owned(),
        "/v1/cards/link".to_owned(),
        "/card/unknown".to_owned(),
        "/healthz".to_owned(),
        "/readyz".to_owned(),
        "/metrics".to_owned(),
        "/openapi.json".to_owned(),
    ];
    // Also what the contract does not know is asked for, so it is not compared with it.
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in &paths {
        for method in [Method::GET, Method::POST, Method::OPTIONS, Method::TRACE, Method::PUT, Method::DELETE, Method::HEAD] {
            let asked = format!("{method} {path}");
            let request = client.request(method, format!("{}{path}", bench.url));
            let response = request.header("origin", "https://elsewhere.example").header("x-mine", "do not repeat").send().await.unwrap();
            assert!(!response.status().is_server_error(), "{asked}: {}", response.status());
            check_headers(&asked, &response);
            assert!(!response.text().await.unwrap().contains("do not repeat"), "{asked}");
        }
    }
    let body = json!({ "token": token, "password": GOOD });
    let set = bench.client.post(format!("{}/v1/passwords", bench.url)).json(&body).send().await.unwrap();
    assert_eq!(set.status(), StatusCode::NO_CONTENT);
    check_headers("a password set", &set);
}

#[tokio::test]
async fn there_are_no_files_and_no_methods_but_those_of_the_contract() {
    let bench = Bench::start(None);
    for path in ["/.git/HEAD", "/.git/", "/v1/", "/v1", "/service.sqlite", "/mail/", "/..%2f..%2fetc/passwd", "//etc/passwd", "/robots.txt"]
    {
        let response = bench.client.get(format!("{}{path}", bench.url)).send().await.unwrap();
        assert_eq!(refusal(response).await, (404, "not_found".to_owned()), "{path}");
    }
    for method in [Method::TRACE, Method::OPTIONS, Method::PUT, Method::DELETE, Method::PATCH] {
        for path in ["/v1/sessions", "/v1/logins", "/v1/passwords", "/healthz"] {
            let response = bench.client.request(method.clone(), format!("{}{path}", bench.url)).send().await.unwrap();
            assert_eq!(refusal(response).await, (405, "method".to_owned()), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_form_on_another_site_reaches_nothing() {
    let bench = Bench::start(None);
    let id = bench.register(anne()).await["authentication_id"].as_str().unwrap().to_owned();
    let token = token_of(&bench.wait_for_mails(1).await[0]);
    // What a browser sends to anybody without asking first: these three media types (Fetch Standard, "CORS-safelisted request-header").
    for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        for (path, body) in [
            ("/v1/passwords", json!({ "token": token, "password": GOOD }).to_string()),
            ("/v1/logins", json!({ "authentication_id": id, "password": GOOD }).to_string()),
            ("/v1/registrations", "a.b.c".to_owned()),
            ("/v1/registrations/withdraw", "a.b.c".to_owned()),
        ] {
            let request = bench.client.post(format!("{}{path}", bench.url)).header("content-type", media).body(body);
            assert_eq!(refusal(request.send().await.unwrap()).await, (415, "media_type".to_owned()), "{media} {path}");
        }
    }
    bench.set_password(GOOD).await;
}

/// Send bytes as they are, and return all that comes back until the service closes or says nothing more.
fn spoken(bench: &Bench, bytes: &str) -> String {
    let mut stream = TcpStream::connect(bench.url.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // Whoever closes with bytes of ours unread resets the connection; what was said before counts.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_call_ends_is_never_in_doubt() {
    let bench = Bench::start(None);
    let head = "POST /v1/passwords HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    let second = "GET /smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    // Chunks rule over a length (RFC 9112, section 6.3): what follows the last chunk is a call of its own, not a part of the body.
    let both = format!("{head}Content-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{second}", 5 + second.len());
    let answers = spoken(&bench, &both);
    let refused = answers.starts_with("HTTP/1.1 400") && answers.matches("HTTP/1.1 ").count() == 1;
    assert!(refused || answers.contains("404 Not Found"), "{answers}");
    // What may be read in two ways is not read.
    for doubtful in [
        "Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}",
        "Content-Length: +2\r\n\r\n{}",
        "Content-Length: 2, 30\r\n\r\n{}",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5;\r\n{}\r\nx\r\n\r\n",
        "Content-Length : 2\r\n\r\n{}",
    ] {
        let answers = spoken(&bench, &format!("{head}{doubtful}{second}"));
        assert!(answers.starts_with("HTTP/1.1 400") && answers.matches("HTTP/1.1 ").count() == 1, "{doubtful}: {answers}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_names_its_host_once() {
    let bench = Bench::start(None);
    let end = "Connection: close\r\n\r\n";
    for (line, hosts, expected) in [
        ("GET /healthz HTTP/1.1", "Host: x\r\n", 200),
        ("GET /healthz HTTP/1.1", "hOsT:\t[::1]:8480 \r\n", 200),
        ("GET http://x/healthz HTTP/1.1", "Host: x\r\n", 200),
        ("GET /healthz HTTP/1.0", "", 200),
        ("GET /healthz HTTP/1.1", "", 400),
        ("GET http://x/healthz HTTP/1.1", "", 400),
        ("GET /healthz HTTP/1.1", "Host: x\r\nHost: x\r\n", 400),
        ("GET /healthz HTTP/1.1", "Host: x\r\nX: y\r\nhost: y\r\n", 400),
        ("GET /healthz HTTP/1.0", "Host: x\r\nHost: y\r\n", 400),
        ("GET /healthz HTTP/1.1", "Host:\r\n", 400),
        ("GET /healthz HTTP/1.1", "Host: x, y\r\n", 400),
        ("GET /healthz HTTP/1.1", "Host: x/y\r\n", 400),
        ("GET /healthz HTTP/1.1", "Host: u:p@x\r\n", 400),
        // To a person, a page.
        ("GET /password/x HTTP/1.1", "", 410),
    ] {
        let answer = spoken(&bench, &format!("{line}\r\n{hosts}{end}"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {expected} ")) || answer.starts_with(&format!("HTTP/1.0 {expected} ")),
            "{line} {hosts}: {answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_a_head_ends_with_carriage_return_and_line_feed() {
    let bench = Bench::start(None);
    // A body may hold what it likes, and so may whatever comes after it be a head.
    let body = "{\n\"token\":\"x\",\n\n\r\n\"password\":\"nine blue kites\"}\n";
    let post = "POST /v1/passwords HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    let sized = format!("{post}Content-Length: {}\r\n\r\n{body}", body.len());
    let chunked = format!("{post}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let get = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let last = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let codes = |answers: &str| answers.match_indices("HTTP/1.1 ").map(|(at, _)| answers[at + 9..at + 12].to_owned()).collect::<Vec<_>>();
    for (calls, expected) in [
        ([get, get, last].concat(), &["200", "200", "200"][..]),
        (["\r\n", get, &sized, get, &sized, last].concat(), &["200", "410", "200", "410", "200"]),
        // Where chunks end nobody but the server of HTTP knows, so it is the last call of a connection.
        ([sized.as_str(), &chunked].concat(), &["410", "410"]),
        (last.replacen("\r\n", "\n", 1), &["400"]),
        (last.replace("\r\n", "\n"), &["400"]),
        (last.replace("\r\n\r\n", "\n\r\n"), &["400"]),
        (last.replace("\r\n\r\n", "\r\n\n"), &["400"]),
        (["\n", last].concat(), &["400"]),
        (last.replace("Host: x\r\n", "Host: x\nX: y\r\n"), &["400"]),
        (last.replace("Host: x\r\n", "Host: x\rX: y\r\n"), &["400"]),
        ([get, &last.replace("Host: x\r\n", "Host: x\n")].concat(), &["200", "400"]),
        ([sized.as_str(), &last.replace("Host: x\r\n", "Host: x\n")].concat(), &["410", "400"]),
        (chunked.replacen("chunked\r\n", "chunked\n", 1), &["400"]),
    ] {
        assert_eq!(codes(&spoken(&bench, &calls)), expected, "{calls:?}");
        if expected.contains(&"400") {
            continue;
        }
        // The same, byte by byte.
        let mut stream = TcpStream::connect(bench.url.strip_prefix("http://").unwrap()).unwrap();
        stream.set_nodelay(true).unwrap();
        for byte in calls.bytes() {
            stream.write_all(&[byte]).unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert_eq!(codes(&answer), expected, "{calls:?}");
    }
}

/// Try wrong tokens until the limit of an address refuses, and return whether it did.
async fn limited(bench: &Bench, url: &str, forwarded: impl Fn(u32) -> String) -> bool {
    for number in 0..25 {
        let body = json!({ "token": format!("guess{number}"), "password": GOOD });
        let request = bench.client.post(format!("{url}/v1/passwords")).header("x-forwarded-for", forwarded(number)).json(&body);
        if request.send().await.unwrap().status() == StatusCode::TOO_MANY_REQUESTS {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn nobody_escapes_a_limit_by_writing_another_address() {
    let bench = Bench::start(None);
    assert!(limited(&bench, &bench.url, |number| format!("192.0.2.{number}")).await);
    let behind = Options { peers: Peers::BehindProxy, data: bench.data.path().join("behind"), ..bench.options() };
    let behind = start(behind).unwrap();
    let url = format!("http://{}", behind.address());
    // The proxy writes its client at the end; what stands before it is the client's own word.
    assert!(!limited(&bench, &url, |number| format!("198.51.100.7, 192.0.2.{number}")).await);
    assert!(limited(&bench, &url, |number| format!("192.0.2.{number}, 198.51.100.7")).await);
    behind.stop();
}

#[tokio::test]
async fn markup_in_a_name_is_only_text() {
    const NAME: &str = "</title><script>alert('1')</script>\"&\\";
    let bench = Bench::start(None);
    let data = bench.data.path().join("named");
    let named = Options { name: NAME.to_owned(), notice: Some(NAME.to_owned()), data: data.clone(), ..bench.options() };
    let named = start(named).unwrap();
    let url = format!("http://{}", named.address());
    let session: Value = bench.client.post(format!("{url}/v1/sessions")).send().await.unwrap().json().await.unwrap();
    assert_eq!((&session["service"]["name"], &session["service"]["notice"]), (&json!(NAME), &json!(NAME)));
    for path in ["/password/x", "/password/%3Cscript%3Ealert(1)%3C%2Fscript%3E?lang=%22%3E%3Cscript%3E", "/password/x?lang=\"><script>"] {
        let page = bench.client.get(format!("{url}{path}")).send().await.unwrap().text().await.unwrap();
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert"), "{page}");
    }
    named.stop();
}

async fn quotes(bench: &Bench) {
    let session = bench.session().await;
    let nonce = bench.prove(&session, anne()).await;
    let mut payload = bench.registration(&nonce, &session["terms"]);
    payload["form"]["email"] = json!("o'brien'--{}$1@example.jp");
    let statement = anne().statement(Purpose::Signing, "registration", &payload);
    let registered = bench.send("/v1/registrations", payload["jti"].as_str(), statement).await;
    assert_eq!(registered.status(), StatusCode::CREATED);
    let mail = bench.wait_for_mails(1).await.remove(0);
    assert!(mail.contains("o'brien'--{}$1@example.jp"), "{mail}");
    for (query, count) in
        [("o'brien'--{}$1@example.jp", 1), ("' OR ''='", 0), ("%", 0), ("_", 0), ("\\", 0), ("!", 0), ("x'; DROP TABLE people; --", 0)]
    {
        let found = command(bench, UsersCommand::Find { query: query.to_owned() }).await.unwrap();
        assert_eq!(found.as_array().unwrap().len(), count, "{query}");
    }
    for session in ["'%20OR%20''='", "%22", "%25", "%5C", "x';%20DROP%20TABLE%20sessions;%20--"] {
        let asked = bench.client.get(format!("{}/v1/sessions/{session}/mail", bench.url)).send().await.unwrap();
        assert_eq!(refusal(asked).await, (410, "expired".to_owned()), "{session}");
    }
    for id in ["' OR ''='", "'; DROP TABLE people; --"] {
        assert_eq!(refusal(bench.log_in(&json!(id), "' OR ''='").await).await, (401, "login_refused".to_owned()));
    }
    bench.set_password(GOOD).await;
    let id = registered.json::<Value>().await.unwrap()["authentication_id"].clone();
    assert_eq!(refusal(bench.log_in(&id, "' OR ''='").await).await, (401, "login_refused".to_owned()));
    assert_eq!(bench.log_in(&id, GOOD).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn quotes_are_only_text_to_the_store_on_sqlite() {
    quotes(&Bench::start(None)).await;
}

#[tokio::test]
async fn quotes_are_only_text_to_the_store_on_postgresql() {
    let server = postgres::server();
    quotes(&Bench::start(Some(server.database()))).await;
}

#[tokio::test]
async fn what_comes_in_is_decoded_once() {
    let bench = Bench::start(None);
    bench.register(anne()).await;
    let token = token_of(&bench.wait_for_mails(1).await[0]);
    let written = |escape: &str| token.bytes().map(|byte| format!("{escape}{byte:02X}")).collect::<String>();
    for (path, expected) in [(written("%"), StatusCode::OK), (written("%25"), StatusCode::GONE)] {
        let page = bench.client.get(format!("{}/password/{path}", bench.url)).send().await.unwrap();
        assert_eq!(page.status(), expected);
    }
}

#[tokio::test]
async fn what_comes_twice_or_is_not_asked_for_is_refused() {
    let bench = Bench::start(None);
    let id = bench.register(anne()).await["authentication_id"].clone();
    let token = token_of(&bench.wait_for_mails(1).await[0]);
    let page = format!("{}/password/{token}", bench.url);
    let form = format!("password=password&password={0}&again={0}", GOOD.replace(' ', "+"));
    let request = bench.client.post(&page).header("content-type", "application/x-www-form-urlencoded").body(form);
    assert!(request.send().await.unwrap().status().is_client_error());
    assert_eq!(bench.client.get(&page).send().await.unwrap().status(), StatusCode::OK);
    for (path, body) in [
        ("/v1/passwords", format!(r#"{{"token":"{token}","password":"password","password":"{GOOD}"}}"#)),
        ("/v1/passwords", json!({ "token": token, "password": GOOD, "authentication_id": "ABCDEFGHJ2" }).to_string()),
        ("/v1/passwords", json!({ "token": token, "password": [GOOD] }).to_string()),
        ("/v1/passwords", json!({ "token": token, "password": 12345678 }).to_string()),
        ("/v1/logins", format!(r#"{{"authentication_id":{id},"authentication_id":{id},"password":"{GOOD}"}}"#)),
        ("/v1/logins", json!({ "authentication_id": id, "password": GOOD, "admin": true }).to_string()),
        ("/v1/logins", json!({ "authentication_id": id, "password": null }).to_string()),
        // serde would take the values of an object's members in their order.
        ("/v1/passwords", json!([token, GOOD]).to_string()),
        ("/v1/logins", json!([id, GOOD]).to_string()),
        ("/v1/logins", json!([]).to_string()),
    ] {
        let request = bench.client.post(format!("{}{path}", bench.url)).header("content-type", "application/json").body(body.clone());
        assert_eq!(refusal(request.send().await.unwrap()).await, (400, "malformed".to_owned()), "{body}");
    }
    bench.set_password(GOOD).await;
}

#[tokio::test]
async fn the_same_number_from_another_authority_is_another_person() {
    let mut bench = Bench::start(None);
    bench.stop();
    let folder = bench.data.path().join("other");
    let other = Authority::make(real_now()).unwrap();
    other.export(&folder).unwrap();
    for file in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
        let beside = format!("other-{}", file.file_name().unwrap().to_str().unwrap());
        std::fs::rename(&file, folder.join(beside)).unwrap();
    }
    authority().export(&folder).unwrap();
    let number = |card: &Signer| Certificate::parse(card.x5c(Purpose::Signing)[0]).unwrap().common_name().unwrap();
    let card = anne().reissued(&other, number(anne())[..6].parse().unwrap());
    assert_eq!(number(&card), number(anne()));
    let running = start(Options { anchors: Anchors::from_folder(&folder).unwrap(), ..bench.options() }).unwrap();
    bench.url = format!("http://{}", running.address());
    let ours = bench.register(anne()).await["authentication_id"].clone();
    assert_ne!(bench.register(&card).await["authentication_id"], ours);
    bench.wait_for_mails(2).await;
    running.stop();
}

#[tokio::test]
async fn a_card_acts_on_its_own_registration_only() {
    let bench = Bench::start(None);
    bench.register(anne()).await;
    bench.register(taro()).await;
    bench.wait_for_mails(2).await;
    let moved = bench.ask(taro(), Purpose::Signing, ("address", "/v1/mail/address"), json!({ "email": "taro@example.jp" })).await;
    assert_eq!(moved.status(), StatusCode::OK);
    let withdrawn = bench.ask(taro(), Purpose::Signing, ("withdraw", "/v1/registrations/withdraw"), json!({})).await;
    assert_eq!(withdrawn.status(), StatusCode::OK);
    // Members that would name somebody else are none.
    let named = json!({ "authentication_id": "ABCDEFGHJ2" });
    let other = bench.ask(anne(), Purpose::Signing, ("withdraw", "/v1/registrations/withdraw"), named).await;
    assert_eq!(refusal(other).await, (400, "malformed".to_owned()));
    let reminded = bench.ask(anne(), Purpose::Authentication, ("remind", "/v1/id/remind"), json!({})).await;
    assert_eq!(reminded.json::<Value>().await.unwrap()["mail"]["to"], "f***@docomo.ne.jp");
}

#[tokio::test]
async fn a_fault_inside_is_noted_by_its_kind_and_told_as_a_fault_and_no_more() {
    let mut bench = Bench::start(None);
    bench.stop();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&lines);
    let log: Log = Arc::new(move |line| written.lock().unwrap().push(line.to_owned()));
    let running = start(Options { log, ..bench.options() }).unwrap();
    bench.url = format!("http://{}", running.address());
    let (jti, statement) = bench.ready(anne()).await;
    let file = format!("sqlite:{}", bench.data.path().join("service/service.sqlite").display());
    let store = sqlx::SqlitePool::connect(&file).await.unwrap();
    sqlx::query("ALTER TABLE people RENAME TO elsewhere").execute(&store).await.unwrap();
    let refused = bench.send("/v1/registrations", Some(&jti), statement.clone()).await;
    let (status, body) = (refused.status(), refused.text().await.unwrap());
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    for inside in ["people", "table", "SQL", "sqlx", "INSERT", "src/"] {
        assert!(!body.contains(inside), "{body}");
    }
    let noted: Vec<String> = lines.lock().unwrap().iter().filter(|line| !line.starts_with("warning: ")).cloned().collect();
    assert_eq!(noted, ["store: database 1"]);
    // Nothing of it was done: once the store is well, the same statement registers.
    sqlx::query("ALTER TABLE elsewhere RENAME TO people").execute(&store).await.unwrap();
    assert_eq!(bench.send("/v1/registrations", Some(&jti), statement).await.status(), StatusCode::CREATED);
    running.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_logins_does_not_stop_other_calls() {
    const CROWD: usize = 60;
    let mut bench = Bench::start(None);
    bench.stop();
    // Behind a proxy, so that each comes from an address of its own and none is stopped by the limit.
    let running = start(Options { peers: Peers::BehindProxy, ..bench.options() }).unwrap();
    bench.url = format!("http://{}", running.address());
    let answered = Arc::new(AtomicUsize::new(0));
    let crowd: Vec<_> = (0..CROWD)
        .map(|number| {
            let (client, url, answered) = (bench.client.clone(), bench.url.clone(), Arc::clone(&answered));
            tokio::spawn(async move {
                let mut random = [0; 16];
                random[..8].copy_from_slice(&number.to_be_bytes());
                let id = AuthenticationId::generate(random);
                let body = json!({ "authentication_id": id.as_str(), "password": GOOD });
                let request = client.post(format!("{url}/v1/logins")).header("x-forwarded-for", format!("192.0.2.{number}"));
                let status = request.json(&body).send().await.unwrap().status();
                answered.fetch_add(1, Ordering::SeqCst);
                status
            })
        })
        .collect();
    while answered.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    bench.session().await;
    assert_eq!(bench.client.get(format!("{}/readyz", bench.url)).send().await.unwrap().status(), StatusCode::OK);
    assert!(answered.load(Ordering::SeqCst) < CROWD, "whoever came later was made to wait for all of them");
    for one in crowd {
        assert_eq!(one.await.unwrap(), StatusCode::UNAUTHORIZED);
    }
    running.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_long_passwords_does_not_stop_other_calls_and_costs_nothing_without_a_link() {
    const CROWD: usize = 20;
    // Too weak to use the link up, and its signs may be read as letters, which takes long to score.
    let slow = "p@$$w0rd".repeat(8);
    // Behind a proxy, so that each comes from an address of its own and none is stopped by the limit.
    let mut bench = Bench::start(None);
    bench.peers = Peers::BehindProxy;
    bench.restart();
    bench.register(anne()).await;
    let token = token_of(&bench.wait_for_mails(1).await[0]);
    let answered = Arc::new(AtomicUsize::new(0));
    let post = |token: &str, number: usize| {
        let body = json!({ "token": token, "password": slow });
        let request = bench.client.post(format!("{}/v1/passwords", bench.url));
        request.header("x-forwarded-for", format!("192.0.2.{number}")).json(&body)
    };
    let crowd: Vec<_> = (0..CROWD)
        .map(|number| {
            let (request, answered) = (post(&token, number), Arc::clone(&answered));
            tokio::spawn(async move {
                let status = request.send().await.unwrap().status();
                answered.fetch_add(1, Ordering::SeqCst);
                status
            })
        })
        .collect();
    while answered.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bench.client.get(format!("{}/healthz", bench.url)).send().await.unwrap().status(), StatusCode::OK);
    // Whoever has no link is told so at once: nothing of theirs is scored, so they do not wait in the queue.
    assert_eq!(post("guess", CROWD).send().await.unwrap().status(), StatusCode::GONE);
    let waited = answered.load(Ordering::SeqCst);
    assert!(waited < CROWD / 2, "both were made to wait for {waited} of {CROWD}");
    for one in crowd {
        assert_eq!(one.await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_in_place_of_a_file_is_refused_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let odd = [path("pipe.pem"), "/dev/zero".to_owned(), path("huge.pem"), path("")];
    assert!(std::process::Command::new("mkfifo").arg(&odd[0]).status().unwrap().success());
    std::fs::File::create(&odd[2]).unwrap().set_len(4 << 30).unwrap();
    crate::pki::put(&crate::pki::Pki::make().issue("server"), folder.path());
    let good = path("tls.pem");
    for (number, odd) in odd.iter().enumerate() {
        for call in [
            format!("doctor --config {odd}"),
            format!("--line --service http://127.0.0.1:9 --config {odd}"),
            format!("--line --service http://127.0.0.1:9 --prefill {odd}"),
            format!("--line --service http://127.0.0.1:9 --log {odd}"),
            format!("--line --service http://127.0.0.1:9 --anchors {}", path("anchors")),
            format!("serve --anchors {}", path("anchors")),
            format!("serve --database-file {odd}"),
            format!("serve --mail-from a@example.jp --mail-file {odd}"),
            format!("serve --mail-from a@example.jp --mail-file {good} --mail-ca {odd}"),
            format!("serve --listen 127.0.0.1:0 --tls-key {good} --tls-cert {odd}"),
            format!("serve --listen 127.0.0.1:0 --tls-cert {good} --tls-key {odd}"),
            format!("users --database-file {odd} find x"),
            format!("store copy --from-file {odd} --to-file {good}"),
        ] {
            let huge = odd.contains("huge");
            let appended = huge && call.contains("--log");
            if appended || odd.ends_with('/') && call.contains("anchors") {
                continue;
            }
            let anchors = folder.path().join("anchors");
            let _ = std::fs::remove_dir_all(&anchors);
            std::fs::create_dir(&anchors).unwrap();
            std::os::unix::fs::symlink(odd, anchors.join("odd.pem")).unwrap();
            let mut command = std::process::Command::new("timeout");
            command.args(["20", env!("CARGO_BIN_EXE_zairyu")]).args(call.split(' '));
            let said = command.env("HOME", folder.path()).stdin(std::process::Stdio::null()).output().unwrap();
            let text = String::from_utf8([said.stdout, said.stderr].concat()).unwrap();
            assert!([Some(1), Some(2)].contains(&said.status.code()), "{call}: {:?} {text}", said.status);
            let (cause, japanese) =
                if huge { ("larger than", "大きすぎます") } else { ("not a regular file", "パイプ、デバイス") };
            assert!(text.contains(cause), "{number} {call}: {text}");
            assert!(text.contains(japanese) || call.starts_with("doctor"), "{number} {call}: {text}");
        }
    }
}

#[test]
fn a_password_in_a_setting_is_never_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name).display().to_string()
    };
    let wrong = ["postgres://zairyu:s3cr3t@db.example.jp:port/zairyu", "mysql://zairyu:s3cr3t@db.example.jp/zairyu"];
    let mut calls: Vec<Vec<String>> =
        wrong.iter().map(|url| vec!["--database-file".to_owned(), file(&format!("database{}", url.len()), url)]).collect();
    let mail = file("mail", "imap://zairyu:s3cr3t@mail.example.jp");
    calls.push(["--mail-file", &mail, "--mail-from", "reg@example.jp"].map(str::to_owned).to_vec());
    for call in calls {
        let said = std::process::Command::new(env!("CARGO_BIN_EXE_zairyu"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("data"))
            .args(&call)
            .env("HOME", folder.path())
            .env_remove("XDG_CONFIG_HOME")
            .output()
            .unwrap();
        assert!(!said.status.success(), "{call:?}");
        let said = String::from_utf8([said.stdout, said.stderr].concat()).unwrap();
        assert!(!said.is_empty() && !said.contains("s3cr3t"), "{call:?}: {said}");
    }
    let settings =
        MailSettings { server: "smtps://zairyu:s3cr3t@mail.example.jp".to_owned(), ca: None, sender: "reg@example.jp".to_owned() };
    assert!(!format!("{settings:?}").contains("s3cr3t"));
}

#[test]
fn the_unit_takes_away_every_right_that_is_not_needed_and_gives_secrets_as_files() {
    let printed = std::process::Command::new(env!("CARGO_BIN_EXE_zairyu")).args(["serve", "--print-unit"]).output().unwrap();
    let unit = String::from_utf8(printed.stdout).unwrap();
    for line in [
        "DynamicUser=yes",
        "UMask=0077",
        "CapabilityBoundingSet=",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "PrivateDevices=yes",
        "MemoryDenyWriteExecute=yes",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
        "SystemCallFilter=@system-service",
    ] {
        assert!(unit.lines().any(|found| found == line), "{line}");
    }
    let secrets: Vec<&str> = unit.lines().filter(|line| line.contains("database") || line.contains("MAIL_FILE")).collect();
    assert!(secrets.iter().any(|line| line.contains("LoadCredential=database:")), "{secrets:?}");
    assert!(!unit.contains("ZAIRYU_DATABASE=") && !unit.contains("://zairyu:"), "{unit}");
}

#[tokio::test]
async fn a_new_store_knows_nobody_and_no_name_opens_it() {
    let bench = Bench::start(None);
    assert_eq!(command(&bench, UsersCommand::Find { query: String::new() }).await.unwrap(), json!([]));
    for name in ["root", "admin", "sa", "test", "ABCDEFGHJ2", "0000000000"] {
        assert_eq!(refusal(bench.log_in(&json!(name), name).await).await, (401, "login_refused".to_owned()));
    }
}

#[tokio::test]
async fn a_mail_names_nobody_but_its_reader() {
    let bench = Bench::start(None);
    bench.register(anne()).await;
    let mail = bench.wait_for_mails(1).await.remove(0);
    let (head, _) = mail.split_once("\r\n\r\n").unwrap();
    let named: Vec<&str> = head.lines().filter(|line| line.contains('@')).collect();
    assert!(named.iter().all(|line| ["To:", "From:", "Message-ID:"].iter().any(|start| line.starts_with(start))), "{named:?}");
    assert!(!text_of(&mail).contains("MONTGOMERY"));
}
