//! Commands that the settings name: started, fed, watched, stopped with all that they have started. Nothing personal stands in their arguments,
//! their environment or a file.

use crate::text::harmless;
use std::io::{self, ErrorKind, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often a running command is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// How long to wait for the rest of what a command said: something that it has started may hold its output open.
const REST: Duration = Duration::from_millis(500);
/// Most bytes of what a command says that are read, and most letters that are shown.
const MOST: (usize, usize) = (4096, 240);

/// Why a command did not do what it was started for.
#[derive(Debug)]
pub enum ProcessError {
    /// There is no such command.
    Missing,
    /// It cannot be started, or watched.
    Start(io::Error),
    /// It failed: its exit status, and what it said.
    Failed(ExitStatus, String),
    /// It took too long and was stopped.
    Hanging(Duration),
}

/// Run a command, feed it these bytes, and return what it said. It is stopped at the limit, with all that it has started.
pub fn run(command: &[String], input: Vec<u8>, limit: Duration) -> Result<String, ProcessError> {
    run_until(command, input, limit, &AtomicBool::new(false))
}

/// Do the same, and stop it as soon as it is no longer wanted, too.
pub fn run_until(command: &[String], input: Vec<u8>, limit: Duration, unwanted: &AtomicBool) -> Result<String, ProcessError> {
    let (program, arguments) = command.split_first().ok_or(ProcessError::Missing)?;
    let (said, ours) = io::pipe().map_err(ProcessError::Start)?;
    let theirs = ours.try_clone().map_err(ProcessError::Start)?;
    let mut running = Command::new(program);
    running.args(arguments).stdin(Stdio::piped()).stdout(theirs).stderr(ours);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut running, 0);
    let started = running.spawn();
    // It holds the writing ends of the pipe, which would never close.
    drop(running);
    let mut child = started.map_err(|fault| match fault.kind() {
        ErrorKind::NotFound => ProcessError::Missing,
        _ => ProcessError::Start(fault),
    })?;
    let said = listen(said);
    feed(&mut child, input);
    let status = wait(&mut child, limit, unwanted);
    if !matches!(status, Ok(Some(_))) {
        stop(&mut child);
    }
    let status = status.map_err(ProcessError::Start)?.ok_or(ProcessError::Hanging(limit))?;
    let said = heard(&said);
    if status.success() { Ok(said) } else { Err(ProcessError::Failed(status, said)) }
}

/// Feed a command on a thread of its own: one that reads nothing would hold up whoever writes.
fn feed(child: &mut Child, input: Vec<u8>) {
    let Some(mut stdin) = child.stdin.take() else { return };
    // What it did not want to read shows in its exit status.
    let _ = thread::Builder::new().name("command input".to_owned()).spawn(move || stdin.write_all(&input));
}

/// Read what a command says: its beginning is kept, the rest is thrown away, so that it can go on.
fn listen(mut said: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    let _ = thread::Builder::new().name("command output".to_owned()).spawn(move || {
        let mut piece = [0; 1024];
        let mut kept = 0;
        while let Ok(count @ 1..) = said.read(&mut piece) {
            if kept < MOST.0 {
                let _ = sender.send(piece.get(..count).unwrap_or_default().to_vec());
            }
            kept += count;
        }
    });
    receiver
}

/// Return what a command has said, as one line that steers no terminal.
fn heard(said: &Receiver<Vec<u8>>) -> String {
    let deadline = Instant::now() + REST;
    let mut bytes = Vec::new();
    while let Ok(piece) = said.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        bytes.extend(piece);
    }
    shown(&String::from_utf8_lossy(&bytes))
}

fn shown(said: &str) -> String {
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    harmless(&line).chars().take(MOST.1).collect()
}

/// Wait for a command; `None` if the limit is reached, or it is no longer wanted.
fn wait(child: &mut Child, limit: Duration, unwanted: &AtomicBool) -> io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        let status = child.try_wait()?;
        if status.is_some() || started.elapsed() >= limit || unwanted.load(Ordering::Relaxed) {
            return Ok(status);
        }
        thread::sleep(LOOK);
    }
}

/// Stop a command, with all that it has started where the system can.
fn stop(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    fn shell(script: &str, input: Vec<u8>, limit: Duration) -> Result<String, ProcessError> {
        run(&["sh".to_owned(), "-c".to_owned(), script.to_owned()], input, limit)
    }

    /// More than a pipe holds.
    fn much() -> Vec<u8> {
        vec![b'x'; 1 << 20]
    }

    #[test]
    fn a_command_is_fed_all_of_a_page_and_what_it_says_is_told() {
        assert_eq!(shell("wc -c; echo request id is desk-1", much(), LIMIT).unwrap(), "1048576 request id is desk-1");
    }

    #[test]
    fn a_command_that_is_not_there_is_none() {
        assert!(matches!(run(&["no-such-command-anywhere".to_owned()], much(), LIMIT), Err(ProcessError::Missing)));
        assert!(matches!(run(&[], Vec::new(), LIMIT), Err(ProcessError::Missing)));
        assert!(matches!(run(&["/".to_owned()], Vec::new(), LIMIT), Err(ProcessError::Start(_))));
    }

    #[test]
    fn what_a_command_says_when_it_fails_steers_no_terminal() {
        let script = r"cat >/dev/null; printf '\033]0;x\007\033[2Jno paper\r\n\tin tray 2\302\233' >&2; exit 3";
        let Err(ProcessError::Failed(status, said)) = shell(script, much(), LIMIT) else { panic!("it failed") };
        assert_eq!((status.code(), said.as_str()), (Some(3), "?]0;x??[2Jno paper in tray 2?"));
    }

    #[test]
    fn a_command_that_says_too_much_or_does_not_read_holds_up_nothing() {
        let said = shell("yes | head -c 3000000; exit 0", much(), LIMIT).unwrap();
        assert_eq!(said.chars().count(), MOST.1);
        assert_eq!(shell("exec <&-; exit 0", much(), LIMIT).unwrap(), "");
    }

    #[test]
    fn a_command_that_hangs_is_stopped_with_all_that_it_has_started() {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("sleep 1000 & echo $! > {}; wait", folder.path().join("pid").display());
        let limit = Duration::from_secs(1);
        assert!(matches!(shell(&script, much(), limit), Err(ProcessError::Hanging(told)) if told == limit));
        let pid = std::fs::read_to_string(folder.path().join("pid")).unwrap();
        // It has been killed, and ends as soon as it gets its turn.
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
            if state.is_empty() || state.contains(") Z ") {
                break;
            }
            assert!(Instant::now() < deadline, "{state}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn what_a_command_leaves_running_is_not_waited_for() {
        let started = Instant::now();
        assert_eq!(shell("echo request id is desk-1; sleep 20 & exit 0", Vec::new(), LIMIT).unwrap(), "request id is desk-1");
        assert!(started.elapsed() < Duration::from_secs(20));
    }
    #[test]
    fn a_command_that_is_no_longer_wanted_is_stopped_at_once() {
        let unwanted = AtomicBool::new(true);
        let command = ["sh", "-c", "sleep 1000"].map(str::to_owned);
        assert!(matches!(run_until(&command, Vec::new(), Duration::MAX, &unwanted), Err(ProcessError::Hanging(_))));
    }
}
