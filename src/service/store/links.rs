//! Linkings: a new card that is to take, or has taken, the place of a person's old one. `linking` holds the rules.

use crate::certificate::Purpose;
use crate::service::secret;
use crate::service::store::sessions::CardRecord;
use crate::service::store::{Row, Tx, values};

/// How long a linking can be confirmed or undone, in seconds: from its change, and again from each mail that carries the link.
pub(in crate::service) const LINK_SECONDS: i64 = 7 * 24 * 3600;

/// A linking.
pub(in crate::service) struct Linking {
    pub(in crate::service) id: String,
    /// 認証ID.
    pub(in crate::service) person: String,
    /// The new card's signing certificate.
    pub(in crate::service) signing: CardRecord,
    /// Its user-authentication certificate, once proved.
    pub(in crate::service) authentication: Option<CardRecord>,
    /// Whether the new card is known to be the same holder's.
    pub(in crate::service) agrees: bool,
    /// Where the mail with its link goes, once queued.
    pub(in crate::service) address: Option<String>,
    /// Whether the new card has taken the old one's place.
    pub(in crate::service) is_linked: bool,
}

impl Linking {
    fn of(row: &Row) -> Result<Linking, sqlx::Error> {
        let card = |text: String| serde_json::from_str(&text).map_err(|fault| sqlx::Error::Decode(Box::new(fault)));
        Ok(Linking {
            id: row.get("id")?,
            person: row.get("person")?,
            signing: card(row.get("signing")?)?,
            authentication: row.get::<Option<String>>("authentication")?.map(card).transpose()?,
            agrees: row.get::<i64>("agrees")? == 1,
            address: row.get("address")?,
            is_linked: row.get::<Option<i64>>("linked_at")?.is_some(),
        })
    }

    /// Return the certificates of the new card, once both are proved.
    pub(in crate::service) fn cards(&self) -> Option<[(Purpose, &CardRecord); 2]> {
        Some([(Purpose::Signing, &self.signing), (Purpose::Authentication, self.authentication.as_ref()?)])
    }
}

fn json(card: &CardRecord) -> Result<String, sqlx::Error> {
    serde_json::to_string(card).map_err(|fault| sqlx::Error::Encode(Box::new(fault)))
}

impl Tx {
    /// Bind a login to a new card, by its signing certificate.
    pub(in crate::service) async fn begin_linking(
        &mut self,
        login: &str,
        person: &str,
        signing: &CardRecord,
        agrees: bool,
        now: i64,
    ) -> Result<(), sqlx::Error> {
        let sql = "INSERT INTO links (id, person, login, signing, agrees, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
        let id = uuid::Uuid::now_v7().to_string();
        let values = values![&id, person, &secret::hash(login), &json(signing)?, i64::from(agrees), now + LINK_SECONDS];
        self.run(sql, values).await.map(drop)
    }

    /// Find the linking that a login has begun.
    pub(in crate::service) async fn linking_of_login(&mut self, login: &str) -> Result<Option<Linking>, sqlx::Error> {
        let found = self.row("SELECT * FROM links WHERE login = $1", values![&secret::hash(login)]).await?;
        found.map(|row| Linking::of(&row)).transpose()
    }

    /// Find the linking of a mailed token. Does not use up the token, because mail scanners open links.
    pub(in crate::service) async fn linking_of_token(&mut self, token: &str, now: i64) -> Result<Option<Linking>, sqlx::Error> {
        let found = self.row("SELECT * FROM links WHERE token = $1 AND expires_at > $2", values![&secret::hash(token), now]).await?;
        found.map(|row| Linking::of(&row)).transpose()
    }

    /// Find the newest linking of a person that waits only to be confirmed.
    pub(in crate::service) async fn waiting_linking(&mut self, person: &str, now: i64) -> Result<Option<Linking>, sqlx::Error> {
        let sql = "SELECT * FROM links WHERE person = $1 AND linked_at IS NULL AND authentication IS NOT NULL AND expires_at > $2
                   ORDER BY id DESC LIMIT 1";
        self.row(sql, values![person, now]).await?.map(|row| Linking::of(&row)).transpose()
    }

