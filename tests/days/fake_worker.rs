//! A fake worker, step by step as `worker::session` and `worker::card_session` do it, over a table of cards, readers and a service.
//! It runs when it is told to, one step at a time, so that anything can happen between two steps; and it records what matters.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin as Pinned;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::people::{PEOPLE, Who};
use zairyu::app::Event;
use zairyu::card::pin::Pin;
use zairyu::card::watch::ReaderStates;
use zairyu::card::{CardError, CardId, CardKind, CardStatus, Hint, Purpose, Reader, Tries};
use zairyu::certificate::Validity;
use zairyu::error::Code;
use zairyu::protocol::actions::Answer;
use zairyu::protocol::authentication_id::AuthenticationId;
use zairyu::protocol::problem::Refusal;
use zairyu::registration::{FieldId, FormError, ValueError, holder};
use zairyu::worker::{
    AccountAction, AccountOutcome, AccountRequest, Confirmed, Job, JobError, Mail, MailState, Message, OpenSession, PasswordRules, Phase,
    Progress, Registered, Reply, SigningCertificate, Ticket, Weakness,
};

/// The readers, in the order in which they are plugged in.
pub const READERS: [&str; 2] = ["Alcor Micro AU9540 00 00", "SCM SCR3310 01 00"];

/// What lies in a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lying {
    /// A My Number Card.
    Card(Who),
    /// A card for trains.
    Transport,
}

/// A reader.
pub struct Bay {
    /// Whether it is plugged in.
    pub plugged: bool,
    /// What lies in it, and which insertion that is.
    pub lying: Option<(Lying, u64)>,
}

/// What goes wrong with the next call of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// It does not arrive.
    Unreachable,
    /// It does not arrive, and that takes long.
    Lost,
    /// It arrives, and its answer is lost.
    AnswerLost,
    /// It is refused.
    Refused(Refusal),
}

/// What is signed.
#[derive(Clone)]
pub enum Statement {
    /// That the card is there.
    Proof,
    /// A registration, for these terms.
    Registration(Arc<Confirmed>, String),
    /// What a registered person asks for.
    AccountAction,
}

/// What the fake worker did.
pub enum Record {
    /// A PIN was sent to a card.
    Verify { ticket: Ticket, who: Who, purpose: Purpose, right: bool },
    /// A job that brought a PIN has ended or was dropped without sending it.
    Unsent { ticket: Ticket },
    /// A card has signed.
    Signed { ticket: Ticket, who: Who, purpose: Purpose, statement: Statement },
    /// The service has accepted a registration.
    Registered { ticket: Ticket, who: Who, confirmed: Arc<Confirmed> },
    /// A job was dropped because it was cancelled.
    Dropped,
}

/// A registration of the service.
pub struct Registration {
    /// Whose it is.
    pub who: Who,
    /// 認証ID.
    pub id: String,
    email: String,
}

struct Session {
    proved: Option<Who>,
    known: Option<Who>,
    terms: u32,
    gone: bool,
}

/// The service.
#[derive(Default)]
pub struct Service {
    /// The version of the terms.
    pub terms: u32,
    /// What goes wrong with the next calls.
    pub outages: VecDeque<Outage>,
    /// Who is registered now.
    pub registrations: Vec<Registration>,
    /// Every 認証ID that was ever given, and to whom.
    pub ids: Vec<(Who, String)>,
    sessions: Vec<Session>,
    answers: Vec<(u64, Result<Registered, Refusal>)>,
}

/// Real cards, a real worker and a real service, in place of the fake worker.
pub trait RealParts {
    /// Put something into a reader, which is empty.
    fn lay(&mut self, place: usize, what: Lying);
    /// Take out what lies in a reader.
    fn lift(&mut self, place: usize);
    /// Unplug a reader, which is empty, or plug it in.
    fn plug(&mut self, place: usize, plugged: bool);
    /// Hand a job over.
    fn send(&mut self, ticket: Ticket, job: Job);
    /// Cancel everything handed over so far.
    fn cancel(&mut self);
    /// Return whether every answer that will come has come.
    fn is_idle(&self) -> bool;
    /// Wait a moment for what the worker says.
    fn hear(&mut self) -> Vec<Message>;
    /// The program ends, and is started again.
    fn restart(&mut self);
}

/// Readers, cards, service, and what the program and the fake worker have to say to each other.
pub struct World {
    /// The readers.
    pub bays: [Bay; 2],
    /// Tries left, signing and user authentication, by person.
    pub tries: Vec<[u8; 2]>,
    /// The card is taken away while the next PIN is on its way.
    pub lifts_in_verify: bool,
    /// The service.
    pub service: Service,
    /// What the program is still to hear, in order.
    pub news: VecDeque<Event>,
    /// What was done.
    pub records: Vec<Record>,
    /// Whoever does it really.
    pub real: Option<Box<dyn RealParts>>,
    busy: bool,
    /// Which registrations were handed over to real parts.
    registering: Vec<(Ticket, Arc<Confirmed>)>,
    queue: VecDeque<(u64, Ticket, Job)>,
    last: u64,
    cancelled: u64,
    insertions: u64,
    statements: u64,
}

/// The world, shared by whoever moves things and whoever works.
pub type Shared = Rc<RefCell<World>>;

