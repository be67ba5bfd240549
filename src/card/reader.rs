//! Readers over PC/SC: listing, connecting, and mapping of PC/SC errors to codes. Does not interpret APDUs.
//! The context is established on first use, and again, at most once per operation, after the PC/SC service was restarted.

use super::{Access, CardError, Hint, Link, Port, REPLY, Reader};
use crate::error::Code;
use pcsc::{Context, Disposition, Error, Protocols, ReaderState, Scope, ShareMode, State};
use std::ffi::CString;
use std::time::Duration;

/// How long a card may take to awake.
const AWAKENING: Duration = Duration::from_millis(300);

/// Real readers. Use one per thread: a PC/SC context runs one operation at a time.
#[derive(Default)]
pub struct Pcsc {
    context: Option<Context>,
}

impl Pcsc {
    /// Create without touching PC/SC.
    pub const fn new() -> Pcsc {
        Pcsc { context: None }
    }

    /// Run an operation with a valid context.
    fn with<T>(&mut self, act: impl Fn(&Context) -> Result<T, Error>) -> Result<T, Error> {
        if let Some(context) = &self.context {
            match act(context) {
                Err(lost) if is_lost(lost) => self.context = None,
                done => return done,
            }
        }
        let context = Context::establish(Scope::User)?;
        act(self.context.insert(context))
    }
}

impl Port for Pcsc {
    fn readers(&mut self) -> Result<Vec<Reader>, CardError> {
        self.with(|context| {
            let mut states: Vec<_> = names(context)?.into_iter().map(|name| ReaderState::new(name, State::UNAWARE)).collect();
            match context.get_status_change(Duration::ZERO, &mut states) {
                _ if states.is_empty() => Ok(Vec::new()),
                Ok(()) | Err(Error::Timeout) => Ok(states.iter().map(seen).collect()),
                Err(error) => Err(error),
            }
        })
        .map_err(card_error)
    }

    fn connect(&mut self, reader: &str, access: Access) -> Result<Box<dyn Link>, CardError> {
        let mode = match access {
            Access::Shared => ShareMode::Shared,
            Access::Exclusive => ShareMode::Exclusive,
        };
        let mut connect = || {
            self.with(|context| {
                // Connect by the listed name, byte for byte: on Windows it may be in the system's code page, and the displayed name is only a
                // rendering of it.
                let names = names(context)?;
                if names.is_empty() {
                    return Err(Error::NoReadersAvailable);
                }
                let name = names.iter().find(|name| name.to_string_lossy() == reader).ok_or(Error::UnknownReader)?;
                context.connect(name, mode, Protocols::ANY)
            })
        };
        let connected = connect().or_else(|error| {
            // One that was just put in, or powered down by another program, may not be awake yet.
            let awakes = matches!(error, Error::UnresponsiveCard | Error::UnpoweredCard | Error::ResetCard);
            if !awakes {
                return Err(error);
            }
            std::thread::sleep(AWAKENING);
            connect()
        });
        match connected {
            Ok(card) => {
                let atr = card.status2_owned().map(|status| status.atr().to_vec()).unwrap_or_default();
                Ok(Box::new(PcscLink { card: Some(card), atr, context: self.context.clone() }))
            }
            Err(Error::RemovedCard) => Err(Code::NoCard.into()),
            Err(error) => Err(card_error(error)),
        }
    }
}

/// A connection to a card in a real reader.
struct PcscLink {
    card: Option<pcsc::Card>,
    atr: Vec<u8>,
    /// Tells, when the connection is lost, whether it is the reader or the whole service that is gone.
    context: Option<Context>,
}

impl Link for PcscLink {
    fn transmit(&mut self, command: &[u8], reply: &mut [u8; REPLY]) -> Result<usize, CardError> {
        let Some(card) = &self.card else { return Err(Code::CardRemoved.into()) };
        match card.transmit(command, reply) {
            Ok(answer) => Ok(answer.len()),
            Err(Error::NoSmartcard) => Err(Code::CardRemoved.into()),
            Err(Error::InsufficientBuffer) => Err(Code::CardGarbled.into()),
            // The handle becomes invalid with the reader, or with the PC/SC service that issued it.
            Err(Error::InvalidHandle | Error::InvalidValue) if self.context.as_ref().is_some_and(|context| names(context).is_ok()) => {
                Err(Code::ReaderGone.into())
            }
            Err(Error::InvalidHandle | Error::InvalidValue | Error::CommError) => Err(Code::PcscNotRunning.into()),
            Err(error) => Err(card_error(error)),
        }
    }

    fn atr(&self) -> &[u8] {
        &self.atr
    }
}

impl Drop for PcscLink {
    fn drop(&mut self) {
        // Neither leaving nor resetting the card makes it forget a PIN (jpki-card.md §3); power-off does. If it fails, the crate's own drop
        // resets the card, and nothing better is left.
        if let Some(card) = self.card.take() {
            let _ = card.disconnect(Disposition::UnpowerCard);
        }
    }
}

/// List the readers' names; having none is not an error.
pub(super) fn names(context: &Context) -> Result<Vec<CString>, Error> {
    match context.list_readers_owned() {
        Err(Error::NoReadersAvailable) => Ok(Vec::new()),
        names => names,
    }
}

/// Convert the state of a reader. The event count in its upper half is not part of `State`.
pub(super) fn seen(state: &ReaderState) -> Reader {
    Reader::new(state.name().to_string_lossy().into_owned(), state.event_state().contains(State::PRESENT))
}

