//! What went wrong, why, and what to do now, in English. The Japanese term stands beside where the person will meet it.
//! Sources: the agency's manual of March 2022; the rules for PINs and certificates of 公的個人認証サービス.

use crate::error::Code;
use crate::locale::words::TroubleText;

const WAIT_AND_RETRY: &str = "Wait a little and try again.";
const RESTART_COMPUTER: &str = "Restart the computer.";
const RESTART: &str = "Close zairyu and start it again.";
const UPDATE: &str = "Install the newest version of zairyu.";
const DOCTOR: &str = "Run \"zairyu doctor\": it looks for the cause.";
const READ_AGAIN: &str = "Press F5 to read the card again.";
const REPLUG: &str = "Unplug the card reader, wait 10 seconds and plug it in again.";
const LIE_STILL: &str = "Put the card in the middle of the reader and don't move it.";
const OTHER_READER: &str = "If you have another card reader, use that one.";
const CLOSE_OTHERS: &str = "Close browsers and other programs that use the card.";
const SCDAEMON: &str = "Linux: Run \"gpgconf --kill scdaemon\".";
const MAC_DRIVER: &str = "macOS: Run \"sudo defaults write /Library/Preferences/com.apple.security.smartcard useIFDCCID -bool yes\", \
    then plug the reader in again.";
const CHIP_OFFICE: &str =
    "If other readers can't read it either, the card's chip may be broken. Ask your municipal office (市区町村の窓口).";
const OFFICE_NEW: &str = "Go to your municipal office (市区町村の窓口). Ask for a new electronic certificate (電子証明書).";
const OFFICE_BRING: &str = "Take your My Number Card and your residence card. The paper with your four PINs (暗証番号記載票) helps too.";
const OFFICE_UNLOCK: &str = "Go to your municipal office (市区町村の窓口). You choose a new one there.";
const OFFICE_PHOTO: &str = "Take your My Number Card and another ID with a photo: residence card, driving licence or passport.";
const KIOSK: &str = "Within 24 hours of booking in the app, go to a kiosk terminal (キオスク端末) in a convenience store. \
    It is open from 06:30 to 23:00.";
const STAY_EXTENDED: &str = "If your period of stay was extended, show the new residence card too. \
    The certificate's end date does not move by itself.";
const CLOCK_WINDOWS: &str = "Windows: Open Settings, \"Time & language\", and choose \"Sync now\".";
const CLOCK_LINUX: &str = "Linux: Run \"sudo timedatectl set-ntp true\".";
const CLOCK_MAC: &str = "macOS: Open System Settings, \"Date & Time\", and let the time be set automatically.";
const NETWORK: &str = "Open any web page to see whether the internet works.";
const ADDRESS: &str = "Check the service's address (--service).";
const TELL_OPERATOR: &str = "If it goes on, tell the operator of the service this code.";
const KEPT: &str = "Keep zairyu open: what you typed stays.";
const SAFE_TO_REPEAT: &str = "Wait a little and send it again. Sending twice makes only one registration.";
const SENT_BEFORE: &str = "If you then read \"You are registered already\", the first sending has worked.";
const HOTEL_WIFI: &str = "In a shop or hotel, first log in to the Wi-Fi in a browser.";

