//! The words of the mails, in the person's language with Japanese beside it. Plain text: no links but one, nothing to load.

use crate::locale::Lang;
use crate::service::mail::Kind;

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

/// A mail's words.
pub(in crate::service) struct Letter {
    /// Subject.
    pub(in crate::service) subject: String,
    /// Text.
    pub(in crate::service) body: String,
}

/// Write a mail. Japanese stands below every other language.
pub(in crate::service) fn letter(kind: Kind, lang: Lang, facts: &Facts<'_>) -> Letter {
    let japanese = ja(kind, facts);
    let (subject, body) = match lang {
        Lang::Ja => (japanese.subject, japanese.body),
        Lang::En => {
            let english = en(kind, facts);
            let rule = "-".repeat(40);
            (format!("{} / {}", japanese.subject, english.subject), format!("{}\n{rule}\n\n{}", english.body, japanese.body))
        }
    };
    let mark = match facts.worth {
        Worth::Real => "",
        Worth::Practice => "【練習 Practice】",
        Worth::TestCards => "【試験 Test】",
    };
    // One form of line end inside, and what a mail wants outside.
    Letter { subject: format!("{mark}{subject}"), body: body.replace('\n', "\r\n") }
}

fn ja(kind: Kind, facts: &Facts<'_>) -> Letter {
    let Facts { service, worth, authentication_id, link } = facts;
    let worth = match worth {
        Worth::Real => "",
        Worth::Practice => "これは練習(れんしゅう)です。本当(ほんとう)の登録(とうろく)ではありません。\n\n",
        Worth::TestCards => "このサービスは試験用のカードを受け付けています。\n\n",
    };
    let end = format!("\n心当たりのない方は、このメールを削除してください。\nこのメールには返信できません。\n\n{service}\n");
    let link = link.unwrap_or_default();
    let (subject, body) = match kind {
        Kind::Registered => (
            "利用者登録完了及びパスワード登録のお知らせ",
            format!(
                "利用者登録が完了しました。\n\n次に、下のページを開いて、パスワードを登録してください。\n\n{link}\n\n\
                 このページは、このメールが送られてから24時間、1回だけ使えます。\n\
                 時間が過ぎたときは、マイナンバーカードを使って、メールをもう一度送ることができます。\n\
                 パスワードを登録すると、認証IDをお知らせするメールが届きます。\n"
            ),
        ),
        Kind::PasswordSet => (
            "パスワード登録完了及び認証IDのお知らせ",
            format!(
                "パスワードの登録が完了しました。\n\nあなたの認証ID：{authentication_id}\n\n\
                 認証IDは、ログインするときに必要です。書き留めて、大切に保管してください。\n\
                 パスワードを登録した覚えがないときは、すぐにサービスの窓口に連絡してください。\n"
            ),
        ),
        Kind::PasswordLink => (
            "パスワード登録ページのお知らせ",
            format!(
                "マイナンバーカードで、パスワードを登録するページの案内が求められました。\n\n下のページを開いて、パスワードを登録してください。\n\n\
                 {link}\n\nこのページは、このメールが送られてから24時間、1回だけ使えます。前に届いたメールのページは、もう使えません。\n"
            ),
        ),
        Kind::Reminder => (
            "認証IDのお知らせ",
            format!(
                "マイナンバーカードで、認証IDの案内が求められました。\n\nあなたの認証ID：{authentication_id}\n\n書き留めて、大切に保管してください。\n"
            ),
        ),
        Kind::AddressChanged => (
            "メールアドレス変更のお知らせ",
            "マイナンバーカードで、登録のメールアドレスが変更されました。\n今後のお知らせは、新しいメールアドレスに届きます。\n\
             変更した覚えがないときは、すぐにサービスの窓口に連絡してください。\n"
                .to_owned(),
        ),
    };
    Letter { subject: subject.to_owned(), body: format!("{worth}{body}{end}") }
}

