//! Printing: a command of the settings is fed the page, and watched. Nothing personal stands in its arguments, its environment or a file.

use super::Sheet;
use crate::locale::{Lang, Text};
use crate::text::harmless;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a command may take. CUPS takes a page within a second; a network printer behind a script may be slower.
const LIMIT: Duration = Duration::from_secs(30);
/// How long to wait for what is known of a queue.
const LIMIT_OF_STATE: Duration = Duration::from_secs(5);
/// How often a running command is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// How long to wait for the rest of what a command said: something that it has started may hold its output open.
const REST: Duration = Duration::from_millis(500);
/// Most bytes of what a command says that are read, and most letters that are shown.
const MOST: (usize, usize) = (4096, 240);

/// Print a page: as PDF, or as text without the feature `print`. Return what the command said; an error says what went wrong and what to do,
/// in the person's language.
pub fn print(sheet: &Sheet, command: &[String]) -> Result<String, String> {
    if let Some(queue) = stopped_queue(command) {
        return Err(sheet.lang.fill(Text::PrintStopped, &[&queue]));
    }
    let bytes = bytes(sheet)?;
    run(command, bytes, LIMIT).map_err(|fault| fault.told(sheet.lang, command.first().map_or("", String::as_str)))
}

#[cfg(feature = "print")]
fn bytes(sheet: &Sheet) -> Result<Vec<u8>, String> {
    super::pdf::pdf(sheet).map_err(|fault| fault.told(sheet.lang))
}

#[cfg(not(feature = "print"))]
fn bytes(sheet: &Sheet) -> Result<Vec<u8>, String> {
    Ok(sheet.text())
}

/// Why nothing was printed.
#[derive(Debug)]
enum PrintError {
    /// There is no such command.
    Missing,
    /// It cannot be started, or watched.
    Start(io::Error),
    /// It failed: its exit status, and what it said.
    Failed(ExitStatus, String),
    /// It took too long and was stopped.
    Hanging(Duration),
}

impl PrintError {
    fn told(&self, lang: Lang, command: &str) -> String {
        match self {
            PrintError::Missing => lang.fill(Text::PrintMissing, &[command]),
            PrintError::Start(fault) => lang.fill(Text::PrintStart, &[command, &fault.to_string()]),
            PrintError::Failed(status, said) if said.is_empty() => lang.fill(Text::PrintFailed, &[command, &status.to_string()]),
            PrintError::Failed(status, said) => lang.fill(Text::PrintFailedSaid, &[command, &status.to_string(), said]),
            PrintError::Hanging(limit) => lang.fill(Text::PrintHanging, &[command, &limit.as_secs().to_string()]),
        }
    }
}

/// Return the queue that a command of CUPS prints to, if it is stopped: CUPS takes a page for it, and nothing comes out. A queue that takes
/// none makes the command fail by itself. Without `lpstat` nothing is known.
fn stopped_queue(command: &[String]) -> Option<String> {
    let (server, queue) = cups_queue(command)?;
    let ask = |question: &[&str]| {
        // Its words are those of the system's language.
        let words = ["env", "LC_ALL=C", "lpstat"].into_iter().map(str::to_owned);
        let words = words.chain(server.iter().flat_map(|host| ["-h".to_owned(), host.clone()]));
        run(&words.chain(question.iter().map(|word| (*word).to_owned())).collect::<Vec<_>>(), Vec::new(), LIMIT_OF_STATE).ok()
    };
    let queue = queue.or_else(|| Some(ask(&["-d"])?.strip_prefix("system default destination: ")?.to_owned()))?;
    // Behind a slash stands a name for some options.
    let queue = queue.split('/').next()?.to_owned();
    ask(&["-p", &queue])?.starts_with(&format!("printer {queue} disabled ")).then(|| harmless(&queue).into_owned())
}

/// Return the server and the queue that a command of CUPS names; `None` if it is another command.
fn cups_queue(command: &[String]) -> Option<(Option<String>, Option<String>)> {
    let (program, arguments) = command.split_first()?;
    let [for_server, for_queue] = match Path::new(program).file_name()?.to_str()? {
        "lp" => ["-h", "-d"],
        "lpr" => ["-H", "-P"],
        _ => return None,
    };
    let of = |flag: &str| {
        let place = arguments.iter().position(|word| word.starts_with(flag))?;
        let value = arguments.get(place)?.strip_prefix(flag)?;
        if value.is_empty() { arguments.get(place + 1).cloned() } else { Some(value.to_owned()) }
    };
    Some((of(for_server), of(for_queue)))
}

