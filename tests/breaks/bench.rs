//! A person at a computer: the model and the worker, a reader with a card at the end of a line, and the person who does what the pages say.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, mpsc};
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::cards::{anchors, authority, real_now};
use super::line::{Break, Fate, Line, Position, Shared, State};
use zairyu::app::screen::{Overlay, Screen};
use zairyu::app::state::confirm::ConfirmFocus;
use zairyu::app::state::pin::{LAST_TRY_WORD, PinFocus};
use zairyu::app::visit::Cover;
use zairyu::app::{Action, Effect, Event, Model, Setup as AppSetup, update};
use zairyu::card::pin::Pin;
use zairyu::card::simulated::{Card, PEOPLE, Slot};
use zairyu::card::watch::ReaderStates;
use zairyu::card::{Access, Port, Purpose, REPLY, Tries};
use zairyu::error::Code;
use zairyu::locale::Lang;
use zairyu::registration::{FieldId, Form};
use zairyu::service::{self, Options, Running};
use zairyu::worker::{Job, Prepared, Reply, Setup, Ticket, Worker};

/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(30);

/// A ticket that the model never gives.
const BARRIER: Ticket = Ticket(u32::MAX);

/// Both PINs of the card, in the order in which they are asked for.
pub const BOTH: [Purpose; 2] = [Purpose::Signing, Purpose::Authentication];

/// The place of a PIN in an array of both.
pub const fn place(purpose: Purpose) -> usize {
    match purpose {
        Purpose::Signing => 0,
        Purpose::Authentication => 1,
    }
}

/// What comes in from outside.
enum Outside {
    App(Box<Event>),
    Readers(ReaderStates),
}

/// A PIN that the person has handed over.
#[derive(Clone, Copy, Debug)]
struct Handed {
    purpose: Purpose,
    right: bool,
    /// The person had typed the word for the last try.
    word: bool,
}

/// A person at a computer.
pub struct Bench {
    pub model: Model,
    pub slot: Slot,
    pub line: Shared,
    worker: Worker,
    outside: mpsc::Receiver<Outside>,
    /// What is told of readers comes after what the worker says of the same break: pcscd looks at a reader every 400 ms.
    pub late: bool,
    kept: VecDeque<ReaderStates>,
    /// The codes that were shown, each once in a row.
    pub codes: Vec<Code>,
    /// How many PINs were handed over.
    pub handed: u32,
    /// The PIN that is on its way.
    on_its_way: Option<Handed>,
    /// How often the card was sent each PIN, and what it has left.
    counted: [(u32, u8); 2],
}

/// What a person types for a PIN.
#[derive(Clone, Copy, Debug)]
pub struct Typed<'a> {
    pub text: &'a str,
    /// Types the word for the last try where it is asked for.
    pub word: bool,
}

/// A service, and cards that it has not registered yet: making either takes longer than a registration.
pub struct Desk {
    service: (Running, tempfile::TempDir),
    fresh: Vec<Card>,
    registered: Vec<Card>,
}

impl Desk {
    /// Open a desk with so many cards.
    pub fn open(cards: usize) -> Desk {
        let fresh = (0..cards).map(|_| Card::make(authority(), &PEOPLE[0], &[], real_now()).unwrap()).collect();
        Desk { service: Desk::service(), fresh, registered: Vec::new() }
    }

    fn service() -> (Running, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { anchors: anchors(), test_cards: true, practice: true, ..Options::embedded(folder.path().to_owned()) };
        (service::start(options).unwrap(), folder)
    }

    /// Take a card that is not registered.
    pub fn take(&mut self) -> Card {
        if self.fresh.is_empty() {
            self.service = Desk::service();
            std::mem::swap(&mut self.fresh, &mut self.registered);
        }
        self.fresh.pop().expect("a card")
    }

    /// Give back a card that is registered now.
    pub fn give_back(&mut self, card: Card) {
        self.registered.push(card);
    }

    /// Return the address of the service.
    pub fn address(&self) -> String {
        format!("http://{}", self.service.0.address())
    }
}

