//! The commands of the program, one file per command, which declares its arguments and connects the modules it needs. Only these know both
//! the terminal and the service.
//! This file has what several commands share: the command line, and opening the form.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use kiosk::Guard;
use std::any::Any;
use std::error::Error;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use zairyu::app::deadline::Limits;
use zairyu::app::visit::Mode;
use zairyu::app::{Event, Letters, Model, Setup};
use zairyu::certificate::{Anchors, AnchorsError};
use zairyu::doctor::findings;
use zairyu::file;
use zairyu::line;
use zairyu::locale::Lang;
use zairyu::locale::words::Face;
use zairyu::office::{self, RecordsError};
use zairyu::registration::{Date, warning};
use zairyu::runtime::{Backend, Notify};
use zairyu::settings::kiosk::Kiosk;
use zairyu::settings::{self, Common, Flags, SettingsError};
use zairyu::tui::glyphs::Glyphs;
use zairyu::tui::theme;
use zairyu::tui::{self, End, Options};
use zairyu::worker::{self, Message, Prepared, Worker};

#[cfg(feature = "practice")]
mod card;
#[cfg(feature = "service")]
mod database;
#[cfg(feature = "service")]
mod demo;
mod doctor;
mod form;
mod kiosk;
mod places;
mod prefill;
#[cfg(feature = "service")]
mod serve;
#[cfg(feature = "service")]
mod store;
#[cfg(test)]
mod tests;
#[cfg(feature = "service")]
mod users;

/// User registration for Japan's online residence applications, from a terminal, with a My Number Card.
#[derive(Parser)]
#[command(name = "zairyu", version, about, after_help = AFTER_HELP)]
pub(crate) struct CommandLine {
    /// What to do; without it, the full-screen form
    #[command(subcommand)]
    command: Option<Command>,
    /// What every command takes.
    #[command(flatten)]
    common: Common,
    /// What the form takes, which is opened without a command.
    #[command(flatten)]
    form: form::Form,
}

impl CommandLine {
    /// Read a command line. What the form takes is refused before a command, which would not heed it.
    pub(crate) fn read(words: impl IntoIterator<Item = std::ffi::OsString>) -> Result<CommandLine, clap::Error> {
        let mut command = CommandLine::command();
        if !std::io::stdout().is_terminal() {
            // Whole lines for whoever searches them.
            command = command.term_width(0);
        }
        let read = command.try_get_matches_from_mut(words)?;
        if let Some(name) = read.subcommand_name() {
            let given = |argument: &&clap::Arg| read.value_source(argument.get_id().as_str()) == Some(ValueSource::CommandLine);
            let flag = command.get_arguments().filter(|argument| !argument.is_global_set()).find(given);
            let flag = flag.and_then(clap::Arg::get_long).map(str::to_owned);
            if let Some(flag) = flag {
                let why = format!("--{flag} is an option of the form; those of {name} stand behind its name: zairyu {name} --help");
                return Err(command.error(ErrorKind::ArgumentConflict, why));
            }
        }
        CommandLine::from_arg_matches(&read)
    }
}

