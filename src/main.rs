//! The command line: which command runs (full screen, line mode, practice, service, places). Joining the rooms behind it is `commands`' work.

use clap::Parser;
use std::io::{ErrorKind, IsTerminal};
use std::process::ExitCode;
use zairyu::settings::{Command, CommandLine, SettingsError};
use zairyu::{places, secret};

mod commands;

#[global_allocator]
static ALLOCATOR: secret::Wiping = secret::Wiping;

fn main() -> ExitCode {
    secret::process();
    let line = CommandLine::parse();
    match run(line) {
        Ok(status) => status,
        // Whoever read our output has seen enough (`zairyu places … | head`).
        Err(fault) if fault.downcast_ref::<std::io::Error>().is_some_and(|fault| fault.kind() == ErrorKind::BrokenPipe) => {
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("zairyu: {fault}");
            ExitCode::from(if fault.is::<SettingsError>() { 2 } else { 1 })
        }
    }
}

fn run(line: CommandLine) -> Result<ExitCode, Box<dyn std::error::Error>> {
    match line.command {
        None => commands::form(line.flags, wants_lines()),
        Some(Command::Places { query, json }) => {
            let found = places::command::run(&query, json, &mut std::io::stdout().lock())?;
            Ok(ExitCode::from(u8::from(!found)))
        }
        Some(Command::Doctor { json }) => commands::doctor(line.flags, json),
        #[cfg(feature = "service")]
        Some(Command::Demo { person, faults }) => commands::demo(line.flags, wants_lines(), &person, &faults),
        #[cfg(feature = "service")]
        Some(Command::Serve(serve)) => commands::serve(line.flags, serve),
        #[cfg(feature = "service")]
        Some(Command::Users { database, command }) => commands::users(line.flags, &database, &command),
        #[cfg(feature = "service")]
        Some(Command::Store { database, command }) => commands::store(line.flags, &database, command),
        #[cfg(feature = "practice")]
        Some(Command::Card { command }) => commands::card(command),
    }
}

/// Line mode is wanted by the terminal itself, by `ACCESSIBLE=1`, or because there is no terminal.
fn wants_lines() -> bool {
    let plain = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    let accessible = std::env::var("ACCESSIBLE").is_ok_and(|value| !matches!(value.as_str(), "" | "0"));
    plain || accessible || !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal()
}
