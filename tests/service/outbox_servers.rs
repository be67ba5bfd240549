//! Real mail servers: every way to reach them, every way in which they misbehave, and what a mail looks like when it has arrived.

use mail_parser::{MessageParser, MimeHeaders};
use serde_json::json;
use zairyu::card::Purpose;
use zairyu::service::{MailSettings, Options, StartError, start};

use crate::GOOD;
use crate::bench::{Bench, anne, text_of, token_of};
use crate::outbox::{outbox, outbox_name, trouble};
use crate::post::{Exim, Post, Way};
use crate::until;

#[tokio::test]
async fn whatever_a_server_does_the_mail_waits_and_says_why_without_an_address() {
    let post = Post::start();
    let orders = [
        ("connect 421 4.3.2 <foo..bar.@docomo.ne.jp> resting", "421 4.3.2"),
        ("connect 554 go away", "554"),
        ("connect drop", "no connection"),
        ("mail 451 4.3.0 foo..bar.@docomo.ne.jp", "451 4.3.0"),
        ("mail drop", "broken off"),
        ("rcpt 421 4.7.0 too fast", "421 4.7.0"),
        ("rcpt 452 4.2.2 full", "452 4.2.2"),
        ("rcpt 550 foo..bar.@docomo.ne.jp", "550"),
        ("rcpt drop", "broken off"),
        ("data drop", "broken off"),
        ("end 451 4.7.1 later", "451 4.7.1"),
        ("end 552 5.3.4 too long", "552 5.3.4"),
        ("end garbage", "broken off"),
    ];
    post.orders(&orders.map(|(order, _)| order));
    let mut bench = Bench::with_mail(None, Some(post.settings()));
    let id = bench.register(anne()).await["authentication_id"].clone();
    for (attempt, (order, expected)) in (1..).zip(orders) {
        assert_eq!(trouble(&bench, &id, attempt).await, expected, "{order}");
        bench.later(4 * 3600);
        bench.restart();
    }
    post.wait_for(1).await;
    assert_eq!(post.count("fault"), 0);
}

