//! The PC/SC interface (winscard.h, pcsclite.h), as the crate `pcsc` uses it. On Windows and macOS it is part of the system and linked; elsewhere
//! the library is opened when it is first asked for. Without it there is no service, and that is what every call says.

#![allow(bad_style, reason = "the names are those of the interface")]

use std::ffi::{c_char, c_void};
#[cfg(not(target_os = "macos"))]
use std::ffi::{c_long, c_ulong};

#[cfg(not(target_os = "macos"))]
pub type DWORD = c_ulong;
#[cfg(not(target_os = "macos"))]
pub type LONG = c_long;
#[cfg(target_os = "macos")]
pub type DWORD = u32;
#[cfg(target_os = "macos")]
pub type LONG = i32;

#[cfg(windows)]
pub type SCARDCONTEXT = usize;
#[cfg(windows)]
pub type SCARDHANDLE = usize;
#[cfg(not(windows))]
pub type SCARDCONTEXT = LONG;
#[cfg(not(windows))]
pub type SCARDHANDLE = LONG;

/// What stands before a command or an answer.
#[cfg_attr(not(target_os = "macos"), repr(C))]
#[cfg_attr(target_os = "macos", repr(C, packed))]
pub struct SCARD_IO_REQUEST {
    pub dwProtocol: DWORD,
    pub cbPciLength: DWORD,
}

/// A reader that is watched.
#[cfg_attr(not(target_os = "macos"), repr(C))]
#[cfg_attr(target_os = "macos", repr(C, packed))]
pub struct SCARD_READERSTATE {
    pub szReader: *const c_char,
    pub pvUserData: *mut c_void,
    pub dwCurrentState: DWORD,
    pub dwEventState: DWORD,
    pub cbAtr: DWORD,
    pub rgbAtr: [u8; ATR_BUFFER_SIZE],
}

pub const MAX_ATR_SIZE: usize = 33;
pub const ATR_BUFFER_SIZE: usize = if cfg!(windows) { 36 } else { MAX_ATR_SIZE };
pub const MAX_BUFFER_SIZE: usize = 264;
pub const MAX_BUFFER_SIZE_EXTENDED: usize = 4 + 3 + (1 << 16) + 3 + 2;

macro_rules! constants {
    ($kind:ident: $($name:ident = $value:expr,)+) => { $(pub const $name: $kind = $value;)+ };
}

