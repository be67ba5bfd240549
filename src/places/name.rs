//! The name of a municipality in one script, and how well it matches a query.

use super::fuzzy::Word;
use super::table::{self, Column};
use super::{Kind, Municipality, Prefecture, kanji, key, prefectures};
use memchr::memmem;
use std::borrow::Cow;
use std::ops::Range;

/// How well a municipality's name matches, in order of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The full name, with or without county and prefecture.
    Whole,
    /// The full name except 市区町村, or except the city of a ward.
    Exact,
    /// The full county or designated city.
    Lead,
    Prefix,
    LeadPrefix,
    Prefecture,
    Substring,
}

/// The representation in which names are compared.
#[derive(Clone, Copy)]
pub(super) enum Script {
    /// Folded kanji.
    Kanji,
    /// Keys of readings.
    Reading,
}

impl Script {
    pub(super) const fn lines(self) -> table::Names {
        match self {
            Self::Kanji => table::Names::Kanji,
            Self::Reading => table::Names::Keys,
        }
    }

    pub(super) const fn of_prefecture(self, prefecture: &Prefecture) -> [&'static str; 2] {
        match self {
            Self::Kanji => [prefecture.name, prefecture.short],
            Self::Reading => [prefecture.key, prefecture.stem_key],
        }
    }
}

/// Return the municipalities of a scope that may have a rank: all that do and few others, so that few names need a full comparison.
pub(super) fn candidates(scope: &Range<u16>, script: Script, typed: &str) -> Vec<u16> {
    let lines = script.lines();
    // A single Latin letter occurs in nearly every name, but ranks only where a part begins with it.
    let is_part = |index: &u16| typed.len() > 1 || lines.line(*index).iter().any(|part| part.starts_with(typed));
    let mut found: Vec<u16> = lines.with(typed).filter(is_part).collect();
    if let Some(first) = typed.bytes().next() {
        let led = scope.clone().filter(|index| lines.begins(*index, first));
        found.extend(led.filter(|index| lines.line(*index).iter().take(2).any(|lead| may_begin(lead, typed))));
    }
    let is_meant = |prefecture: &&Prefecture| script.of_prefecture(prefecture).iter().any(|name| may_begin(name, typed));
    found.extend(prefectures().iter().filter(is_meant).flat_map(|prefecture| table::scope(Some(prefecture.code))));
    if matches!(script, Script::Kanji) {
        found.extend(table::with_other_names());
    }
    found.retain(|index| scope.contains(index));
    found.sort_unstable();
    found.dedup();
    found
}

/// What is left of a name behind a query that it begins with.
enum Left {
    Nothing,
    /// 市, 区, 町, 村, or its reading.
    Kind,
    More,
}

impl Left {
    const fn rank(self) -> Rank {
        match self {
            Self::Nothing => Rank::Whole,
            Self::Kind => Rank::Exact,
            Self::More => Rank::Prefix,
        }
    }
}

/// The parts of a municipality's name in one script, folded.
pub(super) struct Name {
    own: Cow<'static, str>,
    /// 市, 区, 町, 村, or its reading.
    kind: &'static str,
    /// The county or the ward's city, with and without 郡 or 市; empty if there is none.
    lead: Cow<'static, str>,
    lead_stem: Cow<'static, str>,
    prefecture: &'static Prefecture,
    script: Script,
    /// Whether it is a ward, whose full name includes its city.
    is_ward: bool,
    /// The listed name, if it is a former one.
    pub(super) former: Option<&'static str>,
}

/// Return the names of a municipality: the current one first; in kanji also alternative spellings and former names.
pub(super) fn names(index: u16, script: Script) -> impl Iterator<Item = Name> {
    let column = move |column| table::municipality(index, column);
    let prefecture = Municipality(index).in_prefecture();
    let is_ward = Municipality(index).kind() == Kind::Ward;
    let [lead, lead_stem, own] = script.lines().line(index);
    let kind = match script {
        Script::Reading => column(Column::Romaji).rsplit('-').next().unwrap_or_default(),
        Script::Kanji => last_character(own),
    };
    let listed = Name { own: own.into(), kind, lead: lead.into(), lead_stem: lead_stem.into(), prefecture, script, is_ward, former: None };
    let others = matches!(script, Script::Kanji).then(|| {
        let aliases = table::municipality_list(index, Column::Aliases).map(move |alias| (column(Column::County), alias, None));
        let former = table::municipality_list(index, Column::Former).map(|name| {
            let at = name.find(['郡', '市']).map_or(0, |at| at + '郡'.len_utf8());
            let (lead, own) = name.split_at_checked(at).filter(|(_, own)| !own.is_empty()).unwrap_or(("", name));
            (lead, own, Some(name))
        });
        aliases.chain(former).map(move |(lead, own, former)| {
            let folded = |text: &str| Cow::Owned(text.chars().map(kanji::fold).collect());
            let lead_stem = lead.strip_suffix(last_character(lead)).unwrap_or_default();
            Name {
                own: folded(own),
                kind: last_character(own),
                lead: folded(lead),
                lead_stem: folded(lead_stem),
                prefecture,
                script,
                is_ward,
                former,
            }
        })
    });
    std::iter::once(listed).chain(others.into_iter().flatten())
}

