//! The operator's drill, as src/service/operator.md tells it: install, PostgreSQL, a real mail server, nginx and Caddy with TLS before it;
//! register fifty people, back up, destroy, restore, replace the program; and all are there.

use std::collections::BTreeMap;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;

use reqwest::StatusCode;
use serde_json::json;
use zairyu::card::Purpose;

use crate::bench::contract::Client;
use crate::bench::{Bench, anne, authority, linked_in, real_now, text_of};
use crate::operator::{Served, written};
use crate::pki::Pki;
use crate::post::Exim;
use crate::postgres::Postgres;
use crate::{GOOD, until};

const PAGE: &str = include_str!("../../src/service/operator.md");
/// What the certificate names.
const HOST: &str = "localhost";
const PEOPLE: u32 = 50;

/// A proxy that runs, and its port.
struct Proxy(Child, u16);

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Return the configuration that the page tells, for this host, this port and the service's.
fn told(language: &str, folder: &Path, port: u16, service: u16) -> String {
    let (_, block) = PAGE.split_once(&format!("```{language}\n")).unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let files = folder.to_str().unwrap();
    let block = block.replace("registration.example.jp {", &format!("https://{HOST}:{port} {{")).replace("registration.example.jp", HOST);
    block.replace("/etc/zairyu", files).replace("listen 443", &format!("listen 127.0.0.1:{port}")).replace(":8480", &format!(":{service}"))
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Proxy {
    fn start(command: &mut Command, port: u16) -> Proxy {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut proxy = Proxy(child.unwrap_or_else(|why| panic!("{command:?}: {why}")), port);
        for _ in 0..400 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return proxy;
            }
            if proxy.0.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(25)); // Nothing announces that a port is open: it can only be tried.
        }
        let _ = proxy.0.kill();
        let mut said = String::new();
        std::io::Read::read_to_string(&mut proxy.0.stderr.take().unwrap(), &mut said).unwrap();
        panic!("{command:?}: {said}");
    }

    fn nginx(folder: &Path, service: u16) -> Proxy {
        let port = free_port();
        let own = folder.join("nginx");
        std::fs::create_dir_all(&own).unwrap();
        let at = own.display();
        let temporary: String =
            ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path {at}/{kind};\n")).concat();
        let block = told("nginx", folder, port, service);
        let whole = format!("pid {at}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{block}}}\n");
        let file = written(folder, "nginx.conf", whole);
        Proxy::start(Command::new("nginx").arg("-c").arg(file).args(["-e", "stderr", "-g", "daemon off;", "-p"]).arg(&own), port)
    }

    fn caddy(folder: &Path, service: u16) -> Proxy {
        let port = free_port();
        let block = told("caddy", folder, port, service);
        let file = written(folder, "Caddyfile", format!("{{\nadmin off\nauto_https disable_redirects\n}}\n{block}"));
        let mut command = Command::new("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file).env("HOME", folder).env("XDG_DATA_HOME", folder);
        Proxy::start(&mut command, port)
    }
}

/// Run a command of the operator, and return what it prints.
fn operate(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).env_clear().stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Return what is registered, as `store check` and its kin print it: table, rows and sum, without what changes as one looks.
fn kept(printed: &str) -> BTreeMap<String, String> {
    let lines = printed.lines().filter_map(|line| line.trim().split_once(' '));
    let kept = lines.filter(|(table, _)| ["people", "cards", "statements", "outbox"].contains(table));
    let kept: BTreeMap<String, String> = kept.map(|(table, sum)| (table.to_owned(), sum.trim().to_owned())).collect();
    assert_eq!(kept.len(), 4, "{printed}");
    kept
}

