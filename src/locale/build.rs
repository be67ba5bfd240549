//! The part of the build script that turns the language files into tables which the program reads in place. Fails the build if `check.rs`
//! reports a fault. The run-time side is `table.rs`.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::Result;
use check::{File, Value};
use languages::Lang;
use plural::Form;

#[path = "check.rs"]
mod check;
// Shared with the program; the script does not use all of it.
#[allow(dead_code, unreachable_pub)]
#[path = "languages.rs"]
mod languages;
#[allow(dead_code, unreachable_pub)]
#[path = "plural.rs"]
mod plural;

/// Bits of a span that hold the length. Must equal the constant in `table.rs`.
const LENGTH_BITS: u32 = 12;

/// Sections whose keys are the variants of an enum.
const ENUMS: &[(&str, &str)] =
    &[("field", "FieldId"), ("hint", "FieldId"), ("change", "Change"), ("action", "AccountAction"), ("action_done", "AccountAction")];

/// Sections whose texts get a constant named after section and key.
const CONSTANTS: &[&str] = &["problem", "warning"];

/// Sections whose texts get a type of their own: section, type, visibility, description.
const TYPES: &[(&str, &str, &str, &str)] =
    &[("text", "Text", "pub", "A short text"), ("password_page", "PageText", "pub(crate)", "A text of the password page")];

/// The sections included in every build.
const SECTIONS: &[&str] = &["text", "field", "hint", "choice", "problem", "change", "warning", "action", "action_done", "trouble", "help"];

/// The sections included only with the service.
const SERVICE: &[&str] = &["password_page", "mail"];

/// Write the tables of `table.rs` and the functions that look up texts.
pub(super) fn write(out: &Path) -> Result<()> {
    let room = Path::new("src/locale");
    for file in ["build.rs", "check.rs", "languages.rs", "plural.rs"] {
        println!("cargo::rerun-if-changed={}", room.join(file).display());
    }
    let mut files = Vec::new();
    for (place, lang) in Lang::ALL.iter().enumerate() {
        let path = room.join(lang.tag()).with_extension("toml");
        println!("cargo::rerun-if-changed={}", path.display());
        let toml = fs::read_to_string(&path).map_err(|fault| format!("{}: {fault}", path.display()))?;
        files.push(File::read(&path.display().to_string(), &toml, lang.plural(), place == 0));
    }
    let terms = write_terms(out)?;
    let (original, others) = files.split_first_mut().ok_or("there is no language")?;
    original.check_original();
    others.iter_mut().for_each(|file| file.check_against(original));
    let faults: Vec<&str> = files.iter().flat_map(|file| &file.faults).chain(&terms).map(String::as_str).collect();
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    let of_service = if std::env::var_os("CARGO_FEATURE_SERVICE").is_some() { SERVICE } else { &[] };
    let writer = Writer::new(&files, [SECTIONS, of_service].concat())?;
    Ok(fs::write(out.join("texts.rs"), writer.source(out)?)?)
}

/// Write the list of the terms of use by language, for `protocol`. Return the faults.
fn write_terms(out: &Path) -> Result<Vec<String>> {
    let (mut list, mut faults) = (String::from("[\n"), Vec::new());
    for lang in Lang::ALL {
        let path = format!("src/protocol/terms/{}.txt", lang.tag());
        println!("cargo::rerun-if-changed={path}");
        if !Path::new(&path).exists() {
            faults.push(format!("{path}: is missing"));
        }
        writeln!(list, "    ({:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{path}\"))),", lang.tag())?;
    }
    list.push(']');
    fs::write(out.join("terms.rs"), list)?;
    Ok(faults)
}

/// Writes the tables. A text has the same place in every language; one with a count takes a place for each CLDR form.
struct Writer<'a> {
    sections: Vec<&'static str>,
    files: &'a [File],
    original: &'a File,
    /// Keys of texts with their places.
    texts: Vec<(&'a str, usize)>,
    /// Keys of lists, by place.
    lists: Vec<&'a str>,
}

