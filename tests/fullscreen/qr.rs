//! The QR code of STEP3 as a terminal shows it, read by zbar.

use crate::pty::key;
use crate::{Demo, journey, zbar};

/// Return how light a colour is; the terminal itself is dark.
fn grey(colour: vt100::Color, usual: u8) -> u8 {
    match colour {
        vt100::Color::Default => usual,
        vt100::Color::Idx(0 | 16) => 0,
        vt100::Color::Idx(15 | 231) => 255,
        vt100::Color::Idx(_) => 128,
        vt100::Color::Rgb(red, green, blue) => u8::try_from((u16::from(red) + u16::from(green) + u16::from(blue)) / 3).unwrap(),
    }
}

fn photograph(screen: &vt100::Screen) -> Vec<u8> {
    let (rows, columns) = screen.size();
    zbar::photograph((columns.get().into(), rows.get().into()), |column, row, upper| {
        let cell = screen.cell(u16::try_from(row).unwrap(), u16::try_from(column).unwrap()).unwrap();
        if upper && cell.contents() == "▀" { grey(cell.fgcolor(), 255) } else { grey(cell.bgcolor(), 0) }
    })
}

#[test]
fn a_phone_reads_the_id_from_a_terminal_of_80_by_24_in_any_theme_and_from_one_that_draws_no_blocks() {
    for (theme, glyphs, columns, rows) in [
        ("light", "unicode", 80, 24),
        ("dark", "unicode", 80, 24),
        ("contrast", "unicode", 80, 24),
        ("none", "unicode", 80, 24),
        ("dark", "ascii", 100, 50),
    ] {
        let mut demo = Demo::start(&["--lang", "ja", "--theme", theme, "--glyphs", glyphs], &[], columns, rows);
        journey::to_signing_pin(&mut demo);
        journey::to_step1(&mut demo);
        journey::to_step2(&mut demo);
        journey::to_step3(&mut demo);
        let groups = |word: &&str| word.split('-').map(str::len).eq([3, 4, 3]);
        let id = demo.screen().split_whitespace().find(groups).expect("the 認証ID").replace('-', "");
        demo.press("4");
        demo.wait_for("スマートフォンで読み取って");
        let read = demo.look(photograph);
        assert_eq!(zbar::read(&read), Some(format!("認証ID {id}\n24時間内にメールのURLでパスワード設定")), "{theme} {glyphs}");
        demo.press(key::ESC);
        demo.wait_for(&format!("{}-", &id[..3]));
    }
}
