//! State of the municipality picker: 都道府県, then 市区町村, as in the original, or a search. `places` provides the rows.

use crate::app::state::line::Line;
use crate::app::state::paste::Pasted;
use crate::places::{self, Hit, Matched, Municipality, Prefecture};
use crossterm::event::KeyEvent;
use std::collections::BTreeSet;

/// Maximum number of search hits.
pub const OFFERED: usize = 200;
/// Maximum length of the query in characters: longer than every place name, yet quick to search.
const MAX_TYPED: usize = 100;

/// State of the picker.
pub struct Picker {
    /// The selected prefecture, whose municipalities are listed; what is typed is searched in all of Japan, there first.
    pub prefecture: Option<&'static Prefecture>,
    /// The query as typed.
    pub query: Line,
    /// Length in characters of a paste that was refused as too long.
    pub refused_paste: Option<usize>,
    /// The rows.
    pub rows: Rows,
    /// The selected row.
    pub row: usize,
    /// The municipality already chosen, which `back` selects again.
    present: Option<Municipality>,
    /// The municipality of the card, whose prefecture comes first where none is selected.
    card: Option<Municipality>,
}

/// The rows of the picker.
pub enum Rows {
    /// 検索条件: the 47 prefectures.
    Prefectures,
    /// 検索結果: municipalities, some with a town.
    Places(Vec<Hit>),
}

/// Return the place of a hit's prefecture, from north to south.
fn prefecture_of(hit: &Hit) -> Option<usize> {
    places::prefectures().iter().position(|prefecture| hit.municipality.code().starts_with(prefecture.code))
}

/// Return a municipality as a row of its prefecture's list.
fn listed(municipality: Municipality) -> Hit {
    Hit { municipality, town: None, how: Matched::Code }
}

impl Picker {
    /// Open the picker in the prefecture of the municipality already chosen; the prefecture of the card comes first in a search.
    pub fn new(chosen: Option<Municipality>, card: Option<Municipality>) -> Picker {
        let mut picker = Picker {
            prefecture: None,
            query: Line::default(),
            refused_paste: None,
            rows: Rows::Prefectures,
            row: 0,
            present: chosen,
            card,
        };
        if let Some(place) = chosen {
            picker.prefecture = places::prefectures().iter().find(|prefecture| place.code().starts_with(prefecture.code));
            picker.search();
            picker.go_to_present();
        }
        picker
    }

    /// Select the row of the municipality already chosen, or of its prefecture, if listed.
    fn go_to_present(&mut self) {
        let Some(present) = self.present else { return };
        let row = match &self.rows {
            Rows::Prefectures => places::prefectures().iter().position(|prefecture| present.code().starts_with(prefecture.code)),
            Rows::Places(hits) => hits.iter().position(|hit| hit.municipality.code() == present.code()),
        };
        self.row = row.unwrap_or(0);
    }

    /// Return the number of rows.
    pub fn len(&self) -> usize {
        match &self.rows {
            Rows::Prefectures => places::prefectures().len(),
            Rows::Places(hits) => hits.len(),
        }
    }

    /// Return whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Edit the query.
    pub(in crate::app) fn edit(&mut self, key: KeyEvent) {
        let before = self.query.value().to_owned();
        self.query.edit(key, MAX_TYPED);
        if self.query.value() != before {
            self.search();
        }
    }

    /// Insert pasted text, or refuse it whole if the query would exceed `MAX_TYPED`.
    pub fn paste(&mut self, pasted: &Pasted) {
        let text = pasted.text().trim();
        let size = if pasted.is_whole() { text.chars().count() } else { pasted.letters() };
        if !pasted.is_whole() || self.query.len() + size > MAX_TYPED {
            self.refused_paste = Some(size);
            return;
        }
        self.query.insert(&text.replace(char::is_control, " "));
        self.search();
    }

    /// Search the whole country for a text, in place of what was typed.
    pub(in crate::app) fn set(&mut self, text: &str) {
        (self.prefecture, self.query) = (None, Line::default());
        self.search();
        self.paste(&Pasted::new(text.to_owned()));
    }

    /// Update the rows from the query and select the first.
    pub fn search(&mut self) {
        let within = self.prefecture.map(|prefecture| prefecture.code);
        let query = self.query.value().trim();
        self.rows = match (query, within) {
            ("", None) => Rows::Prefectures,
            ("", Some(code)) => Rows::Places(places::municipalities(code).map(listed).collect()),
            (query, within) => {
                let near = self.card.or(self.present).and_then(|place| place.code().get(..2));
                Rows::Places(places::search_from(within.or(near), query, OFFERED))
            }
        };
        self.row = 0;
        self.refused_paste = None;
    }

    /// Move the selection by `by` rows, stopping at the ends.
    pub fn step(&mut self, by: isize) {
        self.row = self.row.saturating_add_signed(by).min(self.len().saturating_sub(1));
    }

    /// Return the place of the prefecture that the selected row is, or is in.
    pub fn present_prefecture(&self) -> Option<usize> {
        match &self.rows {
            Rows::Prefectures => Some(self.row),
            Rows::Places(hits) => hits.get(self.row).and_then(prefecture_of),
        }
    }

    /// Return the places of the prefectures that can be gone to: those with matches; all, if nothing was typed.
    pub fn open_prefectures(&self) -> BTreeSet<usize> {
        match &self.rows {
            Rows::Places(hits) if !self.query.value().trim().is_empty() => hits.iter().filter_map(prefecture_of).collect(),
            _ => (0..places::prefectures().len()).collect(),
        }
    }

    /// Go to the next or the previous prefecture that can be gone to, from the last one to the first.
    pub(in crate::app) fn turn(&mut self, by: isize) {
        let (open, here) = (self.open_prefectures(), self.present_prefecture().unwrap_or(0));
        let next = if by > 0 { open.range(here + 1..).chain(&open).next() } else { open.range(..here).next_back().or(open.last()) };
        match (next, &self.rows) {
            (Some(next), Rows::Prefectures) => self.row = *next,
            (Some(next), Rows::Places(_)) => self.go_to(*next),
            (None, _) => {}
        }
    }

    /// Go to the first match in a prefecture; if there is none, list its municipalities.
    pub(in crate::app) fn go_to(&mut self, place: usize) {
        let Some(prefecture) = places::prefectures().get(place) else { return };
        let first = match &self.rows {
            Rows::Places(hits) if !self.query.value().trim().is_empty() => hits.iter().position(|hit| prefecture_of(hit) == Some(place)),
            _ => None,
        };
        if let Some(first) = first {
            self.row = first;
            return;
        }
        (self.prefecture, self.query) = (Some(prefecture), Line::default());
        self.search();
    }

    /// Choose the selected row: a prefecture lists its municipalities; a place is returned.
    pub fn choose(&mut self) -> Option<Hit> {
        match &self.rows {
            Rows::Prefectures => {
                self.prefecture = places::prefectures().get(self.row);
                self.search();
                None
            }
            Rows::Places(hits) => hits.get(self.row).cloned(),
        }
    }

    /// Go one step back: clear the query, else the prefecture; return whether there was anything to clear.
    pub fn back(&mut self) -> bool {
        let stepped = !self.query.value().is_empty() || self.prefecture.is_some();
        if !self.query.value().is_empty() {
            self.query = Line::default();
        } else {
            self.prefecture = None;
        }
        self.search();
        self.go_to_present();
        stepped
    }
}