impl<'a> Writer<'a> {
    fn new(files: &'a [File], sections: Vec<&'static str>) -> Result<Writer<'a>> {
        let original = files.first().ok_or("there is no language")?;
        let (mut texts, mut lists, mut next) = (Vec::new(), Vec::new(), 0);
        let keys = original.texts.iter().filter(|(key, _)| sections.contains(&split(key).0));
        for (key, entry) in keys {
            if let Value::List(_) = entry.value {
                lists.push(key.as_str());
            } else {
                texts.push((key.as_str(), next));
                next += if original.is_counted(key) { Form::ALL.len() } else { 1 };
            }
        }
        Ok(Writer { sections, files, original, texts, lists })
    }

    fn source(&self, out: &Path) -> Result<String> {
        let mut source = String::new();
        for (lang, file) in Lang::ALL.iter().zip(self.files) {
            self.write_table(&mut source, *lang, file, out)?;
        }
        source.push_str("pub(in crate::locale) const fn table(lang: Lang) -> &'static Table {\n    match lang {\n");
        for lang in Lang::ALL {
            writeln!(source, "        Lang::{lang:?} => &{},", constant(lang.tag()))?;
        }
        source.push_str("    }\n}\n");
        for (section, name, visible, what) in TYPES.iter().filter(|(section, ..)| self.sections.contains(section)) {
            self.write_names(&mut source, section, name, visible, what)?;
        }
        for (section, of) in ENUMS {
            self.write_matches(&mut source, section, of)?;
        }
        for (key, place) in self.of(CONSTANTS) {
            let (count, value) = self.fill(key, place);
            writeln!(source, "pub(in crate::locale) const {}: Fill<{count}> = {value};", constant(key))?;
        }
        self.write_choices(&mut source)?;
        self.write_pages(&mut source)?;
        if self.sections.contains(&"mail") {
            self.write_mails(&mut source)?;
        }
        Ok(source)
    }

    /// Return the texts of some sections with their places.
    fn of(&self, sections: &'static [&'static str]) -> impl Iterator<Item = (&'a str, usize)> {
        self.texts.iter().copied().filter(|(key, _)| sections.contains(&split(key).0))
    }

    /// Write a language's packed texts, and the spans in them of each text and each paragraph.
    fn write_table(&self, source: &mut String, lang: Lang, file: &File, out: &Path) -> Result<()> {
        let (mut texts, mut lists) = (Vec::new(), Vec::new());
        for (key, _) in &self.texts {
            let order = self.original.arguments(key);
            let value = value(file, key)?;
            let forms: &[Form] = if self.original.is_counted(key) { &Form::ALL } else { &[Form::Other] };
            texts.extend(forms.iter().map(|form| numbered(in_form(value, *form), &order)));
        }
        for key in &self.lists {
            lists.push(u16::try_from(texts.len())?);
            texts.extend(value(file, key)?.texts().into_iter().map(str::to_owned));
        }
        lists.push(u16::try_from(texts.len())?);
        let (packed, spans) = pack(&texts).map_err(|text| format!("{}: does not fit into the table: {text}", lang.tag()))?;
        let name = format!("texts-{}.txt", lang.tag());
        fs::write(out.join(&name), packed)?;
        writeln!(source, "static {}: Table = Table {{", constant(lang.tag()))?;
        writeln!(
            source,
            "    text: include_str!(concat!(env!(\"OUT_DIR\"), \"/{name}\")),\n    spans: &{spans:?},\n    lists: &{lists:?},\n}};"
        )?;
        Ok(())
    }

    /// Write the names of a section's texts. One with arguments is a `Fill`, so that it cannot be shown without them.
    fn write_names(&self, source: &mut String, section: &str, of: &str, visible: &str, what: &str) -> Result<()> {
        let (mut plain, mut filled, mut all) = (String::new(), String::new(), Vec::new());
        for (key, place) in self.texts.iter().copied().filter(|(key, _)| split(key).0 == section) {
            let name = camel(split(key).1);
            let says = in_form(value(self.original, key)?, Form::Other);
            if self.original.arguments(key).is_empty() {
                writeln!(plain, "    #[doc = {says:?}]\n    {name} = {place},")?;
            } else {
                let (count, value) = self.fill(key, place);
                writeln!(filled, "    #[doc = {says:?}]\n    {visible} const {name}: Fill<{count}> = {value};")?;
            }
            all.push((name, place));
        }
        let derive = "#[derive(Clone, Copy, Debug, PartialEq, Eq)]\n#[repr(u16)]";
        writeln!(source, "/// {what}, with what it says in Japanese.\n{derive}\n{visible} enum {of} {{\n{plain}}}")?;
        writeln!(source, "/// What has values filled in.\n#[allow(non_upper_case_globals)]\nimpl {of} {{\n{filled}}}")?;
        writeln!(
            source,
            "#[cfg(test)]\nimpl {of} {{\n    /// Every name with its place.\n    {visible} const ALL: &[(&str, u16)] = &{all:?};\n}}"
        )?;
        Ok(())
    }

    fn fill(&self, key: &str, place: usize) -> (usize, String) {
        let arguments = self.original.arguments(key);
        let count = arguments.iter().position(|name| name == "count");
        (arguments.len(), format!("Fill {{ place: {place}, count: {count:?} }}"))
    }

    /// Write an exhaustive match, so that a variant without a text does not compile, nor a text without a variant.
    fn write_matches(&self, source: &mut String, section: &'static str, of: &str) -> Result<()> {
        writeln!(source, "pub(in crate::locale) const fn {section}(key: {of}) -> u16 {{\n    match key {{")?;
        for (key, place) in self.texts.iter().filter(|(key, _)| split(key).0 == section) {
            writeln!(source, "        {of}::{} => {place},", camel(split(key).1))?;
        }
        source.push_str("    }\n}\n");
        Ok(())
    }

    fn write_choices(&self, source: &mut String) -> Result<()> {
        source.push_str("pub(in crate::locale) fn choice(word: &str) -> Option<u16> {\n    match word {\n");
        for (key, place) in self.of(&["choice"]) {
            writeln!(source, "        {:?} => Some({place}),", split(key).1)?;
        }
        source.push_str("        _ => None,\n    }\n}\n");
        Ok(())
    }

    fn write_pages(&self, source: &mut String) -> Result<()> {
        source.push_str("pub(in crate::locale) const fn help(page: Page) -> usize {\n    match page {\n");
        for (place, key) in self.lists.iter().enumerate().filter(|(_, key)| split(key).0 == "help") {
            writeln!(source, "        Page::{} => {place},", camel(split(key).1))?;
        }
        source.push_str("    }\n}\n");
        // In the order of the codes: cause and title of each, and the list of steps.
        let codes: Vec<&str> = self.lists.iter().filter_map(|key| key.strip_prefix("trouble.")?.strip_suffix(".todo")).collect();
        let first_list = self.lists.iter().position(|key| split(key).0 == "trouble").unwrap_or_default();
        let (_, first_text) = self.of(&["trouble"]).next().unwrap_or_default();
        writeln!(source, "pub(in crate::locale) const TROUBLE_CODES: &[&str] = &{codes:?};")?;
        writeln!(
            source,
            "pub(in crate::locale) const TROUBLE_LISTS: usize = {first_list};\npub(in crate::locale) const TROUBLE_TEXTS: u16 = {first_text};"
        )?;
        // Texts that only the original has need no table.
        source.push_str("pub(in crate::locale) const fn easy(field: FieldId) -> &'static str {\n    match field {\n");
        for (key, entry) in self.original.texts.iter().filter(|(key, _)| split(key).0 == "easy") {
            writeln!(source, "        FieldId::{} => {:?},", camel(split(key).1), in_form(&entry.value, Form::Other))?;
        }
        source.push_str("        _ => \"\",\n    }\n}\n");
        for (key, entry) in self.original.texts.iter().filter(|(key, _)| split(key).0 == "official") {
            writeln!(source, "pub(in crate::locale) const {}: &str = {:?};", constant(key), in_form(&entry.value, Form::Other))?;
        }
        Ok(())
    }

    /// Write the mails, each a subject and a list of paragraphs, and a constant for each text common to all mails.
    fn write_mails(&self, source: &mut String) -> Result<()> {
        source.push_str("/// Every mail, and what all mails have.\nimpl Mail {\n");
        for (key, place) in self.of(&["mail"]) {
            match split(split(key).1) {
                ("common", name) => {
                    let (count, value) = self.fill(key, place);
                    writeln!(source, "    pub(crate) const {}: Fill<{count}> = {value};", constant(name))?;
                }
                (mail, _) => {
                    let body = self.lists.iter().position(|list| *list == format!("mail.{mail}.body")).unwrap_or_default();
                    writeln!(source, "    pub(crate) const {}: Mail = Mail {{ subject: {place}, body: {body} }};", constant(mail))?;
                }
            }
        }
        source.push_str("}\n");
        Ok(())
    }
}

