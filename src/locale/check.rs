//! Parses and checks a language's file; the rules are in `README.md`.
//!
//! Collects all faults, so that a translator sees them at once.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::plural::{Form, Plural};

/// The kind of values in a section.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Texts.
    Texts,
    /// Lists of paragraphs.
    Lists,
    /// Tables of texts and of lists; the lists are named `todo` or `body`.
    Pages,
}

/// The sections of a language's file.
const SECTIONS: &[(&str, Shape)] = &[
    ("text", Shape::Texts),
    ("field", Shape::Texts),
    ("hint", Shape::Texts),
    ("choice", Shape::Texts),
    ("problem", Shape::Texts),
    ("change", Shape::Texts),
    ("warning", Shape::Texts),
    ("action", Shape::Texts),
    ("action_done", Shape::Texts),
    ("shared", Shape::Texts),
    ("help", Shape::Lists),
    ("trouble", Shape::Pages),
    ("password_page", Shape::Texts),
    ("mail", Shape::Pages),
];

/// The sections that only the original has.
const OF_THE_ORIGINAL: &[&str] = &["official", "easy", "arguments"];

/// The keys that each page of a section must have.
const PARTS: &[(&str, &[&str])] = &[("trouble.", &["cause", "title", "todo"]), ("mail.", &["body", "subject"])];

/// Texts common to all mails; not a mail itself.
const MAIL_COMMON: &str = "mail.common";

/// The value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// One text for all numbers.
    Text(String),
    /// A text in its plural forms.
    Forms(Vec<(Form, String)>),
    /// Paragraphs, with those of `[shared]` substituted.
    List(Vec<String>),
}

impl Value {
    /// Return all its texts.
    pub(super) fn texts(&self) -> Vec<&str> {
        match self {
            Value::Text(text) => vec![text],
            Value::Forms(forms) => forms.iter().map(|(_, text)| text.as_str()).collect(),
            Value::List(list) => list.iter().map(String::as_str).collect(),
        }
    }
}

/// A value and its line number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    line: usize,
    /// The value.
    pub(super) value: Value,
}

/// A language's file. Keys include the section: `text.pin_count`, `trouble.ZR101.title`.
#[derive(Default)]
pub(super) struct File {
    name: String,
    /// The values by key.
    pub(super) texts: BTreeMap<String, Entry>,
    /// The argument order by key, where `[arguments]` gives it.
    orders: BTreeMap<String, Vec<String>>,
    /// The faults found.
    pub(super) faults: Vec<String>,
}

impl File {
    /// Parse a language's file.
    pub(super) fn read(name: &str, toml: &str, plural: Plural, is_original: bool) -> File {
        let mut file = File { name: name.to_owned(), ..File::default() };
        match DeTable::parse(toml) {
            Ok(table) => file.sections(toml, table.get_ref(), plural, is_original),
            Err(fault) => file.fault(fault.span().map(|span| line(toml, span.start)), "", fault.message()),
        }
        file.put_shared();
        file
    }

    fn fault(&mut self, line: Option<usize>, key: &str, what: &str) {
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        let key = if key.is_empty() { String::new() } else { format!("{key}: ") };
        self.faults.push(format!("{}{line}: {key}{what}", self.name));
    }

    fn sections(&mut self, toml: &str, table: &DeTable<'_>, plural: Plural, is_original: bool) {
        for (section, content) in table {
            let name = section.get_ref().as_ref();
            let here = Some(line(toml, section.span().start));
            let Some(content) = content.get_ref().as_table() else {
                self.fault(here, name, "stands outside of the sections");
                continue;
            };
            let shape = SECTIONS.iter().find(|(known, _)| *known == name).map(|(_, shape)| *shape);
            match shape {
                Some(Shape::Pages) => {
                    for (page, parts) in content {
                        let key = format!("{name}.{}", page.get_ref());
                        match parts.get_ref().as_table() {
                            Some(parts) => parts.iter().for_each(|(part, value)| {
                                let is_list = matches!(part.get_ref().as_ref(), "todo" | "body");
                                self.entry(toml, format!("{key}.{}", part.get_ref()), part, value, plural, is_list);
                            }),
                            None => self.fault(Some(line(toml, page.span().start)), &key, "is no table"),
                        }
                    }
                }
                Some(shape) => content.iter().for_each(|(key, value)| {
                    self.entry(toml, format!("{name}.{}", key.get_ref()), key, value, plural, shape == Shape::Lists);
                }),
                None if is_original && name == "arguments" => self.orders(toml, content),
                None if is_original && OF_THE_ORIGINAL.contains(&name) => content.iter().for_each(|(key, value)| {
                    self.entry(toml, format!("{name}.{}", key.get_ref()), key, value, plural, false);
                }),
                None => self.fault(here, name, "is no section"),
            }
        }
    }

