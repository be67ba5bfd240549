//! The list of languages, one line each. How one is added stands in `README.md`. The build script reads this file too.

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

            /// What the help of the command line says of `--lang`.
            pub const FLAG_HELP: &'static str = listed!($($tag),+);

            /// Return the BCP 47 tag.
            pub const fn tag(self) -> &'static str {
                match self { $(Lang::$name => $tag,)+ }
            }

            /// Return the language's own name.
            pub const fn name(self) -> &'static str {
                match self { $(Lang::$name => $own,)+ }
            }

            /// Return the rule of its plural forms.
            pub const fn plural(self) -> Plural {
                match self { $(Lang::$name => Plural::$plural,)+ }
            }
        }
    };
}

// Tag, which is also the name of its file; own name; plural rule. The first is the original.
languages! {
    /// 日本語, with the easy line of the official screens.
    #[default]
    Ja = "ja", "日本語", Other;
    /// English, with the official Japanese label beside it.
    En = "en", "English", One;
}