/// Register the person of a number through a proxy.
async fn register(bench: &mut Bench, proxy: &Proxy, number: u32) {
    bench.url = format!("https://{HOST}:{}", proxy.1);
    bench.clock.store(real_now(), Ordering::SeqCst);
    bench.register(&anne().reissued(authority(), number)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_backup_destruction_restore_and_upgrade_everybody_is_there() {
    let folder = tempfile::Builder::new().prefix("zairyu-drill").tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut bench = Bench::known_as("https://localhost");
    bench.stop();
    drop(bench.options());
    let (exim, pki) = (Exim::start(), Pki::make());
    crate::pki::put(&pki.issue(HOST), folder.path());
    std::fs::create_dir(at("bin")).unwrap();
    let program = at("bin/zairyu");
    let install = || {
        let _ = std::fs::remove_file(&program);
        std::fs::copy(env!("CARGO_BIN_EXE_zairyu"), &program).unwrap();
    };
    install();
    let database = Postgres::alone();
    let url = written(folder.path(), "database", database.database());
    let mail = exim.settings();
    let [mail_file, mail_ca] = [("mail", mail.server), ("ca.pem", mail.ca.unwrap())].map(|(name, text)| written(folder.path(), name, text));
    let anchors = bench.data.path().join("anchors");
    let files = [&anchors, &url, &mail_file, &mail_ca].map(|path| path.to_str().unwrap().to_owned());
    let public = format!("https://{HOST}");
    let [anchors, database_file, mail_file, mail_ca] = &files;
    let arguments: Vec<&str> = [
        ["--public-url", &public],
        ["--anchors", anchors],
        ["--database-file", database_file],
        ["--mail-file", mail_file],
        ["--mail-ca", mail_ca],
        ["--mail-from", "Minato Office <reg@example.jp>"],
        // The bench's cards.
        ["--behind-proxy", "--test-cards"],
    ]
    .concat();
    let data = at("data");
    let served = Served::start_program(&program, &data, &arguments);
    let port = std::fs::read_to_string(data.join("port")).unwrap().trim().parse().unwrap();
    let proxies = [Proxy::nginx(folder.path(), port), Proxy::caddy(folder.path(), port)];
    let ca = reqwest::Certificate::from_pem(&std::fs::read(pki.ca()).unwrap()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([ca]).resolve(HOST, ([127, 0, 0, 1], 0).into());
    bench.client = Client::of(client.build().unwrap());
    for (number, proxy) in (0..PEOPLE).zip(proxies.iter().cycle()) {
        register(&mut bench, proxy, number).await;
    }
    until(async || exim.delivered().len() == PEOPLE as usize).await;
    let token = linked_in(&text_of(&exim.delivered()[0]), "/password/").unwrap();
    bench.set_password_with(GOOD, &token).await;
    until(async || exim.delivered().len() == PEOPLE as usize + 1).await;
    // Figures are not for whoever comes through a proxy.
    for proxy in &proxies {
        let figures = bench.client.get(format!("https://{HOST}:{}/metrics", proxy.1)).send().await.unwrap();
        assert_eq!(figures.status(), StatusCode::NOT_FOUND);
    }
    // Beside the running service, as soon as it has recorded what was sent.
    let checked = || kept(&operate(&program, &["store", "check", "--database-file", database_file]));
    until(async || {
        let queued = sqlx::PgPool::connect(&std::fs::read_to_string(database_file).unwrap()).await.unwrap();
        sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM outbox WHERE state = 'queued'").fetch_one(&queued).await.unwrap() == 0
    })
    .await;
    let before = checked();
    let backup = at("backup.sqlite").to_str().unwrap().to_owned();
    let backed_up = kept(&operate(&program, &["store", "backup", &backup, "--database-file", database_file]));
    assert_eq!(backed_up, before);
    // Both proxies have said who calls.
    assert!(!served.said().contains("X-Forwarded-For"), "{}", served.said());
    // All is lost but the backup and the files of the settings.
    drop(served);
    database.stop("immediate");
    drop(database);
    std::fs::remove_dir_all(&data).unwrap();
    let database = Postgres::alone();
    std::fs::write(&url, database.database()).unwrap();
    operate(&program, &["store", "copy", &format!("sqlite:{backup}"), "--to-file", database_file]);
    assert_eq!(checked(), before);
    install();
    std::fs::create_dir(&data).unwrap();
    written(&data, "port", port.to_string());
    let served = Served::start_program(&program, &data, &arguments);
    assert_eq!(std::fs::read_to_string(data.join("port")).unwrap().trim(), port.to_string());
    // Who was registered still is, and the next one is welcome.
    bench.url = format!("https://{HOST}:{}", proxies[0].1);
    bench.clock.store(real_now(), Ordering::SeqCst);
    for number in [0, PEOPLE - 1] {
        let card = anne().reissued(authority(), number);
        assert_eq!(bench.ask(&card, Purpose::Authentication, ("login", "/v1/logins"), json!({})).await.status(), StatusCode::OK);
    }
    register(&mut bench, &proxies[1], PEOPLE).await;
    until(async || exim.delivered().len() == PEOPLE as usize + 2).await;
    let after = checked();
    assert!(after["people"].starts_with(&(PEOPLE + 1).to_string()), "{after:?}");
    drop(served);
}
