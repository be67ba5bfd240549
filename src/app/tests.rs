//! The registration as events, and what must never happen: a try wasted, a typed letter lost, a stale reply accepted.

mod account;
mod address;
mod breaks;
mod commit;
mod desk;
mod issue;
mod keys;
mod kiosk;
mod office;
mod overlays;
mod pin;
mod sending;
mod visit;

use super::screen::{Overlay, Question, Screen};
use super::state::form::FormFocus;
use super::state::pin::{PinEntry, PinFocus, PinNote};
use super::state::trouble::NextStep;
use super::state::{cards, paste, result};
use super::*;
use crate::card::pin::{PinFormatError, Typed};
use crate::card::{self, CardKind, Purpose, Tries};
use crate::certificate::{Holder, Validity};
use crate::error::Code;
use crate::locale::Lang;
use crate::office::Record;
use crate::registration::tests::form;
use crate::registration::{Category, FieldId, Form};
use crate::worker::{JobError, Mail, MailState, OpenSession, PasswordRules, Progress, Registered, Reply, SigningCertificate};
use crossterm::event::{KeyCode, KeyModifiers};

struct Bench {
    model: Model,
    jobs: Vec<(Ticket, Job)>,
    /// Staff words to look at.
    words: Vec<String>,
    /// How visits have ended.
    ended: Vec<day_count::Reached>,
    issues: Vec<(Ticket, Document, Destination)>,
    cancelled: usize,
    quit: bool,
    other_letters: bool,
    /// An office's file of records.
    file: Vec<Record>,
    /// When it was last changed.
    file_changed: Option<SystemTime>,
    /// Removable media; once something was saved, the one that it was saved on.
    media: Vec<PathBuf>,
    /// What else was to be done: copied, listed.
    done: Vec<String>,
}

fn bench() -> Bench {
    let today = Date::from_calendar_date(2026, time::Month::November, 25).unwrap();
    Bench {
        model: Model::new(Setup::default(), Lang::En, today),
        jobs: Vec::new(),
        words: Vec::new(),
        ended: Vec::new(),
        issues: Vec::new(),
        cancelled: 0,
        quit: false,
        other_letters: false,
        file: Vec::new(),
        file_changed: None,
        media: Vec::new(),
        done: Vec::new(),
    }
}

fn status(signing: Tries, authentication: Tries) -> CardStatus {
    CardStatus {
        signing_present: true,
        authentication_present: true,
        signing_tries: signing,
        authentication_tries: authentication,
        authentication_validity: None,
        identity: Some([1; 32]),
    }
}

fn certificate(holder: Holder) -> Reply {
    let validity = Validity { from: 0, until: i64::MAX };
    Reply::SignedIn(Box::new(SigningCertificate { holder, validity, fingerprint: [9; 32] }))
}

impl Bench {
    fn paste(&mut self, text: &str) {
        self.happen(Event::Paste(paste::Pasted::new(text.to_owned())));
    }

    fn happen(&mut self, event: Event) {
        for effect in update(&mut self.model, event) {
            match effect {
                Effect::Run(ticket, job) => self.jobs.push((ticket, job)),
                Effect::Cancel => self.cancelled += 1,
                Effect::Quit => self.quit = true,
                Effect::OtherLetters => self.other_letters = true,
                Effect::CheckStaffWord(word) => self.words.push(String::from_utf8(word.bytes().to_vec()).unwrap()),
                Effect::Ended(reached) => self.ended.push(reached),
                Effect::Issue(ticket, document, destination, medium) => {
                    self.issues.push((ticket, document, destination));
                    self.media.retain(|known| Some(known) == medium.as_ref());
                }
                Effect::FindMedia => self.happen(Event::Media(self.media.clone())),
                Effect::ReadRecords => self.happen(Event::Records(Ok(self.file.clone()), self.file_changed)),
                Effect::Copy(value) => self.done.push(format!("copied {value}")),
                Effect::ClearClipboard => self.done.push("cleared".to_owned()),
                Effect::SaveSheet(format) => self.done.push(format!("saved {format:?}")),
                Effect::List(reference, ending) => self.done.push(format!("{reference} {ending:?}")),
                Effect::Diagnose | Effect::Redraw => {}
            }
        }
    }

