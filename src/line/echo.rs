//! The terminal's echo. Restored on drop; does nothing if the input is not a terminal.

use std::io::{self, IsTerminal};

/// State of the terminal's echo.
#[derive(Default)]
pub(super) struct Echo {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
    #[cfg(windows)]
    off: bool,
}

#[cfg(unix)]
impl Echo {
    /// Turn the echo off and discard input typed before the question: it is no answer to it.
    pub(super) fn hide(&mut self) -> io::Result<()> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        if self.before.is_some() || !io::stdin().is_terminal() {
            return Ok(());
        }
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        self.before = Some(before);
        Ok(())
    }

    /// Restore the echo and discard a partly typed secret; return whether it was off.
    pub(super) fn show(&mut self) -> bool {
        use rustix::termios::{OptionalActions, tcsetattr};
        let Some(before) = self.before.take() else { return false };
        // If the terminal is gone there is nothing to restore.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &before);
        true
    }
}

#[cfg(windows)]
impl Echo {
    /// Turn the echo off, and discard input typed before: in raw mode the reader handles Enter and Backspace itself.
    pub(super) fn hide(&mut self) -> io::Result<()> {
        if !self.off && io::stdin().is_terminal() {
            crossterm::terminal::enable_raw_mode()?;
            crate::secret::windows::drop_typed();
            self.off = true;
        }
        Ok(())
    }

    /// Restore the echo and discard a partly typed secret; return whether it was off.
    pub(super) fn show(&mut self) -> bool {
        if self.off {
            crate::secret::windows::drop_typed();
            // If the console is gone there is nothing to restore.
            let _ = crossterm::terminal::disable_raw_mode();
        }
        std::mem::take(&mut self.off)
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.show();
    }
}