    /// Find the linking that has replaced a certificate, while it can be undone.
    pub(in crate::service) async fn linking_that_replaced(&mut self, identity: &str, now: i64) -> Result<Option<Linking>, sqlx::Error> {
        let sql = "SELECT * FROM links WHERE id = (SELECT replaced_by FROM cards WHERE identity = $1) AND expires_at > $2";
        self.row(sql, values![identity, now]).await?.map(|row| Linking::of(&row)).transpose()
    }

    /// Add the new card's other certificate.
    pub(in crate::service) async fn complete_linking(&mut self, id: &str, authentication: &CardRecord) -> Result<(), sqlx::Error> {
        self.run("UPDATE links SET authentication = $1 WHERE id = $2", values![&json(authentication)?, id]).await.map(drop)
    }

    /// Record the mail that carries the link from now on; the link of an earlier one stops working.
    pub(in crate::service) async fn set_linking_mail(&mut self, id: &str, mail: &str, address: &str) -> Result<(), sqlx::Error> {
        let sql = "UPDATE links SET mail = $1, address = $2, token = NULL WHERE id = $3";
        self.run(sql, values![mail, address, id]).await.map(drop)
    }

    /// Store the token of a mail about to be delivered. A mail that is tried again brings another.
    pub(in crate::service) async fn add_linking_token(&mut self, token: &str, mail: &str, now: i64) -> Result<(), sqlx::Error> {
        let sql = "UPDATE links SET token = $1, expires_at = $2 WHERE mail = $3";
        self.run(sql, values![&secret::hash(token), now + LINK_SECONDS, mail]).await.map(drop)
    }

    /// Put the new card in the place of the old one, and end the person's other logins and linkings that wait. Return false if a certificate
    /// is linked to somebody, or was itself replaced. On PostgreSQL the person's row is locked first, so that two linkings take turns.
    pub(in crate::service) async fn switch_cards(
        &mut self,
        linking: &Linking,
        cards: [(Purpose, &CardRecord); 2],
        now: i64,
    ) -> Result<bool, sqlx::Error> {
        let Linking { id, person, .. } = linking;
        self.run("UPDATE people SET email = email WHERE authentication_id = $1", values![person]).await?;
        let sql = "UPDATE links SET linked_at = $1, expires_at = $2 WHERE id = $3 AND linked_at IS NULL";
        if self.run(sql, values![now, now + LINK_SECONDS, id]).await? != 1 {
            return Ok(false);
        }
        for (purpose, card) in cards {
            if !self.replace_card(person, (purpose, card), id, now).await? {
                return Ok(false);
            }
        }
        self.run("DELETE FROM links WHERE person = $1 AND linked_at IS NULL", values![person]).await?;
        let sql = "UPDATE sessions SET closed_at = $1 WHERE person = $2 AND closed_at IS NULL
                   AND id <> (SELECT login FROM links WHERE id = $3)";
        self.run(sql, values![now, person, id]).await?;
        Ok(true)
    }

    /// Put the card from before a linking back in its place, and forget that linking and all after it. Return false if it is forgotten
    /// already.
    pub(in crate::service) async fn undo_linking(&mut self, linking: &Linking) -> Result<bool, sqlx::Error> {
        let Linking { id, person, .. } = linking;
        self.run("UPDATE people SET email = email WHERE authentication_id = $1", values![person]).await?;
        if self.run("DELETE FROM links WHERE person = $1 AND id >= $2", values![person, id]).await? == 0 {
            return Ok(false);
        }
        // Deleted rather than marked, so that a card that was linked rightly after all can be linked again.
        self.run("DELETE FROM cards WHERE person = $1 AND linked_by >= $2", values![person, id]).await?;
        let sql = "UPDATE cards SET replaced_at = NULL, replaced_by = NULL WHERE person = $1 AND replaced_by >= $2";
        self.run(sql, values![person, id]).await?;
        Ok(true)
    }

    /// Forget a linking that has changed nothing.
    pub(in crate::service) async fn forget_linking(&mut self, id: &str) -> Result<(), sqlx::Error> {
        self.run("DELETE FROM links WHERE id = $1", values![id]).await.map(drop)
    }
}
