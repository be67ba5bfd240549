//! The interface of a library that is opened when it is first asked for.

use super::*;
use libloading::Library;
use std::sync::OnceLock;

/// Its name, by which the package of the library itself is found and not only that for building.
const NAME: &str = "libpcsclite.so.1";

/// Return the library, once it is there: it may be installed while the program runs.
fn library() -> Option<&'static Functions> {
    static OPENED: OnceLock<Functions> = OnceLock::new();
    if let Some(functions) = OPENED.get() {
        return Some(functions);
    }
    let functions = Functions::open(NAME).ok()?;
    Some(OPENED.get_or_init(|| functions))
}

const fn request(protocol: DWORD) -> SCARD_IO_REQUEST {
    SCARD_IO_REQUEST { dwProtocol: protocol, cbPciLength: size_of::<SCARD_IO_REQUEST>() as DWORD }
}

pub static g_rgSCardT0Pci: SCARD_IO_REQUEST = request(SCARD_PROTOCOL_T0);
pub static g_rgSCardT1Pci: SCARD_IO_REQUEST = request(SCARD_PROTOCOL_T1);
pub static g_rgSCardRawPci: SCARD_IO_REQUEST = request(SCARD_PROTOCOL_RAW);

macro_rules! functions {
    ($($name:ident($($argument:ident: $kind:ty),*);)+) => {
        /// Its functions.
        struct Functions {
            $($name: unsafe extern "C" fn($($kind),*) -> LONG,)+
        }

        impl Functions {
            /// Open the library, which stays open as long as the program runs.
            fn open(name: &str) -> Result<Functions, libloading::Error> {
                // SAFETY: the library is that of the system, which every program for cards loads; it does nothing when it is loaded.
                let library = unsafe { Library::new(name) }?;
                let functions = Functions {
                    // SAFETY: the signatures are those of pcsclite.h and winscard.h.
                    $($name: *unsafe { library.get(concat!(stringify!($name), "\0")) }?,)+
                };
                // It is never closed, so that its functions stay.
                std::mem::forget(library);
                Ok(functions)
            }
        }

        $(
            /// As in winscard.h.
            ///
            /// # Safety
            /// What the pointers lead to must be as the interface says.
            pub unsafe fn $name($($argument: $kind),*) -> LONG {
                match library() {
                    // SAFETY: what the caller promises is what the function asks for.
                    Some(functions) => unsafe { (functions.$name)($($argument),*) },
                    None => SCARD_E_NO_SERVICE,
                }
            }
        )+
    };
}

functions! {
    SCardEstablishContext(dwScope: DWORD, pvReserved1: *const c_void, pvReserved2: *const c_void, phContext: *mut SCARDCONTEXT);
    SCardReleaseContext(hContext: SCARDCONTEXT);
    SCardIsValidContext(hContext: SCARDCONTEXT);
    SCardCancel(hContext: SCARDCONTEXT);
    SCardConnect(hContext: SCARDCONTEXT, szReader: *const c_char, dwShareMode: DWORD, dwPreferredProtocols: DWORD, phCard: *mut SCARDHANDLE, pdwActiveProtocol: *mut DWORD);
    SCardReconnect(hCard: SCARDHANDLE, dwShareMode: DWORD, dwPreferredProtocols: DWORD, dwInitialization: DWORD, pdwActiveProtocol: *mut DWORD);
    SCardDisconnect(hCard: SCARDHANDLE, dwDisposition: DWORD);
    SCardGetStatusChange(hContext: SCARDCONTEXT, dwTimeout: DWORD, rgReaderStates: *mut SCARD_READERSTATE, cReaders: DWORD);
    SCardListReaders(hContext: SCARDCONTEXT, mszGroups: *const c_char, mszReaders: *mut c_char, pcchReaders: *mut DWORD);
    SCardBeginTransaction(hCard: SCARDHANDLE);
    SCardEndTransaction(hCard: SCARDHANDLE, dwDisposition: DWORD);
    SCardStatus(hCard: SCARDHANDLE, szReaderName: *mut c_char, pcchReaderLen: *mut DWORD, pdwState: *mut DWORD, pdwProtocol: *mut DWORD, pbAtr: *mut u8, pcbAtrLen: *mut DWORD);
    SCardGetAttrib(hCard: SCARDHANDLE, dwAttrId: DWORD, pbAttr: *mut u8, pcbAttrLen: *mut DWORD);
    SCardSetAttrib(hCard: SCARDHANDLE, dwAttrId: DWORD, pbAttr: *const u8, pcbAttrLen: DWORD);
    SCardTransmit(hCard: SCARDHANDLE, pioSendPci: *const SCARD_IO_REQUEST, pbSendBuffer: *const u8, cbSendLength: DWORD, pioRecvPci: *mut SCARD_IO_REQUEST, pbRecvBuffer: *mut u8, pcbRecvLength: *mut DWORD);
    SCardControl(hCard: SCARDHANDLE, dwControlCode: DWORD, pbSendBuffer: *const u8, cbSendLength: DWORD, pbRecvBuffer: *mut u8, cbRecvLength: DWORD, lpBytesReturned: *mut DWORD);
}
