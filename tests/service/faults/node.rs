//! `zairyu serve` as a process of its own: started on the folder and the database of a bench, killed, and never outliving its test.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::bench::{Bench, authority};

/// A process.
pub(super) struct Node {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Node {
    /// Return the command that starts it; where it runs under another program, that one's command comes first.
    fn command(bench: &Bench, under: &[impl AsRef<str>]) -> Command {
        let data = bench.data.path();
        let anchors = data.join("anchors");
        authority().export(&anchors).unwrap();
        let zairyu = env!("CARGO_BIN_EXE_zairyu");
        let mut words = under.iter().map(AsRef::as_ref).chain([zairyu]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).args([
            "serve",
            "--test-cards",
            "--behind-proxy",
            "--public-url",
            "https://register.example.jp",
            "--listen",
            "127.0.0.1:0",
        ]);
        command.arg("--data").arg(data.join("service")).arg("--anchors").arg(anchors);
        if let Some(url) = &bench.database {
            command.args(["--database", url]);
        }
        if let Some(mail) = &bench.mail {
            let file = data.join("mail-server");
            std::fs::write(&file, &mail.server).unwrap();
            command.arg("--mail-file").arg(file).args(["--mail-from", &mail.sender]);
        }
        command.env("HOME", data).env_remove("XDG_CONFIG_HOME");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Start it, under another program if one is named.
    pub(super) fn spawn(bench: &Bench, under: &[impl AsRef<str>]) -> Node {
        let mut child = Node::command(bench, under).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Node { child, stdout }
    }

    /// Wait until it listens, and tell the bench where. Return false if it died before.
    pub(super) fn listens(&mut self, bench: &mut Bench) -> bool {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        // It names its public address; the port is in the file that the next start looks into.
        let listens = line.starts_with("listening on ");
        if listens {
            let file = bench.data.path().join("service/port");
            let port = std::fs::read_to_string(format!("/proc/{}/root{}", self.pid(), file.display())).unwrap();
            bench.url = format!("http://127.0.0.1:{}", port.trim());
        }
        listens
    }

    /// Start it, and wait until it listens.
    pub(super) fn start(bench: &mut Bench) -> Node {
        Node::start_under(bench, &[""; 0])
    }

    /// Start it under another program, and wait until it listens.
    pub(super) fn start_under(bench: &mut Bench, under: &[impl AsRef<str>]) -> Node {
        let mut node = Node::spawn(bench, under);
        if !node.listens(bench) {
            panic!("the service did not start: {}", node.kill());
        }
        node
    }

    /// Return its process id.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Wait for its end, where a connection to it has broken. Return false if it lives on.
    pub(super) fn dies(&mut self) -> bool {
        (0..500).any(|_| {
            let ended = self.child.try_wait().unwrap().is_some();
            if !ended {
                std::thread::sleep(Duration::from_millis(10));
            }
            ended
        })
    }

    /// Kill it if it lives, and return all that it has said.
    pub(super) fn kill(&mut self) -> String {
        let _ = self.child.kill();
        self.child.wait().unwrap();
        let mut said = String::new();
        self.stdout.read_to_string(&mut said).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
