//! The list of registrations that ended: time in Japan, the office's reference, and how it ended; never a name. Lines are appended, none is
//! ever changed.

use crate::file;
use crate::text::harmless;
use crate::time::JAPAN_OFFSET;
use crate::time::rfc3339::format_exact;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use time::{OffsetDateTime, UtcOffset};

/// How a registration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is done.
    Registered,
    /// Nothing was registered.
    NotRegistered,
    /// The answer to it was lost: it may be done.
    Unknown,
}

impl Ending {
    const fn word(self) -> &'static str {
        match self {
            Ending::Registered => "registered",
            Ending::NotRegistered => "not registered",
            Ending::Unknown => "unknown",
        }
    }
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// When it ended.
    pub at: OffsetDateTime,
    /// The office's own reference.
    pub reference: String,
    /// How it ended.
    pub ending: Ending,
}

impl Done {
    /// Return its cells.
    fn cells(&self) -> [String; 3] {
        let japan = i32::try_from(JAPAN_OFFSET).ok().and_then(|seconds| UtcOffset::from_whole_seconds(seconds).ok());
        let at = self.at.to_offset(japan.unwrap_or(UtcOffset::UTC));
        let at = at.replace_nanosecond(0).unwrap_or(at);
        [format_exact(at), harmless(&self.reference).into_owned(), self.ending.word().to_owned()]
    }

    /// Return it in one line.
    pub fn words(&self) -> String {
        self.cells().join(" ")
    }
}

/// Append lines to a list, all or none; a new list gets a header.
pub fn append(path: &Path, done: &[Done]) -> io::Result<()> {
    let mut file = file::open(path, OpenOptions::new().append(true).create(true))?;
    let before = file.metadata()?.len();
    let mut lines = csv::Writer::from_writer(Vec::new());
    if before == 0 {
        lines.write_record(["time", super::REFERENCE, "result"])?;
    }
    for line in done {
        lines.write_record(line.cells())?;
    }
    let lines = lines.into_inner().map_err(csv::IntoInnerError::into_error)?;
    // On a full disk a part may be written: it would be there twice once there is room again.
    file.write_all(&lines).and_then(|()| file.sync_all()).inspect_err(|_| drop(file.set_len(before)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(reference: &str, ending: Ending) -> Done {
        Done { at: OffsetDateTime::from_unix_timestamp(1_795_584_600).unwrap(), reference: reference.to_owned(), ending }
    }

    #[test]
    fn a_line_is_added_for_each_registration_and_none_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("done.csv");
        append(&path, &[done("2026-1", Ending::Registered)]).unwrap();
        append(&path, &[done("a, \"b\"\u{1b}", Ending::NotRegistered), done("3", Ending::Unknown)]).unwrap();
        let list = std::fs::read_to_string(&path).unwrap();
        let lines = [
            "time,reference,result",
            "2026-11-25T14:30:00+09:00,2026-1,registered",
            "2026-11-25T14:30:00+09:00,\"a, \"\"b\"\"?\",not registered",
            "2026-11-25T14:30:00+09:00,3,unknown",
        ];
        assert_eq!(list.lines().collect::<Vec<_>>(), lines);
    }

    #[test]
    fn a_list_that_cannot_be_written_says_so() {
        let folder = tempfile::tempdir().unwrap();
        assert!(append(folder.path(), &[done("1", Ending::Registered)]).is_err());
        assert!(append(&folder.path().join("none/done.csv"), &[done("1", Ending::Registered)]).is_err());
    }
}
