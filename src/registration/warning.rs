//! Warnings that do not stop (registration.md): free mail that may not arrive, a likely typo in a well-known mail domain, a signing
//! certificate that expires soon, an address line that does not go with the municipality. Differences from the card are in `holder`.

use super::{Date, email};

/// A warning that does not stop the registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The service's mail may not arrive at this domain.
    FreeMail {
        /// The domain, in lower case.
        domain: String,
    },
    /// The domain is one slip away from a well-known one.
    MailTypo {
        /// The domain typed.
        typed: String,
        /// The domain probably meant.
        probably: &'static str,
    },
    /// The phone number has fewer or more digits than numbers that begin like it.
    PhoneLength {
        /// How many it has.
        digits: usize,
    },
    /// The signing certificate expires within three months.
    CertificateEnds {
        /// Its last day of validity.
        last: Date,
    },
    /// The address line began with the municipality, which stands in its own field.
    MunicipalityTaken {
        /// The municipality.
        place: String,
    },
    /// The address line began with another municipality than the one chosen.
    MunicipalityLeftOut {
        /// The municipality in the line.
        place: String,
        /// The one chosen.
        chosen: String,
    },
    /// The address line begins with a town of another municipality.
    TownElsewhere {
        /// The town, as written.
        town: String,
        /// A municipality that has it.
        place: String,
        /// The municipality chosen.
        chosen: String,
    },
}

/// Default list of free-mail domains; mail to Gmail and Hotmail is known to get lost (a scrivener office's guide). A name ending in `.`
/// matches every domain that begins with it.
pub const FREE_MAIL: &[&str] = &["gmail.com", "googlemail.com", "hotmail.", "outlook.", "live.", "msn.com"];

/// Mail domains common in Japan: large providers, the mobile carriers, and foreign ones that users of this program bring along.
const WELL_KNOWN: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "yahoo.co.jp",
    "yahoo.ne.jp",
    "ymail.ne.jp",
    "yahoo.com",
    "ymail.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "i.softbank.jp",
    "vodafone.ne.jp",
    "ymobile.ne.jp",
    "y-mobile.ne.jp",
    "rakuten.jp",
    "uqmobile.jp",
    "icloud.com",
    "me.com",
    "mac.com",
    "outlook.jp",
    "outlook.com",
    "hotmail.co.jp",
    "hotmail.com",
    "live.jp",
    "live.com",
    "msn.com",
    "nifty.com",
    "ocn.ne.jp",
    "so-net.ne.jp",
    "biglobe.ne.jp",
    "excite.co.jp",
    "qq.com",
    "163.com",
    "126.com",
    "naver.com",
    "proton.me",
    "protonmail.com",
    "mail.com",
    "gmx.com",
    "gmx.de",
    "web.de",
];

/// Domains that do not exist, or have no mailboxes for customers, and the well-known one that is meant.
const MADE_UP: &[(&str, &str)] = &[
    ("gmail.co.jp", "gmail.com"),
    ("gmail.ne.jp", "gmail.com"),
    ("gmail.jp", "gmail.com"),
    ("docomo.co.jp", "docomo.ne.jp"),
    ("docomo.jp", "docomo.ne.jp"),
    ("ezweb.co.jp", "ezweb.ne.jp"),
    ("ezweb.jp", "ezweb.ne.jp"),
    ("yahoo.jp", "yahoo.co.jp"),
    ("icloud.co.jp", "icloud.com"),
    ("icloud.ne.jp", "icloud.com"),
    ("icloud.jp", "icloud.com"),
];

/// Return the warnings about a mail address in stored form; `free` is the list of the settings, `FREE_MAIL` by default.
pub fn of_email(address: &str, free: &[impl AsRef<str>]) -> Vec<Warning> {
    let Some(domain) = email::domain(address) else { return Vec::new() };
    let domain = domain.to_ascii_lowercase();
    let typo = probably(&domain).map(|probably| Warning::MailTypo { typed: domain.clone(), probably });
    let listed = free.iter().map(AsRef::as_ref).any(|name| if name.ends_with('.') { domain.starts_with(name) } else { domain == *name });
    typo.into_iter().chain(listed.then_some(Warning::FreeMail { domain })).collect()
}

/// Return the warning about a phone number in stored form. Numbers for mobile and IP telephony have 11 digits, others 10; those beginning with
/// 020 have several lengths (電気通信番号計画, 別表第1).
pub fn of_phone(number: &str) -> Option<Warning> {
    let usual = match number.as_bytes() {
        [] | [b'0', b'2', b'0', ..] => return None,
        [b'0', b'5'..=b'9', b'0', ..] => 11,
        _ => 10,
    };
    let digits = number.chars().count();
    (digits != usual).then_some(Warning::PhoneLength { digits })
}

/// Return the warning about the signing certificate's last day; an expired one is an error of the card instead.
pub fn of_certificate(last: Date, today: Date) -> Option<Warning> {
    let months = |date: Date| date.year() * 12 + i32::from(u8::from(date.month()));
    let soon = (months(last), last.day()) <= (months(today) + 3, today.day());
    (soon && last >= today).then_some(Warning::CertificateEnds { last })
}

