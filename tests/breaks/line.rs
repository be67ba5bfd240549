//! The line between worker and card: a `Port` that counts the commands and breaks at one of them.

use std::sync::{Arc, Mutex};

use zairyu::card::simulated::Slot;
use zairyu::card::simulated::slot::SimulatedPort;
use zairyu::card::{Access, CardError, Link, Port, REPLY, Reader};
use zairyu::error::Code;

/// What becomes of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The card is pulled, and PC/SC says so.
    Pulled,
    /// The card is pulled, and PC/SC answers with nothing, as vpcd does (jpki-card.md §4).
    PulledInSilence,
    /// Another program resets the card.
    Reset,
    /// The reader is unplugged.
    Unplugged,
    /// The PC/SC service stops.
    ServiceStopped,
    /// The command is answered with this.
    Answer(&'static [u8]),
    /// It takes its time.
    Slow,
}

/// Whether the card has carried the command out before it broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// It never reached the card.
    Before,
    /// The card has done it, and its answer is lost.
    After,
}

/// A break at one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// How many commands go well before it.
    pub after: usize,
    /// Whether the card has done the command.
    pub position: Position,
    /// What becomes of it.
    pub fate: Fate,
}

/// What a command is for, as far as a break in it differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// VERIFY with a PIN.
    Verify,
    /// A signature.
    Sign,
    /// SELECT of an application.
    Application,
    /// Anything else.
    Other,
}

/// Return what a command is for.
pub fn kind(command: &[u8]) -> Kind {
    match command {
        [0x00, 0x20, _, _, _, ..] => Kind::Verify,
        [0x80, 0x2A, ..] => Kind::Sign,
        [0x00, 0xA4, 0x04, ..] => Kind::Application,
        _ => Kind::Other,
    }
}

/// What the line remembers, and what is still to come.
#[derive(Default)]
pub struct State {
    /// The commands, without what they carried.
    pub commands: Vec<Kind>,
    /// The breaks that are still to come, in their order.
    pub breaks: Vec<Break>,
    /// How many connections were made.
    pub connections: usize,
    /// Another program holds the card at this connection and at those that follow, until it is told to let go.
    pub held_from: Option<usize>,
    /// It was in the way.
    pub refused: bool,
    /// The PC/SC service does not run.
    pub stopped: bool,
}

/// Shared by the line and whoever looks at it.
pub type Shared = Arc<Mutex<State>>;

/// The line to the readers of a computer.
pub struct Line {
    port: SimulatedPort,
    slot: Slot,
    state: Shared,
}

impl Line {
    /// Lay a line to the reader.
    pub fn to(slot: &Slot, state: &Shared) -> Line {
        Line { port: slot.port(), slot: slot.clone(), state: Arc::clone(state) }
    }
}

impl Port for Line {
    fn readers(&mut self) -> Result<Vec<Reader>, CardError> {
        if self.state.lock().unwrap().stopped { Err(Code::PcscNotRunning.into()) } else { self.port.readers() }
    }

    fn connect(&mut self, reader: &str, access: Access) -> Result<Box<dyn Link>, CardError> {
        let mut state = self.state.lock().unwrap();
        state.connections += 1;
        if state.stopped {
            return Err(Code::PcscNotRunning.into());
        }
        if state.held_from.is_some_and(|from| state.connections > from) {
            state.refused = true;
            return Err(Code::ReaderBusy.into());
        }
        drop(state);
        let link = self.port.connect(reader, access)?;
        let (slot, state) = (self.slot.clone(), Arc::clone(&self.state));
        Ok(Box::new(Breaking { link: Some(link), slot, state, broken: Code::CardRemoved, sent: Vec::new() }))
    }
}

/// A connection that may break.
struct Breaking {
    /// Gone once it has broken: whoever is connected must connect anew.
    link: Option<Box<dyn Link>>,
    slot: Slot,
    state: Shared,
    /// What the connection says once it has broken.
    broken: Code,
    /// What was sent over it.
    sent: Vec<Kind>,
}

impl Link for Breaking {
    fn transmit(&mut self, command: &[u8], reply: &mut [u8; REPLY]) -> Result<usize, CardError> {
        let kind = kind(command);
        // Each connection selects the application before any PIN, whatever the one before it had selected.
        assert!(kind != Kind::Verify || self.sent.contains(&Kind::Application), "a PIN is sent to no application");
        let mut state = self.state.lock().unwrap();
        if state.stopped {
            return Err(Code::PcscNotRunning.into());
        }
        let Some(link) = &mut self.link else { return Err(self.broken.into()) };
        state.commands.push(kind);
        self.sent.push(kind);
        let now = state.commands.len() - 1;
        let Some(due) = state.breaks.first().copied().filter(|due| due.after <= now) else {
            drop(state);
            return link.transmit(command, reply);
        };
        state.breaks.remove(0);
        state.stopped = due.fate == Fate::ServiceStopped;
        drop(state);
        if due.fate == Fate::Slow {
            std::thread::sleep(std::time::Duration::from_millis(2));
            return link.transmit(command, reply);
        }
        if due.position == Position::After {
            link.transmit(command, &mut [0; REPLY])?;
        }
        if let Fate::Answer(answer) = due.fate {
            reply[..answer.len()].copy_from_slice(answer);
            return Ok(answer.len());
        }
        // Without power the card forgets what was selected and which PINs were right.
        self.link = None;
        self.broken = match due.fate {
            Fate::Reset => Code::CardReset,
            Fate::Unplugged => Code::ReaderGone,
            Fate::ServiceStopped => Code::PcscNotRunning,
            _ => Code::CardRemoved,
        };
        match due.fate {
            Fate::Pulled | Fate::PulledInSilence => drop(self.slot.lift()),
            Fate::Unplugged => drop(self.slot.unplug()),
            _ => {}
        }
        if due.fate == Fate::PulledInSilence { Ok(0) } else { Err(self.broken.into()) }
    }

    fn atr(&self) -> &[u8] {
        self.link.as_ref().map_or(&[], |link| link.atr())
    }
}
