//! The official Japanese labels and easy lines of the original screens: they stay beside every translation,
//! since the person must find them again on paper (registration.md, "STEP1 fields").

use crate::registration::FieldId;

/// Screen title of the original.
pub const REGISTRATION: &str = "利用者情報登録";
/// The three steps of the original's trail.
pub const TRAIL: [&str; 3] = ["利用者情報入力(STEP1)", "利用者情報確認(STEP2)", "利用者情報登録完了(STEP3)"];
/// Title of the original's PIN steps.
pub const PIN_TITLE: &str = "利用者クライアントソフト パスワード入力";

/// Return the official label of a field.
pub const fn label(field: FieldId) -> &'static str {
    match field {
        FieldId::Name => "利用者氏名",
        FieldId::Sex => "性別",
        FieldId::BirthDate => "生年月日",
        FieldId::Municipality => "住居地(都道府県 市区町村)",
        FieldId::AddressLine => "住居地(町名丁目番地号等)",
        FieldId::Phone => "利用者連絡先電話番号",
        FieldId::Email => "メールアドレス",
        FieldId::EmailAgain => "メールアドレス(確認)",
        FieldId::Category => "利用者の区分",
        FieldId::ResidenceCard => "在留カード番号",
        FieldId::Consent => "利用規約に同意します。",
    }
}

/// Return the easy line of a field, empty where the original has none.
pub const fn easy(field: FieldId) -> &'static str {
    match field {
        FieldId::Name => "【名前(なまえ)】",
        FieldId::Sex => "【性別(せいべつ)】",
        FieldId::BirthDate => "【生(う)まれた日(ひ)】",
        FieldId::Municipality => "【住(す)んでいるところ】",
        FieldId::AddressLine => "【町(まち)の名前(なまえ)、番号(ばんごう)、建物(たてもの)、部屋(へや)】",
        FieldId::Phone => "【電話番号(でんわばんごう)】",
        FieldId::Email => "【メールアドレス】",
        FieldId::EmailAgain => "【もう一度(いちど)】",
        FieldId::Category => "【誰(だれ)の在留申請(ざいりゅうしんせい)をしますか】",
        FieldId::ResidenceCard => "【在留(ざいりゅう)カードの番号(ばんごう)】",
        FieldId::Consent => "",
    }
}

/// Return the official word of a choice.
pub fn choice(word: &str) -> &'static str {
    match word {
        "male" => "男",
        "female" => "女",
        "foreign_national" => "外国人本人",
        "legal_representative" => "法定代理人",
        "family" => "配偶者、子、父又は母等（法定代理人を除く）",
        _ => "",
    }
}
