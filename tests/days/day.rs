//! A day as it happens: the real model, driven as terminal, readers and worker drive it, and drawn as it is drawn for people.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Cell;

use super::fake_worker::{Lying, READERS, Shared, Worker, World};
use super::people::{PEOPLE, Somebody, Who, squeezed, whose};
use super::plan::{Goal, Plan, Scrap, Step};
use super::rules::{Before, Rules};
use zairyu::app::deadline::Timers;
use zairyu::app::screen::{Overlay, Question, Screen};
use zairyu::app::state::account::{AccountAction, AccountFocus};
use zairyu::app::state::confirm::ConfirmFocus;
use zairyu::app::state::first_password::PasswordFocus;
use zairyu::app::state::form::FormFocus;
use zairyu::app::state::paste::Pasted;
use zairyu::app::state::pin::{LAST_TRY_WORD, PinFocus};
use zairyu::app::state::result::Button;
use zairyu::app::state::speech::Speech;
use zairyu::app::state::staff::StaffAnswer;
use zairyu::app::state::trouble::NextStep;
use zairyu::app::visit::{Cover, Mode};
use zairyu::app::{Action, Effect, Event, Model, Setup};
use zairyu::card::Purpose;
use zairyu::error::Code;
use zairyu::locale::Lang;
use zairyu::office::Record;
use zairyu::registration::field::FieldKind;
use zairyu::registration::{Date, Draft, FIELDS, FieldId, check};
use zairyu::tui::Look;
use zairyu::tui::draw::{self, Clicks};
use zairyu::view::spoken;

/// What is found: nothing, or which rule was broken.
pub type Verdict = Result<(), String>;

/// A day.
pub struct Day {
    /// The model.
    pub model: Model,
    /// Everything outside.
    pub world: Shared,
    /// The rules, and what they have to remember.
    pub rules: Rules,
    /// What happened so far, one line an event.
    pub trace: Vec<String>,
    worker: Worker,
    terminal: Terminal<TestBackend>,
    clicks: Clicks,
    /// The page that was drawn last, and for how many events it was not drawn again.
    page: String,
    undrawn: u32,
    people: Vec<Who>,
    /// Who stands there, and what for.
    standing: Who,
    goal: Goal,
    /// What is told is heard after this step.
    late: bool,
    /// What time is counted from.
    timers: Timers,
    /// Counts what sensible people did, so that they do not do the same for ever.
    tally: usize,
    /// The office's file of records.
    file: Option<Record>,
}

/// What opens the staff's page.
const STAFF_WORD: &[u8] = b"ZZZZZZ";

/// 2026-11-25.
fn today() -> Date {
    Date::from_calendar_date(2026, time::Month::November, 25).expect("a date")
}

fn model(mode: Mode) -> Model {
    let prefill = Some("records.toml".into());
    let speaks = Lang::ALL.to_vec();
    Model::new(Setup { mode, has_staff_word: true, prefill, speaks, ..Setup::default() }, Lang::En, today())
}

/// Live through a day; return what it brought, or which rule was broken after what.
pub fn live(plan: &Plan, world: World) -> Result<Rules, String> {
    let world = Rc::new(RefCell::new(world));
    world.borrow_mut().tell_readers();
    let model = model(plan.mode);
    let mut day = Day {
        timers: Timers::new(&model, Duration::ZERO),
        model,
        worker: Worker::start(&world),
        world,
        rules: Rules::default(),
        trace: Vec::new(),
        terminal: Terminal::new(TestBackend::new(80, 24)).expect("a buffer"),
        clicks: Clicks::new(),
        page: String::new(),
        undrawn: 0,
        people: plan.people.clone(),
        standing: plan.people[0],
        goal: Goal::Register,
        late: false,
        tally: plan.steps.len(),
        file: None,
    };
    day.rules.unwitnessed = day.world.borrow().real.is_some();
    let lived = day.live(&plan.steps);
    lived.map_err(|broken| {
        let last = day.trace.len().saturating_sub(150);
        format!("{broken}\nafter:\n  {}\non the screen:\n{}", day.trace[last..].join("\n  "), day.picture())
    })?;
    Ok(day.rules)
}

impl Day {
    fn live(&mut self, steps: &[Step]) -> Verdict {
        self.hear()?;
        for step in steps {
            self.trace.push(format!("{step:?}  [{}, {}]", self.place(), PEOPLE[self.standing].name));
            // What was on its way is heard when this step is over.
            let late = std::mem::take(&mut self.late);
            self.rules.late = late;
            self.step(*step)?;
            self.rules.late = false;
            if !self.late {
                self.hear()?;
                self.rules.settled(&self.model, &self.world.borrow())?;
            }
        }
        // The evening: whatever is under way comes to its end.
        self.late = false;
        self.settle()?;
        self.rules.evening()
    }

