//! Files that somebody else has named or could have put there: regular ones only, and of these a bounded part. A pipe would be waited for
//! without end, and a device fills the memory.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Most bytes of a file that is read whole. The certificates of a whole system are a quarter of this.
const LIMIT: u64 = 1024 * 1024;

/// Why a file is not used, although it could be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A pipe, a device, a socket, or a folder.
    #[error("not a regular file")]
    NotRegular,
    /// Larger than anything that is read here.
    #[error("larger than {LIMIT} bytes")]
    TooLarge,
    /// Neither UTF-8 nor UTF-16 with its mark: most often Shift_JIS.
    #[error("not UTF-8")]
    NotText,
}

impl Unfit {
    /// Return what `read` and `open` found unfit, if that is why they failed.
    pub fn of(fault: &io::Error) -> Option<Unfit> {
        fault.get_ref()?.downcast_ref().copied()
    }
}

impl From<Unfit> for io::Error {
    fn from(unfit: Unfit) -> io::Error {
        let kind = if unfit == Unfit::NotText { ErrorKind::InvalidData } else { ErrorKind::InvalidInput };
        io::Error::new(kind, unfit)
    }
}

/// Read a file whole.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = open(path, OpenOptions::new().read(true))?;
    // A file may grow while it is read.
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT { Err(Unfit::TooLarge.into()) } else { Ok(bytes) }
}

/// Read a file of text whole, in UTF-8 or UTF-16, as editors save it.
pub fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(plain(read(path)?)).map_err(|_| Unfit::NotText.into())
}

/// Take away the mark that Windows programs put before a text, and make UTF-8 of UTF-16, which has it always. Everything else stays as it is.
pub fn plain(bytes: Vec<u8>) -> Vec<u8> {
    let units = |pairs: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = pairs.as_chunks();
        let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
        text.ok().filter(|_| rest.is_empty()).map(String::into_bytes)
    };
    let text = match bytes.as_slice() {
        [0xEF, 0xBB, 0xBF, text @ ..] => Some(text.to_vec()),
        [0xFF, 0xFE, pairs @ ..] => units(pairs, u16::from_le_bytes),
        [0xFE, 0xFF, pairs @ ..] => units(pairs, u16::from_be_bytes),
        _ => None,
    };
    text.unwrap_or(bytes)
}

/// Open a regular file, and never wait for a pipe. What is there is looked at first, since opening a device may do something, and what was
/// opened afterwards, since it may be another by then.
pub fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    match path.metadata() {
        Ok(about) if !about.is_file() => return Err(Unfit::NotRegular.into()),
        Err(fault) if fault.kind() != ErrorKind::NotFound => return Err(fault),
        _ => {}
    }
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(Unfit::NotRegular.into()) }
}

/// Create a folder, with what is above it, that only its owner can access.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(builder.recursive(true), 0o700);
        builder.create(folder)
    }
    #[cfg(windows)]
    {
        crate::secret::windows::private_folder(folder)
    }
}

/// Return whether everybody who uses the computer may read a file, as far as the system tells.
pub fn everybody_reads(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        path.metadata().is_ok_and(|about| about.permissions().mode() & 0o004 != 0)
    }
    #[cfg(windows)]
    {
        crate::secret::windows::access_list(path).is_some_and(|list| lets_everybody_read(&list))
    }
}

