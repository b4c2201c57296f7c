//! Columns for people.

use super::{Colour, Palette, palette::Coloured, plain};

/// One cell.
pub struct Cell {
    text: String,
    colour: Option<Colour>,
}

impl Cell {
    /// Text that may come from anywhere.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self { text: plain(text.as_ref()), colour: None }
    }

    /// A word in its colour.
    pub fn word<T: Coloured + ToString>(word: &T) -> Self {
        Self { colour: word.colour(), ..Self::new(word.to_string()) }
    }

    /// In this colour.
    pub fn painted(text: impl AsRef<str>, colour: Colour) -> Self {
        Self { colour: Some(colour), ..Self::new(text) }
    }
}

/// Rows under a heading.
pub struct Table {
    rows: Vec<Vec<Cell>>,
}

const GAP: &str = "   ";

impl Table {
    /// Empty under this heading; one without a word in it is not shown.
    pub fn new<const N: usize>(heading: [&str; N]) -> Self {
        let heading = heading.map(|word| Cell::painted(word, Colour::Faint)).into();
        Self { rows: vec![heading] }
    }

    /// Without a heading.
    pub const fn bare() -> Self {
        Self { rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.into());
    }

    /// The rows as lines, columns aligned, nothing behind the last cell.
    pub fn lines(&self, palette: Palette) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let widths = self.rows.iter().filter_map(|row| Some(row.get(column)?.text.chars().count()));
            widths.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        self.rows.iter().map(|row| Self::line(row, &widths, palette)).collect()
    }

    fn line(row: &[Cell], widths: &[usize], palette: Palette) -> String {
        let last = row.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
        let mut line = String::new();
        for (position, (cell, width)) in row.iter().zip(widths).enumerate().take(last + 1) {
            match cell.colour {
                Some(colour) if !cell.text.is_empty() => line.push_str(&palette.paint(colour, &cell.text)),
                _ => line.push_str(&cell.text),
            }
            if position < last {
                line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.text.chars().count())));
                line.push_str(GAP);
            }
        }
        line
    }

    /// The lines as one text.
    pub fn text(&self, palette: Palette) -> String {
        self.lines(palette).join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_nothing_trails() {
        let mut table = Table::new(["NAME", "STATE", "NOTE"]);
        table.row([Cell::new("a"), Cell::new("provisioning"), Cell::new("")]);
        table.row([Cell::new("straße"), Cell::new("ready"), Cell::new("x")]);
        let lines = table.lines(Palette::new(false));
        assert_eq!(
            lines,
            ["NAME     STATE          NOTE", "a        provisioning", "straße   ready          x"]
        );
    }

    #[test]
    fn colours_do_not_move_columns() {
        let mut table = Table::bare();
        table.row([Cell::painted("ok", Colour::Good), Cell::new("x")]);
        table.row([Cell::new("long"), Cell::new("y")]);
        assert_eq!(table.lines(Palette::new(true)), ["\x1b[32mok\x1b[0m     x", "long   y"]);
    }

    #[test]
    fn what_a_server_sends_cannot_drive_the_terminal() {
        let mut table = Table::bare();
        table.row([Cell::new("a\x1b[2Jb\nc")]);
        assert_eq!(table.lines(Palette::new(true)), ["a�[2Jb c"]);
    }
}
