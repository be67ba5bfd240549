//! The commands of the program: each joins the rooms that it needs and lets them run. The only room that knows both the terminal and the service.

use std::cell::RefCell;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use zairyu::app::visit::Mode;
use zairyu::app::{Event, Model, Setup};
use zairyu::card;
use zairyu::certificate::Anchors;
use zairyu::doctor::{self, findings, report};
use zairyu::error::Code;
use zairyu::locale::Lang;
use zairyu::registration::{Date, warning};
use zairyu::runtime::{self, Backend, Tell};
use zairyu::settings::{self, Flags, SettingsError};
use zairyu::tui::theme::Theme;
use zairyu::tui::{self, Look};
use zairyu::worker::{self, Prepared, Worker};
use zairyu::{line, worker::Message};

/// Name and version, for statements.
const CLIENT: &str = concat!("zairyu/", env!("CARGO_PKG_VERSION"));
/// Domains from which the official service sends mail (registration.md, "Warnings that do not stop").
const MAIL_FROM: [&str; 2] = ["ras-immi.moj.go.jp", "rasens-immi.moj.go.jp"];

type Done = Result<ExitCode, Box<dyn Error>>;

/// What a command brings: how the worker prepares itself, and who watches the readers.
struct Way {
    prepare: Box<dyn FnOnce() -> Prepared + Send>,
    watch: Box<dyn FnOnce(Tell) -> Box<dyn std::any::Any + Send>>,
    shelf: Shelf,
    test_cards: bool,
}

/// The file of `--log`. What it is given holds no personal data: codes of troubles.
struct LogFile(std::fs::File);

impl LogFile {
    fn open(path: &Path) -> Result<LogFile, SettingsError> {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        file.map(LogFile).map_err(|why| SettingsError::Unreadable(path.to_owned(), why))
    }

    fn line(&mut self, text: &str) {
        let now = zairyu::time::rfc3339::format_exact(time::OffsetDateTime::now_utc());
        // A full disk must not stop a registration.
        let _ = writeln!(self.0, "{now} {CLIENT} {text}");
    }
}

/// What the worker's thread brings and the main thread takes down at the end, last things first: an embedded service must have the time
/// to finish a mail, which a worker that is told to go does not have.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<Vec<Box<dyn std::any::Any + Send>>>>);

impl Shelf {
    #[cfg(feature = "service")]
    fn put(&self, thing: impl std::any::Any + Send) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(thing));
    }

    fn clear(&self) {
        let mut things = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        while things.pop().is_some() {}
    }
}

/// Open the form on a real reader; with no service set, an embedded one runs beside it.
pub(crate) fn form(flags: Flags, lines: bool) -> Done {
    let (flags, file) = flags.merged()?;
    let anchors = anchors(&flags)?;
    let test_cards = flags.test_cards.unwrap_or(false);
    let service = flags.service.clone();
    let data = flags.data_folder();
    let shelf = Shelf::default();
    let theirs = shelf.clone();
    let prepare = Box::new(move || {
        let port = Box::new(card::reader::Pcsc::new());
        match service {
            Some(url) => Prepared { port, service: Ok(url), anchors },
            None => embedded(port, anchors, test_cards, data, &theirs),
        }
    });
    let watch =
        Box::new(|tell: Tell| Box::new(card::watch::start(Box::new(move |seen| tell(Event::Seen(seen))))) as Box<dyn std::any::Any + Send>);
    open(&flags, &file, lines, None, Way { prepare, watch, shelf, test_cards })
}

#[cfg(feature = "service")]
fn embedded(port: Box<dyn card::Port>, anchors: Anchors, test_cards: bool, data: std::path::PathBuf, shelf: &Shelf) -> Prepared {
    let mut options = zairyu::service::Options::embedded(data);
    options.anchors = anchors.clone();
    options.test_cards = test_cards;
    prepared_with(port, anchors, options, shelf)
}

#[cfg(not(feature = "service"))]
fn embedded(port: Box<dyn card::Port>, anchors: Anchors, _test_cards: bool, _data: std::path::PathBuf, _shelf: &Shelf) -> Prepared {
    // The slim client has no service of its own: one must be named.
    Prepared { port, service: Err(Code::EmbeddedService), anchors }
}

