//! The payloads of signed statements.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::VERSION;
use super::session::TermsId;
use crate::registration::Form;

/// The members common to all payloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The service's own URL, from its session response.
    pub aud: String,
    /// A nonce issued by the service.
    pub nonce: String,
    /// Time of signing, in seconds since 1970.
    pub iat: i64,
    /// The unique id of this statement.
    pub jti: Uuid,
    /// Program and version, such as `zairyu/0.1.0`.
    pub client: String,
}

/// A payload to be signed.
pub trait Payload: Serialize + DeserializeOwned {
    /// Its type.
    const TYPE: PayloadType;
    /// Return its protocol version.
    fn version(&self) -> u8;
    /// Return the members common to all payloads.
    fn head(&self) -> Head;
}

// Repeated in every payload, because serde's `flatten` would disable `deny_unknown_fields`.
macro_rules! payloads {
    ($(#[doc = $doc:literal] $name:ident { $($(#[doc = $member_doc:literal])+ $member:ident: $type:ty,)* })+) => {
        /// The types of payload. The type of a statement determines that of its payload.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum PayloadType { $(#[doc = $doc] $name,)+ }

        $(
        #[doc = $doc]
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The protocol version.
            #[cfg_attr(feature = "service", schemars(extend("const" = VERSION)))]
            v: u8,
            /// The service's own URL, from its session response.
            aud: String,
            /// A nonce issued by the service.
            nonce: String,
            /// Time of signing, in seconds since 1970.
            iat: i64,
            /// The unique id of this statement.
            jti: Uuid,
            /// Program and version, such as `zairyu/0.1.0`.
            client: String,
            $($(#[doc = $member_doc])+ pub $member: $type,)*
        }

        impl $name {
            /// Create the payload.
            pub fn new(head: Head $(, $member: $type)*) -> $name {
                let Head { aud, nonce, iat, jti, client } = head;
                $name { v: VERSION, aud, nonce, iat, jti, client $(, $member)* }
            }
        }

        impl Payload for $name {
            const TYPE: PayloadType = PayloadType::$name;
            fn version(&self) -> u8 {
                self.v
            }
            fn head(&self) -> Head {
                Head {
                    aud: self.aud.clone(), nonce: self.nonce.clone(), iat: self.iat, jti: self.jti, client: self.client.clone(),
                }
            }
        }
        )+
    };
}

payloads! {
    /// A payload without members of its own: the statement's type gives its purpose.
    Proof {}

    /// A registration, exactly as shown in STEP2.
    Registration {
        /// The validated form.
        form: Form,
        /// The terms that the person agreed to.
        terms: TermsId,
        /// Language tag of the mails.
        language: String,
    }

    /// A corrected mail address.
    Address {
        /// The new address, in stored form.
        email: String,
    }

    /// A new card for an existing registration.
    Link {
        /// 認証ID of the existing registration.
        authentication_id: String,
        /// A session of `POST /v1/logins` with 認証ID and password, so that the password itself never becomes stored evidence.
        login: String,
    }
}
