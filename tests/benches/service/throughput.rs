//! Registrations a second against the bare limit: the same inserts alone in as many connections, and the same signature checks alone.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgConnection, SqliteConnection};
use zairyu::certificate::{Algorithm, Anchors, Certificate, Purpose, check_profile};

use crate::bench::{Bench, real_now};
use crate::far::{Far, Ready};
use crate::{Limit, median, remark, report};

/// So many register at the same time, and so many connections insert.
const AT_ONCE: usize = 16;
/// People in a round.
const ROUND: u32 = 400;
/// Each with its own ratio; odd, for the median.
const ROUNDS: u32 = 9;

/// Measure on one store; true if the ratio is kept.
pub(crate) async fn measure(store: &str, database: impl Fn() -> Option<String>) -> bool {
    let far = Far::start(database()).await;
    let mut bare = Bare::prepare(database()).await;
    let (mut opened, mut ours, mut inserts, mut checks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let crowd = far.crowd(1 + round * ROUND, ROUND).await;
        checks.push(check(&far.bench, &crowd));
        inserts.push(bare.round(round, &crowd).await);
        opened.push(open(&far));
        ours.push(register(&far, &crowd));
    }
    let ratios = ours.iter().zip(inserts.iter().zip(&checks)).map(|(ours, (inserts, checks))| ours / inserts.min(*checks)).collect();
    let (ours, inserts, checks) = (median(ours), median(inserts), median(checks));
    remark(&format!("{store}: sessions opened a second, {AT_ONCE} at once, each from another address"), median(opened));
    remark(&format!("{store}: registrations a second, {AT_ONCE} at once"), ours);
    remark(&format!("{store}: the same inserts alone in {AT_ONCE} connections, a second"), inserts);
    remark(&format!("{store}: the same signature checks alone, a second"), checks);
    report(&format!("{store}: registrations against the smaller of the two"), median(ratios), Limit::AtLeast(0.7))
}

fn per_second(count: usize, since: Instant) -> f64 {
    count as f64 / since.elapsed().as_secs_f64()
}

/// Open sessions for people who have not called before.
fn open(far: &Far) -> f64 {
    let strangers: Vec<_> = (0..ROUND).map(|_| far.stranger()).collect();
    at_once(far, &strangers, "201 Created", |caller| {
        format!("POST /v1/sessions HTTP/1.1\r\nHost: register.example.jp\r\nX-Forwarded-For: {caller}\r\nContent-Length: 0\r\n\r\n")
    })
}

/// Register a crowd.
fn register(far: &Far, crowd: &[Ready]) -> f64 {
    at_once(far, crowd, "201 Created", |Ready { jti, caller, statement }| {
        let length = statement.len();
        format!(
            "POST /v1/registrations HTTP/1.1\r\nHost: register.example.jp\r\nContent-Type: application/jose\r\n\
             Idempotency-Key: {jti}\r\nX-Forwarded-For: {caller}\r\nContent-Length: {length}\r\n\r\n{statement}"
        )
    })
}

/// Send a request of each, so many at once; return how many a second. The client is as light as one can be, because it takes its time from the
/// same cores.
fn at_once<T: Sync>(far: &Far, all: &[T], status: &str, request: impl Fn(&T) -> String + Sync) -> f64 {
    let since = Instant::now();
    std::thread::scope(|scope| {
        for lane in 0..AT_ONCE {
            let request = &request;
            scope.spawn(move || {
                let mut line = BufReader::new(TcpStream::connect(far.address()).unwrap());
                for one in all.iter().skip(lane).step_by(AT_ONCE) {
                    line.get_mut().write_all(request(one).as_bytes()).unwrap();
                    assert_eq!(answered(&mut line), format!("HTTP/1.1 {status}"));
                }
            });
        }
    });
    per_second(all.len(), since)
}

/// Read an answer to its end, and return its first line.
fn answered(line: &mut BufReader<TcpStream>) -> String {
    let (mut first, mut length) = (String::new(), 0);
    loop {
        let mut header = String::new();
        line.read_line(&mut header).unwrap();
        match header.trim_end() {
            "" => break,
            status if first.is_empty() => status.clone_into(&mut first),
            header => {
                if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length: ") {
                    length = value.parse().unwrap();
                }
            }
        }
    }
    line.read_exact(&mut vec![0; length]).unwrap();
    first
}

