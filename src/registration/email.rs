//! Syntax of メールアドレス: addresses that Japanese providers issue, including misplaced dots, and nothing that could break a header.

use super::ValueError;

/// Check the syntax, except presence and length.
pub(super) fn check(value: &str) -> Result<(), ValueError> {
    if let Some(c) = value.chars().find(|c| !stands_in_address(*c)) {
        return Err(ValueError::Character(c));
    }
    match value.split_once('@') {
        Some((local, domain)) if !local.is_empty() && !domain.is_empty() && !domain.contains('@') => {
            if is_domain(domain) {
                Ok(())
            } else {
                Err(ValueError::EmailDomain)
            }
        }
        _ => Err(ValueError::EmailShape),
    }
}

/// Return the part after `@`.
pub(super) fn domain(value: &str) -> Option<&str> {
    value.split_once('@').map(|(_, domain)| domain)
}

/// RFC 5322's atext, `@`, and the dot. Until 2009 carriers issued addresses with consecutive dots or a dot before `@`, which RFC 5322
/// forbids.
fn stands_in_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || "@.!#$%&'*+/=?^_`{|}~-".contains(c)
}

/// Return whether the text is a host name of at least two labels with a non-numeric last one (RFC 1123, 2.1; RFC 3696, 2).
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_top = |label: &str| {
        (label.len() > 1 && label.bytes().all(|byte| byte.is_ascii_alphabetic()))
            || label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
    };
    domain.rsplit_once('.').is_some_and(|(_, top)| is_top(top)) && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mail_hosts_issue_is_accepted() {
        for address in [
            "anne@example.jp",
            "foo..bar.@docomo.ne.jp",
            ".foo@ezweb.ne.jp",
            "anne+visa@gmail.com",
            "o'brien@example.com",
            "ANNE_lee-1@mail.example.co.jp",
            "a/b@i.softbank.jp",
            "a@xn--eckwd4c7c.xn--zckzah",
            "a@b.museum",
        ] {
            assert_eq!(check(address), Ok(()), "{address}");
        }
    }

    #[test]
    fn what_no_mail_host_takes_is_refused() {
        use ValueError::{Character, EmailDomain, EmailShape};
        for (address, problem) in [
            ("anne", EmailShape),
            ("@example.jp", EmailShape),
            ("anne@", EmailShape),
            ("a@b@example.jp", EmailShape),
            ("an ne@example.jp", Character(' ')),
            ("\"anne\"@example.jp", Character('"')),
            ("anne,bob@example.jp", Character(',')),
            ("<anne@example.jp>", Character('<')),
            ("anne@example.jp\r\nBcc: x@y.jp", Character('\r')),
            ("アンネ@example.jp", Character('ア')),
            ("anne@例え.jp", Character('例')),
            ("anne\\@example.jp", Character('\\')),
            ("anne@example", EmailDomain),
            ("anne@example.jp.", EmailDomain),
            ("anne@.example.jp", EmailDomain),
            ("anne@example..jp", EmailDomain),
            ("anne@-example.jp", EmailDomain),
            ("anne@example-.jp", EmailDomain),
            ("anne@exam_ple.jp", EmailDomain),
            ("anne@192.0.2.1", EmailDomain),
            ("anne@example.j", EmailDomain),
        ] {
            assert_eq!(check(address), Err(problem), "{address}");
        }
    }

    #[test]
    fn a_label_has_63_letters_at_most() {
        assert!(is_domain(&format!("{}.jp", "a".repeat(63))));
        assert!(!is_domain(&format!("{}.jp", "a".repeat(64))));
    }
}
