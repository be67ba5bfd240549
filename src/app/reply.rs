//! The way through: signing password, user-authentication PIN, STEP1, STEP2, STEP3; what the worker answers, and what follows.
//! Readers and cards coming and going are `cards`' matter.

use super::account::CardUse;
use super::action::Action;
use super::cards::{after_job, known_tries, look_again, look_on, looked, not_ours, not_ready, obstacle, resume, set_tries};
use super::first_password::{self, PasswordNote};
use super::form::Focus;
use super::result::{self, Outcome, ResultPage};
use super::step::{AfterPin, ConfirmFocus, ConfirmPage, NextStep, Overlay, PinEntry, PinFocus, PinNote, Question, Screen, TroublePage};
use super::update::{TopRow, pin_purpose};
use super::visit::Visit;
use super::{Effect, Model, Wait, Waiting, account, prefill};
use crate::card::pin::Shape;
use crate::card::{Purpose, Tries};
use crate::error::Code;
use crate::registration::FieldId;
use crate::worker::{Confirmed, Doing, Job, Message, Opened, Registered, Reply, SigningCertificate, Trouble};
use std::sync::Arc;

/// Go on from "before you begin": to the form if the card is proved already, else to the signing password.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    if model.visit.session.is_some() {
        return reopen(model);
    }
    if let Some(effects) = not_ready(model) {
        return effects;
    }
    ask_pin(model, Purpose::Signing, AfterPin::GoOn);
    Vec::new()
}

/// Go on with a visit that was left open. That needs its card, and the user-authentication PIN if the card was away meanwhile;
/// until then nothing of the person is shown.
pub(super) fn reopen(model: &mut Model) -> Vec<Effect> {
    if let Some(effects) = not_ready(model) {
        return effects;
    }
    if model.visit.session.is_none() {
        ask_pin(model, Purpose::Signing, AfterPin::GoOn);
    } else if model.visit.was_away {
        return ask_again(model, Purpose::Authentication, AfterPin::Resume);
    } else {
        model.visit.screen = Screen::Input;
    }
    Vec::new()
}

/// Open the page of a PIN.
pub(super) fn ask_pin(model: &mut Model, purpose: Purpose, then: AfterPin) {
    let tries = known_tries(model, purpose);
    model.visit.screen = Screen::Pin(Box::new(PinEntry::new(purpose, tries, then)));
}

/// End the visit: everything personal goes, in the worker too, and the screen is drawn anew in full.
pub(super) fn end(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if model.visit.waiting.is_some() {
        effects.push(Effect::Cancel);
    }
    model.visit = Visit::new(model.today);
    model.card.looked.clear();
    model.card.look = None;
    // Which reader the last person chose is not the next one's choice.
    model.card.chosen.clone_from(&model.setup.reader);
    let ticket = model.ticket();
    effects.extend([Effect::Run(ticket, Job::Forget), Effect::Redraw]);
    effects.extend(look_on(model));
    effects
}

/// Make room for the next person: at once where nothing is lost, else after a question.
pub(super) fn next_person(model: &mut Model) -> Vec<Effect> {
    if model.visit.is_blank() {
        return end(model);
    }
    if !model.visit.is_sending() {
        let ask = match model.visit.result() {
            Some(done) if done.needs_writing() => Question::Written,
            // What was to be kept is kept.
            Some(_) => return end(model),
            None => Question::Forget,
        };
        super::overlay::put_over(model, Overlay::Question(ask, 0));
    }
    Vec::new()
}

/// To the top page. A registration that is under way stays open there; of anything else nothing is left.
pub(super) fn to_top(model: &mut Model) -> Vec<Effect> {
    if !model.visit.is_open() {
        return end(model);
    }
    // With one try left, going on is not the default.
    let last_try = model.visit.was_away && known_tries(model, Purpose::Authentication) == Tries::Left(1);
    let wanted = if last_try { TopRow::NextPerson } else { TopRow::GoOn };
    let row = super::update::top_rows(model).iter().position(|row| *row == wanted).unwrap_or(0);
    model.visit.over = None;
    model.visit.screen = Screen::Top(row);
    Vec::new()
}

