//! Some of the days of `days.rs` with nothing of them played: simulated cards that sign, the real worker, and the real service behind it.
#![cfg(feature = "service")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]
#![allow(dead_code, unreachable_pub, reason = "the parts of this test are those of another")]

#[path = "common/cards.rs"]
mod cards;
#[path = "days/day.rs"]
mod day;
#[path = "days/fake_worker.rs"]
mod fake_worker;
#[path = "days/people.rs"]
mod people;
#[path = "days/plan.rs"]
mod plan;
#[path = "days/real_parts.rs"]
mod real_parts;
#[path = "days/rules.rs"]
mod rules;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use fake_worker::World;
use real_parts::{CARDS, Real};
use rules::Counts;

/// How many days.
const DAYS: u32 = 30;

#[test]
fn with_real_cards_a_real_worker_and_a_real_service_nothing_of_one_person_reaches_another() {
    real_parts::make_cards();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[1; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut counts = Counts::default();
    for number in 0..DAYS {
        let plan = plan::days_of(CARDS, 2..=CARDS, 50..=90).new_tree(&mut runner).unwrap().current();
        let mut world = World::new(plan.readers);
        world.real = Some(Box::new(Real::open(plan.readers)));
        // Threads run as they like, so that a day is never the same twice: nothing is made simpler.
        let rules = day::live(&plan, world).unwrap_or_else(|why| panic!("day {number}: {why}\n{plan:?}"));
        counts.add(&rules.counts);
    }
    println!("{counts:#?}");
    for (what, least) in [("registered", 10), ("ended", 30), ("other_cards", 5), ("pins", 80), ("unwanted", 10)] {
        assert!(counts.of(what) >= least, "{what} came {} times", counts.of(what));
    }
}
