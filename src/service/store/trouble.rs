//! Why a store does not open, in words, with what mends it. Never the URL, which may hold a password.

use sqlx::migrate::MigrateError;

use crate::service::store::{Location, is_postgres, server};
use crate::text::harmless;

/// What to write in a URL for the signs that would end the password.
const ESCAPES: &str = "in its user and password write % as %25, / as %2F, # as %23, ? as %3F, @ as %40 and : as %3A";

/// Say why a store does not open, and what to do.
pub(in crate::service) fn why(fault: &sqlx::Error, place: &Location) -> String {
    match fault {
        sqlx::Error::Migrate(fault) => outdated(fault),
        _ => match place {
            Location::Url(url) if is_postgres(url) => postgres(fault, url),
            Location::Url(url) if !url.starts_with("sqlite:") => "the URL begins with neither sqlite: nor postgres://".to_owned(),
            Location::Url(_) | Location::File(_) => sqlite(fault, place),
        },
    }
}

/// Describe a schema that this program does not know.
fn outdated(fault: &MigrateError) -> String {
    match fault {
        MigrateError::VersionMissing(_) => {
            "it was written by a newer zairyu: install that one again, or go back to the backup that was made before the update".to_owned()
        }
        MigrateError::VersionMismatch(step) | MigrateError::Dirty(step) => {
            format!("its tables are not those that this zairyu makes (step {step}): was it changed by hand, or by another program?")
        }
        // What failed inside a step.
        MigrateError::Execute(fault) | MigrateError::ExecuteMigration(fault, _) => match fault.as_database_error() {
            Some(fault) if fault.code().as_deref() == Some("42501") => {
                format!("{}: its user must own the database, or be granted CREATE on the schema public", harmless(fault.message()))
            }
            _ => harmless(&fault.to_string()).into_owned(),
        },
        fault => harmless(&fault.to_string()).into_owned(),
    }
}

fn postgres(fault: &sqlx::Error, url: &str) -> String {
    let Ok(options) = server(url) else { return format!("the URL is not understood: postgres://user:password@host:port/name; {ESCAPES}") };
    let (host, port) = (options.get_host(), options.get_port());
    match fault {
        sqlx::Error::Database(refused) => {
            let advice = match refused.code().as_deref().unwrap_or_default() {
                "28P01" => format!("; is the password right? {ESCAPES}"),
                "28000" => "; pg_hba.conf says who may come in, and from where".to_owned(),
                "3D000" => "; make it with createdb".to_owned(),
                "57P03" => "; it is starting or ending: try again".to_owned(),
                _ => String::new(),
            };
            format!("PostgreSQL at {host}:{port} refuses: {}{advice}", harmless(refused.message()))
        }
        sqlx::Error::Tls(why) => {
            format!(
                "TLS with PostgreSQL at {host}:{port} fails: {}; sslrootcert=FILE in the URL names its authority",
                harmless(&why.to_string())
            )
        }
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => {
            format!(
                "no connection to PostgreSQL at {host}:{port}: {}; does it run, and is the address right?",
                harmless(&fault.to_string())
            )
        }
        fault => harmless(&fault.to_string()).into_owned(),
    }
}

fn sqlite(fault: &sqlx::Error, place: &Location) -> String {
    let file = place.file().ok().flatten().unwrap_or_default();
    // The low byte of an extended code (SQLite, "Result and Error Codes").
    let code = fault.as_database_error().and_then(|fault| fault.code()?.parse::<u32>().ok()).unwrap_or_default() & 0xFF;
    let why = match code {
        5 | 6 => "another program holds it; if none should, look for it with: lsof".to_owned(),
        8 => "it cannot be written: its owner must be the user that the service runs as".to_owned(),
        11 => "it is damaged: go back to the last backup".to_owned(),
        13 => "there is no room left".to_owned(),
        14 => "it cannot be opened: it and its folder must belong to the user that the service runs as".to_owned(),
        26 => "it is no SQLite database".to_owned(),
        _ => harmless(&fault.to_string()).into_owned(),
    };
    format!("{}: {why}", file.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postgres_url(url: &str) -> Location {
        Location::Url(url.to_owned())
    }

    #[test]
    fn a_password_that_ends_the_url_is_told_without_being_shown() {
        for url in
            ["postgres://zairyu:s3/cr3t@db.example/zairyu", "postgres://zairyu:s3#cr3t@db.example/zairyu", "postgres://zairyu:s3?cr3t@db/z"]
        {
            let fault = server(url).unwrap_err();
            let said = why(&fault, &postgres_url(url));
            assert!(said.contains("%2F") && !said.contains("s3") && !said.contains("cr3t"), "{said}");
        }
    }

    #[test]
    fn each_cause_says_what_mends_it() {
        let url = "postgres://zairyu:secret@db.example:5433/zairyu";
        let gone = sqlx::Error::Io(std::io::ErrorKind::ConnectionRefused.into());
        let newer = sqlx::Error::Migrate(Box::new(MigrateError::VersionMissing(99)));
        for (fault, place, words) in [
            (&gone, postgres_url(url), ["db.example:5433", "does it run"]),
            (&newer, postgres_url(url), ["newer zairyu", "backup"]),
            (&newer, Location::File("x.sqlite".into()), ["newer zairyu", "backup"]),
            (&gone, postgres_url("mysql://db.example/zairyu"), ["sqlite:", "postgres://"]),
        ] {
            let said = why(fault, &place);
            assert!(words.iter().all(|word| said.contains(word)) && !said.contains("secret"), "{said}");
        }
    }
}
