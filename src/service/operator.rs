//! What the operator's commands share: opening a store that is there, who the operator is, and why a command was not done.
//! The commands themselves stand in `users` (people) and `upkeep` (the whole store).

use std::path::{Path, PathBuf};

use crate::service::place;
use crate::service::store::{Place, Store};

/// Why a command was not done.
#[derive(Debug)]
pub enum OperatorFault {
    /// That is no 認証ID.
    NoId,
    /// Nobody has this 認証ID.
    Nobody,
    /// Deleting needs `--yes`.
    Unsure,
    /// There is no database here.
    NoDatabase(PathBuf),
    /// The other store holds something already.
    NotEmpty,
    /// What was copied is not what is read back; nothing was kept.
    Differs,
    /// A file of this name exists.
    Exists(PathBuf),
    /// An earlier backup to the same file was cut off, or is still under way.
    Unfinished(PathBuf),
    /// SQLite finds the file damaged.
    Damaged(String),
    /// A file cannot be written.
    File(PathBuf, std::io::Error),
    /// The result cannot be written.
    Output(std::io::Error),
    /// The store refused.
    Store(sqlx::Error),
    /// No runtime.
    Runtime(std::io::Error),
}

impl std::fmt::Display for OperatorFault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OperatorFault::NoId => {
                out.write_str("that is no authentication ID: a character is wrong or missing; look for it with: zairyu users find")
            }
            OperatorFault::Nobody => {
                out.write_str("nobody is registered under this authentication ID; look for the person with: zairyu users find")
            }
            OperatorFault::Unsure => out.write_str("nothing was deleted; say --yes to delete for good"),
            OperatorFault::NoDatabase(path) => write!(
                out,
                "{}: there is no database here; give the service's --data, --database or --database-file, before the command's name",
                path.display()
            ),
            OperatorFault::NotEmpty => out.write_str("the second database is not empty; nothing was copied: give an empty one"),
            OperatorFault::Differs => out.write_str("the copy differs from the original; nothing was copied"),
            OperatorFault::Exists(path) => {
                write!(out, "{}: the file exists; give another name, for instance with the date", path.display())
            }
            OperatorFault::Unfinished(path) => {
                write!(out, "{}: a backup is under way, or was cut off; if none is, delete this file and try again", path.display())
            }
            OperatorFault::Damaged(what) => write!(out, "the database is damaged; go back to the last backup: {what}"),
            OperatorFault::File(path, fault) => write!(out, "{}: {fault}", path.display()),
            OperatorFault::Output(fault) => write!(out, "{fault}"),
            OperatorFault::Store(fault) => write!(out, "database: {fault}"),
            OperatorFault::Runtime(fault) => write!(out, "runtime: {fault}"),
        }
    }
}

impl std::error::Error for OperatorFault {}

impl From<sqlx::Error> for OperatorFault {
    fn from(fault: sqlx::Error) -> OperatorFault {
        OperatorFault::Store(fault)
    }
}

/// Do something on the store of these settings, which must be there: a slip in a path shall not make an empty one.
pub(super) fn on_store<T>(
    database: Option<&str>,
    data: &Path,
    work: impl AsyncFnOnce(&Store) -> Result<T, OperatorFault>,
) -> Result<T, OperatorFault> {
    block_on(async {
        let store = open(&place(database, data)).await?;
        let done = work(&store).await;
        store.close().await;
        done
    })
}

/// Open a store that is there.
pub(super) async fn open(place: &Place) -> Result<Store, OperatorFault> {
    match place.file()? {
        Some(path) if !path.is_file() => Err(OperatorFault::NoDatabase(path)),
        _ => Ok(Store::open(place).await?),
    }
}

/// Run something to its end.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, OperatorFault>>) -> Result<T, OperatorFault> {
    // For SQLx.
    crate::tls::install_provider();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(OperatorFault::Runtime)?;
    runtime.block_on(work)
}

/// Return who gives the command: whoever called sudo, else the operating system's user. It names the honest for the trail;
/// whoever may write into the database may write anything.
pub(super) fn name() -> String {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    variable("SUDO_USER")
        .or_else(user)
        .or_else(|| ["LOGNAME", "USER", "USERNAME"].into_iter().find_map(variable))
        .unwrap_or_else(|| "unknown".to_owned())
}

/// Find the name of the process's user where the system keeps it in a file (passwd(5)).
#[cfg(unix)]
fn user() -> Option<String> {
    let uid = rustix::process::getuid().as_raw().to_string();
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let user = users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields.get(2) == Some(&uid.as_str()))?;
    user.first().map(|name| (*name).to_owned())
}

#[cfg(not(unix))]
fn user() -> Option<String> {
    None
}
