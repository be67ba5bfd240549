//! Gathering findings: card, service, data folder, terminal, memory. Anything that could hang runs on a thread with a limit of 4 seconds.
//! Judges nothing and leaves nothing behind: creates no folder, starts no service, sends no PIN. A service elsewhere is asked for a session
//! as any visit does, and soon forgets it.

use crate::card::jpki::Jpki;
use crate::card::reader::{Pcsc, holder};
use crate::card::{Access, CardError, CardStatus, Choice, Port, Reader, choose};
use crate::error::Code;
use crate::file;
use crate::secret;
use crate::settings::Flags;
use crate::worker::{self, Answered, probe};
use std::fs::OpenOptions;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
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
    /// What the service says of itself; `None` for the embedded service.
    pub service: Option<Result<Answered, worker::JobError>>,
    /// State of the data folder.
    pub data: Folder,
    /// The error in the settings, if any.
    pub settings: Option<String>,
    /// Whether the settings file could not be used: what it names was not looked at.
    pub unread: bool,
    /// The command that prints, and whether it is there; `None` if the settings name none.
    pub print: Option<(String, bool)>,
    /// Of the commands that read aloud, those that are not there; `None` if the settings name none.
    pub speech: Option<Vec<String>>,
    /// Whether the office's list of what was done can be written; `None` if the settings name none.
    pub done_list: Option<bool>,
    /// Properties of the terminal.
    pub terminal: Terminal,
    /// What this computer does for and against the program.
    pub machine: Machine,
    /// Time of gathering, in seconds since 1970.
    pub now: i64,
}

/// What only the settings file names: where things go.
#[derive(Clone, Debug, Default)]
pub struct Outlets {
    /// The command that prints; empty if there is none.
    pub print: Vec<String>,
    /// The programs that read aloud.
    pub speech: Vec<String>,
    /// The office's list of what was done.
    pub done_list: Option<PathBuf>,
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

/// Properties of this computer; `None` where it does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// How many card readers are on USB, with or without a driver.
    pub on_usb: Option<usize>,
    /// A running program that is known to hold readers; empty if there is none.
    pub holder: Option<String>,
    /// Free room for the data folder, in bytes.
    pub free: Option<u64>,
    /// Whether core dumps are off.
    pub no_core: Option<bool>,
    /// Whether other programs are prevented from reading this program's memory.
    pub closed: Option<bool>,
    /// Whether memory can be kept from being swapped out.
    pub locks: Option<bool>,
    /// Host and port of the proxy to the service, or the name of a variable that holds none.
    pub proxy: Option<Result<String, &'static str>>,
    /// Whether the service is asked through TLS; `None` if none is asked.
    pub tls: Option<bool>,
}

/// Properties of the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// The locale; empty if none is set.
    pub locale: String,
    /// Whether it uses UTF-8.
    pub utf8: bool,
    /// Columns and rows; `None` if standard output is not a terminal.
    pub size: Option<(u16, u16)>,
    /// TERM.
    pub name: Option<String>,
    /// Whether it is shown ASCII alone.
    pub console: bool,
    /// Which signs it is shown, as set.
    pub glyphs: Option<String>,
}

/// Gather all findings. `settings` is the error from reading them, if any; `client` is the program's name and version.
pub fn gather(flags: &Flags, outlets: Option<&Outlets>, settings: Option<String>, client: &'static str) -> Findings {
    let deadline = Instant::now() + PROBE_TIMEOUT;
    let service = flags.service.clone().map(|url| beside(move || probe(&url, client, PROBE_TIMEOUT)));
    let (readers, card) = card(flags.reader.clone(), deadline);
    Findings { readers, card, ..without_card(flags, outlets, settings, service.as_ref(), deadline) }
}

