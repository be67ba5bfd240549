//! Another person's card, or none, where a visit's card should be: nothing of the first person is shown, and nothing of what was typed reaches
//! the next one's card (visit.md).

use crate::desk::{
    ANNE, AUTHENTICATION_PIN, CARD_NEEDED, CARD_THERE, COVERED, Desk, NO_CARD, OTHER_CARD, SIGNING_PIN, STEP1, STEP2, STEP3, TARO,
    wait_for_look,
};
use crate::journey::{self, AUTHENTICATION, SIGNING};
use crate::left_over::ABOUT_ANNE;
use crate::memory;
use crate::pty::{Screen, key};
use crate::stage::{self, READERS};

/// The chosen row.
const FIRST_CARD: &str = "> 1";
const START_AGAIN: &str = "> 2";
/// The page that says that the service cannot be reached.
const UNREACHABLE: &str = "ZR501";

pub(crate) fn after_a_swap_on_the_top_page_the_next_person_registers_with_nothing_of_the_first() {
    let mut desk = Desk::alone("anne", &[]);
    desk.reach_step1();
    desk.reach_step2(&ANNE);
    desk.back_to_step1();
    desk.reach_open_top();
    assert_eq!(desk.first.verifies(), [1, 1]);
    let mark = desk.screen.mark();
    desk.first.exchange_for("taro");
    desk.screen.wait_for(OTHER_CARD);
    desk.assert_shown(&[FIRST_CARD]);
    // Whoever puts another card in and presses Enter is still asked for the first one.
    desk.screen.press(&key::ENTER.repeat(2));
    desk.screen.press(key::F2);
    desk.screen.wait_for("言語 Language");
    desk.screen.press("2");
    desk.screen.wait_for("This is another My Number Card");
    desk.screen.press(key::F2);
    desk.screen.press("1");
    desk.screen.wait_for(OTHER_CARD);
    desk.start_again_with_this_card();
    assert_eq!(desk.first.verifies(), [0, 0]);
    memory::assert_none(desk.screen.id(), &ABOUT_ANNE);
    desk.reach_step1();
    desk.screen.wait_for("御成町");
    desk.reach_step2(&TARO);
    desk.assert_shown(&["YAMADA TARO", "19850615", "0467233000", "taro@wave.example.jp", "TY31415926KM"]);
    journey::to_step3(&mut desk.screen);
    let id = desk.authentication_id();
    desk.assert_hidden_since(mark, &ANNE);
    let [registered] = &desk.registered(&id)[..] else { panic!("{id} is not registered") };
    let kept = ["name", "birth_date", "phone", "email", "residence_card"].map(|column| registered[column].as_str().unwrap());
    assert_eq!(kept, ["YAMADA TARO", "1985-06-15", "0467233000", "taro@wave.example.jp", "TY31415926KM"]);
    assert!(desk.registered("MONTGOMERY").is_empty());
    assert_eq!(desk.first.verifies(), [1, 1]);
    desk.first.exchange_for("anne");
    assert_eq!(desk.first.verifies(), [1, 1]);
}

pub(crate) fn a_visit_that_was_left_open_goes_on_with_its_card_and_the_pin_whatever_other_card_is_laid_beside() {
    let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[0]]);
    desk.second().lift();
    desk.reach_step1();
    desk.fill_in(&ANNE);
    desk.reach_open_top();
    let mark = desk.screen.mark();
    desk.first.lift();
    desk.screen.wait_for(NO_CARD);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for("もう一度調べる");
    // A card of another kind is told about, and is nobody's.
    desk.second().exchange_for("kind=transport");
    desk.screen.wait_for("マイナンバーカードではありません");
    assert_eq!(desk.second().count(), 0);
    desk.assert_hidden_since(mark, &ANNE);
    desk.first.put_back();
    desk.screen.wait_for(AUTHENTICATION_PIN);
    desk.assert_hidden_since(mark, &ANNE);
    desk.screen.type_text(AUTHENTICATION);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for(STEP1);
    desk.screen.press(key::F10);
    desk.screen.wait_for(STEP2);
    desk.assert_shown(&["MONTGOMERY ANNE", "19900401", "0353812960", "anne@kite.example.jp", "QX48151623WZ"]);
    assert_eq!((desk.first.verifies(), desk.second().count()), ([1, 2], 0));
}

