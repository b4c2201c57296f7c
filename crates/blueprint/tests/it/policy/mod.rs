//! What must hold of everything that is rendered, whatever the file says: rules over the unfolded objects of each
//! example and of 500 random valid specs.
//!
//! A rule is a function from a module to what it finds. It knows resource types of the whole catalogue, also those that
//! no block renders yet, and where it can't tell, it finds: a new block shows that it keeps the rule, or the rule learns
//! how to see it. Each rule has a small module beside it that breaks it.

mod encryption;
mod exposure;
mod hygiene;
mod iam;
mod ignored;
mod names;
mod secrets;

use std::collections::BTreeMap;

use crate::{
    corpus,
    unfolded::{Module, module},
};

type Rule = fn(&Module) -> Vec<String>;

const RULES: &[(&str, Rule)] = &[
    ("nothing is open to everybody but 80 and 443 of a public load balancer", exposure::ingress),
    ("no database, cache or node is public", exposure::public),
    ("apps and clusters come into stores by their security groups", exposure::doors),
    ("no wildcard action on a wildcard resource", iam::wildcards),
    ("records are written in zones that are named", iam::zones),
    ("no managed policy that allows everything", iam::managed),
    ("every store is encrypted", encryption::stores),
    ("no literal is a password, a token or a secret", secrets::literals),
    ("everything that can be tagged is", hygiene::tags),
    ("machines that are launched are tagged", hygiene::tags_of_machines),
    ("every log group forgets", hygiene::retention),
    ("instances ask for a session token", hygiene::imds),
    ("names keep to their service's length and alphabet", names::names),
];

#[test]
fn every_example_and_every_random_spec_keeps_every_rule() {
    let mut broken: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
    let mut objects = 0;
    for case in corpus::valid() {
        let module = module(case.files.iter());
        objects += module.objects.len();
        for (name, rule) in RULES {
            for finding in rule(&module) {
                broken.entry((name, finding)).or_default().push(&case.name);
            }
        }
    }
    corpus::tell(&format!("the policy looks at {objects} objects of {} modules", corpus::valid().count()));
    let list = broken.iter().map(|((rule, finding), cases)| {
        format!("{rule}: {finding} (in {} modules, first {})", cases.len(), cases[0])
    });
    let list: Vec<String> = list.collect();
    assert!(list.is_empty(), "{} findings:\n{}", list.len(), list.join("\n"));
}

/// Fails unless the rule finds something in the module, and this is said about it.
fn caught(rule: Rule, text: &str, said: &str) {
    let findings = rule(&module([("broken.tf", text)]));
    assert!(findings.iter().any(|finding| finding.contains(said)), "{findings:?} in\n{text}");
}

/// Fails if the rule finds anything in the module.
fn passes(rule: Rule, text: &str) {
    let findings = rule(&module([("sound.tf", text)]));
    assert!(findings.is_empty(), "{findings:?} in\n{text}");
}
