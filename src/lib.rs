//! zairyu registers a person for Japan's online residence applications, from a terminal, with a My Number Card.
//! The map of the house: a line for each room, and who may import whom (`ARROWS`).

#![warn(clippy::print_stdout, clippy::print_stderr)]

/// The state of the program, pure: what happened goes in, what to do comes out.
pub mod app;
/// The My Number Card: commands, certificates, readers, PINs; and the simulated card.
pub mod card;
/// Certificates of the JPKI profile, and the anchors that are trusted.
pub mod certificate;
/// Self-diagnosis: what to mend, and how.
pub mod doctor;
/// The one list of stable codes for everything that can go wrong.
pub mod error;
/// Files that somebody else has named.
pub mod file;
/// Line mode: the same model, for screen readers, plain terminals and scripts.
pub mod line;
/// Every text that a person reads, one file a language.
pub mod locale;
/// What an office brings and keeps: records, and the list of what was done.
pub mod office;
/// Prefectures, municipalities, postal codes and towns: search, and splitting a card's address.
pub mod places;
/// Commands that the settings name: fed, watched, stopped.
pub mod process;
/// What terminal and service say to each other.
pub mod protocol;
/// What a person takes home: receipts, slips, print.
pub mod receipt;
/// What is asked and what is accepted: fields, folding, rules. Pure.
pub mod registration;
/// The one channel, signals, effects carried out: once, for both faces.
pub mod runtime;
/// Locked memory for secrets, memory that is wiped when it is freed, process hardening. The only `unsafe`.
pub mod secret;
/// The registration service.
#[cfg(feature = "service")]
pub mod service;
/// The settings: flag over variable over file.
pub mod settings;
/// A page read aloud, by a command of the settings.
pub mod speech;
/// Widths and line breaking.
pub mod text;
/// Japan's time and RFC 3339.
pub mod time;
/// The process's TLS cryptography.
pub mod tls;
/// The full screen: the loop, drawing, styles.
pub mod tui;
/// Pages as data, for both faces.
pub mod view;
/// The background worker: jobs in, events out.
pub mod worker;

/// Who may import whom: each room with the rooms beneath it. An arrow leads downward only; tests/map.rs holds the table against the sources.
pub const ARROWS: &[(&str, &str)] = &[
    (
        "commands",
        "app card certificate doctor error file line locale office places registration runtime secret service settings text time tui worker",
    ),
    ("tui", "app locale runtime secret text view"),
    ("line", "app card error locale registration runtime secret text view worker"),
    ("runtime", "app file locale office receipt registration secret speech text time view worker"),
    ("receipt", "error file locale process protocol registration text"),
    ("view", "app card doctor error locale places protocol registration text time worker"),
    ("app", "card certificate doctor error locale office places registration secret text time worker"),
    ("speech", "process"),
    ("doctor", "card certificate error file locale secret settings text worker"),
    ("settings", "file locale text"),
    ("service", "certificate file locale protocol registration text time tls"),
    ("locale", "error file office places protocol registration text"),
    ("worker", "card certificate error protocol registration secret text time tls"),
    ("protocol", "certificate error registration text"),
    ("registration", "certificate places text"),
    ("card", "certificate error file secret text"),
    ("certificate", "error file"),
    ("office", "file places registration text time"),
    ("process", "text"),
    ("time", "registration"),
    ("places", "text"),
    ("error", ""),
    ("file", "secret"),
    ("secret", ""),
    ("text", ""),
    ("tls", ""),
];
