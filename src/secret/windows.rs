//! What Windows alone needs `unsafe` for: locked pages, no crash reports, events and input of the console, access lists of files.

use super::CAPACITY;
use std::ffi::{OsStr, c_void};
use std::io::{self, Read};
use std::os::windows::ffi::OsStrExt;
use std::path::Path;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use windows_sys::Win32::Foundation::{HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSecurityDescriptorToStringSecurityDescriptorW, ConvertStringSecurityDescriptorToSecurityDescriptorW, GetNamedSecurityInfoW,
    SDDL_REVISION_1, SE_FILE_OBJECT,
};
use windows_sys::Win32::Security::{DACL_SECURITY_INFORMATION, SECURITY_ATTRIBUTES};
use windows_sys::Win32::Storage::FileSystem::CreateDirectoryW;
use windows_sys::Win32::System::Console::{
    CTRL_BREAK_EVENT, CTRL_C_EVENT, FlushConsoleInputBuffer, GetStdHandle, ReadConsoleW, STD_INPUT_HANDLE, SetConsoleCtrlHandler,
};
use windows_sys::Win32::System::Diagnostics::Debug::{SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX, SetErrorMode};
use windows_sys::Win32::System::ErrorReporting::{WER_FAULT_REPORTING_FLAG_NOHEAP, WerAddExcludedApplication, WerSetFlags};
use windows_sys::Win32::System::Memory::{VirtualLock, VirtualUnlock};

/// Whether crash reports of this program are off.
static UNREPORTED: AtomicBool = AtomicBool::new(false);

/// Turn crash reports off, which may hold a copy of the memory: the box that offers one, and the report that an abort makes without asking.
pub(super) fn process() {
    let name = std::env::current_exe().ok().and_then(|path| path.file_name().map(wide));
    // SAFETY: flags, and a string that ends with zero and lives as long as the call.
    let excluded = unsafe {
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
        WerSetFlags(WER_FAULT_REPORTING_FLAG_NOHEAP);
        name.is_some_and(|name| WerAddExcludedApplication(name.as_ptr(), 0) >= 0)
    };
    UNREPORTED.store(excluded, Ordering::Relaxed);
}

/// Return whether `process` has turned crash reports off.
pub(super) fn leaves_no_core() -> bool {
    UNREPORTED.load(Ordering::Relaxed)
}

/// Keep a page from being swapped out; return whether the system does.
pub(super) fn lock(page: &[u8; CAPACITY]) -> bool {
    // SAFETY: the range is a live allocation of exactly this size; locking does not change it.
    unsafe { VirtualLock(page.as_ptr().cast(), CAPACITY) != 0 }
}

/// Undo `lock`.
pub(super) fn unlock(page: &[u8; CAPACITY]) {
    // SAFETY: the range is a live allocation of exactly this size.
    let _ = unsafe { VirtualUnlock(page.as_ptr().cast(), CAPACITY) };
}

type Told = Box<dyn Fn() + Send>;
static TOLD: Mutex<Option<Told>> = Mutex::new(None);

/// Call `told`, on a thread of the system, whenever the console asks the program to end: Ctrl-C, Ctrl-Break, its window is closed.
pub fn on_end(told: impl Fn() + Send + 'static) -> io::Result<()> {
    *TOLD.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(told));
    // SAFETY: a function that lives as long as the program.
    if unsafe { SetConsoleCtrlHandler(Some(end), 1) } == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

unsafe extern "system" fn end(event: u32) -> i32 {
    if let Some(told) = &*TOLD.lock().unwrap_or_else(PoisonError::into_inner) {
        told();
    }
    if !matches!(event, CTRL_C_EVENT | CTRL_BREAK_EVENT) {
        // The process is ended when this returns, or 5 s later: until then the program wipes what it holds, and ends by itself.
        loop {
            std::thread::park();
        }
    }
    1
}

fn input() -> HANDLE {
    // SAFETY: a constant.
    unsafe { GetStdHandle(STD_INPUT_HANDLE) }
}

