//! Manual pages and completions, made from the one definition of the command line. They are made by a test, so that the program carries none of it;
//! `tests/package` runs it with the folder in which they are wanted.

use super::CommandLine;
use clap::{Command, CommandFactory};
use clap_complete::{Shell, generate_to};
use std::fs;
use std::path::{Path, PathBuf};

/// Put `man/…`, and a completion for each shell under the name by which Debian finds it, into a folder.
fn make(folder: &Path) {
    let man = folder.join("man");
    fs::create_dir_all(&man).unwrap();
    clap_mangen::generate_to(CommandLine::command(), &man).unwrap();
    for page in fs::read_dir(man).unwrap() {
        let page = page.unwrap().path();
        let text = fs::read_to_string(&page).unwrap();
        // The end of the help is made of lines, which a page would fill up with the next ones.
        if let Some((above, end)) = text.split_once(".SH EXTRA\n") {
            fs::write(page, format!("{above}.SH EXTRA\n.ad l\n{}", end.replace('\n', "\n.br\n"))).unwrap();
        }
    }
    for (shell, name) in [(Shell::Bash, "zairyu"), (Shell::Zsh, "_zairyu"), (Shell::Fish, "zairyu.fish")] {
        let place = folder.join(shell.to_string());
        fs::create_dir_all(&place).unwrap();
        let made = generate_to(shell, &mut CommandLine::command(), "zairyu", &place).unwrap();
        fs::rename(made, place.join(name)).unwrap();
    }
}

/// The names of a command and all beneath it, as their pages are called.
fn names(command: &Command, above: &str) -> Vec<String> {
    let name = format!("{above}{}", command.get_name());
    let beneath = format!("{name}-");
    let mut all = vec![name];
    all.extend(command.get_subcommands().flat_map(|command| names(command, &beneath)));
    all
}

#[test]
fn every_command_has_a_manual_page_and_stands_in_the_completions() {
    let (own, asked) = (tempfile::tempdir().unwrap(), std::env::var_os("ZAIRYU_PAGES").map(PathBuf::from));
    let folder = asked.unwrap_or_else(|| own.path().to_owned());
    make(&folder);
    for name in names(&CommandLine::command(), "") {
        let page = fs::read_to_string(folder.join(format!("man/{name}.1"))).unwrap();
        assert!(page.contains(&name.replace('-', "\\-")), "{name}");
        for completion in ["bash/zairyu", "zsh/_zairyu", "fish/zairyu.fish"] {
            let text = fs::read_to_string(folder.join(completion)).unwrap();
            assert!(name.split('-').all(|word| text.contains(word)), "{completion}: {name}");
        }
    }
}
