//! Saving: a file of its own in the documents folder or on a removable medium, readable by its owner only where the medium knows owners. Its name holds nothing personal.

use super::{Sheet, media};
use crate::file;
use crate::locale::Text;
use crate::text::harmless;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Most files of one name.
const MOST: usize = 999;

/// Save a page on this medium, or in the documents folder (else the home folder): as PDF, or as text where no PDF can be made. Return its
/// path and, if it is text for want of a font, why; an error says what went wrong in the person's language.
pub fn save(sheet: &Sheet, medium: Option<&Path>) -> Result<String, String> {
    let lang = sheet.lang;
    let told = |fault: io::Error| match fault.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => lang.text(Text::SaveFull).to_owned(),
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => lang.text(Text::SaveReadOnly).to_owned(),
        _ => file::Unfit::of(&fault).map_or_else(|| fault.to_string(), |unfit| lang.unfit(unfit).to_owned()),
    };
    // Its folder may be there still, on a disk of the computer.
    if medium.is_some_and(|medium| !media().iter().any(|known| known == medium)) {
        return Err(lang.text(Text::SaveMediumGone).to_owned());
    }
    #[cfg(feature = "print")]
    let made = super::pdf::pdf(sheet).map(|pdf| (pdf, "pdf")).map_err(|fault| fault.told(sheet.lang));
    #[cfg(not(feature = "print"))]
    let made = Ok((sheet.text(), "txt"));
    let folder = medium.map_or_else(documents, |medium| Ok(medium.to_owned()));
    folder.and_then(|folder| save_in(&folder, sheet, made)).map_err(told)
}

/// Save what was made of a page, or its text if nothing could be made, with the reason behind the path.
fn save_in(folder: &Path, sheet: &Sheet, made: Result<(Vec<u8>, &str), String>) -> io::Result<String> {
    let (bytes, ending, why) = match made {
        Ok((bytes, ending)) => (bytes, ending, String::new()),
        Err(why) => (sheet.text(), "txt", format!("  {why}")),
    };
    let path = write(folder, (&sheet.name, ending), &bytes)?;
    Ok(format!("{}{why}", path.display()))
}

/// Return the documents folder, else the home folder.
fn documents() -> io::Result<PathBuf> {
    let folders = directories::UserDirs::new().ok_or(ErrorKind::NotFound)?;
    Ok(folders.document_dir().filter(|folder| folder.is_dir()).unwrap_or_else(|| folders.home_dir()).to_owned())
}

/// Write a new file there; return its path.
pub(super) fn document(name: (&str, &str), bytes: &[u8]) -> io::Result<PathBuf> {
    write(&documents()?, name, bytes)
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
            Ok(mut file) => {
                let written = file.write_all(bytes).and_then(|()| file.sync_all());
                if written.is_err() {
                    // A part of it would be of no use to the person, and of some to whoever finds it.
                    let _ = fs::remove_file(&path);
                }
                return written.map(|()| path);
            }
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

    #[test]
    fn without_a_font_the_text_is_saved_and_the_reason_told() {
        let folder = tempfile::tempdir().unwrap();
        let parts = vec![super::super::Part::Text("東京".to_owned())];
        let sheet = Sheet { lang: crate::locale::Lang::En, name: "zairyu".to_owned(), parts };
        let saved = save_in(folder.path(), &sheet, Err("No font.".to_owned())).unwrap();
        assert_eq!(saved, format!("{}  No font.", folder.path().join("zairyu.txt").display()));
        assert_eq!(std::fs::read_to_string(folder.path().join("zairyu.txt")).unwrap(), "東京\n");
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