/// Discard what was typed and not read: it must not become an answer, nor a line of the shell. Nothing where the input is no console.
pub fn drop_typed() {
    // SAFETY: a handle of this process, or none.
    let _ = unsafe { FlushConsoleInputBuffer(input()) };
}

/// The console's input as UTF-8, whatever its code page, letter by letter: nothing typed is kept in a buffer.
#[derive(Default)]
pub struct ConsoleInput {
    letter: [u8; 4],
    read: usize,
    len: usize,
}

impl ConsoleInput {
    fn unit() -> io::Result<Option<u16>> {
        let (mut unit, mut read) = (0_u16, 0);
        // SAFETY: room for the one unit that is asked for.
        let done = unsafe { ReadConsoleW(input(), (&raw mut unit).cast(), 1, &raw mut read, null()) };
        if done == 0 { Err(io::Error::last_os_error()) } else { Ok((read == 1).then_some(unit)) }
    }
}

impl Read for ConsoleInput {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        /// Ctrl-Z ends the input of a console.
        const END: u16 = 0x1A;
        if self.read == self.len {
            let Some(first) = Self::unit()?.filter(|unit| *unit != END) else { return Ok(0) };
            let second = if (0xD800..0xDC00).contains(&first) { Self::unit()? } else { None };
            let letter = char::decode_utf16([first].into_iter().chain(second)).next().and_then(Result::ok);
            (self.len, self.read) = (letter.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut self.letter).len(), 0);
        }
        let (Some(from), Some(to)) = (self.letter.get_mut(self.read..self.len), to.first_mut()) else { return Ok(0) };
        let Some(byte) = from.first_mut() else { return Ok(0) };
        *to = std::mem::take(byte);
        self.read += 1;
        Ok(1)
    }
}

/// What `LocalAlloc` has allocated for us.
struct Local(*mut c_void);

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: allocated by the system for the caller, and freed only here.
        unsafe { LocalFree(self.0) };
    }
}

/// Create a folder with everything above it. It belongs to its owner, the administrators and the system, with all that is created in it.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
        std::fs::create_dir_all(above)?;
    }
    let (words, name) = (wide("D:P(A;OICI;FA;;;OW)(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)".as_ref()), wide(folder.as_os_str()));
    let mut list = Local(null_mut());
    // SAFETY: strings that end with zero; the access list is freed by its owner after the last use.
    let created = unsafe {
        ConvertStringSecurityDescriptorToSecurityDescriptorW(words.as_ptr(), SDDL_REVISION_1, &raw mut list.0, null_mut()) != 0 && {
            let size = u32::try_from(size_of::<SECURITY_ATTRIBUTES>()).unwrap_or_default();
            let attributes = SECURITY_ATTRIBUTES { nLength: size, lpSecurityDescriptor: list.0, bInheritHandle: 0 };
            CreateDirectoryW(name.as_ptr(), &raw const attributes) != 0
        }
    };
    if created || folder.is_dir() { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Return the access list of a file in the words of Windows (SDDL), if it can be read.
pub fn access_list(path: &Path) -> Option<String> {
    let name = wide(path.as_os_str());
    let (mut list, mut words) = (Local(null_mut()), null_mut::<u16>());
    let mut length = 0;
    // SAFETY: a string that ends with zero, and room for what is asked for; the rest may be null.
    let told = unsafe {
        let (ours, none) = (DACL_SECURITY_INFORMATION, null_mut());
        GetNamedSecurityInfoW(name.as_ptr(), SE_FILE_OBJECT, ours, null_mut(), null_mut(), null_mut(), none, &raw mut list.0) == 0
            && ConvertSecurityDescriptorToStringSecurityDescriptorW(list.0, SDDL_REVISION_1, ours, &raw mut words, &raw mut length) != 0
    };
    if !told {
        return None;
    }
    let words = Local(words.cast());
    // SAFETY: the system has written so many units there.
    let units = unsafe { std::slice::from_raw_parts(words.0.cast::<u16>(), usize::try_from(length).ok()?) };
    Some(String::from_utf16_lossy(units).trim_end_matches('\0').to_owned())
}

fn wide(text: &OsStr) -> Vec<u16> {
    text.encode_wide().chain([0]).collect()
}
