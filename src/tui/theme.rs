//! Styles. Meaning is carried by words, marks and attributes; colour only repeats it. The terminal's own foreground and background are
//! kept.

use ratatui::style::{Color, Modifier, Style};

/// The styles of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The 16 colours of the terminal.
    #[default]
    Plain,
    /// Only bold, underline and reverse, for strong contrast.
    Contrast,
    /// No colour (`NO_COLOR`).
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

    /// Return the style of the program's name and of page titles.
    pub fn title(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// Return the style of the focused item.
    pub fn focus(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// Return the style of labels.
    pub fn label(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// Return the style of editable text.
    pub fn field(self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED)
    }

    /// Return the style of errors.
    pub fn error(self) -> Style {
        self.coloured(Color::Red, Style::new().add_modifier(Modifier::BOLD))
    }

    /// Return the style of warnings.
    pub fn warning(self) -> Style {
        // Not yellow, which is illegible on a white background.
        self.coloured(Color::Magenta, Style::new())
    }

    /// Return the style of what is in order.
    pub fn good(self) -> Style {
        self.coloured(Color::Green, Style::new().add_modifier(Modifier::BOLD))
    }

    /// Return the style of minor texts: hints, keys.
    pub fn quiet(self) -> Style {
        if self == Theme::Plain { Style::new().fg(Color::DarkGray) } else { Style::new() }
    }

    /// Return the style of plain text.
    pub fn text(self) -> Style {
        Style::new()
    }
}
