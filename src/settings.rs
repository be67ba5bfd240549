//! The settings: flag over variable over file. What every command takes is read here; what one command takes stands with it, in `commands`.

use crate::file;
use crate::text::is_bare_console;
use clap::Args;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The settings of a kiosk.
pub mod kiosk;

use kiosk::Kiosk;

/// The settings of everybody on this computer, which a person's own take the place of; the package brings it with every key commented out.
#[cfg(target_os = "linux")]
const SHARED: &str = "/etc/zairyu/zairyu.toml";

/// Behind the options of a command.
const LAST: usize = 500;

/// What every command takes.
#[derive(Args, Clone, Debug, Default)]
pub struct Common {
    /// Settings file (TOML) instead of the usual one
    #[arg(long, global = true, display_order = LAST, env = "ZAIRYU_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The language's tag.
    #[arg(long, global = true, display_order = LAST, env = "ZAIRYU_LANG", value_name = "TAG", help = crate::locale::Lang::FLAG_HELP)]
    pub lang: Option<String>,
}

/// Service and reader of the form.
#[derive(Args, Clone, Debug, Default)]
pub struct Reach {
    /// Base URL of the registration service; without it, an embedded one
    #[arg(long, env = "ZAIRYU_SERVICE", value_name = "URL")]
    service: Option<String>,
    /// Folder for the embedded service's data
    #[arg(long, env = "ZAIRYU_DATA", value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Name of the card reader to use
    #[arg(long, env = "ZAIRYU_READER", value_name = "NAME")]
    reader: Option<String>,
}

/// Whose cards are accepted.
#[derive(Args, Clone, Debug, Default)]
pub struct Trust {
    /// Folder of CA certificates (PEM or DER) that replace the pinned ones
    #[arg(long, env = "ZAIRYU_ANCHORS", value_name = "FOLDER")]
    anchors: Option<PathBuf>,
    /// Accept cards of the test hierarchy (O=JPKI-TEST), and say so; --test-cards=false does not, whatever the settings file says
    #[arg(long, env = "ZAIRYU_TEST_CARDS", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "YES")]
    test_cards: Option<bool>,
}

/// Where a service keeps its data.
#[derive(Args, Clone, Debug, Default)]
pub struct Data {
    /// Folder for the service's data
    #[arg(id = "service_data", long = "data", global = true, env = "ZAIRYU_DATA", value_name = "FOLDER")]
    data: Option<PathBuf>,
}

/// How the terminal is drawn on.
#[derive(Args, Clone, Debug, Default)]
pub struct Look {
    /// Colours: auto, light, dark, contrast, none
    #[arg(long, env = "ZAIRYU_THEME", value_name = "NAME")]
    theme: Option<String>,
    /// Lines, dots and ticks: auto (measured), unicode, ascii, console (ASCII alone, nothing in Japanese; auto on a bare console)
    #[arg(long, env = "ZAIRYU_GLYPHS", value_name = "NAME")]
    glyphs: Option<String>,
}

/// An office's records.
#[derive(Args, Clone, Debug, Default)]
pub struct Records {
    /// Records to fill the next person's form beforehand, if name or birth date in it are those of the card: TOML or JSON for one person, CSV for several; see zairyu prefill --template
    #[arg(long, env = "ZAIRYU_PREFILL", value_name = "FILE")]
    prefill: Option<PathBuf>,
}

/// How the form is used.
#[derive(Args, Clone, Debug, Default)]
pub struct Manner {
    /// File to which the codes of troubles are appended, for the help desk: times and codes, never personal data
    #[arg(long, env = "ZAIRYU_LOG", value_name = "FILE")]
    log: Option<PathBuf>,
    /// Line mode: one question a line, for screen readers, plain terminals and scripts
    #[arg(long)]
    line: bool,
    /// Help desk: one machine for many people; covered while the card is away, locked after 5 minutes without a key
    #[arg(long)]
    desk: bool,
    /// Kiosk: one machine for many people, nobody beside them; ends each visit by itself, and nobody leaves it without the staff word
    #[arg(long, conflicts_with_all = ["line", "desk", "prefill"])]
    kiosk: bool,
    /// Take clicks; they only repeat keys
    #[arg(long)]
    mouse: bool,
}

