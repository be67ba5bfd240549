//! An operator's days: what is told at start and while the service runs, settings in files as editors save them, own texts, and figures.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use reqwest::StatusCode;
use serde_json::{Value, json};
use zairyu::card::Purpose;
use zairyu::service::{Options, Peers, StartError, Texts, start};

use crate::bench::{Bench, anne, refusal, taro, text_of};
use crate::edge::beside;
use crate::pki::{Pki, put};
use crate::post::{Post, Way};
use crate::{GOOD, postgres, until};

const ZAIRYU: &str = env!("CARGO_BIN_EXE_zairyu");

/// Return `zairyu serve` with a data folder.
fn serve(program: &Path, data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.arg("serve").args(arguments).arg("--data").arg(data).env("HOME", data).env_remove("XDG_CONFIG_HOME");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Start a service that must not start, and return what it says.
fn refused(data: &Path, arguments: &[&str]) -> String {
    let output = serve(ZAIRYU.as_ref(), data, arguments).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(!output.status.success() && !said.contains("listening"), "{arguments:?}: {said}");
    said
}

/// A service that runs, with what it has said to the operator so far.
pub(crate) struct Served {
    child: Child,
    listens: String,
    said: Arc<Mutex<String>>,
}

impl Served {
    fn start(data: &Path, arguments: &[&str]) -> Served {
        Served::start_program(ZAIRYU.as_ref(), data, arguments)
    }

    pub(crate) fn start_program(program: &Path, data: &Path, arguments: &[&str]) -> Served {
        let mut child = serve(program, data, &[&["--listen", "127.0.0.1:0"], arguments].concat()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (heard, errors) = (Arc::clone(&said), BufReader::new(child.stderr.take().unwrap()));
        std::thread::spawn(move || errors.lines().map_while(Result::ok).for_each(|line| *heard.lock().unwrap() += &(line + "\n")));
        let mut listens = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut listens).unwrap();
        let served = Served { child, listens, said };
        assert!(served.listens.starts_with("listening on "), "{}", served.said());
        served
    }

    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    async fn says(&self, words: &str) {
        until(async || self.said().contains(words)).await;
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn written(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_service_that_no_client_could_use_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, words) in [
        (&["--public-url", "registration.example"][..], "https://host"),
        (&["--public-url", "ftp://registration.example"], "https://host"),
        (&["--public-url", "http://registration.example"], "their own computer"),
        (&["--public-url", "http://192.0.2.1:8480", "--behind-proxy"], "their own computer"),
        (&["--listen", "0.0.0.0:0"], "--public-url https://HOST"),
        (&["--listen", "[::]:0"], "--public-url https://HOST"),
        (&["--listen", "127.0.0.1:0", "--behind-proxy"], "--public-url https://HOST"),
    ] {
        let said = refused(folder.path(), arguments);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}

#[test]
fn it_says_where_it_listens_and_how_it_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let here = Served::start(folder.path(), &[]);
    let port = std::fs::read_to_string(folder.path().join("port")).unwrap();
    assert_eq!(here.listens, format!("listening on http://127.0.0.1:{}\n", port.trim()));
    drop(here);
    let known = Served::start(folder.path(), &["--public-url", "https://registration.example", "--behind-proxy"]);
    assert_eq!(known.listens, format!("listening on http://127.0.0.1:{}, known as https://registration.example\n", port.trim()));
}

#[tokio::test]
async fn what_mails_will_meet_is_said_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let without = Served::start(folder.path(), &[]);
    without.says("no mail server is set").await;
    assert!(without.said().contains(&folder.path().join("mail").display().to_string()), "{}", without.said());
    drop(without);
    let post = Post::with(Way::Tls, Some(["register:secret", "PLAIN"]));
    let settings = post.settings();
    let ca = written(folder.path(), "ca.pem", settings.ca.unwrap());
    let told = async |server: &str, words: &str| {
        let file = written(folder.path(), "mail-server", server);
        let arguments = ["--mail-file", file.to_str().unwrap(), "--mail-from", "reg@example.jp", "--mail-ca", ca.to_str().unwrap()];
        let served = Served::start(folder.path(), &arguments);
        served.says(words).await;
        assert!(!served.said().contains("secret") && !served.said().contains("no mail server"), "{}", served.said());
    };
    told(&settings.server, "the mail server lets us in").await;
    told(&settings.server.replace(":secret@", ":wrong@"), "the mail server does not let us in: login: 535").await;
    // As editors of Windows save it.
    told(&format!("\u{feff}{}\r\n", settings.server), "the mail server lets us in").await;
    told("smtps://127.0.0.1:9", "the mail server does not let us in: no connection").await;
    assert!(post.mails().is_empty());
}

#[tokio::test]
async fn a_hangup_takes_up_the_renewed_certificate_and_ends_nothing() {
    let (folder, pki) = (tempfile::tempdir().unwrap(), Pki::make());
    put(&pki.issue("first"), folder.path());
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let mut served = Served::start(folder.path(), &["--tls-cert", &file("tls.pem"), "--tls-key", &file("tls.key")]);
    for number in 1..=2 {
        put(&pki.issue(&format!("renewed{number}")), folder.path());
        served.signal("-HUP");
        until(async || served.said().matches("the renewed certificate is in use").count() == number).await;
    }
    served.signal("-TERM");
    assert!(served.child.wait().unwrap().success(), "{}", served.said());
}

#[tokio::test]
async fn a_database_that_does_not_open_is_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = postgres::server();
    let there = server.database();
    let absent = there.replace("/zairyu_", "/absent_");
    let newer = server.database();
    start(Options { database: Some(newer.clone()), ..Options::embedded(data.clone()) }).unwrap().stop();
    let step =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, 'x', 0)";
    let pool = sqlx::PgPool::connect(&newer).await.unwrap();
    sqlx::query(step).execute(&pool).await.unwrap();
    pool.close().await;
    let no_database =
        written(folder.path(), "text.sqlite", "This is no database, but a text that is long enough to be looked at as one.".repeat(9));
    for (url, words) in [
        ("postgres://zairyu:s3cr3t@127.0.0.1:9/zairyu", &["no connection to PostgreSQL at 127.0.0.1:9", "does it run"][..]),
        ("postgres://zairyu:s3/cr3t@127.0.0.1/zairyu", &["the URL is not understood", "%2F"]),
        ("mysql://zairyu:s3cr3t@127.0.0.1/zairyu", &["postgres://"]),
        (&absent, &["does not exist", "createdb"]),
        (&newer, &["a newer zairyu", "backup"]),
        (&format!("sqlite:{}", no_database.display()), &["text.sqlite: it is no SQLite database"]),
    ] {
        let said = refused(&data, &["--database-file", written(folder.path(), "url", format!("\u{feff}{url}\r\n")).to_str().unwrap()]);
        assert!(words.iter().all(|word| said.contains(word)) && !said.contains("s3") && !said.contains("cr3t"), "{url}: {said}");
    }
    for (bytes, words) in [(&b"\r\n"[..], "its first line is empty"), (b"postgres://\x93\xFA\x96{", "UTF-8")] {
        let said = refused(&data, &["--database-file", written(folder.path(), "url", bytes).to_str().unwrap()]);
        assert!(said.contains("url: ") && said.contains(words), "{said}");
    }
}

