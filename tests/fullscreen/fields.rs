//! Every field with what people really put into it: nothing, too much, another script, what cannot be seen. Each gets its own words, what was
//! typed stays, the caret stands behind it, and mended it is taken.

use crate::Demo;
use crate::journey;
use crate::pty::key;

const CLEAR: &str = "\x15"; // Ctrl-U

/// Where text begins: the margin, and the indent of a field.
const FIRST: u16 = 5;
/// The last cell of a field in a window of 80 columns: longer values are scrolled.
const LAST: u16 = 70;

/// STEP1, from the first field on.
struct Form(Demo);

impl Form {
    fn open() -> Form {
        let demo = Demo::at_step1();
        demo.wait_for("MONTGOMERY ANNE");
        let mut form = Form(demo);
        // It begins at the first empty field.
        form.0.press(&key::BACK_TAB.repeat(5));
        form
    }

    /// Go so many items on.
    fn go(&mut self, items: usize) {
        self.0.press(&key::TAB.repeat(items));
    }

    /// Empty the field, paste into it, leave it and come back: the words, and what stands there, with the caret behind it.
    fn pasted(&mut self, text: &str, words: &str, stays: &str) {
        self.clear();
        self.0.paste(text);
        self.left(words, stays);
    }

    fn clear(&mut self) {
        self.0.press(CLEAR);
        self.0.wait_until("an empty field", |screen, _| {
            let (row, col) = screen.cursor_position();
            !screen.hide_cursor() && col == FIRST && screen.contents_between(row, FIRST, row, LAST).trim().is_empty()
        });
    }

    fn left(&mut self, words: &str, stays: &str) {
        self.0.press(key::TAB);
        self.0.press(key::BACK_TAB);
        self.stands(words, stays);
    }

    /// The words are on the screen, and the caret stands behind what stays.
    fn stands(&self, words: &str, stays: &str) {
        self.0.wait_until(&format!("{words} / {stays}"), |screen, _| {
            let (row, col) = screen.cursor_position();
            let before = screen.contents_between(row, FIRST, row, col);
            let whole = before == stays || (col >= LAST && stays.ends_with(&before));
            !screen.hide_cursor() && whole && screen.contents().contains(words)
        });
    }

    /// A megabyte is refused whole, in words, and the next key is taken at once.
    fn refuses_a_megabyte(&mut self) {
        self.clear();
        self.0.type_text("1");
        self.0.paste(&"あ".repeat(1_000_000 / 3));
        self.stands("貼り付けた文字が多すぎます(333333文字)。", "1");
        self.0.type_text("2");
        self.0.wait_gone("貼り付けた文字が多すぎます");
        self.stands("", "12");
    }
}

#[test]
fn a_name_that_cannot_be_taken_says_why_and_stays() {
    let mut form = Form::open();
    form.pasted(&"A".repeat(105), "104文字までです。1文字減らしてください。", &"A".repeat(105));
    form.pasted("山田 太郎", "アルファベットかかなで入力してください", "山田 太郎");
    form.pasted("Анна", "アルファベットかかなで入力してください", "Анна");
    form.pasted("AN😀NE", "「😀」を英字かスペースに直すか", "AN😀NE");
    form.pasted("AN\u{202E}NE\u{200B}", "見えない文字を取りました", "ANNE");
    form.pasted("AN\u{7}NE", "見えない文字を取りました", "ANNE");
    form.pasted("\u{1B}[31mANNE", "「[」を英字かスペースに直すか", "[31MANNE");
    form.pasted("ANNE\u{301}\u{301}\u{301}", "旅券と同じ文字に直しました", "ANNE");
    form.pasted("a\r\nb\tc", "大文字に直しました", "A B C");
    form.pasted("ｱﾝﾇ やまだ", "ヘボン式ローマ字に直しました", "ANNU YAMADA");
    form.refuses_a_megabyte();
    form.pasted("ＮＹＵＫＡＮ　Ｓａｂｕｒｏ", "半角に直しました", "NYUKAN SABURO");
}

#[test]
fn a_date_that_cannot_be_says_why_and_stays() {
    let mut form = Form::open();
    form.go(2);
    form.pasted("200001234", "年4桁、月2桁、日2桁の順に", "200001234");
    form.pasted("2000012", "年4桁、月2桁、日2桁の順に", "2000012");
    form.pasted("20000230", "ある日付を", "20000230");
    form.pasted("29990101", "が今日より後です", "29990101");
    form.pasted("生まれた日", "年4桁、月2桁、日2桁の順に", "生まれた日");
    form.pasted("2000😀123", "年4桁、月2桁、日2桁の順に", "2000😀123");
    form.pasted("2000\u{200F}0123", "見えない文字を取りました", "20000123");
    form.refuses_a_megabyte();
    form.pasted("２０００年１月２３日", "直しました", "20000123");
}

#[test]
fn an_address_that_cannot_be_taken_says_why_and_stays() {
    let mut form = Form::open();
    form.go(4);
    form.pasted(&"丁".repeat(86), "85文字までです。1文字減らしてください。", &"丁".repeat(86));
    form.pasted("東京都新宿区西新宿２", "は上の欄にあるので、ここから消しました", "西新宿２");
    form.pasted("西新宿😀", "「😀」は使えません", "西新宿😀");
    form.pasted("西新宿ก", "「ก」は使えません", "西新宿ก");
    form.pasted("西\u{202E}新宿", "見えない文字を取りました", "西新宿");
    form.pasted("か\u{3099}く", "", "がく");
    form.refuses_a_megabyte();
    form.pasted("nishi 2-8-1", "全角に直しました", "ｎｉｓｈｉ　２－８－１");
}

