//! The operator's commands on the whole store: check, copy, back up. Each reads one snapshot, while the service may be running.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use crate::file;
use crate::service::admin::{self, AdminError, block_on, on_store};
use crate::service::clock::system_time;
use crate::service::store::audit::Means;
use crate::service::store::copy::{self, CopyError, Counting};
use crate::service::store::{Location, Store};

pub use copy::{Progress, Sum};

/// Return row count and checksum of every table. Also check an SQLite file for damage.
pub fn check<'a>(database: Option<&str>, data: &Path, tell: &'a mut Progress<'a>) -> Result<Vec<Sum>, AdminError> {
    on_store(database, data, async |store| {
        let mut snapshot = store.snapshot().await?;
        if let Some(damage) = snapshot.damage().await? {
            return Err(AdminError::Damaged(damage));
        }
        let mut counting = Counting::new(&mut snapshot, 1, (tell, admin::is_broken_off)).await?;
        copy::sums(&mut snapshot, &mut counting).await.map_err(fault_of)
    })
}

/// Copy a store into an empty one (`sqlite:…`, `postgres://…`), and return the checksums. Concurrent writes are not copied.
pub fn copy<'a>(from: &str, to: &str, tell: &'a mut Progress<'a>) -> Result<Vec<Sum>, AdminError> {
    block_on(async {
        let from = admin::open(&Location::Url(from.to_owned())).await?;
        let to = admin::open_or_new(&Location::Url(to.to_owned())).await?;
        let copied = copy_audited("operator_copy", &from, &to, tell).await;
        from.close().await;
        to.close().await;
        copied
    })
}

/// Copy the store into a new SQLite file that only its owner can read. The file appears complete or not at all.
pub fn backup<'a>(database: Option<&str>, data: &Path, file: &Path, tell: &'a mut Progress<'a>) -> Result<Vec<Sum>, AdminError> {
    if file.exists() {
        return Err(AdminError::Exists(file.to_owned()));
    }
    on_store(database, data, async |store| {
        let unfinished = Unfinished::create(file)?;
        let to = admin::open_or_new(&Location::File(unfinished.0.clone())).await?;
        let copied = copy_audited("operator_backup", store, &to, tell).await;
        to.close().await;
        let copied = copied?;
        unfinished.finish(file).map_err(|fault| AdminError::File(file.to_owned(), fault))?;
        Ok(copied)
    })
}

/// Copy a store, after recording that in its audit log, because the copy contains everyone's data.
async fn copy_audited<'a>(event: &str, from: &Store, to: &Store, tell: &'a mut Progress<'a>) -> Result<Vec<Sum>, AdminError> {
    let mut tx = from.write().await?;
    tx.audit(event, Means::Operator(&admin::operator_name()), None, system_time()).await?;
    tx.commit().await?;
    copy::copy(from, to, (tell, admin::is_broken_off)).await.map_err(fault_of)
}

fn fault_of(fault: CopyError) -> AdminError {
    match fault {
        CopyError::NotEmpty => AdminError::NotEmpty,
        CopyError::Differs => AdminError::Differs,
        CopyError::BrokenOff => AdminError::BrokenOff,
        CopyError::Store(fault) => AdminError::Store(fault),
    }
}

/// An unfinished file. Dropped before `finish`, it is deleted with SQLite's files beside it.
struct Unfinished(PathBuf);

impl Unfinished {
    fn create(file: &Path) -> Result<Unfinished, AdminError> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let path = file.with_file_name(format!(".{name}.part"));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match file::open(&path, &mut options) {
            Ok(_) => Ok(Unfinished(path)),
            Err(fault) if fault.kind() == std::io::ErrorKind::AlreadyExists => Err(AdminError::Unfinished(path)),
            Err(fault) => Err(AdminError::File(path, fault)),
        }
    }

    /// Sync the file and rename it to its final name.
    fn finish(self, file: &Path) -> std::io::Result<()> {
        // Closing the store checkpoints the WAL. If a WAL remains, the file alone is incomplete.
        if self.beside("-wal").exists() {
            return Err(std::io::Error::other("SQLite has left its log behind"));
        }
        file::open(&self.0, OpenOptions::new().write(true))?.sync_all()?;
        fs::rename(&self.0, file)?;
        // The rename is durable only once the folder is synced (fsync(2)).
        #[cfg(unix)]
        fs::File::open(file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.0.clone().into_os_string();
        name.push(ending);
        name.into()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        for path in [self.0.clone(), self.beside("-wal"), self.beside("-shm")] {
            // Not all of them need exist.
            let _ = fs::remove_file(path);
        }
    }
}