const AFTER_HELP: &str = "Exit status: 0 done, 1 something is to be mended or was not found, 2 the command line or the settings are wrong.
Settings file: zairyu.toml in the configuration folder (Linux: ~/.config/zairyu, or /etc/zairyu for everybody), or --config FILE. service, reader, lang, prefill, theme, glyphs, data, anchors, log and test_cards stand there as the options here do; beside them
  print = [\"lp\", \"-d\", \"desk\"]        a command that prints what it is fed
  done_list = \"FILE\"                  a line for each registration that ended, by the office's reference
  free_mail = [\"mail.example\"]        mail domains from which the service's mail may not come back
  mail_from = [\"service.example\"]     domains from which mail must be allowed
  [kiosk]                             see zairyu kiosk --help
Keys: Tab, Shift-Tab, Up, Down move; Enter acts; Space chooses; Esc goes back; F1 help; F2 language; F5 card; F7 slip for the office; F8 next person; F10 confirm.";

/// What to do.
#[derive(Subcommand)]
enum Command {
    /// Practise with a simulated card and a throw-away service: nothing else is needed
    #[cfg(feature = "service")]
    Demo(demo::Demo),
    /// Run the registration service
    #[cfg(feature = "service")]
    Serve(Box<serve::Serve>),
    /// The operator's commands: find, show, resend, export and delete people; who did what
    #[cfg(feature = "service")]
    Users(users::Users),
    /// The operator's work on the whole store, beside a running service: check, backup, copy
    #[cfg(feature = "service")]
    Store(store::Store),
    /// Look for what is to be mended: card service, reader, card, service, settings, terminal; asks for no PIN
    #[command(after_help = doctor::AFTER_HELP)]
    Doctor(doctor::Doctor),
    /// Simulated cards
    #[cfg(feature = "practice")]
    Card(card::Card),
    /// For the staff of a kiosk: the staff word, the units of systemd, how many visits a day had
    #[command(after_help = kiosk::AFTER_HELP)]
    Kiosk(kiosk::Kiosk),
    /// Print what the municipality picker would offer: codes and names; towns and what remains of an address
    Places(places::Places),
    /// Say what is to be mended in a file of records for --prefill, or print a template of one
    Prefill(prefill::Prefill),
}

/// The result of a command: its exit status, or why it failed.
pub(crate) type CommandResult = Result<ExitCode, Box<dyn Error>>;

/// Run the command given on the command line.
pub(crate) fn run(line: CommandLine) -> CommandResult {
    let common = Flags::default().with(line.common);
    match line.command {
        None => form::run(common, line.form),
        Some(Command::Kiosk(asked)) => kiosk::run(common, &asked),
        Some(Command::Places(asked)) => places::run(&asked),
        Some(Command::Prefill(asked)) => prefill::run(common, asked),
        Some(Command::Doctor(asked)) => doctor::run(common, asked),
        #[cfg(feature = "service")]
        Some(Command::Demo(asked)) => demo::run(common, asked),
        #[cfg(feature = "service")]
        Some(Command::Serve(asked)) => serve::run(common, *asked),
        #[cfg(feature = "service")]
        Some(Command::Users(asked)) => users::run(common, asked),
        #[cfg(feature = "service")]
        Some(Command::Store(asked)) => store::run(common, asked),
        #[cfg(feature = "practice")]
        Some(Command::Card(asked)) => card::run(asked),
    }
}

/// Return why a file was not used, if that is the cause of a fault, in every language: which of them is spoken may stand in that very file.
pub(crate) fn unfit(fault: &(dyn Error + 'static)) -> Vec<&'static str> {
    let mut causes = std::iter::successors(Some(fault), |fault| (*fault).source());
    let unfit = causes.find_map(|cause| cause.downcast_ref().and_then(file::Unfit::of));
    unfit.map(|unfit| Lang::ALL.iter().map(|lang| lang.unfit(unfit)).collect()).unwrap_or_default()
}

/// Program name and version, for statements.
const CLIENT: &str = concat!("zairyu/", env!("CARGO_PKG_VERSION"));
/// Mail domains of the official service (registration.md, "Warnings that do not stop").
const MAIL_FROM: [&str; 2] = ["ras-immi.moj.go.jp", "rasens-immi.moj.go.jp"];

/// What a command passes to `open`.
struct Startup {
    /// Prepares the worker, on the worker's thread.
    prepare: Box<dyn FnOnce() -> Prepared + Send>,
    /// Starts watching the readers, until the returned value is dropped.
    watch: Box<dyn FnOnce(Notify) -> Box<dyn Any + Send>>,
    /// The two PINs of practice mode, signing first.
    practice: Option<[&'static str; 2]>,
    test_cards: bool,
    teardown: Teardown,
}

/// The file of `--log`. It receives only error codes, never personal data.
struct LogFile(std::fs::File);

impl LogFile {
    fn open(path: &Path) -> Result<LogFile, SettingsError> {
        let file = file::open(path, std::fs::OpenOptions::new().create(true).append(true));
        file.map(LogFile).map_err(|why| SettingsError::Unreadable(path.to_owned(), why))
    }

    fn line(&mut self, text: &str) {
        let now = zairyu::time::rfc3339::format_exact(time::OffsetDateTime::now_utc());
        // A full disk must not stop the registration.
        let _ = writeln!(self.0, "{now} {CLIENT} {text}");
    }
}

/// What outlives the worker and is dropped at the end, last in, first out. Includes the embedded service, although the worker's thread
/// starts it: stopping takes as long as a mail being sent, and nothing joins the worker's thread.
#[derive(Clone, Default)]
struct Teardown(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    things: Vec<Box<dyn Any + Send>>,
    ended: bool,
}

impl Teardown {
    #[cfg(feature = "service")]
    fn push(&self, thing: impl Any + Send) {
        self.start(|| Some((thing, ())));
    }

    /// Start something and keep it, unless the end has begun. The end waits for what is being started: a service would write its files
    /// after their folder has been deleted.
    #[cfg(feature = "service")]
    fn start<T: Any + Send, R>(&self, start: impl FnOnce() -> Option<(T, R)>) -> Option<R> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.ended {
            return None;
        }
        let (thing, result) = start()?;
        kept.things.push(Box::new(thing));
        Some(result)
    }

    fn run(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.ended = true;
        while kept.things.pop().is_some() {}
    }
}

/// Open the form in full-screen or line mode, and tear down when it ends.
fn open(flags: &Flags, file: &settings::File, startup: Startup) -> CommandResult {
    let lines = flags.line || wants_lines();
    if flags.kiosk && lines {
        return Err("a kiosk is a full screen: it needs a terminal, and neither --line nor ACCESSIBLE".into());
    }
    if flags.kiosk && flags.prefill.is_some() {
        return Err("a kiosk takes no records of an office (--prefill)".into());
    }
    let latin = !lines && is_console(flags);
    let lang = drawable(language(flags)?, latin);
    let (theme, glyphs) = look(flags)?;
    let listed = |set: &Option<Vec<String>>, usual: &[&str]| match set {
        Some(set) => set.clone(),
        None => usual.iter().map(|domain| (*domain).to_owned()).collect(),
    };
    zairyu::secret::wipe_freed_memory();
    zairyu::secret::share_heap();
    let setup = Setup {
        // Line mode says that it is no full screen.
        face: Face::Screen,
        latin,
        mode: match flags {
            Flags { kiosk: true, .. } => Mode::Kiosk,
            Flags { desk: true, .. } => Mode::Desk,
            _ => Mode::Home,
        },
        lang,
        limits: limits(&file.kiosk),
        has_staff_word: file.kiosk.staff_word.is_some(),
        letters: letters(),
        practice: startup.practice,
        reader: flags.reader.clone(),
        free_mail: listed(&file.free_mail, warning::FREE_MAIL),
        mail_from: listed(&file.mail_from, &MAIL_FROM),
        prints: file.print.is_some(),
        speaks: file.kiosk.voices().map(|(lang, _)| lang).collect(),
        service: flags.service.as_deref().map(host),
        prefill: flags.prefill.clone(),
        done_list: file.done_list.clone(),
    };
    check_records(flags, lang)?;
    let mut model = Model::new(setup, lang, today());
    if let Some(log) = &flags.log {
        model.day = kiosk::day_so_far(log, model.today());
    }
    let log = Arc::new(Mutex::new(flags.log.as_deref().map(LogFile::open).transpose()?));
    let start = |tell: &Notify| {
        let failures = Arc::clone(&log);
        let [watching, telling, diagnosing, issuing] = std::array::from_fn(|_| Arc::clone(tell));
        let tell = move |message: Message| {
            if let worker::Reply::Failed(trouble) = &message.reply {
                line(&failures, trouble.code().id());
            }
            telling(Event::Worker(message));
        };
        let setup = worker::Setup { prepare: startup.prepare, test_cards: startup.test_cards, client: CLIENT };
        let worker = Worker::start(setup, Box::new(tell));
        let (flags, outlets) = (flags.clone(), outlets(file));
        let diagnose = move || {
            let (flags, outlets, diagnosing) = (flags.clone(), outlets.clone(), Arc::clone(&diagnosing));
            let gather = move || diagnosing(Event::Diagnosed(Box::new(findings::around(&flags, &outlets, CLIENT))));
            // Without a thread the page goes on saying that it looks.
            let _ = std::thread::Builder::new().name("diagnosis".to_owned()).spawn(gather);
        };
        let mut guard = Guard::new(file.kiosk.staff_word.clone());
        Backend {
            worker,
            diagnose: Box::new(diagnose),
            check_staff_word: Box::new(move |word| guard.check(word, Instant::now())),
            ended: Box::new(move |reached| kiosk::word_of(reached).into_iter().for_each(|word| line(&log, word))),
            print: file.print.clone().unwrap_or_default(),
            speak: file.kiosk.voices().map(|(lang, command)| (lang, command.to_owned())).collect(),
            tell: issuing,
            keep: vec![(startup.watch)(watching)],
        }
    };
    let done = if lines {
        line::run(model, start)
    } else {
        tui::run(model, Options { theme, glyphs, mouse: flags.mouse }, start).map(|end| match end {
            End::Quit => ExitCode::SUCCESS,
            End::OtherLetters => ExitCode::from(OTHER_LETTERS),
        })
    };
    startup.teardown.run();
    Ok(done?)
}

/// Return what the settings file names for what comes out.
fn outlets(file: &settings::File) -> findings::Outlets {
    findings::Outlets {
        print: file.print.clone().unwrap_or_default(),
        speech: file.kiosk.voices().filter_map(|(_, command)| command.first().cloned()).collect(),
        done_list: file.done_list.clone(),
    }
}

/// Append to the log, if there is one.
fn line(log: &Mutex<Option<LogFile>>, text: &str) {
    if let Some(log) = log.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        log.line(text);
    }
}

/// The exit status by which a kiosk asks for its terminal in letters of the other size.
const OTHER_LETTERS: u8 = 3;

/// Return the size of the terminal's letters, if whoever starts it names one.
fn letters() -> Option<Letters> {
    match std::env::var("ZAIRYU_LETTERS").ok()?.as_str() {
        "usual" => Some(Letters::Usual),
        "large" => Some(Letters::Large),
        _ => None,
    }
}

/// Return the times of the settings.
fn limits(kiosk: &Kiosk) -> Limits {
    let usual = Limits::default();
    Limits {
        idle: kiosk.idle.unwrap_or(usual.idle),
        reading: kiosk.reading.unwrap_or(usual.reading),
        pin: kiosk.pin.unwrap_or(usual.pin),
        more: kiosk.more.unwrap_or(usual.more),
        warning: kiosk.warning.unwrap_or(usual.warning),
        away: kiosk.away.unwrap_or(usual.away),
        ..usual
    }
}

/// Return the host that a URL names, and its port if it names one.
fn host(url: &str) -> String {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}

/// Return whether to use line mode: for a dumb terminal, with `ACCESSIBLE=1`, or without a terminal.
fn wants_lines() -> bool {
    let plain = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    let accessible = std::env::var("ACCESSIBLE").is_ok_and(|value| !matches!(value.as_str(), "" | "0"));
    plain || accessible || !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal()
}

fn anchors(flags: &Flags) -> Result<Anchors, SettingsError> {
    match &flags.anchors {
        Some(folder) => Anchors::from_folder(folder).map_err(|why| match why {
            AnchorsError::Unreadable(path, why) => SettingsError::Unreadable(path, why),
            why => SettingsError::Malformed(folder.clone(), why.to_string()),
        }),
        None => Ok(Anchors::pinned()),
    }
}

/// Refuse to start with records that cannot be used; they are read again for each registration.
fn check_records(flags: &Flags, lang: Lang) -> Result<(), SettingsError> {
    let Some(path) = &flags.prefill else { return Ok(()) };
    match office::read(path, today()) {
        Ok(_) => Ok(()),
        Err(RecordsError::Unreadable(why)) => Err(SettingsError::Unreadable(path.clone(), why)),
        Err(error) => Err(SettingsError::Malformed(path.clone(), lang.records_error(&error).join("\n"))),
    }
}

/// Return the language: as set, else the system's, else Japanese. English if the system's language is not supported.
fn language(flags: &Flags) -> Result<Lang, SettingsError> {
    if let Some(tag) = &flags.lang {
        return Lang::from_tag(tag).ok_or_else(|| SettingsError::Unknown("--lang", tag.clone()));
    }
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    Ok(set.or_else(system_locale).map_or_else(Lang::default, |locale| Lang::of_system(&locale)))
}

/// Return the system locale where it is not an environment variable.
#[cfg(any(windows, target_os = "macos"))]
fn system_locale() -> Option<String> {
    sys_locale::get_locale()
}

/// Elsewhere the environment variables are complete.
#[cfg(not(any(windows, target_os = "macos")))]
fn system_locale() -> Option<String> {
    None
}

/// Return whether the terminal is to be shown ASCII alone.
fn is_console(flags: &Flags) -> bool {
    flags.is_console(std::env::var("TERM").ok().as_deref())
}

/// Return the language, or another one if the terminal cannot draw it.
fn drawable(lang: Lang, latin: bool) -> Lang {
    Lang::drawn(latin).find(|drawn| *drawn == lang).or_else(|| Lang::drawn(latin).next()).unwrap_or(lang)
}

/// Return how the full screen is to look.
fn look(flags: &Flags) -> Result<(theme::Choice, Option<Glyphs>), SettingsError> {
    let theme = flags.theme.as_deref().unwrap_or("auto");
    let glyphs = if is_console(flags) { Some("console") } else { flags.glyphs.as_deref().filter(|name| *name != "auto") };
    let unknown = |flag, name: &str| SettingsError::Unknown(flag, name.to_owned());
    Ok((
        theme::Choice::from_name(theme).ok_or_else(|| unknown("--theme", theme))?,
        glyphs.map(|name| Glyphs::from_name(name).ok_or_else(|| unknown("--glyphs", name))).transpose()?,
    ))
}

/// Return today's date in Japan.
fn today() -> Date {
    zairyu::time::today().unwrap_or_else(|| time::OffsetDateTime::now_utc().date())
}
