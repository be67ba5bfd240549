//! The desk of a scene: readers with cards of one authority, a service elsewhere that trusts it, and the program on the full screen.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::journey::{self, SIGNING};
use crate::letters;
use crate::pty::{Screen, key};
use crate::stage::{Card, LOGS, SERVICE, Service};

pub(crate) const ZAIRYU: &str = env!("CARGO_BIN_EXE_zairyu");

/// The top page, with a card that can be used.
pub(crate) const CARD_THERE: &str = "マイナンバーカードです";
/// The top page, with a registration that is under way.
pub(crate) const TOP_OPEN: &str = "登録の途中です";
/// The steps, as the trail marks where the person is.
pub(crate) const STEP1: &str = "zairyu  利用者情報入力(STEP1)";
pub(crate) const STEP2: &str = "zairyu  利用者情報確認(STEP2)";
pub(crate) const STEP3: &str = "zairyu  利用者情報登録完了(STEP3)";
/// STEP1 and STEP2 at home, while the card is away.
pub(crate) const CARD_NEEDED: &str = "カードがリーダーにありません";
/// Any page at a desk, while the card is away.
pub(crate) const COVERED: &str = "カードを待っています";
/// Any page, with another person's card in the reader.
pub(crate) const OTHER_CARD: &str = "別のマイナンバーカードです";
/// The page that waits for a card.
pub(crate) const NO_CARD: &str = "ZR201";
/// The page of the signing password.
pub(crate) const SIGNING_PIN: &str = "署名用パスワード（6～16桁";
/// The page of the user-authentication PIN.
pub(crate) const AUTHENTICATION_PIN: &str = "利用者証明用パスワード（4桁";

/// What a person types into STEP1, and by what they are known: nothing of it stands on a page as an example.
pub(crate) struct Person {
    /// The name, where the card cannot offer one that the field takes.
    name: Option<&'static str>,
    pub(crate) phone: &'static str,
    pub(crate) mail: &'static str,
    pub(crate) residence_card: &'static str,
    /// What a page shows, and no page without this person.
    pub(crate) known_by: &'static [&'static str],
}

pub(crate) const ANNE: Person = Person {
    name: None,
    phone: "03-5381-2960",
    mail: "anne@kite.example.jp",
    residence_card: "QX48151623WZ",
    known_by: &["MONTGOMERY", "ＭＯＮＴＧＯＭＥＲＹ", "19900401", "西新宿", "0353812960", "anne@kite", "QX48151623WZ"],
};

pub(crate) const TARO: Person = Person {
    name: Some("YAMADA TARO"),
    phone: "0467-23-3000",
    mail: "taro@wave.example.jp",
    residence_card: "TY31415926KM",
    known_by: &["YAMADA", "山田", "19850615", "御成町", "0467233000", "taro@wave", "TY31415926KM"],
};

/// Readers with a card each, of one authority; a service elsewhere that trusts it; and the program on the full screen.
pub(crate) struct Desk {
    pub(crate) screen: Screen,
    pub(crate) first: Card,
    second: Option<Card>,
    service: Option<Service>,
    /// The name of the service's data folder.
    data: &'static str,
    folder: TempDir,
}

impl Desk {
    /// Lay these persons' cards into the two readers, and start service and program, with arguments such as --reader.
    pub(crate) fn open([first, second]: [&str; 2], arguments: &[&str]) -> Desk {
        Desk::start(first, Some(second), arguments)
    }

    /// Lay a person's card into the first reader, and start service and program. The second reader stays empty.
    pub(crate) fn alone(person: &str, arguments: &[&str]) -> Desk {
        Desk::start(person, None, arguments)
    }

    fn start(first: &str, second: Option<&str>, arguments: &[&str]) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let [anchors, state] = ["anchors", "state"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
        let first = Card::insert_into(0, ZAIRYU, &["--person", first, "--state", &state, "--export-anchors", &anchors]);
        let second = second.map(|person| Card::insert_into(1, ZAIRYU, &["--person", person, "--state", &state]));
        let data = "service";
        let service = Service::start(ZAIRYU, &folder.path().join(data), anchors.as_ref());
        let screen = start(&folder, arguments);
        Desk { screen, first, second, service: Some(service), data, folder }
    }

