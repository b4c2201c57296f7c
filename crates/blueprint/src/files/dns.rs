//! `dns.tf`: the zone, certificates that prove themselves in it, and the records of apps.
//!
//! WHY a certificate for each host and not one for all: a certificate can't get another name, so one more app would
//! replace what every other app is served with.

use terrane_domain::{Certificate, Dns, InfraModel, Key, LoadBalancerKind, Route, ZoneOrigin};

use super::{api_gateway, apps, kubernetes, load_balancers::LOAD_BALANCER, part::Part};
use crate::{
    hcl::{Block, Expr, File, For, Object, Reference, Resource, each_key, each_value, local, template},
    render::RenderError,
};

const ZONE: Resource = Resource::one("aws_route53_zone", "main");
const FOUND_ZONE: Resource = Resource::data("aws_route53_zone", "main");
const PARENT: Resource = Resource::data("aws_route53_zone", "parent");
const DELEGATION: Resource = Resource::one("aws_route53_record", "delegation");
const CERTIFICATE: Resource = Resource::per_key("aws_acm_certificate", "app");
const PROOF: Resource = Resource::per_key("aws_route53_record", "certificate");
const ISSUED: Resource = Resource::per_key("aws_acm_certificate_validation", "app");
const BALANCER_RECORD: Resource = Resource::per_key("aws_route53_record", "app");
const API_RECORD: Resource = Resource::per_key("aws_route53_record", "api");

/// Seconds. As long as a wrong value stays.
const PROOF_TTL: u16 = 60;
const DELEGATION_TTL: u16 = 300;

/// The ARN of a certificate, once it is issued.
pub(super) fn certificate_arn(certificate: &Certificate) -> Expr {
    match certificate {
        Certificate::Given(arn) => arn.into(),
        Certificate::RequestedFor(app) => ISSUED.at(app, "certificate_arn"),
    }
}

/// The apps with a host, and how they are reached.
fn hosts(model: &InfraModel) -> impl Iterator<Item = (&Key, &String, &Route)> {
    apps::on_ecs(model).filter_map(|(key, _, ecs)| {
        let route = ecs.route.as_ref()?;
        Some((key, route.host.as_ref()?, route))
    })
}

/// What asks for a zone or a certificate has to have one.
pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    let is_requested = |certificate: &Certificate| matches!(certificate, Certificate::RequestedFor(_));
    let nothing = |key: &Key, what: &str| {
        Err(RenderError::NothingThere { path: format!("apps.{key}"), what: what.to_owned() })
    };
    for (key, _, route) in hosts(model) {
        let requests = route.certificate.as_ref().is_some_and(is_requested);
        if model.dns.is_none() && (route.record || requests) {
            return nothing(key, "a zone");
        }
        if route.load_balancer == LoadBalancerKind::Gateway && route.certificate.is_none() {
            return nothing(key, "a certificate");
        }
    }
    let balancers = model.ecs.iter().flat_map(|ecs| ecs.load_balancers.values());
    for certificate in balancers.flat_map(|balancer| &balancer.certificates) {
        let Certificate::RequestedFor(app) = certificate else { continue };
        if !hosts(model).any(|(_, _, route)| route.certificate.as_ref() == Some(certificate)) {
            return nothing(app, "a certificate");
        }
    }
    Ok(())
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let dns = model.dns.as_ref()?;
    let requested = hosts(model)
        .filter(|(_, _, route)| matches!(route.certificate, Some(Certificate::RequestedFor(_))))
        .fold(None, |object: Option<Object>, (key, host, _)| {
            Some(object.unwrap_or_default().entry(key, host))
        });
    let records = hosts(model).filter(|(_, _, route)| route.record);
    let records = records.fold(None, |object: Option<Object>, (key, host, route)| {
        let record = Object::new().field("name", host).field("load_balancer", route.load_balancer.as_str());
        Some(object.unwrap_or_default().entry(key, record))
    });
    let about = "The zone in which the names of the apps stand, their records and their certificates.";
    let file = zone(File::new("dns.tf", about), dns);
    // Nothing asks for a zone that somebody else made.
    let found = dns.origin == ZoneOrigin::Existing;
    if found && requested.is_none() && records.is_none() && !kubernetes::writes_records(model) {
        return None;
    }
    let zone_id = || of_zone(dns, "zone_id");
    let file = if requested.is_some() { certificates(file, dns, zone_id) } else { file };
    let file = alias_records(file, model, zone_id);
    let mut part = Part::of(file);
    part.locals.extend(requested.map(|hosts| ("certificates", hosts.into())));
    part.locals.extend(records.map(|records| ("hosts", records.into())));
    Some(match &dns.origin {
        ZoneOrigin::Existing => part,
        ZoneOrigin::Created { .. } => part.output(
            "name_servers",
            "Name servers of the zone, for the zone above it",
            ZONE.attr("name_servers"),
        ),
    })
}