#[test]
fn a_phone_number_that_cannot_be_called_says_why_and_stays() {
    let mut form = Form::open();
    form.go(5);
    form.pasted("0901234567890", "12桁までで、1桁多いです。国内からかける番号を", "0901234567890");
    form.pasted("090123456", "10文字以上必要です。今は9文字です。", "090123456");
    form.pasted("9012345678", "0から始まる日本の番号を", "9012345678");
    form.pasted("でんわ", "番号1つを数字だけで入力してください", "でんわ");
    form.pasted("090😀12345678", "「😀」や内", "090😀12345678");
    form.pasted("\u{202D}09012345678\u{202C}", "見えない文字を取りました", "09012345678");
    form.pasted("090\u{0}12345678", "見えない文字を取りました", "09012345678");
    form.refuses_a_megabyte();
    form.pasted("+81 90-1234-5678", "国番号 81 を 0 に直しました", "09012345678");
}

#[test]
fn a_mail_address_that_cannot_work_says_why_and_stays_and_the_second_must_equal_it() {
    let mut form = Form::open();
    form.go(6);
    let long = format!("{}@example.jp", "a".repeat(50));
    form.pasted(&long, "もっと短いアドレス", &long);
    form.pasted("anne", "「名前@ドメイン」の形で入力してください", "anne");
    form.pasted("anne@example", "の@の後ろを確かめてください", "anne@example");
    form.pasted("アンヌ@example.jp", "」を消してください", "アンヌ@example.jp");
    form.pasted("anne😀@example.jp", "「😀」を消してください", "anne😀@example.jp");
    form.pasted("an\u{200E}ne@example.jp", "見えない文字を取りました", "anne@example.jp");
    form.refuses_a_megabyte();
    form.pasted("anne@gmail.con", "ではありませんか", "anne@gmail.con");
    form.pasted("foo..bar.@docomo.ne.jp", "", "foo..bar.@docomo.ne.jp");
    form.go(1);
    form.pasted("foo.bar@docomo.ne.jp", "が上のメールアドレスと違います", "foo.bar@docomo.ne.jp");
    form.refuses_a_megabyte();
    form.pasted("ｆｏｏ..bar.@docomo.ne.jp", "半角に直しました", "foo..bar.@docomo.ne.jp");
}

#[test]
fn a_residence_card_number_with_a_letter_for_a_digit_names_it() {
    let mut form = Form::open();
    form.go(8);
    form.0.press("1");
    form.pasted("AB12345678CDE", "12文字で、1文字多いです。カードを見て", "AB12345678CDE");
    form.pasted("AB1234567CD", "12文字以上必要です。今は11文字です。", "AB1234567CD");
    form.pasted("ABO2345678CD", "3文字目の「O」は「0」ではありませんか", "ABO2345678CD");
    form.pasted("0B12345678CD", "1文字目の「0」は「O」ではありませんか", "0B12345678CD");
    form.pasted("在留番号", "「在」を、半角の英数字に直してください", "在留番号");
    form.pasted("AB😀2345678CD", "「😀」を、半角の英数字に直してください", "AB😀2345678CD");
    form.pasted("AB\u{2066}12345678\u{2069}CD", "見えない文字を取りました", "AB12345678CD");
    form.refuses_a_megabyte();
    form.pasted("ａｂ１２３４５６７８ｃｄ", "大文字に直しました", "AB12345678CD");
}

#[test]
fn an_empty_form_is_told_item_by_item_and_each_line_leads_to_its_field() {
    let mut form = Form::open();
    for items in [0, 2, 2] {
        form.go(items);
        form.clear();
    }
    form.0.press(key::F10);
    form.0.wait_for("直すところが8か所あります");
    for words in ["利用者氏名を入力", "生年月日を入力", "利用者連絡先電話番号を入力", "利用者の区分を選んで", "にチェックしてください"]
    {
        form.0.wait_for(words);
    }
    form.0.press(key::DOWN);
    form.0.press(key::ENTER);
    form.stands("＊生年月日を入力してください", "");
    form.0.type_text("19900401");
    form.0.press(key::F10);
    form.0.wait_for("直すところが7か所あります");
}

#[test]
fn a_form_that_was_mended_is_confirmed() {
    let mut form = Form::open();
    form.pasted("山田", "アルファベットかかなで", "山田");
    form.0.press(key::F10);
    form.0.wait_for("直すところが6か所あります");
    form.0.press(key::ENTER);
    form.stands("アルファベットかかなで", "山田");
    form.0.press(CLEAR);
    form.0.type_text("yamada taro");
    form.0.press(key::F3);
    journey::to_step2(&mut form.0);
    form.0.wait_for("YAMADA TARO");
}

#[test]
fn editing_in_the_middle_keeps_the_caret_where_the_letter_went() {
    let mut form = Form::open();
    form.go(4);
    form.clear();
    form.0.type_text("西宿");
    form.0.press(key::LEFT);
    form.0.paste("新");
    form.stands("西新宿", "西新");
    form.0.press(key::BACKSPACE);
    form.stands("西宿", "西");
    form.0.press(key::END);
    form.0.type_text("ﾊﾞ");
    form.stands("", "西宿バ");
}

#[test]
fn the_picker_refuses_a_megabyte_in_words_and_finds_the_next_place() {
    let mut form = Form::open();
    form.go(3);
    form.0.press(key::ENTER);
    form.0.wait_for("住居地の検索");
    form.0.press(key::ESC);
    form.0.wait_for("東京都 Tokyo-to");
    form.0.paste(&"新".repeat(1_000_000 / 3));
    form.0.wait_for("貼り付けた文字が多すぎます(333333文字)。");
    form.0.type_text("shinjyuku");
    form.0.wait_for("東京都 新宿区");
    form.0.press(key::ENTER);
    form.0.wait_for("利用者連絡先電話番号");
}