    fn orders(&mut self, toml: &str, content: &DeTable<'_>) {
        for (key, names) in content {
            let names: Option<Vec<String>> =
                names.get_ref().as_array().and_then(|names| names.iter().map(|name| name.get_ref().as_str().map(str::to_owned)).collect());
            match names {
                Some(names) => drop(self.orders.insert(key.get_ref().to_string(), names)),
                None => self.fault(Some(line(toml, key.span().start)), key.get_ref(), "is no list of names"),
            }
        }
    }

    fn entry(&mut self, toml: &str, key: String, place: &Spanned<impl Sized>, value: &Spanned<DeValue<'_>>, plural: Plural, is_list: bool) {
        let line = line(toml, place.span().start);
        let value = match (value.get_ref(), is_list) {
            (DeValue::String(text), false) => Ok(Value::Text(text.to_string())),
            (DeValue::Table(forms), false) => read_forms(forms, plural),
            (DeValue::Array(list), true) => {
                let list: Option<Vec<String>> = list.iter().map(|text| text.get_ref().as_str().map(str::to_owned)).collect();
                list.filter(|list| !list.is_empty()).map(Value::List).ok_or("must be a list of texts".to_owned())
            }
            (_, true) => Err("must be a list of texts".to_owned()),
            (_, false) => Err("is neither a text nor a table of plural forms".to_owned()),
        };
        match value {
            Ok(value) if value.texts().iter().any(|text| text.trim().is_empty()) => self.fault(Some(line), &key, "is empty"),
            Ok(value) => drop(self.texts.insert(key, Entry { line, value })),
            Err(what) => self.fault(Some(line), &key, &what),
        }
    }

    /// Substitute the paragraphs of `[shared]` where they are named.
    fn put_shared(&mut self) {
        let shared: BTreeMap<String, Entry> = self.texts.extract_if("shared.".to_owned()..="shared.~".to_owned(), |_, _| true).collect();
        let mut named = BTreeSet::new();
        let mut faults = Vec::new();
        for (key, Entry { line, value }) in &mut self.texts {
            let Value::List(list) = value else { continue };
            // In mails, the service substitutes the placeholders.
            for paragraph in list.iter_mut().filter(|_| !key.starts_with("mail.")) {
                let Some(name) = lone(paragraph) else {
                    if paragraph.contains(['{', '}']) {
                        faults.push((*line, key.clone(), format!("braces in \"{paragraph}\": a shared paragraph is named alone")));
                    }
                    continue;
                };
                let name = format!("shared.{name}");
                match shared.get(&name).map(|entry| &entry.value) {
                    Some(Value::Text(text)) => *paragraph = text.clone(),
                    _ => faults.push((*line, key.clone(), format!("there is no {name}"))),
                }
                named.insert(name);
            }
        }
        faults.into_iter().for_each(|(line, key, what)| self.fault(Some(line), &key, &what));
        for (key, entry) in shared.iter().filter(|(key, _)| !named.contains(*key)) {
            self.fault(Some(entry.line), key, "is named nowhere");
        }
    }