/// Gather what a running form does not know itself. Readers and card it does know, and may hold: they are left out.
pub fn around(flags: &Flags, outlets: &Outlets, client: &'static str) -> Findings {
    let deadline = Instant::now() + PROBE_TIMEOUT;
    let service = flags.service.clone().map(|url| beside(move || probe(&url, client, PROBE_TIMEOUT)));
    without_card(flags, Some(outlets), None, service.as_ref(), deadline)
}

type Asked = Receiver<Result<Answered, worker::JobError>>;

fn without_card(
    flags: &Flags,
    outlets: Option<&Outlets>,
    settings: Option<String>,
    service: Option<&Asked>,
    deadline: Instant,
) -> Findings {
    let data = if service.is_some() { Folder::Unneeded } else { folder(&flags.data_folder()) };
    let machine = machine(flags);
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
        unread: outlets.is_none(),
        print: outlets.and_then(|outlets| outlets.print.first()).map(|program| (program.clone(), is_command(program))),
        speech: outlets
            .filter(|outlets| !outlets.speech.is_empty())
            .map(|outlets| outlets.speech.iter().filter(|program| !is_command(program)).cloned().collect()),
        done_list: outlets.and_then(|outlets| outlets.done_list.as_deref()).map(takes_lines),
        terminal: terminal(flags),
        machine,
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
            let listed = readers.clone();
            let looked = beside(move || look(&mut port, &listed, wanted.as_deref()));
            (Ok(readers), by(deadline, &looked).unwrap_or_else(|| Some(Err(Code::CardMute.into()))))
        }
    }
}

