//! `zairyu card simulate`: a practice card for a real pcscd, steered through standard input, telling what it does on standard output.

use super::super::Purpose;
use super::authority::Authority;
use super::chip::Card;
use super::fault::Fault;
use super::keep;
use super::person::{ANNE, PEOPLE, Person};
use super::slot::Slot;
use super::vpcd::Client;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

/// What `zairyu card simulate` was asked for.
#[derive(Clone, Debug, Default)]
pub struct Simulate {
    /// Where pcscd's virtual reader listens: HOST:PORT, usually port 35963.
    pub vpcd: String,
    /// Folder that keeps authority, keys and tries; without it all is made anew.
    pub state: Option<PathBuf>,
    /// Whose card it is, by the name of the entry; empty for the first.
    pub person: String,
    /// Faults of this card, in the words of `fault::WORDS`; cards put in later have none.
    pub faults: Vec<String>,
    /// Folder to write the two CA certificates to.
    pub anchors: Option<PathBuf>,
}

/// What is understood on standard input, one a line, and the one line that answers each on standard output. For the help text.
pub const CONTROL: &str = "\
lift            take the card out                     -> lifted | nothing
insert          put it back in                        -> inserted PERSON | nothing
insert PERSON   put that person's card in             -> inserted PERSON | unknown PERSON | failed
count           how many commands the card was sent   -> count N
tries           tries left of its two PINs            -> tries SIGNING AUTHENTICATION
quit            end                                   -> bye
Anything else                                         -> unknown COMMAND
Besides, `ready` is printed each time pcscd has begun to speak to a card.
";

/// Run `zairyu card simulate` until told to quit. Status 0 after `quit`, 2 if the options are wrong, 1 for anything else.
pub fn command(options: &Simulate) -> ExitCode {
    let (person, faults) = match understand(options) {
        Ok(understood) => understood,
        Err(message) => {
            complain(&message);
            return ExitCode::from(2);
        }
    };
    match start(options, person, &faults) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{}: {error}", options.vpcd));
            ExitCode::FAILURE
        }
    }
}

fn understand(options: &Simulate) -> Result<(&'static Person, Vec<Fault>), String> {
    let person = if options.person.is_empty() { Some(&ANNE) } else { Person::find(&options.person) };
    let person = person.ok_or_else(|| {
        let known: Vec<&str> = PEOPLE.iter().map(|person| person.id).collect();
        format!("no such person: {}; there are: {}", options.person, known.join(", "))
    })?;
    let faults = options.faults.iter().map(|word| word.parse()).collect::<Result<_, _>>()?;
    Ok((person, faults))
}

fn start(options: &Simulate, person: &'static Person, faults: &[Fault]) -> io::Result<()> {
    let now = SystemTime::UNIX_EPOCH.elapsed().map_err(io::Error::other)?.as_secs();
    let now = i64::try_from(now).map_err(io::Error::other)?;
    let authority = keep::authority(options.state.as_deref(), now)?;
    if let Some(folder) = &options.anchors {
        authority.export(folder)?;
    }
    let slot = Slot::new();
    slot.insert(keep::card(options.state.as_deref(), &authority, person, faults, now)?);
    let client = Client::new(&options.vpcd, slot.clone());
    let stop = client.stopper();
    let mut desk = Desk { slot, authority, state: options.state.clone(), now, drawer: Vec::new() };
    std::thread::spawn(move || {
        // The end of the input is no order to end: a card may lie in a reader with nobody at the keyboard.
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            match desk.obey(line.trim()) {
                Some(answer) => say(&answer),
                None => {
                    say("bye");
                    return stop.stop();
                }
            }
        }
    });
    client.run(|| say("ready"))
}

/// Whoever is told what to do with the cards.
struct Desk {
    slot: Slot,
    authority: Authority,
    state: Option<PathBuf>,
    now: i64,
    /// Cards that were in the reader before and are neither there nor just lifted.
    drawer: Vec<Card>,
}

impl Desk {
    /// Do what a line says and return the answer; nothing if it says to quit.
    fn obey(&mut self, line: &str) -> Option<String> {
        Some(match line.split_once(' ').unwrap_or((line, "")) {
            ("quit", "") => return None,
            ("lift", "") if self.slot.lift() => "lifted".to_owned(),
            ("insert", "") if self.slot.put_back() => self.inserted(),
            ("lift" | "insert", "") => "nothing".to_owned(),
            ("insert", id) => match Person::find(id) {
                Some(person) => self.exchange(person),
                None => format!("unknown {id}"),
            },
            ("count", "") => format!("count {}", self.slot.look(Card::commands).unwrap_or_default()),
            ("tries", "") => {
                let tries = |purpose| self.slot.look(|card| card.tries(purpose)).unwrap_or_default();
                format!("tries {} {}", tries(Purpose::Signing), tries(Purpose::Authentication))
            }
            _ => format!("unknown {line}"),
        })
    }

    fn exchange(&mut self, person: &'static Person) -> String {
        self.drawer.extend(self.slot.take());
        let card = match self.drawer.iter().position(|card| card.person().id == person.id) {
            Some(at) => self.drawer.swap_remove(at),
            None => match keep::card(self.state.as_deref(), &self.authority, person, &[], self.now) {
                Ok(card) => card,
                Err(error) => {
                    complain(&error.to_string());
                    return "failed".to_owned();
                }
            },
        };
        self.slot.insert(card);
        self.inserted()
    }

    fn inserted(&self) -> String {
        format!("inserted {}", self.slot.look(|card| card.person().id).unwrap_or_default())
    }
}

/// Whoever listens may have gone; the card stays all the same.
fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "zairyu: {message}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desk_answers_each_line_with_one_line() {
        let authority = Authority::make(1_795_564_800).unwrap();
        let slot = Slot::new();
        slot.insert(Card::make(&authority, &ANNE, &["lifted-after=9".parse().unwrap()], 1_795_564_800).unwrap());
        let mut desk = Desk { slot, authority, state: None, now: 1_795_564_800, drawer: Vec::new() };
        for (line, answer) in [
            ("tries", "tries 5 3"),
            ("count", "count 0"),
            ("insert", "nothing"),
            ("lift", "lifted"),
            ("lift", "nothing"),
            ("insert", "inserted anne"),
            ("insert taro", "inserted taro"),
            ("insert anne", "inserted anne"),
            ("insert nobody", "unknown nobody"),
            ("", "unknown "),
            ("sing a song", "unknown sing a song"),
        ] {
            assert_eq!(desk.obey(line).as_deref(), Some(answer), "{line}");
        }
        assert_eq!(desk.drawer.len(), 1);
        assert_eq!(desk.obey("quit"), None);
    }

    #[test]
    fn wrong_options_are_refused_with_what_there_is() {
        let options = Simulate { person: "nobody".to_owned(), ..Simulate::default() };
        assert!(understand(&options).unwrap_err().contains("anne, taro"));
        let options = Simulate { faults: vec!["mute".to_owned(), "deaf".to_owned()], ..Simulate::default() };
        assert!(understand(&options).unwrap_err().contains("deaf"));
        assert_eq!(understand(&Simulate::default()).unwrap().0.id, "anne");
    }
}