#[cfg(feature = "service")]
fn prepared_with(port: Box<dyn card::Port>, anchors: Anchors, options: zairyu::service::Options, shelf: &Shelf) -> Prepared {
    match zairyu::service::start(options) {
        Ok(running) => {
            let service = Ok(running.url().to_owned());
            shelf.put(running);
            Prepared { port, service, anchors }
        }
        Err(_) => Prepared { port, service: Err(Code::EmbeddedService), anchors },
    }
}

/// Open the form for practice: a simulated card, and a service whose data is thrown away at the end.
#[cfg(feature = "service")]
pub(crate) fn demo(flags: Flags, lines: bool, person: &str, faults: &[String]) -> Done {
    use card::simulated::{AUTHENTICATION_PIN, Authority, Card, Fault as CardFault, Person, SIGNING_PIN, Slot};
    use zairyu::certificate::{Certificate, Purpose};
    let (flags, file) = flags.merged()?;
    let person = Person::find(person).ok_or_else(|| SettingsError::Unknown("--person", person.to_owned()))?;
    let faults = faults.iter().map(|word| word.parse::<CardFault>()).collect::<Result<Vec<_>, _>>();
    let faults = faults.map_err(|why| SettingsError::Unknown("--fault", why))?;
    let slot = Slot::new();
    let reader = slot.clone();
    let folder = ThrowAway::new()?;
    let path = folder.path();
    let shelf = Shelf::default();
    let theirs = shelf.clone();
    // Below the service, which is put on it later: what came last goes first.
    shelf.put(folder);
    let (ready, prepared) = std::sync::mpsc::channel::<()>();
    let prepare = Box::new(move || {
        // Whatever comes of it: then the reader is as it will be.
        let _ready = ready;
        let now = time::OffsetDateTime::now_utc().unix_timestamp();
        let made = Authority::make(now).and_then(|authority| {
            let card = Card::make(&authority, person, &faults, now)?;
            Ok((authority, card))
        });
        let Ok((authority, card)) = made else {
            return Prepared { port: Box::new(slot.port()), service: Err(Code::EmbeddedService), anchors: Anchors::pinned() };
        };
        let authorities = [Purpose::Signing, Purpose::Authentication].map(|purpose| Certificate::parse(authority.certificate(purpose)));
        let anchors = Anchors::of(&authorities.into_iter().flatten().collect::<Vec<_>>());
        let mut options = zairyu::service::Options::embedded(path);
        options.anchors = anchors.clone();
        options.test_cards = true;
        options.practice = true;
        let way = prepared_with(Box::new(slot.port()), anchors, options, &theirs);
        slot.insert(card);
        way
    });
    let watch = Box::new(move |tell: Tell| {
        // A card that is still being made is no card that is absent.
        let _ = std::thread::Builder::new().name("practice reader".to_owned()).spawn(move || {
            let _ = prepared.recv();
            reader.watch(move |seen| tell(Event::Seen(seen)));
        });
        Box::new(()) as Box<dyn std::any::Any + Send>
    });
    open(&flags, &file, lines, Some([SIGNING_PIN, AUTHENTICATION_PIN]), Way { prepare, watch, shelf, test_cards: true })
}

/// A folder that is gone when the program ends.
#[cfg(feature = "service")]
struct ThrowAway(std::path::PathBuf);

#[cfg(feature = "service")]
impl ThrowAway {
    fn new() -> std::io::Result<ThrowAway> {
        let folder = std::env::temp_dir().join(format!("zairyu-practice-{}", uuid::Uuid::new_v4()));
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut std::fs::DirBuilder::new(), 0o700).create(&folder)?;
        // The folder for temporary files is the person's own there.
        #[cfg(not(unix))]
        std::fs::create_dir(&folder)?;
        Ok(ThrowAway(folder))
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.clone()
    }
}

