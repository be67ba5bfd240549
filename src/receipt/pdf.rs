//! A page as PDF: A4, shaped and broken into lines by cosmic-text with the fonts of the system, written by krilla with these fonts cut down to
//! what is used.

use super::{Part, Sheet};
use crate::locale::{Lang, Text};
use crate::text::harmless;
use cosmic_text::fontdb::{self, Database, Family, Query};
use cosmic_text::{Attrs, Buffer, FeatureTag, FontFeatures, FontSystem, LayoutGlyph, Metrics, Shaping};
use krilla::Document;
use krilla::error::KrillaError;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use std::collections::HashMap;
use std::sync::Arc;

/// A4 in points.
const PAPER: (f32, f32) = (595.28, 841.89);
/// Margin in points.
const MARGIN: f32 = 50.0;
/// Width for text.
const WIDTH: f32 = PAPER.0 - 2.0 * MARGIN;
/// Space between columns.
const GUTTER: f32 = 14.0;
/// Width of the labels before values.
const LABELS: f32 = 190.0;
/// Space between parts, and before a heading.
const SPACE: (f32, f32) = (4.0, 12.0);
/// Height of a line, in font sizes. Burmese and Thai stack signs above and below.
const LINE: f32 = 1.5;
/// Japanese fonts that are looked for first, as they are named on Linux, Windows and macOS; any other with the letters will do.
const FAMILIES: [&str; 9] = [
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans JP",
    "IPAexGothic",
    "IPAGothic",
    "BIZ UDGothic",
    "Yu Gothic",
    "Meiryo",
    "Hiragino Sans",
];

/// Why no PDF was made.
#[derive(Debug)]
pub(super) enum PdfError {
    /// No font of the system has a letter.
    NoGlyph,
    /// The PDF could not be written; technical.
    Fault(String),
}

impl PdfError {
    /// Say what went wrong and what to do.
    pub(super) fn told(&self, lang: Lang) -> String {
        match self {
            PdfError::NoGlyph => lang.text(Text::PrintNoFont).to_owned(),
            PdfError::Fault(why) => lang.fill(Text::PrintFault, &[why]),
        }
    }
}

/// Return a page as PDF.
pub(super) fn pdf(sheet: &Sheet) -> Result<Vec<u8>, PdfError> {
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    pdf_with(sheet, fonts)
}

