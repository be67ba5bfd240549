//! `zairyu doctor`: self-diagnosis on standard output. `doctor` gathers and judges the findings.

use super::{CLIENT, CommandResult, anchors, drawable, is_console, language, look};
use clap::Args;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use zairyu::doctor::{self, findings, report};
use zairyu::locale;
use zairyu::settings::Flags;

/// The end of `zairyu doctor --help`.
pub(super) const AFTER_HELP: &str = "Exit status: 0 all well, 1 something is to be mended, 2 could not run.
JSON: one object with version, system, language, result (ok, mend) and checks, an array of objects with check (its stable name),
result (ok, note, mend), label, detail, and for mend the stable code (ZR101 ...), its title and the first step, otherwise null.";

/// Arguments of `zairyu doctor`.
#[derive(Args)]
pub(super) struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Run the diagnosis and print its report.
pub(super) fn run(flags: Flags, asked: &Doctor) -> CommandResult {
    let (flags, merged) = match flags.clone().merged() {
        Ok((merged, _)) => (merged, Ok(())),
        Err(fault) => (flags, Err(fault)),
    };
    // The form does not open with an error in any of these.
    let usable = merged.and_then(|()| {
        language(&flags)?;
        look(&flags)?;
        anchors(&flags)
    });
    let latin = !asked.json && std::io::stdout().is_terminal() && is_console(&flags);
    let lang = drawable(language(&flags).or_else(|_| language(&Flags::default()))?, latin);
    let found = findings::gather(&flags, usable.err().map(|fault| fault.to_string()), CLIENT);
    let lines = doctor::judge(&found, lang);
    let write = if asked.json { report::write_json } else { report::write };
    let mut report = Vec::new();
    write(&mut report, &lines, lang)?;
    let mut report = String::from_utf8(report)?;
    if latin {
        report = report.lines().flat_map(|line| [locale::latin(line), "\n".into()]).collect();
    }
    match std::io::stdout().lock().write_all(report.as_bytes()) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("zairyu: {why}");
            Ok(ExitCode::from(2))
        }
        _ => Ok(ExitCode::from(u8::from(report::to_mend(&lines) > 0))),
    }
}
