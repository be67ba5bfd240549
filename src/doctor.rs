//! Self-diagnosis: judging findings. Pure; `findings` gathers them from the system and `report` writes the result. Asks for no PIN and
//! reports nothing personal: no name, no serial number, and no expiry date of a certificate, since that is a birthday.

use crate::card::{CardStatus, Tries};
use crate::certificate::Validity;
use crate::error::Code;
use crate::locale::{Lang, Text};
use crate::text::{SMALLEST_TERMINAL, harmless};
use crate::worker::{About, Answered, CLOCK_SKEW, JobError, PROTOCOL};
pub(crate) use details::details;
use findings::{Findings, Folder, Machine, Terminal};
use serde::Serialize;

/// What a code means.
pub mod codes;
/// What an error says beyond its code.
mod details;
/// Gathering findings.
pub mod findings;
/// Writing the report.
pub mod report;
#[cfg(test)]
mod tests;

/// Free room in bytes below which it is worth a word: the store, its log, and the mails of some thousand people.
const ROOM: u64 = 200 * 1024 * 1024;
/// Three months at most, in seconds: the warning of registration.md, "Warnings that do not stop".
const SOON: i64 = 92 * 86_400;

/// A check, in the order of the report: what needs no network comes first. Its JSON name is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// PC/SC is running.
    Pcsc,
    /// The system lets this person use readers and cards.
    Permission,
    /// There is a reader.
    Reader,
    /// Every reader on USB has a driver.
    Driver,
    /// No other program holds the reader.
    Holder,
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
    /// The terminal is large enough for the form.
    Terminal,
    /// It can draw Japanese.
    Drawing,
    /// The locale uses UTF-8.
    Locale,
    /// The settings are valid.
    Settings,
    /// The embedded service can store its data, and others cannot read it.
    DataFolder,
    /// There is room for its data.
    Disk,
    /// The command that prints is there.
    Print,
    /// The commands that read aloud are there.
    Speech,
    /// The office's list of what was done can be written.
    DoneList,
    /// A crash leaves no copy of the memory.
    CoreDumps,
    /// Other programs cannot read this program's memory.
    Memory,
    /// What is typed is not swapped out.
    PageLocking,
    /// The proxy to the service, if any.
    Proxy,
    /// The service's name is known.
    Name,
    /// Its TLS certificate is trusted.
    Tls,
    /// The service responds.
    Service,
    /// The local clock agrees with the service's.
    Clock,
    /// The service goes by the address at which it was asked.
    Audience,
    /// It speaks the same version of the protocol.
    Version,
    /// It opens a session, and what its operator has to say.
    Maintenance,
}

