//! The error type of the handlers, and its conversion to problem+json (RFC 9457). A response carries only the code; internal causes go to
//! the log, without personal data.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use thiserror::Error;

use crate::certificate::ProfileError;
use crate::protocol::problem::{Problem, Refusal};
use crate::protocol::session::PROBLEM_JSON;
use crate::protocol::statement;
use crate::registration::FormError;
use crate::service::password::{HashError, Weakness};
use crate::service::rate_limit::RateLimitError;
use crate::service::revocation::RevocationError;

/// `Retry-After` of a `resting` response, in seconds.
const RESTING_SECONDS: u64 = 10;

/// Why a request failed.
#[derive(Debug, Error)]
pub(super) enum ApiError {
    /// Refused with a code only.
    #[error("refused: {}", .0.wire())]
    Refused(Refusal),
    /// The certificate that signed, or its authority's, is refused.
    #[error("certificate refused: {}", .0.word())]
    Certificate(#[from] ProfileError),
    /// Fields of the form are invalid.
    #[error("{} invalid fields", .0.len())]
    InvalidFields(Vec<FormError>),
    /// The password is too weak.
    #[error("the password is too weak")]
    WeakPassword(Weakness),
    /// Refused for now; retry after this many seconds.
    #[error("refused: {code}, retry after {1} s", code = .0.wire())]
    RetryAfter(Refusal, u64),
    /// An internal failure: the client gets the code, the log gets the text.
    #[error("{1}")]
    Logged(Refusal, String),
}

/// A line for the operator's log, passed as a response extension to the middleware that writes it.
#[derive(Clone)]
pub(super) struct LogLine(pub(super) String);

/// The result of a handler.
pub(super) type ApiResult<T = Response> = Result<T, ApiError>;

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> ApiError {
        ApiError::Refused(refusal)
    }
}

impl From<statement::StatementError> for ApiError {
    fn from(fault: statement::StatementError) -> ApiError {
        ApiError::Refused(fault.into())
    }
}

impl From<RateLimitError> for ApiError {
    fn from(error: RateLimitError) -> ApiError {
        match error {
            RateLimitError::Exceeded { retry_after } => ApiError::RetryAfter(Refusal::TooMany, retry_after),
            RateLimitError::Store(error) => error.into(),
        }
    }
}

impl From<RevocationError> for ApiError {
    fn from(error: RevocationError) -> ApiError {
        match error {
            RevocationError::Revoked => ApiError::Refused(Refusal::CertificateRevoked),
            RevocationError::Unknown(error) => ApiError::Logged(Refusal::Resting, format!("revocation: {error}")),
        }
    }
}

impl From<HashError> for ApiError {
    fn from(error: HashError) -> ApiError {
        match error {
            HashError::Closed => ApiError::RetryAfter(Refusal::Resting, 5),
            HashError::Failed => ApiError::Refused(Refusal::Internal),
        }
    }
}

impl From<getrandom::Error> for ApiError {
    fn from(_: getrandom::Error) -> ApiError {
        ApiError::Refused(Refusal::Internal)
    }
}

/// Map a temporary failure of the store to `resting`, any other to `internal`. Log only kind and code: SQLx's messages may contain values.
impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> ApiError {
        let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
        let resting = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
            // A server that goes away during the handshake: SQLx reads the end of the stream as a reply.
            sqlx::Error::Protocol(_) | sqlx::Error::Tls(_) => true,
            // SQLite: 5 busy, 6 locked, 10 I/O, 13 full (also as the low byte of extended codes). PostgreSQL: classes 08 connection, 53
            // insufficient resources, 57 operator intervention, 58 system error; 25006 read-only standby, 40001 and 40P01 conflicts that
            // a retry resolves.
            sqlx::Error::Database(_) => {
                ["08", "53", "57", "58"].iter().any(|class| code.len() == 5 && code.starts_with(class))
                    || ["25006", "40001", "40P01"].contains(&code.as_str())
                    || code.parse::<u32>().is_ok_and(|code| matches!(code & 0xFF, 5 | 6 | 10 | 13))
            }
            _ => false,
        };
        ApiError::Logged(if resting { Refusal::Resting } else { Refusal::Internal }, format!("store: {} {code}", kind_of(&error)))
    }
}

