//! Every error that people see: stable codes, never reused, one cause each.
//! Texts are in `locale`, all of them in one list in `error/codes.md`; details (tries left, a status word) are in the error types of the other modules.

pub use office::Office;
pub use official::{Elsewhere, Official};

/// What the municipal office can mend.
mod office;
/// What other programs call the same troubles.
mod official;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal;)+) => {
        /// A cause of trouble, shown to people as `ZR` and three digits.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// Every code, in the order of its number.
            pub const ALL: &'static [Code] = &[$(Code::$name,)+];

            /// Return the stable code, such as `ZR201`.
            pub const fn id(self) -> &'static str {
                match self { $(Code::$name => $id,)+ }
            }
        }
    };
}

codes! {
    /// The PC/SC service is not running, or not installed.
    PcscNotRunning = "ZR101";
    /// The computer sees no card reader.
    NoReader = "ZR102";
    /// The reader was unplugged while in use.
    ReaderGone = "ZR103";
    /// Another program holds the reader.
    ReaderBusy = "ZR104";
    /// The system does not let this person use the reader.
    PcscDenied = "ZR105";
    /// PC/SC answered with an error that has no code of its own.
    PcscFault = "ZR106";
    /// There is no card in the reader.
    NoCard = "ZR201";
    /// The card does not answer: upside down, too far, or broken.
    CardMute = "ZR202";
    /// The card is not a My Number Card.
    NotMyNumberCard = "ZR203";
    /// The card is a Basic Resident Registration Card, which is no longer valid.
    OldResidentCard = "ZR204";
    /// A phone lies on the reader instead of the card.
    PhoneToken = "ZR205";
    /// The card was taken away while it was being read.
    CardRemoved = "ZR206";
    /// It is not the card that was there before.
    OtherCard = "ZR207";
    /// Another program has reset the card.
    CardReset = "ZR208";
    /// The card answered with an unexpected status word.
    CardFault = "ZR209";
    /// The card's data could not be understood.
    CardGarbled = "ZR210";
    /// The card answers as one that was issued without PINs.
    WithoutPins = "ZR211";
    /// The signing password was wrong.
    SigningWrong = "ZR301";
    /// The signing password is locked.
    SigningLocked = "ZR302";
    /// The user-authentication PIN was wrong.
    AuthenticationWrong = "ZR303";
    /// The user-authentication PIN is locked.
    AuthenticationLocked = "ZR304";
    /// The link broke while a PIN was on its way: the try may or may not have counted.
    PinUncertain = "ZR305";
    /// The card no longer remembers the signing password: it must be given again.
    SigningForgotten = "ZR306";
    /// The card no longer remembers the user-authentication PIN: it must be given again.
    AuthenticationForgotten = "ZR307";
    /// The card holds no signing certificate.
    SigningCertificateAbsent = "ZR401";
    /// The card holds no user-authentication certificate.
    AuthenticationCertificateAbsent = "ZR402";
    /// The signing certificate has expired.
    SigningCertificateExpired = "ZR403";
    /// The user-authentication certificate has expired.
    AuthenticationCertificateExpired = "ZR404";
    /// The certificate is not valid yet: either it is new, or this computer's clock is behind.
    CertificateNotYetValid = "ZR405";
    /// The certificate uses a kind of key that this version does not know.
    KeyUnsupported = "ZR406";
    /// The certificate cannot be read.
    CertificateGarbled = "ZR407";
    /// The certificate authority on the card is not among those that are trusted.
    IssuerUnknown = "ZR408";
    /// Nothing answers at the service's address.
    ServiceUnreachable = "ZR501";
    /// The service's name is not known: no network, or a wrong address.
    NameNotFound = "ZR502";
    /// The service's TLS certificate is not trusted.
    TlsUntrusted = "ZR503";
    /// The service took too long to answer.
    TimedOut = "ZR504";
    /// The response was cut off, or is not that of a registration service.
    AnswerGarbled = "ZR505";
    /// The service is down for maintenance.
    ServiceResting = "ZR601";
    /// The session has expired.
    SessionExpired = "ZR602";
    /// This person is registered already.
    AlreadyRegistered = "ZR603";
    /// The service did not accept the signature or its nonce.
    NotProved = "ZR604";
    /// The service refused fields that passed the checks here.
    FieldsRefused = "ZR605";
    /// Too many requests in a short time.
    TooMany = "ZR606";
    /// Internal error of the service.
    ServiceFault = "ZR607";
    /// The service did not understand this program: one of the two is out of date.
    RequestRefused = "ZR608";
    /// The terms of use have changed since they were shown.
    TermsChanged = "ZR609";
    /// This computer's clock is wrong by more than five minutes.
    ClockWrong = "ZR610";
    /// A test or practice card was shown to a service that does not take them.
    TestCardRefused = "ZR611";
    /// The service does not accept the card's certificate.
    CertificateRefused = "ZR612";
    /// The service does not take the password: too short, common, or holding personal data.
    PasswordRefused = "ZR613";
    /// The link or code for the first password has expired, was used, or was replaced by a newer one.
    LinkExpired = "ZR614";
    /// 認証ID and password do not belong together; which of the two is wrong is never told.
    LoginRefused = "ZR615";
    /// No registration belongs to this card.
    NotRegistered = "ZR616";
    /// The new card is not of the person who registered.
    OtherHolder = "ZR617";
    /// The form describes another person than the holder of the card.
    NotCardHolder = "ZR618";
    /// Another card has taken this one's place.
    CardReplaced = "ZR619";
    /// No card has taken this one's place, or too long ago.
    NothingToUndo = "ZR620";
    /// The time of the password is over.
    PasswordExpired = "ZR621";
    /// The card and network worker stopped because of a fault in this program.
    WorkerDied = "ZR701";
    /// The data folder cannot be written.
    DataFolder = "ZR702";
    // ZR703, a receipt that could not be saved, was never raised. Do not reuse it.
    /// The embedded service could not start.
    EmbeddedService = "ZR704";
    /// The settings cannot be used.
    SettingsUnusable = "ZR705";
}

impl Code {
    /// Return the code with this id.
    pub fn from_id(id: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.id() == id)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn ids_rise_and_are_never_used_twice() {
        assert!(Code::ALL.is_sorted_by(|a, b| a.id() < b.id()));
    }
}
