//! Mails by SMTP, to a server of the test's own that refuses when told to.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use zairyu::service::MailSettings;

use crate::bench::{Bench, anne, token_of};
use crate::{GOOD, postgres};

/// What the server has seen, and what it is to say.
#[derive(Default)]
struct Post {
    /// Answers to the next `RCPT TO`, in their order; then 250.
    replies: Vec<&'static str>,
    recipients: Vec<String>,
    mails: Vec<String>,
}

fn server(replies: &[&'static str]) -> (Arc<Mutex<Post>>, MailSettings) {
    let post = Arc::new(Mutex::new(Post { replies: replies.to_vec(), ..Post::default() }));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("smtp://{}", listener.local_addr().unwrap());
    let shared = Arc::clone(&post);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || talk(stream.unwrap(), &shared));
        }
    });
    (post, MailSettings { server, sender: "在留申請 <noreply@register.example.jp>".to_owned() })
}

fn talk(stream: TcpStream, post: &Mutex<Post>) -> Option<()> {
    let mut answer = stream.try_clone().ok()?;
    let mut lines = BufReader::new(stream).lines();
    writeln!(answer, "220 post\r").ok()?;
    while let Some(Ok(line)) = lines.next() {
        let reply = match line.get(..4)?.to_ascii_uppercase().as_str() {
            "RCPT" => {
                let mut post = post.lock().unwrap();
                post.recipients.push(line.clone());
                if post.replies.is_empty() { "250 yes" } else { post.replies.remove(0) }
            }
            "DATA" => {
                writeln!(answer, "354 go on\r").ok()?;
                let mut mail = String::new();
                while let Some(Ok(line)) = lines.next() {
                    if line == "." {
                        break;
                    }
                    mail += &format!("{}\r\n", line.strip_prefix('.').unwrap_or(&line));
                }
                post.lock().unwrap().mails.push(mail);
                "250 taken"
            }
            "QUIT" => {
                writeln!(answer, "221 bye\r").ok()?;
                return None;
            }
            _ => "250 yes",
        };
        writeln!(answer, "{reply}\r").ok()?;
    }
    None
}

async fn until(what: impl Fn() -> bool) {
    for _ in 0..200 {
        if what() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it did not come to that");
}

async fn refused_twice(database: Option<String>) {
    let (post, settings) = server(&["451 later", "550 not now"]);
    let mut bench = Bench::with_mail(database, Some(settings));
    let registered = bench.register(anne()).await;
    assert_eq!(registered["mail"]["state"], "queued");
    assert!(registered["mail"].get("folder").is_none());
    until(|| post.lock().unwrap().recipients.len() == 1).await;
    // Nothing more before its time, and a new start of the service changes nothing about that.
    bench.restart();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(post.lock().unwrap().recipients.len(), 1);
    for (pause, attempts) in [(61, 2), (121, 3)] {
        bench.later(pause);
        bench.restart();
        until(|| post.lock().unwrap().recipients.len() == attempts).await;
    }
    until(|| post.lock().unwrap().mails.len() == 1).await;
    let mail = post.lock().unwrap().mails[0].clone();
    assert_eq!(post.lock().unwrap().recipients[2], "RCPT TO:<\"foo..bar.\"@docomo.ne.jp>");
    assert!(mail.contains("Message-ID: <") && mail.contains("@register.example.jp>\r\n"), "{mail}");
    assert!(mail.contains("Auto-Submitted: auto-generated"));
    let body = serde_json::json!({ "token": token_of(&mail), "password": GOOD });
    let set = bench.client.post(format!("{}/v1/passwords", bench.url)).json(&body).send().await.unwrap();
    assert_eq!(set.status(), 204);
    until(|| post.lock().unwrap().mails.len() == 2).await;
}

#[tokio::test]
async fn a_mail_that_is_refused_is_tried_again_until_it_arrives_on_sqlite() {
    refused_twice(None).await;
}

#[tokio::test]
async fn a_mail_that_is_refused_is_tried_again_until_it_arrives_on_postgresql() {
    let server = postgres::server();
    refused_twice(Some(server.database())).await;
}

#[tokio::test]
async fn two_nodes_on_one_postgresql_send_each_mail_once() {
    let database = postgres::server();
    let (post, settings) = server(&[]);
    let url = database.database();
    let one = Bench::with_mail(Some(url.clone()), Some(settings.clone()));
    let two = Bench::with_mail(Some(url), Some(settings));
    one.register(anne()).await;
    for _ in 0..4 {
        let asked = two.ask(anne(), zairyu::card::Purpose::Authentication, ("remind", "/v1/id/remind"), serde_json::json!({})).await;
        assert_eq!(asked.status(), 200);
    }
    until(|| post.lock().unwrap().mails.len() >= 5).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let post = post.lock().unwrap();
    let mut names: Vec<&str> = post.mails.iter().filter_map(|mail| mail.lines().find(|line| line.starts_with("Message-ID"))).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((post.mails.len(), names.len()), (5, 5));
}

#[tokio::test]
async fn an_address_that_the_server_never_takes_gets_its_mail_once_it_is_corrected() {
    let (post, settings) = server(&["550 nobody"]);
    let bench = Bench::with_mail(None, Some(settings));
    bench.register(anne()).await;
    until(|| post.lock().unwrap().recipients.len() == 1).await;
    // Long enough for the service to write the refusal down.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let asked = bench
        .ask(anne(), zairyu::card::Purpose::Signing, ("address", "/v1/mail/address"), serde_json::json!({ "email": "anne@example.jp" }))
        .await;
    assert_eq!(asked.status(), 200);
    until(|| post.lock().unwrap().mails.len() == 2).await;
    assert!(post.lock().unwrap().recipients[1..].iter().all(|recipient| recipient == "RCPT TO:<anne@example.jp>"));
}