    /// So much time passes that the page is locked.
    fn nobody_acts(&mut self) {
        self.happen(Event::Passed(deadline::Timer::Unattended, deadline::Limits::default().lock));
    }

    fn press(&mut self, code: KeyCode) {
        self.happen(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }

    fn type_text(&mut self, text: &str) {
        text.chars().for_each(|letter| self.press(KeyCode::Char(letter)));
    }

    fn card(&mut self, present: bool) {
        let readers = vec![Reader { name: "R".to_owned(), card: present }];
        self.happen(Event::Readers(ReaderStates { service: true, readers }));
    }

    fn answer(&mut self, reply: Reply) {
        let (ticket, _) = self.jobs.pop().expect("a job");
        self.happen(Event::Worker(Message { ticket, reply }));
    }

    /// Tell what came of the newest thing to take home.
    fn issued(&mut self, result: Result<&str, &str>) {
        let (ticket, ..) = self.issues.pop().expect("something was to be saved or printed");
        self.happen(Event::Issued(ticket, result.map(str::to_owned).map_err(str::to_owned)));
    }

    fn fail(&mut self, trouble: card::CardError) {
        self.answer(Reply::Failed(Box::new(JobError::Card(trouble))));
    }

    fn fail_service(&mut self, code: Code) {
        self.answer(Reply::Failed(Box::new(JobError::Service { code, detail: None, faults: Vec::new(), retry_after: None })));
    }

    fn at_signing(signing: Tries) -> Bench {
        let mut bench = bench();
        bench.card(true);
        bench.answer(Reply::Status(status(signing, Tries::Left(3))));
        bench.press(KeyCode::Enter);
        bench.press(KeyCode::Enter);
        assert!(matches!(bench.model.visit.nav.screen, Screen::Pin(_)));
        bench
    }

    /// Enter both PINs; the proof is in progress.
    fn at_proof() -> Bench {
        let mut bench = Bench::at_signing(Tries::Left(5));
        bench.type_text("ABC123");
        bench.press(KeyCode::Enter);
        bench.answer(certificate(Holder::default()));
        bench.type_text("1234");
        bench.press(KeyCode::Enter);
        bench
    }

    fn keys(&mut self, codes: &[KeyCode]) {
        codes.iter().for_each(|code| self.press(*code));
    }

    fn at_step1() -> Bench {
        let mut bench = Bench::at_proof();
        bench.answer(Reply::Proved(Box::new(opened())));
        bench
    }

    fn fills_in(&mut self, form: &Form) {
        for field in form.fields() {
            self.happen(Event::Action(Action::SetField(field, form.value(field).into_owned())));
        }
    }

    fn at_step2() -> Bench {
        let mut bench = Bench::at_step1();
        bench.fills_in(&Form { name: "LEE ANNE".to_owned(), category: Category::Family, residence_card: None, ..form() });
        bench.press(KeyCode::F(10));
        assert!(matches!(bench.model.visit.nav.screen, Screen::Confirm(_)), "{:?}", bench.model.visit.form.summary());
        bench
    }

    fn at_step3() -> Bench {
        let mut bench = Bench::at_step2();
        bench.registers();
        bench.answer(Reply::Registered(Box::new(registered())));
        bench
    }

    /// Press 登録: F10 focuses it, Enter presses it.
    fn registers(&mut self) {
        self.press(KeyCode::F(10));
        self.press(KeyCode::Enter);
        assert!(matches!(self.jobs.last(), Some((_, Job::Register { .. }))));
    }

    fn pin(&self) -> &PinEntry {
        match &self.model.visit.nav.screen {
            Screen::Pin(entry) => entry,
            _ => panic!("no PIN page"),
        }
    }
}

fn registered() -> Registered {
    Registered {
        authentication_id: "X".to_owned(),
        registered_at: None,
        mail: Mail { to: "a***@example.jp".to_owned(), state: MailState::Queued, folder: None, asked: None },
        revocation: "unchecked".to_owned(),
        receipt: String::new(),
        differs_from_card: Vec::new(),
    }
}

fn opened() -> OpenSession {
    OpenSession { practice: false, notice: None, terms: "1".to_owned(), test_cards: false, password: PasswordRules::default() }
}

#[test]
fn a_note_about_a_change_goes_with_the_value_that_was_changed() {
    let mut bench = Bench::at_step1();
    let noted = |bench: &Bench| !bench.model.visit.form.notes(FieldId::Name).changes.is_empty();
    let set = |bench: &mut Bench, value: &str| bench.happen(Event::Action(Action::SetField(FieldId::Name, value.to_owned())));
    set(&mut bench, "グエン・ヴァン");
    assert!(noted(&bench));
    set(&mut bench, "A");
    assert!(!noted(&bench), "said of a value that nothing was changed in");
    set(&mut bench, "o'brien");
    bench.model.visit.form.go(FormFocus::Field(FieldId::Name));
    assert!(noted(&bench));
    bench.type_text("S");
    assert!(!noted(&bench));
    bench.model.visit.form.go(FormFocus::Field(FieldId::Phone));
    assert!(!noted(&bench));
    // A refused paste is as much a note of its edit.
    bench.paste(&"9".repeat(5000));
    bench.happen(Event::Action(Action::SetField(FieldId::Phone, "0312345678".to_owned())));
    assert_eq!(bench.model.visit.form.notes(FieldId::Phone).refused_paste, None);
}

#[test]
fn what_was_wrong_with_an_input_is_no_longer_said_once_it_is_another() {
    let mut bench = Bench::at_signing(Tries::Left(1));
    bench.happen(Event::Action(Action::Confirm));
    assert_eq!((bench.pin().note, bench.pin().focus), (Some(PinNote::Word), PinFocus::Word));
    bench.type_text("L");
    assert_eq!(bench.pin().note, None);
    bench.happen(Event::Action(Action::Confirm));
    bench.paste("LAST");
    assert_eq!(bench.pin().note, None);
}

#[test]
fn a_card_that_is_put_on_later_goes_on_without_another_key() {
    let mut bench = bench();
    bench.card(false);
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.trouble.code() == Code::NoCard));
    bench.card(true);
    bench.answer(Reply::Status(status(Tries::Left(5), Tries::Left(3))));
    assert!(bench.model.visit.nav.overlay().is_none());
    assert!(matches!(bench.model.visit.nav.screen, Screen::Pin(_)));
}

