//! Checks of a certificate for its purpose, in the order of protocol.md, "Signed statement". Pure: the time is an argument.
//! Revocation, which only the service checks, is in `revocation`.

use super::{Anchors, Certificate, CertificateError, Key, Policy, Purpose};
use crate::error::Code;
use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::KeyUsage;

/// Minimum RSA key length in bits; the JPKI's keys have exactly this (jpki-card.md §5).
const SMALLEST_RSA: usize = 2048;

/// id-kp-clientAuth (RFC 5280 §4.2.1.12), in every user-authentication certificate (jpki-card.md §5).
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
/// id-kp-documentSigning (RFC 9336): the use that fits, if a signing certificate should have any.
const DOCUMENT_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");

macro_rules! faults {
    ($($name:ident = $word:literal, $text:literal;)+) => {
        /// Why a certificate fails the profile of its purpose.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        pub enum ProfileError {
            $(#[doc = $text] #[error($text)] $name,)+
            /// It is not read as a certificate.
            #[error(transparent)]
            Certificate(#[from] CertificateError),
        }

        impl ProfileError {
            /// Return the reason as a stable word, for operators and the help desk.
            pub const fn word(self) -> &'static str {
                match self {
                    $(ProfileError::$name => $word,)+
                    ProfileError::Certificate(CertificateError::Unreadable) => "unreadable",
                    ProfileError::Certificate(CertificateError::SerialNumber) => "serial_number",
                    ProfileError::Certificate(CertificateError::Version) => "version",
                    ProfileError::Certificate(CertificateError::DoubledExtension) => "doubled_extension",
                    ProfileError::Certificate(CertificateError::MalformedExtension) => "malformed_extension",
                }
            }
        }
    };
}

faults! {
    KeyUnsupported = "key_unsupported", "a kind of key that this version does not know";
    KeyTooShort = "key_too_short", "an RSA key that is too short";
    UnknownCritical = "unknown_critical", "a critical extension that is not known";
    CaCertificate = "ca_certificate", "basicConstraints of an authority, not of a card";
    CaKeyUsage = "ca_key_usage", "keyUsage of an authority, not of a card";
    Usage = "key_usage", "keyUsage does not allow this purpose";
    ExtendedUsage = "extended_key_usage", "extendedKeyUsage does not allow this purpose";
    CommonName = "common_name", "not exactly one common name";
    Policy = "policy", "issued under another policy";
    TestCard = "test_card", "a test or practice card";
    NotYetValid = "not_yet_valid", "not valid yet";
    Expired = "expired", "expired";
    IssuerUnknown = "issuer_unknown", "the authority is not trusted";
    NoAuthority = "no_authority", "the authority may not issue certificates now";
    NotIssued = "not_issued", "not signed by the authority";
    IssuerName = "issuer_name", "the issuer has no name, or not the authority's";
}

impl ProfileError {
    /// Return the error code shown to the user.
    pub const fn code(self, purpose: Purpose) -> Code {
        match (self, purpose) {
            (ProfileError::KeyUnsupported, _) => Code::KeyUnsupported,
            (ProfileError::TestCard, _) => Code::TestCardRefused,
            (ProfileError::NotYetValid, _) => Code::CertificateNotYetValid,
            (ProfileError::Expired, Purpose::Signing) => Code::SigningCertificateExpired,
            (ProfileError::Expired, Purpose::Authentication) => Code::AuthenticationCertificateExpired,
            (ProfileError::IssuerUnknown, _) => Code::IssuerUnknown,
            (ProfileError::Certificate(_), _) => Code::CertificateGarbled,
            _ => Code::CertificateRefused,
        }
    }
}

/// Check a card's certificate and its CA certificate for a purpose, at a time in seconds since 1970.
pub fn check_profile(
    leaf: &Certificate,
    authority: &Certificate,
    purpose: Purpose,
    anchors: &Anchors,
    test_cards: bool,
    now: i64,
) -> Result<(), ProfileError> {
    match leaf.key() {
        Key::Rsa { bits } if bits < SMALLEST_RSA => return Err(ProfileError::KeyTooShort),
        Key::Rsa { .. } | Key::EcP384 => {}
        Key::Unknown => return Err(ProfileError::KeyUnsupported),
    }
    if leaf.has_unknown_critical() {
        return Err(ProfileError::UnknownCritical);
    }
    if leaf.is_ca() {
        return Err(ProfileError::CaCertificate);
    }
    match leaf.key_usage() {
        Some(usage) if usage.key_cert_sign() || usage.crl_sign() => return Err(ProfileError::CaKeyUsage),
        Some(usage) if allows(usage, purpose) => {}
        _ => return Err(ProfileError::Usage),
    }
    let extended = match purpose {
        Purpose::Signing => DOCUMENT_SIGNING,
        Purpose::Authentication => CLIENT_AUTH,
    };
    if !leaf.allows_use(&extended) {
        return Err(ProfileError::ExtendedUsage);
    }
    if leaf.common_name().is_none() {
        return Err(ProfileError::CommonName);
    }
    match (purpose, leaf.policy()) {
        (Purpose::Signing, Policy::Signing) | (Purpose::Authentication, Policy::Authentication) => {}
        (Purpose::Signing, Policy::TestSigning) | (Purpose::Authentication, Policy::TestAuthentication) if test_cards => {}
        (Purpose::Signing, Policy::TestSigning) | (Purpose::Authentication, Policy::TestAuthentication) => {
            return Err(ProfileError::TestCard);
        }
        _ => return Err(ProfileError::Policy),
    }
    if now < leaf.validity().from {
        return Err(ProfileError::NotYetValid);
    }
    if now > leaf.validity().until {
        return Err(ProfileError::Expired);
    }
    if !anchors.trusts(authority.der()) {
        return Err(ProfileError::IssuerUnknown);
    }
    if !authority.is_authority()
        || authority.has_unknown_critical()
        || !(authority.validity().from..=authority.validity().until).contains(&now)
    {
        return Err(ProfileError::NoAuthority);
    }
    if !leaf.is_issued_by(authority) {
        return Err(ProfileError::NotIssued);
    }
    if !leaf.names_issuer(authority) {
        return Err(ProfileError::IssuerName);
    }
    Ok(())
}

