//! Search of a running process's memory for what must not be there any more: canaries, in every form in which a program holds text.
//! Linux only. The program under test is not dumpable, so that only root may look, which the stage's user is. What cannot be looked at is a
//! failure, never an empty result. Kernel buffers (pipes, terminals, sockets) are not looked at.
#![allow(unused, unreachable_pub, missing_docs, reason = "a harness that every test includes whole and uses in part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use memchr::memmem::Finder;

/// How much is shown on either side of a canary.
const AROUND: usize = 16;
/// How much is read at once.
const PART: usize = 4 << 20;
/// How far apart the letters of a text may stand that is kept letter by letter: cells of a screen, keys that were pressed.
const APART: std::ops::RangeInclusive<usize> = 8..=128;
/// The size of a page in pagemap; every machine that these tests run on has it.
const PAGE: u64 = 4096;

/// A canary that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// As it was asked for.
    pub canary: String,
    /// In which form it was found: `UTF-8`, `UTF-32LE upper`, `UTF-8 full width`, `base64`, `letter by letter` …
    pub form: &'static str,
    /// The mapping's name, as in /proc/PID/maps: `[heap]`, `[stack]`, a file; empty for anonymous memory.
    pub mapping: String,
    /// The mapping's permissions: `rw-p`.
    pub permissions: String,
    pub address: u64,
    /// The canary with 16 bytes on either side, escaped; where its letters stand apart, the first of them.
    pub context: String,
}

impl fmt::Display for Find {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.mapping.is_empty() { "anonymous" } else { &self.mapping };
        write!(out, "{} as {} at {:#x} in {name} {}: {}", self.canary, self.form, self.address, self.permissions, self.context)
    }
}

/// Search the memory of a process that this process may trace. The process is not stopped: ask when it has come to rest. Whatever moves
/// while it is read may be missed, so a search that is to find nothing is best repeated.
///
/// A canary should be long enough (six letters) not to stand there by chance. Panics if the memory cannot be read.
pub fn find(process: u32, canaries: &[&str]) -> Vec<Find> {
    // A few letters stand anywhere at equal distances.
    find_apart(process, canaries, 6)
}

/// As `find`, for texts as short as a PIN of four digits, letter by letter too. They may stand somewhere by chance: take some that stand
/// nowhere before they are given, and more than one.
pub fn find_short(process: u32, canaries: &[&str]) -> Vec<Find> {
    find_apart(process, canaries, 2)
}

/// Search, letter by letter for the texts of at least so many letters.
fn find_apart(process: u32, canaries: &[&str], fewest: usize) -> Vec<Find> {
    let open = |what: &str| File::open(format!("/proc/{process}/{what}")).unwrap_or_else(|error| refused(process, what, &error));
    let maps = || fs::read_to_string(format!("/proc/{process}/maps")).unwrap_or_else(|error| refused(process, "maps", &error));
    let (memory, pages) = (open("mem"), open("pagemap"));
    let mut search = Search::new(canaries, fewest);
    let mut searched = 0;
    for mapping in mappings(&maps()).iter().filter(|mapping| mapping.may_hold_data()) {
        let read = |address, part: &mut [u8]| memory.read_exact_at(part, address);
        let outcome = present(&pages, mapping).and_then(|runs| runs.iter().try_for_each(|run| search.run(mapping, *run, read)));
        match outcome {
            Ok(()) => searched += 1,
            // It was given back meanwhile; anything else that cannot be read is a failure.
            Err(_) if !mappings(&maps()).iter().any(|now| now.overlaps(mapping)) => {}
            Err(error) => refused(process, &format!("memory at {:#x} ({})", mapping.start, mapping.name), &error),
        }
    }
    assert!(searched > 0, "process {process} has no memory that can be searched: it has ended, or is the kernel's");
    search.finds
}

/// Require that no canary is there.
#[track_caller]
pub fn assert_none(process: u32, canaries: &[&str]) {
    let finds = find(process, canaries);
    let lines: Vec<String> = finds.iter().map(ToString::to_string).collect();
    assert!(finds.is_empty(), "{} finds in process {process}:\n{}", lines.len(), lines.join("\n"));
}

fn refused(process: u32, what: &str, error: &io::Error) -> ! {
    panic!("the memory of process {process} cannot be searched ({what}: {error}); this needs root, or CAP_SYS_PTRACE over that process")
}

/// A line of /proc/PID/maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    pub start: u64,
    pub end: u64,
    pub permissions: String,
    pub name: String,
}

