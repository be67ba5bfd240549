//! Whatever a card answers: the conversation ends, one VERIFY is sent for a password and never another, a certificate has its bounds.

use std::sync::{Arc, LazyLock, Mutex};

use super::shared::{edited, pin, slot};
use zairyu::card::jpki::Jpki;
use zairyu::card::simulated::slot::READER;
use zairyu::card::simulated::{AUTHENTICATION_PIN, SIGNING_PIN, Slot};
use zairyu::card::{Access, CardError, Link, Port, Purpose, REPLY, Reader};
use zairyu::certificate::{Algorithm, Certificate, LIMIT};
use zairyu::error::Code;

/// More commands than any conversation needs, whatever the card answers: five objects of 256 parts, each of 16 responses.
const MANY: usize = 25_000;

/// Where answers come from.
#[derive(Clone)]
enum Card {
    /// An input: two bytes of length, then the answer; a length beyond any answer is an error of the reader.
    Input(Arc<Mutex<Vec<u8>>>),
    /// The simulated card, its answers changed: which one, then an edit.
    Edited(Slot, Vec<u8>),
    /// The simulated card, its answers written down.
    Recorded(Slot, Arc<Mutex<Vec<u8>>>),
}

/// What was sent.
#[derive(Default)]
struct Sent {
    commands: usize,
    verifies: [usize; 2],
}

struct Fake {
    card: Card,
    sent: Arc<Mutex<Sent>>,
}

struct FakeLink {
    card: Card,
    inner: Option<Box<dyn Link>>,
    access: Access,
    sent: Arc<Mutex<Sent>>,
}

impl Port for Fake {
    fn readers(&mut self) -> Result<Vec<Reader>, CardError> {
        Ok(vec![Reader::new(READER.to_owned(), true)])
    }

    fn connect(&mut self, reader: &str, access: Access) -> Result<Box<dyn Link>, CardError> {
        let inner = match &self.card {
            Card::Input(_) => None,
            Card::Edited(slot, _) | Card::Recorded(slot, _) => Some(slot.port().connect(reader, access)?),
        };
        Ok(Box::new(FakeLink { card: self.card.clone(), inner, access, sent: Arc::clone(&self.sent) }))
    }
}

impl Link for FakeLink {
    fn transmit(&mut self, command: &[u8], reply: &mut [u8; REPLY]) -> Result<usize, CardError> {
        let mut sent = self.sent.lock().expect("no panic");
        let number = sent.commands;
        sent.commands += 1;
        assert!(sent.commands < MANY, "a conversation without end");
        assert!((4..=261).contains(&command.len()), "no short command");
        let pins = [SIGNING_PIN, AUTHENTICATION_PIN];
        if command.len() > 5 && command[1] == 0x20 {
            assert_eq!(self.access, Access::Exclusive, "a PIN for everybody");
            let which = pins.iter().position(|pin| &command[5..] == pin.as_bytes()).expect("a PIN");
            sent.verifies[which] += 1;
            assert_eq!(sent.verifies[which], 1, "a second VERIFY");
        } else {
            assert!(!command.windows(SIGNING_PIN.len()).any(|part| part == SIGNING_PIN.as_bytes()), "a PIN elsewhere");
        }
        match (&self.card, &mut self.inner) {
            (Card::Input(input), _) => {
                let mut input = input.lock().expect("no panic");
                let Some((head, rest)) = input.split_first_chunk::<2>() else { return Err(Code::CardRemoved.into()) };
                let length = usize::from(u16::from_le_bytes(*head));
                if length > REPLY {
                    return Err([Code::CardMute, Code::ReaderGone, Code::CardReset][length % 3].into());
                }
                let length = length.min(rest.len());
                reply[..length].copy_from_slice(&rest[..length]);
                *input = rest[length..].to_vec();
                Ok(length)
            }
            (Card::Edited(_, edits), Some(inner)) => {
                let length = inner.transmit(command, reply)?;
                let mut answer = reply[..length].to_vec();
                for edit in edits.chunks_exact(5).filter(|edit| usize::from(edit[0]) == number) {
                    answer = edited(answer, &edit[1..]);
                }
                let length = answer.len().min(REPLY);
                reply[..length].copy_from_slice(&answer[..length]);
                Ok(length)
            }
            (Card::Recorded(_, record), Some(inner)) => {
                let length = inner.transmit(command, reply)?;
                let mut record = record.lock().expect("no panic");
                record.extend_from_slice(&u16::try_from(length).expect("a short answer").to_le_bytes());
                record.extend_from_slice(&reply[..length]);
                Ok(length)
            }
            (_, None) => Err(Code::CardRemoved.into()),
        }
    }
}

/// Look at the card, then connect for good, give both passwords, read and sign: as the worker does.
fn converse(card: Card) -> Result<(), CardError> {
    let sent = Arc::new(Mutex::new(Sent::default()));
    let mut port = Fake { card, sent: Arc::clone(&sent) };
    let mut look = Jpki::open(&mut port, READER, Access::Shared)?;
    look.read_status()?;
    let known = look.known();
    assert_eq!(known.id(), look.id());
    look.close();
    let mut card = Jpki::reopen(&mut port, READER, Access::Exclusive, &known)?;
    for (number, (purpose, typed)) in
        [(Purpose::Signing, SIGNING_PIN), (Purpose::Authentication, AUTHENTICATION_PIN)].into_iter().enumerate()
    {
        let verified = card.verify(pin(purpose, typed));
        let verifies = sent.lock().expect("no panic").verifies[number];
        assert!(verifies == 1 || verified.is_err(), "a PIN is accepted that was never sent");
        verified?;
        let mut seen = 0;
        let read = card.certificate(purpose, &mut |done, total| {
            assert!((seen..=total).contains(&done), "progress goes back");
            seen = done;
        })?;
        assert!(read.len() <= LIMIT);
        let authority = card.authority(purpose, &mut |_, _| {})?;
        assert!(authority.len() <= LIMIT);
        let algorithm = Certificate::parse(&read).ok().and_then(|read| read.algorithm()).unwrap_or(Algorithm::Rs256);
        let signature = card.sign(purpose, algorithm, b"statement")?;
        assert!(algorithm == Algorithm::Rs256 || signature.len() == 96, "no signature of P-384");
    }
    card.close();
    Ok(())
}

pub fn run(data: &[u8]) {
    static SLOT: LazyLock<Slot> = LazyLock::new(slot);
    let Some((mode, rest)) = data.split_first() else { return };
    let card = if mode % 2 == 0 { Card::Input(Arc::new(Mutex::new(rest.to_vec()))) } else { Card::Edited(SLOT.clone(), rest.to_vec()) };
    // Errors are expected; what must not be is asserted on the way.
    let _ = converse(card);
}

pub fn seeds() -> Vec<Vec<u8>> {
    let record = Arc::new(Mutex::new(Vec::new()));
    converse(Card::Recorded(slot(), Arc::clone(&record))).expect("a whole conversation");
    let record = record.lock().expect("no panic").clone();
    vec![
        [&[0], record.as_slice()].concat(),
        // Locked, wrong, more to come, another length.
        [&[0][..], &[2, 0, 0x90, 0], &[2, 0, 0x63, 0xC0], &[2, 0, 0x61, 4], &[6, 0, 1, 2, 3, 4, 0x6C, 3], &[0xFF, 0xFF]].concat(),
        vec![1],
        vec![1, 3, 0, 0, 2, 0x30],
        vec![1, 9, 1, 0, 1, 4, 14, 4, 0, 0, 0],
    ]
}
