//! What each place says before it asks: the same words as the full screen, a line each, unbroken.

use super::place::Place;
use crate::app::screen::{Overlay, Question, Screen};
use crate::app::state::account::{AccountChoice, AccountFocus};
use crate::app::state::first_password::FirstPassword;
use crate::app::state::form::Focus;
use crate::app::state::picker::{Picker, Rows};
use crate::app::state::pin::{AfterPin, PinEntry};
use crate::app::state::result::{Outcome, ResultNote, ResultPage};
use crate::app::state::top::top_rows;
use crate::app::state::trouble::{NextStep, TroublePage};
use crate::app::visit::{Cover, Prefilled};
use crate::app::{Model, Wait};
use crate::card::Purpose;
use crate::locale::words::Page as HelpPage;
use crate::locale::{Lang, Text, official};
use crate::places;
use crate::protocol::authentication_id::groups;
use crate::registration::FieldId;
use crate::registration::category::Application;
use crate::registration::field::{Kind, Need};
use crate::view::{self, Block, account, confirm, cover, input, overlay, prepare, result, trouble};
use crate::worker::Confirmed;

/// How many places are listed at most: more are heard to no end.
pub(super) const OFFERED: usize = 20;

/// The lines that are said.
pub(super) type Lines = Vec<String>;

/// Return what the place says.
pub(super) fn lines(model: &Model, place: Place) -> Lines {
    let lang = model.lang;
    match (&model.visit.over, &model.visit.screen, place) {
        (_, _, Place::Waiting(Wait::Terms) | Place::Reading(false)) => vec![lang.text(Text::TermsLoading).to_owned()],
        (_, _, Place::Waiting(_)) => Lines::new(),
        (_, _, Place::Looking) => vec![prepare::card_line(model).text],
        (Some(Overlay::Question(ask, _)), ..) => asked(model, *ask),
        (_, _, Place::Cover(cover)) => covered(lang, cover),
        (Some(Overlay::Picker(picker)), ..) => offered(lang, picker),
        (Some(Overlay::Trouble(page)), ..) => trouble(model, page),
        (Some(over), ..) => small_page(model, over),
        (None, Screen::Top(_), _) => top(model),
        (None, Screen::Prepare(_), _) => prepare(model),
        (None, Screen::Pin(entry), _) => pin(model, entry),
        (None, Screen::Input, Place::Field(field)) => self::field(model, field),
        (None, Screen::Input, Place::Item(Focus::Summary(_))) => summary(model),
        (None, Screen::Input, _) => Lines::new(),
        (None, Screen::Confirm(page), _) => confirm(model, &page.confirmed),
        (None, Screen::Result(page), _) => done(model, page),
        (None, Screen::AccountMenu(_), _) => acts(model),
        (None, Screen::Account, Place::Act(focus)) => act(model, focus),
        (None, Screen::Account, _) => Lines::new(),
        (None, Screen::FirstPassword(entry), place) => first_password(lang, entry, place),
    }
}

/// Return how something that went wrong, or was changed, is said after an answer to a field.
pub(super) fn notes(model: &Model, field: FieldId) -> Lines {
    input::notes(model, field).into_iter().map(|note| note.text).collect()
}

fn asked(model: &Model, ask: Question) -> Lines {
    let [title, lead, no, yes] = overlay::asked(model, ask).map(|text| model.lang.text(text));
    [vec![title.to_owned(), lead.to_owned()], numbered([no, yes])].concat()
}

fn covered(lang: Lang, cover: Cover) -> Lines {
    let (title, lead) = cover::words(cover);
    let choices: &[Text] = match cover {
        Cover::OtherCard(_) => &[Text::CoverOtherFirst, Text::CoverOtherAgain],
        Cover::Away | Cover::Looking | Cover::Locked => &[Text::TopNextPerson],
    };
    [vec![lang.text(title).to_owned(), lang.text(lead).to_owned()], numbered(choices.iter().map(|text| lang.text(*text)))].concat()
}

/// Say the blocks of a page that only tell, a line each, unbroken: who listens, or has a braille line, breaks it as they need.
fn spoken(lang: Lang, blocks: &[Block]) -> Lines {
    let said = |block: &Block| match block {
        Block::Text(_, run) | Block::Message(run) => Some(run.text.clone()),
        Block::Check(state, what, detail) => Some(format!("[{}] {what}  {detail}", lang.text(prepare::state(*state)))),
        // What is asked has places of its own.
        _ => None,
    };
    blocks.iter().filter_map(said).map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

fn numbered<'a>(items: impl IntoIterator<Item = &'a str>) -> Lines {
    items.into_iter().enumerate().map(|(place, item)| format!("{}. {item}", place + 1)).collect()
}

