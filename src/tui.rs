//! Full-screen mode: entering and restoring the terminal, the panic hook, the event loop.
//! All input arrives through one channel; the screen is drawn only after changes; nothing ticks while idle.
//! Surprising behaviour of terminals is documented in `tui/terminal.md`.

#[cfg(any(windows, test))]
use crate::app::state::paste::Pasted;
use crate::app::visit::Mode;
use crate::app::{Action, Event, Model};
use crate::runtime::{self, Backend, Notify, Runtime};
use crate::text;
use crossterm::event::{self, MouseButton, MouseEventKind};
#[cfg(any(windows, test))]
use crossterm::event::{KeyCode, KeyEventKind};
use crossterm::style::{Attribute, Print, SetAttribute};
use crossterm::terminal::{Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute, queue};
use draw::{Clicks, Drawn};
use glyphs::Glyphs;
use input::{Answer, Arrived, Input};
use output::Output;
use ratatui::Terminal;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(not(unix))]
use std::sync::mpsc::Sender;
use std::sync::mpsc::{self, Receiver};
use std::thread;
#[cfg(unix)]
use std::time::Duration;
#[cfg(not(unix))]
use std::time::Instant;
use theme::Theme;

/// Drawing: from the model to the buffer.
pub mod draw;
/// Glyphs, and their ASCII twins.
pub mod glyphs;
/// Colours and attributes.
pub mod theme;

/// Input from the terminal.
pub mod input;
/// Output to the terminal.
pub mod output;

/// An item of the input channel. Terminal input is boxed: it may be a letter of a PIN.
pub type Incoming = runtime::Incoming<Box<Arrived>>;

/// Colours and glyphs.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The colours.
    pub theme: Theme,
    /// The glyphs.
    pub glyphs: Glyphs,
}

impl Look {
    /// No colour and ASCII.
    pub const PLAIN: Look = Look { theme: Theme::NONE, glyphs: Glyphs::Ascii };
}

/// Options of full-screen mode.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The colours asked for.
    pub theme: theme::Choice,
    /// The glyphs asked for; `None` to measure.
    pub glyphs: Option<Glyphs>,
    /// Whether mouse clicks are handled; the terminal's own selection then needs Shift.
    pub mouse: bool,
}

static ENTERED: AtomicBool = AtomicBool::new(false);
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Why full-screen mode has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The user has quit, or the terminal is gone.
    Quit,
    /// To be started again in letters of the other size.
    OtherLetters,
}

/// Run full-screen mode until the user quits. `start` is called after the first frame, so that it does not delay it.
pub fn run(model: Model, options: Options, start: impl FnOnce(&Notify) -> Backend) -> io::Result<End> {
    // The theme chooses colours; crossterm's own NO_COLOR handling would also drop bold and reverse (crossterm 0.29.0, fixed by its PR
    // 1069).
    crossterm::style::force_color_output(true);
    hook_panics();
    let (sender, incoming) = mpsc::channel();
    runtime::signals(&sender)?;
    let mut terminal = Terminal::new(Output::new(output::writer()?, output::size, erases_in_colour()))?;
    MOUSE.store(options.mouse, Ordering::Relaxed);
    enter()?;
    let entered = Entered;
    let (theme, ask_ground) = options.theme.resolve(|name| std::env::var(name).ok());
    let glyphs = options.glyphs;
    let look = Look { theme, glyphs: glyphs.unwrap_or_default() };
    // Whether to use an answer of the terminal; it is asked for once, and the first frame does not wait for it.
    let asked = Asked { ground: ask_ground && cfg!(unix), glyphs: glyphs.is_none() && cfg!(unix) };
    // Before the first frame: a window that was resized since, and has its old size again, could not be told from one that was not.
    // Dropped before `entered`: later input belongs to the shell.
    #[cfg(unix)]
    let reader = input::Reader::start(io::stdin(), escape_delay(), sender.clone())?;
    #[cfg(not(unix))]
    read(sender.clone())?;
    ask(asked)?;
    let drawn = draw(&mut terminal, &model, look)?;
    let backend = start(&runtime::notify_through(&sender));
    let mut runtime = Runtime::new(model, backend);
    let clicks = told(&mut runtime, drawn);
    let result = turn(&mut terminal, &mut runtime, (look, asked), clicks, &incoming);
    #[cfg(unix)]
    drop(reader);
    drop(entered);
    drop(runtime);
    result
}

