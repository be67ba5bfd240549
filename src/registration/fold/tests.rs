//! Tables of inputs and their folded values, field by field.

use super::*;
use Change::*;

fn table(field: FieldId, rows: &[(&str, &str, &[Change])]) {
    for (typed, value, changes) in rows {
        let folded = fold(field, typed);
        assert_eq!(folded.value, *value, "{typed:?}");
        assert_eq!(folded.changes, *changes, "{typed:?}");
    }
}

#[test]
fn names_become_capitals_and_single_spaces() {
    table(
        FieldId::Name,
        &[
            ("NYUKAN SABURO", "NYUKAN SABURO", &[]),
            ("nyukan saburo", "NYUKAN SABURO", &[Capitals]),
            ("ＮＹＵＫＡＮ　ＳＡＢＵＲＯ", "NYUKAN SABURO", &[HalfWidth]),
            ("  NYUKAN   SABURO ", "NYUKAN SABURO", &[Spaces]),
            ("NYUKAN\tSABURO\n", "NYUKAN SABURO", &[Spaces]),
            ("NYUKAN\u{200b} SABURO\u{202e}", "NYUKAN SABURO", &[Invisible]),
            ("NYU\0KAN", "NYUKAN", &[Invisible]),
            ("MARY-ANN", "MARY ANN", &[Separators]),
            ("MARYーANN", "MARY ANN", &[Separators]),
            ("O'BRIEN", "OBRIEN", &[Separators]),
            ("O’Brien", "OBRIEN", &[Separators, Capitals]),
            ("O´BRIEN", "OBRIEN", &[Separators]),
            ("J.R. SMITH", "J R SMITH", &[Separators]),
            ("SUHARTO", "SUHARTO", &[]),
            ("", "", &[]),
            (" ", "", &[Spaces]),
        ],
    );
}

#[test]
fn letters_with_marks_become_a_passports() {
    table(
        FieldId::Name,
        &[
            ("NGUYỄN", "NGUYEN", &[Diacritics]),
            ("NGUYE\u{302}\u{303}N", "NGUYEN", &[Diacritics]),
            ("Nguyễn Thị Ánh", "NGUYEN THI ANH", &[Capitals, Diacritics]),
            ("ĐẶNG", "DANG", &[Diacritics]),
            ("MÜLLER", "MUELLER", &[Diacritics]),
            ("MU\u{308}LLER", "MUELLER", &[Diacritics]),
            ("Ạ\u{308}", "AE", &[Diacritics]),
            ("ÅSE", "AASE", &[Diacritics]),
            ("ＭＵ\u{308}LLER", "MUELLER", &[HalfWidth, Diacritics]),
            ("STRAẞE", "STRASSE", &[Diacritics]),
            ("X\u{301}\u{302}\u{303}Y", "XY", &[Diacritics]),
        ],
    );
}

#[test]
fn kana_names_become_latin() {
    table(
        FieldId::Name,
        &[
            ("やまだ たろう", "YAMADA TARO", &[Kana]),
            ("ヤマダ　タロウ", "YAMADA TARO", &[HalfWidth, Kana]),
            ("ﾔﾏﾀﾞ ﾀﾛｳ", "YAMADA TARO", &[Kana]),
            ("おか゛た", "OGATA", &[Kana]),
            ("おおの", "ONO", &[Kana]),
            ("OHNO", "OHNO", &[]),
            ("ジョン・スミス", "JON SUMISU", &[Kana, Separators]),
            ("ガルシア=ロペス", "GARUSHIA ROPESU", &[Kana, Separators]),
            ("ニーナ", "NINA", &[Kana]),
        ],
    );
}

#[test]
fn what_no_passport_has_stays_in_the_name() {
    table(
        FieldId::Name,
        &[
            ("山田　太郎", "山田 太郎", &[HalfWidth]),
            ("ИВАН", "ИВАН", &[]),
            ("ANNE😀", "ANNE😀", &[]),
            ("ANNE1", "ANNE1", &[]),
            ("ゝ", "ゝ", &[Kana]),
        ],
    );
}

