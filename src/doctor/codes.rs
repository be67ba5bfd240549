//! What a code means: one that is asked for, this program's own or another's, and the list of all.

use crate::error::{Code, Elsewhere, Official};
use crate::locale::{Lang, Text};
use crate::text::half_width;
use crate::text::lines::Lines;
use std::fmt::Write as _;
use std::io::{self, Write};

/// What is known of a code.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// What other programs mean by it.
    pub official: Vec<Official>,
    /// This program's codes for it.
    pub codes: Vec<Code>,
}

impl Known {
    /// Return whether nothing is.
    pub const fn is_nothing(&self) -> bool {
        self.official.is_empty() && self.codes.is_empty()
    }
}

/// Find a code as people write it: in full-width or small letters, and a number in hexadecimal with or without `0x`, or in decimal with or
/// without its sign.
pub fn find(asked: &str) -> Known {
    let asked: String = asked.chars().map(half_width).filter(|letter| !letter.is_whitespace()).collect::<String>().to_uppercase();
    if asked.is_empty() {
        return Known::default();
    }
    let hex = asked.strip_prefix("0X").or(Some(asked.as_str()).filter(|digits| digits.len() == 8));
    let number = hex.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    // Programs print the same 32 bits with and without a sign.
    let decimal = asked
        .parse::<i64>()
        .ok()
        .and_then(|number| u32::try_from(number).ok().or_else(|| i32::try_from(number).ok().map(i32::cast_unsigned)));
    let numbers: Vec<String> = [number, decimal].into_iter().flatten().map(|number| format!("0x{number:08X}")).collect();
    let is_asked = |name: &str| {
        let name: String = name.split_whitespace().collect::<String>().to_uppercase();
        name == asked
    };
    let official: Vec<_> = Official::all()
        .filter(|row| is_asked(row.code) || row.names.split(' ').any(is_asked) || numbers.iter().any(|number| number == row.code))
        .collect();
    let mut codes: Vec<Code> = Code::from_id(&asked).into_iter().chain(official.iter().copied().flat_map(Official::ours)).collect();
    codes.dedup();
    Known { official, codes }
}

/// Write what is known of a code: who else shows it, and title, cause and steps of each trouble.
pub fn write(out: &mut Lines<impl Write>, asked: &str, known: &Known, lang: Lang) -> io::Result<()> {
    if known.is_nothing() {
        return out.line(lang.fill(Text::CodeUnknown, &[asked]));
    }
    for row in &known.official {
        out.line(official(*row, lang))?;
        if let Some(cause) = row.elsewhere() {
            out.line(format!("  {}", lang.text(elsewhere(cause))))?;
        }
    }
    for code in &known.codes {
        let words = lang.trouble(*code);
        out.line(format!("{code} {}", words.title))?;
        out.line(format!("{}: {}", lang.text(Text::TroubleCause), words.cause))?;
        out.line(format!("{}:", lang.text(Text::TroubleTodo)))?;
        for (place, step) in words.steps().enumerate() {
            out.line(format!("  {} {step}", place + 1))?;
        }
        let also: Vec<_> = code.official().filter(|row| !known.official.contains(row)).map(|row| row.code).collect();
        if !also.is_empty() {
            out.line(lang.fill(Text::CodeAlso, &[&also.join(", ")]))?;
        }
    }
    Ok(())
}

/// Return a row in one line: code, names, who shows it, and how certain its meaning is.
fn official(row: Official, lang: Lang) -> String {
    let names = if row.names.is_empty() { String::new() } else { format!(" {}", row.names) };
    let certain = if row.certain { String::new() } else { format!("; {}", lang.text(Text::CodeFromName)) };
    format!("{}{names} ({}{certain})", row.code, row.system)
}

const fn elsewhere(cause: Elsewhere) -> Text {
    match cause {
        Elsewhere::Memory => Text::ElsewhereMemory,
        Elsewhere::Cancelled => Text::ElsewhereCancelled,
        Elsewhere::Software => Text::ElsewhereSoftware,
        Elsewhere::Later => Text::ElsewhereLater,
        Elsewhere::Order => Text::ElsewhereOrder,
    }
}

