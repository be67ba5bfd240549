//! What must be true whatever happens (visit.md), checked after every event, at every frame, and for everything that cards and service do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};

use super::day::Verdict;
use super::fake_worker::{Lying, READERS, Record, Statement, World, brings_pin};
use super::people::{PEOPLE, PERSONAL, Who, squeezed, whose};
use zairyu::app::deadline::Limits;
use zairyu::app::screen::{Overlay, Question, Screen};
use zairyu::app::state::confirm::ConfirmFocus;
use zairyu::app::state::result::Outcome;
use zairyu::app::state::trouble::NextStep;
use zairyu::app::visit::{Cover, Mode, Prefilled, Stage};
use zairyu::app::{Action, Event, Model, Wait};
use zairyu::card::{CardId, Purpose};
use zairyu::protocol::authentication_id::groups;
use zairyu::registration::{FIELDS, FieldId};
use zairyu::runtime::receipt;
use zairyu::worker::{Confirmed, Job, Reply, Ticket};

macro_rules! ensure {
    ($holds:expr, $($broken:tt)+) => {
        if !$holds {
            return Err(format!($($broken)+));
        }
    };
}

/// Where an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// A key or a click.
    Person,
    /// A paste.
    Paste,
    /// Readers, the worker, the disk.
    Outside,
    /// The clock.
    Clock,
}

/// How things stood before an event, and what the event was.
pub struct Before {
    from: From,
    /// Enter or space.
    presses: bool,
    /// The second row of what is asked.
    second: bool,
    /// A reply that nobody waits for any more.
    unwanted: bool,
    sending: bool,
    waiting: bool,
    top: bool,
    cover: Option<Cover>,
    card: Option<CardId>,
    consent: bool,
    prefill: Prefilled,
    /// What STEP2 shows, and whether the focus is on 登録.
    step2: Option<(Arc<Confirmed>, bool)>,
    ask: Option<(Question, usize)>,
    /// A page says what went wrong, and offers to go on.
    trouble: Option<NextStep>,
    under_another: bool,
    /// The page of a kiosk's staff is open.
    staff: bool,
}

impl Before {
    /// Note how things stand.
    pub fn of(model: &Model, event: &Event) -> Before {
        let visit = &model.visit;
        let key = |wanted: &[char]| matches!(event, Event::Key(KeyEvent { code: KeyCode::Char(letter), .. }) if wanted.contains(letter));
        let enter = matches!(event, Event::Key(KeyEvent { code: KeyCode::Enter, .. }) | Event::Action(Action::Activate | Action::Toggle));
        Before {
            from: match event {
                Event::Key(_) | Event::Action(_) | Event::Secret(_) => From::Person,
                Event::Paste(_) => From::Paste,
                Event::Readers(_)
                | Event::Worker(_)
                | Event::Issued(..)
                | Event::StaffWord(_)
                | Event::Media(_)
                | Event::Records(..)
                | Event::SheetSaved(_)
                | Event::Listed(_)
                | Event::Drawn(_)
                | Event::Diagnosed(_)
                | Event::Saying(_)
                | Event::Said(_)
                | Event::Terminate => From::Outside,
                Event::Passed(..) => From::Clock,
            },
            presses: enter || key(&[' ', '　']),
            second: key(&['2', '２']) || matches!(event, Event::Action(Action::ChooseRow(1))),
            unwanted: matches!(event, Event::Worker(message)
                if !matches!(message.reply, Reply::Status(_) | Reply::Released) && visit.waiting.is_none_or(|waiting| waiting.ticket != message.ticket)),
            sending: visit.is_sending(),
            waiting: visit.waiting.is_some(),
            top: matches!(visit.nav.screen, Screen::Top(_) | Screen::Prepare(_)),
            cover: visit.cover,
            card: visit.card,
            consent: visit.form.draft.get(FieldId::Consent) == "yes",
            prefill: visit.prefill,
            step2: match &visit.nav.screen {
                Screen::Confirm(page) => Some((Arc::clone(&page.confirmed), page.focus == ConfirmFocus::Register)),
                _ => None,
            },
            ask: match visit.nav.overlay() {
                Some(Overlay::Question(ask, row)) => Some((*ask, *row)),
                _ => None,
            },
            trouble: match visit.nav.overlay() {
                Some(Overlay::Trouble(page)) => Some(page.next_step),
                _ => None,
            },
            under_another: visit.nav.overlay().is_some() || visit.cover.is_some(),
            staff: matches!(visit.nav.overlay(), Some(Overlay::Staff(_))),
        }
    }

