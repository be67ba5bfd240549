//! The in-process readers of practice mode: cards are inserted and removed through `Slot` and used through `Port` and `Link`.
//! Practice mode needs one reader; tests add more, and the port and watchers of each of them see them all.

use super::super::watch::ReaderStates;
use super::super::{Access, CardError, Link, Port, REPLY, Reader};
use super::chip::{Card, Outcome, Power, Pull};
use crate::error::Code;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Name of the default reader.
pub const READER: &str = "Practice reader";

/// A practice reader. Clones refer to the same reader.
#[derive(Clone)]
pub struct Slot {
    bay: Arc<Bay>,
    row: Arc<Row>,
}

/// One reader.
struct Bay {
    name: String,
    state: Mutex<State>,
}

/// All readers of one computer, in the order of plugging in.
#[derive(Default)]
struct Row {
    bays: Mutex<Vec<Arc<Bay>>>,
    watchers: Mutex<Vec<Notify>>,
}

type Notify = Box<dyn FnMut(ReaderStates) + Send>;

#[derive(Default)]
struct State {
    card: Option<Card>,
    /// The card removed last.
    away: Option<Card>,
    /// Counts insertions and removals, so that old connections notice that their card is gone.
    change: u64,
    holders: u32,
    exclusive: bool,
}

impl Slot {
    /// Create an empty reader.
    pub fn new() -> Slot {
        Slot::named(READER)
    }

    /// Create an empty reader with another name.
    pub fn named(name: &str) -> Slot {
        Slot::plugged_into(Arc::default(), name)
    }

    /// Plug another empty reader into the same computer. Its name must be unused.
    pub fn beside(&self, name: &str) -> Slot {
        let slot = Slot::plugged_into(Arc::clone(&self.row), name);
        slot.row.tell();
        slot
    }

    fn plugged_into(row: Arc<Row>, name: &str) -> Slot {
        let bay = Arc::new(Bay { name: name.to_owned(), state: Mutex::default() });
        lock(&row.bays).push(Arc::clone(&bay));
        Slot { bay, row }
    }

    /// Unplug the reader with any card in it; return whether it was plugged in.
    pub fn unplug(&self) -> bool {
        let mut bays = lock(&self.row.bays);
        let before = bays.len();
        bays.retain(|bay| !Arc::ptr_eq(bay, &self.bay));
        let was_there = bays.len() < before;
        drop(bays);
        if was_there {
            // Existing connections find the card gone, and the card loses power.
            let mut state = self.state();
            let card = state.swap(None);
            state.swap(card);
            drop(state);
            self.row.tell();
        }
        was_there
    }

    /// Plug the reader in again, after the other readers; return whether it was unplugged.
    pub fn plug_in(&self) -> bool {
        let mut bays = lock(&self.row.bays);
        if bays.iter().any(|bay| Arc::ptr_eq(bay, &self.bay)) {
            return false;
        }
        bays.push(Arc::clone(&self.bay));
        drop(bays);
        self.row.tell();
        true
    }

    /// Return the reader's name.
    pub fn name(&self) -> &str {
        &self.bay.name
    }

    /// Insert a card. One already present is lifted first, and watchers are notified of both.
    pub fn insert(&self, card: Card) {
        self.lift();
        self.state().swap(Some(card));
        self.row.tell();
    }

    /// Take the card away for good, from the reader or after it was lifted.
    pub fn take(&self) -> Option<Card> {
        self.lift();
        self.state().away.take()
    }

    /// Remove the card, keeping it for `put_back`; return whether there was one.
    pub fn lift(&self) -> bool {
        let mut state = self.state();
        let Some(card) = state.swap(None) else { return false };
        state.away = Some(card);
        drop(state);
        self.row.tell();
        true
    }

    /// Reinsert the card lifted last; return whether there was one and the reader was empty.
    pub fn put_back(&self) -> bool {
        let mut state = self.state();
        if state.card.is_some() {
            return false;
        }
        let Some(card) = state.away.take() else { return false };
        state.swap(Some(card));
        drop(state);
        self.row.tell();
        true
    }

    /// Have the card in the reader, or the one lifted last, pulled at a command to come, or at none.
    pub fn pull_at(&self, pull: Option<Pull>) {
        let mut state = self.state();
        let state = &mut *state;
        if let Some(card) = state.card.as_mut().or(state.away.as_mut()) {
            card.pull_at(pull);
        }
    }

    /// Inspect the card in the reader, or the one lifted last.
    pub fn look<T>(&self, look: impl FnOnce(&Card) -> T) -> Option<T> {
        let state = self.state();
        state.card.as_ref().or(state.away.as_ref()).map(look)
    }

