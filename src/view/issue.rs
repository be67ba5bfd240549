//! What came of saving or printing what a person takes home.

use super::{Block, Blocks, Role};
use crate::app::state::issue::{Destination, Issue};
use crate::locale::{Lang, Text};

/// Return how the receipt stands.
pub(crate) fn receipt(lang: Lang, issue: Option<&Issue>) -> Vec<Block> {
    said(lang, issue, |path| lang.fill(Text::DoneSaved, &[path]), |why| lang.fill(Text::DoneNotSaved, &[why]))
}

/// Return how the slip for the municipal office stands.
pub(crate) fn slip(lang: Lang, issue: Option<&Issue>) -> Vec<Block> {
    said(lang, issue, |path| lang.fill(Text::SlipSaved, &[path]), |why| lang.fill(Text::SlipNotSaved, &[why]))
}

/// Return the same as it is told at a kiosk, whose visitors cannot mend a printer.
pub(crate) fn at_kiosk(lang: Lang, issue: Option<&Issue>) -> Vec<Block> {
    let mut blocks = Vec::new();
    match issue {
        Some(Issue::Ended(_, Err(_))) => blocks.message(lang.text(Text::KioskNotPrinted), Role::Wrong),
        // What the command said is for the staff.
        Some(Issue::Ended(_, Ok(_))) => blocks.message(lang.text(Text::DonePrinted), Role::Good),
        Some(Issue::Enough) => blocks.message(lang.text(Text::KioskPrintedEnough), Role::Warning),
        issue => blocks.extend(receipt(lang, issue)),
    }
    blocks
}

fn said(lang: Lang, issue: Option<&Issue>, saved: impl Fn(&str) -> String, not_saved: impl Fn(&str) -> String) -> Vec<Block> {
    let mut blocks = Vec::new();
    match issue {
        // Only a kiosk says so, in words of its own.
        None | Some(Issue::Enough) => {}
        Some(Issue::Running(_, Destination::File)) => blocks.message(lang.text(Text::DoneSaving), Role::Quiet),
        Some(Issue::Running(_, Destination::Printer)) => blocks.message(lang.text(Text::DonePrinting), Role::Quiet),
        Some(Issue::Ended(Destination::File, Ok(path))) => blocks.message(saved(path), Role::Good),
        Some(Issue::Ended(Destination::File, Err(why))) => blocks.message(not_saved(why), Role::Wrong),
        Some(Issue::Ended(Destination::Printer, Ok(heard))) if heard.is_empty() => {
            blocks.message(lang.text(Text::DonePrinted), Role::Good);
        }
        Some(Issue::Ended(Destination::Printer, Ok(heard))) => blocks.message(lang.fill(Text::DonePrintedSaid, &[heard]), Role::Good),
        Some(Issue::Ended(Destination::Printer, Err(why))) => blocks.message(lang.fill(Text::DoneNotPrinted, &[why]), Role::Wrong),
    }
    blocks
}