#[tokio::test]
async fn a_mail_whose_receipt_is_lost_comes_twice_under_one_name_and_its_links_both_work() {
    let post = Post::start();
    post.orders(&["end drop"]);
    let mut bench = Bench::with_mail(None, Some(post.settings()));
    let id = bench.register(anne()).await["authentication_id"].clone();
    assert_eq!(trouble(&bench, &id, 1).await, "broken off");
    bench.later(60);
    bench.restart();
    let mails = post.wait_for(2).await;
    assert_eq!(outbox_name(&mails[0]), outbox_name(&mails[1]));
    for mail in &mails {
        let page = format!("{}/password/{}", bench.url, token_of(mail));
        assert_eq!(bench.client.get(&page).send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn a_server_that_never_says_goodbye_has_taken_the_mail_all_the_same() {
    let post = Post::start();
    post.orders(&["quit hang", "quit drop"]);
    let bench = Bench::with_mail(None, Some(post.settings()));
    let id = bench.register(anne()).await["authentication_id"].clone();
    until(async || outbox(&bench, &id).await[0]["state"] == "sent").await;
    bench.ask(anne(), Purpose::Authentication, ("remind", "/v1/id/remind"), json!({})).await;
    until(async || outbox(&bench, &id).await[1]["state"] == "sent").await;
    post.wait_for(2).await;
}

#[tokio::test]
async fn a_slow_server_is_waited_for() {
    let post = Post::start();
    post.orders(&["rcpt slow 2"]);
    let bench = Bench::with_mail(None, Some(post.settings()));
    let id = bench.register(anne()).await["authentication_id"].clone();
    post.wait_for(1).await;
    until(async || outbox(&bench, &id).await[0]["state"] == "sent").await;
}

#[tokio::test]
async fn mails_go_by_tls_by_starttls_and_with_either_login() {
    for (way, login, user) in [
        (Way::Tls, Some(["register:s%2Fecret", "PLAIN"]), "register"),
        (Way::Tls, None, ""),
        (Way::StartTls, Some(["register:s%2Fecret", "LOGIN"]), "register"),
        (Way::StartTls, None, ""),
        (Way::Clear, Some(["register:s%2Fecret", "PLAIN"]), "register"),
    ] {
        let post = Post::with(way, login);
        let bench = Bench::with_mail(None, Some(post.settings()));
        bench.register(anne()).await;
        post.wait_for(1).await;
        let mail = &post.mails()[0];
        assert_eq!((&mail["tls"], mail["user"].as_str().unwrap_or_default()), (&json!(way != Way::Clear), user), "{way:?} {login:?}");
        let mechanism = login.map_or("none", |[_, mechanism]| mechanism);
        assert_eq!(post.count(&format!("login {mechanism}")), usize::from(login.is_some()));
    }
}

/// Register somebody at a service with these mail settings, and return the trouble with the mail.
async fn trouble_with(settings: MailSettings) -> String {
    let bench = Bench::with_mail(None, Some(settings));
    let id = bench.register(anne()).await["authentication_id"].clone();
    trouble(&bench, &id, 1).await
}

#[tokio::test]
async fn a_line_without_end_is_not_waited_for_with_or_without_tls() {
    for way in [Way::Clear, Way::StartTls, Way::Tls] {
        let post = Post::with(way, None);
        post.orders(&["mail endless"]);
        let bench = Bench::with_mail(None, Some(post.settings()));
        let id = bench.register(anne()).await["authentication_id"].clone();
        assert_eq!(trouble(&bench, &id, 1).await, "an answer without end", "{way:?}");
        until(async || post.count("endless") == 1).await;
        let sent: usize = post.log().lines().find_map(|line| line.strip_prefix("endless ")?.parse().ok()).unwrap();
        // What the two systems hold between them, which is a few megabytes on loopback.
        assert!(sent < 32 * 1024 * 1024, "{way:?}: {sent} bytes of the line have left");
    }
}

#[tokio::test]
async fn a_server_that_knows_helo_only_gets_the_mail() {
    let post = Post::start();
    post.orders(&["ehlo 502 5.5.1 what is that?"]);
    let bench = Bench::with_mail(None, Some(post.settings()));
    bench.register(anne()).await;
    post.wait_for(1).await;
}

#[tokio::test]
async fn nothing_is_sent_in_clear_where_tls_is_required() {
    let post = Post::start();
    let required = MailSettings { server: post.settings().server + "?tls=required", ..post.settings() };
    assert_eq!(trouble_with(required).await, "the server offers no STARTTLS");
    assert_eq!((post.count("connect"), post.count("mail"), post.count("login")), (1, 0, 0));
    let wrapped = MailSettings { server: post.settings().server.replace("smtp:", "smtps:"), ..post.settings() };
    assert!(trouble_with(wrapped).await.starts_with("TLS: "));
    assert_eq!(post.count("mail"), 0);
}

#[tokio::test]
async fn a_server_of_a_strange_authority_or_of_another_name_gets_no_mail_and_no_password() {
    let post = Post::with(Way::StartTls, Some(["register:secret", "PLAIN"]));
    let system = MailSettings { ca: None, ..post.settings() };
    assert_eq!(trouble_with(system).await, "TLS: invalid peer certificate: UnknownIssuer");
    let named = MailSettings { server: post.settings().server.replace("127.0.0.1", "localhost"), ..post.settings() };
    let refused = trouble_with(named).await;
    assert!(refused.starts_with("TLS: invalid peer certificate: certificate not valid for name \"localhost\""), "{refused}");
    assert_eq!((post.count("mail"), post.count("login")), (0, 0));
}

#[tokio::test]
async fn a_wrong_password_for_the_server_delays_mails_until_it_is_mended() {
    let post = Post::with(Way::StartTls, Some(["register:s%2Fecret", "LOGIN"]));
    let right = post.settings();
    let wrong = MailSettings { server: right.server.replace("s%2Fecret", "guess"), ..right.clone() };
    let mut bench = Bench::with_mail(None, Some(wrong));
    let id = bench.register(anne()).await["authentication_id"].clone();
    assert_eq!(trouble(&bench, &id, 1).await, "login: 535 5.7.8");
    // Stopped first: a service that is told to stop tries once more what is due.
    bench.stop();
    bench.mail = Some(right);
    bench.later(60);
    bench.restart();
    post.wait_for(1).await;
}

#[tokio::test]
async fn a_real_mail_server_delivers_to_addresses_as_carriers_issue_them() {
    let exim = Exim::start();
    let bench = Bench::with_mail(None, Some(exim.settings()));
    let id = bench.register(anne()).await["authentication_id"].clone();
    until(async || exim.delivered().len() == 1).await;
    for address in ["a+tag@example.jp", ".o0-_?.@ezweb.ne.jp"] {
        let asked = bench.ask(anne(), Purpose::Signing, ("address", "/v1/mail/address"), json!({ "email": address })).await;
        assert_eq!(asked.status(), 200, "{address}");
        let sent = exim.delivered().len() + 1;
        until(async || exim.delivered().len() == sent).await;
    }
    let delivered = exim.delivered();
    let to = |mail: &String| {
        let mail = MessageParser::new().parse(mail).unwrap();
        (mail.header_raw("Envelope-to").unwrap().trim().to_owned(), mail.header_raw("To").unwrap().trim().to_owned())
    };
    let both = |address: &str| (address.to_owned(), address.to_owned());
    let expected = [both("\"foo..bar.\"@docomo.ne.jp"), both("a+tag@example.jp"), both("\".o0-_?.\"@ezweb.ne.jp")];
    assert_eq!(delivered.iter().map(to).collect::<Vec<_>>(), expected);
    for mail in &delivered {
        let parsed = MessageParser::new().parse(mail).unwrap();
        let received = parsed.header_raw("Received").unwrap();
        assert!(received.contains("with esmtpsa") && received.contains("TLS1.3"), "by TLS, with a login: {received}");
        assert!(text_of(mail).contains("/password/"));
    }
    bench.set_password_with(GOOD, &token_of(&delivered[2])).await;
    until(async || outbox(&bench, &id).await.iter().all(|mail| mail["state"] == "sent")).await;
}

#[tokio::test]
async fn a_mail_is_plain_text_and_html_of_the_same_words() {
    let post = Post::start();
    let bench = Bench::with_mail(None, Some(post.settings()));
    let registered = bench.register(anne()).await;
    let first = post.wait_for(1).await.remove(0);
    bench.set_password_with(GOOD, &token_of(&first)).await;
    let second = post.wait_for(2).await.remove(1);
    assert!(first.lines().all(|line| line.len() <= 998), "RFC 5322, 2.1.1");
    let parsed = MessageParser::new().parse(&first).unwrap();
    assert_eq!(parsed.content_type().unwrap().subtype(), Some("alternative"));
    assert_eq!((parsed.text_body_count(), parsed.html_body_count(), parsed.attachment_count()), (1, 1, 0));
    assert_eq!(parsed.from().unwrap().first().unwrap().name(), Some("在留申請"));
    assert_eq!(
        parsed.subject(),
        Some("【試験 Test】利用者登録完了及びパスワード登録のお知らせ / Registration done: please set your password")
    );
    assert_eq!(parsed.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    let link = format!("https://register.example.jp/password/{}", token_of(&first));
    let (text, html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
    assert!(html.contains(&format!("href=\"{link}\"")) && html.contains(&format!(">{link}<")), "a button, and its address to read");
    assert!(html.contains("<html lang=\"en\">") && html.contains("<div lang=\"ja\"") && html.contains("name=\"color-scheme\""));
    assert_eq!(html.matches("http").count(), 4, "nothing else is linked or loaded: {html}");
    // The label of the button is the only text that plain text has no use for; the rule between the languages the only one that HTML has none for.
    let mut words = plain_of(&html);
    for label in ["Set your password", "パスワードを登録するページ"] {
        let at = words.iter().position(|line| line == label).unwrap();
        words.remove(at);
    }
    let plain: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("---")).collect();
    assert_eq!(words, plain);
    let id = zairyu::protocol::authentication_id::AuthenticationId::parse(registered["authentication_id"].as_str().unwrap()).unwrap();
    let parsed = MessageParser::new().parse(&second).unwrap();
    assert_eq!(
        parsed
            .body_html(0)
            .unwrap()
            .matches(&format!("font-size:28px;line-height:1.4;letter-spacing:1px;white-space:nowrap\">{id}<"))
            .count(),
        2
    );
}

/// Return what somebody reads in this HTML, line by line.
fn plain_of(html: &str) -> Vec<String> {
    let body = &html[html.find("<body").unwrap()..];
    let mut lines = vec![String::new()];
    for piece in body.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        let name = tag.split([' ', '/']).find(|word| !word.is_empty()).unwrap();
        if ["p", "br", "div"].contains(&name) && !matches!(lines.last(), Some(line) if line.is_empty()) {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(text);
        }
    }
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

#[tokio::test]
async fn whatever_the_settings_hold_a_mail_has_its_own_headers_and_one_recipient() {
    const EVIL: &str = "窓口\r\nBcc: evil@example.com\r\n\r\n.\r\nRCPT TO:<evil@example.com>\0=?UTF-8?B?Cg==?=";
    let post = Post::start();
    let bench = Bench::start(None);
    for sender in
        ["evil\r\nBcc: x@example.com <a@example.jp>", "a@example.jp\r\nBcc: x@example.com", "a@example.jp>\r\nRCPT TO:<x@example.com", ""]
    {
        let mail = Some(MailSettings { sender: sender.to_owned(), ..post.settings() });
        let refused = start(Options { mail, data: bench.data.path().join("other"), ..bench.options() });
        assert!(matches!(refused, Err(StartError::Mail(_))), "{sender}");
    }
    let mail = Some(MailSettings { sender: "=?UTF-8?B?DQpCY2M6?= <a@example.jp>".to_owned(), ..post.settings() });
    let mut bench = bench;
    bench.run(Options { name: EVIL.repeat(50), mail, ..bench.options() });
    let session = bench.session().await;
    let nonce = bench.prove(&session, anne()).await;
    let mut payload = bench.registration(&nonce, &session["terms"]);
    for address in
        ["a@example.jp\r\nBcc: x@example.com", "a@example.jp>\r\nRCPT TO:<x@example.com", "a\0@example.jp", "\"a\r\n\"@example.jp"]
    {
        payload["form"]["email"] = json!(address);
        let statement = anne().statement(Purpose::Signing, "registration", &payload);
        let refused = bench.send("/v1/registrations", payload["jti"].as_str(), statement).await;
        assert_eq!(refused.status(), 422, "{address:?}");
    }
    bench.register(anne()).await;
    let mail = post.wait_for(1).await.remove(0);
    let parsed = MessageParser::new().parse(&mail).unwrap();
    let names: Vec<&str> = parsed.headers_raw().map(|(name, _)| name).collect();
    assert_eq!(names, ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]);
    assert_eq!(post.mails()[0]["to"], json!(["foo..bar.@docomo.ne.jp"]));
    assert!(text_of(&mail).contains("Bcc: evil@example.com"), "it is text, and stays it");
    assert_eq!(post.count("rcpt"), 1);
}