/// Return the list of all codes in Markdown, in every language: `error/codes.md`.
pub fn list() -> String {
    let mut list = String::from(
        "# Codes\n\nWritten by `zairyu doctor --codes`; `zairyu doctor --code CODE` finds one, also by what other programs call it.\n",
    );
    for code in Code::ALL {
        let _ = writeln!(list, "\n## {code}\n");
        for row in code.official() {
            let _ = writeln!(list, "- {}", official(row, Lang::En));
        }
        for lang in Lang::ALL {
            let words = lang.trouble(*code);
            let _ = writeln!(list, "\n**{}** {}\n", words.title, words.cause);
            for (place, step) in words.steps_everywhere().enumerate() {
                let _ = writeln!(list, "{}. {step}", place + 1);
            }
        }
    }
    list.push_str("\n## Codes of other programs alone\n\n");
    for (row, cause) in Official::all().filter_map(|row| Some((row, row.elsewhere()?))) {
        let _ = writeln!(list, "- {}", official(row, Lang::En));
        for lang in Lang::ALL {
            let _ = writeln!(list, "  - {}", lang.text(elsewhere(cause)));
        }
    }
    // Two headings or lists never touch.
    while list.contains("\n\n\n") {
        list = list.replace("\n\n\n", "\n\n");
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_written() {
        for asked in [
            "0x8010006C",
            "8010006c",
            "0X8010006c",
            " 0x8010006C ",
            "-2146434964",
            "2148532332",
            "０ｘ８０１０００６Ｃ",
            "scard_w_chv_blocked",
            "JPKI_WIN_CHV_BLOCKED",
        ] {
            assert_eq!(find(asked).codes, [Code::SigningLocked, Code::AuthenticationLocked], "{asked}");
        }
        for asked in ["ZR302", "zr302", "ＺＲ３０２"] {
            assert_eq!(find(asked), Known { official: Vec::new(), codes: vec![Code::SigningLocked] }, "{asked}");
        }
        assert_eq!(find("EW104J1502").codes, [Code::PcscNotRunning, Code::NoReader, Code::ReaderGone]);
        assert_eq!(find("ew104j1503").codes, [Code::NoCard, Code::CardMute]);
        assert_eq!(find("0x109").codes, [Code::PcscDenied]);
        assert_eq!(find("-106").codes, [Code::NoCard]);
        assert_eq!(find("00210026").codes, [Code::CardRemoved]);
    }

    #[test]
    fn every_code_of_the_table_and_every_own_one_is_found_and_explained() {
        let names = |row: Official| row.names.split(' ').chain([row.code]).filter(|name| !name.is_empty()).collect::<Vec<_>>();
        let asked = Official::all().flat_map(names).chain(Code::ALL.iter().map(|code| code.id()));
        for asked in asked {
            for lang in Lang::ALL {
                let mut out = Vec::new();
                write(&mut Lines::new(&mut out), asked, &find(asked), *lang).unwrap();
                let said = String::from_utf8(out).unwrap();
                assert!(said.contains(asked) && said.lines().count() > 1, "{asked}: {said}");
            }
        }
    }

    #[test]
    fn nothing_is_made_up_about_an_unknown_code() {
        for asked in ["", "ZR703", "EW999", "0xDEADBEEF", "-99999999999", "6C", "\u{1b}[2J"] {
            let known = find(asked);
            assert!(known.is_nothing(), "{asked}");
            let mut out = Vec::new();
            write(&mut Lines::new(&mut out), asked, &known, Lang::En).unwrap();
            assert!(!out.contains(&0x1b));
        }
    }

    #[test]
    fn the_list_among_the_documents_is_that_of_the_program() {
        // Written anew by `zairyu doctor --codes > src/error/codes.md`.
        assert!(list() == include_str!("../error/codes.md"), "src/error/codes.md is not what `zairyu doctor --codes` prints");
    }
}
