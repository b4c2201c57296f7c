//! YAML to [`Node`], strictly.
//!
//! WHY a reader of our own: a spec must mean one thing. So scalars follow the core schema of YAML 1.2 and nothing else
//! (`yes` and `on` are text), and what lets a short file mean a long one or two things at once is refused: aliases,
//! merge keys, tags, doubled keys, several documents. The parser's events are consumed with a stack of our own, so
//! depth costs no stack, and reading stops at the first event beyond a limit.
//!
//! Parts that are merely forbidden become [`Kind::Refused`] and reading goes on, to find everything that is wrong in
//! one pass; a syntax error or a limit ends it.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::{
    node::{Entry, Kind, MAX_DEPTH, MAX_KEY_CHARS, MAX_NODES, Node, Number},
    problem::{Path, Problem, Segment, Sink, quoted},
};

/// Reads one document. `Err` is what made it impossible to go on; lesser problems are in `sink`.
pub(super) fn read(text: &str, sink: &Sink) -> Result<Node, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    refuse_control_characters(text)?;
    let mut builder = Builder { sink, stack: Vec::new(), nodes: 0, root: None };
    let mut documents = 0_usize;
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| syntax_error(text, &error))?;
        let line = u32::try_from(span.start.line()).ok();
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(Problem::of_file(
                        line,
                        "several documents; write one file for each environment",
                    ));
                }
            }
            Event::Alias(_) => {
                builder.forbidden(line, "aliases (*name) are not supported; repeat the value")?
            }
            Event::Scalar(value, style, anchor, tag) => {
                let kind = match (anchor, tag) {
                    (0, None) => scalar(&value, style),
                    (0, Some(_)) => builder.refuse(line, TAG),
                    _ => builder.refuse(line, ANCHOR),
                };
                let is_merge = style == ScalarStyle::Plain && value == "<<";
                if builder.awaits_key() {
                    builder.key(&value, is_merge, &kind, line)?;
                } else {
                    builder.add(Node { line, kind }, line)?;
                }
            }
            Event::SequenceStart(anchor, tag) => {
                builder.open(Frame::List { line, items: Vec::new() }, anchor, tag.is_some(), line)?;
            }
            Event::MappingStart(anchor, tag) => {
                let frame = Frame::Map { line, entries: Vec::new(), seen: BTreeSet::new(), key: None };
                builder.open(frame, anchor, tag.is_some(), line)?;
            }
            Event::SequenceEnd | Event::MappingEnd => builder.close()?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }
    Ok(builder.root.unwrap_or(Node { line: None, kind: Kind::Null }))
}

const TAG: &str = "tags (!name) are not supported; write the plain value";
const ANCHOR: &str = "anchors (&name) are not supported; write the plain value";

/// The scanner takes NUL for the end of the text, and nobody means the others.
fn refuse_control_characters(text: &str) -> Result<(), Problem> {
    let forbidden = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    let Some(position) = text.find(forbidden) else { return Ok(()) };
    let code = text[position..].chars().next().map_or(0, u32::from);
    let line = text[..position].matches('\n').count() + 1;
    let message = format!("contains the control character U+{code:04X}; a spec is plain text");
    Err(Problem::of_file(u32::try_from(line).ok(), message))
}

fn syntax_error(text: &str, error: &saphyr_parser::ScanError) -> Problem {
    let line = error.marker().line();
    let tabbed = text
        .lines()
        .nth(line.saturating_sub(1))
        .is_some_and(|text| text.trim_start_matches(' ').starts_with('\t'));
    let hint = if tabbed { "; indent with spaces, not with tabs" } else { "" };
    let info: String = error.info().chars().filter(|c| !c.is_control()).take(200).collect();
    Problem::of_file(u32::try_from(line).ok(), format!("not valid YAML: {info}{hint}"))
}

enum Frame {
    List { line: Option<u32>, items: Vec<Node> },
    Map { line: Option<u32>, entries: Vec<Entry>, seen: BTreeSet<String>, key: Option<PendingKey> },
}

/// A key whose value is yet to come.
struct PendingKey {
    text: String,
    line: Option<u32>,
    /// The entry is left out: its key has been complained about.
    skip: bool,
}

struct Builder<'s> {
    sink: &'s Sink,
    stack: Vec<Frame>,
    nodes: usize,
    root: Option<Node>,
}

