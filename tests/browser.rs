//! The password page in a real Chromium: what a person sees, types and hears, and what a mail scanner cannot spoil.
#![cfg(feature = "service")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[allow(dead_code)] // It is shared: not every test needs all of it.
#[path = "common/bench.rs"]
mod bench;
#[path = "browser/driver.rs"]
mod driver;

use std::path::PathBuf;

use bench::{Bench, anne, token_of};
use driver::{Browser, ENTER, Script, TAB};
use reqwest::StatusCode;
use serde_json::json;
use zairyu::card::Purpose;
use zairyu::service::{Options, Peers, Running, start};

const GOOD: &str = "nine blue kites over Naha";
const OTHER: &str = "seven slow trains to Sapporo";

/// A service, and the page for somebody who has just registered there.
struct Scene {
    bench: Bench,
    page: String,
}

/// Register somebody who reads this language.
async fn registered(language: &str) -> Scene {
    let bench = Bench::start(None);
    let session = bench.session().await;
    let nonce = bench.prove(&session, anne()).await;
    let mut payload = bench.registration(&nonce, &session["terms"]);
    payload["language"] = json!(language);
    let statement = anne().statement(Purpose::Signing, "registration", &payload);
    let answer = bench.send("/v1/registrations", payload["jti"].as_str(), statement).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let page = format!("{}/password/{}", bench.url, token_of(&bench.wait_for_mails(1).await[0]));
    Scene { bench, page }
}

/// Type both fields and send them.
async fn send(browser: &Browser, password: &str, again: &str) {
    let from = browser.shown().await;
    browser.type_into("#password", password).await;
    browser.type_into("#again", again).await;
    browser.click("button").await;
    browser.turned(&from).await;
}

