//! A new card that takes the place of the old one: whose it may be, what binds a login to it, who is told, and how it is undone.

use std::sync::atomic::Ordering;

use reqwest::StatusCode;
use serde_json::{Value, json};
use zairyu::card::Purpose::{self, Authentication, Signing};
use zairyu::service::{AdminError, UsersCommand, copy};

use crate::admin::{command, on_a_thread, printed};
use crate::bench::{Bench, Signer, anne, authority, linked_in, proof, real_now, refusal, text_of, token_of};
use crate::post::Post;
use crate::{GOOD, postgres};

const LOGIN: (&str, &str) = ("login", "/v1/logins");
const RESEND: (&str, &str) = ("resend", "/v1/mail/resend");
const ADDRESS: (&str, &str) = ("address", "/v1/mail/address");
const REMIND: (&str, &str) = ("remind", "/v1/id/remind");
const LINK: (&str, &str) = ("link", "/v1/cards/link");
const UNDO: (&str, &str) = ("undo", "/v1/cards/undo");
const WITHDRAW: (&str, &str) = ("withdraw", "/v1/registrations/withdraw");

const DAY: i64 = 24 * 3600;

/// A person with a password, and the 認証ID; two mails are there.
struct Desk {
    bench: Bench,
    id: Value,
}

impl Desk {
    async fn open(database: Option<String>, card: &Signer) -> Desk {
        let bench = Bench::start(database);
        let id = bench.register(card).await["authentication_id"].clone();
        bench.wait_for_mails(1).await;
        bench.set_password(GOOD).await;
        bench.wait_for_mails(2).await;
        Desk { bench, id }
    }

    fn id(&self) -> String {
        self.id.as_str().unwrap().to_owned()
    }

    async fn log_in(&self) -> String {
        let logged_in = self.bench.log_in(&self.id, GOOD).await;
        assert_eq!(logged_in.status(), StatusCode::OK);
        logged_in.json::<Value>().await.unwrap()["session"].as_str().unwrap().to_owned()
    }

    async fn refused(&self, card: &Signer, purpose: Purpose, act: (&str, &str)) -> (u16, String) {
        refusal(self.bench.ask(card, purpose, act, json!({})).await).await
    }

    /// Have one key of a card sign for a login.
    async fn link(&self, login: &str, card: &Signer, purpose: Purpose) -> reqwest::Response {
        self.bench.ask(card, purpose, LINK, json!({ "authentication_id": self.id, "login": login })).await
    }

    /// Have both keys of a card sign for a new login, and return the last answer.
    async fn links(&self, card: &Signer) -> Value {
        let login = self.log_in().await;
        let first = self.link(&login, card, Signing).await;
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.json::<Value>().await.unwrap(), json!({ "linked": false }));
        let second = self.link(&login, card, Authentication).await;
        assert_eq!(second.status(), StatusCode::OK);
        second.json().await.unwrap()
    }

    /// Return whether a card stands for the person; otherwise it must be refused as said.
    async fn stands(&self, card: &Signer, otherwise: &str) -> bool {
        let logged_in = self.bench.ask(card, Authentication, LOGIN, json!({})).await;
        if logged_in.status() == StatusCode::OK {
            return true;
        }
        assert_eq!(refusal(logged_in).await.1, otherwise);
        false
    }

    async fn audit(&self) -> Vec<(String, String)> {
        // The command goes by the system's clock.
        let text = printed(&self.bench, UsersCommand::Audit { id: Some(self.id()), since: None }).await.unwrap();
        let word = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.map(|line| (word(&line, "event"), word(&line, "by"))).filter(|(event, _)| !event.starts_with("operator_audit")).collect()
    }

    async fn newest_mail(&self, count: usize) -> String {
        self.bench.wait_for_mails(count).await.pop().unwrap()
    }

    /// Return the address of the page that a mail about a card leads to.
    fn page(&self, mail: &str) -> String {
        format!("{}/card/{}", self.bench.url, linked_in(&text_of(mail), "/card/").unwrap())
    }

    async fn look(&self, page: &str) -> (StatusCode, String) {
        let shown = self.bench.client.get(page).header("accept-language", "en").send().await.unwrap();
        (shown.status(), shown.text().await.unwrap())
    }

    async fn press(&self, page: &str) -> (StatusCode, String) {
        let done = self.bench.client.post(page).header("accept-language", "en").send().await.unwrap();
        (done.status(), done.text().await.unwrap())
    }
}

