//! What a registered person asks for: login, mails once more, another address, a new card, withdrawal; and where the newest mail is.
//! Each is a statement of its own in a session of its own. The registration under way, if there is one, is not touched.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zeroize::Zeroizing;

use super::{Clerk, Errand, Halt, TEXT_LIMIT, named, of_purpose, read, secret_body};
use crate::card::pin::Pin;
use crate::card::{Port, Purpose};
use crate::error::Code;
use crate::protocol::problem::Refusal;
use crate::protocol::session::{self, JSON, path};
use crate::protocol::statement::{self, Kind};
use crate::secret::Locked;
use crate::worker::card_desk::At;
use crate::worker::network_desk::{Ask, Stop, plain};
use crate::worker::{Act, Acted, Doing, Mail, MailState, now};

/// A statement of an act that was signed, and perhaps sent, but not answered.
pub(super) struct Asked {
    act: Act,
    purpose: Purpose,
    statement: String,
}

/// Body of `POST /v1/logins`.
#[derive(serde::Serialize)]
struct Login<'a> {
    authentication_id: &'a str,
    password: &'a str,
}

impl Clerk {
    /// Log in with 認証ID and password.
    pub(super) fn log_in(&mut self, authentication_id: &str, password: &Locked, errand: Errand<'_>) -> Result<Acted, Halt> {
        errand.doing(Doing::Sending);
        let text = std::str::from_utf8(password.bytes()).unwrap_or_default();
        let body = secret_body(&Login { authentication_id, password: text }, authentication_id.len() + text.len())?;
        let answer = self.network.ask(errand.number, Ask::Secret { path: path::LOGINS, body, wanted: JSON })?;
        self.logged_in(&answer, errand)
    }

    /// Verify a PIN, if one was given, and do what is asked for.
    pub(super) fn act(&mut self, port: &mut dyn Port, at: At<'_>, pin: Option<Pin>, act: Act, errand: Errand<'_>) -> Result<Acted, Halt> {
        match pin.map(|pin| (pin.purpose(), pin)) {
            Some((Purpose::Signing, pin)) => drop(self.card.sign_in(port, at, pin, errand.tell)?),
            Some((Purpose::Authentication, pin)) => self.card.authenticate(port, at, pin, errand.tell)?,
            None => {}
        }
        let answer = self.ask_for(&act, errand)?;
        let acted = match act {
            Act::LogIn => self.logged_in(&answer, errand)?,
            Act::Resend | Act::Remind | Act::Address(_) => {
                let session::Mailed { mail } = read(&answer)?;
                Acted::Mailed(mail_of(mail, None))
            }
            Act::Link(_) => {
                let session::Linked { .. } = read(&answer)?;
                Acted::Linked
            }
            Act::Withdraw => {
                let session::Withdrawn { .. } = read(&answer)?;
                Acted::Withdrawn
            }
        };
        // Nothing more is signed: the person may take the card.
        self.card.release();
        Ok(acted)
    }

    /// Ask where the newest mail to the person is.
    pub(super) fn ask_mail(&mut self, errand: Errand<'_>) -> Result<Mail, Halt> {
        let Some(person) = self.person.clone() else {
            return Err(Stop::failed(Code::SessionExpired, "nobody has registered or logged in").into());
        };
        errand.doing(Doing::Sending);
        let answer = self.network.ask(errand.number, Ask::Look { path: &path::session_mail(&person) })?;
        let session::Mailed { mail } = read(&answer)?;
        Ok(mail_of(mail, Some(now())))
    }

    /// Keep the session of somebody who has logged in, and say where the newest mail to them is.
    fn logged_in(&mut self, answer: &[u8], errand: Errand<'_>) -> Result<Acted, Halt> {
        let session::LoggedIn { session, .. } = read(answer)?;
        named(&session)?;
        self.person = Some(Zeroizing::new(session));
        match self.ask_mail(errand) {
            Err(Halt::Service(Stop::Cancelled)) => Err(Stop::Cancelled.into()),
            // The login stands, whatever became of the mails.
            mail => Ok(Acted::LoggedIn(mail.ok())),
        }
    }

    /// Have the card sign an act with each of its keys, and send that; return the last answer. Of a linking that was broken off, what is
    /// done is done again: it changes nothing.
    fn ask_for(&mut self, act: &Act, errand: Errand<'_>) -> Result<Vec<u8>, Halt> {
        for key in act.keys() {
            self.card.pair(*key)?;
        }
        let mut answer = Err(Stop::failed(Code::RequestRefused, "no key signs this").into());
        for key in act.keys() {
            answer = Ok(self.settle(act, *key, errand)?);
        }
        answer
    }

