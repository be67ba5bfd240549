//! Readers and cards coming and going, without polling.

/// What is seen of readers and cards at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether the PC/SC service answers.
    pub service: bool,
    /// The readers, with whether a card is in each.
    pub readers: Vec<super::Reader>,
}
