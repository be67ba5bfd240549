//! The page about a linked card: it confirms a linking that waits, or undoes one that is done, whichever its mail was for.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use maud::html;

use super::{Reader, both, gone, page};
use crate::locale::{Lang, PageText as Text};
use crate::service::error::ApiResult;
use crate::service::linking;
use crate::service::state::{AppState, Profile};
use crate::service::store::audit::Means;

/// What the page does, and its texts.
struct Deed {
    title: Text,
    paragraphs: [Text; 2],
    send: Text,
    done_title: Text,
    done: [Text; 2],
}

const CONFIRM: Deed = Deed {
    title: Text::ConfirmTitle,
    paragraphs: [Text::ConfirmLead, Text::ConfirmNot],
    send: Text::ConfirmSend,
    done_title: Text::ConfirmedTitle,
    done: [Text::Confirmed, Text::ConfirmedMail],
};

const UNDO: Deed = Deed {
    title: Text::UndoTitle,
    paragraphs: [Text::UndoLead, Text::UndoNot],
    send: Text::UndoSend,
    done_title: Text::UndoneTitle,
    done: [Text::Undone, Text::UndoneMail],
};

/// Show what the link does, or that it is invalid. Changes nothing.
pub(in crate::service) async fn show(
    State(state): State<Arc<AppState>>,
    Path(token): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> ApiResult {
    let reader = Reader::of(&uri, &headers);
    let mut tx = state.store.read().await?;
    let Some(linking) = tx.linking_of_token(&token, state.now()).await? else { return Ok(gone(&state.profile, &reader)) };
    let Some(person) = tx.person(&linking.person).await? else { return Ok(gone(&state.profile, &reader)) };
    let deed = if linking.is_linked { &UNDO } else { &CONFIRM };
    Ok(question(&state.profile, reader.of_person(&person), deed))
}

/// Do what the link is for, and use it up.
pub(in crate::service) async fn submit(
    State(state): State<Arc<AppState>>,
    Path(token): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> ApiResult {
    let reader = Reader::of(&uri, &headers);
    let now = state.now();
    let mut tx = state.store.write().await?;
    let Some(linking) = tx.linking_of_token(&token, now).await? else { return Ok(gone(&state.profile, &reader)) };
    let Some(person) = tx.person(&linking.person).await? else { return Ok(gone(&state.profile, &reader)) };
    let (deed, done) = if linking.is_linked {
        let undone = linking::undo(&mut tx, &linking, now).await?;
        tx.audit("undo", Means::Link, Some(&linking.person), now).await?;
        (&UNDO, undone)
    } else {
        (&CONFIRM, linking::switch(&mut tx, &linking, Means::Link, now).await?)
    };
    if !done {
        return Ok(gone(&state.profile, &reader));
    }
    tx.commit().await?;
    state.wake_outbox();
    Ok(answer(&state.profile, reader.of_person(&person), deed))
}

fn question(profile: &Profile, lang: Lang, deed: &Deed) -> Response {
    let content = html! {
        .sheet {
            h1 { (both(lang, deed.title)) }
            @for paragraph in deed.paragraphs { p { (both(lang, paragraph)) } }
            form method="post" { button type="submit" { (both(lang, deed.send)) } }
            p.after { (both(lang, Text::CardOpening)) }
        }
    };
    page(profile, lang, StatusCode::OK, lang.page(deed.title), &content)
}

fn answer(profile: &Profile, lang: Lang, deed: &Deed) -> Response {
    let content = html! {
        .sheet.done {
            h1 { (both(lang, deed.done_title)) }
            @for paragraph in deed.done { p { (both(lang, paragraph)) } }
            p { (both(lang, Text::Close)) }
        }
    };
    page(profile, lang, StatusCode::OK, lang.page(deed.done_title), &content)
}
