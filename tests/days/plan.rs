//! What happens on a day: who comes, and step by step what they and the machine do. A step says what is wanted; what comes of it depends on
//! where the program stands, so that a plan still means something when steps are left out of it.

use std::ops::RangeInclusive;

use crossterm::event::KeyCode;
use proptest::prelude::*;

use super::fake_worker::Outage;
use super::people::{COUNT, Who};
use zairyu::app::visit::Mode;
use zairyu::protocol::problem::Refusal;

/// A day.
#[derive(Clone, Debug)]
pub struct Plan {
    /// At home, at a help desk, at a kiosk.
    pub mode: Mode,
    /// How many readers there are.
    pub readers: usize,
    /// Who comes.
    pub people: Vec<Who>,
    /// What happens.
    pub steps: Vec<Step>,
}

/// What is pasted.
#[derive(Clone, Copy, Debug)]
pub enum Scrap {
    /// The person's own mail address.
    Mail,
    /// The person's own PIN for the page that is open.
    Pin,
    /// Text with line ends in it.
    Lines,
    /// More than any field holds.
    Long,
}

/// A step. People are counted among those of the day, readers among those of the machine.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Whoever stands there does the next sensible thing.
    Sensible,
    /// A key.
    Key(KeyCode),
    /// The same key, so many times, faster than anything is drawn.
    Burst(KeyCode, u8),
    /// Ctrl-C, and No.
    Leave,
    /// Letters, faster than anything is drawn.
    Type(&'static str),
    /// Text is pasted.
    Paste(Scrap),
    /// So many clicks on the same place, one of those where a click wants something.
    Click(u16, u8),
    /// The wheel, down or up.
    Wheel(bool),
    /// Somebody comes and puts their card in, in place of what lies there.
    Lay(u8, u8),
    /// What lies in a reader is taken out.
    Lift(u8),
    /// What lies in a reader is moved to the other one.
    Shift(u8),
    /// A card for trains is put in.
    Transport(u8),
    /// A reader is unplugged, or plugged in again.
    Plug(u8),
    /// Somebody comes without putting a card in; what they are here for.
    Come(u8, Goal),
    /// The worker does so many steps.
    Work(u8),
    /// As `Work`, but what is told of it is only heard after the next step: it was on its way when the next key was pressed.
    Late(u8),
    /// The service fails.
    Outage(Outage),
    /// The card is taken away while the next PIN is on its way.
    LiftInVerify,
    /// Every session of the service ends.
    Expire,
    /// The terms change.
    Terms,
    /// So many seconds pass.
    Wait(u16),
    /// The other language.
    Language,
    /// A wrong PIN is typed, of the right shape, and sent.
    WrongPin,
    /// Somebody in a hurry asks for the next person, or leaves, and says Yes when the worker has done so many steps.
    Hasty(bool, u8),
    /// Somebody stops what is waited for when the worker has done so many steps of which nothing is heard yet.
    Stop(u8),
    /// Somebody puts their card in and takes it out again.
    Passer(u8),
    /// STEP1 is filled in for somebody else than the card's holder.
    Stranger,
    /// The desk prepares somebody's records.
    Prefill(u8, u8),
}

/// What a person is here for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// To register.
    Register,
    /// For what a registered person can ask for.
    AccountAction,
    /// To set the first password.
    Password,
}

/// Days of 60 to 200 steps with 2 to 5 people.
pub fn days() -> impl Strategy<Value = Plan> {
    days_of(COUNT, 2..=5, 60..=200)
}

/// Days of so many steps, to which so many of the first people come.
pub fn days_of(people: usize, come: RangeInclusive<usize>, steps: RangeInclusive<usize>) -> impl Strategy<Value = Plan> {
    let people = prop::sample::subsequence((0..people).collect::<Vec<_>>(), come).prop_shuffle();
    let steps = prop::collection::vec(step(), steps);
    let mode = prop::sample::select(vec![Mode::Home, Mode::Desk, Mode::Kiosk]);
    (mode, 1..=2_usize, people, steps).prop_map(|(mode, readers, people, steps)| Plan { mode, readers, people, steps })
}

