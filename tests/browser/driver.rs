//! A real Chromium, driven over WebDriver (W3C): the few commands that a page without script needs, and axe-core, which looks for barriers.
//! Nothing here knows the password page. Whatever is missing stops the test: it never passes without a browser.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use base64ct::{Base64, Encoding};
use reqwest::Client;
use serde_json::{Value, json};

/// The name under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The release of axe-core that judges the pages.
const AXE: &str = "axe-core@4.14.1";

/// One browser at a time: each takes a core and some hundred megabytes.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Whether pages may run script.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    Allowed,
    Off,
}

/// Keys, as WebDriver names them.
pub(crate) const TAB: &str = "\u{E004}";
pub(crate) const ENTER: &str = "\u{E007}";

/// A browser with a fresh profile. Dropping it ends it.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    client: Client,
    _profile: tempfile::TempDir,
    _turn: tokio::sync::MutexGuard<'static, ()>,
}

impl Browser {
    /// Start it.
    pub(crate) async fn start(script: Script) -> Browser {
        let turn = TURN.lock().await;
        let (driver, port) = chromedriver();
        let profile = tempfile::tempdir().unwrap();
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(180)).build().unwrap();
        let mut browser = Browser { driver, port, session: String::new(), client, _profile: profile, _turn: turn };
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--no-proxy-server",
            "--window-size=1000,1100",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", browser._profile.path().display()));
        let mut options = json!({ "args": arguments });
        if script == Script::Off {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let wanted = json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome", "goog:chromeOptions": options } } });
        let opened = browser.post("", wanted).await;
        browser.session = opened["sessionId"].as_str().unwrap().to_owned();
        browser
    }

    fn url(&self, command: &str) -> String {
        let session = if self.session.is_empty() { String::new() } else { format!("/{}", self.session) };
        format!("http://127.0.0.1:{}/session{session}{command}", self.port)
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        let answer = self.client.post(self.url(command)).json(&body).send().await.unwrap();
        let (status, answer): (_, Value) = (answer.status(), answer.json().await.unwrap());
        assert!(status.is_success(), "Chromium refused {command}: {answer}");
        answer["value"].clone()
    }

    async fn get(&self, command: &str) -> Value {
        let answer: Value = self.client.get(self.url(command)).send().await.unwrap().json().await.unwrap();
        assert!(answer["value"].get("error").is_none(), "Chromium refused {command}: {answer}");
        answer["value"].clone()
    }

    /// Open an address.
    pub(crate) async fn open(&self, url: &str) {
        self.post("/url", json!({ "url": url })).await;
    }

    /// Open another window, and go on there.
    pub(crate) async fn new_window(&self) {
        let window = self.post("/window/new", json!({ "type": "tab" })).await;
        self.post("/window", json!({ "handle": window["handle"] })).await;
    }

    /// Return the page's title.
    pub(crate) async fn title(&self) -> String {
        self.get("/title").await.as_str().unwrap().to_owned()
    }

    /// Return the page as it stands.
    pub(crate) async fn source(&self) -> String {
        self.get("/source").await.as_str().unwrap().to_owned()
    }

