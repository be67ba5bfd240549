//! The self-diagnosis inside the form. Readers and card are known already, and the worker may hold the card: only the rest is gathered.

use crate::app::screen::Overlay;
use crate::app::{Effect, Model};
use crate::card::CardError;
use crate::doctor::findings::Findings;
use crate::error::Code;
use crate::worker::JobError;

/// Open its page and begin to gather; nothing while a job runs or the page is open.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    if model.visit.waiting.is_some() || matches!(model.visit.nav.overlay(), Some(Overlay::Diagnosis(..))) {
        return Vec::new();
    }
    model.visit.nav.open(Overlay::Diagnosis(None, 0));
    vec![Effect::Diagnose]
}

/// Show what was gathered, with what is known of readers and card.
pub(super) fn gathered(model: &mut Model, mut findings: Findings) {
    let readers: Result<_, CardError> = match &model.card.reader_states {
        Some(states) if !states.service => Err(Code::PcscNotRunning.into()),
        Some(states) => Ok(states.readers.clone()),
        None => Ok(Vec::new()),
    };
    findings.card = match model.card_status() {
        Some(Ok(status)) => Some(Ok(status.clone())),
        Some(Err(JobError::Card(error))) => Some(Err(error.clone())),
        // Without a reader there is nothing to say about a card.
        _ if readers.as_ref().is_ok_and(|readers| !readers.is_empty() && !readers.iter().any(|reader| reader.card)) => {
            Some(Err(Code::NoCard.into()))
        }
        _ => None,
    };
    findings.readers = readers;
    if let Some(shown) = model.visit.nav.overlays_mut().find_map(Overlay::findings_mut) {
        *shown = Some(Box::new(findings));
    }
}