/// Run a command, feed it these bytes, and return what it said. It is stopped at the limit, with all that it has started.
fn run(command: &[String], input: Vec<u8>, limit: Duration) -> Result<String, PrintError> {
    let (program, arguments) = command.split_first().ok_or(PrintError::Missing)?;
    let (said, ours) = io::pipe().map_err(PrintError::Start)?;
    let theirs = ours.try_clone().map_err(PrintError::Start)?;
    let mut running = Command::new(program);
    running.args(arguments).stdin(Stdio::piped()).stdout(theirs).stderr(ours);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut running, 0);
    let started = running.spawn();
    // It holds the writing ends of the pipe, which would never close.
    drop(running);
    let mut child = started.map_err(|fault| match fault.kind() {
        ErrorKind::NotFound => PrintError::Missing,
        _ => PrintError::Start(fault),
    })?;
    let said = listen(said);
    feed(&mut child, input);
    let status = wait(&mut child, limit);
    if !matches!(status, Ok(Some(_))) {
        stop(&mut child);
    }
    let status = status.map_err(PrintError::Start)?.ok_or(PrintError::Hanging(limit))?;
    let said = heard(&said);
    if status.success() { Ok(said) } else { Err(PrintError::Failed(status, said)) }
}

/// Feed a command on a thread of its own: one that reads nothing would hold up whoever writes.
fn feed(child: &mut Child, input: Vec<u8>) {
    let Some(mut stdin) = child.stdin.take() else { return };
    // What it did not want to read shows in its exit status.
    let _ = thread::Builder::new().name("print input".to_owned()).spawn(move || stdin.write_all(&input));
}

/// Read what a command says: its beginning is kept, the rest is thrown away, so that it can go on.
fn listen(mut said: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    let _ = thread::Builder::new().name("print output".to_owned()).spawn(move || {
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

/// Wait for a command; `None` if the limit is reached.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        let status = child.try_wait()?;
        if status.is_some() || started.elapsed() >= limit {
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

    fn shell(script: &str, input: Vec<u8>, limit: Duration) -> Result<String, PrintError> {
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
    fn the_queue_of_a_command_of_cups_is_known_by_its_arguments() {
        let of = |words: &str| cups_queue(&words.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let named = |server: Option<&str>, queue: Option<&str>| Some((server.map(str::to_owned), queue.map(str::to_owned)));
        assert_eq!(of("lp -d desk"), named(None, Some("desk")));
        assert_eq!(of("/usr/bin/lp -o fit-to-page -h host:631 -ddesk"), named(Some("host:631"), Some("desk")));
        assert_eq!(of("lpr -P desk"), named(None, Some("desk")));
        assert_eq!(of("lpr -Pdesk -H host"), named(Some("host"), Some("desk")));
        assert_eq!([of("lp"), of("lp -d")], [named(None, None), named(None, None)]);
        assert_eq!(of("sh -c lp"), None);
    }

    #[test]
    fn a_command_that_is_not_there_is_told_with_what_to_do() {
        let fault = run(&["no-such-command-anywhere".to_owned()], much(), LIMIT).unwrap_err();
        assert!(matches!(fault, PrintError::Missing));
        for lang in Lang::ALL {
            let told = fault.told(*lang, "no-such-command-anywhere");
            assert!(told.contains("no-such-command-anywhere") && told.contains("zairyu.toml"), "{told}");
        }
        assert!(matches!(run(&[], Vec::new(), LIMIT), Err(PrintError::Missing)));
        assert!(matches!(run(&["/".to_owned()], Vec::new(), LIMIT), Err(PrintError::Start(_))));
    }

    #[test]
    fn a_command_that_fails_is_told_with_its_status_and_its_words_which_steer_no_terminal() {
        let script = r"cat >/dev/null; printf '\033]0;x\007\033[2Jno paper\r\n\tin tray 2\302\233' >&2; exit 3";
        let Err(PrintError::Failed(status, said)) = shell(script, much(), LIMIT) else { panic!("it failed") };
        assert_eq!((status.code(), said.as_str()), (Some(3), "?]0;x??[2Jno paper in tray 2?"));
        let told = PrintError::Failed(status, said).told(Lang::En, "lp");
        assert!(told.contains("no paper") && told.contains('3'), "{told}");
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
        assert!(matches!(shell(&script, much(), limit), Err(PrintError::Hanging(told)) if told == limit));
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
}
