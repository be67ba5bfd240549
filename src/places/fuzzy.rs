//! How far two words are from each other, for the last step of a search.

/// A word that may have been typed with mistakes.
pub(super) struct Word {
    letters: Vec<char>,
    most: usize,
}

impl Word {
    /// Take a key or folded kanji. Short words must be right, else nearly everything is near; a kanji says as much as several letters.
    pub(super) fn new(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let most = match (text.is_ascii(), letters.len()) {
            (true, 0..=3) | (false, 0..=2) => 0,
            (true, 4..=6) | (false, _) => 1,
            (true, _) => 2,
        };
        Self { letters, most }
    }

    /// How many mistakes make this word from the parts of a name, written together; nothing when too many.
    pub(super) fn mistakes(&self, parts: &[&str]) -> Option<usize> {
        let length: usize = parts.iter().map(|part| part.chars().count()).sum();
        if self.most == 0 || length.abs_diff(self.letters.len()) > self.most {
            return None;
        }
        let name: Vec<char> = parts.iter().flat_map(|part| part.chars()).collect();
        Some(distance(&self.letters, &name)).filter(|mistakes| *mistakes <= self.most)
    }
}

/// The fewest insertions, deletions, replacements and swaps of neighbours that make `b` from `a` (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    // The rows of the table for a[..i-2], a[..i-1] and a[..i].
    let mut before: Vec<usize> = Vec::with_capacity(b.len() + 1);
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut row: Vec<usize> = Vec::with_capacity(b.len() + 1);
    let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or_default();
    for (i, x) in a.iter().enumerate() {
        row.clear();
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let mut best = (cell(&above, j) + usize::from(x != y)).min(cell(&above, j + 1) + 1).min(cell(&row, j) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                best = best.min(cell(&before, j - 1) + 1);
            }
            row.push(best);
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    cell(&above, b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_counted() {
        for (a, b, expected) in
            [("osaka", "osaka", 0), ("osaka", "oska", 1), ("osaka", "osaak", 1), ("osaka", "osako", 1), ("", "abc", 3), ("abc", "", 3)]
        {
            let letters = |text: &str| text.chars().collect::<Vec<char>>();
            assert_eq!(distance(&letters(a), &letters(b)), expected, "{a} {b}");
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
