//! A file with `import` blocks.
//!
//! WHY the addresses are read so strictly: they come from a plan and go back into a configuration. What isn't the address
//! of a resource that this crate renders is refused, so that no text ever becomes syntax here either.

use std::collections::BTreeSet;

use crate::{
    RESOURCE_TYPES,
    hcl::{Block, Expr, File, Identifier, Reference, Text},
};

/// The name of the file that [`render_imports`] writes. No block renders one of that name.
pub const IMPORTS_FILE: &str = "terrane_imports.tf";

/// Why no file of imports can be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportsError {
    /// Not as Terraform prints the address of a resource that is rendered.
    #[error("{address:?} isn't the address of a resource that Terrane renders")]
    NoAddress {
        /// What stood there.
        address: String,
    },
    /// Terraform refuses two imports of one resource.
    #[error("{address} is to be imported twice")]
    Twice {
        /// The address.
        address: String,
    },
    /// Terraform refuses an empty id.
    #[error("{address} is to be imported without an id")]
    NoId {
        /// The address.
        address: String,
    },
}

/// Writes [`IMPORTS_FILE`]: a block for each address, as Terraform prints it (`aws_subnet.private["a"]`), with its id.
///
/// # Errors
/// [`ImportsError`], when an address isn't one of ours or stands there twice, or an id is empty.
pub fn render_imports<'a>(
    imports: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<String, ImportsError> {
    let about = "What is there already and isn't in the state: made by a run that couldn't write it down.";
    let mut file = File::new(IMPORTS_FILE, about);
    let mut seen = BTreeSet::new();
    for (address, id) in imports {
        let to = reference(address).ok_or_else(|| ImportsError::NoAddress { address: address.to_owned() })?;
        if id.is_empty() {
            return Err(ImportsError::NoId { address: address.to_owned() });
        }
        if !seen.insert(address) {
            return Err(ImportsError::Twice { address: address.to_owned() });
        }
        file = file.block(Block::new("import").arg("to", to).arg("id", id.to_owned()));
    }
    Ok(file.write().1)
}

/// `type.name`, `type.name[0]` or `type.name["key"]`, with the key as HCL quotes it.
fn reference(address: &str) -> Option<Reference> {
    let (resource, key) = match address.split_once('[') {
        Some((resource, rest)) => (resource, Some(rest.strip_suffix(']')?)),
        None => (address, None),
    };
    let (kind, name) = resource.split_once('.')?;
    let kind = RESOURCE_TYPES.iter().find(|known| known.name == kind)?.name;
    let whole = Reference::variable(kind).named(Identifier::parse(name)?);
    match key {
        None => Some(whole),
        Some(key) => match key.strip_prefix('"') {
            Some(rest) => Some(whole.at(Expr::from(Text::from(unquoted(rest.strip_suffix('"')?)?)))),
            None => is_index(key).then(|| key.parse().ok()).flatten().map(|index| whole.nth(index)),
        },
    }
}

/// A number as Terraform prints it: digits, and no zero in front of others.
fn is_index(key: &str) -> bool {
    key == "0"
        || key.starts_with(|c: char| ('1'..='9').contains(&c)) && key.bytes().all(|b| b.is_ascii_digit())
}

/// The text that stands between the quotes of a key; `None` if it isn't quoted as Terraform does.
fn unquoted(key: &str) -> Option<String> {
    let mut text = String::with_capacity(key.len());
    let mut rest = key.chars();
    while let Some(next) = rest.next() {
        match next {
            '\\' => text.push(match rest.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                same @ ('"' | '\\') => same,
                _ => return None,
            }),
            '"' => return None,
            // `$${` and `%%{` stand for `${` and `%{`, which would be live.
            sign @ ('$' | '%') => {
                let after = rest.as_str();
                if after.starts_with('{') {
                    return None;
                }
                if after.starts_with(sign) && after[1..].starts_with('{') {
                    rest.next();
                    rest.next();
                    text.push(sign);
                    text.push('{');
                } else {
                    text.push(sign);
                }
            }
            other if other.is_control() => return None,
            other => text.push(other),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests;
