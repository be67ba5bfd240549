//! Styles. Meaning is carried by words, marks and attributes; colour only repeats it. The terminal's own foreground and background are kept.

use ratatui::style::{Color, Modifier, Style};

/// Which styles the screen uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The 16 colours of the terminal.
    #[default]
    Plain,
    /// Only bold, underline and reverse, with strong contrast.
    Contrast,
    /// No colour at all (`NO_COLOR`).
    None,
}

impl Theme {
    /// Find a theme by its name in the settings.
    pub fn from_name(name: &str) -> Option<Theme> {
        match name {
            "plain" => Some(Theme::Plain),
            "contrast" => Some(Theme::Contrast),
            "none" => Some(Theme::None),
            _ => None,
        }
    }

    fn coloured(self, color: Color, style: Style) -> Style {
        if self == Theme::Plain { style.fg(color) } else { style }
    }

    /// The product's name, page titles.
    pub fn title(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What has the focus.
    pub fn focus(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// A label.
    pub fn label(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// The place where text is typed.
    pub fn field(self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED)
    }

    /// What is wrong.
    pub fn error(self) -> Style {
        self.coloured(Color::Red, Style::new().add_modifier(Modifier::BOLD))
    }

    /// What deserves a second options.
    pub fn warning(self) -> Style {
        // Not yellow: on a white background nobody reads it.
        self.coloured(Color::Magenta, Style::new())
    }

    /// What is as it should be.
    pub fn good(self) -> Style {
        self.coloured(Color::Green, Style::new().add_modifier(Modifier::BOLD))
    }

    /// What matters less: hints, keys.
    pub fn quiet(self) -> Style {
        if self == Theme::Plain { Style::new().fg(Color::DarkGray) } else { Style::new() }
    }

    /// Plain text.
    pub fn text(self) -> Style {
        Style::new()
    }
}
