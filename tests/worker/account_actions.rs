//! What a registered person asks for: with the card, with a new one, over a line that loses answers, and where their mail is.

use zairyu::card::Purpose;
use zairyu::card::simulated::slot::READER;
use zairyu::card::simulated::{AUTHENTICATION_PIN, Card, PEOPLE, SIGNING_PIN};
use zairyu::error::Code;
use zairyu::secret::Locked;
use zairyu::worker::{AccountAction, AccountOutcome, AccountRequest, Job, Mail, MailState, Reply};

use crate::cards::{authority, pin, real_now};
use crate::letters::{code as mailed_code, letters};
use crate::{Bench, card, code, registered, signing};

const GOOD: &str = "nine blue kites over Nara";

fn secret(text: &str) -> Locked {
    let mut secret = Locked::new();
    assert!(secret.push(text.as_bytes()));
    secret
}

fn saying(action: AccountAction, said: impl Into<String>) -> AccountRequest {
    AccountRequest { action, said: said.into() }
}

/// An action with the PIN of its last key.
fn perform(asked: impl Into<AccountRequest>) -> Job {
    let request = asked.into();
    let pin = match request.action.keys().last() {
        Some(Purpose::Signing) => pin(Purpose::Signing, SIGNING_PIN),
        _ => pin(Purpose::Authentication, AUTHENTICATION_PIN),
    };
    Job::AccountAction { reader: READER.into(), pin: Some(pin), card: None, request }
}

/// The same again, with the PIN that the card remembers.
fn again(asked: impl Into<AccountRequest>) -> Job {
    let request = asked.into();
    Job::AccountAction { reader: READER.into(), pin: None, card: None, request }
}

fn acted(reply: Reply) -> AccountOutcome {
    match reply {
        Reply::AccountAction(acted) => *acted,
        other => panic!("{other:?}"),
    }
}

