//! How long a key press in the picker takes: every beginning of some queries, and the slowest of them. Run with
//! `cargo bench --bench places`; it only prints, it never fails.

use std::hint::black_box;
use std::time::Instant;
use zairyu::places;

const QUERIES: &[&str] = &[
    "東京都新宿区西新宿２丁目",
    "町",
    "龍ヶ崎",
    "霞ヶ関",
    "tokyo shinjuku nishishinjuku",
    "kitajujonishi",
    "ōsaka",
    "しんじゅく",
    "hamamatu",
    "qqqqqqqq",
    "160-0023",
    "浜松市北区",
    "東京都新縮区",
];
const LIMIT: usize = 50;
const ROUNDS: u32 = 20;

fn main() {
    for query in QUERIES {
        let mut slowest = (0.0, "");
        let mut sum = 0.0;
        let ends: Vec<usize> = query.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        for typed in ends.iter().filter_map(|end| query.get(..*end)) {
            let start = Instant::now();
            for _ in 0..ROUNDS {
                black_box(places::search(black_box(typed), None, LIMIT));
            }
            let milliseconds = start.elapsed().as_secs_f64() * 1e3 / f64::from(ROUNDS);
            sum += milliseconds;
            if milliseconds > slowest.0 {
                slowest = (milliseconds, typed);
            }
        }
        let presses = u32::try_from(ends.len()).map_or(f64::NAN, f64::from);
        println!("{query}: {:.2} ms a key press, at most {:.2} ms ({})", sum / presses, slowest.0, slowest.1);
    }
    let start = Instant::now();
    for _ in 0..ROUNDS {
        black_box(places::split(black_box("東京都新宿区西新宿２－８－１")));
    }
    println!("split: {:.2} ms", start.elapsed().as_secs_f64() * 1e3 / f64::from(ROUNDS));
}