    /// Return what this event commits to, if it does: Enter or space on 登録, or Yes to its question.
    fn commits(&self) -> Option<&Arc<Confirmed>> {
        let (confirmed, on_button) = self.step2.as_ref()?;
        let pressed = *on_button && self.presses && !self.under_another && !self.waiting;
        let said_yes = matches!(self.ask, Some((Question::Register, row)) if self.second || (row == 1 && self.presses));
        (self.from == From::Person && (pressed || said_yes)).then_some(confirmed)
    }
}

/// What has to be remembered of a visit.
#[derive(Default)]
struct Visit {
    /// Who has typed before any card was known.
    unbound: BTreeSet<Who>,
    /// What STEP2 was drawn with.
    shown: Vec<Arc<Confirmed>>,
    /// What somebody has said is to be registered.
    committed: Vec<Arc<Confirmed>>,
    /// Which cards were given which PIN, and it was right.
    proved: BTreeSet<(Who, u8)>,
    /// The card was away since the user-authentication PIN was given last.
    needs_pin_again: bool,
    /// The terms of the newest session, and those of when consent was given.
    terms: String,
    /// See `terms`.
    consent: Option<String>,
    /// It was locked, and its card was not put in since.
    locked: bool,
    /// The card that it had then.
    locked_card: Option<CardId>,
    /// When its card was put in since, and when it was put in last, in seconds since the morning.
    laid_since: bool,
    /// See `laid_since`.
    laid: Option<u64>,
}

/// A job that was handed out.
struct Handed {
    visit: usize,
    card: Option<CardId>,
    verifies: u32,
    brings_pin: bool,
    confirmed: Option<Arc<Confirmed>>,
}

