//! The words of the password page, one function a language, so the compiler refuses a language that lacks a text. No HTML here.

use crate::locale::Lang;

/// A text of the page, each with what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// The choice of language, for screen readers.
    Language,
    /// This is practice.
    Practice,
    /// Test cards are accepted here.
    TestCards,
    /// Title of the form.
    Title,
    /// What to do here.
    Lead,
    /// How long: `{0}` to `{1}` characters, `{2}` advised.
    RuleLength,
    /// What may be in it.
    RuleAny,
    /// How to find a good one.
    RuleTip,
    /// What may not be in it.
    RuleNot,
    /// Label of the first field.
    Password,
    /// Label of the second field.
    Again,
    /// The button.
    Send,
    /// The link can be opened as often as one likes.
    Opening,
    /// What stands before the title when something must be mended.
    MendMark,
    /// Something must be mended.
    Mend,
    /// Nothing was typed.
    Missing,
    /// The second field holds something else.
    Differs,
    /// Too short: at least `{0}`, there are `{1}`.
    TooShort,
    /// Too long: at most `{0}`, there are `{1}` more.
    TooLong,
    /// Far too long: at most `{0}`.
    FarTooLong,
    /// It holds the 認証ID.
    HoldsId,
    /// It holds the name.
    HoldsName,
    /// It holds the mail address.
    HoldsAddress,
    /// It is among the common ones, or nearly.
    Common,
    /// It is hardly more than one word or name.
    OneWord,
    /// It is a pattern on the keyboard.
    Keys,
    /// It repeats itself.
    Repeats,
    /// It counts, or runs along the alphabet.
    Sequence,
    /// It is hardly more than a date or a year.
    Date,
    /// Title after success.
    DoneTitle,
    /// It is set.
    Done,
    /// Heading of what comes next.
    Next,
    /// The second mail comes.
    NextMail,
    /// The second mail comes as a file.
    NextFile,
    /// Keep the 認証ID.
    NextKeep,
    /// How to log in.
    NextLogin,
    /// What to do if no mail comes.
    NoMail,
    /// The page can be closed.
    Close,
    /// Title for a link that does not work.
    GoneTitle,
    /// Which links work.
    Gone,
    /// The address may have been cut.
    GoneCut,
    /// For those who have set it already.
    GoneDone,
    /// For those who have not.
    GoneAgain,
    /// Title when too much was sent.
    BusyTitle,
    /// Too much was sent: wait `{0}` seconds.
    Busy,
    /// Title when the service rests.
    RestTitle,
    /// The service rests: wait `{0}` seconds.
    Rest,
    /// Open the link again.
    Reopen,
}

/// Return a text.
pub(super) const fn text(lang: Lang, text: Text) -> &'static str {
    match lang {
        Lang::Ja => ja(text),
        Lang::En => en(text),
    }
}

const fn ja(text: Text) -> &'static str {
    match text {
        Text::Language => "言語 Language",
        Text::Practice => "これは練習です。本当の登録ではありません。",
        Text::TestCards => "このサービスは試験用のカードを受け付けています。",
        Text::Title => "パスワード登録",
        Text::Lead => "ログインするときに使うパスワードを決めてください。",
        Text::RuleLength => "{0}文字から{1}文字までです。{2}文字以上をおすすめします。",
        Text::RuleAny => "どの言語の文字も、記号も空白も使えます。貼り付けもできます。",
        Text::RuleTip => "関係のない言葉をいくつか並べると、強くて覚えやすいです。",
        Text::RuleNot => "認証ID、氏名、メールアドレスを入れないでください。よく使われるパスワードも使えません。",
        Text::Password => "パスワード",
        Text::Again => "パスワード（確認）",
        Text::Send => "登録",
        Text::Opening => "このページは、登録が終わるまで何回でも開けます。",
        Text::MendMark => "＊直してください：",
        Text::Mend => "直すところが1つあります",
        Text::Missing => "パスワードを入力してください。",
        Text::Differs => "パスワード（確認）が、上のパスワードと違います。もう一度、両方に同じものを入力してください。",
        Text::TooShort => "パスワードが短すぎます。{0}文字以上にしてください。今は{1}文字です。",
        Text::TooLong => "パスワードが長すぎます。{0}文字までにしてください。今は{1}文字多いです。",
        Text::FarTooLong => "パスワードが長すぎます。{0}文字までにしてください。",
        Text::HoldsId => "パスワードに認証IDが入っています。認証IDを入れないでください。",
        Text::HoldsName => "パスワードに氏名が入っています。氏名を入れないでください。",
        Text::HoldsAddress => "パスワードにメールアドレスが入っています。メールアドレスを入れないでください。",
        Text::Common => "このパスワードは、よく使われるものに似ています。ほかの人が思いつかないものにしてください。",
        Text::OneWord => "このパスワードは、言葉や名前1つと同じくらい弱いです。関係のない言葉を2つ3つ足してください。",
        Text::Keys => "このパスワードは、キーボードの並びのままです。関係のない言葉をいくつか並べてください。",
        Text::Repeats => "このパスワードは、同じものの繰り返しです。関係のない言葉をいくつか並べてください。",
        Text::Sequence => "このパスワードは、数字や文字の順番のままです。関係のない言葉をいくつか並べてください。",
        Text::Date => "このパスワードは、日付や年と同じくらい弱いです。関係のない言葉をいくつか足してください。",
        Text::DoneTitle => "パスワード登録完了",
        Text::Done => "パスワードを登録しました。",
        Text::Next => "次にすること",
        Text::NextMail => "認証IDのメールが届きます。件名は「パスワード登録完了及び認証IDのお知らせ」です。",
        Text::NextFile => "認証IDのメールが、前のメールと同じフォルダーに入ります。件名は「パスワード登録完了及び認証IDのお知らせ」です。",
        Text::NextKeep => "認証IDを書き留めて、大切に保管してください。",
        Text::NextLogin => "認証IDとパスワードでログインできます。マイナンバーカードでもログインできます。",
        Text::NoMail => "メールが届かないときは、迷惑メールの中も見てください。zairyu とマイナンバーカードで、もう一度送ることもできます。",
        Text::Close => "このページは閉じてください。",
        Text::GoneTitle => "このリンクは使えません",
        Text::Gone => "使えるのは、いちばん新しいメールのリンクだけです。24時間以内に1回使えます。",
        Text::GoneCut => "リンクが途中で切れていることもあります。メールにあるアドレスを、全部コピーして開いてください。",
        Text::GoneDone => "もうパスワードを登録した方には、認証IDのメールが届きます。",
        Text::GoneAgain => {
            "まだの方は、zairyu とマイナンバーカードで、メールをもう一度送ってください。サービスの窓口に頼むこともできます。"
        }
        Text::BusyTitle => "少し待ってください",
        Text::Busy => "短い時間に何回も送られました。{0}秒待ってください。",
        Text::RestTitle => "サービスは休んでいます",
        Text::Rest => "今は受け付けることができません。{0}秒くらい待ってください。",
        Text::Reopen => "その後で、メールのリンクをもう一度開いてください。",
    }
}