pub(crate) fn a_card_swapped_during_step1_and_step2_hides_them_and_registers_with_the_password_again_when_it_is_back() {
    let mut desk = Desk::alone("anne", &[]);
    desk.reach_step1();
    desk.fill_in(&ANNE);
    let typed = desk.page();
    // STEP1: the same card taken and put back, then another one.
    desk.first.lift();
    desk.screen.wait_for(CARD_NEEDED);
    desk.assert_shown(&[STEP1]);
    desk.first.put_back();
    desk.screen.wait_gone(CARD_NEEDED);
    assert_eq!(desk.page(), typed);
    another_card_hides_the_page_until_the_first_is_back(&mut desk);
    assert_eq!(desk.page(), typed);
    // STEP2: the same.
    desk.screen.press(key::F10);
    desk.screen.wait_for(STEP2);
    let confirmed = desk.page();
    desk.first.lift();
    desk.screen.wait_for(CARD_NEEDED);
    desk.first.put_back();
    desk.screen.wait_gone(CARD_NEEDED);
    assert_eq!(desk.page(), confirmed);
    another_card_hides_the_page_until_the_first_is_back(&mut desk);
    assert_eq!(desk.page(), confirmed);
    assert_eq!(desk.first.verifies(), [1, 1]);
    desk.register_with_the_password_again();
    assert_eq!(desk.first.verifies(), [2, 1]);
    // STEP3 stays, whatever becomes of the card.
    let id = desk.authentication_id();
    let asked = desk.first.count();
    desk.first.lift();
    desk.first.put_back();
    wait_for_look(&mut desk.first, asked);
    desk.first.exchange_for("taro");
    wait_for_look(&mut desk.first, 0);
    desk.screen.press(key::F8);
    desk.screen.wait_for("認証IDを紙に書きましたか");
    desk.screen.press(key::ENTER);
    desk.screen.wait_for(STEP3);
    assert_eq!(desk.authentication_id(), id);
    desk.screen.press(key::F8);
    desk.screen.wait_for("認証IDを紙に書きましたか");
    desk.screen.press("2");
    desk.screen.wait_for("新規利用者登録");
    let mark = desk.screen.mark();
    desk.screen.wait_for(CARD_THERE);
    journey::to_signing_pin(&mut desk.screen);
    desk.assert_hidden_since(mark, &ANNE);
    assert_eq!(desk.registered(&id)[0]["name"], "MONTGOMERY ANNE");
    assert_eq!(desk.first.verifies(), [0, 0]);
}

/// On a page with Anne's data, put Taro's card in, take it out, put it in again, and then Anne's.
fn another_card_hides_the_page_until_the_first_is_back(desk: &mut Desk) {
    desk.first.exchange_for("taro");
    desk.screen.wait_for(OTHER_CARD);
    let mark = desk.screen.mark();
    desk.screen.press(&key::ENTER.repeat(3));
    desk.screen.press(key::F10);
    desk.screen.press(key::F1);
    assert_eq!(desk.first.verifies(), [0, 0]);
    desk.assert_hidden_since(mark, &ANNE);
    desk.first.exchange_for("anne");
    desk.screen.wait_gone(OTHER_CARD);
    desk.screen.wait_gone(CARD_NEEDED);
}

