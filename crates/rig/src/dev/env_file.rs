//! `.dev/env`: settings for scripts, read with `set -a; . .dev/env`.

use std::collections::BTreeMap;

/// The settings as shell assignments, each value in single quotes.
pub(crate) fn write(settings: &BTreeMap<String, String>) -> String {
    let mut text = String::from("# Written by `terrane-rig up`; gone after `terrane-rig down`.\n");
    for (name, value) in settings {
        text.push_str(&format!("{name}='{}'\n", value.replace('\'', r"'\''")));
    }
    text
}

/// The value of one setting in a text that [`write`] made.
pub(crate) fn read(text: &str, name: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
    Some(value.strip_prefix('\'')?.strip_suffix('\'')?.replace(r"'\''", "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_exactly_what_was_written() {
        let nasty = r#"{"key":["it's"]} $HOME `id` \ "x" *"#;
        let settings = BTreeMap::from([("API_KEYS_JSON".to_owned(), nasty.to_owned())]);
        let text = write(&settings);
        assert_eq!(read(&text, "API_KEYS_JSON").as_deref(), Some(nasty));
        assert_eq!(read(&text, "API_KEYS"), None);

        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let shell = std::process::Command::new("sh")
            .arg("-c")
            .arg(r#"set -a; . "$1"; printenv API_KEYS_JSON"#)
            .arg("sh")
            .arg(file.path())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(shell.stdout).unwrap().trim_end(), nasty);
    }
}
