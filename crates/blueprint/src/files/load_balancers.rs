//! `load_balancers.tf`: one application load balancer for each kind of caller, with access logs, and its listeners.
//!
//! A listener answers 404 until a rule of an app says otherwise, so adding or removing an app changes no listener, and
//! what CodeDeploy changes by itself is in the rules alone.

use terrane_domain::{Certificate, Ecs, InfraModel, LoadBalancer, LoadBalancerKind, Network};

use super::{
    dns, load_balancer_logs, network,
    part::{Part, of_each},
};
use crate::hcl::{
    Block, Expr, File, For, Object, Reference, Resource, each_key, each_value, local, template,
};

pub(super) const LOAD_BALANCER: Resource = Resource::per_key("aws_lb", "main");
pub(super) const HTTP: Resource = Resource::per_key("aws_lb_listener", "http");
pub(super) const HTTPS: Resource = Resource::per_key("aws_lb_listener", "https");
const CERTIFICATE: Resource = Resource::per_key("aws_lb_listener_certificate", "further");
pub(super) const SECURITY_GROUP: Resource = Resource::per_key("aws_security_group", "load_balancer");
const HTTP_INGRESS: Resource = Resource::per_key("aws_vpc_security_group_ingress_rule", "load_balancer_http");
const HTTPS_INGRESS: Resource =
    Resource::per_key("aws_vpc_security_group_ingress_rule", "load_balancer_https");
const HTTP_INGRESS_IPV6: Resource =
    Resource::one("aws_vpc_security_group_ingress_rule", "load_balancer_http_ipv6");
const HTTPS_INGRESS_IPV6: Resource =
    Resource::one("aws_vpc_security_group_ingress_rule", "load_balancer_https_ipv6");

const CERTIFICATES: &str = "listener_certificates";
const HTTP_PORT: u16 = 80;
const HTTPS_PORT: u16 = 443;

/// TLS 1.2 with forward secrecy and 1.3.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let ecs = model.ecs.as_ref().filter(|ecs| !ecs.load_balancers.is_empty())?;
    let network = model.network.as_ref()?;
    let tls = has_tls(ecs);
    let file = File::new("load_balancers.tf", "Application load balancers, which the apps share.")
        .block(load_balancer(ecs, network))
        .block(http(ecs));
    let file = if tls { https(file, ecs) } else { file };
    let file = security_groups(file, ecs, network);
    let file = match &ecs.access_logs {
        Some(logs) => load_balancer_logs::add_to(file, logs),
        None => file,
    };
    let balancer = Reference::variable("balancer");
    let output = Object::new()
        .field("dns_name", balancer.clone().attr("dns_name"))
        .field("zone_id", balancer.clone().attr("zone_id"))
        .field("arn", balancer.attr("arn"));
    let part = Part::of(file).local("load_balancers", entries(ecs, network));
    let part = match first_certificates(ecs) {
        None => part,
        Some(certificates) => part.local(CERTIFICATES, certificates),
    };
    Some(part.output(
        "load_balancers",
        "Load balancers by who reaches them",
        of_each(LOAD_BALANCER, "balancer", output),
    ))
}

fn has_tls(ecs: &Ecs) -> bool {
    ecs.load_balancers.values().any(|balancer| !balancer.certificates.is_empty())
}

fn has_kind(ecs: &Ecs, wanted: impl Fn(LoadBalancerKind) -> bool) -> bool {
    ecs.load_balancers.keys().any(|kind| wanted(*kind))
}

fn entries(ecs: &Ecs, network: &Network) -> Object {
    ecs.load_balancers.iter().fold(Object::new(), |object, (kind, balancer)| {
        object.entry(kind.as_str(), entry(ecs, *kind, balancer, network))
    })
}

fn entry(ecs: &Ecs, kind: LoadBalancerKind, balancer: &LoadBalancer, network: &Network) -> Object {
    let clients = match kind {
        LoadBalancerKind::Public => Expr::from(network::ANYWHERE),
        LoadBalancerKind::Internal => network::vpc_cidr(network),
        // API Gateway comes through a link that has a security group.
        LoadBalancerKind::Gateway => Expr::null(),
    };
    let object = Object::new()
        .field("name", &balancer.name)
        .field("internal", kind != LoadBalancerKind::Public)
        .field("clients", clients)
        .field("deletion_protection", balancer.deletion_protection);
    if has_tls(ecs) { object.field("tls", !balancer.certificates.is_empty()) } else { object }
}

