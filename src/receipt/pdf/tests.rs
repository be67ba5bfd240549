//! What others read in our PDF: poppler finds the text, the fonts and the picture. The fonts are the system's: Noto, from Debian's packages.

use super::*;
use crate::receipt::slip;
use std::process::Command;

fn sheet(texts: &[&str]) -> Sheet {
    let parts = texts.iter().map(|text| Part::Text((*text).to_owned())).collect();
    Sheet { lang: Lang::En, name: "test".to_owned(), parts }
}

/// Run a program of poppler on a PDF.
fn poppler(program: &str, options: &[&str], pdf: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.pdf");
    std::fs::write(&path, pdf).unwrap();
    let mut command = Command::new(program);
    command.args(options).arg(&path);
    if program == "pdftotext" {
        command.arg("-");
    }
    let read = command.output().unwrap_or_else(|fault| panic!("{program} is needed: apt-get install poppler-utils: {fault}"));
    assert!(read.status.success() && read.stderr.is_empty(), "{program}: {}", String::from_utf8_lossy(&read.stderr));
    read.stdout
}

/// Return the text of a PDF without blanks and line ends.
fn text(pdf: &[u8]) -> String {
    bare(&String::from_utf8(poppler("pdftotext", &["-raw"], pdf)).unwrap())
}

fn bare(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\u{c}').collect()
}

fn picture(pdf: &[u8]) -> Vec<u8> {
    poppler("pdftoppm", &["-r", "60", "-gray"], pdf)
}

const SCRIPTS: [&str; 6] = [
    "Nguyễn Thị Thu Hà, São Paulo",
    "在留カード番号は半角で入力してください。髙﨑 一二三",
    "भाषा: हिन्दी में क्षेत्र का नाम लिखें",
    "အမည်ကို အင်္ဂလိပ်လို ရေးပါ။",
    "กรุณากรอกชื่อผู้ใช้ให้ถูกต้อง",
    "이름을 입력하십시오, 请输入姓名",
];

#[test]
fn every_script_is_shaped_and_read_back_as_it_was() {
    let pdf = pdf(&sheet(&SCRIPTS)).unwrap();
    let read = text(&pdf);
    for said in SCRIPTS {
        assert!(read.contains(&bare(said)), "{said} is not in {read}");
    }
    // Signs of Devanagari, Burmese and Thai stand at, above and below their letters: fewer glyphs than letters, or in another order.
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    let mut setter = Setter::new(fonts).unwrap();
    let shaped = setter.block(0.0, &[(0.0, WIDTH, 10.0, "हिन्दी क्ष")]).unwrap();
    let glyphs: usize = shaped.columns[0].buffer.layout_runs().map(|run| run.glyphs.len()).sum();
    assert!(glyphs < "हिन्दी क्ष".chars().count(), "{glyphs}");
}

#[test]
fn fonts_are_embedded_and_cut_down_to_what_is_used() {
    let pdf = pdf(&sheet(&SCRIPTS)).unwrap();
    let fonts = String::from_utf8(poppler("pdffonts", &[], &pdf)).unwrap();
    let rows: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(rows.len() >= 4, "{fonts}");
    for row in rows {
        let columns: Vec<&str> = row.split_whitespace().rev().collect();
        assert_eq!(columns[2..5], ["yes", "yes", "yes"], "embedded, cut down, with the letters it stands for: {fonts}");
    }
    assert!(pdf.len() < 200_000, "{} bytes", pdf.len());
}

#[test]
fn what_is_printed_is_no_row_of_boxes() {
    let pictures = ["東京", "京東", "बद", "กข", "မန"].map(|letters| picture(&pdf(&sheet(&[letters])).unwrap()));
    for (place, one) in pictures.iter().enumerate() {
        assert!(one.iter().any(|grey| *grey < 128), "nothing is printed");
        // Boxes would be alike.
        assert!(pictures[place + 1..].iter().all(|other| other != one));
    }
}

#[test]
fn without_a_font_for_a_letter_no_pdf_is_made_and_what_to_install_is_told() {
    assert!(matches!(pdf_with(&sheet(&["a"]), Database::new()), Err(PdfError::NoGlyph)));
    let mut latin = Database::new();
    latin.load_font_file("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf").expect("apt-get install fonts-noto-core");
    assert!(pdf_with(&sheet(&["Anne"]), latin.clone()).is_ok());
    assert!(matches!(pdf_with(&sheet(&["Anne 東京"]), latin), Err(PdfError::NoGlyph)));
    for lang in Lang::ALL {
        assert!(PdfError::NoGlyph.told(*lang).contains("fonts-noto-cjk"));
    }
}

#[test]
fn a_long_page_goes_on_on_the_next_and_loses_nothing() {
    let lines: Vec<String> = (0..150).map(|number| format!("行{number}終")).collect();
    let pdf = pdf(&sheet(&lines.iter().map(String::as_str).collect::<Vec<_>>())).unwrap();
    let read = text(&pdf);
    assert!(lines.iter().all(|line| read.contains(line.as_str())));
    let about = String::from_utf8(poppler("pdfinfo", &[], &pdf)).unwrap();
    assert!(about.lines().any(|line| line.starts_with("Pages:") && !line.ends_with(" 1")), "{about}");
}

#[test]
fn a_letter_that_could_steer_is_replaced_and_nothing_is_too_strange_to_print() {
    let pdf = pdf(&sheet(&["a\u{1b}[2J\u{202e}b", "", " ", "\u{a0}", "x".repeat(500).as_str()])).unwrap();
    assert!(text(&pdf).contains("a?[2J?b"));
}

#[test]
fn every_slip_is_one_page() {
    for lang in Lang::ALL {
        for sheet in crate::error::Code::ALL.iter().filter_map(|code| slip(*code, *lang)) {
            let pdf = pdf(&sheet).unwrap();
            let about = String::from_utf8(poppler("pdfinfo", &[], &pdf)).unwrap();
            assert!(about.lines().any(|line| line.starts_with("Pages:") && line.ends_with(" 1")), "{about}");
            assert!(text(&pdf).contains("持っていくもの"));
        }
    }
}

#[test]
fn a_receipt_is_one_page_with_everything_in_both_languages() {
    let form = crate::registration::tests::form();
    for lang in Lang::ALL {
        let sheet = crate::receipt::tests::receipt(*lang, &form, &[]).sheet();
        let pdf = pdf(&sheet).unwrap();
        let read = text(&pdf);
        for said in ["7KQ-3MXW-94P", "7KQ3MXW94P", "0123456789abcdef", "利用者登録の控え", "確認用の値"] {
            assert!(read.contains(said), "{said} is not in {read}");
        }
        for field in form.fields() {
            let value = bare(&lang.value(field, &form.value(field)));
            assert!(read.contains(&value), "{value} is not in {read}");
        }
        let about = String::from_utf8(poppler("pdfinfo", &[], &pdf)).unwrap();
        assert!(about.lines().any(|line| line.starts_with("Pages:") && line.ends_with(" 1")), "{about}");
    }
}
