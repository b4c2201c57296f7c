//! How results look: the three formats, tables, and the words for times and colours. No I/O.

mod environment;
mod failure;
mod inventory;
mod operation;
mod outputs;
mod palette;
mod plan;
mod reasons;
mod table;
mod text;

use serde_json::Value;

pub use environment::{environment_details, environment_table};
pub use failure::failure_lines;
pub use inventory::inventory_lines;
pub use operation::{operation_error, operation_table};
pub use outputs::{output_text, outputs_table};
pub use palette::{Colour, Palette};
pub use plan::{destroyed_lines, plan_lines};
pub use reasons::reasons_table;
pub use text::{age, duration, log_line, plain};

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum OutputFormat {
    /// For people
    #[default]
    Table,
    /// For programs: what the API answered
    Json,
    /// The same as YAML
    Yaml,
}

/// A result as the format has it; `table` is only called for people. Ends without a newline.
pub fn document(format: OutputFormat, json: &Value, table: impl FnOnce() -> String) -> String {
    match format {
        OutputFormat::Table => table(),
        // `Value` has string keys only and YAML takes any of it: both writers can't fail on one.
        OutputFormat::Json => serde_json::to_string_pretty(json).unwrap_or_default(),
        OutputFormat::Yaml => {
            serde_saphyr::to_string(json).map(|yaml| yaml.trim_end().to_owned()).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use terrane_domain::{Format, parse};

    use super::*;

    #[test]
    fn each_format_writes_the_same_thing() {
        let value =
            json!({"name": "a", "n": 1, "none": null, "list": [{"x": "1"}, []], "text": "yes", "map": {}});
        assert_eq!(document(OutputFormat::Table, &value, || "table".into()), "table");
        let json = document(OutputFormat::Json, &value, String::new);
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), value);
        insta::assert_snapshot!(document(OutputFormat::Yaml, &value, String::new), @r#"
        name: a
        "n": 1
        none: null
        list:
        - x: "1"
        - []
        text: "yes"
        map: {}
        "#);
    }

    #[test]
    fn a_spec_survives_the_yaml_writer() {
        let file = r#"
name: dev
cloud: { region: eu-west-1, account_id: "012345678901" }
tags: { odd: "no", number: "1e3", hex: "0x1f", date: "2026-01-02", colon: "a: b", at: "@x", dash: "- x", none: "null", empty: "" }
databases: { main: { version: "17" } }
"#;
        let spec = parse(file.as_bytes(), Format::Yaml).unwrap();
        let yaml = document(OutputFormat::Yaml, &spec.to_json(), String::new);
        assert_eq!(parse(yaml.as_bytes(), Format::Yaml).unwrap(), spec, "{yaml}");
    }
}
