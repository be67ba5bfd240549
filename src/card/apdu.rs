//! Command APDUs and status words; short APDUs only (jpki-card.md §2). Independent of applications and PIN rules.
//! `exchange` assembles chained responses; VERIFY uses `exchange_once`, which never sends anything twice.

use super::{CardError, Link, REPLY};
use crate::error::Code;
use crate::secret::Locked;

/// The meaning of a status word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StatusWord {
    /// 9000: done.
    Done,
    /// 62xx: done with a warning, such as 6282: the file ended before the length asked for.
    Warned,
    /// 63Cx: x tries are left.
    TriesLeft(u8),
    /// 63C0, 6983, 6984: the PIN is blocked.
    Locked,
    /// 6300: wrong PIN, without a counter.
    Wrong,
    /// 6982: the PIN has not been verified.
    PinMissing,
    /// 6A82, 6A83: no such file, application or record.
    Absent,
    /// 6B00: the offset is past the end of the file.
    PastEnd,
    /// 61xx: this many response bytes are available.
    More(usize),
    /// 6Cxx: repeat the command with this Le.
    Length(usize),
    /// 6F00: no diagnosis. One card returns it for the first command after power-up.
    NoReason,
    /// Anything else.
    Other,
}

impl StatusWord {
    /// Decode a status word.
    pub(super) fn of(status: u16) -> StatusWord {
        let [high, low] = status.to_be_bytes();
        // 00 means 256.
        let length = if low == 0 { 256 } else { usize::from(low) };
        match (high, low) {
            (0x90, 0x00) => StatusWord::Done,
            (0x61, _) => StatusWord::More(length),
            (0x62, _) => StatusWord::Warned,
            (0x63, 0x00) => StatusWord::Wrong,
            (0x63, 0xC0) | (0x69, 0x83 | 0x84) => StatusWord::Locked,
            (0x63, 0xC1..=0xCF) => StatusWord::TriesLeft(low & 0x0F),
            (0x69, 0x82) => StatusWord::PinMissing,
            (0x6A, 0x82 | 0x83) => StatusWord::Absent,
            (0x6B, 0x00) => StatusWord::PastEnd,
            (0x6C, _) => StatusWord::Length(length),
            (0x6F, 0x00) => StatusWord::NoReason,
            _ => StatusWord::Other,
        }
    }
}

/// A card's response to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Response {
    /// The data before the status word.
    pub(super) data: Vec<u8>,
    /// The status word.
    pub(super) status: u16,
}

impl Response {
    /// Decode the status word.
    pub(super) fn meaning(&self) -> StatusWord {
        StatusWord::of(self.status)
    }

    /// Create an error with this status word.
    pub(super) fn error(&self, code: Code) -> CardError {
        CardError { status: Some(self.status), ..CardError::new(code) }
    }
}

/// SELECT an application by AID, without FCI.
pub(super) fn select_application(aid: &[u8]) -> Vec<u8> {
    [&[0x00, 0xA4, 0x04, 0x0C, length(aid)], aid].concat()
}

/// SELECT an application by AID and request its FCI: some payment cards require it.
pub(super) fn select_application_with_fci(aid: &[u8]) -> Vec<u8> {
    [&[0x00, 0xA4, 0x04, 0x00, length(aid)], aid, &[0x00]].concat()
}

/// SELECT an elementary file of the selected application.
pub(super) fn select_file(file: u16) -> [u8; 7] {
    let [high, low] = file.to_be_bytes();
    [0x00, 0xA4, 0x02, 0x0C, 0x02, high, low]
}

/// READ BINARY of the selected file. `length` is 1 to 256; `offset` has 15 bits.
pub(super) fn read(offset: u16, length: usize) -> [u8; 5] {
    let [high, low] = (offset & 0x7FFF).to_be_bytes();
    [0x00, 0xB0, high, low, le(length)]
}

/// READ BINARY of a file from its start, by short identifier (1 to 30); also selects it.
pub(super) fn read_short(file: u8, length: usize) -> [u8; 5] {
    [0x00, 0xB0, 0x80 | (file & 0x1F), 0x00, le(length)]
}

