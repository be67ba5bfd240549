//! Jobs that block the page: start and cancel.

use super::cards;
use crate::app::day_count::Reached;
use crate::app::{Action, Effect, Model, Wait, Waiting};
use crate::worker::Job;

/// Handle an action while a job runs: only Back works, which cancels it. A registration being sent cannot be cancelled, since its result
/// would be unknown.
pub(super) fn while_waiting(model: &mut Model, action: &Action) -> Vec<Effect> {
    if !matches!(action, Action::Back) || model.visit.is_sending() {
        return Vec::new();
    }
    stop_waiting(model)
}

/// Cancel the running job, and catch up on changes of readers and cards as at its end.
pub(super) fn stop_waiting(model: &mut Model) -> Vec<Effect> {
    let stopped = model.visit.waiting.take();
    if stopped.is_some_and(|waiting| matches!(waiting.what, Wait::SignIn | Wait::Authenticate | Wait::AccountAction))
        && let Some(reader) = model.reader().map(|reader| reader.name.clone())
    {
        // A PIN that was on its way may have cost a try.
        model.card.forget_status(&reader);
    }
    let mut effects = vec![Effect::Cancel];
    effects.extend(cards::after_job(model));
    effects
}

/// Start a job that blocks the page.
pub(super) fn run(model: &mut Model, what: Wait, job: Job) -> Vec<Effect> {
    let ticket = model.ticket();
    if !matches!(what, Wait::Terms | Wait::Mail) {
        model.visit.reached = model.visit.reached.max(Reached::Begun);
    }
    model.visit.waiting = Some(Waiting { ticket, what, progress: None, seconds: 0 });
    vec![Effect::Run(ticket, job)]
}
