//! The way through: what the card and the service say, and what follows. Signing password, user-authentication PIN, STEP1, STEP2, STEP3.

use super::action::Action;
use super::acts::CardUse;
use super::done::{self, Deed, Done};
use super::first_password::{self, PasswordNote};
use super::form::Focus;
use super::step::{Over, PinEntry, PinFocus, PinNote, Screen, Then, TroublePage, WayOn};
use super::update::pin_purpose;
use super::{Effect, Model, Wait, Waiting, acts, prefill};
use crate::card::pin::Shape;
use crate::card::watch::Seen;
use crate::card::{Facts, Purpose, Tries};
use crate::certificate::Validity;
use crate::error::Code;
use crate::registration::{Date, FieldId};
use crate::worker::{Job, Message, Opened, Registered, Reply, Trouble};

/// Readers or cards came or went: look at the card if it is new.
pub(super) fn seen(model: &mut Model, seen: Seen) -> Vec<Effect> {
    let had = model.card.reader().filter(|reader| reader.card).map(|reader| reader.name.clone());
    model.card.seen = Some(seen);
    let has = model.card.reader().filter(|reader| reader.card).map(|reader| reader.name.clone());
    if had == has && (model.card.facts.is_some() || model.card.look.is_some()) {
        return Vec::new();
    }
    model.card.facts = None;
    model.card.look = None;
    let asking = matches!(model.screen, Screen::Pin(_)) && model.over.is_none() && model.waiting.is_none();
    if asking && has.is_none() {
        // The card was taken away before the PIN was sent: nothing was spent, and the page goes on when it is back.
        return trouble_page(model, Trouble::Card(Code::NoCard.into()), WayOn::Look);
    }
    look(model)
}

/// Look at the card without any PIN, unless a job has it.
pub(super) fn look(model: &mut Model) -> Vec<Effect> {
    if model.waiting.is_some() {
        return Vec::new();
    }
    let Some(reader) = model.card.reader().filter(|reader| reader.card).map(|reader| reader.name.clone()) else {
        return Vec::new();
    };
    let ticket = model.ticket();
    model.card.look = Some(ticket);
    vec![Effect::Run(ticket, Job::Look { reader })]
}

/// Return the keys that what the person is about to do needs: a registration both, in this order.
fn needed(model: &Model) -> &'static [Purpose] {
    let acts = match &model.screen {
        Screen::Pin(entry) => entry.then == Then::Act,
        screen => matches!(screen, Screen::Act | Screen::Acts(_)),
    };
    if acts { model.acts.act().keys() } else { &[Purpose::Signing, Purpose::Authentication] }
}

/// Return why no PIN can be asked for now; `None` when the card is ready.
pub fn obstacle(model: &Model) -> Option<Trouble> {
    let seen = model.card.seen.as_ref()?;
    let needed = needed(model);
    let (signing, authentication) = (needed.contains(&Purpose::Signing), needed.contains(&Purpose::Authentication));
    let code = match (&model.card.facts, model.card.reader()) {
        _ if !seen.service => Code::PcscNotRunning,
        _ if seen.readers.is_empty() => Code::NoReader,
        (_, None) if !model.card.is_ambiguous() => Code::NoCard,
        (_, Some(reader)) if !reader.card => Code::NoCard,
        (Some(Err(trouble)), _) => return Some(trouble.clone()),
        (Some(Ok(facts)), _) if signing && !facts.signing_present => Code::SigningCertificateAbsent,
        (Some(Ok(facts)), _) if authentication && !facts.authentication_present => Code::AuthenticationCertificateAbsent,
        (Some(Ok(facts)), _) if authentication && has_ended(facts, model.today()) => Code::AuthenticationCertificateExpired,
        (Some(Ok(facts)), _) if signing && facts.signing_tries == Tries::Locked => Code::SigningLocked,
        (Some(Ok(facts)), _) if authentication && facts.authentication_tries == Tries::Locked => Code::AuthenticationLocked,
        _ => return None,
    };
    Some(Trouble::Card(code.into()))
}

