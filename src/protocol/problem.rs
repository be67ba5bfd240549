//! Refusals: problem+json (RFC 9457), the list of wire codes, and field errors in wire format.
//!
//! At the terminal a refusal becomes an `error::Code`. Texts for people are in `locale`; `detail` is for the help desk.

use serde::{Deserialize, Serialize};

use crate::error::Code;
use crate::registration::{FieldId, FormError, ValueError};

macro_rules! refusals {
    ($($name:ident = $wire:literal, $status:literal, $code:ident, $detail:literal;)+) => {
        /// Why a service refuses a request. Wire name and HTTP status are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
        pub enum Refusal { $(#[doc = $detail] #[cfg_attr(feature = "service", schemars(rename = $wire))] $name,)+ }

        impl Refusal {
            /// Every refusal.
            pub const ALL: &'static [Refusal] = &[$(Refusal::$name,)+];

            /// Return its name on the wire.
            pub const fn wire(self) -> &'static str {
                match self { $(Refusal::$name => $wire,)+ }
            }

            /// Return its HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Refusal::$name => $status,)+ }
            }

            /// Return its meaning at the terminal.
            pub const fn code(self) -> Code {
                match self { $(Refusal::$name => Code::$code,)+ }
            }

            /// Return its description for the help desk, in English.
            pub const fn detail(self) -> &'static str {
                match self { $(Refusal::$name => $detail,)+ }
            }
        }
    };
}

refusals! {
    Malformed = "malformed", 400, RequestRefused, "The request is not what this version of the contract says.";
    Header = "header", 400, RequestRefused, "The statement's header is not exactly alg, typ and x5c, or holds a value that is not known.";
    NotProved = "not_proved", 401, NotProved, "The session has not been proved with the user-authentication key.";
    Signature = "signature", 401, NotProved, "The signature does not fit the statement and the certificate.";
    Nonce = "nonce", 401, NotProved, "The nonce is not this session's, was used before, or is too old.";
    Audience = "audience", 401, NotProved, "The statement was signed for another service.";
    Clock = "clock", 401, ClockWrong, "The statement was signed more than five minutes before or after the service's own time.";
    CertificateExpired = "certificate_expired", 401, CertificateRefused, "The certificate has expired.";
    CertificateNotYetValid = "certificate_not_yet_valid", 401, CertificateNotYetValid, "The certificate is not valid yet.";
    CertificateProfile = "certificate_profile", 401, CertificateRefused, "The certificate is not of the JPKI profile that this statement needs.";
    CertificateRevoked = "certificate_revoked", 401, CertificateRefused, "The certificate has been revoked.";
    Chain = "chain", 401, CertificateRefused, "The certificate was not issued by an authority that is trusted here.";
    TestCard = "test_card", 401, TestCardRefused, "Test and practice cards are not accepted here.";
    OtherCard = "other_card", 401, OtherCard, "The certificate is not of the card that proved the session, or to which the login is bound.";
    OtherHolder = "other_holder", 401, OtherHolder, "The new card is not of the person who registered.";
    SigningKeyFirst = "signing_key_first", 401, RequestRefused, "With this login the new card's signing key must be linked before the other one.";
    LoginRefused = "login_refused", 401, LoginRefused, "The authentication ID and the password do not belong together.";
    PasswordExpired = "password_expired", 401, PasswordExpired, "The password is right, but its time is over; a new one is set with a mailed link.";
    NotFound = "not_found", 404, RequestRefused, "There is nothing at this address.";
    NotRegistered = "not_registered", 404, NotRegistered, "No registration belongs to this card.";
    Method = "method", 405, RequestRefused, "This address does not take this method.";
    AlreadyRegistered = "already_registered", 409, AlreadyRegistered, "This person is registered already; the authentication ID can be mailed again.";
    CardReplaced = "card_replaced", 409, CardReplaced, "Another card has taken this one's place; this one can undo that for 7 days.";
    NothingToUndo = "nothing_to_undo", 409, NothingToUndo, "No card has taken this one's place, or not within the last 7 days.";
    Terms = "terms", 409, TermsChanged, "The terms that were agreed to are not the present ones.";
    Expired = "expired", 410, SessionExpired, "The session has expired, has registered already, or never was.";
    LinkExpired = "link_expired", 410, LinkExpired, "The link has expired, was used, or was replaced by a newer one.";
    TooLarge = "too_large", 413, RequestRefused, "The request is larger than 32 KiB.";
    MediaType = "media_type", 415, RequestRefused, "The body is not of the media type that this address takes.";
    HeadTooLarge = "head_too_large", 431, RequestRefused, "The head of the request is larger than 16 KiB, or has more than 100 fields.";
    Fields = "fields", 422, FieldsRefused, "Some fields must be mended.";
    NotCardHolder = "not_card_holder", 422, NotCardHolder, "Name and birth date are not those of the holder of the card that has signed.";
    PasswordRefused = "password_refused", 422, PasswordRefused, "The password is too short, too long, common, not mixed as asked, or holds personal data.";
    TooMany = "too_many", 429, TooMany, "Too many requests in a short time.";
    Internal = "internal", 500, ServiceFault, "The service failed inside; the request may be sent again.";
    Resting = "resting", 503, ServiceResting, "The service is resting; see Retry-After.";
}

