//! The file with a simulated card's retry counters, which outlast the program.

use std::path::Path;
use std::{fs, io};

/// Read the tries left, of signing and user authentication; `None` if there is no such file.
pub(super) fn read(file: &Path) -> Option<(u8, u8)> {
    let text = crate::file::read_text(file).ok()?;
    let (signing, authentication) = text.trim_end().split_once(' ')?;
    Some((signing.parse().ok()?, authentication.parse().ok()?))
}

/// Write them atomically.
pub(super) fn write(file: &Path, signing: u8, authentication: u8) -> io::Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, format!("{signing} {authentication}\n"))?;
    fs::rename(&new, file)
}