/// Restores the terminal when `run` returns.
struct Entered;

impl Drop for Entered {
    fn drop(&mut self) {
        restore();
    }
}

fn turn(
    terminal: &mut Terminal<Output<output::Writer>>,
    runtime: &mut Runtime,
    (mut look, mut asked): (Look, Asked),
    mut clicks: Clicks,
    incoming: &Receiver<Incoming>,
) -> io::Result<End> {
    while let Some(first) = runtime.next(incoming) {
        let batch: Vec<Incoming> = std::iter::once(first).chain(incoming.try_iter()).collect();
        let mut anew = false;
        for happened in batch {
            let event = match happened {
                Incoming::App(event) => Some(*event),
                Incoming::Input(arrived) => match arrived.input {
                    Input::Answer(answer) => {
                        asked.take(answer, &mut look);
                        None
                    }
                    input => {
                        if !matches!(input, Input::Resized | Input::Focus(_)) {
                            runtime.touched(arrived.at);
                        }
                        if matches!(input, Input::Resized) {
                            // The window may have the old size again, and its contents be gone.
                            anew = true;
                            clicks.clear();
                        }
                        translate(input, &clicks)
                    }
                },
                Incoming::Lost => return Ok(End::Quit),
                // Nobody gets from a kiosk to a shell.
                Incoming::Suspend if runtime.model.setup.mode == Mode::Kiosk => None,
                Incoming::Suspend => {
                    suspend()?;
                    terminal.backend_mut().forget();
                    redraw(terminal)?;
                    None
                }
            };
            let Some(event) = event else { continue };
            let after = runtime.dispatch(event);
            if let Some(value) = after.copy {
                terminal.backend_mut().copy(&value)?;
            }
            // A click means what was seen, and another page may not be clicked before it is.
            clicks.clear();
            if after.quit {
                return Ok(if after.other_letters { End::OtherLetters } else { End::Quit });
            }
            anew |= after.redraw;
        }
        if anew {
            redraw(terminal)?;
            // The second frame overwrites the buffer that the first one was compared with.
            draw(terminal, &runtime.model, look)?;
        }
        let drawn = draw(terminal, &runtime.model, look)?;
        clicks = told(runtime, drawn);
    }
    Ok(End::Quit)
}

/// Force the next frame to be drawn in full. `clear` would query the cursor position, and the reply would go to the reading thread.
fn redraw(terminal: &mut Terminal<Output<output::Writer>>) -> io::Result<()> {
    terminal.resize(terminal.size()?.into())
}

/// What the terminal was asked, and has not answered.
#[derive(Clone, Copy)]
struct Asked {
    ground: bool,
    glyphs: bool,
}

impl Asked {
    /// Use an answer that was asked for.
    fn take(&mut self, answer: Answer, look: &mut Look) {
        match answer {
            Answer::Cursor { row: 1, column } if std::mem::take(&mut self.glyphs) => look.glyphs = Glyphs::measured(column),
            Answer::Colour { of: 11, rgb } if std::mem::take(&mut self.ground) => look.theme = look.theme.on(theme::scheme_on(rgb)),
            _ => {}
        }
    }
}

/// Ask the terminal how wide the glyphs are, and for its ground. What is written for that is erased at once.
fn ask(asked: Asked) -> io::Result<()> {
    let mut out = io::stdout();
    if asked.glyphs {
        // Not all at once, which some terminals would keep in their scrollback.
        queue!(out, cursor::MoveTo(0, 0), Print(glyphs::PROBE), Print("\x1b[6n"), Clear(ClearType::CurrentLine))?;
    }
    if asked.ground {
        queue!(out, Print("\x1b]11;?\x1b\\"))?;
    }
    out.flush()
}