#[tokio::test]
async fn keys_and_secrets_are_read_as_editors_save_them() {
    let (folder, pki) = (tempfile::tempdir().unwrap(), Pki::make());
    put(&pki.issue("localhost"), folder.path());
    let utf16 = |text: String| {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16().collect::<Vec<_>>());
        units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    let [certificate, key] = ["tls.pem", "tls.key"].map(|name| folder.path().join(name));
    for path in [&certificate, &key] {
        let text = std::fs::read_to_string(path).unwrap().replace('\n', "\r\n");
        std::fs::write(path, if *path == key { utf16(text) } else { format!("\u{feff}{text}").into_bytes() }).unwrap();
    }
    let url = written(folder.path(), "url", utf16(format!("sqlite:{}\r\n", folder.path().join("own.sqlite").display())));
    let arguments =
        ["--tls-cert", certificate.to_str().unwrap(), "--tls-key", key.to_str().unwrap(), "--database-file", url.to_str().unwrap()];
    Served::start(folder.path(), &arguments);
    assert!(folder.path().join("own.sqlite").exists());
}

#[test]
fn two_services_do_not_work_in_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = || start(Options::embedded(folder.path().to_owned()));
    // One person may open two windows.
    let windows = [embedded().unwrap(), embedded().unwrap()];
    assert!(refused(folder.path(), &["--listen", "127.0.0.1:0"]).contains("another zairyu uses this data folder"));
    drop(windows);
    let served = Served::start(folder.path(), &[]);
    assert!(refused(folder.path(), &["--listen", "127.0.0.1:0"]).contains("--data"));
    assert!(matches!(embedded(), Err(StartError::InUse(_))));
    // The operator's commands work beside it; and one that was killed keeps nobody out.
    let find = Command::new(env!("CARGO_BIN_EXE_zairyu")).args(["users", "find", "nobody", "--data"]).arg(folder.path()).output().unwrap();
    assert!(find.status.success(), "{find:?}");
    served.signal("-KILL");
    drop(served);
    embedded().unwrap().stop();
}