/// VERIFY without data: read the tries left for the selected PIN. Exactly four bytes: with a trailing Le, a real card answers 6700.
pub(super) const TRIES: [u8; 4] = [0x00, 0x20, 0x00, 0x80];

/// VERIFY the selected PIN. The command is kept in locked memory and wiped on drop.
pub(super) fn verify(pin: &[u8]) -> Locked {
    let mut command = Locked::new();
    command.push(&[0x00, 0x20, 0x00, 0x80, length(pin)]);
    command.push(pin);
    command
}

/// COMPUTE DIGITAL SIGNATURE with the selected key; with an RSA key, the card applies PKCS#1 v1.5 padding to what it is given.
pub(super) fn sign(input: &[u8]) -> Vec<u8> {
    [&[0x80, 0x2A, 0x00, 0x80, length(input)], input, &[0x00]].concat()
}

/// Every command body of this program is far below 256 bytes.
fn length(body: &[u8]) -> u8 {
    u8::try_from(body.len()).unwrap_or(u8::MAX)
}

/// 00 requests 256 bytes.
fn le(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(0)
}

/// Response parts and length corrections accepted before the card counts as faulty.
const ROUNDS: usize = 16;

/// Send a command and assemble its whole response. Never for VERIFY: the command may be resent with a corrected Le.
pub(super) fn exchange(link: &mut dyn Link, command: &[u8]) -> Result<Response, CardError> {
    let mut answer = exchange_once(link, command)?;
    let mut data = Vec::new();
    for _ in 0..ROUNDS {
        let next = match answer.meaning() {
            StatusWord::More(length) => {
                data.append(&mut answer.data);
                vec![0x00, 0xC0, 0x00, 0x00, le(length)]
            }
            StatusWord::Length(length) => match (data.is_empty(), command.split_last()) {
                // Only a command with an Le can be corrected: header and Le, or header, Lc, body and Le.
                (true, Some((_, rest))) if rest.len() == 4 || rest.get(4).is_some_and(|body| rest.len() == 5 + usize::from(*body)) => {
                    [rest, &[le(length)]].concat()
                }
                (false, _) => vec![0x00, 0xC0, 0x00, 0x00, le(length)],
                _ => return Ok(answer),
            },
            _ => {
                data.append(&mut answer.data);
                return Ok(Response { data, ..answer });
            }
        };
        answer = exchange_once(link, &next)?;
    }
    Err(answer.error(Code::CardFault))
}

