//! The kinds of mail, by which the store names them.

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal;)+) => {
        /// The kind of a mail.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(in crate::service) enum Kind { $($(#[doc = $doc])+ $name,)+ }

        impl Kind {
            /// Every kind.
            pub(in crate::service) const ALL: &[Kind] = &[$(Kind::$name,)+];

            /// Return its name in the store.
            pub(in crate::service) const fn word(self) -> &'static str {
                match self { $(Kind::$name => $word,)+ }
            }

            /// Find a kind by its name in the store.
            pub(in crate::service) fn from_word(word: &str) -> Option<Kind> {
                Kind::ALL.iter().copied().find(|kind| kind.word() == word)
            }
        }
    };
}

kinds! {
    /// Registration completed, with the link to set the first password.
    Registered = "registered";
    /// The password was set; contains the 認証ID.
    PasswordSet = "password_set";
    /// A new link to the password page, requested with the card.
    PasswordLink = "password_link";
    /// The 認証ID, requested with the card.
    Reminder = "reminder";
    /// The mail address was changed; sent to the old address.
    AddressChanged = "address_changed";
}

impl Kind {
    /// Return whether the mail contains a link to the password page.
    pub(super) const fn has_link(self) -> bool {
        matches!(self, Kind::Registered | Kind::PasswordLink)
    }
}