fn draw(terminal: &mut Terminal<Output<output::Writer>>, model: &Model, look: Look) -> io::Result<Drawn> {
    let mut drawn = Drawn::default();
    let look = Look { theme: if model.visit.contrast { look.theme.contrasted() } else { look.theme }, ..look };
    terminal.draw(|frame| drawn = draw::draw(frame, model, look))?;
    terminal.backend_mut().send()?;
    Ok(drawn)
}

/// Tell the model how much of the page can be seen; return the clickable areas.
fn told(runtime: &mut Runtime, drawn: Drawn) -> Clicks {
    if runtime.model.extent != drawn.extent {
        runtime.dispatch(Event::Drawn(drawn.extent));
    }
    drawn.clicks
}

/// Return how long ESC waits for the rest of a sequence before it counts as a key: ESCDELAY in milliseconds, as in ncurses.
#[cfg(unix)]
fn escape_delay() -> Duration {
    // Nobody presses another key this soon, and a sequence nearly always arrives in one piece.
    const USUAL: u64 = 40;
    let set = std::env::var("ESCDELAY").ok().and_then(|delay| delay.parse().ok());
    Duration::from_millis(set.unwrap_or(USUAL).clamp(1, 2_000))
}

/// How soon the keys of a paste follow each other. They lie in the console's queue already; nobody types so fast.
#[cfg(windows)]
const PASTED: std::time::Duration = std::time::Duration::from_millis(5);

#[cfg(windows)]
fn read(sender: Sender<Incoming>) -> io::Result<()> {
    let next = || {
        let arrived = |event| Incoming::Input(Box::new(Arrived { at: Instant::now(), input: Input::of(event) }));
        event::read().map_or(Incoming::Lost, arrived)
    };
    thread::Builder::new().name("input".to_owned()).spawn(move || {
        loop {
            for message in gather(next(), || event::poll(PASTED).is_ok_and(|more| more).then(next)) {
                let lost = matches!(message, Incoming::Lost);
                if sender.send(message).is_err() || lost {
                    return;
                }
            }
        }
    })?;
    Ok(())
}

fn translate(input: Input, clicks: &Clicks) -> Option<Event> {
    match input {
        Input::Key(key) => Some(Event::Key(key)),
        Input::Paste(pasted) => Some(Event::Paste(pasted)),
        Input::Mouse(mouse) => match mouse.kind {
            MouseEventKind::ScrollDown => Some(Event::Action(Action::WheelDown)),
            MouseEventKind::ScrollUp => Some(Event::Action(Action::WheelUp)),
            MouseEventKind::Down(MouseButton::Left) => {
                let hit = clicks.iter().find(|(place, _)| place.contains((mouse.column, mouse.row).into()));
                hit.map(|(_, action)| Event::Action(action.clone()))
            }
            _ => None,
        },
        // The screen is drawn after every batch, which covers a resize.
        Input::Resized | Input::Focus(_) | Input::Answer(_) => None,
    }
}

/// Detect pastes where the terminal lacks bracketed paste (Windows console, crossterm issue 737): they arrive as a burst of keys with line
/// ends. At least two letters and a line end in one burst are a paste: nobody types that fast, and the line end must not press a button.
/// `more` is what comes at once behind a key.
#[cfg(any(windows, test))]
fn gather(first: Incoming, mut more: impl FnMut() -> Option<Incoming>) -> Vec<Incoming> {
    let mut burst = vec![first];
    while burst.last().is_some_and(|last| matches!(last, Incoming::Input(_))) {
        let Some(next) = more() else { break };
        burst.push(next);
    }
    gather_pastes(burst)
}

#[cfg(any(windows, test))]
fn gather_pastes(batch: Vec<Incoming>) -> Vec<Incoming> {
    let mut gathered = Vec::with_capacity(batch.len());
    let mut burst: Vec<Arrived> = Vec::new();
    for happened in batch {
        match happened {
            Incoming::Input(arrived) if arrived.key().is_some_and(|key| key.kind == KeyEventKind::Release) => {}
            Incoming::Input(arrived) if arrived.key().is_some_and(|key| matches!(key.code, KeyCode::Char(_) | KeyCode::Enter)) => {
                burst.push(*arrived);
            }
            // Another size, or the focus of the window, does not divide a paste.
            Incoming::Input(arrived) if matches!(arrived.input, Input::Resized | Input::Focus(_)) => {
                gathered.push(Incoming::Input(arrived))
            }
            other => {
                flush(&mut burst, &mut gathered);
                gathered.push(other);
            }
        }
    }
    flush(&mut burst, &mut gathered);
    gathered
}