/// Send a command once and return its response. A response shorter than a status word means that the card was removed (jpki-card.md §4:
/// pulled during a command).
pub(super) fn exchange_once(link: &mut dyn Link, command: &[u8]) -> Result<Response, CardError> {
    let mut reply = [0; REPLY];
    let length = link.transmit(command, &mut reply)?;
    match reply.get(..length) {
        Some([data @ .., high, low]) => Ok(Response { data: data.to_vec(), status: u16::from_be_bytes([*high, *low]) }),
        Some(_) => Err(Code::CardRemoved.into()),
        None => Err(Code::CardGarbled.into()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    /// A card that expects these commands in this order and returns these responses.
    pub(crate) struct Script(pub(crate) VecDeque<(Vec<u8>, Vec<u8>)>);

    impl Link for Script {
        fn transmit(&mut self, command: &[u8], reply: &mut [u8; REPLY]) -> Result<usize, CardError> {
            let (expected, answer) = self.0.pop_front().expect("no more command is expected");
            assert_eq!(command, expected, "another command is expected");
            reply[..answer.len()].copy_from_slice(&answer);
            Ok(answer.len())
        }
    }

    pub(crate) fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    fn script(lines: &[(&str, &str)]) -> Script {
        Script(lines.iter().map(|(command, answer)| (hex(command), hex(answer))).collect())
    }

    #[test]
    fn commands_have_the_bytes_that_real_cards_were_seen_to_take() {
        assert_eq!(select_application(&hex("D392F000260100000001")), hex("00A4040C0A D392F000260100000001"));
        assert_eq!(select_file(0x001B), *hex("00A4020C02001B"));
        assert_eq!(read(0x0600, 256), *hex("00B0060000"));
        assert_eq!(read(0x0600, 54), *hex("00B0060036"));
        assert_eq!(read_short(0x0A, 256), *hex("00B08A0000"));
        assert_eq!(TRIES, *hex("00200080"));
        assert_eq!(verify(b"1234").bytes(), hex("0020008004 31323334"));
        assert_eq!(sign(&[0x30; 51]), [hex("802A008033"), vec![0x30; 51], vec![0x00]].concat());
    }

    #[test]
    fn status_words_have_one_meaning_each() {
        for (status, meaning) in [
            (0x9000, StatusWord::Done),
            (0x6282, StatusWord::Warned),
            (0x63C5, StatusWord::TriesLeft(5)),
            (0x63C0, StatusWord::Locked),
            (0x6983, StatusWord::Locked),
            (0x6984, StatusWord::Locked),
            (0x6300, StatusWord::Wrong),
            (0x6982, StatusWord::PinMissing),
            (0x6A82, StatusWord::Absent),
            (0x6A83, StatusWord::Absent),
            (0x6B00, StatusWord::PastEnd),
            (0x6100, StatusWord::More(256)),
            (0x6110, StatusWord::More(16)),
            (0x6C00, StatusWord::Length(256)),
            (0x6F00, StatusWord::NoReason),
            (0x6700, StatusWord::Other),
            (0x6981, StatusWord::Other),
            (0x6986, StatusWord::Other),
            (0x6A86, StatusWord::Other),
            (0x6881, StatusWord::Other),
            (0x6D00, StatusWord::Other),
            (0x6E00, StatusWord::Other),
        ] {
            assert_eq!(StatusWord::of(status), meaning, "{status:04X}");
        }
    }

    #[test]
    fn an_answer_in_parts_is_put_together_and_6100_means_256_bytes() {
        let whole = vec![0xAB; 256];
        let mut link = script(&[("80 2A 00 80 01 30 00", "6100")]);
        link.0.push_back((hex("00C0000000"), [&whole[..], &[0x90, 0x00]].concat()));
        assert_eq!(exchange(&mut link, &sign(&[0x30])), Ok(Response { data: whole, status: 0x9000 }));
        let mut link = script(&[("00B0000000", "01 02 6102"), ("00C0000002", "03 04 9000")]);
        assert_eq!(exchange(&mut link, &read(0, 256)).unwrap().data, [1, 2, 3, 4]);
    }

    #[test]
    fn a_wrong_length_is_corrected_as_the_card_says() {
        let mut link = script(&[("00B0000000", "6C03"), ("00B0000003", "01 02 03 9000")]);
        assert_eq!(exchange(&mut link, &read(0, 256)).unwrap().data, [1, 2, 3]);
        // SELECT has no Le to correct.
        let mut link = script(&[("00A4020C020001", "6C03")]);
        assert_eq!(exchange(&mut link, &select_file(1)).unwrap().status, 0x6C03);
    }

    #[test]
    fn a_card_that_never_ends_its_answer_is_broken() {
        let mut lines = vec![("00B0000000", "AA 6101")];
        lines.extend(std::iter::repeat_n(("00C0000001", "AA 6101"), ROUNDS));
        let error = exchange(&mut script(&lines), &read(0, 256)).unwrap_err();
        assert_eq!((error.code, error.status), (Code::CardFault, Some(0x6101)));
    }

    #[test]
    fn an_answer_without_a_status_word_means_that_the_card_is_gone() {
        for answer in ["", "90"] {
            assert_eq!(exchange(&mut script(&[("00B0000000", answer)]), &read(0, 256)).unwrap_err().code, Code::CardRemoved);
        }
    }

    proptest! {
        #[test]
        fn no_answers_make_an_exchange_panic_or_go_on_for_ever(answers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..258), 20)) {
            struct Babble(Vec<Vec<u8>>, usize);
            impl Link for Babble {
                fn transmit(&mut self, _: &[u8], reply: &mut [u8; REPLY]) -> Result<usize, CardError> {
                    let answer = &self.0[self.1 % self.0.len()];
                    self.1 += 1;
                    reply[..answer.len()].copy_from_slice(answer);
                    Ok(answer.len())
                }
            }
            let mut link = Babble(answers, 0);
            let _ = exchange(&mut link, &read(0, 256));
            prop_assert!(link.1 <= ROUNDS + 1);
        }
    }
}