#[cfg(feature = "service")]
impl Drop for ThrowAway {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(flags: &Flags, file: &settings::File, lines: bool, practice: Option<[&'static str; 2]>, way: Way) -> Done {
    let lang = language(flags)?;
    let theme = theme(flags)?;
    let listed = |set: &Option<Vec<String>>, usual: &[&str]| match set {
        Some(set) => set.clone(),
        None => usual.iter().map(|domain| (*domain).to_owned()).collect(),
    };
    zairyu::secret::wipe_freed_memory();
    zairyu::secret::share_heap();
    let setup = Setup {
        mode: if flags.desk { Mode::Desk } else { Mode::Home },
        practice,
        reader: flags.reader.clone(),
        free_mail: listed(&file.free_mail, warning::FREE_MAIL),
        mail_from: listed(&file.mail_from, &MAIL_FROM),
    };
    let mut model = Model::new(setup, lang, today());
    if let Some(path) = &flags.prefill {
        model.prefill(settings::prefill(path)?);
    }
    let log = RefCell::new(flags.log.as_deref().map(LogFile::open).transpose()?);
    let start = |tell: &Tell| {
        let (watching, telling) = (Arc::clone(tell), Arc::clone(tell));
        let tell = move |message: Message| {
            if let (Some(log), worker::Reply::Failed(trouble)) = (&mut log.borrow_mut().as_mut(), &message.reply) {
                log.line(trouble.code().id());
            }
            telling(Event::Worker(message));
        };
        let setup = worker::Setup { prepare: way.prepare, test_cards: way.test_cards, client: CLIENT };
        let worker = Worker::start(setup, Box::new(tell));
        Backend { worker, keep: vec![(way.watch)(watching)] }
    };
    let done = if lines || flags.line {
        line::run(model, start)
    } else {
        tui::run(model, Look { theme, mouse: flags.mouse }, start).map(|()| ExitCode::SUCCESS)
    };
    way.shelf.clear();
    Ok(done?)
}

/// Look for what is to be mended, and say it on standard output.
pub(crate) fn doctor(flags: Flags, json: bool) -> Done {
    let (flags, merged) = match flags.clone().merged() {
        Ok((merged, _)) => (merged, Ok(())),
        Err(fault) => (flags, Err(fault)),
    };
    // The form would not open with a fault in any of these.
    let usable = merged.and_then(|()| {
        language(&flags)?;
        theme(&flags)?;
        anchors(&flags)
    });
    let lang = language(&flags).or_else(|_| language(&Flags::default()))?;
    let found = findings::gather(&flags, usable.err().map(|fault| fault.to_string()), CLIENT);
    let lines = doctor::judge(&found, lang);
    let write = if json { report::write_json } else { report::write };
    match write(&mut std::io::stdout().lock(), &lines, lang) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("zairyu: {why}");
            Ok(ExitCode::from(2))
        }
        _ => Ok(ExitCode::from(u8::from(report::to_mend(&lines) > 0))),
    }
}

/// Run the service until the system asks it to end.
#[cfg(feature = "service")]
pub(crate) fn serve(flags: Flags, serve: settings::Serve) -> Done {
    if serve.print_unit {
        print!("{}", include_str!("service/zairyu.service"));
        return Ok(ExitCode::SUCCESS);
    }
    let (flags, _) = flags.merged()?;
    let mut options = zairyu::service::Options::standalone(flags.data_folder());
    options.listen = serve.listen;
    options.database = serve.database.url()?;
    options.mail = serve.mail.settings()?;
    options.public_url = serve.public_url;
    options.name = serve.name;
    options.notice = serve.notice;
    options.practice = serve.practice;
    options.retention = zairyu::service::Retention { mails: serve.keep_mails, audit: serve.keep_audit, unused: serve.keep_unused };
    options.shortest_password = usize::from(serve.shortest_password);
    options.anchors = anchors(&flags)?;
    options.test_cards = flags.test_cards.unwrap_or(false);
    options.revocation =
        zairyu::service::Revocation::from_words(&serve.revocation).map_err(|why| SettingsError::Unknown("--revocation", why))?;
    if let (Some(certificate), Some(key)) = (serve.tls_cert, serve.tls_key) {
        options.tls = Some(zairyu::service::TlsFiles { certificate, key });
    }
    if serve.behind_proxy {
        options.peers = zairyu::service::Peers::BehindProxy;
    }
    let running = zairyu::service::start(options)?;
    println!("listening on {}", running.url());
    runtime::wait_for_end()?;
    running.stop();
    Ok(ExitCode::SUCCESS)
}

