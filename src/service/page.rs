//! The pages that mailed links lead to: server-rendered HTML without scripts or external resources; maud escapes every value. The texts are
//! in `locale`. Here is the password page; `card` is about linked cards.
//!
//! Opening a page changes nothing, because mail scanners open links; only submitting the form does.

use std::sync::{Arc, LazyLock};

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use base64ct::{Base64, Encoding};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::locale::{Fill, Lang, PageText as Text};
use crate::protocol::session::{PASSWORD_SIGNS, PasswordRules};
use crate::service::error::ApiResult;
use crate::service::handlers::passwords::{self, PasswordChange};
use crate::service::mail::Mailer;
use crate::service::mail::text::Worth;
use crate::service::password::{Habit, Weakness};
use crate::service::state::{AppState, Profile};
use crate::service::store::people::Person;

/// The page about a linked card.
pub(super) mod card;
/// The page for whoever opens the service's address.
pub(super) mod home;

/// Prefixes of the paths of pages.
const PASSWORD_ROOT: &str = "/password/";
const CARD_ROOT: &str = "/card/";

/// Return whether a page is at this path.
pub(super) fn is_page(path: &str) -> bool {
    is_password_page(path) || path.starts_with(CARD_ROOT)
}

/// Return whether the password page is at this path.
pub(super) fn is_password_page(path: &str) -> bool {
    path.starts_with(PASSWORD_ROOT)
}

/// Media type of the page, as axum's `Html` writes it.
pub(super) const MEDIA: &str = "text/html; charset=utf-8";

const STYLE: &str = include_str!("page/style.css");

/// Return the content security policy of every response: nothing may be loaded, run or framed, forms submit only to this origin, and the
/// inline style is allowed by its hash (CSP Level 3, section 8.3).
pub(super) fn policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let style = Base64::encode_string(&Sha256::digest(STYLE));
        format!("default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
    });
    &POLICY
}

/// The language of the reader, from `?lang=` or `Accept-Language`.
pub(super) struct Reader {
    asked: Option<Lang>,
    accepted: Lang,
    /// Whether the link is about a card.
    card: bool,
}

impl Reader {
    /// Read the language from a request.
    pub(super) fn of(uri: &Uri, headers: &HeaderMap) -> Reader {
        let asked = uri.query().unwrap_or_default().split('&').find_map(|pair| Lang::from_tag(pair.strip_prefix("lang=")?));
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let accepted = wanted.split(',').find_map(|entry| Lang::from_tag(entry.split(';').next()?.trim()));
        // No known language is accepted: English, with Japanese beside it.
        Reader { asked, accepted: accepted.unwrap_or(Lang::En), card: uri.path().starts_with(CARD_ROOT) }
    }

    /// Return the language for a person identified by the link.
    fn of_person(&self, person: &Person) -> Lang {
        self.asked.or_else(|| Lang::from_tag(&person.language)).unwrap_or(self.accepted)
    }

    /// Return the language while the person is unknown.
    fn of_anybody(&self) -> Lang {
        self.asked.unwrap_or(self.accepted)
    }
}

/// The submitted form. A missing field counts as empty.
#[derive(Default, serde::Deserialize, schemars::JsonSchema)]
#[schemars(rename = "PasswordTyped")]
#[serde(default)]
pub(super) struct PasswordForm {
    /// The password.
    password: String,
    /// The password repeated.
    again: String,
}

/// Why the form is shown again.
enum FormError {
    /// The password is empty.
    Missing,
    /// The request body exceeds its limit; more than this many characters.
    FarTooLong(usize),
    /// The two fields differ.
    Differs,
    /// The password is rejected.
    Weak(Weakness),
}

/// Show the form, or that the link is invalid. Changes nothing.
pub(super) async fn show(State(state): State<Arc<AppState>>, Path(token): Path<String>, uri: Uri, headers: HeaderMap) -> ApiResult {
    form_for(&state, &token, &Reader::of(&uri, &headers), None).await
}

/// Process the submitted form.
pub(super) async fn submit(
    State(state): State<Arc<AppState>>,
    Path(token): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    submitted: Result<Form<PasswordForm>, FormRejection>,
) -> ApiResult {
    let reader = Reader::of(&uri, &headers);
    let (password, again) = match submitted {
        Ok(Form(PasswordForm { password, again })) => (Zeroizing::new(password), Zeroizing::new(again)),
        // Something very long was pasted.
        Err(refused) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return form_for(&state, &token, &reader, Some(FormError::FarTooLong(state.profile.password_rules.longest))).await;
        }
        Err(refused) => return Ok(refused.into_response()),
    };
    if password.is_empty() {
        return form_for(&state, &token, &reader, Some(FormError::Missing)).await;
    }
    if password != again {
        return form_for(&state, &token, &reader, Some(FormError::Differs)).await;
    }
    Ok(match passwords::set_password(&state, &token, &password).await? {
        PasswordChange::Set(person) => done(&state.profile, &state.mailer, reader.of_person(&person)),
        PasswordChange::Weak(person, weakness) => form(&state.profile, reader.of_person(&person), Some(&FormError::Weak(weakness))),
        PasswordChange::LinkExpired => gone(&state.profile, &reader),
    })
}

