//! The release program's service as a process, and a client that calls it from as many addresses as there are people.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;
use zairyu::card::Purpose;

use crate::bench::{Bench, Signer, anne, authority};

/// `zairyu serve`, killed at the end.
pub(crate) struct Far {
    child: Child,
    pub(crate) bench: Bench,
    pub(crate) client: Client,
    callers: AtomicU32,
}

/// Somebody who is ready to register: all that is left is to send this.
pub(crate) struct Ready {
    pub(crate) jti: String,
    pub(crate) statement: String,
    /// The address that they call from.
    pub(crate) caller: Ipv4Addr,
}

impl Far {
    /// Start the service in a folder of its own, or on a database.
    pub(crate) async fn start(database: Option<String>) -> Far {
        let mut bench = Bench::start(None);
        bench.stop();
        bench.database = database;
        let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        bench.url = format!("http://{listen}");
        let anchors = bench.data.path().join("anchors");
        authority().export(&anchors).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_zairyu"));
        command.args(["serve", "--test-cards", "--behind-proxy", "--public-url", "https://register.example.jp"]);
        command.arg("--listen").arg(listen.to_string()).arg("--data").arg(bench.data.path().join("far")).arg("--anchors").arg(anchors);
        if let Some(database) = &bench.database {
            command.arg("--database").arg(database);
        }
        command.env("HOME", bench.data.path()).env_remove("XDG_CONFIG_HOME").stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.spawn().unwrap();
        let far = Far { child, bench, client: Client::builder().no_proxy().build().unwrap(), callers: AtomicU32::new(0) };
        while !far.client.get(far.url("/readyz")).send().await.is_ok_and(|answer| answer.status() == StatusCode::OK) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        far
    }

    /// Kill it, and keep what it has made.
    pub(crate) fn silenced(mut self) -> Far {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.bench.url)
    }

    /// Return the service's folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.bench.data.path().join("far")
    }

    /// Return a number of `/proc/PID/status`, in MiB.
    pub(crate) fn memory(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim_matches([':', ' ', '\t']).trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    /// Return an address that nobody else calls from.
    pub(crate) fn stranger(&self) -> Ipv4Addr {
        Ipv4Addr::from(0x0A00_0000 + self.callers.fetch_add(1, Ordering::Relaxed))
    }

    /// Return where it listens.
    pub(crate) fn address(&self) -> &str {
        self.bench.url.strip_prefix("http://").unwrap()
    }

    /// Call from an address.
    pub(crate) fn post(&self, path: &str, caller: Ipv4Addr) -> RequestBuilder {
        self.client.post(self.url(path)).header("x-forwarded-for", caller.to_string())
    }

    /// Send a statement.
    pub(crate) fn statement(&self, path: &str, caller: Ipv4Addr, statement: String) -> RequestBuilder {
        self.post(path, caller).header("content-type", "application/jose").body(statement)
    }

    /// Send a registration.
    pub(crate) fn registration(&self, ready: &Ready) -> RequestBuilder {
        self.statement("/v1/registrations", ready.caller, ready.statement.clone()).header("idempotency-key", &ready.jti)
    }

    /// Go up to a signed registration.
    pub(crate) async fn ready(&self, card: &Signer) -> Ready {
        let caller = self.stranger();
        let session: Value = self.post("/v1/sessions", caller).send().await.unwrap().json().await.unwrap();
        let proof = card.statement(Purpose::Authentication, "proof", &self.bench.payload(&session["nonce"]));
        let proved = self.statement(&crate::bench::proof(&session), caller, proof).send().await.unwrap();
        assert_eq!(proved.status(), StatusCode::OK, "{}", proved.text().await.unwrap());
        let nonce = proved.json::<Value>().await.unwrap()["nonce"].clone();
        let payload = self.bench.registration(&nonce, &session["terms"]);
        let jti = payload["jti"].as_str().unwrap().to_owned();
        Ready { jti, statement: card.statement(Purpose::Signing, "registration", &payload), caller }
    }

    /// Make people ready whose cards are numbered from a number on.
    pub(crate) async fn crowd(&self, first: u32, count: u32) -> Vec<Ready> {
        let mut crowd = Vec::new();
        for number in first..first + count {
            crowd.push(self.ready(&anne().reissued(authority(), number)).await);
        }
        crowd
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