impl Refusal {
    /// Find a refusal by its name on the wire.
    pub fn from_wire(name: &str) -> Option<Refusal> {
        Refusal::ALL.iter().copied().find(|refusal| refusal.wire() == name)
    }
}

/// The body of a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Problem {
    /// `about:blank`: status and `code` suffice (RFC 9457, section 4.2.1).
    #[serde(rename = "type", default = "about_blank")]
    pub kind: String,
    /// The reason phrase of the status.
    #[serde(default)]
    pub title: String,
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// A description for the help desk, without personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The refusal's name on the wire.
    #[serde(default)]
    #[cfg_attr(feature = "service", schemars(with = "Refusal"))]
    pub code: String,
    /// The reason as a stable word, where the refusal has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Field errors, if the code is `fields` or `password_refused`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

fn about_blank() -> String {
    "about:blank".to_owned()
}

impl Problem {
    /// Build the body of a refusal.
    pub fn new(refusal: Refusal) -> Problem {
        Problem {
            kind: about_blank(),
            title: title(refusal.status()).to_owned(),
            status: refusal.status(),
            detail: Some(refusal.detail().to_owned()),
            code: refusal.wire().to_owned(),
            reason: None,
            errors: Vec::new(),
        }
    }

    /// Build the body of a refusal with a reason: a stable word, and what it means.
    pub fn because(refusal: Refusal, reason: &str, meaning: impl std::fmt::Display) -> Problem {
        let detail = Some(format!("{} {reason}: {meaning}.", refusal.detail()));
        Problem { reason: Some(reason.to_owned()), detail, ..Problem::new(refusal) }
    }

    /// Build the body of a refusal for field errors.
    pub fn fields(faults: &[FormError]) -> Problem {
        Problem { errors: faults.iter().map(FieldError::from).collect(), ..Problem::new(Refusal::Fields) }
    }

    /// Return the field errors known to this version; unknown ones remain in `errors`.
    pub fn faults(&self) -> Vec<FormError> {
        self.errors.iter().filter_map(FieldError::fault).collect()
    }
}

/// Return the meaning at the terminal of a refusal of which only the status is known.
pub fn code_of_status(status: u16) -> Code {
    match status {
        401 => Code::NotProved,
        409 => Code::AlreadyRegistered,
        410 => Code::SessionExpired,
        422 => Code::FieldsRefused,
        429 => Code::TooMany,
        // A gateway that cannot reach the service behind it.
        502 | 504 => Code::ServiceUnreachable,
        503 => Code::ServiceResting,
        500.. => Code::ServiceFault,
        _ => Code::RequestRefused,
    }
}

/// Return the reason phrase of a status (RFC 9110, section 15).
const fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

