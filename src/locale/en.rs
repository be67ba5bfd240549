//! English, plain and short. The official Japanese words stand beside it on the screen, or within it where the person must find them again.

use super::{Text, Words, visible};
use crate::registration::fold::Change;
use crate::registration::warning::Warning;
use crate::registration::{FieldId, Problem};
use crate::worker::Doing;

pub(super) mod help;
pub(super) mod trouble;

pub(super) const WORDS: Words = Words {
    text,
    field,
    hint,
    choice,
    problem,
    change,
    warning,
    doing,
    trouble: trouble::trouble,
    help: help::help,
    first_password: help::first_password,
};

fn field(field: FieldId) -> &'static str {
    match field {
        FieldId::Name => "Name",
        FieldId::Sex => "Sex",
        FieldId::BirthDate => "Birth date",
        FieldId::Municipality => "Prefecture and municipality",
        FieldId::AddressLine => "Rest of the address",
        FieldId::Phone => "Phone number",
        FieldId::Email => "Mail address",
        FieldId::EmailAgain => "Mail address again",
        FieldId::Category => "Who is applying",
        FieldId::ResidenceCard => "Residence card number",
        FieldId::Consent => "I agree to the terms",
    }
}

fn hint(field: FieldId) -> &'static str {
    match field {
        FieldId::Name => "Capital letters as in the passport, words separated by one space, up to 104. Kana is changed to letters.",
        FieldId::Sex => "Left, Right or Space to choose.",
        FieldId::BirthDate => "8 digits: year, month, day. Day unknown: 19900400. Month and day unknown: 19900000.",
        FieldId::Municipality => "Enter to search. Choose the one that stands on the residence card.",
        FieldId::AddressLine => "Town, number, building, room; up to 85 characters. Not the prefecture and municipality again.",
        FieldId::Phone => "10 to 12 digits beginning with 0: home, mobile, or one that answers in the daytime.",
        FieldId::Email => "Up to 60 characters. The link for the first password is sent there.",
        FieldId::EmailAgain => "The same mail address once more.",
        FieldId::Category => "Space to choose.",
        FieldId::ResidenceCard => "12 letters and digits, at the top right of the residence card.",
        FieldId::Consent => "Read the terms, then Space to tick the box.",
    }
}

fn choice(word: &str) -> &'static str {
    match word {
        "male" => "male",
        "female" => "female",
        "foreign_national" => "the foreign national",
        "legal_representative" => "a legal representative",
        "family" => "spouse, child, parent or other family",
        _ => "",
    }
}

fn problem(id: FieldId, problem: &Problem) -> String {
    let label = field(id);
    match problem {
        Problem::Missing => match id {
            FieldId::Consent => "＊Tick 「利用規約に同意します。」 if you agree to the terms.".to_owned(),
            FieldId::Sex | FieldId::Category => format!("＊{label}: choose one."),
            FieldId::Municipality => format!("＊{label}: search and choose it."),
            _ => format!("＊{label}: fill this in."),
        },
        Problem::TooLong { limit, over } => format!("＊{label}: at most {limit} characters. Take out {over}."),
        Problem::TooShort { need, have } => format!("＊{label}: {need} characters are needed, there are {have}."),
        Problem::Character(letter) => match id {
            FieldId::AddressLine => format!("＊{label}: take out \"{}\".", visible(*letter)),
            FieldId::Phone | FieldId::BirthDate => format!("＊{label}: take out \"{}\", use digits only.", visible(*letter)),
            _ => format!("＊{label}: change \"{}\" to a plain letter or digit.", visible(*letter)),
        },
        Problem::NotLatin => format!("＊{label}: write it in Latin letters or kana, e.g. YAMADA TARO."),
        Problem::NoSuchDate => format!("＊{label}: there is no such date. Year, month, day in 8 digits, e.g. 20000123."),
        Problem::InFuture => format!("＊{label}: this is after today. Use the Western year, e.g. 20000123."),
        Problem::PhoneStart => format!("＊{label}: begin with 0, e.g. 09012345678."),
        Problem::EmailShape => format!("＊{label}: write it as name@domain, e.g. anne@example.jp."),
        Problem::EmailDomain => format!("＊{label}: look at what stands behind the @, e.g. example.jp."),
        Problem::EmailDiffers => format!("＊{label}: this is not the same as above. Enter the same address."),
        Problem::NotAChoice => format!("＊{label}: choose one of those shown."),
        Problem::UnknownMunicipality => format!("＊{label}: search and choose it again."),
        Problem::MunicipalityRepeated => format!("＊{label}: take out the prefecture and municipality, they stand above."),
        Problem::CardNumber { place, found, meant: Some(meant) } => {
            format!("＊{label}: character {place} is \"{found}\". Is it \"{meant}\"? Look at the card and mend it.")
        }
        Problem::CardNumber { place, found, meant: None } => {
            let kind = if (3..=10).contains(place) { "a digit" } else { "a letter" };
            format!("＊{label}: character {place} is \"{}\", but {kind} belongs there, e.g. AB12345678CD.", visible(*found))
        }
        Problem::Closed => format!("＊{label}: only the foreign national gives this. Take it out."),
    }
}

