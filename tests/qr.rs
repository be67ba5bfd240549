//! The QR code of STEP3, read back from a picture of the screen by a decoder that others have written (zbar).
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]

mod common;
#[path = "common/zbar.rs"]
mod zbar;

use common::scene::Scene;
use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::style::Color;
use zairyu::locale::{Lang, Text};
use zairyu::tui::Look;
use zairyu::tui::glyphs::Glyphs;
use zairyu::tui::theme::{Scheme, Theme};

/// Return how light a colour is, on a terminal of this ground.
fn grey(colour: Color, usual: u8) -> u8 {
    match colour {
        Color::Reset => usual,
        Color::Black | Color::Indexed(16) => 0,
        Color::White | Color::Indexed(231) => 255,
        Color::Rgb(red, green, blue) => u8::try_from((u16::from(red) + u16::from(green) + u16::from(blue)) / 3).unwrap(),
        _ => 128,
    }
}

/// Photograph a screen: half blocks and grounds, no letters. `dark` is how the terminal is where nothing is painted.
fn photograph(screen: &Buffer, dark: bool) -> Vec<u8> {
    let (width, height) = (usize::from(screen.area.width), usize::from(screen.area.height));
    let (ink, paper) = if dark { (255, 0) } else { (0, 255) };
    zbar::photograph((width, height), |column, row, upper| {
        let cell = &screen.content()[row * width + column];
        if upper && cell.symbol() == "▀" { grey(cell.fg, ink) } else { grey(cell.bg, paper) }
    })
}

/// Show the QR code in a window of this size.
fn shown(lang: Lang, size: (u16, u16), look: Look) -> (Scene, Buffer) {
    let mut scene = Scene::new(lang);
    scene.reach_step3();
    scene.press(KeyCode::Char('4'));
    let screen = scene.drawn(size.0, size.1, look).backend().buffer().clone();
    (scene, screen)
}

#[test]
fn a_phone_reads_the_id_and_what_is_next_from_the_screen_in_every_palette_on_either_ground() {
    for lang in Lang::ALL {
        for (size, glyphs) in
            [((80, 24), Glyphs::Unicode), ((120, 40), Glyphs::Unicode), ((120, 50), Glyphs::Ascii), ((120, 50), Glyphs::Console)]
        {
            for theme in [Scheme::Light, Scheme::Dark, Scheme::Contrast, Scheme::Sixteen, Scheme::None]
                .iter()
                .flat_map(|scheme| [Theme::new(*scheme, true), Theme::new(*scheme, false)])
            {
                for dark in [false, true] {
                    let (_, screen) = shown(*lang, size, Look { theme, glyphs });
                    let expected = format!("認証ID 7KQ3MXW94P\n{}", lang.text(Text::QrNext));
                    assert_eq!(
                        zbar::read(&photograph(&screen, dark)),
                        Some(expected),
                        "{lang:?} {size:?} {glyphs:?} {theme:?} dark: {dark}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_window_that_is_too_small_says_so_and_shows_the_text() {
    for (size, glyphs) in [((80, 23), Glyphs::Ascii), ((80, 20), Glyphs::Unicode), ((40, 40), Glyphs::Unicode)] {
        let (scene, screen) = shown(Lang::En, size, Look { theme: Theme::NONE, glyphs });
        assert_eq!(zbar::read(&photograph(&screen, true)), None);
        let picture = scene.picture(size.0, size.1);
        assert!(picture.contains("too small") && picture.contains("7KQ3MXW94P"), "{picture}");
    }
}

#[test]
fn any_way_back_leads_to_step3() {
    for key in [KeyCode::Esc, KeyCode::Enter, KeyCode::Char(' ')] {
        let (mut scene, _) = shown(Lang::En, (80, 24), Look::PLAIN);
        scene.press(key);
        assert!(scene.picture(80, 24).contains("You are registered."));
    }
}