/// Return a new card of Anne's.
fn new_card(number: u32) -> Signer {
    anne().reissued(authority(), number)
}

/// Return a card of somebody whose month and day of birth are not known.
fn born_some_day(number: u32) -> Signer {
    anne().reissued_to(authority(), number, &[("419900401", "419900000")])
}

async fn told_and_undone_by_mail(database: Option<String>) {
    let desk = Desk::open(database, anne()).await;
    let new = new_card(700_001);
    let linked = desk.links(&new).await;
    assert_eq!((&linked["linked"], &linked["mail"]["to"]), (&json!(true), &json!("f***@docomo.ne.jp")));
    assert!(linked["mail"]["folder"].is_null());
    assert!(desk.stands(&new, "").await);
    // The old card is told what happened, whatever it asks for.
    for (purpose, act) in [(Authentication, LOGIN), (Authentication, RESEND), (Signing, REMIND), (Signing, WITHDRAW)] {
        assert_eq!(desk.refused(anne(), purpose, act).await, (409, "card_replaced".to_owned()), "{act:?}");
    }
    let address = desk.bench.ask(anne(), Signing, ADDRESS, json!({ "email": "thief@example.jp" })).await;
    assert_eq!(refusal(address).await.1, "card_replaced");
    let session = desk.bench.session().await;
    let anew = anne().statement(Authentication, "proof", &desk.bench.payload(&session["nonce"]));
    assert_eq!(refusal(desk.bench.send(&proof(&session), None, anew).await).await, (409, "card_replaced".to_owned()));
    assert_eq!(refusal(desk.link(&desk.log_in().await, anne(), Signing).await).await, (409, "card_replaced".to_owned()));
    // So is the registered address. Looking at the page changes nothing.
    let mail = desk.newest_mail(3).await;
    assert!(mail.contains("To: \"foo..bar.\"@docomo.ne.jp\r\n") && text_of(&mail).contains("A new My Number Card was linked"), "{mail}");
    let page = desk.page(&mail);
    for _ in 0..3 {
        assert_eq!(desk.bench.client.head(&page).send().await.unwrap().status(), StatusCode::OK);
        let (status, shown) = desk.look(&page).await;
        assert_eq!(status, StatusCode::OK);
        assert!(shown.contains("<form method=\"post\"><button type=\"submit\">Undo the linking"), "{shown}");
    }
    assert!(desk.stands(&new, "").await);
    let login = desk.log_in().await;
    let (status, done) = desk.press(&page).await;
    assert_eq!(status, StatusCode::OK);
    assert!(done.contains("The old card is in use again"), "{done}");
    assert!(desk.stands(anne(), "").await && !desk.stands(&new, "not_registered").await);
    // Whoever linked the other card knew the password.
    assert_eq!(refusal(desk.bench.log_in(&desk.id, GOOD).await).await.1, "login_refused");
    assert_eq!(refusal(desk.link(&login, &new, Signing).await).await.1, "login_refused");
    assert_eq!(desk.press(&page).await.0, StatusCode::GONE);
    let (status, gone) = desk.look(&page).await;
    assert_eq!(status, StatusCode::GONE);
    assert!(gone.contains("A link about a card works once"), "{gone}");
    desk.bench.wait_for_mails(4).await;
    desk.bench.set_password(GOOD).await;
    desk.bench.wait_for_mails(5).await;
    let expected = [("link", "signing_key"), ("card_linked", "authentication_key"), ("link", "authentication_key"), ("undo", "mail_link")];
    let audit = desk.audit().await;
    let of_cards: Vec<(&str, &str)> = audit
        .iter()
        .map(|(event, by)| (event.as_str(), by.as_str()))
        .filter(|(event, _)| event.contains("link") || *event == "undo")
        .collect();
    assert_eq!(of_cards, expected);
    // It was right after all.
    assert_eq!(desk.links(&new).await["linked"], true);
    assert!(desk.stands(&new, "").await && !desk.stands(anne(), "card_replaced").await);
}