/// Send the PIN that was typed, if it can be right.
pub(super) fn submit_pin(model: &mut Model) -> Vec<Effect> {
    let Some(reader) = model.reader().map(|reader| reader.name.clone()) else {
        if let (true, Screen::Pin(entry)) = (model.card.look.is_some(), &mut model.visit.screen) {
            entry.note = Some(PinNote::Looking);
            return Vec::new();
        }
        return trouble_page(model, Trouble::Card(Code::NoCard.into()), NextStep::Look);
    };
    let ticket = model.ticket();
    let Screen::Pin(entry) = &mut model.visit.screen else { return Vec::new() };
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
    let purpose = entry.pin.purpose();
    let account = entry.then == AfterPin::Account;
    // The PIN leaves the page by value; an empty one takes its place.
    let fresh = PinEntry { shown: entry.shown, ..PinEntry::new(purpose, entry.tries, entry.then.clone()) };
    let pin = std::mem::replace(entry.as_mut(), fresh).pin;
    if account && account::is_last(model, purpose) {
        return account::run(model, Some(pin));
    }
    let card = model.visit.card;
    let (what, job) = match purpose {
        Purpose::Signing => (Wait::Sign, Job::Sign { reader, pin, card }),
        Purpose::Authentication => (Wait::Authenticate, Job::Authenticate { reader, pin, card }),
    };
    model.visit.waiting = Some(Waiting { ticket, what, progress: None });
    vec![Effect::Run(ticket, job)]
}

/// Leave a PIN page without giving a PIN. The card is given back, so that it remembers none.
pub(super) fn leave_pin(model: &mut Model) -> Vec<Effect> {
    let Screen::Pin(entry) = &model.visit.screen else { return Vec::new() };
    let then = entry.then.clone();
    model.visit.account.card = CardUse::Closed;
    let ticket = model.ticket();
    match then {
        AfterPin::GoOn => {
            model.visit.screen = Screen::Prepare(super::update::PREPARE_NEXT);
            vec![Effect::Run(ticket, Job::Release)]
        }
        AfterPin::Account => {
            account::back_from_pin(model);
            vec![Effect::Run(ticket, Job::Release)]
        }
        AfterPin::Resume => {
            let mut effects = vec![Effect::Run(ticket, Job::LetGo)];
            effects.extend(to_top(model));
            effects
        }
        AfterPin::Register(confirmed) => {
            model.visit.screen = Screen::Confirm(Box::new(ConfirmPage::new(confirmed)));
            vec![Effect::Run(ticket, Job::LetGo)]
        }
    }
}

/// While a job runs the only wish is to stop waiting; the form stays. A registration that is signed is waited for to the end:
/// whoever stopped now would not know whether they are registered.
pub(super) fn while_waiting(model: &mut Model, wish: &Action) -> Vec<Effect> {
    if !matches!(wish, Action::Back) || model.visit.is_sending() {
        return Vec::new();
    }
    stop_waiting(model)
}

/// Drop the job that the person waits for. What happened to readers and cards meanwhile is seen to now, as at its end.
fn stop_waiting(model: &mut Model) -> Vec<Effect> {
    model.visit.waiting = None;
    let mut effects = vec![Effect::Cancel];
    effects.extend(after_job(model));
    effects
}

/// Give the worker a job that the person waits for.
pub(super) fn run(model: &mut Model, what: Wait, job: Job) -> Vec<Effect> {
    let ticket = model.ticket();
    model.visit.waiting = Some(Waiting { ticket, what, progress: None });
    vec![Effect::Run(ticket, job)]
}

/// Open the terms, and fetch them.
pub(super) fn terms(model: &mut Model) -> Vec<Effect> {
    model.visit.over = Some(Overlay::Terms(None, 0));
    let language = model.lang.tag();
    run(model, Wait::Terms, Job::Terms { language })
}

