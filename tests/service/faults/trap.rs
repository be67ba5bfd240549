//! Traps that kill a service at a step that was counted, not at a time that was guessed. On PostgreSQL a gate between service and database
//! strikes at the N-th message; on SQLite strace strikes at the N-th write, sync, rename or answer of any thread.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustix::process::{Pid, Signal, kill_process};

use super::node::Node;
use crate::bench::Bench;

/// The system calls that SQLite, the outbox and the answers to clients are made of.
const CALLS: &str = "pwrite64,fsync,fdatasync,ftruncate,unlink,rename,sendto,writev";

/// What kills.
pub(super) enum Trap {
    /// Between the service and PostgreSQL.
    Gate(Arc<Gate>),
    /// Attached to the service.
    Strace { log: PathBuf, tracer: Mutex<Option<(Child, BufReader<ChildStderr>)>> },
}

/// At which step it strikes; and, for a message on its way, before or after it went on.
#[derive(Clone, Copy)]
pub(super) struct Strike {
    pub(super) step: usize,
    pub(super) after: bool,
}

/// Only count. (strace takes no greater number than 65,535.)
pub(super) const NEVER: Strike = Strike { step: 60_000, after: false };

impl Trap {
    /// Start the service so that it is killed while it starts. Return it if it was not.
    pub(super) fn start(&self, bench: &mut Bench, strike: Strike) -> Option<Node> {
        let mut node = match self {
            Trap::Gate(gate) => {
                // No message passes while the gate does not know whom to kill.
                let mut victim = gate.victim.lock().unwrap();
                gate.aim(strike);
                let node = Node::spawn(bench, &[""; 0]);
                *victim = Some(node.pid());
                node
            }
            Trap::Strace { .. } => {
                let calls = format!("inject={CALLS},openat,pread64:signal=KILL:when={}", strike.step);
                Node::spawn(bench, &["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", &calls])
            }
        };
        node.listens(bench).then_some(node)
    }

    /// Set it at a service that runs.
    pub(super) fn set(&self, node: &Node, strike: Strike) {
        match self {
            Trap::Gate(gate) => {
                *gate.victim.lock().unwrap() = Some(node.pid());
                gate.aim(strike);
            }
            Trap::Strace { log, tracer } => {
                let calls = format!("inject={CALLS}:signal=KILL:when={}", strike.step);
                let mut command = Command::new("strace");
                command.args(["-f", "-e", &format!("trace={CALLS}"), "-e", &calls, "-o"]).arg(log).args(["-p", &node.pid().to_string()]);
                let mut child = command.stderr(Stdio::piped()).spawn().expect("strace is needed: apt-get install strace");
                let (mut said, mut line) = (BufReader::new(child.stderr.take().unwrap()), String::new());
                said.read_line(&mut line).unwrap();
                assert!(line.contains("attached"), "{line}");
                // It says so of every new thread, and would die if nobody listened.
                *tracer.lock().unwrap() = Some((child, said));
            }
        }
    }

    /// Let it strike nobody.
    pub(super) fn disarm(&self) {
        if let Trap::Gate(gate) = self {
            gate.aim(NEVER);
        }
    }

    /// Take it away once the service is dead, and return how many steps it has counted.
    pub(super) fn seen(&self) -> usize {
        match self {
            Trap::Gate(gate) => {
                let seen = gate.seen.load(Ordering::SeqCst);
                self.disarm();
                seen
            }
            Trap::Strace { log, tracer } => {
                tracer.lock().unwrap().take().unwrap().0.wait().unwrap();
                let log = std::fs::read_to_string(log).unwrap();
                let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
                for line in log.lines().filter(|line| line.contains('(')) {
                    *counts.entry(line.split(' ').next().unwrap()).or_default() += 1;
                }
                // strace counts for each thread apart.
                counts.into_values().max().unwrap_or_default()
            }
        }
    }
}

/// Stands between the service and PostgreSQL, counts what the service says, and kills it at one of its messages.
#[derive(Default)]
pub(super) struct Gate {
    seen: AtomicUsize,
    step: AtomicUsize,
    after: AtomicUsize,
    pub(super) victim: Mutex<Option<u32>>,
}

impl Gate {
    /// Open a gate before a database, and return the URL of the database behind it.
    pub(super) fn open(url: &str) -> (Arc<Gate>, String) {
        let gate = Arc::new(Gate::default());
        gate.aim(NEVER);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (start, name) = url.rsplit_once('/').unwrap();
        let (user, behind) = start.rsplit_once('@').unwrap();
        let behind = behind.to_owned();
        let through = format!("{user}@{}/{name}", listener.local_addr().unwrap());
        let shared = Arc::clone(&gate);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&behind).unwrap());
                client.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || {
                    let (mut from, mut to) = back;
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Both);
                });
                let gate = Arc::clone(&shared);
                std::thread::spawn(move || {
                    gate.pass(&client, &server);
                    // PostgreSQL still does what it has been told, and then sees that nobody is there any more.
                    let _ = server.shutdown(Shutdown::Write);
                });
            }
        });
        (gate, through)
    }

    pub(super) fn aim(&self, strike: Strike) {
        self.seen.store(0, Ordering::SeqCst);
        self.after.store(usize::from(strike.after), Ordering::SeqCst);
        self.step.store(strike.step, Ordering::SeqCst);
    }

    /// Let through what the service says, until it has nothing more to say.
    fn pass(&self, mut client: &TcpStream, mut server: &TcpStream) -> Option<()> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let length = client.read(&mut buffer).ok().filter(|length| *length > 0)?;
            let strikes = self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.step.load(Ordering::SeqCst);
            if strikes && self.after.load(Ordering::SeqCst) == 0 {
                return self.kill();
            }
            server.write_all(&buffer[..length]).ok()?;
            if strikes {
                return self.kill();
            }
        }
    }

    fn kill(&self) -> Option<()> {
        let victim = self.victim.lock().unwrap().take()?;
        kill_process(Pid::from_raw(i32::try_from(victim).unwrap()).unwrap(), Signal::KILL).ok()
    }
}