    /// Start another program at the same desk, such as one with another --reader; the first one ends.
    pub(crate) fn start_again(&mut self, arguments: &[&str]) {
        self.screen = start(&self.folder, arguments);
    }

    /// The cards for the second reader.
    pub(crate) fn second(&mut self) -> &mut Card {
        self.second.as_mut().expect("the second reader is empty")
    }

    /// Lay another card of a person, issued later by the same authority, into the second reader.
    pub(crate) fn issue_again(&mut self, person: &str) {
        let [state, renewed] = ["state", "renewed"].map(|name| self.folder.path().join(name));
        std::fs::create_dir(&renewed).unwrap();
        for file in state.read_dir().unwrap().map(|file| file.unwrap()) {
            if !file.file_name().to_str().unwrap().starts_with(person) {
                std::fs::copy(file.path(), renewed.join(file.file_name())).unwrap();
            }
        }
        self.second = Some(Card::insert_into(1, ZAIRYU, &["--person", person, "--state", renewed.to_str().unwrap()]));
    }

    /// The service.
    pub(crate) fn service(&self) -> &Service {
        self.service.as_ref().expect("the service was stopped")
    }

    /// Stop the service: nothing listens where it was.
    pub(crate) fn stop_service(&mut self) {
        self.service = None;
    }

    /// Start the service again, with its data in this folder. In a new one it knows nobody, and no session.
    pub(crate) fn start_service(&mut self, data: &'static str) {
        self.data = data;
        let [data, anchors] = [data, "anchors"].map(|name| self.folder.path().join(name));
        self.service = Some(Service::start(ZAIRYU, &data, &anchors));
    }

