//! What a registered person asks for: each account action once, from the page that lists them to its result, and what is refused there.

use std::time::{Duration, Instant};

use crate::journey::{self, AUTHENTICATION, SIGNING};
use crate::letters::{code, letters};
use crate::pty::key;
use crate::{Demo, holds};

const GOOD: &str = "nine blue kites over Nara";

/// Register, and stay on STEP3.
pub(crate) fn registered() -> Demo {
    let mut demo = Demo::at_step1();
    journey::to_step2(&mut demo);
    journey::to_step3(&mut demo);
    demo
}

/// From STEP3 or a result, whose first button leads to the top page, to that. STEP3 asks whether the 認証ID is written down.
pub(crate) fn to_top(demo: &mut Demo) {
    const ASKS: &str = "認証IDを紙に書きましたか";
    demo.press("1");
    demo.wait_until("the top page or a question", |screen, _| {
        let text = screen.contents();
        text.contains(ASKS) || text.contains("新規利用者登録")
    });
    if demo.screen().contains(ASKS) {
        demo.press("2");
    }
    demo.wait_for("新規利用者登録");
}

/// From STEP3 or a result to the page that lists the account actions.
fn to_account_menu(demo: &mut Demo) {
    to_top(demo);
    demo.wait_for("マイナンバーカードです");
    demo.press("5");
    demo.wait_for("何をしますか");
}

/// Give the user-authentication PIN, and wait for the result.
fn proves(demo: &mut Demo, result: &str) {
    demo.wait_for("利用者証明用パスワード（4桁");
    demo.type_text(AUTHENTICATION);
    demo.press(key::ENTER);
    demo.wait_for(result);
}

/// From STEP3 to the new password, with the code of the mail.
fn to_new_password(demo: &mut Demo) {
    to_top(demo);
    gives_code(demo);
}

/// From the top page to the new password, with the code of the mail.
pub(crate) fn gives_code(demo: &mut Demo) {
    demo.press("4");
    demo.wait_for("メールに書いてあるURL");
    let code = code(demo.home.path(), 1);
    demo.paste(&code);
    demo.press(key::ENTER);
}

/// Give a good password, and go on to the page that lists the account actions.
fn sets_password(demo: &mut Demo) {
    demo.type_text(GOOD);
    demo.press(key::ENTER);
    demo.wait_for("パスワードを登録しました。");
    demo.press(key::ESC);
    demo.wait_for("新規利用者登録");
    demo.press("5");
    demo.wait_for("何をしますか");
}

/// Return the 認証ID that STEP3 shows, on a row of its own.
pub(crate) fn id(demo: &Demo) -> String {
    let screen = demo.screen();
    let is_id = |line: &&str| line.len() == 12 && line.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    screen.lines().map(str::trim).find(is_id).unwrap_or_else(|| panic!("{screen}")).to_owned()
}

#[test]
fn step3_says_where_the_mail_is_now_and_keeps_saying_the_folder() {
    let mut demo = registered();
    demo.wait_for("フォルダーに置き");
    // The service writes it when it has time to: asked before, it says that the mail waits.
    letters(demo.home.path(), 1);
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let mark = demo.mark();
        demo.press("3");
        demo.wait_for_bytes(mark, b"2026l");
        demo.wait_for("に調べました(日本時間)");
        if demo.screen().contains("フォルダーに置き") {
            break;
        }
        assert!(Instant::now() < deadline, "{}", demo.screen());
    }
    to_top(&mut demo);
}

#[test]
fn a_refused_password_is_said_with_its_reason_and_a_good_one_logs_in() {
    let mut demo = registered();
    let id = id(&demo);
    to_new_password(&mut demo);
    for (password, why) in [
        ("password", "＊多くの人が使うか"),
        ("my name is Montgomery", "＊氏名が入っています"),
        ("see saburo@example.jp", "＊メールアドレスが入"),
    ] {
        demo.type_text(password);
        demo.press(key::ENTER);
        demo.wait_for(why);
    }
    sets_password(&mut demo);
    demo.press("2");
    demo.wait_for("登録が使えることを確かめます");
    let mark = demo.mark();
    demo.type_text(&id);
    demo.press(key::ENTER);
    demo.type_text("a wrong one, by a slip");
    demo.press(key::ENTER);
    demo.wait_for("認証IDとパスワードが合いません");
    assert!(demo.screen().contains(&id), "what was typed is gone: {}", demo.screen());
    demo.type_text(GOOD);
    demo.press(key::ENTER);
    demo.wait_for("ログインできました。");
    demo.wait_for("に調べました(日本時間)");
    assert!(!holds(&demo.bytes_since(mark), GOOD), "a password was shown");
}

