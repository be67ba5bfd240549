//! The operator's commands: find, show, resend, export, delete, and copying a store into another one. They work on the store, beside a running service.

use std::path::Path;

use serde_json::{Value, json};

use crate::protocol::authentication_id::AuthenticationId;
use crate::service::mail::Kind;
use crate::service::store::copy::{CopyFault, copy as copy_store};
use crate::service::store::{Place, Store};
use crate::service::{place, system_time};

/// What an operator asks for. 認証IDs are taken as people write them.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum UsersCommand {
    /// Find people by 認証ID, mail address, or a part of the name
    Find {
        /// What to look for
        query: String,
    },
    /// Show what is registered of a person
    Show {
        /// 認証ID
        id: String,
    },
    /// Queue the mail with the password link once more
    Resend {
        /// 認証ID
        id: String,
    },
    /// Print everything that is kept about a person, signed statements included
    Export {
        /// 認証ID
        id: String,
    },
    /// Delete a person with everything that is kept about them
    Delete {
        /// 認証ID
        id: String,
        /// Really delete
        #[arg(long)]
        yes: bool,
    },
}

/// Why a command was not done.
#[derive(Debug)]
pub enum UsersFault {
    /// That is no 認証ID.
    NoId,
    /// Nobody has this 認証ID.
    Nobody,
    /// Deleting needs `--yes`.
    Unsure,
    /// The other store holds something already.
    NotEmpty,
    /// What was copied is not what is read back; nothing was kept.
    Differs,
    /// The store refused.
    Store(sqlx::Error),
    /// No runtime.
    Runtime(std::io::Error),
}

impl std::fmt::Display for UsersFault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            UsersFault::NoId => out.write_str("that is no authentication ID: a character is wrong or missing"),
            UsersFault::Nobody => out.write_str("nobody is registered under this authentication ID"),
            UsersFault::Unsure => out.write_str("nothing was deleted; say --yes to delete for good"),
            UsersFault::NotEmpty => out.write_str("the second database is not empty; nothing was copied"),
            UsersFault::Differs => out.write_str("the copy differs from the original; nothing was copied"),
            UsersFault::Store(fault) => write!(out, "database: {fault}"),
            UsersFault::Runtime(fault) => write!(out, "runtime: {fault}"),
        }
    }
}

impl std::error::Error for UsersFault {}

impl From<sqlx::Error> for UsersFault {
    fn from(fault: sqlx::Error) -> UsersFault {
        UsersFault::Store(fault)
    }
}

/// Do an operator's command on the store of these settings, and return what it prints as JSON.
pub fn users(database: Option<&str>, data: &Path, command: &UsersCommand) -> Result<Value, UsersFault> {
    let place = place(database, data);
    block_on(async {
        let store = Store::open(&place).await?;
        let done = run(&store, command).await;
        store.close().await;
        done
    })
}

/// Copy a whole store into an empty one (`sqlite:…`, `postgres://…`), and return how many rows there were. No service may run on either.
pub fn copy(from: &str, to: &str) -> Result<u64, UsersFault> {
    block_on(async {
        let (from, to) = (Store::open(&Place::Url(from.to_owned())).await?, Store::open(&Place::Url(to.to_owned())).await?);
        let copied = copy_store(&from, &to).await;
        from.close().await;
        to.close().await;
        copied.map_err(|fault| match fault {
            CopyFault::NotEmpty => UsersFault::NotEmpty,
            CopyFault::Differs => UsersFault::Differs,
            CopyFault::Store(fault) => UsersFault::Store(fault),
        })
    })
}

fn block_on<T>(work: impl Future<Output = Result<T, UsersFault>>) -> Result<T, UsersFault> {
    // SQLx's TLS takes the process's provider; whoever was first has installed the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(UsersFault::Runtime)?;
    runtime.block_on(work)
}

async fn run(store: &Store, command: &UsersCommand) -> Result<Value, UsersFault> {
    let id_of = |typed: &str| AuthenticationId::parse(typed).ok_or(UsersFault::NoId);
    match command {
        UsersCommand::Find { query } => {
            let id = AuthenticationId::parse(query);
            Ok(Value::Array(store.read().await?.find_people(id.as_ref().map_or("", AuthenticationId::as_str), query).await?))
        }
        UsersCommand::Show { id } => {
            let mut all = everything(store, id_of(id)?.as_str()).await?;
            if let Some(tables) = all.as_object_mut() {
                tables.remove("statements");
                tables.remove("tokens");
            }
            Ok(all)
        }
        UsersCommand::Export { id } => everything(store, id_of(id)?.as_str()).await,
        UsersCommand::Resend { id } => {
            let (id, now) = (id_of(id)?, system_time());
            let mut tx = store.write().await?;
            let person = tx.person(id.as_str()).await?.ok_or(UsersFault::Nobody)?;
            tx.queue_mail(Kind::PasswordLink, &person, now).await?;
            tx.audit("operator_resend", Some(id.as_str()), now).await?;
            tx.commit().await?;
            Ok(json!({ "queued": id.as_str() }))
        }
        UsersCommand::Delete { yes: false, .. } => Err(UsersFault::Unsure),
        UsersCommand::Delete { id, yes: true } => {
            let id = id_of(id)?;
            let mut tx = store.write().await?;
            if !tx.delete_person(id.as_str()).await? {
                return Err(UsersFault::Nobody);
            }
            tx.audit("operator_delete", Some(id.as_str()), system_time()).await?;
            tx.commit().await?;
            Ok(json!({ "deleted": id.as_str() }))
        }
    }
}

async fn everything(store: &Store, id: &str) -> Result<Value, UsersFault> {
    store.read().await?.everything(id).await?.ok_or(UsersFault::Nobody)
}