fn load_balancer(ecs: &Ecs, network: &Network) -> Block {
    let public = has_kind(ecs, |kind| kind == LoadBalancerKind::Public);
    let internal = has_kind(ecs, |kind| kind != LoadBalancerKind::Public);
    let subnets = match (public, internal) {
        (true, true) => Expr::choose(
            Expr::from(each_value("internal")),
            network::private_subnet_ids(network),
            network::public_subnet_ids(network),
        ),
        (true, false) => network::public_subnet_ids(network),
        (false, _) => network::private_subnet_ids(network),
    };
    let block = Block::of(LOAD_BALANCER)
        .arg("for_each", local("load_balancers"))
        .arg("name", each_value("name"))
        .arg("load_balancer_type", "application")
        .arg("internal", each_value("internal"));
    let block = if public && network::has_ipv6(network) {
        let kind = Expr::choose(each_value("internal").into(), "ipv4", "dualstack");
        block.note("Apps are called over IPv4 all the same.").arg("ip_address_type", kind)
    } else {
        block
    };
    let ready = load_balancer_logs::READY.into_iter().chain(network::internet_gateway(network));
    block
        .arg("subnets", subnets)
        .arg("security_groups", Expr::list([SECURITY_GROUP.attr("id")]))
        .note("Headers that no HTTP client sends are a way to smuggle requests.")
        .arg("drop_invalid_header_fields", true)
        .arg("enable_deletion_protection", each_value("deletion_protection"))
        .block(
            Block::new("access_logs")
                .arg("bucket", load_balancer_logs::BUCKET.attr("id"))
                .arg("prefix", each_key())
                .arg("enabled", true),
        )
        .tags(LOAD_BALANCER)
        .note("AWS tries to write when logging is turned on, and refuses if it can't; and a VPC without its gateway.")
        .arg("depends_on", Expr::list(ready.map(Resource::whole)))
}

fn http(ecs: &Ecs) -> Block {
    let block = Block::of(HTTP)
        .arg("for_each", local("load_balancers"))
        .arg("load_balancer_arn", LOAD_BALANCER.attr("arn"))
        .arg("port", HTTP_PORT)
        .arg("protocol", "HTTP");
    let block = if has_tls(ecs) {
        let tls = || Expr::from(each_value("tls"));
        let if_so = || Expr::list([true]);
        let none = || Expr::list::<Expr>([]);
        let redirect = Block::new("redirect")
            .arg("port", HTTPS_PORT.to_string())
            .arg("protocol", "HTTPS")
            .arg("status_code", "HTTP_301");
        block.block(
            Block::new("default_action")
                .arg("type", Expr::choose(tls(), "redirect", "fixed-response"))
                .block(Block::dynamic(Expr::choose(tls(), if_so(), none()), redirect))
                .block(Block::dynamic(Expr::choose(tls(), none(), if_so()), not_found())),
        )
    } else {
        block.block(nobody_there())
    };
    block.tags(HTTP)
}

/// What a listener answers when no app wants a request.
fn nobody_there() -> Block {
    Block::new("default_action").arg("type", "fixed-response").block(not_found())
}

fn not_found() -> Block {
    Block::new("fixed_response")
        .arg("content_type", "text/plain")
        .arg("message_body", "Not found")
        .arg("status_code", "404")
}

fn with_tls() -> For {
    let balancer = || Reference::variable("balancer");
    For::map("balancer", local("load_balancers"), balancer()).when(balancer().attr("tls"))
}

/// The first certificate of each load balancer that has one. Apart from the rest of what is known of them: it may have to
/// be asked for, and nothing but the listener waits for it.
fn first_certificates(ecs: &Ecs) -> Option<Object> {
    ecs.load_balancers.iter().fold(None, |object: Option<Object>, (kind, balancer)| {
        match balancer.certificates.first() {
            None => object,
            Some(certificate) => {
                let arn = dns::certificate_arn(certificate);
                Some(object.unwrap_or_default().entry(kind.as_str(), arn))
            }
        }
    })
}

