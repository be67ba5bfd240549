//! Line mode.
use crate::app::Model;
use crate::terminal::{Incoming, Outside};
use std::io;
use std::process::ExitCode;
use std::sync::mpsc::Sender;

/// Run line mode.
pub fn run(_model: Model, _start: impl FnOnce(&Sender<Incoming>) -> Outside) -> io::Result<ExitCode> {
    Ok(ExitCode::FAILURE)
}