#[cfg(any(windows, test))]
fn flush(burst: &mut Vec<Arrived>, gathered: &mut Vec<Incoming>) {
    let letter = |arrived: &Arrived| arrived.key().and_then(|key| key.code.as_char());
    let letters = burst.iter().filter(|arrived| letter(arrived).is_some()).count();
    if letters < 2 || letters == burst.len() {
        gathered.extend(burst.drain(..).map(|arrived| Incoming::Input(Box::new(arrived))));
        return;
    }
    let mut pasted = Pasted::default();
    let mut at = None;
    for arrived in burst.drain(..) {
        pasted.push(letter(&arrived).unwrap_or('\n'));
        at.get_or_insert(arrived.at);
    }
    if let Some(at) = at {
        gathered.push(Incoming::Input(Box::new(Arrived { at, input: Input::Paste(pasted) })));
    }
}

fn enter() -> io::Result<()> {
    crossterm::terminal::enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    queue!(out, EnterAlternateScreen, Clear(ClearType::All))?;
    if cfg!(unix) {
        queue!(out, event::EnableBracketedPaste)?;
    }
    if MOUSE.load(Ordering::Relaxed) {
        queue!(out, event::EnableMouseCapture)?;
    }
    out.flush()
}

/// Return whether the terminal is a bare console.
fn is_console() -> bool {
    std::env::var("TERM").is_ok_and(|term| text::is_bare_console(&term))
}

/// Return whether erased cells take the ground that is set, as in these terminals. GNU screen's do only under a name of its own.
fn erases_in_colour() -> bool {
    const KNOWN: [&str; 11] = ["xterm", "tmux", "linux", "rxvt", "vte", "konsole", "alacritty", "foot", "wezterm", "ghostty", "st-"];
    let known = |term: String| KNOWN.iter().any(|name| term.starts_with(name)) || term.ends_with("bce");
    cfg!(windows) || std::env::var("TERM").is_ok_and(known)
}

/// Undo `enter`, in reverse, ignoring failures. Clear the screen, which shows personal data.
fn restore() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    if MOUSE.load(Ordering::Relaxed) {
        let _ = execute!(out, event::DisableMouseCapture);
    }
    if cfg!(unix) {
        let _ = execute!(out, event::DisableBracketedPaste);
    }
    let _ = execute!(out, SetAttribute(Attribute::Reset));
    // Row by row: where there is no alternate screen, some terminals keep what is cleared at once in their scrollback.
    for row in 0..output::size().map_or(0, |size| size.height) {
        let _ = queue!(out, cursor::MoveTo(0, row), Clear(ClearType::CurrentLine));
    }
    let _ = execute!(out, cursor::MoveTo(0, 0));
    if is_console() {
        // It has no alternate screen: the form would stay in the scrollback.
        let _ = execute!(out, Clear(ClearType::Purge));
    }
    let _ = execute!(out, LeaveAlternateScreen, cursor::Show);
    // Unread keys, perhaps of a PIN, must not become a line of the shell.
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
    #[cfg(windows)]
    crate::secret::windows::drop_typed();
    let _ = crossterm::terminal::disable_raw_mode();
}

/// Make panics of the screen's thread restore the terminal first; panics of other threads are handled by those.
fn hook_panics() {
    let screen = thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if thread::current().id() == screen {
            restore();
            before(panic);
        }
    }));
}

#[cfg(unix)]
fn suspend() -> io::Result<()> {
    restore();
    signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
    enter()
}

