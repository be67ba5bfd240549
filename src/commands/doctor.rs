//! `zairyu doctor`: self-diagnosis on standard output. `doctor` gathers and judges the findings.

use super::{CLIENT, CommandResult, anchors, check_records, drawable, is_console, language, look, outlets};
use clap::Args;
use std::io::IsTerminal;
use std::process::ExitCode;
use zairyu::doctor::{self, codes, findings, report};
use zairyu::locale;
use zairyu::settings::{Flags, Look, Reach, Records, Trust};
use zairyu::text::lines::{Lines, complain, stdout};

/// The end of `zairyu doctor --help`.
pub(super) const AFTER_HELP: &str = "Exit status: 0 all well, 1 something is to be mended or the code is unknown, 2 could not run.
JSON: one object with version, system, language, result (ok, mend) and checks, an array of objects with check (its stable name),
result (ok, note, mend), label, detail, and for mend the stable code (ZR101 ...), its title and the first step, otherwise null.";

/// Arguments of `zairyu doctor`.
#[derive(Args)]
pub(super) struct Doctor {
    /// Print JSON
    #[arg(long, conflicts_with_all = ["code", "codes"])]
    json: bool,
    /// Say what a code means and what to do: one of this program (ZR302), of the official software (EW104J1502) or of PC/SC (0x8010006C)
    #[arg(long, allow_hyphen_values = true, conflicts_with = "codes")]
    code: Option<String>,
    /// Print the list of all codes, in Markdown
    #[arg(long)]
    codes: bool,
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    trust: Trust,
    #[command(flatten)]
    look: Look,
    #[command(flatten)]
    records: Records,
}

/// Run the diagnosis and print its report.
pub(super) fn run(common: Flags, asked: Doctor) -> CommandResult {
    let flags = common.with(asked.reach).with(asked.trust).with(asked.look).with(asked.records);
    let (flags, outlets, merged) = match flags.clone().merged() {
        Ok((merged, file)) => (merged, Some(outlets(&file)), Ok(())),
        Err(fault) => (flags, None, Err(fault)),
    };
    // The form does not open with an error in any of these.
    let usable = merged.and_then(|()| {
        let lang = language(&flags)?;
        look(&flags)?;
        check_records(&flags, lang)?;
        anchors(&flags)
    });
    let latin = !asked.json && std::io::stdout().is_terminal() && is_console(&flags);
    let lang = drawable(language(&flags).or_else(|_| language(&Flags::default()))?, latin);
    if asked.codes {
        return print(&codes::list(), latin, 0);
    }
    if let Some(code) = &asked.code {
        let known = codes::find(code);
        let mut said = Vec::new();
        codes::write(&mut Lines::new(&mut said), code, &known, lang)?;
        return print(&String::from_utf8(said)?, latin, u8::from(known.is_nothing()));
    }
    let found = findings::gather(&flags, outlets.as_ref(), usable.err().map(|fault| fault.to_string().replace('\n', "  ")), CLIENT);
    let lines = doctor::judge(&found, lang);
    let mut report = Vec::new();
    let mut written = Lines::new(&mut report);
    if asked.json { report::write_json(&mut written, &lines, lang) } else { report::write(&mut written, &lines, lang) }?;
    print(&String::from_utf8(report)?, latin, u8::from(report::to_mend(&lines) > 0))
}

/// Print, and return the exit status unless printing failed. Whoever stops reading has what they wanted.
fn print(said: &str, latin: bool, status: u8) -> CommandResult {
    let mut out = stdout();
    let mut line = |line: &str| if latin { out.line(locale::latin(line)) } else { out.line(line) };
    match said.lines().try_for_each(&mut line) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&format!("zairyu: {why}"));
            Ok(ExitCode::from(2))
        }
        _ => Ok(ExitCode::from(status)),
    }
}
