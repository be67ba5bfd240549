//! The transfer sheet as a file, written only on request.

use crate::file;
use crate::locale::official;
use crate::registration::Form;
use crate::registration::transfer::{SheetFormat, lines};
use serde_json::{Map, Value};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

/// Save the sheet of a form; return its path.
pub fn save(form: &Form, format: SheetFormat) -> io::Result<PathBuf> {
    let text = match format {
        SheetFormat::Csv => csv(form)?,
        SheetFormat::Json => json(form)?,
    };
    let name = match format {
        SheetFormat::Csv => "zairyu-transfer.csv",
        SheetFormat::Json => "zairyu-transfer.json",
    };
    let (path, mut file) = create(name)?;
    file.write_all(&text)?;
    Ok(path)
}

/// Create a file in the documents folder (else the home folder), readable by the user only, in place of one of the same name.
fn create(name: &str) -> io::Result<(PathBuf, File)> {
    let folders = directories::UserDirs::new().ok_or(io::ErrorKind::NotFound)?;
    let folder = folders.document_dir().filter(|folder| folder.is_dir()).unwrap_or_else(|| folders.home_dir());
    let path = folder.join(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = file::open(&path, &mut options)?;
    Ok((path, file))
}

/// A row of the official labels above a row of values; with the mark by which spreadsheets know UTF-8.
fn csv(form: &Form) -> io::Result<Vec<u8>> {
    let mut rows = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    rows.write_record(lines(form).map(|line| official::label(line.field)))?;
    rows.write_record(lines(form).map(|line| official::value(line.field, form)))?;
    rows.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// The values by the keys of the fields.
fn json(form: &Form) -> io::Result<Vec<u8>> {
    let value = |field| Value::String(official::value(field, form));
    let values: Map<String, Value> = lines(form).map(|line| (line.field.row().key.to_owned(), value(line.field))).collect();
    let mut text = serde_json::to_vec_pretty(&values)?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::tests::form;

    #[test]
    fn the_sheet_has_the_values_as_the_agencys_page_takes_them() {
        let csv = String::from_utf8(csv(&form()).unwrap()).unwrap();
        let rows: Vec<&str> = csv.lines().collect();
        assert!(rows[0].starts_with("\u{feff}利用者氏名,性別,生年月日,") && rows[0].ends_with(",在留カード番号"), "{csv}");
        let values = "MONTGOMERY ANNE,女,19900401,東京都 新宿区,西新宿２－８－１,09012345678,anne@example.jp,anne@example.jp,外国人本人,AB12345678CD";
        assert_eq!(rows[1..], [values]);
        let json: Value = serde_json::from_slice(&json(&form()).unwrap()).unwrap();
        assert_eq!((&json["sex"], &json["birth_date"]), (&Value::from("女"), &Value::from("19900401")));
    }
}