#[test]
fn an_answer_to_a_job_that_was_cancelled_is_dropped() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Esc);
    assert_eq!(bench.cancelled, 1);
    bench.answer(certificate(Holder::default()));
    assert!(matches!(&bench.model.visit.nav.screen, Screen::Pin(entry) if entry.pin.purpose() == Purpose::Signing));
}

#[test]
fn escape_goes_back_step_by_step_and_loses_nothing() {
    let mut bench = Bench::at_step2();
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Form));
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Top(_)) && bench.model.visit.is_open());
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Form), "the card was there all the time: no PIN is asked again");
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Name), "LEE ANNE");
}

#[test]
fn the_category_closes_and_clears_the_residence_card_number() {
    let mut bench = Bench::at_step1();
    bench.happen(Event::Action(Action::SetField(FieldId::Category, "foreign_national".to_owned())));
    bench.happen(Event::Action(Action::SetField(FieldId::ResidenceCard, "AB12345678CD".to_owned())));
    assert!(bench.model.visit.form.order().contains(&FormFocus::Field(FieldId::ResidenceCard)));
    bench.happen(Event::Action(Action::SetField(FieldId::Category, "family".to_owned())));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::ResidenceCard), "");
    assert!(!bench.model.visit.form.order().contains(&FormFocus::Field(FieldId::ResidenceCard)));
}

