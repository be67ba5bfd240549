//! Gathering findings: card, service, data folder, terminal, memory. Anything that could hang runs on a thread with a limit of 4 seconds.
//! Judges nothing and leaves nothing behind: creates no folder, starts no service, sends no PIN.

use crate::card::jpki::Jpki;
use crate::card::reader::Pcsc;
use crate::card::{Access, CardError, CardStatus, Choice, Port, Reader, choose};
use crate::error::Code;
use crate::secret;
use crate::settings::Flags;
use crate::worker::{self, probe};
use std::io::IsTerminal;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Time limit for card and service together. Reading a certificate takes about one second.
const PROBE_TIMEOUT: Duration = Duration::from_secs(4);

/// The findings.
pub struct Findings {
    /// The readers, or why PC/SC cannot list them.
    pub readers: Result<Vec<Reader>, CardError>,
    /// The card status, if there is a reader.
    pub card: Option<Result<CardStatus, CardError>>,
    /// How many seconds the service's clock is ahead, if known; `None` for the embedded service.
    pub service: Option<Result<Option<i64>, worker::JobError>>,
    /// State of the data folder.
    pub data: Folder,
    /// The error in the settings, if any.
    pub settings: Option<String>,
    /// Properties of the terminal.
    pub terminal: Terminal,
    /// Whether other programs are prevented from reading this program's memory; `None` if unknown.
    pub closed: Option<bool>,
    /// Time of gathering, in seconds since 1970.
    pub now: i64,
}

/// State of the data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    /// A remote service stores the data.
    Unneeded,
    /// Writable and private, or not existing yet and creatable.
    Private,
    /// Writable, but readable by others.
    Open,
    /// Not writable.
    Closed,
}

/// Properties of the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Whether the locale uses UTF-8.
    pub utf8: bool,
    /// Columns and rows; `None` if standard output is not a terminal.
    pub size: Option<(u16, u16)>,
    /// TERM.
    pub name: Option<String>,
    /// Whether it is shown ASCII alone.
    pub console: bool,
}

/// Gather all findings. `settings` is the error from reading them, if any; `client` is the program's name and version.
pub fn gather(flags: &Flags, settings: Option<String>, client: &'static str) -> Findings {
    let deadline = Instant::now() + PROBE_TIMEOUT;
    let service = flags.service.clone().map(|url| beside(move || probe(&url, client, PROBE_TIMEOUT)));
    let (readers, card) = card(flags.reader.clone(), deadline);
    Findings { readers, card, ..without_card(flags, settings, service.as_ref(), deadline) }
}

/// Gather what a running form does not know itself. Readers and card it does know, and may hold: they are left out.
pub fn around(flags: &Flags, client: &'static str) -> Findings {
    let deadline = Instant::now() + PROBE_TIMEOUT;
    let service = flags.service.clone().map(|url| beside(move || probe(&url, client, PROBE_TIMEOUT)));
    without_card(flags, None, service.as_ref(), deadline)
}

type Asked = Receiver<Result<Option<i64>, worker::JobError>>;

fn without_card(flags: &Flags, settings: Option<String>, service: Option<&Asked>, deadline: Instant) -> Findings {
    let data = if service.is_some() { Folder::Unneeded } else { folder(&flags.data_folder()) };
    let failed = |code| Err(worker::JobError::Service { code, detail: None, faults: Vec::new(), retry_after: None });
    let service = match service {
        Some(asked) => Some(by(deadline, asked).unwrap_or_else(|| failed(Code::TimedOut))),
        // The slim client has no embedded service.
        None => (!cfg!(feature = "service")).then(|| failed(Code::EmbeddedService)),
    };
    Findings {
        readers: Ok(Vec::new()),
        card: None,
        service,
        data,
        settings: settings.map(without_home),
        terminal: terminal(flags),
        closed: secret::holds(),
        now: time::OffsetDateTime::now_utc().unix_timestamp(),
    }
}

/// Run a function on a new thread, which is abandoned if it hangs.
fn beside<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (sender, receiver) = channel();
    let _ = std::thread::Builder::new().spawn(move || sender.send(act()));
    receiver
}