fn https(file: File, ecs: &Ecs) -> File {
    let file = file.block(
        Block::of(HTTPS)
            .arg("for_each", local(CERTIFICATES))
            .arg("load_balancer_arn", LOAD_BALANCER.attr("arn"))
            .arg("port", HTTPS_PORT)
            .arg("protocol", "HTTPS")
            .arg("ssl_policy", TLS_POLICY)
            .arg("certificate_arn", Reference::variable("each").attr("value"))
            .block(nobody_there())
            .tags(HTTPS),
    );
    let further = ecs.load_balancers.iter().flat_map(|(kind, balancer)| {
        balancer.certificates.iter().skip(1).map(|certificate| (kind.as_str(), certificate))
    });
    let further = further.fold(None, |object: Option<Object>, (kind, certificate)| {
        let arn = dns::certificate_arn(certificate);
        let entry = Object::new().field("load_balancer", kind).field("certificate_arn", arn);
        let key = match certificate {
            Certificate::Given(arn) => format!("{kind} {arn}"),
            Certificate::RequestedFor(app) => format!("{kind} {app}"),
        };
        Some(object.unwrap_or_default().entry(key, entry))
    });
    match further {
        None => file,
        Some(further) => file.noted(
            "The listener shows the one for the host that the client asks for.",
            Block::of(CERTIFICATE)
                .arg("for_each", further)
                .arg("listener_arn", HTTPS.via(each_value("load_balancer"), "arn"))
                .arg("certificate_arn", each_value("certificate_arn")),
        ),
    }
}

fn security_groups(file: File, ecs: &Ecs, network: &Network) -> File {
    let name = || template![local("name"), "-load-balancer-", each_key()];
    let file = file.block(
        Block::of(SECURITY_GROUP)
            .arg("for_each", local("load_balancers"))
            .arg("name", name())
            .arg("description", template!["Load balancer, ", each_key()])
            .arg("vpc_id", network::vpc_id(network))
            .named_tags(SECURITY_GROUP, name()),
    );
    let ingress = |resource: Resource, for_each: Expr, port: u16| {
        Block::of(resource)
            .arg("for_each", for_each)
            .arg("security_group_id", SECURITY_GROUP.attr("id"))
            .arg("description", "Those for whom the load balancer is")
            .arg("cidr_ipv4", each_value("clients"))
            .arg("ip_protocol", "tcp")
            .arg("from_port", port)
            .arg("to_port", port)
            .tags(resource)
    };
    let file = match has_kind(ecs, |kind| kind != LoadBalancerKind::Gateway) {
        true => file.block(ingress(HTTP_INGRESS, with_clients(ecs), HTTP_PORT)),
        false => file,
    };
    let file = match has_tls(ecs) {
        true => file.block(ingress(HTTPS_INGRESS, with_tls().into(), HTTPS_PORT)),
        false => file,
    };
    public_over_ipv6(file, ecs, network)
}

/// The same doors for clients with IPv6. Only of the public load balancer: the others have no such address.
fn public_over_ipv6(file: File, ecs: &Ecs, network: &Network) -> File {
    let public = ecs.load_balancers.get(&LoadBalancerKind::Public);
    let Some(public) = public.filter(|_| network::has_ipv6(network)) else { return file };
    let ingress = |resource: Resource, port: u16| {
        Block::of(resource)
            .arg("security_group_id", SECURITY_GROUP.at(LoadBalancerKind::Public.as_str(), "id"))
            .arg("description", "Those for whom the load balancer is, over IPv6")
            .arg("cidr_ipv6", network::ANYWHERE_IPV6)
            .arg("ip_protocol", "tcp")
            .arg("from_port", port)
            .arg("to_port", port)
            .tags(resource)
    };
    let file = file.block(ingress(HTTP_INGRESS_IPV6, HTTP_PORT));
    match public.certificates.is_empty() {
        true => file,
        false => file.block(ingress(HTTPS_INGRESS_IPV6, HTTPS_PORT)),
    }
}

/// The load balancers that are reached by address.
fn with_clients(ecs: &Ecs) -> Expr {
    if !has_kind(ecs, |kind| kind == LoadBalancerKind::Gateway) {
        return local("load_balancers").into();
    }
    let balancer = || Reference::variable("balancer");
    let is_another = Expr::from(Reference::variable("key")).differs(LoadBalancerKind::Gateway.as_str());
    For::map("balancer", local("load_balancers"), balancer()).when(is_another).into()
}
