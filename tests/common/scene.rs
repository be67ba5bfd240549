//! A model driven as a person, a card and a service drive it, for tests of the screen: keys and answers in, pictures out.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::{Backend, TestBackend};
use zairyu::app::deadline::Timer;
use zairyu::app::screen::{Question, Screen};
use zairyu::app::state::form::FormFocus;
use zairyu::app::visit::Mode;
use zairyu::app::{Action, Effect, Event, Model, Setup, update};
use zairyu::card::watch::ReaderStates;
use zairyu::card::{CardId, CardStatus, Reader, Tries};
use zairyu::certificate::{Holder, HolderBirth, HolderSex, Validity};
use zairyu::error::Code;
use zairyu::locale::Lang;
use zairyu::registration::{Date, FIELDS, FieldId, Form};
use zairyu::tui::{Look, draw};
use zairyu::worker::{
    AccountOutcome, Job, JobError, Mail, MailState, Message, OpenSession, PasswordRules, Phase, Progress, Registered, Reply,
    SigningCertificate, Ticket,
};

/// The reader of the scene.
pub const READER: &str = "Alcor Micro AU9540 00 00";

/// A model and the job that it waits for.
pub struct Scene {
    /// The model.
    pub model: Model,
    /// Tries that the card of the scene has left.
    pub tries: (Tries, Tries),
    /// The jobs that were given, oldest first.
    pub jobs: Vec<(Ticket, Job)>,
    /// The name on the card.
    pub name: &'static str,
    /// What was to be saved or printed, oldest first.
    pub issues: Vec<Ticket>,
    /// Removable media that are mounted.
    pub media: Vec<std::path::PathBuf>,
    /// How often a transfer sheet was to be saved.
    pub saved: usize,
    /// Whether the program was asked to end.
    pub quit: bool,
}

impl Scene {
    /// Start the program; today is 2026-11-25.
    pub fn new(lang: Lang) -> Scene {
        let today = Date::from_calendar_date(2026, time::Month::November, 25).expect("a date");
        let setup = Setup { free_mail: vec!["gmail.com".to_owned()], ..Setup::default() };
        Scene {
            model: Model::new(setup, lang, today),
            tries: (Tries::Left(5), Tries::Left(3)),
            jobs: Vec::new(),
            name: "ＭＯＮＴＧＯＭＥＲＹ　ＡＮＮＥ",
            issues: Vec::new(),
            media: Vec::new(),
            saved: 0,
            quit: false,
        }
    }

    /// Make it a kiosk, which waits for the next person.
    pub fn at_kiosk(&mut self) {
        self.model.setup.mode = Mode::Kiosk;
        self.model.setup.has_staff_word = true;
        self.press(KeyCode::F(8));
    }

    /// Say that nobody has acted for so many seconds.
    pub fn unattended(&mut self, seconds: u32) {
        self.happen(Event::Passed(Timer::Unattended, seconds));
    }

    /// Let something happen.
    pub fn happen(&mut self, event: Event) {
        for effect in update(&mut self.model, event) {
            match effect {
                Effect::Run(ticket, job) => self.jobs.push((ticket, job)),
                Effect::Quit | Effect::OtherLetters => self.quit = true,
                Effect::Issue(ticket, ..) => self.issues.push(ticket),
                Effect::SaveSheet(_) => self.saved += 1,
                Effect::FindMedia => self.happen(Event::Media(self.media.clone())),
                Effect::Cancel
                | Effect::Diagnose
                | Effect::CheckStaffWord(_)
                | Effect::Ended(_)
                | Effect::Redraw
                | Effect::ReadRecords
                | Effect::Copy(_)
                | Effect::ClearClipboard
                | Effect::List(..) => {}
            }
        }
    }