#[tokio::test]
async fn a_linked_card_is_told_to_the_registered_address_which_undoes_it_on_sqlite() {
    told_and_undone_by_mail(None).await;
}

#[tokio::test]
async fn a_linked_card_is_told_to_the_registered_address_which_undoes_it_on_postgresql() {
    told_and_undone_by_mail(Some(postgres::server().database())).await;
}

async fn undone_by_the_old_card(database: Option<String>) {
    let desk = Desk::open(database, anne()).await;
    assert_eq!(desk.refused(anne(), Authentication, UNDO).await, (409, "nothing_to_undo".to_owned()));
    assert_eq!(desk.refused(&new_card(700_002), Authentication, UNDO).await, (404, "not_registered".to_owned()));
    // A thief links one card after the other, and has the mails go elsewhere.
    let thieves = [new_card(700_003), new_card(700_004)];
    let first_mail = {
        desk.links(&thieves[0]).await;
        desk.newest_mail(3).await
    };
    desk.links(&thieves[1]).await;
    desk.bench.wait_for_mails(4).await;
    let address = desk.bench.ask(&thieves[1], Signing, ADDRESS, json!({ "email": "thief@example.jp" })).await;
    assert_eq!(address.status(), StatusCode::OK);
    desk.bench.wait_for_mails(6).await;
    desk.bench.later(6 * DAY);
    assert_eq!(desk.refused(&thieves[1], Signing, UNDO).await.1, "nothing_to_undo");
    let undone = desk.bench.ask(anne(), Authentication, UNDO, json!({})).await;
    assert_eq!(undone.status(), StatusCode::OK);
    assert_eq!(undone.json::<Value>().await.unwrap()["mail"]["to"], "f***@docomo.ne.jp");
    assert!(desk.stands(anne(), "").await);
    for thief in &thieves {
        assert!(!desk.stands(thief, "not_registered").await);
    }
    let mail = desk.newest_mail(7).await;
    assert!(mail.contains("To: \"foo..bar.\"@docomo.ne.jp\r\n"), "{mail}");
    desk.bench.set_password(GOOD).await;
    assert_eq!(desk.press(&desk.page(&first_mail)).await.0, StatusCode::GONE);
    let shown = command(&desk.bench, UsersCommand::Show { id: desk.id() }).await.unwrap();
    assert_eq!((&shown["people"][0]["email"], &shown["links"]), (&json!("foo..bar.@docomo.ne.jp"), &json!([])));
    assert_eq!(shown["cards"].as_array().unwrap().len(), 2);
    assert!(desk.audit().await.contains(&("undo".to_owned(), "authentication_key".to_owned())));
}

#[tokio::test]
async fn the_old_card_undoes_whatever_was_linked_after_it_and_gets_its_address_back_on_sqlite() {
    undone_by_the_old_card(None).await;
}

#[tokio::test]
async fn the_old_card_undoes_whatever_was_linked_after_it_and_gets_its_address_back_on_postgresql() {
    undone_by_the_old_card(Some(postgres::server().database())).await;
}

#[tokio::test]
async fn a_link_in_the_first_of_two_mails_undoes_both_and_lives_a_week() {
    let desk = Desk::open(None, anne()).await;
    let [first, second] = [new_card(700_005), new_card(700_006)];
    desk.links(&first).await;
    let mail = desk.newest_mail(3).await;
    desk.bench.later(5 * DAY);
    desk.links(&second).await;
    desk.bench.wait_for_mails(4).await;
    assert_eq!(desk.press(&desk.page(&mail)).await.0, StatusCode::OK);
    assert!(desk.stands(anne(), "").await && !desk.stands(&first, "not_registered").await && !desk.stands(&second, "not_registered").await);
    desk.bench.wait_for_mails(5).await;
    desk.bench.set_password(GOOD).await;
    desk.links(&first).await;
    let mail = desk.newest_mail(7).await;
    desk.bench.later(7 * DAY + 1);
    assert_eq!(desk.look(&desk.page(&mail)).await.0, StatusCode::GONE);
    assert_eq!(desk.press(&desk.page(&mail)).await.0, StatusCode::GONE);
    assert_eq!(desk.refused(anne(), Authentication, UNDO).await, (409, "nothing_to_undo".to_owned()));
    assert!(desk.stands(&first, "").await && !desk.stands(anne(), "card_replaced").await);
}

