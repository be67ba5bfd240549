//! Self-diagnosis: judging findings. Pure; `findings` gathers them from the system and `report` writes the result. Asks for no PIN and
//! reports nothing personal: no name, no serial number, and no expiry date of a certificate, since that is a birthday.

use crate::card::{CardStatus, Tries};
use crate::certificate::Validity;
use crate::error::Code;
use crate::locale::{Lang, Text};
use crate::text::{SMALLEST_TERMINAL, harmless};
use crate::worker::JobError;
pub(crate) use details::details;
use findings::{Findings, Folder, Terminal};
use serde::Serialize;

/// What an error says beyond its code.
mod details;
/// Gathering findings.
pub mod findings;
/// Writing the report.
pub mod report;
#[cfg(test)]
mod tests;

/// Accepted clock difference in seconds; beyond it the service rejects statements (`Code::ClockWrong`).
const CLOCK: u64 = 300;
/// Three months at most, in seconds: the warning of registration.md, "Warnings that do not stop".
const SOON: i64 = 92 * 86_400;

/// A check, in the order of the report. Its JSON name is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// PC/SC is running.
    Pcsc,
    /// There is a reader.
    Reader,
    /// A My Number Card responds.
    Card,
    /// The signing certificate is present.
    SigningCertificate,
    /// Tries left for the signing password.
    SigningPassword,
    /// The user-authentication certificate is present and valid.
    AuthenticationCertificate,
    /// Tries left for the user-authentication PIN.
    AuthenticationPin,
    /// The service responds, and its TLS certificate is trusted.
    Service,
    /// The local clock agrees with the service's.
    Clock,
    /// The embedded service can store its data, and others cannot read it.
    DataFolder,
    /// The settings are valid.
    Settings,
    /// The terminal can show the form.
    Terminal,
    /// Other programs cannot read this program's memory.
    Memory,
}

impl Check {
    const fn label(self) -> Text {
        match self {
            Check::Pcsc => Text::CheckService,
            Check::Reader => Text::CheckReader,
            Check::Card => Text::CheckCard,
            Check::SigningCertificate => Text::DoctorSigning,
            Check::SigningPassword => Text::PinSigningName,
            Check::AuthenticationCertificate => Text::DoctorAuthentication,
            Check::AuthenticationPin => Text::PinAuthenticationName,
            Check::Service => Text::DoctorService,
            Check::Clock => Text::DoctorClock,
            Check::DataFolder => Text::DoctorData,
            Check::Settings => Text::DoctorSettings,
            Check::Terminal => Text::DoctorTerminal,
            Check::Memory => Text::DoctorMemory,
        }
    }
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No problem.
    Ok,
    /// Does not prevent a registration but is worth knowing; or could not be checked.
    Note,
    /// Must be fixed; the cause.
    Mend(Code),
}

/// One check with its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    check: Check,
    /// The outcome.
    pub outcome: Outcome,
    /// What was found; empty if the outcome says it all.
    pub detail: String,
}

impl Line {
    /// Return what was checked.
    pub const fn label(&self) -> Text {
        self.check.label()
    }
}

/// Collects the outcomes, in one language.
struct Judge {
    lang: Lang,
    lines: Vec<Line>,
}

/// Judge the findings.
pub fn judge(found: &Findings, lang: Lang) -> Vec<Line> {
    let mut judge = Judge { lang, lines: Vec::new() };
    judge.readers(found);
    match &found.card {
        Some(Ok(facts)) => judge.card(facts, found.now),
        Some(Err(trouble)) => {
            judge.trouble(Check::Card, &JobError::Card(trouble.clone()));
            judge.unchecked(&CARD);
        }
        None => {
            judge.unchecked(&[Check::Card]);
            judge.unchecked(&CARD);
        }
    }
    judge.service(found.service.as_ref());
    let (outcome, detail) = match found.data {
        Folder::Unneeded => (Outcome::Ok, lang.text(Text::DoctorUnneeded)),
        Folder::Private => (Outcome::Ok, ""),
        Folder::Open => (Outcome::Note, lang.text(Text::DoctorOpen)),
        Folder::Closed => (Outcome::Mend(Code::DataFolder), ""),
    };
    judge.say(Check::DataFolder, outcome, detail);
    match &found.settings {
        None => judge.say(Check::Settings, Outcome::Ok, ""),
        Some(fault) => judge.say(Check::Settings, Outcome::Mend(Code::SettingsUnusable), fault),
    }
    judge.terminal(&found.terminal);
    let (outcome, text) = match found.closed {
        Some(true) => (Outcome::Ok, ""),
        Some(false) => (Outcome::Note, lang.text(Text::DoctorMemoryOpen)),
        None => (Outcome::Note, lang.text(Text::DoctorUnchecked)),
    };
    judge.say(Check::Memory, outcome, text);
    judge.lines
}

/// The checks that need a card.
const CARD: [Check; 4] = [Check::SigningCertificate, Check::SigningPassword, Check::AuthenticationCertificate, Check::AuthenticationPin];

impl Judge {
    fn say(&mut self, check: Check, outcome: Outcome, detail: &str) {
        // Readers, servers and variables choose their own names.
        let detail = harmless(detail).into_owned();
        self.lines.push(Line { check, outcome, detail });
    }

