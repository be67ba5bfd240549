//! Delivery into a folder, one `.eml` file per mail, while no mail server is configured. Readable only by the service's own user.

use std::io::{self, Write};
use std::path::Path;

use crate::file;
use crate::service::store::mails::Queued;

/// Return the file name of a mail. Names sort in the order in which the mails were queued.
pub(super) fn file_name(mail: &Queued) -> String {
    format!("{}-{}-{}.eml", mail.created_at, mail.kind.word(), mail.id)
}

/// Write a file that only its owner can read. It appears complete or not at all.
pub(super) fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(format!(".{name}.part"));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = file::open(&unfinished, &mut options)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, folder.join(name))?;
    // The rename is durable only once the folder is synced (fsync(2)).
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// Delete the files of mails by mail id, including unfinished ones. A missing folder is not an error.
pub(in crate::service) fn remove(folder: &Path, mails: &[String]) -> io::Result<()> {
    if mails.is_empty() || !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().map(|name| name.trim_end_matches(".part")) else { continue };
        if name.strip_suffix(".eml").is_some_and(|name| mails.iter().any(|mail| name.ends_with(mail))) {
            match std::fs::remove_file(entry.path()) {
                // The worker has just renamed it, or another process has deleted it.
                Err(fault) if fault.kind() == io::ErrorKind::NotFound => {}
                removed => removed?,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_a_mail_go_its_files_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["1-registered-a.eml", "2-password_set-b.eml", ".3-registered-a.eml.part", "a.txt", "notes"];
        for name in names {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        remove(folder.path(), &["a".to_owned()]).unwrap();
        let mut left: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["2-password_set-b.eml", "a.txt", "notes"]);
        remove(&folder.path().join("nowhere"), &["a".to_owned()]).unwrap();
    }
}
