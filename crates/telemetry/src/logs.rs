//! Log set-up from the environment.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `TERRANE_LOG` | filter, as `tracing_subscriber::EnvFilter` reads it (`info,terrane_engine=debug`) | `info` |
//! | `TERRANE_LOG_FORMAT` | `json` or `text` | `json` |

use std::io;

use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan, layer::SubscriberExt, util::SubscriberInitExt};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For a person at a terminal.
    Text,
}

/// What is logged and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// An `EnvFilter` directive list.
    pub filter: String,
    /// The form of each line.
    pub format: LogFormat,
}

/// Why log settings were refused.
#[derive(Debug, thiserror::Error)]
pub enum LogSettingsError {
    /// `TERRANE_LOG_FORMAT` holds another word.
    #[error("TERRANE_LOG_FORMAT: unknown format {0:?}; expected json or text")]
    Format(String),
    /// `TERRANE_LOG` is not a filter.
    #[error("TERRANE_LOG: not a log filter; write for example info or info,terrane_engine=debug")]
    Filter(#[source] tracing_subscriber::filter::ParseError),
    /// A subscriber was set before.
    #[error("logging was set up twice")]
    Twice(#[source] tracing_subscriber::util::TryInitError),
}

impl LogSettings {
    /// Reads the variables through `lookup`, which is [`std::env::var`] outside tests.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, LogSettingsError> {
        let format = match lookup("TERRANE_LOG_FORMAT").as_deref() {
            None | Some("" | "json") => LogFormat::Json,
            Some("text") => LogFormat::Text,
            Some(other) => return Err(LogSettingsError::Format(other.to_owned())),
        };
        let filter =
            lookup("TERRANE_LOG").filter(|text| !text.is_empty()).unwrap_or_else(|| "info".to_owned());
        EnvFilter::try_new(&filter).map_err(LogSettingsError::Filter)?;
        Ok(Self { filter, format })
    }

    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, LogSettingsError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }
}

/// Sets the process's subscriber; lines go to standard error, so that standard output stays a program's own.
pub fn init_logs(settings: &LogSettings) -> Result<(), LogSettingsError> {
    let filter = EnvFilter::try_new(&settings.filter).map_err(LogSettingsError::Filter)?;
    let registry = tracing_subscriber::registry().with(filter);
    match settings.format {
        LogFormat::Json => registry
            .with(
                tracing_subscriber::fmt::layer()
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_span_list(false)
                    .with_span_events(FmtSpan::NONE)
                    .with_writer(io::stderr),
            )
            .try_init(),
        LogFormat::Text => registry
            .with(tracing_subscriber::fmt::layer().with_target(false).with_writer(io::stderr))
            .try_init(),
    }
    .map_err(LogSettingsError::Twice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<LogSettings, LogSettingsError> {
        LogSettings::from_lookup(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn without_variables_logs_are_json_at_info() {
        assert_eq!(read(&[]).unwrap(), LogSettings { filter: "info".into(), format: LogFormat::Json });
    }

    #[test]
    fn a_wrong_word_is_named_with_its_variable() {
        let error = read(&[("TERRANE_LOG_FORMAT", "xml")]).unwrap_err().to_string();
        assert_eq!(error, "TERRANE_LOG_FORMAT: unknown format \"xml\"; expected json or text");
        assert!(read(&[("TERRANE_LOG", "a=b=c")]).unwrap_err().to_string().starts_with("TERRANE_LOG:"));
    }
}
