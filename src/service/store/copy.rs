//! The tables by name, and the whole store into another one: the way from SQLite to PostgreSQL when one node is outgrown, and back.

use sqlx::AssertSqlSafe;

use crate::service::store::{Row, Store, Tx, Value, values};

/// A column and its type.
#[derive(Clone, Copy, Debug)]
pub(in crate::service) enum Column {
    /// TEXT.
    Text(&'static str),
    /// BIGINT.
    Int(&'static str),
}

impl Column {
    /// Return its name.
    pub(in crate::service) const fn name(self) -> &'static str {
        match self {
            Column::Text(name) | Column::Int(name) => name,
        }
    }

    fn value(self, row: &Row) -> Result<Value, sqlx::Error> {
        Ok(match self {
            Column::Text(name) => Value::Text(row.get(name)?),
            Column::Int(name) => Value::Int(row.get(name)?),
        })
    }
}

/// A table.
pub(in crate::service) struct Table {
    pub(in crate::service) name: &'static str,
    /// The column that names a person, if one does.
    pub(in crate::service) person: Option<&'static str>,
    pub(in crate::service) columns: &'static [Column],
}

macro_rules! tables {
    ($($name:ident of $person:tt { $($kind:ident $($column:ident)+;)+ })+) => {
        /// Every table that is worth keeping, each after those that it refers to; limits are not. The first column is the primary key.
        pub(in crate::service) const TABLES: &[Table] = &[$(Table {
            name: stringify!($name),
            person: tables!(@person $person),
            columns: &[$($(Column::$kind(stringify!($column)),)+)+],
        },)+];
    };
    (@person nobody) => { None };
    (@person $person:ident) => { Some(stringify!($person)) };
}

tables! {
    people of authentication_id {
        Text authentication_id name sex birth_date municipality address_line phone email category residence_card language terms_version;
        Int registered_at; Text revocation password; Int password_set_at;
    }
    sessions of person { Text id; Int expires_at; Text proof person; Int closed_at; }
    nonces of nobody { Text id session; Int expires_at used_at; }
    cards of person { Text identity person purpose subject fingerprint; Int valid_until linked_at replaced_at; }
    statements of person { Text hash jti kind person statement answer; Int received_at; }
    outbox of person { Text id person kind recipient language state; Int attempts next_at created_at sent_at; Text trouble; }
    tokens of person { Text hash person mail; Int mailed_at expires_at used_at; }
    audit of person { Text id; Int at; Text event person; }
}

impl Table {
    fn names(&self) -> String {
        self.columns.iter().map(|column| column.name()).collect::<Vec<_>>().join(", ")
    }

    fn key(&self) -> &'static str {
        self.columns.first().map_or("", |column| column.name())
    }

    /// Return the statement that selects a person's rows. It is put together from the names above and nothing else.
    pub(in crate::service) fn select_of_person(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(format!(
            "SELECT {} FROM {} WHERE {} = $1 ORDER BY {}",
            self.names(),
            self.name,
            self.person.unwrap_or("''"),
            self.key()
        ))
    }

    fn select_after(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(format!("SELECT {} FROM {} WHERE {} > $1 ORDER BY {} LIMIT 500", self.names(), self.name, self.key(), self.key()))
    }

    fn select_one(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(format!("SELECT {} FROM {} WHERE {} = $1", self.names(), self.name, self.key()))
    }

    fn values(&self, row: &Row) -> Result<Vec<Value>, sqlx::Error> {
        self.columns.iter().map(|column| column.value(row)).collect()
    }

    fn insert(&self) -> AssertSqlSafe<String> {
        let places = (1..=self.columns.len()).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ");
        AssertSqlSafe(format!("INSERT INTO {} ({}) VALUES ({places})", self.name, self.names()))
    }
}

/// Why a store was not copied.
#[derive(Debug)]
pub(in crate::service) enum CopyFault {
    /// The other one holds something already.
    NotEmpty,
    /// What was written is not what is read back.
    Differs,
    /// A database refused.
    Store(sqlx::Error),
}

impl From<sqlx::Error> for CopyFault {
    fn from(fault: sqlx::Error) -> CopyFault {
        CopyFault::Store(fault)
    }
}

/// Copy everything into an empty store and compare it, in one transaction on each side; return how many rows there were.
pub(in crate::service) async fn copy(from: &Store, to: &Store) -> Result<u64, CopyFault> {
    // The writer's lock on the source keeps SQLite still meanwhile; on PostgreSQL the service must be stopped.
    let (mut source, mut target) = (from.write().await?, to.write().await?);
    let mut copied = 0;
    for table in TABLES {
        if !target.rows(table.select_after(), values![""]).await?.is_empty() {
            return Err(CopyFault::NotEmpty);
        }
        copied += copy_table(table, &mut source, &mut target).await?;
    }
    target.commit().await?;
    Ok(copied)
}

async fn copy_table(table: &Table, source: &mut Tx, target: &mut Tx) -> Result<u64, CopyFault> {
    let (mut after, mut copied) = (String::new(), 0);
    loop {
        let (rows, next) = page(table, source, &after).await?;
        for row in &rows {
            copied += target.run(table.insert(), row).await?;
        }
        // Read back before it is committed: types, characters and NULLs must all have survived.
        for row in &rows {
            let Some(Value::Text(Some(key))) = row.first() else { return Err(CopyFault::Differs) };
            let written = target.row(table.select_one(), values![key]).await?.ok_or(CopyFault::Differs)?;
            if table.values(&written)? != *row {
                return Err(CopyFault::Differs);
            }
        }
        match next {
            Some(next) => after = next,
            None => return Ok(copied),
        }
    }
}

/// Read the rows after a key, and the key to go on from.
async fn page(table: &Table, source: &mut Tx, after: &str) -> Result<(Vec<Vec<Value>>, Option<String>), sqlx::Error> {
    let rows = source.rows(table.select_after(), values![after]).await?;
    let next = rows.last().map(|row| row.get(table.key())).transpose()?;
    Ok((rows.iter().map(|row| table.values(row)).collect::<Result<_, _>>()?, next))
}