/// The problem with a field, by its name on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldCode {
    /// No value.
    Missing,
    /// Longer than the maximum.
    TooLong,
    /// Shorter than the minimum.
    TooShort,
    /// A character that is not allowed.
    Character,
    /// Letters that cannot be converted to Latin letters.
    NotLatin,
    /// A date that does not exist.
    NoSuchDate,
    /// A date in the future.
    InFuture,
    /// A phone number that does not begin with 0.
    PhoneStart,
    /// No `@`, or nothing before or after it.
    EmailShape,
    /// The part after `@` is not a domain name.
    EmailDomain,
    /// The two mail addresses differ.
    EmailDiffers,
    /// Not one of the choices.
    NotAChoice,
    /// Not a municipality in the list.
    UnknownMunicipality,
    /// The prefecture or municipality is repeated in the address line.
    MunicipalityRepeated,
    /// A residence card number with a letter in place of a digit, or the reverse.
    CardNumber,
    /// A value although the category excludes the field.
    Closed,
    /// A password that contains the 認証ID.
    HoldsId,
    /// A password that contains the name, or part of it.
    HoldsName,
    /// A password that contains the mail address, or the part before the `@`.
    HoldsAddress,
    /// A password without one of letters, digits and signs, or with other characters.
    NotMixed,
    /// A password that is easily guessed.
    Common,
    /// A code of a newer service.
    #[default]
    #[serde(other, skip_serializing)]
    Unknown,
}

/// A field error in wire format: the field's key, the code, and the members that apply to this code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct FieldError {
    /// The field's name, as in the form.
    pub field: String,
    /// The problem.
    pub code: FieldCode,
    /// With `too_long`: maximum number of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// With `too_long`: number of excess characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over: Option<usize>,
    /// With `too_short`: minimum number of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<usize>,
    /// With `too_short`: number of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub have: Option<usize>,
    /// With `character` and `card_number`: the invalid character.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<char>,
    /// With `card_number`: position of the character, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<usize>,
    /// With `card_number`: the character probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meant: Option<char>,
}

impl From<&FormError> for FieldError {
    fn from(fault: &FormError) -> FieldError {
        let mut error = FieldError { field: fault.field.row().key.to_owned(), ..FieldError::default() };
        error.code = match fault.problem {
            ValueError::Missing => FieldCode::Missing,
            ValueError::TooLong { limit, over } => {
                (error.limit, error.over) = (Some(limit), Some(over));
                FieldCode::TooLong
            }
            ValueError::TooShort { need, have } => {
                (error.need, error.have) = (Some(need), Some(have));
                FieldCode::TooShort
            }
            ValueError::Character(found) => {
                error.found = Some(found);
                FieldCode::Character
            }
            ValueError::NotLatin => FieldCode::NotLatin,
            ValueError::NoSuchDate => FieldCode::NoSuchDate,
            ValueError::InFuture => FieldCode::InFuture,
            ValueError::PhoneStart => FieldCode::PhoneStart,
            ValueError::EmailShape => FieldCode::EmailShape,
            ValueError::EmailDomain => FieldCode::EmailDomain,
            ValueError::EmailDiffers => FieldCode::EmailDiffers,
            ValueError::NotAChoice => FieldCode::NotAChoice,
            ValueError::UnknownMunicipality => FieldCode::UnknownMunicipality,
            ValueError::MunicipalityRepeated => FieldCode::MunicipalityRepeated,
            ValueError::CardNumber { place, found, meant } => {
                (error.place, error.found, error.meant) = (Some(place), Some(found), meant);
                FieldCode::CardNumber
            }
            ValueError::Closed => FieldCode::Closed,
        };
        error
    }
}

