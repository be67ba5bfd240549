//! Handling of the worker's replies.

use super::{account, cards, confirm, first_password, open, pin, prefill, readers, result};
use crate::app::day_count::Reached;
use crate::app::screen::{Overlay, Screen};
use crate::app::state::first_password::PasswordNote;
use crate::app::state::form::FormFocus;
use crate::app::state::pin::{AfterPin, PinNote};
use crate::app::state::result::{Outcome, ResultPage};
use crate::app::state::trouble::NextStep;
use crate::app::{Effect, Model, Wait, Waiting};
use crate::card::pin::Pin;
use crate::card::{Hint, Purpose, Tries};
use crate::error::Code;
use crate::locale::words::Face;
use crate::office::done::Ending;
use crate::registration::FieldId;
use crate::worker::{JobError, Message, OpenSession, Phase, Progress, Registered, Reply, SigningCertificate};

/// Apply a reply of the worker.
pub(super) fn received(model: &mut Model, message: Message) -> Vec<Effect> {
    if let Some((_, reader)) = model.card.reading.take_if(|(ticket, _)| *ticket == message.ticket) {
        return readers::status_read(model, reader, message.reply);
    }
    if let Reply::PasswordRules(rules) = message.reply {
        model.password_rules = Some(rules);
        return Vec::new();
    }
    let Some(ended) = model.visit.waiting.filter(|waiting| waiting.ticket == message.ticket) else { return Vec::new() };
    if let Reply::Progress(progress) = message.reply {
        if let (Phase::Reading, Some(purpose)) = (progress.phase, model.visit.pin_purpose()) {
            // The PIN was right, whatever becomes of the job.
            cards::set_tries(model, purpose, Tries::Left(Pin::tries(purpose)));
        }
        let Some(waiting) = model.visit.waiting.as_mut() else { return Vec::new() };
        // What is still to be read is known better as it goes on, but nothing is undone.
        let share = |progress: &Progress| u64::from(progress.done) * 1000 / u64::from(progress.total.max(1));
        if waiting.progress.is_none_or(|known| known.phase != progress.phase || share(&known) <= share(&progress)) {
            waiting.progress = Some(progress);
        }
        return Vec::new();
    }
    model.visit.waiting = None;
    let mut effects = answered(model, ended, message.reply);
    effects.extend(cards::after_job(model));
    effects
}

fn answered(model: &mut Model, ended: Waiting, reply: Reply) -> Vec<Effect> {
    match reply {
        Reply::SignedIn(certificate) => signed_in(model, certificate),
        Reply::Proved(opened) => proved(model, *opened),
        Reply::Terms(text) => {
            // Help or a question may cover the terms by now.
            if let Some(shown) = model.visit.nav.overlays_mut().find_map(Overlay::terms_mut) {
                *shown = Some(text);
            }
            Vec::new()
        }
        Reply::Registered(confirmed) => registered(model, *confirmed),
        Reply::PasswordSet => {
            model.visit.reached = model.visit.reached.max(Reached::Other);
            first_password::answered(model, PasswordNote::Set);
            Vec::new()
        }
        Reply::AccountAction(outcome) => {
            model.visit.reached = model.visit.reached.max(Reached::Other);
            account::done(model, *outcome)
        }
        Reply::Mail(mail) => {
            result::answered(model, Ok(mail));
            Vec::new()
        }
        Reply::Failed(trouble) => failed(model, ended, *trouble),
        Reply::Progress(_) | Reply::Status(_) | Reply::PasswordRules(_) | Reply::Released => Vec::new(),
    }
}

fn signed_in(model: &mut Model, certificate: Box<SigningCertificate>) -> Vec<Effect> {
    let then = model.visit.after_pin();
    if then != AfterPin::Account {
        match &model.visit.certificate {
            // The form was filled from another certificate: do not sign it with this one.
            Some(before) if before.fingerprint != certificate.fingerprint => return cards::not_ours(model),
            Some(_) => {}
            None => prefill::fill(model, certificate),
        }
    }
    match then {
        AfterPin::Register(confirmed) => {
            confirm::show_step2(model, confirmed);
            confirm::register(model)
        }
        then => {
            open::pin(model, Purpose::Authentication, then);
            Vec::new()
        }
    }
}

/// Continue with the open session: to STEP1, or with the pending registration. Changed terms need a new consent.
fn proved(model: &mut Model, opened: OpenSession) -> Vec<Effect> {
    let registering = confirm::confirmed(model).filter(|confirmed| confirmed.terms == opened.terms);
    let before = model.visit.terms.replace(opened.terms.clone());
    let changed = before.is_some_and(|before| before != opened.terms);
    model.password_rules = Some(opened.password);
    model.visit.session = Some(opened);
    // A card removed during the proof counts as away since its PIN.
    model.visit.needs_pin_again = model.visit.reader.is_none();
    if let Some(confirmed) = registering {
        confirm::show_step2(model, confirmed);
        return confirm::register(model);
    }
    let begins = matches!(&model.visit.nav.screen, Screen::Pin(entry) if entry.then == AfterPin::Continue);
    model.visit.nav.screen = Screen::Form;
    let form = &mut model.visit.form;
    if changed {
        form.set(FieldId::Consent, String::new());
        form.go(FormFocus::Terms);
    } else if begins && model.setup.face != Face::Line {
        form.begin();
    } else {
        form.go(form.focus);
    }
    Vec::new()
}

