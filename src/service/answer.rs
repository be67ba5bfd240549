//! Answers: JSON, and refusals as problem+json. No refusal says more than its code; what failed inside is noted for the log, without data.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::protocol::problem::{Problem, Refusal};
use crate::protocol::session::PROBLEM_JSON;
use crate::protocol::statement;
use crate::registration::FormError;
use crate::service::password::Weakness;

/// A refusal on its way to the client.
#[derive(Debug)]
pub(super) enum Refused {
    /// By its code alone.
    As(Refusal),
    /// For faults of fields.
    Fields(Vec<FormError>),
    /// For a weak password.
    Password(Weakness),
    /// For a while.
    For(Refusal, u64),
    /// Because something behind the service has failed: refused for this, and noted as that.
    Noted(Refusal, String),
}

/// What the operator's log says of an answer; travels with the response to where the log is.
#[derive(Clone)]
pub(super) struct Note(pub(super) String);

/// What a call answers.
pub(super) type Answer<T = Response> = Result<T, Refused>;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Refused::As(refusal)
    }
}

impl From<statement::StatementError> for Refused {
    fn from(fault: statement::StatementError) -> Refused {
        Refused::As(fault.into())
    }
}

/// A store that cannot be reached rests; anything else is a fault of ours. SQLx's texts may hold values, so only the kind is written down.
impl From<sqlx::Error> for Refused {
    fn from(fault: sqlx::Error) -> Refused {
        let code = fault.as_database_error().and_then(|fault| fault.code()).unwrap_or_default().into_owned();
        let resting = match &fault {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
            // SQLite: 5 busy, 6 locked, 10 input/output, 13 full (also as the low byte of extended codes). PostgreSQL: 53 resources, 57P shutdown,
            // 25006 a standby that only reads, 40001 and 40P01 a clash that the next attempt does not meet.
            sqlx::Error::Database(_) => {
                code.starts_with("53")
                    || code.starts_with("57P")
                    || ["25006", "40001", "40P01"].contains(&code.as_str())
                    || code.parse::<u32>().is_ok_and(|code| matches!(code & 0xFF, 5 | 6 | 10 | 13))
            }
            _ => false,
        };
        Refused::Noted(if resting { Refusal::Resting } else { Refusal::Internal }, format!("store: {} {code}", kind_of(&fault)))
    }
}

const fn kind_of(fault: &sqlx::Error) -> &'static str {
    match fault {
        sqlx::Error::Database(_) => "database",
        sqlx::Error::Io(_) => "input/output",
        sqlx::Error::PoolTimedOut => "no connection free",
        sqlx::Error::PoolClosed => "closed",
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => "unreadable value",
        _ => "other",
    }
}

impl From<getrandom::Error> for Refused {
    fn from(_: getrandom::Error) -> Refused {
        Refused::As(Refusal::Internal)
    }
}

impl Refused {
    /// Return its code.
    const fn refusal(&self) -> Refusal {
        match self {
            Refused::As(refusal) | Refused::For(refusal, _) | Refused::Noted(refusal, _) => *refusal,
            Refused::Fields(_) => Refusal::Fields,
            Refused::Password(_) => Refusal::PasswordRefused,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let refusal = self.refusal();
        let (problem, pause, note) = match self {
            Refused::As(refusal) => (Problem::new(refusal), None, None),
            Refused::Fields(faults) => (Problem::fields(&faults), None, None),
            Refused::Password(weakness) => {
                (Problem { errors: vec![weakness.field_error()], ..Problem::new(Refusal::PasswordRefused) }, None, None)
            }
            Refused::For(refusal, seconds) => (Problem::new(refusal), Some(seconds), None),
            Refused::Noted(refusal, note) => (Problem::new(refusal), (refusal == Refusal::Resting).then_some(10), Some(Note(note))),
        };
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(problem)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        // For the figures, which count refusals by their code.
        response.extensions_mut().insert(refusal);
        if let Some(seconds) = pause {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(note) = note {
            response.extensions_mut().insert(note);
        }
        response
    }
}
