//! Edit distance between words, for the last step of a search.

use super::letter_set::Letters;

/// Maximum number of mistakes.
const MOST: usize = 2;

/// Relevant cells of a table row for `MOST` mistakes.
const BAND: usize = 2 * MOST + 1;

/// A typed word that may contain mistakes.
pub(super) struct Word {
    letters: Vec<char>,
    most: usize,
    set: Letters,
    is_ascii: bool,
}

impl Word {
    /// Take a key or folded kanji. Short words allow no mistakes, because nearly everything is close to them; a kanji carries as much
    /// information as several letters.
    pub(super) fn new(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let most = match (text.is_ascii(), letters.len()) {
            (true, 0..=3) | (false, 0..=2) => 0,
            (true, 4..=6) | (false, _) => 1,
            (true, _) => MOST,
        };
        Self { letters, most, set: Letters::of(&[text]), is_ascii: text.is_ascii() }
    }

    /// Return whether it may contain no mistake, being short.
    pub(super) const fn allows_none(&self) -> bool {
        self.most == 0
    }

    /// Return whether a name that holds these letters and no others may be near. Each mistake brings or takes one letter at most.
    pub(super) const fn may_be_within(&self, letters: Letters) -> bool {
        self.most > 0 && self.set.beyond(letters) <= self.most
    }

    /// Return the number of mistakes between this word and the concatenated parts of a name; `None` if there are too many.
    ///
    /// This is the optimal string alignment distance (insertions, deletions, replacements, swaps of neighbours). Only table cells within
    /// `most` of the diagonal are computed, and it stops as soon as none of them can succeed.
    pub(super) fn mistakes(&self, parts: &[&str]) -> Option<usize> {
        let count = |part: &&str| if self.is_ascii { part.len() } else { part.chars().count() };
        let length: usize = parts.iter().map(count).sum();
        // A name in the other script is as far away as its bytes say, or further.
        if self.most == 0 || length.abs_diff(self.letters.len()) > self.most {
            return None;
        }
        let set = Letters::of(parts);
        if !self.may_be_within(set) || set.beyond(self.set) > self.most {
            return None;
        }
        let too_many = self.most + 1;
        // In each row, index `p` is column `row + p - most`, the number of letters of this word compared so far.
        let (mut before, mut above) = ([too_many; BAND], [too_many; BAND]);
        for (place, cell) in above.iter_mut().enumerate() {
            *cell = place.checked_sub(self.most).map_or(too_many, |column| column.min(too_many));
        }
        let mut last = None;
        for (row, letter) in (1..).zip(parts.iter().flat_map(|part| part.chars())) {
            let mut cells = [too_many; BAND];
            let mut left = too_many;
            for (place, cell) in cells.iter_mut().enumerate().take(2 * self.most + 1) {
                let Some(column) = (row + place).checked_sub(self.most).filter(|column| *column <= self.letters.len()) else { continue };
                let of = |band: &[usize; BAND], place: usize| band.get(place).copied().unwrap_or(too_many);
                let mut best = (of(&above, place + 1) + 1).min(left + 1);
                match column.checked_sub(1).map(|here| (self.letters.get(here), here.checked_sub(1).and_then(|one| self.letters.get(one))))
                {
                    None => best = row,
                    Some((here, earlier)) => {
                        best = best.min(of(&above, place) + usize::from(here != Some(&letter)));
                        if last.is_some() && here == last.as_ref() && earlier == Some(&letter) {
                            best = best.min(of(&before, place) + 1);
                        }
                    }
                }
                left = best.min(too_many);
                *cell = left;
            }
            // A swap refers back two rows, so the last two must both be hopeless.
            if cells.iter().chain(&above).all(|mistakes| *mistakes >= too_many) {
                return None;
            }
            (before, above, last) = (above, cells, Some(letter));
        }
        let end = (self.letters.len() + self.most).checked_sub(length)?;
        above.get(end).copied().filter(|mistakes| *mistakes <= self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same distance by the full table.
    fn distance(a: &[char], b: &[char]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i.min(j) == 0 {
                    i.max(j)
                } else {
                    let best = (table[i - 1][j] + 1).min(table[i][j - 1] + 1).min(table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]));
                    let is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    if is_swap { best.min(table[i - 2][j - 2] + 1) } else { best }
                };
            }
        }
        table[a.len()][b.len()]
    }

    proptest! {
        #[test]
        fn mistakes_are_those_of_the_whole_table(typed in "[a-c]{1,9}|[市区町]{1,6}", name in "[a-c]{0,10}|[市区町]{0,7}", at in 0_usize..10) {
            let word = Word::new(&typed);
            let letters = |text: &str| text.chars().collect::<Vec<char>>();
            let whole = Some(distance(&letters(&typed), &letters(&name))).filter(|mistakes| word.most > 0 && *mistakes <= word.most);
            let (one, two): (String, String) = (name.chars().take(at).collect(), name.chars().skip(at).collect());
            prop_assert_eq!(word.mistakes(&[&one, &two]), whole);
        }
    }

    #[test]
    fn mistakes_are_counted() {
        for (typed, name, mistakes) in
            [("osaka", "osaka", 0), ("osaka", "oska", 1), ("osaka", "osaak", 1), ("osaka", "osako", 1), ("osakasi", "osaka", 2)]
        {
            assert_eq!(Word::new(typed).mistakes(&[name]), Some(mistakes), "{typed} {name}");
        }
    }

    #[test]
    fn words_too_far_apart_are_given_up() {
        assert_eq!(Word::new("osaka").mistakes(&["kasai"]), None);
        assert_eq!(Word::new("osaka").mistakes(&["osaka", "sayama"]), None);
        assert_eq!(Word::new("yokosuak").mistakes(&["yoko", "suka"]), Some(1));
    }

    #[test]
    fn a_short_word_is_never_near() {
        assert_eq!(Word::new("otu").mistakes(&["otsu"]), None);
        assert_eq!(Word::new("新縮").mistakes(&["新宿"]), None);
    }
}
