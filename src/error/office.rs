//! What only the municipal office can mend, and what it must be asked for.

use super::Code;

/// What the municipal office must be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Office {
    /// The locked signing password.
    SigningPassword,
    /// The locked user-authentication PIN.
    AuthenticationPin,
    /// A signing certificate.
    SigningCertificate,
    /// A user-authentication certificate.
    AuthenticationCertificate,
    /// The certificates in place of refused ones.
    BothCertificates,
    /// PINs for a card that was issued without.
    Pins,
    /// Name or address on the card, and then its certificates.
    CardFace,
    /// A My Number Card.
    NewCard,
}

impl Code {
    /// Return what the municipal office must be asked for; `None` if it cannot mend this.
    pub const fn office(self) -> Option<Office> {
        match self {
            Code::OldResidentCard => Some(Office::NewCard),
            Code::WithoutPins => Some(Office::Pins),
            Code::SigningLocked => Some(Office::SigningPassword),
            Code::AuthenticationLocked => Some(Office::AuthenticationPin),
            Code::SigningCertificateAbsent | Code::SigningCertificateExpired => Some(Office::SigningCertificate),
            Code::AuthenticationCertificateAbsent | Code::AuthenticationCertificateExpired => Some(Office::AuthenticationCertificate),
            Code::CertificateRefused => Some(Office::BothCertificates),
            Code::NotCardHolder => Some(Office::CardFace),
            _ => None,
        }
    }
}
