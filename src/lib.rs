//! zairyu registers a person for Japan's online residence applications, from a terminal, with a My Number Card.
//! The map of the house; who may know whom stands in README.md, "How it is built".

/// The state of the program, pure: what happened goes in, what to do comes out.
pub mod app;
/// The My Number Card: commands, certificates, readers, PINs; and the simulated card.
pub mod card;
/// Certificates of the JPKI profile, and the anchors that are trusted.
pub mod certificate;
/// Receipts.
pub mod desk;
/// Self-diagnosis: what to mend, and how.
pub mod doctor;
/// The one list of stable codes for everything that can go wrong.
pub mod error;
/// Process hardening: no core dumps, not dumpable, locked memory for secrets. The only `unsafe`.
pub mod hardening;
/// Properties of single characters: width, what nobody sees, what steers a terminal.
pub mod letters;
/// Line mode: the same model, for screen readers, plain terminals and scripts.
pub mod line;
/// Every text that a person reads, one file a language.
pub mod locale;
/// Prefectures, municipalities, postal codes and towns: search, and splitting a card's address.
pub mod places;
/// What terminal and service say to each other.
pub mod protocol;
/// What is asked and what is accepted: fields, folding, rules. Pure.
pub mod registration;
/// Times as RFC 3339.
pub mod rfc3339;
/// The registration service.
#[cfg(feature = "service")]
pub mod service;
/// The settings: flag over variable over file.
pub mod settings;
/// Enter and restore the terminal; the event loop.
pub mod terminal;
/// The process's TLS cryptography.
pub mod tls;
/// Drawing: one file a region.
pub mod ui;
/// The background worker: jobs in, events out.
pub mod worker;
