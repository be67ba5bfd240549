//! Whatever stands in a settings file: it is refused in words that are short, or each setting is as a flag says, or else as it stands there.

use std::path::PathBuf;

use super::shared::{assert_harmless, file};
use zairyu::locale::Lang;
use zairyu::settings::Flags;
use zairyu::text::harmless;

pub fn run(data: &[u8]) {
    let file = file("zairyu.toml", data);
    let path = file.0.clone();
    let flags = Flags { config: Some(path.clone()), ..Flags::default() };
    let merged = match flags.clone().merged() {
        Ok((merged, _)) => merged,
        Err(why) => {
            let told = why.to_string();
            assert_harmless(&harmless(&told), false);
            // A number is written out: 8e-303 has as many zeros.
            assert!(told.len() <= path.as_os_str().len() + data.len() + 700, "{told}");
            return;
        }
    };
    // What only flags turn on.
    assert!(!merged.line && !merged.desk && !merged.mouse && merged.config == Some(path));
    let _ = (merged.is_console(Some("linux")), merged.data_folder(), merged.lang.as_deref().map(Lang::from_tag));
    let set =
        Flags { service: Some("https://flag.example".to_owned()), log: Some(PathBuf::from("flag.log")), test_cards: Some(false), ..flags };
    let (over, _) = set.merged().expect("the same file");
    assert_eq!((over.service.as_deref(), over.test_cards), (Some("https://flag.example"), Some(false)));
    assert_eq!(over.log, Some(PathBuf::from("flag.log")));
    assert_eq!((over.reader, over.lang, over.prefill, over.theme), (merged.reader, merged.lang, merged.prefill, merged.theme));
    assert_eq!((over.glyphs, over.data, over.anchors), (merged.glyphs, merged.data, merged.anchors));
}

pub fn seeds() -> Vec<Vec<u8>> {
    const WHOLE: &str = "service = \"https://registration.example\"\nreader = \"SCM\"\nlang = \"en\"\nprefill = \"p.toml\"\ntheme = \"dark\"\nglyphs = \"console\"\ndata = \"/d\"\nanchors = \"/a\"\nlog = \"/l\"\ntest_cards = true\nfree_mail = [\"gmail.com\", \"yahoo.\"]\ndone_list = \"/d.csv\"\nmail_from = []\nprint = [\"lp\", \"-d\", \"desk\"]\n[kiosk]\nidle = 60\nwarning = 30\naway = 0\n";
    [
        WHOLE,
        "",
        "# none\n",
        "lang = 'ja'\nlang = 'en'\n",
        "[service]\nurl = 1\n",
        "test_cards = 1979-05-27T07:32:00Z\n",
        "reader = \"\\u001b\\U0001F4B3\"\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