#[test]
fn the_card_alone_logs_in_has_mails_sent_again_and_corrects_the_address() {
    let mut demo = registered();
    to_account_menu(&mut demo);
    demo.press("1");
    proves(&mut demo, "ログインできました。");
    to_account_menu(&mut demo);
    demo.press("3");
    proves(&mut demo, "パスワードを決めるメールを、もう一度送ります。");
    assert!(letters(demo.home.path(), 2)[1].contains("/password/"));
    to_account_menu(&mut demo);
    demo.press("4");
    demo.wait_for("利用者証明用パスワード（4桁");
    demo.press(key::ESC);
    demo.wait_for("何をしますか");
    demo.press(key::ENTER);
    proves(&mut demo, "認証IDのメールを送ります。");
    assert!(letters(demo.home.path(), 3)[2].contains("認証ID"));
    to_account_menu(&mut demo);
    demo.press("5");
    demo.wait_for("新しいメールアドレス");
    demo.type_text("ｓaburo@example.ne.jp");
    demo.press(key::ENTER);
    demo.type_text("saburo@example.com");
    demo.press(key::ENTER);
    demo.wait_for("上のメールアドレスと違います");
    demo.press(&"\x7f".repeat(3));
    demo.type_text("ne.jp");
    demo.press(key::ENTER);
    // The PIN page was left once: what was typed is still there.
    demo.wait_for("利用者証明用パスワード（4桁");
    demo.press(key::ESC);
    demo.wait_for("新しいメールアドレス(確認)");
    demo.press(key::F10);
    proves(&mut demo, "メールアドレスを直しました。");
    demo.wait_for("saburo@example.ne.jp");
}

#[test]
fn a_card_is_linked_with_both_its_keys_after_the_login() {
    let mut demo = registered();
    let id = id(&demo);
    to_new_password(&mut demo);
    sets_password(&mut demo);
    demo.press("6");
    demo.wait_for("新しいカードをリーダーに置いてください。");
    demo.type_text(&id);
    demo.press(key::ENTER);
    demo.type_text(GOOD);
    demo.press(key::ENTER);
    demo.wait_for("署名用パスワード（6～16桁");
    demo.type_text(SIGNING);
    demo.press(key::ENTER);
    proves(&mut demo, "新しいカードに切り替えました。");
}

#[test]
fn a_registration_is_deleted_after_a_typed_word_and_stopping_is_the_default() {
    let mut demo = registered();
    to_account_menu(&mut demo);
    demo.press("8");
    demo.wait_for("元に戻せません");
    demo.press(key::ENTER);
    demo.wait_for("何をしますか");
    demo.press(key::ENTER);
    demo.wait_for("元に戻せません");
    demo.press(key::F10);
    demo.wait_for("＊DELETE と入力するまで");
    demo.type_text("delete");
    demo.press(key::ENTER);
    demo.wait_for("署名用パスワード（6～16桁");
    demo.type_text("WRONG1");
    demo.press(key::ENTER);
    demo.wait_for("あと4回です");
    demo.type_text(SIGNING);
    demo.press(key::ENTER);
    demo.wait_for("登録を消しました。");
    to_account_menu(&mut demo);
    demo.press("1");
    proves(&mut demo, "ZR616");
    demo.press(key::ENTER);
    demo.wait_for("何をしますか");
    demo.press(key::ESC);
    demo.wait_for("新規利用者登録");
    demo.press("1");
    demo.wait_for("はじめに準備");
    demo.press(key::ENTER);
    demo.wait_for("署名用パスワード（6～16桁");
    journey::to_step1(&mut demo);
}

#[test]
fn whoever_turns_out_to_be_registered_has_the_mail_sent_again_without_another_pin() {
    let mut demo = registered();
    to_top(&mut demo);
    journey::to_signing_pin(&mut demo);
    demo.type_text(SIGNING);
    demo.press(key::ENTER);
    proves(&mut demo, "ZR603");
    demo.press(key::ENTER);
    demo.wait_for("何をしますか");
    demo.press("3");
    demo.wait_for("パスワードを決めるメールを、もう一度送ります。");
    demo.press("2");
    demo.wait_for("メールに書いてあるURL");
    demo.paste("https://example.jp/password/of-an-earlier-mail");
    demo.press(key::ENTER);
    demo.type_text(GOOD);
    demo.press(key::ENTER);
    demo.wait_for("もう使えません");
    demo.press(key::ENTER);
    demo.wait_for("何をしますか");
    demo.press(key::ESC);
    demo.wait_for("of-an-earlier-mail");
}
