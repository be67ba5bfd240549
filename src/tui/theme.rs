//! Colours and attributes by role. Meaning is carried by words, marks and position; colour only repeats it.
//!
//! A painted scheme sets ink and ground of every cell, so that its contrasts hold on every terminal. With 16 colours the terminal keeps its own
//! ground, because nobody knows what its colours look like.

use ratatui::style::{Color, Modifier, Style};

/// What a text means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ink {
    /// Plain text.
    #[default]
    Text,
    /// Something minor: official labels beside a translation, hints, origins.
    Quiet,
    /// Where one is: headings, the present step, the focus.
    Accent,
    /// Something in order.
    Good,
    /// A warning.
    Warning,
    /// An error.
    Wrong,
    /// A value that differs from the card's.
    Changed,
    /// Practice mode.
    Practice,
    /// A line; never text.
    Rule,
}

/// What a text stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// The page.
    #[default]
    Paper,
    /// Header, keys, buttons.
    Panel,
    /// The open field.
    Focus,
    /// The line to type in.
    Well,
    /// The chosen row, the focused button.
    Accent,
    /// A list of errors.
    Wrong,
    /// The practice mark.
    Practice,
}

/// A set of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark ink on white paper.
    Light,
    /// Light ink on dark paper.
    Dark,
    /// Black, white and a few strong colours.
    Contrast,
    /// The terminal's own 16 colours on its own ground.
    Sixteen,
    /// No colour: bold, reverse, underline.
    None,
}

/// The styles of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    scheme: Scheme,
    /// Whether the terminal takes 24-bit colours, not only 256.
    full: bool,
}

/// A colour: 24 bits, and the nearest of xterm's 256.
#[derive(Clone, Copy)]
struct Shade(u32, u8);

/// The colours of a painted scheme.
struct Palette {
    paper: Shade,
    panel: Shade,
    focus: Shade,
    well: Shade,
    text: Shade,
    quiet: Shade,
    accent: Shade,
    on_accent: Shade,
    good: Shade,
    warning: Shade,
    wrong: Shade,
    wrong_ground: Shade,
    changed: Shade,
    practice: Shade,
    practice_ground: Shade,
    rule: Shade,
}

const LIGHT: Palette = Palette {
    paper: Shade(0xFF_FF_FF, 231),
    panel: Shade(0xF0_F3_F8, 255),
    focus: Shade(0xDF_E9_F8, 189),
    well: Shade(0xFF_FF_FF, 231),
    text: Shade(0x1F_24_30, 235),
    quiet: Shade(0x56_60_70, 59),
    accent: Shade(0x1D_4F_9C, 25),
    on_accent: Shade(0xFF_FF_FF, 231),
    good: Shade(0x1B_66_37, 22),
    warning: Shade(0x7A_41_00, 58),
    wrong: Shade(0xB0_1F_1A, 124),
    wrong_ground: Shade(0xFC_EC_EA, 224),
    changed: Shade(0x0B_60_68, 23),
    practice: Shade(0x61_2A_9C, 54),
    practice_ground: Shade(0xEE_E3_FA, 225),
    rule: Shade(0xCC_D3_DD, 252),
};

const DARK: Palette = Palette {
    paper: Shade(0x17_1A_21, 234),
    panel: Shade(0x20_25_2F, 235),
    focus: Shade(0x26_38_5A, 237),
    well: Shade(0x0E_11_17, 233),
    text: Shade(0xE4_E8_EF, 254),
    quiet: Shade(0xA3_AD_BD, 248),
    accent: Shade(0x8C_B8_FF, 111),
    on_accent: Shade(0x0E_11_17, 233),
    good: Shade(0x7F_D4_9B, 114),
    warning: Shade(0xF2_BD_6B, 215),
    wrong: Shade(0xFF_92_8A, 210),
    wrong_ground: Shade(0x3A_21_24, 52),
    changed: Shade(0x72_D3_D6, 80),
    practice: Shade(0xD3_B0_FF, 183),
    practice_ground: Shade(0x35_27_4A, 53),
    rule: Shade(0x3C_44_54, 238),
};

