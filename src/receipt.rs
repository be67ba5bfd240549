//! Receipts. Only what the person asks for is written, and only where they can find it. Knows no model: `runtime` hands over what is printed.

use crate::locale::{Lang, Text};
use crate::protocol::authentication_id::groups;
use crate::registration::{FieldId, Form};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

/// What stands on the receipt of a registration: what STEP3 shows.
pub struct Receipt<'a> {
    /// The language.
    pub lang: Lang,
    /// Whether it was practice.
    pub practice: bool,
    /// 認証ID, without gaps.
    pub authentication_id: &'a str,
    /// What was registered.
    pub form: &'a Form,
    /// Fields that differ from the card.
    pub differs_from_card: &'a [FieldId],
    /// When, in words; empty if the service has not said it.
    pub registered_at: String,
    /// The service's receipt.
    pub receipt: &'a str,
}

impl Receipt<'_> {
    /// Save the receipt in the person's documents folder (else the home folder), readable by them alone; return its path.
    pub fn save(&self) -> io::Result<PathBuf> {
        let folders = directories::UserDirs::new().ok_or(io::ErrorKind::NotFound)?;
        let folder = folders.document_dir().filter(|folder| folder.is_dir()).unwrap_or_else(|| folders.home_dir());
        let path = folder.join(format!("zairyu-{}.txt", self.authentication_id));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path)?.write_all(self.text().as_bytes())?;
        Ok(path)
    }

    /// Return the text of the receipt.
    pub fn text(&self) -> String {
        let lang = self.lang;
        let mut lines = vec![lang.text(Text::Title).to_owned()];
        if self.practice {
            lines.push(format!("[{}]", lang.text(Text::Practice)));
        }
        lines.push(format!("{}: {}", lang.text(Text::DoneId), groups(self.authentication_id)));
        lines.extend(lang.labelled(self.form).map(|(label, value)| format!("{label}: {value}")));
        lines.extend(lang.differs_from_card(self.differs_from_card));
        lines.extend([self.registered_at.clone(), self.receipt.to_owned()]);
        lines.extend([Text::DoneNext1, Text::DoneNext2, Text::DoneNext3].map(|text| lang.text(text).to_owned()));
        lines.join("\n") + "\n"
    }
}
