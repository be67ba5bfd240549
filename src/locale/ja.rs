//! 日本語: the official words, with the easy line beside them. Short sentences, です and ます, no double negatives.

use super::{Text, Words, official, visible};
use crate::registration::fold::Change;
use crate::registration::warning::Warning;
use crate::registration::{FieldId, Problem};
use crate::worker::Doing;

pub(super) mod help;
pub(super) mod trouble;

pub(super) const WORDS: Words = Words {
    text,
    field: official::label,
    hint,
    choice: official::choice,
    problem,
    change,
    warning,
    doing,
    trouble: trouble::trouble,
    help: help::help,
    first_password: help::first_password,
};

fn hint(field: FieldId) -> &'static str {
    match field {
        FieldId::Name => "半角英字(大文字入力), 104文字以内 スペース区切り。かなも入力できます。",
        FieldId::Sex => "Space キーで選びます。",
        FieldId::BirthDate => "西暦の数字8桁。日が不明なら 19900400、月日が不明なら 19900000。",
        FieldId::Municipality => "Enter で検索します。在留カードに書いてある市区町村を選びます。",
        FieldId::AddressLine => "85文字以内。都道府県と市区町村は書きません。全角に直します。",
        FieldId::Phone => "0で始まる10桁から12桁の数字。家、携帯、または昼間につながる番号。",
        FieldId::Email => "半角60文字以内。このメールアドレスにパスワードの案内が届きます。",
        FieldId::EmailAgain => "同じメールアドレスをもう一度書いてください。",
        FieldId::Category => "Space で選びます。",
        FieldId::ResidenceCard => "半角英数字(大文字入力), 12文字。在留カードの右上にあります。",
        FieldId::Consent => "利用規約を読んで、同意するときは Space で印を付けます。",
    }
}

fn problem(field: FieldId, problem: &Problem) -> String {
    let label = official::label(field);
    match problem {
        Problem::Missing => match field {
            FieldId::Consent => "＊「利用規約に同意します。」にチェックしてください。".to_owned(),
            FieldId::Sex | FieldId::Category => format!("＊{label}を選んでください。"),
            FieldId::Municipality => format!("＊{label}を検索して選んでください。"),
            _ => format!("＊{label}を入力してください。"),
        },
        Problem::TooLong { limit, over } => format!("＊{label}は{limit}文字までです。{over}文字減らしてください。"),
        Problem::TooShort { need, have } => format!("＊{label}は{need}文字必要です。今は{have}文字です。"),
        Problem::Character(letter) => match field {
            FieldId::AddressLine => format!("＊{label}に「{}」は使えません。", visible(*letter)),
            FieldId::Phone | FieldId::BirthDate => format!("＊{label}の「{}」を消して、数字で入力してください。", visible(*letter)),
            _ => format!("＊{label}の「{}」を、半角の英数字に直してください。", visible(*letter)),
        },
        Problem::NotLatin => format!("＊{label}は、アルファベットかかなで入力してください。例）YAMADA TARO"),
        Problem::NoSuchDate => format!("＊{label}の日付がありません。年4桁、月2桁、日2桁で入力してください。例）20000123"),
        Problem::InFuture => format!("＊{label}が今日より後です。西暦で入力してください。例）20000123"),
        Problem::PhoneStart => format!("＊{label}は0から始めてください。例）09012345678"),
        Problem::EmailShape => format!("＊{label}は「名前@ドメイン」の形で入力してください。例）anne@example.jp"),
        Problem::EmailDomain => format!("＊{label}の@の後ろを確かめてください。例）example.jp"),
        Problem::EmailDiffers => format!("＊{label}が上のメールアドレスと違います。同じものを入力してください。"),
        Problem::NotAChoice => format!("＊{label}を、示された中から選んでください。"),
        Problem::UnknownMunicipality => format!("＊{label}を検索して選び直してください。"),
        Problem::MunicipalityRepeated => format!("＊{label}から、都道府県と市区町村を消してください。上の欄にあります。"),
        Problem::CardNumber { place, found, meant: Some(meant) } => {
            format!("＊{label}の{place}文字目の「{found}」は「{meant}」ではありませんか。カードを見て直してください。")
        }
        Problem::CardNumber { place, found, meant: None } => {
            let kind = if (3..=10).contains(place) { "数字" } else { "英字" };
            format!("＊{label}の{place}文字目は{kind}です。「{}」を直してください。例）AB12345678CD", visible(*found))
        }
        Problem::Closed => format!("＊{label}は、外国人本人の方だけが書きます。消してください。"),
    }
}

