//! How long what may last while nobody acts. The model says which second it wants to be told of; only `runtime` has a clock.

use crate::app::screen::{Overlay, Screen};
use crate::app::state::cards;
use crate::app::state::speech::Speech;
use crate::app::visit::{Cover, Mode, Reaction, Stage, VisitEvent, reaction};
use crate::app::{Effect, Event, Letters, Model, update};
use crate::worker::Ticket;
use std::time::Duration;

/// What time is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// The start of the job that the user waits for.
    Job(Ticket),
    /// The last user activity.
    Unattended,
    /// When the page was covered because the card went away, or may.
    CardAway,
    /// When so many repeated looks at the present card had failed.
    LookAgain(u32),
}

/// Times in seconds, at a desk and at a kiosk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until a desk locks the page.
    pub lock: u32,
    /// While the card may be out so that its face can be read.
    pub look_at_card: u32,
    /// Until a kiosk warns.
    pub idle: u32,
    /// Until a kiosk warns on pages that are read: terms, help, STEP2, STEP3.
    pub reading: u32,
    /// Until a kiosk warns where a PIN or a password is typed, and while a card works.
    pub pin: u32,
    /// Until a kiosk warns after the key for more time.
    pub more: u32,
    /// From the warning to the end of the visit.
    pub warning: u32,
    /// From the removal of the card to the end of the visit; 0 to end it at once.
    pub away: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { lock: 300, look_at_card: 180, idle: 60, reading: 180, pin: 300, more: 600, warning: 30, away: 20 }
    }
}

impl Model {
    /// Return each timer that runs, with the next second of it that the model wants to be told of.
    pub fn timers(&self) -> impl Iterator<Item = (Timer, u32)> {
        let job = self.visit.waiting.map(|waiting| (Timer::Job(waiting.ticket), waiting.seconds.saturating_add(1)));
        let unattended = self.unattended_due().map(|due| (Timer::Unattended, due));
        let away = self.away_due().map(|due| (Timer::CardAway, due));
        let look = cards::is_spoiled(self).then_some((Timer::LookAgain(self.card.looks_again), 1));
        [job, unattended, away, look].into_iter().flatten()
    }

    fn unattended_due(&self) -> Option<u32> {
        let visit = &self.visit;
        if visit.is_sending() {
            return None;
        }
        // A page has the time that it takes to hear it. Its seconds are counted from the end.
        if visit.saying.is_some() && visit.cover != Some(Cover::Unattended) {
            return None;
        }
        match (reaction(self.setup.mode, VisitEvent::Idle, visit.stage()), visit.cover) {
            (Reaction::Lock, None) if !visit.is_blank() => Some(self.setup.limits.lock),
            (Reaction::Warn, None | Some(Cover::TakeCard)) if !self.attracts() => Some(self.idle_limit()),
            (Reaction::Warn, Some(Cover::Unattended)) => Some(visit.unattended.saturating_add(1)),
            _ => None,
        }
    }

    fn away_due(&self) -> Option<u32> {
        if self.is_finishing() {
            return Some(self.away_limit().min(self.visit.away.saturating_add(1)));
        }
        match (self.visit.cover?, self.setup.mode) {
            (Cover::Away | Cover::CardOut | Cover::OtherCard(_), Mode::Kiosk) => {
                Some(self.away_limit().min(self.visit.away.saturating_add(1)))
            }
            (Cover::CardOut, _) => Some(self.away_limit()),
            _ => None,
        }
    }

    /// Return whether the person of a kiosk has taken the card from a result: it is shown for a moment more.
    fn is_finishing(&self) -> bool {
        let visit = &self.visit;
        let away = visit.card.is_some() && visit.reader.is_none() && !visit.is_sending();
        self.setup.mode == Mode::Kiosk && away && visit.stage() == Stage::Result
    }

    /// Return the seconds without activity after which a kiosk warns on this page.
    pub fn idle_limit(&self) -> u32 {
        let (limits, visit) = (&self.setup.limits, &self.visit);
        if visit.has_more_time && !visit.nav.is_staffs() {
            return limits.more;
        }
        match visit.nav.overlay() {
            _ if visit.nav.is_staffs() => limits.idle,
            _ if visit.waiting.is_some() => limits.pin,
            None => self.idle_limit_beneath(),
            Some(Overlay::StaffWord(_)) => limits.pin,
            Some(Overlay::Help(_) | Overlay::Terms(..) | Overlay::Diagnosis(..) | Overlay::Trouble(_)) => limits.reading,
            Some(_) => self.heard(limits.idle),
        }
    }

    /// Return a limit as it is for whoever hears the pages: no less than for whoever reads long ones.
    fn heard(&self, limit: u32) -> u32 {
        if self.speech() == Speech::Off { limit } else { limit.max(self.setup.limits.reading) }
    }

