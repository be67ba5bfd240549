//! Troubles of the card, one by one (`--fault`): each has a page of its own with its code, and a way on; where the trouble passes, the way
//! goes on to STEP3.

use crate::journey::{self, AUTHENTICATION, SIGNING};
use crate::pty::{Screen, key};
use crate::{Demo, SOON, ZAIRYU};

/// A trouble that is seen before any PIN: on the top page in short, as a page when the person wants to go on, and no PIN is asked for.
fn stops_before_the_pin(fault: &str, code: &str, words: &str) {
    let mut demo = Demo::new(&["--fault", fault]);
    demo.wait_for(&format!("({code})"));
    demo.press(key::ENTER);
    demo.wait_for("はじめに準備");
    demo.press(key::ENTER);
    has_a_page(&mut demo, code, words);
}

/// A trouble that the first PIN brings to light.
fn stops_after_the_signing_password(fault: &str, code: &str, words: &str) {
    let mut demo = Demo::new(&["--fault", fault]);
    journey::to_signing_pin(&mut demo);
    demo.type_text(SIGNING);
    demo.press(key::ENTER);
    has_a_page(&mut demo, code, words);
}

/// The page says what and what to do; looking again is possible, going back too, and so is leaving.
fn has_a_page(demo: &mut Demo, code: &str, words: &str) {
    demo.wait_for(&format!("コード {code}"));
    demo.wait_for(words);
    demo.wait_for("すること");
    demo.wait_for("[> ");
    demo.press(key::ESC);
    demo.wait_for("はじめに準備");
    journey::leave(demo);
    assert!(demo.exit_status(SOON).success());
}

#[test]
fn a_card_without_a_signing_certificate() {
    stops_before_the_pin("no-signing", "ZR401", "カードに署名用電子証明書がありません");
}

#[test]
fn a_card_without_an_authentication_certificate() {
    stops_before_the_pin("no-authentication", "ZR402", "カードに利用者証明用電子証明書がありません");
}

#[test]
fn a_locked_signing_password() {
    stops_before_the_pin("signing-locked", "ZR302", "署名用パスワードがロックされています");
}

#[test]
fn a_locked_authentication_pin() {
    stops_before_the_pin("authentication-locked", "ZR304", "利用者証明用パスワードがロックされています");
}

#[test]
fn a_residence_card_is_called_by_its_name() {
    stops_before_the_pin("kind=residence", "ZR203", "このカードは在留カードのようです");
}

#[test]
fn a_bank_card_is_called_by_its_name() {
    stops_before_the_pin("kind=bank", "ZR203", "キャッシュカードやクレジットカード");
}

#[test]
fn an_old_resident_card() {
    stops_before_the_pin("kind=old-resident", "ZR204", "住民基本台帳カードは使えません");
}

#[test]
fn a_phone_on_the_reader() {
    stops_before_the_pin("kind=phone", "ZR205", "スマートフォンがリーダーの上にあります");
}

#[test]
fn a_card_that_does_not_answer() {
    stops_before_the_pin("mute", "ZR202", "カードが返事をしません");
}

#[test]
fn an_expired_signing_certificate() {
    stops_after_the_signing_password("signing-expired", "ZR403", "署名用電子証明書の期限が過ぎています");
}

#[test]
fn a_signing_certificate_that_is_not_valid_yet() {
    stops_after_the_signing_password("signing-not-yet-valid", "ZR405", "電子証明書の始まる日がまだ来ていません");
}

#[test]
fn a_key_of_a_kind_that_nobody_knows_yet() {
    stops_after_the_signing_password("unknown-key", "ZR406", "このカードはzairyuより新しいです");
}

#[test]
fn certificates_that_are_no_certificates() {
    stops_after_the_signing_password("garbage", "ZR210", "カードの中の情報を読み取れません");
}

#[test]
fn a_certificate_without_an_end() {
    stops_after_the_signing_password("endless", "ZR210", "カードの中の情報を読み取れません");
}

#[test]
fn an_expired_authentication_certificate() {
    stops_before_the_pin("authentication-expired", "ZR404", "利用者証明用電子証明書の期限が過ぎています");
}

/// Where a person is who does what each page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Top,
    Prepare,
    Signing,
    Authentication,
    Step1,
    Step2,
    Step3,
    /// A trouble page with another way on than to wait for the card.
    Trouble,
}

/// What stands on each page and on no other.
const SIGNS: [(Place, &str); 8] = [
    (Place::Trouble, "[> もう一度試す ]"),
    (Place::Trouble, "[> パスワードを入れ直す ]"),
    (Place::Signing, "署名用パスワード（6～16桁"),
    (Place::Authentication, "利用者証明用パスワード（4桁"),
    (Place::Step1, "zairyu  利用者情報入力(STEP1)"),
    (Place::Step2, "まだ登録していません"),
    (Place::Step3, "登録が完了しました"),
    (Place::Prepare, "はじめに準備"),
];

fn place(text: &str) -> Option<Place> {
    // While a job runs nothing is asked; a page that waits for the card goes on by itself.
    if text.contains("Esc 中止") || text.contains("自動で先へ進みます") {
        return None;
    }
    if text.contains("マイナンバーカードです") && text.contains("終(お)わる") {
        return Some(Place::Top);
    }
    // A PIN page that is not empty is one whose PIN has not been taken yet.
    let asks = |place| !matches!(place, Place::Signing | Place::Authentication) || text.contains("0文字");
    SIGNS.iter().find(|(place, sign)| text.contains(sign) && asks(*place)).map(|(place, _)| *place)
}