fn registered(model: &mut Model, registered: Registered) -> Vec<Effect> {
    let Some(confirmed) = confirm::confirmed(model) else { return Vec::new() };
    model.visit.reached = Reached::Registered;
    model.visit.nav.close_all();
    model.visit.session = None;
    let page = ResultPage::new(Outcome::Registered(registered, confirmed), model.destinations());
    model.visit.nav.screen = Screen::Result(Box::new(ResultPage { offers_sheet: model.setup.mode.offers_sheet(), ..page }));
    let reference = model.visit.reference.take();
    reference.map(|(reference, _)| Effect::List(reference, Ending::Registered)).into_iter().collect()
}

/// Handle a failed job: the PIN page again, an error page, or STEP1 with the fields that the service refused.
fn failed(model: &mut Model, ended: Waiting, trouble: JobError) -> Vec<Effect> {
    let (code, what) = (trouble.code(), ended.what);
    model.day.failed(code);
    if let (JobError::Card(card), Some(purpose)) = (&trouble, model.visit.pin_purpose())
        && let Some(tries) = card.tries
    {
        cards::set_tries(model, purpose, tries);
        if matches!(code, Code::SigningWrong | Code::AuthenticationWrong) {
            let note = if card.hint == Hint::LastTry { PinNote::Word } else { PinNote::Wrong(tries) };
            pin::not_taken(model, purpose, tries, note);
            return Vec::new();
        }
    }
    if let JobError::Service { faults, .. } = &trouble
        && code == Code::FieldsRefused
        && matches!(what, Wait::Register)
        && !faults.is_empty()
    {
        model.visit.form.refuse(faults.clone());
        model.visit.nav.screen = Screen::Form;
        return Vec::new();
    }
    match what {
        // Whatever the error: the 認証ID must stay visible, and a first password belongs to no registration.
        Wait::Mail => {
            result::answered(model, Err(code));
            return Vec::new();
        }
        Wait::Password if matches!(code, Code::PasswordRefused | Code::LinkExpired) => {
            let weak = if let JobError::Password(weakness) = trouble { Some(PasswordNote::Weak(weakness)) } else { None };
            first_password::answered(model, weak.unwrap_or(PasswordNote::Refused(code)));
            return Vec::new();
        }
        // The password was moved into the job; the code stays.
        Wait::Password => return open::trouble(model, trouble, NextStep::Close),
        _ => {}
    }
    match code {
        Code::OtherCard => {
            let effects = cards::not_ours(model);
            if matches!(trouble, JobError::Service { .. }) {
                // Show this even if the visit's own card is present: then only the service disagrees.
                let _ = open::trouble(model, trouble, NextStep::Close);
            }
            return effects;
        }
        Code::NotCardHolder if what == Wait::Register => {
            model.visit.nav.screen = Screen::Form;
            return open::trouble(model, trouble, NextStep::CardValues);
        }
        Code::SigningForgotten => {
            let then = model.visit.after_pin();
            return open::pin_again(model, Purpose::Signing, then);
        }
        Code::AuthenticationForgotten => {
            let then = model.visit.after_pin();
            return open::pin_again(model, Purpose::Authentication, then);
        }
        _ => {}
    }
    let acting = matches!(&model.visit.nav.screen, Screen::Pin(entry) if entry.then == AfterPin::Account);
    match what {
        Wait::LogIn | Wait::AccountAction => return account::failed(model, what, trouble),
        Wait::SignIn if acting => return account::failed(model, what, trouble),
        _ => {}
    }
    let next_step = match code {
        Code::AlreadyRegistered | Code::CardReplaced => {
            model.visit.account.choice = account::offered(code);
            NextStep::AccountMenu
        }
        Code::PinUncertain | Code::SigningLocked | Code::AuthenticationLocked => {
            // The retry counter is read again before anything else is typed.
            if let Some(reader) = model.reader().map(|reader| reader.name.clone()) {
                model.card.forget_status(&reader);
            }
            NextStep::WaitForCard
        }
        Code::TermsChanged => {
            model.visit.session = None;
            NextStep::Prove
        }
        Code::SessionExpired => NextStep::Prove,
        _ => match (&trouble, what) {
            (JobError::Card(_), Wait::SignIn | Wait::Authenticate | Wait::Prove) => NextStep::WaitForCard,
            (_, Wait::SignIn) => NextStep::Pin(Purpose::Signing),
            (_, Wait::Authenticate | Wait::Prove) => NextStep::Prove,
            (_, Wait::Terms) => NextStep::Terms,
            (_, Wait::Register) => NextStep::Register,
            (_, Wait::Password | Wait::LogIn | Wait::AccountAction | Wait::Mail) => NextStep::Close,
        },
    };
    let sent = ended.progress.is_some_and(|progress| progress.phase == Phase::Sending);
    let effects = open::trouble(model, trouble, next_step);
    if let Some(Overlay::Trouble(page)) = model.visit.nav.overlay_mut() {
        // The registration was sent, and its result is unknown.
        page.perhaps = what == Wait::Register && sent && matches!(code, Code::TimedOut | Code::AnswerGarbled | Code::ServiceFault);
        if let (true, Some((_, ending))) = (page.perhaps, &mut model.visit.reference) {
            *ending = Ending::Unknown;
        }
    }
    effects
}