    /// Check the original by itself.
    pub(super) fn check_original(&mut self) {
        let mut faults = Vec::new();
        for (key, entry) in self.texts.iter().filter(|(_, entry)| !matches!(entry.value, Value::List(_))) {
            let own = named_in(&entry.value).unwrap_or_default();
            let order = self.orders.get(key);
            if let Err(what) = named_in(&entry.value) {
                faults.push((Some(entry.line), key.clone(), what));
            } else if order.is_some_and(|order| order.iter().collect::<BTreeSet<_>>() != own.iter().collect()) {
                faults.push((Some(entry.line), key.clone(), "has other arguments than [arguments] says".to_owned()));
            } else if order.is_none() && own.len() > 1 {
                faults.push((Some(entry.line), key.clone(), "has several arguments, whose order [arguments] does not say".to_owned()));
            } else if matches!(entry.value, Value::Forms(_)) && !own.contains("count") {
                faults.push((Some(entry.line), key.clone(), "has plural forms but no {count}".to_owned()));
            }
        }
        for key in self.orders.keys().filter(|key| !self.texts.contains_key(*key)) {
            faults.push((None, format!("arguments.{key}"), "there is no such text".to_owned()));
        }
        let pages = |section: &str| -> BTreeSet<String> {
            let pages = self.texts.keys().filter(|key| key.starts_with(section)).filter_map(|key| key.rsplit_once('.'));
            pages.map(|(page, _)| page.to_owned()).filter(|page| page != MAIL_COMMON).collect()
        };
        for (section, parts) in PARTS {
            for page in pages(section) {
                let here: Vec<&str> = self.texts.keys().filter_map(|key| key.strip_prefix(page.as_str())?.strip_prefix('.')).collect();
                if here != *parts {
                    faults.push((None, page, format!("has {here:?} and must have {parts:?}")));
                }
            }
        }
        faults.into_iter().for_each(|(line, key, what)| self.fault(line, &key, &what));
    }

    /// Check a translation against the original.
    pub(super) fn check_against(&mut self, original: &File) {
        // A file that is not TOML is reported once.
        if self.texts.is_empty() && !self.faults.is_empty() {
            return;
        }
        let mut faults = Vec::new();
        for key in original.texts.keys().filter(|key| !OF_THE_ORIGINAL.iter().any(|own| key.split('.').next() == Some(own))) {
            if !self.texts.contains_key(key) && !self.faults.iter().any(|fault| fault.contains(key.as_str())) {
                faults.push((None, key, "is missing".to_owned()));
            }
        }
        for (key, entry) in &self.texts {
            let Some(theirs) = original.texts.get(key) else {
                faults.push((Some(entry.line), key, format!("is unknown: {} has no such key", original.name)));
                continue;
            };
            let wanted = if matches!(theirs.value, Value::List(_)) { listed(&theirs.value) } else { named_in(&theirs.value) };
            let wanted = wanted.unwrap_or_default();
            let mut wrong = |what: String| faults.push((Some(entry.line), key, what));
            if let Value::List(_) = entry.value {
                // In other lists all placeholders have been substituted.
                if key.starts_with("mail.") && listed(&entry.value).as_ref() != Ok(&wanted) {
                    wrong(format!("must name {wanted:?} as the original does, each as a paragraph of its own"));
                }
                continue;
            }
            if matches!(entry.value, Value::Forms(_)) && !wanted.contains("count") {
                wrong("has plural forms, but the original counts nothing here".to_owned());
            }
            match named_in(&entry.value) {
                Err(what) => wrong(what),
                Ok(own) => {
                    own.difference(&wanted).for_each(|name| wrong(format!("{{{name}}} is not in the original")));
                    wanted.difference(&own).for_each(|name| wrong(format!("{{{name}}} is missing")));
                }
            }
        }
        let faults: Vec<_> = faults.into_iter().map(|(line, key, what)| (line, key.clone(), what)).collect();
        faults.into_iter().for_each(|(line, key, what)| self.fault(line, &key, &what));
    }

    /// Return whether a text has a count, which selects the plural form.
    pub(super) fn is_counted(&self, key: &str) -> bool {
        self.texts.get(key).is_some_and(|entry| named_in(&entry.value).is_ok_and(|names| names.contains("count")))
    }

    /// Return the names of a text's arguments, in the order in which the program passes them.
    pub(super) fn arguments(&self, key: &str) -> Vec<String> {
        let own = || self.texts.get(key).and_then(|entry| named_in(&entry.value).ok()).unwrap_or_default().into_iter().collect();
        self.orders.get(key).cloned().unwrap_or_else(own)
    }
}

/// Return the line number of a byte offset.
fn line(toml: &str, byte: usize) -> usize {
    toml.get(..byte).map_or(1, |before| before.matches('\n').count() + 1)
}

