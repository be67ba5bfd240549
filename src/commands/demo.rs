//! `zairyu demo`: the form for practice, with a simulated card and a service whose data is deleted at the end.

use super::form::start_service;
use super::{CommandResult, Startup, Teardown, open};
use clap::Args;
use std::any::Any;
use std::path::PathBuf;
use zairyu::app::Event;
use zairyu::card::simulated::{AUTHENTICATION_PIN, Authority, Card, Fault as CardFault, Person, SIGNING_PIN, Slot};
use zairyu::certificate::{Algorithm, Anchors, Certificate, Purpose};
use zairyu::error::Code;
use zairyu::runtime::Notify;
use zairyu::service::Options;
use zairyu::settings::{Flags, Look, Manner, Records, SettingsError};
use zairyu::worker::Prepared;

/// Arguments of `zairyu demo`.
#[derive(Args)]
pub(super) struct Demo {
    /// The person whose card is simulated
    #[arg(long, default_value = "anne")]
    person: String,
    /// Simulate the card announced to come next, with keys on P-384 (ES384)
    #[arg(long)]
    next_card: bool,
    /// What goes wrong with the card (may be given several times)
    #[arg(long = "fault")]
    faults: Vec<String>,
    #[command(flatten)]
    look: Look,
    #[command(flatten)]
    records: Records,
    #[command(flatten)]
    manner: Manner,
}

/// Open the form for practice, with a simulated card and a service whose data is deleted at the end.
pub(super) fn run(common: Flags, asked: Demo) -> CommandResult {
    let (flags, file) = common.with(asked.look).with(asked.records).with(asked.manner).merged()?;
    let unknown = || SettingsError::Unknown("--person", format!("{}; there are: {}", asked.person, Person::names().join(", ")));
    let person = Person::find(&asked.person).ok_or_else(unknown)?;
    let faults = asked.faults.iter().map(|word| word.parse::<CardFault>()).collect::<Result<Vec<_>, _>>();
    let faults = faults.map_err(|why| SettingsError::Unknown("--fault", why))?;
    let algorithm = if asked.next_card { Algorithm::Es384 } else { Algorithm::Rs256 };
    let slot = Slot::new();
    let reader = slot.clone();
    let folder = TempFolder::new()?;
    let path = folder.path();
    let teardown = Teardown::default();
    let theirs = teardown.clone();
    // Pushed before the service, so that it is dropped after it.
    teardown.push(folder);
    let (ready, prepared) = std::sync::mpsc::channel::<()>();
    let prepare = Box::new(move || {
        // Dropped on every return path: then the reader is in its final state.
        let _ready = ready;
        let now = time::OffsetDateTime::now_utc().unix_timestamp();
        let made = Authority::make_of(algorithm, now).and_then(|authority| {
            let card = Card::make(&authority, person, &faults, now)?;
            Ok((authority, card))
        });
        let Ok((authority, card)) = made else {
            return Prepared { port: Box::new(slot.port()), service: Err(Code::EmbeddedService), anchors: Anchors::pinned() };
        };
        let authorities = [Purpose::Signing, Purpose::Authentication].map(|purpose| Certificate::parse(authority.certificate(purpose)));
        let anchors = Anchors::of(&authorities.into_iter().flatten().collect::<Vec<_>>());
        let mut options = Options::embedded(path);
        options.anchors = anchors.clone();
        options.test_cards = true;
        options.practice = true;
        let prepared = start_service(Box::new(slot.port()), anchors, options, &theirs);
        slot.insert(card);
        prepared
    });
    let watch = Box::new(move |tell: Notify| {
        // A card still being made must not be reported as absent.
        let _ = std::thread::Builder::new().name("practice reader".to_owned()).spawn(move || {
            let _ = prepared.recv();
            reader.watch(move |seen| tell(Event::Readers(seen)));
        });
        Box::new(()) as Box<dyn Any + Send>
    });
    open(&flags, &file, Startup { prepare, watch, practice: Some([SIGNING_PIN, AUTHENTICATION_PIN]), test_cards: true, teardown })
}

/// A folder that is deleted on drop.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new() -> std::io::Result<TempFolder> {
        let folder = std::env::temp_dir().join(format!("zairyu-practice-{}", uuid::Uuid::new_v4()));
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut std::fs::DirBuilder::new(), 0o700).create(&folder)?;
        #[cfg(windows)]
        zairyu::file::private_folder(&folder)?;
        Ok(TempFolder(folder))
    }

    fn path(&self) -> PathBuf {
        self.0.clone()
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