impl Builder<'_> {
    /// Where the next value goes.
    fn path(&self) -> Path {
        let segment = |frame: &Frame| match frame {
            Frame::List { items, .. } => Some(Segment::Index(items.len())),
            Frame::Map { key, .. } => key.as_ref().map(|key| Segment::Key(key.text.clone())),
        };
        self.stack.iter().filter_map(segment).collect()
    }

    fn refuse(&self, line: Option<u32>, message: &str) -> Kind {
        self.sink.report_with(|| Problem::new(&self.path(), line, message));
        Kind::Refused
    }

    fn forbidden(&mut self, line: Option<u32>, message: &str) -> Result<(), Problem> {
        if self.awaits_key() {
            return Err(Problem::new(&self.path(), line, message));
        }
        let kind = self.refuse(line, message);
        self.add(Node { line, kind }, line)
    }

    fn awaits_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame::Map { key: None, .. }))
    }

    /// Takes the next scalar for a key.
    fn key(&mut self, text: &str, is_merge: bool, kind: &Kind, line: Option<u32>) -> Result<(), Problem> {
        if matches!(kind, Kind::Null) {
            return Err(Problem::new(&self.path(), line, "a key is missing before the colon"));
        }
        let complaint = if is_merge {
            Some("merge keys (<<) are not supported; repeat the values".to_owned())
        } else if text.chars().count() > MAX_KEY_CHARS {
            Some(format!("the key {} is longer than {MAX_KEY_CHARS} characters", quoted(text)))
        } else {
            None
        };
        if let Some(message) = &complaint {
            self.sink.report_with(|| Problem::new(&self.path(), line, message));
        }
        let mut skip = complaint.is_some() || matches!(kind, Kind::Refused);
        if !skip && !self.is_new(text) {
            let message = "this key is given twice; keep one";
            self.sink.report_with(|| Problem::new(&self.path().key(text), line, message));
            skip = true;
        }
        if let Some(Frame::Map { key, .. }) = self.stack.last_mut() {
            *key = Some(PendingKey { text: text.to_owned(), line, skip });
        }
        Ok(())
    }

    fn is_new(&mut self, key: &str) -> bool {
        match self.stack.last_mut() {
            Some(Frame::Map { seen, .. }) => seen.insert(key.to_owned()),
            _ => true,
        }
    }

    fn open(&mut self, frame: Frame, anchor: usize, tagged: bool, line: Option<u32>) -> Result<(), Problem> {
        if self.awaits_key() {
            return Err(Problem::new(&self.path(), line, "a key must be a word, not a list or a mapping"));
        }
        if self.stack.len() >= MAX_DEPTH {
            return Err(Problem::of_file(line, format!("nested more than {MAX_DEPTH} levels deep")));
        }
        if anchor != 0 {
            self.refuse(line, ANCHOR);
        }
        if tagged {
            self.refuse(line, TAG);
        }
        self.stack.push(frame);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Problem> {
        let node = match self.stack.pop() {
            Some(Frame::List { line, items }) => Node { line, kind: Kind::List(items) },
            Some(Frame::Map { line, entries, .. }) => Node { line, kind: Kind::Map(entries) },
            None => return Ok(()),
        };
        let line = node.line;
        self.add(node, line)
    }

    fn add(&mut self, node: Node, line: Option<u32>) -> Result<(), Problem> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Problem::of_file(
                line,
                format!("more than {MAX_NODES} values; an environment needs far fewer"),
            ));
        }
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame::List { items, .. }) => items.push(node),
            Some(Frame::Map { entries, key, .. }) => {
                if let Some(PendingKey { text, line, skip: false }) = key.take() {
                    entries.push(Entry { key: text, line, value: node });
                }
            }
        }
        Ok(())
    }
}

/// The core schema of YAML 1.2 (section 10.3.2): what is in quotes is text, what is plain may be something else.
fn scalar(text: &str, style: ScalarStyle) -> Kind {
    if style != ScalarStyle::Plain {
        return Kind::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        _ => number(text).map_or_else(|| Kind::Text(text.to_owned()), Kind::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    let integer = |value: Option<i64>| Some(Number { text: text.to_owned(), integer: value });
    let all =
        |digits: &str, is_digit: fn(&u8) -> bool| !digits.is_empty() && digits.bytes().all(|b| is_digit(&b));
    if let Some(digits) = text.strip_prefix("0x").filter(|digits| all(digits, u8::is_ascii_hexdigit)) {
        return integer(i64::from_str_radix(digits, 16).ok());
    }
    if let Some(digits) = text.strip_prefix("0o").filter(|digits| all(digits, |b| (b'0'..=b'7').contains(b)))
    {
        return integer(i64::from_str_radix(digits, 8).ok());
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if all(unsigned, u8::is_ascii_digit) {
        return integer(text.parse().ok());
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return integer(None);
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let only_digits = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    let is_float = only_digits(whole)
        && only_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|digits| all(digits, u8::is_ascii_digit));
    if is_float { integer(None) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(text: &str) -> Kind {
        let sink = Sink::default();
        let node = read(text, &sink).unwrap();
        assert_eq!(sink.into_result(), Ok(()));
        node.kind
    }

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        for text in [
            "yes",
            "no",
            "on",
            "off",
            "y",
            "1.2.3",
            "1_000",
            "0b1",
            "1e",
            "12:30",
            "-",
            "+",
            ".",
            "2026-11-01",
        ] {
            let expected = Kind::Text(text.to_owned());
            assert_eq!(scalar(text, ScalarStyle::Plain), expected, "{text}");
        }
        for (text, integer) in
            [("17", Some(17)), ("-3", Some(-3)), ("017", Some(17)), ("0x1F", Some(31)), ("0o17", Some(15))]
        {
            assert_eq!(read_one(text), Kind::Number(Number { text: text.into(), integer }), "{text}");
        }
        for text in ["17.10", "1e3", ".5", "5.", "-1.5E-3", ".inf", "-.INF", ".nan", "99999999999999999999"] {
            assert_eq!(read_one(text), Kind::Number(Number { text: text.into(), integer: None }), "{text}");
        }
        assert_eq!(read_one("'17'"), Kind::Text("17".into()));
        assert_eq!(read_one("True"), Kind::Bool(true));
        assert_eq!(read_one("~"), Kind::Null);
        assert_eq!(read_one(""), Kind::Null);
    }

    #[test]
    fn values_know_their_lines() {
        let node = read("a: 1\nb:\n  - x\n  - c: [1,\n      2]\n", &Sink::default()).unwrap();
        let at = |path: Path| node.line_of(&path);
        assert_eq!(at(Path::root().key("b").index(1).key("c").index(1)), Some(5));
        assert_eq!(at(Path::root().key("b").key("missing")), Some(2));
    }
}
