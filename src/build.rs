//! The build script: each room that brings data has a part of its own, which lays the data out for the program.
//! Runs on the building machine, so it also serves cross-compiling.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

#[path = "locale/build.rs"]
mod locale;
#[path = "places/build.rs"]
mod places;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=src/build.rs");
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            // One line of Cargo's a line of ours, so that it shows them as errors of the build.
            fault.to_string().lines().for_each(|line| println!("cargo::error={line}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    places::write(&out)?;
    locale::write(&out)
}