#[test]
fn address_lines_become_full_width() {
    table(
        FieldId::AddressLine,
        &[
            ("霞が関１丁目１番１号　霞ハイツ２０２", "霞が関１丁目１番１号　霞ハイツ２０２", &[]),
            ("霞が関1丁目1番1号 霞ﾊｲﾂ202", "霞が関１丁目１番１号　霞ハイツ２０２", &[FullWidth]),
            ("霞が関1-1-1", "霞が関１－１－１", &[FullWidth]),
            ("霞が関１ー１ー１", "霞が関１－１－１", &[Dashes]),
            ("霞が関１−１‐１–１", "霞が関１－１－１－１", &[Dashes]),
            ("ｺｰﾎﾟ霞Aｰ2", "コーポ霞Ａ－２", &[FullWidth, Dashes]),
            ("タワーー２", "タワーー２", &[]),
            ("霞が関\n202", "霞が関　２０２", &[Spaces, FullWidth]),
            ("　霞が関　　１　", "霞が関　１", &[Spaces]),
            ("ｶﾞｰﾃﾞﾝ", "ガーデン", &[FullWidth]),
            ("①番館Ⅱ", "１番館ＩＩ", &[FullWidth]),
            ("Café", "Ｃａｆｅ", &[FullWidth, Diacritics]),
            ("葛\u{e0100}町", "葛町", &[Invisible]),
            ("", "", &[]),
        ],
    );
}

#[test]
fn a_day_that_can_be_no_month_is_understood_before_its_month() {
    for (typed, value) in [("23/01/2000", "20000123"), ("31.12.1999", "19991231"), ("04/01/1990", "04/01/1990"), ("1990年4月", "1990年4月")]
    {
        assert_eq!(fold(FieldId::BirthDate, typed).value, value, "{typed}");
    }
}

#[test]
fn phone_numbers_become_digits() {
    table(
        FieldId::Phone,
        &[
            ("09012345678", "09012345678", &[]),
            ("090-1234-5678", "09012345678", &[Separators]),
            ("０９０－１２３４－５６７８", "09012345678", &[HalfWidth, Separators]),
            ("090ー1234ー5678", "09012345678", &[Separators]),
            ("(03) 1234 5678", "0312345678", &[Separators]),
            ("+81 90 1234 5678", "09012345678", &[Separators, CountryCode]),
            ("+81 (0)90-1234-5678", "09012345678", &[Separators, CountryCode]),
            ("०९०१२३४५६७८", "09012345678", &[Digits]),
            ("\u{202a}09012345678\u{202c}", "09012345678", &[Invisible]),
            ("+84901234567", "+84901234567", &[]),
            // As dialled from abroad, and from Japan by those who copy it.
            ("0081-90-1234-5678", "09012345678", &[Separators, CountryCode]),
            ("010-81-3-1234-5678", "0312345678", &[Separators, CountryCode]),
            ("81-90-1234-5678", "09012345678", &[Separators, CountryCode]),
            ("81(0)3-1234-5678", "0312345678", &[Separators, CountryCode]),
            // Too short to have a country's code, or another country's.
            ("008190123456", "008190123456", &[]),
            ("8190123456", "8190123456", &[]),
            ("84901234567", "84901234567", &[]),
            ("090abc", "090abc", &[]),
        ],
    );
}

