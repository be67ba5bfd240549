//! The list of languages, one line each. `README.md` describes how to add one. The build script also reads this file.

use super::plural::Plural;

macro_rules! listed {
    ($first:literal $(, $more:literal)*) => { concat!("Language: ", $first, $(", ", $more),*) };
}

macro_rules! languages {
    ($($(#[$meta:meta])+ $name:ident = $tag:literal, $own:literal, $plural:ident;)+) => {
        /// A language of the program.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Lang { $($(#[$meta])+ $name,)+ }

        impl Lang {
            /// Every language, in the order of the language page.
            pub const ALL: &'static [Lang] = &[$(Lang::$name,)+];

            /// The help text of `--lang`.
            pub const FLAG_HELP: &'static str = listed!($($tag),+);

            /// Return the BCP 47 tag.
            pub const fn tag(self) -> &'static str {
                match self { $(Lang::$name => $tag,)+ }
            }

            /// Return the language's own name.
            pub const fn name(self) -> &'static str {
                match self { $(Lang::$name => $own,)+ }
            }

            /// Return its plural rule.
            pub const fn plural(self) -> Plural {
                match self { $(Lang::$name => Plural::$plural,)+ }
            }
        }
    };
}

// Tag and file name; own name; plural rule. The first is the original.
languages! {
    /// Japanese, with the easy line of the official screens.
    #[default]
    Ja = "ja", "日本語", Other;
    /// English, with the official Japanese label beside it.
    En = "en", "English", One;
}