impl World {
    /// Make a world with so many readers, all empty.
    pub fn new(readers: usize) -> World {
        let bay = |place| Bay { plugged: place < readers, lying: None };
        World {
            bays: [bay(0), bay(1)],
            tries: vec![[5, 3]; PEOPLE.len()],
            lifts_in_verify: false,
            service: Service::default(),
            news: VecDeque::new(),
            records: Vec::new(),
            real: None,
            registering: Vec::new(),
            busy: false,
            queue: VecDeque::new(),
            last: 0,
            cancelled: 0,
            insertions: 0,
            statements: 0,
        }
    }

    /// Say what is there.
    pub fn tell_readers(&mut self) {
        let bays = self.bays.iter().zip(READERS).filter(|(bay, _)| bay.plugged);
        let readers = bays.map(|(bay, name)| Reader { name: name.to_owned(), card: bay.lying.is_some() }).collect();
        self.news.push_back(Event::Readers(ReaderStates { service: true, readers }));
    }

    /// Take out what lies in a reader.
    pub fn lift(&mut self, place: usize) {
        if self.bays[place].lying.take().is_some() {
            self.real.iter_mut().for_each(|real| real.lift(place));
            self.tell_readers();
        }
    }

    /// Put something in, in place of what lies there.
    pub fn lay(&mut self, place: usize, what: Lying) {
        if let Some(before) = self.place_of(what).filter(|_| matches!(what, Lying::Card(_))) {
            self.lift(before);
        }
        self.lift(place);
        if self.bays[place].plugged {
            self.insertions += 1;
            self.bays[place].lying = Some((what, self.insertions));
            self.real.iter_mut().for_each(|real| real.lay(place, what));
            self.tell_readers();
        }
    }

    /// Unplug a reader, or plug it in again. A card that lies in it is lifted first.
    pub fn plug(&mut self, place: usize) {
        self.lift(place);
        let plugged = !self.bays[place].plugged;
        self.bays[place].plugged = plugged;
        self.real.iter_mut().for_each(|real| real.plug(place, plugged));
        self.tell_readers();
    }

    /// Return the reader in which something lies.
    pub fn place_of(&self, what: Lying) -> Option<usize> {
        self.bays.iter().position(|bay| bay.lying.is_some_and(|(lying, _)| lying == what))
    }

    /// Return the people whose cards lie in readers.
    pub fn cards(&self) -> impl Iterator<Item = Who> {
        self.bays.iter().filter_map(|bay| match bay.lying {
            Some((Lying::Card(who), _)) => Some(who),
            _ => None,
        })
    }

    /// Hand a job over.
    pub fn send(&mut self, ticket: Ticket, job: Job) {
        if let Some(real) = &mut self.real {
            if let Job::Register { confirmed, .. } = &job {
                self.registering.push((ticket, Arc::clone(confirmed)));
            }
            return real.send(ticket, job);
        }
        self.last += 1;
        self.queue.push_back((self.last, ticket, job));
    }

    /// Cancel everything handed over so far.
    pub fn cancel(&mut self) {
        self.cancelled = self.last;
        self.real.iter_mut().for_each(|real| real.cancel());
    }

    /// Return whether there is nothing to do.
    pub fn is_idle(&self) -> bool {
        self.real.as_ref().map_or(self.queue.is_empty() && !self.busy, |real| real.is_idle())
    }

    /// Take up what real parts have brought.
    fn hear(&mut self) {
        for Message { ticket, reply } in self.real.as_mut().map(|real| real.hear()).unwrap_or_default() {
            if let Reply::Registered(registered) = &reply
                && let Some((_, confirmed)) = self.registering.iter().rfind(|(sent, _)| *sent == ticket)
            {
                let who = PEOPLE.iter().position(|somebody| somebody.fingerprint == confirmed.certificate).expect("a card of somebody");
                self.service.ids.push((who, registered.authentication_id.clone()));
                self.records.push(Record::Registered { ticket, who, confirmed: Arc::clone(confirmed) });
            }
            self.news.push_back(Event::Worker(Message { ticket, reply }));
        }
    }

    /// The program has ended: nobody works on, and nobody waits for an answer.
    pub fn restart(&mut self) {
        let pins: Vec<Ticket> = self.queue.drain(..).filter(|(_, _, job)| brings_pin(job)).map(|(_, ticket, _)| ticket).collect();
        self.records.extend(pins.into_iter().map(|ticket| Record::Unsent { ticket }));
        self.busy = false;
        self.real.iter_mut().for_each(|real| real.restart());
        self.news.clear();
        self.tell_readers();
    }

    /// Every session ends.
    pub fn expire(&mut self) {
        self.service.sessions.iter_mut().for_each(|session| session.gone = true);
    }

    fn lying(&self, reader: &str) -> Result<(Lying, u64), CardError> {
        let place = READERS.iter().position(|name| *name == reader).expect("a reader that there is");
        if !self.bays[place].plugged {
            return Err(Code::ReaderGone.into());
        }
        self.bays[place].lying.ok_or(Code::NoCard.into())
    }

    fn tries_left(&self, who: Who, purpose: Purpose) -> Tries {
        match self.tries[who][place(purpose)] {
            0 => Tries::Locked,
            left => Tries::Left(left),
        }
    }
}