    /// A folder that belongs to this desk.
    pub(crate) fn folder(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Ask the operator's command what the service has registered of a person, by name or 認証ID.
    pub(crate) fn registered(&self, query: &str) -> Vec<Value> {
        let found = self.users(&["find", query]);
        let people = found.as_array().unwrap().iter().map(|person| person["authentication_id"].as_str().unwrap());
        people.map(|id| self.users(&["show", id])["people"][0].clone()).collect()
    }

    fn users(&self, arguments: &[&str]) -> Value {
        let data = self.folder(self.data);
        let home = self.folder("operator");
        let output = Command::new(ZAIRYU).args(["users", "--json", "--data", &data]).args(arguments).env("HOME", home).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Go from the top page to STEP1.
    pub(crate) fn reach_step1(&mut self) {
        journey::to_signing_pin(&mut self.screen);
        journey::to_step1(&mut self.screen);
    }

    /// Go from STEP1, as the card has filled it, to STEP2.
    pub(crate) fn reach_step2(&mut self, person: &Person) {
        self.fill_in(person);
        self.screen.press(key::F10);
        self.screen.wait_for(STEP2);
    }

    /// Type into STEP1 what the card does not offer.
    pub(crate) fn fill_in(&mut self, person: &Person) {
        if let Some(name) = person.name {
            self.screen.type_text(name);
            self.screen.press(key::F3);
        }
        journey::fill_in(&mut self.screen, person.phone, person.mail, person.residence_card);
        self.screen.wait_for("全部入りました");
    }

    /// Leave STEP1 for the top page; the registration stays open.
    pub(crate) fn reach_open_top(&mut self) {
        self.screen.press(key::ESC);
        self.screen.wait_for(TOP_OPEN);
    }

    /// Go back from STEP2 to STEP1.
    pub(crate) fn back_to_step1(&mut self) {
        self.screen.press(key::ESC);
        self.screen.wait_for(STEP1);
    }

    /// Register on STEP2 with a card that was away since its password was given: it is asked for again.
    pub(crate) fn register_with_the_password_again(&mut self) {
        self.screen.press(key::F10);
        self.screen.press(key::ENTER);
        self.screen.wait_for(SIGNING_PIN);
        self.screen.type_text(SIGNING);
        self.screen.press(key::ENTER);
        self.screen.wait_for(STEP3);
    }

    /// On the page that says that another card lies there, start again with it.
    pub(crate) fn start_again_with_this_card(&mut self) {
        self.screen.press("2");
        self.screen.wait_for("新規利用者登録");
        self.screen.wait_for(CARD_THERE);
    }

    /// Require that nothing by which a person is known was on the screen since `mark`, however briefly.
    #[track_caller]
    pub(crate) fn assert_hidden_since(&self, mark: usize, person: &Person) {
        let bytes = self.screen.bytes_since(mark);
        let text = String::from_utf8_lossy(&bytes);
        for canary in person.known_by {
            for frame in self.screen.frames_since(mark) {
                assert!(!frame.contains(canary), "{canary} stood on the screen:\n{frame}");
            }
            assert!(!text.contains(canary), "{canary} was written");
        }
    }

    /// The lines of the page, without the blanks at their ends, which depend on what was drawn before.
    pub(crate) fn page(&self) -> Vec<String> {
        self.screen.screen().lines().map(|line| line.trim_end().to_owned()).collect()
    }

    /// Require that this stands on the screen.
    #[track_caller]
    pub(crate) fn assert_shown(&self, texts: &[&str]) {
        let screen = self.screen.screen();
        for text in texts {
            assert!(screen.contains(text), "{text} does not stand on the screen:\n{screen}");
        }
    }

    /// From the top page, register Anne and set her first password, back to the top page; return the 認証ID.
    pub(crate) fn registers_with_password(&mut self, password: &str) -> String {
        self.reach_step1();
        self.reach_step2(&ANNE);
        journey::to_step3(&mut self.screen);
        let id = self.authentication_id();
        journey::next_person(&mut self.screen);
        self.screen.press("4");
        self.screen.wait_for("メールに書いてあるURL");
        self.screen.paste(&letters::code(self.folder("service").as_ref(), 1));
        self.screen.press(key::ENTER);
        self.screen.type_text(password);
        self.screen.press(key::ENTER);
        self.screen.wait_for("パスワードを登録しました。");
        self.screen.press(key::ESC);
        self.screen.wait_for("新規利用者登録");
        id
    }

    /// Read the 認証ID off STEP3: ten letters and digits in groups, in full width; in half width in line mode.
    pub(crate) fn authentication_id(&self) -> String {
        let screen = self.screen.screen();
        let narrow = |letter: char| match letter {
            'A'..='Z' | '0'..='9' | '-' => Some(letter),
            wide => char::from_u32(u32::from(wide).wrapping_sub(0xFEE0)).filter(char::is_ascii_graphic),
        };
        let mut lines = screen.lines().map(|line| line.trim().chars().map(narrow).collect::<Option<String>>().unwrap_or_default());
        lines.find(|line| line.len() == 12).unwrap_or_else(|| panic!("no 認証ID:\n{screen}"))
    }
}

fn start(folder: &TempDir, arguments: &[&str]) -> Screen {
    let [anchors, client, log] = ["anchors", "client", "client.log"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let url = format!("http://{SERVICE}");
    let usual = ["--lang", "ja", "--service", &url, "--test-cards", "--anchors", &anchors, "--log", &log];
    // What line mode has said stays in sight.
    let (rows, cols) = if arguments.contains(&"--line") { (250, 160) } else { (24, 80) };
    Screen::start(ZAIRYU, &[&usual, arguments].concat(), &[&LOGS[..], &[("HOME", &client)]].concat(), rows, cols)
}

/// Wait until the program has looked at the present card, where nothing on the screen tells of it, and has let go of it. A card that is lifted
/// while it is asked something can stay absent to pcscd 1.9.9 for ever.
pub(crate) fn wait_for_look(card: &mut Card, asked_before: u32) {
    let mut asked = asked_before;
    wait_until("a look at the card", || {
        std::thread::sleep(Duration::from_millis(250));
        let now = card.count();
        std::mem::replace(&mut asked, now) == now && now > asked_before
    });
}

/// Wait until something holds that can only be asked for.
pub(crate) fn wait_until(what: &str, mut arrived: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !arrived() {
        assert!(Instant::now() < deadline, "waited for {what}");
        std::thread::sleep(Duration::from_millis(20)); // Nothing announces it.
    }
}