    async fn element(&self, css: &str) -> String {
        let found = self.post("/element", json!({ "using": "css selector", "value": css })).await;
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    /// Return which page is shown: no two have the same, though they look alike.
    pub(crate) async fn shown(&self) -> String {
        self.element("main").await
    }

    /// Wait until another page is shown than this one: a click or a key does not wait for what it sets off.
    pub(crate) async fn turned(&self, from: &str) {
        for _ in 0..400 {
            // Between two pages there is none, which is no fault.
            let asked = self.client.post(self.url("/element")).json(&json!({ "using": "css selector", "value": "main" }));
            let found: Value = asked.send().await.unwrap().json().await.unwrap();
            if found["value"][ELEMENT].as_str().is_some_and(|page| page != from) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the page stays: {}", self.source().await);
    }

    /// Wait until an element has the focus: the browser gives it with the next frame.
    pub(crate) async fn focused(&self, id: &str) {
        for _ in 0..100 {
            if self.focus().await == id {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{id} has no focus, but {}", self.focus().await);
    }

    /// Return the text of an element, as it is seen.
    pub(crate) async fn text(&self, css: &str) -> String {
        let element = self.element(css).await;
        self.get(&format!("/element/{element}/text")).await.as_str().unwrap().to_owned()
    }

    /// Return how many elements there are.
    pub(crate) async fn count(&self, css: &str) -> usize {
        self.post("/elements", json!({ "using": "css selector", "value": css })).await.as_array().unwrap().len()
    }

    /// Return an attribute of an element.
    pub(crate) async fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let element = self.element(css).await;
        self.get(&format!("/element/{element}/attribute/{name}")).await.as_str().map(str::to_owned)
    }

    /// Return what an element is called by assistive technology.
    pub(crate) async fn spoken(&self, css: &str) -> String {
        let element = self.element(css).await;
        self.get(&format!("/element/{element}/computedlabel")).await.as_str().unwrap().to_owned()
    }

    /// Type into an element.
    pub(crate) async fn type_into(&self, css: &str, text: &str) {
        let element = self.element(css).await;
        self.post(&format!("/element/{element}/value"), json!({ "text": text })).await;
    }

    /// Click an element.
    pub(crate) async fn click(&self, css: &str) {
        let element = self.element(css).await;
        self.post(&format!("/element/{element}/click"), json!({})).await;
    }

    /// Press keys, wherever the focus is.
    pub(crate) async fn press(&self, keys: &str) {
        let strokes: Vec<Value> =
            keys.chars().flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))).collect();
        self.post("/actions", json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] })).await;
    }

    /// Return what has the focus: its `id`, or else its text.
    pub(crate) async fn focus(&self) -> String {
        let active = self.get("/element/active").await[ELEMENT].as_str().unwrap().to_owned();
        match self.get(&format!("/element/{active}/attribute/id")).await.as_str() {
            Some(id) if !id.is_empty() => id.to_owned(),
            _ => self.get(&format!("/element/{active}/text")).await.as_str().unwrap().to_owned(),
        }
    }

    /// Run a script of the test's own in the page; the page's policy does not bind it.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// Show pages as on a window of this width, for people who like it light or dark.
    pub(crate) async fn look(&self, width: u32, scheme: &str) {
        for (command, parameters) in [
            ("Emulation.setDeviceMetricsOverride", json!({ "width": width, "height": 600, "deviceScaleFactor": 1, "mobile": false })),
            ("Emulation.setEmulatedMedia", json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] })),
        ] {
            self.post("/goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await;
        }
    }

    /// Write a picture of the whole page.
    pub(crate) async fn picture(&self, file: &Path) {
        let taken =
            self.post("/goog/cdp/execute", json!({ "cmd": "Page.captureScreenshot", "params": { "captureBeyondViewport": true } })).await;
        std::fs::write(file, Base64::decode_vec(taken["data"].as_str().unwrap()).unwrap()).unwrap();
    }

    /// Return the barriers that axe-core finds in the page, one a line.
    pub(crate) async fn barriers(&self) -> String {
        self.run(axe()).await;
        let script = "return axe.run(document).then(found => found.violations.flatMap(rule =>
            rule.nodes.map(node => rule.id + ': ' + rule.help + ' ' + node.html)).join('\\n'))";
        let found = self.run(script).await;
        found.as_str().expect("axe-core did not answer").to_owned()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver is asked to end the browser first; killed, it would leave it behind. There is no waiting for futures in a drop.
        if let Ok(mut line) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = line.set_read_timeout(Some(Duration::from_secs(10)));
            let request = format!("DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", self.session);
            let _ = line.write_all(request.as_bytes()).and_then(|()| line.read(&mut [0; 512]));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Start the driver on a free port, and read which one it is.
fn chromedriver() -> (Child, u16) {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|fault| panic!("chromedriver does not start ({fault}): apt-get install chromium chromium-driver"));
    let mut said = BufReader::new(driver.stdout.take().unwrap());
    let mut line = String::new();
    while said.read_line(&mut line).unwrap() > 0 {
        if let Some((_, port)) = line.trim_end().trim_end_matches('.').rsplit_once("successfully on port ") {
            let port = port.parse().unwrap();
            // What it says later must not fill the pipe.
            std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
            return (driver, port);
        }
        line.clear();
    }
    panic!("chromedriver ended before it listened: {:?}", driver.wait());
}

/// Return axe-core. npm brings it once into the build folder, unless `ZAIRYU_AXE` names the file `axe.min.js`.
fn axe() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let file = std::env::var_os("ZAIRYU_AXE").map_or_else(install_axe, PathBuf::from);
        std::fs::read_to_string(&file).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()))
    })
}

fn install_axe() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(AXE);
    let file = folder.join("node_modules/axe-core/axe.min.js");
    if !file.exists() {
        std::fs::create_dir_all(&folder).unwrap();
        let installed = Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", AXE, "--prefix"])
            .arg(&folder)
            .stdout(Stdio::null())
            .status();
        assert!(installed.is_ok_and(|status| status.success()), "npm could not bring {AXE}: apt-get install npm, or set ZAIRYU_AXE");
    }
    file
}
