//! The letters of a name or a query as a set of 64 bits. Shared by the build script, for the data, and the search, for the query.

/// The letters of a text, each as one of 64, which others share.
#[derive(Clone, Copy)]
pub(super) struct Letters(pub(super) u64);

impl Letters {
    /// Return the letters of these parts together.
    pub(super) fn of(parts: &[&str]) -> Self {
        Self(parts.iter().flat_map(|part| part.chars()).fold(0, |set, letter| set | 1 << (u32::from(letter) % 64)))
    }

    /// Return how many of these letters are not among the others.
    pub(super) const fn beyond(self, others: Self) -> usize {
        (self.0 & !others.0).count_ones() as usize
    }
}
