//! A private PostgreSQL 15 for the tests: its own folder, its own port on loopback, gone when the last test lets go of it.
//! Fails loudly where PostgreSQL is not installed: a test that silently tests nothing is none.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

const BIN: &str = "/usr/lib/postgresql/15/bin";

/// A server that runs.
pub(crate) struct Postgres {
    folder: tempfile::TempDir,
    /// The words that its commands begin with, where it runs in another place.
    enter: Vec<String>,
    port: u16,
    fsync: &'static str,
    databases: AtomicU32,
}

/// Return the server that the tests share, started if none runs.
pub(crate) fn server() -> Arc<Postgres> {
    static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
    let mut server = SERVER.lock().unwrap();
    server.upgrade().unwrap_or_else(|| {
        let started = Arc::new(Postgres::start("off"));
        *server = Arc::downgrade(&started);
        started
    })
}

impl Postgres {
    /// Start a server that waits for the disk, as one that people rely on does.
    #[allow(dead_code, reason = "for the figures")]
    pub(crate) fn durable() -> Postgres {
        Postgres::start("on")
    }

    /// Start a server that no other test uses: it may be stopped.
    #[allow(dead_code, reason = "for the faults")]
    pub(crate) fn alone() -> Postgres {
        Postgres::start("off")
    }

    /// Start one that is spoken to over TLS only, with this certificate and key.
    #[allow(dead_code, reason = "not for the figures")]
    pub(crate) fn with_tls((certificate, key): &(PathBuf, PathBuf)) -> Postgres {
        let server = Postgres::start("off");
        // Beside the data, and its owner's, as PostgreSQL wants it.
        for (from, name) in [(certificate, "server.crt"), (key, "server.key")] {
            let to = server.data().join(name);
            std::fs::copy(from, &to).unwrap();
            if is_root() {
                run(Command::new("chown").arg("postgres").arg(to));
            }
        }
        std::fs::write(server.data().join("pg_hba.conf"), "local all all trust\nhostssl all all 127.0.0.1/32 trust\n").unwrap();
        server.stop("fast");
        server.run();
        server
    }

    fn start(fsync: &'static str) -> Postgres {
        let folder = tempfile::Builder::new().prefix("zairyu-postgres").tempdir().unwrap();
        Postgres::within(folder, Vec::new(), fsync)
    }

    /// Start a server in a folder, by commands that begin with these words: those enter the place where the folder is to be seen.
    pub(crate) fn within(folder: tempfile::TempDir, enter: Vec<String>, fsync: &'static str) -> Postgres {
        assert!(Path::new(BIN).join("initdb").exists(), "PostgreSQL 15 is needed: apt-get install postgresql-15");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Postgres { folder, enter, port, fsync, databases: AtomicU32::new(0) };
        if is_root() {
            run(server.command("chown").arg("postgres").arg(server.folder.path()));
        }
        let mut initdb = server.tool("initdb");
        initdb.args(["--no-sync", "--auth=trust", "--username=zairyu", "--encoding=UTF8", "--locale=C", "-D"]).arg(server.data());
        if !server.enter.is_empty() {
            // A room is small; the log takes several segments, which have 16 MiB otherwise.
            initdb.arg("--wal-segsize=1");
        }
        run(&mut initdb);
        server.run();
        server
    }

    /// Start it on its data, and wait until it takes connections.
    pub(crate) fn run(&self) {
        let Postgres { port, fsync, .. } = self;
        let folder = self.folder.path();
        let ssl = if self.data().join("server.crt").exists() { "on" } else { "off" };
        let sockets = folder.display();
        let options = format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={sockets} -c fsync={fsync} -c ssl={ssl}");
        let log = folder.join("log");
        run(self.tool("pg_ctl").args(["start", "--wait", "--silent", "-o", &options, "-D"]).arg(self.data()).arg("-l").arg(log));
    }

    /// Stop it: `fast` breaks off what is under way, `immediate` is as good as a crash.
    pub(crate) fn stop(&self, mode: &str) {
        run(self.tool("pg_ctl").args(["stop", "--wait", "--silent", "--mode", mode, "-D"]).arg(self.data()));
    }

    /// Return whether it runs.
    #[allow(dead_code, reason = "for the faults")]
    pub(crate) fn runs(&self) -> bool {
        quiet(self.tool("pg_ctl").args(["status", "-D"]).arg(self.data())).status().unwrap().success()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Make an empty database and return its URL.
    pub(crate) fn database(&self) -> String {
        let name = format!("zairyu_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        run(self.tool("createdb").args(["-h", "127.0.0.1", "-U", "zairyu", "-p", &self.port.to_string(), &name]));
        format!("postgres://zairyu@127.0.0.1:{}/{name}", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // One that has stopped by itself cannot be stopped.
        let _ = quiet(self.tool("pg_ctl").args(["stop", "--silent", "--mode=immediate", "-D"]).arg(self.data())).status();
    }
}

impl Postgres {
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let Some((first, rest)) = self.enter.split_first() else { return Command::new(program) };
        let mut command = Command::new(first);
        command.args(rest).arg(program);
        command
    }

    /// PostgreSQL refuses to run as root.
    fn tool(&self, name: &str) -> Command {
        let path = Path::new(BIN).join(name);
        if !is_root() {
            return self.command(path);
        }
        let mut command = self.command("runuser");
        command.args(["-u", "postgres", "--"]).arg(path);
        command
    }
}

/// Return whether this process may do everything.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn quiet(command: &mut Command) -> &mut Command {
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

fn run(command: &mut Command) {
    let status = quiet(command).stderr(Stdio::inherit()).status().unwrap();
    assert!(status.success(), "{command:?}");
}
