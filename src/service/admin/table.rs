//! What the operator's commands found, as tables in the operator's language. With `--json` the same is printed as it is.

use serde_json::Value;

use crate::locale::{Lang, Text};
use crate::protocol::authentication_id::groups;
use crate::registration::FIELDS;
use crate::service::mail::Kind;
use crate::service::mail::text::subject;
use crate::text::cells;
use crate::time::{minute_in_japan, rfc3339};

/// Between two columns.
const GAP: usize = 2;

/// Return people as `find` finds them.
pub(super) fn found(lang: Lang, people: &[Value]) -> Vec<String> {
    if people.is_empty() {
        return vec![lang.text(Text::UsersNobody).to_owned()];
    }
    let heads = [Text::DoneId, Text::UsersName, Text::UsersMail, Text::UsersRegistered];
    let rows = people.iter().map(|person| {
        vec![
            id(text(person, "authentication_id")),
            text(person, "name").to_owned(),
            text(person, "email").to_owned(),
            time(person, "registered_at"),
        ]
    });
    table(lang, &heads, rows.collect())
}

/// Return what `show` shows of a person: what is registered, then mails and cards.
pub(super) fn person(lang: Lang, all: &Value) -> Vec<String> {
    let person = first(all, "people");
    let none = || lang.text(Text::UsersNone).to_owned();
    let or_none = |value: String| if value.is_empty() { none() } else { value };
    let mut rows = vec![
        (lang.text(Text::DoneId), id(text(person, "authentication_id"))),
        (lang.text(Text::UsersRegistered), time(person, "registered_at")),
        (lang.text(Text::UsersPassword), or_none(time(person, "password_set_at"))),
    ];
    let members = FIELDS.iter().filter(|row| row.is_member());
    rows.extend(members.map(|row| (lang.field(row.id), lang.value(row.id, text(person, row.key)))));
    let wide = rows.iter().map(|(label, _)| cells(label)).max().unwrap_or_default() + GAP;
    let mut lines: Vec<String> = rows.iter().map(|(label, value)| padded(label, wide) + value).collect();
    let mails = list(all, "outbox").iter().map(|mail| {
        let state = match text(mail, "state") {
            "queued" => lang.text(Text::UsersQueued).to_owned(),
            "sent" => time(mail, "sent_at"),
            other => other.to_owned(),
        };
        vec![
            time(mail, "created_at"),
            kind(lang, text(mail, "kind")).to_owned(),
            text(mail, "recipient").to_owned(),
            state,
            text(mail, "trouble").to_owned(),
        ]
    });
    lines.push(String::new());
    lines.extend(table(lang, &[Text::UsersMailed, Text::UsersKind, Text::UsersMail, Text::UsersSent, Text::UsersTrouble], mails.collect()));
    let cards = list(all, "cards").iter().map(|card| {
        let purpose = if text(card, "purpose") == "signing" { Text::PinKindSigning } else { Text::PinKindAuthentication };
        vec![lang.text(purpose).to_owned(), time(card, "valid_until"), time(card, "linked_at"), time(card, "replaced_at")]
    });
    lines.push(String::new());
    lines.extend(table(lang, &[Text::UsersCard, Text::UsersValid, Text::UsersLinked, Text::UsersReplaced], cards.collect()));
    lines
}

/// Return the head of the audit trail, and how wide its columns are: its lines are printed as they come.
pub(super) fn trail_head(lang: Lang) -> String {
    let heads = [Text::UsersAt, Text::UsersEvent, Text::UsersMeans, Text::UsersOperator, Text::DoneId].map(|head| lang.text(head));
    columns(&heads, &TRAIL)
}

/// Return a line of the audit trail.
pub(super) fn trail(lang: Lang, entry: &Value) -> String {
    let (event, means) = (event(lang, text(entry, "event")), means(lang, text(entry, "by")));
    columns(&[&time(entry, "at"), event, means, text(entry, "operator"), &id(text(entry, "person"))], &TRAIL)
}

/// Cells of the columns of the trail, but for the last.
const TRAIL: [usize; 4] = [16, 36, 24, 12];

/// Return the word for an event of the trail; a new one stands as it is.
fn event(lang: Lang, word: &str) -> &str {
    let text = match word {
        "registered" => Text::EventRegistered,
        "password_set" => Text::EventPasswordSet,
        "login" => Text::EventLogin,
        "login_refused" => Text::EventLoginRefused,
        "resend" => Text::EventResend,
        "remind" => Text::EventRemind,
        "address" => Text::EventAddress,
        "link" => Text::EventLink,
        "card_linked" => Text::EventCardLinked,
        "undo" => Text::EventUndo,
        "withdraw" => Text::EventWithdraw,
        "unused_deleted" => Text::EventUnusedDeleted,
        "operator_find" => Text::EventFind,
        "operator_show" => Text::EventShow,
        "operator_resend" => Text::EventOperatorResend,
        "operator_link" => Text::EventOperatorLink,
        "operator_export" => Text::EventExport,
        "operator_log_out" => Text::EventLogOut,
        "operator_delete" => Text::EventDelete,
        "operator_audit" => Text::EventAudit,
        "operator_backup" => Text::EventBackup,
        "operator_copy" => Text::EventCopy,
        other => return other,
    };
    lang.text(text)
}

/// Return the word for a means of the trail.
fn means(lang: Lang, word: &str) -> &str {
    let text = match word {
        "signing_key" => Text::PinKindSigning,
        "authentication_key" => Text::PinKindAuthentication,
        "mail_link" => Text::MeansLink,
        "password" => Text::MeansPassword,
        "operator" => Text::UsersOperator,
        "retention" => Text::MeansRetention,
        other => return other,
    };
    lang.text(text)
}

/// Return what a mail is about: its subject.
fn kind(lang: Lang, word: &str) -> &str {
    Kind::from_word(word).map_or(word, |kind| subject(kind, lang))
}

fn list<'a>(all: &'a Value, name: &str) -> &'a [Value] {
    all.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn first<'a>(all: &'a Value, name: &str) -> &'a Value {
    list(all, name).first().unwrap_or(&Value::Null)
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Return a time as a clock in Japan shows it.
fn time(row: &Value, name: &str) -> String {
    rfc3339::parse(text(row, name)).and_then(minute_in_japan).unwrap_or_default()
}

fn id(id: &str) -> String {
    if id.is_empty() { String::new() } else { groups(id) }
}

fn table(lang: Lang, heads: &[Text], rows: Vec<Vec<String>>) -> Vec<String> {
    let heads: Vec<String> = heads.iter().map(|head| lang.text(*head).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(heads).chain(rows).collect();
    let columns_of = rows.iter().map(Vec::len).max().unwrap_or_default();
    let wide = (0..columns_of).map(|place| rows.iter().filter_map(|row| row.get(place)).map(|cell| cells(cell)).max().unwrap_or_default());
    let wide: Vec<usize> = wide.collect();
    rows.iter().map(|row| columns(&row.iter().map(String::as_str).collect::<Vec<_>>(), &wide)).collect()
}

fn columns(cells: &[&str], wide: &[usize]) -> String {
    let wide = wide.iter().map(|wide| wide + GAP).chain(std::iter::repeat(0));
    cells.iter().zip(wide).map(|(cell, wide)| padded(cell, wide)).collect::<String>().trim_end().to_owned()
}

fn padded(text: &str, wide: usize) -> String {
    format!("{text}{}", " ".repeat(wide.saturating_sub(cells(text))))
}