    /// Sign an act with one key and send it. What may have arrived before is sent again as it is.
    fn settle(&mut self, act: &Act, purpose: Purpose, errand: Errand<'_>) -> Result<Vec<u8>, Halt> {
        if self.asked.as_ref().is_some_and(|asked| asked.act == *act && asked.purpose == purpose) {
            match self.send_act(errand) {
                // It never arrived, and is too old by now: then it is signed anew.
                Err(halt) if matches!(halt.refusal(), Some(Refusal::Clock | Refusal::Nonce | Refusal::Expired)) => {}
                answered => return answered,
            }
        }
        let statement = self.sign_act(act, purpose, errand)?;
        self.asked = Some(Asked { act: act.clone(), purpose, statement });
        self.send_act(errand)
    }

    fn sign_act(&mut self, act: &Act, purpose: Purpose, errand: Errand<'_>) -> Result<String, Halt> {
        let session::Session { audience, nonce, .. } = self.open(errand)?;
        let kind = kind_of(act);
        let (_, statement) = match act {
            Act::Address(email) => {
                let payload = |head| statement::Address::new(head, email.clone());
                self.statement(kind, purpose, &audience, &nonce, payload, errand)?
            }
            Act::Link(authentication_id) => {
                let Some(login) = self.person.clone() else {
                    return Err(Stop::failed(Code::LoginRefused, "nobody has logged in").into());
                };
                let payload = |head| statement::Link::new(head, authentication_id.clone(), login.to_string());
                self.statement(kind, purpose, &audience, &nonce, payload, errand)?
            }
            Act::LogIn | Act::Resend | Act::Remind | Act::Withdraw => {
                self.statement(kind, purpose, &audience, &nonce, statement::Proof::new, errand)?
            }
        };
        Ok(statement)
    }

    fn send_act(&mut self, errand: Errand<'_>) -> Result<Vec<u8>, Halt> {
        let Some(Asked { act, purpose, statement }) = &self.asked else {
            return Err(Stop::failed(Code::RequestRefused, "nothing is signed").into());
        };
        errand.doing(Doing::Sending);
        let (path, purpose) = (path_of(act), *purpose);
        let ask = Ask::Statement { path, statement: statement.clone(), key: None };
        let answer = self.network.ask(errand.number, ask).map_err(|stop| of_holder(of_purpose(stop, purpose)));
        // What the service has judged is over; what it could not judge now is sent again as it is.
        if !answer.as_ref().is_err_and(Stop::is_open) {
            self.asked = None;
        }
        Ok(answer?)
    }
}

/// Say that another person's card was refused. In an act no card was proved before, so that this is all that the refusal can mean.
fn of_holder(mut stop: Stop) -> Stop {
    if let Stop::Refused(refused) = &mut stop
        && refused.refusal == Some(Refusal::OtherCard)
    {
        refused.code = Code::OtherHolder;
    }
    stop
}

const fn kind_of(act: &Act) -> Kind {
    match act {
        Act::LogIn => Kind::Login,
        Act::Resend => Kind::Resend,
        Act::Remind => Kind::Remind,
        Act::Address(_) => Kind::Address,
        Act::Link(_) => Kind::Link,
        Act::Withdraw => Kind::Withdraw,
    }
}

const fn path_of(act: &Act) -> &'static str {
    match act {
        Act::LogIn => path::LOGINS,
        Act::Resend => path::MAIL_RESEND,
        Act::Remind => path::ID_REMIND,
        Act::Address(_) => path::MAIL_ADDRESS,
        Act::Link(_) => path::CARDS_LINK,
        Act::Withdraw => path::WITHDRAW,
    }
}

/// Read a time of the service, in seconds since 1970.
pub(super) fn seconds(time: &str) -> Option<i64> {
    Some(OffsetDateTime::parse(time, &Rfc3339).ok()?.unix_timestamp())
}

/// Turn what the service says of a mail into what the app is told.
pub(super) fn mail_of(mail: session::Mail, asked: Option<i64>) -> Mail {
    let session::Mail { to, state, next_at, folder } = mail;
    let state = match state {
        session::MailState::File => MailState::File,
        session::MailState::Sent => MailState::Sent,
        session::MailState::Delayed => MailState::Delayed(next_at.as_deref().and_then(seconds)),
        session::MailState::Stuck => MailState::Stuck,
        session::MailState::Queued => MailState::Queued,
    };
    Mail { to: plain(&to, TEXT_LIMIT), state, folder: folder.map(|folder| plain(&folder, TEXT_LIMIT)), asked }
}