/// Return whether an access list of Windows (SDDL) lets a group read to which everybody belongs. What is forbidden beside that is not reckoned
/// with: then the answer is too strict. A list that is missing altogether lets everybody do anything.
#[cfg(any(windows, test))]
fn lets_everybody_read(list: &str) -> bool {
    /// Everyone, users, authenticated users, those who sit at the computer, guests.
    const EVERYBODY: [&str; 5] = ["WD", "BU", "AU", "IU", "BG"];
    /// FILE_READ_DATA, GENERIC_READ, GENERIC_ALL.
    const READ: u32 = 0x0000_0001 | 0x8000_0000 | 0x1000_0000;
    let reads = |rights: &str| match rights.strip_prefix("0x") {
        Some(mask) => u32::from_str_radix(mask, 16).is_ok_and(|mask| mask & READ != 0),
        None => ["FA", "FR", "GA", "GR", "CC"].iter().any(|right| rights.contains(right)),
    };
    let lets = |entry: &str| {
        let parts: Vec<&str> = entry.trim_end_matches(')').split(';').collect();
        let [kind, flags, rights, _, _, who, ..] = parts[..] else { return false };
        // IO: for what is created in a folder, not for itself.
        kind == "A" && !flags.contains("IO") && reads(rights) && EVERYBODY.contains(&who)
    };
    list.is_empty() || list.contains("NO_ACCESS_CONTROL") || list.split('(').skip(1).any(lets)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn unfit<T>(done: io::Result<T>) -> Option<Unfit> {
        done.err().as_ref().and_then(Unfit::of)
    }

    #[test]
    fn only_a_regular_file_is_read_or_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for pipe in ["pipe", "pipe.with.a.reader"] {
            assert!(std::process::Command::new("mkfifo").arg(at(pipe)).status().unwrap().success());
        }
        let _reader = OpenOptions::new().read(true).write(true).open(at("pipe.with.a.reader")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", at("link")).unwrap();
        let odd = [at("pipe"), at("pipe.with.a.reader"), at("socket"), at("link"), "/dev/zero".into(), "/dev/null".into(), "/".into()];
        for path in odd {
            assert_eq!(unfit(read(&path)), Some(Unfit::NotRegular), "{path:?}");
            let append = open(&path, OpenOptions::new().append(true).create(true));
            assert_eq!(unfit(append), Some(Unfit::NotRegular), "{path:?}");
        }
    }

    #[test]
    fn a_text_is_read_as_editors_save_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let pairs = |text: &str, mark: u16, bytes: fn(u16) -> [u8; 2]| {
            std::iter::once(mark).chain(text.encode_utf16()).flat_map(bytes).collect::<Vec<u8>>()
        };
        let text = "鍵 𠮷\r\n";
        for saved in [
            text.as_bytes().to_vec(),
            ["\u{feff}".as_bytes(), text.as_bytes()].concat(),
            pairs(text, 0xFEFF, u16::to_le_bytes),
            pairs(text, 0xFEFF, u16::to_be_bytes),
        ] {
            std::fs::write(&path, saved).unwrap();
            assert_eq!(read_text(&path).unwrap(), text);
        }
        // Shift_JIS; half a character of UTF-16, and half a pair of it.
        for saved in [&b"\x8C\xAE"[..], b"\xFF\xFEa", b"\xFF\xFE\x42\xD8"] {
            std::fs::write(&path, saved).unwrap();
            assert_eq!(unfit(read_text(&path)), Some(Unfit::NotText), "{saved:?}");
        }
        // What is no text stays what it is.
        assert_eq!(plain(b"\x30\x82\xEF\xBB\xBF".to_vec()), b"\x30\x82\xEF\xBB\xBF");
    }

    #[test]
    fn a_file_is_read_up_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "鍵\r\n").unwrap();
        assert_eq!(read_text(&path).unwrap(), "鍵\r\n");
        for (size, expected) in [(LIMIT, None), (LIMIT + 1, Some(Unfit::TooLarge)), (1 << 42, Some(Unfit::TooLarge))] {
            File::create(&path).unwrap().set_len(size).unwrap();
            assert_eq!(unfit(read(&path)), expected, "{size}");
        }
        std::fs::write(&path, b"\xFF").unwrap();
        assert_eq!(read_text(&path).unwrap_err().kind(), ErrorKind::InvalidData);
        assert_eq!(read(&folder.path().join("none")).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn an_access_list_of_windows_tells_whether_everybody_reads() {
        for (list, expected) in [
            ("D:P(A;OICI;FA;;;OW)(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)", false),
            ("D:AI(A;ID;FA;;;BA)(A;ID;FA;;;S-1-5-21-1-2-3-1001)", false),
            ("D:AI(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)", true),
            ("D:(A;;FR;;;WD)", true),
            ("D:(A;;GR;;;AU)", true),
            ("D:(A;;0x100002;;;WD)", false),
            ("D:(A;OICIIO;GA;;;BU)", false),
            ("D:(D;;FA;;;WD)", false),
            ("D:P", false),
            ("D:NO_ACCESS_CONTROL", true),
            ("", true),
        ] {
            assert_eq!(lets_everybody_read(list), expected, "{list}");
        }
    }
}
