//! How many visits a day had, and what went wrong: for the staff, without personal data.

use crate::error::Code;
use crate::registration::Date;
use std::collections::BTreeMap;

/// The visits of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// The day, in Japan.
    pub date: Date,
    /// Visits that ended: in which a PIN or a password was sent, at least.
    pub begun: u32,
    /// Of these, those that ended with a registration.
    pub registered: u32,
    /// Of these, those that ended with another result: an account action, a first password.
    pub others: u32,
    /// How often which trouble was shown.
    pub troubles: BTreeMap<Code, u32>,
}

/// How a visit ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    /// Nothing was sent yet: it counts as none.
    #[default]
    Nothing,
    /// A PIN or a password was sent: without more it was given up.
    Begun,
    /// Another result than a registration.
    Other,
    /// A registration.
    Registered,
}

impl DayCount {
    /// Begin a day.
    pub fn new(date: Date) -> DayCount {
        DayCount { date, begun: 0, registered: 0, others: 0, troubles: BTreeMap::new() }
    }

    /// Return how many visits were ended before their result.
    pub fn given_up(&self) -> u32 {
        self.begun.saturating_sub(self.registered).saturating_sub(self.others)
    }

    /// Count a visit that has ended.
    pub fn ended(&mut self, reached: Reached) {
        let count = |what: &mut u32, counts: bool| *what = what.saturating_add(u32::from(counts));
        count(&mut self.begun, reached >= Reached::Begun);
        count(&mut self.others, reached == Reached::Other);
        count(&mut self.registered, reached == Reached::Registered);
    }

    /// Count a trouble that was shown.
    pub fn failed(&mut self, code: Code) {
        let count = self.troubles.entry(code).or_default();
        *count = count.saturating_add(1);
    }
}
