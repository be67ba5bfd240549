//! The layout of a mail: one content, rendered as plain text and as simple HTML. The texts are in `text`.
//!
//! The HTML loads nothing, uses only inline styles, and follows the reader's dark or light colours.

use maud::{DOCTYPE, Markup, html};

use crate::locale::Lang;

/// The content of a mail, without layout.
pub(in crate::service) struct Template {
    /// Subject.
    pub(in crate::service) subject: String,
    /// The content in each language.
    pub(in crate::service) parts: Vec<Part>,
}

/// The content in one language.
pub(in crate::service) struct Part {
    /// The language.
    pub(in crate::service) lang: Lang,
    /// The blocks from top to bottom.
    pub(in crate::service) blocks: Vec<Block>,
}

/// A block of content.
pub(in crate::service) enum Block {
    /// A paragraph of one or more lines.
    Words(String),
    /// Label and URL.
    Link(&'static str, String),
    /// Label and 認証ID, shown large.
    Id(&'static str, String),
    /// Small print.
    Aside(String),
}

/// Separates two languages in plain text.
const RULE: &str = "----------------------------------------";

const BODY: &str = "margin:0;padding:16px;font-family:system-ui,-apple-system,'Segoe UI','Hiragino Sans','Noto Sans CJK JP',sans-serif;\
                    font-size:16px;line-height:1.6";
const COLUMN: &str = "max-width:36em;margin:0 auto";
const NEXT_LANGUAGE: &str = "border-top:1px solid #808080;margin-top:24px;padding-top:8px";
/// White on this blue has a contrast of 6.3:1 on any page colour (WCAG 2.2, 1.4.3 requires 4.5:1).
const BUTTON: &str = "display:inline-block;padding:12px 20px;border-radius:6px;background-color:#1a5fb4;color:#ffffff;font-weight:bold;\
                      text-decoration:none";
const ADDRESS: &str = "font-size:14px;word-break:break-all";
const ID: &str = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:28px;line-height:1.4;letter-spacing:1px;white-space:nowrap";
const ASIDE: &str = "font-size:14px";

impl Template {
    /// Render as plain text.
    pub(in crate::service) fn plain(&self) -> String {
        let parts: Vec<String> =
            self.parts.iter().map(|part| part.blocks.iter().map(Block::plain).collect::<Vec<_>>().join("\n\n")).collect();
        parts.join(&format!("\n\n{RULE}\n\n")) + "\n"
    }

    /// Render as HTML.
    pub(in crate::service) fn html(&self) -> String {
        let lang = self.parts.first().map_or(Lang::Ja, |part| part.lang);
        let page = html! {
            (DOCTYPE)
            html lang=(lang.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="supported-color-schemes" content="light dark";
                    title { (self.subject) }
                }
                body style=(BODY) {
                    div style=(COLUMN) {
                        @for (number, part) in self.parts.iter().enumerate() {
                            div lang=(part.lang.tag()) style=[(number > 0).then_some(NEXT_LANGUAGE)] {
                                @for block in &part.blocks { (block.html()) }
                            }
                        }
                    }
                }
            }
        };
        page.into_string()
    }
}

impl Block {
    fn plain(&self) -> String {
        match self {
            Block::Words(text) | Block::Aside(text) | Block::Link(_, text) => text.clone(),
            Block::Id(what, id) => format!("{what}{id}"),
        }
    }

    fn html(&self) -> Markup {
        match self {
            Block::Words(text) => html! { p { (lines(text)) } },
            Block::Aside(text) => html! { p style=(ASIDE) { (lines(text)) } },
            Block::Link(label, address) => html! {
                p { a href=(address) style=(BUTTON) { (label) } }
                p style=(ADDRESS) { (address) }
            },
            // Keep mail translators from changing it (HTML, "translate").
            Block::Id(what, id) => html! { p { (what) br; strong translate="no" style=(ID) { (id) } } },
        }
    }
}

fn lines(text: &str) -> Markup {
    html! { @for (number, line) in text.lines().enumerate() { @if number > 0 { br; } (line) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(word: &str) -> Template {
        let blocks = vec![
            Block::Words(format!("{word}\nsecond line")),
            Block::Link("Open", format!("https://example.jp/{word}")),
            Block::Id("ID: ", word.to_owned()),
            Block::Aside(word.to_owned()),
        ];
        Template { subject: word.to_owned(), parts: vec![Part { lang: Lang::En, blocks }] }
    }

    #[test]
    fn plain_text_and_html_say_the_same() {
        let letter = letter("word");
        assert_eq!(letter.plain(), "word\nsecond line\n\nhttps://example.jp/word\n\nID: word\n\nword\n");
        let html = letter.html();
        for piece in ["<p>word<br>second line</p>", "href=\"https://example.jp/word\"", ">https://example.jp/word</p>", ">word</strong>"] {
            assert!(html.contains(piece), "{piece} {html}");
        }
    }

    #[test]
    fn the_html_loads_nothing_and_whatever_a_text_holds_stays_text() {
        let html = letter("\"><script>alert(1)</script><img src=x>").html();
        for markup in ["<script", "<img", "src=", "<style", "<link", "url(", "@import", "<form", "<iframe"] {
            assert!(!html.replace("&lt;img src=", "").contains(markup), "{markup} {html}");
        }
    }
}