    fn step(&mut self, step: Step) -> Verdict {
        match step {
            Step::Sensible => self.sensible(),
            Step::Key(code) => self.press(code),
            Step::Burst(code, times) => self.burst(|day| (0..times).try_for_each(|_| day.happen(key(code)))),
            Step::Leave => {
                self.happen(Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)))?;
                self.draw()?;
                self.press(KeyCode::Esc)
            }
            Step::Type(letters) => self.burst(|day| day.type_text(letters)),
            Step::Paste(scrap) => self.paste_scrap(scrap),
            Step::Click(place, times) => self.click(place, times),
            Step::Wheel(down) => self.press_action(if down { Action::WheelDown } else { Action::WheelUp }),
            Step::Lay(who, reader) => {
                let who = self.people[usize::from(who) % self.people.len()];
                self.comes(who, Goal::Register);
                self.lay(who, usize::from(reader))
            }
            Step::Lift(reader) => self.outside(|world| world.lift(usize::from(reader))),
            Step::Shift(reader) => self.outside(|world| {
                let (from, to) = (usize::from(reader), 1 - usize::from(reader));
                if let Some((what, _)) = world.bays[from].lying.filter(|_| world.bays[to].plugged) {
                    world.lift(from);
                    world.lay(to, what);
                }
            }),
            Step::Transport(reader) => self.outside(|world| world.lay(usize::from(reader), Lying::Transport)),
            Step::Plug(reader) => self.outside(|world| world.plug(usize::from(reader))),
            Step::Come(who, goal) => {
                self.comes(self.people[usize::from(who) % self.people.len()], goal);
                Ok(())
            }
            Step::Work(steps) => self.work(steps),
            Step::Late(steps) => {
                self.late = true;
                (0..steps).for_each(|_| self.worker.step());
                self.records()
            }
            Step::Outage(outage) => {
                self.world.borrow_mut().service.outages.push_back(outage);
                Ok(())
            }
            Step::LiftInVerify => {
                self.world.borrow_mut().lifts_in_verify = true;
                Ok(())
            }
            Step::Expire => {
                self.world.borrow_mut().expire();
                Ok(())
            }
            Step::Terms => {
                self.world.borrow_mut().service.terms += 1;
                Ok(())
            }
            Step::Wait(seconds) => {
                self.rules.clock += u64::from(seconds);
                Ok(())
            }
            Step::Language => {
                self.press(KeyCode::F(2))?;
                if matches!(self.model.visit.nav.overlay(), Some(Overlay::Language(_))) {
                    self.press(KeyCode::Down)?;
                    self.press(KeyCode::Enter)?;
                }
                Ok(())
            }
            Step::WrongPin => self.wrong_pin(),
            Step::Hasty(leaves, steps) => {
                let modifiers = if leaves { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
                self.happen(Event::Key(KeyEvent::new(if leaves { KeyCode::Char('c') } else { KeyCode::F(8) }, modifiers)))?;
                self.draw()?;
                self.work(steps)?;
                if matches!(self.model.visit.nav.overlay(), Some(Overlay::Question(..))) { self.press(KeyCode::Char('2')) } else { Ok(()) }
            }
            Step::Stop(steps) => {
                (0..steps).for_each(|_| self.worker.step());
                self.records()?;
                self.press(KeyCode::Esc)?;
                self.hear()
            }
            Step::Passer(who) => {
                let who = self.people[usize::from(who) % self.people.len()];
                let Some(place) = self.world.borrow().bays.iter().position(|bay| bay.plugged && bay.lying.is_none()) else { return Ok(()) };
                self.rules.laid(who);
                self.outside(|world| world.lay(place, Lying::Card(who)))?;
                self.work(6)?;
                self.outside(|world| world.lift(place))
            }
            Step::Stranger => self.stranger(),
            Step::Prefill(who, what) => {
                let who = self.people[usize::from(who) % self.people.len()];
                self.rules.counts.one("prefilled");
                self.file = Some(Record { line: 1, reference: None, draft: records(&PEOPLE[who], what) });
                Ok(())
            }
        }
    }

    fn comes(&mut self, who: Who, goal: Goal) {
        (self.standing, self.goal) = (who, goal);
    }

    fn me(&self) -> &'static Somebody {
        &PEOPLE[self.standing]
    }

    // What happens.

    /// Let something happen; what it asks for is given to whoever does it.
    fn happen(&mut self, event: Event) -> Verdict {
        self.trace.push(format!("    {}", told(&event)));
        let before = Before::of(&self.model, &event);
        let (mut issued, mut looks, mut reads, mut answer) = (None, false, false, None);
        for effect in self.timers.update(&mut self.model, event, Duration::from_secs(self.rules.clock)) {
            match effect {
                Effect::Run(ticket, job) => {
                    self.trace.push(format!("        job {}: {}", ticket.0, name_of(&job)));
                    self.rules.job(&self.model, &before, ticket, &job)?;
                    self.world.borrow_mut().send(ticket, job);
                }
                Effect::Cancel => {
                    self.trace.push("        cancel".to_owned());
                    self.world.borrow_mut().cancel();
                }
                Effect::FindMedia => looks = true,
                Effect::Issue(ticket, ..) => issued = Some(ticket),
                Effect::CheckStaffWord(word) => {
                    answer = Some(if word.bytes() == STAFF_WORD { StaffAnswer::Right } else { StaffAnswer::Wrong })
                }
                Effect::Ended(_) | Effect::OtherLetters => {}
                Effect::ReadRecords => reads = true,
                Effect::Copy(_) | Effect::ClearClipboard | Effect::SaveSheet(_) | Effect::List(..) => {}
                Effect::Diagnose => self.trace.push("        looks around".to_owned()),
                Effect::Redraw => {
                    self.trace.push("        the visit has ended".to_owned());
                    self.rules.ended(&self.model, &before)?;
                }
                Effect::Quit => {
                    self.rules.quit(&self.model, &before)?;
                    return self.restart();
                }
            }
        }
        self.rules.after(&self.model, &before)?;
        if looks {
            self.happen(Event::Media(vec!["/media/anne/STICK".into()]))?;
        }
        if let Some(ticket) = issued {
            self.happen(Event::Issued(ticket, Ok("/home/desk/receipt.txt".to_owned())))?;
        }
        if let Some(answer) = answer {
            self.happen(Event::StaffWord(answer))?;
        }
        if reads {
            // The office writes another one for the next person.
            let records = self.file.take().into_iter().collect();
            self.happen(Event::Records(Ok(records), None))?;
        }
        Ok(())
    }

    /// Somebody has left the program, and starts it again.
    fn restart(&mut self) -> Verdict {
        self.trace.push("        the program ends and is started again".to_owned());
        self.model = model(self.model.setup.mode);
        self.timers = Timers::new(&self.model, Duration::from_secs(self.rules.clock));
        self.world.borrow_mut().restart();
        self.worker = Worker::start(&self.world);
        self.records()?;
        self.rules.restarted();
        self.hear()
    }

    /// Move something outside; what is seen of it is heard at once, unless everything is late.
    fn outside(&mut self, change: impl FnOnce(&mut World)) -> Verdict {
        change(&mut self.world.borrow_mut());
        self.hear()
    }

    /// Hear what readers and worker say.
    fn hear(&mut self) -> Verdict {
        if self.late || self.rules.late {
            return Ok(());
        }
        loop {
            let Some(event) = self.world.borrow_mut().news.pop_front() else { break };
            self.happen(event)?;
        }
        self.draw()?;
        self.tick()
    }

    /// The worker does so many steps.
    fn work(&mut self, steps: u8) -> Verdict {
        for _ in 0..steps {
            self.worker.step();
            self.records()?;
        }
        self.hear()
    }

    /// Wait until there is nothing left to wait for.
    fn settle(&mut self) -> Verdict {
        // The fake worker needs a hundred steps; real parts wait a moment in each.
        for _ in 0..2000 {
            self.hear()?;
            if self.world.borrow().is_idle() {
                break;
            }
            self.worker.step();
            self.records()?;
        }
        Ok(())
    }

    fn records(&mut self) -> Verdict {
        let records = std::mem::take(&mut self.world.borrow_mut().records);
        records.into_iter().try_for_each(|record| self.rules.record(record))
    }

    /// The terminal says when nobody has touched anything for long, as `terminal` does.
    fn tick(&mut self) -> Verdict {
        let now = Duration::from_secs(self.rules.clock);
        while let Some((timer, _)) = self.timers.due(&self.model).filter(|(_, due)| *due <= now) {
            self.happen(Event::Passed(timer, self.timers.passed(timer, now)))?;
            self.draw()?;
        }
        self.rules.ticked(&self.model)
    }

    /// Draw the page, if it may look otherwise than it did: where nothing but a letter or a focus may have changed, now and then.
    fn draw(&mut self) -> Verdict {
        let page = self.page();
        self.undrawn += 1;
        if page == self.page && !self.undrawn.is_multiple_of(16) {
            return Ok(());
        }
        self.page = page;
        self.draw_now()
    }

    fn draw_now(&mut self) -> Verdict {
        self.undrawn = 0;
        let (model, clicks) = (&self.model, &mut self.clicks);
        // The frame itself: what the backend keeps behind a wide letter is never seen.
        let frame = self.terminal.draw(|frame| *clicks = draw::draw(frame, model, Look::PLAIN).clicks).expect("a buffer");
        let text = squeezed(frame.buffer.content().iter().map(Cell::symbol));
        self.rules.drawn(&self.model, &text, &self.world.borrow().service.ids)?;
        self.listen()
    }

    /// Hear the page as if it were read aloud, which others may hear.
    fn listen(&mut self) -> Verdict {
        let asked = std::mem::replace(&mut self.model.visit.speech, Speech::Page);
        let said = spoken(&self.model, &mut None);
        self.model.visit.speech = asked;
        let said = squeezed(said.iter().map(String::as_str));
        Rules::heard(&said, &self.world.borrow().service.ids)
    }

    /// Whatever decides which page is drawn, and whose.
    fn page(&self) -> String {
        let visit = &self.model.visit;
        let form = match &visit.nav.screen {
            Screen::Confirm(page) => std::sync::Arc::as_ptr(&page.confirmed).addr(),
            _ => 0,
        };
        let waiting = visit.waiting.map(|waiting| waiting.what);
        format!("{} {form:x} {waiting:?} {} {} {:?}", self.place(), visit.is_blank(), self.rules.visits(), self.model.lang)
    }

    /// Return what stands on the screen, for whoever reads why a test has failed.
    fn picture(&mut self) -> String {
        let model = &self.model;
        let frame = self.terminal.draw(|frame| drop(draw::draw(frame, model, Look::PLAIN))).expect("a buffer");
        let lines = frame.buffer.content().chunks(80).map(|line| line.iter().map(Cell::symbol).collect::<String>());
        lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }

    // Keys, clicks, pastes.

    fn press(&mut self, code: KeyCode) -> Verdict {
        self.happen(key(code))?;
        self.draw()
    }

    fn press_action(&mut self, action: Action) -> Verdict {
        self.happen(Event::Action(action))?;
        self.draw()
    }

    /// Do something faster than anything is drawn.
    fn burst(&mut self, events: impl FnOnce(&mut Day) -> Verdict) -> Verdict {
        self.rules.burst_begins();
        events(self)?;
        self.rules.burst_ends();
        self.draw()
    }

    fn type_text(&mut self, text: &str) -> Verdict {
        text.chars().try_for_each(|letter| self.happen(key(KeyCode::Char(letter))))
    }

    fn erase(&mut self) -> Verdict {
        self.happen(Event::Key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL)))
    }

    /// Type text, or paste it.
    fn write(&mut self, text: &str) -> Verdict {
        if self.tally.is_multiple_of(4) { self.type_text(text) } else { self.paste(text) }
    }

    fn paste(&mut self, text: &str) -> Verdict {
        self.happen(Event::Paste(Pasted::new(text.to_owned())))
    }

    /// Click on one place, again and again; what is clicked is what is drawn there then.
    fn click(&mut self, place: u16, times: u8) -> Verdict {
        self.draw_now()?;
        if self.clicks.is_empty() {
            return Ok(());
        }
        let (area, _) = &self.clicks[usize::from(place) % self.clicks.len()];
        let at = area.as_position();
        self.rules.burst_begins();
        for _ in 0..times {
            let hit = self.clicks.iter().find(|(area, _)| area.contains(at)).map(|(_, action)| action.clone());
            if let Some(action) = hit {
                self.happen(Event::Action(action))?;
                self.draw_now()?;
            }
        }
        self.rules.burst_ends();
        Ok(())
    }

    /// Return whether whoever stands there may type what is theirs: while their card is the visit's, or no card is yet.
    fn may_type(&mut self) -> bool {
        match self.model.visit.card {
            Some(card) => whose(card) == self.standing,
            None => {
                self.rules.typed_without_card(self.standing);
                true
            }
        }
    }

    fn paste_scrap(&mut self, scrap: Scrap) -> Verdict {
        let me = self.me();
        let text = match scrap {
            Scrap::Mail if self.may_type() => format!("{}\r\n", me.mail),
            Scrap::Pin if self.may_type() => match &self.model.visit.nav.screen {
                Screen::Pin(entry) => format!("{}\n", me.pin(entry.pin.purpose())),
                _ => return Ok(()),
            },
            Scrap::Lines => "2\n1\n\n\r\nyes\nA\n".to_owned(),
            Scrap::Long => "long ".repeat(300),
            Scrap::Mail | Scrap::Pin => return Ok(()),
        };
        self.paste(&text)?;
        self.draw()
    }

    // What people do.

    fn lay(&mut self, who: Who, reader: usize) -> Verdict {
        self.rules.laid(who);
        self.outside(|world| {
            let reader = if world.bays[reader].plugged { reader } else { 1 - reader };
            world.lay(reader, Lying::Card(who));
        })
    }

    /// Put the card of whoever stands there in: where it lies, else in the first reader.
    fn lay_mine(&mut self) -> Verdict {
        let place = self.world.borrow().place_of(Lying::Card(self.standing)).unwrap_or(0);
        self.lay(self.standing, place)
    }

    fn lies_mine(&self) -> bool {
        self.world.borrow().place_of(Lying::Card(self.standing)).is_some()
    }

    /// Do what a sensible person would do next.
    fn sensible(&mut self) -> Verdict {
        self.tally += 1;
        match self.tally % 10 {
            _ if self.model.visit.waiting.is_none() && !self.model.is_reading_card() => {}
            0 => self.press(KeyCode::Esc)?,
            1 => self.press(KeyCode::F(8))?,
            2 => return self.work(2),
            _ => self.settle()?,
        }
        let card = self.model.visit.card.map(whose);
        let mine = card == Some(self.standing);
        let another_s = card.is_some() && !mine;
        if let Some(over) = self.model.visit.nav.overlay()
            && (self.model.visit.cover.is_none() || matches!(over, Overlay::Question(..) | Overlay::Language(_)))
        {
            return self.sensible_over(another_s);
        }
        if let Some(cover) = self.model.visit.cover {
            return match cover {
                _ if mine => self.lay_mine(),
                Cover::OtherCard(_) => self.press(KeyCode::Char('2')),
                Cover::TakeCard => self.takes_card(),
                _ => self.press(KeyCode::Char('1')),
            };
        }
        if another_s && !self.model.visit.is_blank() {
            return self.press(KeyCode::F(8));
        }
        if another_s && !self.lies_mine() {
            return self.lay_mine();
        }
        let digit = |row: usize| KeyCode::Char(char::from_digit(u32::try_from(row + 1).expect("few rows"), 10).expect("a digit"));
        match &self.model.visit.nav.screen {
            Screen::Attract(_) | Screen::Top(_) if self.model.visit.is_open() => self.press(KeyCode::Char('1')),
            Screen::Attract(_) => self.press(KeyCode::Char('2')),
            Screen::Top(_) => self.press(match self.goal {
                Goal::Register => KeyCode::Char('1'),
                Goal::Password => KeyCode::Char(if self.model.setup.mode == Mode::Kiosk { '3' } else { '4' }),
                Goal::AccountAction => KeyCode::Char(if self.model.setup.mode == Mode::Kiosk { '4' } else { '5' }),
            }),
            Screen::Prepare(_) if !self.lies_mine() && !self.tally.is_multiple_of(3) => self.lay_mine(),
            Screen::Prepare(_) => self.press(KeyCode::Char('4')),
            Screen::Pin(entry) => {
                let purpose = entry.pin.purpose();
                self.gives_pin(self.me().pin(purpose), true)
            }
            Screen::Form => self.fills_in(),
            Screen::Confirm(page) if page.focus == ConfirmFocus::Register => self.press(KeyCode::Enter),
            Screen::Confirm(_) => self.press(KeyCode::F(10)),
            // Whoever is done takes the card along.
            Screen::Result(_) if self.lies_mine() && self.tally.is_multiple_of(3) => self.takes_card(),
            Screen::Result(done) => {
                let behind = self.model.visit.nav.previous_screen().is_some();
                let last = done.buttons(behind).iter().rposition(|button| *button != Button::Transfer).unwrap_or(0);
                self.press(match self.tally % 4 {
                    0 => digit(last),
                    1 if done.needs_writing() => KeyCode::Char('2'),
                    2 if done.needs_writing() => KeyCode::Char('3'),
                    _ => KeyCode::Char('1'),
                })
            }
            Screen::FirstPassword(_) => self.sets_password(),
            Screen::AccountMenu(_) => self.press(digit(self.tally % (AccountAction::ALL.len() + 1))),
            Screen::Account => self.account_action(),
        }
    }

    fn sensible_over(&mut self, another_s: bool) -> Verdict {
        match self.model.visit.nav.overlay() {
            Some(Overlay::Question(Question::Leave, _)) => self.press(KeyCode::Esc),
            Some(Overlay::Question(Question::Forget, _))
                if another_s || self.model.visit.cover.is_some() || self.tally.is_multiple_of(4) =>
            {
                self.press(KeyCode::Char('2'))
            }
            Some(Overlay::Question(Question::Forget, _)) => self.press(KeyCode::Esc),
            Some(Overlay::Question(Question::Written | Question::Register, _)) => self.press(KeyCode::Char('2')),
            Some(Overlay::Language(_)) => self.press(KeyCode::Enter),
            Some(Overlay::Reader(_)) => {
                let place = self.world.borrow().place_of(Lying::Card(self.standing));
                let name = place.map(|place| READERS[place]);
                let readers = self.model.card.reader_states.as_ref().map_or(&[][..], |states| &states.readers);
                match readers.iter().position(|reader| Some(reader.name.as_str()) == name) {
                    Some(0) => self.press(KeyCode::Char('1')),
                    Some(_) => self.press(KeyCode::Char('2')),
                    None => self.press(KeyCode::Esc),
                }
            }
            Some(Overlay::Trouble(page)) => {
                let waits = page.next_step == NextStep::WaitForCard && matches!(page.trouble.code(), Code::NoCard | Code::NotMyNumberCard);
                match self.tally % 5 {
                    0 => self.press(KeyCode::Esc),
                    _ if waits && (!self.lies_mine() || self.tally.is_multiple_of(2)) => self.lay_mine(),
                    _ => self.press(KeyCode::Enter),
                }
            }
            _ => self.press(KeyCode::Esc),
        }
    }

    /// Take out one's card, or what lies there in its place.
    fn takes_card(&mut self) -> Verdict {
        let place = self.world.borrow().place_of(Lying::Card(self.standing)).unwrap_or(0);
        self.outside(|world| world.lift(place))
    }

    /// Type a PIN on its page and send it.
    fn gives_pin(&mut self, pin: &str, last_try_too: bool) -> Verdict {
        if !self.may_type() {
            return self.press(KeyCode::Esc);
        }
        let focus = |day: &Day| match &day.model.visit.nav.screen {
            Screen::Pin(entry) if day.model.visit.nav.overlay().is_none() && day.model.visit.cover.is_none() => {
                Some((entry.focus, entry.may_go_on()))
            }
            _ => None,
        };
        for _ in 0..6 {
            match focus(self) {
                Some((PinFocus::Word, false)) if last_try_too => self.type_text(LAST_TRY_WORD)?,
                Some((PinFocus::Pin, true)) => break,
                Some((PinFocus::Pin, false)) if !last_try_too => break,
                Some(_) => {}
                None => return Ok(()),
            }
            self.press(KeyCode::Tab)?;
        }
        if focus(self).is_some_and(|(focus, _)| focus == PinFocus::Pin) {
            self.erase()?;
            self.write(pin)?;
            self.press(KeyCode::Enter)?;
        }
        Ok(())
    }

    fn wrong_pin(&mut self) -> Verdict {
        let Screen::Pin(entry) = &self.model.visit.nav.screen else { return Ok(()) };
        if self.model.visit.nav.overlay().is_some() || self.model.visit.cover.is_some() {
            return Ok(());
        }
        let wrong = match entry.pin.purpose() {
            Purpose::Signing => "WRONG99",
            Purpose::Authentication => "0000",
        };
        self.gives_pin(wrong, self.tally.is_multiple_of(3))
    }

    /// Fill in what STEP1 still lacks, and confirm it.
    fn fills_in(&mut self) -> Verdict {
        if !self.may_type() {
            return self.press(KeyCode::F(8));
        }
        let faults = check(&self.model.visit.form.draft, today()).err().unwrap_or_default();
        for field in faults.into_iter().map(|fault| fault.field) {
            self.fill(field, None)?;
        }
        self.draw()?;
        match self.tally % 8 {
            0 => self.press(KeyCode::Esc),
            1 if self.model.visit.form.covers => self.press_action(Action::LookAtCard),
            2 => {
                self.happen(Event::Action(Action::FocusForm(FormFocus::Terms)))?;
                self.press(KeyCode::Enter)
            }
            _ => self.press(KeyCode::F(10)),
        }
    }

    /// Go to a field and fill it in.
    fn fill(&mut self, field: FieldId, value: Option<&str>) -> Verdict {
        let on_form = |day: &Day| {
            matches!(day.model.visit.nav.screen, Screen::Form) && day.model.visit.nav.overlay().is_none() && day.model.visit.cover.is_none()
        };
        for _ in 0..30 {
            if !on_form(self) || self.model.visit.form.focus == FormFocus::Field(field) {
                break;
            }
            self.happen(key(KeyCode::Tab))?;
        }
        if !on_form(self) || self.model.visit.form.focus != FormFocus::Field(field) || !self.may_type() {
            return Ok(());
        }
        let me = self.me();
        match field.row().kind {
            FieldKind::Text => {
                let own = match field {
                    FieldId::Name => &me.name,
                    FieldId::BirthDate => &me.birth,
                    FieldId::Phone => &me.phone,
                    FieldId::Email | FieldId::EmailAgain => &me.mail,
                    FieldId::ResidenceCard => &me.residence,
                    _ => "１－１",
                };
                let text = value.unwrap_or(own);
                self.erase()?;
                self.write(text)
            }
            FieldKind::Choice(_) => {
                let wanted = match field {
                    FieldId::Sex => me.sex,
                    _ => ["foreign_national", "family", "foreign_national"][self.tally % 3],
                };
                for _ in 0..3 {
                    if self.model.visit.form.draft.get(field) != wanted {
                        self.happen(key(KeyCode::Right))?;
                    }
                }
                Ok(())
            }
            FieldKind::Municipality => {
                self.happen(key(KeyCode::Enter))?;
                self.paste("鎌倉市")?;
                self.happen(key(KeyCode::Enter))
            }
            FieldKind::Tick => self.happen(key(KeyCode::Char(' '))),
        }
    }

    /// Fill STEP1 in for somebody who is not here.
    fn stranger(&mut self) -> Verdict {
        if matches!(self.model.visit.nav.screen, Screen::Form) && self.may_type() {
            self.fill(FieldId::Name, Some("NOBODY KEN"))?;
            self.fill(FieldId::BirthDate, Some("20180203"))?;
            self.draw()?;
            self.press(KeyCode::F(10))?;
        }
        Ok(())
    }

    fn sets_password(&mut self) -> Verdict {
        let Screen::FirstPassword(page) = &self.model.visit.nav.screen else { return Ok(()) };
        let (focus, code) = (page.focus, page.code.value().to_owned());
        if !self.may_type() {
            return self.press(KeyCode::F(8));
        }
        match focus {
            PasswordFocus::Code if code.is_empty() => self.paste(&format!("https://service.example.jp/password/{}", self.me().code))?,
            PasswordFocus::Password => {
                self.erase()?;
                self.write(&self.me().password)?;
            }
            _ => {}
        }
        self.draw()?;
        self.press(match focus {
            PasswordFocus::Code => KeyCode::Enter,
            PasswordFocus::Password if !self.tally.is_multiple_of(4) => KeyCode::F(10),
            PasswordFocus::Password | PasswordFocus::Set => KeyCode::Tab,
            _ => [KeyCode::Esc, KeyCode::Enter, KeyCode::Tab][self.tally % 3],
        })
    }

    /// Fill in what an account action needs to know, and go on.
    fn account_action(&mut self) -> Verdict {
        if !self.may_type() {
            return self.press(KeyCode::F(8));
        }
        let me = self.me();
        let id = self.world.borrow().service.ids.iter().rev().find(|(who, _)| *who == self.standing).map(|(_, id)| id.clone());
        for _ in 0..self.model.visit.account.choice.items().len() {
            let text = match self.model.visit.account.focus {
                AccountFocus::Id => id.as_deref().unwrap_or("7KQ-3MXW-94P"),
                AccountFocus::Password => &me.password,
                AccountFocus::Email | AccountFocus::EmailAgain => &me.mail,
                AccountFocus::Word => "DELETE",
                AccountFocus::Show | AccountFocus::Go | AccountFocus::Back => "",
            };
            if !text.is_empty() {
                self.erase()?;
                self.write(text)?;
            }
            self.happen(key(KeyCode::Tab))?;
        }
        self.draw()?;
        self.press(if self.tally.is_multiple_of(6) { KeyCode::Esc } else { KeyCode::F(10) })
    }
}