const CONTRAST: Palette = Palette {
    paper: Shade(0x00_00_00, 16),
    panel: Shade(0x00_00_00, 16),
    focus: Shade(0x00_00_00, 16),
    well: Shade(0x00_00_5F, 17),
    text: Shade(0xFF_FF_FF, 231),
    quiet: Shade(0xFF_FF_FF, 231),
    accent: Shade(0xFF_FF_00, 226),
    on_accent: Shade(0x00_00_00, 16),
    good: Shade(0x87_FF_87, 120),
    warning: Shade(0xFF_D7_00, 220),
    wrong: Shade(0xFF_AF_AF, 217),
    wrong_ground: Shade(0x00_00_00, 16),
    changed: Shade(0x87_FF_FF, 123),
    practice: Shade(0xFF_AF_FF, 219),
    practice_ground: Shade(0x00_00_00, 16),
    rule: Shade(0xFF_FF_FF, 231),
};

impl Palette {
    const fn ink(&self, ink: Ink) -> Shade {
        match ink {
            Ink::Text => self.text,
            Ink::Quiet => self.quiet,
            Ink::Accent => self.accent,
            Ink::Good => self.good,
            Ink::Warning => self.warning,
            Ink::Wrong => self.wrong,
            Ink::Changed => self.changed,
            Ink::Practice => self.practice,
            Ink::Rule => self.rule,
        }
    }

    const fn ground(&self, ground: Ground) -> Shade {
        match ground {
            Ground::Paper => self.paper,
            Ground::Panel => self.panel,
            Ground::Focus => self.focus,
            Ground::Well => self.well,
            Ground::Accent => self.accent,
            Ground::Wrong => self.wrong_ground,
            Ground::Practice => self.practice_ground,
        }
    }
}

impl Theme {
    /// Bold, reverse and underline only.
    pub const NONE: Theme = Theme { scheme: Scheme::None, full: false };

    /// Create a theme; `full` if the terminal takes 24-bit colours.
    pub const fn new(scheme: Scheme, full: bool) -> Theme {
        Theme { scheme, full }
    }

    /// Return the same colours on the other ground, if the scheme has one.
    pub const fn on(self, scheme: Scheme) -> Theme {
        Theme { scheme, ..self }
    }

    /// Return the theme of the highest contrast, where there are colours.
    pub const fn contrasted(self) -> Theme {
        match self.scheme {
            Scheme::None => self,
            _ => Theme { scheme: Scheme::Contrast, ..self },
        }
    }

    const fn palette(self) -> Option<&'static Palette> {
        match self.scheme {
            Scheme::Light => Some(&LIGHT),
            Scheme::Dark => Some(&DARK),
            Scheme::Contrast => Some(&CONTRAST),
            Scheme::Sixteen | Scheme::None => None,
        }
    }

    const fn colour(self, Shade(rgb, index): Shade) -> Color {
        let [_, red, green, blue] = rgb.to_be_bytes();
        if self.full { Color::Rgb(red, green, blue) } else { Color::Indexed(index) }
    }

    /// Return the style of a text by its meaning; the ground stays.
    pub fn ink(self, ink: Ink) -> Style {
        if let Some(palette) = self.palette() {
            return Style::new().fg(self.colour(palette.ink(ink)));
        }
        let sixteen = self.scheme == Scheme::Sixteen;
        let coloured = |colour| if sixteen { Style::new().fg(colour) } else { Style::new() };
        match ink {
            Ink::Text | Ink::Quiet | Ink::Rule => Style::new(),
            // Yellow and cyan cannot be read on white, blue hardly on black: bold and a mark must do.
            Ink::Accent | Ink::Warning | Ink::Changed => Style::new().add_modifier(Modifier::BOLD),
            Ink::Good => coloured(Color::Green).add_modifier(Modifier::BOLD),
            Ink::Wrong => coloured(Color::Red).add_modifier(Modifier::BOLD),
            Ink::Practice => coloured(Color::Magenta).add_modifier(Modifier::BOLD),
        }
    }

    /// Return the colour of a module of a QR code. It is no ornament: a phone reads black on white only, also where no colours are wanted.
    pub const fn module(self, dark: bool) -> Color {
        match (self.scheme, dark) {
            (Scheme::Sixteen | Scheme::None, true) => Color::Black,
            (Scheme::Sixteen | Scheme::None, false) => Color::White,
            (_, true) => self.colour(Shade(0x00_00_00, 16)),
            (_, false) => self.colour(Shade(0xFF_FF_FF, 231)),
        }
    }

    /// Return the style of a ground and of plain text on it.
    pub fn ground(self, ground: Ground) -> Style {
        match (self.palette(), ground) {
            (Some(palette), Ground::Accent) => Style::new().fg(self.colour(palette.on_accent)).bg(self.colour(palette.accent)),
            (Some(palette), Ground::Practice) => Style::new().fg(self.colour(palette.practice)).bg(self.colour(palette.practice_ground)),
            (Some(palette), ground) => Style::new().fg(self.colour(palette.text)).bg(self.colour(palette.ground(ground))),
            // The ink of the row would become its ground.
            (None, Ground::Accent) if self.scheme == Scheme::Sixteen => {
                Style::new().fg(Color::Reset).bg(Color::Reset).add_modifier(Modifier::REVERSED)
            }
            (None, Ground::Accent) => Style::new().add_modifier(Modifier::REVERSED),
            (None, Ground::Well) => Style::new().add_modifier(Modifier::UNDERLINED),
            (None, _) => Style::new(),
        }
    }

    /// Return the style of labels, titles and buttons.
    pub fn label(self) -> Style {
        self.ink(Ink::Text).add_modifier(Modifier::BOLD)
    }
}

