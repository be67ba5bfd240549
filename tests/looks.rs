//! Every page at every size a person may have, in every set of glyphs and colours: what is drawn can be read, nothing is out of reach.
#![allow(clippy::expect_used, clippy::panic, reason = "in a test, a failure is a panic")]

mod common;

use common::pages::PAGES;
use common::scene::Scene;
use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use std::cell::RefCell;
use zairyu::locale::Lang;
use zairyu::registration::FieldId;
use zairyu::tui::Look;
use zairyu::tui::glyphs::{Glyphs, PROBE};
use zairyu::tui::theme::{Scheme, Theme};
use zairyu::view::{self, Block};

const SIZES: [(u16, u16); 5] = [(60, 16), (60, 20), (80, 24), (120, 40), (200, 60)];

/// What a bare console is shown, without colours.
const CONSOLE: Look = Look { theme: Theme::NONE, glyphs: Glyphs::Console };

/// Draw every page in every language.
fn every_page(check: impl Fn(&str, &mut Scene)) {
    for (words, reach) in PAGES {
        for lang in Lang::ALL {
            let mut scene = Scene::new(*lang);
            reach(&mut scene);
            check(&format!("{words} ({})", lang.tag()), &mut scene);
        }
    }
}

fn buffer(scene: &Scene, (width, height): (u16, u16), look: Look) -> Buffer {
    scene.drawn(width, height, look).backend().buffer().clone()
}

/// The contrast of two colours (WCAG 2.2).
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let luminance = |rgb: [u8; 3]| {
        let [red, green, blue] = rgb.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_letter_on_a_painted_page_can_be_read() {
    every_page(|page, scene| {
        for (scheme, least) in [(Scheme::Light, 4.5), (Scheme::Dark, 4.5), (Scheme::Contrast, 7.0)] {
            let look = Look { theme: Theme::new(scheme, true), glyphs: Glyphs::Unicode };
            for size in [(60, 20), (120, 40)] {
                let drawn = buffer(scene, size, look);
                for cell in drawn.content().iter().filter(|cell| cell.symbol().chars().any(char::is_alphanumeric)) {
                    let (Color::Rgb(r, g, b), Color::Rgb(red, green, blue)) = (cell.fg, cell.bg) else {
                        panic!("{page}: {:?} is not painted: {:?} on {:?}", cell.symbol(), cell.fg, cell.bg);
                    };
                    let seen = contrast([r, g, b], [red, green, blue]);
                    assert!(seen >= least, "{page}, {scheme:?}: {:?} has {seen:.2}", cell.symbol());
                }
            }
        }
    });
}

#[test]
fn without_lines_and_dots_no_page_draws_one() {
    every_page(|page, scene| {
        for size in SIZES {
            let look = Look { theme: Theme::NONE, glyphs: Glyphs::Ascii };
            let drawn = buffer(scene, size, look);
            let found = drawn.content().iter().find(|cell| cell.symbol().chars().any(|letter| PROBE.contains(letter)));
            assert!(found.is_none(), "{page} {size:?}: {found:?}");
        }
    });
}

/// Draw every page as a bare console is shown it.
fn every_page_of_a_console(check: impl Fn(&str, &mut Scene)) {
    for (words, reach) in PAGES {
        let mut scene = Scene::new(Lang::En);
        reach(&mut scene);
        scene.model.setup.latin = true;
        check(words, &mut scene);
    }
}

#[test]
fn on_a_bare_console_every_page_is_ascii_and_nothing_was_left_for_a_question_mark() {
    every_page_of_a_console(|page, scene| {
        for size in SIZES {
            let drawn = buffer(scene, size, CONSOLE);
            let found = drawn.content().iter().find(|cell| !cell.symbol().is_ascii());
            let rows: Vec<String> = (0..size.1).map(|y| (0..size.0).map(|x| drawn[(x, y)].symbol()).collect()).collect();
            assert!(found.is_none(), "{page} {size:?}: {found:?}: {rows:#?}");
            let mut words: Vec<&str> = rows.iter().flat_map(|row| row.split_whitespace()).collect();
            // A question of the page's own has letters before its mark.
            words.retain(|word| word.contains('?') && !word.starts_with(|letter: char| letter.is_ascii_alphanumeric()));
            assert!(words.is_empty(), "{page} {size:?}: {words:?}: {rows:#?}");
        }
    });
}

#[test]
fn on_a_bare_console_a_value_that_cannot_be_drawn_is_counted_and_the_page_says_so() {
    let mut scene = Scene::new(Lang::En);
    scene.model.setup.latin = true;
    scene.reach_step1();
    let page = |scene: &Scene| buffer(scene, (80, 24), CONSOLE).content().iter().map(|cell| cell.symbol()).collect::<String>();
    scene.set(FieldId::AddressLine, "1-2-3");
    assert!(!page(&scene).contains("cannot draw Japanese"));
    scene.set(FieldId::AddressLine, "西新宿２－８－１");
    let drawn = page(&scene);
    assert!(drawn.contains("[Japanese, 8 letters]") && drawn.contains("cannot draw Japanese"), "{drawn}");
}

#[test]
fn every_palette_shows_the_same_words_at_the_same_places() {
    every_page(|page, scene| {
        for (size, glyphs) in SIZES.iter().flat_map(|size| [(*size, Glyphs::Ascii), (*size, Glyphs::Unicode), (*size, Glyphs::Console)]) {
            let plain = buffer(scene, size, Look { theme: Theme::NONE, glyphs });
            for scheme in [Scheme::Light, Scheme::Sixteen] {
                let painted = buffer(scene, size, Look { theme: Theme::new(scheme, false), glyphs });
                let differs = plain.content().iter().zip(painted.content()).find(|(one, other)| one.symbol() != other.symbol());
                assert!(differs.is_none(), "{page} {size:?} {scheme:?}: {differs:?}");
            }
        }
    });
}

#[test]
fn what_has_the_focus_is_in_sight_with_a_mark_of_its_own() {
    every_page(|page, scene| shows_its_focus(page, scene, Look::PLAIN));
    every_page_of_a_console(|page, scene| shows_its_focus(page, scene, CONSOLE));
}

fn shows_its_focus(page: &str, scene: &Scene, look: Look) {
    for size in SIZES {
        let body = view::page(&scene.model, usize::from(size.1));
        let field = body.blocks.iter().any(|block| match block {
            Block::Field(field) => field.focused,
            Block::Entry(entry) => entry.focused,
            _ => false,
        });
        if !field && body.focused().is_none() {
            continue;
        }
        let drawn = buffer(scene, size, look);
        let marked = (0..size.1).any(|y| {
            let row: String = (0..size.0).map(|x| drawn[(x, y)].symbol()).collect();
            let row = row.trim_start();
            row.starts_with("> ") || row.starts_with("| ") || row.contains("[> ")
        });
        assert!(marked || scene.cursor(size.0, size.1).is_some(), "{page} {size:?}: {}", scene.picture(size.0, size.1));
        let reversed = drawn.content().iter().any(|cell| cell.modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED));
        assert!(reversed || scene.cursor(size.0, size.1).is_some(), "{page} {size:?}");
    }
}