async fn join(lanes: impl Iterator<Item = impl Future<Output = ()>>) {
    let mut lanes: Vec<_> = lanes.map(|lane| Some(Box::pin(lane))).collect();
    std::future::poll_fn(|context| {
        for lane in &mut lanes {
            if lane.as_mut().is_some_and(|running| running.as_mut().poll(context).is_ready()) {
                *lane = None;
            }
        }
        if lanes.iter().all(Option::is_none) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

/// Check what a registration's statement is signed with, on every core.
fn check(bench: &Bench, crowd: &[Ready]) -> f64 {
    let anchors = Anchors::from_folder(&bench.data.path().join("anchors")).unwrap();
    let cores = std::thread::available_parallelism().unwrap().get();
    let since = Instant::now();
    std::thread::scope(|scope| {
        for lane in 0..cores {
            let anchors = &anchors;
            scope.spawn(move || {
                for ready in crowd.iter().skip(lane).step_by(cores) {
                    let (input, signature) = ready.statement.rsplit_once('.').unwrap();
                    let header: Value =
                        serde_json::from_slice(&Base64UrlUnpadded::decode_vec(input.split_once('.').unwrap().0).unwrap()).unwrap();
                    let [leaf, authority] =
                        [0, 1].map(|at| Certificate::parse(&Base64::decode_vec(header["x5c"][at].as_str().unwrap()).unwrap()).unwrap());
                    check_profile(&leaf, &authority, Purpose::Signing, anchors, true, real_now()).unwrap();
                    assert!(leaf.verify(input.as_bytes(), &Base64UrlUnpadded::decode_vec(signature).unwrap(), Algorithm::Rs256));
                }
            });
        }
    });
    per_second(crowd.len(), since)
}

/// The same tables, and nothing in front of them.
struct Bare {
    lines: Vec<Line>,
    /// Kept: its folder holds the file.
    _far: Far,
}

/// A connection to either database.
enum Line {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// What the calls before a registration have written of person `$1`.
const BEFORE: [&str; 2] = [
    "INSERT INTO sessions (id, expires_at, proof) VALUES ($1, 9, 'proof')",
    "INSERT INTO nonces (id, session, expires_at) VALUES ($1, $1, 9)",
];

/// What a registration writes of person `$1`, with keys like the service's own: `$1` is a hash, `$2` grows with time, `$3` is the statement.
const WRITES: [&str; 7] = [
    "UPDATE nonces SET used_at = 1 WHERE id = $1 AND session = $1 AND used_at IS NULL AND expires_at > 1",
    "INSERT INTO people (authentication_id, name, sex, birth_date, municipality, address_line, phone, email, category, residence_card, language,
         terms_version, registered_at, revocation, differs_from_card) VALUES (substr($1, 1, 10), 'MONTGOMERY ANNE', 'female', '1990-04-01', '13104',
         '西新宿２－８－１', '09012345678', 'anne@example.jp', 'foreign_national', 'AB12345678CD', 'en', '2026-11', 1, 'unchecked', '[]')",
    "INSERT INTO cards (identity, person, purpose, subject, fingerprint, valid_until, linked_at)
         VALUES ('1' || substr($1, 2), substr($1, 1, 10), 'signing', $1, $1, 1, 1),
             ('2' || substr($1, 2), substr($1, 1, 10), 'authentication', $1, $1, 1, 1)",
    "INSERT INTO statements (hash, jti, kind, person, statement, answer, received_at)
         VALUES ($1, substr($1, 1, 36), 'registration', substr($1, 1, 10), $3, $1 || $1 || $1 || $1, 1)",
    "INSERT INTO outbox (id, person, kind, recipient, language, state, attempts, next_at, created_at)
         VALUES ($2, substr($1, 1, 10), 'registered', 'anne@example.jp', 'en', 'queued', 0, 1, 1)",
    "INSERT INTO audit (id, at, event, person) VALUES ($2, 1, 'registered', substr($1, 1, 10))",
    "UPDATE sessions SET closed_at = 1, person = substr($1, 1, 10), expires_at = 2 WHERE id = $1",
];

impl Bare {
    async fn prepare(database: Option<String>) -> Bare {
        let far = Far::start(database.clone()).await;
        let far = far.silenced();
        let mut lines = Vec::new();
        for _ in 0..AT_ONCE {
            lines.push(match &database {
                Some(url) => Line::Postgres(PgConnection::connect(url).await.unwrap()),
                // As the service opens its file.
                None => Line::Sqlite(
                    SqliteConnectOptions::new()
                        .filename(far.data().join("service.sqlite"))
                        .journal_mode(SqliteJournalMode::Wal)
                        .synchronous(SqliteSynchronous::Full)
                        .foreign_keys(true)
                        .busy_timeout(Duration::from_secs(60))
                        .connect()
                        .await
                        .unwrap(),
                ),
            });
        }
        Bare { lines, _far: far }
    }

    /// Insert a crowd, so many connections at once.
    async fn round(&mut self, round: u32, crowd: &[Ready]) -> f64 {
        let number = |at: usize| format!("{:036}", round * ROUND + u32::try_from(at).unwrap());
        for at in 0..crowd.len() {
            self.lines[0].run(&BEFORE, &number(at), None).await;
        }
        let since = Instant::now();
        let lanes = self.lines.iter_mut().enumerate().map(|(lane, line)| async move {
            for (at, ready) in crowd.iter().enumerate().skip(lane).step_by(AT_ONCE) {
                line.run(&WRITES, &number(at), Some(&ready.statement)).await;
            }
        });
        join(lanes).await;
        per_second(crowd.len(), since)
    }
}

impl Line {
    /// Run statements in one transaction, as prepared statements.
    async fn run(&mut self, statements: &[&'static str], number: &str, statement: Option<&str>) {
        // As evenly spread as the service's own: next to each other they would be cheaper.
        let key = zairyu::protocol::hex(&Sha256::digest(number));
        match self {
            Line::Sqlite(line) => {
                sqlx::query("BEGIN IMMEDIATE").execute(&mut *line).await.unwrap();
                for sql in statements {
                    sqlx::query(*sql).bind(&key).bind(number).bind(statement).execute(&mut *line).await.unwrap();
                }
                sqlx::query("COMMIT").execute(&mut *line).await.unwrap();
            }
            Line::Postgres(line) => {
                let mut transaction = line.begin().await.unwrap();
                for sql in statements {
                    sqlx::query(*sql).bind(&key).bind(number).bind(statement).execute(&mut *transaction).await.unwrap();
                }
                transaction.commit().await.unwrap();
            }
        }
    }
}