fn value<'a>(file: &'a File, key: &str) -> Result<&'a Value> {
    Ok(&file.texts.get(key).ok_or_else(|| format!("{key} is missing"))?.value)
}

/// Concatenate the texts, except those contained in another. Return the result and for each text `start << LENGTH_BITS | length`; an error
/// with the text that does not fit.
fn pack(texts: &[String]) -> std::result::Result<(String, Vec<u32>), &str> {
    let mut longest_first: Vec<&str> = texts.iter().map(String::as_str).collect();
    longest_first.sort_by_key(|text| Reverse(text.len()));
    let (mut packed, mut starts) = (String::new(), HashMap::new());
    for text in longest_first {
        starts.entry(text).or_insert_with(|| {
            packed.find(text).unwrap_or_else(|| {
                packed.push_str(text);
                packed.len() - text.len()
            })
        });
    }
    let span = |text: &str| {
        let start = u32::try_from(*starts.get(text)?).ok().filter(|start| start.leading_zeros() >= LENGTH_BITS)?;
        let length = u32::try_from(text.len()).ok().filter(|length| length >> LENGTH_BITS == 0)?;
        Some(start << LENGTH_BITS | length)
    };
    let spans = texts.iter().map(|text| span(text).ok_or(text.as_str())).collect::<std::result::Result<_, _>>()?;
    Ok((packed, spans))
}