/// The letters of a text, without blanks, marks and lines, which a page adds.
fn bare(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// The texts of a page that a person must be able to read.
fn texts(scene: &Scene, height: u16) -> Vec<String> {
    // Where rows are few, some pages leave out how to use them.
    let page = view::page(&scene.model, usize::from(height) - 6);
    let mut texts: Vec<String> = page.choices().map(|item| item.text.clone()).collect();
    for block in &page.blocks {
        match block {
            Block::Text(_, run) | Block::Message(run) | Block::Tries(_, _, run) => texts.push(run.text.clone()),
            Block::Heading(_, text) => texts.push((*text).to_owned()),
            Block::Step(_, text) => texts.push(text.clone()),
            // Its detail stands there where there is room, and is said again where it matters.
            Block::Check(_, what, ..) => texts.push((*what).to_owned()),
            Block::Field(field) => texts.push(field.label.name.to_owned()),
            Block::SummaryRow(label, value, ..) | Block::Registered(label, value, _) => texts.extend([(*label).to_owned(), value.clone()]),
            Block::Id(label, groups, todo) => texts.extend([(*label).to_owned(), groups.clone(), (*todo).to_owned()]),
            Block::Trouble(what, codes) => texts.extend([what.clone(), codes.clone()]),
            _ => {}
        }
    }
    texts
}

#[test]
fn in_a_small_window_everything_can_be_reached_with_tab_or_page_down() {
    let hidden = RefCell::new(Vec::new());
    every_page(|page, scene| {
        // While a job runs, the page stands still.
        if scene.model.visit.waiting.is_some() {
            return;
        }
        for (width, height) in [(60, 16), (60, 20)] {
            let wanted = texts(scene, height);
            let mut seen: Vec<String> = Vec::new();
            let mut look = |scene: &mut Scene| {
                scene.is_seen(width, height);
                seen.push(bare(&scene.picture(width, height)));
            };
            look(scene);
            for key in [KeyCode::PageDown, KeyCode::Down, KeyCode::PageUp, KeyCode::Tab] {
                for _ in 0..24 {
                    scene.press(key);
                    look(scene);
                }
            }
            for text in wanted {
                let letters: Vec<char> = bare(&text).chars().collect();
                // A part that is long enough to be found nowhere else, and short enough to stand in one frame.
                let parts = letters.chunks(12).map(|part| part.iter().collect::<String>());
                let missing: Vec<String> = parts.filter(|part| !seen.iter().any(|frame| frame.contains(part))).collect();
                if !missing.is_empty() {
                    hidden.borrow_mut().push(format!("{page} {width}x{height}: {missing:?} of {text:?}"));
                }
            }
        }
    });
    assert!(hidden.borrow().is_empty(), "{:#?}", hidden.borrow());
}

/// The row of the window that a text stands in.
fn row_of(scene: &Scene, text: &str, (width, height): (u16, u16)) -> usize {
    let picture = scene.picture(width, height);
    picture.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}: {picture}"))
}

#[test]
fn in_a_large_window_a_short_page_has_its_buttons_close_below_and_a_message_moves_nothing() {
    for size in [(120, 40), (200, 60)] {
        let mut scene = Scene::new(Lang::En);
        scene.reach_signing();
        let before = ["Tries left", "[ OK ]", "Tab next"].map(|text| row_of(&scene, text, size));
        let [tries, buttons, keys] = before;
        assert!(tries > 5 && buttons < tries + 20 && buttons + 6 < keys, "{size:?}: {before:?}");
        // Small letters are folded, which the page says.
        scene.type_text("abc");
        assert!(scene.picture(size.0, size.1).contains("half-width capitals"));
        assert_eq!(["Tries left", "[ OK ]", "Tab next"].map(|text| row_of(&scene, text, size)), before, "{size:?}");
    }
}
