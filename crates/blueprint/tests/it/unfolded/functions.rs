//! The functions of Terraform that rendered files call.

use hcl::{Map, Value, eval::FuncArgs};

use super::plain;

type Function = fn(FuncArgs) -> Result<Value, String>;

macro_rules! functions {
    ($($name:literal),+) => {
        /// Each by its name.
        pub(super) const FUNCTIONS: &[(&str, Function)] =
            &[$(($name, |arguments| apply($name, &arguments.into_values()).ok_or_else(|| $name.to_owned()))),+];
    };
}

functions![
    "merge",
    "concat",
    "toset",
    "tolist",
    "tostring",
    "values",
    "keys",
    "one",
    "length",
    "jsonencode",
    "sort",
    "distinct",
    "compact",
    "flatten",
    "coalesce",
    "lower",
    "contains",
    "join"
];

/// What a function gives for values; `None` for values that it doesn't take.
pub(super) fn apply(name: &str, arguments: &[Value]) -> Option<Value> {
    let first = arguments.first()?;
    let lists = || arguments.iter().map(|list| list.as_array().cloned()).collect::<Option<Vec<_>>>();
    Some(match name {
        "merge" => {
            let maps = arguments.iter().map(|map| map.as_object().cloned()).collect::<Option<Vec<_>>>()?;
            Value::Object(maps.into_iter().flatten().collect())
        }
        "concat" => lists()?.into_iter().flatten().collect(),
        "toset" | "tolist" | "sort" | "distinct" => Value::Array(first.as_array()?.clone()),
        "compact" => first
            .as_array()?
            .iter()
            .filter(|item| !item.is_null() && item.as_str() != Some(""))
            .cloned()
            .collect(),
        "flatten" => first
            .as_array()?
            .iter()
            .flat_map(|item| item.as_array().cloned().unwrap_or_else(|| vec![item.clone()]))
            .collect(),
        "coalesce" => arguments.iter().find(|value| !value.is_null())?.clone(),
        "tostring" => Value::from(plain(first)),
        "lower" => Value::from(first.as_str()?.to_lowercase()),
        "values" => first.as_object()?.values().cloned().collect(),
        "keys" => first.as_object()?.keys().cloned().collect(),
        "one" => first.as_array()?.first().cloned().unwrap_or(Value::Null),
        "length" => Value::from(first.as_array().map(Vec::len).or_else(|| first.as_object().map(Map::len))?),
        "contains" => Value::Bool(first.as_array()?.contains(arguments.get(1)?)),
        "join" => Value::from(
            arguments.get(1)?.as_array()?.iter().map(plain).collect::<Vec<_>>().join(first.as_str()?),
        ),
        // Rules look at what is in the document.
        "jsonencode" => first.clone(),
        _ => return None,
    })
}
