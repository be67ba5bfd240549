//! The page for whoever opens the service's address in a browser: what is here, whose it is, and what it is not.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use maud::html;

use crate::locale::PageText as Text;
use crate::protocol::session::path;
use crate::service::Options;
use crate::service::page::{Reader, both, filled, page};
use crate::service::state::AppState;

/// Show the page. It uses no store.
pub(in crate::service) async fn show(State(state): State<Arc<AppState>>, uri: Uri, headers: HeaderMap) -> Response {
    let lang = Reader::of(&uri, &headers).of_anybody();
    let terms = format!("{}{}?lang={}", state.audience, path::TERMS, lang.tag());
    let content = html! {
        .sheet {
            h1 { (both(lang, Text::HomeTitle)) }
            p { (both(lang, Text::HomeWhat)) }
            // The program's own name, where none is set, says nothing of who runs it.
            @if state.profile.name != Options::NAME { p { (filled(lang, Text::HomeWhose, &[&state.profile.name])) } }
            p { strong { (both(lang, Text::HomeNot)) } }
            h2 { (both(lang, Text::HomeHow)) }
            p { code translate="no" { "zairyu --service " (state.audience) } }
            @if let Some(notice) = &state.profile.notice { p { (notice) } }
            p.after { a href=(terms) { (both(lang, Text::HomeTerms)) } }
        }
    };
    page(&state.profile, lang, StatusCode::OK, lang.page(Text::HomeTitle), &content)
}
