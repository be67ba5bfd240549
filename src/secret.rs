//! Hardening of the process: no core dumps, not dumpable, memory for secrets that is locked, does not move and is wiped, and an allocator that
//! wipes what is freed. The only room with `unsafe`. Nothing here knows what the secrets are.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};
use zeroize::Zeroize;

/// Capacity of a secret in bytes: one page, since memory is locked by the page and a page must not be shared.
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

/// Return whether `process` took effect; `None` where the system cannot tell.
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

/// The system's allocator, which wipes whatever is freed once `wipe_freed_memory` was called: dropping a visit then leaves nothing of it
/// on the heap, including copies made by libraries. Not used by the standalone service, which serves many people at once.
pub struct Wiping;

static WIPES: AtomicBool = AtomicBool::new(false);

/// Have freed memory wiped from now on, in a program whose allocator is `Wiping`.
pub fn wipe_freed_memory() {
    WIPES.store(true, Ordering::Relaxed);
}

/// Have all threads take their memory from one heap. Call before a second thread starts.
///
/// glibc gives each thread an arena of its own and never shares its pages; the client has many threads that allocate little.
pub fn share_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            fn mallopt(parameter: i32, value: i32) -> i32;
        }
        /// From malloc.h.
        const M_ARENA_MAX: i32 = -8;
        // SAFETY: a function of the C library that is linked anyway; it takes two numbers and sets one.
        unsafe { mallopt(M_ARENA_MAX, 1) };
    }
}

// SAFETY: every call is handed to the system's allocator as it came; a block is overwritten only while it is still ours, before it is freed.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the system's.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if WIPES.load(Ordering::Relaxed) {
            // SAFETY: the block has this size and is the caller's to give up.
            unsafe { block.write_bytes(0, layout.size()) };
            // Keeps the compiler from removing the write as dead before the free.
            std::hint::black_box(block);
        }
        // SAFETY: the caller's promises are the system's.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // No personal data grows beyond this (a statement has at most 32 KiB), and moving larger blocks costs memory.
        const LARGE: usize = 64 * 1024;
        if !WIPES.load(Ordering::Relaxed) || layout.size() >= LARGE {
            // SAFETY: the caller's promises are the system's.
            return unsafe { System.realloc(block, layout, size) };
        }
        // The system's realloc would leave the old block unwiped.
        // SAFETY: the alignment is that of a valid layout, and the caller promises that the size is one.
        let moved = unsafe { System.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !moved.is_null() {
            // SAFETY: both blocks have at least this length, and they are distinct.
            unsafe { moved.copy_from_nonoverlapping(block, layout.size().min(size)) };
            // SAFETY: the block is given up once, here.
            unsafe { self.dealloc(block, layout) };
        }
        moved
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

    /// Append bytes; return whether they fit. Nothing is appended if they do not.
    pub fn push(&mut self, more: &[u8]) -> bool {
        let Some(room) = self.page.0.get_mut(self.len..self.len + more.len()) else { return false };
        room.copy_from_slice(more);
        self.len += more.len();
        true
    }

    /// Replace the contents: `read` gets the whole capacity and returns how many bytes it wrote. The old contents are wiped first.
    pub fn fill<E>(&mut self, read: impl FnOnce(&mut [u8]) -> Result<usize, E>) -> Result<usize, E> {
        self.truncate(0);
        self.len = read(&mut self.page.0)?.min(CAPACITY);
        Ok(self.len)
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

    #[test]
    fn what_is_filled_anew_keeps_nothing_of_before() {
        let mut secret = Locked::new();
        assert!(secret.push(b"AB12"));
        let filled: Result<usize, ()> = secret.fill(|room| {
            assert_eq!((room.len(), &room[..4]), (CAPACITY, &[0; 4][..]));
            room[0] = b'C';
            Ok(1)
        });
        assert_eq!((filled, secret.bytes()), (Ok(1), &b"C"[..]));
    }
}
