//! A mail server that takes everything and remembers it, deliveries that come twice too.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use zairyu::service::MailSettings;

/// The server.
#[derive(Clone, Default)]
pub(super) struct Post {
    /// All that was delivered: recipient and mail, in the order of arrival.
    delivered: Arc<Mutex<Vec<(String, String)>>>,
    /// How many clients are there.
    clients: Arc<AtomicUsize>,
}

impl Post {
    /// Start the server.
    pub(super) fn start() -> (Post, MailSettings) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("smtp://{}", listener.local_addr().unwrap());
        let post = Post::default();
        let shared = post.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = shared.clone();
                shared.clients.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || {
                    let _ = shared.talk(stream.unwrap());
                    shared.clients.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        (post, MailSettings { server, ca: None, sender: "zairyu <noreply@register.example.jp>".to_owned() })
    }

    /// Talk with a client until it leaves, or dies.
    fn talk(&self, stream: TcpStream) -> Option<()> {
        stream.set_nodelay(true).ok()?;
        let mut answer = stream.try_clone().ok()?;
        let mut lines = BufReader::new(stream).lines();
        let mut recipient = String::new();
        writeln!(answer, "220 post\r").ok()?;
        while let Some(Ok(line)) = lines.next() {
            let reply = match line.get(..4)?.to_ascii_uppercase().as_str() {
                "RCPT" => {
                    recipient = line.split(['<', '>']).nth(1)?.to_owned();
                    "250 yes"
                }
                "DATA" => {
                    writeln!(answer, "354 go on\r").ok()?;
                    let mut mail = String::new();
                    loop {
                        let line = lines.next()?.ok()?;
                        if line == "." {
                            break;
                        }
                        mail += &format!("{}\r\n", line.strip_prefix('.').unwrap_or(&line));
                    }
                    self.delivered.lock().unwrap().push((recipient.clone(), mail));
                    "250 taken"
                }
                "QUIT" => "221 bye",
                _ => "250 yes",
            };
            writeln!(answer, "{reply}\r").ok()?;
        }
        None
    }

    /// Return the mails that somebody got, oldest first, each once.
    pub(super) fn to(&self, recipient: &str) -> Vec<String> {
        let mut known = Vec::new();
        let delivered = self.delivered.lock().unwrap();
        let mails = delivered.iter().filter(|(to, mail)| {
            let new = to == recipient && !known.contains(&message_id(mail));
            known.extend(new.then(|| message_id(mail)));
            new
        });
        mails.map(|(_, mail)| mail.clone()).collect()
    }

    /// Return the recipient and the Message-ID of each mail to these people, once.
    pub(super) fn names(&self, people: &BTreeSet<String>) -> Vec<String> {
        people.iter().flat_map(|to| self.to(to).iter().map(|mail| format!("{to} {}", message_id(mail))).collect::<Vec<_>>()).collect()
    }

    /// Wait until every client has gone. What one that died had sent to its end is delivered by then.
    pub(super) async fn is_left(&self) {
        while self.clients.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Return which deliveries were repeated later, by their places among all.
    pub(super) fn repeated(&self) -> Vec<usize> {
        let names = self.deliveries();
        let again = |(place, name)| names[place + 1..].contains(name);
        names.iter().enumerate().filter(|delivery| again(*delivery)).map(|(place, _)| place).collect()
    }

    /// Return the Message-ID of every delivery.
    pub(super) fn deliveries(&self) -> Vec<String> {
        self.delivered.lock().unwrap().iter().map(|(_, mail)| message_id(mail)).collect()
    }
}

/// Return what stands before the @ of the Message-ID: the mail's name in the outbox.
fn message_id(mail: &str) -> String {
    let line = mail.lines().find_map(|line| line.strip_prefix("Message-ID: <")).unwrap();
    line.split_once('@').unwrap().0.to_owned()
}