/// Read /proc/PID/maps.
pub fn mappings(maps: &str) -> Vec<Mapping> {
    maps.lines()
        .map(|line| {
            let mut words = line.splitn(6, ' ');
            let mut word = || words.next().unwrap_or_default();
            let (start, end) = word().split_once('-').unwrap_or_else(|| panic!("no mapping: {line}"));
            let number = |digits| u64::from_str_radix(digits, 16).unwrap();
            let (start, end, permissions) = (number(start), number(end), word().to_owned());
            let [_offset, _device, _inode] = [word(), word(), word()];
            Mapping { start, end, permissions, name: words.next().unwrap_or_default().trim_start().to_owned() }
        })
        .collect()
}

impl Mapping {
    /// Whether data of the running program can stand there: what can be written, and anonymous memory that only can be read now. What is
    /// mapped from a file and cannot be written is the file; the kernel's own pages hold no data.
    pub fn may_hold_data(&self) -> bool {
        let anonymous = self.name.is_empty() || self.name.starts_with('[');
        let kernel = ["[vvar", "[vdso", "[vsyscall"].iter().any(|name| self.name.starts_with(name));
        self.permissions.starts_with('r') && !kernel && (anonymous || self.permissions[1..].starts_with('w'))
    }

    fn overlaps(&self, other: &Mapping) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Return the runs of pages, as addresses from and to, that have been touched: an untouched page holds nothing.
fn present(pages: &File, mapping: &Mapping) -> io::Result<Vec<(u64, u64)>> {
    let mut entries = vec![0; usize::try_from((mapping.end - mapping.start) / PAGE * 8).unwrap()];
    pages.read_exact_at(&mut entries, mapping.start / PAGE * 8)?;
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for (at, entry) in (mapping.start..).step_by(PAGE as usize).zip(entries.chunks_exact(8)) {
        // Bit 63: in memory; bit 62: swapped out, and read back by reading.
        if entry[7] & 0xC0 == 0 {
            continue;
        }
        match runs.last_mut() {
            Some((_, end)) if *end == at => *end += PAGE,
            _ => runs.push((at, at + PAGE)),
        }
    }
    Ok(runs)
}

/// What is looked for, and what was found.
struct Search {
    needles: Vec<Needle>,
    letters: Vec<Letters>,
    longest: usize,
    finds: Vec<Find>,
}

struct Needle {
    canary: String,
    form: &'static str,
    finder: Finder<'static>,
}

/// A text whose letters stand apart, each as far from the last one.
struct Letters {
    canary: String,
    spelling: String,
    letters: Vec<String>,
    first: Finder<'static>,
    second: Finder<'static>,
}

impl Letters {
    fn new(canary: &str, spelling: &str) -> Letters {
        let letters: Vec<String> = spelling.chars().map(String::from).collect();
        let [first, second] = [0, 1].map(|n| Finder::new(letters[n].as_bytes()).into_owned());
        Letters { canary: canary.to_owned(), spelling: spelling.to_owned(), letters, first, second }
    }

    fn length(&self) -> usize {
        APART.end() * self.letters.len()
    }

    /// Return how far apart the letters stand that begin here; nothing where they stand together, which is another find.
    fn apart(&self, from: &[u8]) -> Option<usize> {
        if from.starts_with(self.spelling.as_bytes()) {
            return None;
        }
        let window = from.get(*APART.start()..from.len().min(APART.end() + self.second.needle().len()))?;
        self.second.find_iter(window).map(|at| at + APART.start()).find(|apart| {
            let mut letters = self.letters.iter().enumerate().skip(2);
            letters.all(|(n, letter)| from.get(n * apart..).is_some_and(|at| at.starts_with(letter.as_bytes())))
        })
    }
}

impl Search {
    fn new(canaries: &[&str], fewest: usize) -> Search {
        assert!(!canaries.is_empty() && canaries.iter().all(|canary| !canary.is_empty()), "nothing to look for");
        let needle = |canary: &str, (bytes, form): (Vec<u8>, _)| Needle {
            canary: canary.to_owned(),
            form,
            finder: Finder::new(&bytes).into_owned(),
        };
        let needles: Vec<Needle> = canaries.iter().flat_map(|canary| forms(canary).into_iter().map(|form| needle(canary, form))).collect();
        let long = canaries.iter().filter(|canary| canary.chars().count() >= fewest);
        let spelt: BTreeSet<(&str, String)> =
            long.flat_map(|canary| spellings(canary).into_iter().map(|(spelling, _)| (*canary, spelling))).collect();
        let letters: Vec<Letters> = spelt.iter().map(|(canary, spelling)| Letters::new(canary, spelling)).collect();
        let lengths = needles.iter().map(|needle| needle.finder.needle().len()).chain(letters.iter().map(Letters::length));
        let longest = lengths.max().unwrap_or_default();
        Search { needles, letters, longest, finds: Vec::new() }
    }