#[cfg(not(unix))]
fn suspend() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::{KeyEvent, KeyModifiers};
    use std::time::Instant;

    fn keys(text: &str) -> Vec<Incoming> {
        let code = |letter| if letter == '\n' { KeyCode::Enter } else { KeyCode::Char(letter) };
        let input = |letter| Input::Key(KeyEvent::new(code(letter), KeyModifiers::NONE));
        text.chars().map(|letter| Incoming::Input(Box::new(Arrived { at: Instant::now(), input: input(letter) }))).collect()
    }

    #[test]
    fn a_burst_of_letters_and_line_ends_is_a_paste_and_presses_nothing() {
        let gathered = gather_pastes(keys("AB12\nCD\n"));
        let [Incoming::Input(arrived)] = &gathered[..] else { panic!("{} events", gathered.len()) };
        assert!(matches!(&arrived.input, Input::Paste(pasted) if pasted.text() == "AB12\nCD\n"));
    }

    #[test]
    fn a_paste_that_a_console_hands_over_key_by_key_presses_nothing_wherever_it_is_divided() {
        let released = |letter| Input::Key(KeyEvent::new_with_kind(letter, KeyModifiers::NONE, KeyEventKind::Release));
        let mut pasted = keys("12\n").into_iter().flat_map(|pressed| {
            let Incoming::Input(arrived) = &pressed else { panic!("no input") };
            let code = arrived.key().map(|key| key.code).unwrap();
            [pressed, Incoming::Input(Box::new(Arrived { at: Instant::now(), input: released(code) }))]
        });
        let gathered = gather(pasted.next().unwrap(), || pasted.next());
        let [Incoming::Input(arrived)] = &gathered[..] else { panic!("{} events", gathered.len()) };
        assert!(matches!(&arrived.input, Input::Paste(pasted) if pasted.text() == "12\n"));
    }

    #[test]
    fn letters_of_altgr_and_a_held_key_stay_keys() {
        let altgr = KeyEvent::new(KeyCode::Char('@'), KeyModifiers::CONTROL | KeyModifiers::ALT);
        let held = KeyEvent::new_with_kind(KeyCode::Char('a'), KeyModifiers::NONE, KeyEventKind::Repeat);
        for key in [altgr, held] {
            let input = || Incoming::Input(Box::new(Arrived { at: Instant::now(), input: Input::Key(key) }));
            let gathered = gather(input(), || None);
            assert!(matches!(&gathered[..], [Incoming::Input(arrived)] if arrived.key() == Some(&key)));
        }
    }

    fn resized() -> Incoming {
        Incoming::Input(Box::new(Arrived { at: Instant::now(), input: Input::Resized }))
    }

    #[test]
    fn keys_that_come_in_one_batch_with_another_size_are_all_taken_in_their_order() {
        for gather in [|batch| batch, gather_pastes] {
            let mut batch = vec![resized()];
            for letter in "Ab12".split_inclusive(|_: char| true) {
                batch.extend(keys(letter));
                batch.push(resized());
            }
            let mut typed = String::new();
            for happened in gather(batch) {
                let Incoming::Input(arrived) = happened else { panic!("no input") };
                if let Some(Event::Key(key)) = translate(arrived.input, &Clicks::new()) {
                    typed.extend(key.code.as_char());
                }
            }
            assert_eq!(typed, "Ab12");
        }
    }

    #[test]
    fn another_size_does_not_divide_a_paste_so_that_its_line_end_presses() {
        let mut batch = keys("AB12");
        batch.push(resized());
        batch.extend(keys("\n"));
        let gathered = gather_pastes(batch);
        let presses = gathered.iter().any(|happened| matches!(happened, Incoming::Input(arrived) if arrived.key().is_some()));
        assert!(!presses && gathered.len() == 2);
    }

    #[test]
    fn a_place_of_the_channel_holds_a_box_and_nothing_else() {
        assert_eq!(size_of::<Incoming>(), 2 * size_of::<usize>());
    }

    #[test]
    fn fast_typing_without_a_line_end_and_a_lone_enter_stay_keys() {
        assert_eq!(gather_pastes(keys("AB12")).len(), 4);
        assert_eq!(gather_pastes(keys("A\n")).len(), 2);
        assert_eq!(gather_pastes(keys("\n")).len(), 1);
    }
}