    /// Return the seconds from the warning to the end of the visit: whoever hears it hears it to its end first.
    pub(in crate::app) fn warning_limit(&self) -> u32 {
        let limit = self.setup.limits.warning;
        if self.speech() == Speech::Off { limit } else { limit.saturating_mul(2) }
    }

    /// Return the same for the screen, whatever lies over it.
    pub fn idle_limit_beneath(&self) -> u32 {
        let (limits, visit) = (&self.setup.limits, &self.visit);
        match &visit.nav.screen {
            _ if visit.has_more_time => limits.more,
            Screen::Pin(_) | Screen::FirstPassword(_) => limits.pin,
            Screen::Confirm(_) | Screen::Result(_) => limits.reading,
            _ => self.heard(limits.idle),
        }
    }

    /// Return the seconds from the removal of the card to the end of the visit, or of the time for looking at it.
    pub(in crate::app) fn away_limit(&self) -> u32 {
        let visit = &self.visit;
        let limits = &self.setup.limits;
        match [visit.cover, visit.covered_before].contains(&Some(Cover::CardOut)) {
            true => limits.look_at_card,
            // Whoever has taken the card may be writing the 認証ID down.
            false if self.is_finishing() => limits.idle.max(limits.away),
            false if self.speech() == Speech::Off => limits.away,
            false => limits.away.saturating_mul(2),
        }
    }

    /// Return the seconds until the visit ends, where a kiosk counts them on the page.
    pub fn countdown(&self) -> Option<u32> {
        if self.setup.mode != Mode::Kiosk {
            return None;
        }
        if self.is_finishing() && self.visit.cover != Some(Cover::Unattended) {
            return Some(self.away_limit().saturating_sub(self.visit.away));
        }
        match self.visit.cover? {
            Cover::Unattended => Some((self.idle_limit() + self.warning_limit()).saturating_sub(self.visit.unattended)),
            Cover::Away | Cover::CardOut | Cover::OtherCard(_) => Some(self.away_limit().saturating_sub(self.visit.away)),
            Cover::Locked | Cover::TakeCard => None,
        }
    }

    /// Return whether the page in front is the one that waits for the next person, of which nothing has to be ended: not even what somebody
    /// has asked for who needs it to see or hear.
    fn attracts(&self) -> bool {
        let (visit, setup) = (&self.visit, &self.setup);
        let usual = !visit.contrast && visit.speech == Speech::Off && setup.letters != Some(Letters::Large);
        usual && matches!(visit.nav.screen, Screen::Attract(_)) && visit.nav.overlay().is_none()
    }
}

/// The timers that run, and since when: times since some moment, which the caller's clock tells.
#[derive(Debug)]
pub struct Timers {
    touched: Duration,
    running: Vec<(Timer, Duration)>,
}

impl Timers {
    /// Begin to count.
    pub fn new(model: &Model, now: Duration) -> Timers {
        let mut timers = Timers { touched: now, running: Vec::new() };
        timers.follow(model, now);
        timers
    }

    /// Record user activity at this time.
    pub fn touched(&mut self, at: Duration) {
        self.touched = self.touched.max(at);
    }

    /// Return the timer that is due next, and when.
    pub fn due(&self, model: &Model) -> Option<(Timer, Duration)> {
        let due = |(timer, second)| Some((timer, self.began(timer)? + Duration::from_secs(u64::from(second))));
        model.timers().filter_map(due).min_by_key(|(_, due)| *due)
    }

    /// Return how many whole seconds of a timer have passed.
    pub fn passed(&self, timer: Timer, now: Duration) -> u32 {
        let passed = now.saturating_sub(self.began(timer).unwrap_or(now));
        u32::try_from(passed.as_secs()).unwrap_or(u32::MAX)
    }

    /// Apply an event to the model, and start and stop timers.
    pub fn update(&mut self, model: &mut Model, event: Event, now: Duration) -> Vec<Effect> {
        let (covered, waited) = (model.visit.cover.is_some(), model.visit.waiting.is_some());
        let said = model.visit.saying.is_some();
        let somebody = event.shows_somebody();
        let effects = update(model, event);
        // What has become visible has not been looked at for longer: a page that was covered, the result of a job. Nor has what was just heard,
        // unless that was the warning.
        let heard = said && model.visit.saying.is_none() && model.visit.cover != Some(Cover::Unattended);
        if heard || somebody || (covered && model.visit.cover.is_none()) || (waited && model.visit.waiting.is_none()) {
            self.touched(now);
        }
        self.follow(model, now);
        effects
    }

    fn began(&self, timer: Timer) -> Option<Duration> {
        let known = self.running.iter().find(|(running, _)| *running == timer).map(|(_, since)| *since);
        if timer == Timer::Unattended { Some(self.touched) } else { known }
    }

    fn follow(&mut self, model: &Model, now: Duration) {
        self.running = model.timers().map(|(timer, _)| (timer, self.began(timer).unwrap_or(now))).collect();
    }
}
