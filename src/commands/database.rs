//! The database options shared by `serve`, `users` and `store`.

use clap::Args;
use std::path::{Path, PathBuf};
use zairyu::file;
use zairyu::settings::SettingsError;

/// Which database.
#[derive(Args, Clone, Default)]
pub(super) struct Database {
    /// sqlite:PATH or postgres://… (on another computer by TLS, certificate checked, unless ?sslmode=… says otherwise); without it, SQLite in the data folder
    #[arg(long, global = true, env = "ZAIRYU_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// File whose first line is the database's URL, so that its password stands in no command line and no variable
    #[arg(long, global = true, env = "ZAIRYU_DATABASE_FILE", value_name = "FILE", conflicts_with = "database")]
    database_file: Option<PathBuf>,
}

impl Database {
    /// Return the database URL, if set.
    pub(super) fn url(&self) -> Result<Option<String>, SettingsError> {
        match &self.database_file {
            Some(path) => first_line(path).map(Some),
            None => Ok(self.database.clone()),
        }
    }
}

/// Return the first line of a file, trimmed. Secrets are passed this way.
pub(super) fn first_line(path: &Path) -> Result<String, SettingsError> {
    let text = file::read_text(path).map_err(|why| SettingsError::Unreadable(path.to_owned(), why))?;
    match text.lines().next().map(str::trim) {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(SettingsError::Malformed(path.to_owned(), "its first line is empty; the URL is to stand there".to_owned())),
    }
}
