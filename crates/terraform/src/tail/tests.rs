use std::fs::OpenOptions;
use std::io::Write;

use proptest::prelude::*;

use super::*;

struct Growing {
    _directory: tempfile::TempDir,
    path: PathBuf,
}

impl Growing {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        Self { _directory: directory, path }
    }

    fn append(&self, bytes: &[u8]) {
        OpenOptions::new().append(true).create(true).open(&self.path).unwrap().write_all(bytes).unwrap();
    }
}

fn texts(lines: &[TailLine]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn lines_come_when_they_are_complete_and_the_rest_at_the_end() {
    let file = Growing::new();
    let mut tail = Tail::new(&file.path);
    assert_eq!(tail.read_lines().unwrap(), []);
    file.append(b"one\ntw");
    assert_eq!(texts(&tail.read_lines().unwrap()), ["one"]);
    assert_eq!(tail.read_lines().unwrap(), []);
    file.append(b"o\r\n\nrest");
    let lines = tail.read_lines().unwrap();
    assert_eq!(texts(&lines), ["two", ""]);
    assert_eq!((lines[0].offset, lines[0].next_offset), (4, 9));
    let last = tail.finish().unwrap();
    assert_eq!((last.offset, last.next_offset, last.text.as_str()), (10, 14, "rest"));
    assert_eq!(tail.finish(), None);
}

#[test]
fn bytes_that_are_not_text_are_replaced_and_offsets_stay_true() {
    let file = Growing::new();
    file.append(b"a\xff\xfeb\nnext\n");
    let lines = Tail::new(&file.path).read_lines().unwrap();
    assert_eq!(texts(&lines), ["a\u{fffd}\u{fffd}b", "next"]);
    assert_eq!(lines[1].offset, 5);
}

#[test]
fn a_line_beyond_the_limit_is_cut_marked_and_does_not_shift_the_next() {
    let file = Growing::new();
    file.append(&vec![b'x'; 3 * LONGEST_LINE]);
    let mut tail = Tail::new(&file.path);
    assert_eq!(tail.read_lines().unwrap(), []);
    file.append(b"\nnext\n");
    let mut lines = Vec::new();
    while lines.len() < 2 {
        lines.extend(tail.read_lines().unwrap());
    }
    assert!(lines[0].truncated && lines[0].text.len() == LONGEST_LINE);
    assert_eq!((lines[1].text.as_str(), lines[1].offset), ("next", 3 * LONGEST_LINE as u64 + 1));
    assert!(!lines[1].truncated);
}

proptest! {
    /// However the bytes arrive, and wherever reading resumes, the lines and offsets are those of
    /// the whole file.
    #[test]
    fn any_split_and_any_resume_give_the_same_lines(
        pieces in prop::collection::vec("[ab\n]{0,12}", 0..8),
        resume_after in 0_usize..8,
    ) {
        let file = Growing::new();
        let mut tail = Tail::new(&file.path);
        let mut lines = Vec::new();
        for piece in &pieces {
            file.append(piece.as_bytes());
            lines.extend(tail.read_lines().unwrap());
        }
        lines.extend(tail.finish());
        let whole = pieces.concat();
        prop_assert_eq!(texts(&lines), whole.lines().collect::<Vec<_>>());
        if let Some(line) = lines.get(resume_after) {
            let mut again = Tail::from_offset(&file.path, line.next_offset);
            let mut rest = again.read_lines().unwrap();
            rest.extend(again.finish());
            prop_assert_eq!(&rest[..], &lines[resume_after + 1..]);
        }
    }
}
