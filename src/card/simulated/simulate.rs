//! `zairyu card simulate`: a practice card for a real pcscd, controlled through standard input and reporting on standard output.

use super::super::{CardKind, Purpose};
use super::authority::Authority;
use super::chip::{Card, Pull};
use super::fault::{Fault, kind_word};
use super::persist;
use super::person::{ANNE, PEOPLE, Person};
use super::slot::Slot;
use super::vpcd::Client;
use crate::certificate::Algorithm;
use crate::text::lines::{complain, stdout};
use std::io::{self, BufRead};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

/// Options of `zairyu card simulate`.
#[derive(Clone, Debug, Default)]
pub struct Simulate {
    /// Address of pcscd's virtual reader, HOST:PORT; usually port 35963.
    pub vpcd: String,
    /// Folder with authority, keys and retry counters; without it all are created anew.
    pub state: Option<PathBuf>,
    /// Identifier of the card's holder; empty for the first person.
    pub person: String,
    /// Whether it is the card announced to come next, with keys on P-384.
    pub next_card: bool,
    /// Faults of this card, as in `fault::WORDS`; cards inserted later have none.
    pub faults: Vec<String>,
    /// Folder to write the two CA certificates to.
    pub anchors: Option<PathBuf>,
}

/// The commands accepted on standard input, with the response line of each, for the help text.
pub const CONTROL: &str = "\
Standard input is read line by line, and each line is answered by one:
lift              take the card out                     -> lifted | nothing
insert            put it back in                        -> inserted PERSON | inserted kind=KIND | nothing
insert PERSON     put that person's card in             -> inserted PERSON | unknown PERSON | failed
insert kind=KIND  put another kind of card in           -> inserted kind=KIND | unknown kind=KIND | failed
pull N            pulled before it does the Nth command -> pull N
pull N done       pulled when it has done it            -> pull N done
pull              not pulled                            -> pull
count             how many commands the card was sent   -> count N
verifies          how many of them carried a PIN        -> verifies SIGNING AUTHENTICATION
tries             tries left of its two PINs            -> tries SIGNING AUTHENTICATION
quit              end                                   -> bye
Anything else                                           -> unknown COMMAND
A card that is taken out for another lies ready, and all that is counted goes on when it is put in again.
Besides, `ready` is printed each time pcscd has begun to speak to a card.";

