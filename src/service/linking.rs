//! Linking a new card to a person: who may, when it takes the old card's place, and how that is undone. The store keeps it in `links`.
//!
//! A login with the password binds itself to one card, by its signing certificate. Once the other certificate is proved too, both take the old
//! card's place at once if name, birth date and sex agree; what is unknown agrees with nothing, and then a mailed link or the operator must
//! confirm. The registered address is told, and can undo, as the old card can.

use crate::certificate::{Holder, Purpose};
use crate::protocol::actions::StatementType;
use crate::protocol::problem::Refusal;
use crate::protocol::session::{Linked, MailState};
use crate::protocol::statement;
use crate::registration::holder::{self, Match};
use crate::service::error::ApiResult;
use crate::service::handlers::new_mail;
use crate::service::mail::Kind;
use crate::service::rate_limit::{self, Limit};
use crate::service::store::Tx;
use crate::service::store::audit::Means;
use crate::service::store::links::Linking;
use crate::service::store::people::{Person, Standing};
use crate::service::verify::Verified;

/// Take the statement of one of a new card's keys, signed for a login of the person.
pub(super) async fn take<P>(
    tx: &mut Tx,
    verified: &Verified<P>,
    (login, person): (&str, &Person),
    new_mail_state: MailState,
    now: i64,
) -> ApiResult<Linked> {
    let is_theirs = is_theirs(tx, &verified.card.identity, &person.authentication_id).await?;
    let begun = tx.linking_of_login(login).await?;
    match (verified.purpose, begun) {
        (Purpose::Signing, None) => {
            let agrees = is_theirs || agrees(tx, verified, person).await?;
            tx.begin_linking(login, &person.authentication_id, &verified.card, agrees, now).await?;
        }
        (Purpose::Signing, Some(linking)) if linking.signing.identity == verified.card.identity => {}
        (Purpose::Authentication, None) => return Err(Refusal::SigningKeyFirst.into()),
        (Purpose::Authentication, Some(linking)) if linking.authentication.is_none() && linking.signing.test == verified.card.test => {
            let linking = Linking { authentication: Some(verified.card.clone()), ..linking };
            if is_theirs && self::is_theirs(tx, &linking.signing.identity, &person.authentication_id).await? {
                // The card stands for the person already.
                tx.forget_linking(&linking.id).await?;
                return Ok(Linked { linked: true, mail: None });
            }
            tx.complete_linking(&linking.id, &verified.card).await?;
            rate_limit::take_within(tx, Limit::Mails, &person.authentication_id, now).await?;
            if !linking.agrees {
                let mail = tx.queue_mail(Kind::LinkConfirm, person, now).await?;
                tx.set_linking_mail(&linking.id, &mail, &person.email).await?;
            } else if !switch(tx, &linking, Means::Card(verified.purpose), now).await? {
                return Err(Refusal::AlreadyRegistered.into());
            }
        }
        (Purpose::Authentication, Some(linking))
            if linking.authentication.as_ref().is_some_and(|card| card.identity == verified.card.identity) => {}
        (_, Some(_)) => return Err(Refusal::OtherCard.into()),
    }
    let linking = tx.linking_of_login(login).await?.ok_or(Refusal::LoginRefused)?;
    Ok(Linked { linked: linking.is_linked, mail: linking.address.map(|address| new_mail(new_mail_state, &address)) })
}

/// Return whether a certificate stands for a person; refuse one that has stood for them, or belongs to somebody else.
async fn is_theirs(tx: &mut Tx, identity: &str, person: &str) -> ApiResult<bool> {
    match tx.owner_of_card(identity).await? {
        None => Ok(false),
        Some((owner, _)) if owner != person => Err(Refusal::AlreadyRegistered.into()),
        Some((_, Standing::Current)) => Ok(true),
        Some((_, Standing::Replaced)) => Err(Refusal::CardReplaced.into()),
    }
}

/// Compare the holder of a new card with the one who registered, so that a stolen password does not let a thief link their own card.
async fn agrees<P>(tx: &mut Tx, verified: &Verified<P>, person: &Person) -> ApiResult<bool> {
    let registered = tx.registration_of(&person.authentication_id).await?.and_then(|text| holder_of(&text)).unwrap_or_default();
    match holder::of_card(&registered, &verified.leaf.holder()) {
        Match::Holder => Ok(true),
        Match::CannotTell => Ok(false),
        Match::SomebodyElse => Err(Refusal::OtherHolder.into()),
    }
}

fn holder_of(statement: &str) -> Option<Holder> {
    let received = statement::parse(statement).ok().filter(|received| received.kind == StatementType::Registration)?;
    Some(crate::certificate::Certificate::parse(&received.leaf).ok()?.holder())
}

/// Put the new card in the old one's place, and tell the registered address. Return false if it is no longer free.
pub(super) async fn switch(tx: &mut Tx, linking: &Linking, means: Means<'_>, now: i64) -> Result<bool, sqlx::Error> {
    let (Some(cards), Some(person)) = (linking.cards(), tx.person(&linking.person).await?) else { return Ok(false) };
    if !tx.switch_cards(linking, cards, now).await? {
        return Ok(false);
    }
    let mail = tx.queue_mail(Kind::CardLinked, &person, now).await?;
    tx.set_linking_mail(&linking.id, &mail, &person.email).await?;
    tx.audit("card_linked", means, Some(&person.authentication_id), now).await?;
    Ok(true)
}

/// Put the old card back in its place. Whoever has linked the other one knew the password and may have changed the address: the password is
/// taken away, the address is again the one that was told, and the link to set a password goes there. Return false if it is undone already.
pub(super) async fn undo(tx: &mut Tx, linking: &Linking, now: i64) -> Result<bool, sqlx::Error> {
    let (Some(address), Some(person)) = (&linking.address, tx.person(&linking.person).await?) else { return Ok(false) };
    if !tx.undo_linking(linking).await? {
        return Ok(false);
    }
    tx.set_address(&linking.person, address, now).await?;
    tx.clear_password(&linking.person).await?;
    tx.close_logins(&linking.person, now).await?;
    tx.queue_mail(Kind::LinkUndone, &Person { email: address.clone(), ..person }, now).await?;
    Ok(true)
}