/// Return what is to be registered: what STEP2 shows, or what the PIN page was opened for.
fn confirmed(model: &Model) -> Option<Arc<Confirmed>> {
    match &model.visit.screen {
        Screen::Confirm(page) => Some(Arc::clone(&page.confirmed)),
        Screen::Pin(entry) => match &entry.then {
            AfterPin::Register(confirmed) => Some(Arc::clone(confirmed)),
            _ => None,
        },
        _ => None,
    }
}

/// Register what STEP2 shows.
pub(super) fn register(model: &mut Model) -> Vec<Effect> {
    let Some(confirmed) = confirmed(model) else { return Vec::new() };
    let language = model.lang.tag();
    run(model, Wait::Register, Job::Register { confirmed, language })
}

/// Show STEP2, with the focus where 登録 was pressed.
fn show_step2(model: &mut Model, confirmed: Arc<Confirmed>) {
    let page = ConfirmPage { focus: ConfirmFocus::Register, ..ConfirmPage::new(confirmed) };
    model.visit.screen = Screen::Confirm(Box::new(page));
}

/// Close the page over the screen; what it was waiting for is dropped.
pub(super) fn close(model: &mut Model) -> Vec<Effect> {
    let waited = matches!(model.visit.over, Some(Overlay::Terms(None, _)));
    model.visit.over = model.visit.beneath.take();
    if waited { stop_waiting(model) } else { Vec::new() }
}

/// Take the way on that a trouble page offers.
pub(super) fn go_on(model: &mut Model, next_step: NextStep) -> Vec<Effect> {
    if next_step == NextStep::Look && !(matches!(model.facts(), Some(Ok(_))) && obstacle(model).is_none()) {
        // The page stays until the answer is there: it goes on by itself, or says what is still amiss.
        return look_again(model);
    }
    model.visit.over = None;
    match next_step {
        NextStep::Look => resume(model),
        NextStep::Prove => run(model, Wait::Prove, Job::Prove),
        NextStep::Register => register(model),
        NextStep::Terms => terms(model),
        NextStep::Pin(purpose) => {
            let then = then(model);
            ask_again(model, purpose, then)
        }
        NextStep::Account => account::run(model, None),
        NextStep::AccountMenu => account::from_trouble(model),
        NextStep::CardValues => {
            prefill::take_card(model);
            Vec::new()
        }
        NextStep::Close => Vec::new(),
    }
}

/// Return what follows a PIN that is asked for on this page.
fn then(model: &Model) -> AfterPin {
    match &model.visit.screen {
        Screen::Pin(entry) => entry.then.clone(),
        Screen::Confirm(page) => AfterPin::Register(Arc::clone(&page.confirmed)),
        Screen::Account | Screen::AccountMenu(_) => AfterPin::Account,
        _ => AfterPin::GoOn,
    }
}

/// Leave a trouble page without taking its way on; nothing typed is lost.
pub(super) fn give_way(model: &mut Model) -> Vec<Effect> {
    model.visit.over = None;
    match &model.visit.screen {
        // A page that asks for a PIN has nothing to show when the card cannot take one.
        Screen::Pin(_) => leave_pin(model),
        _ => Vec::new(),
    }
}

fn ask_again(model: &mut Model, purpose: Purpose, then: AfterPin) -> Vec<Effect> {
    ask_pin(model, purpose, then);
    if let Screen::Pin(entry) = &mut model.visit.screen {
        entry.note = Some(PinNote::Again);
    }
    Vec::new()
}

/// Take an answer of the worker.
pub(super) fn worker(model: &mut Model, message: Message) -> Vec<Effect> {
    if let Some((_, reader)) = model.card.look.take_if(|(ticket, _)| *ticket == message.ticket) {
        return looked(model, reader, message.reply);
    }
    let Some(waiting) = model.visit.waiting.as_mut().filter(|waiting| waiting.ticket == message.ticket) else {
        return Vec::new();
    };
    if let Reply::Progress(progress) = message.reply {
        waiting.progress = Some(progress);
        return Vec::new();
    }
    let ended = *waiting;
    model.visit.waiting = None;
    let mut effects = answered(model, ended, message.reply);
    effects.extend(after_job(model));
    effects
}

