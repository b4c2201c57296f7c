//! API keys: which tenants the bearer of a key may act for.
//!
//! WHY digests: the ring keeps SHA-256 digests only, so neither a debug print nor a core dump of the running process
//! shows a key, and comparing digests of equal length without an early exit tells a caller nothing by its timing.
//! Keys are long and random, so a plain hash is enough; they are not passwords.

use std::{collections::BTreeMap, fmt, hint::black_box};

use sha2::{Digest, Sha256};

/// Name of a tenant: 1 to 63 of a-z, 0-9 and `-`, starting with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantName(String);

/// All keys of the process.
pub struct KeyRing(Vec<Entry>);

struct Entry {
    digest: [u8; 32],
    tenants: Vec<TenantName>,
}

/// Why a set of keys was refused. No variant repeats a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// Not an object of lists of names.
    #[error("it is not JSON of the form {{\"<key>\": [\"<tenant>\"]}} (line {line}, column {column})")]
    Malformed {
        /// Line of the value, from 1.
        line: usize,
        /// Column in that line.
        column: usize,
    },
    /// No key at all.
    #[error("it holds no key, so nobody could call")]
    Empty,
    /// A key that can't be sent in a header, or is too easily guessed.
    #[error("key number {0} must be {min} to {max} visible ASCII characters", min = KeyRing::MIN_KEY, max = KeyRing::MAX_KEY)]
    Key(usize),
    /// A key that opens nothing.
    #[error("key number {0} names no tenant")]
    NoTenant(usize),
    /// A tenant's name that isn't one.
    #[error("tenant {0:?} must be 1 to 63 of a-z, 0-9 and -, starting with a letter")]
    Tenant(String),
}

impl TenantName {
    /// Checks a name.
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed = (1..=63).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl KeyRing {
    /// Shortest key. Low enough for `key_admin` in a demo; a real key has 32 random bytes.
    pub const MIN_KEY: usize = 8;
    /// Longest key.
    pub const MAX_KEY: usize = 256;

    /// Reads `{"<key>": ["<tenant>", …]}`.
    pub fn from_json(json: &str) -> Result<Self, KeyRingError> {
        // serde_json's own message may quote what it read: a key.
        let keys: BTreeMap<String, Vec<String>> = serde_json::from_str(json)
            .map_err(|error| KeyRingError::Malformed { line: error.line(), column: error.column() })?;
        if keys.is_empty() {
            return Err(KeyRingError::Empty);
        }
        let entries = keys.iter().enumerate().map(|(index, (key, tenants))| entry(index + 1, key, tenants));
        entries.collect::<Result<_, _>>().map(Self)
    }

    /// The tenants that this key may act for; `None` if nobody knows it.
    pub fn tenants_of(&self, key: &str) -> Option<&[TenantName]> {
        let digest = digest(key);
        // Looks at every entry, whether one matched or not.
        self.0.iter().fold(None, |found, entry| {
            if same(&entry.digest, &digest) { Some(entry.tenants.as_slice()) } else { found }
        })
    }

    /// Every tenant that some key names, once.
    pub fn tenants(&self) -> Vec<TenantName> {
        let mut names: Vec<_> = self.0.iter().flat_map(|entry| entry.tenants.iter().cloned()).collect();
        names.sort();
        names.dedup();
        names
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("keys", &self.0.len()).field("tenants", &self.tenants()).finish()
    }
}

fn entry(number: usize, key: &str, tenants: &[String]) -> Result<Entry, KeyRingError> {
    let usable = (KeyRing::MIN_KEY..=KeyRing::MAX_KEY).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_graphic());
    if !usable {
        return Err(KeyRingError::Key(number));
    }
    if tenants.is_empty() {
        return Err(KeyRingError::NoTenant(number));
    }
    let tenants = tenants
        .iter()
        .map(|name| {
            TenantName::parse(name).ok_or_else(|| KeyRingError::Tenant(name.chars().take(64).collect()))
        })
        .collect::<Result<_, _>>()?;
    Ok(Entry { digest: digest(key), tenants })
}

fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

fn same(left: &[u8; 32], right: &[u8; 32]) -> bool {
    let difference = left.iter().zip(right).fold(0_u8, |sum, (a, b)| sum | (a ^ b));
    black_box(difference) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_its_own_tenants_and_no_others() {
        let ring = KeyRing::from_json(r#"{"key_admin":["acme","globex"],"key_other":["initech"]}"#).unwrap();
        let names =
            |key| ring.tenants_of(key).map(|all| all.iter().map(TenantName::as_str).collect::<Vec<_>>());
        assert_eq!(names("key_admin"), Some(vec!["acme", "globex"]));
        assert_eq!(names("key_other"), Some(vec!["initech"]));
        for stranger in ["", "key_admi", "key_admin ", "KEY_ADMIN"] {
            assert_eq!(names(stranger), None, "{stranger:?}");
        }
    }

    #[test]
    fn unusable_keys_are_refused_without_repeating_them() {
        let refused = |json: &str| KeyRing::from_json(json).unwrap_err().to_string();
        assert_eq!(refused("{}"), "it holds no key, so nobody could call");
        assert_eq!(
            refused(r#"{"secret-key": 7}"#),
            r#"it is not JSON of the form {"<key>": ["<tenant>"]} (line 1, column 16)"#
        );
        assert_eq!(refused(r#"{"secret-key": []}"#), "key number 1 names no tenant");
        assert_eq!(
            refused(r#"{"short": ["acme"]}"#),
            "key number 1 must be 8 to 256 visible ASCII characters"
        );
        assert_eq!(
            refused(r#"{"with a space": ["acme"]}"#),
            "key number 1 must be 8 to 256 visible ASCII characters"
        );
        assert_eq!(
            refused(r#"{"secret-key": ["Acme Corp"]}"#),
            r#"tenant "Acme Corp" must be 1 to 63 of a-z, 0-9 and -, starting with a letter"#
        );
    }

    #[test]
    fn a_debug_print_shows_no_key() {
        let ring = KeyRing::from_json(r#"{"key_admin":["acme"]}"#).unwrap();
        assert_eq!(format!("{ring:?}"), r#"KeyRing { keys: 1, tenants: [TenantName("acme")] }"#);
    }
}
