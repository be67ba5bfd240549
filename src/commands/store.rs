//! `zairyu store`: operations on the whole store, while a service may be running.

use super::database::{Database, first_line};
use super::{CommandResult, language};
use clap::{Args, Subcommand};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use zairyu::locale::{Lang, Text};
use zairyu::service::{Progress, backup, check, copy};
use zairyu::settings::{Data, Flags, SettingsError};
use zairyu::text::lines::{pass, stdout};

/// Arguments of `zairyu store`.
#[derive(Args)]
pub(super) struct Store {
    /// Which store is checked or backed up
    #[command(flatten)]
    database: Database,
    /// Where it is, without a URL
    #[command(flatten)]
    data: Data,
    /// What to do
    #[command(subcommand)]
    command: StoreCommand,
}

/// What to do with a store.
#[derive(Subcommand)]
enum StoreCommand {
    /// Print for each table its name, its rows and a SHA-256 over them, and look for damage in a file of SQLite
    Check {
        /// sqlite:PATH or postgres://…, instead of --database
        url: Option<String>,
    },
    /// Copy the store into a new file of SQLite, on which a service can be started; prints what check does
    Backup {
        /// The new file
        file: PathBuf,
    },
    /// Copy one store into another, empty one, and compare both; prints what check does
    #[command(
        override_usage = "zairyu store copy FROM TO (FROM: sqlite:PATH, postgres://… or --from-file FILE; TO: the same or --to-file FILE)"
    )]
    Copy {
        /// FROM and TO: sqlite:PATH or postgres://…
        #[arg(value_name = "URL", num_args = 0..=2)]
        urls: Vec<String>,
        /// File whose first line is the URL of FROM
        #[arg(long, value_name = "FILE")]
        from_file: Option<PathBuf>,
        /// File whose first line is the URL of TO
        #[arg(long, value_name = "FILE")]
        to_file: Option<PathBuf>,
    },
}

/// Run a store command and print the sums of each table.
pub(super) fn run(common: Flags, Store { database, data, command }: Store) -> CommandResult {
    let (flags, _) = common.with(data).merged()?;
    let data = flags.data_folder();
    let mut shown = Shown::new(language(&flags)?);
    let tell: &mut Progress<'_> = &mut |done, all| shown.tell(done, all);
    let sums = match command {
        StoreCommand::Check { url: Some(url) } => check(Some(&url), &data, tell)?,
        StoreCommand::Check { url: None } => check(database.url()?.as_deref(), &data, tell)?,
        StoreCommand::Backup { file } => backup(database.url()?.as_deref(), &data, &file, tell)?,
        StoreCommand::Copy { urls, from_file, to_file } => {
            let (from, to) = both_urls(urls, from_file.as_deref(), to_file.as_deref())?;
            copy(&from, &to, tell)?
        }
    };
    shown.end();
    let mut out = stdout();
    sums.iter().try_for_each(|sum| out.line(sum.to_string()))?;
    Ok(ExitCode::SUCCESS)
}

/// Shows on a terminal how far long work has come. Nothing is shown where nobody looks, nor before it is known to be long.
struct Shown {
    lang: Lang,
    began: Instant,
    /// When it was shown last; `None` where nothing is shown.
    last: Option<Instant>,
    is_there: bool,
}

/// How often it is shown.
const EACH: Duration = Duration::from_millis(500);

impl Shown {
    fn new(lang: Lang) -> Shown {
        let began = Instant::now();
        Shown { lang, began, last: io::stderr().is_terminal().then_some(began), is_there: false }
    }

    fn tell(&mut self, done: u64, all: u64) {
        let Some(last) = self.last.as_mut().filter(|last| last.elapsed() >= EACH) else { return };
        *last = Instant::now();
        self.is_there = true;
        let left = self.began.elapsed().as_secs_f64() / done.max(1) as f64 * all.saturating_sub(done) as f64;
        let words = [done.to_string(), all.to_string(), (left.ceil() as u64).to_string()];
        pass(&self.lang.fill(Text::StoreProgress, &words.each_ref().map(String::as_str)));
    }

    /// Take it away again.
    fn end(&mut self) {
        if std::mem::take(&mut self.is_there) {
            pass("");
        }
    }
}

impl Drop for Shown {
    /// What went wrong stands on a line of its own.
    fn drop(&mut self) {
        self.end();
    }
}

/// Return both URLs of a copy: from the files given, otherwise in order from the command line.
fn both_urls(urls: Vec<String>, from_file: Option<&Path>, to_file: Option<&Path>) -> Result<(String, String), SettingsError> {
    let mut urls = urls.into_iter();
    let mut url = |file: Option<&Path>, name| match file {
        Some(path) => first_line(path),
        None => urls.next().ok_or_else(|| SettingsError::Unknown(name, "no database is named".to_owned())),
    };
    let both = (url(from_file, "FROM")?, url(to_file, "TO")?);
    match urls.next() {
        Some(_) => Err(SettingsError::Unknown("store copy", "three databases are named".to_owned())),
        None => Ok(both),
    }
}