#[test]
fn mail_addresses_keep_their_case() {
    table(
        FieldId::Email,
        &[
            ("Anne.Lee@Example.jp", "Anne.Lee@Example.jp", &[]),
            ("ａｎｎｅ＠ｅｘａｍｐｌｅ．ｊｐ", "anne@example.jp", &[HalfWidth]),
            ("anne@example。jp", "anne@example.jp", &[HalfWidth]),
            ("anneーlee@example.jp", "anne-lee@example.jp", &[Dashes]),
            (" anne@example.jp\n", "anne@example.jp", &[Spaces]),
            ("anne@\u{200b}example.jp", "anne@example.jp", &[Invisible]),
            ("foo..bar.@docomo.ne.jp", "foo..bar.@docomo.ne.jp", &[]),
            ("an ne@example.jp", "an ne@example.jp", &[]),
            // As mail programs write an address.
            ("\"foo..bar.\"@docomo.ne.jp", "foo..bar.@docomo.ne.jp", &[Separators]),
            ("<anne@example.jp>", "anne@example.jp", &[Separators]),
            ("Anne Lee <anne@example.jp>", "anne@example.jp", &[Separators]),
            ("mailto:anne@example.jp", "anne@example.jp", &[Separators]),
            ("\"anne", "\"anne", &[]),
            ("anne>", "anne>", &[]),
        ],
    );
}

#[test]
fn card_numbers_become_capitals() {
    table(
        FieldId::ResidenceCard,
        &[
            ("AB12345678CD", "AB12345678CD", &[]),
            ("ab 1234-5678 cd", "AB12345678CD", &[Capitals, Separators]),
            ("ＡＢ１２３４５６７８ＣＤ", "AB12345678CD", &[HalfWidth]),
            ("AB१२३४५६७८CD", "AB12345678CD", &[Digits]),
        ],
    );
}

#[test]
fn birth_dates_become_eight_digits() {
    table(
        FieldId::BirthDate,
        &[
            ("19900401", "19900401", &[]),
            ("1990/4/1", "19900401", &[Separators]),
            ("1990-04-01", "19900401", &[Separators]),
            ("1990.4.1", "19900401", &[Separators]),
            ("1990年4月1日", "19900401", &[Separators]),
            ("１９９０年４月１日生まれ", "19900401", &[HalfWidth, Separators]),
            ("1990 0401", "19900401", &[Separators]),
            ("१९९०0401", "19900401", &[Digits]),
            ("平成2年4月1日", "19900401", &[Era, Separators]),
            ("H2.4.1", "19900401", &[Era, Separators]),
            ("h020401", "19900401", &[Era, Separators]),
            ("㍻2年4月1日", "19900401", &[HalfWidth, Era, Separators]),
            ("令和元年5月1日", "20190501", &[Era, Separators]),
            ("S64.1.7", "19890107", &[Era, Separators]),
            ("昭和50年不詳", "19750000", &[Era, UnknownParts, Separators]),
            ("1990年不詳", "19900000", &[UnknownParts, Separators]),
            ("1990年月日不詳", "19900000", &[UnknownParts, Separators]),
            ("1990年4月日不詳", "19900400", &[UnknownParts, Separators]),
            ("年月日不詳", "00000000", &[UnknownParts, Separators]),
            ("生年月日不詳", "00000000", &[UnknownParts, Separators]),
            ("不明", "00000000", &[UnknownParts, Separators]),
        ],
    );
}

#[test]
fn a_date_that_leaves_doubts_stays_as_typed() {
    for typed in [
        "01/04/1990",
        "1990 12 3 1",
        "90.4.1",
        "平成40年1月1日",
        "H0.1.1",
        "S99.1.1",
        "平成",
        "1990年",
        "1990-4",
        "1990年4月1日不詳",
        "4/1",
        "abc",
        "1990年元月1日",
    ] {
        assert_eq!(fold(FieldId::BirthDate, typed).value, typed);
    }
}

#[test]
fn folding_takes_time_in_proportion_to_the_length() {
    for unit in
        ["A", "あ", "ー", "e\u{301}", "\u{301}", "ﷺ", " ", "-", "1", "\u{200b}", "が\u{323}\u{301}", "/", "年", "う", "ッ", "\u{1100}"]
    {
        let long = unit.repeat(60_000 / unit.len());
        for row in &super::super::FIELDS {
            let started = std::time::Instant::now();
            let _ = fold(row.id, &long);
            // Takes milliseconds; quadratic time would take half a minute.
            assert!(started.elapsed().as_secs() < 10, "{unit:?} {} {:?}", row.key, started.elapsed());
        }
    }
}
