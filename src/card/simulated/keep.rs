//! Where a simulated card and its authority are kept between runs: a folder that only this user can read.

use super::super::Purpose;
use super::authority::{Authority, load_key, make_private_folder, save_key};
use super::chip::Card;
use super::fault::Fault;
use super::material::Material;
use super::person::Person;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Take up the authority that a folder keeps, or make one and keep it there. Without a folder it lasts as long as the program.
pub(super) fn authority(folder: Option<&Path>, now: i64) -> io::Result<Authority> {
    let Some(folder) = folder else { return Authority::make(now) };
    if let Some(authority) = Authority::load(folder)? {
        return Ok(authority);
    }
    let authority = Authority::make(now)?;
    authority.save(folder)?;
    Ok(authority)
}

/// Take up a person's card with its tries, or make one and keep it. A fault that sets the tries has the last word.
pub(super) fn card(folder: Option<&Path>, authority: &Authority, person: &'static Person, faults: &[Fault], now: i64) -> io::Result<Card> {
    let Some(folder) = folder else { return Card::make(authority, person, faults, now) };
    let file = |what: &str| folder.join(format!("{}-{what}", person.id));
    let material = if file("signing.key").exists() {
        load(&file)?
    } else {
        let made = Material::make(authority, person, now)?;
        make_private_folder(folder)?;
        fs::write(file("signing.cer"), &made.signing)?;
        fs::write(file("authentication.cer"), &made.authentication)?;
        save_key(&file("authentication.key"), &made.authentication_key)?;
        // Last, since its presence says that all is there.
        save_key(&file("signing.key"), &made.signing_key)?;
        made
    };
    let mut card = Card::assemble(authority, person, faults, now, material)?;
    let told = |purpose| faults.iter().any(|fault| matches!(fault, Fault::Tries(which, _) if *which == purpose));
    let kept = read_tries(&file("tries"));
    let left = |purpose, kept: Option<u8>| kept.filter(|_| !told(purpose)).unwrap_or_else(|| card.tries(purpose));
    let signing = left(Purpose::Signing, kept.map(|(signing, _)| signing));
    let authentication = left(Purpose::Authentication, kept.map(|(_, authentication)| authentication));
    card.keep_tries(file("tries"), signing, authentication);
    Ok(card)
}

fn load(file: &dyn Fn(&str) -> PathBuf) -> io::Result<Material> {
    Ok(Material {
        signing_key: load_key(&file("signing.key"))?,
        authentication_key: load_key(&file("authentication.key"))?,
        signing: fs::read(file("signing.cer"))?,
        authentication: fs::read(file("authentication.cer"))?,
    })
}

fn read_tries(file: &Path) -> Option<(u8, u8)> {
    let text = fs::read_to_string(file).ok()?;
    let (signing, authentication) = text.trim_end().split_once(' ')?;
    Some((signing.parse().ok()?, authentication.parse().ok()?))
}

/// Write the tries whole or not at all.
pub(super) fn write_tries(file: &Path, signing: u8, authentication: u8) -> io::Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, format!("{signing} {authentication}\n"))?;
    fs::rename(&new, file)
}
