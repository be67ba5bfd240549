//! Hardening of the process: no core dumps, not dumpable, and memory for secrets that is locked, does not move and is wiped.
//! The only room with `unsafe`: two calls that lock and unlock pages. Nothing here knows what the secrets are.
#![allow(unsafe_code)]

use zeroize::Zeroize;

/// How many bytes a secret can hold: one page, since locking works by the page and a page must not be shared.
pub const CAPACITY: usize = 4096;

#[repr(C, align(4096))]
struct Page([u8; CAPACITY]);

/// Forbid core dumps and reading of this process's memory by others. Call once, before anything secret exists.
pub fn process() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        // A refusal leaves the process as it was; nothing can be done about it here, and `doctor` reports it.
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// Return whether `process` has worked, where the system tells.
pub fn holds() -> Option<bool> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        #[cfg(target_os = "linux")]
        let readable = !matches!(rustix::process::dumpable_behavior(), Ok(rustix::process::DumpableBehavior::NotDumpable));
        #[cfg(not(target_os = "linux"))]
        let readable = false;
        Some(!readable && getrlimit(Resource::Core).current == Some(0))
    }
    #[cfg(not(unix))]
    {
        None
    }
}

/// Bytes at one fixed place in memory, locked against swapping where the system allows it, wiped when dropped.
/// Neither `Clone` nor `Debug` nor serialisable, so a secret in it can be moved but not copied or shown.
pub struct Locked {
    page: Box<Page>,
    len: usize,
}

impl Locked {
    /// Make an empty secret.
    pub fn new() -> Locked {
        let page = Box::new(Page([0; CAPACITY]));
        #[cfg(unix)]
        {
            // SAFETY: the range is a live allocation of exactly this size; locking changes no contents.
            let _ = unsafe { rustix::mm::mlock(page.0.as_ptr().cast_mut().cast(), CAPACITY) };
        }
        Locked { page, len: 0 }
    }

    /// Append bytes; return whether they fitted. What does not fit whole is not taken.
    pub fn push(&mut self, more: &[u8]) -> bool {
        let Some(room) = self.page.0.get_mut(self.len..self.len + more.len()) else { return false };
        room.copy_from_slice(more);
        self.len += more.len();
        true
    }

    /// Remove bytes from the end until `len` are left, wiping what is removed.
    pub fn truncate(&mut self, len: usize) {
        if let Some(tail) = self.page.0.get_mut(len..self.len) {
            tail.zeroize();
            self.len = len;
        }
    }

    /// Borrow the bytes.
    pub fn bytes(&self) -> &[u8] {
        self.page.0.get(..self.len).unwrap_or_default()
    }

    /// Return how many bytes are held.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Return whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Default for Locked {
    fn default() -> Locked {
        Locked::new()
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        self.page.0.zeroize();
        #[cfg(unix)]
        {
            // SAFETY: the same range that `new` locked, still allocated here.
            let _ = unsafe { rustix::mm::munlock(self.page.0.as_ptr().cast_mut().cast(), CAPACITY) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, Locked};

    #[cfg(unix)]
    #[test]
    fn the_process_is_closed_once_it_was_asked_for() {
        super::process();
        assert_eq!(super::holds(), Some(true));
    }

    #[test]
    fn what_is_cut_off_is_wiped_and_what_does_not_fit_is_refused_whole() {
        let mut secret = Locked::new();
        assert!(secret.push(b"AB12"));
        secret.truncate(2);
        assert_eq!(secret.bytes(), b"AB");
        assert_eq!(&secret.page.0[2..4], &[0, 0]);
        assert!(!secret.push(&[1; CAPACITY]));
        assert_eq!(secret.len(), 2);
    }
}