async fn confirmed(database: Option<String>) {
    let old = born_some_day(700_010);
    let desk = Desk::open(database, &old).await;
    let new = born_some_day(700_011);
    let waits = desk.links(&new).await;
    assert_eq!((&waits["linked"], &waits["mail"]["to"]), (&json!(false), &json!("f***@docomo.ne.jp")));
    // An unknown part equals nothing, itself neither: nothing has changed.
    assert!(desk.stands(&old, "").await && !desk.stands(&new, "not_registered").await);
    let mail = desk.newest_mail(3).await;
    assert!(mail.contains("To: \"foo..bar.\"@docomo.ne.jp\r\n") && text_of(&mail).contains("not linked yet"), "{mail}");
    let page = desk.page(&mail);
    let (status, shown) = desk.look(&page).await;
    assert_eq!(status, StatusCode::OK);
    assert!(shown.contains("Link the card") && !shown.contains("Undo the linking of a card"), "{shown}");
    assert!(!desk.stands(&new, "not_registered").await);
    // Of two clicks one confirms; the other does not undo.
    assert_eq!(desk.press(&page).await.0, StatusCode::OK);
    assert_eq!(desk.press(&page).await.0, StatusCode::GONE);
    assert!(desk.stands(&new, "").await && !desk.stands(&old, "card_replaced").await);
    let told = desk.newest_mail(4).await;
    assert_eq!(desk.press(&page).await.0, StatusCode::GONE);
    assert_eq!(desk.press(&desk.page(&told)).await.0, StatusCode::OK);
    assert!(desk.stands(&old, "").await);
    assert!(desk.audit().await.contains(&("card_linked".to_owned(), "mail_link".to_owned())));
}

#[tokio::test]
async fn a_card_whose_holder_is_not_certain_waits_for_the_mailed_link_on_sqlite() {
    confirmed(None).await;
}

#[tokio::test]
async fn a_card_whose_holder_is_not_certain_waits_for_the_mailed_link_on_postgresql() {
    confirmed(Some(postgres::server().database())).await;
}

#[tokio::test]
async fn the_operator_confirms_a_card_that_waits() {
    let old = born_some_day(700_020);
    let desk = Desk::open(None, &old).await;
    let link = || command(&desk.bench, UsersCommand::Link { id: desk.id() });
    assert!(matches!(link().await, Err(AdminError::NoCardWaits)));
    // One key is not enough.
    let new = born_some_day(700_021);
    assert_eq!(desk.link(&desk.log_in().await, &new, Signing).await.status(), StatusCode::OK);
    assert!(matches!(link().await, Err(AdminError::NoCardWaits)));
    desk.links(&new).await;
    desk.bench.clock.store(real_now(), Ordering::SeqCst);
    assert_eq!(link().await.unwrap(), json!({ "linked": desk.id }));
    assert!(matches!(link().await, Err(AdminError::NoCardWaits)));
    assert!(desk.stands(&new, "").await && !desk.stands(&old, "card_replaced").await);
    let audit = desk.audit().await;
    for event in ["card_linked", "operator_link"] {
        assert!(audit.contains(&(event.to_owned(), "operator".to_owned())), "{audit:?}");
    }
    assert!(text_of(&desk.newest_mail(4).await).contains("/card/"));
    let nobody = command(&desk.bench, UsersCommand::Link { id: "2222222222".to_owned() }).await;
    assert!(matches!(nobody, Err(AdminError::Nobody | AdminError::NoId)));
}

