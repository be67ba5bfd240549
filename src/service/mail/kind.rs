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
    /// A new card has taken the old one's place; contains the link to undo that.
    CardLinked = "card_linked";
    /// A new card may be somebody else's; contains the link to confirm it.
    LinkConfirm = "link_confirm";
    /// The old card is back in its place; contains the link to set a new password.
    LinkUndone = "link_undone";
    /// The password will end; names the day.
    PasswordEnds = "password_ends";
}

/// The page that the link in a mail leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum LinkedPage {
    /// Where the password is set.
    Password,
    /// Where the linking of a card is confirmed or undone.
    Card,
}

impl Kind {
    /// Return the page that the mail contains a link to, if any.
    pub(super) const fn page(self) -> Option<LinkedPage> {
        match self {
            Kind::Registered | Kind::PasswordLink | Kind::LinkUndone => Some(LinkedPage::Password),
            Kind::CardLinked | Kind::LinkConfirm => Some(LinkedPage::Card),
            Kind::PasswordSet | Kind::Reminder | Kind::AddressChanged | Kind::PasswordEnds => None,
        }
    }
}