    fn trouble(&mut self, check: Check, trouble: &JobError) {
        self.say(check, Outcome::Mend(trouble.code()), &details(self.lang, trouble).join(" "));
    }

    fn unchecked(&mut self, checks: &[Check]) {
        for check in checks {
            self.say(*check, Outcome::Note, self.lang.text(Text::DoctorUnchecked));
        }
    }

    fn readers(&mut self, found: &Findings) {
        match &found.readers {
            Err(trouble) => {
                self.trouble(Check::Pcsc, &JobError::Card(trouble.clone()));
                self.unchecked(&[Check::Reader]);
            }
            Ok(readers) => {
                self.say(Check::Pcsc, Outcome::Ok, "");
                let names: Vec<_> = readers.iter().map(|reader| without_serial(&reader.name)).collect();
                let outcome = if names.is_empty() { Outcome::Mend(Code::NoReader) } else { Outcome::Ok };
                self.say(Check::Reader, outcome, &names.join(", "));
            }
        }
    }

    fn card(&mut self, facts: &CardStatus, now: i64) {
        self.say(Check::Card, Outcome::Ok, self.lang.text(Text::CardReady));
        // Its validity is readable only with the password; that of the other certificate says nothing about it.
        let (signing, detail) = match facts.signing_present {
            true => (Outcome::Ok, self.lang.text(Text::DoctorPresent)),
            false => (Outcome::Mend(Code::SigningCertificateAbsent), ""),
        };
        self.say(Check::SigningCertificate, signing, detail);
        self.tries(Check::SigningPassword, facts.signing_tries, Code::SigningLocked);
        let (outcome, detail) = match facts.authentication_validity {
            _ if !facts.authentication_present => (Outcome::Mend(Code::AuthenticationCertificateAbsent), ""),
            None => (Outcome::Mend(Code::CertificateGarbled), ""),
            Some(validity) => self.validity(validity, now),
        };
        self.say(Check::AuthenticationCertificate, outcome, detail);
        self.tries(Check::AuthenticationPin, facts.authentication_tries, Code::AuthenticationLocked);
    }

    fn tries(&mut self, check: Check, tries: Tries, locked: Code) {
        let left = |left: u8| self.lang.fill(Text::TriesLeft, &[&left.to_string()]);
        let (outcome, detail) = match tries {
            Tries::Left(1) => (Outcome::Note, left(1)),
            Tries::Left(several) => (Outcome::Ok, left(several)),
            Tries::Locked => (Outcome::Mend(locked), String::new()),
            Tries::Unknown => (Outcome::Note, self.lang.text(Text::TriesUnknown).to_owned()),
        };
        self.say(check, outcome, &detail);
    }

    fn validity(&self, Validity { from, until }: Validity, now: i64) -> (Outcome, &'static str) {
        if now < from {
            (Outcome::Mend(Code::CertificateNotYetValid), "")
        } else if now > until {
            (Outcome::Mend(Code::AuthenticationCertificateExpired), "")
        } else if until.saturating_sub(now) <= SOON {
            (Outcome::Note, self.lang.text(Text::DoctorEndsSoon))
        } else {
            (Outcome::Ok, self.lang.text(Text::DoctorValid))
        }
    }

    fn service(&mut self, service: Option<&Result<Option<i64>, JobError>>) {
        match service {
            None => self.say(Check::Service, Outcome::Ok, self.lang.text(Text::DoctorEmbedded)),
            Some(Ok(_)) => self.say(Check::Service, Outcome::Ok, ""),
            Some(Err(trouble)) => self.trouble(Check::Service, trouble),
        }
        match service {
            Some(Ok(Some(ahead))) if ahead.unsigned_abs() > CLOCK => self.say(Check::Clock, Outcome::Mend(Code::ClockWrong), ""),
            Some(Ok(Some(_))) => self.say(Check::Clock, Outcome::Ok, ""),
            _ => self.unchecked(&[Check::Clock]),
        }
    }

    fn terminal(&mut self, terminal: &Terminal) {
        let name = terminal.name.as_deref().unwrap_or_default();
        let (outcome, detail) = match terminal.size {
            _ if !terminal.utf8 => (Outcome::Note, self.lang.text(Text::DoctorNotUtf8).to_owned()),
            None => (Outcome::Note, self.lang.text(Text::DoctorNoTerminal).to_owned()),
            Some((width, height)) if width < SMALLEST_TERMINAL.0 || height < SMALLEST_TERMINAL.1 => {
                (Outcome::Note, format!("{name} {width}x{height} {}", self.lang.text(Text::TooSmall)))
            }
            Some((width, height)) if terminal.console => {
                (Outcome::Note, format!("{name} {width}x{height}, {}", self.lang.text(Text::DoctorConsole)))
            }
            Some((width, height)) => (Outcome::Ok, format!("{name} {width}x{height}")),
        };
        self.say(Check::Terminal, outcome, detail.trim());
    }
}

/// Remove parts in round brackets: pcscd puts a reader's serial number there.
fn without_serial(name: &str) -> String {
    let mut inside = 0_u32;
    let kept = name.chars().filter(|c| {
        inside += u32::from(*c == '(');
        let keep = inside == 0;
        inside = inside.saturating_sub(u32::from(*c == ')'));
        keep
    });
    kept.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
