//! The names of the short texts, each with what it says in Japanese.

macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// A short text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Text { $($(#[doc = $doc])+ $name,)+ }

        impl Text {
            /// Every short text.
            pub const ALL: &'static [Text] = &[$(Text::$name,)+];
        }
    };
}

texts! {
    /// 在留申請オンラインシステム 利用者登録
    Title,
    /// 練習
    Practice,
    /// 練習です。本当の登録ではありません。署名用 {0} 利用者証明用 {1}
    PracticePins,
    /// このサービスは試験用のカードを受け付けます。
    TestCards,
    /// マイナンバーカードとカードリーダーで、システムを使うための登録をします。
    TopIntro,
    /// 新規利用者登録【システムを使うための登録(とうろく)】 外国人本人・その他
    TopRegister,
    /// 準備(じゅんび)と確認(かくにん)
    TopPrepare,
    /// 言語(げんご) Language
    TopLanguage,
    /// 最初(さいしょ)のパスワードを決(き)める
    TopFirstPassword,
    /// 登録済みの方【もう登録(とうろく)した人(ひと)】
    TopActs,
    /// ヘルプ
    TopHelp,
    /// 終(お)わる
    TopQuit,
    /// カードリーダーを調べています。
    CardWaiting,
    /// マイナンバーカードがあります。
    CardReady,
    /// カードを調べています。
    CardLooking,
    /// カードリーダーが{0}台あります。F5 で選んでください。
    CardSeveral,
    /// はじめに準備(じゅんび)すること
    PrepareTitle,
    /// 次のものを手元に置いてください。分かるものは自動で確認します。
    PrepareLead,
    /// カードを読む仕組み(PC/SC)
    CheckService,
    /// ICカードリーダー
    CheckReader,
    /// マイナンバーカード(特定在留カードも可)
    CheckCard,
    /// 署名用パスワード(6～16桁の英数字)
    CheckSigning,
    /// 利用者証明用パスワード(4桁の数字)
    CheckAuthentication,
    /// 在留カード(外国人本人の方だけ)
    CheckResidence,
    /// 特定在留カードの方は、置く前に番号を書き留めてください。
    NoteNumber,
    /// よし
    StateOk,
    /// まだ
    StateNo,
    /// 手元に
    StateAsk,
    /// あと{0}回
    TriesLeft,
    /// ロックされています
    TriesLocked,
    /// 残り回数は不明
    TriesUnknown,
    /// {0}まで有効
    ValidUntil,
    /// 何を申請(しんせい)しますか。選ぶと「利用者の区分」が入ります。
    AdviserTitle,
    /// 家族を海外から呼ぶ(在留資格認定証明書)
    AdviseBring,
    /// 日本にいる人のカードを使います。在留カード番号は要りません。
    AdviseBringCard,
    /// 在留資格を変える、期間を延ばす
    AdviseChange,
    /// 外国人本人のカードを使います。在留カード番号が要ります。
    AdviseChangeCard,
    /// 家族の法定代理人として申請する
    AdviseRepresent,
    /// 代理人のカードを使います。在留カード番号は要りません。
    AdviseRepresentCard,
    /// 次へ
    Next,
    /// 戻る
    Back,
    /// OK
    Ok,
    /// キャンセル
    Cancel,
    /// 個人番号カードの署名用パスワード（6～16桁の英数字）を入力してください。
    PinSigning,
    /// 個人番号カードの利用者証明用パスワード（4桁の数字）を入力してください。
    PinAuthentication,
    /// 市区町村の窓口で決めた、6文字以上の長いほうのパスワードです。
    PinSigningWhich,
    /// 市区町村の窓口で決めた、数字4つの暗証番号です。
    PinAuthenticationWhich,
    /// 「{0}」ために使います。
    PinFor,
    /// パスワードを表示する。
    PinShow,
    /// 署名用パスワード
    PinSigningName,
    /// 利用者証明用パスワード
    PinAuthenticationName,
    /// {0}文字
    PinCount,
    /// 間違えることができるのは、あと{0}回です。
    PinTries,
    /// 残りの回数は、カードから読めませんでした。
    PinTriesUnknown,
    /// 最後の1回です。間違えるとロックされ、市区町村の窓口で解除が必要です。
    PinLast,
    /// それでも続けるときは、LAST と入力してください。
    PinLastWord,
    /// ＊LAST と入力するまで、カードには送りません。
    PinWordMissing,
    /// 大文字・半角に直しました。カードはこの形で覚えています。
    PinFolded,
    /// ＊英字と数字だけです。今の文字は入れませんでした。
    PinRefusedSigning,
    /// ＊数字だけです。今の文字は入れませんでした。
    PinRefusedAuthentication,
    /// ＊{0}文字までです。今の文字は入れませんでした。
    PinFull,
    /// ＊貼り付けた文字に使えないものがあるので、何も入れませんでした。
    PinPaste,
    /// ＊パスワードを入力してください。カードには送っていません。
    PinEmpty,
    /// ＊{0}文字以上必要です。カードには送っていないので、回数は減りません。
    PinTooShort,
    /// ＊入れなかった文字があります。このままでよければ、もう一度 OK を押してください。
    PinLeftOut,
    /// ＊パスワードが違います。あと{0}回です。
    PinWrong,
    /// ＊パスワードが違います。
    PinWrongUnknown,
    /// カードが置き直されたので、もう一度入力してください。
    PinAgain,
    /// 【必須】
    Required,
    /// 【外国人本人は必須】
    RequiredOnly,
    /// 利用者情報入力(STEP1)【システムを使(つか)う人(ひと)のことを書(か)いてください】
    InputLead,
    /// あと{0}項目
    Left,
    /// 全部入りました
    Complete,
    /// ＊直すところが{0}か所あります。Enter でその欄へ移ります。
    SummaryTitle,
    /// 例）{0}
    Example,
    /// カードの記載: {0}
    FromCard,
    /// カードの氏名に、置き換えられた文字があります。
    SubstitutedName,
    /// カードの住所に、置き換えられた文字があります。
    SubstitutedAddress,
    /// カードの記載({0})と違います。正しければこのままで構いません。
    DiffersFromCard,
    /// ＊貼り付けた文字が多すぎます({0}文字)。何も入れませんでした。
    PasteTooLong,
    /// {0} からのメールを受け取れるように設定してください。
    MailAllow,
    /// 検索
    Search,
    /// Enter で選びます
    Choose,
    /// この区分では書きません。
    Closed,
    /// 利用者区分で外国人本人を選択した場合に入力【上(うえ)で「外国人本人」を選(えら)んだときに、書(か)いてください。】
    ClosedYet,
    /// 利用規約を確認した上で同意される場合は、「利用規約に同意します。」にチェックしてください。
    ConsentLead,
    /// 利用規約に同意します。
    Consent,
    /// 利用規約はこちら
    TermsLink,
    /// 確認
    Confirm,
    /// 登録
    Register,
    /// 住居地の検索
    PickerTitle,
    /// 検索条件: 都道府県を選ぶか、そのまま入力してください。
    PickerPrefecture,
    /// 検索結果: 在留カードに書いてある市区町村を選んでください。
    PickerMunicipality,
    /// 漢字・かな・ローマ字・郵便番号
    PickerHow,
    /// 見つかりません。文字を減らすか、都道府県から選んでください。
    PickerNothing,
    /// {0}/{1}
    PickerCount,
    /// 旧 {0}
    PickerFormer,
    /// 利用規約
    TermsTitle,
    /// 利用規約を読み込んでいます。
    TermsLoading,
    /// 利用者情報入力(STEP1)の入力内容
    ConfirmLead,
    /// まだ登録していません。「登録」で登録します。直すときは行を選んで Enter。
    ConfirmNot,
    /// 同意する
    Consented,
    /// 登録が完了しました。
    DoneTitle,
    /// 認証ID
    DoneId,
    /// この認証IDを紙に書いてください。ログインに必要です。
    DoneWrite,
    /// メールを送ります: {0}
    DoneMail,
    /// 送信サーバーがないので、メール({0})は次のフォルダーに置きました: {1}
    DoneMailFile,
    /// 1. 届いたメールのURLから、24時間以内に最初のパスワードを決めます。
    DoneNext1,
    /// 2. 「パスワード登録完了及び認証IDのお知らせ」のメールが届きます。消さないでください。
    DoneNext2,
    /// 3. 認証IDとパスワードでログインできます。カードは片づけて構いません。
    DoneNext3,
    /// {0}(日本時間)
    DoneAt,
    /// 失効確認: していません(チェーン、期限、署名は確認しました)。
    DoneRevocation,
    /// 失効確認: {0}
    DoneRevocationOther,
    /// トップページへ戻る
    DoneTop,
    /// 控えを保存する
    DoneSave,
    /// 控えを保存しました: {0}
    DoneSaved,
    /// ＊控えを保存できませんでした: {0}
    DoneNotSaved,
    /// メールが今どこにあるか調(しら)べる
    MailAsk,
    /// メールサーバーに渡しました: {0}
    MailSent,
    /// まだ送れません。{1}(日本時間)に、もう一度送ります: {0}
    MailDelayed,
    /// まだ送れません。時間をおいて、もう一度送ります: {0}
    MailDelayedSometime,
    /// ＊送れませんでした: {0}  メールアドレスを直してください。
    MailStuck,
    /// メールサーバーがないので、{0} へのメールは、サービスのコンピューターに置きました。
    MailFile,
    /// {0} に調べました(日本時間)。
    MailAsOf,
    /// ＊メールの様子を調べられませんでした: {0} ({1})
    MailUnknown,
    /// ＊時間が過ぎたので、ここでは調べられません。「登録済みの方」で、登録を確かめてください。
    MailTooLate,
    /// もう登録した人のページです。何をしますか。
    ActsLead,
    /// 登録(とうろく)を確(たし)かめる: カードでログインする
    ActLogInByCard,
    /// 登録(とうろく)を確(たし)かめる: 認証IDとパスワードでログインする
    ActLogIn,
    /// パスワードを決(き)めるメールを、もう一度(いちど)送(おく)ってもらう
    ActResend,
    /// 認証IDを、もう一度(いちど)メールで送(おく)ってもらう
    ActRemind,
    /// メールアドレスを直(なお)す
    ActAddress,
    /// 新(あたら)しいマイナンバーカードに切(き)り替(か)える
    ActLink,
    /// 登録(とうろく)を消(け)す
    ActWithdraw,
    /// 使うもの: カードと、利用者証明用パスワード(数字4つ)。
    ActNeedsPin,
    /// 使うもの: 認証IDとパスワード。カードは要りません。
    ActNeedsPassword,
    /// 使うもの: 新しいカードと2つの暗証番号、認証IDとパスワード。
    ActNeedsAll,
    /// 使うもの: カードと、署名用パスワード(6～16桁の英数字)。
    ActNeedsSigning,
    /// 認証IDとパスワードで、登録が使えることを確かめます。
    ActLogInLead,
    /// 新しいメールアドレスを書いてください。次に、カードで本人だと確かめます。
    ActAddressLead,
    /// 新しいカードをリーダーに置いてください。前の登録を認証IDとパスワードで確かめます。
    ActLinkLead,
    /// カードの証明書を2つとも登録するので、次に暗証番号を2つ聞きます。古いカードは、そのあと使えません。
    ActLinkWhy,
    /// 登録を消すと、元に戻せません。氏名、住所、メールアドレス、パスワードを全部消します。
    ActWithdrawLead,
    /// 認証IDと日時だけが、サービスの記録に残ります。もう一度使うときは、新しく登録します。
    ActWithdrawKept,
    /// それでも消すときは、DELETE と入力してください。
    ActWithdrawWord,
    /// ＊DELETE と入力するまで、何も消しません。
    ActWordMissing,
    /// パスワード
    ActPassword,
    /// 新しいメールアドレス
    ActEmail,
    /// 新しいメールアドレス(確認)
    ActEmailAgain,
    /// ＊認証IDを入力してください。
    ActNoId,
    /// ＊パスワードを入力してください。
    ActNoPassword,
    /// ログインできました。登録は使えます。
    DidLogIn,
    /// パスワードを決めるメールを、もう一度送ります。
    DidResend,
    /// 認証IDのメールを送ります。
    DidRemind,
    /// メールアドレスを直しました。
    DidAddress,
    /// 新しいカードに切り替えました。
    DidLink,
    /// 登録を消しました。
    DidWithdraw,
    /// ほかにすることはありません。カードは片づけて構いません。
    NextLogIn,
    /// 届いたメールのURLから、24時間以内にパスワードを決めてください。前のメールのURLは使えなくなります。
    NextResend,
    /// 来ないときは、迷惑メールも見てください。10分待って来なければ、登録を確かめると様子がわかります。
    NextMail,
    /// パスワードがまだの人には、決めるためのメールが新しいアドレスに届きます。もうある人には、変更のお知らせが前のアドレスに届きます。
    NextAddress,
    /// これからは新しいカードを使ってください。認証IDとパスワードは変わりません。
    NextLink,
    /// カードは片づけて構いません。もう一度使うときは、新しく登録してください。
    NextWithdraw,
    /// コード {0}
    TroubleCode,
    /// 公式のコード {0}
    TroubleOfficial,
    /// カードの応答 {0}
    TroubleStatus,
    /// 詳しく: {0}
    TroubleDetail,
    /// 原因(げんいん)
    TroubleCause,
    /// すること
    TroubleTodo,
    /// 入力した内容は残っています。
    TroubleKept,
    /// このカードは{0}のようです。
    TroubleSeems,
    /// 使っているプログラム: {0}
    TroubleHeldBy,
    /// {0}秒ほど待ってください。
    TroubleRetryAfter,
    /// もう一度調べる
    WayOnLook,
    /// もう一度試す
    WayOnRetry,
    /// パスワードを入れ直す
    WayOnPin,
    /// 閉じる
    WayOnClose,
    /// トップページへ戻る
    WayOnTop,
    /// カードやリーダーの準備ができると、自動で先へ進みます。
    WayOnWaits,
    /// マイナンバーカード
    KindMyNumber,
    /// 住民基本台帳カード
    KindOldResident,
    /// スマートフォン
    KindPhone,
    /// 在留カード
    KindResidence,
    /// 運転免許証
    KindLicence,
    /// パスポート
    KindPassport,
    /// キャッシュカードやクレジットカード
    KindBank,
    /// 交通系などのICカード
    KindTransport,
    /// 別の種類のカード
    KindUnknown,
    /// 言語 Language
    LanguageTitle,
    /// どのカードリーダーを使いますか。
    ReaderTitle,
    /// カードあり
    ReaderWithCard,
    /// 最初(さいしょ)のパスワード
    FirstPasswordTitle,
    /// メールに書いてあるURL、またはその最後のコード
    PasswordCode,
    /// 新しいパスワード
    PasswordNew,
    /// パスワードを登録する
    PasswordSet,
    /// 8文字から64文字。15文字以上がよいです。氏名、メールアドレス、認証IDは入れません。
    PasswordRule,
    /// ＊メールに書いてあるURLか、コードを貼り付けてください。
    PasswordNoCode,
    /// ＊パスワードは{0}文字以上にしてください。
    PasswordTooShort,
    /// ＊パスワードは{0}文字までです。入らない文字は入れませんでした。
    PasswordFull,
    /// パスワードを登録しました。認証IDをお知らせするメールが届きます。
    PasswordDone,
    /// メールをもう一度送ってもらう
    PasswordAgain,
    /// ＊パスワードは{0}文字以上にしてください。今は{1}文字です。
    WeakTooShort,
    /// ＊パスワードは{0}文字までです。{1}文字減らしてください。
    WeakTooLong,
    /// ＊認証IDが入っています。認証IDのないパスワードにしてください。
    WeakHoldsId,
    /// ＊氏名が入っています。氏名のないパスワードにしてください。
    WeakHoldsName,
    /// ＊メールアドレスが入っています。メールアドレスのないパスワードにしてください。
    WeakHoldsAddress,
    /// ＊多くの人が使うか、すぐに当てられるパスワードです。言葉をいくつか並べて、長くしてください。
    WeakCommon,
    /// ヘルプ
    HelpTitle,
    /// 終わりますか。
    LeaveTitle,
    /// 登録していない入力は消えます。
    LeaveLost,
    /// 続ける
    LeaveStay,
    /// 終わる
    LeaveGo,
    /// Tab 次
    KeysMove,
    /// Enter 決定
    KeysEnter,
    /// Esc 戻る
    KeysBack,
    /// F1 ヘルプ
    KeysHelp,
    /// F2 Language
    KeysLanguage,
    /// F5 カード
    KeysCard,
    /// F10 確認
    KeysConfirm,
    /// F10 登録
    KeysRegister,
    /// PageDown 続き
    KeysScroll,
    /// Space 選択
    KeysSpace,
    /// Esc 中止
    KeysStop,
    /// 画面が小さすぎます。大きくしてください。
    TooSmall,
    /// 1問ずつ答えます。Enter だけなら今の値のまま、? は説明、b は戻る、q は終わる。
    LineLead,
    /// 今の値: {0}
    LineNow,
    /// 番号を入力してください。
    LineNumber,
    /// ＊その番号はありません。上の番号のどれかを入力してください。
    LineNotThere,
    /// 漢字・かな・ローマ字・郵便番号のどれかを入力してください。一覧から番号で選べます。
    LinePlace,
    /// ほかに{0}件あります。もっと詳しく入力してください。
    LineMore,
    /// 入力した文字は表示しません。
    LineSecret,
    /// ＊使えない文字があるか、長すぎます。カードには送っていないので、回数は減りません。
    LineSecretShape,
    /// 待っています。止めるときは b を入力してください。
    LineStop,
    /// Enter: {0}。b: 戻る。q: 終わる。
    LineWayOn,
    /// ＊直すところが{0}か所あります。
    LineSummary,
    /// まだ登録していません。0 で登録します。直すときはその行の番号を入力してください。
    LineConfirm,
    /// 終わるときは q を入力してください。
    LineDone,
    /// Enter だけなら、何も消さないで戻ります。
    LineWithdraw,
    /// 入力が終わりました。登録していません。
    LineEnded,
    /// 登録の途中です。続けるには、同じマイナンバーカードが要ります。
    TopOpen,
    /// 登録(とうろく)の続(つづ)きをする
    TopGoOn,
    /// 次(つぎ)の人(ひと)のために、入力(にゅうりょく)を消(け)す
    TopNextPerson,
    /// F8 次の人
    KeysNextPerson,
    /// 入力した内容を消して、次の人に代わりますか
    AskForget,
    /// このパソコンに残るものはありません。登録が済んでいない内容は、もう一度入力することになります。
    AskForgetLost,
    /// 消さない
    AskForgetNo,
    /// 消して次の人へ
    AskForgetYes,
    /// 認証IDを紙に書きましたか
    AskWritten,
    /// このページを離れると、ここではもう見られません。控えを保存することもできます。
    AskWrittenLost,
    /// まだ
    AskWrittenNo,
    /// 書きました
    AskWrittenYes,
    /// この内容で登録しますか
    AskRegister,
    /// 登録するのは、カードの持ち主の方です。
    AskRegisterLead,
    /// 戻る
    AskRegisterNo,
    /// 登録する
    AskRegisterYes,
    /// カードを待っています
    CoverAway,
    /// 入力した内容は残っています。同じマイナンバーカードを置くと、続きが表示されます。
    CoverAwayLead,
    /// カードを取って、番号を見てください
    CoverLooking,
    /// 入力した内容は隠してあります。同じカードを戻すと、続きが表示されます。登録のときに署名用パスワードをもう一度入力します。
    CoverLookingLead,
    /// 画面をロックしました
    CoverLocked,
    /// しばらく操作がなかったので、内容を隠しました。カードを一度取ってもう一度置くと、続きが表示されます。
    CoverLockedLead,
    /// 別のマイナンバーカードです
    CoverOther,
    /// 登録の途中の内容は、初めのカードの持ち主のものです。このカードでは続けられません。
    CoverOtherLead,
    /// 初(はじ)めのカードを置(お)く（置くと続きが表示されます）
    CoverOtherFirst,
    /// このカードで初(はじ)めから（前の人の入力は消えます）
    CoverOtherAgain,
    /// カードがリーダーにありません。「登録」のときに同じカードが要ります。
    CardNeeded,
    /// まだ登録していません。Tab か F10 で「登録」に移って、Enter を押すと登録します。
    ConfirmTold,
    /// まだ登録していません。Enter を押すと登録します。
    ConfirmPressed,
    /// Tab でボタンを選んでから Enter を押してください。
    DoneTold,
    /// カードの記載と違うところ: {0}
    DoneDiffers,
    /// 登録できたかもしれません。「もう一度試す」で、同じ内容をサービスに確かめます。二重に登録されることはありません。
    Perhaps,
    /// 登録の返事を待っています（20秒まで）。止められません。カードはそのままにしてください。
    WaitAnswer,
    /// カードの記載をSTEP1に入れる
    WayOnCardValues,
    /// カードの記載: {0}
    HolderSays,
    /// カードの名前のうち「{0}」は、この欄に書けません。残りを入れました。
    NameLeftOut,
    /// カードを見(み)る（番号がこのカードにあるとき）
    LookAtCard,
    /// 用意された記録は、このカードの持ち主のものではないので、使いませんでした。担当の方に伝えてください。
    PrefillWithheld,
    /// 暗証番号の入力と「登録」は、申請する方ご本人がしてください。
    DeskOnlyApplicant,
    /// 直す
    DoctorMend,
    /// 注意
    DoctorNote,
    /// 署名用電子証明書
    DoctorSigning,
    /// 利用者証明用電子証明書
    DoctorAuthentication,
    /// 登録サービス
    DoctorService,
    /// パソコンの時計
    DoctorClock,
    /// データのフォルダー
    DoctorData,
    /// 設定
    DoctorSettings,
    /// 端末(ターミナル)
    DoctorTerminal,
    /// メモリーの保護
    DoctorMemory,
    /// 調べられませんでした。
    DoctorUnchecked,
    /// あと3か月以内に終わります。市区町村の窓口で更新してください。
    DoctorEndsSoon,
    /// このプログラムの中のサービスを使います。
    DoctorEmbedded,
    /// 使いません。
    DoctorUnneeded,
    /// ほかの人がフォルダーの中を見られます。「chmod 700」で閉じてください。
    DoctorOpen,
    /// UTF-8ではないので、文字が正しく出ないかもしれません。LANGを ja_JP.UTF-8 などにしてください。
    DoctorNotUtf8,
    /// 出力先は端末ではありません。
    DoctorNoTerminal,
    /// ほかのプログラムから、このプログラムのメモリーを読めるかもしれません。
    DoctorMemoryOpen,
    /// 直すところはありません。
    DoctorWell,
    /// 直すところ: {0}
    DoctorCount,
}