/// Split into section and key.
fn split(key: &str) -> (&str, &str) {
    key.split_once('.').unwrap_or((key, ""))
}

/// Convert a key to the name of a variant: `pin_count` to `PinCount`.
fn camel(key: &str) -> String {
    let capital = |word: &str| word.chars().enumerate().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c }).collect::<String>();
    key.split('_').map(capital).collect()
}

/// Convert a key or tag to the name of a constant: `problem.too_long` to `PROBLEM_TOO_LONG`, `zh-Hant` to `ZH_HANT`.
fn constant(key: &str) -> String {
    key.replace(['.', '-'], "_").to_ascii_uppercase()
}

fn in_form(value: &Value, form: Form) -> &str {
    match value {
        Value::Text(text) => text,
        // A language without this form never looks it up.
        Value::Forms(forms) => {
            let find = |form: Form| forms.iter().find(|(given, _)| *given == form).map(|(_, text)| text.as_str());
            find(form).or_else(|| find(Form::Other)).unwrap_or_default()
        }
        Value::List(_) => "",
    }
}

/// Replace the names of arguments, which are for translators, by numbers.
fn numbered(text: &str, order: &[String]) -> String {
    order.iter().enumerate().fold(text.to_owned(), |text, (number, name)| text.replace(&format!("{{{name}}}"), &format!("{{{number}}}")))
}