impl Check {
    const fn label(self) -> Text {
        match self {
            Check::Pcsc => Text::CheckService,
            Check::Permission => Text::DoctorPermission,
            Check::Reader => Text::CheckReader,
            Check::Driver => Text::DoctorDriver,
            Check::Holder => Text::DoctorHolder,
            Check::Card => Text::CheckCard,
            Check::SigningCertificate => Text::DoctorSigning,
            Check::SigningPassword => Text::PinSigningName,
            Check::AuthenticationCertificate => Text::DoctorAuthentication,
            Check::AuthenticationPin => Text::PinAuthenticationName,
            Check::Terminal => Text::DoctorTerminal,
            Check::Drawing => Text::DoctorDrawing,
            Check::Locale => Text::DoctorLocale,
            Check::Settings => Text::DoctorSettings,
            Check::DataFolder => Text::DoctorData,
            Check::Disk => Text::DoctorDisk,
            Check::Print => Text::DoctorPrint,
            Check::Speech => Text::DoctorSpeech,
            Check::DoneList => Text::DoctorDoneList,
            Check::CoreDumps => Text::DoctorCore,
            Check::Memory => Text::DoctorMemory,
            Check::PageLocking => Text::DoctorLocking,
            Check::Proxy => Text::DoctorProxy,
            Check::Name => Text::DoctorName,
            Check::Tls => Text::DoctorTls,
            Check::Service => Text::DoctorService,
            Check::Clock => Text::DoctorClock,
            Check::Audience => Text::DoctorAudience,
            Check::Version => Text::DoctorVersion,
            Check::Maintenance => Text::DoctorMaintenance,
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
        // A certificate is judged by the service's clock where that is known: this computer's may be wrong.
        Some(Ok(facts)) => judge.card(facts, found.now.saturating_add(ahead(found).unwrap_or(0))),
        Some(Err(trouble)) => {
            judge.trouble(Check::Card, &JobError::Card(trouble.clone()));
            judge.unchecked(&CARD);
        }
        None => {
            judge.unchecked(&[Check::Card]);
            judge.unchecked(&CARD);
        }
    }
    judge.terminal(&found.terminal);
    match &found.settings {
        None => judge.say(Check::Settings, Outcome::Ok, ""),
        Some(fault) => judge.say(Check::Settings, Outcome::Mend(Code::SettingsUnusable), fault),
    }
    judge.storage(found);
    judge.memory(&found.machine);
    judge.network(found);
    judge.lines
}

/// Return by how many seconds the service's clock is ahead, if so many that this computer's counts as wrong.
fn ahead(found: &Findings) -> Option<i64> {
    found.service.as_ref()?.as_ref().ok()?.ahead.filter(|ahead| ahead.unsigned_abs() > CLOCK_SKEW)
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
        let refused = found.card.iter().find_map(|card| card.as_ref().err()).filter(|trouble| trouble.code == Code::PcscDenied);
        match &found.readers {
            Err(trouble) if trouble.code == Code::PcscDenied => {
                self.say(Check::Pcsc, Outcome::Ok, "");
                self.trouble(Check::Permission, &JobError::Card(trouble.clone()));
                self.unchecked(&[Check::Reader]);
            }
            Err(trouble) => {
                self.trouble(Check::Pcsc, &JobError::Card(trouble.clone()));
                self.unchecked(&[Check::Permission, Check::Reader]);
            }
            Ok(readers) => {
                self.say(Check::Pcsc, Outcome::Ok, "");
                // The check of the card says what to mend.
                self.say(Check::Permission, if refused.is_some() { Outcome::Note } else { Outcome::Ok }, "");
                let names: Vec<_> = readers.iter().map(|reader| without_serial(&reader.name)).collect();
                let outcome = if names.is_empty() { Outcome::Mend(Code::NoReader) } else { Outcome::Ok };
                self.say(Check::Reader, outcome, &names.join(", "));
            }
        }
        self.driver(found);
        match &found.machine.holder {
            None => self.unchecked(&[Check::Holder]),
            Some(program) => {
                let hindered = !program.is_empty() && !matches!(found.card, Some(Ok(_)));
                self.say(Check::Holder, if hindered { Outcome::Note } else { Outcome::Ok }, program);
            }
        }
    }

    /// Tell a cable from a driver: what is on USB, beside what PC/SC lists.
    fn driver(&mut self, found: &Findings) {
        let listed = found.readers.as_ref().map_or(0, Vec::len);
        let (outcome, text) = match found.machine.on_usb {
            Some(on_usb) if on_usb > listed => (Outcome::Note, self.lang.text(Text::DoctorNoDriver)),
            _ if listed > 0 => (Outcome::Ok, ""),
            Some(_) => (Outcome::Note, self.lang.text(Text::DoctorNotOnUsb)),
            None => (Outcome::Note, self.lang.text(Text::DoctorUnchecked)),
        };
        self.say(Check::Driver, outcome, text);
    }