#[tokio::test]
async fn whoever_opens_the_address_in_a_browser_reads_what_it_is() {
    let bench = Bench::start(None);
    let page = async |accepts: &str, query: &str| {
        let request = bench.client.get(format!("{}/{query}", bench.url)).header("accept-language", accepts);
        request.send().await.unwrap().text().await.unwrap()
    };
    let english = page("en-GB,en;q=0.9", "").await;
    assert!(english.contains("<html lang=\"en\">") && english.contains("not a service of the Immigration Services Agency"), "{english}");
    assert!(
        english.contains("zairyu --service https://register.example.jp") && english.contains("出入国在留管理庁のサービスではありません")
    );
    let japanese = page("ja", "").await;
    assert!(japanese.contains("<html lang=\"ja\">") && !japanese.contains("not a service of"), "{japanese}");
    assert_eq!(page("ja", "?lang=en").await, english);
    // Whose it is, where that is known.
    assert!(!english.contains("Who runs this service"), "{english}");
    let mut bench = bench;
    bench.run(Options { name: "みなと行政書士事務所".to_owned(), ..bench.options() });
    let page = bench.client.get(format!("{}/?lang=en", bench.url)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Who runs this service: みなと行政書士事務所"), "{page}");
}

#[tokio::test]
async fn the_operators_own_terms_are_what_is_signed_and_their_words_end_every_mail() {
    let mut bench = Bench::start(None);
    let old = bench.session().await["terms"].clone();
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("terms.ja.txt", "\u{feff}みなと行政書士事務所の規約\r\n"),
        ("terms.en.txt", "The terms of Minato Office\n"),
        ("privacy.ja.txt", "個人情報の取り扱い\n"),
        ("mail.ja.txt", "みなと行政書士事務所 03-0000-0000\n"),
        ("mail.en.txt", "Minato Office, <b>03-0000-0000</b>\n"),
    ] {
        written(folder.path(), name, text);
    }
    bench.run(Options { texts: Texts::from_folder(folder.path()).unwrap(), ..bench.options() });
    let terms =
        async |lang: &str| bench.client.get(format!("{}/v1/terms?lang={lang}", bench.url)).send().await.unwrap().text().await.unwrap();
    assert_eq!(terms("ja").await, "みなと行政書士事務所の規約\n\n個人情報の取り扱い\n");
    assert_eq!(terms("en").await, "The terms of Minato Office\n\n個人情報の取り扱い\n");
    let session = bench.session().await;
    assert_eq!(session["terms"]["sha256"], zairyu::protocol::terms::sha256_of(&terms("ja").await));
    assert_ne!(session["terms"], old);
    // Who has agreed to other terms is not registered.
    let nonce = bench.prove(&session, anne()).await;
    let payload = bench.registration(&nonce, &old);
    let statement = anne().statement(Purpose::Signing, "registration", &payload);
    let refused = bench.send("/v1/registrations", payload["jti"].as_str(), statement).await;
    assert_eq!(refusal(refused).await, (409, "terms".to_owned()));
    bench.register(anne()).await;
    let mail = text_of(&bench.wait_for_mails(1).await[0]);
    assert!(mail.contains("Minato Office, <b>03-0000-0000</b>\n") && mail.contains("みなと行政書士事務所 03-0000-0000\n"), "{mail}");
}

#[tokio::test]
async fn an_event_is_told_and_never_whose_it_was() {
    let mut bench = Bench::start(None);
    let lines = Arc::new(Mutex::new(Vec::<String>::new()));
    let heard = Arc::clone(&lines);
    bench.run(Options { log: Arc::new(move |line| heard.lock().unwrap().push(line.to_owned())), ..bench.options() });
    let (jti, statement) = bench.ready(anne()).await;
    for status in [StatusCode::CREATED, StatusCode::OK] {
        assert_eq!(bench.send("/v1/registrations", Some(&jti), statement.clone()).await.status(), status);
    }
    bench.wait_for_mails(1).await;
    bench.set_password(GOOD).await;
    for (act, more) in
        [(("resend", "/v1/mail/resend"), json!({})), (("address", "/v1/mail/address"), json!({ "email": "anne@example.jp" }))]
    {
        assert_eq!(bench.ask(anne(), Purpose::Signing, act, more).await.status(), StatusCode::OK);
    }
    assert_eq!(refusal(bench.ask(taro(), Purpose::Signing, ("withdraw", "/v1/registrations/withdraw"), json!({})).await).await.0, 404);
    assert_eq!(bench.ask(anne(), Purpose::Signing, ("withdraw", "/v1/registrations/withdraw"), json!({})).await.status(), StatusCode::OK);
    let events: Vec<String> = lines.lock().unwrap().iter().filter(|line| line.starts_with("event: ")).cloned().collect();
    assert_eq!(events, ["registered", "password_set", "resend", "address", "withdraw"].map(|event| format!("event: {event}")));
}