/// Signing also needs nonRepudiation: the signature binds its holder.
fn allows(usage: &KeyUsage, purpose: Purpose) -> bool {
    match purpose {
        Purpose::Signing => usage.digital_signature() && usage.non_repudiation(),
        Purpose::Authentication => usage.digital_signature(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::tests::{fixture, parsed};

    /// 2026-11-25: within the validity of every certificate of the test card.
    const NOW: i64 = 1_795_564_800;

    fn check(leaf: &str, authority: &str, purpose: Purpose, now: i64) -> Result<(), ProfileError> {
        let authority = parsed(authority);
        check_profile(&parsed(leaf), &authority, purpose, &Anchors::of(std::slice::from_ref(&authority)), true, now)
    }

    #[test]
    fn both_certificates_of_a_test_card_do_for_their_purpose_and_for_no_other() {
        use Purpose::{Authentication, Signing};
        assert_eq!(check("jpki-sign-cert", "jpki-sign-ca-cert", Signing, NOW), Ok(()));
        assert_eq!(check("jpki-auth-cert", "jpki-auth-ca-cert", Authentication, NOW), Ok(()));
        assert_eq!(check("jpki-sign-cert", "jpki-sign-ca-cert", Authentication, NOW), Err(ProfileError::Policy));
        assert_eq!(check("jpki-auth-cert", "jpki-auth-ca-cert", Signing, NOW), Err(ProfileError::Usage));
        assert_eq!(check("jpki-sign-ca-cert", "jpki-sign-ca-cert", Signing, NOW), Err(ProfileError::CaCertificate));
    }

    #[test]
    fn a_test_card_is_refused_unless_it_is_asked_for() {
        let (leaf, authority) = (parsed("jpki-sign-cert"), parsed("jpki-sign-ca-cert"));
        let anchors = Anchors::of(std::slice::from_ref(&authority));
        let refused = check_profile(&leaf, &authority, Purpose::Signing, &anchors, false, NOW);
        assert_eq!(refused, Err(ProfileError::TestCard));
        assert_eq!(ProfileError::TestCard.code(Purpose::Signing), Code::TestCardRefused);
    }

    #[test]
    fn validity_ends_with_its_last_second() {
        let Validity { from, until } = parsed("jpki-sign-cert").validity();
        for (now, expected) in
            [(from - 1, Err(ProfileError::NotYetValid)), (from, Ok(())), (until, Ok(())), (until + 1, Err(ProfileError::Expired))]
        {
            assert_eq!(check("jpki-sign-cert", "jpki-sign-ca-cert", Purpose::Signing, now), expected);
        }
        assert_eq!(ProfileError::Expired.code(Purpose::Authentication), Code::AuthenticationCertificateExpired);
    }

    #[test]
    fn an_authority_of_the_same_name_does_not_do_for_another() {
        let older = check("jpki-sign-cert", "jpki-sign-ca-cert-2019", Purpose::Signing, NOW);
        assert_eq!(older, Err(ProfileError::NotIssued));
        let leaf = check("jpki-sign-cert", "jpki-sign-cert", Purpose::Signing, NOW);
        assert_eq!(leaf, Err(ProfileError::NoAuthority));
        let (leaf, authority) = (parsed("jpki-sign-cert"), parsed("jpki-sign-ca-cert"));
        let unknown = check_profile(&leaf, &authority, Purpose::Signing, &Anchors::pinned(), true, NOW);
        assert_eq!(unknown, Err(ProfileError::IssuerUnknown));
    }

    #[test]
    fn a_certificate_whose_signed_part_was_changed_is_not_the_authoritys() {
        let mut der = fixture("jpki-sign-cert");
        let digit = der.windows(4).position(|window| window == b"Kiyo").unwrap();
        der[digit] = b'M';
        let (leaf, authority) = (Certificate::parse(&der).unwrap(), parsed("jpki-sign-ca-cert"));
        let anchors = Anchors::of(std::slice::from_ref(&authority));
        assert_eq!(check_profile(&leaf, &authority, Purpose::Signing, &anchors, true, NOW), Err(ProfileError::NotIssued));
    }

    use crate::certificate::Validity;
}
