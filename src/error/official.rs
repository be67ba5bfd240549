//! What other programs call the same troubles: codes of the official software and numbers of PC/SC, in `official.tsv`. A row is there only
//! if somebody has published the code; where its meaning is read from its name alone, the row says so.

use super::Code;

const TABLE: &str = include_str!("official.tsv");

/// A code of another program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Official {
    /// The code, or the message where there is no code.
    pub code: &'static str,
    /// Its symbolic names, parted by spaces; often none.
    pub names: &'static str,
    /// Who shows it.
    pub system: &'static str,
    /// Whether its meaning was published too, and is not read from its name alone.
    pub certain: bool,
    means: &'static str,
}

/// Why another program fails where this one cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// The memory was full.
    Memory,
    /// The person closed the window.
    Cancelled,
    /// The other program is damaged or not installed.
    Software,
    /// It passes by itself.
    Later,
    /// The steps were done in another order.
    Order,
}

impl Official {
    /// Iterate over all rows.
    pub fn all() -> impl Iterator<Item = Official> {
        TABLE.lines().skip(1).filter_map(|line| {
            let mut columns = line.split('\t');
            let mut next = || columns.next();
            Some(Official { code: next()?, names: next()?, system: next()?, means: next()?, certain: next()? == "sourced" })
        })
    }

    /// Iterate over this program's codes for the same trouble.
    pub fn ours(self) -> impl Iterator<Item = Code> {
        self.means.split(' ').filter_map(Code::from_id)
    }

    /// Return the cause, if it is one that this program does not have.
    pub fn elsewhere(self) -> Option<Elsewhere> {
        Some(match self.means {
            "memory" => Elsewhere::Memory,
            "cancelled" => Elsewhere::Cancelled,
            "software" => Elsewhere::Software,
            "later" => Elsewhere::Later,
            "order" => Elsewhere::Order,
            _ => return None,
        })
    }
}

impl Code {
    /// Iterate over what other programs call this trouble.
    pub fn official(self) -> impl Iterator<Item = Official> {
        Official::all().filter(move |row| row.ours().any(|code| code == self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_means_something_known() {
        assert_eq!(Official::all().count(), TABLE.lines().count() - 1);
        for row in Official::all() {
            let codes = row.ours().count();
            assert!(codes == row.means.split(' ').count() || (codes == 0 && row.elsewhere().is_some()), "{row:?}");
            assert!(!row.code.is_empty() && !row.system.is_empty(), "{row:?}");
        }
        let endings = TABLE.lines().skip(1).filter_map(|line| line.rsplit('\t').next());
        assert!(endings.into_iter().all(|certainty| ["sourced", "name"].contains(&certainty)));
    }

    #[test]
    fn no_code_stands_in_two_rows() {
        let mut codes: Vec<_> = Official::all().map(|row| row.code).collect();
        codes.sort_unstable();
        assert!(codes.windows(2).all(|pair| pair.first() != pair.last()), "{codes:?}");
    }

    #[test]
    fn what_the_agencys_page_calls_a_reader_or_card_that_is_not_seen_is_known() {
        let of = |code: Code| code.official().map(|row| row.code).next();
        for (code, official) in [
            (Code::PcscNotRunning, "EW104J1502"),
            (Code::NoReader, "EW104J1502"),
            (Code::ReaderGone, "EW104J1502"),
            (Code::NoCard, "EW104J1503"),
            (Code::CardMute, "EW104J1503"),
        ] {
            assert_eq!(of(code), Some(official), "{code}");
        }
    }
}
