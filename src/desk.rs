//! What a desk does around a registration: receipts. Only what the person asks for is written, and only where they can find it.

use crate::app::Model;
use crate::app::done::{self, Deed};
use crate::app::step::Screen;
use crate::locale::Text;
use crate::registration::FieldId;
use crate::worker::Registered;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

/// Save the receipt of STEP3 in the person's documents folder (else the home folder), readable by them alone; return its path.
pub fn save_receipt(model: &Model) -> io::Result<PathBuf> {
    let registered = registered(model).ok_or(io::ErrorKind::NotFound)?;
    let folders = directories::UserDirs::new().ok_or(io::ErrorKind::NotFound)?;
    let folder = folders.document_dir().filter(|folder| folder.is_dir()).unwrap_or_else(|| folders.home_dir());
    let path = folder.join(format!("zairyu-{}.txt", registered.authentication_id));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path)?.write_all(receipt(model).as_bytes())?;
    Ok(path)
}

fn registered(model: &Model) -> Option<&Registered> {
    let Screen::Done(done) = &model.screen else { return None };
    if let Deed::Registered(registered) = &done.deed { Some(registered) } else { None }
}

/// Return the text of the receipt: what STEP3 shows.
pub fn receipt(model: &Model) -> String {
    let Some(registered) = registered(model) else { return String::new() };
    let lang = model.lang;
    let id = crate::protocol::authentication_id::groups(&registered.authentication_id);
    let practice = if model.setup.practice.is_some() { format!("[{}]\n", lang.text(Text::Practice)) } else { String::new() };
    format!(
        "{}\n{practice}{}: {id}\n{}: {}\n{}\n{}\n{}\n{}\n{}\n",
        lang.text(Text::Title),
        lang.text(Text::DoneId),
        lang.field(FieldId::Name),
        model.form.draft.get(FieldId::Name),
        done::registered_at(lang, registered),
        registered.receipt,
        lang.text(Text::DoneNext1),
        lang.text(Text::DoneNext2),
        lang.text(Text::DoneNext3),
    )
}