/// Whether the user-authentication certificate's last day is over: no PIN is asked for in vain.
fn has_ended(facts: &Facts, today: Date) -> bool {
    facts.authentication_validity.and_then(|validity| super::date_in_japan(validity.until)).is_some_and(|last| last < today)
}

/// Go on from "before you begin": to the form if the card is proved already, else to the signing password.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    if model.session.is_some() {
        model.screen = Screen::Input;
        return Vec::new();
    }
    if let Some(effects) = not_ready(model) {
        return effects;
    }
    let tries = known_tries(model, Purpose::Signing);
    model.screen = Screen::Pin(Box::new(PinEntry::new(Purpose::Signing, tries, Then::GoOn)));
    Vec::new()
}

/// Show why no PIN can be asked for now; `None` when the card is ready.
pub(super) fn not_ready(model: &mut Model) -> Option<Vec<Effect>> {
    if model.card.is_ambiguous() {
        model.over = Some(Over::Reader(0));
        return Some(Vec::new());
    }
    let trouble = match (obstacle(model), &model.card.facts) {
        (Some(trouble), _) => trouble,
        (None, Some(Ok(_))) => return None,
        // Not looked at yet: the page says so, and goes on when the answer is there.
        (None, _) => Trouble::Card(Code::NoCard.into()),
    };
    Some(trouble_page(model, trouble, WayOn::Look))
}

/// Send the PIN that was typed, if it can be right.
pub(super) fn submit_pin(model: &mut Model) -> Vec<Effect> {
    let Some(reader) = model.card.reader().map(|reader| reader.name.clone()) else {
        return trouble_page(model, Trouble::Card(Code::NoCard.into()), WayOn::Look);
    };
    let ticket = model.ticket();
    let Screen::Pin(entry) = &mut model.screen else { return Vec::new() };
    if !entry.may_go_on() {
        entry.note = Some(PinNote::Word);
        entry.focus = PinFocus::Word;
        return Vec::new();
    }
    if let Err(shape) = entry.pin.check() {
        entry.note = Some(PinNote::Shape(shape));
        entry.focus = PinFocus::Pin;
        if shape == Shape::LeftOut {
            // Told once; what stands there may be meant after all.
            entry.pin.acknowledge();
        }
        return Vec::new();
    }
    let (purpose, then) = (entry.pin.purpose(), entry.then);
    // The PIN leaves the page by value; an empty one takes its place.
    let fresh = PinEntry { shown: entry.shown, ..PinEntry::new(purpose, entry.tries, then) };
    let pin = std::mem::replace(entry.as_mut(), fresh).pin;
    if then == Then::Act && acts::is_last(model, purpose) {
        return acts::run(model, Some(pin));
    }
    let (what, job) = match purpose {
        Purpose::Signing => (Wait::Sign, Job::Sign { reader, pin }),
        Purpose::Authentication => (Wait::Authenticate, Job::Authenticate { reader, pin }),
    };
    model.waiting = Some(Waiting { ticket, what, progress: None });
    vec![Effect::Run(ticket, job)]
}

/// Leave a PIN page without giving a PIN.
pub(super) fn leave_pin(model: &mut Model) -> Vec<Effect> {
    let then = match &model.screen {
        Screen::Pin(entry) => entry.then,
        _ => return Vec::new(),
    };
    match then {
        Then::GoOn => model.screen = Screen::Prepare(super::update::PREPARE_NEXT),
        Then::Register => model.screen = Screen::Confirm(super::update::CONFIRM_REGISTER),
        Then::Act => acts::back_from_pin(model),
    }
    model.acts.card = CardUse::Closed;
    let ticket = model.ticket();
    vec![Effect::Run(ticket, Job::Release)]
}

/// Give the card back; the person is done.
pub(super) fn forget(model: &mut Model) -> Vec<Effect> {
    let ticket = model.ticket();
    vec![Effect::Run(ticket, Job::Forget)]
}

/// While a job runs the only wish is to stop waiting; the form stays.
pub(super) fn while_waiting(model: &mut Model, wish: &Action) -> Vec<Effect> {
    if !matches!(wish, Action::Back) {
        return Vec::new();
    }
    model.waiting = None;
    vec![Effect::Cancel]
}

