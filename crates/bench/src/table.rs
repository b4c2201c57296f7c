//! The table that is printed, in Markdown, so that it can be put into a document as it is.

use std::fmt;

/// Rows of figures.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 3]>);

impl Table {
    /// Adds a figure and what we aim at, if anything.
    pub(crate) fn row(&mut self, what: impl Into<String>, figure: impl Into<String>, aim: &str) {
        self.0.push([what.into(), figure.into(), aim.to_owned()]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["what", "measured", "aim"].map(str::to_owned);
        let width = |column: usize| {
            let cells = self.0.iter().chain([&head]).map(|row| row[column].chars().count());
            cells.max().unwrap_or_default()
        };
        let widths = [width(0), width(1), width(2)];
        let line = |f: &mut fmt::Formatter<'_>, [what, figure, aim]: &[String; 3]| {
            let [first, second, third] = widths;
            writeln!(f, "| {what:<first$} | {figure:>second$} | {aim:<third$} |")
        };
        line(f, &head)?;
        let [first, second, third] = widths;
        writeln!(f, "|{:-<1$}|{2:->3$}:|{4:-<5$}|", "", first + 2, "", second + 1, "", third + 2)?;
        self.0.iter().try_for_each(|row| line(f, row))
    }
}
