//! The real parts: simulated cards that sign, in two readers of one computer, the real worker, and the real service behind it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use super::cards::{anchors, authority, pin, real_now};
use super::fake_worker::{Lying, READERS, RealParts};
use super::people::{IDS, MADE, PEOPLE, Who, pins, squeezed};
use zairyu::card::jpki::Jpki;
use zairyu::card::simulated::{Card, Fault, Person, Slot};
use zairyu::card::{Access, CardKind, Purpose};
use zairyu::certificate::Certificate;
use zairyu::service::{self, Options, Running, UsersCommand, users};
use zairyu::worker::{Job, Message, Prepared, Reply, Setup, Ticket, Worker};

/// How many people have real cards: making one takes a moment.
pub const CARDS: usize = 3;

/// The cards that lie in no reader, by person, and the card for trains behind them. They go from one day to the next with their tries.
static DRAWER: Mutex<Vec<Option<Card>>> = Mutex::new(Vec::new());

/// Make the cards, and have the people known by them.
pub fn make_cards() {
    let person = |who: Who| -> &'static Person {
        let (signing, authentication) = pins(who);
        let (signing_pin, authentication_pin) = (String::leak(signing), String::leak(authentication));
        Box::leak(Box::new(Person { signing_pin, authentication_pin, ..*Person::find(IDS[who]).unwrap() }))
    };
    let make = |who, faults: &[Fault]| Card::make(authority(), person(who), faults, real_now()).unwrap();
    let (mut cards, made): (Vec<Card>, Vec<_>) = (0..CARDS).map(|who| known(who, make(who, &[]))).unzip();
    MADE.set(made).unwrap();
    assert!((0..CARDS).all(|who| PEOPLE[who].card == MADE.get().unwrap()[who].0), "they were known before");
    cards.push(make(0, &[Fault::Kind(CardKind::Transport)]));
    *DRAWER.lock().unwrap() = cards.into_iter().map(Some).collect();
}

/// Return a card with what it is known by, and the SHA-256 of its signing certificate.
fn known(who: Who, card: Card) -> (Card, ([u8; 32], [u8; 32])) {
    let slot = Slot::new();
    slot.insert(card);
    let mut jpki = Jpki::open(&mut slot.port(), slot.name(), Access::Exclusive).unwrap();
    let identity = jpki.read_status().unwrap().identity.unwrap();
    jpki.verify(pin(Purpose::Signing, &pins(who).0)).unwrap();
    let certificate = Certificate::parse(&jpki.certificate(Purpose::Signing, &mut |_, _| {}).unwrap()).unwrap();
    drop(jpki);
    (slot.take().unwrap(), (identity, certificate.fingerprint()))
}

/// A day's readers, worker and service.
pub struct Real {
    slots: [Slot; 2],
    worker: Option<Worker>,
    said: mpsc::Receiver<Message>,
    /// Which jobs are still answered, and whether they are a look.
    waits: BTreeSet<(Ticket, bool)>,
    /// Nothing was said for a moment since something was cancelled.
    quiet: Cell<bool>,
    service: Running,
    folder: tempfile::TempDir,
    /// PINs that were handed over for each card, and those that it had been sent before.
    handed: Vec<[u32; 2]>,
    before: Vec<[u32; 2]>,
}

impl Real {
    /// Open the desk in the morning.
    pub fn open(readers: usize) -> Real {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { anchors: anchors(), test_cards: true, practice: true, ..Options::embedded(folder.path().to_owned()) };
        let service = service::start(options).unwrap();
        let left = Slot::named(READERS[0]);
        let right = left.beside(READERS[1]);
        if readers == 1 {
            right.unplug();
        }
        let (worker, said) = start(&left, &service);
        let before = DRAWER.lock().unwrap().iter().flatten().map(verifies).collect();
        Real {
            slots: [left, right],
            worker: Some(worker),
            said,
            waits: BTreeSet::new(),
            quiet: Cell::new(true),
            service,
            folder,
            handed: vec![[0; 2]; CARDS],
            before,
        }
    }
}

fn verifies(card: &Card) -> [u32; 2] {
    [Purpose::Signing, Purpose::Authentication].map(|purpose| card.verifies(purpose))
}

fn start(slot: &Slot, service: &Running) -> (Worker, mpsc::Receiver<Message>) {
    let (tell, said) = mpsc::channel();
    let (port, url) = (slot.port(), format!("http://{}", service.address()));
    let prepare = move || Prepared { port: Box::new(port), service: Ok(url), anchors: anchors() };
    let setup = Setup { prepare: Box::new(prepare), test_cards: true, client: "zairyu/test" };
    (Worker::start(setup, Box::new(move |message| drop(tell.send(message)))), said)
}