/// What the settings ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Light or dark, as the terminal is.
    #[default]
    Auto,
    /// This scheme.
    Always(Scheme),
}

impl Choice {
    /// Find a theme by its name in the settings.
    pub fn from_name(name: &str) -> Option<Choice> {
        Some(match name {
            "auto" => Choice::Auto,
            "light" => Choice::Always(Scheme::Light),
            "dark" => Choice::Always(Scheme::Dark),
            "contrast" => Choice::Always(Scheme::Contrast),
            "none" => Choice::Always(Scheme::None),
            _ => return None,
        })
    }

    /// Return the theme to begin with, by the variables of the terminal, and whether its ground is still to be asked for.
    pub fn resolve(self, variable: impl Fn(&str) -> Option<String>) -> (Theme, bool) {
        let value = |name: &str| variable(name).unwrap_or_default();
        let term = value("TERM");
        let full =
            matches!(value("COLORTERM").as_str(), "truecolor" | "24bit") || term.ends_with("-direct") || !value("WT_SESSION").is_empty();
        let many =
            full || term.contains("256color") || ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm"].contains(&term.as_str());
        let no_colour = !value("NO_COLOR").is_empty();
        let scheme = match self {
            Choice::Always(Scheme::None) => return (Theme::NONE, false),
            Choice::Auto if no_colour => return (Theme::NONE, false),
            _ if !many => return (Theme::new(Scheme::Sixteen, false), false),
            Choice::Always(scheme) => scheme,
            Choice::Auto => match ground_of(&value("COLORFGBG")) {
                Some(scheme) => scheme,
                // Most terminals are dark; the answer corrects it.
                None => return (Theme::new(Scheme::Dark, full), true),
            },
        };
        (Theme::new(scheme, full), false)
    }
}

/// Read the ground from COLORFGBG, `ink;ground` as numbers of the 16 colours, which rxvt, Konsole and others set.
fn ground_of(colours: &str) -> Option<Scheme> {
    match colours.rsplit(';').next()?.parse().ok()? {
        0..=6 | 8 => Some(Scheme::Dark),
        7 | 9..=15 => Some(Scheme::Light),
        _ => None,
    }
}

