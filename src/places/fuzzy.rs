//! How far two words are from each other, for the last step of a search.

/// The fewest insertions, deletions, replacements and swaps of neighbours that make `b` from `a` (optimal string alignment);
/// nothing when more than `most` are needed.
pub(super) fn distance<T: PartialEq>(a: &[T], b: &[T], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    // Rows of the table for a[..i-2], a[..i-1] and a[..i].
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        let mut left = i + 1;
        row.push(left);
        for (j, y) in b.iter().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let mut best = (cell(&above, j) + usize::from(x != y)).min(cell(&above, j + 1) + 1).min(left + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(cell(&before, j - 1) + 1);
            }
            row.push(best);
            left = best;
        }
        if row.iter().min().is_none_or(|least| *least > most) {
            return None;
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().filter(|found| *found <= most)
}

/// How many mistakes a word of this many letters may have: none in the shortest, else nearly everything is near.
pub(super) const fn allowed(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_counted() {
        for (a, b, expected) in
            [("osaka", "osaka", 0), ("osaka", "oska", 1), ("osaka", "osaak", 1), ("osaka", "osako", 1), ("osaka", "kasai", 4)]
        {
            assert_eq!(distance(a.as_bytes(), b.as_bytes(), 9), Some(expected), "{a} {b}");
        }
    }

    #[test]
    fn words_too_far_apart_are_given_up() {
        assert_eq!(distance(b"osaka", b"kasai", 2), None);
        assert_eq!(distance(b"osaka", b"osakasayama", 2), None);
    }
}