#[test]
fn a_paste_of_a_million_letters_is_refused_whole_and_what_stood_there_stays() {
    let mut bench = Bench::at_step1();
    bench.happen(Event::Action(Action::SetField(FieldId::Name, "LEE ANNE".to_owned())));
    bench.happen(Event::Action(Action::FocusForm(FormFocus::Field(FieldId::Name))));
    bench.paste(&"A".repeat(1_000_000));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Name), "LEE ANNE");
    assert_eq!(bench.model.visit.form.notes(FieldId::Name).refused_paste, Some(1_000_000));
}

#[test]
fn help_over_the_picker_comes_back_to_the_picker() {
    let mut bench = Bench::at_step1();
    bench.happen(Event::Action(Action::FocusForm(FormFocus::Field(FieldId::Municipality))));
    bench.press(KeyCode::Enter);
    bench.type_text("shinjuku");
    bench.press(KeyCode::F(1));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Help(_))));
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Picker(picker)) if picker.query.value() == "shinjuku"));
}

#[test]
fn a_chosen_town_fills_an_empty_address_line_and_no_other() {
    let mut bench = Bench::at_step1();
    bench.happen(Event::Action(Action::FocusForm(FormFocus::Field(FieldId::Municipality))));
    bench.press(KeyCode::Enter);
    bench.type_text("1600022");
    bench.press(KeyCode::Enter);
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Municipality), "13104");
    assert_eq!(bench.model.visit.form.draft.get(FieldId::AddressLine), "新宿");
    assert_eq!(bench.model.visit.form.focus, FormFocus::Field(FieldId::AddressLine));
}

#[test]
fn the_card_fills_the_form_and_a_change_against_it_is_noticed() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    let holder =
        Holder {
            name: Some("ＬＥＥ　ＡＮＮＥ".to_owned()), address: Some("東京都新宿区西新宿２－８－１".to_owned()), ..Holder::default()
        };
    bench.answer(certificate(holder));
    let form = &mut bench.model.visit.form;
    assert_eq!(form.draft.get(FieldId::Name), "LEE ANNE");
    assert_eq!(form.draft.get(FieldId::Municipality), "13104");
    assert_eq!(form.draft.get(FieldId::AddressLine), "西新宿２－８－１");
    assert!(!form.differs_from_card(FieldId::Name));
    form.set(FieldId::Name, "LEE ANN".to_owned());
    assert!(form.differs_from_card(FieldId::Name));
}

#[test]
fn leaving_asks_first_and_a_signal_does_not() {
    let mut bench = bench();
    bench.happen(Event::Action(Action::Leave));
    bench.press(KeyCode::Enter);
    assert!(!bench.quit, "staying is the default");
    bench.happen(Event::Terminate);
    assert!(bench.quit);
}

#[test]
fn the_next_person_finds_nothing_of_the_last() {
    let mut bench = Bench::at_step2();
    bench.registers();
    bench.answer(Reply::Registered(Box::new(registered())));
    bench.press(KeyCode::Char('1'));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Written, 0))));
    bench.press(KeyCode::Char('2'));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Top(_)));
    assert_eq!(bench.model.visit.form.draft, crate::registration::Draft::default());
    assert!(bench.model.visit.session.is_none());
}

#[test]
fn a_certificate_that_has_ended_is_told_before_any_pin() {
    let mut bench = bench();
    bench.card(true);
    let ended = Some(Validity { from: 0, until: 1_700_000_000 });
    bench.answer(Reply::Status(CardStatus { authentication_validity: ended, ..status(Tries::Left(5), Tries::Left(3)) }));
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert!(
        matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.trouble.code() == Code::AuthenticationCertificateExpired)
    );
}