/// Give the worker a job that the person waits for.
pub(super) fn run(model: &mut Model, what: Wait, job: Job) -> Vec<Effect> {
    let ticket = model.ticket();
    model.waiting = Some(Waiting { ticket, what, progress: None });
    vec![Effect::Run(ticket, job)]
}

/// Open the terms, and fetch them.
pub(super) fn terms(model: &mut Model) -> Vec<Effect> {
    model.over = Some(Over::Terms(None, 0));
    let language = model.lang.tag();
    run(model, Wait::Terms, Job::Terms { language })
}

/// Register what STEP2 shows.
pub(super) fn register(model: &mut Model) -> Vec<Effect> {
    let Some(form) = model.confirmed.clone() else { return Vec::new() };
    let language = model.lang.tag();
    run(model, Wait::Register, Job::Register { form, language })
}

/// Close the page over the screen; what it was waiting for is dropped.
pub(super) fn close(model: &mut Model) -> Vec<Effect> {
    let waited = matches!(model.over, Some(Over::Terms(None, _)));
    model.over = model.beneath.take();
    if waited {
        model.waiting = None;
        return vec![Effect::Cancel];
    }
    Vec::new()
}

/// Take the way on that a trouble page offers.
pub(super) fn go_on(model: &mut Model, way_on: WayOn) -> Vec<Effect> {
    if way_on == WayOn::Look && !(matches!(model.card.facts, Some(Ok(_))) && obstacle(model).is_none()) {
        // The page stays until the answer is there: it goes on by itself, or says what is still amiss.
        model.card.facts = None;
        return look(model);
    }
    model.over = None;
    match way_on {
        WayOn::Look => resume(model),
        WayOn::Prove => run(model, Wait::Prove, Job::Prove),
        WayOn::Register => register(model),
        WayOn::Terms => terms(model),
        WayOn::Pin(purpose) => {
            let then = if matches!(&model.screen, Screen::Pin(entry) if entry.then == Then::Act) {
                Then::Act
            } else if model.confirmed.is_some() && model.session.is_some() {
                Then::Register
            } else {
                Then::GoOn
            };
            ask_again(model, purpose, then)
        }
        WayOn::Act => acts::run(model, None),
        WayOn::Acts => acts::from_trouble(model),
        WayOn::Close => Vec::new(),
        WayOn::Top => to_top(model),
    }
}

/// Go on with what was waiting for the card.
fn resume(model: &mut Model) -> Vec<Effect> {
    if matches!(model.screen, Screen::Prepare(_)) { begin(model) } else { acts::resume(model) }
}

/// Leave a trouble page without taking its way on; nothing typed is lost.
pub(super) fn give_way(model: &mut Model, way_on: WayOn) -> Vec<Effect> {
    model.over = None;
    match (way_on, &model.screen) {
        (WayOn::Top, _) => to_top(model),
        // A page that asks for a PIN has nothing to show when the card cannot take one.
        (_, Screen::Pin(_)) => leave_pin(model),
        _ => Vec::new(),
    }
}

/// To the top page: the next person finds nothing of this one.
pub(super) fn to_top(model: &mut Model) -> Vec<Effect> {
    model.forget_person();
    model.screen = Screen::Top(0);
    let mut effects = forget(model);
    effects.extend(look(model));
    effects
}

fn ask_again(model: &mut Model, purpose: Purpose, then: Then) -> Vec<Effect> {
    let tries = known_tries(model, purpose);
    let mut entry = PinEntry::new(purpose, tries, then);
    entry.note = Some(PinNote::Again);
    model.screen = Screen::Pin(Box::new(entry));
    Vec::new()
}

/// Return how many tries are left, as the card last said.
pub(super) fn known_tries(model: &Model, purpose: Purpose) -> Tries {
    match (&model.card.facts, purpose) {
        (Some(Ok(facts)), Purpose::Signing) => facts.signing_tries,
        (Some(Ok(facts)), Purpose::Authentication) => facts.authentication_tries,
        _ => Tries::Unknown,
    }
}

