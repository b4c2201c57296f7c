//! The document that is generated from the routes.

use std::collections::BTreeSet;

use serde_json::Value;

fn document() -> Value {
    serde_json::to_value(terrane_api::openapi_document()).unwrap()
}

/// A change of this snapshot is a change of what callers rely on.
#[test]
fn the_document_is_what_callers_were_promised() {
    insta::assert_json_snapshot!(document());
}

#[test]
fn every_route_of_the_design_is_there() {
    let document = document();
    let routes: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |m| format!("{} {path}", m.to_uppercase()))
        })
        .collect();
    let promised: BTreeSet<String> = [
        "DELETE /api/v1/environments/{id}",
        "GET /api/v1/environments",
        "GET /api/v1/environments/{id}",
        "GET /api/v1/environments/{id}/operations",
        "GET /api/v1/environments/{id}/outputs",
        "GET /api/v1/health",
        "GET /api/v1/openapi.json",
        "GET /api/v1/operations/{id}",
        "GET /api/v1/operations/{id}/logs",
        "GET /api/v1/operations/{id}/plan",
        "GET /api/v1/operations/{id}/steps",
        "GET /api/v1/schema",
        "GET /healthz",
        "GET /openapi.json",
        "GET /readyz",
        "POST /api/generate",
        "POST /api/v1/environments",
        "POST /api/v1/operations/{id}/approve",
        "POST /api/v1/operations/{id}/cancel",
        "POST /api/v1/operations/{id}/discard",
        "POST /api/v1/operations/{id}/retry",
        "POST /api/v1/render",
        "POST /api/v1/validate",
        "PUT /api/v1/environments/{id}",
    ]
    .map(str::to_owned)
    .into();
    assert_eq!(routes, promised);
}

#[test]
fn every_keyed_route_documents_its_problems_and_every_reference_leads_somewhere() {
    let document = document();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["summary"].is_string(), "{method} {path} has no summary");
            if operation.get("security").is_some() {
                let responses = operation["responses"].as_object().unwrap();
                for status in ["400", "401", "500"] {
                    let media = responses[status]["content"].as_object().unwrap();
                    assert!(media.contains_key("application/problem+json"), "{method} {path} {status}");
                }
            }
        }
    }
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                references.insert(reference.clone());
            }
            map.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}