fn change(change: Change) -> &'static str {
    match change {
        Change::HalfWidth => "Changed to half width.",
        Change::FullWidth => "Changed to full width.",
        Change::Capitals => "Changed to capitals.",
        Change::Separators => "Signs taken out.",
        Change::Spaces => "Extra spaces taken out.",
        Change::Invisible => "Invisible characters taken out.",
        Change::Diacritics => "Marked letters changed to those a passport uses.",
        Change::Kana => "Kana changed to passport Hepburn.",
        Change::Digits => "Digits changed to 0-9.",
        Change::Dashes => "Dashes made alike.",
        Change::CountryCode => "+81 changed to 0.",
        Change::Era => "Changed to the Western year.",
        Change::UnknownParts => "Unknown month or day set to 00.",
    }
}

fn doing(doing: Doing) -> &'static str {
    match doing {
        Doing::Connecting => "Connecting to the card",
        Doing::Verifying => "Checking the password",
        Doing::Reading => "Reading the certificate",
        Doing::Signing => "The card is signing",
        Doing::Sending => "Talking to the service",
    }
}

fn warning(warning: &Warning) -> String {
    match warning {
        Warning::FreeMail { domain } => {
            format!("Mail may not arrive at {domain}. Use another address if you have one.")
        }
        Warning::MailTypo { typed, probably } => format!("\"{typed}\": did you mean \"{probably}\"?"),
        Warning::CertificateEnds { last } => format!("The signing certificate ends on {last}. Renew it at the municipal office soon."),
    }
}

