//! A QR code for the person's phone: 認証ID and what is next, as plain text. No link, nothing that a phone would open.

use super::{Block, Blocks, Page, Role, Side, Title};
use crate::app::Model;
use crate::app::state::result::Outcome;
use crate::locale::{Lang, Text};
use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, QrResult, Version};

/// The largest version tried; a larger code fits no usual window.
const LARGEST: i16 = 10;
/// The number of UTF-8 among the encodings (ECI) of ISO/IEC 18004.
const UTF_8: u32 = 26;

/// A QR code and what it says.
#[derive(Clone, Debug)]
pub struct Qr {
    /// Its rows of modules; `true` is dark. Empty if the text is too long for any.
    pub rows: Vec<Vec<bool>>,
    /// What it says, line by line.
    pub lines: [String; 2],
}

pub(super) fn page(model: &Model) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    if let Some(Outcome::Registered(registered, _)) = model.visit.result().map(|done| &done.outcome) {
        blocks.push(Block::Qr(Box::new(qr(lang, &registered.authentication_id)), lang.text(Text::QrTooSmall)));
    } else {
        blocks.text(2, lang.text(Text::QrTooSmall), Role::Warning);
    }
    Page {
        title: Title::Text(lang.text(Text::QrTitle)),
        blocks,
        side: Side::default(),
        buttons: Vec::new(),
        help: Vec::new(),
        scroll: Some(0),
        keys: &[Text::KeysBack, Text::KeysLanguage],
    }
}

/// Return the QR code of a 認証ID. Its text is short, so that it fits 80 columns by 24 rows, in half blocks.
fn qr(lang: Lang, id: &str) -> Qr {
    let lines = [lang.fill(Text::QrId, &[id]), lang.text(Text::QrNext).to_owned()];
    let code = (1..=LARGEST).find_map(|version| encoded(lines.join("\n").as_bytes(), Version::Normal(version)).ok());
    let rows = code.map(|code| {
        let width = code.width().max(1);
        code.to_colors().chunks(width).map(|row| row.iter().map(|module| *module == Color::Dark).collect()).collect()
    });
    Qr { rows: rows.unwrap_or_default(), lines }
}

/// Encode UTF-8, and say that it is: short texts are taken for Shift JIS else. A screen is never torn or dirty: the lowest level of correction
/// will do.
fn encoded(text: &[u8], version: Version) -> QrResult<QrCode> {
    let mut bits = Bits::new(version);
    bits.push_eci_designator(UTF_8)?;
    bits.push_byte_data(text)?;
    bits.push_terminator(EcLevel::L)?;
    QrCode::with_bits(bits, EcLevel::L)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_every_language_it_fits_the_smallest_usual_window() {
        for lang in Lang::ALL {
            // Version 4 has 33 modules: with two light ones around, 19 rows of half blocks.
            assert!(matches!(qr(*lang, "7KQ3MXW94P").rows.len(), 1..=33), "{}", lang.tag());
        }
    }
}
