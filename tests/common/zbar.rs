//! A picture of a screen, and what zbar reads in it: a decoder that others have written.
#![allow(unused, unreachable_pub, missing_docs, reason = "a harness that every test includes whole and uses in part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, a failure is a panic")]

use std::process::Command;

/// Pixels of a cell.
const CELL: (usize, usize) = (6, 12);

/// Photograph a screen of so many columns and rows: how light the upper or lower half of a cell is, by column and row.
pub fn photograph((columns, rows): (usize, usize), grey: impl Fn(usize, usize, bool) -> u8) -> Vec<u8> {
    let mut picture = format!("P5 {} {} 255\n", columns * CELL.0, rows * CELL.1).into_bytes();
    for y in 0..rows * CELL.1 {
        picture.extend((0..columns * CELL.0).map(|x| grey(x / CELL.0, y / CELL.1, y % CELL.1 < CELL.1 / 2)));
    }
    picture
}

/// Read a picture; `None` if there is no QR code in it.
pub fn read(picture: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("screen.pgm");
    std::fs::write(&path, picture).unwrap();
    let read = Command::new("zbarimg").args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"]).arg(&path).output();
    let read = read.unwrap_or_else(|fault| panic!("zbarimg is needed: apt-get install zbar-tools: {fault}"));
    read.status.success().then(|| String::from_utf8(read.stdout).unwrap().trim_end().to_owned())
}
