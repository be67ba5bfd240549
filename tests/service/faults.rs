//! Bad days: the process killed at any moment, garbage on every path, and what the log then holds.

use std::io::Read;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use proptest::prelude::{Strategy, any};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::StatusCode;
use serde_json::Value;

use crate::bench::{Bench, Signer, anne, authority, taro};
use crate::futures_of;

/// `zairyu serve`, on the folder and at the address of a bench.
fn serve(bench: &Bench) -> Serve {
    let anchors = bench.data.path().join("anchors");
    authority().export(&anchors).unwrap();
    let address = bench.url.strip_prefix("http://").unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_zairyu"))
        .args(["serve", "--test-cards", "--public-url", "https://register.example.jp", "--listen", address])
        .arg("--data")
        .arg(bench.data.path().join("service"))
        .arg("--anchors")
        .arg(anchors)
        .env("HOME", bench.data.path())
        .env_remove("XDG_CONFIG_HOME")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Serve(child)
}

/// A process that does not outlive its test.
struct Serve(Child);

impl Serve {
    /// Kill it, and return all that it has said.
    fn kill(&mut self) -> String {
        self.0.kill().unwrap();
        let mut said = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        self.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn until_ready(bench: &Bench) {
    for _ in 0..200 {
        if bench.client.get(format!("{}/readyz", bench.url)).send().await.is_ok_and(|response| response.status() == StatusCode::OK) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the service did not start");
}

#[tokio::test]
async fn killed_at_any_moment_it_keeps_what_it_answered_and_finishes_what_is_sent_again() {
    let kana = Signer::make(authority(), "kana", &[]);
    let cards = [anne(), taro(), &kana];
    for delay in [0, 5, 10, 15, 25, 40] {
        let mut bench = Bench::start(None);
        bench.stop();
        bench.url = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
        let mut child = serve(&bench);
        until_ready(&bench).await;
        let mut ready = Vec::new();
        for card in cards {
            ready.push(bench.ready(card).await);
        }
        let requests = ready.iter().map(|(jti, statement)| {
            let request = bench.client.post(format!("{}/v1/registrations", bench.url)).header("content-type", "application/jose");
            let request = request.header("idempotency-key", jti).body(statement.clone()).send();
            async { request.await.ok()?.json::<Value>().await.ok() }
        });
        let killed = async {
            tokio::time::sleep(Duration::from_millis(delay)).await;
            child.kill()
        };
        let (answers, said) = tokio::join!(futures_of(requests), killed);
        let mut child = serve(&bench);
        until_ready(&bench).await;
        let mut ids = Vec::new();
        for ((jti, statement), answer) in ready.iter().zip(answers) {
            let again = bench.send("/v1/registrations", Some(jti), statement.clone()).await;
            assert!(again.status().is_success(), "{}", again.text().await.unwrap());
            let again: Value = again.json().await.unwrap();
            if let Some(answer) = answer {
                assert_eq!(answer, again, "killed after {delay} ms");
            }
            ids.push(again["authentication_id"].as_str().unwrap().to_owned());
        }
        ids.dedup();
        assert_eq!(ids.len(), cards.len());
        let said = said + &child.kill();
        for personal in ["MONTGOMERY", "docomo", "09012345678", "AB12345678CD", "西新宿", &ids[0]] {
            assert!(!said.contains(personal), "{said}");
        }
    }
}

#[tokio::test]
async fn garbage_on_any_path_is_refused_and_never_a_fault_inside() {
    let bench = Bench::start(None);
    let mut runner = TestRunner::deterministic();
    let bytes = proptest::collection::vec(any::<u8>(), 0..300);
    let paths = [
        "/v1/sessions/x/proof",
        "/v1/registrations",
        "/v1/passwords",
        "/v1/logins",
        "/v1/mail/resend",
        "/v1/mail/address",
        "/v1/cards/link",
    ];
    let media = ["application/jose", "application/json", "application/x-www-form-urlencoded", "text/plain", ""];
    for (number, path) in paths.iter().cycle().take(140).enumerate() {
        let body = bytes.new_tree(&mut runner).unwrap().current();
        let request = bench.client.post(format!("{}{path}", bench.url)).header("content-type", media[number % media.len()]);
        let status = request.header("idempotency-key", "x").body(body).send().await.unwrap().status();
        assert!(status.is_client_error(), "{path} {status}");
        let odd: String = "[/?#%\\PC]{0,40}".new_tree(&mut runner).unwrap().current();
        let odd: String = odd.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let status = bench.client.get(format!("{}/password/{odd}", bench.url)).send().await.unwrap().status();
        assert!(status.is_client_error(), "{odd} {status}");
    }
    assert_eq!(bench.client.get(format!("{}/readyz", bench.url)).send().await.unwrap().status(), StatusCode::OK);
}
