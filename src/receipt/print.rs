//! Printing: a command of the settings is fed the page.

use super::Sheet;
use crate::locale::{Lang, Text};
use crate::process::{ProcessError, run};
use crate::text::harmless;
use std::path::Path;
use std::time::Duration;

/// How long a command may take. CUPS takes a page within a second; a network printer behind a script may be slower.
const LIMIT: Duration = Duration::from_secs(30);
/// How long to wait for what is known of a queue.
const LIMIT_OF_STATE: Duration = Duration::from_secs(5);

/// Print a page: as PDF, or as text without the feature `print`. Return what the command said; an error says what went wrong and what to do,
/// in the person's language.
pub fn print(sheet: &Sheet, command: &[String]) -> Result<String, String> {
    if let Some(queue) = stopped_queue(command) {
        return Err(sheet.lang.fill(Text::PrintStopped, &[&queue]));
    }
    let bytes = bytes(sheet)?;
    run(command, bytes, LIMIT).map_err(|fault| told(&fault, sheet.lang, command.first().map_or("", String::as_str)))
}

#[cfg(feature = "print")]
fn bytes(sheet: &Sheet) -> Result<Vec<u8>, String> {
    super::pdf::pdf(sheet).map_err(|fault| fault.told(sheet.lang))
}

#[cfg(not(feature = "print"))]
fn bytes(sheet: &Sheet) -> Result<Vec<u8>, String> {
    Ok(sheet.text())
}

/// Say in the person's language why nothing was printed, and what to do.
fn told(fault: &ProcessError, lang: Lang, command: &str) -> String {
    match fault {
        ProcessError::Missing => lang.fill(Text::PrintMissing, &[command]),
        ProcessError::Start(fault) => lang.fill(Text::PrintStart, &[command, &fault.to_string()]),
        ProcessError::Failed(status, said) if said.is_empty() => lang.fill(Text::PrintFailed, &[command, &status.to_string()]),
        ProcessError::Failed(status, said) => lang.fill(Text::PrintFailedSaid, &[command, &status.to_string(), said]),
        ProcessError::Hanging(limit) => lang.fill(Text::PrintHanging, &[command, &limit.as_secs().to_string()]),
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

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
    fn what_went_wrong_is_told_with_the_command_its_status_and_its_words() {
        for lang in Lang::ALL {
            let missing = told(&ProcessError::Missing, *lang, "no-such-command");
            assert!(missing.contains("no-such-command") && missing.contains("zairyu.toml"), "{missing}");
            let shell = ["sh", "-c", "echo no paper; exit 3"].map(str::to_owned);
            let failed = told(&run(&shell, Vec::new(), LIMIT).unwrap_err(), *lang, "lp");
            assert!(failed.contains("no paper") && failed.contains('3'), "{failed}");
        }
    }
}