    /// Call `tell` with the current state now and after every change of any reader. `tell` must not call the slot.
    pub fn watch(&self, mut tell: impl FnMut(ReaderStates) + Send + 'static) {
        let mut watchers = lock(&self.row.watchers);
        tell(self.row.seen());
        watchers.push(Box::new(tell));
    }

    /// Return a port to these readers for the worker.
    pub fn port(&self) -> SimulatedPort {
        SimulatedPort(Arc::clone(&self.row))
    }

    /// Return the number of the current insertion; `None` if the reader is empty.
    pub(super) fn insertion(&self) -> Option<u64> {
        let state = self.state();
        state.card.as_ref().map(|_| state.change)
    }

    /// Change the power state of the card; `None` if that card is gone.
    pub(super) fn power(&self, insertion: u64, power: Power) -> Option<()> {
        self.state().card_of(insertion).map(|card| card.power(power))
    }

    /// Send a command to the card; `None` if that card is gone, or is removed before it responds.
    pub(super) fn exchange(&self, insertion: u64, command: &[u8]) -> Option<Vec<u8>> {
        let delay = self.state().card_of(insertion)?.delay();
        // Sleep without the lock, so that a slow card can be lifted.
        std::thread::sleep(delay);
        let mut state = self.state();
        match state.card_of(insertion)?.exchange(command) {
            Outcome::Answer(answer) => Some(answer),
            Outcome::Lifted(back) => {
                state.away = state.swap(None);
                drop(state);
                self.row.tell();
                if let Some(back) = back {
                    let slot = self.clone();
                    std::thread::spawn(move || {
                        std::thread::sleep(back);
                        slot.put_back();
                    });
                }
                None
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.bay.state)
    }
}

impl Default for Slot {
    fn default() -> Slot {
        Slot::new()
    }
}

impl Row {
    fn seen(&self) -> ReaderStates {
        let reader = |bay: &Arc<Bay>| Reader { name: bay.name.clone(), card: lock(&bay.state).card.is_some() };
        ReaderStates { service: true, readers: lock(&self.bays).iter().map(reader).collect() }
    }

    fn tell(&self) {
        let mut watchers = lock(&self.watchers);
        // Read under the watchers' lock, so that the last state reported is the current one.
        let seen = self.seen();
        for tell in watchers.iter_mut() {
            tell(seen.clone());
        }
    }
}

/// Ignore poisoning: no thread leaves inconsistent state behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn swap(&mut self, card: Option<Card>) -> Option<Card> {
        self.change += 1;
        self.holders = 0;
        self.exclusive = false;
        let mut before = std::mem::replace(&mut self.card, card);
        if let Some(card) = &mut before {
            card.power(Power::Off);
        }
        before
    }

    fn card_of(&mut self, insertion: u64) -> Option<&mut Card> {
        self.card.as_mut().filter(|_| self.change == insertion)
    }
}

/// The practice readers as a `Port` for the worker.
pub struct SimulatedPort(Arc<Row>);

impl Port for SimulatedPort {
    fn readers(&mut self) -> Result<Vec<Reader>, CardError> {
        Ok(self.0.seen().readers)
    }

    fn connect(&mut self, reader: &str, access: Access) -> Result<Box<dyn Link>, CardError> {
        let bay = lock(&self.0.bays).iter().find(|bay| bay.name == reader).map(Arc::clone).ok_or(Code::ReaderGone)?;
        let slot = Slot { bay, row: Arc::clone(&self.0) };
        let mut state = slot.state();
        let insertion = state.change;
        let held = state.exclusive || (access == Access::Exclusive && state.holders > 0);
        let first = state.holders == 0;
        let Some(card) = &mut state.card else { return Err(Code::NoCard.into()) };
        if card.is_mute() {
            return Err(Code::CardMute.into());
        }
        if held {
            return Err(Code::ReaderBusy.into());
        }
        if first {
            card.power(Power::On);
        }
        let atr = card.atr();
        state.holders += 1;
        state.exclusive = access == Access::Exclusive;
        drop(state);
        Ok(Box::new(SimulatedLink { slot, insertion, atr }))
    }
}

/// A connection to one insertion of a card.
struct SimulatedLink {
    slot: Slot,
    insertion: u64,
    atr: &'static [u8],
}

