//! The figures of the service, measured on the release program as a process of its own, on SQLite and on PostgreSQL (durable, as Debian sets it),
//! each with its limit: `cargo bench --bench service [throughput|memory|people]…`. Exit status 1 if one is missed.
//! Times are ratios within one run: rounds of what is compared take turns, so that a slow or busy machine measures the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that fails ends the run"
)]

#[allow(dead_code, unreachable_pub, reason = "the tests' service, of which this uses a part")]
#[path = "../common/bench.rs"]
mod bench;
#[allow(dead_code, reason = "the tests' server, of which this uses a part")]
#[path = "../common/postgres.rs"]
mod postgres;

#[path = "service/far.rs"]
mod far;
#[path = "service/memory.rs"]
mod memory;
#[path = "service/people.rs"]
mod people;
#[path = "service/throughput.rs"]
mod throughput;

use std::process::ExitCode;

fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| asked.is_empty() || asked.iter().any(|asked| asked == name);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let server = postgres::Postgres::durable();
    println!("{:<8}{:<78}{:>12}{:>12}", "", "figure", "value", "limit");
    let mut kept = true;
    for store in ["SQLite", "PostgreSQL"] {
        let database = || (store == "PostgreSQL").then(|| server.database());
        if wanted("throughput") {
            kept &= runtime.block_on(throughput::measure(store, database));
        }
        if wanted("memory") {
            kept &= runtime.block_on(memory::measure(store, database()));
        }
        if wanted("people") {
            kept &= runtime.block_on(people::measure(store, database));
        }
    }
    ExitCode::from(u8::from(!kept))
}

/// What a figure must keep to.
#[derive(Clone, Copy)]
enum Limit {
    AtLeast(f64),
    AtMost(f64),
}

/// Print one figure; true if it keeps to its limit.
fn report(name: &str, value: f64, limit: Limit) -> bool {
    let (kept, limit) = match limit {
        Limit::AtLeast(limit) => (value >= limit, format!(">= {limit}")),
        Limit::AtMost(limit) => (value <= limit, format!("<= {limit}")),
    };
    println!("{:<8}{name:<78}{value:>12.2}{limit:>12}", if kept { "ok" } else { "MISSED" });
    kept
}

/// Print a number that has no limit.
fn remark(name: &str, value: f64) {
    println!("{:<8}{name:<78}{value:>12.2}", "");
}

/// Return the middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
