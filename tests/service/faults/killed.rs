//! `kill -9` at every step of the whole way, 200 times on each database. Where it strikes is counted, by `trap`, and not left to chance.

use std::sync::Mutex;
use std::sync::atomic::Ordering;

use super::node::Node;
use super::post::Post;
use super::trap::{Gate, NEVER, Strike, Trap};
use super::truth::{every_mail_leaves, holds};
use super::way::{STEPS, Traveller};
use crate::bench::{Bench, real_now};
use crate::{futures_of, postgres};

/// So many times it is killed, after those at its very first starts.
const RUNS: usize = 200;

/// Kill it at its first starts, on nothing, until it comes to listen; then so many times on the whole way.
async fn killed_at_every_step(bench: &mut Bench, trap: &Trap, post: &Post) {
    let mut kills = 0;
    let mut node = loop {
        // Some messages apart, so that the starts do not take longer than all the rest.
        match trap.start(bench, Strike { step: 1 + kills * 3, after: kills % 2 == 0 }) {
            Some(node) => break node,
            None => kills += 1,
        }
    };
    assert!(kills >= 5, "killed only {kills} times before it listened");
    node.kill();
    trap.disarm();
    let mut said = String::new();
    let mut people: Vec<Traveller> = Vec::new();
    let mut struck = [0; STEPS.len() + 1];
    let (mut steps, mut last) = (0, 0);
    // So many mails had arrived at each kill.
    let mut delivered = Vec::new();
    for run in 0.. {
        // Between two of the steps there are few messages: where so many runs have met none of them, some more do.
        if run > RUNS && (struck[..STEPS.len()].iter().all(|count| *count > 0) || run > 2 * RUNS) {
            break;
        }
        bench.clock.store(real_now(), Ordering::SeqCst);
        let mut node = Node::start(bench);
        for person in &mut people[last..] {
            person.check(bench).await.unwrap();
        }
        last = people.len();
        // The first run counts the steps, and dies at its end.
        // On a busy machine a way may be longer than the first one: the further runs reach beyond its end.
        let reach = if run > RUNS { steps + steps / 2 } else { steps };
        let strike = Strike { step: 1 + run % RUNS * reach / RUNS + run / RUNS, after: run % 2 == 0 };
        trap.set(&node, if run == 0 { NEVER } else { strike });
        let together = if run % 8 == 7 { 3 } else { 1 };
        people.extend((last..last + together).map(|number| Traveller::new(u32::try_from(number).unwrap())));
        let outcomes = futures_of(people[last..].iter_mut().map(|person| person.go(bench, post))).await;
        let whole = outcomes.iter().all(Result::is_ok);
        assert!(whole || run > 0 && node.dies(), "no answer from a service that lives");
        said += &node.kill();
        kills += 1;
        post.is_left().await;
        delivered.push(post.deliveries().len());
        let seen = trap.seen();
        if run == 0 {
            steps = seen;
        }
        for person in &people[last..] {
            struck[person.done] += 1;
        }
    }
    println!("{kills} kills, {steps} steps; at {:?}", STEPS.iter().chain(["the end"].iter()).zip(struck).collect::<Vec<_>>());
    assert!(struck[..STEPS.len()].iter().all(|count| *count > 0), "{struck:?}");
    for personal in ["MONTGOMERY", "@example.jp", "09012345678", "AB12345678CD", "西新宿"] {
        assert!(!said.contains(personal), "{said}");
    }
    bench.clock.store(real_now(), Ordering::SeqCst);
    bench.restart();
    for person in &mut people[last..] {
        person.check(bench).await.unwrap();
    }
    every_mail_leaves(bench).await;
    bench.stop();
    holds(bench, post, &people).await;
    // A kill repeats one mail at most: one that had arrived by then and was not recorded.
    let mut from = 0;
    for (run, to) in delivered.into_iter().enumerate() {
        let repeated = post.repeated().iter().filter(|place| (from..to).contains(*place)).count();
        assert!(repeated <= 1, "{repeated} mails repeated after kill {run}");
        from = to;
    }
}

#[tokio::test]
async fn killed_at_every_step_it_loses_nothing_on_sqlite() {
    let (post, settings) = Post::start();
    let mut bench = Bench::with_mail(None, Some(settings));
    bench.stop();
    // The very first start comes first.
    std::fs::remove_dir_all(bench.data.path().join("service")).unwrap();
    let trap = Trap::Strace { log: bench.data.path().join("calls"), tracer: Mutex::new(None) };
    killed_at_every_step(&mut bench, &trap, &post).await;
}

#[tokio::test]
async fn killed_at_every_step_it_loses_nothing_on_postgresql() {
    let (post, settings) = Post::start();
    let server = postgres::server();
    let mut bench = Bench::with_mail(None, Some(settings));
    bench.stop();
    let (gate, url) = Gate::open(&server.database());
    bench.database = Some(url);
    killed_at_every_step(&mut bench, &Trap::Gate(gate), &post).await;
}
