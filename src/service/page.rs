//! The password page: plain HTML from the server, no script, nothing loaded from elsewhere; every value is escaped by maud.
//! Opening it changes nothing, because mail scanners open links; only the submitted form does.

use std::sync::{Arc, LazyLock};

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64ct::{Base64, Encoding};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::locale::Lang;
use crate::service::answer::Answer;
use crate::service::desk::Desk;
use crate::service::mail::text::Worth;
use crate::service::password::{self, ADVISED, LONGEST, Outcome, SHORTEST, Weakness};

/// The only style; the policy names its hash, so no other is obeyed.
const STYLE: &str = "body{font:1.1rem/1.7 sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}label{display:block;margin-top:1rem}\
input{font:inherit;width:100%;padding:.4rem;box-sizing:border-box}button{font:inherit;margin-top:1.5rem;padding:.5rem 2rem}\
.trouble{border-left:.4rem solid #b00;padding-left:.8rem}.worth{border:2px dashed;padding:.5rem 1rem}";

/// Return the content security policy of every answer: nothing is loaded, run or framed, and forms go nowhere else.
pub(super) fn policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let style = Base64::encode_string(&Sha256::digest(STYLE.as_bytes()));
        format!("default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
    });
    &POLICY
}

/// What the form sends.
#[derive(serde::Deserialize)]
pub(super) struct Typed {
    password: String,
    again: String,
}

/// Show the form, or that the link no longer works.
pub(super) async fn show(State(desk): State<Arc<Desk>>, Path(token): Path<String>, headers: HeaderMap) -> Answer {
    match desk.store.read().await?.holder_of_token(&token, desk.now()).await? {
        Some(person) => Ok(form(&desk, lang_of(&person.language), None)),
        None => Ok(gone(&desk, accepted(&headers))),
    }
}

/// Take the form.
pub(super) async fn submit(
    State(desk): State<Arc<Desk>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Answer {
    if typed.password != typed.again {
        return match desk.store.read().await?.holder_of_token(&token, desk.now()).await? {
            Some(person) => Ok(form(&desk, lang_of(&person.language), Some(Weakness::Differs))),
            None => Ok(gone(&desk, accepted(&headers))),
        };
    }
    Ok(match password::set(&desk, &token, &typed.password).await? {
        Outcome::Set(person) => done(&desk, lang_of(&person.language)),
        Outcome::Weak(person, weakness) => form(&desk, lang_of(&person.language), Some(weakness)),
        Outcome::Gone => gone(&desk, accepted(&headers)),
    })
}

fn lang_of(tag: &str) -> Lang {
    Lang::from_tag(tag).unwrap_or(Lang::En)
}

/// Return the first language of Accept-Language that we have.
fn accepted(headers: &HeaderMap) -> Lang {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    wanted.split(',').find_map(|entry| Lang::from_tag(entry.split(';').next()?.trim())).unwrap_or(Lang::Ja)
}

/// A line in Japanese, with the other language below it.
fn both(lang: Lang, japanese: &str, english: &str) -> Markup {
    html! {
        span lang="ja" { (japanese) }
        @if lang != Lang::Ja { br; span lang="en" { (english) } }
    }
}

fn page(desk: &Desk, lang: Lang, status: StatusCode, title: (&str, &str), content: &Markup) -> Response {
    let worth = match desk.worth() {
        Worth::Real => None,
        Worth::Practice => Some(("これは練習です。本当の登録ではありません。", "This is practice. Nothing is really registered.")),
        Worth::TestCards => Some(("このサービスは試験用のカードを受け付けています。", "This service accepts test cards.")),
    };
    let page = html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title.0) " / " (title.1) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    @if let Some((japanese, english)) = worth { p.worth { (both(lang, japanese, english)) } }
                    h1 { (both(lang, title.0, title.1)) }
                    (content)
                    p { (desk.name) }
                }
            }
        }
    };
    (status, Html(page.into_string())).into_response()
}

fn form(desk: &Desk, lang: Lang, weakness: Option<Weakness>) -> Response {
    let status = if weakness.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let rules = (
        format!("{SHORTEST}文字から{LONGEST}文字まで。{ADVISED}文字以上をおすすめします。どの文字も使えます。貼り付けもできます。"),
        format!("{SHORTEST} to {LONGEST} characters; {ADVISED} or more are advised. Any character can be used. You may paste."),
    );
    let content = html! {
        @if let Some(weakness) = weakness {
            @let (japanese, english) = words(weakness);
            p.trouble #trouble role="alert" { "＊" (both(lang, japanese, english)) }
        }
        form method="post" {
            label for="password" { (both(lang, "パスワード", "Password")) }
            input #password name="password" type="password" autocomplete="new-password" required autofocus aria-describedby="rules";
            p #rules { (both(lang, &rules.0, &rules.1)) }
            label for="again" { (both(lang, "パスワード（確認）", "Password again")) }
            input #again name="again" type="password" autocomplete="new-password" required;
            button type="submit" { (both(lang, "登録", "Set the password")) }
        }
    };
    page(desk, lang, status, ("パスワード登録", "Set your password"), &content)
}

const fn words(weakness: Weakness) -> (&'static str, &'static str) {
    match weakness {
        Weakness::TooShort => ("パスワードが短すぎます。8文字以上にしてください。", "The password is too short. Use 8 characters or more."),
        Weakness::TooLong => {
            ("パスワードが長すぎます。64文字以下にしてください。", "The password is too long. Use 64 characters or fewer.")
        }
        Weakness::HoldsId => {
            ("パスワードに認証IDが入っています。別のものにしてください。", "The password holds your authentication ID. Choose another one.")
        }
        Weakness::HoldsName => {
            ("パスワードに氏名が入っています。別のものにしてください。", "The password holds your name. Choose another one.")
        }
        Weakness::HoldsAddress => (
            "パスワードにメールアドレスが入っています。別のものにしてください。",
            "The password holds your mail address. Choose another one.",
        ),
        Weakness::Common => (
            "よく使われるパスワードです。推測されにくいものにしてください。",
            "This password is easily guessed. Choose one that nobody would try.",
        ),
        Weakness::Differs => ("2つのパスワードが違います。もう一度入れてください。", "The two passwords differ. Type them again."),
    }
}

fn done(desk: &Desk, lang: Lang) -> Response {
    let content = html! {
        p { (both(lang, "認証IDをお知らせするメールを送ります。このページは閉じてください。",
                  "A mail with your authentication ID (認証ID) is on its way. You can close this page.")) }
    };
    page(desk, lang, StatusCode::OK, ("パスワード登録完了", "Your password is set"), &content)
}

/// Unknown, used, replaced and expired links look alike, and all show the way on.
fn gone(desk: &Desk, lang: Lang) -> Response {
    let content = html! {
        p { (both(lang, "リンクは24時間、1回だけ使えます。新しいメールを送ると、前のリンクは使えません。",
                  "A link works once, within 24 hours, and only the one in the newest mail.")) }
        p { (both(lang, "もうパスワードを登録したときは、認証IDのメールが届いています。",
                  "If you have set your password already, a mail with your authentication ID has been sent.")) }
        p { (both(lang, "まだのときは、zairyu を開き、マイナンバーカードでメールをもう一度送ってください。",
                  "If not, open zairyu and have the mail sent again with your My Number Card.")) }
    };
    page(desk, lang, StatusCode::GONE, ("このリンクは使えません", "This link does not work"), &content)
}
