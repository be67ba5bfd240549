//! Every outcome of every check on synthetic findings, and both forms of the report.

use super::*;
use crate::card::{self, CardKind, Hint, Reader};
use crate::certificate::ProfileError;
use crate::text::lines::Lines;

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
        service: Some(Ok(answered())),
        data: Folder::Unneeded,
        settings: None,
        unread: false,
        print: None,
        speech: None,
        done_list: None,
        terminal: terminal(),
        machine: Machine {
            on_usb: Some(1),
            holder: Some(String::new()),
            no_core: Some(true),
            closed: Some(true),
            locks: Some(true),
            tls: Some(true),
            ..Machine::default()
        },
        now: NOW,
    }
}

fn terminal() -> Terminal {
    Terminal {
        locale: "ja_JP.UTF-8".to_owned(),
        utf8: true,
        size: Some((80, 24)),
        name: Some("xterm".to_owned()),
        console: false,
        glyphs: None,
    }
}

fn answered() -> Answered {
    Answered { ahead: Some(-2), version: Some(PROTOCOL.to_string()), session: Some(Ok(About::default())) }
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
    report::write(&mut Lines::new(&mut out), &judge(found, lang), lang).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn where_all_is_well_every_check_says_so_once_and_nothing_is_to_be_mended() {
    let lines = judge(&well(), Lang::Ja);
    assert!(lines.iter().all(|line| line.outcome == Outcome::Ok), "{lines:?}");
    assert_eq!(lines.len(), 30);
    assert_eq!(report::to_mend(&lines), 0);
}

#[test]
fn without_pcsc_its_code_is_named_and_what_hangs_on_it_is_not_guessed() {
    let mut found = well();
    (found.readers, found.card) = (Err(Code::PcscNotRunning.into()), None);
    let lines = judge(&found, Lang::En);
    assert_eq!(lines[0].outcome, Outcome::Mend(Code::PcscNotRunning));
    for check in [&[Check::Permission, Check::Reader, Check::Driver, Check::Card][..], &CARD].concat() {
        let line = lines.iter().find(|line| line.check == check).unwrap();
        assert_eq!(line.outcome, Outcome::Note, "{line:?}");
    }
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
    let refused = told(Check::Card, |found| found.card = with(Code::CertificateRefused, Hint::Certificate(ProfileError::CaKeyUsage)));
    assert_eq!(refused.1, "detail: ca_key_usage: keyUsage of an authority, not of a card");
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
fn a_service_that_does_not_answer_is_named_at_the_step_that_failed_and_nothing_else_of_it_is_guessed() {
    let steps = [Check::Name, Check::Tls, Check::Service, Check::Clock, Check::Audience, Check::Version, Check::Maintenance];
    for (code, failed) in [
        (Code::NameNotFound, Check::Name),
        (Code::TlsUntrusted, Check::Tls),
        (Code::ServiceUnreachable, Check::Service),
        (Code::TimedOut, Check::Service),
        (Code::AnswerGarbled, Check::Service),
    ] {
        for check in steps {
            let (outcome, detail) = told(check, |found| found.service = Some(Err(service_trouble(code))));
            assert_eq!(outcome, if check == failed { Outcome::Mend(code) } else { Outcome::Note }, "{code} {check:?}");
            assert_eq!(detail.contains("tcp connect"), check == failed);
        }
    }
    for check in steps.into_iter().filter(|check| *check != Check::Clock) {
        assert_eq!(told(check, |found| found.service = None).0, Outcome::Ok, "{check:?}");
    }
}

#[test]
fn what_a_service_says_of_itself_is_judged() {
    let with = |check, change: fn(&mut Answered)| {
        let mut probed = answered();
        change(&mut probed);
        told(check, |found| found.service = Some(Ok(probed)))
    };
    let elsewhere = with(Check::Audience, |probed| {
        probed.session = Some(Ok(About { other_audience: Some("https://other.example".to_owned()), notice: None }));
    });
    assert_eq!(elsewhere, (Outcome::Mend(Code::AnswerGarbled), "https://other.example".to_owned()));
    for (version, update) in [("2", "Update this program"), ("0", "runs the service must update it"), ("beta", "runs the service")] {
        let mut probed = answered();
        probed.version = Some(version.to_owned());
        let (outcome, detail) = told(Check::Version, |found| found.service = Some(Ok(probed)));
        assert!(outcome == Outcome::Mend(Code::RequestRefused) && detail.contains(update), "{version}: {detail}");
    }
    let resting = with(Check::Maintenance, |probed| probed.session = Some(Err(service_trouble(Code::ServiceResting))));
    assert_eq!(resting.0, Outcome::Mend(Code::ServiceResting));
    let notice = with(Check::Maintenance, |probed| {
        probed.session = Some(Ok(About { other_audience: None, notice: Some("Closed \u{1b}[2J tonight".to_owned()) }));
    });
    assert_eq!(notice, (Outcome::Note, "Closed ?[2J tonight".to_owned()));
    for check in [Check::Audience, Check::Version, Check::Maintenance] {
        assert_eq!(with(check, |probed| (probed.version, probed.session) = (None, None)).0, Outcome::Note, "{check:?}");
    }
}

#[test]
fn a_permission_that_is_missing_is_no_service_that_is_missing() {
    let denied = |found: &mut Findings| (found.readers, found.card) = (Err(Code::PcscDenied.into()), None);
    assert_eq!(told(Check::Pcsc, denied).0, Outcome::Ok);
    assert_eq!(told(Check::Permission, denied).0, Outcome::Mend(Code::PcscDenied));
    let card = |found: &mut Findings| found.card = Some(Err(Code::PcscDenied.into()));
    assert_eq!(told(Check::Permission, card).0, Outcome::Note);
    assert_eq!(told(Check::Card, card).0, Outcome::Mend(Code::PcscDenied));
}

#[test]
fn a_driver_that_is_missing_is_told_from_a_cable() {
    let seen = |on_usb, readers: usize| {
        told(Check::Driver, |found| {
            found.machine.on_usb = on_usb;
            found.readers = Ok(vec![Reader { name: "A".to_owned(), card: false }; readers]);
        })
    };
    assert_eq!(seen(Some(1), 0), (Outcome::Note, Lang::En.text(Text::DoctorNoDriver).to_owned()));
    assert_eq!(seen(Some(2), 1).0, Outcome::Note);
    assert_eq!(seen(Some(0), 0), (Outcome::Note, Lang::En.text(Text::DoctorNotOnUsb).to_owned()));
    // Not every reader is on USB, nor does every system list what is.
    assert_eq!(seen(Some(0), 1).0, Outcome::Ok);
    assert_eq!(seen(None, 1).0, Outcome::Ok);
    assert_eq!(seen(None, 0), (Outcome::Note, Lang::En.text(Text::DoctorUnchecked).to_owned()));
}

#[test]
fn a_program_that_can_hold_the_reader_is_worth_a_word_where_the_card_was_not_read() {
    let held = |found: &mut Findings| found.machine.holder = Some("scdaemon".to_owned());
    assert_eq!(told(Check::Holder, held), (Outcome::Ok, "scdaemon".to_owned()));
    let hindered = |found: &mut Findings| {
        held(found);
        found.card = Some(Err(Code::ReaderBusy.into()));
    };
    assert_eq!(told(Check::Holder, hindered), (Outcome::Note, "scdaemon".to_owned()));
    assert_eq!(told(Check::Holder, |found| found.machine.holder = None).0, Outcome::Note);
}

#[test]
fn free_room_is_judged_only_where_something_is_stored() {
    let free = |data, free| {
        told(Check::Disk, |found| {
            found.data = data;
            found.machine.free = free;
        })
        .0
    };
    assert_eq!(free(Folder::Private, Some(ROOM)), Outcome::Ok);
    assert_eq!(free(Folder::Private, Some(ROOM - 1)), Outcome::Note);
    assert_eq!(free(Folder::Private, None), Outcome::Note);
    assert_eq!(free(Folder::Unneeded, None), Outcome::Ok);
}

#[test]
fn a_proxy_is_named_and_one_that_cannot_be_read_is_noted() {
    let set = |proxy| told(Check::Proxy, |found| found.machine.proxy = proxy);
    assert_eq!(set(Some(Ok("proxy.example:3128".to_owned()))), (Outcome::Ok, "proxy.example:3128".to_owned()));
    assert_eq!(set(Some(Err("HTTPS_PROXY"))), (Outcome::Note, "HTTPS_PROXY holds no address".to_owned()));
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
        assert_eq!(told(Check::Clock, |found| found.service = Some(Ok(Answered { ahead, ..answered() }))).0, outcome, "{ahead:?}");
    }
}

#[test]
fn a_certificate_is_judged_by_the_time_of_the_service() {
    const YEARS: i64 = 6 * 365 * 86_400;
    for (ahead, now, outcome) in [
        (Some(-YEARS), YEARS, Outcome::Ok),
        (None, YEARS, Outcome::Mend(Code::AuthenticationCertificateExpired)),
        (Some(0), YEARS, Outcome::Mend(Code::AuthenticationCertificateExpired)),
        (Some(YEARS), -YEARS, Outcome::Ok),
        (None, -YEARS, Outcome::Mend(Code::CertificateNotYetValid)),
    ] {
        let found = told(Check::AuthenticationCertificate, |found| {
            found.now += now;
            found.service = Some(Ok(Answered { ahead, ..Answered::default() }));
        });
        assert_eq!(found.0, outcome, "{ahead:?} {now}");
    }
}

#[test]
fn a_card_that_seems_to_have_no_pins_is_not_said_to_be_locked() {
    for check in [Check::SigningCertificate, Check::AuthenticationPin] {
        let found = told(check, |found| {
            let Some(Ok(card)) = &mut found.card else { panic!() };
            (card.signing_present, card.authentication_tries) = (false, Tries::Locked);
        });
        assert_eq!(found.0, Outcome::Mend(Code::WithoutPins));
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
    for holds in [Some(false), None] {
        let changed = |check| {
            let machine = Machine { no_core: holds, closed: holds, locks: holds, ..Machine::default() };
            told(check, |found| found.machine = machine)
        };
        for check in [Check::CoreDumps, Check::Memory, Check::PageLocking] {
            let (outcome, detail) = changed(check);
            assert!(outcome == Outcome::Note && !detail.is_empty(), "{check:?}");
        }
    }
}

#[test]
fn a_terminal_that_is_small_or_not_utf8_or_none_is_noted() {
    let judged = |size| told(Check::Terminal, |found| found.terminal = Terminal { size, ..terminal() }).0;
    assert_eq!(judged(Some((40, 10))), Outcome::Ok);
    for size in [Some((39, 10)), Some((40, 9)), None] {
        assert_eq!(judged(size), Outcome::Note, "{size:?}");
    }
    assert_eq!(told(Check::Locale, |_| ()), (Outcome::Ok, "ja_JP.UTF-8 en".to_owned()));
    assert_eq!(told(Check::Locale, |found| found.terminal = Terminal { utf8: false, ..terminal() }).0, Outcome::Note);
}

#[test]
fn a_bare_console_is_told_that_it_cannot_draw_japanese_and_what_can() {
    let console = |found: &mut Findings| {
        found.terminal = Terminal { name: Some("linux".to_owned()), console: true, ..terminal() };
    };
    let (outcome, detail) = told(Check::Drawing, console);
    assert_eq!(outcome, Outcome::Note);
    assert!(detail.starts_with("linux") && detail.contains("kmscon"), "{detail}");
}

#[test]
fn the_report_says_for_what_is_to_be_mended_the_code_what_happened_and_the_first_step() {
    for lang in [Lang::Ja, Lang::En] {
        let words = lang.trouble(Code::NoCard);
        let mut found = well();
        found.card = Some(Err(Code::NoCard.into()));
        let said = report(&found, lang);
        for part in ["[ OK ]", "ZR201", words.title, words.steps_everywhere().next().unwrap(), lang.text(Text::DoctorMend)] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
}

#[test]
fn what_needs_no_network_comes_first() {
    let checks: Vec<_> = judge(&well(), Lang::En).iter().map(|line| line.check).collect();
    let first = checks.iter().position(|check| *check == Check::Proxy).unwrap();
    let online = [Check::Proxy, Check::Name, Check::Tls, Check::Service, Check::Clock, Check::Audience, Check::Version, Check::Maintenance];
    assert_eq!(checks[first..], online);
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
    report::write_json(&mut Lines::new(&mut out), &judge(&found, Lang::En), Lang::En).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!((&json["result"], &json["language"]), (&"mend".into(), &"en".into()));
    let name = json["checks"].as_array().unwrap().iter().find(|check| check["check"] == "name").unwrap();
    assert_eq!((&name["result"], &name["code"]), (&"mend".into(), &"ZR502".into()));
    assert!(name["title"].is_string() && name["step"].is_string());
    assert_eq!((&json["checks"][0]["check"], &json["checks"][0]["code"]), (&"pcsc".into(), &serde_json::Value::Null));
}

#[test]
fn a_command_that_is_not_there_and_a_list_that_cannot_be_written_are_to_be_mended() {
    let mend = Outcome::Mend(Code::SettingsUnusable);
    let (outcome, detail) = told(Check::Speech, |found| found.speech = Some(vec!["spd-say".to_owned()]));
    assert!(outcome == mend && detail.contains("spd-say") && detail.contains("speak"), "{detail}");
    assert_eq!(told(Check::Speech, |found| found.speech = Some(Vec::new())).0, Outcome::Ok);
    let (outcome, detail) = told(Check::Print, |found| found.print = Some(("lp".to_owned(), false)));
    assert!(outcome == mend && detail.contains("no command lp that"), "{detail}");
    assert_eq!(told(Check::Print, |found| found.print = Some(("lp".to_owned(), true))), (Outcome::Ok, "lp".to_owned()));
    let (outcome, detail) = told(Check::DoneList, |found| found.done_list = Some(false));
    assert!(outcome == mend && detail.contains("done_list"), "{detail}");
    assert_eq!(told(Check::DoneList, |found| found.done_list = Some(true)).0, Outcome::Ok);
}

#[test]
fn of_what_a_settings_file_names_that_could_not_be_used_nothing_is_called_right() {
    for check in [Check::Print, Check::Speech, Check::DoneList, Check::Service, Check::Name, Check::Proxy] {
        let found = |found: &mut Findings| (found.unread, found.service) = (true, None);
        assert_eq!(told(check, found).0, Outcome::Note, "{check:?}");
    }
}
