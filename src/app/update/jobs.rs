//! Jobs that the person waits for: begin one, stop waiting.

use super::cards;
use crate::app::{Action, Effect, Model, Wait, Waiting};
use crate::worker::Job;

/// While a job runs the only action is to stop waiting; the form stays. A registration that is signed is waited for to the end:
/// whoever stopped now would not know whether they are registered.
pub(super) fn while_waiting(model: &mut Model, action: &Action) -> Vec<Effect> {
    if !matches!(action, Action::Back) || model.visit.is_sending() {
        return Vec::new();
    }
    stop_waiting(model)
}

/// Drop the job that the person waits for. What happened to readers and cards meanwhile is seen to now, as at its end.
pub(super) fn stop_waiting(model: &mut Model) -> Vec<Effect> {
    model.visit.waiting = None;
    let mut effects = vec![Effect::Cancel];
    effects.extend(cards::after_job(model));
    effects
}

/// Give the worker a job that the person waits for.
pub(super) fn run(model: &mut Model, what: Wait, job: Job) -> Vec<Effect> {
    let ticket = model.ticket();
    model.visit.waiting = Some(Waiting { ticket, what, progress: None });
    vec![Effect::Run(ticket, job)]
}