fn last_character(text: &str) -> &str {
    text.char_indices().next_back().and_then(|(at, _)| text.get(at..)).unwrap_or_default()
}

impl Name {
    /// Compare a query with parts of a name as if they were typed together; `None` if they do not begin with it.
    fn left(&self, parts: &[&str], typed: &str) -> Option<Left> {
        let bytes = parts.iter().flat_map(|part| part.bytes());
        match self.script {
            Script::Kanji => self.left_of(bytes, typed),
            Script::Reading => self.left_of(key::squeezed(bytes), typed),
        }
    }

    fn left_of(&self, mut name: impl Iterator<Item = u8>, typed: &str) -> Option<Left> {
        if !typed.bytes().all(|wanted| name.next() == Some(wanted)) {
            return None;
        }
        let mut kind = self.kind.bytes();
        Some(match name.next() {
            None => Left::Nothing,
            first if first == kind.next() && name.eq(kind) => Left::Kind,
            Some(_) => Left::More,
        })
    }

    /// Compare with a query. `wanted` searches for the same query inside a name.
    pub(super) fn rank(&self, typed: &str, wanted: &memmem::Finder<'_>) -> Option<Rank> {
        let own = self.begins(&self.own, typed).map(|rank| if self.is_ward { rank.max(Rank::Exact) } else { rank });
        let led = [&self.lead, &self.lead_stem]
            .into_iter()
            .filter(|lead| may_begin(lead, typed))
            .filter_map(|lead| self.behind_lead("", lead, typed));
        let prefectures = self.script.of_prefecture(self.prefecture).into_iter().filter(|prefecture| may_begin(prefecture, typed));
        let whole = prefectures.filter_map(|prefecture| self.behind_prefecture(prefecture, typed));
        own.into_iter().chain(led).chain(whole).min().or_else(|| {
            // A single Latin letter occurs in nearly every name.
            let inside = typed.len() > 1 && (wanted.find(self.own.as_bytes()).is_some() || wanted.find(self.lead.as_bytes()).is_some());
            inside.then_some(Rank::Substring)
        })
    }

    fn begins(&self, name: &str, typed: &str) -> Option<Rank> {
        Some(match name.strip_prefix(typed)? {
            "" => Rank::Whole,
            rest if rest == self.kind => Rank::Exact,
            _ => Rank::Prefix,
        })
    }

    fn behind_prefecture(&self, prefecture: &str, typed: &str) -> Option<Rank> {
        if prefecture.starts_with(typed) {
            return Some(Rank::Prefecture);
        }
        let leads = [&self.lead, &self.lead_stem].into_iter().filter(|lead| !lead.is_empty());
        let led = leads.filter_map(|lead| self.behind_lead(prefecture, lead, typed));
        led.chain(self.left(&[prefecture, &self.own], typed).map(Left::rank)).min()
    }

    fn behind_lead(&self, prefecture: &str, lead: &str, typed: &str) -> Option<Rank> {
        match self.left(&[prefecture, lead], typed) {
            Some(Left::Nothing) => Some(Rank::Lead),
            Some(_) => Some(Rank::LeadPrefix),
            None => self.left(&[prefecture, lead, &self.own], typed).map(Left::rank),
        }
    }

    /// Return the number of mistakes between this name and a query.
    pub(super) fn mistakes(&self, typed: &Word) -> Option<usize> {
        let own: &str = &self.own;
        let stem = own.strip_suffix(self.kind).unwrap_or(own);
        let (lead, lead_stem): (&str, &str) = (&self.lead, &self.lead_stem);
        let [prefecture, prefecture_stem] = self.script.of_prefecture(self.prefecture);
        let forms: [&[&str]; 6] = [&[own], &[stem], &[lead, own], &[lead_stem, stem], &[prefecture, lead, own], &[prefecture_stem, stem]];
        forms.iter().filter_map(|form| typed.mistakes(form)).min()
    }
}

/// Return whether `typed` may start with `part` or end inside it. The last letter is not compared, because it may have merged with the next
/// part.
fn may_begin(part: &str, typed: &str) -> bool {
    let sure = last_character(part).len().abs_diff(part.len()).min(typed.len());
    !part.is_empty() && part.as_bytes().get(..sure) == typed.as_bytes().get(..sure)
}