pub(crate) fn what_is_typed_of_a_password_is_never_sent_to_the_card_that_was_put_in_meanwhile() {
    let mut desk = Desk::alone("anne", &[]);
    journey::to_signing_pin(&mut desk.screen);
    desk.first.lift();
    desk.screen.wait_for(NO_CARD);
    desk.first.put_back();
    desk.screen.wait_for(SIGNING_PIN);
    let (begun, rest) = SIGNING.split_at(5);
    desk.screen.type_text(begun);
    desk.screen.wait_for("*****");
    desk.first.lift();
    desk.screen.wait_for(NO_CARD);
    desk.first.put_back();
    desk.screen.wait_for("*****");
    desk.first.exchange_for("taro");
    desk.screen.wait_for(OTHER_CARD);
    // What is typed on now is for nobody.
    desk.screen.press(rest);
    desk.screen.press(key::ENTER);
    desk.first.exchange_for("anne");
    desk.screen.wait_for("*****");
    desk.screen.type_text(rest);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for(AUTHENTICATION_PIN);
    let (begun, rest) = AUTHENTICATION.split_at(2);
    desk.first.lift();
    desk.screen.wait_for(NO_CARD);
    desk.first.put_back();
    desk.screen.wait_for(AUTHENTICATION_PIN);
    desk.screen.type_text(begun);
    desk.screen.wait_for("2文字");
    desk.first.exchange_for("taro");
    desk.screen.wait_for(OTHER_CARD);
    desk.screen.press(rest);
    desk.screen.press(key::ENTER);
    desk.first.exchange_for("anne");
    desk.screen.wait_for(AUTHENTICATION_PIN);
    desk.screen.type_text(rest);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for(STEP1);
    assert_eq!((desk.first.verifies(), desk.first.tries()), ([1, 1], [5, 3]));
    // A card that is changed before anything is typed is simply the card.
    desk.screen.press(key::F8);
    desk.screen.wait_for("次の人に代わりますか");
    desk.screen.press("2");
    let mark = desk.screen.mark();
    journey::to_signing_pin(&mut desk.screen);
    desk.first.exchange_for("taro");
    desk.screen.wait_for(SIGNING_PIN);
    journey::to_step1(&mut desk.screen);
    desk.screen.wait_for("御成町");
    desk.assert_hidden_since(mark, &ANNE);
    assert_eq!((desk.first.verifies(), desk.first.tries()), ([1, 1], [5, 3]));
    desk.first.exchange_for("anne");
    assert_eq!((desk.first.verifies(), desk.first.tries()), ([1, 1], [5, 3]));
}

pub(crate) fn a_service_that_is_gone_and_comes_back_knowing_nothing_leaves_the_form_to_its_own_card() {
    let mut desk = Desk::alone("anne", &[]);
    desk.reach_step1();
    desk.reach_step2(&ANNE);
    desk.stop_service();
    desk.screen.press(key::F10);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for(UNREACHABLE);
    let asked = desk.first.count();
    desk.first.exchange_for("taro");
    desk.screen.wait_for(OTHER_CARD);
    let mark = desk.screen.mark();
    desk.screen.press(&key::ENTER.repeat(3));
    desk.start_service("emptied");
    desk.assert_hidden_since(mark, &ANNE);
    desk.first.exchange_for("anne");
    desk.screen.wait_for(UNREACHABLE);
    wait_for_look(&mut desk.first, asked);
    // The session is gone, and the card that was away has forgotten both PINs: a new session is proved before anything is registered.
    desk.screen.press(key::ENTER);
    desk.screen.wait_for(SIGNING_PIN);
    desk.screen.type_text(SIGNING);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for(AUTHENTICATION_PIN);
    assert_eq!(desk.first.verifies(), [2, 1]);
    let mark = desk.screen.mark();
    desk.first.exchange_for("taro");
    desk.screen.wait_for(OTHER_CARD);
    desk.start_again_with_this_card();
    desk.reach_step1();
    desk.screen.wait_for("御成町");
    desk.assert_hidden_since(mark, &ANNE);
    assert!(desk.registered("MONTGOMERY").is_empty());
    assert_eq!(desk.first.verifies(), [1, 1]);
    desk.first.exchange_for("anne");
    assert_eq!(desk.first.verifies(), [2, 1]);
}

pub(crate) fn a_card_service_that_was_restarted_under_step1_ends_no_visit() {
    let mut desk = Desk::alone("anne", &[]);
    desk.reach_step1();
    desk.fill_in(&ANNE);
    stage::stop_pcscd();
    desk.screen.wait_for(CARD_NEEDED);
    stage::start_pcscd();
    desk.screen.wait_gone(CARD_NEEDED);
    desk.screen.press(key::F10);
    desk.screen.wait_for(STEP2);
    desk.register_with_the_password_again();
    assert_eq!(desk.registered(&desk.authentication_id())[0]["phone"], "0353812960");
    assert_eq!(desk.first.verifies(), [2, 1]);
}

