//! OWASP ASVS requirements and the evidence for each: a page, and tests that keep it true. Contains no code of the service.
#![doc = include_str!("asvs.md")]

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use crate::protocol::actions::AccountAction;
    use crate::protocol::statement;
    use crate::service::rate_limit::Limit;
    use crate::service::store::copy::TABLES;
    use crate::service::store::{links, mails, sessions};
    use crate::service::{password, verify};

    const PAGE: &str = include_str!("asvs.md");

    /// The requirements of ASVS 5.0.0, from its CSV file of 2025-05-30: level, count, and numbers in ranges.
    const LEVELS: [(&str, usize, &str); 2] = [
        (
            "1",
            70,
            "1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2 6.1.1 6.2.1-8 6.3.1-2 6.4.1-2
             7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2 11.4.1 12.1.1 12.2.1-2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1",
        ),
        (
            "2",
            183,
            "1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2 4.1.2-3 4.2.1 4.3.1-2 4.4.2-4
             5.1.1 5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.3.1-2 7.4.3-5 7.5.1-2 7.6.1-2 8.1.2 8.2.3
             8.4.1 9.2.2-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.6-11 10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1
             12.1.2-3 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.2-5 14.1.1-2 14.2.2-4 14.3.2-3 15.1.2-3 15.2.2-3 15.3.2-7 16.1.1 16.2.1-5
             16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2",
        ),
    ];

    /// A row of the table of requirements.
    struct Row {
        numbers: Vec<String>,
        levels: String,
        shown: &'static str,
    }

    fn rows() -> Vec<Row> {
        let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| v5.0.0-")?.strip_suffix(" |"));
        rows.map(|row| {
            let [numbers, levels, _, shown] = row.split(" | ").collect::<Vec<_>>().try_into().unwrap();
            Row { numbers: numbers.split(", ").map(str::to_owned).collect(), levels: levels.to_owned(), shown }
        })
        .collect()
    }

    /// Expand ranges: `1.2.3-5` stands for three numbers.
    fn written_out(ranges: &str) -> Vec<String> {
        let range = |range: &str| {
            let (section, numbers) = range.rsplit_once('.').unwrap();
            let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
            (first.parse::<u32>().unwrap()..=last.parse().unwrap()).map(|number| format!("{section}.{number}")).collect::<Vec<_>>()
        };
        ranges.split_whitespace().flat_map(range).collect()
    }

    #[test]
    fn every_requirement_of_levels_1_and_2_has_one_row() {
        let rows = rows();
        let mut expected = BTreeSet::new();
        for (level, count, ranges) in LEVELS {
            let numbers = written_out(ranges);
            assert_eq!(numbers.len(), count);
            for number in numbers {
                let found: Vec<&Row> = rows.iter().filter(|row| row.numbers.contains(&number)).collect();
                assert_eq!(found.len(), 1, "{number}");
                assert!(found[0].levels.split(", ").any(|found| found == level), "{number}");
                assert!(expected.insert(number));
            }
        }
        let named: Vec<&String> = rows.iter().flat_map(|row| &row.numbers).collect();
        assert_eq!(named.len(), expected.len());
    }

    /// Return the contents of all Rust sources below a folder, except this one.
    fn sources(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for path in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                found.extend(sources(&path));
            } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("asvs.rs") {
                found.push(std::fs::read_to_string(&path).unwrap());
            }
        }
        found
    }

    fn folder(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
    }

    /// Return the names of the tests in a source.
    fn tests_in(source: &str) -> Vec<String> {
        let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
        let marked = lines.iter().enumerate().filter(|(_, line)| line.starts_with("#[test]") || line.starts_with("#[tokio::test"));
        let name = |(at, _): (usize, _)| {
            let head = lines[at + 1..].iter().find(|line| !line.starts_with("#[") && !line.starts_with("//")).unwrap();
            let head = head.strip_prefix("async ").unwrap_or(head).strip_prefix("fn ").unwrap();
            head.split('(').next().unwrap().to_owned()
        };
        marked.map(name).collect()
    }

    #[test]
    fn every_row_names_tests_that_exist_or_an_exception() {
        let mut tests: BTreeSet<String> =
            ["src", "tests"].iter().flat_map(|name| sources(&folder(name))).flat_map(|text| tests_in(&text)).collect();
        tests.extend(tests_in(include_str!("asvs.rs")));
        for row in rows() {
            let (shown, exception) = match row.shown.split_once("; exception: ") {
                Some((shown, exception)) => (shown, Some(exception)),
                None => (row.shown, row.shown.strip_prefix("exception: ")),
            };
            let named = shown.strip_prefix("test: ").map_or_else(Vec::new, |names| names.split(", ").collect());
            for name in &named {
                assert!(tests.contains(name.trim_matches('`')), "{:?}: {name}", row.numbers);
            }
            assert!(!named.is_empty() || exception.is_some(), "{:?}: {shown}", row.numbers);
            assert!(exception.is_none_or(|why| why.len() >= 8), "{:?}: {exception:?}", row.numbers);
        }
    }

    fn has_row(start: &str) -> bool {
        PAGE.lines().any(|line| line.starts_with(start))
    }

    #[test]
    fn the_limits_and_lifetimes_written_here_are_those_in_force() {
        for limit in Limit::ALL {
            let size = limit.size();
            let row = format!("| `{}` | {} | {} |", limit.word(), size.most, size.in_ten_minutes);
            assert!(has_row(&row), "{row}");
        }
        for (what, seconds) in [
            ("session of a registration, from its last signed statement", sessions::SESSION_SECONDS),
            ("login, in any case", sessions::SESSION_SECONDS),
            ("nonce", sessions::NONCE_SECONDS),
            ("statement, around the time that it names", verify::MAX_CLOCK_SKEW_SECONDS),
            ("link to the password page", mails::TOKEN_SECONDS),
            ("link that confirms or undoes the linking of a card", links::LINK_SECONDS),
        ] {
            assert!(has_row(&format!("| {what} | {seconds} |")), "{what}");
        }
        assert!(PAGE.contains(&format!("A body has {} bytes at most", statement::LIMIT)));
        assert!(PAGE.contains(&format!(
            "so {} at once; others wait, {} seconds",
            password::MAX_CONCURRENT_HASHES,
            crate::service::Limits::default().call.as_secs()
        )));
    }

    #[test]
    fn the_words_written_here_are_those_that_are_refused() {
        let (_, section) = PAGE.split_once("## Words that make no password").unwrap();
        let (section, _) = section.split_once("\n## ").unwrap();
        let written: Vec<&str> = section.split('`').skip(1).step_by(2).collect();
        assert_eq!(written, password::CONTEXT);
    }

    #[test]
    fn every_call_has_its_row() {
        let mut paths: BTreeSet<&str> = include_str!("../protocol/session.rs")
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub const ")?.split_once(": &str = \"/")?.1.strip_suffix("\";"))
            .collect();
        paths.extend(AccountAction::ALL.iter().map(|action| action.path().trim_start_matches('/')));
        assert!(paths.len() >= 17, "{paths:?}");
        for path in paths {
            assert!(has_row(&format!("| `/{path}` | ")), "{path}");
        }
    }

    #[test]
    fn every_column_has_its_class() {
        let (_, section) = PAGE.split_once("\n## Data").unwrap();
        let (section, _) = section.split_once("\n## ").unwrap();
        let written: Vec<&str> = section.split('`').skip(1).step_by(2).collect();
        let columns: Vec<String> =
            TABLES.iter().flat_map(|table| table.columns().map(|column| format!("{}.{}", table.name, column.name()))).collect();
        for column in &columns {
            assert_eq!(written.iter().filter(|name| *name == column).count(), 1, "{column}");
        }
        assert_eq!(written.len(), columns.len());
    }

    /// Return the lower-case words that follow a mark, up to the next quotation mark.
    fn words_behind<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
        let words = text.split(mark).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0));
        words.filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
    }

    #[test]
    fn every_event_of_the_audit_trail_is_written_here() {
        // Actions signed with the card are audited under their statement type.
        let mut events: BTreeSet<String> =
            AccountAction::ALL.iter().filter_map(|action| Some(action.statement()?.word().to_owned())).collect();
        for text in sources(&folder("src/service")) {
            events.extend(words_behind(&text, "audit(\"").map(str::to_owned));
            events.extend(words_behind(&text, "\"operator_").map(|event| format!("operator_{event}")));
        }
        assert!(events.len() >= 10, "{events:?}");
        let (_, section) = PAGE.split_once("\n## What is written down").unwrap();
        let (section, _) = section.split_once("\n## ").unwrap();
        let written: BTreeSet<String> =
            section.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned())).collect();
        assert_eq!(written, events);
    }
}
