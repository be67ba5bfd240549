//! Line mode: the same model and rules as the full screen, one question per line, for screen readers, plain terminals, pipes and scripts.
//! Output is append-only, without redrawing or escape sequences. This file has the main loop.

use crate::app::screen::Screen;
use crate::app::state::cards;
use crate::app::state::first_password::PasswordNote;
use crate::app::{Action, Event, Model};
use crate::locale::Text;
use crate::locale::words::Face;
use crate::runtime::{self, Backend, Notify, Runtime};
use crate::secret::Locked;
use crate::text::lines::{Lines, complain, stdout};
use crate::worker::Phase;
use echo::Echo;
use prompt::Prompt;
use reader::{Heard, LineReader};
use std::io::{self, IsTerminal, Read, Write};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Instant;

mod answer;
mod echo;
mod page;
mod prompt;
mod reader;

/// The prompt before every answer.
const PROMPT: &str = "> ";

/// An input of the main loop.
type Incoming = runtime::Incoming<Heard>;

/// State of the conversation beside the model.
struct Conversation<W: Write> {
    runtime: Runtime,
    reader: LineReader,
    out: Lines<W>,
    /// Whether a person types at a terminal.
    by_hand: bool,
    echo: Echo,
    /// Requeues a line that arrived before its question.
    again: Sender<Incoming>,
    /// A line that a script gave while the card was awaited: it answers the next question.
    held: Option<Locked>,
    /// The prompt last printed.
    said: Option<Prompt>,
    /// Whether the missing card has been mentioned.
    needed: bool,
    /// The worker's activity last printed.
    phase: Option<Phase>,
    /// Whether the last line is a prompt awaiting its answer.
    open: bool,
    /// Whether a registration or an account action has succeeded.
    done: bool,
    /// Whether the input ended while the registration was being sent.
    ended: bool,
    /// Whether it ended before anything was done.
    cut_off: bool,
    /// Whether the conversation is over.
    over: bool,
    /// A value to print in place of copying it.
    copied: Option<String>,
}

