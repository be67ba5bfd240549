//! Every page of the program, and the way to it.

use super::scene::{READER, Scene};
use crossterm::event::KeyCode;
use zairyu::app::deadline::Limits;
use zairyu::app::screen::Question;
use zairyu::app::state::staff::StaffAnswer;
use zairyu::app::visit::Mode;
use zairyu::app::{Action, Event};
use zairyu::card::Tries;
use zairyu::doctor::findings::{Findings, Folder, Machine, Terminal};
use zairyu::office::{Fault, FaultKind, Format, Record, RecordsError};
use zairyu::registration::FieldId;
use zairyu::worker::{AccountOutcome, Answered, Mail, MailState, Phase, Progress, Reply};

/// What the self-diagnosis finds around a healthy form.
pub fn around() -> Findings {
    Findings {
        readers: Ok(Vec::new()),
        card: None,
        service: Some(Ok(Answered { ahead: Some(0), ..Answered::default() })),
        data: Folder::Unneeded,
        settings: None,
        unread: false,
        print: None,
        speech: None,
        done_list: None,
        terminal: Terminal {
            locale: "en_US.UTF-8".to_owned(),
            utf8: true,
            size: Some((80, 24)),
            name: Some("xterm".to_owned()),
            console: false,
            glyphs: None,
        },
        machine: Machine { closed: Some(true), ..Machine::default() },
        now: 1_795_584_600,
    }
}

/// An office's record under this reference.
fn record(reference: &str) -> Record {
    Record { line: 2, reference: Some(reference.to_owned()), ..Record::default() }
}

fn mail(state: MailState) -> Mail {
    Mail { to: "a***@example.jp".to_owned(), state, folder: None, asked: None }
}

/// The way to a page.
pub type Way = fn(&mut Scene);