impl Link for SimulatedLink {
    fn transmit(&mut self, command: &[u8], reply: &mut [u8; REPLY]) -> Result<usize, CardError> {
        let answer = self.slot.exchange(self.insertion, command).ok_or(Code::CardRemoved)?;
        let room = reply.get_mut(..answer.len()).ok_or(Code::CardFault)?;
        room.copy_from_slice(&answer);
        Ok(answer.len())
    }

    fn atr(&self) -> &[u8] {
        self.atr
    }
}

impl Drop for SimulatedLink {
    fn drop(&mut self) {
        let mut state = self.slot.state();
        if let Some(card) = state.card_of(self.insertion) {
            card.power(Power::Off);
            state.holders = state.holders.saturating_sub(1);
            state.exclusive = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Fault;
    use super::super::person::{ANNE, Person};
    use super::super::tests::card;
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    const SELECT_JPKI: &[u8] = b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01";
    const VERIFY: &[u8] = b"\x00\x20\x00\x98\x041234";
    const READ_NAMES: &[u8] = &[0x80, 0x2A, 0x00, 0x97, 0x01, 0x01, 0x00];

    fn slot(faults: &[Fault]) -> Slot {
        let slot = Slot::new();
        slot.insert(card(&ANNE, faults));
        slot
    }

    fn two() -> (Slot, Slot) {
        let left = Slot::named("left");
        let right = left.beside("right");
        for (slot, person) in [(&left, "anne"), (&right, "taro")] {
            slot.insert(card(Person::find(person).unwrap(), &[]));
        }
        (left, right)
    }

    fn send(link: &mut Box<dyn Link>, command: &[u8]) -> Result<Vec<u8>, Code> {
        let mut reply = [0; REPLY];
        let length = link.transmit(command, &mut reply).map_err(|error| error.code)?;
        Ok(reply[..length].to_vec())
    }

    fn connect(slot: &Slot, access: Access) -> Result<Box<dyn Link>, Code> {
        slot.port().connect(READER, access).map_err(|error| error.code)
    }

    #[test]
    fn an_exclusive_holder_keeps_others_out_and_a_shared_one_keeps_an_exclusive_out() {
        let slot = slot(&[]);
        let shared = connect(&slot, Access::Shared).unwrap();
        assert!(connect(&slot, Access::Shared).is_ok());
        assert_eq!(connect(&slot, Access::Exclusive).err(), Some(Code::ReaderBusy));
        drop(shared);
        let exclusive = connect(&slot, Access::Exclusive).unwrap();
        assert_eq!(connect(&slot, Access::Shared).err(), Some(Code::ReaderBusy));
        drop(exclusive);
        assert!(connect(&slot, Access::Shared).is_ok());
    }

    #[test]
    fn a_dropped_connection_leaves_no_pin_verified() {
        let slot = slot(&[]);
        let mut link = connect(&slot, Access::Exclusive).unwrap();
        assert_eq!(send(&mut link, SELECT_JPKI).unwrap(), [0x90, 0x00]);
        assert_eq!(send(&mut link, VERIFY).unwrap(), [0x90, 0x00]);
        assert_eq!(send(&mut link, READ_NAMES).unwrap().len(), 258);
        drop(link);
        let mut link = connect(&slot, Access::Exclusive).unwrap();
        send(&mut link, SELECT_JPKI).unwrap();
        assert_eq!(send(&mut link, READ_NAMES).unwrap(), [0x69, 0x82]);
    }

    #[test]
    fn a_lifted_card_is_gone_for_its_old_connection_even_when_it_is_back() {
        let slot = slot(&[]);
        let mut link = connect(&slot, Access::Shared).unwrap();
        assert!(slot.lift());
        assert_eq!(send(&mut link, SELECT_JPKI), Err(Code::CardRemoved));
        assert_eq!(connect(&slot, Access::Shared).err(), Some(Code::NoCard));
        assert!(slot.put_back());
        assert_eq!(send(&mut link, SELECT_JPKI), Err(Code::CardRemoved));
        drop(link);
        assert!(send(&mut connect(&slot, Access::Exclusive).unwrap(), SELECT_JPKI).is_ok());
        assert!(!slot.put_back());
    }

    #[test]
    fn the_watcher_is_told_what_is_there_and_what_changes() {
        let slot = slot(&[Fault::LiftedAfter(1, Some(Duration::from_millis(20)))]);
        let (tell, told) = mpsc::channel();
        slot.watch(move |seen| tell.send(seen.readers[0].card).unwrap());
        let mut link = connect(&slot, Access::Shared).unwrap();
        send(&mut link, SELECT_JPKI).unwrap();
        assert_eq!(send(&mut link, SELECT_JPKI), Err(Code::CardRemoved));
        let next = || told.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!([next(), next(), next()], [true, false, true]);
    }

    #[test]
    fn a_mute_card_is_seen_but_does_not_answer_and_an_unknown_reader_is_gone() {
        let slot = slot(&[Fault::Mute]);
        assert!(slot.port().readers().unwrap()[0].card);
        assert_eq!(connect(&slot, Access::Shared).err(), Some(Code::CardMute));
        assert_eq!(slot.port().connect("another", Access::Shared).err().map(|error| error.code), Some(Code::ReaderGone));
    }

    #[test]
    fn a_slow_card_takes_its_time() {
        let slot = slot(&[Fault::Slow(Duration::from_millis(30))]);
        let mut link = connect(&slot, Access::Shared).unwrap();
        let start = std::time::Instant::now();
        send(&mut link, SELECT_JPKI).unwrap();
        assert!(start.elapsed() >= Duration::from_millis(30));
    }

    #[test]
    fn an_exchanged_card_is_told_as_gone_and_come() {
        let slot = slot(&[]);
        let (tell, told) = mpsc::channel();
        slot.watch(move |seen| tell.send(seen.readers[0].card).unwrap());
        let taken = slot.take().unwrap();
        slot.insert(taken);
        slot.insert(card(&ANNE, &[]));
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [true, false, true, false, true]);
    }

    #[test]
    fn two_readers_hold_a_card_each_and_every_port_and_watcher_sees_both_in_their_order() {
        let (left, right) = two();
        let (tell, told) = mpsc::channel();
        left.watch(move |seen| tell.send(seen.readers.iter().map(|reader| (reader.name.clone(), reader.card)).collect()).unwrap());
        right.lift();
        left.lift();
        let seen = |left, right| vec![("left".to_owned(), left), ("right".to_owned(), right)];
        assert_eq!(told.try_iter().collect::<Vec<Vec<_>>>(), [seen(true, true), seen(true, false), seen(false, false)]);
        right.put_back();
        for mut port in [left.port(), right.port()] {
            assert_eq!(port.readers().unwrap().iter().map(|reader| reader.card).collect::<Vec<_>>(), [false, true]);
            assert_eq!(port.connect("left", Access::Shared).err().map(|error| error.code), Some(Code::NoCard));
            assert_eq!(port.connect(READER, Access::Shared).err().map(|error| error.code), Some(Code::ReaderGone));
            assert!(port.connect("right", Access::Shared).is_ok());
        }
    }

    #[test]
    fn a_command_reaches_the_card_in_its_own_reader_alone_while_both_are_held() {
        let (left, right) = two();
        let mut port = left.port();
        let mut held = port.connect("left", Access::Exclusive).unwrap();
        let mut other = port.connect("right", Access::Exclusive).unwrap();
        send(&mut other, SELECT_JPKI).unwrap();
        send(&mut other, VERIFY).unwrap();
        assert_eq!([&left, &right].map(|slot| slot.look(Card::commands).unwrap()), [0, 2]);
        send(&mut held, SELECT_JPKI).unwrap();
        assert_eq!(send(&mut held, READ_NAMES).unwrap(), [0x69, 0x82]);
        right.lift();
        assert!(send(&mut held, SELECT_JPKI).is_ok());
    }

    #[test]
    fn an_unplugged_reader_is_gone_with_its_card_and_comes_back_behind_the_others() {
        let (left, right) = two();
        let mut port = right.port();
        let mut link = port.connect("left", Access::Exclusive).unwrap();
        assert!(left.unplug() && !left.unplug());
        assert_eq!(send(&mut link, SELECT_JPKI), Err(Code::CardRemoved));
        assert_eq!(port.connect("left", Access::Shared).err().map(|error| error.code), Some(Code::ReaderGone));
        assert!(left.plug_in() && !left.plug_in());
        assert_eq!(send(&mut link, SELECT_JPKI), Err(Code::CardRemoved));
        let readers = port.readers().unwrap();
        assert_eq!(readers.iter().map(|reader| (reader.name.as_str(), reader.card)).collect::<Vec<_>>(), [("right", true), ("left", true)]);
        assert!(port.connect("left", Access::Exclusive).is_ok());
    }

    #[test]
    fn a_transport_card_is_told_by_its_answer_to_reset_in_process_too() {
        let slot = slot(&["kind=transport".parse().unwrap()]);
        assert_eq!(connect(&slot, Access::Shared).unwrap().atr(), super::super::files::FELICA_ATR);
        assert_eq!(connect(&self::slot(&[]), Access::Shared).unwrap().atr(), super::super::ATR);
    }
}
