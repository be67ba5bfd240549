//! The operator's commands on people: find, show, resend, export, log out, delete, and the audit log. They work on the store while the
//! service may be running, and are audited for each person shown or changed.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::locale::{Lang, Text};
use crate::protocol::authentication_id::AuthenticationId;
use crate::service::admin::{self, AdminError, table};
use crate::service::clock::system_time;
use crate::service::linking;
use crate::service::mail::{Kind, folder};
use crate::service::mail_folder;
use crate::service::store::audit::{AuditFilter, Means};
use crate::service::store::{Store, Tx};
use crate::text::lines::Lines;

/// What an operator asks for. 認証IDs are taken as people write them.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum UsersCommand {
    /// Find people by 認証ID, mail address, or a part of the name
    Find {
        /// What to look for
        query: String,
    },
    /// Show what is registered of a person, and where the mails are
    Show {
        /// 認証ID
        id: String,
    },
    /// Queue the mail with the password link once more
    Resend {
        /// 認証ID
        id: String,
    },
    /// Let a new card that waits for the mailed link take the old one's place; ask first who holds it
    Link {
        /// 認証ID
        id: String,
    },
    /// Print everything that is kept about a person, signed statements included, as JSON
    Export {
        /// 認証ID
        id: String,
    },
    /// End every session of a person: nobody stays logged in
    LogOut {
        /// 認証ID
        id: String,
    },
    /// Delete a person with everything that is kept about them; the authentication ID alone stays in the audit trail
    Delete {
        /// 認証ID
        id: String,
        /// Really delete
        #[arg(long)]
        yes: bool,
    },
    /// Print the audit trail, oldest first; with --json one object a line: at, event, by, operator, person
    Audit {
        /// 認証ID; without it, everybody's
        id: Option<String>,
        /// From this day on (YYYY-MM-DD, in Japan)
        #[arg(long, value_name = "DATE", value_parser = midnight)]
        since: Option<i64>,
    },
}

/// Parse a date, and return the start of that day in Japan, in seconds since 1970.
fn midnight(day: &str) -> Result<i64, &'static str> {
    const FAULT: &str = "write the day as 2026-01-31";
    let form = time::format_description::well_known::Iso8601::DATE;
    let day = time::Date::parse(day, &form).map_err(|_| FAULT)?;
    Ok(day.midnight().assume_utc().unix_timestamp() - crate::time::JAPAN_OFFSET)
}

/// How the result of a command is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// For programs.
    Json,
    /// For people, in their language.
    Table(Lang),
}

/// Run a command on the store and print its result.
pub fn users(
    database: Option<&str>,
    data: &Path,
    command: &UsersCommand,
    shape: Shape,
    out: &mut Lines<impl Write>,
) -> Result<(), AdminError> {
    admin::on_store(database, data, async |store| {
        let running = Command { store, mail_folder: mail_folder(data), name: admin::operator_name(), now: system_time() };
        if let UsersCommand::Audit { id, since } = command {
            return running.audit(id.as_deref(), *since, shape, out).await;
        }
        let done = running.run(command).await?;
        match (shape, command) {
            (Shape::Json, _) | (_, UsersCommand::Export { .. }) => out.json(format_args!("{done:#}")),
            (Shape::Table(lang), _) => told(lang, command, &done).iter().try_for_each(|line| out.line(line)),
        }
        .map_err(AdminError::Output)
    })
}

/// Say to people what a command found or did.
fn told(lang: Lang, command: &UsersCommand, done: &Value) -> Vec<String> {
    match command {
        UsersCommand::Find { .. } => table::found(lang, done.as_array().map_or(&[], Vec::as_slice)),
        UsersCommand::Show { .. } => table::person(lang, done),
        UsersCommand::LogOut { .. } => {
            let ended = done.get("ended").and_then(Value::as_u64).unwrap_or_default();
            vec![lang.fill(Text::UsersEnded, &[&ended.to_string()])]
        }
        UsersCommand::Resend { id } => vec![lang.fill(Text::UsersResent, &[id])],
        UsersCommand::Link { id } => vec![lang.fill(Text::UsersLinkedNow, &[id])],
        UsersCommand::Delete { id, .. } => vec![lang.fill(Text::UsersDeleted, &[id])],
        // These are not told this way.
        UsersCommand::Export { .. } | UsersCommand::Audit { .. } => Vec::new(),
    }
}

/// The context of a command: store, folder of mail files, operator's name, and time.
struct Command<'a> {
    store: &'a Store,
    mail_folder: PathBuf,
    name: String,
    now: i64,
}