/// All of these, as far as a command takes them.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// Settings file instead of the usual one.
    pub config: Option<PathBuf>,
    /// The language's tag.
    pub lang: Option<String>,
    /// Base URL of the registration service.
    pub service: Option<String>,
    /// Name of the card reader.
    pub reader: Option<String>,
    /// Folder of CA certificates.
    pub anchors: Option<PathBuf>,
    /// Whether cards of the test hierarchy are accepted.
    pub test_cards: Option<bool>,
    /// Folder for the data of the service.
    pub data: Option<PathBuf>,
    /// Name of the colours.
    pub theme: Option<String>,
    /// Name of the glyphs.
    pub glyphs: Option<String>,
    /// An office's records.
    pub prefill: Option<PathBuf>,
    /// File for the codes of troubles.
    pub log: Option<PathBuf>,
    /// Line mode.
    pub line: bool,
    /// Help desk.
    pub desk: bool,
    /// Kiosk.
    pub kiosk: bool,
    /// Whether clicks are taken.
    pub mouse: bool,
}

/// Arguments that say some of the flags.
pub trait Group {
    /// Put them into the flags.
    fn put(self, flags: &mut Flags);
}

impl Group for Common {
    fn put(self, flags: &mut Flags) {
        (flags.config, flags.lang) = (self.config, self.lang);
    }
}

impl Group for Reach {
    fn put(self, flags: &mut Flags) {
        (flags.service, flags.data, flags.reader) = (self.service, self.data, self.reader);
    }
}

impl Group for Trust {
    fn put(self, flags: &mut Flags) {
        (flags.anchors, flags.test_cards) = (self.anchors, self.test_cards);
    }
}

impl Group for Data {
    fn put(self, flags: &mut Flags) {
        flags.data = self.data;
    }
}

impl Group for Look {
    fn put(self, flags: &mut Flags) {
        (flags.theme, flags.glyphs) = (self.theme, self.glyphs);
    }
}

impl Group for Records {
    fn put(self, flags: &mut Flags) {
        flags.prefill = self.prefill;
    }
}

impl Group for Manner {
    fn put(self, flags: &mut Flags) {
        (flags.log, flags.line, flags.desk, flags.kiosk, flags.mouse) = (self.log, self.line, self.desk, self.kiosk, self.mouse);
    }
}

/// The settings file; every key is optional.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    service: Option<String>,
    reader: Option<String>,
    lang: Option<String>,
    prefill: Option<PathBuf>,
    theme: Option<String>,
    glyphs: Option<String>,
    data: Option<PathBuf>,
    anchors: Option<PathBuf>,
    log: Option<PathBuf>,
    test_cards: Option<bool>,
    /// The kiosk's times and staff word.
    #[serde(default)]
    pub kiosk: Kiosk,
    /// Mail domains from which the service's mail may not come back; a name ending in `.` stands for every domain that begins with it.
    pub free_mail: Option<Vec<String>>,
    /// Domains from which mail must be allowed.
    pub mail_from: Option<Vec<String>>,
    /// The command that prints what it is fed, and its arguments: `["lp", "-d", "desk"]`.
    pub print: Option<Vec<String>>,
    /// A file to which a line is added for each registration that ended and has a reference of the office: time, reference, result.
    pub done_list: Option<PathBuf>,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file cannot be read.
    #[error("{}: {}", .0.display(), .1)]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// A file is not of its format, or has unknown keys.
    #[error("{}: {}", .0.display(), .1)]
    Malformed(PathBuf, String),
    /// An unknown name: the setting, and what was given.
    #[error("{0}: {1} (see zairyu --help)")]
    Unknown(&'static str, String),
}

impl Flags {
    /// Add what a group of arguments says.
    #[must_use]
    pub fn with(mut self, group: impl Group) -> Flags {
        group.put(&mut self);
        self
    }