fn top(model: &Model) -> Lines {
    let lang = model.lang;
    let mut lines = vec![lang.text(Text::Title).to_owned(), lang.text(Text::TopIntro).to_owned()];
    if let Some([signing, authentication]) = model.setup.practice {
        lines.push(lang.fill(Text::PracticePins, &[signing, authentication]));
    }
    lines.push(lang.text(Text::LineLead).to_owned());
    if model.visit.is_open() {
        lines.push(lang.text(Text::TopOpen).to_owned());
    }
    lines.extend(numbered(top_rows(model).iter().map(|item| lang.text(item.text()))));
    lines
}

fn prepare(model: &Model) -> Lines {
    let lang = model.lang;
    let mut lines = vec![lang.text(Text::PrepareTitle).to_owned(), lang.text(Text::PrepareLead).to_owned()];
    lines.extend(spoken(lang, &prepare::checks(model)));
    lines.push(lang.text(Text::NoteNumber).to_owned());
    lines.push(lang.text(Text::AdviserTitle).to_owned());
    let advice = [
        (Text::AdviseChange, Text::AdviseChangeCard),
        (Text::AdviseBring, Text::AdviseBringCard),
        (Text::AdviseRepresent, Text::AdviseRepresentCard),
    ];
    let category = model.visit.form.draft.get(FieldId::Category);
    for (place, (application, (what, whose))) in Application::ALL.iter().zip(advice).enumerate() {
        let mark = if application.category().key() == category { "(*) " } else { "" };
        lines.push(format!("{}. {mark}{}  {}", place + 1, lang.text(what), lang.text(whose)));
    }
    lines.push(format!("{}. {}", advice.len() + 1, lang.text(Text::Next)));
    lines.push(format!("{}. {}", advice.len() + 2, lang.text(Text::Back)));
    if !model.is_ambiguous() {
        lines.push(prepare::card_line(model).text);
    }
    lines.push(lang.fill(Text::LineWayOn, &[lang.text(Text::Next)]));
    lines
}

fn pin(model: &Model, entry: &PinEntry) -> Lines {
    let lang = model.lang;
    let purpose = entry.pin.purpose();
    let mut lines = Lines::new();
    if entry.then == AfterPin::Account {
        lines.push(lang.fill(Text::PinFor, &[lang.text(model.visit.account.choice.text())]));
    }
    if let Some(note) = entry.note {
        lines.push(view::pin::note_text(lang, entry, note).0);
    }
    let (ask, which) = match purpose {
        Purpose::Signing => (Text::PinSigning, Text::PinSigningWhich),
        Purpose::Authentication => (Text::PinAuthentication, Text::PinAuthenticationWhich),
    };
    lines.extend([official::PIN_TITLE, lang.text(ask), lang.text(which)].map(str::to_owned));
    lines.push(view::pin::tries(lang, entry).text);
    lines.push(lang.text(if entry.may_go_on() { Text::LineSecret } else { Text::PinLastWord }).to_owned());
    lines
}