impl RealParts for Real {
    fn lay(&mut self, place: usize, what: Lying) {
        let kept = if let Lying::Card(who) = what { who } else { CARDS };
        let card = DRAWER.lock().unwrap()[kept].take().expect("it lies in no reader");
        self.slots[place].insert(card);
    }

    fn lift(&mut self, place: usize) {
        let card = self.slots[place].take().expect("a card lies there");
        let who = IDS.iter().position(|id| *id == card.person().id).unwrap();
        let kept = if card.kind() == CardKind::Transport { CARDS } else { who };
        DRAWER.lock().unwrap()[kept] = Some(card);
    }

    fn plug(&mut self, place: usize, plugged: bool) {
        assert!(if plugged { self.slots[place].plug_in() } else { self.slots[place].unplug() });
    }

    fn send(&mut self, ticket: Ticket, job: Job) {
        let brought = match &job {
            Job::SignIn { card, pin, .. } | Job::Authenticate { card, pin, .. } | Job::AccountAction { card, pin: Some(pin), .. } => {
                card.zip(Some(pin.purpose()))
            }
            _ => None,
        };
        if let Some((card, purpose)) = brought {
            let who = PEOPLE.iter().position(|somebody| somebody.card == card).unwrap();
            self.handed[who][usize::from(purpose == Purpose::Authentication)] += 1;
        }
        self.waits.insert((ticket, matches!(job, Job::ReadStatus { .. })));
        self.worker.as_ref().unwrap().send(ticket, job);
    }

    fn cancel(&mut self) {
        // Of the others none need be answered now.
        self.waits.retain(|(_, looks)| *looks);
        self.quiet.set(false);
        self.worker.as_ref().unwrap().cancel();
    }

    fn is_idle(&self) -> bool {
        self.waits.is_empty() && self.quiet.get()
    }

    fn hear(&mut self) -> Vec<Message> {
        let first = self.said.recv_timeout(Duration::from_millis(2));
        let heard: Vec<Message> = first.into_iter().chain(self.said.try_iter()).collect();
        for message in heard.iter().filter(|message| !matches!(message.reply, Reply::Progress(_))) {
            self.waits.retain(|(ticket, _)| *ticket != message.ticket);
        }
        self.quiet.set(heard.is_empty() || self.quiet.get());
        heard
    }

    fn restart(&mut self) {
        self.worker = None;
        self.waits.clear();
        let (worker, said) = start(&self.slots[0], &self.service);
        (self.worker, self.said) = (Some(worker), said);
    }
}

/// In the evening the cards go back into the drawer, and what cards and service remember is looked at.
impl Drop for Real {
    fn drop(&mut self) {
        self.worker = None;
        for place in 0..2 {
            if self.slots[place].look(|_| ()).is_some() {
                self.lift(place);
            }
        }
        if std::thread::panicking() {
            return;
        }
        for (who, card) in DRAWER.lock().unwrap().iter().enumerate().take(CARDS) {
            let sent = verifies(card.as_ref().expect("every card is back"));
            for purpose in 0..2 {
                let (sent, handed) = (sent[purpose] - self.before[who][purpose], self.handed[who][purpose]);
                assert!(sent <= handed, "{sent} PINs were sent to the card of {who}, and {handed} were handed over for it");
            }
        }
        judge(self.folder.path());
    }
}

/// What is registered of a person is theirs alone, and once.
fn judge(folder: &Path) {
    let ask = |command| {
        let mut out = Vec::new();
        users(None, folder, &command, zairyu::service::Shape::Json, &mut zairyu::text::lines::Lines::new(&mut out)).unwrap();
        String::from_utf8(out).unwrap()
    };
    for (who, somebody) in PEOPLE.iter().enumerate().take(CARDS) {
        let found: serde_json::Value = serde_json::from_str(&ask(UsersCommand::Find { query: somebody.mail.clone() })).unwrap();
        let found = found.as_array().unwrap();
        assert!(found.len() <= 1, "{who} is registered {} times", found.len());
        for id in found.iter().map(|person| person["authentication_id"].as_str().unwrap().to_owned()) {
            let kept = squeezed([ask(UsersCommand::Show { id }).as_str()]);
            assert!(kept.contains(&somebody.mail), "{kept}");
            for (other, somebody) in PEOPLE.iter().enumerate().filter(|(other, _)| *other != who) {
                let canary = somebody.canaries.iter().find(|canary| kept.contains(canary.as_str()));
                assert!(canary.is_none(), "{canary:?} of {other} is registered for {who}: {kept}");
            }
        }
    }
}