fn key(code: KeyCode) -> Event {
    Event::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

/// The records of a desk about somebody: always whose they are, and some of the rest.
fn records(somebody: &Somebody, what: u8) -> Draft {
    let mut draft = Draft::default();
    draft.set(FieldId::BirthDate, somebody.birth.clone());
    for (bit, field, value) in [
        (1, FieldId::Phone, &somebody.phone),
        (2, FieldId::Email, &somebody.mail),
        (4, FieldId::ResidenceCard, &somebody.residence),
        (8, FieldId::Name, &somebody.name),
    ] {
        if what & bit != 0 {
            draft.set(field, value.clone());
        }
    }
    if FIELDS.iter().all(|row| draft.get(row.id).is_empty() || row.id == FieldId::BirthDate) {
        draft.set(FieldId::Phone, somebody.phone.clone());
    }
    draft
}

/// Notify what happened in a line.
fn told(event: &Event) -> String {
    match event {
        Event::Key(key) if key.modifiers.is_empty() => format!("{:?}", key.code),
        Event::Key(key) => format!("{:?} {:?}", key.modifiers, key.code),
        Event::Paste(text) => format!("paste {:?}", text.text().chars().take(30).collect::<String>()),
        Event::Action(action) => format!("{action:?}"),
        Event::Readers(seen) => {
            let cards = seen.readers.iter().map(|reader| if reader.card { "card" } else { "empty" });
            format!("readers: {}", cards.collect::<VecDeque<_>>().make_contiguous().join(", "))
        }
        Event::Worker(message) => match &message.reply {
            zairyu::worker::Reply::Status(facts) => format!("{}: facts of {:?}", message.ticket.0, facts.identity.map(whose)),
            zairyu::worker::Reply::Failed(trouble) => format!("{}: {:?}", message.ticket.0, trouble.code()),
            zairyu::worker::Reply::Progress(progress) => format!("{}: {:?}", message.ticket.0, progress.phase),
            reply => format!("{}: {}", message.ticket.0, format!("{reply:?}").chars().take(30).collect::<String>()),
        },
        Event::Passed(timer, seconds) => format!("{timer:?}: {seconds} s"),
        Event::StaffWord(answer) => format!("{answer:?}"),
        Event::Issued(..) => "issued".to_owned(),
        Event::Media(media) => format!("{} media", media.len()),
        Event::Records(read, _) => format!("{} records", read.as_ref().map_or(0, Vec::len)),
        Event::Saying(text) => format!("text {text} is said"),
        Event::Said(text) => format!("text {text} has been said"),
        Event::Secret(_) | Event::Drawn(_) | Event::Diagnosed(_) | Event::SheetSaved(_) | Event::Listed(_) | Event::Terminate => {
            "-".to_owned()
        }
    }
}

fn name_of(job: &zairyu::worker::Job) -> &'static str {
    use zairyu::worker::Job;
    match job {
        Job::ReadStatus { .. } => "look",
        Job::SignIn { .. } => "sign in",
        Job::Authenticate { .. } => "authenticate",
        Job::Prove => "prove",
        Job::Terms { .. } => "terms",
        Job::Register { .. } => "register",
        Job::PasswordRules => "password rules",
        Job::SetPassword { .. } => "set password",
        Job::LogIn { .. } => "log in",
        Job::AccountAction { .. } => "account action",
        Job::AskMail => "ask mail",
        Job::ReleaseCard => "let go",
        Job::AbandonRegistration => "release",
        Job::EndVisit => "forget",
    }
}

impl Day {
    /// Say where the program stands, in a few words.
    fn place(&self) -> String {
        let screen = match &self.model.visit.nav.screen {
            Screen::Attract(_) => "attract",
            Screen::Top(_) => "top",
            Screen::Prepare(_) => "prepare",
            Screen::Pin(_) => "PIN",
            Screen::Form => "STEP1",
            Screen::Confirm(_) => "STEP2",
            Screen::Result(_) => "done",
            Screen::FirstPassword(_) => "first password",
            Screen::AccountMenu(_) => "account menu",
            Screen::Account => "account action",
        };
        let over = match self.model.visit.nav.overlay() {
            None => String::new(),
            Some(Overlay::Question(ask, _)) => format!(" under {ask:?}?"),
            Some(Overlay::Trouble(page)) => format!(" under {:?}", page.trouble.code()),
            Some(_) => " under another page".to_owned(),
        };
        let cover = self.model.visit.cover.map(|cover| format!(" covered: {cover:?}")).unwrap_or_default();
        let card = self.model.visit.card.map(|card| format!(" of {}", whose(card))).unwrap_or_default();
        format!("{screen}{over}{cover}{card}")
    }
}
