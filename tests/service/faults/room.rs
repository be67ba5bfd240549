//! A small file system that a test can fill: a tmpfs in a mount namespace of its own, over a folder that is otherwise left alone.

use crate::postgres::is_root;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The room. Dropping it gives it back.
pub(super) struct Room {
    /// Keeps the namespace until its input ends.
    holder: Child,
    folder: PathBuf,
}

impl Room {
    /// Put a file system of so many KiB over a folder.
    pub(super) fn over(folder: &Path, kib: u32) -> Room {
        let mut unshare = Command::new("unshare");
        unshare.arg("--mount");
        if !is_root() {
            unshare.args(["--user", "--map-root-user"]);
        }
        let script = r#"mount -t tmpfs -o size="$1"k,mode=700 tmpfs "$0" && echo ready && read -r _"#;
        let mut holder = unshare.args(["sh", "-c", script]).arg(folder).arg(kib.to_string());
        holder = holder.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut holder = holder.spawn().unwrap();
        let mut said = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "ready\n", "no room: mount namespaces are needed (try as root)");
        Room { holder, folder: folder.to_owned() }
    }

    /// Return the words that a command in the room begins with.
    pub(super) fn enter(&self) -> Vec<String> {
        let mut words = vec!["nsenter".to_owned(), "--mount".to_owned(), format!("--target={}", self.holder.id())];
        if !is_root() {
            words.extend(["--user".to_owned(), "--preserve-credentials".to_owned()]);
        }
        words
    }

    /// Return where a file of the room is to be seen from outside.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{}", self.holder.id(), self.folder.join(name).display()))
    }

    /// Fill it to the last byte.
    pub(super) fn fill(&self) {
        let mut filler = File::options().create(true).append(true).open(self.path("filler")).unwrap();
        while filler.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
    }

    /// Make room again.
    pub(super) fn clear(&self) {
        std::fs::remove_file(self.path("filler")).unwrap();
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