async fn form_for(state: &AppState, token: &str, reader: &Reader, error: Option<FormError>) -> ApiResult {
    Ok(match state.store.read().await?.holder_of_token(token, state.now()).await? {
        Some(person) => form(&state.profile, reader.of_person(&person), error.as_ref()),
        None => gone(&state.profile, reader),
    })
}

/// Convert an error response to a page for a browser. A malformed link looks like a used one.
pub(super) fn error_page(profile: &Profile, reader: &Reader, error: &Response) -> Response {
    let seconds = error.headers().get(header::RETRY_AFTER);
    let waiting = seconds.and_then(|value| value.to_str().ok()).unwrap_or("60");
    let mut page = match error.status() {
        status @ StatusCode::TOO_MANY_REQUESTS => wait(profile, reader.of_anybody(), status, Text::BusyTitle, Text::Busy, waiting),
        status if status.is_server_error() => wait(profile, reader.of_anybody(), status, Text::RestTitle, Text::Rest, waiting),
        _ => gone(profile, reader),
    };
    if let Some(seconds) = seconds {
        page.headers_mut().insert(header::RETRY_AFTER, seconds.clone());
    }
    page
}

/// Render a text in the reader's language, with Japanese beside it.
fn both(lang: Lang, which: Text) -> Markup {
    beside(lang, |lang| lang.page(which))
}

/// Like `both`, with values filled in.
fn filled<const N: usize>(lang: Lang, which: Fill<N>, values: &[&str; N]) -> Markup {
    beside(lang, |lang| lang.fill(which, values))
}

fn beside<T: maud::Render>(lang: Lang, say: impl Fn(Lang) -> T) -> Markup {
    html! {
        (say(lang))
        @if lang != Lang::Ja { " " span.beside lang="ja" { (say(Lang::Ja)) } }
    }
}

/// Render content in the common layout.
fn page(profile: &Profile, lang: Lang, status: StatusCode, title: &str, content: &Markup) -> Response {
    let worth = match profile.worth() {
        Worth::Real => None,
        Worth::Practice => Some(Text::Practice),
        Worth::TestCards => Some(Text::TestCards),
    };
    let page = html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " – " (profile.name) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p { (profile.name) }
                    nav aria-label=(lang.page(Text::Language)) { ul { @for other in Lang::ALL { li {
                        a href={ "?lang=" (other.tag()) } lang=(other.tag()) hreflang=(other.tag()) aria-current=[(*other == lang).then_some("true")] {
                            (other.name())
                        }
                    } } } }
                }
                main {
                    @if let Some(worth) = worth { p.worth { (both(lang, worth)) } }
                    (content)
                }
            }
        }
    };
    (status, Html(page.into_string())).into_response()
}

fn form(profile: &Profile, lang: Lang, error: Option<&FormError>) -> Response {
    let (status, title) = match error {
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{}{}", lang.page(Text::MendMark), lang.page(Text::Title))),
        None => (StatusCode::OK, lang.page(Text::Title).to_owned()),
    };
    let words = error.map(|error| message(lang, error));
    let [first, second] = match error {
        None => [None, None],
        Some(FormError::Differs) => [None, words.as_ref()],
        Some(_) => [words.as_ref(), None],
    };
    let PasswordRules { shortest, longest, mixed, days } = profile.password_rules;
    let [shortest, longest, advised] = [shortest, longest, PasswordRules::ADVISED.max(shortest)].map(|count| count.to_string());
    let composition: &[Text] = if mixed { &[Text::RuleTip, Text::RuleNot] } else { &[Text::RuleAny, Text::RuleTip, Text::RuleNot] };
    let content = html! {
        .sheet {
            @if let Some(words) = &words {
                // Takes the focus, so that a screen reader reads the errors first.
                .mend #mend role="alert" tabindex="-1" autofocus aria-labelledby="mend-title" {
                    h2 #mend-title { (both(lang, Text::Mend)) }
                    ul { li { a href={ "#" (if second.is_some() { "again" } else { "password" }) } { "＊" (words) } } }
                }
            }
            h1 { (both(lang, Text::Title)) }
            p { (both(lang, Text::Lead)) }
            // The fragment moves the focus back to the errors after submission, even if the reader has followed a link to a field.
            form method="post" action="#mend" novalidate {
                ul.rules #rules {
                    li { (filled(lang, Text::RuleLength, &[&shortest, &longest, &advised])) }
                    @if mixed { li { (filled(lang, Text::RuleMixed, &[PASSWORD_SIGNS])) } }
                    @for rule in composition { li { (both(lang, *rule)) } }
                    @if let Some(days) = days { li { (filled(lang, Text::RuleDays, &[&days.to_string()])) } }
                }
                (field(lang, "password", Text::Password, first, "rules"))
                (field(lang, "again", Text::Again, second, ""))
                button type="submit" { (both(lang, Text::Send)) }
            }
            p.after { (both(lang, Text::Opening)) }
        }
    };
    page(profile, lang, status, &title, &content)
}