pub(crate) fn two_persons_at_two_readers_choose_one_and_the_visit_follows_its_card_to_the_other() {
    let mut desk = Desk::open(["anne", "taro"], &[]);
    desk.screen.wait_for("カードのあるリーダーが2台");
    // The readers are two slots of one device, one of which could hold a module: both were looked at, and no PIN was sent.
    assert_eq!((desk.first.verifies(), desk.second().verifies()), ([0, 0], [0, 0]));
    let looked = desk.second().count();
    assert!(desk.first.count() > 0 && looked > 0);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for("はじめに準備");
    desk.screen.press(key::ENTER);
    desk.screen.wait_for("どのカードリーダーを使いますか");
    desk.screen.press("1");
    desk.screen.wait_for(CARD_THERE);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for(SIGNING_PIN);
    journey::to_step1(&mut desk.screen);
    desk.fill_in(&ANNE);
    assert_eq!((desk.second().count(), desk.second().verifies()), (looked, [0, 0]));
    // Another kind of card beside it is nobody's, also while the visit's own is away.
    desk.second().exchange_for("kind=transport");
    desk.first.lift();
    desk.screen.wait_for(CARD_NEEDED);
    desk.assert_shown(&[STEP1]);
    desk.first.put_back();
    desk.screen.wait_gone(CARD_NEEDED);
    assert_eq!(desk.second().count(), 0);
    // Anne's card moves to the other reader, and Taro's comes into the first.
    desk.first.lift();
    desk.screen.wait_for(CARD_NEEDED);
    desk.second().exchange_for("anne");
    desk.screen.wait_gone(CARD_NEEDED);
    desk.first.exchange_for("taro");
    desk.screen.press(key::F10);
    desk.screen.wait_for(STEP2);
    desk.register_with_the_password_again();
    assert_eq!((desk.second().verifies(), desk.second().tries()), ([1, 0], [5, 3]));
    assert_eq!((desk.first.verifies(), desk.first.count()), ([0, 0], 0));
    desk.first.exchange_for("anne");
    assert_eq!(desk.first.verifies(), [1, 1]);
}

pub(crate) fn at_a_help_desk_a_page_is_covered_while_its_card_is_away_and_another_card_starts_again() {
    let mut desk = Desk::alone("anne", &["--desk"]);
    journey::to_signing_pin(&mut desk.screen);
    journey::to_step1(&mut desk.screen);
    // From the phone number, where STEP1 begins, up to the name.
    desk.screen.press(&key::BACK_TAB.repeat(5));
    desk.screen.type_text("-LI");
    desk.screen.wait_for("MONTGOMERY ANNE-LI");
    let typed = desk.page();
    desk.first.lift();
    desk.screen.wait_for(COVERED);
    let mark = desk.screen.mark();
    // What is pressed now does nothing, but for the language.
    desk.screen.press("X");
    desk.screen.press(key::F10);
    desk.screen.press(key::F2);
    desk.screen.wait_for("言語 Language");
    desk.screen.press("2");
    desk.screen.wait_for("Waiting for the card");
    desk.screen.press(key::F2);
    desk.screen.press("1");
    desk.screen.wait_for(COVERED);
    desk.assert_hidden_since(mark, &ANNE);
    desk.first.put_back();
    desk.screen.wait_for(STEP1);
    assert_eq!(desk.page(), typed);
    desk.first.lift();
    desk.screen.wait_for(COVERED);
    let mark = desk.screen.mark();
    desk.first.exchange_for("taro");
    desk.screen.wait_for(OTHER_CARD);
    desk.assert_shown(&[START_AGAIN]);
    desk.screen.press(key::ENTER);
    desk.reach_step1();
    desk.screen.wait_for("御成町");
    desk.assert_hidden_since(mark, &ANNE);
    assert_eq!(desk.first.verifies(), [1, 1]);
    desk.first.exchange_for("anne");
    assert_eq!(desk.first.verifies(), [1, 1]);
}