/// Do an operator's command, and print its result as JSON.
#[cfg(feature = "service")]
pub(crate) fn users(flags: Flags, database: &settings::Database, command: &zairyu::service::UsersCommand) -> Done {
    let (flags, _) = flags.merged()?;
    match zairyu::service::users(database.url()?.as_deref(), &flags.data_folder(), command, &mut std::io::stdout().lock()) {
        // `main` knows of readers who have seen enough.
        Err(zairyu::service::AdminError::Output(fault)) => Err(fault.into()),
        done => Ok(done.map(|()| ExitCode::SUCCESS)?),
    }
}

/// Work on the whole store, and print what it holds.
#[cfg(feature = "service")]
pub(crate) fn store(flags: Flags, database: &settings::Database, command: settings::StoreCommand) -> Done {
    use settings::StoreCommand;
    use zairyu::service::{backup, check, copy};
    let (flags, _) = flags.merged()?;
    let data = flags.data_folder();
    let sums = match command {
        StoreCommand::Check { url: Some(url) } => check(Some(&url), &data)?,
        StoreCommand::Check { url: None } => check(database.url()?.as_deref(), &data)?,
        StoreCommand::Backup { file } => backup(database.url()?.as_deref(), &data, &file)?,
        StoreCommand::Copy { urls, from_file, to_file } => {
            let (from, to) = settings::both_urls(urls, from_file.as_deref(), to_file.as_deref())?;
            copy(&from, &to)?
        }
    };
    let mut out = std::io::stdout().lock();
    sums.iter().try_for_each(|sum| writeln!(out, "{sum}"))?;
    Ok(ExitCode::SUCCESS)
}

/// Simulate a card.
#[cfg(feature = "practice")]
pub(crate) fn card(command: settings::CardCommand) -> Done {
    let settings::CardCommand::Simulate { vpcd, state, export_anchors, person, faults } = command;
    let options = card::simulated::simulate::Simulate { vpcd, state, person, faults, anchors: export_anchors };
    Ok(card::simulated::simulate::command(&options))
}

fn anchors(flags: &Flags) -> Result<Anchors, SettingsError> {
    match &flags.anchors {
        Some(folder) => Anchors::from_folder(folder).map_err(|why| SettingsError::Malformed(folder.clone(), why.to_string())),
        None => Ok(Anchors::pinned()),
    }
}

/// The language: as set, else the system's, else Japanese. A system that speaks none of ours gets English.
fn language(flags: &Flags) -> Result<Lang, SettingsError> {
    if let Some(tag) = &flags.lang {
        return Lang::from_tag(tag).ok_or_else(|| SettingsError::Unknown("--lang", tag.clone()));
    }
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    Ok(set.or_else(system_locale).map_or_else(Lang::default, |locale| Lang::of_system(&locale)))
}

/// What the system calls its language where that is no variable of the environment.
#[cfg(any(windows, target_os = "macos"))]
fn system_locale() -> Option<String> {
    sys_locale::get_locale()
}

/// Everywhere else the variables say all there is.
#[cfg(not(any(windows, target_os = "macos")))]
fn system_locale() -> Option<String> {
    None
}

fn theme(flags: &Flags) -> Result<Theme, SettingsError> {
    match &flags.theme {
        Some(name) => Theme::from_name(name).ok_or_else(|| SettingsError::Unknown("--theme", name.clone())),
        None if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => Ok(Theme::None),
        None => Ok(Theme::Plain),
    }
}

/// Today's date in Japan.
fn today() -> Date {
    let now = time::OffsetDateTime::now_utc();
    zairyu::time::date_in_japan(now.unix_timestamp()).unwrap_or(now.date())
}