/// Render a field of the form. Typed text is never sent back.
fn field(lang: Lang, name: &str, label: Text, wrong: Option<&Markup>, described: &str) -> Markup {
    let why = format!("{name}-why");
    let described: Vec<&str> = wrong.map(|_| why.as_str()).into_iter().chain((!described.is_empty()).then_some(described)).collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    html! {
        div.field.wrong[wrong.is_some()] {
            label for=(name) { (both(lang, label)) }
            @if let Some(words) = wrong { p.why id=(why) { "＊" (words) } }
            input id=(name) name=(name) type="password" autocomplete="new-password" autocapitalize="none" spellcheck="false" required
                aria-invalid=[wrong.map(|_| "true")] aria-describedby=[described];
        }
    }
}

/// Return the error message, with how to correct the error.
fn message(lang: Lang, error: &FormError) -> Markup {
    let which = match error {
        FormError::Missing => Text::Missing,
        FormError::Differs => Text::Differs,
        FormError::FarTooLong(longest) => return filled(lang, Text::FarTooLong, &[&longest.to_string()]),
        FormError::Weak(Weakness::TooShort { need, have }) => {
            return filled(lang, Text::TooShort, &[&need.to_string(), &have.to_string()]);
        }
        FormError::Weak(Weakness::TooLong { limit, over }) => {
            return filled(lang, Text::TooLong, &[&limit.to_string(), &over.to_string()]);
        }
        FormError::Weak(Weakness::NotMixed) => return filled(lang, Text::NotMixed, &[PASSWORD_SIGNS]),
        FormError::Weak(Weakness::HoldsId) => Text::HoldsId,
        FormError::Weak(Weakness::HoldsName) => Text::HoldsName,
        FormError::Weak(Weakness::HoldsAddress) => Text::HoldsAddress,
        FormError::Weak(Weakness::Guessable(habit)) => match habit {
            Habit::Common => Text::Common,
            Habit::OneWord => Text::OneWord,
            Habit::Keys => Text::Keys,
            Habit::Repeats => Text::Repeats,
            Habit::Sequence => Text::Sequence,
            Habit::Date => Text::Date,
        },
    };
    both(lang, which)
}

fn done(profile: &Profile, mailer: &Mailer, lang: Lang) -> Response {
    let mail = match mailer {
        Mailer::Folder(..) => Text::NextFile,
        Mailer::Server(..) => Text::NextMail,
    };
    let content = html! {
        .sheet.done {
            h1 { (both(lang, Text::DoneTitle)) }
            p { (both(lang, Text::Done)) }
            h2 { (both(lang, Text::Next)) }
            ol { @for step in [mail, Text::NextKeep, Text::NextLogin] { li { (both(lang, step)) } } }
            p { (both(lang, Text::Close)) }
            p.after { (both(lang, Text::NoMail)) }
        }
    };
    page(profile, lang, StatusCode::OK, lang.page(Text::DoneTitle), &content)
}

/// Render the page for an invalid link. Unknown, used, replaced and expired links look alike, and the page explains how to continue.
fn gone(profile: &Profile, reader: &Reader) -> Response {
    let lang = reader.of_anybody();
    let (why, ways) = if reader.card {
        (Text::CardGone, [Text::CardGoneDone, Text::CardHelp, Text::GoneCut])
    } else {
        (Text::Gone, [Text::GoneDone, Text::GoneAgain, Text::GoneCut])
    };
    let content = html! {
        .sheet.gone {
            h1 { (both(lang, Text::GoneTitle)) }
            p { (both(lang, why)) }
            h2 { (both(lang, Text::Next)) }
            ul { @for way in ways { li { (both(lang, way)) } } }
        }
    };
    page(profile, lang, StatusCode::GONE, lang.page(Text::GoneTitle), &content)
}

fn wait(profile: &Profile, lang: Lang, status: StatusCode, title: Text, why: Fill<1>, seconds: &str) -> Response {
    let content = html! {
        .sheet.gone {
            h1 { (both(lang, title)) }
            p { (filled(lang, why, &[seconds])) }
            p { (both(lang, Text::Reopen)) }
        }
    };
    page(profile, lang, status, lang.page(title), &content)
}
