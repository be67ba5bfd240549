//! X.509 certificates as the JPKI profile has them: person, validity, key, usage, policy, issuer; and the anchors that are trusted.
//! Used at the card and in the service, so both read a certificate the same way. No I/O but reading a folder of anchors.

/// From when until when a certificate is valid, in seconds since 1970 (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First second.
    pub from: i64,
    /// Last second.
    pub until: i64,
}

/// What the signing certificate says about the person, as it stands there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// 氏名, raw: full-width letters or kanji, parts separated by U+3000.
    pub name: Option<String>,
    /// Whether a character of the name stands in for one that the certificate cannot hold.
    pub name_substituted: bool,
    /// 性別.
    pub sex: Option<HolderSex>,
    /// 生年月日; parts that are unknown are absent.
    pub birth: Option<HolderBirth>,
    /// 住所, raw, from the prefecture on.
    pub address: Option<String>,
    /// Whether a character of the address stands in for one that the certificate cannot hold.
    pub address_substituted: bool,
}

/// Sex as the certificate states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderSex {
    /// `1`.
    Male,
    /// `2`.
    Female,
    /// `3` or `9`: other or unknown.
    Other,
}

/// Birth date as the certificate states it, in the Gregorian calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HolderBirth {
    /// Year, if known.
    pub year: Option<u16>,
    /// Month 1–12, if known.
    pub month: Option<u8>,
    /// Day 1–31, if known.
    pub day: Option<u8>,
}