fn field(model: &Model, id: FieldId) -> Lines {
    let lang = model.lang;
    let row = id.row();
    let beside = if lang == Lang::Ja { official::easy(id) } else { official::label(id) };
    let need = lang.text(match row.need {
        Need::Required => Text::Required,
        Need::ForeignNationalOnly => Text::RequiredOnly,
    });
    let withheld = id == FieldId::Name && model.visit.prefill == Prefilled::Withheld;
    let mut lines: Lines = withheld.then(|| lang.text(Text::PrefillWithheld).to_owned()).into_iter().collect();
    lines.push([lang.field(id), beside, need].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "));
    match row.kind {
        Kind::Text if row.example.is_empty() => lines.push(lang.hint(id).to_owned()),
        Kind::Text => lines.push(format!("{} {}", lang.hint(id), lang.fill(Text::Example, &[row.example]))),
        Kind::Choice(words) => {
            lines.push(lang.text(Text::LineNumber).to_owned());
            let words: Vec<String> = words.iter().map(|word| input::shown(lang, id, word)).collect();
            lines.extend(numbered(words.iter().map(String::as_str)));
        }
        Kind::Place => lines.push(lang.text(Text::LinePlace).to_owned()),
        Kind::Tick => {
            lines.push(lang.text(Text::LineNumber).to_owned());
            lines.extend(numbered([lang.text(Text::Consent), lang.text(Text::TermsLink)]));
        }
    }
    lines.extend(notes(model, id));
    let value = model.visit.form.draft.get(id);
    if !value.is_empty() {
        lines.push(lang.fill(Text::LineNow, &[&input::shown(lang, id, value)]));
    }
    lines
}

fn summary(model: &Model) -> Lines {
    let faults = model.visit.form.summary();
    let mut lines = vec![model.lang.fill(Text::LineSummary, &[&faults.len().to_string()])];
    lines.extend(faults.iter().map(|fault| model.lang.problem(fault.field, &fault.problem)));
    lines
}

fn offered(lang: Lang, picker: &Picker) -> Lines {
    let mut lines = vec![lang.text(Text::PickerTitle).to_owned()];
    let all: Lines = match &picker.rows {
        Rows::Prefectures => places::prefectures().iter().map(|place| format!("{}  {}", place.name, place.romaji)).collect(),
        Rows::Places(hits) => hits.iter().map(|hit| view::picker::line(lang, hit)).collect(),
    };
    lines.extend(numbered(all.iter().take(OFFERED).map(String::as_str)));
    match all.len() {
        0 => lines.push(lang.text(Text::PickerNothing).to_owned()),
        more if more > OFFERED => lines.push(lang.fill(Text::LineMore, &[&(more - OFFERED).to_string()])),
        _ => {}
    }
    lines.push(lang.text(Text::LinePlace).to_owned());
    lines
}

fn trouble(model: &Model, page: &TroublePage) -> Lines {
    let lang = model.lang;
    let words = lang.trouble(page.trouble.code());
    let mut lines = vec![format!("＊{}", words.title), trouble::codes(lang, &page.trouble)];
    lines.extend(trouble::facts(lang, &page.trouble));
    lines.extend(trouble::beyond(model, page));
    lines.push(format!("{}: {}", lang.text(Text::TroubleCause), words.cause));
    lines.push(format!("{}:", lang.text(Text::TroubleTodo)));
    lines.extend(numbered(words.steps()));
    if page.next_step == NextStep::Look {
        lines.push(lang.text(Text::WayOnWaits).to_owned());
    }
    lines.push(lang.text(Text::TroubleKept).to_owned());
    lines.push(lang.fill(Text::LineWayOn, &[lang.text(trouble::next_step(page.next_step))]));
    lines
}

fn first_password(lang: Lang, entry: &FirstPassword, place: Place) -> Lines {
    let note = entry.note.map(|note| view::first_password::note_text(lang, note));
    let asked: Lines = match place {
        Place::PasswordCode if note.is_none() => {
            let lead = std::iter::once(lang.text(Text::FirstPasswordTitle)).chain(lang.help(HelpPage::FirstPassword).iter());
            lead.chain([lang.text(Text::PasswordCode)]).map(str::to_owned).collect()
        }
        Place::PasswordCode => vec![lang.text(Text::PasswordCode).to_owned()],
        Place::PasswordAgain => numbered([lang.text(Text::PasswordAgain), lang.text(Text::PasswordCode)]),
        Place::NewPassword => vec![format!("{}: {}", lang.text(Text::PasswordNew), lang.text(Text::PasswordRule))],
        _ => Lines::new(),
    };
    note.into_iter().chain(asked).collect()
}

fn small_page(model: &Model, over: &Overlay) -> Lines {
    let lang = model.lang;
    let titled = |title: Text, rest: Lines| [vec![lang.text(title).to_owned()], rest].concat();
    match over {
        Overlay::Help(_) => titled(Text::HelpTitle, lang.help(overlay::help_page(model)).iter().map(str::to_owned).collect()),
        Overlay::Terms(text, _) => titled(Text::TermsTitle, text.iter().flat_map(|text| text.lines()).map(str::to_owned).collect()),
        Overlay::Language(_) => titled(Text::LanguageTitle, numbered(Lang::ALL.iter().map(|lang| lang.name()))),
        Overlay::Reader(_) => {
            let readers = model.card.seen.as_ref().map_or(&[][..], |seen| &seen.readers);
            let with_card = |card: bool| if card { format!("  ({})", lang.text(Text::ReaderWithCard)) } else { String::new() };
            let names: Lines = readers.iter().map(|reader| format!("{}{}", reader.name, with_card(reader.card))).collect();
            titled(Text::ReaderTitle, numbered(names.iter().map(String::as_str)))
        }
        // These have pages of their own.
        Overlay::Picker(_) | Overlay::Trouble(_) | Overlay::Question(..) => Lines::new(),
    }
}

fn confirm(model: &Model, confirmed: &Confirmed) -> Lines {
    let lang = model.lang;
    let mut lines = vec![official::TRAIL.get(1).copied().unwrap_or_default().to_owned(), lang.text(Text::ConfirmLead).to_owned()];
    for (place, (label, value)) in confirm::labelled(lang, &confirmed.form).enumerate() {
        lines.push(format!("{}. {label}: {value}", place + 1));
    }
    lines.extend(spoken(lang, &confirm::warnings(model, confirmed)));
    lines.push(format!("0. {}", lang.text(Text::Register)));
    lines.push(lang.text(Text::LineConfirm).to_owned());
    lines
}

/// What a registered person can ask for, each with what it needs.
fn acts(model: &Model) -> Lines {
    let lang = model.lang;
    let mut lines = vec![lang.text(Text::TopActs).to_owned(), lang.text(Text::ActsLead).to_owned()];
    let choices: Lines =
        AccountChoice::ALL.iter().map(|choice| format!("{}  {}", lang.text(choice.text()), lang.text(account::needs(*choice)))).collect();
    lines.extend(numbered(choices.iter().map(String::as_str).chain([lang.text(Text::Back)])));
    lines
}

/// The page of an account action, said in whole at its first question.
fn act(model: &Model, focus: AccountFocus) -> Lines {
    let (lang, page) = (model.lang, &model.visit.account);
    let mut lines: Lines = page.note.iter().map(|note| account::note_text(lang, note)).collect();
    if lines.is_empty() && page.choice.items().first() == Some(&focus) {
        lines.push(lang.text(page.choice.text()).to_owned());
        lines.extend(account::lead(page.choice).iter().map(|text| lang.text(*text).to_owned()));
    }
    let [email, again] = &page.email;
    let now = match focus {
        AccountFocus::Id => page.id.value(),
        AccountFocus::Email => email.value(),
        AccountFocus::EmailAgain => {
            lines.extend(spoken(lang, &account::second_look(model)));
            again.value()
        }
        _ => "",
    };
    lines.push(account::label(lang, focus).to_owned());
    match focus {
        AccountFocus::Password => lines.push(lang.text(Text::LineSecret).to_owned()),
        AccountFocus::Word => lines.push(lang.text(Text::LineWithdraw).to_owned()),
        _ if !now.is_empty() => lines.push(lang.fill(Text::LineNow, &[now])),
        _ => {}
    }
    lines
}

fn done(model: &Model, done: &ResultPage) -> Lines {
    let lang = model.lang;
    let mut lines = match (&done.note, &done.outcome) {
        // The page was said before its button was pressed.
        (Some(ResultNote::Saved(_) | ResultNote::NotSaved(_)), _) => spoken(lang, &result::receipt(lang, done)),
        (Some(ResultNote::Mail | ResultNote::MailUnknown(_)), _) => spoken(lang, &result::mail(lang, done)),
        (None, Outcome::Registered(registered, confirmed)) => {
            let mut lines: Lines =
                [official::TRAIL.get(2).copied().unwrap_or_default(), lang.text(Text::DoneTitle)].map(str::to_owned).into();
            lines.push(format!("{}:", lang.text(Text::DoneId)));
            lines.push(groups(&registered.authentication_id));
            lines.push(lang.text(Text::DoneWrite).to_owned());
            lines.extend(spoken(lang, &result::whats_next(model, done)));
            lines.extend(spoken(lang, &result::checked(model, registered, confirmed)));
            lines
        }
        (None, Outcome::Account(choice, _)) => {
            let said = std::iter::once(lang.text(result::said(*choice)).to_owned());
            said.chain(spoken(lang, &result::whats_next(model, done))).collect()
        }
    };
    lines.extend(numbered(done.buttons(model.visit.account.behind.is_some()).into_iter().map(|button| lang.text(button.text()))));
    lines.push(lang.text(Text::LineDone).to_owned());
    lines
}
