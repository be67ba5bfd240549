//! Hardening of the process: no core dumps, not dumpable, locked and wiped memory for secrets, and an allocator that wipes freed memory.
//! The only module with `unsafe`. Independent of what the secrets are.
#![allow(unsafe_code)]

/// The parts of Windows.
#[cfg(windows)]
pub mod windows;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};
use zeroize::Zeroize;

/// Capacity of a secret in bytes: one page, since memory is locked by the page and a page must not be shared.
pub const CAPACITY: usize = 4096;

#[repr(C, align(4096))]
struct Page([u8; CAPACITY]);

/// Disable core dumps and reading of this process's memory by others. Call once, before any secret exists.
pub fn process() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        // Failure leaves the process unprotected, which `doctor` reports.
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    #[cfg(windows)]
    windows::process();
}

/// Return whether other programs are kept from reading this process's memory; `None` if the system cannot tell.
pub fn holds() -> Option<bool> {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, dumpable_behavior};
        Some(matches!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable)))
    }
    #[cfg(not(target_os = "linux"))]
    {
        None
    }
}

/// Return whether core dumps are off; `None` if the system cannot tell.
pub fn leaves_no_core() -> Option<bool> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        Some(getrlimit(Resource::Core).current == Some(0))
    }
    #[cfg(windows)]
    {
        Some(windows::leaves_no_core())
    }
    #[cfg(not(any(unix, windows)))]
    {
        None
    }
}

/// Return whether the system lets this process keep a secret from being swapped out; `None` if it was not asked.
pub fn locks() -> Option<bool> {
    lock(&Locked::new().page)
}

/// Lock a page against swapping; return whether the system did, `None` if it was not asked.
fn lock(page: &Page) -> Option<bool> {
    #[cfg(unix)]
    {
        // SAFETY: the range is a live allocation of exactly this size; locking does not change it.
        Some(unsafe { rustix::mm::mlock(page.0.as_ptr().cast_mut().cast(), CAPACITY) }.is_ok())
    }
    #[cfg(windows)]
    {
        Some(windows::lock(&page.0))
    }
    #[cfg(not(any(unix, windows)))]
    {
        let _ = page;
        None
    }
}

/// The system allocator, wiping freed memory after `wipe_freed_memory`: dropping a visit then leaves nothing of it on the heap, including
/// copies made by libraries. Not used by the standalone service, which serves many people at once.
pub struct Wiping;

static WIPES: AtomicBool = AtomicBool::new(false);

/// Wipe freed memory from now on, in a program whose allocator is `Wiping`.
pub fn wipe_freed_memory() {
    WIPES.store(true, Ordering::Relaxed);
}

/// Make all threads allocate from one heap. Call before a second thread starts.
///
/// glibc gives each thread its own arena and never shares its pages; the client has many threads that allocate little.
pub fn share_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            fn mallopt(parameter: i32, value: i32) -> i32;
        }
        /// From malloc.h.
        const M_ARENA_MAX: i32 = -8;
        // SAFETY: a function of the C library already linked; it takes two integers and sets a parameter.
        unsafe { mallopt(M_ARENA_MAX, 1) };
    }
}

// SAFETY: every call is forwarded to the system allocator; a block is overwritten only before it is freed, while still owned.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller upholds the contract of `GlobalAlloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller upholds the contract of `GlobalAlloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if WIPES.load(Ordering::Relaxed) {
            // SAFETY: the block has this size, and the caller gives it up.
            unsafe { block.write_bytes(0, layout.size()) };
            // Keep the compiler from removing the write as dead before the free.
            std::hint::black_box(block);
        }
        // SAFETY: the caller upholds the contract of `GlobalAlloc`.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // No personal data is larger (a statement has at most 32 KiB), and moving larger blocks costs memory.
        const LARGE: usize = 64 * 1024;
        if !WIPES.load(Ordering::Relaxed) || layout.size() >= LARGE {
            // SAFETY: the caller upholds the contract of `GlobalAlloc`.
            return unsafe { System.realloc(block, layout, size) };
        }
        // The system's realloc would leave the old block unwiped.
        // SAFETY: the alignment is that of a valid layout, and the caller guarantees the size.
        let moved = unsafe { System.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !moved.is_null() {
            // SAFETY: both blocks have at least this length and are distinct.
            unsafe { moved.copy_from_nonoverlapping(block, layout.size().min(size)) };
            // SAFETY: the block is freed only here.
            unsafe { self.dealloc(block, layout) };
        }
        moved
    }
}

/// Bytes at a fixed address, locked against swapping where possible, wiped on drop. Neither `Clone` nor `Debug` nor serialisable, so that a
/// secret can be moved but not copied or shown.
pub struct Locked {
    page: Box<Page>,
    len: usize,
}

impl Locked {
    /// Create an empty secret.
    pub fn new() -> Locked {
        let page = Box::new(Page([0; CAPACITY]));
        // Where it is refused, `doctor` says so.
        let _ = lock(&page);
        Locked { page, len: 0 }
    }

    /// Append bytes if all of them fit; return whether they did.
    pub fn push(&mut self, more: &[u8]) -> bool {
        let Some(room) = self.page.0.get_mut(self.len..self.len + more.len()) else { return false };
        room.copy_from_slice(more);
        self.len += more.len();
        true
    }

    /// Replace the contents: `read` receives the whole buffer and returns how many bytes it wrote. The old contents are wiped first.
    pub fn fill<E>(&mut self, read: impl FnOnce(&mut [u8]) -> Result<usize, E>) -> Result<usize, E> {
        self.truncate(0);
        self.len = read(&mut self.page.0)?.min(CAPACITY);
        Ok(self.len)
    }

    /// Truncate to `len` bytes, wiping what is removed.
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

    /// Return the number of bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Return whether it is empty.
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
            // SAFETY: the range that `new` locked, still allocated.
            let _ = unsafe { rustix::mm::munlock(self.page.0.as_ptr().cast_mut().cast(), CAPACITY) };
        }
        #[cfg(windows)]
        windows::unlock(&self.page.0);
    }
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, Locked};

    #[cfg(unix)]
    #[test]
    fn the_process_is_closed_once_it_was_asked_for() {
        super::process();
        assert_eq!(super::leaves_no_core(), Some(true));
        assert_ne!(super::holds(), Some(false));
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
