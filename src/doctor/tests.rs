//! Every outcome of every check on synthetic findings, and both forms of the report.

use super::*;
use crate::card::{self, CardKind, Hint, Reader};

const NOW: i64 = 1_770_000_000;
const DAY: i64 = 86_400;

fn facts() -> CardStatus {
    CardStatus {
        signing_present: true,
        authentication_present: true,
        signing_tries: Tries::Left(5),
        authentication_tries: Tries::Left(3),
        authentication_validity: Some(Validity { from: NOW - DAY, until: NOW + 1000 * DAY }),
        identity: Some([7; 32]),
    }
}

fn well() -> Findings {
    Findings {
        readers: Ok(vec![Reader { name: "Sony FeliCa RC-S300/S (1234567) 00 00".to_owned(), card: true }]),
        card: Some(Ok(facts())),
        service: Some(Ok(Some(-2))),
        data: Folder::Unneeded,
        settings: None,
        terminal: Terminal { utf8: true, size: Some((80, 24)), name: Some("xterm".to_owned()), console: false },
        closed: Some(true),
        now: NOW,
    }
}

fn told(check: Check, change: impl FnOnce(&mut Findings)) -> (Outcome, String) {
    let mut found = well();
    change(&mut found);
    let line = judge(&found, Lang::En).into_iter().find(|line| line.check == check).unwrap();
    (line.outcome, line.detail)
}

fn on_card(check: Check, change: impl FnOnce(&mut CardStatus)) -> Outcome {
    let mut facts = facts();
    change(&mut facts);
    told(check, |found| found.card = Some(Ok(facts))).0
}

fn service_trouble(code: Code) -> JobError {
    JobError::Service { code, detail: Some("tcp connect".to_owned()), faults: Vec::new(), retry_after: None }
}