const fn en(text: Text) -> &'static str {
    match text {
        Text::Language => "Language 言語",
        Text::Practice => "This is practice. Nothing is really registered.",
        Text::TestCards => "This service accepts test cards.",
        Text::Title => "Set your password",
        Text::Lead => "Choose the password that you will log in with.",
        Text::RuleLength => "{0} to {1} characters; {2} or more are better.",
        Text::RuleAny => "Letters of any language, digits, signs and spaces. You may paste.",
        Text::RuleTip => "A few words that have nothing to do with each other are strong and easy to remember.",
        Text::RuleNot => "Not your authentication ID, name or mail address, and no password that many people use.",
        Text::Password => "Password",
        Text::Again => "The same password again",
        Text::Send => "Set the password",
        Text::Opening => "You can open this page as often as you like until the password is set.",
        Text::MendMark => "Please mend: ",
        Text::Mend => "One thing must be mended",
        Text::Missing => "Type a password.",
        Text::Differs => "The second password is not the same as the first. Type the same one twice.",
        Text::TooShort => "The password is too short. Use {0} characters or more; now there are {1}.",
        Text::TooLong => "The password is too long. Use {0} characters at most; now there are {1} too many.",
        Text::FarTooLong => "The password is far too long. Use {0} characters at most.",
        Text::HoldsId => "Your authentication ID is in the password. Leave it out.",
        Text::HoldsName => "Your name is in the password. Leave it out.",
        Text::HoldsAddress => "Your mail address is in the password. Leave it out.",
        Text::Common => "This password is like one that many people use. Choose one that nobody else would think of.",
        Text::OneWord => "This password is as weak as a single word or name. Add two or three words that have nothing to do with it.",
        Text::Keys => "This password follows the rows of the keyboard. Choose a few words that have nothing to do with each other.",
        Text::Repeats => "This password repeats the same thing. Choose a few words that have nothing to do with each other.",
        Text::Sequence => "This password runs like abc or 123. Choose a few words that have nothing to do with each other.",
        Text::Date => "This password is as weak as a date or a year. Add a few words that have nothing to do with it.",
        Text::DoneTitle => "Your password is set",
        Text::Done => "Your password was registered.",
        Text::Next => "What comes next",
        Text::NextMail => {
            "A mail brings your authentication ID (認証ID). Its subject begins with 「パスワード登録完了及び認証IDのお知らせ」."
        }
        Text::NextFile => {
            "A mail with your authentication ID (認証ID) is put into the same folder as the last one. \
             Its subject begins with 「パスワード登録完了及び認証IDのお知らせ」."
        }
        Text::NextKeep => "Write the authentication ID down and keep it safe.",
        Text::NextLogin => "Log in with the authentication ID and this password, or with your My Number Card.",
        Text::NoMail => "No mail? Look among the junk mail too. It can be sent again with zairyu and your My Number Card.",
        Text::Close => "You can close this page.",
        Text::GoneTitle => "This link does not work",
        Text::Gone => "Only the link in the newest mail works, once, within 24 hours.",
        Text::GoneCut => "The link may also have been cut short. Copy the whole address from the mail and open it.",
        Text::GoneDone => "If you have set your password already, a mail brings your authentication ID (認証ID).",
        Text::GoneAgain => "If not, have the mail sent again with zairyu and your My Number Card, or ask the service's help desk.",
        Text::BusyTitle => "Please wait a little",
        Text::Busy => "Too much was sent in a short time. Wait {0} seconds.",
        Text::RestTitle => "The service is resting",
        Text::Rest => "Nothing can be accepted at the moment. Wait about {0} seconds.",
        Text::Reopen => "Then open the link in the mail again.",
    }
}
