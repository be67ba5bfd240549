//! The simulated card behind a real pcscd: a client of the vpcd protocol of the vsmartcard project.
//! Each message is a two-byte big-endian length and that many bytes; a single byte is a control message to the reader, more are a command.
//! An open connection means that the card is in the reader: lifting the card closes it.

use super::chip::Power;
use super::slot::Slot;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long to wait for an unreachable pcscd.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause between attempts to connect.
const PAUSE: Duration = Duration::from_millis(100);
/// Longer than any ATR (33 bytes): the driver fails to power the card but still sees it. An empty ATR would remove the card.
const NO_ATR: [u8; 40] = [0; 40];

/// Control messages to the reader (vsmartcard, virtualsmartcard/src/vpcd/vpcd.h).
mod order {
    pub(super) const OFF: u8 = 0;
    pub(super) const ON: u8 = 1;
    pub(super) const RESET: u8 = 2;
    pub(super) const ATR: u8 = 4;
}

/// Why `run` is woken.
enum Wake {
    /// A card was inserted or removed.
    Changed,
    /// Stop requested.
    Quit,
}

/// A handle that stops `run`.
#[derive(Clone)]
pub struct Stop {
    wake: Sender<Wake>,
    wire: Arc<Mutex<Option<TcpStream>>>,
}

impl Stop {
    /// Close the connection and make `run` return.
    pub fn stop(&self) {
        self.signal(Wake::Quit);
    }

    /// Send the reason before closing the connection, so that `run` finds it.
    fn signal(&self, why: Wake) {
        let _ = self.wake.send(why);
        if let Some(stream) = self.wire().take() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn wire(&self) -> MutexGuard<'_, Option<TcpStream>> {
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Presents a slot's card to the pcscd at one address.
pub struct Client {
    address: String,
    slot: Slot,
    stop: Stop,
    woken: Receiver<Wake>,
}

impl Client {
    /// Create a client for the slot's card and the virtual reader at HOST:PORT.
    pub fn new(address: &str, slot: Slot) -> Client {
        let (wake, woken) = mpsc::channel();
        let stop = Stop { wake, wire: Arc::default() };
        let on_change = stop.clone();
        slot.watch(move |_| on_change.signal(Wake::Changed));
        Client { address: address.to_owned(), slot, stop, woken }
    }

    /// Return a handle that stops `run` from another thread.
    pub fn stopper(&self) -> Stop {
        self.stop.clone()
    }

    /// Present the slot's card and its successors until stopped; `taken` is called whenever pcscd starts talking to one. Fails if pcscd is
    /// unreachable for ten seconds while a card is in the slot.
    pub fn run(&self, mut taken: impl FnMut()) -> io::Result<()> {
        loop {
            let Some(insertion) = self.slot.insertion() else {
                match self.woken.recv() {
                    Ok(Wake::Changed) => continue,
                    Ok(Wake::Quit) | Err(_) => return Ok(()),
                }
            };
            let Some(mut stream) = self.connect()? else { return Ok(()) };
            *self.stop.wire() = Some(stream.try_clone()?);
            // Events before this point are in the queue; later ones close the connection.
            if self.woken.try_iter().any(|wake| matches!(wake, Wake::Quit)) {
                return Ok(());
            }
            if self.slot.insertion() == Some(insertion) {
                // Either side may close the connection; the next iteration finds out why.
                let _ = serve(&mut stream, &self.slot, insertion, &mut taken);
            }
            self.stop.wire().take();
        }
    }

    /// Connect to pcscd; `None` if stopped meanwhile.
    fn connect(&self) -> io::Result<Option<TcpStream>> {
        let start = Instant::now();
        loop {
            match TcpStream::connect(&self.address) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(Some(stream));
                }
                Err(error) if start.elapsed() > CONNECT_TIMEOUT => return Err(error),
                Err(_) => {}
            }
            match self.woken.recv_timeout(PAUSE) {
                Ok(Wake::Changed) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Wake::Quit) | Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
        }
    }
}