    fn card(&mut self, facts: &CardStatus, now: i64) {
        self.say(Check::Card, Outcome::Ok, self.lang.text(Text::CardReady));
        // Its validity is readable only with the password; that of the other certificate says nothing about it.
        let without_pins = facts.seems_without_pins();
        let (signing, detail) = match facts.signing_present {
            _ if without_pins => (Outcome::Mend(Code::WithoutPins), ""),
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
        let locked = if without_pins { Code::WithoutPins } else { Code::AuthenticationLocked };
        self.tries(Check::AuthenticationPin, facts.authentication_tries, locked);
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

    fn terminal(&mut self, terminal: &Terminal) {
        let name = terminal.name.as_deref().unwrap_or_default();
        let (outcome, detail) = match terminal.size {
            None => (Outcome::Note, self.lang.text(Text::DoctorNoTerminal).to_owned()),
            Some((width, height)) if width < SMALLEST_TERMINAL.0 || height < SMALLEST_TERMINAL.1 => {
                (Outcome::Note, format!("{name} {width}x{height} {}", self.lang.text(Text::TooSmall)))
            }
            Some((width, height)) => (Outcome::Ok, format!("{name} {width}x{height}")),
        };
        self.say(Check::Terminal, outcome, detail.trim());
        match terminal.console {
            true => self.say(Check::Drawing, Outcome::Note, &format!("{name}, {}", self.lang.text(Text::DoctorConsole))),
            false => self.say(Check::Drawing, Outcome::Ok, terminal.glyphs.as_deref().unwrap_or("auto")),
        }
        match terminal.utf8 {
            true => self.say(Check::Locale, Outcome::Ok, format!("{} {}", terminal.locale, self.lang.tag()).trim()),
            false => self.say(Check::Locale, Outcome::Note, self.lang.text(Text::DoctorNotUtf8)),
        }
    }

    fn storage(&mut self, found: &Findings) {
        let (outcome, detail) = match found.data {
            Folder::Unneeded => (Outcome::Ok, self.lang.text(Text::DoctorUnneeded)),
            Folder::Private => (Outcome::Ok, ""),
            Folder::Open => (Outcome::Note, self.lang.text(Text::DoctorOpen)),
            Folder::Closed => (Outcome::Mend(Code::DataFolder), ""),
        };
        self.say(Check::DataFolder, outcome, detail);
        match found.machine.free {
            _ if found.data == Folder::Unneeded => self.say(Check::Disk, Outcome::Ok, self.lang.text(Text::DoctorUnneeded)),
            Some(free) if free < ROOM => self.say(Check::Disk, Outcome::Note, self.lang.text(Text::DoctorDiskLow)),
            Some(_) => self.say(Check::Disk, Outcome::Ok, ""),
            None => self.unchecked(&[Check::Disk]),
        }
        self.outlets(found);
    }

    fn memory(&mut self, machine: &Machine) {
        for (check, holds, otherwise) in [
            (Check::CoreDumps, machine.no_core, Text::DoctorCoreOn),
            (Check::Memory, machine.closed, Text::DoctorMemoryOpen),
            (Check::PageLocking, machine.locks, Text::DoctorLockingRefused),
        ] {
            match holds {
                Some(true) => self.say(check, Outcome::Ok, ""),
                Some(false) => self.say(check, Outcome::Note, self.lang.text(otherwise)),
                None => self.unchecked(&[check]),
            }
        }
    }

    fn outlets(&mut self, found: &Findings) {
        if found.unread {
            return self.unchecked(&[Check::Print, Check::Speech, Check::DoneList]);
        }
        let unneeded = self.lang.text(Text::DoctorUnneeded);
        let mend = Outcome::Mend(Code::SettingsUnusable);
        match &found.print {
            None => self.say(Check::Print, Outcome::Ok, unneeded),
            Some((program, true)) => self.say(Check::Print, Outcome::Ok, program),
            Some((program, false)) => self.say(Check::Print, mend, &self.lang.fill(Text::PrintMissing, &[program])),
        }
        match &found.speech {
            None => self.say(Check::Speech, Outcome::Ok, unneeded),
            Some(missing) if missing.is_empty() => self.say(Check::Speech, Outcome::Ok, ""),
            Some(missing) => self.say(Check::Speech, mend, &self.lang.fill(Text::DoctorSpeechMissing, &[&missing.join(", ")])),
        }
        match found.done_list {
            None => self.say(Check::DoneList, Outcome::Ok, unneeded),
            Some(true) => self.say(Check::DoneList, Outcome::Ok, ""),
            Some(false) => self.say(Check::DoneList, mend, self.lang.text(Text::DoctorDoneListClosed)),
        }
    }

    /// Tell the step that fails: the name, TLS, or the service. Nothing is said of the others then.
    fn network(&mut self, found: &Findings) {
        let Some(service) = &found.service else {
            if found.unread {
                use Check::{Audience, Clock, Maintenance, Name, Proxy, Service, Tls, Version};
                return self.unchecked(&[Proxy, Name, Tls, Service, Clock, Audience, Version, Maintenance]);
            }
            for check in [Check::Proxy, Check::Name, Check::Tls] {
                self.say(check, Outcome::Ok, self.lang.text(Text::DoctorUnneeded));
            }
            self.say(Check::Service, Outcome::Ok, self.lang.text(Text::DoctorEmbedded));
            self.unchecked(&[Check::Clock]);
            for check in [Check::Audience, Check::Version, Check::Maintenance] {
                self.say(check, Outcome::Ok, self.lang.text(Text::DoctorUnneeded));
            }
            return;
        };
        match &found.machine.proxy {
            None => self.say(Check::Proxy, Outcome::Ok, self.lang.text(Text::DoctorUnneeded)),
            Some(Ok(proxy)) => self.say(Check::Proxy, Outcome::Ok, proxy),
            Some(Err(variable)) => self.say(Check::Proxy, Outcome::Note, &self.lang.fill(Text::DoctorProxyUnread, &[variable])),
        }
        let tls = if found.machine.tls == Some(false) { self.lang.text(Text::DoctorPlain) } else { "" };
        match service {
            Ok(probed) => {
                self.say(Check::Name, Outcome::Ok, "");
                self.say(Check::Tls, Outcome::Ok, tls);
                self.say(Check::Service, Outcome::Ok, "");
                self.said(probed);
            }
            Err(trouble) => {
                let failed = match trouble.code() {
                    Code::NameNotFound => Check::Name,
                    Code::TlsUntrusted => Check::Tls,
                    _ => Check::Service,
                };
                for check in [Check::Name, Check::Tls, Check::Service] {
                    if check == failed { self.trouble(check, trouble) } else { self.unchecked(&[check]) }
                }
                self.unchecked(&[Check::Clock, Check::Audience, Check::Version, Check::Maintenance]);
            }
        }
    }

    /// Judge what the service says of itself.
    fn said(&mut self, probed: &Answered) {
        match probed.ahead {
            Some(ahead) if ahead.unsigned_abs() > CLOCK_SKEW => self.say(Check::Clock, Outcome::Mend(Code::ClockWrong), ""),
            Some(_) => self.say(Check::Clock, Outcome::Ok, ""),
            None => self.unchecked(&[Check::Clock]),
        }
        match probed.session.as_ref().and_then(|session| session.as_ref().ok()) {
            None => self.unchecked(&[Check::Audience]),
            Some(About { other_audience: None, .. }) => self.say(Check::Audience, Outcome::Ok, ""),
            // The program would sign nothing for it.
            Some(About { other_audience: Some(other), .. }) => self.say(Check::Audience, Outcome::Mend(Code::AnswerGarbled), other),
        }
        match &probed.version {
            None => self.unchecked(&[Check::Version]),
            Some(version) if *version == PROTOCOL.to_string() => self.say(Check::Version, Outcome::Ok, version),
            Some(version) => {
                let newer = version.parse::<u64>().is_ok_and(|version| version > u64::from(PROTOCOL));
                let outdated = if newer { Text::DoctorOlderProgram } else { Text::DoctorOlderService };
                self.say(Check::Version, Outcome::Mend(Code::RequestRefused), &self.lang.fill(outdated, &[version, &PROTOCOL.to_string()]));
            }
        }
        match &probed.session {
            None => self.unchecked(&[Check::Maintenance]),
            Some(Err(trouble)) => self.trouble(Check::Maintenance, trouble),
            Some(Ok(About { notice: Some(notice), .. })) => self.say(Check::Maintenance, Outcome::Note, notice),
            Some(Ok(_)) => self.say(Check::Maintenance, Outcome::Ok, ""),
        }
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