impl FieldError {
    /// Return the error, if field and code are known and all members are present.
    pub fn fault(&self) -> Option<FormError> {
        let problem = match self.code {
            FieldCode::Missing => ValueError::Missing,
            FieldCode::TooLong => ValueError::TooLong { limit: self.limit?, over: self.over? },
            FieldCode::TooShort => ValueError::TooShort { need: self.need?, have: self.have? },
            FieldCode::Character => ValueError::Character(self.found?),
            FieldCode::NotLatin => ValueError::NotLatin,
            FieldCode::NoSuchDate => ValueError::NoSuchDate,
            FieldCode::InFuture => ValueError::InFuture,
            FieldCode::PhoneStart => ValueError::PhoneStart,
            FieldCode::EmailShape => ValueError::EmailShape,
            FieldCode::EmailDomain => ValueError::EmailDomain,
            FieldCode::EmailDiffers => ValueError::EmailDiffers,
            FieldCode::NotAChoice => ValueError::NotAChoice,
            FieldCode::UnknownMunicipality => ValueError::UnknownMunicipality,
            FieldCode::MunicipalityRepeated => ValueError::MunicipalityRepeated,
            FieldCode::CardNumber => ValueError::CardNumber { place: self.place?, found: self.found?, meant: self.meant },
            FieldCode::Closed => ValueError::Closed,
            FieldCode::HoldsId
            | FieldCode::HoldsName
            | FieldCode::HoldsAddress
            | FieldCode::NotMixed
            | FieldCode::Common
            | FieldCode::Unknown => return None,
        };
        Some(FormError { field: FieldId::from_key(&self.field)?, problem })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::FIELDS;

    #[test]
    fn every_refusal_is_found_by_its_name_and_by_no_other() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::from_wire(refusal.wire()), Some(*refusal));
            let body = serde_json::to_string(&Problem::new(*refusal)).unwrap();
            let read: Problem = serde_json::from_str(&body).unwrap();
            assert_eq!(read, Problem::new(*refusal));
            assert!(refusal.status() == 500 || read.title != "Internal Server Error", "{body}");
        }
        assert_eq!(Refusal::from_wire("Nonce"), None);
    }

    #[test]
    fn a_code_of_a_newer_service_is_judged_by_its_status() {
        let problem: Problem = serde_json::from_str(r#"{"status":410,"code":"moon_phase"}"#).unwrap();
        assert_eq!((Refusal::from_wire(&problem.code), code_of_status(problem.status)), (None, Code::SessionExpired));
        assert_eq!(code_of_status(418), Code::RequestRefused);
    }

    #[test]
    fn every_fault_of_every_field_goes_over_the_wire_and_comes_back() {
        let problems = [
            ValueError::Missing,
            ValueError::TooLong { limit: 85, over: 3 },
            ValueError::TooShort { need: 10, have: 9 },
            ValueError::Character('é'),
            ValueError::NotLatin,
            ValueError::NoSuchDate,
            ValueError::InFuture,
            ValueError::PhoneStart,
            ValueError::EmailShape,
            ValueError::EmailDomain,
            ValueError::EmailDiffers,
            ValueError::NotAChoice,
            ValueError::UnknownMunicipality,
            ValueError::MunicipalityRepeated,
            ValueError::CardNumber { place: 3, found: 'O', meant: Some('0') },
            ValueError::CardNumber { place: 1, found: '#', meant: None },
            ValueError::Closed,
        ];
        for row in &FIELDS {
            let faults: Vec<FormError> = problems.iter().cloned().map(|problem| FormError { field: row.id, problem }).collect();
            let body = serde_json::to_string(&Problem::fields(&faults)).unwrap();
            let read: Problem = serde_json::from_str(&body).unwrap();
            assert_eq!(read.faults(), faults);
        }
    }

    #[test]
    fn faults_that_are_not_known_are_left_out_and_no_member_is_made_up() {
        for unknown in [
            r#"{"field":"name","code":"too_long"}"#,
            r#"{"field":"name","code":"rhyme"}"#,
            r#"{"field":"shoe_size","code":"missing"}"#,
            r#"{"code":"missing"}"#,
        ] {
            let error: FieldError = serde_json::from_str(unknown).unwrap();
            assert_eq!(error.fault(), None, "{unknown}");
        }
    }
}
