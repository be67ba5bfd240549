//! Persistence of simulated cards and their authority, in a folder that only the current user can read. Several programs may share it, each
//! with its own reader: they use the same authority, and a card that moves between them keeps its keys and retry counters.

use super::super::Purpose;
use super::authority::{Authority, infix};
use super::chip::Card;
use super::fault::Fault;
use super::key::PrivateKey;
use super::key_material::KeyMaterial;
use super::person::Person;
use super::tries_file;
use crate::certificate::Algorithm;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Load the authority of an algorithm from a folder, or create and save it there. Without a folder it is not saved.
pub(super) fn authority(folder: Option<&Path>, algorithm: Algorithm, now: i64) -> io::Result<Authority> {
    let Some(folder) = folder else { return Authority::make_of(algorithm, now) };
    let _lock = lock(folder)?;
    if let Some(authority) = Authority::load(algorithm, folder)? {
        return Ok(authority);
    }
    let authority = Authority::make_of(algorithm, now)?;
    authority.save(folder)?;
    Ok(authority)
}

/// Load a person's card with its retry counters, or create and save it. Faults that set the tries take precedence.
pub(super) fn card(folder: Option<&Path>, authority: &Authority, person: &'static Person, faults: &[Fault], now: i64) -> io::Result<Card> {
    let Some(folder) = folder else { return Card::make(authority, person, faults, now) };
    let _lock = lock(folder)?;
    let algorithm = authority.algorithm();
    let file = |what: &str| file(folder, person, algorithm, what);
    let keys = if file("signing.key").exists() {
        load(algorithm, &file)?
    } else {
        let made = KeyMaterial::make(authority, person, now)?;
        fs::write(file("signing.cer"), &made.signing)?;
        fs::write(file("authentication.cer"), &made.authentication)?;
        made.authentication_key.save(&file("authentication.key"))?;
        // Written last: its presence marks the set as complete.
        made.signing_key.save(&file("signing.key"))?;
        made
    };
    let mut card = Card::assemble(authority, person, faults, now, keys)?;
    reload_tries(folder, &mut card);
    Ok(card)
}

/// Reload a card's retry counters from the folder: it may have been in another program's reader.
pub(super) fn reload_tries(folder: &Path, card: &mut Card) {
    let tries = file(folder, card.person(), card.algorithm(), "tries");
    let kept = tries_file::read(&tries);
    let left = |purpose, kept: Option<u8>| kept.filter(|_| !card.tries_are_set(purpose)).unwrap_or_else(|| card.tries(purpose));
    let signing = left(Purpose::Signing, kept.map(|(signing, _)| signing));
    let authentication = left(Purpose::Authentication, kept.map(|(_, authentication)| authentication));
    card.persist_tries(tries, signing, authentication);
}

fn file(folder: &Path, person: &Person, algorithm: Algorithm, what: &str) -> PathBuf {
    folder.join(format!("{}-{}{what}", person.id, infix(algorithm)))
}

/// Lock the folder until the lock is dropped: two programs starting at once would each create an authority.
fn lock(folder: &Path) -> io::Result<fs::File> {
    crate::file::private_folder(folder)?;
    let lock = fs::File::create(folder.join("lock"))?;
    lock.lock()?;
    Ok(lock)
}

fn load(algorithm: Algorithm, file: &dyn Fn(&str) -> PathBuf) -> io::Result<KeyMaterial> {
    Ok(KeyMaterial {
        signing_key: PrivateKey::load(algorithm, &file("signing.key"))?,
        authentication_key: PrivateKey::load(algorithm, &file("authentication.key"))?,
        signing: crate::file::read(&file("signing.cer"))?,
        authentication: crate::file::read(&file("authentication.cer"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::person::ANNE;
    use super::super::slot::{READER, Slot};
    use super::super::tests::NOW;
    use super::*;
    use crate::card::{Access, Port, REPLY};

    /// Present a wrong user-authentication PIN.
    fn err(card: Card) -> Card {
        let slot = Slot::new();
        slot.insert(card);
        let mut link = slot.port().connect(READER, Access::Exclusive).unwrap();
        for command in [&b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01"[..], b"\x00\x20\x00\x98\x040000"] {
            link.transmit(command, &mut [0; REPLY]).unwrap();
        }
        drop(link);
        slot.take().unwrap()
    }

    #[test]
    fn programs_that_begin_at_once_with_one_folder_have_one_authority() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let made = std::thread::scope(|scope| {
            let begun = [0; 2]
                .map(|_| scope.spawn(|| authority(Some(&state), Algorithm::Rs256, NOW).unwrap().certificate(Purpose::Signing).to_vec()));
            begun.map(|thread| thread.join().unwrap())
        });
        assert_eq!(made[0], made[1]);
    }

    #[test]
    fn a_card_that_lay_in_another_program_s_reader_has_the_tries_that_were_left_there() {
        let folder = tempfile::tempdir().unwrap();
        let state = Some(folder.path());
        let authority = authority(state, Algorithm::Rs256, NOW).unwrap();
        let here = || card(state, &authority, &ANNE, &[], NOW).unwrap();
        let (mut left, right) = (here(), here());
        assert_eq!(err(err(right)).tries(Purpose::Authentication), 1);
        assert_eq!(left.tries(Purpose::Authentication), 3);
        reload_tries(folder.path(), &mut left);
        assert_eq!(err(left).tries(Purpose::Authentication), 0);
        let set = card(state, &authority, &ANNE, &["authentication-tries=2".parse().unwrap()], NOW).unwrap();
        assert_eq!((set.tries(Purpose::Signing), set.tries(Purpose::Authentication)), (5, 2));
    }
}
