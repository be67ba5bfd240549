//! Writes the report of a self-diagnosis, as text and as JSON.

use super::{Line, Outcome};
use crate::error::Code;
use crate::locale::{Lang, Text};
use crate::text::lines::Lines;
use std::io::{self, Write};

/// Return the number of checks that need fixing.
pub fn to_mend(lines: &[Line]) -> usize {
    lines.iter().filter(|line| matches!(line.outcome, Outcome::Mend(_))).count()
}

/// Write the report as text.
pub fn write(out: &mut Lines<impl Write>, lines: &[Line], lang: Lang) -> io::Result<()> {
    out.line(format!("zairyu {}, {}", env!("CARGO_PKG_VERSION"), system()))?;
    for Line { check, outcome, detail } in lines {
        let mark = match outcome {
            Outcome::Ok => " OK ",
            Outcome::Note => lang.text(Text::DoctorNote),
            Outcome::Mend(_) => lang.text(Text::DoctorMend),
        };
        let colon = if detail.is_empty() { "" } else { ": " };
        out.line(format!("[{mark}] {}{colon}{detail}", lang.text(check.label())))?;
        if let Outcome::Mend(code) = outcome {
            let words = lang.trouble(*code);
            out.line(format!("       {code} {}", words.title))?;
            for step in words.steps().take(1) {
                out.line(format!("       {step}"))?;
            }
        }
    }
    match to_mend(lines) {
        0 => out.line(lang.text(Text::DoctorWell)),
        count => out.line(lang.fill(Text::DoctorCount, &[&count.to_string()])),
    }
}

/// Write the report as JSON, in the format documented in `zairyu doctor --help`.
pub fn write_json(out: &mut Lines<impl Write>, lines: &[Line], lang: Lang) -> io::Result<()> {
    let checks: Vec<_> = lines.iter().map(|line| object(line, lang)).collect();
    let result = if to_mend(lines) == 0 { "ok" } else { "mend" };
    let report = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"), "system": system(), "language": lang.tag(), "result": result, "checks": checks,
    });
    out.json(format_args!("{report:#}"))
}

fn object(Line { check, outcome, detail }: &Line, lang: Lang) -> serde_json::Value {
    let (result, code) = match outcome {
        Outcome::Ok => ("ok", None),
        Outcome::Note => ("note", None),
        Outcome::Mend(code) => ("mend", Some(*code)),
    };
    let words = code.map(|code| lang.trouble(code));
    serde_json::json!({
        "check": check, "result": result, "label": lang.text(check.label()), "detail": detail,
        "code": code.map(Code::id), "title": words.map(|words| words.title), "step": words.and_then(|words| words.steps().next()),
    })
}

fn system() -> String {
    format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
}
