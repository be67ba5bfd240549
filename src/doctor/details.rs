//! What an error says beyond the texts of its code: tries left, another kind of card, the program that holds the reader.

use crate::card::{CardKind, Hint, Tries};
use crate::locale::{Lang, Text};
use crate::worker::JobError;

/// Return what is known beyond the code.
pub(crate) fn details(lang: Lang, trouble: &JobError) -> Vec<String> {
    match trouble {
        JobError::Card(card) => {
            let tries = match card.tries {
                Some(Tries::Left(left)) => Some(lang.fill(Text::PinTries, &[&left.to_string()])),
                Some(Tries::Locked) => Some(lang.text(Text::TriesLocked).to_owned()),
                _ => None,
            };
            let hint = match &card.hint {
                Hint::None | Hint::LastTry => None,
                Hint::Seems(kind) => Some(lang.fill(Text::TroubleSeems, &[lang.text(kind_text(*kind))])),
                Hint::HeldBy(program) => Some(lang.fill(Text::TroubleHeldBy, &[program])),
                Hint::Pcsc(name) => Some(lang.fill(Text::TroubleDetail, &[name])),
                Hint::Certificate(fault) => Some(lang.fill(Text::TroubleDetail, &[&format!("{}: {fault}", fault.word())])),
            };
            tries.into_iter().chain(hint).collect()
        }
        JobError::Service { detail, retry_after, .. } => {
            let wait = retry_after.map(|seconds| lang.fill(Text::TroubleRetryAfter, &[&seconds.to_string()]));
            let detail = detail.as_ref().map(|detail| lang.fill(Text::TroubleDetail, &[detail]));
            wait.into_iter().chain(detail).collect()
        }
        JobError::Password(_) => Vec::new(),
    }
}

const fn kind_text(kind: CardKind) -> Text {
    match kind {
        CardKind::MyNumber => Text::KindMyNumber,
        CardKind::OldResident => Text::KindOldResident,
        CardKind::Phone => Text::KindPhone,
        CardKind::Residence => Text::KindResidence,
        CardKind::DrivingLicence => Text::KindLicence,
        CardKind::Passport => Text::KindPassport,
        CardKind::Bank => Text::KindBank,
        CardKind::Transport => Text::KindTransport,
        CardKind::Unknown => Text::KindUnknown,
    }
}
