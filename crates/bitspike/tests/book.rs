//! Every `$ bitspike` command shown in the book and the README prints what is shown.
//!
//! In the expected output `[..]` stands for any text within a line, and a line `...` for any number of lines. A command without shown output
//! must only succeed. The blocks of one page run in order, in one folder that holds the examples.
#![allow(clippy::unwrap_used)]

mod shell;

use shell::{copy_folder, root};
use std::fs;
use std::path::{Path, PathBuf};

struct Shown {
    line: usize,
    command: String,
    output: Vec<String>,
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The commands of the `console` blocks of a page.
fn shown(text: &str) -> Vec<Shown> {
    let (mut found, mut inside) = (Vec::<Shown>::new(), false);
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = !inside && line.trim() == "```console";
        } else if inside && let Some(command) = line.strip_prefix("$ ") {
            found.push(Shown { line: number + 1, command: command.to_owned(), output: Vec::new() });
        } else if inside && let Some(last) = found.last_mut() {
            last.output.push(line.trim_end().to_owned());
        }
    }
    found.retain(|shown| shown.command.starts_with("bitspike"));
    found
}

/// Whether a line fits a pattern with `[..]`.
fn line_fits(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split("[..]");
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

fn fits(pattern: &[String], lines: &[&str]) -> bool {
    match pattern.split_first() {
        None => lines.is_empty(),
        Some((first, after)) if first == "..." => (0..=lines.len()).any(|skipped| fits(after, &lines[skipped..])),
        Some((first, after)) => lines.first().is_some_and(|line| line_fits(first, line)) && fits(after, &lines[1..]),
    }
}

fn check(page: &Path, shown: &Shown, folder: &Path) {
    let words: Vec<&str> = shown.command.split_whitespace().skip(1).collect();
    let call = shell::bitspike(folder, &words);
    let place = format!("{}:{}: {}", page.display(), shown.line, shown.command);
    let pattern: Vec<String> = shown.output.clone();
    if pattern.is_empty() {
        assert_eq!(call.code, Some(0), "{place}\n{}", call.all());
        return;
    }
    let text = format!("{}{}", call.stdout, call.stderr);
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    let end = pattern.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    assert!(fits(&pattern[..end], &lines), "{place}\nshown:\n{}\nprinted:\n{}", pattern.join("\n"), call.all());
}

#[test]
fn patterns_match_as_they_say() {
    let pattern: Vec<String> = ["a [..] c", "...", "end[..]"].map(str::to_owned).into();
    assert!(fits(&pattern, &["a b c", "x", "y", "end"]));
    assert!(fits(&pattern, &["a  c", "end of it"]));
    assert!(!fits(&pattern, &["a b d", "end"]));
    assert!(!fits(&pattern, &["a b c", "x"]));
}

#[test]
fn every_command_shown_prints_what_is_shown() {
    let mut count = 0;
    let book = pages(&root().join("docs/src"));
    for page in book.into_iter().chain([root().join("README.md")]) {
        let commands = shown(&fs::read_to_string(&page).unwrap());
        if commands.is_empty() {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        copy_folder(&root().join("examples"), &folder.path().join("examples"));
        copy_folder(&root().join("hdl"), &folder.path().join("hdl"));
        for shown in &commands {
            check(&page, shown, folder.path());
            count += 1;
        }
    }
    assert!(count >= 8, "only {count} commands found in the book");
}