fn answered(model: &mut Model, ended: Waiting, reply: Reply) -> Vec<Effect> {
    match reply {
        Reply::Certificate(certificate) => signed_in(model, certificate),
        Reply::Proved(opened) => proved(model, *opened),
        Reply::Terms(text) => {
            // Help, or a question, may stand over them by now.
            for over in [&mut model.visit.over, &mut model.visit.beneath] {
                if let Some(Overlay::Terms(shown, _)) = over {
                    *shown = Some(text.clone());
                }
            }
            Vec::new()
        }
        Reply::Registered(confirmed) => registered(model, *confirmed),
        Reply::PasswordSet => {
            first_password::answered(model, PasswordNote::Set);
            Vec::new()
        }
        Reply::Acted(acted) => account::acted(model, *acted),
        Reply::Mail(mail) => {
            result::answered(model, Ok(mail));
            Vec::new()
        }
        Reply::Failed(trouble) => failed(model, ended, *trouble),
        Reply::Progress(_) | Reply::Facts(_) | Reply::Released => Vec::new(),
    }
}

fn signed_in(model: &mut Model, certificate: Box<SigningCertificate>) -> Vec<Effect> {
    set_tries(model, Purpose::Signing, Tries::Left(5));
    let then = then(model);
    if then != AfterPin::Account {
        match &model.visit.certificate {
            // The form was filled from another one: it is not signed with this.
            Some(before) if before.fingerprint != certificate.fingerprint => return not_ours(model),
            Some(_) => {}
            None => prefill::fill(model, certificate),
        }
    }
    match then {
        AfterPin::Register(confirmed) => {
            show_step2(model, confirmed);
            register(model)
        }
        then => {
            ask_pin(model, Purpose::Authentication, then);
            Vec::new()
        }
    }
}

/// The session is open: to STEP1, or on with the registration that was under way. Terms that have changed must be agreed to anew.
fn proved(model: &mut Model, opened: Opened) -> Vec<Effect> {
    let registering = confirmed(model).filter(|confirmed| confirmed.terms == opened.terms);
    let before = model.visit.terms.replace(opened.terms.clone());
    let changed = before.is_some_and(|before| before != opened.terms);
    model.visit.session = Some(opened);
    // A card that went while the proof was under way has been away since its PIN was given.
    model.visit.was_away = model.visit.reader.is_none();
    if let Some(confirmed) = registering {
        show_step2(model, confirmed);
        return register(model);
    }
    if changed {
        model.visit.form.set(FieldId::Consent, String::new());
        model.visit.form.focus = Focus::Terms;
    }
    model.visit.screen = Screen::Input;
    let focus = model.visit.form.focus;
    model.visit.form.go(focus);
    Vec::new()
}

fn registered(model: &mut Model, registered: Registered) -> Vec<Effect> {
    let Some(confirmed) = confirmed(model) else { return Vec::new() };
    model.visit.over = None;
    model.visit.session = None;
    model.visit.screen = Screen::Result(Box::new(ResultPage::new(Outcome::Registered(registered, confirmed))));
    Vec::new()
}

pub(super) fn trouble_page(model: &mut Model, trouble: Trouble, next_step: NextStep) -> Vec<Effect> {
    let page = TroublePage { trouble, next_step, perhaps: false, line: 0 };
    model.visit.over = Some(Overlay::Trouble(Box::new(page)));
    if next_step == NextStep::Look {
        // The page promises to go on by itself: a card that came back while a job ran has not been looked at yet.
        return look_on(model);
    }
    Vec::new()
}