#[tokio::test]
async fn a_card_of_another_name_birth_date_or_sex_is_refused_and_a_name_that_shares_a_word_waits() {
    let desk = Desk::open(None, anne()).await;
    let name = "ＭＯＮＴＧＯＭＥＲＹ　ＡＮＮＥ";
    let login = desk.log_in().await;
    for (number, words) in (0..).zip([
        (name, "ＹＡＭＡＭＯＴＯＧＩ　ＨＡＮＡ"),
        ("419900401", "419900402"),
        ("419900401", "419900501"),
        ("419900401", "419910401"),
    ]) {
        let other = anne().reissued_to(authority(), 700_030 + number, &[words]);
        assert_eq!(refusal(desk.link(&login, &other, Signing).await).await, (401, "other_holder".to_owned()), "{words:?}");
    }
    // Nothing has bound the login so far. One unknown part is enough to ask.
    let year_only = desk.links(&born_some_day(700_040)).await;
    assert_eq!(year_only["linked"], false);
    for (number, words) in (0..).zip([(name, "ＭＯＮＴＧＯＭＥＲＹ　ＬＵＣＹ"), (name, "山田花子山田花子山田花子　山田")])
    {
        let married = anne().reissued_to(authority(), 700_041 + number, &[words]);
        assert_eq!(desk.links(&married).await["linked"], false, "{words:?}");
    }
    assert!(desk.stands(anne(), "").await);
    // A card that is certain takes the place, and what waited is void.
    let mails = desk.bench.wait_for_mails(5).await;
    desk.bench.later(600);
    assert_eq!(desk.links(&new_card(700_050)).await["linked"], true);
    for mail in &mails[2..] {
        assert_eq!(desk.press(&desk.page(mail)).await.0, StatusCode::GONE);
    }
}

async fn bound(database: Option<String>) {
    let desk = Desk::open(database, anne()).await;
    let [mine, another] = [new_card(700_060), new_card(700_061)];
    let login = desk.log_in().await;
    assert_eq!(refusal(desk.link(&login, &mine, Authentication).await).await, (401, "signing_key_first".to_owned()));
    assert_eq!(desk.link(&login, &mine, Signing).await.status(), StatusCode::OK);
    assert_eq!(refusal(desk.link(&login, &another, Signing).await).await, (401, "other_card".to_owned()));
    // Until both keys have signed, the old card stands for the person.
    assert!(desk.stands(anne(), "").await);
    assert_eq!(desk.link(&login, &mine, Signing).await.status(), StatusCode::OK);
    let other_login = desk.log_in().await;
    assert_eq!(desk.link(&other_login, &another, Signing).await.status(), StatusCode::OK);
    for _ in 0..2 {
        let linked: Value = desk.link(&login, &mine, Authentication).await.json().await.unwrap();
        assert_eq!(linked["linked"], true);
        for purpose in [Signing, Authentication] {
            assert_eq!(refusal(desk.link(&login, &another, purpose).await).await, (401, "other_card".to_owned()));
        }
    }
    // What others had begun ends.
    assert_eq!(refusal(desk.link(&other_login, &another, Authentication).await).await, (401, "login_refused".to_owned()));
    assert!(desk.stands(&mine, "").await && !desk.stands(&another, "not_registered").await);
    // One mail, however often it was signed.
    desk.bench.wait_for_mails(3).await;
}

#[tokio::test]
async fn a_login_that_has_begun_a_linking_takes_no_other_card_on_sqlite() {
    bound(None).await;
}

#[tokio::test]
async fn a_login_that_has_begun_a_linking_takes_no_other_card_on_postgresql() {
    bound(Some(postgres::server().database())).await;
}

#[tokio::test]
async fn a_card_with_one_renewed_certificate_is_linked_and_undone_without_losing_the_other() {
    let desk = Desk::open(None, anne()).await;
    let renewed = new_card(700_070);
    let login = desk.log_in().await;
    assert_eq!(desk.link(&login, &renewed, Signing).await.status(), StatusCode::OK);
    let linked: Value = desk.link(&login, anne(), Authentication).await.json().await.unwrap();
    assert_eq!(linked["linked"], true);
    assert!(desk.stands(anne(), "").await);
    assert_eq!(desk.refused(anne(), Signing, REMIND).await.1, "card_replaced");
    let mail = desk.newest_mail(3).await;
    assert_eq!(desk.press(&desk.page(&mail)).await.0, StatusCode::OK);
    desk.bench.wait_for_mails(4).await;
    desk.bench.set_password(GOOD).await;
    assert!(desk.stands(anne(), "").await);
    assert_eq!(desk.bench.ask(anne(), Signing, REMIND, json!({})).await.status(), StatusCode::OK);
    assert_eq!(desk.refused(&renewed, Signing, REMIND).await.1, "not_registered");
    // A card that stands already is no new one: nobody is told of it.
    desk.bench.wait_for_mails(6).await;
    assert_eq!(desk.links(anne()).await, json!({ "linked": true }));
    desk.bench.wait_for_mails(6).await;
}

