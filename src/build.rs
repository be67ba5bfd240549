//! The build script. Each module that embeds data has its own part, which generates tables for the program.
//! Runs on the build host, also when cross-compiling.

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
            // One directive per line, so that Cargo shows each as a build error.
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