/// Do what the pages say until STEP3; return the places that were passed.
fn goes_on_to_step3(fault: &str) -> Vec<Place> {
    let mut demo = Demo::new(&["--fault", fault]);
    let mut passed: Vec<Place> = Vec::new();
    while passed.last() != Some(&Place::Step3) {
        let before = passed.last().copied();
        demo.wait_until("a page that asks for something", |screen, _| {
            let here = place(&screen.contents());
            // A PIN can be asked for again; any other page must have been left first.
            here.is_some() && (here != before || matches!(here, Some(Place::Signing | Place::Authentication)))
        });
        let here = demo.look(|screen| place(&screen.contents()));
        // The screen may have gone on since: then it is looked at again.
        let Some(here) = here else { continue };
        passed.push(here);
        assert!(passed.len() < 20, "going in circles: {passed:?}");
        match here {
            Place::Top | Place::Prepare | Place::Trouble => demo.press(key::ENTER),
            Place::Signing => pin(&mut demo, SIGNING),
            Place::Authentication => pin(&mut demo, AUTHENTICATION),
            Place::Step1 => journey::to_step2(&mut demo),
            Place::Step2 => {
                demo.press(key::F10);
                demo.press(key::ENTER);
            }
            Place::Step3 => {}
        }
    }
    passed
}

fn pin(demo: &mut Demo, pin: &str) {
    let count = format!("パスワード  {}文字", pin.len());
    demo.type_text(pin);
    demo.wait_for(&count);
    demo.press(key::ENTER);
    // The length stays until the card has answered; before that the page must not be taken for one that asks again.
    demo.wait_gone(&count);
}

#[test]
fn a_card_whose_data_is_fetched_piece_by_piece_goes_all_the_way() {
    goes_on_to_step3("more-data");
}

#[test]
fn a_card_whose_first_answer_fails_goes_all_the_way() {
    goes_on_to_step3("first-fails");
}

#[test]
fn a_slow_card_goes_all_the_way() {
    goes_on_to_step3("slow=10");
}

#[test]
fn a_card_lifted_in_the_first_look_is_waited_for() {
    goes_on_to_step3("lifted-after=3:1");
}

#[test]
fn a_card_lifted_while_the_signing_certificate_is_read_is_waited_for() {
    goes_on_to_step3("lifted-after=20:1");
}

#[test]
fn a_card_lifted_between_the_pins_is_waited_for() {
    goes_on_to_step3("lifted-after=30:1");
}

#[test]
fn a_card_lifted_while_the_authentication_certificate_is_read_is_waited_for() {
    goes_on_to_step3("lifted-after=42:1");
}

#[test]
fn a_card_lifted_late_is_waited_for() {
    goes_on_to_step3("lifted-after=55:1");
}

#[test]
fn a_card_lifted_for_an_instant_only_goes_all_the_way() {
    goes_on_to_step3("lifted-after=25:0");
}

#[test]
fn a_card_lifted_with_the_pin_on_its_way_shows_the_tries_before_it_asks_again() {
    let mut demo = Demo::new(&["--fault", "lifted-in-verify=1"]);
    journey::to_signing_pin(&mut demo);
    demo.type_text(SIGNING);
    demo.press(key::ENTER);
    demo.wait_for("コード ZR305");
    demo.wait_for("暗証番号の結果がわかりません");
    // The password was right, and the card counts anew.
    demo.wait_for("あと5回です");
    journey::to_step1(&mut demo);
    journey::to_step2(&mut demo);
    journey::to_step3(&mut demo);
}

#[test]
fn a_card_that_was_lifted_for_good_is_waited_for_and_the_person_can_leave() {
    let mut demo = Demo::new(&["--fault", "lifted-after=20"]);
    journey::to_signing_pin(&mut demo);
    demo.type_text(SIGNING);
    demo.press(key::ENTER);
    demo.wait_for("コード ZR206");
    demo.press(key::ENTER);
    demo.press(key::ESC);
    demo.wait_for("はじめに準備");
    demo.wait_for("ZR201");
    journey::leave(&mut demo);
    demo.is_whole_again();
}

#[test]
fn without_a_card_service_the_page_says_how_to_start_it() {
    let home = tempfile::tempdir().unwrap();
    let nowhere = home.path().join("no-such-socket");
    let env = [("HOME", home.path().to_str().unwrap()), ("PCSCLITE_CSOCK_NAME", nowhere.to_str().unwrap())];
    let mut screen = Screen::start(ZAIRYU, &["--lang", "ja", "--service", "http://127.0.0.1:9"], &env, 24, 80);
    screen.wait_for("(ZR101)");
    screen.press(key::ENTER);
    screen.wait_for("はじめに準備");
    screen.press(key::ENTER);
    screen.wait_for("コード ZR101");
    screen.wait_for("公式のコード EW104J1502");
    screen.wait_for("pcscd");
    screen.press(key::ESC);
    screen.wait_for("はじめに準備");
    journey::leave(&mut screen);
    assert!(screen.exit_status(SOON).success());
    assert!(screen.cooked() && !screen.alternate_screen());
}
