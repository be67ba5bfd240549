//! The fuzz targets: what comes from outside, given to the code that reads it, with what must hold whatever it is. `tests/fuzz.rs` tries
//! them for a moment in every test run; `tests/fuzz/run` fuzzes them for long.

use std::fs;
use std::path::Path;

/// What a service answers to the terminal.
pub mod answers;
/// What a card answers.
pub mod apdu;
/// Certificates, and what is read in them; OCSP answers and revocation lists.
pub mod certificate;
/// The lines of a whole conversation in line mode.
pub mod line;
/// What a mail server answers to the service.
pub mod mail_server;
/// Searches for places, and addresses.
pub mod places;
/// Prefill files.
pub mod prefill;
/// Settings files.
pub mod settings;
mod shared;
/// Signed statements.
pub mod statement;

/// A target: its name, what it does with an input, and inputs to begin with.
pub type Target = (&'static str, fn(&[u8]), fn() -> Vec<Vec<u8>>);

/// All targets.
pub const TARGETS: [Target; 9] = [
    ("answers", answers::run, answers::seeds),
    ("apdu", apdu::run, apdu::seeds),
    ("certificate", certificate::run, certificate::seeds),
    ("line", line::run, line::seeds),
    ("mail_server", mail_server::run, mail_server::seeds),
    ("places", places::run, places::seeds),
    ("prefill", prefill::run, prefill::seeds),
    ("settings", settings::run, settings::seeds),
    ("statement", statement::run, statement::seeds),
];

/// Write seeds into the folder that `ZAIRYU_SEEDS` names, if it does.
pub fn sow(seeds: fn() -> Vec<Vec<u8>>) {
    let Some(folder) = std::env::var_os("ZAIRYU_SEEDS") else { return };
    for (number, seed) in seeds().iter().enumerate() {
        fs::write(Path::new(&folder).join(format!("seed-{number}")), seed).expect("a folder for seeds");
    }
}