#[tokio::test]
async fn a_proxy_that_does_not_say_who_calls_is_told_once() {
    let mut bench = Bench::start(None);
    let lines = Arc::new(Mutex::new(Vec::<String>::new()));
    let heard = Arc::clone(&lines);
    let log = Arc::new(move |line: &str| heard.lock().unwrap().push(line.to_owned()));
    bench.run(Options { log, peers: Peers::BehindProxy, ..bench.options() });
    let told = || lines.lock().unwrap().iter().filter(|line| line.contains("X-Forwarded-For")).count();
    for (forwarded, times) in [(Some("[2001:db8:1::1]"), 0), (None, 1), (Some("unknown"), 1), (Some("192.0.2.7:443"), 1)] {
        let request = bench.client.get(format!("{}/v1/terms", bench.url));
        let request =
            forwarded.map_or_else(|| bench.client.get(format!("{}/v1/terms", bench.url)), |value| request.header("x-forwarded-for", value));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
        assert_eq!(told(), times, "{forwarded:?}");
    }
}

/// Run a program on a text, and return what it says if it objects.
fn objections(command: &mut Command, text: &str) -> Option<String> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.as_mut().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (!child.wait().unwrap().success() || said.contains("warning")).then_some(said)
}

/// Return `promtool`, which apt-get install prometheus brings.
fn promtool(arguments: &[&str]) -> Command {
    let mut command = Command::new("promtool");
    command.args(arguments);
    command
}

#[tokio::test]
async fn figures_are_as_prometheus_wants_them_and_come_while_the_database_is_away() {
    let server = postgres::Postgres::alone();
    let mut bench = Bench::start(Some(server.database()));
    let metrics = Some("127.0.0.1:0".parse().unwrap());
    bench.stop();
    let running = start(Options { metrics, ..bench.options() }).unwrap();
    bench.url = format!("http://{}", running.address());
    bench.register(anne()).await;
    let own = format!("http://{}", running.metrics().unwrap());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    // At its own address it is for whoever reaches that: behind a proxy too.
    let figures =
        async || client.get(format!("{own}/metrics")).header("x-forwarded-for", "192.0.2.1").send().await.unwrap().text().await.unwrap();
    let text = figures().await;
    assert_eq!(objections(&mut promtool(&["check", "metrics"]), &text), None);
    let version = env!("CARGO_PKG_VERSION");
    for line in [
        "zairyu_store_up 1",
        "zairyu_password_queue 0",
        "zairyu_call_seconds_count{call=\"POST /v1/registrations\"} 1",
        "zairyu_call_seconds_bucket{call=\"POST /v1/sessions/{session}/proof\",le=\"+Inf\"} 1",
        &format!("zairyu_build_info{{version=\"{version}\",database=\"postgresql\"}} 1"),
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    for path in ["/", "/v1/sessions", "/openapi.json"] {
        assert_eq!(client.get(format!("{own}{path}")).send().await.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
    }
    server.stop("immediate");
    let text = figures().await;
    assert!(text.contains("zairyu_store_up 0\n") && text.contains("zairyu_registrations_total 1\n"), "{text}");
    assert!(!text.contains("zairyu_mails_queued"), "{text}");
    // Also at the service's own address, for this computer.
    let here = bench.client.get(format!("{}/metrics", bench.url)).send().await.unwrap();
    assert!(here.text().await.unwrap().contains("zairyu_store_up 0\n"));
    server.run();
    until(async || figures().await.contains("zairyu_store_up 1\n")).await;
    running.stop();
}

#[tokio::test]
async fn the_examples_for_monitoring_are_understood_and_name_figures_that_there_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/service/monitoring");
    for (check, file) in [("rules", "alerts.yml"), ("config", "prometheus.yml")] {
        let checked = promtool(&["check", check, folder.join(file).to_str().unwrap()]).output().expect("apt-get install prometheus");
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
    let bench = Bench::start(None);
    let figures = bench.client.get(format!("{}/metrics", bench.url)).send().await.unwrap().text().await.unwrap();
    let known: Vec<&str> = figures.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(['{', ' ']).next()).collect();
    let mut named = 0;
    for file in ["alerts.yml", "grafana.json"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| word.starts_with("zairyu_"));
        for name in words {
            assert!(known.contains(&name), "{file}: {name}");
            named += 1;
        }
        if file.ends_with("json") {
            let dashboard: Value = serde_json::from_str(&text).unwrap();
            let panels = dashboard["panels"].as_array().unwrap();
            assert!(panels.len() > 5 && panels.iter().all(|panel| panel["targets"][0]["expr"].is_string()));
        }
    }
    assert!(named > 15);
}