fn key() -> impl Strategy<Value = KeyCode> {
    use KeyCode::{BackTab, Backspace, Char, Delete, Down, End, Enter, Esc, F, Home, Left, PageDown, PageUp, Right, Tab, Up};
    prop_oneof![
        3 => prop::sample::select("123456789".chars().map(Char).collect::<Vec<_>>()),
        2 => prop::sample::select("aBz0@- あ　?".chars().map(Char).collect::<Vec<_>>()),
        6 => prop::sample::select(vec![Tab, BackTab, Up, Down, Left, Right, Enter, Enter, Esc]),
        4 => prop::sample::select(vec![F(1), F(2), F(5), F(8), F(10), F(10)]),
        1 => prop::sample::select(vec![F(4), F(6), F(7), F(9), F(12)]),
        1 => prop::sample::select(vec![Home, End, PageUp, PageDown, Backspace, Delete]),
    ]
}

fn outage() -> impl Strategy<Value = Outage> {
    use Refusal::{AlreadyRegistered, Clock, Expired, Fields, Internal, LoginRefused, NotCardHolder, OtherCard, Terms, TooMany};
    let refusals = vec![Expired, OtherCard, NotCardHolder, Terms, Fields, Internal, TooMany, Clock, AlreadyRegistered, LoginRefused];
    prop_oneof![
        1 => Just(Outage::Unreachable),
        1 => Just(Outage::Lost),
        2 => Just(Outage::AnswerLost),
        3 => prop::sample::select(refusals).prop_map(Outage::Refused),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let person = || 0..5_u8;
    let reader = || 0..2_u8;
    let goal = prop_oneof![6 => Just(Goal::Register), 2 => Just(Goal::AccountAction), 1 => Just(Goal::Password)];
    let letters = prop::sample::select(vec!["abc", "1234", "ZZZZZZ", "DELETE", "LAST", "090", "1111111111111111111"]);
    prop_oneof![
        120 => Just(Step::Sensible),
        14 => key().prop_map(Step::Key),
        8 => (key(), 2..=50_u8).prop_map(|(key, times)| Step::Burst(key, times)),
        1 => Just(Step::Leave),
        2 => letters.prop_map(Step::Type),
        4 => prop::sample::select(vec![Scrap::Mail, Scrap::Pin, Scrap::Lines, Scrap::Lines, Scrap::Long]).prop_map(Step::Paste),
        8 => (any::<u16>(), 1..=3_u8).prop_map(|(place, times)| Step::Click(place, times)),
        1 => any::<bool>().prop_map(Step::Wheel),
        8 => (person(), reader()).prop_map(|(who, reader)| Step::Lay(who, reader)),
        4 => reader().prop_map(Step::Lift),
        3 => reader().prop_map(Step::Shift),
        1 => reader().prop_map(Step::Transport),
        1 => reader().prop_map(Step::Plug),
        2 => (person(), goal).prop_map(|(who, goal)| Step::Come(who, goal)),
        16 => (1..=6_u8).prop_map(Step::Work),
        8 => (1..=6_u8).prop_map(Step::Late),
        5 => outage().prop_map(Step::Outage),
        1 => Just(Step::LiftInVerify),
        3 => Just(Step::Expire),
        2 => Just(Step::Terms),
        7 => prop_oneof![1..=400_u16, 300..=900_u16].prop_map(Step::Wait),
        2 => Just(Step::Language),
        3 => Just(Step::WrongPin),
        3 => (prop::bool::weighted(0.2), 0..=4_u8).prop_map(|(leaves, steps)| Step::Hasty(leaves, steps)),
        3 => (0..=12_u8).prop_map(Step::Stop),
        3 => person().prop_map(Step::Passer),
        1 => Just(Step::Stranger),
        3 => (person(), any::<u8>()).prop_map(|(who, what)| Step::Prefill(who, what)),
    ]
}
