//! Mail servers for the tests, private and on loopback: Debian's aiosmtpd, told by a file how to misbehave (post.py), and an Exim that
//! really delivers into mailbox files. Both fail loudly where they are not installed.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use zairyu::service::MailSettings;

/// The sender of all mails.
pub(crate) const SENDER: &str = "在留申請 <noreply@register.example.jp>";

/// How the server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// In clear text.
    Clear,
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS.
    StartTls,
}

/// A process that does not outlive its test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An aiosmtpd.
pub(crate) struct Post {
    folder: tempfile::TempDir,
    port: u16,
    way: Way,
    login: Option<[&'static str; 2]>,
    process: Option<Process>,
}

impl Post {
    /// Start a server in clear text that takes everything.
    pub(crate) fn start() -> Post {
        Post::with(Way::Clear, None)
    }

    /// Start a server that is reached in a certain way, and perhaps wants a login: `user:password`, by a mechanism.
    pub(crate) fn with(way: Way, login: Option<[&'static str; 2]>) -> Post {
        let mut post = Post { folder: tempfile::tempdir().unwrap(), port: 0, way, login, process: None };
        if way != Way::Clear {
            make_certificate(post.folder.path());
        }
        post.up();
        post
    }

    /// Start it again, at the same address.
    pub(crate) fn up(&mut self) {
        let mut command = Command::new("/usr/bin/python3"); // Debian's own, which has the package.
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/common/post.py")).arg(self.folder.path()).arg(self.port.to_string());
        if self.way != Way::Clear {
            command.arg(if self.way == Way::Tls { "--tls" } else { "--starttls" });
            command.args(["post.pem", "post.key"].map(|name| self.folder.path().join(name)));
        }
        if let Some([login, mechanism]) = self.login {
            command.args(["--login", login, "--mechanism", mechanism]);
        }
        let mut process = Process(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap());
        let mut line = String::new();
        BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        self.port = line.trim().parse().expect("aiosmtpd is needed: apt-get install python3-aiosmtpd");
        self.process = Some(process);
    }

    /// Kill it: connections are refused from now on.
    pub(crate) fn down(&mut self) {
        self.process = None;
    }

    /// Return the settings with which the service uses it.
    pub(crate) fn settings(&self) -> MailSettings {
        let server = match self.way {
            Way::Clear => format!("smtp://{}127.0.0.1:{}", self.user(), self.port),
            Way::Tls => format!("smtps://{}127.0.0.1:{}", self.user(), self.port),
            Way::StartTls => format!("smtp://{}127.0.0.1:{}?tls=required", self.user(), self.port),
        };
        let ca = std::fs::read_to_string(self.folder.path().join("ca.pem")).ok();
        MailSettings { server, ca, sender: SENDER.to_owned() }
    }

    fn user(&self) -> String {
        self.login.map(|[login, _]| format!("{login}@")).unwrap_or_default()
    }

    /// Say what happens to the next connections, one line each (see post.py).
    pub(crate) fn orders(&self, orders: &[&str]) {
        std::fs::write(self.folder.path().join("orders"), orders.join("\n")).unwrap();
    }

    /// Return how many lines of its log begin like this: `connect`, `rcpt anne@example.jp`.
    pub(crate) fn count(&self, start: &str) -> usize {
        self.log().lines().filter(|line| line.starts_with(start)).count()
    }

    /// Return its log.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Return what it has taken, in order: `from`, `to`, `tls`, `user`, `text`.
    pub(crate) fn mails(&self) -> Vec<Value> {
        (1..)
            .map_while(|number| std::fs::read(self.folder.path().join(format!("{number}.json"))).ok())
            .map(|mail| serde_json::from_slice(&mail).unwrap())
            .collect()
    }

    /// Return the texts of what it has taken.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.mails().iter().map(|mail| mail["text"].as_str().unwrap().to_owned()).collect()
    }

    /// Wait until it has taken so many mails, and then long enough for one too many.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<String> {
        crate::until(async || self.mails().len() >= count).await;
        tokio::time::sleep(Duration::from_millis(150)).await;
        let texts = self.texts();
        assert_eq!(texts.len(), count, "{texts:#?}");
        texts
    }
}