    /// Search a run of pages, part by part; each part begins so far before the end of the last one that nothing is cut in two.
    fn run(&mut self, mapping: &Mapping, (start, end): (u64, u64), read: impl Fn(u64, &mut [u8]) -> io::Result<()>) -> io::Result<()> {
        let mut from = start;
        while from < end {
            let length = usize::try_from(end - from).unwrap().min(PART);
            let mut part = vec![0; length];
            read(from, &mut part)?;
            let last = from + length as u64 == end;
            // What begins in the overlap is found in the next part.
            let fresh = if last { length } else { length - self.longest };
            let mut found = |canary: &str, form, at: usize, length: usize| {
                let context = &part[at.saturating_sub(AROUND)..(at + length + AROUND).min(part.len())];
                self.finds.push(Find {
                    canary: canary.to_owned(),
                    form,
                    mapping: mapping.name.clone(),
                    permissions: mapping.permissions.clone(),
                    address: from + at as u64,
                    context: context.escape_ascii().to_string(),
                });
            };
            for needle in &self.needles {
                for at in needle.finder.find_iter(&part).take_while(|at| *at < fresh) {
                    found(&needle.canary, needle.form, at, needle.finder.needle().len());
                }
            }
            for letters in &self.letters {
                for at in letters.first.find_iter(&part).take_while(|at| *at < fresh) {
                    if let Some(apart) = letters.apart(&part[at..]) {
                        found(&letters.canary, "letter by letter", at, apart);
                    }
                }
            }
            from += fresh as u64;
        }
        Ok(())
    }
}

/// Return every form in which a program may hold a text, each once: as it is, in upper and lower case, and full width as a card writes it
/// (where it is ASCII); as UTF-8, as UTF-16 and UTF-32 (`Vec<char>`) of this machine's order, and within base64, as a signed statement is
/// sent.
pub fn forms(canary: &str) -> Vec<(Vec<u8>, &'static str)> {
    let mut forms = BTreeMap::new();
    let mut add = |bytes: Vec<u8>, form| {
        forms.entry(bytes).or_insert(form);
    };
    for (text, [utf8, utf16, utf32, base64]) in spellings(canary) {
        add(text.clone().into_bytes(), utf8);
        add(text.encode_utf16().flat_map(u16::to_le_bytes).collect(), utf16);
        add(text.chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect(), utf32);
        for inner in within_base64(text.as_bytes()) {
            add(inner.into_bytes(), base64);
        }
    }
    forms.into_iter().collect()
}

/// Return how a text may be spelt, each with the names of its forms.
fn spellings(canary: &str) -> Vec<(String, [&'static str; 4])> {
    let (upper, lower) = (canary.to_ascii_uppercase(), canary.to_ascii_lowercase());
    let mut spellings = vec![
        (canary.to_owned(), ["UTF-8", "UTF-16LE", "UTF-32LE", "base64"]),
        (upper.clone(), ["UTF-8 upper", "UTF-16LE upper", "UTF-32LE upper", "base64 upper"]),
        (lower.clone(), ["UTF-8 lower", "UTF-16LE lower", "UTF-32LE lower", "base64 lower"]),
    ];
    if canary.is_ascii() {
        let names = ["UTF-8 full width", "UTF-16LE full width", "UTF-32LE full width", "base64 full width"];
        spellings.extend([canary, &upper, &lower].map(|text| (full_width(text), names)));
    }
    spellings
}

/// ASCII in the full-width forms of Unicode (U+FF01 …); the space is U+3000.
fn full_width(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            ' ' => '\u{3000}',
            '!'..='~' => char::from_u32(u32::from(letter) + 0xFEE0).unwrap(),
            other => other,
        })
        .collect()
}

/// What stands in base64 wherever these bytes stand in what is encoded: for each of the three places in which they can begin, the
/// characters that they alone decide; in both alphabets. Too few to be told from chance are left out.
fn within_base64(bytes: &[u8]) -> Vec<String> {
    let mut inner = Vec::new();
    for shift in 0..3 {
        let padded = [&vec![0; shift], bytes].concat();
        for encoded in [Base64UrlUnpadded::encode_string(&padded), Base64::encode_string(&padded)] {
            // Each character holds six bits; those with a foreign bit before or behind are left out.
            let (first, last) = ((shift * 8).div_ceil(6), padded.len() * 8 / 6);
            if last >= first + 6 {
                inner.push(encoded[first..last].to_owned());
            }
        }
    }
    inner
}
