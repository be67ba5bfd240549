//! Saving: a file of its own in the documents folder, readable by its owner only. Its name holds nothing personal.

use super::Sheet;
use crate::file;
use crate::text::harmless;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Most files of one name.
const MOST: usize = 999;

/// Save a page in the documents folder (else the home folder): as PDF, or as text where no PDF can be made. Return its path and, if it is
/// text for want of a font, why; an error says what went wrong in the person's language.
pub fn save(sheet: &Sheet) -> Result<String, String> {
    let told = |fault: io::Error| file::Unfit::of(&fault).map_or_else(|| fault.to_string(), |unfit| sheet.lang.unfit(unfit).to_owned());
    let (bytes, ending, why) = bytes(sheet);
    let path = document((&sheet.name, ending), &bytes).map_err(told)?;
    let path = path.display().to_string();
    Ok(if why.is_empty() { path } else { format!("{path}  {why}") })
}

#[cfg(feature = "print")]
fn bytes(sheet: &Sheet) -> (Vec<u8>, &'static str, String) {
    match super::pdf::pdf(sheet) {
        Ok(pdf) => (pdf, "pdf", String::new()),
        Err(fault) => (sheet.text(), "txt", fault.told(sheet.lang)),
    }
}

#[cfg(not(feature = "print"))]
fn bytes(sheet: &Sheet) -> (Vec<u8>, &'static str, String) {
    (sheet.text(), "txt", String::new())
}

/// Write a new file into the documents folder, else the home folder; return its path.
pub(super) fn document(name: (&str, &str), bytes: &[u8]) -> io::Result<PathBuf> {
    let folders = directories::UserDirs::new().ok_or(ErrorKind::NotFound)?;
    let folder = folders.document_dir().filter(|folder| folder.is_dir()).unwrap_or_else(|| folders.home_dir());
    write(folder, name, bytes)
}

/// Write a new file, with a number behind its name if there is one of that name.
fn write(folder: &Path, (name, ending): (&str, &str), bytes: &[u8]) -> io::Result<PathBuf> {
    let name = harmless(name);
    for number in 1..=MOST {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{name}{number}.{ending}"));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match file::open(&path, &mut options) {
            Ok(mut file) => return file.write_all(bytes).and_then(|()| file.sync_all()).map(|()| path),
            Err(fault) if fault.kind() == ErrorKind::AlreadyExists => {}
            Err(fault) => return Err(fault),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_that_is_there_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let saved = |text: &str| write(folder.path(), ("zairyu-2026-11-25", "txt"), text.as_bytes()).unwrap();
        let paths = [saved("a"), saved("b"), saved("c")];
        let names = paths.each_ref().map(|path| path.file_name().unwrap().to_str().unwrap());
        assert_eq!(names, ["zairyu-2026-11-25.txt", "zairyu-2026-11-25-2.txt", "zairyu-2026-11-25-3.txt"]);
        assert_eq!(paths.map(|path| std::fs::read_to_string(path).unwrap()), ["a", "b", "c"]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path(), ("zairyu", "txt"), b"a").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
