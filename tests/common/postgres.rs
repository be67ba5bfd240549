//! A private PostgreSQL 15 for the tests: its own folder, its own port on loopback, gone when the last test lets go of it.
//! Fails loudly where PostgreSQL is not installed: a test that silently tests nothing is none.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

const BIN: &str = "/usr/lib/postgresql/15/bin";

/// A server that runs.
pub(crate) struct Postgres {
    folder: tempfile::TempDir,
    port: u16,
    databases: AtomicU32,
}

/// Return the server that the tests share, started if none runs.
pub(crate) fn server() -> Arc<Postgres> {
    static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
    let mut server = SERVER.lock().unwrap();
    server.upgrade().unwrap_or_else(|| {
        let started = Arc::new(Postgres::start("off", None));
        *server = Arc::downgrade(&started);
        started
    })
}

impl Postgres {
    /// Start a server that waits for the disk, as one that people rely on does.
    #[allow(dead_code, reason = "for the figures")]
    pub(crate) fn durable() -> Postgres {
        Postgres::start("on", None)
    }

    /// Start one that is spoken to over TLS only, with this certificate and key.
    #[allow(dead_code, reason = "not for the figures")]
    pub(crate) fn with_tls(files: &(PathBuf, PathBuf)) -> Postgres {
        Postgres::start("off", Some(files))
    }

    fn start(fsync: &str, tls: Option<&(PathBuf, PathBuf)>) -> Postgres {
        assert!(Path::new(BIN).join("initdb").exists(), "PostgreSQL 15 is needed: apt-get install postgresql-15");
        let folder = tempfile::Builder::new().prefix("zairyu-postgres").tempdir().unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let data = folder.path().join("data");
        run(tool("initdb").args(["--no-sync", "--auth=trust", "--username=zairyu", "--encoding=UTF8", "--locale=C", "-D"]).arg(&data));
        let mut options =
            format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c fsync={fsync}", folder.path().display());
        if let Some((certificate, key)) = tls {
            // Beside the data, and its owner's, as PostgreSQL wants it.
            for (from, name) in [(certificate, "server.crt"), (key, "server.key")] {
                let to = data.join(name);
                std::fs::copy(from, &to).unwrap();
                if is_root() {
                    run(Command::new("chown").arg("postgres").arg(to));
                }
            }
            std::fs::write(data.join("pg_hba.conf"), "local all all trust\nhostssl all all 127.0.0.1/32 trust\n").unwrap();
            options.push_str(" -c ssl=on");
        }
        let log = folder.path().join("log");
        run(tool("pg_ctl").args(["start", "--wait", "--silent", "-o", &options, "-D"]).arg(&data).arg("-l").arg(log));
        Postgres { folder, port, databases: AtomicU32::new(0) }
    }

    /// Make an empty database and return its URL.
    pub(crate) fn database(&self) -> String {
        let name = format!("zairyu_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        run(tool("createdb").args(["-h", "127.0.0.1", "-U", "zairyu", "-p", &self.port.to_string(), &name]));
        format!("postgres://zairyu@127.0.0.1:{}/{name}", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data: PathBuf = self.folder.path().join("data");
        run(tool("pg_ctl").args(["stop", "--silent", "--mode=immediate", "-D"]).arg(data));
    }
}

fn is_root() -> bool {
    std::env::var_os("USER").is_some_and(|user| user == "root") || Path::new("/root").read_dir().is_ok()
}

/// PostgreSQL refuses to run as root.
fn tool(name: &str) -> Command {
    let path = Path::new(BIN).join(name);
    if !is_root() {
        return Command::new(path);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(path);
    command
}

fn run(command: &mut Command) {
    let output = command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).status().unwrap();
    assert!(output.success(), "{command:?}");
}
