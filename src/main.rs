//! The command line: reads it, runs the command, and turns what went wrong into a line on standard error and an exit status.

use clap::Parser;
use std::io::ErrorKind;
use std::process::ExitCode;
use zairyu::secret;
use zairyu::settings::SettingsError;

mod commands;

#[global_allocator]
static ALLOCATOR: secret::Wiping = secret::Wiping;

fn main() -> ExitCode {
    secret::process();
    match commands::run(commands::CommandLine::parse()) {
        Ok(status) => status,
        // Whoever read our output has seen enough (`zairyu places … | head`).
        Err(fault) if fault.downcast_ref::<std::io::Error>().is_some_and(|fault| fault.kind() == ErrorKind::BrokenPipe) => {
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("zairyu: {fault}");
            for why in commands::unfit(&*fault) {
                eprintln!("  {why}");
            }
            ExitCode::from(if fault.is::<SettingsError>() { 2 } else { 1 })
        }
    }
}
