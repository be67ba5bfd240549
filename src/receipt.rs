//! Receipts: written only on request, to a place the user can find. Independent of the model: `runtime` passes what is printed.

/// The transfer sheet.
pub mod transfer;

use crate::file;
use crate::locale::{Lang, Text};
use crate::protocol::authentication_id::groups;
use crate::registration::{FieldId, Form};
use crate::text::lines::Lines;
use std::fs::OpenOptions;
use std::io;
use std::path::PathBuf;

/// The contents of a registration receipt: what STEP3 shows.
pub struct Receipt<'a> {
    /// The language.
    pub lang: Lang,
    /// Whether this is practice mode.
    pub practice: bool,
    /// 認証ID, without spaces.
    pub authentication_id: &'a str,
    /// The registered form.
    pub form: &'a Form,
    /// Fields that differ from the card.
    pub differs_from_card: &'a [FieldId],
    /// Time of registration, formatted; empty if unknown.
    pub registered_at: String,
    /// The receipt issued by the service.
    pub receipt: &'a str,
}

impl Receipt<'_> {
    /// Save the receipt in the documents folder (else the home folder), readable by the user only; return its path.
    pub fn save(&self) -> io::Result<PathBuf> {
        let folders = directories::UserDirs::new().ok_or(io::ErrorKind::NotFound)?;
        let folder = folders.document_dir().filter(|folder| folder.is_dir()).unwrap_or_else(|| folders.home_dir());
        let path = folder.join(format!("zairyu-{}.txt", self.authentication_id));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = file::open(&path, &mut options);
        let told = |fault| file::Unfit::of(&fault).map_or(fault, |unfit| io::Error::other(self.lang.unfit(unfit)));
        let mut file = Lines::new(file.map_err(told)?);
        self.lines().iter().try_for_each(|line| file.line(line))?;
        Ok(path)
    }

    /// Return the lines of the receipt.
    pub fn lines(&self) -> Vec<String> {
        let lang = self.lang;
        let mut lines = vec![lang.text(Text::Title).to_owned()];
        if self.practice {
            lines.push(format!("[{}]", lang.text(Text::Practice)));
        }
        lines.push(format!("{}: {}", lang.text(Text::DoneId), groups(self.authentication_id)));
        lines.extend(lang.labelled(self.form).map(|(label, value)| format!("{label}: {value}")));
        lines.extend(lang.differs_from_card(self.differs_from_card));
        lines.extend([self.registered_at.clone(), self.receipt.to_owned()]);
        let next = [Text::DoneNext1, Text::DoneNext2, Text::DoneNext3];
        lines.extend((1..).zip(next).map(|(number, text)| format!("{number}. {}", lang.text(text))));
        lines
    }
}
