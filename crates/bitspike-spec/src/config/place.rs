//! Where something stands in a file, and the source line with a caret under it.

use std::ops::Range;

/// Text of a file and the name to call it by.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) is_preset: bool,
}

/// A position in a file: line and column count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The whole line.
    pub text: String,
    /// Characters marked, at least 1.
    pub width: usize,
}

/// A file, and a position in it if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file as the user named it, or `preset "name"`; empty for a configuration that was never a file.
    pub file: String,
    /// The position; `None`: the file as a whole.
    pub position: Option<Position>,
    /// Whether the place is in a preset, so that the user's file inherits it.
    pub inherited: bool,
}

/// Longest source line shown whole; of longer ones the part around the caret.
const SHOWN_CHARACTERS: usize = 100;
const BEFORE_CARET: usize = 40;

impl Place {
    pub(crate) fn of(source: &Source, span: Option<&Range<usize>>) -> Self {
        let position = span.map(|span| Position::of(&source.text, span));
        Place { file: source.name.clone(), position, inherited: source.is_preset }
    }

    /// `message` after file, line and column, and before the source line with its caret.
    #[must_use]
    pub fn report(&self, message: &str) -> String {
        match &self.position {
            None if self.file.is_empty() => message.to_owned(),
            None => format!("{}: {message}", self.file),
            Some(at) => format!("{}:{}:{}: {message}\n{}", self.file, at.line, at.column, at.excerpt()),
        }
    }
}

impl Position {
    /// The position of a range of bytes of a text; of a range over several lines, the part on its first.
    #[must_use]
    pub fn of(text: &str, span: &Range<usize>) -> Self {
        let start = span.start.min(text.len());
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        let marked_end = span.end.clamp(start, line_end);
        Position {
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            text: text[line_start..line_end].trim_end().to_owned(),
            width: text[start..marked_end].chars().count().max(1),
        }
    }

    fn excerpt(&self) -> String {
        let (text, before) = self.shown();
        let margin = " ".repeat(self.line.to_string().len());
        let padding: String = text.chars().chain(std::iter::repeat(' ')).take(before).map(blank).collect();
        let room = text.chars().count().saturating_sub(before).max(1);
        let carets = "^".repeat(self.width.min(room));
        format!("{margin} |\n{} | {text}\n{margin} | {padding}{carets}", self.line)
    }

    /// The line, or the part of a long one around the caret, and the number of characters before the caret.
    fn shown(&self) -> (String, usize) {
        let count = self.text.chars().count();
        let before = self.column - 1;
        if count <= SHOWN_CHARACTERS {
            return (self.text.clone(), before);
        }
        let skip = before.saturating_sub(BEFORE_CARET);
        let part: String = self.text.chars().skip(skip).take(SHOWN_CHARACTERS).collect();
        let (head, extra) = if skip > 0 { ("...", 3) } else { ("", 0) };
        let tail = if skip + SHOWN_CHARACTERS < count { "..." } else { "" };
        (format!("{head}{part}{tail}"), before - skip + extra)
    }
}

/// A tab stays a tab, so that the caret keeps its column.
fn blank(c: char) -> char {
    if c == '\t' { '\t' } else { ' ' }
}

/// A dotted key and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// Dotted key, with `[index]` for an element of a list.
    pub key: String,
    /// Where it stands; for a missing key, the table it belongs to.
    pub place: Box<Place>,
}

impl At {
    pub(crate) fn key(key: &str) -> Self {
        At { key: key.to_owned(), place: Box::default() }
    }

    pub(crate) fn last_name(&self) -> &str {
        self.key.rsplit('.').next().unwrap_or(&self.key)
    }

    pub(crate) fn report(&self, message: &str) -> String {
        if !self.place.inherited {
            return self.place.report(message);
        }
        self.place.report(&format!("{message} (inherited from the preset; your file can override {})", self.key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source { name: "core.toml".to_owned(), text: text.to_owned(), is_preset: false }
    }

    #[test]
    fn carets_stand_under_the_span() {
        let place = Place::of(&source("a = 1\nlänge = 12\n"), Some(&(15..17)));
        assert_eq!(place.report("m"), "core.toml:2:9: m\n  |\n2 | länge = 12\n  |         ^^");
    }

    #[test]
    fn a_span_over_several_lines_is_marked_to_the_end_of_its_first() {
        let place = Place::of(&source("a = [\n1]\n"), Some(&(4..8)));
        assert_eq!(place.report("m"), "core.toml:1:5: m\n  |\n1 | a = [\n  |     ^");
    }

    #[test]
    fn tabs_keep_the_caret_in_its_column() {
        let place = Place::of(&source("\ta = 1"), Some(&(5..6)));
        assert_eq!(place.report("m"), "core.toml:1:6: m\n  |\n1 | \ta = 1\n  | \t    ^");
    }

    #[test]
    fn of_a_long_line_the_part_around_the_caret_is_shown() {
        let text = format!("{}X{}", "a".repeat(200), "b".repeat(200));
        let report = Place::of(&source(&text), Some(&(200..201))).report("m");
        let lines: Vec<&str> = report.lines().collect();
        assert_eq!(lines[0], "core.toml:1:201: m");
        assert_eq!(lines[2], format!("1 | ...{}X{}...", "a".repeat(40), "b".repeat(59)));
        assert_eq!(lines[3], format!("  | {}^", " ".repeat(43)));
    }
}