fn by<T>(deadline: Instant, receiver: &Receiver<T>) -> Option<T> {
    receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
}

type Probed = (Result<Vec<Reader>, CardError>, Option<Result<CardStatus, CardError>>);

fn card(wanted: Option<String>, deadline: Instant) -> Probed {
    let listed = beside(|| {
        let mut port = Pcsc::new();
        (port.readers(), port)
    });
    match by(deadline, &listed) {
        None => (Err(Code::PcscFault.into()), None),
        Some((Err(trouble), _)) => (Err(trouble), None),
        Some((Ok(readers), mut port)) => {
            let names: Vec<String> = match (choose(&readers), wanted) {
                (Choice::NoReader, _) | (Choice::NoCard, None) => Vec::new(),
                (_, Some(name)) => vec![name],
                (Choice::One(reader), None) => vec![reader.name.clone()],
                (Choice::Several(readers), None) => readers.into_iter().map(|reader| reader.name.clone()).collect(),
            };
            if names.is_empty() {
                let card = (!readers.is_empty()).then(|| Err(Code::NoCard.into()));
                return (Ok(readers), card);
            }
            let looked = beside(move || look(&mut port, &names));
            (Ok(readers), Some(by(deadline, &looked).unwrap_or_else(|| Err(Code::CardMute.into()))))
        }
    }
}

/// Read the first My Number Card in these readers; if there is none, return the error of the first reader.
fn look(port: &mut dyn Port, names: &[String]) -> Result<CardStatus, CardError> {
    let mut hindered = None;
    for name in names {
        let facts = Jpki::open(port, name, Access::Shared).and_then(|mut card| {
            let facts = card.read_status();
            card.close();
            facts
        });
        match facts {
            Ok(facts) => return Ok(facts),
            Err(trouble) => hindered = hindered.or(Some(trouble)),
        }
    }
    Err(hindered.unwrap_or(Code::NoCard.into()))
}

/// Test whether the data folder, or the place where it would be created, is writable.
fn folder(path: &Path) -> Folder {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let Some(there) = path.ancestors().find(|folder| folder.exists()) else { return Folder::Closed };
    let trial = there.join(format!(".zairyu-doctor-{}", std::process::id()));
    if std::fs::File::create_new(&trial).is_err() {
        return Folder::Closed;
    }
    let _ = std::fs::remove_file(&trial);
    if there == path && is_open(there) { Folder::Open } else { Folder::Private }
}

#[cfg(unix)]
fn is_open(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

/// On Windows the default folder is private to the user, and access rights are more than a few bits.
#[cfg(not(unix))]
const fn is_open(_folder: &Path) -> bool {
    false
}

fn terminal(flags: &Flags) -> Terminal {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set).unwrap_or_default().to_ascii_uppercase();
    // The Windows console receives UTF-16 whatever its code page.
    let utf8 = cfg!(windows) || locale.contains("UTF-8") || locale.contains("UTF8");
    let size = std::io::stdout().is_terminal().then(|| crossterm::terminal::size().ok()).flatten();
    let name = set(&"TERM");
    Terminal { utf8, size, console: flags.is_console(name.as_deref()), name }
}

/// Replace the home folder, which often contains the user's name, by `~`.
fn without_home(text: String) -> String {
    let folders = directories::UserDirs::new();
    match folders.as_ref().and_then(|folders| folders.home_dir().to_str()).filter(|home| home.len() > 1) {
        Some(home) => text.replace(home, "~"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_can_be_made_and_nothing_is_left_behind() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(folder(&home.path().join("a/b")), Folder::Private);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_place_of_the_folder_cannot_be_written_into() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(folder(file.path()), Folder::Closed);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_read_is_told_from_a_private_one() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        for (mode, expected) in [(0o700, Folder::Private), (0o750, Folder::Open)] {
            std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(folder(home.path()), expected);
        }
    }

    #[test]
    fn what_hangs_is_not_waited_for() {
        let (keep, never) = channel::<()>();
        assert_eq!(by(Instant::now() + Duration::from_millis(10), &beside(move || never.recv())), None);
        drop(keep);
    }
}