/// Return what a trouble page says.
pub(in crate::locale) fn trouble(code: Code) -> TroubleText {
    let say = TroubleText::new;
    match code {
        Code::PcscNotRunning => say(
            "The smart card service is not running",
            "A part of your computer called PC/SC speaks to card readers. It has stopped, or is not installed.",
            &[
                "Plug in the card reader and wait one minute.",
                "Windows: Open \"Services\" and start \"Smart Card\".",
                "Windows: Install the driver from the website of the reader's maker.",
                "Linux: Run \"sudo systemctl start pcscd\".",
                "Linux: Install the packages \"pcscd\" and \"libccid\".",
                RESTART_COMPUTER,
                DOCTOR,
            ],
        ),
        Code::NoReader => say(
            "No card reader was found",
            "Your computer sees no card reader. Most often it is the cable or the driver.",
            &[
                REPLUG,
                "Windows: Click the notice at the bottom right of the screen and do what it says.",
                "Windows: Install the driver from the website of the reader's maker.",
                "Linux: Install the packages \"pcscd\" and \"libccid\".",
                "Linux: Run \"sudo systemctl restart pcscd\".",
                MAC_DRIVER,
                "Plug the reader straight into another USB port.",
                RESTART_COMPUTER,
            ],
        ),
        Code::ReaderGone => say(
            "The card reader was unplugged",
            "The connection between card reader and computer broke while the reader was in use.",
            &[REPLUG, "Put the card on the reader and press F5.", "Use another USB port or another cable."],
        ),
        Code::ReaderBusy => say(
            "Another program is using the card",
            "While one program holds the card reader, other programs can't use it.",
            &[CLOSE_OTHERS, SCDAEMON, READ_AGAIN, REPLUG, RESTART_COMPUTER],
        ),
        Code::PcscDenied => say(
            "You are not allowed to use the card reader",
            "The computer's settings keep you from the reader. This is common when you work from a distance.",
            &[
                "Sit at the computer itself and log in there.",
                "Windows: With Remote Desktop, share your smart cards in its settings.",
                "Linux: Log in at the computer's own screen, not by ssh.",
                "Linux: Ask the administrator to permit \"access_pcsc\" and \"access_card\" in polkit.",
                "Show this code to the person who looks after the computer.",
            ],
        ),
        Code::PcscFault => say(
            "The card reader can't be spoken to",
            "The smart card service (PC/SC) gave an unexpected answer.",
            &[REPLUG, MAC_DRIVER, RESTART_COMPUTER, OTHER_READER, DOCTOR],
        ),
        Code::NoCard => say(
            "There is no card in the reader",
            "The card reader is there, but it finds no card.",
            &[
                "Put your My Number Card on the reader and wait a little.",
                "If the reader has a slot, push the card in fully, the golden chip first.",
                "Take the card out of its case.",
                "Keep phones, other cards and metal away.",
                REPLUG,
            ],
        ),
        Code::CardMute => say(
            "The card does not answer",
            "A card is there but can't be read. It may lie the wrong way round or too far away, or its chip may be dirty.",
            &[
                "Take the card away, check which way round it goes, and put it back.",
                "Take it out of its case, away from other cards and metal.",
                "Wipe the golden chip with a soft, dry cloth.",
                OTHER_READER,
                CHIP_OFFICE,
            ],
        ),
        Code::NotMyNumberCard => say(
            "This is not a My Number Card",
            "The card in the reader does not seem to be a My Number Card (マイナンバーカード).",
            &[
                "Take this card away and put your My Number Card on the reader.",
                "Use the card that says 個人番号カード, or a combined card (特定在留カード).",
                "Don't put an ordinary residence card on the reader. You will type its number later.",
            ],
        ),
        Code::OldResidentCard => say(
            "A Basic Resident Registration Card can't be used",
            "This is the old 住民基本台帳カード. Its certificates have ended.",
            &[
                "If you have a My Number Card, put that card on the reader.",
                "If you have none, apply for a My Number Card at your municipal office (市区町村の窓口).",
            ],
        ),
        Code::PhoneToken => say(
            "There is a phone on the reader",
            "The certificate inside a phone can't be used for this registration. The card itself is needed.",
            &["Take the phone away from the reader.", "Put your My Number Card on the reader."],
        ),
        Code::CardRemoved => say(
            "The card was taken away too early",
            "The card left the reader before it was read to the end.",
            &["Put the same card back on the reader.", "Don't touch the card until the screen says that it is done.", READ_AGAIN],
        ),
        Code::OtherCard => say(
            "This is a different card from before",
            "The card changed on the way. One registration uses one card only.",
            &[
                "Put the first card back on the reader: the registration goes on where it was.",
                "To register with this card, choose to start again with it; what was entered before is forgotten.",
            ],
        ),
        Code::CardReset => say(
            "Another program used the card",
            "Another program reset the card. The card has forgotten that it checked your PINs.",
            &[CLOSE_OTHERS, SCDAEMON, "Press F5 and enter your PINs again.", RESTART_COMPUTER],
        ),
        Code::CardFault => say(
            "The card gave an unexpected answer",
            "It seems that card and reader did not understand each other well.",
            &[LIE_STILL, READ_AGAIN, REPLUG, OTHER_READER, CHIP_OFFICE],
        ),
        Code::CardGarbled => say(
            "The data on the card can't be understood",
            "Part of the data was lost on the way, or it has a form that zairyu does not know.",
            &[LIE_STILL, READ_AGAIN, OTHER_READER, UPDATE, CHIP_OFFICE],
        ),
        Code::SigningWrong => say(
            "The signing password is not right",
            "The card says that this 署名用パスワード is wrong. After 5 wrong ones in a row the card locks it.",
            &[
                "Before you type again, look on the entry screen how many tries are left.",
                "Look at the paper that came with your card (暗証番号記載票). The right line is 署名用電子証明書の暗証番号.",
                "It has 6 to 16 capital letters and digits. It is not one of the 4-digit PINs.",
                "Look closely at letters and digits that are alike: O and 0, I and 1, S and 5.",
                "If you can't remember it, stop here. Your municipal office (市区町村の窓口) can set a new one.",
            ],
        ),
        Code::SigningLocked => say(
            "The signing password is locked",
            "After 5 wrong tries in a row the card locks 署名用パスワード to protect you. The 4-digit PIN is counted separately.",
            &[
                OFFICE_UNLOCK,
                OFFICE_PHOTO,
                "If you know the 4-digit user-authentication PIN (利用者証明用), a convenience store works too. \
                    First book in the phone app \"JPKI暗証番号リセット\".",
                KIOSK,
                "After that, start here again.",
            ],
        ),
        Code::AuthenticationWrong => say(
            "The user-authentication PIN is not right",
            "The card says that this 利用者証明用パスワード is wrong. After 3 wrong ones in a row the card locks it.",
            &[
                "Before you type again, look on the entry screen how many tries are left.",
                "Look at the paper that came with your card (暗証番号記載票). The right line is 利用者証明用電子証明書の暗証番号.",
                "It has 4 digits. It may differ from the other two 4-digit PINs (住民基本台帳用, 券面事項入力補助用).",
                "If you can't remember it, stop here. Your municipal office (市区町村の窓口) can set a new one.",
            ],
        ),
        Code::AuthenticationLocked => say(
            "The user-authentication PIN is locked",
            "After 3 wrong tries in a row the card locks 利用者証明用パスワード to protect you. \
                The signing password is counted separately.",
            &[
                OFFICE_UNLOCK,
                OFFICE_PHOTO,
                "If you know the signing password (署名用, 6 to 16 characters), a convenience store works too. \
                    First book in the phone app \"JPKI暗証番号リセット\".",
                KIOSK,
                "After that, start here again.",
            ],
        ),
        Code::PinUncertain => say(
            "It is not known what the card did with the PIN",
            "The connection broke while the PIN was on its way. Whether a try was counted is not known yet.",
            &[
                "Put the same card on the reader and don't move it.",
                "Press F5. The number of tries left is read from the card again.",
                "Look at the tries left, then enter the PIN.",
            ],
        ),
        Code::SigningForgotten => say(
            "Please enter the signing password again",
            "The card lost power, or another program used it. It has forgotten that it checked 署名用パスワード.",
            &[
                "Enter the signing password (署名用, 6 to 16 characters) again.",
                "Leave the card where it is until the registration is done.",
                CLOSE_OTHERS,
            ],
        ),
        Code::AuthenticationForgotten => say(
            "Please enter the user-authentication PIN again",
            "The card lost power, or another program used it. It has forgotten that it checked 利用者証明用パスワード.",
            &[
                "Enter the user-authentication PIN (利用者証明用, 4 digits) again.",
                "Leave the card where it is until the registration is done.",
                CLOSE_OTHERS,
            ],
        ),
        Code::SigningCertificateAbsent => say(
            "The card holds no signing certificate",
            "署名用電子証明書 is not issued under the age of 15. It also ends when you move house or change your name.",
            &[
                OFFICE_NEW,
                OFFICE_BRING,
                "For a child under 15, a parent or other legal representative (法定代理人) registers with their own card.",
                "The user-authentication certificate (利用者証明用) survives a move, but this registration needs both.",
            ],
        ),
        Code::AuthenticationCertificateAbsent => say(
            "The card holds no user-authentication certificate",
            "Perhaps 利用者証明用電子証明書 was not asked for when the card was made, or was cancelled later.",
            &[OFFICE_NEW, OFFICE_BRING, "A signing certificate (署名用) alone is not enough: this registration needs both."],
        ),
        Code::SigningCertificateExpired => say(
            "The signing certificate has ended",
            "署名用電子証明書 lasts until your fifth birthday after it was issued, and never longer than your period of stay \
                (在留期間の満了日).",
            &[
                OFFICE_NEW,
                OFFICE_BRING,
                STAY_EXTENDED,
                "Look at the end date on the face of the card too. If the card itself has ended, apply for a new card.",
                "With the new certificate, start here again.",
            ],
        ),
        Code::AuthenticationCertificateExpired => say(
            "The user-authentication certificate has ended",
            "利用者証明用電子証明書 lasts until your fifth birthday after it was issued, and never longer than your period of stay \
                (在留期間の満了日).",
            &[
                OFFICE_NEW,
                OFFICE_BRING,
                STAY_EXTENDED,
                "Look at the end date on the face of the card too. If the card itself has ended, apply for a new card.",
                "With the new certificate, start here again.",
            ],
        ),
        Code::CertificateNotYetValid => say(
            "The certificate has not begun yet",
            "Either this computer's clock is behind, or the certificate (電子証明書) is very new.",
            &[
                "Check the date and time of the computer.",
                CLOCK_WINDOWS,
                CLOCK_LINUX,
                CLOCK_MAC,
                "If the clock is right, try again tomorrow.",
                "If it goes on, ask your municipal office (市区町村の窓口) to look at the certificate.",
            ],
        ),
        Code::KeyUnsupported => say(
            "This card is newer than zairyu",
            "The card's certificate uses a kind of key that this version of zairyu does not know.",
            &[UPDATE, "If there is no newer version, tell the operator of the service this code."],
        ),
        Code::CertificateGarbled => say(
            "The certificate can't be read",
            "The card moved while it was read, or the certificate (電子証明書) has a form that zairyu does not know.",
            &[
                LIE_STILL,
                READ_AGAIN,
                OTHER_READER,
                UPDATE,
                "If it goes on, ask your municipal office (市区町村の窓口) to look at the certificate.",
            ],
        ),
        Code::IssuerUnknown => say(
            "It is not known who issued the certificate",
            "The certificate authority (認証局) on the card is not on the list that zairyu trusts.",
            &[
                "Use your own, real My Number Card.",
                UPDATE,
                "If your office uses its own list, ask its administrator about the --anchors folder.",
                TELL_OPERATOR,
            ],
        ),
        Code::ServiceUnreachable => say(
            "The registration service can't be reached",
            "Nothing answers at the service's address. The service or the network on the way to it seems to be down.",
            &[NETWORK, WAIT_AND_RETRY, "At work or school, ask the administrator about the proxy settings.", ADDRESS, KEPT],
        ),
        Code::NameNotFound => say(
            "The registration service was not found",
            "There is no internet connection, or the service's address is wrong.",
            &["Check that Wi-Fi or the cable is connected.", HOTEL_WIFI, ADDRESS, WAIT_AND_RETRY, KEPT],
        ),
        Code::TlsUntrusted => say(
            "The service can't show that it is the real one",
            "Its proof of identity can't be trusted. To protect you, nothing was sent.",
            &[
                "Check that the date and time of the computer are right.",
                "Leave public Wi-Fi and try another network.",
                ADDRESS,
                "At work or school, ask the administrator whether a device inspects the traffic.",
                TELL_OPERATOR,
            ],
        ),
        Code::TimedOut => say(
            "The answer took too long",
            "The service did not answer in time. It is busy, or the connection is weak.",
            &[SAFE_TO_REPEAT, SENT_BEFORE, NETWORK, KEPT, TELL_OPERATOR],
        ),
        Code::AnswerGarbled => say(
            "The service's answer can't be understood",
            "The answer broke off, or something answered that is not a registration service.",
            &[SAFE_TO_REPEAT, HOTEL_WIFI, ADDRESS, UPDATE, TELL_OPERATOR],
        ),
        Code::ServiceResting => say(
            "The service is resting",
            "The service is down for maintenance. It will be back when that is done.",
            &["Try again later.", KEPT, "If it is urgent, ask the operator of the service when it will be back."],
        ),
        Code::SessionExpired => say(
            "Too much time has passed",
            "For safety, the time after you prove yourself with the card is limited. What you typed is still here.",
            &[
                "Leave the card on the reader and go on once more.",
                "If the screen asks, enter the user-authentication PIN (利用者証明用, 4 digits).",
                "Check your answers and choose 登録 (register) again.",
            ],
        ),
        Code::AlreadyRegistered => say(
            "You are registered already",
            "Each person has one registration. The person of this card has registered before.",
            &[
                "Look for the earlier mail. Its subject is 「パスワード登録完了及び認証IDのお知らせ」.",
                "If you have your authentication ID (認証ID), just log in. You need no new registration.",
                "If you don't know it, or the password, have them mailed again: see \"Already registered\" (登録済みの方).",
                "If your mail address or card has changed, that is mended there too.",
            ],
        ),
        Code::NotProved => say(
            "The service did not accept the proof from your card",
            "The card's signature or the one-time number does not match. Most often too much time has passed.",
            &[
                "Go back one page and go on again.",
                "Check that the date and time of the computer are right.",
                "Use the same card as at the start.",
                UPDATE,
                TELL_OPERATOR,
            ],
        ),
        Code::FieldsRefused => say(
            "Some answers need mending",
            "The service found something to mend in what you typed. You are not registered yet.",
            &["Mend the answers that are marked.", "Then choose 確認 (confirm) again.", UPDATE, TELL_OPERATOR],
        ),
        Code::TooMany => say(
            "Too many tries in a short time",
            "The service stops one place from sending again and again, for a short while.",
            &["Wait as long as the screen says. If it says nothing, wait 10 minutes.", "Then send once more, one time only.", KEPT],
        ),
        Code::ServiceFault => say(
            "Something went wrong inside the service",
            "It is not your fault or your card's. The trouble is on the service's side.",
            &[SAFE_TO_REPEAT, SENT_BEFORE, KEPT, TELL_OPERATOR],
        ),
        Code::RequestRefused => say(
            "zairyu and the service don't fit together",
            "The service did not understand what zairyu sent. One of the two seems to be out of date.",
            &[UPDATE, ADDRESS, TELL_OPERATOR],
        ),
        Code::TermsChanged => say(
            "The terms of use have changed",
            "The terms (利用規約) were changed after you read them. You are not registered yet.",
            &["Read the new terms.", "If you agree, tick 「利用規約に同意します。」 again.", "Choose 登録 (register) again."],
        ),
        Code::ClockWrong => say(
            "This computer's clock is wrong",
            "It differs from the service's clock by more than 5 minutes. A signature needs the right time.",
            &[
                CLOCK_WINDOWS,
                CLOCK_LINUX,
                CLOCK_MAC,
                "Check the time zone as well. In Japan it is Tokyo.",
                "When the clock is right, go on again.",
            ],
        ),
        Code::TestCardRefused => say(
            "A practice card can't be used here",
            "This is a test or practice card. The service takes real cards only.",
            &["Put your own, real My Number Card on the reader.", "To practise, run \"zairyu demo\"."],
        ),
        Code::CertificateRefused => say(
            "The service does not accept the certificate",
            "When you move house or change your name, 署名用電子証明書 stops working, even before its end date.",
            &[
                "Think whether you moved lately, or your name or period of stay changed.",
                "If so, ask your municipal office (市区町村の窓口) for a new electronic certificate (電子証明書).",
                OFFICE_BRING,
                "If nothing changed, tell the operator of the service this code.",
            ],
        ),
        Code::PasswordRefused => TroubleText::new(
            "This password is not taken",
            "It is short, or one that many people use, or it holds your name, mail address or ID.",
            &["Take 15 characters or more that you use nowhere else.", "Leave out your name, mail address and 認証ID."],
        ),
        Code::LinkExpired => TroubleText::new(
            "This link or code can no longer be used",
            "24 hours have passed, or it was used, or a newer mail was sent.",
            &[
                "Use the link of the newest mail.",
                "If none came, have it sent again with your card: \"Already registered\" (登録済みの方).",
            ],
        ),
        Code::LoginRefused => TroubleText::new(
            "認証ID and password don't belong together",
            "One of them is not right, or no password is set yet. For safety it is not said which.",
            &[
                "Compare the 認証ID with the mail or the receipt, and type the password again.",
                "Forgotten? With the card you can have the mails sent again.",
            ],
        ),
        Code::OtherHolder => say(
            "The card is not of the person who registered",
            "Its birth date or sex is not that of the old card. A registration only goes on with a card of the same person.",
            &["Look whether it is your own new card on the reader.", "Log in once more with your own 認証ID.", TELL_OPERATOR],
        ),
        Code::NotCardHolder => say(
            "This is not the data of the card's holder",
            "Name and birth date are not those on the card. STEP1 is about the holder of this card, not about the child or spouse \
             you apply for. You are not registered yet.",
            &[
                "Correct name and birth date in STEP1 to what the card says.",
                "To register somebody else, begin again with their own card.",
                "Is the card wrong? Your municipal office (市区町村の窓口) where you live can mend it.",
            ],
        ),
        Code::NotRegistered => say(
            "No registration belongs to this card",
            "This service has none of the person of this card. After a registration was deleted this is said as well.",
            &[
                "Look whether it is your own card on the reader.",
                "If your card is a new one, link it first: \"Already registered\" (登録済みの方).",
                "If you haven't registered yet, begin with 新規利用者登録 on the top page.",
                ADDRESS,
            ],
        ),
        Code::WorkerDied => say(
            "Something went wrong inside zairyu",
            "The part that speaks to card and network has stopped. It is zairyu's fault, not yours.",
            &["If you like, copy what you typed onto paper, but never a PIN.", RESTART, DOCTOR, UPDATE, TELL_OPERATOR],
        ),
        Code::DataFolder => say(
            "The data folder can't be written",
            "You may not write to the folder, or the disk is full.",
            &["Check that the disk has room.", "Check that you may write to the folder.", "Choose another folder with \"--data\".", DOCTOR],
        ),
        Code::EmbeddedService => say(
            "The service inside this computer could not start",
            "Most often another zairyu is running, or the data folder can't be used.",
            &[
                "Close any other zairyu and start again.",
                "Check that the disk has room.",
                "Choose another folder with \"--data\".",
                "If an operator gave you an address, set it with \"--service\".",
                DOCTOR,
            ],
        ),
        Code::SettingsUnusable => say(
            "The settings can't be used",
            "A file of the settings can't be read, or holds something that zairyu doesn't know.",
            &[
                "Mend what the line above names.",
                "Look at what there is to set: run \"zairyu --help\".",
                "Put the settings file \"zairyu.toml\" elsewhere.",
            ],
        ),
    }
}