impl Bench {
    /// Sit down at a computer with this card in its reader.
    pub fn new(card: Card, line: Shared, late: bool, service: Result<String, Code>) -> Bench {
        let slot = Slot::new();
        let counted = BOTH.map(|purpose| (card.verifies(purpose), card.tries(purpose)));
        slot.insert(card);
        let (tell, outside) = mpsc::channel();
        let port = Line::to(&slot, &line);
        let prepare = move || Prepared { port: Box::new(port), service, anchors: trusted().clone() };
        let setup = Setup { prepare: Box::new(prepare), test_cards: true, client: "zairyu/test" };
        let messages = tell.clone();
        let worker = Worker::start(setup, Box::new(move |message| drop(messages.send(Outside::App(Box::new(Event::Worker(message)))))));
        slot.watch(move |states| drop(tell.send(Outside::Readers(states))));
        let today = zairyu::time::date_in_japan(real_now()).unwrap();
        let model = Model::new(AppSetup::default(), Lang::En, today);
        let (kept, codes) = (VecDeque::new(), Vec::new());
        Bench { model, slot, line, worker, outside, late, kept, codes, handed: 0, on_its_way: None, counted }
    }

    /// Let something happen, and everything that comes of it.
    pub fn happen(&mut self, event: Event) {
        self.take(event);
        self.settle();
    }

    fn take(&mut self, event: Event) {
        for effect in update(&mut self.model, event) {
            match effect {
                Effect::Run(ticket, job) => {
                    self.hands_over(&job);
                    self.worker.send(ticket, job);
                }
                Effect::Cancel => self.worker.cancel(),
                Effect::Diagnose
                | Effect::FindMedia
                | Effect::Issue(..)
                | Effect::CheckStaffWord(_)
                | Effect::Ended(_)
                | Effect::Redraw
                | Effect::Quit
                | Effect::OtherLetters
                | Effect::ReadRecords
                | Effect::Copy(_)
                | Effect::ClearClipboard
                | Effect::SaveSheet(_)
                | Effect::List(..) => {}
            }
        }
        let shown = match self.model.visit.nav.overlay() {
            Some(Overlay::Trouble(page)) => Some(page.trouble.code()),
            _ => self.model.card_status().and_then(|status| status.as_ref().err()).map(|error| error.code()),
        };
        if let Some(code) = shown
            && self.codes.last() != Some(&code)
        {
            self.codes.push(code);
        }
    }

    /// A PIN is handed over, one at a time.
    fn hands_over(&mut self, job: &Job) {
        let (Job::SignIn { pin, .. } | Job::Authenticate { pin, .. }) = job else { return };
        let (purpose, right) = (pin.purpose(), pin.reveal() == secret(pin.purpose()));
        assert!(pin.check().is_ok(), "what is no PIN is handed over");
        let before = self.on_its_way.replace(Handed { purpose, right, word: false });
        assert!(before.is_none(), "a PIN is handed over while another one is on its way");
        self.handed += 1;
    }

    /// Wait until nothing is waited for.
    pub fn settle(&mut self) {
        loop {
            let waits = self.model.visit.waiting.is_some() || self.model.card.reader_states.is_none() || self.model.is_reading_card();
            let next = if waits {
                Some(self.outside.recv_timeout(LONG).expect("an answer"))
            } else {
                self.outside.try_recv().ok().or_else(|| self.kept.pop_front().map(Outside::Readers))
            };
            match next {
                Some(Outside::Readers(states)) if self.late && waits && self.model.card.reader_states.is_some() => {
                    self.kept.push_back(states)
                }
                Some(Outside::Readers(states)) => self.take(Event::Readers(states)),
                Some(Outside::App(event)) => {
                    let ended = matches!(&*event, Event::Worker(message) if !matches!(message.reply, Reply::Progress(_)));
                    self.take(*event);
                    if ended {
                        self.accounts();
                    }
                }
                None => break,
            }
        }
        self.accounts();
    }

    /// The card has counted what the person has sent, and nothing else: a PIN that was handed over was sent once or never.
    fn accounts(&mut self) {
        if self.model.visit.waiting.is_some() {
            return;
        }
        let now = self.slot.look(|card| BOTH.map(|purpose| (card.verifies(purpose), card.tries(purpose)))).expect("a card");
        if let Some(handed) = self.on_its_way.take() {
            let (sent, left) = &mut self.counted[place(handed.purpose)];
            if now[place(handed.purpose)].0 > *sent {
                assert!(handed.right || *left != 1 || handed.word, "the last try is spent without the word: {handed:?}");
                *sent += 1;
                *left = if handed.right && *left > 0 { Pin::tries(handed.purpose) } else { left.saturating_sub(1) };
            }
        }
        assert_eq!(now, self.counted, "the card has counted otherwise");
    }

