//! Hosts, the zone in which they stand, and their certificates.

use terrane_domain::{
    AppRuntime, Certificate, Dns, InfraModel, Key, LoadBalancerKind, OnDestroy, Route, ZoneOrigin,
};

use crate::{read, resolved, with_base};

fn model(yaml: &str) -> InfraModel {
    resolved(&read(&with_base(yaml))).model
}

fn apps(expose: &str, rest: &str) -> String {
    format!("{rest}ecs: {{}}\napps: {{ api: {{ image: nginx, port: 80, expose: {{ {expose} }} }} }}")
}

fn route(model: &InfraModel) -> Route {
    let Some(AppRuntime::Ecs(app)) = model.apps.values().next().map(|app| &app.runtime) else {
        panic!("{model:?}")
    };
    app.route.clone().unwrap_or_else(|| panic!("{app:?}"))
}

fn requested() -> Certificate {
    Certificate::RequestedFor(Key::parse("api").unwrap_or_else(|error| panic!("{error}")))
}

fn reason(yaml: &str, path: &str) -> String {
    let reasons = resolved(&read(&with_base(yaml))).reasons;
    let found = reasons.into_iter().find(|reason| reason.path == path);
    found.map(|reason| format!("{} ({})", reason.value, reason.because)).unwrap_or_default()
}

const ZONE: &str = "dns: { zone: acme.example }\n";
const ARN: &str = "arn:aws:acm:eu-west-1:222222222222:certificate/0a";

#[test]
fn a_host_in_the_zone_gets_a_record_and_a_certificate() {
    for host in ["acme.example", "api.acme.example", "a.b.acme.example"] {
        let yaml = apps(&format!("load_balancer: {{ host: {host} }}"), ZONE);
        let model = model(&yaml);
        assert_eq!((route(&model).record, route(&model).certificate), (true, Some(requested())), "{host}");
        let balancer = &model.ecs.as_ref().unwrap().load_balancers[&LoadBalancerKind::Public];
        assert_eq!(balancer.certificates, [requested()]);
        let because = "true (because the host is in dns.zone)";
        assert_eq!(reason(&yaml, "apps.api.expose.load_balancer.tls"), because);
    }
    let api = route(&model(&apps("api_gateway: { host: api.acme.example }", ZONE)));
    assert_eq!((api.record, api.certificate), (true, Some(requested())));
    assert_eq!(
        (api.load_balancer, api.host.as_deref()),
        (LoadBalancerKind::Gateway, Some("api.acme.example"))
    );
}

#[test]
fn who_brings_a_certificate_or_wants_none_is_asked_for_none() {
    let given = Some(Certificate::Given(ARN.to_owned()));
    let on_balancer = |rest: &str, zone: &str| {
        let route = route(&model(&apps(&format!("load_balancer: {{ {rest} }}"), zone)));
        (route.record, route.certificate)
    };
    let arn = format!("certificate_arn: \"{ARN}\"");
    assert_eq!(on_balancer(&format!("host: api.acme.example, {arn}"), ZONE), (true, given.clone()));
    assert_eq!(on_balancer(&format!("host: api.other.example, {arn}"), ZONE), (false, given.clone()));
    assert_eq!(on_balancer(&format!("host: api.acme.example, {arn}"), ""), (false, given.clone()));
    assert_eq!(on_balancer("host: api.acme.example, tls: false", ZONE), (true, None));
    assert_eq!(on_balancer("host: api.acme.example", ""), (false, None));
    assert_eq!(on_balancer("", ZONE), (false, None));
    let api = route(&model(&apps(&format!("api_gateway: {{ host: api.other.example, {arn} }}"), ZONE)));
    assert_eq!((api.record, api.certificate), (false, given));
}

#[test]
fn a_zone_is_looked_up_or_made() {
    let dns = |yaml: &str| model(yaml).dns.unwrap();
    let zone = || "dev.acme.example".to_owned();
    let made = |parent: Option<&str>| Dns {
        zone: zone(),
        origin: ZoneOrigin::Created { parent: parent.map(str::to_owned) },
    };
    let found = Dns { zone: zone(), origin: ZoneOrigin::Existing };
    assert_eq!(dns("dns: { zone: dev.acme.example }"), found);
    assert_eq!(dns("dns: { zone: dev.acme.example, create: true }"), made(None));
    let parent = "dns: { zone: dev.acme.example, create: true, parent: acme.example }";
    assert_eq!(dns(parent), made(Some("acme.example")));
    assert_eq!(reason("dns: { zone: acme.example }", "dns.create"), "false (default)");
}

#[test]
fn what_only_an_older_file_had_asks_for_no_certificate_any_more() {
    let older = model(&apps(
        "load_balancer: { host: api.acme.example }",
        "dns: { zone: acme.example, create: true }\n",
    ));
    for newest in ["buckets: { a: {} }", "ecs: {}"] {
        let both = model(newest).with_data_of(&older).unprotected(OnDestroy::Delete);
        assert_eq!(both.dns, older.dns, "the zone is still to be taken down");
        let balancers = both.ecs.unwrap().load_balancers;
        assert!(balancers[&LoadBalancerKind::Public].certificates.is_empty(), "nobody proves it");
    }
    let looked_up = model(&apps("load_balancer: { host: api.acme.example }", ZONE));
    assert_eq!(model("buckets: { a: {} }").with_data_of(&looked_up).dns, None, "it was never ours");
}
