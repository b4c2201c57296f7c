//! The examples of the repository.

use std::{fs, io, path::Path};

/// One of `examples/*.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Its file's name without the extension.
    pub name: String,
    /// The file.
    pub text: String,
}

/// All of `examples/*.yaml`, by name.
///
/// # Errors
/// When the directory can't be read: the crate was taken out of its repository.
pub fn examples() -> io::Result<Vec<Example>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut examples = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            examples.push(Example { name, text: fs::read_to_string(&path)? });
        }
    }
    examples.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(examples)
}
