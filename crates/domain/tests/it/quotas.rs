//! How many apps one load balancer has room for.

use crate::{problems, with_base};

/// So many apps that are exposed alike, each under a host of its own.
fn apps(count: usize, expose: &str, rest: &str) -> String {
    let app = |number: usize| {
        let expose = expose.replace("HOST", &format!("a{number}.acme.example"));
        format!("  a{number}: {{ image: nginx, port: 80, expose: {{ {expose} }}{rest} }}\n")
    };
    let apps: String = (1..=count).map(app).collect();
    with_base(&format!("dns: {{ zone: acme.example }}\necs: {{}}\napps:\n{apps}"))
}

fn told(yaml: &str) -> Vec<String> {
    problems(yaml).into_iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
}

const REMEDY: &str = "so put some on another kind of load balancer, or into another environment";

#[test]
fn a_load_balancer_has_room_for_as_many_apps_as_its_security_group_has_rules() {
    for (expose, kind) in [
        ("load_balancer: { host: HOST, tls: false }", "public"),
        ("load_balancer: { host: HOST, tls: false, internal: true }", "internal"),
        ("api_gateway: {}", "gateway"),
    ] {
        assert_eq!(told(&apps(60, expose, "")), [""; 0], "{kind}");
        let rules = format!(
            "apps: those on the {kind} load balancer need 61 rules of its security group, one for each app; AWS gives it 60, \
             {REMEDY}"
        );
        assert_eq!(told(&apps(61, expose, "")), [rules]);
    }
}

#[test]
fn an_app_that_is_deployed_blue_green_takes_two_target_groups() {
    let blue_green =
        |count| apps(count, "load_balancer: { host: HOST, tls: false }", ", deploy: { blue_green: {} }");
    assert_eq!(told(&blue_green(50)), [""; 0]);
    let groups = format!(
        "apps: those on the public load balancer need 102 target groups, two for each app that is blue_green; AWS gives it \
         100, {REMEDY}"
    );
    assert_eq!(told(&blue_green(51)), [groups]);
}

#[test]
fn a_listener_has_room_for_so_many_certificates() {
    let with_tls = |count| apps(count, "load_balancer: { host: HOST }", "");
    assert_eq!(told(&with_tls(26)), [""; 0]);
    let certificates =
        format!("apps: those on the public load balancer need 27 certificates; AWS gives it 26, {REMEDY}");
    assert_eq!(told(&with_tls(27)), [certificates]);
}
