//! Checks of a certificate for its purpose, in the order of protocol.md, "Signed statement". Pure: the time is an argument.
//! Revocation, which only the service checks, is in `revocation`.

use super::{Anchors, Certificate, Key, Policy, Purpose};
use crate::error::Code;
use x509_cert::ext::pkix::KeyUsage;

/// Minimum RSA key length in bits; the JPKI's keys have exactly this (jpki-card.md §5).
const SMALLEST_RSA: usize = 2048;

/// Why a certificate fails the profile of its purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// The kind of key is not supported.
    #[error("a kind of key that this version does not know")]
    KeyUnsupported,
    /// The RSA key is too short.
    #[error("an RSA key that is too short")]
    KeyTooShort,
    /// keyUsage does not allow this purpose.
    #[error("keyUsage does not allow this purpose")]
    Usage,
    /// It was issued under another policy.
    #[error("issued under another policy")]
    Policy,
    /// It belongs to a test or practice card, which is not accepted.
    #[error("a test or practice card")]
    TestCard,
    /// It has an unknown critical extension.
    #[error("an unknown critical extension")]
    UnknownCritical,
    /// It is not valid yet.
    #[error("not valid yet")]
    NotYetValid,
    /// It has expired.
    #[error("expired")]
    Expired,
    /// The authority is not among the anchors.
    #[error("the authority is not trusted")]
    IssuerUnknown,
    /// The CA certificate is not one of a CA, or is not valid now.
    #[error("the authority may not issue certificates now")]
    NoAuthority,
    /// The authority did not sign it.
    #[error("not signed by the authority")]
    NotIssued,
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
    if !leaf.key_usage().is_some_and(|usage| allows(usage, purpose)) {
        return Err(ProfileError::Usage);
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
        assert_eq!(check("jpki-sign-ca-cert", "jpki-sign-ca-cert", Signing, NOW), Err(ProfileError::Usage));
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
