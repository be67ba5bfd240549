//! The mails that a service without a mail server writes into its data folder; practice makes that one in the folder for temporary files.
#![allow(unused, unreachable_pub, missing_docs, reason = "a harness that every test includes whole and uses in part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, a failure is a panic")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Wait until `count` mails lie in a data folder, or in one below; return their texts, oldest first.
pub fn letters(folder: &Path, count: usize) -> Vec<String> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let below = fs::read_dir(folder).unwrap().flatten().map(|practice| practice.path());
        let folders = below.chain([folder.to_owned()]).map(|data| data.join("mail"));
        let files = folders.filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten().map(|file| file.path());
        let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|kind| kind == "eml")).collect();
        if files.len() >= count {
            files.sort_by_key(|path| fs::metadata(path).and_then(|file| file.modified()).unwrap());
            return files.iter().map(|path| text(&fs::read_to_string(path).unwrap())).collect();
        }
        assert!(Instant::now() < deadline, "{} mails of {count}", files.len());
        std::thread::sleep(Duration::from_millis(20)); // Nothing announces a file: it can only be looked for.
    }
}

/// Return the code of the newest mail that has one, of `count` mails: the end of its link.
pub fn code(folder: &Path, count: usize) -> String {
    let letters = letters(folder, count);
    let link = letters.iter().rev().find_map(|letter| letter.split_once("/password/"));
    let (_, rest) = link.unwrap_or_else(|| panic!("no link: {letters:#?}"));
    rest.split_whitespace().next().unwrap().to_owned()
}

fn text(mail: &str) -> String {
    mail_parser::MessageParser::new().parse(mail).unwrap().body_text(0).unwrap().into_owned()
}
