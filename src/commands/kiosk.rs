//! `zairyu kiosk`: what the staff of a kiosk set up. The kiosk itself is the form with `--kiosk`.

use super::{CommandResult, drawable, is_console, language};
use clap::{Args, Subcommand};
use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use zairyu::app::day_count::{DayCount, Reached};
use zairyu::app::state::staff::StaffAnswer;
use zairyu::error::Code;
use zairyu::file;
use zairyu::locale::Text;
use zairyu::registration::Date;
use zairyu::secret::Locked;
use zairyu::settings::Flags;
use zairyu::settings::kiosk::StaffWord;
use zairyu::text::lines::{complain, stdout};

/// The end of `zairyu kiosk --help`.
pub(super) const AFTER_HELP: &str = "The kiosk itself is the form: zairyu --kiosk. In the settings file, times in seconds:
  [kiosk]
  staff_word = \"...\"                  the line that zairyu kiosk word prints
  idle = 60                           without a key until the warning
  reading = 180                       the same on pages that are read
  pin = 300                           the same where a PIN or password is typed
  more = 600                          the same after F9
  warning = 30                        from the warning to the end of the visit
  away = 20                           from the removal of the card to the end of the visit; 0: at once
  [kiosk.speak]
  en = [\"espeak-ng\", \"--stdin\"]       for each language that is read aloud, a command that says what it is fed";

#[derive(Args)]
pub(super) struct Kiosk {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Read a word for the staff from standard input, and print the line for the settings file
    Word,
    /// Print the units by which systemd runs the kiosk on the first console, and how to install them
    Units,
    /// Print as JSON how many visits each day had, from the file of --log
    Count {
        /// The file of --log
        #[arg(value_name = "FILE")]
        log: std::path::PathBuf,
    },
}

/// The shortest word: a wrong one costs time, and that is all that guards the page.
const SHORTEST: usize = 6;

/// What stands in the comments of the units, by the names in their file.
const UNITS: [(&str, Text); 4] =
    [("{lead}", Text::UnitsLead), ("{program}", Text::UnitsProgram), ("{settings}", Text::UnitsSettings), ("{end}", Text::UnitsEnd)];

pub(super) fn run(flags: Flags, asked: &Kiosk) -> CommandResult {
    // Whoever sets up a kiosk has no settings yet, or mends them.
    let flags = flags.clone().merged().map_or(flags, |(merged, _)| merged);
    let lang = drawable(language(&flags)?, std::io::stdout().is_terminal() && is_console(&flags));
    let mut out = stdout();
    match &asked.what {
        What::Word => {
            let stdin = std::io::stdin();
            if stdin.is_terminal() {
                complain(&lang.fill(Text::StaffWordAsk, &[&SHORTEST.to_string()]));
            }
            let mut line = zeroize::Zeroizing::new(String::new());
            stdin.lock().read_line(&mut line)?;
            let word = line.trim();
            if word.chars().count() < SHORTEST {
                complain(&lang.fill(Text::StaffWordShort, &[&SHORTEST.to_string()]));
                return Ok(ExitCode::from(2));
            }
            let hashed = StaffWord::of(word.as_bytes()).ok_or("the system gives no random numbers")?;
            out.line("[kiosk]")?;
            out.line(format!("staff_word = \"{hashed}\""))?;
        }
        What::Units => {
            let units =
                UNITS.iter().fold(include_str!("kiosk/units.txt").to_owned(), |units, (name, text)| units.replace(name, lang.text(*text)));
            units.lines().try_for_each(|line| out.line(line))?;
        }
        What::Count { log } => {
            let text = file::read_text(log).map_err(|why| format!("{}: {why}", log.display()))?;
            let days = days(&text).into_iter().map(|day| {
                let troubles: serde_json::Map<_, _> =
                    day.troubles.iter().map(|(code, count)| (code.id().to_owned(), (*count).into())).collect();
                serde_json::json!({
                    "date": day.date.to_string(), "begun": day.begun, "registered": day.registered, "others": day.others,
                    "given_up": day.given_up(), "troubles": troubles,
                })
            });
            out.json(format_args!("{:#}", serde_json::Value::from_iter(days)))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The words of the log for the end of a visit.
const WORDS: [(Reached, &str); 3] = [(Reached::Begun, "given-up"), (Reached::Other, "done"), (Reached::Registered, "registered")];

/// Return the word of the log for the end of a visit; `None` if nothing was begun.
pub(super) fn word_of(reached: Reached) -> Option<&'static str> {
    WORDS.iter().find(|(known, _)| *known == reached).map(|(_, word)| *word)
}

/// Count the days of a log; lines that tell of nothing are left out. Oldest first.
fn days(log: &str) -> Vec<DayCount> {
    let mut days = std::collections::BTreeMap::<Date, DayCount>::new();
    for line in log.lines() {
        let mut words = line.split_whitespace();
        let (Some(at), Some(what)) = (words.next().and_then(zairyu::time::rfc3339::parse), words.next_back()) else { continue };
        let Some(date) = zairyu::time::date_in_japan(at) else { continue };
        let day = days.entry(date).or_insert_with(|| DayCount::new(date));
        let reached = WORDS.iter().find(|(_, word)| *word == what).map(|(reached, _)| *reached);
        match (reached, Code::ALL.iter().find(|code| code.id() == what)) {
            (Some(reached), _) => day.ended(reached),
            (None, Some(code)) => day.failed(*code),
            (None, None) => {}
        }
    }
    days.into_values().collect()
}

/// Count a day so far from the log: the program may have been started again.
pub(super) fn day_so_far(log: &std::path::Path, today: Date) -> DayCount {
    let text = file::read_text(log).unwrap_or_default();
    days(&text).into_iter().find(|day| day.date == today).unwrap_or_else(|| DayCount::new(today))
}

/// How many wrong words are looked at without waiting.
const FREE: u32 = 3;
/// The first wait; it doubles with each wrong word more.
const FIRST: u64 = 30;
/// The longest wait; after as long without a word the count begins anew, so that visitors cannot lock out the staff.
const LONGEST: u64 = 600;

/// Looks at staff words, and makes whoever guesses wait.
pub(super) struct Guard {
    word: Option<StaffWord>,
    wrong: u32,
    /// When the last wrong word came.
    last: Option<Instant>,
    until: Option<Instant>,
}

impl Guard {
    pub(super) const fn new(word: Option<StaffWord>) -> Guard {
        Guard { word, wrong: 0, last: None, until: None }
    }

    pub(super) fn check(&mut self, word: &Locked, now: Instant) -> StaffAnswer {
        let left = self.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        if !left.is_zero() {
            return StaffAnswer::Wait(u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX));
        }
        if self.word.as_ref().is_some_and(|known| known.is(word.bytes())) {
            (self.wrong, self.until) = (0, None);
            return StaffAnswer::Right;
        }
        let calm = self.last.is_some_and(|last| now.saturating_duration_since(last) > Duration::from_secs(LONGEST));
        self.wrong = if calm { 1 } else { self.wrong.saturating_add(1) };
        self.last = Some(now);
        let Some(more) = self.wrong.checked_sub(FREE) else { return StaffAnswer::Wrong };
        let wait = FIRST.saturating_mul(1 << more.min(10)).min(LONGEST);
        self.until = Some(now + Duration::from_secs(wait));
        StaffAnswer::Wait(u32::try_from(wait).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_guesses_the_staff_word_waits() {
        let word = |text: &str| {
            let mut word = Locked::new();
            assert!(word.push(text.as_bytes()));
            word
        };
        let mut guard = Guard::new(StaffWord::of("桜の下で会う".as_bytes()));
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let mut wrong = |seconds| guard.check(&word("sakura"), at(seconds));
        assert_eq!([wrong(0), wrong(0), wrong(0)], [StaffAnswer::Wrong, StaffAnswer::Wrong, StaffAnswer::Wait(30)]);
        assert_eq!(wrong(10), StaffAnswer::Wait(20), "it is not even looked at");
        assert_eq!([wrong(30), wrong(90)], [StaffAnswer::Wait(60), StaffAnswer::Wait(120)]);
        assert_eq!(guard.check(&word("桜の下で会う"), at(100)), StaffAnswer::Wait(110), "nor is the right one");
        assert_eq!(guard.check(&word("桜の下で会う"), at(210)), StaffAnswer::Right);
        assert_eq!(guard.check(&word("sakura"), at(210)), StaffAnswer::Wrong, "the count begins anew");
        let mut late = Guard::new(StaffWord::of("桜の下で会う".as_bytes()));
        assert!((0..8).all(|hour| late.check(&word("sakura"), at(hour * 3600)) == StaffAnswer::Wrong), "a stray word now and then");
        assert_eq!(Guard::new(None).check(&word(""), begun), StaffAnswer::Wrong);
    }
}