#[tokio::test]
async fn both_serial_numbers_of_a_card_are_shown_to_the_operator() {
    let desk = Desk::open(None, anne()).await;
    let new = new_card(700_080);
    desk.links(&new).await;
    let shown = command(&desk.bench, UsersCommand::Show { id: desk.id() }).await.unwrap();
    let mut serials: Vec<&str> = shown["cards"].as_array().unwrap().iter().map(|card| card["serial"].as_str().unwrap()).collect();
    let serial = |card: &Signer, purpose| {
        let file = desk.bench.data.path().join("leaf.der");
        std::fs::write(&file, card.x5c(purpose)[0]).unwrap();
        let told = std::process::Command::new("openssl").args(["x509", "-inform", "DER", "-noout", "-serial", "-in"]).arg(file).output();
        String::from_utf8(told.unwrap().stdout).unwrap().trim().strip_prefix("serial=").unwrap().to_lowercase()
    };
    let mut expected: Vec<String> =
        [anne(), &new].into_iter().flat_map(|card| [Signing, Authentication].map(|purpose| serial(card, purpose))).collect();
    serials.sort_unstable();
    expected.sort_unstable();
    assert_eq!(serials, expected);
    assert!(!shown.to_string().contains("token") && shown["links"][0].get("login").is_none(), "{shown}");
}

#[tokio::test]
async fn a_linking_can_be_undone_after_the_store_has_moved() {
    let server = postgres::server();
    let mut desk = Desk::open(None, anne()).await;
    let new = new_card(700_090);
    desk.links(&new).await;
    let page = linked_in(&text_of(&desk.newest_mail(3).await), "/card/").unwrap();
    desk.bench.stop();
    let sqlite = format!("sqlite:{}", desk.bench.data.path().join("service/service.sqlite").display());
    let postgres = server.database();
    let there = (sqlite, postgres.clone());
    on_a_thread(move || copy(&there.0, &there.1, &mut |_, _| ())).await.unwrap();
    desk.bench.database = Some(postgres);
    desk.bench.restart();
    assert!(!desk.stands(anne(), "card_replaced").await);
    assert_eq!(desk.press(&format!("{}/card/{page}", desk.bench.url)).await.0, StatusCode::OK);
    assert!(desk.stands(anne(), "").await);
}

#[tokio::test]
async fn a_mail_server_that_is_down_for_days_shortens_the_week_of_nobody() {
    let mut post = Post::start();
    let bench = Bench::with_mail(None, Some(post.settings()));
    let id = bench.register(anne()).await["authentication_id"].clone();
    bench.set_password_with(GOOD, &token_of(&post.wait_for(1).await[0])).await;
    post.wait_for(2).await;
    post.down();
    let desk = Desk { bench, id };
    let new = new_card(700_100);
    assert_eq!(desk.links(&new).await["mail"]["state"], "queued");
    crate::until(async || {
        let shown = command(&desk.bench, UsersCommand::Show { id: desk.id() }).await.unwrap();
        shown["outbox"].as_array().unwrap().iter().any(|mail| mail["trouble"].is_string())
    })
    .await;
    desk.bench.later(4 * DAY);
    post.up();
    // A new address, set with the new card, does not get the mail that was meant for the old one.
    let changed = desk.bench.ask(&new, Signing, ADDRESS, json!({ "email": "thief@example.jp" })).await;
    assert_eq!(changed.status(), StatusCode::OK);
    post.wait_for(5).await;
    let told = post.mails().into_iter().find(|mail| text_of(mail["text"].as_str().unwrap()).contains("/card/")).unwrap();
    assert!(told["to"].to_string().contains("docomo"), "{told}");
    desk.bench.later(6 * DAY);
    assert_eq!(desk.press(&desk.page(told["text"].as_str().unwrap())).await.0, StatusCode::OK);
    assert!(desk.stands(anne(), "").await);
}