/// How often what happened.
#[derive(Clone, Debug, Default)]
pub struct Counts(BTreeMap<&'static str, u64>);

impl Counts {
    /// Count something that happened.
    pub fn one(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    /// Return how often something happened.
    pub fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }

    /// Add another day's.
    pub fn add(&mut self, other: &Counts) {
        for (what, times) in &other.0 {
            *self.0.entry(what).or_default() += times;
        }
    }
}

/// The rules, and what they have to remember.
#[derive(Default)]
pub struct Rules {
    /// How often what happened.
    pub counts: Counts,
    /// Nobody tells what cards and service do: real parts only count.
    pub unwitnessed: bool,
    /// Seconds since the morning.
    pub clock: u64,
    /// When something happened last that was not the clock's.
    acted: u64,
    /// What is told of readers and jobs is not heard yet.
    pub late: bool,
    visits: Vec<Visit>,
    handed: BTreeMap<Ticket, Handed>,
    /// What STEP2 was opened with, and whether 登録 was asked about, since a burst began.
    burst: Option<(Vec<Arc<Confirmed>>, bool)>,
}

impl Rules {
    fn visit(&mut self) -> &mut Visit {
        if self.visits.is_empty() {
            self.visits.push(Visit::default());
        }
        self.visits.last_mut().expect("a visit")
    }

    /// Return how many visits there were.
    pub fn visits(&self) -> usize {
        self.visits.len()
    }

    /// Keys come faster than anything is drawn, or clicks in one place.
    pub fn burst_begins(&mut self) {
        self.burst = Some((Vec::new(), false));
    }

    /// See `burst_begins`.
    pub fn burst_ends(&mut self) {
        self.burst = None;
    }

    /// Somebody has typed what is theirs although no card is known.
    pub fn typed_without_card(&mut self, who: Who) {
        self.visit().unbound.insert(who);
    }

    /// Somebody has put their card in.
    pub fn laid(&mut self, who: Who) {
        let now = self.clock;
        let visit = self.visit();
        if visit.locked_card == Some(PEOPLE[who].card) {
            (visit.laid_since, visit.laid) = (true, Some(now));
        }
    }

    /// A job is handed out.
    pub fn job(&mut self, model: &Model, before: &Before, ticket: Ticket, job: &Job) -> Verdict {
        let ends = model.setup.mode == Mode::Kiosk && before.from == From::Clock && matches!(job, Job::EndVisit);
        let looks = matches!(job, Job::ReadStatus { .. }) || ends;
        ensure!(looks || !matches!(before.from, From::Paste | From::Clock), "a {:?} hands out a job", before.from);
        let visit = &model.visit;
        let named = match job {
            Job::SignIn { reader, card, .. } | Job::Authenticate { reader, card, .. } | Job::AccountAction { reader, card, .. } => {
                Some((reader, card))
            }
            _ => None,
        };
        if let Some((reader, card)) = named {
            ensure!(*card == visit.card && card.is_some(), "a job names another card than the visit's");
            ensure!(Some(reader) == visit.reader.as_ref(), "a job goes to another reader than the visit's");
        }
        if brings_pin(job) {
            ensure!(before.from == From::Person, "a PIN is sent by itself");
            self.counts.one("pins");
        }
        let mut confirmed = None;
        if let Job::Register { confirmed: form, .. } = job {
            self.registers(model, before, form)?;
            confirmed = Some(Arc::clone(form));
        }
        self.visit();
        let handed = Handed { visit: self.visits.len() - 1, card: visit.card, verifies: 0, brings_pin: brings_pin(job), confirmed };
        ensure!(self.handed.insert(ticket, handed).is_none(), "a ticket is given twice");
        Ok(())
    }

    fn registers(&mut self, model: &Model, before: &Before, confirmed: &Arc<Confirmed>) -> Verdict {
        let who = model.visit.card.map(whose).ok_or("a registration without a card")?;
        ensure!(confirmed.certificate == PEOPLE[who].fingerprint, "the form was filled from another card");
        for field in PERSONAL {
            let value = squeezed([&*confirmed.form.value(field)]);
            let owner = owner_of(&value).filter(|owner| *owner != who);
            ensure!(
                owner.is_none() || self.visit().unbound.contains(&owner.unwrap_or(who)),
                "{field:?} of {owner:?} is registered on the card of {who}"
            );
        }
        if let Some(form) = before.commits() {
            ensure!(*form == *confirmed, "another form than that of STEP2 is registered");
            if let Some((opened, asked)) = &self.burst {
                ensure!(!opened.contains(confirmed), "one burst opens STEP2 and registers");
                ensure!(!(asked & before.ask.is_some()), "one burst of clicks asks about 登録 and says Yes");
            }
            self.visit().committed.push(Arc::clone(confirmed));
        }
        let again = before.from == From::Outside || (before.from == From::Person && before.trouble.is_some());
        ensure!(before.commits().is_some() || again, "what was pressed does not mean 登録");
        let visit = self.visit();
        ensure!(visit.committed.contains(confirmed), "nobody has pressed 登録 for this form");
        ensure!(visit.shown.contains(confirmed), "STEP2 was never drawn with this form");
        ensure!(
            visit.consent.as_ref() == Some(&confirmed.terms),
            "consent was given to {:?}, and {:?} are registered for",
            visit.consent,
            confirmed.terms
        );
        Ok(())
    }

    /// A visit has ended: nothing of it is left.
    pub fn ended(&mut self, model: &Model, before: &Before) -> Verdict {
        ensure!(!before.sending, "a visit ends between signature and answer");
        let visit = &model.visit;
        let account = &visit.account;
        ensure!(visit.is_blank() && visit.certificate.is_none() && visit.session.is_none(), "a visit has ended, and is not blank");
        ensure!(
            FIELDS.iter().all(|row| visit.form.draft.get(row.id).is_empty() && visit.form.card.get(row.id).is_empty()),
            "the draft stays"
        );
        ensure!(visit.form.card_name.is_none() && visit.form.editor.value().is_empty(), "the draft stays");
        ensure!(
            account.is_blank() && account.id.value().is_empty() && account.email.iter().all(|line| line.value().is_empty()),
            "what was typed for an account action stays"
        );
        ensure!(
            matches!(&visit.nav.screen, Screen::Attract(_) | Screen::Top(_))
                || matches!(&visit.nav.screen, Screen::FirstPassword(page) if page.is_blank()),
            "a page stays"
        );
        let asks = matches!(visit.cover, None | Some(Cover::TakeCard));
        ensure!(asks && visit.nav.overlay().is_none() && visit.waiting.is_none(), "a page over it stays");
        self.counts.one("ended");
        self.visits.push(Visit::default());
        Ok(())
    }

    /// The program is left.
    pub fn quit(&mut self, model: &Model, before: &Before) -> Verdict {
        ensure!(model.setup.mode != Mode::Kiosk || before.staff, "a kiosk is left by somebody who is not of the staff");
        self.ended(model, before)
    }

    /// The program was left, and started again.
    pub fn restarted(&mut self) {
        self.counts.one("restarts");
        self.burst = None;
        // Its tickets are counted from the beginning.
        self.handed.clear();
        self.visits.push(Visit::default());
    }

    /// Something has happened.
    pub fn after(&mut self, model: &Model, before: &Before) -> Verdict {
        self.counts.one("events");
        if before.unwanted {
            self.counts.one("unwanted");
        }
        let visit = &model.visit;
        let desk = model.setup.mode != Mode::Home;
        if before.from != From::Clock {
            self.acted = self.clock;
        }
        if before.cover != visit.cover {
            match visit.cover {
                Some(Cover::Away) => self.counts.one("away"),
                Some(Cover::CardOut) => self.counts.one("looking"),
                Some(Cover::Locked) => self.counts.one("locked"),
                Some(Cover::OtherCard(_)) if !matches!(before.cover, Some(Cover::OtherCard(_))) => self.counts.one("other_cards"),
                _ => {}
            }
        }
        if before.prefill != visit.prefill {
            match visit.prefill {
                Prefilled::Applied => self.counts.one("taken"),
                Prefilled::Withheld => self.counts.one("withheld"),
                Prefilled::None | Prefilled::Several => {}
            }
        }
        if let Some(Overlay::Trouble(page)) = visit.nav.overlay()
            && before.trouble.is_none()
        {
            self.counts.one(page.trouble.code().id());
        }
        if let (Screen::Confirm(page), Some((opened, _))) = (&visit.nav.screen, &mut self.burst)
            && before.step2.as_ref().is_none_or(|(form, _)| *form != page.confirmed)
        {
            opened.push(Arc::clone(&page.confirmed));
        }
        if let (Some(Overlay::Question(Question::Register, _)), None, Some((_, asked))) = (visit.nav.overlay(), before.ask, &mut self.burst)
        {
            *asked = true;
        }
        let consents = visit.form.draft.get(FieldId::Consent) == "yes";
        if let Some(session) = &visit.session {
            self.visit().terms.clone_from(&session.terms);
        }
        let terms = self.visit().terms.clone();
        match (before.consent, consents) {
            (false, true) => self.visit().consent = Some(terms),
            (_, false) => self.visit().consent = None,
            (true, true) => {}
        }
        // At a desk nothing personal stands there without its card.
        let away = visit.card.is_some() && visit.reader.is_none();
        if desk && visit.stage() == Stage::Form && away && visit.waiting.is_none() {
            ensure!(visit.cover.is_some(), "the card is away, and STEP1 or STEP2 is not covered");
        }
        // From the top page it is shown again to its card alone, and to the PIN if that was away.
        self.visit().needs_pin_again |= visit.is_open() && away;
        if before.top && visit.stage() == Stage::Form {
            let needs_pin_again = self.visit().needs_pin_again && !self.unwitnessed;
            ensure!(!away && !needs_pin_again, "the top page leads to STEP1 although the card was away");
        }
        // What is locked or covered is shown again to its own card alone.
        let came_back = before.from == From::Outside && visit.reader.is_some() && visit.card == before.card;
        if visit.cover == Some(Cover::Locked) && before.cover != visit.cover && before.from == From::Clock {
            let now = self.clock;
            let limits = Limits::default();
            let limit = if before.cover == Some(Cover::CardOut) { limits.look_at_card } else { limits.lock };
            let again = self.visit().laid.is_some_and(|laid| now - laid < u64::from(limit));
            ensure!(!again, "the card was put in a moment ago, and the page is locked again");
            (self.visit().locked, self.visit().laid_since, self.visit().locked_card) = (true, false, visit.card);
        }
        if self.visit().locked && visit.cover.is_none() {
            let own = visit.card.is_some() && visit.card == self.visit().locked_card;
            ensure!(visit.is_blank() || (came_back && own), "what was locked is shown although its card was not put in");
            self.visit().locked = false;
        }
        if before.cover == Some(Cover::Away) && visit.cover.is_none() && before.card == visit.card && !visit.is_blank() {
            ensure!(came_back, "what was covered is shown although its card is not back");
        }
        // A visit keeps its card.
        if before.card.is_some() && visit.card != before.card {
            ensure!(visit.is_blank(), "a visit that holds something goes over to another card");
            let visit = self.visit();
            (visit.shown, visit.committed) = (Vec::new(), Vec::new());
        }
        if visit.waiting.is_some_and(|waiting| waiting.what == Wait::Register) {
            ensure!(
                visit.cover.is_none_or(|cover| matches!(cover, Cover::Locked | Cover::Unattended)),
                "a visit is covered while it registers"
            );
        }
        Ok(())
    }

    /// Everything that is due has been told.
    pub fn ticked(&self, model: &Model) -> Verdict {
        // The longest that a kiosk lets anybody wait: more time, and the warning that is heard.
        let longest = u64::from(Limits::default().more + 2 * Limits::default().warning);
        if model.setup.mode == Mode::Kiosk && self.clock - self.acted > longest && !model.visit.is_sending() {
            ensure!(model.visit.is_blank(), "nobody acts, and the visit goes on");
        }
        Ok(())
    }

    /// Everything is quiet: the program knows what lies there.
    pub fn settled(&mut self, model: &Model, world: &World) -> Verdict {
        let visit = &model.visit;
        if !world.is_idle() || !world.news.is_empty() || visit.waiting.is_some() || model.card.reader_states.is_none() {
            return Ok(());
        }
        let Some(card) = visit.card else { return Ok(()) };
        if visit.is_blank() {
            let stays = matches!(visit.cover, Some(Cover::OtherCard(_))) && visit.reader.is_some();
            ensure!(!stays, "a visit that holds nothing speaks of another card than its own");
            return Ok(());
        }
        let mine = world.place_of(Lying::Card(whose(card))).map(|place| READERS[place]);
        ensure!(visit.reader.as_deref() == mine, "the visit's card lies in {mine:?}, and the program believes {:?}", visit.reader);
        let others = world.cards().any(|who| PEOPLE[who].card != card);
        if mine.is_some() {
            ensure!(!matches!(visit.cover, Some(Cover::Away | Cover::OtherCard(_))), "the card is there, and {:?} stays", visit.cover);
            let waits = self.visit().locked && self.visit().laid_since;
            ensure!(!waits, "the card was put in, and what was locked stays locked");
        } else if others && visit.stage() != Stage::Result {
            ensure!(visit.cover.is_some(), "another card lies there, and no page says so");
        }
        Ok(())
    }

    /// A frame was drawn.
    pub fn drawn(&mut self, model: &Model, frame: &str, ids: &[(Who, String)]) -> Verdict {
        self.counts.one("frames");
        let visit = &model.visit;
        let blank = visit.is_blank();
        let card = visit.card.map(whose);
        let unbound = self.visit().unbound.clone();
        let own = |who: Who| !blank && (card == Some(who) || unbound.contains(&who));
        let personal = match (visit.nav.overlay(), &visit.nav.screen) {
            _ if visit.cover.is_some() => false,
            (Some(Overlay::Trouble(page)), _) => page.next_step == NextStep::CardValues,
            (Some(Overlay::Picker(_) | Overlay::Qr | Overlay::Transfer(_)), _) => true,
            (Some(_), _) => false,
            (None, Screen::Attract(_) | Screen::Top(_) | Screen::Prepare(_) | Screen::AccountMenu(_)) => false,
            (None, Screen::Pin(_) | Screen::Form | Screen::Confirm(_) | Screen::Result(_) | Screen::FirstPassword(_) | Screen::Account) => {
                true
            }
        };
        let on_pin = matches!(&visit.nav.screen, Screen::Pin(_));
        for (who, canary) in canaries(ids) {
            let shown = holds(frame, &canary);
            let allowed = personal && own(who) && (!on_pin || *canary == *PEOPLE[who].signing_pin);
            ensure!(!shown || allowed, "{canary} of {who} is shown; the visit is {card:?}'s, blank: {blank}");
        }
        let [email, again] = &visit.account.email;
        let code = match &visit.nav.screen {
            Screen::FirstPassword(page) => page.code.value(),
            _ => "",
        };
        let receipt = receipt(model).map(|receipt| receipt.sheet().lines().join("\n")).unwrap_or_default();
        let typed = [visit.account.id.value(), email.value(), again.value(), code, visit.form.editor.value(), &receipt];
        let held = squeezed(FIELDS.iter().map(|row| visit.form.draft.get(row.id)).chain(typed).flat_map(|value| [value, "|"]));
        for (who, canary) in canaries(ids).filter(|(who, _)| !own(*who)) {
            ensure!(!holds(&held, &canary), "{canary} of {who} is held in the visit of {card:?}");
        }
        if let Screen::Confirm(page) = &visit.nav.screen
            && visit.nav.overlay().is_none()
            && visit.cover.is_none()
        {
            if page.focus == ConfirmFocus::Page {
                let name = squeezed([&*page.confirmed.form.name]);
                ensure!(frame.contains(&name), "STEP2 does not show the name {name}");
            }
            let shown = &mut self.visit().shown;
            if !shown.contains(&page.confirmed) {
                shown.push(Arc::clone(&page.confirmed));
            }
        }
        self.repeats(model)
    }

    /// Nothing that is filled in is read aloud unless it is asked for.
    pub fn heard(said: &str, ids: &[(Who, String)]) -> Verdict {
        for (who, canary) in canaries(ids) {
            ensure!(!holds(said, &canary), "{canary} of {who} is read aloud: {said}");
        }
        Ok(())
    }

    /// STEP3 and the receipt repeat what was shown and signed.
    fn repeats(&mut self, model: &Model) -> Verdict {
        let Some(Outcome::Registered(registered, confirmed)) = model.visit.result().map(|done| &done.outcome) else { return Ok(()) };
        ensure!(self.visit().committed.contains(confirmed), "STEP3 repeats what nobody has registered");
        let text = receipt(model).map(|receipt| receipt.sheet().lines().join("\n")).unwrap_or_default();
        for field in PERSONAL {
            ensure!(text.contains(&*confirmed.form.value(field)), "the receipt lacks {field:?}");
        }
        ensure!(text.contains(&groups(&registered.authentication_id)), "the receipt lacks the 認証ID");
        Ok(())
    }

    /// A card or the service has done something.
    pub fn record(&mut self, record: Record) -> Verdict {
        match record {
            Record::Verify { ticket, who, purpose, right } => {
                let handed = self.handed.get_mut(&ticket).ok_or("a PIN that nobody has handed over")?;
                handed.verifies += 1;
                ensure!(handed.brings_pin && handed.verifies == 1, "a PIN is sent more than once");
                ensure!(handed.card == Some(PEOPLE[who].card), "a PIN reaches a card that is not the visit's");
                let visit = handed.visit;
                if right {
                    self.counts.one("right");
                    self.visits[visit].proved.insert((who, key(purpose)));
                    self.visits[visit].needs_pin_again &= purpose == Purpose::Signing;
                } else {
                    self.counts.one("wrong");
                }
            }
            Record::Unsent { ticket } => {
                let handed = self.handed.get_mut(&ticket).ok_or("a PIN that nobody has handed over")?;
                handed.verifies += 1;
                ensure!(handed.brings_pin && handed.verifies == 1, "a PIN is accounted for twice");
                self.counts.one("unsent");
            }
            Record::Signed { ticket, who, purpose, statement } => {
                let handed = &self.handed[&ticket];
                ensure!(handed.card == Some(PEOPLE[who].card), "another card than the visit's has signed");
                let visit = &mut self.visits[handed.visit];
                // A card that signs remembers its PIN: it was not away.
                visit.needs_pin_again &= purpose == Purpose::Signing;
                ensure!(visit.proved.contains(&(who, key(purpose))), "a key has signed whose PIN was not given in this visit");
                if let Statement::Registration(confirmed, terms) = statement {
                    ensure!(purpose == Purpose::Signing, "a registration is signed by the wrong key");
                    ensure!(handed.confirmed.as_ref() == Some(&confirmed), "another form is signed than that of STEP2");
                    ensure!(confirmed.terms == terms, "signed for {terms}, and agreed to {}", confirmed.terms);
                }
            }
            Record::Registered { ticket, who, confirmed } => {
                let handed = &self.handed[&ticket];
                let visit = &self.visits[handed.visit];
                ensure!(handed.card == Some(PEOPLE[who].card), "somebody else than the visit's person is registered");
                ensure!(
                    visit.committed.contains(&confirmed) && visit.shown.contains(&confirmed),
                    "what nobody has seen and wanted is registered"
                );
                let both = [Purpose::Signing, Purpose::Authentication].iter().all(|purpose| visit.proved.contains(&(who, key(*purpose))));
                ensure!(both || self.unwitnessed, "somebody is registered without both PINs");
                self.counts.one("registered");
            }
            Record::Dropped => self.counts.one("dropped"),
        }
        Ok(())
    }

    /// The day is over: every PIN that was handed over was sent once, or never.
    pub fn evening(&mut self) -> Verdict {
        let open = self.handed.values().filter(|handed| handed.brings_pin && handed.verifies != 1).count();
        ensure!(open == 0 || self.unwitnessed, "{open} PINs were handed over, and nobody knows what became of them");
        Ok(())
    }
}

const fn key(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Signing => 0,
        Purpose::Authentication => 1,
    }
}

/// Everything that only one person may be shown.
fn canaries(ids: &[(Who, String)]) -> impl Iterator<Item = (Who, std::borrow::Cow<'_, str>)> {
    let people =
        PEOPLE.iter().enumerate().flat_map(|(who, somebody)| somebody.canaries.iter().map(move |canary| (who, canary.as_str().into())));
    people.chain(ids.iter().flat_map(|(who, id)| [(*who, groups(id).into()), (*who, id.as_str().into())]))
}

fn holds(text: &str, canary: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), canary.as_bytes()).is_some()
}

/// Return whose canary a value holds.
fn owner_of(value: &str) -> Option<Who> {
    PEOPLE.iter().position(|somebody| somebody.canaries.iter().any(|canary| value.contains(canary.as_str())))
}