fn en(kind: Kind, facts: &Facts<'_>) -> Letter {
    let Facts { service, worth, authentication_id, link } = facts;
    let worth = match worth {
        Worth::Real => "",
        Worth::Practice => "This is practice. Nothing was really registered.\n\n",
        Worth::TestCards => "This service accepts test cards.\n\n",
    };
    let end =
        format!("\nIf you do not know what this is about, please delete this mail.\nAnswers to this mail are not read.\n\n{service}\n");
    let link = link.unwrap_or_default();
    let (subject, body) = match kind {
        Kind::Registered => (
            "Registration done: please set your password",
            format!(
                "Your user registration (利用者登録) is done.\n\nNext, open this page and set your password:\n\n{link}\n\n\
                 The page works once, within 24 hours from when this mail was sent.\n\
                 If it no longer works, you can have this mail sent again with your My Number Card.\n\
                 After you have set the password, another mail tells you your authentication ID (認証ID).\n"
            ),
        ),
        Kind::PasswordSet => (
            "Password set, and your authentication ID",
            format!(
                "Your password is set.\n\nYour authentication ID (認証ID): {authentication_id}\n\n\
                 You need the authentication ID to log in. Write it down and keep it safe.\n\
                 If it was not you who set the password, tell the service at once.\n"
            ),
        ),
        Kind::PasswordLink => (
            "Set your password",
            format!(
                "Somebody asked with your My Number Card for the page on which the password is set.\n\nOpen it and set your password:\n\n\
                 {link}\n\nThe page works once, within 24 hours from when this mail was sent. Pages of earlier mails no longer work.\n"
            ),
        ),
        Kind::Reminder => (
            "Your authentication ID",
            format!(
                "Somebody asked with your My Number Card for the authentication ID.\n\n\
                 Your authentication ID (認証ID): {authentication_id}\n\nWrite it down and keep it safe.\n"
            ),
        ),
        Kind::AddressChanged => (
            "Your mail address was changed",
            "The mail address of your registration was changed with your My Number Card.\nFrom now on, mails go to the new address.\n\
             If it was not you, tell the service at once.\n"
                .to_owned(),
        ),
    };
    Letter { subject: subject.to_owned(), body: format!("{worth}{body}{end}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts<'_> =
        Facts { service: "窓口", worth: Worth::Real, authentication_id: "ABC-DEFG-HJK", link: Some("https://example.jp/password/t") };

    #[test]
    fn japanese_stands_beside_every_other_language() {
        for kind in [Kind::Registered, Kind::PasswordSet, Kind::PasswordLink, Kind::Reminder, Kind::AddressChanged] {
            let japanese = letter(kind, Lang::Ja, &FACTS);
            for lang in Lang::ALL {
                let letter = letter(kind, *lang, &FACTS);
                assert!(letter.body.ends_with(&japanese.body), "{lang:?}");
                assert!(letter.subject.starts_with(&japanese.subject), "{lang:?}");
            }
        }
    }

    #[test]
    fn the_authentication_id_is_only_in_the_second_mail_and_the_link_only_in_the_first() {
        for lang in Lang::ALL {
            let (first, second) = (letter(Kind::Registered, *lang, &FACTS), letter(Kind::PasswordSet, *lang, &FACTS));
            assert!(first.body.contains("https://example.jp/password/t") && !first.body.contains("ABC-DEFG-HJK"));
            assert!(second.body.contains("ABC-DEFG-HJK") && !second.body.contains("https://"));
            assert!(second.subject.contains("パスワード登録完了及び認証IDのお知らせ"));
        }
    }

    #[test]
    fn practice_and_test_cards_are_named_in_subject_and_text() {
        for (worth, mark, words) in [(Worth::Practice, "練習", "Nothing was really registered"), (Worth::TestCards, "試験", "test cards")]
        {
            let letter = letter(Kind::Registered, Lang::En, &Facts { worth, ..FACTS });
            assert!(letter.subject.contains(mark) && letter.body.contains(words));
        }
    }
}