/// Run line mode until the user quits or the input ends. The exit status says whether anything was done.
pub fn run(model: Model, start: impl FnOnce(&Notify) -> Backend) -> io::Result<ExitCode> {
    let (sender, incoming) = mpsc::channel();
    runtime::signals(&sender)?;
    let by_hand = io::stdin().is_terminal();
    let mut conversation = Conversation::begin(model, start, sender, reader::standard_input()?, stdout(), by_hand)?;
    conversation.turn(&incoming)?;
    if conversation.cut_off {
        complain(conversation.text(Text::LineEnded));
    }
    Ok(if conversation.done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Hold the same conversation with a script, which hears nothing of signals. Return whether anything was done.
pub fn follow(
    model: Model,
    start: impl FnOnce(&Notify) -> Backend,
    script: impl Read + Send + 'static,
    out: impl Write,
) -> io::Result<bool> {
    let (sender, incoming) = mpsc::channel();
    let mut conversation = Conversation::begin(model, start, sender, Box::new(script), Lines::new(out), false)?;
    conversation.turn(&incoming)?;
    Ok(conversation.done)
}

impl<W: Write> Conversation<W> {
    fn begin(
        mut model: Model,
        start: impl FnOnce(&Notify) -> Backend,
        sender: Sender<Incoming>,
        input: Box<dyn Read + Send>,
        out: Lines<W>,
        by_hand: bool,
    ) -> io::Result<Conversation<W>> {
        model.setup.face = Face::Line;
        let heard = sender.clone();
        let reader = LineReader::start(input, move |line| {
            let _ = heard.send(Incoming::Input(line));
        })?;
        let backend = start(&runtime::notify_through(&sender));
        Ok(Conversation {
            runtime: Runtime::new(model, backend),
            reader,
            out,
            by_hand,
            echo: Echo::default(),
            again: sender,
            held: None,
            said: None,
            needed: false,
            phase: None,
            open: false,
            done: false,
            ended: false,
            cut_off: false,
            over: false,
            copied: None,
        })
    }

    fn turn(&mut self, incoming: &Receiver<Incoming>) -> io::Result<()> {
        self.settle()?;
        while !self.over {
            let Some(happened) = self.runtime.next(incoming) else { break };
            match happened {
                // Quitting now would leave the result of the registration unknown: wait for the reply and print it first.
                Incoming::App(event) if matches!(*event, Event::Terminate) && self.model().visit.is_sending() => self.ended = true,
                Incoming::App(event) => {
                    self.take(*event);
                    self.progress()?;
                    self.card_needed()?;
                }
                Incoming::Suspend => self.suspend()?,
                Incoming::Lost => {}
                Incoming::Input(heard) => {
                    self.runtime.touched(Instant::now());
                    self.hear(heard)?;
                }
            }
            self.settle()?;
            if self.ended && !self.over && !self.model().visit.is_sending() {
                self.ended = false;
                self.hear(Heard::End)?;
            }
        }
        if self.open { self.say(&[""]) } else { Ok(()) }
    }

    fn model(&self) -> &Model {
        &self.runtime.model
    }

    /// Apply an event to the model and carry out its effects. `Redraw` is ignored: lines already printed stay.
    fn take(&mut self, event: Event) {
        let after = self.runtime.dispatch(event);
        self.over |= after.quit;
        // There is no clipboard here, and nothing to clear: the value is printed by itself.
        self.copied = after.copy.filter(|value| !value.is_empty()).or(self.copied.take());
        let set = matches!(&self.model().visit.nav.screen, Screen::FirstPassword(page) if page.note == Some(PasswordNote::Set));
        self.done |= set || matches!(self.prompt(), Prompt::ResultPage(_));
    }

    fn perform(&mut self, action: Action) {
        self.take(Event::Action(action));
    }

    fn prompt(&self) -> Prompt {
        Prompt::of(self.model())
    }

    fn text(&self, text: Text) -> &'static str {
        self.model().lang.text(text)
    }

    /// Advance to the next question, and print it if it differs from the last one.
    fn settle(&mut self) -> io::Result<()> {
        while !self.over && self.pass_by()? {}
        let prompt = self.prompt();
        if self.held.is_some() && !self.awaits_card() {
            // What was held back answers this question, even if its like was asked before.
            self.said = None;
        }
        if self.over || self.said == Some(prompt) {
            return Ok(());
        }
        self.said = Some(prompt);
        let lines = page::lines(self.model(), prompt);
        if !lines.is_empty() {
            self.say(&[""])?;
            self.say(&lines)?;
        }
        self.ask(prompt)
    }

    /// Leave a prompt that line mode does not ask about; return whether it was one.
    fn pass_by(&mut self) -> io::Result<bool> {
        use crate::app::state::form::FormFocus;
        let prompt = self.prompt();
        let onward = match prompt {
            Prompt::Reading(true) => Action::Back,
            Prompt::Item(FormFocus::Summary(_)) => Action::Activate,
            // Printed lines cannot be covered.
            Prompt::Item(FormFocus::LookAtCard) => Action::Next,
            Prompt::Item(FormFocus::Terms) => Action::FocusForm(FormFocus::Field(crate::registration::FieldId::Consent)),
            Prompt::Item(_) => Action::Confirm,
            _ => return Ok(false),
        };
        self.say(&page::lines(self.model(), prompt))?;
        self.perform(onward);
        self.said = None;
        Ok(true)
    }

    /// Ask for an answer. While a job runs a script is not read: its next line answers the next question.
    fn ask(&mut self, prompt: Prompt) -> io::Result<()> {
        if prompt.is_secret() && self.by_hand {
            self.echo.hide()?;
        } else {
            self.echo.show();
        }
        if prompt.waits() {
            if self.by_hand && prompt == Prompt::Issuing {
                self.reader.ask();
            } else if self.by_hand {
                let register = matches!(prompt, Prompt::Waiting(crate::app::Wait::Register));
                self.say(&[self.text(if register { Text::WaitAnswer } else { Text::LineStop })])?;
                self.reader.ask();
            }
            return Ok(());
        }
        if !self.awaits_card()
            && let Some(line) = self.held.take()
        {
            let _ = self.again.send(Incoming::Input(Heard::Line(line)));
            return Ok(());
        }
        if prompt.commits() && self.by_hand {
            drop_typed_ahead();
        }
        self.out.own(PROMPT)?;
        self.open = true;
        self.reader.ask();
        Ok(())
    }

    fn say(&mut self, lines: &[impl AsRef<str>]) -> io::Result<()> {
        if std::mem::take(&mut self.open) {
            self.out.line("")?;
        }
        lines.iter().try_for_each(|line| self.out.line(line))?;
        self.out.flush()
    }

    /// Handle a line as the answer to the last question.
    fn hear(&mut self, heard: Heard) -> io::Result<()> {
        self.reader.answered();
        let unseen = self.echo.show() || !self.by_hand;
        if self.open && unseen {
            // Without echo the terminal has not shown the line break.
            self.out.line("")?;
        }
        self.open = false;
        let prompt = self.prompt();
        let line = match heard {
            Heard::Line(line) => line,
            Heard::TooLong => {
                self.said = None;
                let long = self.model().lang.fill(Text::PasteTooLong, &[&crate::secret::CAPACITY.to_string()]);
                return self.say(&[long]);
            }
            Heard::End if self.model().visit.is_sending() => {
                // Quitting now would leave the result of the registration unknown: wait for the reply and print it first.
                self.ended = true;
                return Ok(());
            }
            Heard::End => {
                self.cut_off = !self.done;
                self.take(Event::Terminate);
                return Ok(());
            }
        };
        // Every answer causes output.
        self.said = None;
        if prompt.is_secret() {
            return self.secret(line);
        }
        let text = String::from_utf8_lossy(line.bytes()).trim().to_owned();
        if self.awaits_card() && !self.by_hand && !answer::is_bare_command(&text) {
            self.held = Some(line);
            self.said = Some(prompt);
            return Ok(());
        }
        self.answer(prompt, &text)
    }

    /// Print the worker's activity when it changes.
    fn progress(&mut self) -> io::Result<()> {
        let phase = self.model().visit.waiting.and_then(|waiting| waiting.progress).map(|progress| progress.phase);
        if phase == self.phase {
            return Ok(());
        }
        self.phase = phase;
        match phase {
            Some(phase) => self.say(&[self.text(crate::view::phase_text(phase))]),
            None => Ok(()),
        }
    }

    /// Print once that 登録 needs the removed card, and repeat the question.
    fn card_needed(&mut self) -> io::Result<()> {
        let needed = cards::should_warn_card_away(self.model()) && self.model().visit.cover.is_none();
        let prompt = self.prompt();
        if needed && !std::mem::replace(&mut self.needed, needed) && self.said == Some(prompt) && !prompt.waits() {
            return self.remark(prompt, &[self.text(Text::CardNeeded)]);
        }
        self.needed = needed;
        Ok(())
    }

    #[cfg(unix)]
    fn suspend(&mut self) -> io::Result<()> {
        self.echo.show();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        self.said = None;
        Ok(())
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Discard input typed before the question: it is no answer to it.
#[cfg(unix)]
fn drop_typed_ahead() {
    // If the terminal is gone there is nothing to discard.
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
}

#[cfg(windows)]
fn drop_typed_ahead() {
    crate::secret::windows::drop_typed();
}