pub(crate) fn in_line_mode_another_card_is_asked_about_and_the_next_person_registers() {
    let mut desk = Desk::alone("anne", &["--line"]);
    reach_step1_in_line_mode(&mut desk);
    for question in ["利用者氏名", "性別", "生年月日", "都道府県", "町名丁目"] {
        answers(&mut desk.screen, question, "");
    }
    asks(&desk.screen, "電話番号");
    let asked = desk.first.count();
    desk.first.lift();
    asks(&desk.screen, CARD_NEEDED);
    desk.first.exchange_for("taro");
    asks(&desk.screen, OTHER_CARD);
    desk.first.exchange_for("anne");
    wait_for_look(&mut desk.first, asked);
    answers(&mut desk.screen, "電話番号", "03-5381-2960");
    asks(&desk.screen, "メールアドレス");
    let mark = desk.screen.mark();
    desk.first.exchange_for("taro");
    // An empty line does not decide.
    answers(&mut desk.screen, OTHER_CARD, "");
    answers(&mut desk.screen, "その番号はありません", "2");
    reach_step1_in_line_mode(&mut desk);
    for (question, answer) in [
        ("利用者氏名", "YAMADA TARO"),
        ("性別", ""),
        ("生年月日", ""),
        ("都道府県", ""),
        ("町名丁目", ""),
        ("電話番号", "0467-23-3000"),
        ("メールアドレス", "taro@wave.example.jp"),
        ("もう一度", "taro@wave.example.jp"),
        ("区分", ""),
        ("在留カード番号", "TY31415926KM"),
        ("利用規約", "1"),
        ("0. 登録", "0"),
    ] {
        answers(&mut desk.screen, question, answer);
    }
    asks(&desk.screen, "登録が完了しました");
    let text = String::from_utf8_lossy(&desk.screen.bytes_since(mark)).into_owned();
    for canary in ANNE.known_by {
        assert!(!text.contains(canary), "{canary}: {text}");
    }
    assert_eq!(desk.registered("YAMADA")[0]["address_line"], "御成町１８－１０");
    assert!(desk.registered("MONTGOMERY").is_empty());
    assert_eq!(desk.first.verifies(), [1, 1]);
    desk.first.exchange_for("anne");
    assert_eq!(desk.first.verifies(), [1, 1]);
}

/// Answer from the top page to the first question of STEP1.
pub(crate) fn reach_step1_in_line_mode(desk: &mut Desk) {
    for (question, answer) in
        [("7. 終", "1"), ("4. 次へ", "1"), ("4. 次へ", ""), (SIGNING_PIN, SIGNING), (AUTHENTICATION_PIN, AUTHENTICATION)]
    {
        answers(&mut desk.screen, question, answer);
    }
}

/// Answer the questions of STEP1 as Anne, whose card offers the rest, up to the question whether to register.
pub(crate) fn reach_step2_in_line_mode(desk: &mut Desk) {
    for (question, answer) in [
        ("利用者氏名", ""),
        ("性別", ""),
        ("生年月日", ""),
        ("都道府県", ""),
        ("町名丁目", ""),
        ("電話番号", ANNE.phone),
        ("メールアドレス", ANNE.mail),
        ("もう一度", ANNE.mail),
        ("区分", ""),
        ("在留カード番号", ANNE.residence_card),
        ("利用規約", "1"),
    ] {
        answers(&mut desk.screen, question, answer);
    }
    asks(&desk.screen, "0. 登録");
}

/// Wait until the last thing that line mode has said is a question with this text.
pub(crate) fn asks(screen: &Screen, question: &str) {
    screen.wait_until(question, |screen, _| {
        let contents = screen.contents();
        let last = contents.trim_end().strip_suffix("\n>").and_then(|said| said.rsplit("\n>").next());
        last.is_some_and(|last| last.contains(question))
    });
}

/// Answer a question of line mode.
pub(crate) fn answers(screen: &mut Screen, question: &str, answer: &str) {
    asks(screen, question);
    screen.press(answer);
    screen.press(key::ENTER);
}
