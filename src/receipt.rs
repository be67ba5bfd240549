//! What a desk does around a registration: receipts. Only what the person asks for is written, and only where they can find it.

use crate::app::Model;
use crate::app::state::result;
use crate::app::state::result::Outcome;
use crate::locale::Text;
use crate::view::{confirm, result as words};
use crate::worker::{Confirmed, Registered};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

/// Save the receipt of STEP3 in the person's documents folder (else the home folder), readable by them alone; return its path.
pub fn save_receipt(model: &Model) -> io::Result<PathBuf> {
    let (registered, _) = registered(model).ok_or(io::ErrorKind::NotFound)?;
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

fn registered(model: &Model) -> Option<(&Registered, &Confirmed)> {
    match &model.visit.result()?.outcome {
        Outcome::Registered(registered, confirmed) => Some((registered, confirmed)),
        Outcome::Account(..) => None,
    }
}

/// Return the text of the receipt: what STEP3 shows.
pub fn receipt(model: &Model) -> String {
    let Some((registered, confirmed)) = registered(model) else { return String::new() };
    let lang = model.lang;
    let id = crate::protocol::authentication_id::groups(&registered.authentication_id);
    let mut lines = vec![lang.text(Text::Title).to_owned()];
    if model.setup.practice.is_some() {
        lines.push(format!("[{}]", lang.text(Text::Practice)));
    }
    lines.push(format!("{}: {id}", lang.text(Text::DoneId)));
    lines.extend(confirm::labelled(lang, &confirmed.form).map(|(label, value)| format!("{label}: {value}")));
    if !registered.differs_from_card.is_empty() {
        lines.push(words::differs(lang, registered));
    }
    lines.extend([result::registered_at(lang, registered), registered.receipt.clone()]);
    lines.extend([Text::DoneNext1, Text::DoneNext2, Text::DoneNext3].map(|text| lang.text(text).to_owned()));
    lines.join("\n") + "\n"
}