const fn place(purpose: Purpose) -> usize {
    match purpose {
        Purpose::Signing => 0,
        Purpose::Authentication => 1,
    }
}

/// Return whether a job brings a PIN.
pub fn brings_pin(job: &Job) -> bool {
    matches!(job, Job::SignIn { .. } | Job::Authenticate { .. } | Job::AccountAction { pin: Some(_), .. })
}

/// The fake worker at work, or real parts.
pub struct Worker {
    world: Shared,
    fake: Pinned<Box<dyn Future<Output = ()>>>,
}

impl Worker {
    /// Start it.
    pub fn start(world: &Shared) -> Worker {
        Worker { world: Rc::clone(world), fake: Box::pin(serve(Rc::clone(world))) }
    }

    /// Do one step.
    pub fn step(&mut self) {
        if self.world.borrow().real.is_some() {
            return self.world.borrow_mut().hear();
        }
        let mut context = Context::from_waker(Waker::noop());
        assert!(self.fake.as_mut().poll(&mut context).is_pending(), "it never ends by itself");
    }
}

/// The end of a step: anything may happen before the next one.
async fn pause() {
    let mut over = false;
    std::future::poll_fn(move |_| if std::mem::replace(&mut over, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// The body of `worker::thread`.
async fn serve(world: Shared) {
    let mut worker = FakeWorker::new(Rc::clone(&world));
    loop {
        let next = world.borrow_mut().queue.pop_front();
        let Some((number, ticket, job)) = next else {
            pause().await;
            continue;
        };
        world.borrow_mut().busy = true;
        let looks = matches!(job, Job::ReadStatus { .. });
        let is_cancelled = |world: &Shared| !looks && world.borrow().cancelled >= number;
        let brings_pin = brings_pin(&job);
        let takes_card = matches!(job, Job::SignIn { .. } | Job::AccountAction { .. });
        if is_cancelled(&world) && !matches!(job, Job::ReleaseCard | Job::AbandonRegistration | Job::EndVisit) {
            let mut world = world.borrow_mut();
            world.records.extend(brings_pin.then_some(Record::Unsent { ticket }));
            world.records.push(Record::Dropped);
            world.busy = false;
            continue;
        }
        pause().await;
        worker.verified = false;
        worker.job = CurrentJob { number, ticket, looks };
        let reply = worker.run(job).await;
        if brings_pin && !worker.verified {
            world.borrow_mut().records.push(Record::Unsent { ticket });
        }
        if is_cancelled(&world) {
            world.borrow_mut().records.push(Record::Dropped);
            if takes_card {
                worker.card.close();
            }
        } else if let Some(reply) = reply {
            world.borrow_mut().news.push_back(Event::Worker(Message { ticket, reply }));
        }
        world.borrow_mut().busy = false;
        pause().await;
    }
}

#[derive(Clone, Copy)]
struct CurrentJob {
    number: u64,
    ticket: Ticket,
    looks: bool,
}

/// A card that is held: which, in which insertion, and which of its PINs were given on this connection.
struct Held {
    reader: String,
    insertion: u64,
    who: Who,
    verified: [bool; 2],
}

/// `worker::card_session`.
#[derive(Default)]
struct FakeCardSession {
    held: Option<Held>,
    known: Option<Who>,
    looked: Option<Who>,
    pairs: [Option<Who>; 2],
}

impl FakeCardSession {
    fn close(&mut self) {
        self.held = None;
    }

    fn release(&mut self) {
        self.close();
        (self.known, self.pairs) = (None, [None; 2]);
    }

    fn pair(&self, purpose: Purpose) -> Result<Who, CardError> {
        self.pairs[place(purpose)].filter(|_| self.held.is_some()).ok_or(CardError::new(forgotten(purpose)))
    }
}

const fn forgotten(purpose: Purpose) -> Code {
    match purpose {
        Purpose::Signing => Code::SigningForgotten,
        Purpose::Authentication => Code::AuthenticationForgotten,
    }
}

/// Why there is no answer to a request, as in `worker::http`.
enum Stop {
    Cancelled,
    Failed(Code),
    Refused(Refusal, Code),
}

impl Stop {
    fn is_open(&self) -> bool {
        match self {
            Stop::Cancelled | Stop::Failed(_) => true,
            Stop::Refused(_, code) => {
                matches!(code, Code::ServiceResting | Code::ServiceFault | Code::ServiceUnreachable | Code::TooMany)
            }
        }
    }
}

enum Halt {
    Card(CardError),
    Service(Stop),
}

impl From<CardError> for Halt {
    fn from(trouble: CardError) -> Halt {
        Halt::Card(trouble)
    }
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Halt {
        Halt::Service(stop)
    }
}

impl Halt {
    fn refusal(&self) -> Option<Refusal> {
        match self {
            Halt::Service(Stop::Refused(refusal, _)) => Some(*refusal),
            _ => None,
        }
    }

    fn trouble(self) -> Option<JobError> {
        let of = |code, faults| Some(JobError::Service { code, detail: None, faults, retry_after: None });
        match self {
            Halt::Card(trouble) => Some(JobError::Card(trouble)),
            Halt::Service(Stop::Cancelled) => None,
            Halt::Service(Stop::Failed(code)) => of(code, Vec::new()),
            Halt::Service(Stop::Refused(Refusal::PasswordRefused, _)) => Some(JobError::Password(Weakness::Common)),
            Halt::Service(Stop::Refused(Refusal::Fields, code)) => {
                of(code, vec![FormError { field: FieldId::Email, problem: ValueError::EmailDomain }])
            }
            Halt::Service(Stop::Refused(_, code)) => of(code, Vec::new()),
        }
    }
}

/// A session that was proved.
#[derive(Clone)]
struct Proved {
    name: usize,
    terms: u32,
}

/// A registration that was signed, and perhaps sent, but not answered.
struct Unanswered {
    confirmed: Arc<Confirmed>,
    language: &'static str,
    jti: u64,
    session: usize,
    who: Who,
    terms: u32,
}

/// An account action that was signed, and perhaps sent, but not answered.
struct Asked {
    act: AccountRequest,
    purpose: Purpose,
    who: Who,
}

/// `worker::session`.
struct FakeWorker {
    world: Shared,
    card: FakeCardSession,
    session: Option<Proved>,
    unanswered: Option<Unanswered>,
    person: Option<usize>,
    asked: Option<Asked>,
    job: CurrentJob,
    /// A PIN was sent to the card.
    verified: bool,
}

impl FakeWorker {
    fn new(world: Shared) -> FakeWorker {
        FakeWorker {
            world,
            card: FakeCardSession::default(),
            session: None,
            unanswered: None,
            person: None,
            asked: None,
            job: CurrentJob { number: 0, ticket: Ticket::default(), looks: false },
            verified: false,
        }
    }

    fn record(&self, record: Record) {
        self.world.borrow_mut().records.push(record);
    }

    fn is_cancelled(&self) -> bool {
        !self.job.looks && self.world.borrow().cancelled >= self.job.number
    }

    fn phase(&self, phase: Phase) {
        if !self.is_cancelled() {
            let reply = Reply::Progress(Progress { phase, done: 0, total: 0 });
            self.world.borrow_mut().news.push_back(Event::Worker(Message { ticket: self.job.ticket, reply }));
        }
    }

    async fn run(&mut self, job: Job) -> Option<Reply> {
        let done = match job {
            Job::ReadStatus { reader } => self.look(&reader).await.map(Reply::Status).map_err(Halt::Card),
            Job::SignIn { reader, pin, card } => {
                self.sign_in(&reader, card, pin).await.map(|read| Reply::SignedIn(Box::new(read))).map_err(Halt::Card)
            }
            Job::Authenticate { reader, pin, card } => match self.open_card(&reader, card, pin).await {
                Ok(_) => self.prove().await.map(|opened| Reply::Proved(Box::new(opened))),
                Err(trouble) => Err(Halt::Card(trouble)),
            },
            Job::Prove => self.prove().await.map(|opened| Reply::Proved(Box::new(opened))),
            Job::Terms { language } => self.terms(language).await.map(Reply::Terms),
            Job::Register { confirmed, language } => self.register(confirmed, language).await.map(|done| Reply::Registered(Box::new(done))),
            Job::PasswordRules => self.open().await.map(|_| Reply::PasswordRules(PasswordRules::default())),
            Job::SetPassword { token, .. } => self.set_password(token).await.map(|()| Reply::PasswordSet),
            Job::LogIn { authentication_id, password } => {
                let password = String::from_utf8_lossy(password.bytes()).into_owned();
                self.log_in(authentication_id, password).await.map(|acted| Reply::AccountAction(Box::new(acted)))
            }
            Job::AccountAction { reader, pin, card, request: act } => {
                self.act(&reader, card, pin, act).await.map(|acted| Reply::AccountAction(Box::new(acted)))
            }
            Job::AskMail => self.ask_mail().await.map(Reply::Mail),
            Job::ReleaseCard => {
                self.card.close();
                Ok(Reply::Released)
            }
            Job::AbandonRegistration => {
                self.forget();
                Ok(Reply::Released)
            }
            Job::EndVisit => {
                self.forget();
                self.person = None;
                Ok(Reply::Released)
            }
        };
        done.map_or_else(|halt| halt.trouble().map(|trouble| Reply::Failed(Box::new(trouble))), Some)
    }

    fn forget(&mut self) {
        self.card.release();
        (self.session, self.unanswered, self.asked) = (None, None, None);
    }

    // The card.

    /// Connect, and find out whose card it is.
    async fn connect(&self, reader: &str) -> Result<(Who, u64), CardError> {
        let (lying, insertion) = self.world.borrow().lying(reader)?;
        pause().await;
        if !self.lies(reader, insertion) {
            return Err(Code::CardRemoved.into());
        }
        match lying {
            Lying::Card(who) => Ok((who, insertion)),
            Lying::Transport => Err(CardError { hint: Hint::Seems(CardKind::Transport), ..Code::NotMyNumberCard.into() }),
        }
    }

    fn lies(&self, reader: &str, insertion: u64) -> bool {
        self.world.borrow().lying(reader).is_ok_and(|(_, now)| now == insertion)
    }

    /// Whether the card that is held still answers.
    fn answers(&self) -> bool {
        self.card.held.as_ref().is_some_and(|held| self.lies(&held.reader, held.insertion))
    }

    fn facts(&self, who: Who) -> CardStatus {
        let world = self.world.borrow();
        CardStatus {
            signing_present: true,
            authentication_present: true,
            signing_tries: world.tries_left(who, Purpose::Signing),
            authentication_tries: world.tries_left(who, Purpose::Authentication),
            authentication_validity: Some(Validity { from: 1_700_000_000, until: 1_900_000_000 }),
            identity: Some(PEOPLE[who].card),
        }
    }

    async fn look(&mut self, reader: &str) -> Result<CardStatus, CardError> {
        if let Some(held) = self.card.held.as_ref().filter(|held| held.reader == reader) {
            let who = held.who;
            if self.answers() {
                return Ok(self.facts(who));
            }
            self.card.held = None;
        }
        self.card.looked = None;
        let (who, insertion) = self.connect(reader).await?;
        pause().await;
        if !self.lies(reader, insertion) {
            return Err(Code::CardRemoved.into());
        }
        self.card.looked = Some(who);
        Ok(self.facts(who))
    }

    async fn hold(&mut self, reader: &str, wanted: Option<CardId>) -> Result<(), CardError> {
        let same = self.answers() && self.card.held.as_ref().is_some_and(|held| held.reader == reader);
        if !same {
            self.card.held = None;
            let id = |who: Who| Some(PEOPLE[who].card);
            let recognised = [self.card.known, self.card.looked].into_iter().flatten().find(|who| wanted.is_none() || id(*who) == wanted);
            let (who, insertion) = self.connect(reader).await?;
            let other = recognised.is_some_and(|known| known != who);
            if other && !(self.card.known.is_none() && wanted.is_none()) {
                return Err(Code::OtherCard.into());
            }
            self.card.held = Some(Held { reader: reader.to_owned(), insertion, who, verified: [false; 2] });
        }
        let who = self.card.held.as_ref().map(|held| held.who);
        if wanted.is_some() && who.map(|who| PEOPLE[who].card) != wanted {
            self.card.held = None;
            return Err(Code::OtherCard.into());
        }
        Ok(())
    }

    /// Take the card, send it the PIN, read its certificate; return whose it is.
    async fn open_card(&mut self, reader: &str, wanted: Option<CardId>, pin: Pin) -> Result<Who, CardError> {
        self.phase(Phase::Connecting);
        self.hold(reader, wanted).await?;
        let read = self.verify_and_read(pin).await;
        if read.as_ref().is_err_and(|trouble| is_gone(trouble.code)) {
            self.card.held = None;
        }
        let (who, purpose) = read?;
        self.card.known = Some(who);
        self.card.pairs[place(purpose)] = Some(who);
        Ok(who)
    }

    async fn verify_and_read(&mut self, pin: Pin) -> Result<(Who, Purpose), CardError> {
        let purpose = pin.purpose();
        self.phase(Phase::Verifying);
        pause().await;
        if !self.answers() {
            return Err(Code::CardRemoved.into());
        }
        let Some(held) = &mut self.card.held else { return Err(Code::CardRemoved.into()) };
        let who = held.who;
        let (wrong, locked) = match purpose {
            Purpose::Signing => (Code::SigningWrong, Code::SigningLocked),
            Purpose::Authentication => (Code::AuthenticationWrong, Code::AuthenticationLocked),
        };
        assert!(pin.check().is_ok(), "a PIN that cannot be right was handed over");
        {
            let mut world = self.world.borrow_mut();
            if world.tries_left(who, purpose) == Tries::Locked {
                return Err(CardError { tries: Some(Tries::Locked), ..locked.into() });
            }
            if world.tries_left(who, purpose) == Tries::Left(1) && !pin.spends_last_try() {
                return Err(CardError { tries: Some(Tries::Left(1)), hint: Hint::LastTry, ..wrong.into() });
            }
            let right = pin.reveal() == PEOPLE[who].pin(purpose);
            let most = [5, 3][place(purpose)];
            let left = &mut world.tries[who][place(purpose)];
            *left = if right { most } else { *left - 1 };
            held.verified[place(purpose)] = right;
            world.records.push(Record::Verify { ticket: self.job.ticket, who, purpose, right });
            self.verified = true;
            if std::mem::take(&mut world.lifts_in_verify) {
                let place = READERS.iter().position(|name| *name == held.reader).expect("a reader that there is");
                world.lift(place);
                return Err(CardError { tries: None, ..Code::PinUncertain.into() });
            }
            if !right {
                return Err(match world.tries_left(who, purpose) {
                    Tries::Locked => CardError { tries: Some(Tries::Locked), ..locked.into() },
                    left => CardError { tries: Some(left), ..wrong.into() },
                });
            }
        }
        self.phase(Phase::Reading);
        pause().await;
        if !self.answers() {
            return Err(Code::CardRemoved.into());
        }
        Ok((who, purpose))
    }

    async fn sign_in(&mut self, reader: &str, wanted: Option<CardId>, pin: Pin) -> Result<SigningCertificate, CardError> {
        let somebody = &PEOPLE[self.open_card(reader, wanted, pin).await?];
        let validity = Validity { from: 1_700_000_000, until: 1_900_000_000 };
        Ok(SigningCertificate { holder: somebody.holder.clone(), validity, fingerprint: somebody.fingerprint })
    }

    /// Make a statement and have the card sign it; return whose card has.
    async fn statement(&mut self, purpose: Purpose, statement: Statement) -> Result<Who, Halt> {
        let certified = self.card.pair(purpose)?;
        self.phase(Phase::Signing);
        pause().await;
        if !self.answers() {
            self.card.held = None;
        }
        let held = self.card.held.as_ref().ok_or(CardError::new(forgotten(purpose)))?;
        if !held.verified[place(purpose)] {
            return Err(CardError::new(forgotten(purpose)).into());
        }
        assert_eq!(certified, held.who, "a statement carries the certificate of another card than the one that signs it");
        let who = held.who;
        self.record(Record::Signed { ticket: self.job.ticket, who, purpose, statement });
        Ok(who)
    }

    // The service.

    async fn ask<T>(&self, judge: impl FnOnce(&mut World) -> Result<T, Refusal>) -> Result<T, Stop> {
        pause().await;
        if self.is_cancelled() {
            return Err(Stop::Cancelled);
        }
        let outage = self.world.borrow_mut().service.outages.pop_front();
        let answer = match outage {
            Some(Outage::Unreachable) => Err(Stop::Failed(Code::ServiceUnreachable)),
            Some(Outage::Lost) => Err(Stop::Failed(Code::TimedOut)),
            Some(Outage::Refused(refusal)) => Err(Stop::Refused(refusal, refusal.code())),
            None | Some(Outage::AnswerLost) => {
                judge(&mut self.world.borrow_mut()).map_err(|refusal| Stop::Refused(refusal, refusal.code()))
            }
        };
        pause().await;
        match outage {
            // It may have arrived.
            _ if self.is_cancelled() => Err(Stop::Cancelled),
            Some(Outage::AnswerLost) => Err(Stop::Failed(Code::TimedOut)),
            _ => answer,
        }
    }

    async fn open(&mut self) -> Result<(usize, u32), Halt> {
        self.phase(Phase::Sending);
        let opened = self.ask(|world| {
            let service = &mut world.service;
            service.sessions.push(Session { proved: None, known: None, terms: service.terms, gone: false });
            Ok((service.sessions.len() - 1, service.terms))
        });
        Ok(opened.await?)
    }

    async fn prove(&mut self) -> Result<OpenSession, Halt> {
        self.card.pair(Purpose::Authentication)?;
        let (name, terms) = self.open().await?;
        let who = self.statement(Purpose::Authentication, Statement::Proof).await?;
        self.phase(Phase::Sending);
        self.ask(|world| {
            let session = world.service.sessions.get_mut(name).filter(|session| !session.gone).ok_or(Refusal::Expired)?;
            session.proved = Some(who);
            match world.service.registrations.iter().any(|registration| registration.who == who) {
                true => Err(Refusal::AlreadyRegistered),
                false => Ok(()),
            }
        })
        .await?;
        self.session = Some(Proved { name, terms });
        Ok(OpenSession { practice: false, notice: None, terms: version(terms), test_cards: false, password: PasswordRules::default() })
    }

    async fn terms(&mut self, language: &str) -> Result<String, Halt> {
        self.phase(Phase::Sending);
        let terms = self.ask(|world| Ok(world.service.terms)).await?;
        if language == "ja" && self.session.as_ref().is_some_and(|session| session.terms != terms) {
            return Err(Stop::Failed(Code::TermsChanged).into());
        }
        Ok("What is agreed to.\n".repeat(40))
    }

    async fn set_password(&mut self, token: String) -> Result<(), Halt> {
        self.phase(Phase::Sending);
        let set = self.ask(|world| {
            let mut owners = world.service.registrations.iter().map(|registration| registration.who);
            owners.find(|who| PEOPLE[*who].code == token).map(|_| ()).ok_or(Refusal::LinkExpired)
        });
        Ok(set.await?)
    }

    async fn register(&mut self, confirmed: Arc<Confirmed>, language: &'static str) -> Result<Registered, Halt> {
        if self.unanswered.as_ref().is_some_and(|sent| sent.confirmed == confirmed && sent.language == language) {
            match self.send().await {
                Err(halt) if matches!(halt.refusal(), Some(Refusal::Clock | Refusal::Nonce | Refusal::Expired)) => {}
                answered => return answered,
            }
        }
        match self.sign_and_send(Arc::clone(&confirmed), language).await {
            Err(halt) if matches!(halt.refusal(), Some(Refusal::Expired | Refusal::Nonce | Refusal::NotProved)) => {
                self.renew().await?;
                self.sign_and_send(confirmed, language).await
            }
            answered => answered,
        }
    }

    async fn renew(&mut self) -> Result<(), Halt> {
        let agreed = self.session.as_ref().map(|session| session.terms);
        self.prove().await?;
        if self.session.as_ref().map(|session| session.terms) == agreed {
            return Ok(());
        }
        self.session = None;
        Err(Stop::Failed(Code::TermsChanged).into())
    }

    async fn sign_and_send(&mut self, confirmed: Arc<Confirmed>, language: &'static str) -> Result<Registered, Halt> {
        let Some(Proved { name, terms }) = self.session.clone() else { return Err(Stop::Failed(Code::SessionExpired).into()) };
        if version(terms) != confirmed.terms {
            self.session = None;
            return Err(Stop::Failed(Code::TermsChanged).into());
        }
        if PEOPLE[self.card.pair(Purpose::Signing)?].fingerprint != confirmed.certificate {
            return Err(Halt::Card(Code::OtherCard.into()));
        }
        let statement = Statement::Registration(Arc::clone(&confirmed), version(terms));
        let who = self.statement(Purpose::Signing, statement).await?;
        let jti = {
            let mut world = self.world.borrow_mut();
            world.statements += 1;
            world.statements
        };
        self.unanswered = Some(Unanswered { confirmed, language, jti, session: name, who, terms });
        self.send().await
    }

    async fn send(&mut self) -> Result<Registered, Halt> {
        let Some(Unanswered { confirmed, jti, session, who, terms, .. }) = &self.unanswered else {
            return Err(Stop::Failed(Code::SessionExpired).into());
        };
        let (confirmed, jti, session, who, terms, ticket) = (Arc::clone(confirmed), *jti, *session, *who, *terms, self.job.ticket);
        self.phase(Phase::Sending);
        let answer = self.ask(|world| judge_registration(world, ticket, &confirmed, (jti, session), who, terms)).await;
        let open = answer.as_ref().is_err_and(Stop::is_open);
        if let Err(Stop::Refused(_, code)) = &answer {
            if !open {
                self.unanswered = None;
            }
            if *code == Code::TermsChanged {
                self.session = None;
            }
        }
        let registered = answer?;
        self.person = self.session.take().map(|session| session.name);
        self.forget();
        Ok(registered)
    }

    async fn log_in(&mut self, id: String, password: String) -> Result<AccountOutcome, Halt> {
        self.phase(Phase::Sending);
        let session = self
            .ask(|world| {
                let typed = AuthenticationId::parse(&id).ok_or(Refusal::LoginRefused)?;
                let fits =
                    |registration: &&Registration| registration.id == typed.as_str() && PEOPLE[registration.who].password == password;
                let known =
                    world.service.registrations.iter().find(fits).map(|registration| registration.who).ok_or(Refusal::LoginRefused)?;
                Ok(logged_in(world, known))
            })
            .await?;
        self.logged_in(session).await
    }

    async fn logged_in(&mut self, session: usize) -> Result<AccountOutcome, Halt> {
        self.person = Some(session);
        match self.ask_mail().await {
            Err(Halt::Service(Stop::Cancelled)) => Err(Stop::Cancelled.into()),
            mail => Ok(AccountOutcome::LoggedIn(mail.ok())),
        }
    }

    async fn ask_mail(&mut self) -> Result<Mail, Halt> {
        let Some(person) = self.person else { return Err(Stop::Failed(Code::SessionExpired).into()) };
        self.phase(Phase::Sending);
        let mail = self.ask(|world| {
            let session = world.service.sessions.get(person).filter(|session| !session.gone).ok_or(Refusal::Expired)?;
            let who = session.known.ok_or(Refusal::NotProved)?;
            mail_to(world, who, Some(1_795_575_845)).ok_or(Refusal::NotFound)
        });
        Ok(mail.await?)
    }

    async fn act(&mut self, reader: &str, card: Option<CardId>, pin: Option<Pin>, act: AccountRequest) -> Result<AccountOutcome, Halt> {
        match pin.map(|pin| (pin.purpose(), pin)) {
            Some((Purpose::Signing, pin)) => drop(self.sign_in(reader, card, pin).await?),
            Some((Purpose::Authentication, pin)) => drop(self.open_card(reader, card, pin).await?),
            None => {}
        }
        for key in act.action.keys() {
            self.card.pair(*key)?;
        }
        let mut answer = None;
        for key in act.action.keys() {
            answer = Some(self.settle(&act, *key).await?);
        }
        let (who, session) = answer.expect("every account action has a key");
        let acted = match act.action.answer() {
            Answer::LoggedIn => self.logged_in(session).await?,
            Answer::Mailed => {
                let mail = mail_to(&self.world.borrow(), who, None);
                AccountOutcome::Mailed(mail.ok_or(Stop::Failed(Code::AnswerGarbled))?)
            }
            Answer::Linked => AccountOutcome::Linked(None),
            Answer::Withdrawn => AccountOutcome::Withdrawn,
        };
        self.card.release();
        Ok(acted)
    }

    /// Sign an account action with one key and send it; return whose it is, and the session of a login.
    async fn settle(&mut self, act: &AccountRequest, purpose: Purpose) -> Result<(Who, usize), Halt> {
        if self.asked.as_ref().is_some_and(|asked| asked.act == *act && asked.purpose == purpose) {
            match self.send_act().await {
                Err(halt) if matches!(halt.refusal(), Some(Refusal::Clock | Refusal::Nonce | Refusal::Expired)) => {}
                answered => return answered,
            }
        }
        self.open().await?;
        let who = self.statement(purpose, Statement::AccountAction).await?;
        self.asked = Some(Asked { act: act.clone(), purpose, who });
        self.send_act().await
    }

    async fn send_act(&mut self) -> Result<(Who, usize), Halt> {
        let Some(Asked { act, purpose, who }) = &self.asked else { return Err(Stop::Failed(Code::RequestRefused).into()) };
        let (act, last, who, login) = (act.clone(), act.action.keys().last() == Some(purpose), *who, self.person);
        self.phase(Phase::Sending);
        let answer = self.ask(|world| judge_account_action(world, &act, last, who, login)).await;
        if !answer.as_ref().is_err_and(Stop::is_open) {
            self.asked = None;
        }
        Ok((who, answer?))
    }
}

fn is_gone(code: Code) -> bool {
    use Code::{CardMute, CardRemoved, CardReset, NoCard, NoReader, PcscNotRunning, PinUncertain, ReaderGone};
    matches!(code, CardRemoved | CardReset | CardMute | NoCard | ReaderGone | NoReader | PcscNotRunning | PinUncertain)
}

fn version(terms: u32) -> String {
    format!("terms {terms}")
}

/// Judge a registration as the service does, and keep it.
fn judge_registration(
    world: &mut World,
    ticket: Ticket,
    confirmed: &Arc<Confirmed>,
    (jti, name): (u64, usize),
    who: Who,
    terms: u32,
) -> Result<Registered, Refusal> {
    // The same statement has the same answer.
    if let Some((_, answer)) = world.service.answers.iter().find(|(sent, _)| *sent == jti) {
        return answer.clone();
    }
    let answer = (|| {
        let service = &mut world.service;
        let session = service.sessions.get_mut(name).filter(|session| !session.gone).ok_or(Refusal::Expired)?;
        match session.proved {
            None => return Err(Refusal::NotProved),
            Some(proved) if proved != who => return Err(Refusal::OtherCard),
            Some(_) => {}
        }
        if terms != service.terms || session.terms != terms {
            return Err(Refusal::Terms);
        }
        if holder::is_somebody_else(&PEOPLE[who].holder, &confirmed.form) {
            return Err(Refusal::NotCardHolder);
        }
        if service.registrations.iter().any(|registration| registration.who == who) {
            return Err(Refusal::AlreadyRegistered);
        }
        (session.proved, session.known) = (None, Some(who));
        let mut random = [0; 16];
        random[..8].copy_from_slice(&(jti + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
        let id = AuthenticationId::generate(random).as_str().to_owned();
        service.ids.push((who, id.clone()));
        service.registrations.push(Registration { who, id: id.clone(), email: confirmed.form.email.clone() });
        world.records.push(Record::Registered { ticket, who, confirmed: Arc::clone(confirmed) });
        Ok(Registered {
            authentication_id: id,
            registered_at: Some(1_795_575_845),
            mail: mail_to(world, who, None).ok_or(Refusal::Internal)?,
            revocation: "unchecked".to_owned(),
            receipt: "0123456789abcdef".to_owned(),
            differs_from_card: holder::differences(&PEOPLE[who].holder, &confirmed.form),
        })
    })();
    if answer.is_ok() {
        world.service.answers.push((jti, answer.clone()));
    }
    answer
}

fn judge_account_action(world: &mut World, act: &AccountRequest, last: bool, who: Who, login: Option<usize>) -> Result<usize, Refusal> {
    if act.action == AccountAction::Link {
        // A card is linked to the registration that has logged in; here everybody has one card, which must be theirs.
        let known =
            login.and_then(|login| world.service.sessions.get(login)).filter(|session| !session.gone).and_then(|session| session.known);
        let known = known.ok_or(Refusal::LoginRefused)?;
        let owner = AuthenticationId::parse(&act.said).ok_or(Refusal::LoginRefused)?;
        let named = |registration: &Registration| registration.who == known && registration.id == owner.as_str();
        return match world.service.registrations.iter().any(named) {
            true if known == who => Ok(0),
            true => Err(Refusal::OtherHolder),
            false => Err(Refusal::LoginRefused),
        };
    }
    let place = world.service.registrations.iter().position(|registration| registration.who == who).ok_or(Refusal::NotRegistered)?;
    match act.action {
        AccountAction::LogInByCard => return Ok(logged_in(world, who)),
        AccountAction::Address => world.service.registrations[place].email.clone_from(&act.said),
        // Nobody has a second card here.
        AccountAction::Undo => return Err(Refusal::NothingToUndo),
        AccountAction::Withdraw if last => drop(world.service.registrations.remove(place)),
        _ => {}
    }
    Ok(0)
}

fn logged_in(world: &mut World, who: Who) -> usize {
    let terms = world.service.terms;
    world.service.sessions.push(Session { proved: None, known: Some(who), terms, gone: false });
    world.service.sessions.len() - 1
}

/// The newest mail to a person; some cannot be delivered.
fn mail_to(world: &World, who: Who, asked: Option<i64>) -> Option<Mail> {
    let email = &world.service.registrations.iter().find(|registration| registration.who == who)?.email;
    let (name, domain) = email.split_once('@')?;
    let to = format!("{}***@{domain}", name.chars().next()?);
    let state = if asked.is_some() && who.is_multiple_of(2) { MailState::Stuck } else { MailState::Sent };
    Some(Mail { to, state, folder: None, asked })
}
