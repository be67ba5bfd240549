//! The way through the full screen as a person goes it, by the keys of the contract and the official texts (--lang ja).
//! Every step waits for what it leads to; what a test wants to see on the way it looks at between the steps.
#![allow(unused, unreachable_pub, missing_docs, reason = "a harness that every test includes whole and uses in part")]

use crate::pty::{Screen, key};

/// The PINs of the simulated card.
pub const SIGNING: &str = "PRACTICE1";
pub const AUTHENTICATION: &str = "1234";

/// From the top page, once the card is seen, to the signing password.
pub fn to_signing_pin(screen: &mut Screen) {
    screen.wait_for("マイナンバーカードです");
    screen.press(key::ENTER);
    screen.wait_for("はじめに準備");
    screen.press(key::ENTER);
    screen.wait_for("署名用パスワード（6～16桁");
}

/// From the signing password through both PINs to STEP1.
pub fn to_step1(screen: &mut Screen) {
    screen.type_text(SIGNING);
    screen.press(key::ENTER);
    screen.wait_for("利用者証明用パスワード（4桁");
    screen.type_text(AUTHENTICATION);
    screen.press(key::ENTER);
    screen.wait_for("利用者氏名");
}

/// Fill in what the card does not offer, from the phone number on, and confirm: to STEP2.
pub fn to_step2(screen: &mut Screen) {
    fill_in(screen, "０９０-9876-5432", "saburo@example.jp", "ab12345678cd");
    screen.press(key::F10);
    screen.wait_for("まだ登録していません");
}

/// Fill in what the card does not offer, from the phone number on: a foreign national who agrees to the terms.
pub fn fill_in(screen: &mut Screen, phone: &str, mail: &str, residence_card: &str) {
    for line in [phone, mail, mail] {
        screen.type_text(line);
        screen.press(key::ENTER);
    }
    screen.press("1"); // Goes on by itself.
    screen.type_text(residence_card);
    screen.press(key::ENTER);
    screen.press(" ");
}

/// Register: from STEP2 to STEP3. F10 goes to 登録, Enter presses it.
pub fn to_step3(screen: &mut Screen) {
    screen.press(key::F10);
    screen.press(key::ENTER);
    screen.wait_for("登録が完了しました");
}

/// From STEP3 to the top page: the 認証ID is written down.
pub fn next_person(screen: &mut Screen) {
    screen.press("1");
    screen.wait_for("認証IDを紙に書きましたか");
    screen.press("2");
    screen.wait_for("新規利用者登録");
}

/// Leave the program, from any page.
pub fn leave(screen: &mut Screen) {
    screen.press(key::CTRL_C);
    screen.wait_for("終わりますか");
    screen.press("2");
}
