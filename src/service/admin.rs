//! Common parts of the operator's commands: opening an existing store, the operator's name, and errors.
//!
//! The commands are in `users` (people) and `backup` (the whole store).

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use thiserror::Error;

use crate::service::place;
use crate::service::store::{Location, Store, trouble};

/// Check, copy and back up the whole store.
pub(super) mod backup;
/// Tables for people.
mod table;
/// Commands on people.
pub(super) mod users;

/// Why a command failed.
#[derive(Debug, Error)]
pub enum AdminError {
    /// Not an 認証ID.
    #[error("that is no authentication ID: a character is wrong or missing; look for it with: zairyu users find")]
    NoId,
    /// No person has this 認証ID.
    #[error("nobody is registered under this authentication ID; look for the person with: zairyu users find")]
    Nobody,
    /// No card waits to be linked.
    #[error("no card of this person waits to be linked; it must have been linked with zairyu, with both its keys, within 7 days")]
    NoCardWaits,
    /// Deletion requires `--yes`.
    #[error("nothing was deleted; say --yes to delete for good")]
    Unsure,
    /// There is no database at this path.
    #[error("{0}: there is no database here; give the service's --data, --database or --database-file")]
    NoDatabase(PathBuf),
    /// The target of a copy is not empty.
    #[error("the second database is not empty; nothing was copied: give an empty one")]
    NotEmpty,
    /// The copy differs from the original and was discarded.
    #[error("the copy differs from the original; nothing was copied")]
    Differs,
    /// The file already exists.
    #[error("{0}: the file exists; give another name, for instance with the date")]
    Exists(PathBuf),
    /// An earlier backup to the same file was interrupted, or is still running.
    #[error("{0}: a backup is under way, or was cut off; if none is, delete this file and try again")]
    Unfinished(PathBuf),
    /// SQLite finds the file damaged.
    #[error("the database is damaged; go back to the last backup: {0}")]
    Damaged(String),
    /// A file cannot be written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The operating system, or whoever sits there, asked for the end.
    #[error("broken off; nothing was changed")]
    BrokenOff,
    /// The result cannot be written.
    #[error("{0}")]
    Output(std::io::Error),
    /// The store does not open; why, and what mends it.
    #[error("database: {0}")]
    Closed(String),
    /// The store failed.
    #[error("database: {0}")]
    Store(#[from] sqlx::Error),
    /// The runtime cannot be started.
    #[error("runtime: {0}")]
    Runtime(std::io::Error),
}

/// Run a command on the store, which must exist, so that a typo in a path does not create an empty one.
pub(super) fn on_store<T>(
    database: Option<&str>,
    data: &Path,
    work: impl AsyncFnOnce(&Store) -> Result<T, AdminError>,
) -> Result<T, AdminError> {
    block_on(async {
        let store = open(&place(database, data)).await?;
        let done = work(&store).await;
        store.close().await;
        done
    })
}

/// Open an existing store.
pub(super) async fn open(place: &Location) -> Result<Store, AdminError> {
    match place.file()? {
        Some(path) if !path.is_file() => Err(AdminError::NoDatabase(path)),
        _ => open_or_new(place).await,
    }
}

/// Open a store, which is made if there is none.
pub(super) async fn open_or_new(place: &Location) -> Result<Store, AdminError> {
    Store::open(place).await.map_err(|fault| AdminError::Closed(trouble::why(&fault, place)))
}

/// Run a command to completion.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, AdminError>>) -> Result<T, AdminError> {
    // SQLx uses the process's TLS provider. Every caller installs the same one, so it does not matter which is first.
    crate::tls::install_provider();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(AdminError::Runtime)?;
    runtime.block_on(async {
        let mut work = std::pin::pin!(work);
        tokio::select! {
            done = &mut work => return done,
            () = asked_to_end() => IS_BROKEN_OFF.store(true, Ordering::Relaxed),
        }
        // Long work ends at its next row, rolls back and deletes what is unfinished. Who asks twice does not wait for a database that hangs.
        tokio::select! {
            done = work => done,
            () = asked_to_end() => Err(AdminError::BrokenOff),
        }
    })
}

/// Whether the command was broken off.
static IS_BROKEN_OFF: AtomicBool = AtomicBool::new(false);

/// Return whether long work is to end.
pub(super) fn is_broken_off() -> bool {
    IS_BROKEN_OFF.load(Ordering::Relaxed)
}

/// Wait until somebody breaks the command off.
async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        if let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = signals {
            tokio::select! {
                _ = interrupt.recv() => return,
                _ = terminate.recv() => return,
                _ = hangup.recv() => return,
            }
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_ok() {
        return;
    }
    std::future::pending().await
}

/// Return the operator's name for the audit log: the caller of sudo, else the user of the process, else the environment's.
///
/// It is trustworthy only for honest operators: anyone with write access to the database can write anything.
pub(super) fn operator_name() -> String {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    variable("SUDO_USER")
        .or_else(user)
        .or_else(|| ["LOGNAME", "USER", "USERNAME"].into_iter().find_map(variable))
        .unwrap_or_else(|| "unknown".to_owned())
}

/// Look up the name of the process's user in passwd(5).
#[cfg(unix)]
fn user() -> Option<String> {
    let uid = rustix::process::getuid().as_raw().to_string();
    let users = crate::file::read_text(std::path::Path::new("/etc/passwd")).ok()?;
    let user = users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields.get(2) == Some(&uid.as_str()))?;
    user.first().map(|name| (*name).to_owned())
}

#[cfg(not(unix))]
fn user() -> Option<String> {
    None
}
