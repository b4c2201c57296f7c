//! Outputs for people and for shell scripts.

use serde_json::{Map, Value};

use super::{
    Palette,
    table::{Cell, Table},
};

/// One line per output.
pub fn outputs_table(outputs: &Map<String, Value>, palette: Palette) -> String {
    let mut table = Table::bare();
    for (name, output) in outputs {
        table.row([Cell::new(name), Cell::new(output_text(output))]);
    }
    table.text(palette)
}

/// The bare value of an output: text as it is, everything else as JSON.
pub fn output_text(output: &Value) -> String {
    match value(output) {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Terraform wraps values as `{"value": …, "type": …, "sensitive": …}`.
fn value(output: &Value) -> &Value {
    match output {
        Value::Object(fields) if fields.contains_key("sensitive") => {
            fields.get("value").unwrap_or(&Value::Null)
        }
        bare => bare,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_shown_bare_whether_terraform_wrapped_it_or_not() {
        assert_eq!(output_text(&json!("vpc-1")), "vpc-1");
        assert_eq!(output_text(&json!({"value": "vpc-1", "type": "string", "sensitive": false})), "vpc-1");
        assert_eq!(output_text(&json!({"value": ["a"], "sensitive": false})), r#"["a"]"#);
        assert_eq!(output_text(&json!({"a": {"value": 1}})), r#"{"a":{"value":1}}"#);
    }
}