/// Check that a new card has taken the old one's place, and that a mail tells of it.
fn linked(outcome: AccountOutcome) {
    let AccountOutcome::Linked(Some(mail)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(mail.to, "a***@example.jp");
}

fn logging_in(id: &str, password: &str) -> Job {
    Job::LogIn { authentication_id: id.to_owned(), password: secret(password) }
}

impl Bench {
    /// Register, and set the password; return the 認証ID.
    fn with_password(&self) -> String {
        self.come_in();
        let id = registered(self.registers()).authentication_id;
        let token = mailed_code(self.folder.path(), 1);
        assert!(matches!(self.does(Job::SetPassword { token, password: secret(GOOD) }), Reply::PasswordSet));
        self.does(Job::EndVisit);
        id
    }

    /// Log in, and have a card sign with its first key: all but the last PIN of a linking.
    fn begin_linking(&self, id: &str, card: Card) {
        assert!(matches!(acted(self.does(logging_in(id, GOOD))), AccountOutcome::LoggedIn(Some(_))));
        self.slot.insert(card);
        assert!(matches!(self.signs(), Reply::SignedIn(_)));
    }
}

#[test]
fn a_new_card_takes_the_place_of_the_old_one_with_both_its_certificates() {
    let bench = Bench::new();
    let id = bench.with_password();
    assert_eq!(code(bench.does(logging_in(&id, "not the one that was set"))), Code::LoginRefused);
    assert_eq!(code(bench.does(logging_in("nobody", GOOD))), Code::LoginRefused);
    bench.begin_linking(&id, card(&[]));
    linked(acted(bench.does(perform(saying(AccountAction::Link, id.clone())))));
    // One key each proves that both stand for the person.
    assert!(matches!(acted(bench.does(perform(AccountAction::LogInByCard))), AccountOutcome::LoggedIn(Some(_))));
    assert_eq!(acted(bench.does(perform(AccountAction::Withdraw))), AccountOutcome::Withdrawn);
    assert_eq!(code(bench.does(perform(AccountAction::Remind))), Code::NotRegistered);
    assert_eq!(code(bench.does(logging_in(&id, GOOD))), Code::LoginRefused);
}

#[test]
fn a_card_that_was_replaced_is_told_so_and_takes_its_place_back() {
    let bench = Bench::new();
    let id = bench.with_password();
    assert_eq!(code(bench.does(perform(AccountAction::Undo))), Code::NothingToUndo);
    bench.does(Job::EndVisit);
    let old = bench.slot.take().unwrap();
    bench.begin_linking(&id, card(&[]));
    linked(acted(bench.does(perform(saying(AccountAction::Link, id.clone())))));
    assert_eq!(code(bench.does(perform(AccountAction::Undo))), Code::NothingToUndo);
    bench.does(Job::EndVisit);
    bench.slot.insert(old);
    assert!(matches!(bench.signs(), Reply::SignedIn(_)));
    assert_eq!(code(bench.does(perform(AccountAction::LogInByCard))), Code::CardReplaced);
    let AccountOutcome::Mailed(mail) = acted(bench.does(perform(AccountAction::Undo))) else { panic!("no mail") };
    assert_eq!(mail.to, "a***@example.jp");
    assert!(matches!(acted(bench.does(perform(AccountAction::LogInByCard))), AccountOutcome::LoggedIn(Some(_))));
    // Whoever linked the other card knew the password.
    assert_eq!(code(bench.does(logging_in(&id, GOOD))), Code::LoginRefused);
}

#[test]
fn a_linking_whose_answer_is_lost_goes_on_where_it_was_whichever_of_the_two_it_was() {
    for lost in [1, 2] {
        let bench = Bench::new();
        let id = bench.with_password();
        bench.begin_linking(&id, card(&[]));
        let mut answers = 0;
        bench.meddle(move |first, answer| {
            answers += u32::from(first.contains("/v1/cards/link"));
            (answers != lost || !first.contains("/v1/cards/link")).then_some(answer)
        });
        assert_eq!(code(bench.does(perform(saying(AccountAction::Link, id.clone())))), Code::AnswerGarbled, "{lost}");
        linked(acted(bench.does(again(saying(AccountAction::Link, id)))));
        assert_eq!(acted(bench.does(perform(AccountAction::Withdraw))), AccountOutcome::Withdrawn);
    }
}

#[test]
fn another_person_s_card_is_not_linked_and_one_that_stands_already_goes_on_standing() {
    let bench = Bench::new();
    let id = bench.with_password();
    assert!(matches!(acted(bench.does(logging_in(&id, GOOD))), AccountOutcome::LoggedIn(_)));
    assert!(matches!(bench.does(signing(SIGNING_PIN)), Reply::SignedIn(_)));
    // It stood for the person before: nobody is told of a new card.
    assert_eq!(acted(bench.does(perform(saying(AccountAction::Link, id.clone())))), AccountOutcome::Linked(None));
    bench.does(Job::AbandonRegistration);
    bench.begin_linking(&id, Card::make(authority(), &PEOPLE[1], &[], real_now()).unwrap());
    assert_eq!(code(bench.does(perform(saying(AccountAction::Link, id)))), Code::OtherHolder);
}

#[test]
fn a_card_of_which_one_key_has_signed_is_linked_with_another_login() {
    let bench = Bench::new();
    let id = bench.with_password();
    bench.begin_linking(&id, card(&[]));
    let mut statements = 0;
    bench.meddle(move |first, answer| {
        statements += u32::from(first.contains("/v1/cards/link"));
        (statements == 0).then_some(answer)
    });
    assert_eq!(code(bench.does(perform(saying(AccountAction::Link, id.clone())))), Code::AnswerGarbled);
    bench.meddle(|_, answer| Some(answer));
    // The person goes away, and comes back another day.
    bench.does(Job::AbandonRegistration);
    bench.does(Job::EndVisit);
    assert!(matches!(bench.signs(), Reply::SignedIn(_)));
    assert_eq!(code(bench.does(perform(AccountAction::LogInByCard))), Code::NotRegistered);
    assert!(matches!(acted(bench.does(logging_in(&id, GOOD))), AccountOutcome::LoggedIn(_)));
    assert!(matches!(bench.signs(), Reply::SignedIn(_)));
    linked(acted(bench.does(perform(saying(AccountAction::Link, id)))));
    assert!(matches!(acted(bench.does(perform(AccountAction::LogInByCard))), AccountOutcome::LoggedIn(_)));
}

#[test]
fn a_mail_whose_order_is_not_answered_is_written_once() {
    let bench = Bench::new();
    bench.come_in();
    registered(bench.registers());
    letters(bench.folder.path(), 1);
    bench.meddle(|first, answer| (!first.contains("/v1/mail/resend")).then_some(answer));
    assert_eq!(code(bench.does(perform(AccountAction::Resend))), Code::AnswerGarbled);
    bench.meddle(|_, answer| Some(answer));
    let AccountOutcome::Mailed(mail) = acted(bench.does(again(AccountAction::Resend))) else { panic!("no mail") };
    assert_eq!((mail.to.as_str(), mail.asked), ("a***@example.jp", None));
    let AccountOutcome::Mailed(mail) = acted(bench.does(perform(saying(AccountAction::Address, "lee@example.jp")))) else {
        panic!("no mail")
    };
    assert_eq!(mail.to, "l***@example.jp");
    assert_eq!(letters(bench.folder.path(), 3).len(), 3);
}

#[test]
fn where_the_mail_is_can_be_asked_until_the_person_is_done() {
    let bench = Bench::new();
    assert_eq!(code(bench.does(Job::AskMail)), Code::SessionExpired);
    bench.come_in();
    registered(bench.registers());
    bench.does(Job::AbandonRegistration);
    let Reply::Mail(Mail { to, state, folder, asked }) = bench.does(Job::AskMail) else { panic!("no mail") };
    assert_eq!(to, "a***@example.jp");
    // It may have been written by now: then its folder is named.
    assert!(matches!((state, folder), (MailState::Queued, None) | (MailState::File, Some(_))) && asked.is_some());
    bench.meddle(|_, answer| {
        let (head, _) =
            String::from_utf8(answer).unwrap().split_once("\r\n\r\n").map(|(head, body)| (head.to_owned(), body.len())).unwrap();
        let body = r#"{"mail":{"to":"a***@example.jp","state":"delayed","next_at":"2026-11-25T05:30:00Z"}}"#;
        let head: Vec<_> = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("content-length")).collect();
        Some(format!("{}\r\nContent-Length: {}\r\n\r\n{body}", head.join("\r\n"), body.len()).into_bytes())
    });
    let Reply::Mail(mail) = bench.does(Job::AskMail) else { panic!("no mail") };
    assert_eq!(mail.state, MailState::Delayed(Some(1_795_584_600)));
    bench.does(Job::EndVisit);
    assert_eq!(code(bench.does(Job::AskMail)), Code::SessionExpired);
}