/// Take an answer of the worker.
pub(super) fn worker(model: &mut Model, message: Message) -> Vec<Effect> {
    if model.card.look == Some(message.ticket) {
        return looked(model, message.reply);
    }
    let Some(waiting) = model.waiting.as_mut().filter(|waiting| waiting.ticket == message.ticket) else {
        return Vec::new();
    };
    let what = waiting.what;
    if let Reply::Progress(progress) = message.reply {
        waiting.progress = Some(progress);
        return Vec::new();
    }
    model.waiting = None;
    match message.reply {
        Reply::Holder(holder, validity) => signed_in(model, &holder, validity),
        Reply::Proved(opened) => proved(model, *opened),
        Reply::Terms(text) => {
            if let Some(Over::Terms(shown, _)) = &mut model.over {
                *shown = Some(text);
            }
            Vec::new()
        }
        Reply::Registered(confirmed) => registered(model, *confirmed),
        Reply::PasswordSet => {
            first_password::answered(model, PasswordNote::Set);
            Vec::new()
        }
        Reply::Acted(acted) => acts::acted(model, *acted),
        Reply::Mail(mail) => {
            done::answered(model, Ok(mail));
            Vec::new()
        }
        Reply::Failed(trouble) => failed(model, what, *trouble),
        Reply::Progress(_) | Reply::Facts(_) | Reply::Released => Vec::new(),
    }
}

fn looked(model: &mut Model, reply: Reply) -> Vec<Effect> {
    let facts = match reply {
        Reply::Facts(facts) => Ok(facts),
        Reply::Failed(trouble) => Err(*trouble),
        _ => return Vec::new(),
    };
    model.card.look = None;
    model.card.facts = Some(facts);
    let waits = matches!(&model.over, Some(Over::Trouble(page)) if page.way_on == WayOn::Look);
    if !waits {
        return Vec::new();
    }
    match obstacle(model) {
        // What the person was told to do is done: go on without another key.
        None => {
            model.over = None;
            if let Some(purpose) = pin_purpose(model) {
                let tries = known_tries(model, purpose);
                if let Screen::Pin(entry) = &mut model.screen {
                    entry.tries = tries;
                    entry.note = entry.pin.is_empty().then_some(PinNote::Again);
                }
            }
            resume(model)
        }
        Some(trouble) => trouble_page(model, trouble, WayOn::Look),
    }
}

fn signed_in(model: &mut Model, holder: &crate::certificate::Holder, validity: Validity) -> Vec<Effect> {
    set_tries(model, Purpose::Signing, Tries::Left(5));
    let then = match &model.screen {
        Screen::Pin(entry) => entry.then,
        _ => Then::GoOn,
    };
    if then != Then::Act {
        model.certificate_last = super::date_in_japan(validity.until);
        prefill::offer(&mut model.form, holder);
    }
    match then {
        Then::GoOn | Then::Act => {
            let tries = known_tries(model, Purpose::Authentication);
            model.screen = Screen::Pin(Box::new(PinEntry::new(Purpose::Authentication, tries, then)));
            Vec::new()
        }
        Then::Register => {
            model.screen = Screen::Confirm(super::update::CONFIRM_REGISTER);
            register(model)
        }
    }
}

/// The session is open: to STEP1, or on with the registration that was under way. Terms that have changed must be agreed to anew.
fn proved(model: &mut Model, opened: Opened) -> Vec<Effect> {
    let agreed = model.agreed.as_ref() == Some(&opened.terms);
    model.session = Some(opened);
    let registering = match &model.screen {
        Screen::Pin(entry) => entry.then == Then::Register,
        Screen::Confirm(_) => true,
        _ => false,
    };
    if registering && agreed {
        model.screen = Screen::Confirm(super::update::CONFIRM_REGISTER);
        return register(model);
    }
    model.screen = Screen::Input;
    let mut focus = model.form.focus;
    if registering {
        model.form.set(FieldId::Consent, String::new());
        focus = Focus::Terms;
    }
    model.form.go(focus);
    Vec::new()
}

fn set_tries(model: &mut Model, purpose: Purpose, tries: Tries) {
    if let Some(Ok(Facts { signing_tries, authentication_tries, .. })) = &mut model.card.facts {
        match purpose {
            Purpose::Signing => *signing_tries = tries,
            Purpose::Authentication => *authentication_tries = tries,
        }
    }
}

