//! Defaults and why they are what they are.

use super::{
    Colour, Palette,
    table::{Cell, Table},
};

/// One line per default: path, value, reason.
pub fn reasons_table<'a>(reasons: impl Iterator<Item = [&'a str; 3]>, palette: Palette) -> String {
    let mut table = Table::bare();
    for [path, value, because] in reasons {
        table.row([Cell::new(format!("  {path}")), Cell::new(value), Cell::painted(because, Colour::Faint)]);
    }
    table.text(palette)
}
