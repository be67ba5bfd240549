//! What F1 says on each page, in English. One entry is one paragraph; a line of a drawing begins with a space.

use crate::locale::words::Page;

const MOVE: &str = "Tab, Shift+Tab and the arrow keys move. Enter acts or goes on. Space ticks or chooses. Esc goes one step back.";
const FUNCTION_KEYS: &str = "F1 help, F2 language, F5 read the card, F8 next person, F10 confirm.";
const NO_FUNCTION_KEYS: &str = "You can do without the F keys: everything they do also stands on the screen.";
const SAFE: &str = "Safety: PINs go to the card only. They are never stored and never sent over the network.";
const NO_TRY: &str = "If the length or a character can't be right, zairyu says so first. That costs no try.";
const FOLDED: &str = "Small letters and full-width characters are changed for you into what the card holds.";
const PINS: &str = "Your card has four PINs. They stand on the paper that you got with the card (暗証番号記載票):";
const PINS_1: &str = " 1 署名用              6-16 capitals/digits  5 tries  used here";
const PINS_2: &str = " 2 利用者証明用        4 digits              3 tries  used here";
const PINS_3: &str = " 3 券面事項入力補助用  4 digits              3 tries  not used";
const PINS_4: &str = " 4 住民基本台帳用      4 digits              3 tries  not used";
const FREE_MAIL: &str = "Mail to free addresses such as Gmail or Hotmail may not arrive. \
    A Japanese provider's or carrier's address is safer. Allow mail from the service's domain.";