fn change(change: Change) -> &'static str {
    match change {
        Change::HalfWidth => "半角に直しました。",
        Change::FullWidth => "全角に直しました。",
        Change::Capitals => "大文字に直しました。",
        Change::Separators => "記号を取りました。",
        Change::Spaces => "余分なスペースを取りました。",
        Change::Invisible => "見えない文字を取りました。",
        Change::Diacritics => "記号つきの文字を、旅券と同じ文字に直しました。",
        Change::Kana => "かなをヘボン式ローマ字に直しました。",
        Change::Digits => "数字を 0 から 9 に直しました。",
        Change::Dashes => "ハイフンをそろえました。",
        Change::CountryCode => "+81 を 0 に直しました。",
        Change::Era => "西暦に直しました。",
        Change::UnknownParts => "不明な月日を 00 にしました。",
    }
}

fn doing(doing: Doing) -> &'static str {
    match doing {
        Doing::Connecting => "カードにつないでいます",
        Doing::Verifying => "パスワードを確かめています",
        Doing::Reading => "証明書を読んでいます",
        Doing::Signing => "カードで署名しています",
        Doing::Sending => "サービスに送っています",
    }
}

fn warning(warning: &Warning) -> String {
    match warning {
        Warning::FreeMail { domain } => {
            format!("{domain} にはメールが届かないことがあります。別のアドレスがあれば、そちらを使ってください。")
        }
        Warning::MailTypo { typed, probably } => format!("「{typed}」は「{probably}」ではありませんか。"),
        Warning::CertificateEnds { last } => format!("署名用電子証明書は{last}に切れます。早めに市区町村の窓口で更新してください。"),
    }
}