/// The release of Redocly's linter that judges the contract.
const REDOCLY: &str = "@redocly/cli@2.77.0";

/// Return the linter. npm brings it once into the build folder, unless `ZAIRYU_REDOCLY` names the program `redocly`.
fn redocly() -> PathBuf {
    if let Some(program) = std::env::var_os("ZAIRYU_REDOCLY") {
        return program.into();
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("redocly");
    let program = folder.join("node_modules/.bin/redocly");
    if !program.exists() {
        std::fs::create_dir_all(&folder).unwrap();
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", REDOCLY, "--prefix"]).arg(&folder);
        let installed = npm.stdout(Stdio::null()).status();
        assert!(
            installed.is_ok_and(|status| status.success()),
            "npm could not bring {REDOCLY}: apt-get install npm, or set ZAIRYU_REDOCLY"
        );
    }
    program
}

#[tokio::test]
async fn the_contract_is_clean_to_a_linter() {
    let bench = Bench::start(None);
    let folder = tempfile::tempdir().unwrap();
    let document = bench.client.get(format!("{}/openapi.json", bench.url)).send().await.unwrap().text().await.unwrap();
    let file = written(folder.path(), "openapi.json", document);
    let mut lint = Command::new(redocly());
    // Three calls refuse nobody.
    lint.args(["lint", "--skip-rule", "operation-4xx-response", "--format", "json"]).arg(&file).current_dir(folder.path());
    let output = lint.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let report: Value = said.find('{').and_then(|start| serde_json::from_str(&said[start..]).ok()).unwrap_or_default();
    assert_eq!((&report["totals"]["errors"], &report["totals"]["warnings"]), (&json!(0), &json!(0)), "{said}");
}

#[test]
fn the_fault_of_a_mistyped_setting_of_files_is_told() {
    let bench = Bench::start(None);
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), "terms.en.txt", "Terms");
    let said = refused(&folder.path().join("data"), &["--texts", folder.path().to_str().unwrap()]);
    assert!(said.contains("terms.ja.txt: there is no such file"), "{said}");
    // An address that is taken is told with what mends it.
    let taken = bench.url.strip_prefix("http://").unwrap().parse().unwrap();
    let fault = beside(&bench, |options| Options { listen: taken, ..options }).err().unwrap().to_string();
    assert!(fault.contains("--listen"), "{fault}");
}

/// What `zairyu serve --help` says of a setting, as a row of the page.
fn row(line: &str) -> Option<String> {
    let (flag, text) = line.trim_start().split_once("  ").filter(|(flag, _)| flag.starts_with("--"))?;
    let (text, rest) = text.split_once(" [").unwrap_or((text, ""));
    let said = |what: &str| {
        let (_, from) = rest.split_once(what)?;
        Some(format!("`{}`", from.split([']', '=']).next()?))
    };
    let text = text.trim().replace("<address>", "`<address>`");
    Some(format!("| `{flag}` | {} | {} | {text} |", said("env: ").unwrap_or_default(), said("default: ").unwrap_or_default()))
}

#[test]
fn the_operators_page_tells_every_setting_with_its_default() {
    let help = Command::new(ZAIRYU).args(["serve", "--help"]).env_clear().output().unwrap();
    let rows: Vec<String> = String::from_utf8(help.stdout).unwrap().lines().filter_map(row).collect();
    let (_, told) = include_str!("../../src/service/operator.md")
        .split_once("| setting | variable | default | what it is |\n|---|---|---|---|\n")
        .unwrap();
    let told: Vec<&str> = told.lines().collect();
    assert!(rows.len() > 20);
    assert_eq!(told, rows, "src/service/operator.md is to end with:\n{}", rows.join("\n"));
}