/// Return whether the error invalidates the context: the PC/SC service stopped or was restarted.
const fn is_lost(error: Error) -> bool {
    matches!(error, Error::ServiceStopped | Error::InvalidHandle | Error::NoService | Error::CommError)
}

/// Map a PC/SC error to a code.
fn card_error(error: Error) -> CardError {
    let code = match error {
        Error::NoService | Error::ServiceStopped => Code::PcscNotRunning,
        Error::NoReadersAvailable => Code::NoReader,
        Error::UnknownReader | Error::ReaderUnavailable => Code::ReaderGone,
        Error::SharingViolation => {
            let hint = holder().map_or(Hint::None, Hint::HeldBy);
            return CardError { hint, ..Code::ReaderBusy.into() };
        }
        Error::NoSmartcard => Code::NoCard,
        Error::UnresponsiveCard | Error::UnpoweredCard | Error::UnsupportedCard | Error::NotReady | Error::CommDataLost => Code::CardMute,
        Error::RemovedCard | Error::NotTransacted => Code::CardRemoved,
        Error::ResetCard => Code::CardReset,
        Error::SecurityViolation | Error::NoAccess => Code::PcscDenied,
        other => return CardError { hint: Hint::Pcsc(name(other)), ..Code::PcscFault.into() },
    };
    code.into()
}

/// Return the PC/SC name of an error, for the help desk. Errors with a code of their own are left out.
const fn name(error: Error) -> &'static str {
    match error {
        Error::InternalError => "SCARD_F_INTERNAL_ERROR",
        Error::Cancelled => "SCARD_E_CANCELLED",
        Error::InvalidHandle => "SCARD_E_INVALID_HANDLE",
        Error::InvalidParameter => "SCARD_E_INVALID_PARAMETER",
        Error::InvalidValue => "SCARD_E_INVALID_VALUE",
        Error::NoMemory => "SCARD_E_NO_MEMORY",
        Error::WaitedTooLong => "SCARD_F_WAITED_TOO_LONG",
        Error::Timeout => "SCARD_E_TIMEOUT",
        Error::CantDispose => "SCARD_E_CANT_DISPOSE",
        Error::ProtoMismatch => "SCARD_E_PROTO_MISMATCH",
        Error::SystemCancelled => "SCARD_E_SYSTEM_CANCELLED",
        Error::CommError => "SCARD_F_COMM_ERROR",
        Error::InvalidAtr => "SCARD_E_INVALID_ATR",
        Error::Shutdown => "SCARD_P_SHUTDOWN",
        Error::PciTooSmall => "SCARD_E_PCI_TOO_SMALL",
        Error::ReaderUnsupported => "SCARD_E_READER_UNSUPPORTED",
        Error::CardUnsupported => "SCARD_E_CARD_UNSUPPORTED",
        Error::UnsupportedFeature => "SCARD_E_UNSUPPORTED_FEATURE",
        Error::ServerTooBusy => "SCARD_E_SERVER_TOO_BUSY",
        _ => "SCARD_F_UNKNOWN_ERROR",
    }
}

/// Return the program that probably holds the reader, among the known ones (jpki-card.md §4). Works on Linux only.
#[cfg(target_os = "linux")]
pub fn holder() -> Option<String> {
    const KNOWN: [&str; 9] = ["scdaemon", "gsd-smartcard", "opensc", "pkcs11", "ykman", "pcsc_scan", "firefox", "chromium", "chrome"];
    let own = std::process::id().to_string();
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        let folder = entry.path();
        if entry.file_name() == own.as_str() {
            continue;
        }
        let Ok(program) = std::fs::read_to_string(folder.join("comm")) else { continue };
        // A browser holds a reader only if it has loaded PC/SC. The maps of another user's process cannot be read: assume that it has.
        let holds = || std::fs::read_to_string(folder.join("maps")).map_or(true, |maps| maps.contains("libpcsclite"));
        if KNOWN.iter().any(|known| program.starts_with(known)) && holds() {
            return Some(program.trim_end().to_owned());
        }
    }
    None
}

/// Elsewhere the system does not tell.
#[cfg(not(target_os = "linux"))]
pub const fn holder() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Official;

    #[test]
    fn errors_of_pcsc_have_our_codes_and_the_rest_keep_their_name() {
        for (error, code) in [
            (Error::NoService, Code::PcscNotRunning),
            (Error::NoReadersAvailable, Code::NoReader),
            (Error::UnknownReader, Code::ReaderGone),
            (Error::ReaderUnavailable, Code::ReaderGone),
            (Error::SharingViolation, Code::ReaderBusy),
            (Error::NoSmartcard, Code::NoCard),
            (Error::UnresponsiveCard, Code::CardMute),
            (Error::UnpoweredCard, Code::CardMute),
            (Error::RemovedCard, Code::CardRemoved),
            (Error::NotTransacted, Code::CardRemoved),
            (Error::ResetCard, Code::CardReset),
            (Error::NoAccess, Code::PcscDenied),
            (Error::SecurityViolation, Code::PcscDenied),
        ] {
            assert_eq!(card_error(error).code, code, "{error:?}");
            // The table of official codes tells the same story of the same number.
            let number = format!("{:#010X}", error as u32).replace("0X", "0x");
            let row = Official::all().find(|row| row.code == number);
            assert!(row.is_none_or(|row| row.ours().any(|ours| ours == code)), "{error:?} {row:?}");
        }
        let other = card_error(Error::ProtoMismatch);
        assert_eq!((other.code, other.hint), (Code::PcscFault, Hint::Pcsc("SCARD_E_PROTO_MISMATCH")));
    }
}
