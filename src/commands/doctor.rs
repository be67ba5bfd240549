//! `zairyu doctor`: self-diagnosis on standard output. `doctor` gathers and judges the findings.

use super::{CLIENT, CommandResult, anchors, language, look};
use clap::Args;
use std::process::ExitCode;
use zairyu::doctor::{self, findings, report};
use zairyu::settings::Flags;
use zairyu::text::lines::{complain, stdout};

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
    let lang = language(&flags).or_else(|_| language(&Flags::default()))?;
    let found = findings::gather(&flags, usable.err().map(|fault| fault.to_string()), CLIENT);
    let lines = doctor::judge(&found, lang);
    let mut out = stdout();
    let written = if asked.json { report::write_json(&mut out, &lines, lang) } else { report::write(&mut out, &lines, lang) };
    match written {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&format!("zairyu: {why}"));
            Ok(ExitCode::from(2))
        }
        _ => Ok(ExitCode::from(u8::from(report::to_mend(&lines) > 0))),
    }
}
