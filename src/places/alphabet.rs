//! The bytes of the names of towns: one for each of the most frequent characters, two for the others. Shared by the build script and the
//! search.
//!
//! A byte is a single, a lead or a trail, never two of these: so a search among bytes finds whole characters only, and a name can be read
//! from its end. A newline is a single, and is its own byte.

/// How many bytes are characters by themselves, and how many begin a pair. The others end one.
const SINGLES: usize = 156;
const LEADS: usize = 50;
const TRAILS: usize = 256 - SINGLES - LEADS;

/// Append the bytes of the character at a place of the alphabet; `None` if there are none so far behind.
pub(super) fn pack(place: usize, out: &mut Vec<u8>) -> Option<()> {
    let byte = |place: usize| u8::try_from(place).ok();
    match place.checked_sub(SINGLES) {
        None => out.push(byte(place)?),
        Some(pair) if pair >= LEADS * TRAILS => return None,
        Some(pair) => out.extend([byte(SINGLES + pair / TRAILS)?, byte(SINGLES + LEADS + pair % TRAILS)?]),
    }
    Some(())
}

/// Return how many bytes the character has that begins or ends with this one.
pub(super) const fn length(byte: u8) -> usize {
    if (byte as usize) < SINGLES { 1 } else { 2 }
}

/// Return the place in the alphabet of the character with these bytes.
pub(super) fn place(bytes: &[u8]) -> Option<usize> {
    match *bytes {
        [single] => Some(single.into()),
        [lead, trail] => {
            let (lead, trail) = (usize::from(lead).checked_sub(SINGLES)?, usize::from(trail).checked_sub(SINGLES + LEADS)?);
            Some(SINGLES + lead * TRAILS + trail)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_can_be_read_from_either_end() {
        let mut bytes = Vec::new();
        let places: Vec<usize> = (0..).take_while(|place| pack(*place, &mut bytes).is_some()).collect();
        assert_eq!(places.len(), SINGLES + LEADS * TRAILS);
        let (mut read, mut rest) = (Vec::new(), bytes.as_slice());
        while let Some(first) = rest.first() {
            let (own, behind) = rest.split_at(length(*first));
            read.push(place(own).unwrap());
            rest = behind;
        }
        assert_eq!(read, places);
        read.clear();
        rest = &bytes;
        while let Some(last) = rest.last() {
            let (before, own) = rest.split_at(rest.len() - length(*last));
            read.push(place(own).unwrap());
            rest = before;
        }
        assert!(read.iter().rev().eq(&places));
    }

    #[test]
    fn a_newline_is_its_own_byte() {
        let mut bytes = Vec::new();
        pack(usize::from(b'\n'), &mut bytes).unwrap();
        assert_eq!(bytes, b"\n");
    }
}
