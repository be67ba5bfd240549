//! A page read aloud: a command of the settings is fed what is to be heard, and stopped as soon as that is no longer so.

use crate::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A command that hangs must not keep a kiosk from ending the visit.
const LEAST: Duration = Duration::from_secs(30);
/// Slow speech in Japanese.
const PER_LETTER: Duration = Duration::from_millis(300);

/// Says one text at a time.
#[derive(Debug, Default)]
pub struct Speaker {
    present: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Speaker {
    /// Say a text with a command, and return whether that has begun; `ended` is called when it has been said, or the command has failed. What is
    /// being said still is broken off.
    pub fn say(&mut self, command: &[String], text: String, ended: impl FnOnce() + Send + 'static) -> bool {
        self.hush();
        let before = self.present.take();
        let unwanted = Arc::new(AtomicBool::new(false));
        let (command, given) = (command.to_owned(), Arc::clone(&unwanted));
        let said = thread::Builder::new().name("speech".to_owned()).spawn(move || {
            // Two at once cannot be understood.
            if let Some((_, before)) = before {
                let _ = before.join();
            }
            // Whoever cannot hear it cannot be told either; the self-check looks for the command.
            let limit = LEAST + PER_LETTER * u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            let _ = process::run_until(&command, text.into_bytes(), limit, &given);
            if !given.load(Ordering::Relaxed) {
                ended();
            }
        });
        self.present = said.ok().map(|thread| (unwanted, thread));
        self.present.is_some()
    }

    /// Break off what is being said.
    pub fn hush(&self) {
        if let Some((unwanted, _)) = &self.present {
            unwanted.store(true, Ordering::Relaxed);
        }
    }
}

impl Drop for Speaker {
    /// Nothing is heard when the program has ended.
    fn drop(&mut self) {
        self.hush();
        if let Some((_, thread)) = self.present.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_text_is_said_to_its_end_unless_another_is_to_be_heard() {
        let folder = tempfile::tempdir().unwrap();
        let heard = folder.path().join("heard");
        let (sender, ended) = channel();
        let end = |name: &'static str| {
            let sender = sender.clone();
            move || sender.send(name).unwrap()
        };
        let mut speaker = Speaker::default();
        let slow = format!("cat >> {0}; sleep 1000; echo late >> {0}", heard.display());
        speaker.say(&shell(&slow), "one ".to_owned(), end("one"));
        while std::fs::read_to_string(&heard).unwrap_or_default() != "one " {
            thread::yield_now();
        }
        speaker.say(&shell(&format!("cat >> {}", heard.display())), "two".to_owned(), end("two"));
        assert_eq!(ended.recv().unwrap(), "two");
        speaker.say(&shell(&slow), "three".to_owned(), end("three"));
        speaker.hush();
        drop((speaker, sender));
        assert!(ended.recv().is_err(), "what was broken off does not end");
        assert!(std::fs::read_to_string(&heard).unwrap().starts_with("one two"));
    }

    #[test]
    fn a_command_that_is_missing_or_fails_ends_too() {
        let (sender, ended) = channel();
        let mut speaker = Speaker::default();
        for command in [vec!["no-such-command-anywhere".to_owned()], shell("exit 1"), Vec::new()] {
            let sender = sender.clone();
            speaker.say(&command, "text".to_owned(), move || sender.send(()).unwrap());
            ended.recv().unwrap();
        }
    }
}