fn pdf_with(sheet: &Sheet, fonts: Database) -> Result<Vec<u8>, PdfError> {
    let mut setter = Setter::new(fonts)?;
    let mut pages = vec![Vec::new()];
    let mut y = MARGIN;
    for part in &sheet.parts {
        let block = setter.part(part)?;
        if y + block.height > PAPER.1 - MARGIN && y > MARGIN {
            pages.push(Vec::new());
            y = MARGIN;
        }
        if let Some(page) = pages.last_mut() {
            page.extend(block.columns.into_iter().map(|column| Column { y: column.y + y, ..column }));
        }
        y += block.height;
    }
    let mut document = Document::new();
    let title = sheet.parts.iter().find_map(|part| if let Part::Title(title) = part { Some(title.clone()) } else { None });
    document.set_metadata(Metadata::new().title(title.unwrap_or_default()).language(sheet.lang.tag().to_owned()));
    for columns in pages {
        let paper = PageSettings::from_wh(PAPER.0, PAPER.1).ok_or_else(|| PdfError::Fault("paper".to_owned()))?;
        let mut page = document.start_page_with(paper);
        let mut surface = page.surface();
        for column in &columns {
            setter.draw(&mut surface, column)?;
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|fault| match fault {
        KrillaError::Font(_, why) => PdfError::Fault(why),
        // The others cannot come of text alone.
        _ => PdfError::Fault("PDF".to_owned()),
    })
}

/// A text broken into lines, and where it stands.
struct Column {
    x: f32,
    y: f32,
    size: f32,
    buffer: Buffer,
}

/// The columns of a part, and how high they are together.
struct Block {
    columns: Vec<Column>,
    height: f32,
}

struct Setter {
    system: FontSystem,
    family: Option<String>,
    fonts: HashMap<fontdb::ID, Font>,
}

impl Setter {
    fn new(fonts: Database) -> Result<Setter, PdfError> {
        // Shaping takes for granted that there is a font.
        if fonts.is_empty() {
            return Err(PdfError::NoGlyph);
        }
        let known = |name: &&&str| fonts.query(&Query { families: &[Family::Name(name)], ..Query::default() }).is_some();
        let family = FAMILIES.iter().find(known).map(|name| (*name).to_owned());
        // Kanji have their Japanese forms.
        let system = FontSystem::new_with_locale_and_db("ja".to_owned(), fonts);
        Ok(Setter { system, family, fonts: HashMap::new() })
    }

    fn part(&mut self, part: &Part) -> Result<Block, PdfError> {
        let half = (WIDTH - GUTTER) / 2.0;
        match part {
            Part::Title(text) => self.block(0.0, &[(0.0, WIDTH, 17.0, text)]),
            Part::Heading(text) => self.block(SPACE.1, &[(0.0, WIDTH, 12.5, text)]),
            Part::Text(text) => self.block(SPACE.0, &[(0.0, WIDTH, 10.0, text)]),
            Part::Row(label, value) => {
                self.block(SPACE.0, &[(0.0, LABELS, 9.0, label), (LABELS + GUTTER, WIDTH - LABELS - GUTTER, 11.0, value)])
            }
            Part::Large(label, value) => {
                let label = self.block(SPACE.1, &[(0.0, WIDTH, 10.0, label)])?;
                let value = self.block(0.0, &[(0.0, WIDTH, 34.0, value)])?;
                let below = value.columns.into_iter().map(|column| Column { y: column.y + label.height, ..column });
                Ok(Block { height: label.height + value.height, columns: label.columns.into_iter().chain(below).collect() })
            }
            Part::Beside(japanese, own) if own.is_empty() => self.block(SPACE.0, &[(0.0, WIDTH, 11.0, japanese)]),
            Part::Beside(japanese, own) => self.block(SPACE.0, &[(0.0, half, 11.0, japanese), (half + GUTTER, half, 10.0, own)]),
        }
    }

    /// Break texts into lines beside each other: where each begins, how wide and how large it is.
    fn block(&mut self, space: f32, texts: &[(f32, f32, f32, &str)]) -> Result<Block, PdfError> {
        let mut block = Block { columns: Vec::new(), height: 0.0 };
        for (x, width, size, text) in texts {
            let mut buffer = Buffer::new(&mut self.system, Metrics::new(*size, size * LINE));
            buffer.set_size(Some(*width), None);
            let family = self.family.as_deref().map_or(Family::SansSerif, Family::Name);
            // A check value is compared letter by letter.
            let mut features = FontFeatures::new();
            features.disable(FeatureTag::STANDARD_LIGATURES);
            let attrs = Attrs::new().family(family).font_features(features);
            buffer.set_text(&harmless(text), &attrs, Shaping::Advanced, None);
            buffer.shape_until_scroll(&mut self.system, false);
            let mut height: f32 = 0.0;
            for run in buffer.layout_runs() {
                height = height.max(run.line_top + run.line_height);
                let blank = |glyph: &LayoutGlyph| run.text.get(glyph.start..glyph.end).is_some_and(|text| text.trim().is_empty());
                if run.glyphs.iter().any(|glyph| glyph.glyph_id == 0 && !blank(glyph)) {
                    return Err(PdfError::NoGlyph);
                }
            }
            block.height = block.height.max(space + height);
            block.columns.push(Column { x: MARGIN + x, y: space, size: *size, buffer });
        }
        Ok(block)
    }

    fn draw(&mut self, surface: &mut Surface<'_>, column: &Column) -> Result<(), PdfError> {
        for run in column.buffer.layout_runs() {
            for glyphs in run.glyphs.chunk_by(|one, next| one.font_id == next.font_id) {
                let Some(first) = glyphs.first() else { continue };
                let font = self.font(first)?;
                let start = Point::from_xy(column.x + first.x, column.y + run.line_y);
                let ends = glyphs.iter().skip(1).map(|next| next.x).chain(glyphs.last().map(|last| last.x + last.w));
                let placed: Vec<KrillaGlyph> = glyphs.iter().zip(ends).map(|(glyph, end)| set(glyph, end, column.size)).collect();
                surface.draw_glyphs(start, &placed, font, run.text, column.size, false);
            }
        }
        Ok(())
    }

    fn font(&mut self, glyph: &LayoutGlyph) -> Result<Font, PdfError> {
        if let Some(font) = self.fonts.get(&glyph.font_id) {
            return Ok(font.clone());
        }
        let index = self.system.db().face(glyph.font_id).map(|face| face.index);
        let loaded = self.system.get_font(glyph.font_id, glyph.font_weight);
        let font = index.zip(loaded).and_then(|(index, font)| {
            let bytes: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(Bytes(font));
            Font::new(bytes.into(), index)
        });
        let font = font.ok_or_else(|| PdfError::Fault("font".to_owned()))?;
        self.fonts.insert(glyph.font_id, font.clone());
        Ok(font)
    }
}

/// The file of a font, which is mapped into memory and not read whole.
struct Bytes(Arc<cosmic_text::Font>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self.0.data()
    }
}

/// Return a glyph as krilla places it: distances in font sizes.
fn set(glyph: &LayoutGlyph, end: f32, size: f32) -> KrillaGlyph {
    let id = GlyphId::new(u32::from(glyph.glyph_id));
    let advance = (end - glyph.x) / size;
    let up = glyph.y_offset - glyph.y / size;
    KrillaGlyph::new(id, advance, glyph.x_offset, up, 0.0, glyph.start..glyph.end, None)
}

#[cfg(test)]
mod tests;
