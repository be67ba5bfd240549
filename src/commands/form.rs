//! `zairyu` without a command: the form on a real reader, with a remote or an embedded service.

use super::{CommandResult, Startup, Teardown, anchors, open};
use clap::Args;
use std::any::Any;
use std::path::PathBuf;
use zairyu::app::Event;
use zairyu::card;
use zairyu::certificate::Anchors;
use zairyu::error::Code;
use zairyu::runtime::Notify;
#[cfg(feature = "service")]
use zairyu::service;
use zairyu::settings::{Flags, Look, Manner, Reach, Records, Trust};
use zairyu::worker::Prepared;

/// Arguments of the form.
#[derive(Args)]
pub(super) struct Form {
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    trust: Trust,
    #[command(flatten)]
    look: Look,
    #[command(flatten)]
    records: Records,
    #[command(flatten)]
    manner: Manner,
}

/// Open the form on a real reader; without a service URL, start an embedded service.
pub(super) fn run(common: Flags, asked: Form) -> CommandResult {
    let Form { reach, trust, look, records, manner } = asked;
    let (flags, file) = common.with(reach).with(trust).with(look).with(records).with(manner).merged()?;
    let anchors = anchors(&flags)?;
    let test_cards = flags.test_cards.unwrap_or(false);
    let service = flags.service.clone();
    let data = flags.data_folder();
    let teardown = Teardown::default();
    let theirs = teardown.clone();
    let prepare = Box::new(move || {
        let port = Box::new(card::reader::Pcsc::new());
        match service {
            Some(url) => Prepared { port, service: Ok(url), anchors },
            None => embedded(port, anchors, test_cards, data, &theirs),
        }
    });
    let watch =
        Box::new(|tell: Notify| Box::new(card::watch::start(Box::new(move |seen| tell(Event::Readers(seen))))) as Box<dyn Any + Send>);
    open(&flags, &file, Startup { prepare, watch, practice: None, test_cards, teardown })
}

#[cfg(feature = "service")]
fn embedded(port: Box<dyn card::Port>, anchors: Anchors, test_cards: bool, data: PathBuf, teardown: &Teardown) -> Prepared {
    let mut options = service::Options::embedded(data);
    options.anchors = anchors.clone();
    options.test_cards = test_cards;
    start_service(port, anchors, options, teardown)
}

#[cfg(not(feature = "service"))]
fn embedded(port: Box<dyn card::Port>, anchors: Anchors, _test_cards: bool, _data: PathBuf, _teardown: &Teardown) -> Prepared {
    // The slim client has no embedded service: a URL is required.
    Prepared { port, service: Err(Code::EmbeddedService), anchors }
}

/// Start an embedded service, to be stopped by `teardown`.
#[cfg(feature = "service")]
pub(super) fn start_service(port: Box<dyn card::Port>, anchors: Anchors, options: service::Options, teardown: &Teardown) -> Prepared {
    let url = teardown.start(|| {
        let running = service::start(options).ok()?;
        let url = running.url().to_owned();
        Some((running, url))
    });
    Prepared { port, service: url.ok_or(Code::EmbeddedService), anchors }
}
