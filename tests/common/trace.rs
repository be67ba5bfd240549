//! strace, attached to a process: what it asks of the system, and a way to look at it when all but its end is done.
#![allow(unused, unreachable_pub, missing_docs, reason = "a harness that every test includes whole and uses in part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long strace may take to attach, or the process to come to its end.
const TIMEOUT: Duration = Duration::from_secs(20);

/// strace, attached to a process.
pub struct Trace {
    strace: Child,
    log: PathBuf,
}

impl Trace {
    /// Attach strace with these arguments, and wait until it is.
    pub fn of(process: u32, log: &Path, arguments: &[&str]) -> Trace {
        let strace = Command::new("strace")
            .arg("-f")
            .args(arguments)
            .arg("-o")
            .arg(log)
            .args(["-p", &process.to_string()])
            .stderr(Stdio::null())
            .spawn()
            .expect("strace must be there: tests/run installs it");
        let trace = Trace { strace, log: log.to_owned() };
        wait_until("strace to attach", || is_traced(process));
        trace
    }

    /// Let the process do everything up to its last call, and hold it there: what is in its memory then is what it leaves.
    pub fn holding_at_exit(process: u32, log: &Path) -> Trace {
        Trace::of(process, log, &["-e", "trace=exit_group", "-e", "inject=exit_group:delay_enter=60s"])
    }

    /// Wait until the process is held there.
    pub fn wait_for_exit(&self) {
        wait_until("the last call", || std::fs::read_to_string(&self.log).is_ok_and(|calls| calls.contains("exit_group(")));
    }

    /// Let go of the process, and return its calls.
    pub fn end(mut self) -> String {
        let strace = self.strace.id().to_string();
        assert!(Command::new("kill").args(["-INT", &strace]).status().unwrap().success());
        self.strace.wait().unwrap();
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        let _ = self.strace.kill();
        let _ = self.strace.wait();
    }
}

/// Return whether a process is traced.
fn is_traced(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    status.lines().any(|line| line.strip_prefix("TracerPid:").is_some_and(|tracer| tracer.trim() != "0"))
}

fn wait_until(what: &str, arrived: impl Fn() -> bool) {
    let deadline = Instant::now() + TIMEOUT;
    while !arrived() {
        assert!(Instant::now() < deadline, "waited for {what}");
        std::thread::sleep(Duration::from_millis(20)); // Nothing announces it.
    }
}