#[test]
fn a_place_of_another_prefecture_is_found_from_within_the_chosen_one() {
    let mut bench = Bench::at_step1();
    bench.happen(Event::Action(Action::SetField(FieldId::Municipality, "13104".to_owned())));
    bench.happen(Event::Action(Action::FocusForm(FormFocus::Field(FieldId::Municipality))));
    bench.press(KeyCode::Enter);
    bench.type_text("那覇市");
    bench.press(KeyCode::Enter);
    let chosen = crate::places::by_code(bench.model.visit.form.draft.get(FieldId::Municipality)).unwrap();
    assert_ne!(chosen.prefecture(), "東京都");
}

#[test]
fn the_first_password_goes_with_the_code_of_a_pasted_link_and_is_wiped_from_the_page() {
    use super::state::first_password::{PasswordFocus, PasswordNote};
    let mut bench = bench();
    bench.press(KeyCode::Char('4'));
    assert!(matches!(bench.jobs.pop(), Some((_, Job::PasswordRules))));
    bench.press(KeyCode::F(10));
    let note = |bench: &Bench| match &bench.model.visit.nav.screen {
        Screen::FirstPassword(page) => page.note,
        _ => panic!("not the page"),
    };
    assert_eq!(note(&bench), Some(PasswordNote::NoCode));
    bench.paste("https://example.jp/password/AbC-_123?lang=en\n");
    bench.press(KeyCode::Enter);
    bench.type_text("short");
    bench.press(KeyCode::Enter);
    assert_eq!(note(&bench), Some(PasswordNote::TooShort(8)));
    bench.type_text(" 漢字で長い");
    bench.press(KeyCode::Enter);
    let Some((ticket, Job::SetPassword { token, password })) = bench.jobs.pop() else { panic!("no job") };
    assert_eq!(token, "AbC-_123");
    assert_eq!(password.bytes(), "short 漢字で長い".as_bytes());
    assert!(matches!(&bench.model.visit.nav.screen, Screen::FirstPassword(page) if page.password.is_empty()));
    let trouble = JobError::Service { code: Code::PasswordRefused, detail: None, faults: Vec::new(), retry_after: None };
    bench.happen(Event::Worker(Message { ticket, reply: Reply::Failed(Box::new(trouble)) }));
    assert_eq!(note(&bench), Some(PasswordNote::Refused(Code::PasswordRefused)));
    bench.type_text("another long one");
    bench.press(KeyCode::Enter);
    bench.answer(Reply::PasswordSet);
    assert_eq!(note(&bench), Some(PasswordNote::Set));
    assert!(matches!(&bench.model.visit.nav.screen, Screen::FirstPassword(page) if page.focus == PasswordFocus::Back));
}

#[test]
fn staying_comes_back_to_the_page_that_was_left() {
    let mut bench = bench();
    bench.card(false);
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    bench.happen(Event::Action(Action::Leave));
    bench.happen(Event::Action(Action::Leave));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(_))));
}

#[test]
fn looking_again_keeps_the_page_until_the_answer_is_there() {
    let mut bench = bench();
    bench.card(true);
    bench.fail(card::CardError::new(Code::CardMute));
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(_))));
    bench.fail(card::CardError::new(Code::CardMute));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.trouble.code() == Code::CardMute));
    bench.press(KeyCode::Enter);
    bench.answer(Reply::Status(status(Tries::Left(5), Tries::Left(3))));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Pin(_)));
}

#[test]
fn a_card_is_looked_at_once_however_often_the_readers_are_told() {
    let mut bench = bench();
    bench.card(true);
    bench.card(true);
    assert_eq!(bench.jobs.len(), 1);
    bench.answer(Reply::Status(status(Tries::Left(5), Tries::Left(3))));
    bench.card(true);
    assert!(bench.jobs.is_empty());
}

#[test]
fn the_row_of_the_top_page_opens_the_languages() {
    let mut bench = bench();
    bench.press(KeyCode::Char('3'));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Language(_))));
}
