//! Whether a kiosk reads its pages aloud to its visitor.

/// What is read aloud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speech {
    /// Nothing.
    #[default]
    Off,
    /// Each page, without what is filled in: others may hear it.
    Page,
    /// The present page as a whole, with what is filled in.
    Whole,
}

impl Speech {
    /// Return what the key leads to.
    pub(in crate::app) const fn next(self) -> Speech {
        match self {
            Speech::Off => Speech::Page,
            Speech::Page => Speech::Whole,
            Speech::Whole => Speech::Off,
        }
    }

    /// Return what is read once something else is done: what is filled in was asked for once.
    pub(in crate::app) const fn once(self) -> Speech {
        match self {
            Speech::Whole => Speech::Page,
            other => other,
        }
    }
}
