//! A stick in a mount namespace of the program's own: nothing of the system's is touched. Needs `unshare` and `nsenter` (util-linux).
#![allow(unused, unreachable_pub, missing_docs, reason = "a harness that every test includes whole and uses in part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, a failure is a panic")]

use std::process::Command;

/// The user whose stick it is.
pub const USER: &str = "anne";
/// Where it is mounted.
pub const STICK: &str = "/media/anne/USB STICK";

/// Return the command and the arguments that run a program beside a stick of this size (`16k`), mounted so (`rw`, `ro`).
pub fn beside(size: &str, mode: &str, program: &[&str]) -> (&'static str, Vec<String>) {
    let script = "mount -t tmpfs none /media && mkdir -p \"$1\" && mount -t tmpfs -o size=\"$2\" none \"$1\" && mount -o remount,\"$3\" \"$1\" \
                  && shift 3 && \"$@\"";
    let first = ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", STICK, size, mode];
    ("unshare", first.iter().chain(program).map(|word| (*word).to_owned()).collect())
}

/// Run a shell command where the program with this id sees the stick; return what it said.
pub fn there(process: u32, script: &str) -> String {
    let process = process.to_string();
    let run = Command::new("nsenter").args(["-t", &process, "--user", "--mount", "--preserve-credentials", "sh", "-c", script]).output();
    let run = run.unwrap_or_else(|fault| panic!("nsenter: apt-get install util-linux: {fault}"));
    assert!(run.status.success(), "{script}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}
