//! The words of the mails, in the person's language with Japanese beside it. One link at most, nothing to load.
//! What they look like, as plain text and in HTML, is `template`'s.

use crate::locale::Lang;
use crate::service::mail::Kind;
use crate::service::mail::template::{Block, Part, Template as Letter};

/// What a mail tells.
pub(in crate::service) struct Facts<'a> {
    /// Name of the service.
    pub(in crate::service) service: &'a str,
    /// What the registration is worth.
    pub(in crate::service) worth: Worth,
    /// 認証ID in its groups.
    pub(in crate::service) authentication_id: &'a str,
    /// Address of the password page, in the mail that carries it.
    pub(in crate::service) link: Option<&'a str>,
}

/// What a registration at this service is worth. Whatever is no real registration says so wherever it shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum Worth {
    /// It is one.
    Real,
    /// Practice: nothing is registered anywhere.
    Practice,
    /// The service takes test cards.
    TestCards,
}

/// Write a mail. Japanese stands below every other language.
pub(in crate::service) fn letter(kind: Kind, lang: Lang, facts: &Facts<'_>) -> Letter {
    let (japanese, below) = ja(kind, facts);
    let below = Part { lang: Lang::Ja, blocks: below };
    let (subject, parts) = match lang {
        Lang::Ja => (japanese.to_owned(), vec![below]),
        Lang::En => {
            let (english, blocks) = en(kind, facts);
            (format!("{japanese} / {english}"), vec![Part { lang, blocks }, below])
        }
    };
    let mark = match facts.worth {
        Worth::Real => "",
        Worth::Practice => "【練習 Practice】",
        Worth::TestCards => "【試験 Test】",
    };
    Letter { subject: format!("{mark}{subject}"), parts }
}

fn words(text: &str) -> Block {
    Block::Words(text.to_owned())
}

fn ja(kind: Kind, facts: &Facts<'_>) -> (&'static str, Vec<Block>) {
    let worth = match facts.worth {
        Worth::Real => None,
        Worth::Practice => Some("これは練習(れんしゅう)です。本当(ほんとう)の登録(とうろく)ではありません。"),
        Worth::TestCards => Some("このサービスは試験用のカードを受け付けています。"),
    };
    let link = || Block::Link("パスワードを登録するページ", facts.link.unwrap_or_default().to_owned());
    let id = || Block::Id("あなたの認証ID：", facts.authentication_id.to_owned());
    let (subject, body) = match kind {
        Kind::Registered => (
            "利用者登録完了及びパスワード登録のお知らせ",
            vec![
                words("利用者登録が完了しました。"),
                words("次に、下のページを開いて、パスワードを登録してください。"),
                link(),
                words(
                    "このページは、このメールが送られてから24時間、1回だけ使えます。\n\
                     時間が過ぎたときは、マイナンバーカードを使って、メールをもう一度送ることができます。\n\
                     パスワードを登録すると、認証IDをお知らせするメールが届きます。",
                ),
            ],
        ),
        Kind::PasswordSet => (
            "パスワード登録完了及び認証IDのお知らせ",
            vec![
                words("パスワードの登録が完了しました。"),
                id(),
                words(
                    "認証IDは、ログインするときに必要です。書き留めて、大切に保管してください。\n\
                     パスワードを登録した覚えがないときは、すぐにサービスの窓口に連絡してください。",
                ),
            ],
        ),
        Kind::PasswordLink => (
            "パスワード登録ページのお知らせ",
            vec![
                words("マイナンバーカードで、パスワードを登録するページの案内が求められました。"),
                words("下のページを開いて、パスワードを登録してください。"),
                link(),
                words("このページは、このメールが送られてから24時間、1回だけ使えます。前に届いたメールのページは、もう使えません。"),
            ],
        ),
        Kind::Reminder => (
            "認証IDのお知らせ",
            vec![words("マイナンバーカードで、認証IDの案内が求められました。"), id(), words("書き留めて、大切に保管してください。")],
        ),
        Kind::AddressChanged => (
            "メールアドレス変更のお知らせ",
            vec![words(
                "マイナンバーカードで、登録のメールアドレスが変更されました。\n今後のお知らせは、新しいメールアドレスに届きます。\n\
                 変更した覚えがないときは、すぐにサービスの窓口に連絡してください。",
            )],
        ),
    };
    let end = format!("心当たりのない方は、このメールを削除してください。\nこのメールには返信できません。\n\n{}", facts.service);
    (subject, worth.map(words).into_iter().chain(body).chain([Block::Aside(end)]).collect())
}

fn en(kind: Kind, facts: &Facts<'_>) -> (&'static str, Vec<Block>) {
    let worth = match facts.worth {
        Worth::Real => None,
        Worth::Practice => Some("This is practice. Nothing was really registered."),
        Worth::TestCards => Some("This service accepts test cards."),
    };
    let link = || Block::Link("Set your password", facts.link.unwrap_or_default().to_owned());
    let id = || Block::Id("Your authentication ID (認証ID): ", facts.authentication_id.to_owned());
    let (subject, body) = match kind {
        Kind::Registered => (
            "Registration done: please set your password",
            vec![
                words("Your user registration (利用者登録) is done."),
                words("Next, open this page and set your password:"),
                link(),
                words(
                    "The page works once, within 24 hours from when this mail was sent.\n\
                     If it no longer works, you can have this mail sent again with your My Number Card.\n\
                     After you have set the password, another mail tells you your authentication ID (認証ID).",
                ),
            ],
        ),
        Kind::PasswordSet => (
            "Password set, and your authentication ID",
            vec![
                words("Your password is set."),
                id(),
                words(
                    "You need the authentication ID to log in. Write it down and keep it safe.\n\
                     If it was not you who set the password, tell the service at once.",
                ),
            ],
        ),
        Kind::PasswordLink => (
            "Set your password",
            vec![
                words("Somebody asked with your My Number Card for the page on which the password is set."),
                words("Open it and set your password:"),
                link(),
                words("The page works once, within 24 hours from when this mail was sent. Pages of earlier mails no longer work."),
            ],
        ),
        Kind::Reminder => (
            "Your authentication ID",
            vec![
                words("Somebody asked with your My Number Card for the authentication ID."),
                id(),
                words("Write it down and keep it safe."),
            ],
        ),
        Kind::AddressChanged => (
            "Your mail address was changed",
            vec![words(
                "The mail address of your registration was changed with your My Number Card.\nFrom now on, mails go to the new address.\n\
                 If it was not you, tell the service at once.",
            )],
        ),
    };
    let end =
        format!("If you do not know what this is about, please delete this mail.\nAnswers to this mail are not read.\n\n{}", facts.service);
    (subject, worth.map(words).into_iter().chain(body).chain([Block::Aside(end)]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts<'_> =
        Facts { service: "窓口", worth: Worth::Real, authentication_id: "ABC-DEFG-HJK", link: Some("https://example.jp/password/t") };

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
