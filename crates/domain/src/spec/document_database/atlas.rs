//! `document_database.atlas`: what only MongoDB Atlas has.
//!
//! The key with which Terraform talks to Atlas is no part of the file: it comes from the environment of whoever runs
//! Terraform, as `MONGODB_ATLAS_PUBLIC_KEY` and `MONGODB_ATLAS_PRIVATE_KEY`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Key, facts,
    spec::{
        decode::Value,
        problem::{any_of, quoted},
        reading::word,
        rules,
        words::words,
    },
};

/// What only MongoDB Atlas has. `project_id` or `org_id` is needed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AtlasSpec {
    /// An Atlas project that exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9a-f]{24}$"))]
    pub project_id: Option<String>,
    /// The Atlas organisation in which a project of the environment's own is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9a-f]{24}$"))]
    pub org_id: Option<String>,
    /// The exact size, in place of `size`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::ATLAS_INSTANCE_SIZES))]
    pub instance_size: Option<String>,
    /// The database that apps may read and write, and no other; `app` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[A-Za-z][A-Za-z0-9_-]{0,62}$"))]
    pub database: Option<String>,
    /// Principals of IAM that log in beside the apps that refer to the database.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub users: BTreeMap<Key, AtlasUserSpec>,
}

/// A principal of IAM that may log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AtlasUserSpec {
    /// ARN of a role or a user, for example `arn:aws:iam::222222222222:role/Reporting`.
    #[schemars(regex(pattern = r"^arn:aws:iam::[0-9]{12}:(role|user)/.+$"))]
    pub principal: String,
    /// What it may do with the database; `read` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<AtlasAccess>,
}

words! {
    /// What somebody may do with the one database.
    AtlasAccess {
        /// Read it.
        Read => "read",
        /// Read and write it.
        ReadWrite => "read_write",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<AtlasSpec> {
    let f = value.fields()?;
    let section = AtlasSpec {
        project_id: f.get("project_id", id),
        org_id: f.get("org_id", id),
        instance_size: f.get("instance_size", instance_size),
        database: f.get("database", database),
        users: f.named("users", user),
    };
    f.close();
    match (f.has("project_id"), f.has("org_id")) {
        (true, false) | (false, true) => Some(section),
        (true, true) => value.reject("takes project_id or org_id; keep one"),
        (false, false) => value.reject(
            "needs project_id, a project that exists, or org_id, the organisation in which one is made",
        ),
    }
}

/// Source: Atlas Administration API, `groupId` and `orgId`.
fn id(value: &Value<'_>) -> Option<String> {
    let text = value.text("an id of 24 hexadecimal digits")?;
    if text.len() == 24 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Some(text.to_owned());
    }
    value.reject(format!("{} is not an id of Atlas; expected 24 of 0-9 and a-f", quoted(text)))
}

fn instance_size(value: &Value<'_>) -> Option<String> {
    let known = facts::ATLAS_INSTANCE_SIZES;
    let text = value.text("a size such as M10")?;
    if known.contains(&text) {
        return Some(text.to_owned());
    }
    value.reject(format!("unknown size {}; expected {}", quoted(text), any_of(known.iter().copied())))
}

/// Names that need no escaping in a connection string, and are none of MongoDB's own.
/// Source: MongoDB manual, "MongoDB Limits and Thresholds", "Naming Restrictions".
fn database(value: &Value<'_>) -> Option<String> {
    let text = value.text("the name of a database")?;
    let well_formed = (1..=63).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    let reserved = ["admin", "config", "local"].iter().any(|name| text.eq_ignore_ascii_case(name));
    match (well_formed, reserved) {
        (true, false) => Some(text.to_owned()),
        (true, true) => value.reject(format!("{} is MongoDB's own; choose another", quoted(text))),
        (false, _) => value.reject(format!(
            "{} is not the name of a database; use 1 to 63 of a-z, A-Z, 0-9, _ and -, starting with a letter",
            quoted(text)
        )),
    }
}

fn user(value: &Value<'_>) -> Option<AtlasUserSpec> {
    let f = value.fields()?;
    let principal =
        f.required("principal", "\"arn:aws:iam::222222222222:role/Reporting\"", rules::principal_arn);
    let access = f.get("access", word);
    f.close();
    Some(AtlasUserSpec { principal: principal?, access })
}