fn serve(stream: &mut TcpStream, slot: &Slot, insertion: u64, taken: &mut impl FnMut()) -> io::Result<()> {
    let gone = || io::Error::from(io::ErrorKind::NotConnected);
    let mut first = true;
    loop {
        let message = receive(stream)?;
        if std::mem::take(&mut first) {
            taken();
        }
        match *message.as_slice() {
            [order::OFF] => slot.power(insertion, Power::Off).ok_or_else(gone)?,
            [order::ON] => slot.power(insertion, Power::On).ok_or_else(gone)?,
            [order::RESET] => slot.power(insertion, Power::Reset).ok_or_else(gone)?,
            [order::ATR] => {
                // By now this may be another card; then the connection is already closed.
                let atr = slot.look(|card| if card.is_mute() { &NO_ATR } else { card.atr() });
                send(stream, atr.ok_or_else(gone)?)?;
            }
            _ => send(stream, &slot.exchange(insertion, &message).ok_or_else(gone)?)?,
        }
    }
}

fn receive(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut message)?;
    Ok(message)
}

fn send(stream: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), message].concat())
}

#[cfg(test)]
mod tests {
    use super::super::files::FELICA_ATR;
    use super::super::person::ANNE;
    use super::super::tests::card;
    use super::super::{ATR, Fault};
    use super::*;
    use std::net::TcpListener;

    const SELECT_JPKI: &[u8] = b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01";

    fn with_reader(faults: &[Fault], test: impl FnOnce(&TcpListener, &Slot)) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let slot = Slot::new();
        slot.insert(card(&ANNE, faults));
        let client = Client::new(&listener.local_addr().unwrap().to_string(), slot.clone());
        let stop = client.stopper();
        let running = std::thread::spawn(move || client.run(|| {}));
        test(&listener, &slot);
        stop.stop();
        running.join().unwrap().unwrap();
    }

    fn ask(stream: &mut TcpStream, message: &[u8]) -> Vec<u8> {
        send(stream, message).unwrap();
        receive(stream).unwrap()
    }

    #[test]
    fn the_reader_gets_atr_and_answers_and_sees_a_lifted_card_as_a_closed_connection() {
        with_reader(&[], |listener, slot| {
            let (mut stream, _) = listener.accept().unwrap();
            assert_eq!(ask(&mut stream, &[order::ATR]), ATR);
            send(&mut stream, &[order::ON]).unwrap();
            assert_eq!(ask(&mut stream, SELECT_JPKI), [0x90, 0x00]);
            slot.lift();
            assert!(receive(&mut stream).is_err());
            slot.put_back();
            // A connection opened while the card was removed is closed; the next one is the card's.
            let mut answer = Err(io::ErrorKind::NotConnected.into());
            for _ in 0..2 {
                let (mut stream, _) = listener.accept().unwrap();
                answer = send(&mut stream, &[0x00, 0xA4, 0x00, 0x00]).and_then(|()| receive(&mut stream));
                if answer.is_ok() {
                    break;
                }
            }
            assert_eq!(answer.unwrap(), [0x6A, 0x86]);
        });
    }

    #[test]
    fn a_verified_pin_survives_a_warm_reset_but_not_the_power_going_off() {
        with_reader(&[], |listener, _| {
            let (mut stream, _) = listener.accept().unwrap();
            let sign: &[u8] = &[0x80, 0x2A, 0x00, 0x97, 0x01, 0x01, 0x00];
            ask(&mut stream, SELECT_JPKI);
            assert_eq!(ask(&mut stream, b"\x00\x20\x00\x98\x041234"), [0x90, 0x00]);
            send(&mut stream, &[order::RESET]).unwrap();
            ask(&mut stream, SELECT_JPKI);
            assert_eq!(ask(&mut stream, sign).len(), 258);
            send(&mut stream, &[order::OFF]).unwrap();
            send(&mut stream, &[order::ON]).unwrap();
            ask(&mut stream, SELECT_JPKI);
            assert_eq!(ask(&mut stream, sign), [0x69, 0x82]);
        });
    }

    #[test]
    fn a_mute_card_is_present_but_cannot_be_powered() {
        with_reader(&[Fault::Mute], |listener, _| {
            let (mut stream, _) = listener.accept().unwrap();
            assert_eq!(ask(&mut stream, &[order::ATR]), NO_ATR);
        });
    }

    #[test]
    fn a_transport_card_has_the_atr_that_a_reader_makes_for_it() {
        with_reader(&["kind=transport".parse().unwrap()], |listener, _| {
            let (mut stream, _) = listener.accept().unwrap();
            assert_eq!(ask(&mut stream, &[order::ATR]), FELICA_ATR);
        });
    }
}
