//! The thread that reads the terminal: it sleeps until input arrives, the window is resized, or a pending ESC times out.
//! Bytes are read into one locked page and wiped once parsed.

use super::parser::{Parser, Pending};
use super::{Arrived, Input};
use crate::secret::Locked;
use crate::tui::Incoming;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read};
use signal_hook::SigId;
use signal_hook::consts::SIGWINCH;
use signal_hook::low_level::{pipe, unregister};
use std::io::{self, Read};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

/// Timeout for the rest of a sequence or a letter on a slow line.
const REST: Duration = Duration::from_secs(1);
/// Timeout for the rest of a paste. Long, because text after a timeout would become keys and press buttons.
const PASTE: Duration = Duration::from_secs(5);

/// The reading thread. Dropping it stops the thread.
pub struct Reader {
    wake: UnixStream,
    resize: SigId,
}

impl Reader {
    /// Start reading `terminal`. ESC counts as a key if nothing follows within `escape`.
    pub fn start(terminal: impl AsFd + Send + 'static, escape: Duration, sender: Sender<Incoming>) -> io::Result<Reader> {
        let (wake, woken) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        let resize = pipe::register(SIGWINCH, wake.try_clone()?)?;
        let reader = Reader { wake, resize };
        thread::Builder::new().name("input".to_owned()).spawn(move || {
            if follow(&terminal, &woken, escape, &sender) == End::Lost {
                let _ = sender.send(Incoming::Lost);
            }
        })?;
        Ok(reader)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        unregister(self.resize);
        // The thread is not joined: if another process reads this terminal too, it may be blocked in a read.
        let _ = self.wake.shutdown(Shutdown::Both);
    }
}

/// Why reading ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The terminal is gone.
    Lost,
    /// The reader was dropped.
    Stopped,
}

fn follow(terminal: &impl AsFd, woken: &UnixStream, escape: Duration, sender: &Sender<Incoming>) -> End {
    let mut page = Locked::new();
    let mut parser = Parser::new();
    let mut last = Instant::now();
    loop {
        let limit = parser.pending().map(|pending| match pending {
            Pending::Key => escape,
            Pending::Rest => REST.max(escape),
            Pending::Paste => PASTE.max(escape),
        });
        let left = limit.map(|limit| limit.saturating_sub(last.elapsed())).and_then(|left| Timespec::try_from(left).ok());
        let mut ends = [PollFd::new(terminal, PollFlags::IN), PollFd::new(woken, PollFlags::IN)];
        let [now, resized] = match poll(&mut ends, left.as_ref()) {
            Ok(0) => {
                parser.quiet(&mut |input| tell(sender, last, input));
                continue;
            }
            Ok(_) => ends.map(|end| end.revents()),
            Err(Errno::INTR) => continue,
            Err(_) => return End::Lost,
        };
        if !resized.is_empty() {
            match drain(woken) {
                Some(true) => tell(sender, Instant::now(), Input::Resized),
                Some(false) => {}
                None => return End::Stopped,
            }
        }
        if now.contains(PollFlags::IN) {
            match page.fill(|room| read(terminal, room)) {
                Ok(0) => return End::Lost,
                Ok(_) => {}
                Err(Errno::INTR | Errno::AGAIN) => continue,
                Err(_) => return End::Lost,
            }
            last = Instant::now();
            parser.feed(page.bytes(), &mut |input| tell(sender, last, input));
            page.truncate(0);
        } else if !now.is_empty() {
            return End::Lost;
        }
    }
}

/// Empty the pipe; return whether the window was resized, or `None` at its end.
fn drain(mut woken: &UnixStream) -> Option<bool> {
    let mut some = [0; 64];
    match woken.read(&mut some) {
        Ok(0) => None,
        Ok(_) => Some(true),
        Err(_) => Some(false),
    }
}

/// Send an input. A receiver that is gone will soon stop the thread.
fn tell(sender: &Sender<Incoming>, at: Instant, input: Input) {
    let _ = sender.send(Incoming::Input(Box::new(Arrived { at, input })));
}