/// What follows when a job did not work: the PIN page again, a page of its own, or STEP1 with the fields that the service refused.
fn failed(model: &mut Model, ended: Waiting, trouble: Trouble) -> Vec<Effect> {
    let (code, what) = (trouble.code(), ended.what);
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
        model.visit.form.refuse(faults.clone());
        model.visit.screen = Screen::Input;
        return Vec::new();
    }
    match what {
        // Whatever the answer is: the 認証ID stays on the screen, and a first password leads to no page of a registration.
        Wait::Mail => {
            result::answered(model, Err(code));
            return Vec::new();
        }
        Wait::Password if matches!(code, Code::PasswordRefused | Code::LinkExpired) => {
            let weak = if let Trouble::Password(weakness) = trouble { Some(PasswordNote::Weak(weakness)) } else { None };
            first_password::answered(model, weak.unwrap_or(PasswordNote::Refused(code)));
            return Vec::new();
        }
        // The password is gone with the job; the code stays.
        Wait::Password => return trouble_page(model, trouble, NextStep::Close),
        _ => {}
    }
    match code {
        Code::OtherCard => {
            let effects = not_ours(model);
            if matches!(trouble, Trouble::Service { .. }) {
                // Said also if the card that lies there is the visit's after all: only the service then knows another.
                let _ = trouble_page(model, trouble, NextStep::Close);
            }
            return effects;
        }
        Code::NotCardHolder if what == Wait::Register => {
            model.visit.screen = Screen::Input;
            return trouble_page(model, trouble, NextStep::CardValues);
        }
        Code::SigningForgotten => {
            let then = then(model);
            return ask_again(model, Purpose::Signing, then);
        }
        Code::AuthenticationForgotten => {
            let then = then(model);
            return ask_again(model, Purpose::Authentication, then);
        }
        _ => {}
    }
    let acting = matches!(&model.visit.screen, Screen::Pin(entry) if entry.then == AfterPin::Account);
    match what {
        Wait::LogIn | Wait::Act => return account::failed(model, what, trouble),
        Wait::Sign if acting => return account::failed(model, what, trouble),
        _ => {}
    }
    let next_step = match code {
        Code::AlreadyRegistered => NextStep::AccountMenu,
        Code::PinUncertain | Code::SigningLocked | Code::AuthenticationLocked => {
            // The counter is read again before anything else is typed.
            if let Some(reader) = model.reader().map(|reader| reader.name.clone()) {
                model.card.forget_facts(&reader);
            }
            NextStep::Look
        }
        Code::TermsChanged => {
            model.visit.session = None;
            NextStep::Prove
        }
        Code::SessionExpired => NextStep::Prove,
        _ => match (&trouble, what) {
            (Trouble::Card(_), Wait::Sign | Wait::Authenticate | Wait::Prove) => NextStep::Look,
            (_, Wait::Sign) => NextStep::Pin(Purpose::Signing),
            (_, Wait::Authenticate | Wait::Prove) => NextStep::Prove,
            (_, Wait::Terms) => NextStep::Terms,
            (_, Wait::Register) => NextStep::Register,
            (_, Wait::Password | Wait::LogIn | Wait::Act | Wait::Mail) => NextStep::Close,
        },
    };
    let sent = ended.progress.is_some_and(|progress| progress.doing == Doing::Sending);
    let effects = trouble_page(model, trouble, next_step);
    if let Some(Overlay::Trouble(page)) = &mut model.visit.over {
        // It was on its way, and nobody has said what became of it.
        page.perhaps = what == Wait::Register && sent && matches!(code, Code::TimedOut | Code::AnswerGarbled | Code::ServiceFault);
    }
    effects
}

fn wrong_pin(model: &mut Model, purpose: Purpose, tries: Tries) {
    if let Screen::Pin(entry) = &mut model.visit.screen {
        let (then, shown) = (entry.then.clone(), entry.shown);
        *entry.as_mut() = PinEntry { shown, note: Some(PinNote::Wrong(tries)), ..PinEntry::new(purpose, tries, then) };
    }
}
