//! A new card of the same person: it takes the old one's place, and the old one, which is told so, takes it back.

use crate::desk::{AUTHENTICATION_PIN, CARD_THERE, Desk, SIGNING_PIN};
use crate::journey::{AUTHENTICATION, SIGNING};
use crate::pty::key;

const GOOD: &str = "nine blue kites over Nara";
const ACCOUNT_MENU: &str = "何をしますか";

/// Ask for something with the user-authentication PIN, and wait for the result.
fn ask(desk: &mut Desk, row: &str, result: &str) {
    desk.screen.press(row);
    desk.screen.wait_for(AUTHENTICATION_PIN);
    desk.screen.type_text(AUTHENTICATION);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for(result);
}

/// From the top page, once a card is seen, to the page of account actions.
fn to_account_menu(desk: &mut Desk) {
    desk.screen.wait_for(CARD_THERE);
    desk.screen.press("5");
    desk.screen.wait_for(ACCOUNT_MENU);
}

pub(crate) fn a_card_that_was_replaced_is_told_so_and_takes_its_place_back() {
    let mut desk = Desk::alone("anne", &[]);
    let id = desk.registers_with_password(GOOD);
    desk.first.lift();
    desk.issue_again("anne");
    to_account_menu(&mut desk);
    desk.screen.press("6");
    desk.screen.wait_for("新しいカードをリーダーに置いてください。");
    desk.screen.type_text(&id);
    desk.screen.press(key::ENTER);
    desk.screen.type_text(GOOD);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for(SIGNING_PIN);
    desk.screen.type_text(SIGNING);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for(AUTHENTICATION_PIN);
    desk.screen.type_text(AUTHENTICATION);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for("新しいカードに切り替えました。");
    desk.assert_shown(&["カードで取り消せます", "a***@kite.example.jp"]);
    desk.screen.press("1");
    desk.screen.wait_for("新規利用者登録");
    desk.second().lift();
    desk.first.put_back();
    to_account_menu(&mut desk);
    ask(&mut desk, "1", "ZR619");
    desk.assert_shown(&["ほかのカードに切り替わっています"]);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for("> 7");
    ask(&mut desk, key::ENTER, "カードの切り替えを取り消しました。");
    desk.screen.press("1");
    desk.screen.wait_for("新規利用者登録");
    to_account_menu(&mut desk);
    ask(&mut desk, "1", "ログインできました。");
    // Now there is nothing left to undo.
    desk.screen.press("1");
    desk.screen.wait_for("新規利用者登録");
    to_account_menu(&mut desk);
    ask(&mut desk, "7", "ZR620");
}