/// Run `zairyu card simulate` until `quit`. Exit status 0 after `quit`, 2 for invalid options, 1 for other errors.
pub fn command(options: &Simulate) -> ExitCode {
    let (person, faults) = match understand(options) {
        Ok(understood) => understood,
        Err(message) => {
            print_error(&message);
            return ExitCode::from(2);
        }
    };
    match start(options, person, &faults) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&format!("{}: {error}", options.vpcd));
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
    let algorithm = if options.next_card { Algorithm::Es384 } else { Algorithm::Rs256 };
    let authority = persist::authority(options.state.as_deref(), algorithm, now)?;
    if let Some(folder) = &options.anchors {
        authority.export(folder)?;
    }
    let slot = Slot::new();
    slot.insert(persist::card(options.state.as_deref(), &authority, person, faults, now)?);
    let client = Client::new(&options.vpcd, slot.clone());
    let stop = client.stopper();
    let mut console = Console { slot, authority, state: options.state.clone(), now, spare_cards: Vec::new() };
    std::thread::spawn(move || {
        // The end of the input does not end the program: the card stays in the reader.
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            match console.execute(line.trim()) {
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

/// The reader and its cards, controlled from standard input.
struct Console {
    slot: Slot,
    authority: Authority,
    state: Option<PathBuf>,
    now: i64,
    /// Cards that were in the reader before, except the one lifted last.
    spare_cards: Vec<Card>,
}

impl Console {
    /// Execute a line and return the response; `None` for `quit`.
    fn execute(&mut self, line: &str) -> Option<String> {
        Some(match line.split_once(' ').unwrap_or((line, "")) {
            ("quit", "") => return None,
            ("lift", "") if self.slot.lift() => "lifted".to_owned(),
            ("insert", "") if self.slot.put_back() => self.inserted(),
            ("lift" | "insert", "") => "nothing".to_owned(),
            ("insert", wanted) => match find(wanted) {
                Some((person, kind)) => self.exchange(person, kind),
                None => format!("unknown {wanted}"),
            },
            ("pull", when) => match read_pull(when) {
                Some(pull) => {
                    self.slot.pull_at(pull);
                    line.to_owned()
                }
                None => format!("unknown {line}"),
            },
            ("count", "") => format!("count {}", self.slot.look(Card::commands).unwrap_or_default()),
            ("verifies", "") => format!("verifies {}", self.of_both(Card::verifies)),
            ("tries", "") => format!("tries {}", self.of_both(Card::tries)),
            _ => format!("unknown {line}"),
        })
    }

    fn exchange(&mut self, person: &'static Person, kind: CardKind) -> String {
        self.spare_cards.extend(self.slot.take());
        // Only a My Number Card belongs to a person; any other is created anew and not saved.
        let folder = self.state.as_deref().filter(|_| kind == CardKind::MyNumber);
        let card = match self.spare_cards.iter().position(|card| (card.person().id, card.kind()) == (person.id, kind)) {
            Some(at) => {
                let mut card = self.spare_cards.swap_remove(at);
                if let Some(folder) = folder {
                    persist::reload_tries(folder, &mut card);
                }
                card
            }
            None => {
                let faults = if kind == CardKind::MyNumber { Vec::new() } else { vec![Fault::Kind(kind)] };
                match persist::card(folder, &self.authority, person, &faults, self.now) {
                    Ok(card) => card,
                    Err(error) => {
                        print_error(&error.to_string());
                        return "failed".to_owned();
                    }
                }
            }
        };
        self.slot.insert(card);
        self.inserted()
    }

    fn inserted(&self) -> String {
        let name = self.slot.look(|card| match kind_word(card.kind()) {
            Some(word) => format!("kind={word}"),
            None => card.person().id.to_owned(),
        });
        format!("inserted {}", name.unwrap_or_default())
    }

    /// Format one number for each of the card's two PINs.
    fn of_both<T: std::fmt::Display + Default>(&self, number: impl Fn(&Card, Purpose) -> T) -> String {
        let [signing, authentication] =
            [Purpose::Signing, Purpose::Authentication].map(|purpose| self.slot.look(|card| number(card, purpose)).unwrap_or_default());
        format!("{signing} {authentication}")
    }
}

/// Read when the card is pulled, counting commands from 1; `Some(None)` for never.
fn read_pull(when: &str) -> Option<Option<Pull>> {
    if when.is_empty() {
        return Some(None);
    }
    let (number, done) = when.strip_suffix(" done").map_or((when, false), |number| (number, true));
    Some(Some(Pull { after: number.parse::<u32>().ok()?.checked_sub(1)?, done }))
}

/// Return the person and kind of the card named; other kinds of card belong to nobody.
fn find(wanted: &str) -> Option<(&'static Person, CardKind)> {
    if let Some(person) = Person::find(wanted) {
        return Some((person, CardKind::MyNumber));
    }
    match wanted.parse() {
        Ok(Fault::Kind(kind)) => Some((&ANNE, kind)),
        _ => None,
    }
}

/// Print a line. A closed standard output is ignored: the card stays in the reader.
fn say(line: &str) {
    let mut out = stdout();
    let _ = out.line(line).and_then(|()| out.flush());
}

fn print_error(message: &str) {
    complain(&format!("zairyu: {message}"));
}

#[cfg(test)]
mod tests {
    use super::super::slot::READER;
    use super::super::tests::{NOW, authority, card};
    use super::*;
    use crate::card::{Access, Port, REPLY};

    const SELECT_JPKI: &[u8] = b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01";

    fn console(faults: &[Fault]) -> Console {
        let slot = Slot::new();
        slot.insert(card(&ANNE, faults));
        Console { slot, authority: authority().clone(), state: None, now: NOW, spare_cards: Vec::new() }
    }

    /// Send commands to the card in the reader.
    fn send(console: &Console, commands: &[&[u8]]) {
        let mut link = console.slot.port().connect(READER, Access::Exclusive).unwrap();
        for command in commands {
            link.transmit(command, &mut [0; REPLY]).unwrap();
        }
    }

    #[test]
    fn the_console_answers_each_line_with_one_line() {
        let mut console = console(&["lifted-after=9".parse().unwrap()]);
        for (line, answer) in [
            ("tries", "tries 5 3"),
            ("count", "count 0"),
            ("verifies", "verifies 0 0"),
            ("insert", "nothing"),
            ("lift", "lifted"),
            ("lift", "nothing"),
            ("insert", "inserted anne"),
            ("insert taro", "inserted taro"),
            ("insert anne", "inserted anne"),
            ("insert nobody", "unknown nobody"),
            ("insert kind=cat", "unknown kind=cat"),
            ("insert mute", "unknown mute"),
            ("pull 0", "unknown pull 0"),
            ("pull soon", "unknown pull soon"),
            ("pull 3 done", "pull 3 done"),
            ("pull", "pull"),
            ("", "unknown "),
            ("sing a song", "unknown sing a song"),
        ] {
            assert_eq!(console.execute(line).as_deref(), Some(answer), "{line}");
        }
        assert_eq!(console.spare_cards.len(), 1);
        assert_eq!(console.execute("quit"), None);
    }

    #[test]
    fn every_command_with_a_pin_in_it_is_counted_for_its_own_pin_and_asking_for_the_tries_is_none() {
        let mut console = console(&[]);
        let (ask, wrong, right, other): (&[u8], &[u8], &[u8], &[u8]) =
            (b"\x00\x20\x00\x98", b"\x00\x20\x00\x98\x040000", b"\x00\x20\x00\x98\x041234", b"\x00\x20\x00\x9B\x09PRACTICE1");
        send(&console, &[SELECT_JPKI, ask, ask]);
        assert_eq!(console.execute("verifies").unwrap(), "verifies 0 0");
        send(&console, &[SELECT_JPKI, wrong, right, other, wrong, wrong, wrong]);
        assert_eq!(console.execute("tries").unwrap(), "tries 5 0");
        assert_eq!(console.execute("verifies").unwrap(), "verifies 1 5");
        // A VERIFY rejected because the PIN is locked counts too.
        send(&console, &[SELECT_JPKI, right]);
        assert_eq!(console.execute("verifies").unwrap(), "verifies 1 6");
    }

    #[test]
    fn a_card_is_pulled_before_or_after_it_has_done_a_command() {
        let wrong: &[u8] = b"\x00\x20\x00\x98\x040000";
        for (line, tries) in [("pull 2", "tries 5 3"), ("pull 2 done", "tries 5 2")] {
            let mut console = console(&[]);
            console.execute(line);
            let mut link = console.slot.port().connect(READER, Access::Exclusive).unwrap();
            link.transmit(SELECT_JPKI, &mut [0; REPLY]).unwrap();
            assert!(link.transmit(wrong, &mut [0; REPLY]).is_err());
            assert_eq!(console.execute("tries").unwrap(), tries, "{line}");
            assert_eq!(console.execute("insert").unwrap(), "inserted anne", "{line}");
            send(&console, &[SELECT_JPKI, SELECT_JPKI, SELECT_JPKI]);
        }
    }

    #[test]
    fn a_card_that_lies_ready_goes_on_counting_where_it_was_when_it_is_put_in_again() {
        let mut console = console(&[]);
        send(&console, &[SELECT_JPKI, b"\x00\x20\x00\x98\x040000"]);
        console.execute("insert taro");
        send(&console, &[SELECT_JPKI]);
        assert_eq!(["count", "verifies", "tries"].map(|line| console.execute(line).unwrap()), ["count 1", "verifies 0 0", "tries 5 3"]);
        console.execute("insert anne");
        assert_eq!(["count", "verifies", "tries"].map(|line| console.execute(line).unwrap()), ["count 2", "verifies 0 1", "tries 5 2"]);
    }

    #[test]
    fn another_kind_of_card_is_no_person_s_and_lies_ready_like_any() {
        let mut console = console(&[]);
        assert_eq!(console.execute("insert kind=transport").unwrap(), "inserted kind=transport");
        assert_eq!(console.slot.look(Card::kind), Some(CardKind::Transport));
        assert_eq!(console.execute("insert anne").unwrap(), "inserted anne");
        assert_eq!(console.slot.look(Card::kind), Some(CardKind::MyNumber));
        assert_eq!(console.execute("insert kind=transport").unwrap(), "inserted kind=transport");
        assert_eq!(
            (console.execute("lift").unwrap(), console.execute("insert").unwrap()),
            ("lifted".to_owned(), "inserted kind=transport".to_owned())
        );
        assert_eq!(console.spare_cards.len(), 1);
    }

    #[test]
    fn the_help_text_names_every_command() {
        let mut console = console(&[]);
        for command in
            ["lift", "insert", "insert PERSON", "insert kind=KIND", "pull", "pull N", "pull N done", "count", "verifies", "tries", "quit"]
        {
            assert!(CONTROL.lines().any(|line| line.starts_with(&format!("{command} "))), "{command}");
            let line = command.replace("PERSON", "taro").replace("KIND", "bank").replace('N', "7");
            assert!(console.execute(&line).is_none_or(|answer| !answer.starts_with("unknown")), "{command}");
        }
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
