//! Maps tags to languages: BCP 47 (`zh-Hant-TW`, `pt-BR`) and POSIX locale names (`ne_NP.UTF-8`, `C`).

use super::Lang;

/// The parts of a tag that select a language.
#[derive(Debug, PartialEq, Eq)]
struct Parts {
    /// ISO 639, in the shortest code.
    language: String,
    /// ISO 15924. Only kept for Chinese, whose two scripts not every reader can read.
    script: Option<&'static str>,
    /// ISO 3166 or UN M.49.
    region: Option<String>,
}

impl Parts {
    fn of(tag: &str) -> Option<Parts> {
        // POSIX: language_TERRITORY.codeset@modifier.
        let tag = tag.split(['.', '@']).next().unwrap_or_default();
        let mut subtags = tag.split(['-', '_']).map(str::to_ascii_lowercase);
        let mut language = subtags.next().filter(|language| matches!(language.len(), 2 | 3))?;
        let (mut script, mut region) = (None, None);
        for subtag in subtags {
            match (subtag.len(), subtag.as_str()) {
                // Extensions and private use do not affect the language.
                (1, _) => break,
                // An extended language subtag replaces the language: zh-yue.
                (3, _) if region.is_none() && script.is_none() && subtag.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                    language = subtag
                }
                (4, "hans") => script = Some("hans"),
                (4, "hant") => script = Some("hant"),
                (2, _) => region = Some(subtag),
                (3, _) if subtag.bytes().all(|byte| byte.is_ascii_digit()) => region = Some(subtag),
                _ => (),
            }
        }
        // Aliases in the IANA subtag registry: withdrawn codes, Mandarin for Chinese, and Tagalog for Filipino.
        let language = match language.as_str() {
            "tl" | "tgl" => "fil",
            "in" => "id",
            "cmn" => "zh",
            same => same,
        }
        .to_owned();
        let script = match (language.as_str(), script, region.as_deref()) {
            ("zh", None, Some("tw" | "hk" | "mo")) => Some("hant"),
            ("zh", None, _) => Some("hans"),
            ("zh", script, _) => script,
            _ => None,
        };
        Some(Parts { language, script, region })
    }
}

impl Lang {
    /// Find the language of a BCP 47 tag or a POSIX locale (`ja_JP.UTF-8`, `en-GB`). A missing or different region still matches; a
    /// different script does not.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        among(Lang::ALL.iter().map(|lang| (lang.tag(), *lang)), tag)
    }

    /// Choose the language for a system locale. Any other language gets English, with Japanese beside it, as does the locale `C`, whose
    /// messages are English by convention.
    pub fn of_system(locale: &str) -> Lang {
        Lang::from_tag(locale).unwrap_or(Lang::En)
    }
}

/// Find the best match for a tag: the region decides among those with the same language and script.
fn among<T>(languages: impl Iterator<Item = (&'static str, T)>, tag: &str) -> Option<T> {
    let wanted = Parts::of(tag)?;
    let mut found: Option<(bool, T)> = None;
    for (tag, language) in languages {
        let Some(parts) = Parts::of(tag).filter(|parts| parts.language == wanted.language && parts.script == wanted.script) else {
            continue;
        };
        let is_region = parts.region.is_some() && parts.region == wanted.region;
        if found.as_ref().is_none_or(|(was_region, _)| is_region && !was_region) {
            found = Some((is_region, language));
        }
    }
    found.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::{Lang, among};

    const TAGS: [&str; 10] = ["ja", "en", "zh-Hans", "zh-Hant", "ko", "pt-BR", "pt-PT", "fil", "ne", "id"];

    #[test]
    fn a_language_is_found_by_its_tag_and_by_the_system_s_name_of_it() {
        for (tag, found) in [
            ("ja", "ja"),
            ("ja_JP.eucJP", "ja"),
            ("JA-jp", "ja"),
            ("ja-Jpan-JP-u-ca-japanese", "ja"),
            ("en_US.UTF-8", "en"),
            ("en-001", "en"),
            ("zh", "zh-Hans"),
            ("zh-Hans-SG", "zh-Hans"),
            ("zh_CN.GB18030", "zh-Hans"),
            ("zh-cmn-Hans", "zh-Hans"),
            ("zh-TW", "zh-Hant"),
            ("zh_HK.UTF-8", "zh-Hant"),
            ("zh-Hant", "zh-Hant"),
            ("zh-hant-cn", "zh-Hant"),
            ("pt", "pt-BR"),
            ("pt-BR", "pt-BR"),
            ("pt_PT@euro", "pt-PT"),
            ("pt-AO", "pt-BR"),
            ("fil-PH", "fil"),
            ("tl_PH.UTF-8", "fil"),
            ("ne_NP.UTF-8", "ne"),
            ("in", "id"),
        ] {
            assert_eq!(among(TAGS.iter().map(|tag| (*tag, *tag)), tag), Some(found), "{tag}");
        }
        for tag in ["", "C", "C.UTF-8", "POSIX", "vi-VN", "zh-yue", "nep", "x-japanese", "日本語", "*"] {
            assert_eq!(among(TAGS.iter().map(|tag| (*tag, *tag)), tag), None, "{tag}");
        }
    }

    #[test]
    fn a_script_that_is_not_there_is_not_replaced_by_another() {
        assert_eq!(among([("zh-Hans", ())].into_iter(), "zh-TW"), None);
    }

    #[test]
    fn whoever_reads_none_of_the_languages_gets_english_from_the_system() {
        for (locale, lang) in [
            ("ja_JP.eucJP", Lang::Ja),
            ("en-GB", Lang::En),
            ("xx_YY", Lang::En),
            ("C", Lang::En),
            ("POSIX", Lang::En),
            ("C.UTF-8", Lang::En),
        ] {
            assert_eq!(Lang::of_system(locale), lang, "{locale}");
        }
        assert_eq!(Lang::from_tag("xx"), None, "who asks for a language by name is told that it is not there");
    }
}