/// Make an authority of the test (`ca.pem`) and a certificate for 127.0.0.1 (`post.pem`, `post.key`).
fn make_certificate(folder: &Path) {
    let openssl = |arguments: &str| {
        let made = Command::new("openssl").args(arguments.split_whitespace()).current_dir(folder).stderr(Stdio::null()).status().unwrap();
        assert!(made.success(), "openssl {arguments}");
    };
    std::fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=test -addext keyUsage=critical,keyCertSign"));
    openssl(&format!("req {key} -keyout post.key -out post.csr -subj /CN=post"));
    openssl("x509 -req -in post.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out post.pem");
}

/// An Exim that wants STARTTLS and a login, and delivers into mailbox files.
pub(crate) struct Exim {
    folder: tempfile::TempDir,
    port: u16,
    _process: Process,
}

impl Exim {
    /// Start it from a configuration of its own; nothing of the system is touched.
    pub(crate) fn start() -> Exim {
        let program = ["/usr/sbin/exim4", "/usr/sbin/exim"].into_iter().find(|path| Path::new(path).exists());
        let program = program.expect("Exim is needed: apt-get install exim4-daemon-light");
        let folder = tempfile::Builder::new().prefix("zairyu-exim").tempdir().unwrap();
        make_certificate(folder.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let whoever = Command::new("id").arg("-un").output().unwrap().stdout;
        // Exim never delivers as root, and writes its spool as the user that Debian makes for it.
        let user = match String::from_utf8(whoever).unwrap().trim() {
            "root" => "Debian-exim".to_owned(),
            user => user.to_owned(),
        };
        let configuration = EXIM.replace("@FOLDER@", folder.path().to_str().unwrap()).replace("@USER@", &user);
        std::fs::write(folder.path().join("exim.conf"), configuration).unwrap();
        if user == "Debian-exim" {
            assert!(Command::new("chown").args(["-R", &user]).arg(folder.path()).status().unwrap().success());
            // Exim refuses a configuration that somebody else could have written.
            assert!(Command::new("chown").arg("root").arg(folder.path().join("exim.conf")).status().unwrap().success());
        }
        let mut command = Command::new(program);
        command.arg("-C").arg(folder.path().join("exim.conf")).args(["-bdf", "-oX", &format!("127.0.0.1.{port}")]);
        let said = std::fs::File::create(folder.path().join("said")).unwrap();
        let process = Process(command.stdin(Stdio::null()).stderr(said).spawn().unwrap());
        let there = (0..400).any(|_| {
            std::thread::sleep(Duration::from_millis(25));
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        assert!(there, "Exim did not start: {:?}", std::fs::read_to_string(folder.path().join("said")));
        Exim { folder, port, _process: process }
    }

    /// Return the settings with which the service uses it.
    pub(crate) fn settings(&self) -> MailSettings {
        let ca = std::fs::read_to_string(self.folder.path().join("ca.pem")).ok();
        let server = format!("smtp://register:s%2Fecret@127.0.0.1:{}?tls=required", self.port);
        MailSettings { server, ca, sender: SENDER.to_owned() }
    }

    /// Return the mails in its mailbox file, each with the address that it was delivered to in `Envelope-to`.
    pub(crate) fn delivered(&self) -> Vec<String> {
        let mailbox = std::fs::read_to_string(self.folder.path().join("box")).unwrap_or_default();
        mailbox.split("\nFrom ").filter_map(|mail| Some(mail.split_once('\n')?.1.to_owned())).collect()
    }
}

const EXIM: &str = r"
primary_hostname = post.example.jp
spool_directory = @FOLDER@/spool
log_file_path = @FOLDER@/log-%slog
pid_file_path = @FOLDER@/pid
exim_user = @USER@
exim_group = @USER@
keep_environment =
tls_advertise_hosts = *
tls_certificate = @FOLDER@/post.pem
tls_privatekey = @FOLDER@/post.key
auth_advertise_hosts = ${if def:tls_in_cipher{*}{}}
acl_smtp_rcpt = check_rcpt
acl_smtp_data = accept
begin acl
check_rcpt:
  accept authenticated = *
         encrypted = *
  deny   message = login first
begin routers
here:
  driver = accept
  transport = mailbox
begin transports
mailbox:
  driver = appendfile
  file = @FOLDER@/box
  envelope_to_add
  user = @USER@
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{register}}{eq{$auth3}{s/ecret}}}}
  server_set_id = $auth2
";
