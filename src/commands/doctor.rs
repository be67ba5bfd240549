//! `zairyu doctor`: self-diagnosis on standard output. `doctor` gathers and judges the findings.

use super::{CLIENT, CommandResult, anchors, drawable, is_console, language, look};
use clap::Args;
use std::io::IsTerminal;
use std::process::ExitCode;
use zairyu::doctor::{self, findings, report};
use zairyu::locale;
use zairyu::settings::Flags;
use zairyu::text::lines::{Lines, complain, stdout};

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
    let mut report = Vec::new();
    let mut written = Lines::new(&mut report);
    if asked.json { report::write_json(&mut written, &lines, lang) } else { report::write(&mut written, &lines, lang) }?;
    let report = String::from_utf8(report)?;
    let mut out = stdout();
    let mut line = |line: &str| if latin { out.line(locale::latin(line)) } else { out.line(line) };
    match report.lines().try_for_each(&mut line) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&format!("zairyu: {why}"));
            Ok(ExitCode::from(2))
        }
        _ => Ok(ExitCode::from(u8::from(report::to_mend(&lines) > 0))),
    }
}
