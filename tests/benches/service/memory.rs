//! Resident memory: idle, and with many passwords set at once.

use std::fs;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use crate::bench::token_of;
use crate::far::Far;
use crate::{Limit, report};

/// So many passwords are set at once.
const PASSWORDS: u32 = 200;

/// Measure on one store; true if both limits are kept.
pub(crate) async fn measure(store: &str, database: Option<String>) -> bool {
    let far = Far::start(database).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut kept = report(&format!("{store}: resident memory, idle, MiB"), far.memory("VmRSS"), Limit::AtMost(32.0));
    for ready in far.crowd(1, PASSWORDS).await {
        assert_eq!(far.registration(&ready).send().await.unwrap().status(), StatusCode::CREATED);
    }
    let tokens = tokens(&far).await;
    let sent: Vec<_> = tokens
        .iter()
        .enumerate()
        .map(|(number, token)| {
            let body = json!({ "token": token, "password": format!("nine blue kites over Naha {number}") });
            tokio::spawn(far.post("/v1/passwords", far.stranger()).json(&body).send())
        })
        .collect();
    let mut refused = 0;
    for answer in sent {
        refused += u32::from(answer.await.unwrap().unwrap().status() != StatusCode::NO_CONTENT);
    }
    kept &= report(&format!("{store}: passwords of {PASSWORDS} set at once that were refused"), f64::from(refused), Limit::AtMost(0.0));
    kept &=
        report(&format!("{store}: most resident memory, {PASSWORDS} passwords at once, MiB"), far.memory("VmHWM"), Limit::AtMost(192.0));
    tokio::time::sleep(Duration::from_secs(2)).await;
    kept & report(&format!("{store}: resident memory, idle again, MiB"), far.memory("VmRSS"), Limit::AtMost(32.0))
}

/// Wait for everybody's mail, and return the tokens in them.
async fn tokens(far: &Far) -> Vec<String> {
    let folder = far.data().join("mail");
    loop {
        let mails: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "eml"))
            .collect();
        if mails.len() >= PASSWORDS as usize {
            return mails.iter().map(|path| token_of(&fs::read_to_string(path).unwrap())).collect();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
