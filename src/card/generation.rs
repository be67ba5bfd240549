//! Differences between generations of the card, one row each. Common commands are in `jpki`.

use super::Purpose;

/// File identifiers of a purpose.
pub(super) struct FileIds {
    pub(super) certificate: u16,
    pub(super) authority: u16,
    pub(super) key: u16,
    pub(super) pin: u16,
}

/// A generation of the card.
pub(super) struct Generation {
    /// AID of the 公的個人認証AP.
    pub(super) aid: &'static [u8],
    /// Digits that may follow `JPKIAPICCTOKEN` in its token label.
    pub(super) labels: &'static [u8],
    signing: FileIds,
    authentication: FileIds,
}

impl Generation {
    /// Return the files of a purpose.
    pub(super) const fn files(&self, purpose: Purpose) -> &FileIds {
        match purpose {
            Purpose::Signing => &self.signing,
            Purpose::Authentication => &self.authentication,
        }
    }
}

/// The current card (jpki-card.md §1 and §2). Higher label digits are treated alike until more is known (§7): how a key signs is told by its
/// certificate (`signing`), which refuses a key of an unknown kind.
pub(super) static SECOND: Generation = Generation {
    aid: &[0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01],
    labels: b"23456789",
    signing: FileIds { certificate: 0x0001, authority: 0x0002, key: 0x001A, pin: 0x001B },
    authentication: FileIds { certificate: 0x000A, authority: 0x000B, key: 0x0017, pin: 0x0018 },
};

/// Every generation supported, most common first: their applications are selected in this order.
pub(super) static GENERATIONS: [&Generation; 1] = [&SECOND];
