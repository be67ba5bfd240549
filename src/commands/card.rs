//! `zairyu card simulate`: a simulated card for a real pcscd. The card and its control commands are in `card::simulated`.

use super::CommandResult;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use zairyu::card::simulated::simulate::{self, Simulate};

/// Arguments of `zairyu card`.
#[derive(Args)]
pub(super) struct Card {
    /// What to do with a card
    #[command(subcommand)]
    command: CardCommand,
}

/// What to do with a simulated card.
#[derive(Subcommand)]
enum CardCommand {
    /// Simulate a card for a real pcscd, over the vpcd protocol; commands come on standard input
    #[command(after_help = simulate::CONTROL)]
    Simulate {
        /// Where vpcd listens
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:35963")]
        vpcd: String,
        /// Folder that keeps authority, keys and counters between runs, and that several cards may share
        #[arg(long, value_name = "FOLDER")]
        state: Option<PathBuf>,
        /// Folder into which the two CA certificates are written, for --anchors
        #[arg(long, value_name = "FOLDER")]
        export_anchors: Option<PathBuf>,
        /// Whose card it is
        #[arg(long, default_value = "anne")]
        person: String,
        /// The card announced to come next, with keys on P-384 (ES384); what its commands are is assumed
        #[arg(long)]
        next_card: bool,
        /// What goes wrong (may be given several times)
        #[arg(long = "fault")]
        faults: Vec<String>,
    },
}

/// Run `zairyu card`.
pub(super) fn run(Card { command }: Card) -> CommandResult {
    let CardCommand::Simulate { vpcd, state, export_anchors, person, next_card, faults } = command;
    Ok(simulate::command(&Simulate { vpcd, state, person, next_card, faults, anchors: export_anchors }))
}
