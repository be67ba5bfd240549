//! The transfer sheet as a file, written only on request.

use super::save::document;
use crate::locale::official;
use crate::registration::Form;
use crate::registration::transfer::{SheetFormat, lines};
use serde_json::{Map, Value};
use std::io;
use std::path::PathBuf;

/// Save the sheet of a form; return its path.
pub fn save(form: &Form, format: SheetFormat) -> io::Result<PathBuf> {
    let (ending, text) = match format {
        SheetFormat::Csv => ("csv", csv(form)?),
        SheetFormat::Json => ("json", json(form)?),
    };
    document(("zairyu-transfer", ending), &text)
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
