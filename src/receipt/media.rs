//! Removable media that are mounted: where else than in the documents folder a person may want to save.

use std::path::PathBuf;

/// Return the folders of removable media that are mounted, each named by its label.
#[cfg(target_os = "linux")]
pub fn media() -> Vec<PathBuf> {
    let mounts = crate::file::read(std::path::Path::new("/proc/self/mounts")).unwrap_or_default();
    let user = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default();
    mounted(&String::from_utf8_lossy(&mounts), &user, is_removable)
}

/// Return the folders of removable media that are mounted, each named by its label. The system's own disk is a link there.
#[cfg(target_os = "macos")]
pub fn media() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("/Volumes").into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()).collect()
}

/// Elsewhere none is known: Windows tells the kind of a drive only through `unsafe`.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub fn media() -> Vec<PathBuf> {
    Vec::new()
}

/// Return the folders of this user's media: those that the desktop has mounted for them, and removable disks where others mount them.
#[cfg(any(target_os = "linux", test))]
fn mounted(mounts: &str, user: &str, is_removable: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let desktop = ["/media", "/run/media"].map(|media| PathBuf::from(media).join(user));
    let own = |folder: &PathBuf| !user.is_empty() && desktop.iter().any(|media| folder.starts_with(media) && folder != media);
    let shared = |folder: &PathBuf| ["/media", "/run/media", "/mnt"].iter().any(|media| folder.starts_with(media));
    let medium = |line: &str| {
        let mut words = line.split(' ');
        let (device, folder, kind) = (words.next()?, PathBuf::from(unescaped(words.next()?)), words.next()?);
        let removable = || device.strip_prefix("/dev/").is_some_and(&is_removable);
        // What is on a disc cannot be added to.
        let is_disc = matches!(kind, "iso9660" | "udf");
        (!is_disc && (own(&folder) || (shared(&folder) && removable()))).then_some(folder)
    };
    mounts.lines().filter_map(medium).collect()
}

/// Return whether a block device, or the disk of which it is a part, can be taken out.
#[cfg(target_os = "linux")]
fn is_removable(device: &str) -> bool {
    let Ok(at) = std::path::Path::new("/sys/class/block").join(device).canonicalize() else { return false };
    let disk = at.parent().map(std::path::Path::to_owned);
    [Some(at), disk].into_iter().flatten().any(|at| crate::file::read(&at.join("removable")).is_ok_and(|said| said.starts_with(b"1")))
}

/// Undo how the kernel writes blanks and backslashes: as `\040`, three octal digits.
#[cfg(any(target_os = "linux", test))]
fn unescaped(path: &str) -> String {
    let mut parts = path.split('\\');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_at_checked(3).and_then(|(digits, rest)| Some((u8::from_str_radix(digits, 8).ok()?, rest))) {
            Some((letter, rest)) => whole.extend([char::from(letter).to_string().as_str(), rest]),
            None => whole.extend(["\\", part]),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "/dev/sda1 / ext4 rw 0 0
proc /proc proc rw 0 0
/dev/sdb1 /media/anne/USB\\040STICK vfat rw 0 0
/dev/sdc1 /run/media/anne/DISK ext4 ro 0 0
/dev/sdd1 /run/media/taro/TARO vfat rw 0 0
/dev/sr0 /media/anne/CD iso9660 ro 0 0
/dev/sde1 /mnt vfat rw 0 0
/dev/sdf1 /mnt/data ext4 rw 0 0
/dev/sde2 /boot/efi vfat rw 0 0
tmpfs /media/anne tmpfs rw 0 0
";

    #[test]
    fn the_sticks_of_this_person_are_found_and_nobody_else_s_nor_a_disk_of_the_system() {
        let found = mounted(MOUNTS, "anne", |device| device.starts_with("sde"));
        assert_eq!(found, ["/media/anne/USB STICK", "/run/media/anne/DISK", "/mnt"].map(PathBuf::from));
        assert_eq!(mounted(MOUNTS, "", |_| false), Vec::<PathBuf>::new());
    }

    #[test]
    fn what_the_kernel_has_escaped_is_read() {
        assert_eq!(unescaped(r"/media/a\040b\134c\11"), "/media/a b\\c\\11");
    }
}