    /// Fill in from the settings file what neither a flag nor a variable has set; return the file too.
    pub fn merged(mut self) -> Result<(Flags, File), SettingsError> {
        let usual = || directories::ProjectDirs::from("", "", "zairyu").map(|folders| folders.config_dir().join("zairyu.toml"));
        let path = self.config.clone().or_else(|| usual().filter(|path| path.is_file()));
        #[cfg(target_os = "linux")]
        let path = path.or_else(|| Some(PathBuf::from(SHARED)).filter(|path| path.is_file()));
        let file = path.as_deref().map(read).transpose()?.unwrap_or_default();
        self.service = self.service.or_else(|| file.service.clone());
        self.reader = self.reader.or_else(|| file.reader.clone());
        self.lang = self.lang.or_else(|| file.lang.clone());
        self.prefill = self.prefill.or_else(|| file.prefill.clone());
        self.theme = self.theme.or_else(|| file.theme.clone());
        self.glyphs = self.glyphs.or_else(|| file.glyphs.clone());
        self.data = self.data.or_else(|| file.data.clone());
        self.anchors = self.anchors.or_else(|| file.anchors.clone());
        self.log = self.log.or_else(|| file.log.clone());
        self.test_cards = self.test_cards.or(file.test_cards);
        if file.print.as_ref().is_some_and(|command| command.first().is_none_or(String::is_empty)) {
            let why = "print: names no command; such as print = [\"lp\", \"-d\", \"desk\"]";
            return Err(SettingsError::Malformed(path.unwrap_or_default(), why.to_owned()));
        }
        if let Some(name) = file.kiosk.unfit() {
            let why = format!("[kiosk] {name}: 5 to 86400 seconds; warning at least 20, away also 0");
            return Err(SettingsError::Malformed(path.unwrap_or_default(), why));
        }
        if let Some(tag) = file.kiosk.unspeakable() {
            let why = format!("[kiosk.speak] {tag}: a language of zairyu and its command, such as en = [\"espeak-ng\", \"--stdin\"]");
            return Err(SettingsError::Malformed(path.unwrap_or_default(), why));
        }
        Ok((self, file))
    }

    /// Return whether a terminal of this name (TERM) is to be shown ASCII alone: a bare console, unless the glyphs are set.
    pub fn is_console(&self, term: Option<&str>) -> bool {
        match self.glyphs.as_deref() {
            None | Some("auto") => term.is_some_and(is_bare_console),
            Some(name) => name == "console",
        }
    }

    /// Return the data folder: as set, else the platform's usual place.
    pub fn data_folder(&self) -> PathBuf {
        let usual = || directories::ProjectDirs::from("", "", "zairyu").map(|folders| folders.data_local_dir().to_owned());
        self.data.clone().or_else(usual).unwrap_or_else(|| PathBuf::from("."))
    }
}

fn read(path: &Path) -> Result<File, SettingsError> {
    let text = file::read_text(path).map_err(|why| SettingsError::Unreadable(path.to_owned(), why))?;
    toml::from_str(&text).map_err(|why| SettingsError::Malformed(path.to_owned(), why.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_prints_is_a_list_that_begins_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("zairyu.toml");
        let read = |print: &str| {
            std::fs::write(&path, format!("print = {print}\n")).unwrap();
            Flags { config: Some(path.clone()), ..Flags::default() }.merged().map(|(_, file)| file.print)
        };
        assert_eq!(read(r#"["lp", "-d", "desk"]"#).unwrap().unwrap(), ["lp", "-d", "desk"]);
        for print in ["[]", r#"[""]"#, r#""lp -d desk""#, "[1]"] {
            let Err(fault) = read(print) else { panic!("{print} is taken") };
            assert!(fault.to_string().contains("zairyu.toml: "), "{fault}");
        }
    }

    #[test]
    fn a_bare_console_is_shown_ascii_alone_unless_the_glyphs_are_set() {
        for (glyphs, term, console) in [
            (None, Some("linux"), true),
            (Some("auto"), Some("vt220"), true),
            (Some("ascii"), Some("linux"), false),
            (Some("unicode"), Some("linux"), false),
            (Some("console"), Some("xterm"), true),
            (None, Some("xterm-256color"), false),
            (None, None, false),
        ] {
            let flags = Flags { glyphs: glyphs.map(str::to_owned), ..Flags::default() };
            assert_eq!(flags.is_console(term), console, "{glyphs:?} {term:?}");
        }
    }
}