fn report(found: &Findings, lang: Lang) -> String {
    let mut out = Vec::new();
    report::write(&mut out, &judge(found, lang), lang).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn where_all_is_well_every_check_says_so_once_and_nothing_is_to_be_mended() {
    let lines = judge(&well(), Lang::Ja);
    assert!(lines.iter().all(|line| line.outcome == Outcome::Ok), "{lines:?}");
    assert_eq!(lines.len(), 13);
    assert_eq!(report::to_mend(&lines), 0);
}

#[test]
fn without_pcsc_its_code_is_named_and_what_hangs_on_it_is_not_guessed() {
    let mut found = well();
    (found.readers, found.card) = (Err(Code::PcscNotRunning.into()), None);
    let lines = judge(&found, Lang::En);
    assert_eq!(lines[0].outcome, Outcome::Mend(Code::PcscNotRunning));
    assert!(lines[1..7].iter().all(|line| line.outcome == Outcome::Note), "{lines:?}");
    assert_eq!(report::to_mend(&lines), 1);
}

#[test]
fn no_reader_and_no_card_have_their_codes() {
    assert_eq!(told(Check::Reader, |found| found.readers = Ok(Vec::new())).0, Outcome::Mend(Code::NoReader));
    assert_eq!(told(Check::Card, |found| found.card = Some(Err(Code::NoCard.into()))).0, Outcome::Mend(Code::NoCard));
}

#[test]
fn a_readers_serial_number_and_control_characters_are_not_said() {
    assert_eq!(told(Check::Reader, |_| ()).1, "Sony FeliCa RC-S300/S 00 00");
    let named = |found: &mut Findings| found.readers = Ok(vec![Reader { name: "A\x1b[2J (1) B".to_owned(), card: false }]);
    assert_eq!(told(Check::Reader, named).1, "A?[2J B");
}

#[test]
fn who_holds_a_busy_reader_and_what_a_wrong_card_seems_to_be_is_said() {
    let with = |code: Code, hint| Some(Err(card::CardError { hint, ..code.into() }));
    let busy = told(Check::Card, |found| found.card = with(Code::ReaderBusy, Hint::HeldBy("scdaemon".to_owned())));
    assert_eq!(busy, (Outcome::Mend(Code::ReaderBusy), "Held by: scdaemon".to_owned()));
    let other = told(Check::Card, |found| found.card = with(Code::NotMyNumberCard, Hint::Seems(CardKind::DrivingLicence)));
    assert_eq!(other, (Outcome::Mend(Code::NotMyNumberCard), "The card seems to be: a driving licence".to_owned()));
}

#[test]
fn certificates_that_are_absent_are_to_be_mended() {
    let signing = on_card(Check::SigningCertificate, |facts| facts.signing_present = false);
    assert_eq!(signing, Outcome::Mend(Code::SigningCertificateAbsent));
    let authentication = on_card(Check::AuthenticationCertificate, |facts| {
        (facts.authentication_present, facts.authentication_validity) = (false, None);
    });
    assert_eq!(authentication, Outcome::Mend(Code::AuthenticationCertificateAbsent));
}

#[test]
fn each_certificate_is_said_to_be_valid_only_as_far_as_it_was_read() {
    for lang in [Lang::Ja, Lang::En] {
        let said = report(&well(), lang);
        let line = |name: Text| said.lines().find(|line| line.contains(lang.text(name))).unwrap();
        assert!(line(Text::DoctorAuthentication).ends_with(lang.text(Text::DoctorValid)), "{said}");
        assert!(line(Text::DoctorSigning).ends_with(lang.text(Text::DoctorPresent)), "{said}");
    }
}

#[test]
fn tries_are_judged_for_both_pins() {
    for (tries, signing, authentication) in [
        (Tries::Left(2), Outcome::Ok, Outcome::Ok),
        (Tries::Left(1), Outcome::Note, Outcome::Note),
        (Tries::Unknown, Outcome::Note, Outcome::Note),
        (Tries::Locked, Outcome::Mend(Code::SigningLocked), Outcome::Mend(Code::AuthenticationLocked)),
    ] {
        assert_eq!(on_card(Check::SigningPassword, |facts| facts.signing_tries = tries), signing);
        assert_eq!(on_card(Check::AuthenticationPin, |facts| facts.authentication_tries = tries), authentication);
    }
}

#[test]
fn validity_is_judged_to_the_second_and_three_months_ahead() {
    for (from, until, outcome) in [
        (NOW + 1, NOW + 1000 * DAY, Outcome::Mend(Code::CertificateNotYetValid)),
        (NOW, NOW + 93 * DAY, Outcome::Ok),
        (0, NOW + 92 * DAY, Outcome::Note),
        (0, NOW, Outcome::Note),
        (0, NOW - 1, Outcome::Mend(Code::AuthenticationCertificateExpired)),
    ] {
        let validity = Some(Validity { from, until });
        assert_eq!(on_card(Check::AuthenticationCertificate, |facts| facts.authentication_validity = validity), outcome, "{from} {until}");
    }
    let unread = on_card(Check::AuthenticationCertificate, |facts| facts.authentication_validity = None);
    assert_eq!(unread, Outcome::Mend(Code::CertificateGarbled));
}

#[test]
fn a_service_that_does_not_answer_is_named_with_its_cause_and_its_clock_is_not_guessed() {
    let down = |found: &mut Findings| found.service = Some(Err(service_trouble(Code::TlsUntrusted)));
    let (outcome, detail) = told(Check::Service, down);
    assert_eq!(outcome, Outcome::Mend(Code::TlsUntrusted));
    assert!(detail.contains("tcp connect"));
    assert_eq!(told(Check::Clock, down).0, Outcome::Note);
    assert_eq!(told(Check::Service, |found| found.service = None).0, Outcome::Ok);
}

#[test]
fn a_clock_is_wrong_beyond_five_minutes_either_way() {
    for (ahead, outcome) in [
        (Some(300), Outcome::Ok),
        (Some(301), Outcome::Mend(Code::ClockWrong)),
        (Some(-301), Outcome::Mend(Code::ClockWrong)),
        (Some(i64::MIN), Outcome::Mend(Code::ClockWrong)),
        (None, Outcome::Note),
    ] {
        assert_eq!(told(Check::Clock, |found| found.service = Some(Ok(ahead))).0, outcome, "{ahead:?}");
    }
}

#[test]
fn data_folder_settings_and_memory_are_judged() {
    for (folder, outcome) in
        [(Folder::Private, Outcome::Ok), (Folder::Open, Outcome::Note), (Folder::Closed, Outcome::Mend(Code::DataFolder))]
    {
        assert_eq!(told(Check::DataFolder, |found| found.data = folder).0, outcome);
    }
    let settings = told(Check::Settings, |found| found.settings = Some("~/zairyu.toml: unknown field".to_owned()));
    assert_eq!(settings, (Outcome::Mend(Code::SettingsUnusable), "~/zairyu.toml: unknown field".to_owned()));
    assert_eq!(told(Check::Memory, |found| found.closed = Some(false)).0, Outcome::Note);
    assert_eq!(told(Check::Memory, |found| found.closed = None).0, Outcome::Note);
}

#[test]
fn a_terminal_that_is_small_or_not_utf8_or_none_is_noted() {
    let judged = |utf8, size| told(Check::Terminal, |found| found.terminal = Terminal { utf8, size, name: None, console: false }).0;
    assert_eq!(judged(true, Some((40, 10))), Outcome::Ok);
    for size in [Some((39, 10)), Some((40, 9)), None] {
        assert_eq!(judged(true, size), Outcome::Note, "{size:?}");
    }
    assert_eq!(judged(false, Some((80, 24))), Outcome::Note);
}

#[test]
fn a_bare_console_is_told_that_it_cannot_draw_japanese_and_what_can() {
    let console = |found: &mut Findings| {
        found.terminal = Terminal { utf8: true, size: Some((80, 24)), name: Some("linux".to_owned()), console: true };
    };
    let (outcome, detail) = told(Check::Terminal, console);
    assert_eq!(outcome, Outcome::Note);
    assert!(detail.starts_with("linux 80x24") && detail.contains("kmscon"), "{detail}");
}

#[test]
fn the_report_says_for_what_is_to_be_mended_the_code_what_happened_and_the_first_step() {
    for lang in [Lang::Ja, Lang::En] {
        let words = lang.trouble(Code::NoCard);
        let mut found = well();
        found.card = Some(Err(Code::NoCard.into()));
        let said = report(&found, lang);
        for part in ["[ OK ]", "ZR201", words.title, words.todo.iter().next().unwrap(), lang.text(Text::DoctorMend)] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
}

#[test]
fn nothing_of_the_person_is_in_the_report() {
    let mut found = well();
    let Some(Ok(facts)) = &mut found.card else { return };
    // The last day of a certificate is a birthday: the report must not reveal it.
    facts.authentication_validity = Some(Validity { from: 0, until: NOW + 30 * DAY });
    let early = report(&found, Lang::En);
    let Some(Ok(facts)) = &mut found.card else { return };
    facts.authentication_validity = Some(Validity { from: 1, until: NOW + 31 * DAY });
    facts.identity = None;
    assert_eq!(early, report(&found, Lang::En));
}

#[test]
fn json_has_the_documented_members() {
    let mut found = well();
    found.service = Some(Err(service_trouble(Code::NameNotFound)));
    let mut out = Vec::new();
    report::write_json(&mut out, &judge(&found, Lang::En), Lang::En).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!((&json["result"], &json["language"]), (&"mend".into(), &"en".into()));
    let service = json["checks"].as_array().unwrap().iter().find(|check| check["check"] == "service").unwrap();
    assert_eq!((&service["result"], &service["code"]), (&"mend".into(), &"ZR502".into()));
    assert!(service["title"].is_string() && service["step"].is_string());
    assert_eq!((&json["checks"][0]["check"], &json["checks"][0]["code"]), (&"pcsc".into(), &serde_json::Value::Null));
}