/// Return the help for a page.
pub(in crate::locale) fn help(page: Page) -> &'static [&'static str] {
    match page {
        Page::Top => &[
            "Here you start. zairyu registers you as a user of Japan's online residence applications.",
            "Choose 「新規利用者登録 外国人本人・その他」 (new user registration).",
            "You need: your My Number Card, a card reader and two PINs. If you register for yourself, also your residence card.",
            "Not sure what you need? First choose \"Prepare and check\".",
            MOVE,
            FUNCTION_KEYS,
            NO_FUNCTION_KEYS,
            "To practise without a card, run \"zairyu demo\". For a screen reader or a simple terminal, run \"zairyu --line\".",
            SAFE,
        ],
        Page::Prepare => &[
            "This page looks whether everything is ready. What is ready is ticked by itself.",
            "1. Plug in the card reader and wait a little. 2. Put your My Number Card on it. 3. Get the paper with your PINs.",
            "Keep phones, other cards and metal away from the reader. Leave the card there until the end.",
            "To bring family from abroad (在留資格認定証明書交付): the card of the person in Japan.",
            "To change your status or extend your stay (在留資格変更, 在留期間更新): the foreign national's own card.",
            "As a legal representative, such as a parent of a small child: your own card.",
            PINS,
            PINS_1,
            PINS_2,
            PINS_3,
            PINS_4,
            "If the card or reader is not found, press F5, or run \"zairyu doctor\".",
            MOVE,
            FUNCTION_KEYS,
            NO_FUNCTION_KEYS,
        ],
        Page::SigningPassword => &[
            "Here you enter the signing password (署名用パスワード) of your My Number Card. With it the card signs your registration.",
            "It has 6 to 16 capital letters and digits. You chose it when you got the card.",
            PINS,
            PINS_1,
            PINS_2,
            PINS_3,
            PINS_4,
            "The tries left stand on this page. After 5 wrong ones in a row the card locks the password. A right one sets it back to 5.",
            NO_TRY,
            FOLDED,
            "Forgotten? Stop here. Your municipal office (市区町村の窓口) sets a new one: take the card and another photo ID.",
            "If you know the 4-digit PIN of 利用者証明用, the app \"JPKI暗証番号リセット\" and a convenience-store kiosk work too.",
            "Tab moves. Space on 「パスワードを表示する。」 shows what you type. Enter on OK goes on. Esc goes back.",
            SAFE,
        ],
        Page::AuthenticationPin => &[
            "Here you enter the user-authentication PIN (利用者証明用パスワード). With it the card proves that you are there.",
            "It has 4 digits. Many people use it for health insurance and for papers from convenience stores.",
            PINS,
            PINS_1,
            PINS_2,
            PINS_3,
            PINS_4,
            "The tries left stand on this page. After 3 wrong ones in a row the card locks the PIN. A right one sets it back to 3.",
            NO_TRY,
            FOLDED,
            "Forgotten? Stop here. Your municipal office (市区町村の窓口) sets a new one: take the card and another photo ID.",
            "If you know the signing password (署名用), the app \"JPKI暗証番号リセット\" and a convenience-store kiosk work too.",
            "Tab moves. Space on 「パスワードを表示する。」 shows what you type. Enter on OK goes on. Esc goes back.",
            SAFE,
        ],
        Page::Input => &[
            "Here you write about the person who will use the system. What the card knows is filled in already: please check it.",
            "Lines marked 必須 must be filled.",
            "Type as you like: full width, small letters and hyphens are put right, and you see what changed.",
            "Name: capital letters A-Z, one space between the words. Birth date: 8 digits, such as 20000123.",
            "Place: choose prefecture and municipality with 検索, then write town, numbers, building and room below.",
            FREE_MAIL,
            "For your own application choose 外国人本人. Only then is the residence card number needed: 2 letters, 8 digits, 2 letters.",
            "It stands at the top right of the residence card:",
            " +----------------------------------------+",
            " | 在留カード          番号 AB12345678CD  |  <- here",
            " |                                        |",
            " | 氏名 NYUKAN SABURO        +--------+   |",
            " | 生年月日 2000年01月23日   | photo  |   |",
            " | 住居地 東京都             +--------+   |",
            " +----------------------------------------+",
            "At the end choose 確認 (F10). Lines to mend are listed at the top. What you typed stays.",
            MOVE,
            FUNCTION_KEYS,
            NO_FUNCTION_KEYS,
        ],
        Page::Picker => &[
            "Here you choose the prefecture and municipality where you live.",
            "Choose the one that stands on your residence card, or where your resident record (住民票) is.",
            "Just type: kanji, kana or Latin letters. Osaka, Oosaka and おおさか all work.",
            "Or type your postal code, 7 digits. Then the town is offered as well.",
            "The up and down arrows choose. Enter takes the choice. Esc goes one step back and changes nothing.",
            "Page Up and Page Down move faster.",
        ],
        Page::Confirm => &[
            "Here you check what you typed. Nothing is registered yet.",
            "Look closely at your mail address and, if you gave it, at your residence card number.",
            "To mend a line, move to it and press Enter. Or choose 戻る (back). Nothing that you typed is lost.",
            "If all is right: F10 or Tab goes to 登録 (register), and Enter there registers. The card then signs what you see here.",
            "Leave the card on the reader until the next page appears.",
            "After that: you get an authentication ID (認証ID) here, and a mail with a link. Set your first password within 24 hours.",
            "When the password is set, a second mail brings the 認証ID again.",
            MOVE,
            FUNCTION_KEYS,
            NO_FUNCTION_KEYS,
            SAFE,
        ],
        Page::Acts => &[
            "This is for people who have registered already. The card proves that it is you.",
            "Check the registration: logs in as at any login, and says where the newest mail to you is.",
            "Send the password mail again: for a link that has expired, a mail that never came, or a forgotten password.",
            "Mail my 認証ID: it goes to the address that is registered. It is never shown on this screen.",
            "Correct the mail address: type it twice. Mails that still wait go to the new one.",
            "Link a new card: after a renewal the old registration goes on. 認証ID and password say which one it is.",
            "Delete the registration: everything is deleted, for good. You can register anew at any time.",
            MOVE,
            FUNCTION_KEYS,
            NO_FUNCTION_KEYS,
            SAFE,
        ],
        Page::Done => &[
            "You are registered. The large letters are your authentication ID (認証ID). Write it down now.",
            "You can save a receipt here. Keep it where nobody else sees it.",
            "Next: a mail goes to your address. It holds a link to the page for your first password.",
            "Open the link and set the password within 24 hours.",
            "Then a second mail comes: 「パスワード登録完了及び認証IDのお知らせ」. It holds your 認証ID. Never delete it.",
            "No mail? Look in the spam folder, and ask here where it is now. A wrong address can be corrected with your card.",
            "You can take the card off the reader now. Don't leave it behind.",
            "トップページへ戻る goes back to the top page, and asks first whether you have written the 認証ID down. F1 opens this help, F2 changes the language.",
        ],
        Page::FirstPassword => &[
            "How to set your first password. You don't need the card for this.",
            "1. Open the first mail, copy the link (URL) in it, and paste it here. It works for 24 hours. You may also open it in a browser.",
            "2. Type a password of 8 to 64 characters. 15 or more are better. Letters, digits, signs and spaces of any language are fine.",
            "A sentence of several words is strong and easy to remember. You may paste from a password manager.",
            "Not allowed: your 認証ID, your name or your mail address in it, and passwords that many people use.",
            "3. Choose パスワードを登録する (set the password). To see what you typed, tick パスワードを表示する (show).",
            "The link works until a password is set, once only. Just opening it does not use it up. A newer link replaces an older one.",
            "4. A second mail comes: 「パスワード登録完了及び認証IDのお知らせ」. Keep it.",
            "Did the 24 hours pass, or did no mail come? Have a new link sent with your card: choose \"Have the mail sent again\".",
            "If the last page of the registration showed a folder, the mail lies there as a file. \
                Open its link on this computer while zairyu is running.",
            "Never tell anybody the password. The operator will never ask for it.",
        ],
    }
}
