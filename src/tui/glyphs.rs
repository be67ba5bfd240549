//! Glyphs in three sets: those that are one cell wide in most terminals but two in some with CJK fonts; their ASCII twins; and these beside
//! texts that are ASCII as well, for a bare console. Which of the first two to use is measured once.

use crate::locale;
use crate::text::ascii;
use ratatui::text::Span;
use std::borrow::Cow;

/// A set of glyphs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    /// For terminals that draw the others two cells wide, or did not say.
    #[default]
    Ascii,
    /// Lines, dots and ticks.
    Unicode,
    /// For a bare console, whose font has neither the others nor Japanese: ASCII alone, texts and values too.
    Console,
}

/// Written once and followed by a query for the cursor: one cell for each if the set can be used.
pub const PROBE: &str = "─━✓●○◉▸▌█▀▄■□░•…≠–▲▼│╭╮╰╯├┤┬┴※";

impl Glyphs {
    /// Find a set by its name in the settings.
    pub fn from_name(name: &str) -> Option<Glyphs> {
        match name {
            "ascii" => Some(Glyphs::Ascii),
            "console" => Some(Glyphs::Console),
            "unicode" => Some(Glyphs::Unicode),
            _ => None,
        }
    }

    /// Return the set for a terminal whose cursor stood in this column after `PROBE`; 1-based.
    pub fn measured(column: u16) -> Glyphs {
        if usize::from(column) == PROBE.chars().count() + 1 { Glyphs::Unicode } else { Glyphs::Ascii }
    }

    const fn pick(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self {
            Glyphs::Unicode => unicode,
            Glyphs::Ascii | Glyphs::Console => ascii,
        }
    }

    /// Return a letter of a drawing as this set has it.
    pub const fn letter(self, letter: char) -> char {
        if matches!(self, Glyphs::Unicode) {
            return letter;
        }
        match letter {
            '─' => '-',
            '│' => '|',
            '╭' | '╮' | '╰' | '╯' | '├' | '┤' | '┬' | '┴' => '+',
            '█' | '▀' => '#',
            '░' => '.',
            '▲' => '^',
            '▼' => 'v',
            '▸' => '>',
            '●' => '*',
            '○' => 'o',
            other => other,
        }
    }

    /// A try that is left, and one that is spent.
    pub const fn tries(self) -> (&'static str, &'static str) {
        (self.pick("●", "#"), self.pick("○", "."))
    }

    /// A letter of a PIN that is asked for, and of one that is not.
    pub const fn boxes(self) -> (&'static str, &'static str) {
        (self.pick("■", "#"), self.pick("□", "_"))
    }

    /// The mark of what has the focus.
    pub const fn here(self) -> &'static str {
        self.pick("▸", ">")
    }

    /// The mark of what is still empty.
    pub const fn empty(self) -> &'static str {
        self.pick("○", ".")
    }

    /// The mark of what is in order, or done.
    pub const fn done(self) -> &'static str {
        self.pick("✓", "+")
    }

    /// The mark of what is wrong.
    pub const fn wrong(self) -> &'static str {
        self.pick("＊", "* ")
    }

    /// The mark of something to have at hand, which only the person knows.
    pub const fn ask(self) -> &'static str {
        self.pick("□", "_")
    }

    /// The mark of the present step.
    pub const fn present(self) -> &'static str {
        self.pick("●", ">")
    }

    /// The mark of a step to come.
    pub const fn to_come(self) -> &'static str {
        self.pick("○", "o")
    }

    /// One of several, chosen or not.
    pub const fn radio(self, chosen: bool) -> &'static str {
        if chosen { self.pick("◉", "(*)") } else { self.pick("○", "( )") }
    }

    /// A bar at the left of the open field.
    pub const fn bar(self) -> &'static str {
        self.pick("▌", "|")
    }

    /// A thin line.
    pub const fn line(self) -> &'static str {
        self.pick("─", "-")
    }

    /// A thick line.
    pub const fn thick(self) -> &'static str {
        self.pick("━", "=")
    }

    /// A letter of a secret.
    pub const fn hidden(self) -> &'static str {
        self.pick("•", "*")
    }

    /// A full and an empty cell of a progress bar.
    pub const fn progress(self) -> (&'static str, &'static str) {
        (self.pick("█", "#"), self.pick("░", "."))
    }

    /// The mark where a long text was cut.
    pub const fn cut(self) -> &'static str {
        self.pick("…", "~")
    }

    /// The mark of a value that differs from the card's.
    pub const fn differs(self) -> &'static str {
        self.pick("≠", "~")
    }

    /// The marks for more rows above and below.
    pub const fn more(self) -> (&'static str, &'static str) {
        (self.pick("▲", "^"), self.pick("▼", "v"))
    }

    /// A text without the reference mark before it, where that may be two cells wide and would push the rest of its row aside.
    pub fn unmarked(self, text: &'static str) -> &'static str {
        match self {
            Glyphs::Unicode => text,
            Glyphs::Ascii | Glyphs::Console => text.trim_start_matches("※ "),
        }
    }

    /// A text in letters that this set can draw beside.
    pub fn spell(self, text: &str) -> Cow<'_, str> {
        match self {
            Glyphs::Console => locale::latin(text),
            Glyphs::Ascii | Glyphs::Unicode => Cow::Borrowed(text),
        }
    }

    /// Write each of these texts in letters that this set can draw beside.
    pub fn spell_all(self, spans: &mut [Span<'_>]) {
        for span in spans {
            if let Cow::Owned(spelled) = self.spell(&span.content) {
                span.content = spelled.into();
            }
        }
    }

    /// A text that is being edited, letter for letter.
    pub fn typed(self, text: &str) -> Cow<'_, str> {
        match self {
            Glyphs::Console => text.chars().map(|letter| ascii(letter).unwrap_or('?')).collect::<String>().into(),
            Glyphs::Ascii | Glyphs::Unicode => Cow::Borrowed(text),
        }
    }

    /// The mark of a closed field.
    pub const fn closed(self) -> &'static str {
        self.pick("–", "-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_dots_are_used_only_where_each_is_one_cell_wide() {
        let column = u16::try_from(PROBE.chars().count()).unwrap() + 1;
        assert_eq!(Glyphs::measured(column), Glyphs::Unicode);
        for column in [1, column - 1, column + 1, 2 * column, u16::MAX] {
            assert_eq!(Glyphs::measured(column), Glyphs::Ascii, "{column}");
        }
    }

    #[test]
    fn the_reference_mark_is_shown_only_where_it_is_known_to_be_one_cell_wide() {
        assert_eq!([Glyphs::Unicode, Glyphs::Ascii].map(|set| set.unmarked("※ 必須")), ["※ 必須", "必須"]);
    }

    #[test]
    fn what_is_probed_is_all_that_the_set_has() {
        let set = Glyphs::Unicode;
        let (full, empty) = set.progress();
        let (up, down) = set.more();
        let (left, spent) = set.tries();
        let (asked, other) = set.boxes();
        let used = [
            left,
            spent,
            asked,
            other,
            set.here(),
            set.done(),
            set.present(),
            set.to_come(),
            set.radio(true),
            set.radio(false),
            set.bar(),
            set.line(),
            set.thick(),
            set.hidden(),
            full,
            empty,
            set.cut(),
            set.differs(),
            set.closed(),
            up,
            down,
            "※",
        ];
        assert!(used.iter().all(|glyph| PROBE.contains(glyph)), "{used:?}");
    }
}
