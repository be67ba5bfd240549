//! Composes a mail from its texts, in the person's language followed by Japanese. At most one link, nothing to load.
//!
//! The texts are in `locale`, the layout in `template`.

use crate::locale::{Lang, Mail};
use crate::protocol::session::{PASSWORD_SIGNS, PasswordRules};
use crate::registration::Date;
use crate::service::Texts;
use crate::service::mail::Kind;
use crate::service::mail::template::{Block, Part, Template as Letter};

/// The variable parts of a mail.
pub(in crate::service) struct Facts<'a> {
    /// Name of the service.
    pub(in crate::service) service: &'a str,
    /// The status of registrations on this service.
    pub(in crate::service) worth: Worth,
    /// 認証ID in groups.
    pub(in crate::service) authentication_id: &'a str,
    /// URL of the page that the mail leads to, for kinds that contain one.
    pub(in crate::service) link: Option<&'a str>,
    /// What is asked of a password.
    pub(in crate::service) password_rules: PasswordRules,
    /// The day on which the password ends, for the kind that tells it.
    pub(in crate::service) password_ends: Option<Date>,
    /// The operator's texts, for the last paragraph.
    pub(in crate::service) own: Option<&'a Texts>,
}

/// The status of registrations on this service. Any but `Real` is stated wherever a registration is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum Worth {
    /// A real registration.
    Real,
    /// Practice: nothing is really registered.
    Practice,
    /// The service takes test cards.
    TestCards,
}

/// Return what a mail of this kind is about.
pub(in crate::service) fn subject(kind: Kind, lang: Lang) -> &'static str {
    lang.subject(mail(kind))
}

/// Return the texts of a mail.
const fn mail(kind: Kind) -> Mail {
    match kind {
        Kind::Registered => Mail::REGISTERED,
        Kind::PasswordSet => Mail::PASSWORD_SET,
        Kind::PasswordLink => Mail::PASSWORD_LINK,
        Kind::Reminder => Mail::REMINDER,
        Kind::AddressChanged => Mail::ADDRESS_CHANGED,
        Kind::CardLinked => Mail::CARD_LINKED,
        Kind::LinkConfirm => Mail::LINK_CONFIRM,
        Kind::LinkUndone => Mail::LINK_UNDONE,
        Kind::PasswordEnds => Mail::PASSWORD_ENDS,
    }
}

/// Compose a mail. Any other language is followed by Japanese.
pub(in crate::service) fn letter(kind: Kind, lang: Lang, facts: &Facts<'_>) -> Letter {
    let mail = mail(kind);
    let part = |lang: Lang| Part { lang, blocks: blocks(mail, lang, facts) };
    let japanese = Lang::Ja.subject(mail);
    let (subject, parts) = match lang {
        Lang::Ja => (japanese.to_owned(), vec![part(lang)]),
        _ => (format!("{japanese} / {}", lang.subject(mail)), vec![part(lang), part(Lang::Ja)]),
    };
    // The same in every language, so that mail filters can match it.
    let mark = match facts.worth {
        Worth::Real => "",
        Worth::Practice => "【練習 Practice】",
        Worth::TestCards => "【試験 Test】",
    };
    Letter { subject: format!("{mark}{subject}"), parts }
}

fn blocks(mail: Mail, lang: Lang, facts: &Facts<'_>) -> Vec<Block> {
    let worth = match facts.worth {
        Worth::Real => None,
        Worth::Practice => Some(Mail::PRACTICE),
        Worth::TestCards => Some(Mail::TEST_CARDS),
    };
    let worth = worth.map(|worth| Block::Words(lang.plain(worth).to_owned()));
    let link = |label| Block::Link(lang.plain(label), facts.link.unwrap_or_default().to_owned());
    let body = lang.body(mail).iter().flat_map(|paragraph| match paragraph {
        "{link}" => [Some(link(Mail::LINK)), rules(lang, &facts.password_rules)],
        "{undo}" => [Some(link(Mail::UNDO)), None],
        "{confirm}" => [Some(link(Mail::CONFIRM)), None],
        "{id}" => [Some(Block::Id(lang.plain(Mail::ID), facts.authentication_id.to_owned())), None],
        "{ends}" => [facts.password_ends.map(|day| Block::Words(lang.fill(Mail::ENDS, &[&day.to_string()]))), None],
        words => [Some(Block::Words(words.to_owned())), None],
    });
    let body = body.flatten();
    let own = facts.own.and_then(|texts| texts.mail(lang)).map(|words| Block::Words(words.to_owned()));
    let end = Block::Aside(lang.fill(Mail::END, &[facts.service]));
    worth.into_iter().chain(body).chain(own).chain([end]).collect()
}

/// Return what is asked of a password where it is more than the page says when it is needed.
fn rules(lang: Lang, rules: &PasswordRules) -> Option<Block> {
    let PasswordRules { shortest, longest, mixed: true, days } = rules else { return None };
    let mut words = lang.fill(Mail::RULES, &[&shortest.to_string(), &longest.to_string(), PASSWORD_SIGNS]);
    if let Some(days) = days {
        words.push('\n');
        words.push_str(&lang.fill(Mail::DAYS, &[&days.to_string()]));
    }
    Some(Block::Words(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts<'_> = Facts {
        service: "窓口",
        worth: Worth::Real,
        authentication_id: "ABC-DEFG-HJK",
        link: Some("https://example.jp/password/t"),
        password_rules: PasswordRules { shortest: 8, longest: 64, mixed: false, days: None },
        password_ends: None,
        own: None,
    };

    #[test]
    fn japanese_stands_beside_every_other_language() {
        for kind in Kind::ALL {
            let japanese = letter(*kind, Lang::Ja, &FACTS);
            for lang in Lang::ALL {
                let letter = letter(*kind, *lang, &FACTS);
                assert!(letter.plain().ends_with(&japanese.plain()), "{lang:?}");
                assert!(letter.subject.starts_with(&japanese.subject), "{lang:?}");
            }
        }
    }

    #[test]
    fn the_authentication_id_is_only_in_the_second_mail_and_the_link_only_in_the_first() {
        for lang in Lang::ALL {
            let (first, second) = (letter(Kind::Registered, *lang, &FACTS), letter(Kind::PasswordSet, *lang, &FACTS));
            for (first, second) in [(first.plain(), second.plain()), (first.html(), second.html())] {
                assert!(first.contains("https://example.jp/password/t") && !first.contains("ABC-DEFG-HJK"));
                assert!(second.contains("ABC-DEFG-HJK") && !second.contains("https://"));
            }
            assert!(second.subject.contains("パスワード登録完了及び認証IDのお知らせ"));
        }
    }

    #[test]
    fn practice_and_test_cards_are_named_in_subject_and_text() {
        for (worth, mark, words) in [(Worth::Practice, "練習", "Nothing was really registered"), (Worth::TestCards, "試験", "test cards")]
        {
            let letter = letter(Kind::Registered, Lang::En, &Facts { worth, ..FACTS });
            assert!(letter.subject.contains(mark) && letter.plain().contains(words) && letter.html().contains(words));
        }
    }
}
