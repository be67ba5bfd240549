//! One spelling per kanji in place names. Shared by the build script and the search, like `key.rs` for readings.

/// Spellings of the same character in place names: Japan Post and the ministry are inconsistent, and people type the forms that they know.
/// Sorted by the first of each pair; the second is used for comparison.
pub(super) const SPELLINGS: &[(char, char)] = &[
    ('來', '来'),
    ('兒', '児'),
    ('冨', '富'),
    ('區', '区'),
    ('國', '国'),
    ('圓', '円'),
    ('學', '学'),
    ('寶', '宝'),
    ('峽', '峡'),
    ('嶋', '島'),
    ('嶽', '岳'),
    ('廣', '広'),
    ('彌', '弥'),
    ('德', '徳'),
    ('惠', '恵'),
    ('戶', '戸'),
    ('曾', '曽'),
    ('會', '会'),
    ('條', '条'),
    ('榮', '栄'),
    ('槇', '槙'),
    ('橫', '横'),
    ('檜', '桧'),
    ('檮', '梼'),
    ('櫻', '桜'),
    ('淵', '渕'),
    ('澁', '渋'),
    ('澤', '沢'),
    ('濱', '浜'),
    ('瀧', '滝'),
    ('瀨', '瀬'),
    ('產', '産'),
    ('眞', '真'),
    ('碕', '崎'),
    ('祇', '祗'),
    ('禮', '礼'),
    ('籠', '篭'),
    ('縣', '県'),
    ('與', '与'),
    ('舊', '旧'),
    ('莊', '荘'),
    ('萬', '万'),
    ('藏', '蔵'),
    ('藪', '薮'),
    ('蘆', '芦'),
    ('諫', '諌'),
    ('豐', '豊'),
    ('邉', '辺'),
    ('邊', '辺'),
    ('鐵', '鉄'),
    ('靜', '静'),
    ('驒', '騨'),
    ('驛', '駅'),
    ('髙', '高'),
    ('鷗', '鴎'),
    ('鹽', '塩'),
    ('麴', '麹'),
    ('龍', '竜'),
    ('龜', '亀'),
    ('﨑', '崎'),
    ('𠮷', '吉'),
];

/// Return the character used for comparison: one spelling per kanji, hiragana for katakana, ヶ, ヵ, ガ and が as け, ッ as つ, ASCII for full
/// width, lower case.
pub(super) fn fold(c: char) -> char {
    match c {
        '！'..='～' => super::letters::half_width(c).to_ascii_lowercase(),
        'ヶ' | 'ヵ' | 'ガ' | 'が' | 'ゖ' | 'ゕ' => 'け',
        'ッ' | 'っ' => 'つ',
        '\0'..='ヿ' => super::key::hiragana(c).to_ascii_lowercase(),
        _ => SPELLINGS.binary_search_by_key(&c, |pair| pair.0).ok().and_then(|i| SPELLINGS.get(i)).map_or(c, |pair| pair.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_can_be_looked_up_and_lead_to_one_form() {
        assert!(SPELLINGS.is_sorted());
        assert!(SPELLINGS.iter().all(|(from, to)| fold(*from) == *to && fold(*to) == *to));
    }
}