    /// Press a key.
    pub fn press(&mut self, code: KeyCode) {
        self.happen(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }

    /// Type letters, one key each.
    pub fn type_text(&mut self, text: &str) {
        for letter in text.chars() {
            self.press(KeyCode::Char(letter));
        }
    }

    /// Say which readers are there, none with a card.
    pub fn readers(&mut self, names: &[&str]) {
        let readers = names.iter().map(|name| Reader { name: (*name).to_owned(), card: false }).collect();
        self.happen(Event::Readers(ReaderStates { service: true, readers }));
    }

    /// Say that a card lies in each of two readers.
    pub fn cards_in_two_readers(&mut self) {
        let readers = [READER, "SCM SCR3310 01 00"].map(|name| Reader { name: name.to_owned(), card: true }).into();
        self.happen(Event::Readers(ReaderStates { service: true, readers }));
    }

    /// Put the person's My Number Card into the reader, and answer the look at it.
    pub fn card_lies_there(&mut self) {
        self.lays_card([7; 32]);
    }

    /// Put the My Number Card of this identity into the reader, and answer the look at it.
    pub fn lays_card(&mut self, identity: CardId) {
        let readers = vec![Reader { name: READER.to_owned(), card: true }];
        self.happen(Event::Readers(ReaderStates { service: true, readers }));
        let facts = CardStatus {
            signing_present: true,
            authentication_present: true,
            signing_tries: self.tries.0,
            authentication_tries: self.tries.1,
            authentication_validity: Some(Validity { from: 1_700_000_000, until: 1_900_000_000 }),
            identity: Some(identity),
        };
        self.answer(Reply::Status(facts));
    }

    /// Answer the newest job.
    pub fn answer(&mut self, reply: Reply) {
        let (ticket, _) = self.jobs.pop().expect("a job was given");
        self.happen(Event::Worker(Message { ticket, reply }));
    }

    /// Tell what came of what was to be saved or printed.
    pub fn issued(&mut self, result: Result<&str, &str>) {
        let ticket = self.issues.pop().expect("something was to be saved or printed");
        self.happen(Event::Issued(ticket, result.map(str::to_owned).map_err(str::to_owned)));
    }

    /// Answer the newest job with a trouble of the network or the service.
    pub fn service_fails(&mut self, code: Code) {
        let trouble = JobError::Service { code, detail: None, faults: Vec::new(), retry_after: None };
        self.answer(Reply::Failed(Box::new(trouble)));
    }

    /// Say how far the newest job is.
    pub fn progresses(&mut self, progress: Progress) {
        let ticket = self.jobs.last().expect("a job was given").0;
        self.happen(Event::Worker(Message { ticket, reply: Reply::Progress(progress) }));
    }

    /// Return whether the signing password was given to the worker.
    pub fn signs(&self) -> bool {
        self.jobs.iter().any(|(_, job)| matches!(job, Job::SignIn { .. }))
    }

    /// Want what a question is asked about first.
    pub fn asks(&mut self, question: Question) {
        self.happen(Event::Action(match question {
            Question::Leave => Action::Leave,
            Question::Forget | Question::Written => Action::NextPerson,
            Question::Register => Action::Ask(question),
        }));
    }

    /// Go to the signing password.
    pub fn reach_signing(&mut self) {
        self.card_lies_there();
        self.press(KeyCode::Enter);
        self.press(KeyCode::Enter);
        assert!(matches!(self.model.visit.nav.screen, Screen::Pin(_)));
    }

    /// Go on with a card whose signing password is locked.
    pub fn reach_locked(&mut self) {
        self.tries = (Tries::Locked, Tries::Left(3));
        self.card_lies_there();
        self.press(KeyCode::Enter);
        self.press(KeyCode::Enter);
    }

    /// Go to the user-authentication PIN.
    pub fn reach_authentication(&mut self) {
        self.reach_signing();
        self.gives_signing_password();
    }

    /// Give the signing password, and answer with the certificate.
    fn gives_signing_password(&mut self) {
        self.type_text("PRACTICE1");
        self.press(KeyCode::Enter);
        self.is_signed_in();
    }

    /// Answer the signing password with the certificate.
    pub fn is_signed_in(&mut self) {
        let holder = Holder {
            name: Some(self.name.to_owned()),
            sex: Some(HolderSex::Female),
            birth: Some(HolderBirth { year: Some(1990), month: Some(4), day: Some(1) }),
            address: Some("東京都新宿区西新宿２－８－１".to_owned()),
            ..Holder::default()
        };
        let validity = Validity { from: 1_700_000_000, until: 1_900_000_000 };
        self.answer(Reply::SignedIn(Box::new(SigningCertificate { holder, validity, fingerprint: [9; 32] })));
    }

    /// Go to STEP1, as the card fills it in.
    pub fn reach_step1(&mut self) {
        self.reach_authentication();
        self.type_text("1234");
        self.press(KeyCode::Enter);
        self.is_proved();
    }

    /// Answer the user-authentication PIN with the open session.
    pub fn is_proved(&mut self) {
        let opened = OpenSession {
            practice: false,
            notice: None,
            terms: "2026-11".to_owned(),
            test_cards: false,
            password: PasswordRules::default(),
        };
        self.answer(Reply::Proved(Box::new(opened)));
        assert!(matches!(self.model.visit.nav.screen, Screen::Form));
    }

    /// Go to STEP2 with a whole form.
    pub fn reach_step2(&mut self) {
        self.reach_step1();
        self.fill_in();
    }

    /// From STEP1 to STEP2 with a whole form.
    pub fn fill_in(&mut self) {
        if matches!(self.model.visit.nav.screen, Screen::Confirm(_)) {
            return;
        }
        self.type_the_rest();
        self.press(KeyCode::F(10));
        assert!(matches!(self.model.visit.nav.screen, Screen::Confirm(_)), "{:?}", self.model.visit.form.summary());
    }

    /// Fill in what the card does not say.
    fn type_the_rest(&mut self) {
        let mut form: Form = serde_json::from_str(include_str!("form.json")).expect("a form");
        form.phone = "090-1234-5678".to_owned();
        for field in FIELDS.iter().map(|row| row.id).filter(|field| *field >= FieldId::Phone) {
            self.set(field, &form.value(field));
        }
    }

    /// Press 登録: F10 goes to it, Enter presses it.
    pub fn presses_register(&mut self) {
        self.press(KeyCode::F(10));
        self.press(KeyCode::Enter);
        assert!(matches!(self.jobs.last(), Some((_, Job::Register { .. }))));
    }

    /// Leave STEP1 for the top page.
    pub fn reach_open_top(&mut self) {
        self.reach_step1();
        self.press(KeyCode::Esc);
        assert!(matches!(self.model.visit.nav.screen, Screen::Top(_)));
    }

    /// On STEP2, another person's card comes in.
    pub fn reach_other_card(&mut self) {
        self.reach_step2();
        self.readers(&[READER]);
        self.lays_card([8; 32]);
    }

    /// On STEP1, the card is taken away.
    pub fn reach_cover(&mut self, mode: Mode) {
        self.model.setup.mode = mode;
        self.reach_step1();
        self.readers(&[READER]);
    }

    /// Confirm a form that is about somebody else.
    pub fn reach_somebody_else(&mut self) {
        self.reach_step1();
        self.set(FieldId::Name, "YAMADA KEN");
        self.set(FieldId::BirthDate, "20180203");
        self.type_the_rest();
        self.press(KeyCode::F(10));
    }

    /// Register, and get no answer to what was sent.
    pub fn reach_perhaps(&mut self) {
        self.reach_step2();
        self.presses_register();
        self.progresses(Progress { phase: Phase::Sending, done: 0, total: 0 });
        self.service_fails(Code::TimedOut);
    }

    /// Go to STEP3.
    pub fn reach_step3(&mut self) {
        self.register("unchecked");
    }

    /// Go to STEP3, with this word of the service about revocation.
    pub fn register(&mut self, revocation: &str) {
        self.reach_step2();
        self.presses_register();
        self.is_registered(revocation);
    }

    /// Answer 登録, with this word of the service about revocation.
    pub fn is_registered(&mut self, revocation: &str) {
        let registered = Registered {
            authentication_id: "7KQ3MXW94P".to_owned(),
            registered_at: Some(1_795_575_845),
            mail: Mail { to: "a***@example.jp".to_owned(), state: MailState::Queued, folder: None, asked: None },
            revocation: revocation.to_owned(),
            receipt: "0123456789abcdef".to_owned(),
            differs_from_card: Vec::new(),
        };
        self.answer(Reply::Registered(Box::new(registered)));
        assert!(matches!(self.model.visit.nav.screen, Screen::Result(_)));
    }

    /// On STEP3, ask where the mail is, and answer at 14:03:21 in Japan.
    pub fn asks_mail(&mut self, state: MailState) {
        self.press(KeyCode::Char('3'));
        let asked = Some(1_795_583_001);
        self.answer(Reply::Mail(Mail { to: "a***@example.jp".to_owned(), state, folder: None, asked }));
    }

    /// Give a field a value.
    pub fn set(&mut self, field: FieldId, value: &str) {
        self.happen(Event::Action(Action::SetField(field, value.to_owned())));
    }

    /// Go to a field of STEP1.
    pub fn focus(&mut self, field: FieldId) {
        self.happen(Event::Action(Action::FocusForm(FormFocus::Field(field))));
    }

    /// Go to the municipality picker, with no municipality chosen yet.
    pub fn reach_picker(&mut self) {
        self.reach_step1();
        self.set(FieldId::Municipality, "");
        self.focus(FieldId::Municipality);
        self.press(KeyCode::Enter);
    }

    /// On STEP1, open the terms; they are being fetched.
    pub fn opens_terms(&mut self) {
        self.reach_step1();
        self.happen(Event::Action(Action::FocusForm(FormFocus::Terms)));
        self.press(KeyCode::Enter);
        assert!(matches!(self.jobs.last(), Some((_, Job::Terms { .. }))));
    }

    /// With a card, go to the page that lists the account actions.
    pub fn reach_account_menu(&mut self) {
        self.card_lies_there();
        self.press(KeyCode::Char('5'));
        assert!(matches!(self.model.visit.nav.screen, Screen::AccountMenu(_)));
    }

    /// Choose an account action by its number.
    pub fn reach_account_action(&mut self, number: char) {
        self.reach_account_menu();
        self.press(KeyCode::Char(number));
    }

    /// Choose to link a new card, and log in for it.
    pub fn reach_linking(&mut self) {
        self.reach_account_action('6');
        self.type_text("7KQ3MXW94P");
        self.press(KeyCode::Enter);
        self.type_text("nine blue kites");
        self.press(KeyCode::Enter);
        self.answer(Reply::AccountAction(Box::new(AccountOutcome::LoggedIn(None))));
    }

    /// Give the user-authentication PIN, and answer with what came of the account action.
    pub fn proves(&mut self, outcome: AccountOutcome) {
        self.type_text("1234");
        self.press(KeyCode::Enter);
        self.answer(Reply::AccountAction(Box::new(outcome)));
    }

    /// Give both PINs, and answer with what came of the account action.
    pub fn proves_both(&mut self, outcome: AccountOutcome) {
        self.gives_signing_password();
        self.proves(outcome);
    }

    fn terminal(&self, width: u16, height: u16) -> Terminal<TestBackend> {
        self.drawn(width, height, Look::PLAIN)
    }

    /// Draw the page in any colours and glyphs.
    pub fn drawn(&self, width: u16, height: u16, look: Look) -> Terminal<TestBackend> {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer");
        terminal.draw(|frame| drop(draw::draw(frame, &self.model, look))).expect("a frame");
        terminal
    }

    /// Return the cells of a text on the page.
    fn cells_of(&self, text: &str, (width, height): (u16, u16)) -> (u16, u16) {
        let terminal = self.terminal(width, height);
        let buffer = terminal.backend().buffer();
        for y in 0..height {
            let (mut line, mut cells) = (String::new(), Vec::new());
            let mut x = 0;
            while x < width {
                let symbol = buffer[(x, y)].symbol();
                cells.extend(std::iter::repeat_n(x, symbol.len()));
                line.push_str(symbol);
                x += u16::try_from(zairyu::text::cells(symbol)).unwrap_or(1).max(1);
            }
            if let Some(found) = line.find(text) {
                return (cells[found], y);
            }
        }
        panic!("{text} is not on the page:\n{}", self.picture(width, height));
    }

    fn frame(&self, width: u16, height: u16) -> draw::Drawn {
        let mut drawn = draw::Drawn::default();
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer");
        terminal.draw(|frame| drawn = draw::draw(frame, &self.model, Look::PLAIN)).expect("a frame");
        drawn
    }

    /// Let the model know how much of its page is seen in a window of this size.
    pub fn is_seen(&mut self, width: u16, height: u16) {
        let extent = self.frame(width, height).extent;
        self.happen(Event::Drawn(extent));
    }

    /// Return what a click on the first letter of a text does.
    pub fn under(&self, text: &str) -> Option<Action> {
        self.under_in(text, (80, 24))
    }

    /// Return what a click on the first letter of a text does in a window of this size.
    pub fn under_in(&self, text: &str, (width, height): (u16, u16)) -> Option<Action> {
        let place = self.cells_of(text, (width, height));
        self.frame(width, height).clicks.into_iter().find(|(area, _)| area.contains(place.into())).map(|(_, action)| action)
    }

    /// Click on the first letter of a text.
    pub fn click(&mut self, text: &str) {
        let action = self.under(text).unwrap_or_else(|| panic!("a click on {text} does nothing:\n{}", self.picture(80, 24)));
        self.happen(Event::Action(action));
    }

    /// Draw the page and return it as text, without the blank ends of its lines.
    pub fn picture(&self, width: u16, height: u16) -> String {
        let terminal = self.terminal(width, height);
        let buffer = terminal.backend().buffer();
        let mut picture = String::new();
        for y in 0..height {
            let mut line = String::new();
            let mut x = 0;
            while x < width {
                let symbol = buffer[(x, y)].symbol();
                line.push_str(symbol);
                // A wide letter hides the cell behind it.
                x += u16::try_from(zairyu::text::cells(symbol)).unwrap_or(1).max(1);
            }
            picture.push_str(line.trim_end());
            picture.push('\n');
        }
        picture
    }

    /// Return where the real cursor stands, if it is shown.
    pub fn cursor(&self, width: u16, height: u16) -> Option<(u16, u16)> {
        let mut shown = false;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer");
        terminal.draw(|frame| drop(draw::draw(frame, &self.model, Look::PLAIN))).inspect(|_| shown = true).expect("a frame");
        let visible = shown && terminal.backend().cursor_visible();
        let place = terminal.backend_mut().get_cursor_position().expect("a place");
        visible.then_some((place.x, place.y))
    }
}