impl Command<'_> {
    async fn run(&self, command: &UsersCommand) -> Result<Value, AdminError> {
        match command {
            UsersCommand::Find { query } => self.find(query).await,
            UsersCommand::Show { id } => {
                let mut all = self.everything("operator_show", id).await?;
                if let Some(tables) = all.as_object_mut() {
                    // Omit what would fill pages; `export` and `audit` show it.
                    tables.retain(|table, _| !["sessions", "statements", "tokens", "audit"].contains(&table.as_str()));
                }
                Ok(all)
            }
            UsersCommand::Export { id } => self.everything("operator_export", id).await,
            UsersCommand::Resend { id } => self.resend(id).await,
            UsersCommand::Link { id } => self.link(id).await,
            UsersCommand::LogOut { id } => self.log_out(id).await,
            UsersCommand::Delete { yes: false, .. } => Err(AdminError::Unsure),
            UsersCommand::Delete { id, yes: true } => self.delete(id).await,
            UsersCommand::Audit { .. } => Ok(Value::Null),
        }
    }

    async fn find(&self, query: &str) -> Result<Value, AdminError> {
        let id = AuthenticationId::parse(query);
        let found = self.store.read().await?.find_people(id.as_ref().map_or("", AuthenticationId::as_str), query).await?;
        let mut tx = self.store.write().await?;
        if found.is_empty() {
            self.note(&mut tx, "operator_find", None).await?;
        }
        for person in &found {
            self.note(&mut tx, "operator_find", person.get("authentication_id").and_then(Value::as_str)).await?;
        }
        tx.commit().await?;
        Ok(Value::Array(found))
    }

    async fn everything(&self, event: &str, id: &str) -> Result<Value, AdminError> {
        let id = id_of(id)?;
        let mut tx = self.store.write().await?;
        let all = tx.everything(id.as_str()).await?.ok_or(AdminError::Nobody)?;
        self.note(&mut tx, event, Some(id.as_str())).await?;
        tx.commit().await?;
        Ok(all)
    }

    async fn resend(&self, id: &str) -> Result<Value, AdminError> {
        let id = id_of(id)?;
        let mut tx = self.store.write().await?;
        let person = tx.person(id.as_str()).await?.ok_or(AdminError::Nobody)?;
        tx.queue_mail(Kind::PasswordLink, &person, self.now).await?;
        self.note(&mut tx, "operator_resend", Some(id.as_str())).await?;
        tx.commit().await?;
        Ok(json!({ "queued": id.as_str() }))
    }

    async fn link(&self, id: &str) -> Result<Value, AdminError> {
        let id = id_of(id)?;
        let mut tx = self.store.write().await?;
        tx.person(id.as_str()).await?.ok_or(AdminError::Nobody)?;
        let linking = tx.waiting_linking(id.as_str(), self.now).await?.ok_or(AdminError::NoCardWaits)?;
        if !linking::switch(&mut tx, &linking, Means::Operator(&self.name), self.now).await? {
            return Err(AdminError::NoCardWaits);
        }
        self.note(&mut tx, "operator_link", Some(id.as_str())).await?;
        tx.commit().await?;
        Ok(json!({ "linked": id.as_str() }))
    }

    async fn log_out(&self, id: &str) -> Result<Value, AdminError> {
        let id = id_of(id)?;
        let mut tx = self.store.write().await?;
        tx.person(id.as_str()).await?.ok_or(AdminError::Nobody)?;
        let ended = tx.end_sessions(id.as_str(), self.now).await?;
        self.note(&mut tx, "operator_log_out", Some(id.as_str())).await?;
        tx.commit().await?;
        Ok(json!({ "ended": ended }))
    }

    async fn delete(&self, id: &str) -> Result<Value, AdminError> {
        let id = id_of(id)?;
        let mut tx = self.store.write().await?;
        let mails = tx.delete_person(id.as_str()).await?.ok_or(AdminError::Nobody)?;
        self.note(&mut tx, "operator_delete", Some(id.as_str())).await?;
        tx.commit().await?;
        self.store.empty_wal().await;
        folder::remove(&self.mail_folder, &mails).map_err(|fault| AdminError::File(self.mail_folder.clone(), fault))?;
        Ok(json!({ "deleted": id.as_str() }))
    }

    /// Print the audit log. The access is audited first, so that it is recorded even if the output is not read to the end.
    async fn audit(&self, id: Option<&str>, since: Option<i64>, shape: Shape, out: &mut Lines<impl Write>) -> Result<(), AdminError> {
        let id = id.map(id_of).transpose()?;
        let person = id.as_ref().map(AuthenticationId::as_str);
        let mut tx = self.store.write().await?;
        self.note(&mut tx, "operator_audit", person).await?;
        tx.commit().await?;
        let mut snapshot = self.store.snapshot().await?;
        let filter = AuditFilter { person, since: since.unwrap_or(i64::MIN) };
        let mut after = None;
        if let Shape::Table(lang) = shape {
            out.line(table::trail_head(lang)).map_err(AdminError::Output)?;
        }
        loop {
            let (lines, next) = snapshot.audit_page(filter, after.as_ref()).await?;
            for line in lines {
                let printed = match shape {
                    Shape::Json => out.json(format_args!("{line}")),
                    Shape::Table(lang) => out.line(table::trail(lang, &line)),
                };
                printed.map_err(AdminError::Output)?;
            }
            if next.is_none() {
                return Ok(());
            }
            after = next;
        }
    }

    async fn note(&self, tx: &mut Tx, event: &str, person: Option<&str>) -> Result<(), AdminError> {
        Ok(tx.audit(event, Means::Operator(&self.name), person, self.now).await?)
    }
}

fn id_of(typed: &str) -> Result<AuthenticationId, AdminError> {
    AuthenticationId::parse(typed).ok_or(AdminError::NoId)
}
