//! What is to be mended in an office's file of records, and its template.

use super::{Lang, Text};
use crate::file::Unfit;
use crate::office::{Fault, FaultKind, REFERENCE, RecordsError, template};
use crate::registration::field::FieldKind;

/// Faults that are told at once: more than a page would not be read.
const MOST_FAULTS: usize = 20;

impl Lang {
    /// Say why a file of records is not used, one line for each fault.
    pub fn records_error(self, error: &RecordsError) -> Vec<String> {
        match error {
            RecordsError::Unreadable(why) => vec![Unfit::of(why).map_or_else(|| why.to_string(), |unfit| self.unfit(unfit).to_owned())],
            RecordsError::Faults(faults) => {
                let more = faults.len().saturating_sub(MOST_FAULTS);
                let told = faults.iter().take(MOST_FAULTS).map(|fault| self.record_fault(fault));
                told.chain((more > 0).then(|| self.fill(Text::RecordsMore, &[&more.to_string()]))).collect()
            }
        }
    }

    fn record_fault(self, fault: &Fault) -> String {
        let (line, what) = (fault.line.to_string(), self.record_fault_kind(&fault.what));
        match &fault.key {
            Some(key) => self.fill(Text::RecordOf, &[&line, &brief(key), &what]),
            None => self.fill(Text::RecordAt, &[&line, &what]),
        }
    }

    fn record_fault_kind(self, what: &FaultKind) -> String {
        let text = match what {
            FaultKind::Syntax(format, reason) => return self.fill(Text::RecordSyntax, &[format.name(), &brief(reason.trim())]),
            FaultKind::Cells { have, need } => return self.fill(Text::RecordCells, &[&have.to_string(), &need.to_string()]),
            FaultKind::UnknownKey(Some(nearest)) => return self.fill(Text::RecordNearest, &[nearest]),
            FaultKind::NotAChoice(words) => return self.fill(Text::RecordChoice, &[&words.join(", ")]),
            FaultKind::Refused(field, problem) => return self.problem(*field, problem).trim_start_matches('＊').to_owned(),
            FaultKind::Encoding => Text::RecordEncoding,
            FaultKind::Empty => Text::RecordEmpty,
            FaultKind::NoHeader => Text::RecordNoHeader,
            FaultKind::UnknownKey(None) => Text::RecordUnknown,
            FaultKind::Doubled => Text::RecordDoubled,
            FaultKind::Consent => Text::RecordConsent,
            FaultKind::NotText => Text::RecordNotText,
            FaultKind::ZeroLost => Text::RecordZero,
            FaultKind::NoMunicipality => Text::RecordMunicipality,
            FaultKind::Nobodys => Text::RecordNobodys,
            FaultKind::NoReference => Text::RecordNoReference,
            FaultKind::SameReference => Text::RecordSameReference,
        };
        self.text(text).to_owned()
    }

    /// Return the template of a file of records, in TOML: each key with what it is for.
    pub fn records_template(self) -> Vec<String> {
        let mut lines = vec![format!("# {}", self.text(Text::TemplateLead)), String::new()];
        lines.extend([format!("# {}", self.text(Text::TemplateReference)), format!("{REFERENCE} = \"\"")]);
        for row in template::fields() {
            let mut about = vec![format!("{}:", self.field(row.id))];
            match row.kind {
                FieldKind::Choice(words) => {
                    about.push(words.iter().map(|word| format!("{word} ({})", self.choice(word))).collect::<Vec<_>>().join(", "));
                }
                FieldKind::Municipality => about.push(self.text(Text::RecordMunicipality).to_owned()),
                FieldKind::Text | FieldKind::Tick => about.push(self.hint(row.id).to_owned()),
            }
            if row.kind == FieldKind::Text && !row.example.is_empty() {
                about.push(self.fill(Text::Example, &[row.example]));
            }
            lines.extend([format!("# {}", about.join(" ")), format!("{} = \"\"", row.key)]);
        }
        lines
    }
}

/// Shorten what a file says: what is meant is seen at its beginning.
fn brief(said: &str) -> String {
    const LONGEST: usize = 100;
    match said.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", said.get(..end).unwrap_or_default()),
        None => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::official;
    use crate::office::{Format, parse};
    use crate::registration::field::FieldKind;
    use crate::registration::{Date, FIELDS, words};

    fn told(text: &str, format: Format) -> Vec<String> {
        let today = Date::from_calendar_date(2026, time::Month::November, 25).unwrap();
        Lang::En.records_error(&RecordsError::Faults(parse(text.as_bytes(), format, today).unwrap_err()))
    }

    #[test]
    fn what_is_to_be_mended_is_said_with_line_key_and_remedy() {
        let text = "name = \"LEE BO\"\nphone = 9012345678\nbrithdate = 1990-04-01\nsex = \"x\"\nemail = \"a\"\n";
        assert_eq!(
            told(text, Format::Toml),
            [
                "line 2, phone: the first 0 is missing. Write the number with it: in TOML and JSON in quotes, in a spreadsheet in a column of text.",
                "line 3, brithdate: no field has this key. Write birth_date.",
                "line 4, sex: write one of: male, female",
                "line 5, email: Mail address: write it as name@domain, e.g. anne@example.jp.",
            ]
        );
        let long = format!("name,phone\n{}", "LEE,1\n".repeat(50));
        let told = told(&long, Format::Csv);
        assert_eq!((told.len(), told.last().map(String::as_str)), (21, Some("To mend besides: 30")));
    }

    #[test]
    fn the_template_is_a_file_that_only_wants_values() {
        for lang in Lang::ALL {
            let template = lang.records_template().join("\n");
            let today = Date::from_calendar_date(2026, time::Month::November, 25).unwrap();
            let faults = parse(template.as_bytes(), Format::Toml, today).unwrap_err();
            assert!(matches!(&faults[..], [Fault { what: FaultKind::Nobodys, .. }]), "{faults:?}");
            let filled = FIELDS.iter().fold(template, |text, row| {
                let value = match row.kind {
                    FieldKind::Choice(words) => lang.choice(words[0]),
                    FieldKind::Municipality => "東京都新宿区",
                    _ if row.key == "email_again" => "anne@example.jp",
                    _ => row.example,
                };
                text.replace(&format!("\n{} = \"\"", row.key), &format!("\n{} = \"{value}\"", row.key))
            });
            let records = parse(filled.as_bytes(), Format::Toml, today).unwrap();
            assert_eq!(crate::office::filled(&records[0]).count(), FIELDS.len() - 1, "{filled}");
        }
    }

    #[test]
    fn an_official_label_is_understood_as_the_name_of_its_field() {
        for row in FIELDS.iter().filter(|row| row.id != crate::registration::FieldId::Consent) {
            assert_eq!(words::named(official::label(row.id)), Some(row.id), "{}", row.key);
        }
    }

    #[test]
    fn the_words_of_a_choice_are_understood_in_every_language() {
        for row in &FIELDS {
            let FieldKind::Choice(choices) = row.kind else { continue };
            for word in choices {
                assert!(Lang::ALL.iter().all(|lang| words::meant(row.id, lang.choice(word)) == Some(word)), "{word}");
            }
        }
    }
}
