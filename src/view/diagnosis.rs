//! The self-diagnosis: each check with its outcome, and what to do where something is to be mended.

use super::{Block, Blocks, CheckState, Page, Role, Side, Title};
use crate::app::Model;
use crate::doctor::findings::Findings;
use crate::doctor::{self, Outcome};
use crate::locale::{Lang, Text};
use crate::text::cells;

/// Cells that a detail may take beside the name of its check.
const BESIDE: usize = 30;

pub(super) fn page(model: &Model, findings: Option<&Findings>, line: usize) -> Page {
    let lang = model.lang;
    Page {
        title: Title::Text(lang.text(Text::DoctorTitle)),
        blocks: match findings {
            Some(findings) => checks(lang, findings),
            None => {
                let mut blocks = Vec::new();
                blocks.text(2, lang.text(Text::DoctorLooking), Role::Quiet);
                blocks
            }
        },
        side: Side::default(),
        buttons: Vec::new(),
        help: Vec::new(),
        scroll: Some(line),
        keys: &[Text::KeysScroll, Text::KeysBack, Text::KeysLanguage],
    }
}

fn checks(lang: Lang, findings: &Findings) -> Vec<Block> {
    let mut blocks = Vec::new();
    let lines = doctor::judge(findings, lang);
    match doctor::report::to_mend(&lines) {
        0 => blocks.text(2, lang.text(Text::DoctorWell), Role::Good),
        count => blocks.text(2, lang.fill(Text::DoctorCount, &[&count.to_string()]), Role::Wrong),
    }
    blocks.gap();
    for line in lines {
        let state = match line.outcome {
            Outcome::Ok => CheckState::Ready,
            Outcome::Note => CheckState::Note,
            Outcome::Mend(_) => CheckState::NotYet,
        };
        // What is noted at length has no room in the row of the check.
        let apart = line.outcome == Outcome::Note && cells(&line.detail) > BESIDE;
        let detail = if apart { String::new() } else { line.detail.clone() };
        blocks.push(Block::Check(state, lang.text(line.label()), detail, None));
        if apart {
            blocks.text(4, line.detail, Role::Quiet);
        }
        if let Outcome::Mend(code) = line.outcome {
            let words = lang.trouble(code);
            blocks.text(4, format!("{}  {}", words.title, code.id()), Role::Wrong);
            for (place, step) in words.steps().enumerate() {
                blocks.push(Block::Step(place + 1, step.to_owned()));
            }
        }
    }
    blocks
}