constants! { LONG:
    SCARD_S_SUCCESS = 0x0000_0000,
    SCARD_F_INTERNAL_ERROR = 0x8010_0001_u32 as LONG,
    SCARD_E_CANCELLED = 0x8010_0002_u32 as LONG,
    SCARD_E_INVALID_HANDLE = 0x8010_0003_u32 as LONG,
    SCARD_E_INVALID_PARAMETER = 0x8010_0004_u32 as LONG,
    SCARD_E_INVALID_TARGET = 0x8010_0005_u32 as LONG,
    SCARD_E_NO_MEMORY = 0x8010_0006_u32 as LONG,
    SCARD_F_WAITED_TOO_LONG = 0x8010_0007_u32 as LONG,
    SCARD_E_INSUFFICIENT_BUFFER = 0x8010_0008_u32 as LONG,
    SCARD_E_UNKNOWN_READER = 0x8010_0009_u32 as LONG,
    SCARD_E_TIMEOUT = 0x8010_000A_u32 as LONG,
    SCARD_E_SHARING_VIOLATION = 0x8010_000B_u32 as LONG,
    SCARD_E_NO_SMARTCARD = 0x8010_000C_u32 as LONG,
    SCARD_E_UNKNOWN_CARD = 0x8010_000D_u32 as LONG,
    SCARD_E_CANT_DISPOSE = 0x8010_000E_u32 as LONG,
    SCARD_E_PROTO_MISMATCH = 0x8010_000F_u32 as LONG,
    SCARD_E_NOT_READY = 0x8010_0010_u32 as LONG,
    SCARD_E_INVALID_VALUE = 0x8010_0011_u32 as LONG,
    SCARD_E_SYSTEM_CANCELLED = 0x8010_0012_u32 as LONG,
    SCARD_F_COMM_ERROR = 0x8010_0013_u32 as LONG,
    SCARD_F_UNKNOWN_ERROR = 0x8010_0014_u32 as LONG,
    SCARD_E_INVALID_ATR = 0x8010_0015_u32 as LONG,
    SCARD_E_NOT_TRANSACTED = 0x8010_0016_u32 as LONG,
    SCARD_E_READER_UNAVAILABLE = 0x8010_0017_u32 as LONG,
    SCARD_P_SHUTDOWN = 0x8010_0018_u32 as LONG,
    SCARD_E_PCI_TOO_SMALL = 0x8010_0019_u32 as LONG,
    SCARD_E_READER_UNSUPPORTED = 0x8010_001A_u32 as LONG,
    SCARD_E_DUPLICATE_READER = 0x8010_001B_u32 as LONG,
    SCARD_E_CARD_UNSUPPORTED = 0x8010_001C_u32 as LONG,
    SCARD_E_NO_SERVICE = 0x8010_001D_u32 as LONG,
    SCARD_E_SERVICE_STOPPED = 0x8010_001E_u32 as LONG,
    SCARD_E_UNEXPECTED = 0x8010_001F_u32 as LONG,
    SCARD_E_ICC_INSTALLATION = 0x8010_0020_u32 as LONG,
    SCARD_E_ICC_CREATEORDER = 0x8010_0021_u32 as LONG,
    SCARD_E_DIR_NOT_FOUND = 0x8010_0023_u32 as LONG,
    SCARD_E_FILE_NOT_FOUND = 0x8010_0024_u32 as LONG,
    SCARD_E_NO_DIR = 0x8010_0025_u32 as LONG,
    SCARD_E_NO_FILE = 0x8010_0026_u32 as LONG,
    SCARD_E_NO_ACCESS = 0x8010_0027_u32 as LONG,
    SCARD_E_WRITE_TOO_MANY = 0x8010_0028_u32 as LONG,
    SCARD_E_BAD_SEEK = 0x8010_0029_u32 as LONG,
    SCARD_E_INVALID_CHV = 0x8010_002A_u32 as LONG,
    SCARD_E_UNKNOWN_RES_MNG = 0x8010_002B_u32 as LONG,
    SCARD_E_NO_SUCH_CERTIFICATE = 0x8010_002C_u32 as LONG,
    SCARD_E_CERTIFICATE_UNAVAILABLE = 0x8010_002D_u32 as LONG,
    SCARD_E_NO_READERS_AVAILABLE = 0x8010_002E_u32 as LONG,
    SCARD_E_COMM_DATA_LOST = 0x8010_002F_u32 as LONG,
    SCARD_E_NO_KEY_CONTAINER = 0x8010_0030_u32 as LONG,
    SCARD_E_SERVER_TOO_BUSY = 0x8010_0031_u32 as LONG,
    SCARD_W_UNSUPPORTED_CARD = 0x8010_0065_u32 as LONG,
    SCARD_W_UNRESPONSIVE_CARD = 0x8010_0066_u32 as LONG,
    SCARD_W_UNPOWERED_CARD = 0x8010_0067_u32 as LONG,
    SCARD_W_RESET_CARD = 0x8010_0068_u32 as LONG,
    SCARD_W_REMOVED_CARD = 0x8010_0069_u32 as LONG,
    SCARD_W_SECURITY_VIOLATION = 0x8010_006A_u32 as LONG,
    SCARD_W_WRONG_CHV = 0x8010_006B_u32 as LONG,
    SCARD_W_CHV_BLOCKED = 0x8010_006C_u32 as LONG,
    SCARD_W_EOF = 0x8010_006D_u32 as LONG,
    SCARD_W_CANCELLED_BY_USER = 0x8010_006E_u32 as LONG,
    SCARD_W_CARD_NOT_AUTHENTICATED = 0x8010_006F_u32 as LONG,
    SCARD_W_CACHE_ITEM_NOT_FOUND = 0x8010_0070_u32 as LONG,
    SCARD_W_CACHE_ITEM_STALE = 0x8010_0071_u32 as LONG,
    SCARD_W_CACHE_ITEM_TOO_BIG = 0x8010_0072_u32 as LONG,
    SCARD_E_UNSUPPORTED_FEATURE = if cfg!(windows) { 0x8010_0022_u32 as LONG } else { SCARD_E_UNEXPECTED },
}