/// Return the scheme for a terminal's ground, 16 bits per channel.
pub fn scheme_on(rgb: [u16; 3]) -> Scheme {
    let [red, green, blue] = rgb.map(u32::from);
    // Rec. 601 luma, as other programs decide it.
    if red * 299 + green * 587 + blue * 114 < 0x8000 * 1000 { Scheme::Dark } else { Scheme::Light }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Return the colour of one of xterm's 256, beyond the first 16.
    fn of_256(index: u8) -> u32 {
        let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * u32::from(step) };
        match index {
            16..=231 => {
                let cube = index - 16;
                level(cube / 36) << 16 | level(cube / 6 % 6) << 8 | level(cube % 6)
            }
            _ => (8 + 10 * u32::from(index - 232)) * 0x01_01_01,
        }
    }

    /// Return the contrast of two colours (WCAG 2.2, relative luminance).
    fn contrast(one: u32, other: u32) -> f64 {
        let luminance = |rgb: u32| {
            let [_, red, green, blue] = rgb.to_be_bytes().map(|channel| {
                let channel = f64::from(channel) / 255.0;
                if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_every_ground_it_stands_on() {
        const INKS: [Ink; 7] = [Ink::Text, Ink::Quiet, Ink::Accent, Ink::Good, Ink::Warning, Ink::Wrong, Ink::Changed];
        for (name, palette, least) in [("light", &LIGHT, 4.5), ("dark", &DARK, 4.5), ("contrast", &CONTRAST, 7.0)] {
            let mut pairs = vec![("on accent".to_owned(), palette.on_accent, palette.accent)];
            for ground in [Ground::Paper, Ground::Panel, Ground::Focus, Ground::Well] {
                pairs.extend(INKS.map(|ink| (format!("{ink:?} on {ground:?}"), palette.ink(ink), palette.ground(ground))));
            }
            for ink in [Ink::Text, Ink::Quiet, Ink::Accent, Ink::Wrong] {
                pairs.push((format!("{ink:?} on Wrong"), palette.ink(ink), palette.wrong_ground));
            }
            for ground in [Ground::Practice, Ground::Paper, Ground::Panel] {
                pairs.push((format!("Practice on {ground:?}"), palette.practice, palette.ground(ground)));
            }
            for (pair, Shade(ink, ink_256), Shade(ground, ground_256)) in pairs {
                let (full, indexed) = (contrast(ink, ground), contrast(of_256(ink_256), of_256(ground_256)));
                assert!(full >= least && indexed >= least, "{name}: {pair}: {full:.2}, of 256 {indexed:.2}");
            }
        }
    }

    fn resolved(choice: Choice, variables: &[(&str, &str)]) -> (Scheme, bool, bool) {
        let variable = |wanted: &str| variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned());
        let (theme, ask) = choice.resolve(variable);
        (theme.scheme, theme.full, ask)
    }

    #[test]
    fn practice_does_not_look_like_the_focus_in_any_number_of_colours() {
        for palette in [&LIGHT, &DARK] {
            let Shade(rgb, indexed) = palette.practice_ground;
            assert!(rgb != palette.focus.0 && indexed != palette.focus.1 && indexed != palette.panel.1);
        }
    }

    #[test]
    fn the_terminal_s_own_word_decides_how_many_colours_there_are() {
        for (variables, wanted) in [
            (&[("TERM", "xterm-256color")][..], (Scheme::Dark, false, true)),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], (Scheme::Dark, true, true)),
            (&[("TERM", "xterm-256color"), ("COLORFGBG", "0;15")], (Scheme::Light, false, false)),
            (&[("TERM", "rxvt-unicode-256color"), ("COLORFGBG", "7;default;0")], (Scheme::Dark, false, false)),
            (&[("TERM", "linux")], (Scheme::Sixteen, false, false)),
            (&[("TERM", "screen")], (Scheme::Sixteen, false, false)),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "1")], (Scheme::None, false, false)),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "")], (Scheme::Dark, false, true)),
        ] {
            assert_eq!(resolved(Choice::Auto, variables), wanted, "{variables:?}");
        }
    }

    #[test]
    fn a_scheme_that_was_asked_for_is_taken_and_nothing_is_asked_of_the_terminal() {
        let many = [("TERM", "xterm-256color"), ("COLORFGBG", "0;15"), ("NO_COLOR", "1")];
        for scheme in [Scheme::Light, Scheme::Dark, Scheme::Contrast] {
            assert_eq!(resolved(Choice::Always(scheme), &many), (scheme, false, false));
        }
        assert_eq!(resolved(Choice::Always(Scheme::None), &many), (Scheme::None, false, false));
        assert_eq!(resolved(Choice::Always(Scheme::Light), &[("TERM", "linux")]), (Scheme::Sixteen, false, false));
    }

    #[test]
    fn the_ground_that_a_terminal_names_is_light_or_dark() {
        for (rgb, wanted) in [
            ([0, 0, 0], Scheme::Dark),
            ([0xFFFF, 0xFFFF, 0xFFFF], Scheme::Light),
            // Solarized, dark and light.
            ([0, 0x2B2B, 0x3636], Scheme::Dark),
            ([0xFDFD, 0xF6F6, 0xE3E3], Scheme::Light),
        ] {
            assert_eq!(scheme_on(rgb), wanted, "{rgb:?}");
        }
    }
}
