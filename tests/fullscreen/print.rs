//! What a person takes home on paper: through `lp` to a real CUPS with a queue that prints into a file, and what is told where that fails.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::journey;
use crate::pty::key;
use crate::{Demo, SOON};

/// Longer than CUPS and its filters take for a page on a busy computer.
const PRINTED: Duration = Duration::from_secs(60);

/// A CUPS of its own, behind a socket of its own; nothing of the system's is touched. Its queue `desk` prints into a file.
struct Cups {
    folder: tempfile::TempDir,
    process: Child,
}

impl Cups {
    fn start() -> Cups {
        // Its filters run as another user.
        let folder = tempfile::Builder::new().prefix("zairyu-cups").tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let at = folder.path().to_str().unwrap();
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        std::fs::set_permissions(folder.path().join("tmp"), std::fs::Permissions::from_mode(0o1777)).unwrap();
        std::fs::write(folder.path().join("cupsd.conf"), CUPSD.replace('@', at)).unwrap();
        std::fs::write(folder.path().join("cups-files.conf"), CUPS_FILES.replace('@', at)).unwrap();
        let mut command = Command::new("/usr/sbin/cupsd");
        command.args(["-f", "-c", &format!("{at}/cupsd.conf"), "-s", &format!("{at}/cups-files.conf")]);
        let process = command.stdin(Stdio::null()).spawn().unwrap_or_else(|fault| panic!("apt-get install cups: {fault}"));
        let cups = Cups { folder, process };
        cups.until("CUPS starts", || std::os::unix::net::UnixStream::connect(cups.socket()).is_ok());
        let device = format!("file:{}", cups.printed().display());
        // The filters that a real printer for PDF has.
        let model = "lsb/usr/cupsfilters/Generic-PDF_Printer-PDF.ppd";
        cups.run("lpadmin", &["-p", "desk", "-E", "-v", &device, "-m", model]);
        cups
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    fn printed(&self) -> PathBuf {
        self.folder.path().join("printed.pdf")
    }

    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let run = Command::new(program).args(arguments).env("CUPS_SERVER", self.socket()).output();
        let run = run.unwrap_or_else(|fault| panic!("{program}: apt-get install cups-client: {fault}"));
        assert!(run.status.success(), "{program}: {}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap()
    }

    fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let deadline = Instant::now() + PRINTED;
        while !holds() {
            let log = std::fs::read_to_string(self.folder.path().join("error")).unwrap_or_default();
            assert!(Instant::now() < deadline, "{what} did not happen: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Wait until every job is done, and return the text of the page that came out.
    fn page(&self) -> String {
        self.until("printing", || self.run("lpstat", &["-W", "not-completed", "-o"]).is_empty() && self.printed().exists());
        text(&self.printed())
    }
}

impl Drop for Cups {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const CUPSD: &str = "LogLevel info
Listen @/socket
Browsing No
DefaultAuthType None
WebInterface No
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
";

const CUPS_FILES: &str = "ServerRoot @
RequestRoot @/spool
CacheDir @/cache
StateDir @/state
TempDir @/tmp
AccessLog @/access
ErrorLog @/error
PageLog @/page
FileDevice Yes
";

/// Run a program of poppler on a PDF.
fn poppler(program: &str, options: &[&str], pdf: &Path, more: &[&str]) -> Vec<u8> {
    let read = Command::new(program).args(options).arg(pdf).args(more).output();
    let read = read.unwrap_or_else(|fault| panic!("{program}: apt-get install poppler-utils: {fault}"));
    assert!(read.status.success(), "{program}: {}", String::from_utf8_lossy(&read.stderr));
    read.stdout
}

fn text(pdf: &Path) -> String {
    let text = String::from_utf8(poppler("pdftotext", &["-raw"], pdf, &["-"])).unwrap();
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// Practice mode whose settings print with this command.
fn demo(command: &[&str], arguments: &[&str], env: &[(&str, &str)]) -> (Demo, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zairyu.toml");
    std::fs::write(&path, format!("print = {command:?}\n")).unwrap();
    let arguments = [&["--lang", "ja", "--config", path.to_str().unwrap()], arguments].concat();
    (Demo::start(&arguments, env, 80, 24), folder)
}

fn at_step3(demo: &mut Demo) {
    journey::to_signing_pin(demo);
    journey::to_step1(demo);
    journey::to_step2(demo);
    journey::to_step3(demo);
}

#[test]
fn a_receipt_comes_out_of_a_real_print_queue_with_the_id_and_the_data_in_japanese_and_counts_as_written_down() {
    let cups = Cups::start();
    let socket = cups.socket();
    let (mut demo, _settings) = demo(&["lp", "-d", "desk"], &[], &[("CUPS_SERVER", socket.to_str().unwrap())]);
    at_step3(&mut demo);
    demo.press("2");
    demo.wait_for("プリンターに渡しました");
    demo.wait_for("desk-1");
    let page = cups.page();
    for said in ["利用者登録の控え", "認証ID", "MONTGOMERYANNE", "西新宿", "saburo@example.jp", "AB12345678CD", "確認用の値", "練習"]
    {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    let fonts = String::from_utf8(poppler("pdffonts", &[], &cups.printed(), &[])).unwrap();
    assert!(fonts.lines().count() > 2 && fonts.lines().skip(2).all(|row| row.contains(" yes yes yes ")), "{fonts}");
    // Leaving asks nothing.
    demo.press("1");
    demo.wait_for("新規利用者登録");
    journey::leave(&mut demo);
    demo.is_whole_again();
}

#[test]
fn a_slip_for_the_office_comes_out_of_a_real_print_queue_from_the_page_of_the_trouble() {
    let cups = Cups::start();
    let socket = cups.socket();
    let (mut demo, _settings) = demo(&["lp", "-d", "desk"], &["--fault", "signing-tries=0"], &[("CUPS_SERVER", socket.to_str().unwrap())]);
    demo.wait_for("ZR302");
    demo.press(key::ENTER);
    demo.wait_for("はじめに準備");
    demo.press(key::ENTER);
    demo.wait_for("F7 窓口用の紙");
    demo.press(key::F7);
    demo.wait_for("プリンターに渡しました");
    let page = cups.page();
    for said in ["市区町村の窓口の方へ", "署名用電子証明書の暗証番号", "初期化", "持っていくもの", "ZR302"]
    {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    assert!(!page.contains("MONTGOMERY"), "{page}");
}

#[test]
fn a_queue_that_takes_no_jobs_or_is_not_there_is_told_in_the_words_of_lp() {
    let cups = Cups::start();
    cups.run("cupsreject", &["desk"]);
    let socket = cups.socket();
    let (mut demo, _settings) = demo(&["lp", "-d", "desk"], &[], &[("CUPS_SERVER", socket.to_str().unwrap())]);
    at_step3(&mut demo);
    demo.press("2");
    demo.wait_for("印刷できませんでした");
    demo.wait_for("not accepting jobs");
    // Nothing was printed: the question is asked.
    demo.press("1");
    demo.wait_for("認証IDを紙に書きましたか");
    demo.press("1");
    cups.run("cupsaccept", &["desk"]);
    demo.press("2");
    demo.wait_for("プリンターに渡しました");
    assert!(cups.page().contains("認証ID"));
}

#[test]
fn a_queue_that_is_stopped_gets_no_page_and_is_told_until_it_goes_on() {
    for (command, prepare) in [(&["lp", "-d", "desk"][..], None), (&["lp"], Some("-d"))] {
        let cups = Cups::start();
        if let Some(default) = prepare {
            cups.run("lpadmin", &[default, "desk"]);
        }
        cups.run("cupsdisable", &["desk"]);
        let socket = cups.socket();
        let (mut demo, _settings) = demo(command, &[], &[("CUPS_SERVER", socket.to_str().unwrap()), ("LC_ALL", "C.UTF-8")]);
        at_step3(&mut demo);
        demo.press("2");
        demo.wait_for("印刷できませんでした");
        demo.wait_for("プリンター desk は止めてあります");
        // No page lies in wait, to come out when the person has gone.
        assert_eq!(cups.run("lpstat", &["-W", "not-completed", "-o"]), "");
        cups.run("cupsenable", &["desk"]);
        demo.press("2");
        demo.wait_for("プリンターに渡しました");
        assert!(cups.page().contains("認証ID"));
    }
}

#[test]
fn a_command_that_is_missing_fails_or_steers_is_told_and_the_page_stays() {
    for (command, told) in [
        (&["no-such-command"][..], "no-such-command"),
        (&["sh", "-c", "exec cat >&2 <<< x; exit 7"], "exit status"),
        (&["sh", "-c", r"printf '\033]0;owned\007\033[2J\033[31mno paper'; exit 1"], "no paper"),
    ] {
        let (mut demo, _settings) = demo(command, &[], &[]);
        at_step3(&mut demo);
        let mark = demo.mark();
        demo.press("2");
        demo.wait_for("印刷できませんでした");
        demo.wait_for(told);
        assert!(demo.screen().contains("認証ID"));
        let written = demo.bytes_since(mark);
        assert!(!crate::holds(&written, "\x1b]0;owned") && !crate::holds(&written, "\x1b[31mno"));
    }
}

#[test]
fn while_a_command_hangs_the_page_goes_on_and_nothing_of_the_person_stands_in_arguments_environment_or_files() {
    let (mut demo, settings) = demo(&["sh", "-c", "echo $$ > \"$HOME/pid\"; exec sleep 1000"], &[], &[]);
    at_step3(&mut demo);
    demo.press("2");
    demo.wait_for("印刷しています");
    let pid = demo.home.path().join("pid");
    demo.wait_until("the command to start", |_, _| std::fs::read_to_string(&pid).is_ok_and(|pid| pid.ends_with('\n')));
    let process = PathBuf::from("/proc").join(std::fs::read_to_string(&pid).unwrap().trim());
    for about in ["cmdline", "environ"] {
        let said = std::fs::read(process.join(about)).unwrap();
        assert!(!["MONTGOMERY", "saburo", "AB12345678CD"].iter().any(|word| crate::holds(&said, word)), "{about}");
    }
    let files = [demo.home.path(), settings.path()].map(|folder| std::fs::read_dir(folder).unwrap());
    for file in files.into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        assert!(!crate::holds(&std::fs::read(&file).unwrap(), "%PDF"), "{file:?}");
    }
    // The page is alive.
    demo.press("5");
    demo.wait_for("スマートフォンで読み取ってください");
    demo.press(key::ESC);
    demo.wait_for("印刷しています");
    // So is the way out, whatever the command does.
    journey::leave(&mut demo);
    assert!(demo.exit_status(SOON).success());
}