fn read_forms(table: &DeTable<'_>, plural: Plural) -> Result<Value, String> {
    let mut forms = Vec::new();
    for (name, text) in table {
        let name = name.get_ref().as_ref();
        let form = Form::ALL.into_iter().find(|form| form.name() == name).ok_or(format!("{name} is no plural form"))?;
        let text = text.get_ref().as_str().ok_or(format!("{name} is no text"))?;
        if !plural.forms().contains(&form) {
            return Err(format!("the language has no plural form {name}"));
        }
        forms.push((form, text.to_owned()));
    }
    match plural.forms().iter().find(|form| !forms.iter().any(|(given, _)| given == *form)) {
        Some(form) => Err(format!("the plural form {} is missing", form.name())),
        None => Ok(Value::Forms(forms)),
    }
}

/// Return the name if a paragraph is only `{name}`.
fn lone(paragraph: &str) -> Option<&str> {
    let name = paragraph.strip_prefix('{')?.strip_suffix('}')?;
    is_name(name).then_some(name)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Return the names that a list has as separate paragraphs.
fn listed(value: &Value) -> Result<BTreeSet<String>, String> {
    let named = value.texts().into_iter().filter(|paragraph| paragraph.contains(['{', '}']));
    named.map(|paragraph| lone(paragraph).map(str::to_owned).ok_or(format!("braces in \"{paragraph}\""))).collect()
}

/// Return the names in braces, which must be the same in every form.
fn named_in(value: &Value) -> Result<BTreeSet<String>, String> {
    let mut all = value.texts().into_iter().map(named);
    let first = all.next().unwrap_or_else(|| Ok(BTreeSet::new()))?;
    all.try_fold(first, |first, next| if next? == first { Ok(first) } else { Err("its plural forms have different arguments".to_owned()) })
}

fn named(text: &str) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    let mut pieces = text.split('{');
    let stray = "a brace that belongs to no {name}".to_owned();
    if pieces.next().is_some_and(|piece| piece.contains('}')) {
        return Err(stray);
    }
    for piece in pieces {
        let (name, rest) = piece.split_once('}').ok_or(stray.clone())?;
        if !is_name(name) || rest.contains('}') {
            return Err(stray);
        }
        names.insert(name.to_owned());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::{File, Plural, Value};

    const ORIGINAL: &str = r#"
[arguments]
"text.two" = ["name", "count"]
[official]
title = "登録"
[text]
plain = "次へ"
count = "{count}文字"
two = "{count}回 {name}"
[shared]
move = "動きます"
[help]
top = ["はじめ", "{move}"]
[trouble.ZR101]
title = "だめ"
cause = "わけ"
todo = ["すること"]
[mail.done]
subject = "件名"
body = ["{link}"]
"#;
    const ENGLISH: &str = r#"
[text]
plain = "Next"
count.one = "{count} character"
count.other = "{count} characters"
two = "{name}: {count}"
[help]
top = ["Begin"]
[trouble.ZR101]
title = "no"
cause = "why"
todo = ["do", "and do"]
[mail.done]
subject = "Subject"
body = ["Open", "{link}"]
"#;

    fn original(toml: &str) -> File {
        let mut file = File::read("ja.toml", toml, Plural::Other, true);
        file.check_original();
        file
    }

    fn english(toml: &str) -> Vec<String> {
        let mut file = File::read("en.toml", toml, Plural::One, false);
        file.check_against(&original(ORIGINAL));
        file.faults
    }

    /// Return the faults of the English file with one line changed.
    fn changed(line: &str, to: &str) -> Vec<String> {
        assert!(ENGLISH.contains(line), "{line}");
        english(&ENGLISH.replace(line, to))
    }

    #[test]
    fn a_complete_language_has_no_faults() {
        assert_eq!(original(ORIGINAL).faults, [""; 0]);
        assert_eq!(english(ENGLISH), [""; 0]);
    }

    #[test]
    fn what_is_missing_unknown_or_empty_is_named_with_its_file_and_line() {
        assert_eq!(changed("plain = \"Next\"\n", ""), ["en.toml: text.plain: is missing"]);
        assert_eq!(changed("plain =", "plane = \"Next\"\nplain ="), ["en.toml:3: text.plane: is unknown: ja.toml has no such key"]);
        assert_eq!(changed("\"Next\"", "\" \""), ["en.toml:3: text.plain: is empty"]);
        assert_eq!(changed("\"and do\"", "\"\""), ["en.toml:12: trouble.ZR101.todo: is empty"]);
        assert_eq!(changed("todo = [\"do\", \"and do\"]", "todo = []"), ["en.toml:12: trouble.ZR101.todo: must be a list of texts"]);
        assert_eq!(changed("[help]", "[halp]"), ["en.toml:7: halp: is no section", "en.toml: help.top: is missing"]);
        assert_eq!(changed("[help]", "[official]\ntitle = \"x\"\n[help]"), ["en.toml:7: official: is no section"]);
        assert_eq!(english("[text").len(), 1, "what is no TOML is told once");
    }

    #[test]
    fn arguments_are_those_of_the_original() {
        assert_eq!(
            changed("{name}: {count}", "{nane}: {count}"),
            ["en.toml:6: text.two: {nane} is not in the original", "en.toml:6: text.two: {name} is missing",]
        );
        assert_eq!(changed("\"Next\"", "\"Next {0}\""), ["en.toml:3: text.plain: {0} is not in the original"]);
        for stray in ["{", "}", "{}", "{Name}", "{a b}", "{a}}"] {
            let faults = changed("\"Next\"", &format!("\"Next {stray}\""));
            assert_eq!(faults, ["en.toml:3: text.plain: a brace that belongs to no {name}"], "{stray}");
        }
        assert_eq!(changed("[\"Open\", \"{link}\"]", "[\"Open {link}\"]").len(), 1);
        assert_eq!(changed("\"{link}\"", "\"{id}\"").len(), 1);
    }

    #[test]
    fn plural_forms_are_those_of_the_language() {
        assert_eq!(changed("count.one = \"{count} character\"\n", ""), ["en.toml:4: text.count: the plural form one is missing"]);
        assert_eq!(changed("count.one", "count.few"), ["en.toml:4: text.count: the language has no plural form few"]);
        assert_eq!(changed("count.one", "count.once"), ["en.toml:4: text.count: once is no plural form"]);
        assert_eq!(changed("{count} character\"", "one character\""), ["en.toml:4: text.count: its plural forms have different arguments"]);
        assert_eq!(
            changed("plain = \"Next\"", "plain = { one = \"a\", other = \"b\" }"),
            ["en.toml:3: text.plain: has plural forms, but the original counts nothing here"]
        );
        assert_eq!(
            changed("count.one = \"{count} character\"\ncount.other = \"{count} characters\"", "count = \"characters: {count}\""),
            [""; 0],
            "a text that is the same for every number needs no forms"
        );
    }

    #[test]
    fn shared_paragraphs_are_put_in_place_and_none_lies_about() {
        let file = original(ORIGINAL);
        let top = file.texts.get("help.top").map(|entry| entry.value.clone());
        assert_eq!(top, Some(Value::List(vec!["はじめ".to_owned(), "動きます".to_owned()])));
        assert_eq!(changed("[\"Begin\"]", "[\"{move}\"]"), ["en.toml:8: help.top: there is no shared.move"]);
        assert_eq!(changed("[help]", "[shared]\nmove = \"Move\"\n[help]"), ["en.toml:8: shared.move: is named nowhere"]);
        assert_eq!(changed("[\"Begin\"]", "[\"Begin {move}\"]").len(), 1);
    }

    #[test]
    fn the_original_says_in_what_order_several_arguments_come() {
        assert_eq!(original(ORIGINAL).arguments("text.two"), ["name", "count"]);
        assert_eq!(original(ORIGINAL).arguments("text.count"), ["count"]);
        for (line, to) in [("[\"name\", \"count\"]", "[\"name\"]"), ("\"text.two\"", "\"text.three\""), ("cause = \"わけ\"\n", "")] {
            assert_ne!(original(&ORIGINAL.replace(line, to)).faults, [""; 0], "{to}");
        }
        assert!(original(ORIGINAL).is_counted("text.two") && !original(ORIGINAL).is_counted("text.plain"));
    }
}
