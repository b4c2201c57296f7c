//! Reading an environment file.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use terrane_domain::{EnvironmentSpec, Format, MAX_SPEC_BYTES, parse};

use crate::failure::{Failure, FileName};

/// A file that is well formed.
#[derive(Debug)]
pub struct SpecFile {
    /// What it is called in messages.
    pub name: FileName,
    /// Byte for byte.
    pub bytes: Vec<u8>,
    /// What it is written in.
    pub format: Format,
    /// What it says.
    pub spec: EnvironmentSpec,
}

impl SpecFile {
    /// Reads a file, or stdin for `-`, and checks it.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let (name, bytes) = if path == Path::new("-") {
            (
                "<stdin>".to_owned(),
                read_limited(io::stdin().lock()).map_err(Failure::file("cannot read", "<stdin>"))?,
            )
        } else {
            let bytes =
                File::open(path).and_then(read_limited).map_err(Failure::file("cannot read", path))?;
            (path.display().to_string(), bytes)
        };
        let name = FileName(name);
        let format = format_of(path);
        match parse(&bytes, format) {
            Ok(spec) => Ok(Self { name, bytes, format, spec }),
            Err(problems) => Err(Failure::InvalidFile { file: name, problems }),
        }
    }
}

fn format_of(path: &Path) -> Format {
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    if is_json { Format::Json } else { Format::Yaml }
}

/// No more than it takes to see that it is too much: `/dev/zero` must not fill the memory.
fn read_limited(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAX_SPEC_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
