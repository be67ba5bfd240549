//! The command line: reads it, runs the command, and turns what went wrong into a line on standard error and an exit status.

#![warn(clippy::print_stdout, clippy::print_stderr)]

use std::io::ErrorKind;
use std::process::ExitCode;
use zairyu::secret;
use zairyu::settings::SettingsError;
use zairyu::text::lines::complain;

mod commands;

#[global_allocator]
static ALLOCATOR: secret::Wiping = secret::Wiping;

fn main() -> ExitCode {
    secret::process();
    let asked = match commands::CommandLine::read(std::env::args_os()) {
        Ok(asked) => asked,
        Err(asked) if asked.use_stderr() => {
            // It repeats what was typed.
            complain(&asked.render().to_string());
            return ExitCode::from(2);
        }
        Err(asked) => asked.exit(),
    };
    match commands::run(asked) {
        Ok(status) => status,
        // Whoever read our output has seen enough (`zairyu places … | head`).
        Err(fault) if fault.downcast_ref::<std::io::Error>().is_some_and(|fault| fault.kind() == ErrorKind::BrokenPipe) => {
            ExitCode::SUCCESS
        }
        Err(fault) => {
            let more = commands::unfit(&*fault).into_iter().map(|why| format!("\n{why}"));
            complain(&format!("zairyu: {fault}{}", more.collect::<String>()));
            ExitCode::from(if fault.is::<SettingsError>() { 2 } else { 1 })
        }
    }
}
