//! The whole program against a real pcscd: a simulated card in vsmartcard's reader, the full screen in a pseudo-terminal, line mode through
//! pipes. Runs in namespaces of its own (tests/stage), or says that it did not.

#![allow(clippy::unwrap_used, reason = "in a test, a failure is a panic")]

#[cfg(target_os = "linux")]
#[path = "common/stage.rs"]
mod stage;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    stage::run(stage::scenes![the_reader_is_there])
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    println!("test result: ok. 0 passed; 0 failed; 0 ignored; NOT RUN: the virtual reader needs Linux");
    ExitCode::SUCCESS
}

#[cfg(target_os = "linux")]
fn the_reader_is_there() {
    let context = pcsc::Context::establish(pcsc::Scope::User).unwrap();
    let readers = context.list_readers_owned().unwrap();
    assert_eq!(readers.iter().filter(|name| name.to_string_lossy().contains("Virtual PCD")).count(), 2);
}