#[tokio::test]
async fn a_page_that_scanners_have_opened_in_every_way_still_sets_the_password() {
    let Scene { bench, page } = registered("en").await;
    for _ in 0..2 {
        assert_eq!(bench.client.head(&page).send().await.unwrap().status(), StatusCode::OK);
        for (name, value) in [("purpose", "prefetch"), ("sec-purpose", "prefetch;prerender"), ("user-agent", "mail scanner")] {
            assert_eq!(bench.client.get(&page).header(name, value).send().await.unwrap().status(), StatusCode::OK);
        }
    }
    // A scanner that presses the button of what it sees sends an empty form.
    assert_eq!(bench.type_password(&page, "", "").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let browser = Browser::start(Script::Allowed).await;
    browser.open(&page).await;
    browser.new_window().await;
    browser.open(&page).await;
    send(&browser, GOOD, GOOD).await;
    assert!(browser.text("h1").await.contains("Your password is set"));
    assert!(browser.text("ol").await.contains("authentication ID"));
    bench.wait_for_mails(2).await;
}

#[tokio::test]
async fn the_headers_forbid_script_frames_copies_and_referrers() {
    let Scene { bench, page } = registered("ja").await;
    for url in [page.clone(), format!("{page}x"), format!("{}/password/", bench.url), format!("{}/password/%FF", bench.url)] {
        let answer = bench.client.get(&url).send().await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.ends_with("; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.status(), if url == page { StatusCode::OK } else { StatusCode::GONE });
        let body = answer.text().await.unwrap();
        assert!(!body.contains("<script") && !body.contains("src=") && !body.contains("url("), "{body}");
    }
}

/// What is typed twice (or once and then something else), and what the page then says in Japanese and in English.
const REFUSED: [(&str, &str, &str, &str); 9] = [
    ("", "", "パスワードを入力してください", "Type a password"),
    ("kumquat", "kumquat", "今は7文字です", "now there are 7"),
    (
        "かきくけこさしすかきくけこさしすかきくけこさしすかきくけこさしすかきくけこさしすかきくけこさしすかきくけこさしすかきくけこさしすな",
        "=",
        "今は1文字多いです",
        "1 too many",
    ),
    (GOOD, OTHER, "上のパスワードと違います", "not the same"),
    ("montgomery likes rice", "=", "氏名を入れないで", "Your name is in the password"),
    ("call foo..bar.@docomo.ne.jp", "=", "メールアドレスを入れないで", "Your mail address is in"),
    ("p@ssw0rd", "=", "よく使われるものに似て", "many people use"),
    ("xqxqxqxqxq", "=", "繰り返し", "repeats"),
    ("poiuytre", "=", "キーボードの並び", "rows of the keyboard"),
];

async fn each_refusal_is_said(language: &str) {
    let Scene { bench, page } = registered(language).await;
    let browser = Browser::start(Script::Allowed).await;
    browser.open(&page).await;
    for (password, again, japanese, english) in REFUSED {
        let again = if again == "=" { password } else { again };
        send(&browser, password, again).await;
        let expected = if language == "ja" { japanese } else { english };
        let field = if again == OTHER { "again" } else { "password" };
        let said = browser.text("#mend").await;
        assert!(said.contains(expected) && said.contains('＊'), "{said}");
        assert!(language == "ja" || said.contains(japanese), "Japanese stands beside: {said}");
        assert!(browser.text(&format!("#{field}-why")).await.contains(expected));
        browser.focused("mend").await;
        assert!(browser.title().await.starts_with(if language == "ja" { "＊直してください" } else { "Please mend" }));
        assert_eq!(browser.attribute(&format!("#{field}"), "aria-invalid").await.as_deref(), Some("true"));
        let described = browser.attribute(&format!("#{field}"), "aria-describedby").await.unwrap();
        for id in described.split(' ') {
            assert_eq!(browser.count(&format!("[id='{id}']")).await, 1);
        }
        assert!(described.contains(&format!("{field}-why")));
        assert_eq!(browser.count("[aria-invalid]").await, 1);
        let source = browser.source().await;
        assert!(password.is_empty() || !source.contains(password), "what was typed came back");
        assert!(!source.contains(OTHER) && !source.contains("MONTGOMERY") && !source.contains("docomo"));
        assert_eq!(browser.run("return document.querySelector('#password').value + document.querySelector('#again').value").await, "");
        browser.click("#mend a").await;
        browser.focused(field).await;
    }
    send(&browser, GOOD, GOOD).await;
    assert_eq!(browser.count("form").await, 0);
    bench.wait_for_mails(2).await;
}

#[tokio::test]
async fn each_refusal_has_its_words_and_nothing_typed_comes_back_in_japanese() {
    each_refusal_is_said("ja").await;
}

#[tokio::test]
async fn each_refusal_has_its_words_and_nothing_typed_comes_back_in_english() {
    each_refusal_is_said("en").await;
}

#[tokio::test]
async fn unknown_used_replaced_and_expired_links_look_alike_and_offer_the_way_on() {
    let used = registered("en").await;
    let browser = Browser::start(Script::Allowed).await;
    browser.open(&used.page).await;
    send(&browser, GOOD, GOOD).await;
    browser.open(&used.page).await;
    let gone = browser.source().await;
    assert!(gone.contains("My Number Card") && gone.contains("マイナンバーカード"), "{gone}");
    let expired = registered("ja").await;
    let resent = expired.bench.ask(anne(), Purpose::Authentication, ("resend", "/v1/mail/resend"), json!({})).await;
    assert_eq!(resent.status(), StatusCode::OK);
    let newer = format!("{}/password/{}", expired.bench.url, token_of(&expired.bench.wait_for_mails(2).await[1]));
    browser.open(&newer).await;
    assert_eq!(browser.count("form").await, 1);
    expired.bench.later(24 * 3600);
    for url in [&expired.page, &newer, &format!("{}/password/neverexisted", expired.bench.url), &format!("{}/password/", used.bench.url)] {
        browser.open(url).await;
        assert_eq!(browser.source().await, gone, "{url}");
    }
}

#[tokio::test]
async fn of_fifty_forms_sent_at_once_from_fifty_places_one_succeeds() {
    let Scene { mut bench, page } = registered("en").await;
    bench.stop();
    // Behind a proxy, so that each comes from an address of its own and none is stopped by the limit.
    let running: Running = start(Options { peers: Peers::BehindProxy, ..bench.options() }).unwrap();
    let page = page.replace(&bench.url, &format!("http://{}", running.address()));
    let sent: Vec<_> = (0..50)
        .map(|number| {
            let request = bench
                .client
                .post(&page)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("x-forwarded-for", format!("192.0.2.{number}"))
                .body(format!("password=nine+blue+kites+number+{number}&again=nine+blue+kites+number+{number}"));
            tokio::spawn(request.send())
        })
        .collect();
    let mut statuses = Vec::new();
    for answer in sent {
        statuses.push(answer.await.unwrap().unwrap().status().as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(statuses[1..].iter().all(|status| *status == 410), "{statuses:?}");
    bench.wait_for_mails(2).await;
    running.stop();
}

#[tokio::test]
async fn everything_works_without_javascript() {
    let Scene { bench, page } = registered("ja").await;
    let browser = Browser::start(Script::Off).await;
    browser.open("data:text/html,<p id=p>off</p><script>document.getElementById('p').textContent='on'</script>").await;
    assert_eq!(browser.text("#p").await, "off", "script runs: this would prove nothing");
    browser.open(&page).await;
    send(&browser, "password", "password").await;
    assert!(browser.text("#mend").await.contains("よく使われる"));
    send(&browser, GOOD, GOOD).await;
    assert!(browser.text("h1").await.contains("パスワード登録完了"));
    bench.wait_for_mails(2).await;
}

#[tokio::test]
async fn the_keyboard_alone_is_enough() {
    let Scene { bench, page } = registered("en").await;
    let browser = Browser::start(Script::Allowed).await;
    browser.open(&page).await;
    let mut order = Vec::new();
    for _ in 0..5 {
        browser.press(TAB).await;
        order.push(browser.focus().await);
    }
    assert_eq!(order, ["日本語", "English", "password", "again", "Set the password 登録"]);
    browser.open(&page).await;
    browser.press(&TAB.repeat(3)).await;
    browser.press("password").await;
    let from = browser.shown().await;
    browser.press(ENTER).await;
    browser.turned(&from).await;
    browser.focused("mend").await;
    browser.press(TAB).await;
    browser.press(ENTER).await;
    browser.focused("again").await;
    browser.open(&page).await;
    browser.press(&TAB.repeat(3)).await;
    browser.press(&format!("{GOOD}{TAB}{GOOD}{TAB}")).await;
    let from = browser.shown().await;
    browser.press(ENTER).await;
    browser.turned(&from).await;
    assert!(browser.text("h1").await.contains("Your password is set"));
    bench.wait_for_mails(2).await;
}

#[tokio::test]
async fn a_reader_may_change_the_language_and_each_part_says_in_which_it_is() {
    let Scene { bench: _bench, page } = registered("ja").await;
    let browser = Browser::start(Script::Allowed).await;
    browser.open(&page).await;
    assert_eq!(browser.attribute("html", "lang").await.as_deref(), Some("ja"));
    assert_eq!(browser.spoken("#password").await, "パスワード");
    let from = browser.shown().await;
    browser.click("nav a[lang=en]").await;
    browser.turned(&from).await;
    assert_eq!(browser.attribute("html", "lang").await.as_deref(), Some("en"));
    assert_eq!(browser.spoken("#again").await, "The same password again パスワード（確認）");
    assert_eq!(browser.attribute("label[for=password] .beside", "lang").await.as_deref(), Some("ja"));
    send(&browser, "qwertyuiop", "qwertyuiop").await;
    assert!(browser.text("#mend").await.contains("many people use"), "the choice was lost with the form");
    assert_eq!(browser.attribute("#password", "autocomplete").await.as_deref(), Some("new-password"));
}

/// Look at the page as it stands: no barriers, light and dark, wide and narrow, and nothing to scroll sideways (WCAG 2.2, 1.4.10).
async fn look_at(browser: &Browser, state: &str, language: &str) {
    for (width, scheme) in [(1000, "light"), (1000, "dark"), (320, "light"), (320, "dark")] {
        browser.look(width, scheme).await;
        assert_eq!(browser.barriers().await, "", "{state} in {language}, {width} wide, {scheme}");
        let wide = browser.run("return document.documentElement.scrollWidth").await.as_u64().unwrap();
        assert!(wide <= u64::from(width), "{state} in {language} is {wide} wide on {width}");
        let worth_a_picture = matches!((state, width, scheme), ("page" | "home", 1000, "light") | ("refused", 1000, "dark"));
        if let Some(folder) = std::env::var_os("ZAIRYU_PICTURES").filter(|_| worth_a_picture) {
            browser.picture(&PathBuf::from(folder).join(format!("password-{state}-{language}.png"))).await;
        }
    }
}

async fn no_state_has_a_barrier(language: &str) {
    let Scene { bench, page } = registered(language).await;
    let browser = Browser::start(Script::Allowed).await;
    browser.open(&page).await;
    look_at(&browser, "page", language).await;
    send(&browser, "password", "password").await;
    look_at(&browser, "refused", language).await;
    send(&browser, GOOD, OTHER).await;
    look_at(&browser, "differs", language).await;
    send(&browser, GOOD, GOOD).await;
    look_at(&browser, "done", language).await;
    browser.open(&format!("{page}?lang={language}")).await;
    look_at(&browser, "gone", language).await;
    browser.open(&format!("{}/?lang={language}", bench.url)).await;
    look_at(&browser, "home", language).await;
    // Whoever sends too much sees a page too.
    let elsewhere = format!("{}/password/neverexisted?lang={language}", bench.url);
    for _ in 0..20 {
        bench.type_password(&elsewhere, GOOD, GOOD).await;
    }
    let busy = bench.type_password(&elsewhere, GOOD, GOOD).await;
    assert_eq!((busy.status(), busy.headers()["retry-after"].to_str().unwrap()), (StatusCode::TOO_MANY_REQUESTS, "6"));
    let body = busy.text().await.unwrap();
    assert!(body.contains(if language == "ja" { "6秒待って" } else { "Wait 6 seconds" }), "{body}");
}

#[tokio::test]
async fn no_state_of_the_page_has_a_barrier_in_japanese() {
    no_state_has_a_barrier("ja").await;
}

#[tokio::test]
async fn no_state_of_the_page_has_a_barrier_in_english() {
    no_state_has_a_barrier("en").await;
}