/// Read the card in the reader that a form would use. Where a form asks which one, read the first My Number Card, or return the error of the
/// first reader. `None` without a reader.
fn look(port: &mut dyn Port, readers: &[Reader], wanted: Option<&str>) -> Option<Result<CardStatus, CardError>> {
    let mut read: Vec<(&str, Result<CardStatus, CardError>)> = Vec::new();
    loop {
        let status_in = |name: &str| read.iter().find(|(of, _)| *of == name).map(|(_, status)| status);
        let reader = match choose(readers, wanted, |name| status_in(name).map(Result::is_ok)) {
            Choice::NoReader => return None,
            Choice::NoCard => return Some(Err(Code::NoCard.into())),
            Choice::One(reader) => match status_in(&reader.name) {
                Some(status) => return Some(status.clone()),
                None => reader,
            },
            Choice::Look(reader) => reader,
            Choice::Several(readers) => match readers.into_iter().find(|reader| status_in(&reader.name).is_none()) {
                Some(reader) => reader,
                None => {
                    let first = read.iter().find(|(_, status)| status.is_ok()).or(read.first());
                    return first.map(|(_, status)| status.clone());
                }
            },
        };
        let status = Jpki::open(port, &reader.name, Access::Shared).and_then(|mut card| {
            let status = card.read_status();
            card.close();
            status
        });
        read.push((&reader.name, status));
    }
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

/// Return whether lines can be added to a file, or to one that is made there; nothing is written or left behind.
fn takes_lines(path: &Path) -> bool {
    if path.exists() {
        return file::open(path, OpenOptions::new().append(true)).is_ok();
    }
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.parent().is_some_and(|there| there.is_dir() && folder(there) != Folder::Closed)
}

/// Return whether a program can be started by this name, as the system looks for it: in PATH, unless it names a folder.
fn is_command(program: &str) -> bool {
    let is_program = |path: &Path| path.metadata().is_ok_and(|found| found.is_file() && may_run(&found));
    let endings = if cfg!(windows) { &["", ".exe"][..] } else { &[""] };
    let found = |path: &Path| endings.iter().any(|ending| is_program(Path::new(&format!("{}{ending}", path.display()))));
    if Path::new(program).components().count() > 1 {
        return found(Path::new(program));
    }
    std::env::var_os("PATH").is_some_and(|folders| std::env::split_paths(&folders).any(|folder| found(&folder.join(program))))
}

#[cfg(unix)]
fn may_run(found: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    found.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
const fn may_run(_found: &std::fs::Metadata) -> bool {
    true
}

fn machine(flags: &Flags) -> Machine {
    let linux = cfg!(target_os = "linux");
    let url = flags.service.as_deref();
    let tls = url.map(|url| url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")));
    Machine {
        on_usb: readers_on_usb(Path::new("/sys/bus/usb/devices")),
        holder: linux.then(|| holder().unwrap_or_default()),
        free: url.is_none().then(|| free(&flags.data_folder())).flatten(),
        no_core: secret::leaves_no_core(),
        closed: secret::holds(),
        locks: secret::locks(),
        // Plain http is only for this computer, and no proxy is asked for that.
        proxy: tls.filter(|tls| *tls).and_then(|_| proxy(|name| std::env::var(name).ok())),
        tls,
    }
}

/// Count the card readers on USB by the class that their interfaces name (0x0B), as Linux lists them here.
fn readers_on_usb(devices: &Path) -> Option<usize> {
    let listed = std::fs::read_dir(devices).ok()?;
    let class = |entry: std::fs::DirEntry| file::read_text(&entry.path().join("bInterfaceClass"));
    Some(listed.flatten().filter_map(|entry| class(entry).ok()).filter(|class| class.trim() == "0b").count())
}

/// Return host and port of the proxy that the variables name for a service asked through TLS; never what stands before `@`.
fn proxy(variable: impl Fn(&str) -> Option<String>) -> Option<Result<String, &'static str>> {
    let set = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].into_iter();
    let (name, value) = set.filter_map(|name| Some((name, variable(name).filter(|value| !value.is_empty())?))).next()?;
    let after_scheme = value.split_once("://").map_or(value.as_str(), |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    Some(if host.is_empty() || host.contains(char::is_whitespace) { Err(name) } else { Ok(host.to_owned()) })
}

/// Return the free room where a folder is or would be, in bytes.
#[cfg(unix)]
fn free(path: &Path) -> Option<u64> {
    let path = std::path::absolute(path).ok()?;
    let there = path.ancestors().find(|folder| folder.exists())?;
    let found = rustix::fs::statvfs(there).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
const fn free(_path: &Path) -> Option<u64> {
    None
}

#[cfg(unix)]
fn is_open(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

#[cfg(windows)]
fn is_open(folder: &Path) -> bool {
    file::everybody_reads(folder)
}

fn terminal(flags: &Flags) -> Terminal {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set).unwrap_or_default();
    let upper = locale.to_ascii_uppercase();
    // The Windows console receives UTF-16 whatever its code page.
    let utf8 = cfg!(windows) || upper.contains("UTF-8") || upper.contains("UTF8");
    let size = std::io::stdout().is_terminal().then(|| crossterm::terminal::size().ok()).flatten();
    let name = set(&"TERM");
    Terminal { locale, utf8, size, console: flags.is_console(name.as_deref()), name, glyphs: flags.glyphs.clone() }
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
    fn a_list_takes_lines_where_its_folder_is_and_nothing_is_left_behind() {
        let home = tempfile::tempdir().unwrap();
        let list = home.path().join("done.csv");
        assert!(takes_lines(&list) && !takes_lines(&home.path().join("a/done.csv")) && !takes_lines(home.path()));
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
        std::fs::write(&list, "time,reference,result\n").unwrap();
        assert!(takes_lines(&list) && std::fs::read_to_string(&list).unwrap() == "time,reference,result\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_command_is_looked_for_as_the_system_looks_for_it() {
        let home = tempfile::tempdir().unwrap();
        let no_program = home.path().join("lp");
        std::fs::write(&no_program, "").unwrap();
        assert!(is_command("sh") && is_command("/bin/sh"));
        assert!(!is_command("no-such-command") && !is_command("/bin/no-such-command") && !is_command("/bin") && !is_command(""));
        assert!(!is_command(no_program.to_str().unwrap()), "nobody may run it");
    }

    #[test]
    fn a_file_in_place_of_the_folder_cannot_be_written_into() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(folder(file.path()), Folder::Closed);
    }

    /// Readers whose cards answer nothing, and which were asked.
    struct Mute(Vec<String>);

    impl Port for Mute {
        fn readers(&mut self) -> Result<Vec<Reader>, CardError> {
            Ok(Vec::new())
        }

        fn connect(&mut self, reader: &str, _: Access) -> Result<Box<dyn crate::card::Link>, CardError> {
            self.0.push(reader.to_owned());
            Err(if self.0.len() == 1 { Code::CardMute } else { Code::NotMyNumberCard }.into())
        }
    }

    #[test]
    fn the_reader_is_chosen_as_the_form_chooses_it() {
        let reader = |name: &str| Reader::new(name.to_owned(), true);
        let all = [reader("ACS ACR1281 PICC 00 00"), reader("ACS ACR1281 SAM 00 02"), reader("Alcor Micro AU9540 01 00")];
        let asked = |readers: &[Reader], wanted| {
            let mut port = Mute(Vec::new());
            let found = look(&mut port, readers, wanted).map(|status| status.unwrap_err().code);
            (port.0, found)
        };
        assert_eq!(asked(&[], None), (vec![], None));
        assert_eq!(asked(&all[1..2], None), (vec![], Some(Code::NoCard)), "nobody's card lies in the slot for modules");
        let names = |places: &[usize]| places.iter().map(|place| all[*place].name.clone()).collect::<Vec<_>>();
        assert_eq!(asked(&all[..2], None), (names(&[0]), Some(Code::CardMute)));
        assert_eq!(asked(&all, None), (names(&[0, 2]), Some(Code::CardMute)), "where the form asks, each is looked at");
        assert_eq!(asked(&all, Some("alcor")), (names(&[2]), Some(Code::CardMute)), "by a part of its name");
        assert_eq!(asked(&all[..2], Some("unplugged")).0, names(&[0]), "as the form: what is there");
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
    fn card_readers_on_usb_are_counted_by_their_class_and_where_nothing_is_listed_nothing_is_said() {
        let devices = tempfile::tempdir().unwrap();
        assert_eq!(readers_on_usb(devices.path()), Some(0));
        for (interface, class) in [("1-1:1.0", "0b\n"), ("1-2:1.0", "03\n"), ("1-2:1.1", "0b\n")] {
            let folder = devices.path().join(interface);
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join("bInterfaceClass"), class).unwrap();
        }
        std::fs::create_dir(devices.path().join("1-1")).unwrap();
        assert_eq!(readers_on_usb(devices.path()), Some(2));
        assert_eq!(readers_on_usb(&devices.path().join("none")), None);
    }

    #[test]
    fn a_proxy_is_named_without_its_password() {
        for (name, value, said) in [
            ("HTTPS_PROXY", "http://anne:secret@proxy.example:3128/x", Some(Ok("proxy.example:3128".to_owned()))),
            ("https_proxy", "proxy.example:3128", Some(Ok("proxy.example:3128".to_owned()))),
            ("ALL_PROXY", "socks5://[::1]:1080", Some(Ok("[::1]:1080".to_owned()))),
            ("HTTPS_PROXY", "http://", Some(Err("HTTPS_PROXY"))),
            ("HTTPS_PROXY", "", None),
            ("HTTP_PROXY", "http://proxy.example", None),
        ] {
            assert_eq!(proxy(|asked| (asked == name).then(|| value.to_owned())), said, "{name} {value}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn free_room_is_asked_where_the_folder_would_be() {
        let home = tempfile::tempdir().unwrap();
        assert!(free(&home.path().join("a/b")).is_some_and(|free| free > 0));
    }

    #[test]
    fn what_hangs_is_not_waited_for() {
        let (keep, never) = channel::<()>();
        assert_eq!(by(Instant::now() + Duration::from_millis(10), &beside(move || never.recv())), None);
        drop(keep);
    }
}
