//! The environment variables that Terraform gets.
//!
//! Nothing is inherited unless it is listed here. A stray `TF_CLI_ARGS` or `TF_WORKSPACE` in a
//! worker's environment would change what is planned, a `TF_LOG` would print secrets, and a worker's
//! own database password is none of a provider's business.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;

/// Passed on as they are: what any program needs, certificates and proxies.
const PASSED: &[&str] = &[
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LANG",
    "LC_ALL",
    "LOGNAME",
    "NO_PROXY",
    "PATH",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
    "TZ",
    "USER",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Passed on by their beginning: credentials and endpoints of the clouds.
const PASSED_PREFIXES: &[&str] = &["AWS_", "GOOGLE_", "CLOUDSDK_", "MONGODB_ATLAS_"];

/// Set here or nowhere; a caller can't override them.
const RESERVED: &[&str] = &[
    "CHECKPOINT_DISABLE",
    "TF_CLI_CONFIG_FILE",
    "TF_DATA_DIR",
    "TF_INPUT",
    "TF_IN_AUTOMATION",
    "TF_PLUGIN_CACHE_DIR",
    "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE",
    "TF_WORKSPACE",
];

/// The beginning of names that would add arguments to a command line.
const RESERVED_PREFIX: &str = "TF_CLI_ARGS";

/// A caller wanted to set a variable that Terrane sets itself, or that changes command lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0} is set by Terrane and can't be given")]
pub struct ReservedVariable(pub String);

/// A complete environment. Its debug output shows names only: values may be secrets.
#[derive(Clone, Default)]
pub(crate) struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// What is passed on of `inherited`, then the caller's, then ours.
    pub(crate) fn build(
        inherited: impl IntoIterator<Item = (OsString, OsString)>,
        extra: impl IntoIterator<Item = (String, String)>,
        cli_config: &Path,
    ) -> Result<Self, ReservedVariable> {
        let mut variables: BTreeMap<OsString, OsString> =
            inherited.into_iter().filter(|(name, _)| is_passed(name)).collect();
        for (name, value) in extra {
            if RESERVED.contains(&name.as_str()) || name.starts_with(RESERVED_PREFIX) {
                return Err(ReservedVariable(name));
            }
            variables.insert(name.into(), value.into());
        }
        for (name, value) in [("TF_IN_AUTOMATION", "1"), ("TF_INPUT", "0"), ("CHECKPOINT_DISABLE", "1")] {
            variables.insert(name.into(), value.into());
        }
        variables.insert("TF_CLI_CONFIG_FILE".into(), cli_config.into());
        Ok(Self(variables))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        self.0.iter()
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

fn is_passed(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| {
        PASSED.contains(&name) || PASSED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs<T: From<&'static str>>(pairs: &[(&'static str, &'static str)]) -> Vec<(T, T)> {
        pairs.iter().map(|&(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn only_listed_variables_are_inherited() {
        let inherited = pairs(&[
            ("PATH", "/bin"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("MONGODB_ATLAS_PUBLIC_KEY", "abcdefgh"),
            ("TF_LOG", "TRACE"),
            ("TF_CLI_ARGS_plan", "-target=x"),
            ("TF_WORKSPACE", "other"),
            ("DATABASE_URL", "postgres://secret"),
        ]);
        let environment =
            Environment::build(inherited, pairs(&[("TF_VAR_region", "x")]), Path::new("/a/cli.tfrc"))
                .unwrap();
        let names: Vec<_> = environment.iter().map(|(name, _)| name.to_str().unwrap()).collect();
        assert_eq!(
            names,
            [
                "AWS_ENDPOINT_URL",
                "CHECKPOINT_DISABLE",
                "MONGODB_ATLAS_PUBLIC_KEY",
                "PATH",
                "TF_CLI_CONFIG_FILE",
                "TF_INPUT",
                "TF_IN_AUTOMATION",
                "TF_VAR_region"
            ]
        );
    }

    #[test]
    fn a_caller_cannot_change_what_terrane_sets() {
        for name in ["TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "TF_CLI_ARGS", "TF_CLI_ARGS_apply"] {
            let refused = Environment::build([], [(name.to_owned(), String::new())], Path::new("/x"));
            assert_eq!(refused.unwrap_err(), ReservedVariable(name.to_owned()));
        }
    }

    #[test]
    fn debug_output_shows_no_values() {
        let extra = [("AWS_SECRET_ACCESS_KEY".to_owned(), "hush".to_owned())];
        let environment = Environment::build([], extra, Path::new("/x")).unwrap();
        let shown = format!("{environment:?}");
        assert!(shown.contains("AWS_SECRET_ACCESS_KEY") && !shown.contains("hush"), "{shown}");
    }
}