/// Return the well-known domain one slip away. Domains of up to six letters (`au.com`, `qq.com`) have too many neighbours.
fn probably(domain: &str) -> Option<&'static str> {
    if WELL_KNOWN.contains(&domain) {
        return None;
    }
    if let Some((_, meant)) = MADE_UP.iter().find(|(made_up, _)| *made_up == domain) {
        return Some(meant);
    }
    WELL_KNOWN.iter().copied().find(|known| known.len() > 6 && one_slip(domain.as_bytes(), known.as_bytes()))
}

/// Return whether the texts differ by one letter inserted, deleted or replaced, or by two neighbours swapped.
fn one_slip(one: &[u8], two: &[u8]) -> bool {
    let start = one.iter().zip(two).take_while(|(a, b)| a == b).count();
    let (one, two) = (one.get(start..).unwrap_or_default(), two.get(start..).unwrap_or_default());
    match (one, two) {
        ([a, b, rest @ ..], [c, d, other @ ..]) if a == d && b == c && rest == other => true,
        ([_, rest @ ..], [_, other @ ..]) if rest == other => true,
        ([_, rest @ ..], _) if rest == two => true,
        (_, [_, other @ ..]) if one == other => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::BirthDate;
    use super::*;

    fn typo(domain: &str) -> Option<&'static str> {
        of_email(&format!("anne@{domain}"), FREE_MAIL).into_iter().find_map(|warning| match warning {
            Warning::MailTypo { probably, .. } => Some(probably),
            _ => None,
        })
    }

    #[test]
    fn a_slip_in_a_well_known_domain_is_named() {
        for (typed, meant) in [
            ("gmial.com", "gmail.com"),
            ("gmai.com", "gmail.com"),
            ("gmaill.com", "gmail.com"),
            ("gmail.con", "gmail.com"),
            ("GMAIL.CO", "gmail.com"),
            ("yaho.co.jp", "yahoo.co.jp"),
            ("yahoo.cojp", "yahoo.co.jp"),
            ("docomo.ne.jo", "docomo.ne.jp"),
            ("dcoomo.ne.jp", "docomo.ne.jp"),
            ("ezwed.ne.jp", "ezweb.ne.jp"),
            ("softbank.jp", ""),
            ("sofbank.ne.jp", "softbank.ne.jp"),
            ("iclould.com", "icloud.com"),
            ("hotmial.co.jp", "hotmail.co.jp"),
        ] {
            assert_eq!(typo(typed).unwrap_or_default(), meant, "{typed}");
        }
    }

    #[test]
    fn a_domain_that_people_make_up_for_a_well_known_one_is_named() {
        for (typed, meant) in [
            ("gmail.co.jp", "gmail.com"),
            ("gmail.ne.jp", "gmail.com"),
            ("docomo.co.jp", "docomo.ne.jp"),
            ("docomo.jp", "docomo.ne.jp"),
            ("ezweb.co.jp", "ezweb.ne.jp"),
            ("Yahoo.jp", "yahoo.co.jp"),
            ("icloud.jp", "icloud.com"),
        ] {
            assert_eq!(typo(typed).unwrap_or_default(), meant, "{typed}");
        }
    }

    #[test]
    fn a_number_that_lacks_a_digit_or_has_one_too_many_is_told() {
        for (number, digits) in [
            ("0901234567", Some(10)),
            ("090123456789", Some(12)),
            ("05012345678", None),
            ("09012345678", None),
            ("0312345678", None),
            ("0120123456", None),
            ("08001234567", None),
            ("0800123456", Some(10)),
            ("03123456789", Some(11)),
            ("020123456789", None),
            ("", None),
        ] {
            let told = digits.map(|digits| Warning::PhoneLength { digits });
            assert_eq!(of_phone(number), told, "{number}");
        }
    }

    #[test]
    fn a_well_known_domain_is_never_a_typo_of_another() {
        for domain in WELL_KNOWN {
            assert_eq!(typo(domain), None, "{domain}");
        }
        for domain in ["example.jp", "ao.com", "aa.com", "moj.go.jp"] {
            assert_eq!(typo(domain), None, "{domain}");
        }
    }

    #[test]
    fn free_mail_is_the_settings_list() {
        for domain in ["gmail.com", "Gmail.com", "hotmail.co.jp", "hotmail.com", "outlook.jp", "live.com"] {
            assert_eq!(of_email(&format!("anne@{domain}"), FREE_MAIL), [Warning::FreeMail { domain: domain.to_ascii_lowercase() }]);
        }
        assert_eq!(of_email("anne@yahoo.co.jp", FREE_MAIL), []);
        assert_eq!(of_email("anne@docomo.ne.jp", &["docomo.ne.jp".to_owned()]).len(), 1);
        assert_eq!(of_email("anne@gmail.com", &[""; 0]), []);
        assert_eq!(of_email("no address", FREE_MAIL), []);
    }

    #[test]
    fn a_certificate_that_ends_within_three_months_is_told() {
        let day = |text: &str| match BirthDate::from_digits(text) {
            Some(BirthDate::Day(date)) => date,
            _ => unreachable!("the table below holds days only"),
        };
        for (today, last, told) in [
            ("20261125", "20270225", true),
            ("20261125", "20270226", false),
            ("20261125", "20261125", true),
            ("20261125", "20261124", false),
            ("20261130", "20270228", true),
            ("20261101", "20281101", false),
        ] {
            assert_eq!(of_certificate(day(last), day(today)).is_some(), told, "{today} {last}");
        }
    }
}
