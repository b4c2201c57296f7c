//! The environment file from the outside: what is refused and how that reads, what is accepted and what it becomes.

mod apps;
mod bad_specs;
mod destroying;
mod examples;
mod hostile_input;
mod names_of_apps;
mod near_misses;
mod networks;
mod observability;
mod pods;
mod properties;
mod quotas;
mod reasons;
mod schema;
mod texts;

use terrane_domain::{
    EnvironmentSpec, Format, MadeVpc, Network, Pins, Problem, ResolveContext, Resolved, Vpc, parse, resolve,
};

/// A valid beginning, to which a test adds the section that it is about.
const BASE: &str = "name: dev-anna\ncloud: { region: eu-west-1 }\n";

fn with_base(rest: &str) -> String {
    format!("{BASE}{rest}")
}

fn read(yaml: &str) -> EnvironmentSpec {
    parse(yaml.as_bytes(), Format::Yaml).unwrap_or_else(|problems| panic!("{problems}\n---\n{yaml}"))
}

fn problems(yaml: &str) -> Vec<Problem> {
    match parse(yaml.as_bytes(), Format::Yaml) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.into_iter().collect(),
    }
}

fn pins() -> Pins {
    Pins { blueprint: 1, aws_provider: "5.100.0".to_owned() }
}

fn resolved(spec: &EnvironmentSpec) -> Resolved {
    resolve(spec, &ResolveContext::preview(spec, pins())).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The VPC of an environment that has one of its own.
fn made(network: Option<Network>) -> MadeVpc {
    match network.map(|network| network.vpc) {
        Some(Vpc::Made(vpc)) => vpc,
        other => panic!("{other:?}"),
    }
}