constants! { DWORD:
    SCARD_SCOPE_USER = 0x0000,
    SCARD_SCOPE_TERMINAL = 0x0001,
    SCARD_SCOPE_SYSTEM = 0x0002,
    SCARD_SCOPE_GLOBAL = 0x0003,
    SCARD_PROTOCOL_UNDEFINED = 0x0000_0000,
    SCARD_PROTOCOL_T0 = 0x0000_0001,
    SCARD_PROTOCOL_T1 = 0x0000_0002,
    SCARD_PROTOCOL_ANY = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
    SCARD_SHARE_EXCLUSIVE = 0x0001,
    SCARD_SHARE_SHARED = 0x0002,
    SCARD_SHARE_DIRECT = 0x0003,
    SCARD_LEAVE_CARD = 0x0000,
    SCARD_RESET_CARD = 0x0001,
    SCARD_UNPOWER_CARD = 0x0002,
    SCARD_EJECT_CARD = 0x0003,
    SCARD_STATE_UNAWARE = 0x0000,
    SCARD_STATE_IGNORE = 0x0001,
    SCARD_STATE_CHANGED = 0x0002,
    SCARD_STATE_UNKNOWN = 0x0004,
    SCARD_STATE_UNAVAILABLE = 0x0008,
    SCARD_STATE_EMPTY = 0x0010,
    SCARD_STATE_PRESENT = 0x0020,
    SCARD_STATE_ATRMATCH = 0x0040,
    SCARD_STATE_EXCLUSIVE = 0x0080,
    SCARD_STATE_INUSE = 0x0100,
    SCARD_STATE_MUTE = 0x0200,
    SCARD_STATE_UNPOWERED = 0x0400,
    INFINITE = 0xFFFF_FFFF,
    SCARD_PROTOCOL_RAW = if cfg!(windows) { 0x0001_0000 } else { 0x0000_0004 },
    SCARD_UNKNOWN = if cfg!(windows) { 0 } else { 0x0001 },
    SCARD_ABSENT = if cfg!(windows) { 1 } else { 0x0002 },
    SCARD_PRESENT = if cfg!(windows) { 2 } else { 0x0004 },
    SCARD_SWALLOWED = if cfg!(windows) { 3 } else { 0x0008 },
    SCARD_POWERED = if cfg!(windows) { 4 } else { 0x0010 },
    SCARD_NEGOTIABLE = if cfg!(windows) { 5 } else { 0x0020 },
    SCARD_SPECIFIC = if cfg!(windows) { 6 } else { 0x0040 },
    SCARD_CLASS_VENDOR_INFO = 1,
    SCARD_CLASS_COMMUNICATIONS = 2,
    SCARD_CLASS_PROTOCOL = 3,
    SCARD_CLASS_POWER_MGMT = 4,
    SCARD_CLASS_SECURITY = 5,
    SCARD_CLASS_MECHANICAL = 6,
    SCARD_CLASS_VENDOR_DEFINED = 7,
    SCARD_CLASS_IFD_PROTOCOL = 8,
    SCARD_CLASS_ICC_STATE = 9,
    SCARD_CLASS_SYSTEM = 0,
    SCARD_ATTR_VENDOR_NAME = 0x1_0100,
    SCARD_ATTR_VENDOR_IFD_TYPE = 0x1_0101,
    SCARD_ATTR_VENDOR_IFD_VERSION = 0x1_0102,
    SCARD_ATTR_VENDOR_IFD_SERIAL_NO = 0x1_0103,
    SCARD_ATTR_CHANNEL_ID = 0x2_0110,
    SCARD_ATTR_ASYNC_PROTOCOL_TYPES = 0x3_0120,
    SCARD_ATTR_DEFAULT_CLK = 0x3_0121,
    SCARD_ATTR_MAX_CLK = 0x3_0122,
    SCARD_ATTR_DEFAULT_DATA_RATE = 0x3_0123,
    SCARD_ATTR_MAX_DATA_RATE = 0x3_0124,
    SCARD_ATTR_MAX_IFSD = 0x3_0125,
    SCARD_ATTR_SYNC_PROTOCOL_TYPES = 0x3_0126,
    SCARD_ATTR_POWER_MGMT_SUPPORT = 0x4_0131,
    SCARD_ATTR_USER_TO_CARD_AUTH_DEVICE = 0x5_0140,
    SCARD_ATTR_USER_AUTH_INPUT_DEVICE = 0x5_0142,
    SCARD_ATTR_CHARACTERISTICS = 0x6_0150,
    SCARD_ATTR_CURRENT_PROTOCOL_TYPE = 0x8_0201,
    SCARD_ATTR_CURRENT_CLK = 0x8_0202,
    SCARD_ATTR_CURRENT_F = 0x8_0203,
    SCARD_ATTR_CURRENT_D = 0x8_0204,
    SCARD_ATTR_CURRENT_N = 0x8_0205,
    SCARD_ATTR_CURRENT_W = 0x8_0206,
    SCARD_ATTR_CURRENT_IFSC = 0x8_0207,
    SCARD_ATTR_CURRENT_IFSD = 0x8_0208,
    SCARD_ATTR_CURRENT_BWT = 0x8_0209,
    SCARD_ATTR_CURRENT_CWT = 0x8_020a,
    SCARD_ATTR_CURRENT_EBC_ENCODING = 0x8_020b,
    SCARD_ATTR_EXTENDED_BWT = 0x8_020c,
    SCARD_ATTR_ICC_PRESENCE = 0x9_0300,
    SCARD_ATTR_ICC_INTERFACE_STATUS = 0x9_0301,
    SCARD_ATTR_CURRENT_IO_STATE = 0x9_0302,
    SCARD_ATTR_ATR_STRING = 0x9_0303,
    SCARD_ATTR_ICC_TYPE_PER_ATR = 0x9_0304,
    SCARD_ATTR_ESC_RESET = 0x7_a000,
    SCARD_ATTR_ESC_CANCEL = 0x7_a003,
    SCARD_ATTR_ESC_AUTHREQUEST = 0x7_a005,
    SCARD_ATTR_MAXINPUT = 0x7_a007,
    SCARD_ATTR_DEVICE_UNIT = 0x0001,
    SCARD_ATTR_DEVICE_IN_USE = 0x0002,
    SCARD_ATTR_SUPRESS_T1_IFS_REQUEST = 0x0007,
    SCARD_ATTR_DEVICE_FRIENDLY_NAME = 0x0003,
    SCARD_ATTR_DEVICE_SYSTEM_NAME = 0x0004,
}

pub const fn SCARD_CTL_CODE(code: DWORD) -> DWORD {
    if cfg!(windows) { 0x0031_0000 | (code << 2) } else { 0x4200_0000 + code }
}

#[cfg(any(windows, target_os = "macos"))]
mod linked;
#[cfg(any(windows, target_os = "macos"))]
pub use linked::*;

#[cfg(not(any(windows, target_os = "macos")))]
mod opened;
#[cfg(not(any(windows, target_os = "macos")))]
pub use opened::*;