/// Every screen, every page over one, every question, every cover: what it says in English, and the way to it.
pub const PAGES: [(&str, Way); 72] = [
    ("Looking for card readers.", |_| {}),
    ("Press the number to begin.", Scene::at_kiosk),
    ("After 60 seconds without a key", |scene| {
        scene.at_kiosk();
        scene.press(KeyCode::Char('2'));
    }),
    ("Are you still there?", |scene| {
        scene.reach_step1();
        scene.model.setup.mode = Mode::Kiosk;
        scene.unattended(67);
    }),
    ("In 20 seconds what you typed", |scene| {
        scene.reach_step1();
        scene.model.setup.mode = Mode::Kiosk;
        scene.readers(&[READER]);
    }),
    ("Take your card", |scene| {
        scene.reach_step1();
        scene.model.setup.mode = Mode::Kiosk;
        scene.unattended(90);
    }),
    ("Where to save it?", |scene| {
        scene.reach_step3();
        scene.media = vec!["/media/anne/STICK".into(), "/media/anne/旅行 2026".into()];
        scene.press(KeyCode::Char('2'));
        scene.press(KeyCode::Down);
    }),
    ("Word of the staff", |scene| {
        scene.at_kiosk();
        scene.press(KeyCode::F(12));
        scene.type_text("sakura");
    }),
    ("Page for the staff", |scene| {
        scene.at_kiosk();
        scene.press(KeyCode::F(12));
        scene.happen(Event::StaffWord(StaffAnswer::Right));
    }),
    ("My Number Card in place", Scene::card_lies_there),
    ("Before you begin", |scene| {
        scene.card_lies_there();
        scene.press(KeyCode::Enter);
    }),
    ("Which card reader?", |scene| {
        scene.cards_in_two_readers();
        scene.press(KeyCode::Enter);
        scene.press(KeyCode::Enter);
    }),
    ("Code ZR102", |scene| {
        scene.readers(&[]);
        scene.press(KeyCode::Enter);
        scene.press(KeyCode::Enter);
    }),
    ("Enter the signing password", Scene::reach_signing),
    ("type LAST here", |scene| {
        scene.tries = (Tries::Left(1), Tries::Left(1));
        scene.reach_signing();
    }),
    ("Enter the user-authentication PIN", Scene::reach_authentication),
    ("What you entered", Scene::reach_step2),
    ("Choose this person's reference.", |scene| {
        scene.reach_signing();
        let records = (1..=12).map(|number| record(&format!("2026-{number:04}"))).collect();
        scene.happen(Event::Records(Ok(records), None));
        scene.press(KeyCode::Down);
    }),
    ("This record was used for the last person", |scene| {
        let today = scene.model.today();
        let person = || zairyu::office::parse(b"birth_date = 1990-04-01", Format::Toml, today);
        let read = || Event::Records(person().map_err(RecordsError::Faults), Some(std::time::SystemTime::UNIX_EPOCH));
        scene.model.setup.mode = Mode::Desk;
        scene.reach_signing();
        scene.happen(read());
        scene.type_text("PRACTICE1");
        scene.press(KeyCode::Enter);
        scene.is_signed_in();
        scene.press(KeyCode::F(8));
        scene.press(KeyCode::Char('2'));
        scene.reach_signing();
        scene.happen(read());
    }),
    ("The file of records cannot be used.", |scene| {
        scene.reach_signing();
        scene.happen(Event::Records(
            Err(RecordsError::Faults(vec![
                Fault { line: 1, key: Some("birthdate".to_owned()), what: FaultKind::UnknownKey(Some("birth_date")) },
                Fault { line: 2, key: Some("phone".to_owned()), what: FaultKind::ZeroLost },
            ])),
            None,
        ));
    }),
    ("Values to copy by hand", |scene| {
        scene.reach_step2();
        scene.happen(Event::Action(Action::Transfer));
    }),
    ("Values to copy by hand", |scene| {
        scene.reach_step3();
        scene.happen(Event::Action(Action::Transfer));
        scene.press(KeyCode::End);
        scene.happen(Event::SheetSaved(Ok("/home/anne/Documents/zairyu-transfer.json".to_owned())));
    }),
    ("Your address", Scene::reach_step1),
    ("To correct: 4.", |scene| {
        scene.reach_step1();
        scene.set(FieldId::Email, "anne@gmial.com");
        scene.press(KeyCode::F(10));
    }),
    ("Fetching the terms.", Scene::opens_terms),
    ("the last line of the terms", |scene| {
        scene.opens_terms();
        scene.answer(Reply::Terms(format!("{}the last line of the terms", "第1条 利用規約 article 1\n\n".repeat(40))));
        scene.press(KeyCode::End);
    }),
    ("Find the municipality", Scene::reach_picker),
    (" > 東京都   新宿区", |scene| {
        scene.reach_picker();
        scene.type_text("shinjuku");
        scene.press(KeyCode::PageDown);
        scene.press(KeyCode::PageUp);
    }),
    ("Nothing found.", |scene| {
        scene.reach_picker();
        scene.type_text("qqqqqqqq");
    }),
    ("zairyu  Help", |scene| {
        scene.reach_picker();
        scene.press(KeyCode::F(1));
    }),
    ("zairyu  Help", |scene| {
        scene.press(KeyCode::F(1));
        scene.press(KeyCode::End);
    }),
    ("zairyu  Help", |scene| {
        scene.reach_step1();
        scene.press(KeyCode::F(1));
        scene.press(KeyCode::PageDown);
    }),
    ("zairyu  Language 言語", |scene| scene.press(KeyCode::F(2))),
    ("zairyu  Language 言語", |scene| {
        scene.reach_cover(Mode::Desk);
        scene.press(KeyCode::F(2));
    }),
    ("Looking at this computer", |scene| scene.press(KeyCode::F(6))),
    ("To mend: 1", |scene| {
        scene.readers(&[]);
        scene.press(KeyCode::Enter);
        scene.press(KeyCode::Enter);
        scene.press(KeyCode::F(6));
        scene.happen(Event::Diagnosed(Box::new(around())));
    }),
    ("Leave the program?", |scene| scene.asks(Question::Leave)),
    ("Leave the program?", |scene| {
        scene.reach_cover(Mode::Desk);
        scene.asks(Question::Leave);
    }),
    ("Leave the program?", |scene| {
        scene.reach_step3();
        scene.asks(Question::Leave);
    }),
    ("Erase what was entered", |scene| {
        scene.reach_step1();
        scene.press(KeyCode::F(8));
    }),
    ("written down on paper?", |scene| {
        scene.reach_step3();
        scene.press(KeyCode::Char('1'));
    }),
    ("Register this?", |scene| {
        scene.reach_step2();
        scene.asks(Question::Register);
    }),
    ("Esc stop", |scene| {
        scene.reach_step2();
        scene.presses_register();
    }),
    ("Esc stop", |scene| {
        scene.reach_signing();
        scene.type_text("PRACTICE1");
        scene.press(KeyCode::Enter);
        scene.progresses(Progress { phase: Phase::Reading, done: 1, total: 3 });
    }),
    ("Code ZR504", Scene::reach_perhaps),
    ("Code ZR618", Scene::reach_somebody_else),
    ("You are registered.", Scene::reach_step3),
    ("Read it with your phone", |scene| {
        scene.reach_step3();
        scene.press(KeyCode::Char('4'));
    }),
    ("Printing.", |scene| {
        scene.model.setup.prints = true;
        scene.reach_step3();
        scene.press(KeyCode::Char('2'));
    }),
    ("Handed over to the printer", |scene| {
        scene.model.setup.prints = true;
        scene.reach_step3();
        scene.press(KeyCode::Char('2'));
        scene.issued(Ok("request id is desk-12 (1 file(s))"));
    }),
    ("It could not be printed", |scene| {
        scene.model.setup.prints = true;
        scene.reach_locked();
        scene.press(KeyCode::F(7));
        scene.issued(Err("lp failed (exit status: 1): The printer or class does not exist."));
    }),
    ("Save a slip for the office", Scene::reach_locked),
    ("It could not be delivered", |scene| {
        scene.reach_step3();
        scene.asks_mail(MailState::Stuck);
    }),
    ("A registration is under way.", Scene::reach_open_top),
    ("Waiting for the card", |scene| scene.reach_cover(Mode::Desk)),
    ("The same card is needed", |scene| scene.reach_cover(Mode::Home)),
    ("Take the card out and look", |scene| {
        scene.model.setup.mode = Mode::Desk;
        scene.reach_step1();
        scene.happen(Event::Action(Action::LookAtCard));
    }),
    ("Locked", |scene| {
        scene.model.setup.mode = Mode::Desk;
        scene.reach_step1();
        scene.unattended(Limits::default().lock);
    }),
    ("This is another My Number Card", Scene::reach_other_card),
    ("The first password", |scene| scene.press(KeyCode::Char('4'))),
    ("Check the registration", Scene::reach_account_menu),
    ("Authentication ID 認証ID", |scene| scene.reach_account_action('2')),
    ("New mail address again", |scene| scene.reach_account_action('5')),
    ("Put the new card on the reader.", |scene| scene.reach_account_action('6')),
    ("type DELETE here", |scene| scene.reach_account_action('8')),
    ("Enter the user-authentication PIN", |scene| scene.reach_account_action('1')),
    ("You are logged in", |scene| {
        scene.reach_account_action('1');
        scene.proves(AccountOutcome::LoggedIn(None));
    }),
    ("It could not be delivered", |scene| {
        scene.reach_account_action('3');
        scene.proves(AccountOutcome::Mailed(mail(MailState::Stuck)));
    }),
    ("The registration is deleted.", |scene| {
        scene.reach_account_action('8');
        scene.press(KeyCode::F(10));
        scene.type_text("DELETE");
        scene.press(KeyCode::Enter);
        scene.type_text("PRACTICE1");
        scene.press(KeyCode::Enter);
        scene.answer(Reply::AccountAction(Box::new(AccountOutcome::Withdrawn)));
    }),
    ("The new card is linked.", |scene| {
        scene.reach_linking();
        scene.proves_both(AccountOutcome::Linked(Some(mail(MailState::Sent))));
    }),
    ("The new card is not linked yet", |scene| {
        scene.reach_linking();
        scene.proves_both(AccountOutcome::LinkWaits(mail(MailState::Sent)));
    }),
    ("The linking is undone.", |scene| {
        scene.reach_account_action('7');
        scene.proves(AccountOutcome::Mailed(mail(MailState::Sent)));
    }),
];
