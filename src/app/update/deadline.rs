//! What happens when time has passed.

use super::{cards, visit};
use crate::app::deadline::Timer;
use crate::app::visit::{Cover, Mode};
use crate::app::{Effect, Model};

/// Handle that so many seconds of a timer have passed. A timer that something else has overtaken says nothing.
pub(super) fn passed(model: &mut Model, timer: Timer, seconds: u32) -> Vec<Effect> {
    if !model.timers().any(|(running, due)| running == timer && seconds >= due) {
        return Vec::new();
    }
    match (timer, model.setup.mode) {
        (Timer::Job(_), _) => {
            if let Some(waiting) = model.visit.waiting.as_mut() {
                waiting.seconds = seconds;
            }
        }
        (Timer::Unattended, Mode::Kiosk) => {
            let ends = model.idle_limit().saturating_add(model.warning_limit());
            model.visit.unattended = seconds;
            // A staff page that was left is not shown again by any key.
            if seconds >= ends || model.visit.nav.is_staffs() {
                return visit::end(model);
            }
            if model.visit.cover != Some(Cover::Unattended) {
                // Nothing is closed or wiped: any key shows the page as it was.
                model.visit.cover = Some(Cover::Unattended);
            }
        }
        (Timer::CardAway, Mode::Kiosk) => {
            model.visit.away = seconds;
            if seconds >= model.away_limit() {
                return visit::end(model);
            }
        }
        (Timer::LookAgain(_), _) => return cards::look_again(model),
        (Timer::Unattended, _) => lock(model, Cover::Locked),
        // The card was looked at for too long, or never taken out.
        (Timer::CardAway, _) => lock(model, if model.visit.reader.is_none() { Cover::Away } else { Cover::Locked }),
    }
    Vec::new()
}

/// Hide the page. What was typed of a PIN or password is wiped: whoever typed it has left.
fn lock(model: &mut Model, cover: Cover) {
    cards::cover(model, cover);
    model.visit.wipe_secrets();
}

/// Note that somebody acts; return whether that takes away a warning.
pub(super) fn attended(model: &mut Model) -> bool {
    model.visit.unattended = 0;
    let warned = model.visit.cover == Some(Cover::Unattended);
    if warned {
        model.visit.cover = model.card.left_behind.is_some().then_some(Cover::TakeCard);
        model.visit.has_more_time = false;
    }
    warned
}

/// Give the person of a kiosk more time, on this page and the next ones, until nobody acts for as long.
pub(super) fn more_time(model: &mut Model) {
    model.visit.has_more_time = model.setup.mode == Mode::Kiosk;
}
