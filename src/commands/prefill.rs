//! `zairyu prefill FILE`: what is to be mended in a file of records; `--template`: how one is written.

use super::{CommandResult, drawable, is_console, language, today};
use clap::Args;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;
use zairyu::locale::{self, Lang, Text};
use zairyu::office::{self, RecordsError, filled, template};
use zairyu::settings::{Flags, SettingsError};
use zairyu::text::lines::stdout;

/// Arguments of `zairyu prefill`.
#[derive(Args)]
pub(super) struct Prefill {
    /// The file to look at; without it, the one that the settings name
    file: Option<PathBuf>,
    /// Print a template: TOML, or csv for the first row of a CSV file
    #[arg(long, num_args = 0..=1, default_missing_value = "toml", value_parser = ["toml", "csv"], value_name = "FORMAT", conflicts_with = "file")]
    template: Option<String>,
}

/// Look at a file of records, or print a template.
pub(super) fn run(flags: Flags, asked: Prefill) -> CommandResult {
    let (flags, _) = flags.merged()?;
    let latin = io::stdout().is_terminal() && is_console(&flags);
    let lang = drawable(language(&flags)?, latin);
    let (lines, is_good) = match (asked.template.as_deref(), asked.file.or_else(|| flags.prefill.clone())) {
        (Some("csv"), _) => (vec![template::header()], true),
        (Some(_), _) => (lang.records_template(), true),
        (None, Some(path)) => match office::read(&path, today()) {
            Ok(records) => (good(lang, &records), true),
            Err(RecordsError::Unreadable(why)) => return Err(SettingsError::Unreadable(path, why).into()),
            Err(error) => (lang.records_error(&error), false),
        },
        (None, None) => return Err(SettingsError::Unknown("prefill", "FILE".to_owned()).into()),
    };
    let mut out = stdout();
    lines.iter().try_for_each(|line| if latin { out.line(locale::latin(line)) } else { out.line(line) })?;
    Ok(ExitCode::from(u8::from(!is_good)))
}

/// Say what each record fills in: no values, which are personal.
fn good(lang: Lang, records: &[office::Record]) -> Vec<String> {
    let said = records.iter().map(|record| {
        let keys = filled(record).collect::<Vec<_>>().join(", ");
        lang.fill(Text::RecordFilled, &[&record.line.to_string(), record.reference.as_deref().unwrap_or("-"), &keys])
    });
    said.chain([lang.fill(Text::RecordsGood, &[&records.len().to_string()])]).collect()
}