fn registered(model: &mut Model, registered: Registered) -> Vec<Effect> {
    model.over = None;
    model.session = None;
    model.screen = Screen::Done(Box::new(Done::new(Deed::Registered(registered))));
    Vec::new()
}

pub(super) fn trouble_page(model: &mut Model, trouble: Trouble, way_on: WayOn) -> Vec<Effect> {
    model.over = Some(Over::Trouble(Box::new(TroublePage { trouble, way_on, line: 0 })));
    if way_on == WayOn::Look && model.card.facts.is_none() && model.card.look.is_none() {
        // The page promises to go on by itself: a card that came back while a job ran has not been looked at yet.
        return look(model);
    }
    Vec::new()
}

/// What follows when a job did not work: the PIN page again, a page of its own, or STEP1 with the fields that the service refused.
fn failed(model: &mut Model, what: Wait, trouble: Trouble) -> Vec<Effect> {
    let code = trouble.code();
    if let (Trouble::Card(card), Some(purpose)) = (&trouble, pin_purpose(model))
        && let Some(tries) = card.tries
    {
        set_tries(model, purpose, tries);
        if matches!(code, Code::SigningWrong | Code::AuthenticationWrong) {
            wrong_pin(model, purpose, tries);
            return Vec::new();
        }
    }
    if let Trouble::Service { faults, .. } = &trouble
        && code == Code::FieldsRefused
        && matches!(what, Wait::Register)
        && !faults.is_empty()
    {
        model.form.refuse(faults.clone());
        model.screen = Screen::Input;
        return Vec::new();
    }
    match code {
        Code::SigningForgotten => return ask_again(model, Purpose::Signing, forgotten_then(what)),
        Code::AuthenticationForgotten => return ask_again(model, Purpose::Authentication, forgotten_then(what)),
        _ => {}
    }
    let acting = matches!(&model.screen, Screen::Pin(entry) if entry.then == Then::Act);
    match what {
        Wait::Password if matches!(code, Code::PasswordRefused | Code::LinkExpired) => {
            let weak = if let Trouble::Password(weakness) = trouble { Some(PasswordNote::Weak(weakness)) } else { None };
            first_password::answered(model, weak.unwrap_or(PasswordNote::Refused(code)));
            return Vec::new();
        }
        Wait::Mail => {
            done::answered(model, Err(code));
            return Vec::new();
        }
        Wait::LogIn | Wait::Act => return acts::failed(model, what, trouble),
        Wait::Sign if acting => return acts::failed(model, what, trouble),
        _ => {}
    }
    let way_on = match code {
        Code::AlreadyRegistered => WayOn::Acts,
        Code::PinUncertain | Code::SigningLocked | Code::AuthenticationLocked => {
            // The counter is read again before anything else is typed.
            model.card.facts = None;
            WayOn::Look
        }
        Code::TermsChanged => {
            model.agreed = None;
            model.session = None;
            WayOn::Prove
        }
        Code::SessionExpired => WayOn::Prove,
        _ => match (&trouble, what) {
            (Trouble::Card(_), Wait::Sign | Wait::Authenticate | Wait::Prove) => WayOn::Look,
            (_, Wait::Sign) => WayOn::Pin(Purpose::Signing),
            (_, Wait::Authenticate | Wait::Prove) => WayOn::Prove,
            (_, Wait::Terms) => WayOn::Terms,
            (_, Wait::Register) => WayOn::Register,
            // The password is gone with the job; the code stays.
            (_, Wait::Password | Wait::LogIn | Wait::Act | Wait::Mail) => WayOn::Close,
        },
    };
    trouble_page(model, trouble, way_on)
}

fn forgotten_then(what: Wait) -> Then {
    match what {
        Wait::Register => Then::Register,
        Wait::Act => Then::Act,
        _ => Then::GoOn,
    }
}

fn wrong_pin(model: &mut Model, purpose: Purpose, tries: Tries) {
    if let Screen::Pin(entry) = &mut model.screen {
        let then = entry.then;
        let shown = entry.shown;
        *entry.as_mut() = PinEntry { shown, note: Some(PinNote::Wrong(tries)), ..PinEntry::new(purpose, tries, then) };
    }
}