const fn refusal_of(fault: ProfileError) -> Refusal {
    match fault {
        ProfileError::Expired => Refusal::CertificateExpired,
        ProfileError::NotYetValid => Refusal::CertificateNotYetValid,
        ProfileError::TestCard => Refusal::TestCard,
        ProfileError::IssuerUnknown | ProfileError::NoAuthority | ProfileError::NotIssued | ProfileError::IssuerName => Refusal::Chain,
        _ => Refusal::CertificateProfile,
    }
}

const fn kind_of(error: &sqlx::Error) -> &'static str {
    match error {
        sqlx::Error::Database(_) => "database",
        sqlx::Error::Io(_) => "input/output",
        sqlx::Error::PoolTimedOut => "no connection free",
        sqlx::Error::PoolClosed => "closed",
        sqlx::Error::Protocol(_) => "protocol",
        sqlx::Error::Tls(_) => "TLS",
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => "unreadable value",
        _ => "other",
    }
}

impl ApiError {
    /// Return the error for a request that the service cannot handle at present.
    pub(super) const fn resting() -> ApiError {
        ApiError::RetryAfter(Refusal::Resting, RESTING_SECONDS)
    }

    const fn refusal(&self) -> Refusal {
        match self {
            ApiError::Refused(refusal) | ApiError::RetryAfter(refusal, _) | ApiError::Logged(refusal, _) => *refusal,
            ApiError::Certificate(fault) => refusal_of(*fault),
            ApiError::InvalidFields(_) => Refusal::Fields,
            ApiError::WeakPassword(_) => Refusal::PasswordRefused,
        }
    }

    const fn retry_after(&self) -> Option<u64> {
        match self {
            ApiError::RetryAfter(_, seconds) => Some(*seconds),
            ApiError::Logged(Refusal::Resting, _) => Some(RESTING_SECONDS),
            _ => None,
        }
    }

    fn problem(&self) -> Problem {
        match self {
            ApiError::Certificate(fault) => match self.refusal() {
                several @ (Refusal::CertificateProfile | Refusal::Chain) => Problem::because(several, fault.word(), fault),
                only => Problem::new(only),
            },
            ApiError::InvalidFields(faults) => Problem::fields(faults),
            ApiError::WeakPassword(weakness) => Problem { errors: vec![weakness.field_error()], ..Problem::new(self.refusal()) },
            _ => Problem::new(self.refusal()),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(problem)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        // The metrics count refusals by code.
        response.extensions_mut().insert(self.refusal());
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        let line = match self {
            ApiError::Certificate(_) => Some(self.to_string()),
            ApiError::Logged(_, line) => Some(line),
            _ => None,
        };
        if let Some(line) = line {
            response.extensions_mut().insert(LogLine(line));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use sqlx::postgres::PgConnectOptions;
    use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};

    use super::*;

    async fn refusal_on_connecting(url: &str) -> Refusal {
        ApiError::from(PgConnectOptions::from_str(url).unwrap().connect().await.err().unwrap()).refusal()
    }

    #[tokio::test]
    async fn a_database_that_hangs_up_before_it_says_a_word_lets_the_service_rest() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            // The first word is eight bytes long; unread bytes would reset the connection instead of ending it.
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = tokio::io::AsyncReadExt::read_exact(&mut stream, &mut [0; 8]).await;
            }
        });
        for mode in ["prefer", "require", "disable"] {
            let url = format!("postgres://z@127.0.0.1:{port}/z?sslmode={mode}");
            assert_eq!(refusal_on_connecting(&url).await, Refusal::Resting, "{mode}");
        }
    }

    #[tokio::test]
    async fn a_mistake_of_ours_in_a_statement_is_internal() {
        let mut store = SqliteConnectOptions::from_str("sqlite::memory:").unwrap().connect().await.unwrap();
        let error = sqlx::query("SELECT nothing FROM nowhere").execute(&mut store).await.err().unwrap();
        assert_eq!(ApiError::from(error).refusal(), Refusal::Internal);
    }
}