fn text(text: Text) -> &'static str {
    match text {
        Text::Title => "Online Residence Application: user registration",
        Text::Practice => "PRACTICE",
        Text::PracticePins => "This is practice, nothing is really registered. PINs: signing {0}, user authentication {1}",
        Text::TestCards => "This service accepts test cards.",
        Text::TopIntro => "Register to use the system, with your My Number Card and a card reader.",
        Text::TopRegister => "New user registration  新規利用者登録 (外国人本人・その他)",
        Text::TopPrepare => "Prepare and check",
        Text::TopLanguage => "Language 言語",
        Text::TopFirstPassword => "Set the first password",
        Text::TopHelp => "Help",
        Text::TopQuit => "Quit",
        Text::CardWaiting => "Looking for card readers.",
        Text::CardReady => "A My Number Card is in place.",
        Text::CardLooking => "Looking at the card.",
        Text::CardNotReady => "The card is not ready yet.",
        Text::CardSeveral => "There are {0} readers. Press F5 to choose.",
        Text::PrepareTitle => "Before you begin",
        Text::PrepareLead => "Have these at hand. What can be seen from here is checked for you.",
        Text::CheckService => "Card service (PC/SC)",
        Text::CheckReader => "Card reader  ICカードリーダー",
        Text::CheckCard => "My Number Card (or 特定在留カード)",
        Text::CheckSigning => "Signing password 署名用 (6 to 16 letters, digits)",
        Text::CheckAuthentication => "User-authentication PIN 利用者証明用 (4 digits)",
        Text::CheckResidence => "Residence card 在留カード (only if you apply for yourself)",
        Text::StateOk => "OK",
        Text::StateNo => "not yet",
        Text::StateAsk => "at hand?",
        Text::TriesLeft => "{0} tries left",
        Text::TriesLocked => "locked",
        Text::TriesUnknown => "tries left unknown",
        Text::ValidUntil => "valid until {0}",
        Text::AdviserTitle => "What will you apply for? Your choice fills in the category.",
        Text::AdviseBring => "Bring family from abroad (在留資格認定証明書)",
        Text::AdviseBringCard => "Use the card of the person in Japan. No residence card number.",
        Text::AdviseChange => "Change of status, or extension of stay",
        Text::AdviseChangeCard => "Use the foreign national's own card. Residence card number needed.",
        Text::AdviseRepresent => "Apply as legal representative of a family member",
        Text::AdviseRepresentCard => "Use the representative's card. No residence card number.",
        Text::Next => "Next",
        Text::Back => "Back  戻る",
        Text::Ok => "OK",
        Text::Cancel => "Cancel  キャンセル",
        Text::PinSigning => "Enter the signing password of the My Number Card (6 to 16 letters and digits).",
        Text::PinAuthentication => "Enter the user-authentication PIN of the My Number Card (4 digits).",
        Text::PinSigningWhich => "It is the long one that you chose at the municipal office.",
        Text::PinAuthenticationWhich => "It is the one of four digits that you chose at the municipal office.",
        Text::PinShow => "Show it  パスワードを表示する。",
        Text::PinSigningName => "Signing password  署名用パスワード",
        Text::PinAuthenticationName => "User-authentication PIN  利用者証明用パスワード",
        Text::PinCount => "{0} characters",
        Text::PinTries => "Tries left: {0}",
        Text::PinTriesUnknown => "The card did not say how many tries are left.",
        Text::PinLast => "This is the last try. If it is wrong the card locks, and the municipal office must unlock it.",
        Text::PinLastWord => "To go on all the same, type LAST here.",
        Text::PinWordMissing => "＊Nothing is sent to the card until LAST stands there.",
        Text::PinFolded => "Changed to half-width capitals, as the card holds it.",
        Text::PinRefusedSigning => "＊Letters and digits only. That character was left out.",
        Text::PinRefusedAuthentication => "＊Digits only. That character was left out.",
        Text::PinFull => "＊At most {0} characters. That one was left out.",
        Text::PinPaste => "＊The pasted text holds what no password can hold. Nothing was taken.",
        Text::PinEmpty => "＊Enter the password. Nothing was sent to the card.",
        Text::PinTooShort => "＊At least {0} characters are needed. Nothing was sent, so no try was spent.",
        Text::PinLeftOut => "＊Something you typed was left out. If it is right as it stands, press OK again.",
        Text::PinWrong => "＊That was wrong. Tries left: {0}",
        Text::PinWrongUnknown => "＊That was wrong.",
        Text::PinAgain => "The card was moved or reset, so it must be entered again.",
        Text::Required => "【必須 required】",
        Text::RequiredOnly => "【必須 only for 外国人本人】",
        Text::InputLead => "STEP1: about the person who will use the system  利用者情報入力",
        Text::Left => "{0} items left",
        Text::Complete => "complete",
        Text::SummaryTitle => "＊{0} items need mending. Enter goes to the field.",
        Text::Example => "e.g. {0}",
        Text::FromCard => "On the card: {0}",
        Text::SubstitutedName => "The name on the card holds substitute characters.",
        Text::SubstitutedAddress => "The address on the card holds substitute characters.",
        Text::DiffersFromCard => "This differs from the card ({0}). Leave it if it is right.",
        Text::PasteTooLong => "＊The pasted text is too long ({0} characters). Nothing was taken.",
        Text::MailAllow => "Allow mail from {0} in your mail settings.",
        Text::Search => "Search  検索",
        Text::Choose => "Enter to choose",
        Text::Closed => "Not needed with this category.",
        Text::ResidenceCardWhere => "It stands at the top right of the residence card.",
        Text::ConsentLead => "Read the terms; if you agree, tick 「利用規約に同意します。」.",
        Text::Consent => "I agree to the terms.  利用規約に同意します。",
        Text::TermsLink => "Read the terms  利用規約はこちら",
        Text::Confirm => "Confirm  確認",
        Text::Register => "Register  登録",
        Text::PickerTitle => "Find the municipality  住居地の検索",
        Text::PickerPrefecture => "Choose the prefecture 都道府県, or just type.",
        Text::PickerMunicipality => "Choose the municipality that stands on the residence card.",
        Text::PickerHow => "kanji, kana, romaji or postal code",
        Text::PickerNothing => "Nothing found. Type less, or choose the prefecture.",
        Text::PickerCount => "{0}/{1}",
        Text::PickerFormer => "formerly {0}",
        Text::TermsTitle => "Terms of use  利用規約",
        Text::TermsLoading => "Fetching the terms.",
        Text::ConfirmLead => "What you entered in STEP1  利用者情報入力(STEP1)の入力内容",
        Text::ConfirmNot => "Nothing is registered yet. Enter on a line goes back to it.",
        Text::Consented => "agreed",
        Text::DoneTitle => "You are registered.",
        Text::DoneId => "認証ID (authentication ID)",
        Text::DoneWrite => "Write this down on paper. You need it to log in.",
        Text::DoneMail => "A mail is on its way to {0}",
        Text::DoneMailFile => "No mail server is set, so the mail lies in this folder: {0}",
        Text::DoneNext1 => "1. Open the URL in the mail and set the first password within 24 hours.",
        Text::DoneNext2 => "2. A second mail with the 認証ID follows. Do not delete it.",
        Text::DoneNext3 => "3. Log in with the 認証ID and the password. You can put the card away.",
        Text::DoneRevocation => "Revocation: not checked (chain, validity and signature were).",
        Text::DoneRevocationOther => "Revocation: {0}",
        Text::DoneTop => "Back to the top page  トップページへ戻る",
        Text::DoneSave => "Save a receipt",
        Text::DoneSaved => "Receipt saved: {0}",
        Text::DoneNotSaved => "＊The receipt could not be saved: {0}",
        Text::TroubleCode => "Code {0}",
        Text::TroubleOfficial => "also known as {0}",
        Text::TroubleStatus => "card answered {0}",
        Text::TroubleDetail => "detail: {0}",
        Text::TroubleCause => "Why",
        Text::TroubleTodo => "What to do",
        Text::TroubleKept => "Nothing you typed is lost.",
        Text::TroubleSeems => "The card seems to be: {0}",
        Text::TroubleHeldBy => "Held by: {0}",
        Text::TroubleRetryAfter => "Wait about {0} seconds.",
        Text::WayOnLook => "Look again",
        Text::WayOnRetry => "Try again",
        Text::WayOnPin => "Enter the password again",
        Text::WayOnClose => "Close",
        Text::WayOnTop => "Back to the top page",
        Text::WayOnWaits => "Goes on by itself when reader and card are ready.",
        Text::KindMyNumber => "a My Number Card",
        Text::KindOldResident => "an old 住民基本台帳カード",
        Text::KindPhone => "a phone",
        Text::KindResidence => "a residence card 在留カード",
        Text::KindLicence => "a driving licence",
        Text::KindPassport => "a passport",
        Text::KindBank => "a bank or credit card",
        Text::KindTransport => "a transport or electronic money card",
        Text::KindUnknown => "another kind of card",
        Text::LanguageTitle => "Language 言語",
        Text::ReaderTitle => "Which card reader?",
        Text::ReaderWithCard => "card in place",
        Text::FirstPasswordTitle => "The first password",
        Text::PasswordCode => "URL in the mail, or the code at its end",
        Text::PasswordNew => "New password",
        Text::PasswordSet => "Set the password  パスワードを登録する",
        Text::PasswordRule => "8 to 64 characters, better 15 or more; not your name, mail address or 認証ID.",
        Text::PasswordNoCode => "＊Paste the URL of the mail, or the code at its end.",
        Text::PasswordTooShort => "＊The password needs at least {0} characters.",
        Text::PasswordFull => "＊At most {0} characters. What did not fit was left out.",
        Text::PasswordDone => "The password is set. A mail with the 認証ID is on its way.",
        Text::HelpTitle => "Help",
        Text::LeaveTitle => "Leave the program?",
        Text::LeaveLost => "What is not registered yet will be gone.",
        Text::LeaveStay => "Stay",
        Text::LeaveGo => "Leave",
        Text::KeysMove => "Tab next",
        Text::KeysEnter => "Enter act",
        Text::KeysBack => "Esc back",
        Text::KeysHelp => "F1 help",
        Text::KeysLanguage => "F2 言語",
        Text::KeysCard => "F5 card",
        Text::KeysConfirm => "F10 confirm",
        Text::KeysRegister => "F10 register",
        Text::KeysScroll => "PageDown more",
        Text::KeysSpace => "Space choose",
        Text::KeysStop => "Esc stop",
        Text::TooSmall => "The window is too small. Please enlarge it.",
        Text::More => "more below",
        Text::LineLead => "One question a line. Enter keeps what stands there, ? helps, b goes back, q leaves.",
        Text::LineNow => "Now: {0}",
        Text::LineNumber => "Type the number.",
        Text::LineNotThere => "＊That is none of the numbers above. Type one of them.",
        Text::LinePlace => "Type part of it in kanji, kana or romaji, or the postal code. A numbered list follows.",
        Text::LineMore => "There are {0} more. Type more of it.",
        Text::LineSecret => "What you type is not shown.",
        Text::LineSecretShape => "＊It is too long, or holds what no password can hold. Nothing was sent, so no try was spent.",
        Text::LineStop => "Waiting. Type b to stop.",
        Text::LineWayOn => "Enter: {0}. b: back. q: leave.",
        Text::LineSummary => "＊{0} items need mending.",
        Text::LineConfirm => "Nothing is registered yet. 0 registers; the number of a line goes back to it.",
        Text::LineDone => "Type q to leave.",
        Text::LineEnded => "The input has ended. Nothing was registered.",
    }
}