/// The ARN of the zone, if there is one.
pub(super) fn zone_arn(model: &InfraModel) -> Option<Reference> {
    model.dns.as_ref().map(|dns| of_zone(dns, "arn"))
}

fn of_zone(dns: &Dns, attribute: &'static str) -> Reference {
    match dns.origin {
        ZoneOrigin::Existing => FOUND_ZONE.attr(attribute),
        ZoneOrigin::Created { .. } => ZONE.attr(attribute),
    }
}

fn zone(file: File, dns: &Dns) -> File {
    let found =
        |source: Resource, name: &String| Block::of(source).arg("name", name).arg("private_zone", false);
    let ZoneOrigin::Created { parent } = &dns.origin else {
        return file.block(found(FOUND_ZONE, &dns.zone));
    };
    let file = file.noted(
        "A zone that is made again has other name servers, which the zone above it then has to learn.",
        Block::of(ZONE)
            .arg("name", &dns.zone)
            .arg("comment", template!["Names of the apps of ", local("name")])
            .tags(ZONE),
    );
    let Some(parent) = parent else { return file };
    file.block(found(PARENT, parent)).block(
        Block::of(DELEGATION)
            .arg("zone_id", PARENT.attr("zone_id"))
            .arg("name", ZONE.attr("name"))
            .arg("type", "NS")
            .arg("ttl", DELEGATION_TTL)
            .arg("records", ZONE.attr("name_servers")),
    )
}

/// <https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html>
fn certificates(file: File, dns: &Dns, zone_id: impl Fn() -> Reference) -> File {
    // One name, so one record proves it.
    let proof = |field| Expr::call("one", [CERTIFICATE.attr("domain_validation_options")]).attr(field);
    let issued = Block::of(ISSUED)
        .arg("for_each", local("certificates"))
        .arg("certificate_arn", CERTIFICATE.attr("arn"))
        .arg("validation_record_fqdns", Expr::list([PROOF.attr("fqdn")]));
    let delegated = matches!(&dns.origin, ZoneOrigin::Created { parent: Some(_) });
    let issued = match delegated {
        true => issued.arg("depends_on", Expr::list([DELEGATION.whole()])),
        false => issued,
    };
    file.block(
        Block::of(CERTIFICATE)
            .arg("for_each", local("certificates"))
            .arg("domain_name", Reference::variable("each").attr("value"))
            .arg("validation_method", "DNS")
            .tags(CERTIFICATE)
            .note("What serves it changes to the new one before the old one goes.")
            .block(Block::lifecycle().arg("create_before_destroy", true)),
    )
    .block(
        Block::of(PROOF)
            .arg("for_each", local("certificates"))
            .arg("zone_id", zone_id())
            .arg("name", proof("resource_record_name"))
            .arg("type", proof("resource_record_type"))
            .arg("ttl", PROOF_TTL)
            .arg("records", Expr::list([proof("resource_record_value")]))
            .note("The same for every certificate of the name in the account: an older one may have left it.")
            .arg("allow_overwrite", true),
    )
    .noted("Waits until it is issued.", issued)
}

fn alias_records(file: File, model: &InfraModel, zone_id: impl Fn() -> Reference) -> File {
    let gateway = LoadBalancerKind::Gateway;
    let is_api = |route: &Route| route.load_balancer == gateway;
    let with_record = || hosts(model).filter(|(_, _, route)| route.record).map(|(_, _, route)| route);
    let (apis, balancers) = (with_record().any(is_api), with_record().any(|route| !is_api(route)));
    let those = |api: bool| -> Expr {
        if !(apis && balancers) {
            return local("hosts").into();
        }
        let host = || Reference::variable("host");
        let through = || Expr::from(host().attr("load_balancer"));
        let condition =
            if api { through().equals(gateway.as_str()) } else { through().differs(gateway.as_str()) };
        For::map("host", local("hosts"), host()).when(condition).into()
    };
    let record = |resource: Resource, api: bool, name: Expr, zone: Expr| {
        Block::of(resource)
            .arg("for_each", those(api))
            .arg("zone_id", zone_id())
            .arg("name", each_value("name"))
            .arg("type", "A")
            .block(
                Block::new("alias")
                    .arg("name", name)
                    .arg("zone_id", zone)
                    .arg("evaluate_target_health", !api),
            )
    };
    let file = if balancers {
        let of_balancer = |field| Expr::from(LOAD_BALANCER.via(each_value("load_balancer"), field));
        file.block(record(BALANCER_RECORD, false, of_balancer("dns_name"), of_balancer("zone_id")))
    } else {
        file
    };
    if !apis {
        return file;
    }
    let of_domain = |field| Expr::from(api_gateway::target(each_key()).attr(field));
    file.block(record(API_RECORD, true, of_domain("target_domain_name"), of_domain("hosted_zone_id")))
}
