//! Slips for the municipal office: one page in Japanese with the person's language beside it, for every trouble that only the office can
//! mend. Nothing personal stands on it.

use super::sheet::{beside, both};
use super::{Part, Sheet};
use crate::error::{Code, Office};
use crate::locale::{Lang, Text};

/// Return the slip for a trouble; `None` if the office cannot mend it.
pub fn slip(code: Code, lang: Lang) -> Option<Sheet> {
    let office = code.office()?;
    let said = |text: Text| beside(lang, move |lang| lang.text(text).to_owned());
    let mut parts = vec![Part::Title(both(lang, Text::SlipTitle)), said(Text::SlipLead)];
    parts.push(Part::Heading(both(lang, Text::SlipWhat)));
    parts.push(beside(lang, |lang| lang.trouble(code).title.to_owned()));
    parts.push(Part::Heading(both(lang, Text::SlipAsk)));
    parts.extend(ask(office).iter().map(|text| said(*text)));
    parts.push(Part::Heading(both(lang, Text::SlipBring)));
    parts.extend(bring(office).iter().map(|text| said(*text)));
    parts.push(Part::Text(format!("zairyu {code}")));
    Some(Sheet { lang, name: format!("zairyu-{code}"), parts })
}

/// Return what to ask for.
const fn ask(office: Office) -> &'static [Text] {
    match office {
        Office::SigningPassword => &[Text::SlipAskSigningPassword],
        Office::AuthenticationPin => &[Text::SlipAskAuthenticationPin],
        Office::SigningCertificate => &[Text::SlipAskSigningCertificate, Text::SlipAskCardEnd],
        Office::AuthenticationCertificate => &[Text::SlipAskAuthenticationCertificate, Text::SlipAskCardEnd],
        Office::BothCertificates => &[Text::SlipAskRevoked, Text::SlipAskCardEnd],
        Office::Pins => &[Text::SlipAskPins],
        Office::CardFace => &[Text::SlipAskCardFace, Text::SlipAskRevoked],
        Office::NewCard => &[Text::SlipAskNewCard],
    }
}

/// Return what to bring.
const fn bring(office: Office) -> &'static [Text] {
    match office {
        Office::NewCard => &[Text::SlipBringResidence, Text::SlipBringOldCard],
        Office::SigningPassword | Office::AuthenticationPin | Office::Pins => {
            &[Text::SlipBringCard, Text::SlipBringPhoto, Text::SlipBringPins]
        }
        Office::SigningCertificate | Office::AuthenticationCertificate | Office::BothCertificates | Office::CardFace => {
            &[Text::SlipBringCard, Text::SlipBringResidence, Text::SlipBringPins]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_that_only_the_office_can_mend_has_a_slip_and_no_other_has() {
        for lang in Lang::ALL {
            for code in Code::ALL {
                let sheet = slip(*code, *lang);
                assert_eq!(sheet.is_some(), code.office().is_some(), "{code}");
                let Some(sheet) = sheet else { continue };
                let text = sheet.lines().join("\n");
                for said in [Lang::Ja, *lang].map(|lang| lang.trouble(*code).title) {
                    assert!(text.contains(said), "{code}: {text}");
                }
                assert!(text.contains("持っていくもの") && sheet.lines().len() < 30, "{code}: {text}");
            }
        }
    }

    #[test]
    fn whoever_is_sent_to_the_office_by_a_trouble_page_can_take_a_slip_there() {
        // The office is the last resort of these: a chip may be broken, a password forgotten, a clock right after all.
        let unsure = [
            Code::CardMute,
            Code::CardFault,
            Code::CardGarbled,
            Code::SigningWrong,
            Code::AuthenticationWrong,
            Code::CertificateNotYetValid,
            Code::CertificateGarbled,
        ];
        let sent = Code::ALL.iter().filter(|code| Lang::Ja.trouble(**code).steps().any(|step| step.contains("市区町村の窓口")));
        let without: Vec<_> = sent.filter(|code| code.office().is_none() && !unsure.contains(code)).collect();
        assert!(without.is_empty(), "{without:?} send to the office and have no slip");
    }
}
