//! `zairyu users`: the operator's commands on people, implemented in `service`.

use super::database::Database;
use super::{CommandResult, language};
use clap::Args;
use std::process::ExitCode;
use zairyu::service::{AdminError, Shape, UsersCommand, users};
use zairyu::settings::{Data, Flags};
use zairyu::text::lines::stdout;

/// Arguments of `zairyu users`.
#[derive(Args)]
pub(super) struct Users {
    /// Where the people are
    #[command(flatten)]
    database: Database,
    /// Where mails are, without a mail server
    #[command(flatten)]
    data: Data,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    /// What to do
    #[command(subcommand)]
    command: UsersCommand,
}

/// Run an operator's command and print its result.
pub(super) fn run(common: Flags, asked: Users) -> CommandResult {
    let (flags, _) = common.with(asked.data).merged()?;
    let shape = if asked.json { Shape::Json } else { Shape::Table(language(&flags)?) };
    match users(asked.database.url()?.as_deref(), &flags.data_folder(), &asked.command, shape, &mut stdout()) {
        // `main` handles a closed pipe.
        Err(AdminError::Output(fault)) => Err(fault.into()),
        done => Ok(done.map(|()| ExitCode::SUCCESS)?),
    }
}