    pub fn press(&mut self, code: KeyCode) {
        self.happen(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }

    fn type_text(&mut self, text: &str) {
        text.chars().for_each(|letter| self.take(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE))));
    }

    /// Put right what has broken: the card is put back, the reader plugged in, the service started.
    pub fn put_right(&mut self) {
        self.slot.plug_in();
        self.slot.put_back();
        let mut state = self.line.lock().unwrap();
        if state.refused {
            state.held_from = None;
        }
        if std::mem::take(&mut state.stopped) {
            drop(state);
            let readers = self.slot.port().readers().unwrap();
            self.take(Event::Readers(ReaderStates { service: true, readers }));
        } else {
            drop(state);
        }
        self.settle();
    }

    /// The watcher notices that the service has stopped.
    pub fn notices_a_stopped_service(&mut self) {
        if self.line.lock().unwrap().stopped && self.model.card.reader_states.as_ref().is_some_and(|states| states.service) {
            self.take(Event::Readers(ReaderStates::default()));
            self.settle();
        }
    }

    /// Return the PIN that is asked for, where nothing lies over its page.
    pub fn asked(&self) -> Option<Purpose> {
        match &self.model.visit.nav.screen {
            Screen::Pin(entry) if self.model.visit.nav.overlay().is_none() && self.model.visit.cover.is_none() => Some(entry.pin.purpose()),
            _ => None,
        }
    }

    /// Return the tries that the PIN page tells of.
    pub fn told(&self) -> Option<Tries> {
        match &self.model.visit.nav.screen {
            Screen::Pin(entry) => Some(entry.tries),
            _ => None,
        }
    }

    /// Type a PIN on its page and send it.
    pub fn gives(&mut self, typed: Typed<'_>) {
        let Some(purpose) = self.asked() else { return };
        let focus = |bench: &Bench| match &bench.model.visit.nav.screen {
            Screen::Pin(entry) => Some((entry.focus, entry.is_last_try())),
            _ => None,
        };
        if focus(self).is_some_and(|(_, last)| last) && typed.word {
            for _ in 0..6 {
                match focus(self) {
                    Some((PinFocus::Word, ..)) => break,
                    _ => self.take(Event::Key(KeyEvent::new(KeyCode::Tab, KeyModifiers::NONE))),
                }
            }
            self.take(Event::Key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL)));
            self.type_text(LAST_TRY_WORD);
        }
        for _ in 0..6 {
            match focus(self) {
                Some((PinFocus::Pin, ..)) => break,
                _ => self.take(Event::Key(KeyEvent::new(KeyCode::Tab, KeyModifiers::NONE))),
            }
        }
        self.sends(purpose, typed.text);
        self.settle();
    }

    /// Type a PIN where the focus is, and press Enter.
    fn sends(&mut self, purpose: Purpose, text: &str) {
        self.take(Event::Key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL)));
        self.type_text(text);
        let word = matches!(&self.model.visit.nav.screen, Screen::Pin(entry) if entry.is_last_try() && entry.may_go_on());
        self.take(Event::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE)));
        if let Some(handed) = &mut self.on_its_way {
            assert_eq!(handed.purpose, purpose);
            handed.word = word;
        }
    }

    /// Send a PIN, and stop it as soon as it is on its way.
    pub fn stops(&mut self, pins: [Typed<'_>; 2]) {
        let Some(purpose) = self.asked() else { return self.press(KeyCode::Esc) };
        self.sends(purpose, pins[place(purpose)].text);
        if self.on_its_way.is_some() {
            let before = self.on_its_way.take();
            self.take(Event::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)));
            // The worker has done what it had begun when it answers something that has nothing to do with the card.
            self.worker.send(BARRIER, Job::AskMail);
            loop {
                match self.outside.recv_timeout(LONG).expect("an answer") {
                    Outside::App(event) if matches!(&*event, Event::Worker(message) if message.ticket == BARRIER) => break,
                    Outside::App(event) => self.take(*event),
                    Outside::Readers(states) => self.take(Event::Readers(states)),
                }
            }
            self.on_its_way = before;
        }
        self.settle();
    }

    /// Another program sends a wrong PIN, if it gets at the card; return whether it did.
    pub fn another_program_fails(&mut self, purpose: Purpose) -> bool {
        let Ok(mut link) = self.slot.port().connect(self.slot.name(), Access::Shared) else { return false };
        let verify = match purpose {
            Purpose::Signing => b"\x00\x20\x00\x9B\x06NOBODY".as_slice(),
            Purpose::Authentication => b"\x00\x20\x00\x98\x049999".as_slice(),
        };
        for command in [b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01".as_slice(), verify] {
            link.transmit(command, &mut [0; REPLY]).unwrap();
        }
        let (sent, left) = &mut self.counted[place(purpose)];
        *sent += 1;
        *left = left.saturating_sub(1);
        true
    }

    /// Let the line break so many commands from now.
    pub fn breaks(&mut self, after: usize, position: Position, fate: Fate) {
        let mut state = self.line.lock().unwrap();
        let after = state.commands.len() + after;
        state.breaks = vec![Break { after, position, fate }];
    }

    /// Leave with the card, which counts anew.
    pub fn leaves(mut self) -> Card {
        self.settle();
        self.slot.plug_in();
        let card = self.slot.take().expect("a card");
        drop(self.worker);
        card
    }

    /// Fill in STEP1 and confirm it.
    pub fn fills_in(&mut self) {
        let form: Form = serde_json::from_str(include_str!("../common/form.json")).unwrap();
        for field in form.fields() {
            self.take(Event::Action(Action::SetField(field, form.value(field).into_owned())));
        }
        self.take(Event::Action(Action::SetField(FieldId::Consent, "yes".to_owned())));
        self.press(KeyCode::F(10));
    }

    /// Return whether STEP3 is reached.
    pub fn is_done(&self) -> bool {
        matches!(self.model.visit.nav.screen, Screen::Result(_))
    }

    /// Do what the page says next, with these PINs.
    pub fn goes_on(&mut self, pins: [Typed<'_>; 2]) {
        match self.model.visit.cover {
            Some(Cover::OtherCard(_)) => return self.press(KeyCode::Char('2')),
            Some(_) => return self.put_right(),
            None => {}
        }
        if self.model.visit.nav.overlay().is_some() {
            return self.press(KeyCode::Enter);
        }
        match &self.model.visit.nav.screen {
            Screen::Top(_) => self.press(KeyCode::Char('1')),
            Screen::Prepare(_) => self.press(KeyCode::Char('4')),
            Screen::Pin(entry) => {
                let purpose = entry.pin.purpose();
                self.gives(pins[place(purpose)]);
            }
            Screen::Form => self.fills_in(),
            Screen::Confirm(page) if page.focus == ConfirmFocus::Register => self.press(KeyCode::Enter),
            Screen::Confirm(_) => self.press(KeyCode::F(10)),
            _ => panic!("a page that leads nowhere"),
        }
    }

    /// Say where the person is, for whoever reads why a test has failed.
    pub fn place(&self) -> String {
        let visit = &self.model.visit;
        let screen = match &visit.nav.screen {
            Screen::Top(_) => "top".to_owned(),
            Screen::Prepare(_) => "prepare".to_owned(),
            Screen::Pin(entry) => format!("{:?} {:?} {:?}", entry.pin.purpose(), entry.tries, entry.note),
            Screen::Form => format!("STEP1 {:?}", visit.form.summary()),
            Screen::Confirm(_) => "STEP2".to_owned(),
            Screen::Result(_) => "STEP3".to_owned(),
            _ => "elsewhere".to_owned(),
        };
        let over = match visit.nav.overlay() {
            Some(Overlay::Trouble(page)) => format!("{} {:?}", page.trouble.code(), page.next_step),
            Some(_) => "another page".to_owned(),
            None => String::new(),
        };
        format!("{screen} | {over} | {:?}", visit.cover)
    }
}

/// A PIN of the card.
pub fn secret(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Signing => zairyu::card::simulated::SIGNING_PIN,
        Purpose::Authentication => zairyu::card::simulated::AUTHENTICATION_PIN,
    }
}

/// Return what the worker trusts; parsed once.
fn trusted() -> &'static zairyu::certificate::Anchors {
    static TRUSTED: LazyLock<zairyu::certificate::Anchors> = LazyLock::new(anchors);
    &TRUSTED
}

/// Lay a line that breaks like this.
pub fn line(state: State) -> Shared {
    Arc::new(Mutex::new(state))
}
