//! Which reader is used: one rule for the full screen, line mode and the self-diagnosis.

use super::Reader;

/// The result of choosing a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice<'a> {
    /// This one.
    One(&'a Reader),
    /// Not known before the card in this slot has been read: another slot of its device holds a card too, and one of the two may be a module
    /// that always lies there.
    Look(&'a Reader),
    /// Several hold a card: the user chooses.
    Several(Vec<&'a Reader>),
    /// Readers, but no card.
    NoCard,
    /// No reader.
    NoReader,
}

/// Choose the reader to use: the wanted one, or the only one with a card, since some devices list slots that are never used. `wanted` is a
/// name or a part of one; if no reader has it, there is no wish. `fit` tells whether the card in a reader can be used, once it has been read.
pub fn choose<'a>(readers: &'a [Reader], wanted: Option<&str>, fit: impl Fn(&str) -> Option<bool>) -> Choice<'a> {
    if let Some(reader) = readers.iter().find(|reader| Some(reader.name.as_str()) == wanted) {
        return Choice::One(reader);
    }
    let part = wanted.unwrap_or_default().to_lowercase();
    let mut named: Vec<&Reader> = readers.iter().filter(|reader| reader.name.to_lowercase().contains(&part)).collect();
    if named.is_empty() {
        named.extend(readers);
    }
    named.retain(|reader| reader.card);
    let mut usable = Vec::new();
    for reader in &named {
        let slots: Vec<&&Reader> = named.iter().filter(|other| device(&other.name) == device(&reader.name)).collect();
        match fit(&reader.name) {
            _ if slots.len() == 1 => usable.push(*reader),
            None => return Choice::Look(reader),
            Some(false) if slots.iter().any(|slot| fit(&slot.name) == Some(true)) => {}
            Some(_) => usable.push(*reader),
        }
    }
    match usable.as_slice() {
        [] if readers.is_empty() => Choice::NoReader,
        [] => Choice::NoCard,
        [only] => Choice::One(only),
        _ => Choice::Several(usable),
    }
}

/// Return the name without the number of the slot, which pcsc-lite writes behind it in two hexadecimal digits.
fn device(name: &str) -> &str {
    match name.rsplit_once(' ') {
        Some((device, slot)) if slot.len() == 2 && slot.bytes().all(|digit| digit.is_ascii_hexdigit()) => device,
        _ => name,
    }
}

/// Return whether the slot is for a module that secures the device (SAM): what lies there is nobody's card.
pub(super) fn is_module(name: &str) -> bool {
    name.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word == "SAM")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOTS: [&str; 3] = ["ACS ACR1281 Dual Reader 00 00", "ACS ACR1281 Dual Reader 00 01", "Alcor Micro AU9540 01 00"];

    fn readers(cards: &[bool]) -> Vec<Reader> {
        SLOTS.iter().zip(cards).map(|(name, card)| Reader::new((*name).to_owned(), *card)).collect()
    }

    fn unread(_: &str) -> Option<bool> {
        None
    }

    #[test]
    fn the_only_reader_with_a_card_is_taken_and_the_person_chooses_among_several() {
        assert_eq!(choose(&[], None, unread), Choice::NoReader);
        assert_eq!(choose(&readers(&[false, false]), None, unread), Choice::NoCard);
        let one = readers(&[false, true, false]);
        assert_eq!(choose(&one, None, unread), Choice::One(&one[1]));
        let two = readers(&[true, false, true]);
        assert_eq!(choose(&two, None, unread), Choice::Several(vec![&two[0], &two[2]]));
    }

    #[test]
    fn of_two_slots_of_one_device_the_readable_one_is_taken() {
        let both = readers(&[true, true, false]);
        let told =
            |first: Option<bool>, second: Option<bool>| choose(&both, None, move |name| if name == SLOTS[0] { first } else { second });
        assert_eq!(told(None, None), Choice::Look(&both[0]));
        assert_eq!(told(Some(false), None), Choice::Look(&both[1]));
        assert_eq!(told(Some(true), None), Choice::Look(&both[1]), "both may hold a card");
        assert_eq!(told(Some(false), Some(true)), Choice::One(&both[1]));
        assert_eq!(told(Some(true), Some(false)), Choice::One(&both[0]));
        assert_eq!(told(Some(true), Some(true)), Choice::Several(vec![&both[0], &both[1]]));
        assert_eq!(told(Some(false), Some(false)), Choice::Several(vec![&both[0], &both[1]]));
        // A card in another device is a choice of its own.
        let three = readers(&[true, true, true]);
        let first = |name: &str| Some(name == SLOTS[0]);
        assert_eq!(choose(&three, None, first), Choice::Several(vec![&three[0], &three[2]]));
    }

    #[test]
    fn a_reader_is_found_by_a_part_of_its_name() {
        let all = readers(&[true, false, true]);
        assert_eq!(choose(&all, Some(SLOTS[1]), unread), Choice::One(&all[1]), "a whole name is a wish even without a card");
        assert_eq!(choose(&all, Some("alcor"), unread), Choice::One(&all[2]));
        assert_eq!(choose(&all, Some("ACS ACR1281 Dual Reader"), unread), Choice::One(&all[0]));
        assert_eq!(choose(&all, Some("unplugged"), unread), Choice::Several(vec![&all[0], &all[2]]));
    }

    #[test]
    fn a_module_that_always_lies_in_its_slot_is_no_card() {
        for (name, card) in [
            ("ACS ACR1281 1S Dual Reader SAM 0", false),
            ("ACS ACR1281 [SAM Interface] (123) 00 02", false),
            ("ACS ACR1281 1S Dual Reader PICC 0", true),
            ("Samsung reader 00 00", true),
        ] {
            assert_eq!(Reader::new(name.to_owned(), true).card, card, "{name}");
        }
    }
}