fn text(text: Text) -> &'static str {
    match text {
        Text::Title => "在留申請オンラインシステム 利用者登録",
        Text::Practice => "練習",
        Text::PracticePins => "練習です。本当の登録ではありません。署名用 {0} 利用者証明用 {1}",
        Text::TestCards => "このサービスは試験用のカードを受け付けます。",
        Text::TopIntro => "マイナンバーカードとカードリーダーで、システムを使うための登録をします。",
        Text::TopRegister => "新規利用者登録【システムを使うための登録(とうろく)】 外国人本人・その他",
        Text::TopPrepare => "準備(じゅんび)と確認(かくにん)",
        Text::TopLanguage => "言語(げんご) Language",
        Text::TopFirstPassword => "最初(さいしょ)のパスワードを決(き)める",
        Text::TopHelp => "ヘルプ",
        Text::TopQuit => "終(お)わる",
        Text::CardWaiting => "カードリーダーを調べています。",
        Text::CardReady => "マイナンバーカードがあります。",
        Text::CardLooking => "カードを調べています。",
        Text::CardNotReady => "カードの準備がまだです。",
        Text::CardSeveral => "カードリーダーが{0}台あります。F5 で選んでください。",
        Text::PrepareTitle => "はじめに準備(じゅんび)すること",
        Text::PrepareLead => "次のものを手元に置いてください。分かるものは自動で確認します。",
        Text::CheckService => "カードを読む仕組み(PC/SC)",
        Text::CheckReader => "ICカードリーダー",
        Text::CheckCard => "マイナンバーカード(特定在留カードも可)",
        Text::CheckSigning => "署名用パスワード(6～16桁の英数字)",
        Text::CheckAuthentication => "利用者証明用パスワード(4桁の数字)",
        Text::CheckResidence => "在留カード(外国人本人の方だけ)",
        Text::StateOk => "よし",
        Text::StateNo => "まだ",
        Text::StateAsk => "手元に",
        Text::TriesLeft => "あと{0}回",
        Text::TriesLocked => "ロックされています",
        Text::TriesUnknown => "残り回数は不明",
        Text::ValidUntil => "{0}まで有効",
        Text::AdviserTitle => "何を申請(しんせい)しますか。選ぶと「利用者の区分」が入ります。",
        Text::AdviseBring => "家族を海外から呼ぶ(在留資格認定証明書)",
        Text::AdviseBringCard => "日本にいる人のカードを使います。在留カード番号は要りません。",
        Text::AdviseChange => "在留資格を変える、期間を延ばす",
        Text::AdviseChangeCard => "外国人本人のカードを使います。在留カード番号が要ります。",
        Text::AdviseRepresent => "家族の法定代理人として申請する",
        Text::AdviseRepresentCard => "代理人のカードを使います。在留カード番号は要りません。",
        Text::Next => "次へ",
        Text::Back => "戻る",
        Text::Ok => "OK",
        Text::Cancel => "キャンセル",
        Text::PinSigning => "個人番号カードの署名用パスワード（6～16桁の英数字）を入力してください。",
        Text::PinAuthentication => "個人番号カードの利用者証明用パスワード（4桁の数字）を入力してください。",
        Text::PinSigningWhich => "市区町村の窓口で決めた、6文字以上の長いほうのパスワードです。",
        Text::PinAuthenticationWhich => "市区町村の窓口で決めた、数字4つの暗証番号です。",
        Text::PinShow => "パスワードを表示する。",
        Text::PinSigningName => "署名用パスワード",
        Text::PinAuthenticationName => "利用者証明用パスワード",
        Text::PinCount => "{0}文字",
        Text::PinTries => "間違えることができるのは、あと{0}回です。",
        Text::PinTriesUnknown => "残りの回数は、カードから読めませんでした。",
        Text::PinLast => "最後の1回です。間違えるとロックされ、市区町村の窓口で解除が必要です。",
        Text::PinLastWord => "それでも続けるときは、LAST と入力してください。",
        Text::PinWordMissing => "＊LAST と入力するまで、カードには送りません。",
        Text::PinFolded => "大文字・半角に直しました。カードはこの形で覚えています。",
        Text::PinRefusedSigning => "＊英字と数字だけです。今の文字は入れませんでした。",
        Text::PinRefusedAuthentication => "＊数字だけです。今の文字は入れませんでした。",
        Text::PinFull => "＊{0}文字までです。今の文字は入れませんでした。",
        Text::PinPaste => "＊貼り付けた文字に使えないものがあるので、何も入れませんでした。",
        Text::PinEmpty => "＊パスワードを入力してください。カードには送っていません。",
        Text::PinTooShort => "＊{0}文字以上必要です。カードには送っていないので、回数は減りません。",
        Text::PinLeftOut => "＊入れなかった文字があります。このままでよければ、もう一度 OK を押してください。",
        Text::PinWrong => "＊パスワードが違います。あと{0}回です。",
        Text::PinWrongUnknown => "＊パスワードが違います。",
        Text::PinAgain => "カードが置き直されたので、もう一度入力してください。",
        Text::Required => "【必須】",
        Text::RequiredOnly => "【外国人本人は必須】",
        Text::InputLead => "利用者情報入力(STEP1)【システムを使(つか)う人(ひと)のことを書(か)いてください】",
        Text::Left => "あと{0}項目",
        Text::Complete => "全部入りました",
        Text::SummaryTitle => "＊直すところが{0}つあります。Enter でその欄へ移ります。",
        Text::Example => "例）{0}",
        Text::FromCard => "カードの記載: {0}",
        Text::SubstitutedName => "カードの氏名に、置き換えられた文字があります。",
        Text::SubstitutedAddress => "カードの住所に、置き換えられた文字があります。",
        Text::DiffersFromCard => "カードの記載({0})と違います。正しければこのままで構いません。",
        Text::PasteTooLong => "＊貼り付けた文字が多すぎます({0}文字)。何も入れませんでした。",
        Text::MailAllow => "{0} からのメールを受け取れるように設定してください。",
        Text::Search => "検索",
        Text::Choose => "Enter で選びます",
        Text::Closed => "この区分では書きません。",
        Text::ResidenceCardWhere => "在留カードの右上にあります。",
        Text::ConsentLead => "利用規約を確認した上で同意される場合は、「利用規約に同意します。」にチェックしてください。",
        Text::Consent => "利用規約に同意します。",
        Text::TermsLink => "利用規約はこちら",
        Text::Confirm => "確認",
        Text::Register => "登録",
        Text::PickerTitle => "住居地の検索",
        Text::PickerPrefecture => "検索条件: 都道府県を選ぶか、そのまま入力してください。",
        Text::PickerMunicipality => "検索結果: 在留カードに書いてある市区町村を選んでください。",
        Text::PickerHow => "漢字・かな・ローマ字・郵便番号",
        Text::PickerNothing => "見つかりません。文字を減らすか、都道府県から選んでください。",
        Text::PickerCount => "{0}/{1}",
        Text::PickerFormer => "旧 {0}",
        Text::TermsTitle => "利用規約",
        Text::TermsLoading => "利用規約を読み込んでいます。",
        Text::ConfirmLead => "利用者情報入力(STEP1)の入力内容",
        Text::ConfirmNot => "まだ登録していません。「登録」で登録します。直すときは行を選んで Enter。",
        Text::Consented => "同意する",
        Text::DoneTitle => "登録が完了しました。",
        Text::DoneId => "認証ID",
        Text::DoneWrite => "この認証IDを紙に書いてください。ログインに必要です。",
        Text::DoneMail => "メールを送ります: {0}",
        Text::DoneMailFile => "メールサーバーがないので、メールは次のフォルダーに置きました: {0}",
        Text::DoneNext1 => "1. 届いたメールのURLから、24時間以内に最初のパスワードを決めます。",
        Text::DoneNext2 => "2. 「パスワード登録完了及び認証IDのお知らせ」のメールが届きます。消さないでください。",
        Text::DoneNext3 => "3. 認証IDとパスワードでログインできます。カードは片づけて構いません。",
        Text::DoneRevocation => "失効確認: していません(チェーン、期限、署名は確認しました)。",
        Text::DoneRevocationOther => "失効確認: {0}",
        Text::DoneTop => "トップページへ戻る",
        Text::DoneSave => "控えを保存する",
        Text::DoneSaved => "控えを保存しました: {0}",
        Text::DoneNotSaved => "＊控えを保存できませんでした: {0}",
        Text::TroubleCode => "コード {0}",
        Text::TroubleOfficial => "公式のコード {0}",
        Text::TroubleStatus => "カードの応答 {0}",
        Text::TroubleDetail => "詳しく: {0}",
        Text::TroubleCause => "原因(げんいん)",
        Text::TroubleTodo => "すること",
        Text::TroubleKept => "入力した内容は残っています。",
        Text::TroubleSeems => "このカードは{0}のようです。",
        Text::TroubleHeldBy => "使っているプログラム: {0}",
        Text::TroubleRetryAfter => "{0}秒ほど待ってください。",
        Text::WayOnLook => "もう一度調べる",
        Text::WayOnRetry => "もう一度試す",
        Text::WayOnPin => "パスワードを入れ直す",
        Text::WayOnClose => "閉じる",
        Text::WayOnTop => "トップページへ戻る",
        Text::WayOnWaits => "カードやリーダーの準備ができると、自動で先へ進みます。",
        Text::KindMyNumber => "マイナンバーカード",
        Text::KindOldResident => "住民基本台帳カード",
        Text::KindPhone => "スマートフォン",
        Text::KindResidence => "在留カード",
        Text::KindLicence => "運転免許証",
        Text::KindPassport => "パスポート",
        Text::KindBank => "キャッシュカードやクレジットカード",
        Text::KindTransport => "交通系などのICカード",
        Text::KindUnknown => "別の種類のカード",
        Text::LanguageTitle => "言語 Language",
        Text::ReaderTitle => "どのカードリーダーを使いますか。",
        Text::ReaderWithCard => "カードあり",
        Text::FirstPasswordTitle => "最初(さいしょ)のパスワード",
        Text::HelpTitle => "ヘルプ",
        Text::LeaveTitle => "終わりますか。",
        Text::LeaveLost => "登録していない入力は消えます。",
        Text::LeaveStay => "続ける",
        Text::LeaveGo => "終わる",
        Text::KeysMove => "Tab 次",
        Text::KeysEnter => "Enter 決定",
        Text::KeysBack => "Esc 戻る",
        Text::KeysHelp => "F1 ヘルプ",
        Text::KeysLanguage => "F2 Language",
        Text::KeysCard => "F5 カード",
        Text::KeysConfirm => "F10 確認",
        Text::KeysRegister => "F10 登録",
        Text::KeysScroll => "PageDown 続き",
        Text::KeysSpace => "Space 選択",
        Text::KeysStop => "Esc 中止",
        Text::TooSmall => "画面が小さすぎます。大きくしてください。",
        Text::More => "続きがあります",
    }
}
